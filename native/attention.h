// Causal attention of one head over one text, forwards and backwards.
//
// The head's queries, keys and values are gathered from the unsplit rows into small matrices that stay in the cache, with
// widths and heights filled up with zeros to multiples of eight; all products are made of tiles of 4 rows by at most 3 × 8
// columns, whose sums stay in registers. What the mask hides is neither computed nor read, but for the rest of a tile.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "kernels.h"

namespace descent {

constexpr int kTileRows = 4;

// A matrix as it lies in memory. With (step, row) exchanged, the first factor of a product is read transposed.
struct Factor {
  const float* at;
  int row, step;
};

// C = A B for 4 rows and N lanes of columns, over `depth` terms.
template <int N>
void Tile(int depth, Factor a, const float* b, int b_row, float* c, int c_row) {
  Lanes sums[kTileRows][N] = {};
  for (int k = 0; k < depth; ++k, a.at += a.step, b += b_row) {
    Lanes terms[N];
    for (int n = 0; n < N; ++n) terms[n] = Load(b + n * kLanes);
    for (int r = 0; r < kTileRows; ++r) {
      const Lanes factor = All(a.at[r * a.row]);
      for (int n = 0; n < N; ++n) sums[r][n] += factor * terms[n];
    }
  }
  for (int r = 0; r < kTileRows; ++r)
    for (int n = 0; n < N; ++n) Store(c + r * c_row + n * kLanes, sums[r][n]);
}

// The same for any number of lanes.
inline void Tiles(int lanes, int depth, Factor a, const float* b, int b_row, float* c, int c_row) {
  for (; lanes >= 3; lanes -= 3, b += 3 * kLanes, c += 3 * kLanes) Tile<3>(depth, a, b, b_row, c, c_row);
  if (lanes == 2) Tile<2>(depth, a, b, b_row, c, c_row);
  if (lanes == 1) Tile<1>(depth, a, b, b_row, c, c_row);
}

class Head {
 public:
  // T rows, and D / H columns for this head
  Head(int context, int size) : context_(context), size_(size), scale_(1 / std::sqrt(float(size))) {
    memory_.resize(7 * height_ * width_ + 2 * width_ * height_ + 2 * height_ * height_);
    float* next = memory_.data();
    for (float** matrix : {&q_, &k_, &v_, &delta_, &dq_, &dk_, &dv_, &k_turned_, &v_turned_})
      *matrix = std::exchange(next, next + height_ * width_);
    a_ = std::exchange(next, next + height_ * height_);
    g_ = next;
  }
  bool Fits(int context, int size) const { return context == context_ && size == size_; }

  // z, b and y begin at the head's first column; z has 3 D columns.
  void Attend(const float* z, const float* bias, int columns, float* y) {
    GatherAll(z, bias, columns);
    for (int i = 0; i < height_; i += kTileRows) {
      Probabilities(i);
      Tiles(width_ / kLanes, i + kTileRows, {a_ + i * height_, height_, 1}, v_, width_, dq_ + i * width_, width_);
    }
    Copy(dq_, width_, y, columns);
  }

  // Writes dz, and the sums of its rows to db.
  void AttendGradient(const float* delta, const float* z, const float* bias, int columns, float* dz, float* dbias) {
    GatherAll(z, bias, columns);
    Copy(delta, columns, delta_, width_);
    Turn(v_, v_turned_);
    for (int i = 0; i < height_; i += kTileRows) {
      Probabilities(i);
      ThroughSoftmax(i);
      // dQ = G K / √d
      Tiles(width_ / kLanes, i + kTileRows, {g_ + i * height_, height_, 1}, k_, width_, dq_ + i * width_, width_);
    }
    for (int n = 0; n < height_ * width_; ++n) dq_[n] *= scale_;
    for (int j = 0; j < height_; j += kTileRows) {
      // dV = Aᵀ δ, dK = Gᵀ Q / √d, over the positions that see j; the queries are already divided.
      const int from = j * height_ + j;
      Tiles(width_ / kLanes, height_ - j, {a_ + from, 1, height_}, delta_ + j * width_, width_, dv_ + j * width_, width_);
      Tiles(width_ / kLanes, height_ - j, {g_ + from, 1, height_}, q_ + j * width_, width_, dk_ + j * width_, width_);
    }
    int part = 0;
    for (const float* result : {dq_, dk_, dv_}) {
      Copy(result, width_, dz + part, 3 * columns);
      std::fill_n(dbias + part, size_, 0);
      for (int t = 0; t < context_; ++t) AddTo(dbias + part, result + t * width_, size_);
      part += columns;
    }
  }

 private:
  void GatherAll(const float* z, const float* bias, int columns) {
    Gather(z, bias, 3 * columns, scale_, q_);
    Gather(z + columns, bias + columns, 3 * columns, 1, k_);
    Gather(z + 2 * columns, bias + 2 * columns, 3 * columns, 1, v_);
    Turn(k_, k_turned_);
  }

  // m = (x + b) · factor; the zeros beyond stay.
  void Gather(const float* x, const float* bias, int stride, float factor, float* matrix) const {
    for (int t = 0; t < context_; ++t, x += stride, matrix += width_)
      ForLanes(size_, [&](int c, int n) { Store(matrix + c, (Load(x + c, n) + Load(bias + c, n)) * factor, n); });
  }
  void Turn(const float* matrix, float* turned) const {
    for (int t = 0; t < context_; ++t)
      for (int c = 0; c < size_; ++c) turned[c * height_ + t] = matrix[t * width_ + c];
  }
  // From rows at one distance to rows at another.
  void Copy(const float* from, int from_row, float* to, int to_row) const {
    for (int t = 0; t < context_; ++t, from += from_row, to += to_row)
      ForLanes(size_, [&](int c, int n) { Store(to + c, Load(from + c, n), n); });
  }

  // How many lanes of a row of A the tile of rows from i on sees.
  static int Seen(int i) { return InLanes(i + kTileRows); }

  // A = softmax(Q Kᵀ), rows i to i + 3, zeros behind the diagonal, which crosses the last lanes of all four
  void Probabilities(int i) {
    const int lanes = Seen(i), last = (lanes - 1) * kLanes;
    Tiles(lanes, size_, {q_ + i * width_, width_, 1}, k_turned_, height_, a_ + i * height_, height_);
    for (const int end = i + kTileRows; i < end; ++i) {
      float* row = a_ + i * height_;
      const int seen = i + 1 - last;
      Lanes largest = First(seen, Load(row + last), row[i]), sum = {};
      for (int j = 0; j < last; j += kLanes) largest = Max(largest, Load(row + j));
      const Lanes most = All(Largest(largest));
      for (int j = 0; j <= last; j += kLanes) {
        const Lanes power = First(j < last ? kLanes : seen, Exp(Load(row + j) - most), 0);
        Store(row + j, power);
        sum += power;
      }
      const float share = 1 / Sum(sum);
      for (int j = 0; j <= last; j += kLanes) Store(row + j, Load(row + j) * share);
    }
  }

  // G = A ⊙ (δ Vᵀ − Σ A ⊙ δ Vᵀ), rows i to i + 3
  void ThroughSoftmax(int i) {
    const int lanes = Seen(i);
    Tiles(lanes, size_, {delta_ + i * width_, width_, 1}, v_turned_, height_, g_ + i * height_, height_);
    for (const int end = i + kTileRows; i < end; ++i) {
      const float* a = a_ + i * height_;
      float* g = g_ + i * height_;
      Lanes sum = {};
      for (int j = 0; j < lanes * kLanes; j += kLanes) sum += Load(a + j) * Load(g + j);
      const Lanes mean = All(Sum(sum));
      for (int j = 0; j < lanes * kLanes; j += kLanes) Store(g + j, Load(a + j) * (Load(g + j) - mean));
    }
  }

  const int context_, size_;
  const float scale_;
  const int height_ = InLanes(context_) * kLanes, width_ = InLanes(size_) * kLanes;
  std::vector<float> memory_;
  float *q_, *k_, *v_, *delta_, *dq_, *dk_, *dv_, *k_turned_, *v_turned_, *a_, *g_;
};

}  // namespace descent
