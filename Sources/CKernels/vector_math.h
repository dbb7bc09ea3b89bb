// Branch-free elementary functions that the compiler vectorises inside the kernels' loops.
#pragma once
#include <stdint.h>
#include <string.h>

// exp(x) to about 1 ulp: x = n ln 2 + r, |r| ≤ ln 2 / 2, a polynomial of degree 6 for exp(r), 2^n through the exponent bits.
// Below −87.3 the result is about 1e-38, above 88.3 it stays at exp(88.3).
static inline float ck_expf(float x) {
  x = x < -87.3f ? -87.3f : x;
  x = x > 88.3f ? 88.3f : x;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  float n = (x * 1.44269504088896341f + magic) - magic;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  int32_t bits = ((int32_t)n + 127) << 23;
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

static inline float ck_sigmoidf(float x) { return 1.0f / (1.0f + ck_expf(-x)); }

static inline float ck_tanhf(float x) { return 2.0f * ck_sigmoidf(2.0f * x) - 1.0f; }

// Φ(x), the normal distribution's cumulative, to 6e-8: half of erfc(u/√2) = exp(−u (c1 + c2 u + …)) for u = |x|, or what is
// left of 1. The coefficients are a minimax fit on 0 … 6.5, beyond which Φ(−u) is below 1e-10.
static inline float ck_normal_cumulative(float x) {
  float u = x < 0.0f ? -x : x;
  float p = 1.43934161e-8f;
  p = p * u - 4.6245199e-7f;
  p = p * u + 6.30105349e-6f;
  p = p * u - 4.61789777e-5f;
  p = p * u + 1.73039288e-4f;
  p = p * u + 3.78270308e-5f;
  p = p * u - 4.855398e-3f;
  p = p * u + 3.63729130e-2f;
  p = p * u + 3.18301130e-1f;
  p = p * u + 7.97885232e-1f;
  float half = 0.5f * ck_expf(-p * u);
  return x < 0.0f ? half : 1.0f - half;
}

// φ(x) = exp(−x²/2)/√(2π)
static inline float ck_normal_density(float x) { return 0.39894228040143268f * ck_expf(-0.5f * x * x); }
