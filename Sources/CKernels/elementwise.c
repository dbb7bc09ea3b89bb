#include "elementwise.h"

#include "multiversion.h"

MULTIVERSION void ck_add(const float *a, const float *b, float *out, ck_int n) {
  for (ck_int i = 0; i < n; i++) out[i] = a[i] + b[i];
}

MULTIVERSION void ck_sub(const float *a, const float *b, float *out, ck_int n) {
  for (ck_int i = 0; i < n; i++) out[i] = a[i] - b[i];
}

MULTIVERSION void ck_mul(const float *a, const float *b, float *out, ck_int n) {
  for (ck_int i = 0; i < n; i++) out[i] = a[i] * b[i];
}

MULTIVERSION void ck_div(const float *a, const float *b, float *out, ck_int n) {
  for (ck_int i = 0; i < n; i++) out[i] = a[i] / b[i];
}

MULTIVERSION void ck_affine(const float *x, float scale, float shift, float *out, ck_int n) {
#pragma clang fp contract(off)
  for (ck_int i = 0; i < n; i++) out[i] = scale * x[i] + shift;
}

MULTIVERSION void ck_axpy(const float *x, float scale, float *y, ck_int n) {
#pragma clang fp contract(off)
  for (ck_int i = 0; i < n; i++) y[i] += scale * x[i];
}

// Sixteen partial sums in a fixed order: the same bits for every vector width.
MULTIVERSION double ck_sum(const float *x, ck_int n) {
  double s[16] = {0};
  ck_int i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++) s[j] += (double)x[i + j];
  for (int j = 0; i < n; i++, j++) s[j] += (double)x[i];
  for (int w = 8; w > 0; w /= 2)
    for (int j = 0; j < w; j++) s[j] += s[j + w];
  return s[0];
}

MULTIVERSION double ck_sum_squares(const float *x, ck_int n) {
  double s[16] = {0};
  ck_int i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++) s[j] += (double)x[i + j] * (double)x[i + j];
  for (int j = 0; i < n; i++, j++) s[j] += (double)x[i] * (double)x[i];
  for (int w = 8; w > 0; w /= 2)
    for (int j = 0; j < w; j++) s[j] += s[j + w];
  return s[0];
}
