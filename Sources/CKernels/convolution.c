#include "convolution.h"

#include <string.h>

#include "multiversion.h"
#include "convolution_lanes.h"

// The x for which x * stride + offset lies in 0 ..< width: from *begin up to *end.
static void valid_range(ck_int offset, ck_int stride, ck_int width, ck_int out_width, ck_int *begin, ck_int *end) {
  ck_int b = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  ck_int e = offset >= width ? 0 : (width - offset + stride - 1) / stride;
  if (e > out_width) e = out_width;
  if (b > e) b = e;
  *begin = b;
  *end = e;
}

MULTIVERSION void ck_im2col(const float *image, const ck_windows *w, ck_int first_row, ck_int rows, float *columns,
                            ck_int row_length) {
  for (ck_int c = 0; c < w->channels; c++)
    for (ck_int ky = 0; ky < w->kernel_height; ky++)
      for (ck_int kx = 0; kx < w->kernel_width; kx++, columns += row_length) {
        ck_int begin, end, s = w->stride, n = w->out_width, left = kx - w->left;
        valid_range(left, s, w->width, n, &begin, &end);
        for (ck_int y = 0; y < rows; y++) {
          float *out = columns + y * n;
          ck_int iy = (first_row + y) * s + ky - w->top;
          if (iy < 0 || iy >= w->height) {
            memset(out, 0, (size_t)n * sizeof(float));
            continue;
          }
          const float *in = image + (c * w->height + iy) * w->width + left;
          for (ck_int x = 0; x < begin; x++) out[x] = 0;
          if (s == 1)
            for (ck_int x = begin; x < end; x++) out[x] = in[x];
          else
            for (ck_int x = begin; x < end; x++) out[x] = in[x * s];
          for (ck_int x = end; x < n; x++) out[x] = 0;
        }
      }
}

MULTIVERSION void ck_col2im(const float *columns, const ck_windows *w, ck_int first_row, ck_int rows, float *image,
                            ck_int row_length) {
  for (ck_int c = 0; c < w->channels; c++)
    for (ck_int ky = 0; ky < w->kernel_height; ky++)
      for (ck_int kx = 0; kx < w->kernel_width; kx++, columns += row_length) {
        ck_int begin, end, s = w->stride, n = w->out_width, left = kx - w->left;
        valid_range(left, s, w->width, n, &begin, &end);
        for (ck_int y = 0; y < rows; y++) {
          const float *in = columns + y * n;
          ck_int iy = (first_row + y) * s + ky - w->top;
          if (iy < 0 || iy >= w->height) continue;
          float *out = image + (c * w->height + iy) * w->width + left;
          if (s == 1)
            for (ck_int x = begin; x < end; x++) out[x] += in[x];
          else
            for (ck_int x = begin; x < end; x++) out[x * s] += in[x];
        }
      }
}

MULTIVERSION void ck_add_scalar(float *x, float bias, ck_int n) {
  for (ck_int i = 0; i < n; i++) x[i] += bias;
}

MULTIVERSION WIDE void ck_rows_to_lanes(const float *in, ck_int row_stride, ck_int rows, ck_int count, float *out,
                                        const int32_t *offset) {
  rows_to_lanes(in, row_stride, rows, count, out, offset);
}

MULTIVERSION WIDE void ck_lanes_to_rows(const float *in, const int32_t *offset, ck_int count, const float *bias,
                                        float *out, ck_int row_stride, ck_int rows) {
  lanes_to_rows(in, offset, count, bias, out, row_stride, rows);
}

MULTIVERSION WIDE void ck_transpose(const float *in, ck_int rows, ck_int columns, ck_int row_step, ck_int column_step,
                                    float *out, ck_int out_row) {
  ck_int i = 0;
  if (column_step == 1 && columns >= 16)
    for (; i + 16 <= rows; i += 16) {
      // The last block reaches back, so that none is left over.
      for (ck_int j = 0; j < columns; j += 16) {
        ck_int from = j + 16 <= columns ? j : columns - 16;
        v16 r[16];
#pragma unroll
        for (ck_int k = 0; k < 16; k++) r[k] = *(const v16 *)(in + (i + k) * row_step + from);
        transpose_lanes(r);
#pragma unroll
        for (ck_int k = 0; k < 16; k++) *(v16 *)(out + (from + k) * out_row + i) = r[k];
      }
    }
  for (ck_int j = 0; j < columns; j++)
    for (ck_int k = i; k < rows; k++) out[j * out_row + k] = in[k * row_step + j * column_step];
}
