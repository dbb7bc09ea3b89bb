#include "random.h"

#include <string.h>

#include "multiversion.h"

// The bits of a sample must not depend on the processor, so every multiply-add that is fused is written out and
// the compiler may fuse no other. The order of operations and the polynomials are those of the generator reproduced
// (single-precision logarithm and sine of the Cephes library, evaluated with fused multiply-adds).
#pragma clang fp contract(off)

// These builtins, unlike fmaf and sqrtf, promise not to set errno, without which loops are not vectorised.
#define fma __builtin_elementwise_fma
#define square_root __builtin_elementwise_sqrt

#define INLINE static inline __attribute__((always_inline))

enum { WORDS = 624, SHIFT = 397 };

INLINE uint32_t mixed(uint32_t upper, uint32_t lower, uint32_t far) {
  uint32_t y = (upper & 0x80000000u) | (lower & 0x7fffffffu);
  return far ^ (y >> 1) ^ ((0u - (lower & 1u)) & 0x9908b0dfu);
}

MULTIVERSION void ck_mt19937_twist(uint32_t *s) {
  for (int i = 0; i < WORDS - SHIFT; i++) s[i] = mixed(s[i], s[i + 1], s[i + SHIFT]);
  for (int i = WORDS - SHIFT; i < WORDS - 1; i++) s[i] = mixed(s[i], s[i + 1], s[i + SHIFT - WORDS]);
  s[WORDS - 1] = mixed(s[WORDS - 1], s[0], s[SHIFT - 1]);
}

INLINE uint32_t tempered(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

MULTIVERSION void ck_mt19937_words(const uint32_t *state, uint32_t *out, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) out[i] = tempered(state[i]);
}

MULTIVERSION void ck_mt19937_uniforms(const uint32_t *state, float *out, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) out[i] = (float)(int32_t)(tempered(state[i]) & 0xffffffu) * 0x1p-24f;
}

INLINE float as_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

INLINE uint32_t as_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// ln x for a normal x > 0: x = 2^e (1 + r) with 1 + r in [1/sqrt 2, sqrt 2), then a polynomial in r.
INLINE float logarithm(float x) {
  uint32_t bits = as_bits(x);
  float e = (float)((int32_t)(bits >> 23) - 126);
  float m = as_float((bits & 0x007fffffu) | 0x3f000000u);
  int low = m < 0.707106781186547524f;
  float r = (m - 1.0f) + (low ? m : 0.0f);
  e -= low ? 1.0f : 0.0f;
  float square = r * r;
  float p = 7.0376836292e-2f;
  p = fma(p, r, -1.1514610310e-1f);
  p = fma(p, r, 1.1676998740e-1f);
  p = fma(p, r, -1.2420140846e-1f);
  p = fma(p, r, 1.4249322787e-1f);
  p = fma(p, r, -1.6668057665e-1f);
  p = fma(p, r, 2.0000714765e-1f);
  p = fma(p, r, -2.4999993993e-1f);
  p = fma(p, r, 3.3333331174e-1f);
  // ln 2 in two parts, the small one first.
  p = fma(p * r, square, e * -2.12194440e-4f);
  p = fma(square, -0.5f, p);
  return fma(e, 0.693359375f, r + p);
}

// Sine and cosine of 0 <= x < 2 pi: reduced to |r| <= pi/4 in three exact steps, then a polynomial each.
INLINE void sine_cosine(float x, float *sine, float *cosine) {
  int32_t octant = ((int32_t)(x * 1.27323954473516f) + 1) & ~1;
  float k = (float)octant;
  float r = fma(k, -0.78515625f, x);
  r = fma(k, -2.4187564849853515625e-4f, r);
  r = fma(k, -3.77489497744594108e-8f, r);
  float square = r * r;
  float c = 2.443315711809948e-5f;
  c = fma(c, square, -1.388731625493765e-3f);
  c = fma(c, square, 4.166664568298827e-2f);
  c = fma(c * square, square, square * -0.5f) + 1.0f;
  float s = -1.9515295891e-4f;
  s = fma(s, square, 8.3321608736e-3f);
  s = fma(s, square, -1.6666654611e-1f);
  s = fma(s * square, r, r);
  int swapped = octant & 2;
  uint32_t sine_sign = (uint32_t)(octant & 4) << 29;
  uint32_t cosine_sign = (uint32_t)(~(octant - 2) & 4) << 29;
  *sine = as_float(as_bits(swapped ? c : s) ^ sine_sign);
  *cosine = as_float(as_bits(swapped ? s : c) ^ cosine_sign);
}

MULTIVERSION void ck_box_muller(float *data, ptrdiff_t blocks) {
  for (ptrdiff_t block = 0; block < blocks; block++, data += 16) {
    for (int j = 0; j < 8; j++) {
      float sine, cosine;
      float radius = square_root(-2.0f * logarithm(1.0f - data[j]));
      sine_cosine(6.283185307179586f * data[j + 8], &sine, &cosine);
      data[j] = radius * cosine;
      data[j + 8] = radius * sine;
    }
  }
}
