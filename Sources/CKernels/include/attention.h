#pragma once
#include "elementwise.h"

// One head: queries [length, width], keys and values [keys, width], all contiguous.
typedef struct {
  ck_int length, keys, width;
  float scale;
} ck_attention;

// p = softmax(q kᵀ scale + mask), out = p v; `mask` [length, keys] or NULL; scratch: (width + length) * keys
// floats.
void ck_attention_forward(const ck_attention *a, const float *q, const float *k, const float *v, const float *mask,
                          float *p, float *out, float *scratch);
// The gradients from p and the gradient of `out`; scratch: (width + 2 * length) * keys floats.
void ck_attention_gradient(const ck_attention *a, const float *q, const float *k, const float *v, const float *p,
                           const float *out_gradient, float *dq, float *dk, float *dv, float *scratch);
