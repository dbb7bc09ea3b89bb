#pragma once
#include "elementwise.h"

#include <stdint.h>

// One image [channels, height, width] and the positions a kernel visits on it.
typedef struct {
  ck_int channels, height, width;
  ck_int kernel_height, kernel_width, stride, top, left;
  ck_int out_width;
} ck_windows;

// columns[(c, ky, kx), (y - first_row, x)] = image[c, y * stride + ky - top, x * stride + kx - left], zero outside;
// `row_length` floats from one row of `columns` to the next.
void ck_im2col(const float *image, const ck_windows *w, ck_int first_row, ck_int rows, float *columns,
               ck_int row_length);
// The transpose of ck_im2col: adds every column entry to the pixel it was read from.
void ck_col2im(const float *columns, const ck_windows *w, ck_int first_row, ck_int rows, float *image,
               ck_int row_length);
// x += bias, n elements
void ck_add_scalar(float *x, float bias, ck_int n);

// Rows of a matrix to lanes of vectors: out[offset[p] + i] = in[i * row_stride + p] for p < count and i < 16; of fewer than
// 16 rows the last one is repeated.
void ck_rows_to_lanes(const float *in, ck_int row_stride, ck_int rows, ck_int count, float *out,
                      const int32_t *offset);
// The way back for the first `rows` lanes: out[i * row_stride + p] = in[offset[p] + i] + bias[i] (NULL: nothing added).
void ck_lanes_to_rows(const float *in, const int32_t *offset, ck_int count, const float *bias, float *out,
                      ck_int row_stride, ck_int rows);

// out[j * out_row + i] = in[i * row_step + j * column_step] for i < rows, j < columns.
void ck_transpose(const float *in, ck_int rows, ck_int columns, ck_int row_step, ck_int column_step, float *out,
                  ck_int out_row);
