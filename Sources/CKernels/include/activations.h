#pragma once
#include <stddef.h>
typedef ptrdiff_t ck_int;

// y = f(x); gradient: dx = dy f'(x).
void ck_silu(const float *x, float *y, ck_int n);
void ck_silu_gradient(const float *x, const float *dy, float *dx, ck_int n);
void ck_sigmoid(const float *x, float *y, ck_int n);
void ck_quick_gelu(const float *x, float *y, ck_int n);
void ck_quick_gelu_gradient(const float *x, const float *dy, float *dx, ck_int n);
void ck_gelu(const float *x, float *y, ck_int n);
void ck_gelu_gradient(const float *x, const float *dy, float *dx, ck_int n);
void ck_gated_gelu(const float *x, float *y, ck_int rows, ck_int n);
void ck_gated_gelu_gradient(const float *x, const float *dy, float *dx, ck_int rows, ck_int n);
void ck_gelu_tanh(const float *x, float *y, ck_int n);
void ck_gelu_tanh_gradient(const float *x, const float *dy, float *dx, ck_int n);
void ck_exp(const float *x, float *y, ck_int n);

// Softmax over each row of length n.
void ck_softmax_rows(const float *x, float *y, ck_int rows, ck_int n);
// dx = y (dy − Σ y dy)
void ck_softmax_rows_gradient(const float *y, const float *dy, float *dx, ck_int rows, ck_int n);
