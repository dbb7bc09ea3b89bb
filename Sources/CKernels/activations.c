#include "activations.h"

#include "multiversion.h"
#include "vector_math.h"

MULTIVERSION void ck_silu(const float *x, float *y, ck_int n) {
  for (ck_int i = 0; i < n; i++) y[i] = x[i] * ck_sigmoidf(x[i]);
}

MULTIVERSION void ck_silu_gradient(const float *x, const float *dy, float *dx, ck_int n) {
  for (ck_int i = 0; i < n; i++) {
    float s = ck_sigmoidf(x[i]);
    dx[i] = dy[i] * (s * (1.0f + x[i] * (1.0f - s)));
  }
}

MULTIVERSION void ck_sigmoid(const float *x, float *y, ck_int n) {
  for (ck_int i = 0; i < n; i++) y[i] = ck_sigmoidf(x[i]);
}

MULTIVERSION void ck_quick_gelu(const float *x, float *y, ck_int n) {
  for (ck_int i = 0; i < n; i++) y[i] = x[i] * ck_sigmoidf(1.702f * x[i]);
}

MULTIVERSION void ck_quick_gelu_gradient(const float *x, const float *dy, float *dx, ck_int n) {
  for (ck_int i = 0; i < n; i++) {
    float s = ck_sigmoidf(1.702f * x[i]);
    dx[i] = dy[i] * (s * (1.0f + 1.702f * x[i] * (1.0f - s)));
  }
}

// x Φ(x)
MULTIVERSION void ck_gelu(const float *x, float *y, ck_int n) {
  for (ck_int i = 0; i < n; i++) y[i] = x[i] * ck_normal_cumulative(x[i]);
}

MULTIVERSION void ck_gelu_gradient(const float *x, const float *dy, float *dx, ck_int n) {
  for (ck_int i = 0; i < n; i++) dx[i] = dy[i] * (ck_normal_cumulative(x[i]) + x[i] * ck_normal_density(x[i]));
}

// Each row of x is (a, g), of y is a * gelu(g).
MULTIVERSION void ck_gated_gelu(const float *x, float *y, ck_int rows, ck_int n) {
  for (ck_int r = 0; r < rows; r++, x += 2 * n, y += n)
    for (ck_int i = 0; i < n; i++) y[i] = x[i] * (x[n + i] * ck_normal_cumulative(x[n + i]));
}

MULTIVERSION void ck_gated_gelu_gradient(const float *x, const float *dy, float *dx, ck_int rows, ck_int n) {
  for (ck_int r = 0; r < rows; r++, x += 2 * n, dx += 2 * n, dy += n)
    for (ck_int i = 0; i < n; i++) {
      float g = x[n + i], cumulative = ck_normal_cumulative(g);
      dx[i] = dy[i] * (g * cumulative);
      dx[n + i] = dy[i] * x[i] * (cumulative + g * ck_normal_density(g));
    }
}

#define GELU_TANH_ARGUMENT(x) (0.79788456080286536f * ((x) + 0.044715f * (x) * (x) * (x)))

MULTIVERSION void ck_gelu_tanh(const float *x, float *y, ck_int n) {
  for (ck_int i = 0; i < n; i++) y[i] = x[i] * ck_sigmoidf(2.0f * GELU_TANH_ARGUMENT(x[i]));
}

MULTIVERSION void ck_gelu_tanh_gradient(const float *x, const float *dy, float *dx, ck_int n) {
  for (ck_int i = 0; i < n; i++) {
    float s = ck_sigmoidf(2.0f * GELU_TANH_ARGUMENT(x[i]));
    float slope = 0.79788456080286536f * (1.0f + 3.0f * 0.044715f * x[i] * x[i]);
    dx[i] = dy[i] * (s + x[i] * s * (1.0f - s) * 2.0f * slope);
  }
}

MULTIVERSION void ck_exp(const float *x, float *y, ck_int n) {
  for (ck_int i = 0; i < n; i++) y[i] = ck_expf(x[i]);
}
