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
