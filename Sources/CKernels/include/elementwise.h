#pragma once
#include <stddef.h>
typedef ptrdiff_t ck_int;

void ck_add(const float *a, const float *b, float *out, ck_int n);
void ck_sub(const float *a, const float *b, float *out, ck_int n);
void ck_mul(const float *a, const float *b, float *out, ck_int n);
void ck_div(const float *a, const float *b, float *out, ck_int n);
// out = scale * x + shift, each step rounded
void ck_affine(const float *x, float scale, float shift, float *out, ck_int n);
// y += scale * x
void ck_axpy(const float *x, float scale, float *y, ck_int n);
double ck_sum(const float *x, ck_int n);
double ck_sum_squares(const float *x, ck_int n);
