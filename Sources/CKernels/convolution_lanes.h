// Sixteen channels side by side, and the way there and back.
#pragma once
#include "lanes.h"

// The 16 × 16 transpose in four steps of 16 shuffles: pairs of floats, pairs of pairs, then 128-bit blocks.
INLINE void transpose_lanes(v16 r[16]) {
  v16 t[16], u[16];
#pragma unroll
  for (int g = 0; g < 16; g += 2) {
    t[g] = __builtin_shufflevector(r[g], r[g + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    t[g + 1] = __builtin_shufflevector(r[g], r[g + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
  }
#pragma unroll
  for (int g = 0; g < 16; g += 4)
#pragma unroll
    for (int h = 0; h < 2; h++) {
      v16 a = t[g + h], b = t[g + 2 + h];
      u[g + 2 * h] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
      u[g + 2 * h + 1] = __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
#pragma unroll
  for (int j = 0; j < 4; j++) {
    v16 a = u[j], b = u[4 + j], c = u[8 + j], d = u[12 + j];
    v16 p = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    v16 q = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    r[j] = __builtin_shufflevector(p, q, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    r[4 + j] = __builtin_shufflevector(p, q, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    p = __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    q = __builtin_shufflevector(c, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    r[8 + j] = __builtin_shufflevector(p, q, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    r[12 + j] = __builtin_shufflevector(p, q, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  }
}

// in[row][0 ..< count], rows `row_stride` apart, to 16 lanes a position: out[offset[p] + row]; offset NULL means 16 p.
// Of fewer than 16 rows the last one fills the lanes that are left, so that no lane is undefined.
INLINE void rows_to_lanes(const float *in, ck_int row_stride, ck_int rows, ck_int count, float *out,
                          const int32_t *offset) {
  ck_int p = 0;
  for (; p + 16 <= count; p += 16) {
    v16 r[16];
#pragma unroll
    for (ck_int i = 0; i < 16; i++) r[i] = *(const v16 *)(in + (i < rows ? i : rows - 1) * row_stride + p);
    transpose_lanes(r);
#pragma unroll
    for (ck_int i = 0; i < 16; i++) *(v16 *)(out + (offset ? offset[p + i] : 16 * (p + i))) = r[i];
  }
  for (; p < count; p++) {
    float *to = out + (offset ? offset[p] : 16 * p);
    for (ck_int i = 0; i < 16; i++) to[i] = in[(i < rows ? i : rows - 1) * row_stride + p];
  }
}

// The way back: position p's 16 lanes at in[offset[p]] (16 p for NULL) to out[row][p] for the first `rows` lanes, plus
// bias[row] when there is one.
INLINE void lanes_to_rows(const float *in, const int32_t *offset, ck_int count, const float *bias, float *out,
                          ck_int row_stride, ck_int rows) {
  ck_int p = 0;
  for (; p + 16 <= count; p += 16) {
    v16 r[16];
#pragma unroll
    for (ck_int i = 0; i < 16; i++) r[i] = *(const v16 *)(in + (offset ? offset[p + i] : 16 * (p + i)));
    transpose_lanes(r);
#pragma unroll
    for (ck_int i = 0; i < 16; i++)
      if (i < rows) *(v16 *)(out + i * row_stride + p) = bias ? r[i] + bias[i] : r[i];
  }
  for (; p < count; p++) {
    const float *from = in + (offset ? offset[p] : 16 * p);
    for (ck_int i = 0; i < rows; i++) out[i * row_stride + p] = from[i] + (bias ? bias[i] : 0);
  }
}
