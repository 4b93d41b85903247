// Products of matrices, C = A B, where either factor may lie transposed in memory.
//
// A tile of C stays in registers while its terms are added up in their order: 12 rows by two registers of AVX-512, or 4
// rows by three of AVX or NEON. B is copied into panels as wide as a tile, so that a term's columns lie side by side; A is
// read where it lies, or copied where that is column after column. What is shared among threads does not depend on their
// number, nor does a result.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "kernels.h"

namespace descent {

#ifdef __AVX512F__
constexpr int kWide = 16, kVectors = 2, kGroups = 3;
#else
constexpr int kWide = 8, kVectors = 3, kGroups = 1;
#endif
// Rows that are addressed from one pointer.
constexpr int kGroupRows = 4;
constexpr int kPanel = kVectors * kWide, kTall = kGroups * kGroupRows;
// Terms that are added up in registers before C is written: what a tile reads of both factors then stays in the first cache.
constexpr int kTerms = 128;

typedef float Wide __attribute__((vector_size(4 * kWide), aligned(4), may_alias));

// A matrix as it lies in memory: element (i, j) at i · row + j · column, and `tile` from kTall rows to the next.
struct Matrix {
  const float* at;
  int64_t row, column;
  int64_t tile = kTall * row;
};

// Of a product: rows · columns sums of `depth` terms.
struct Extent {
  int rows, columns, depth;
};

inline int Panels(const Extent& extent) { return (extent.columns + kPanel - 1) / kPanel; }

// A tile of 4 · groups rows by `vectors` registers, of which `rows` and `columns` are stored; `more` adds to what is there.
// A row behind the last is computed as the last.
template <int groups, int vectors>
void ProductTile(int depth, Matrix a, const float* panel, float* c, int64_t c_row, int rows, int columns, bool more) {
  Wide sums[groups][kGroupRows][vectors] = {};
  const float* from[groups];
  for (int g = 0; g < groups; ++g) from[g] = a.at + g * kGroupRows * a.row;
  int64_t offsets[kGroupRows];
  for (int r = 0; r < kGroupRows; ++r) offsets[r] = std::min(r, rows - 1) * a.row;
  for (int k = 0; k < depth; ++k, panel += kPanel) {
    Wide terms[vectors];
    for (int v = 0; v < vectors; ++v) terms[v] = *reinterpret_cast<const Wide*>(panel + v * kWide);
    for (int g = 0; g < groups; ++g, from[g - 1] += a.column)
      for (int r = 0; r < kGroupRows; ++r) {
        const float factor = from[g][offsets[r]];
        for (int v = 0; v < vectors; ++v) sums[g][r][v] += factor * terms[v];
      }
  }
  for (int g = 0; g < groups; ++g)
    for (int r = 0; r < kGroupRows && g * kGroupRows + r < rows; ++r) {
      float* row = c + (g * kGroupRows + r) * c_row;
      for (int v = 0; v < vectors; ++v, row += kWide) {
        const int count = columns - v * kWide;
        Wide& sum = sums[g][r][v];
        if (count >= kWide) *reinterpret_cast<Wide*>(row) = more ? *reinterpret_cast<Wide*>(row) + sum : sum;
        else for (int n = 0; n < count; ++n) row[n] = more ? row[n] + sum[n] : sum[n];
      }
    }
}

// All rows of a panel of C.
template <int vectors>
void ProductColumns(int rows, int depth, Matrix a, const float* panel, float* c, int64_t c_row, int columns, bool more) {
  for (; rows >= kTall; rows -= kTall, a.at += a.tile, c += kTall * c_row)
    ProductTile<kGroups, vectors>(depth, a, panel, c, c_row, kTall, columns, more);
  for (; rows > 0; rows -= kGroupRows, a.at += kGroupRows * a.row, c += kGroupRows * c_row)
    ProductTile<1, vectors>(depth, a, panel, c, c_row, std::min(rows, kGroupRows), columns, more);
}

// Copies columns of B from `first` on into a panel, zeros behind the last.
inline void FillPanel(const Extent& extent, Matrix b, int first, float* panel) {
  const int columns = std::min(kPanel, extent.columns - first);
  b.at += first * b.column;
  if (columns < kPanel) std::fill_n(panel, int64_t{extent.depth} * kPanel, 0);
  if (b.column == 1)
    for (int k = 0; k < extent.depth; ++k) std::copy_n(b.at + k * b.row, columns, panel + int64_t{k} * kPanel);
  else
    for (int n = 0; n < columns; ++n)
      for (int k = 0; k < extent.depth; ++k) panel[int64_t{k} * kPanel + n] = b.at[k * b.row + n * b.column];
}

// Copies A so that the terms of a tile lie side by side, where its rows are columns in memory.
inline Matrix FillTiles(const Extent& extent, Matrix a, float* tiles) {
  for (int k = 0; k < extent.depth; ++k)
    for (int first = 0; first < extent.rows; first += kTall)
      std::copy_n(a.at + k * a.column + first, std::min(kTall, extent.rows - first),
                  tiles + int64_t{first} * extent.depth + k * kTall);
  return {tiles, 1, kTall, int64_t{kTall} * extent.depth};
}

// Some rows of C, and the columns of one panel.
inline void ProductPiece(const Extent& extent, Matrix a, const float* panel, float* c, int row, int rows, int column,
                         bool more = false) {
  a.at += row * a.row;
  c += int64_t{row} * extent.columns + column;
  const int columns = std::min(kPanel, extent.columns - column);
  const auto run = columns > kWide ? ProductColumns<kVectors> : ProductColumns<1>;
  for (int done = 0; done < extent.depth; done += kTerms, a.at += kTerms * a.column, panel += kTerms * kPanel)
    run(rows, std::min(kTerms, extent.depth - done), a, panel, c, extent.columns, columns, more || done > 0);
}

// Memory that nobody has written yet.
inline std::unique_ptr<float[]> Room(int64_t size) { return std::unique_ptr<float[]>(new float[size]); }

// Does `each` for pieces 0 … count − 1, in any order.
using InAnyOrder = std::function<void(int count, const std::function<void(int)>& each)>;

// C = A B with a small B, which is copied once; the rows are shared.
inline void ProductByRows(const Extent& extent, Matrix a, Matrix b, float* c, const InAnyOrder& share) {
  constexpr int kRows = 96;
  const int panels = Panels(extent);
  const int64_t size = int64_t{extent.depth} * kPanel;
  const auto copy = Room(panels * size);
  for (int p = 0; p < panels; ++p) FillPanel(extent, b, p * kPanel, copy.get() + p * size);
  share((extent.rows + kRows - 1) / kRows, [&](int piece) {
    const int first = piece * kRows, rows = std::min(kRows, extent.rows - first);
    for (int p = 0; p < panels; ++p) ProductPiece(extent, a, copy.get() + p * size, c, first, rows, p * kPanel);
  });
}

// C = A B with a small C; the terms are shared, in as many parts on each machine, whose sums are added up in their order.
inline void ProductByTerms(const Extent& extent, Matrix a, Matrix b, float* c, const InAnyOrder& share) {
  constexpr int kParts = 4;
  const int64_t size = int64_t{extent.rows} * extent.columns;
  const int depth = (extent.depth + kParts - 1) / kParts;
  const auto others = Room((kParts - 1) * size);
  share(kParts, [&](int part) {
    static thread_local std::vector<float> panel(kTerms * kPanel), tiles;
    tiles.resize(kTerms * (extent.rows + kTall));
    float* sums = part == 0 ? c : others.get() + (part - 1) * size;
    const int end = std::min(extent.depth, (part + 1) * depth);
    for (int first = part * depth; first < end; first += kTerms) {
      const Extent some{extent.rows, extent.columns, std::min(kTerms, end - first)};
      Matrix from_a = a, from_b = b;
      from_a.at += first * a.column;
      from_b.at += first * b.row;
      if (a.row == 1) from_a = FillTiles(some, from_a, tiles.data());
      for (int column = 0; column < extent.columns; column += kPanel) {
        FillPanel(some, from_b, column, panel.data());
        ProductPiece(some, from_a, panel.data(), sums, 0, extent.rows, column, first > part * depth);
      }
    }
  });
  const int parts = (extent.depth + depth - 1) / depth, rows = (extent.rows + kParts - 1) / kParts;
  share(kParts, [&](int piece) {
    const int64_t first = int64_t{piece} * rows * extent.columns;
    const int64_t end = std::min(size, first + int64_t{rows} * extent.columns);
    for (int part = 1; part < parts && first < end; ++part)
      AddTo(c + first, others.get() + (part - 1) * size + first, static_cast<int>(end - first));
  });
}

inline void Product(const Extent& extent, Matrix a, Matrix b, float* c, const InAnyOrder& share) {
  (extent.rows < extent.depth ? ProductByTerms : ProductByRows)(extent, a, b, c, share);
}

}  // namespace descent
