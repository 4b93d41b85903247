// What the operations compute, without TensorFlow: each function takes row-major arrays of 32-bit numbers and a range of
// rows, so that several threads share the work. The formulas are those of lib/tensorflow/transformer-operations.ts.
#pragma once

#include <cmath>

#include "lanes.h"

namespace descent {

// Calls each(i, count) for the lanes of a row: at column i begin count numbers, eight but for the last.
template <typename Each>
inline void ForLanes(int width, Each each) {
  int i = 0;
  for (; i + kLanes <= width; i += kLanes) each(i, kLanes);
  if (i < width) each(i, width - i);
}

// sums += row
inline void AddTo(float* sums, const float* row, int width) {
  ForLanes(width, [&](int i, int n) { Store(sums + i, Load(sums + i, n) + Load(row + i, n), n); });
}

// The mean μ of a row, and 1 / √(σ² + 10⁻⁵).
struct Moments {
  Moments(const float* x, int width) {
    Lanes sum = {}, squares = {};
    ForLanes(width, [&](int i, int n) { sum += Load(x + i, n); });
    mean = Sum(sum) / width;
    ForLanes(width, [&](int i, int n) {
      const Lanes deviation = First(n, Load(x + i, n) - All(mean), 0);
      squares += deviation * deviation;
    });
    inverse = 1 / std::sqrt(Sum(squares) / width + 1e-5f);
  }
  float mean, inverse;
};

// y = γ x̂ + β with x̂ = (x − μ) / s
inline void LayerNorm(int rows, int width, const float* x, const float* gain, const float* bias, float* y) {
  for (; rows > 0; --rows, x += width, y += width) {
    const Moments row(x, width);
    ForLanes(width, [&](int i, int n) {
      const Lanes normed = (Load(x + i, n) - All(row.mean)) * row.inverse;
      Store(y + i, Load(gain + i, n) * normed + Load(bias + i, n), n);
    });
  }
}

// With g = γ δ: dx = (g − mean(g) − x̂ mean(g x̂)) / s; adds Σ δ x̂ to dγ and Σ δ to dβ.
inline void LayerNormGradient(int rows, int width, const float* delta, const float* x, const float* gain, float* dx,
                              float* dgain, float* dbias) {
  for (; rows > 0; --rows, delta += width, x += width, dx += width) {
    const Moments row(x, width);
    const auto normed = [&](int i, int n) { return (Load(x + i, n) - All(row.mean)) * row.inverse; };
    Lanes sum = {}, product = {};
    ForLanes(width, [&](int i, int n) {
      const Lanes d = Load(delta + i, n), g = d * Load(gain + i, n);
      sum += g;
      product += g * normed(i, n);
      Store(dx + i, g, n);
      Store(dgain + i, Load(dgain + i, n) + d * normed(i, n), n);
      Store(dbias + i, Load(dbias + i, n) + d, n);
    });
    const Lanes mean = All(Sum(sum) / width), along = All(Sum(product) / width);
    ForLanes(width, [&](int i, int n) {
      Store(dx + i, (Load(dx + i, n) - mean - normed(i, n) * along) * row.inverse, n);
    });
  }
}

// φ(u) = ½ u (1 + tanh a) = u / (1 + e⁻²ᵃ) with a = √(2/π) (u + 0.044715 u³)
constexpr float kRoot = 0.797884561f, kCube = 0.044715f;
// 1 + e⁻²ᵃ
inline Lanes Closing(Lanes u) { return 1.f + Exp(u * (-2 * kRoot - 2 * kRoot * kCube * (u * u))); }

// y = φ(z + b)
inline void BiasGelu(int rows, int width, const float* z, const float* bias, float* y) {
  for (; rows > 0; --rows, z += width, y += width) {
    ForLanes(width, [&](int i, int n) {
      const Lanes u = Load(z + i, n) + Load(bias + i, n);
      Store(y + i, u / Closing(u), n);
    });
  }
}

// With the gate s = 1 / (1 + e⁻²ᵃ): dz = δ (s + u s (1 − s) 2a′); adds Σ dz to db.
inline void BiasGeluGradient(int rows, int width, const float* delta, const float* z, const float* bias, float* dz,
                             float* dbias) {
  for (; rows > 0; --rows, delta += width, z += width, dz += width) {
    ForLanes(width, [&](int i, int n) {
      const Lanes u = Load(z + i, n) + Load(bias + i, n), s = 1.f / Closing(u);
      const Lanes slope = 2 * kRoot * (1.f + 3 * kCube * u * u);
      const Lanes d = Load(delta + i, n) * (s + u * s * (1.f - s) * slope);
      Store(dz + i, d, n);
      Store(dbias + i, Load(dbias + i, n) + d, n);
    });
  }
}

// y = x + z + b
inline void Residual(int rows, int width, const float* x, const float* z, const float* bias, float* y) {
  for (; rows > 0; --rows, x += width, z += width, y += width) {
    ForLanes(width, [&](int i, int n) { Store(y + i, Load(x + i, n) + Load(z + i, n) + Load(bias + i, n), n); });
  }
}

// For each row of logits −ln p of its class, with p = softmax(z), and dz = (p − y) · share.
inline void CrossEntropy(int rows, int width, const float* z, const int32_t* classes, float share, float* losses,
                         float* dz) {
  for (; rows > 0; --rows, z += width, dz += width, ++classes, ++losses) {
    Lanes most = All(z[0]), powers = {};
    ForLanes(width, [&](int i, int n) { most = Max(most, First(n, Load(z + i, n), z[0])); });
    const float largest = Largest(most);
    ForLanes(width, [&](int i, int n) {
      const Lanes power = First(n, Exp(Load(z + i, n) - All(largest)), 0);
      Store(dz + i, power, n);
      powers += power;
    });
    const float sum = Sum(powers);
    *losses = std::log(sum) + (largest - z[*classes]);
    ForLanes(width, [&](int i, int n) { Store(dz + i, Load(dz + i, n) * (share / sum), n); });
    dz[*classes] -= share;
  }
}

// ½ Σ x²
inline float HalfSquares(int count, const float* x) {
  Lanes sum = {};
  ForLanes(count, [&](int i, int n) {
    const Lanes lanes = Load(x + i, n);
    sum += lanes * lanes;
  });
  return Sum(sum) / 2;
}

// y = byte / 255
inline void Scale(int width, const uint8_t* bytes, float* y) {
  for (int i = 0; i < width; ++i) y[i] = bytes[i] / 255.f;
}

}  // namespace descent
