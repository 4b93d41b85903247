// Eight numbers at a time, by the vector extension that GCC and Clang share: one register of AVX, two of NEON. AVX-512
// would take sixteen, but head sizes are multiples of eight more often, and many processors do two of eight at once.
#pragma once

#include <cstdint>

#ifdef __AVX__
#include <immintrin.h>
#endif

namespace descent {

constexpr int kLanes = 8;
typedef float Lanes __attribute__((vector_size(4 * kLanes)));
typedef int32_t WholeLanes __attribute__((vector_size(4 * kLanes)));

inline int InLanes(int count) { return (count + kLanes - 1) / kLanes; }

// As they lie in memory: anywhere.
typedef float LooseLanes __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));

// The last lanes of a row whose width is no multiple of eight are zeros, and are not stored.
inline Lanes Load(const float* from, int count = kLanes) {
  if (count >= kLanes) return *reinterpret_cast<const LooseLanes*>(from);
  Lanes lanes = {};
  for (int i = 0; i < count; ++i) lanes[i] = from[i];
  return lanes;
}
inline void Store(float* to, Lanes lanes, int count = kLanes) {
  if (count >= kLanes) *reinterpret_cast<LooseLanes*>(to) = lanes;
  else for (int i = 0; i < count; ++i) to[i] = lanes[i];
}

inline Lanes All(float x) { return Lanes{x, x, x, x, x, x, x, x}; }
// Where b is not a number, so is the result: as the instruction has it, which compilers do not find by themselves.
inline Lanes Max(Lanes a, Lanes b) {
#ifdef __AVX__
  return (Lanes)_mm256_max_ps((__m256)a, (__m256)b);
#else
  return a > b ? a : b;
#endif
}
inline Lanes Min(Lanes a, Lanes b) {
#ifdef __AVX__
  return (Lanes)_mm256_min_ps((__m256)a, (__m256)b);
#else
  return a < b ? a : b;
#endif
}

inline float Sum(Lanes x) { return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7])); }
inline float Largest(Lanes x) {
  float largest = x[0];
  for (int i = 1; i < kLanes; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}
// x in the first `count` lanes, y in the others
inline Lanes First(int count, Lanes x, float y) {
  const WholeLanes place = {0, 1, 2, 3, 4, 5, 6, 7};
  return place < count ? x : All(y);
}

// eˣ = 2ⁿ eʳ with n = x / ln 2 rounded, so |r| ≤ ½ ln 2; the series of eʳ up to r⁷ leaves out less than 6e-9. What is
// below e⁻⁸⁶ is taken for 0, what is above e⁸⁸ for that.
inline Lanes Exp(Lanes exponent) {
  const Lanes x = Min(All(88), Max(All(-86), exponent));
  // Added to 1.5 · 2²³, a number is rounded, and n stands in its last bits.
  constexpr float kRounding = 12582912;
  const Lanes shifted = x * 1.44269504f + All(kRounding);
  const Lanes n = shifted - All(kRounding);
  // ln 2 in two pieces, the first so short that n times it is exact.
  const Lanes r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  // By pairs, so that the processor has something to do at the same time.
  const auto pair = [&](float a, float b) { return All(a) + b * r; };
  const Lanes square = r * r, low = pair(1, 1) + square * pair(1.f / 2, 1.f / 6);
  const Lanes high = pair(1.f / 24, 1.f / 120) + square * pair(1.f / 720, 1.f / 5040);
  const Lanes series = low + square * square * high;
  const Lanes power = (Lanes)((WholeLanes)series + ((WholeLanes)shifted << 23));
  return exponent < All(-86) ? Lanes{} : power;
}

}  // namespace descent
