#include "attention.h"

#include "activations.h"
#include "multiversion.h"
#include "product.h"

// out[j, i] = scale * x[i, j]
MULTIVERSION static void transpose_scaled(const float *x, ck_int rows, ck_int columns, float scale, float *out) {
  for (ck_int j = 0; j < columns; j++)
    for (ck_int i = 0; i < rows; i++) out[j * rows + i] = scale * x[i * columns + j];
}

void ck_attention_forward(const ck_attention *a, const float *q, const float *k, const float *v, const float *mask,
                          float *p, float *out, float *scratch) {
  ck_int length = a->length, keys = a->keys, width = a->width;
  transpose_scaled(k, keys, width, a->scale, scratch);
  float *scores = scratch + width * keys;
  ck_product(length, keys, width, q, width, 1, scratch, keys, scores, keys, 0);
  if (mask) ck_axpy(mask, 1, scores, length * keys);
  ck_softmax_rows(scores, p, length, keys);
  ck_product(length, width, keys, p, keys, 1, v, width, out, width, 0);
}

void ck_attention_gradient(const ck_attention *a, const float *q, const float *k, const float *v, const float *p,
                           const float *out_gradient, float *dq, float *dk, float *dv, float *scratch) {
  ck_int length = a->length, keys = a->keys, width = a->width;
  float *transposed = scratch, *products = scratch + width * keys, *scores = products + length * keys;
  // dv = pᵀ g; ds = softmax'(g vᵀ) scale; the scale is folded into v, which the softmax's gradient is linear in.
  ck_product(keys, width, length, p, 1, keys, out_gradient, width, dv, width, 0);
  transpose_scaled(v, keys, width, a->scale, transposed);
  ck_product(length, keys, width, out_gradient, width, 1, transposed, keys, products, keys, 0);
  ck_softmax_rows_gradient(p, products, scores, length, keys);
  ck_product(length, width, keys, scores, keys, 1, k, width, dq, width, 0);
  ck_product(keys, width, length, scores, 1, keys, q, width, dk, width, 0);
}
