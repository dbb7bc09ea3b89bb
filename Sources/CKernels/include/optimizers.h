#pragma once
#include <stddef.h>
typedef ptrdiff_t ck_int;

// AdamW as PyTorch orders it: decay, moments, then p −= step_size · m / (√v / correction + eps).
// `gradient_scale` multiplies the gradient first (clipping).
void ck_adamw(float *p, const float *g, float *m, float *v, ck_int n, float gradient_scale, float decay, float beta1,
              float beta2, float step_size, float correction, float eps);
// average = decay · average + (1 − decay) · p, written as a step towards p.
void ck_ema(float *average, const float *p, ck_int n, float one_minus_decay);
