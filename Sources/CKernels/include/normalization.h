#pragma once
#include <stddef.h>
typedef ptrdiff_t ck_int;

// One group of a group norm: `channels` rows of `inner` elements share mean and variance; weight and bias are per row.
// Writes mean and 1/√(var + eps); with `silu` the result passes through x·sigmoid(x).
void ck_group_norm(const float *x, const float *weight, const float *bias, float *y, ck_int channels, ck_int inner,
                   float eps, int silu, float *mean, float *rstd);
// dx and this sample's contributions to the gradients of weight and bias (overwritten, one per row).
void ck_group_norm_gradient(const float *x, const float *weight, const float *bias, const float *dy, float *dx,
                            ck_int channels, ck_int inner, int silu, float mean, float rstd, float *dweight,
                            float *dbias);

// Layer norm of rows of length n; weight and bias are per element.
void ck_layer_norm(const float *x, const float *weight, const float *bias, float *y, ck_int rows, ck_int n, float eps,
                   float *mean, float *rstd);
// dx of rows of length n; adds to the gradients of weight and bias.
void ck_layer_norm_gradient(const float *x, const float *weight, const float *dy, float *dx, ck_int rows, ck_int n,
                            const float *mean, const float *rstd, float *dweight, float *dbias);
