#pragma once
#include "elementwise.h"

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
