#include "activations.h"

#include <math.h>

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

// x Φ(x) with the error function of the C library.
void ck_gelu(const float *x, float *y, ck_int n) {
  for (ck_int i = 0; i < n; i++) y[i] = 0.5f * x[i] * (1.0f + erff(x[i] * 0.70710678118654752f));
}

void ck_gelu_gradient(const float *x, const float *dy, float *dx, ck_int n) {
  for (ck_int i = 0; i < n; i++) {
    float cumulative = 0.5f * (1.0f + erff(x[i] * 0.70710678118654752f));
    float density = 0.39894228040143268f * ck_expf(-0.5f * x[i] * x[i]);
    dx[i] = dy[i] * (cumulative + x[i] * density);
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
