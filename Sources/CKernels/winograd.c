#include "winograd.h"

#include <string.h>

#include "multiversion.h"
#include "convolution_lanes.h"

// The points ±P and ±Q beside 0 and ∞. Their squares are exact, and of the pairs tried they lose the fewest digits:
// a relative error of 7e-7 at 40 channels, against 1.4e-6 for the usual 1 and 2.
#define P 0.625f
#define Q 1.5f
#define PP (P * P)
#define QQ (Q * Q)
// 1 / Π (point − other points)
#define N0 (1 / (PP * QQ))
#define NP (1 / (2 * PP * (PP - QQ)))
#define NQ (1 / (2 * QQ * (QQ - PP)))

// Bᵀ: rows are the polynomials Π (x − other points).
INLINE void input_transform(const v16 *d, int step, v16 *out, int out_step) {
  v16 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  v16 even = d4 - QQ * d2, odd = P * d3 - (P * QQ) * d1;
  out[0] = d4 - (PP + QQ) * d2 + (PP * QQ) * d0;
  out[out_step] = even + odd;
  out[2 * out_step] = even - odd;
  even = d4 - PP * d2;
  odd = Q * d3 - (Q * PP) * d1;
  out[3 * out_step] = even + odd;
  out[4 * out_step] = even - odd;
  out[5 * out_step] = d5 - (PP + QQ) * d3 + (PP * QQ) * d1;
}

// Aᵀ: values at the points, weighted with their powers 0 … 3.
INLINE void output_transform(const v16 *m, int step, v16 *out, int out_step) {
  v16 m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step], m5 = m[5 * step];
  v16 s = m1 + m2, d = m1 - m2, t = m3 + m4, e = m3 - m4;
  out[0] = m0 + s + t;
  out[out_step] = P * d + Q * e;
  out[2 * out_step] = PP * s + QQ * t;
  out[3 * out_step] = (P * PP) * d + (Q * QQ) * e + m5;
}

// A: a polynomial of degree 3 at the points.
INLINE void gradient_transform(const v16 *y, int step, v16 *out, int out_step) {
  v16 y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
  v16 even = y0 + PP * y2, odd = P * y1 + (P * PP) * y3;
  out[0] = y0;
  out[out_step] = even + odd;
  out[2 * out_step] = even - odd;
  even = y0 + QQ * y2;
  odd = Q * y1 + (Q * QQ) * y3;
  out[3 * out_step] = even + odd;
  out[4 * out_step] = even - odd;
  out[5 * out_step] = y3;
}

// G: a polynomial of degree 2 at the points, divided by the points' products.
INLINE void weight_transform(const v16 *g, int step, v16 *out, int out_step) {
  v16 g0 = g[0], g1 = g[step], g2 = g[2 * step];
  v16 even = NP * g0 + (NP * PP) * g2, odd = (NP * P) * g1;
  out[0] = N0 * g0;
  out[out_step] = even + odd;
  out[2 * out_step] = even - odd;
  even = NQ * g0 + (NQ * QQ) * g2;
  odd = (NQ * Q) * g1;
  out[3 * out_step] = even + odd;
  out[4 * out_step] = even - odd;
  out[5 * out_step] = g2;
}

// Gᵀ
INLINE void weight_gradient_transform(const v16 *u, int step, v16 *out, int out_step) {
  v16 s = u[step] + u[2 * step], d = u[step] - u[2 * step];
  v16 t = u[3 * step] + u[4 * step], e = u[3 * step] - u[4 * step];
  out[0] = N0 * u[0] + NP * s + NQ * t;
  out[out_step] = (NP * P) * d + (NQ * Q) * e;
  out[2 * out_step] = (NP * PP) * s + (NQ * QQ) * t + u[5 * step];
}

// MARK: Images

// One sample's strip of tile rows as [y][x][16 channels] with a border: where each pixel goes.
typedef struct {
  ck_int first_y, last_y;  // image rows that exist
  ck_int width, height;    // of the strip in pixels
  ck_int pixels;           // that exist
  int32_t *offset;         // of those pixels in the strip
  float *strip;
} strip;

static ck_int strip_height(const ck_tile_chunk *chunk) { return 4 * chunk->rows + 2; }
static ck_int strip_width(const ck_tiling *t) { return 4 * t->tiles_x + 2; }
static ck_int padded(ck_int channels) { return (channels + 15) / 16 * 16; }

ck_int ck_winograd_scratch(const ck_tiling *t, const ck_tile_chunk *chunk) {
  return strip_height(chunk) * (strip_width(t) * 16 + (t->width + 15) / 16 * 16);
}

INLINE strip make_strip(const ck_tiling *t, const ck_tile_chunk *chunk, float *scratch) {
  ck_int y0 = 4 * chunk->first_row - t->top;
  strip s = {y0 < 0 ? 0 : y0, y0 + strip_height(chunk), strip_width(t), strip_height(chunk), 0, NULL, scratch};
  if (s.last_y > t->height) s.last_y = t->height;
  if (s.last_y < s.first_y) s.last_y = s.first_y;
  s.pixels = (s.last_y - s.first_y) * t->width;
  s.offset = (int32_t *)(scratch + s.width * s.height * 16);
  int32_t *offset = s.offset;
  for (ck_int y = s.first_y; y < s.last_y; y++)
    for (ck_int x = 0; x < t->width; x++) *offset++ = (int32_t)(((y - y0) * s.width + x + t->left) * 16);
  memset(scratch, 0, (size_t)(s.width * s.height * 16) * sizeof(float));
  return s;
}

INLINE void load_strip(const strip *s, const float *images, const ck_tiling *t, ck_int sample, ck_int channel) {
  const float *in = images + ((sample * t->channels + channel) * t->height + s->first_y) * t->width;
  ck_int rows = t->channels - channel < 16 ? t->channels - channel : 16;
  rows_to_lanes(in, t->height * t->width, rows, s->pixels, s->strip, s->offset);
}

MULTIVERSION WIDE void ck_winograd_input(const float *images, const ck_tiling *t, const ck_tile_chunk *chunk,
                                         float *planes, ck_int plane_stride, float *scratch) {
  strip s = make_strip(t, chunk, scratch);
  ck_int row_length = padded(t->channels);
  for (ck_int channel = 0; channel < t->channels; channel += 16) {
    float *out = planes + channel;
    for (ck_int sample = 0; sample < chunk->samples; sample++) {
      load_strip(&s, images, t, chunk->first_sample + sample, channel);
      for (ck_int ty = 0; ty < chunk->rows; ty++)
        for (ck_int tx = 0; tx < t->tiles_x; tx++, out += row_length) {
          v16 half[36], full[6];
          for (int i = 0; i < 6; i++) {
            const v16 *d = (const v16 *)(s.strip + ((4 * ty + i) * s.width + 4 * tx) * 16);
            input_transform(d, 1, half + 6 * i, 1);
          }
          for (int j = 0; j < 6; j++) {
            input_transform(half + j, 6, full, 1);
            for (int i = 0; i < 6; i++) *(v16 *)(out + (6 * i + j) * plane_stride) = full[i];
          }
        }
    }
  }
}

MULTIVERSION WIDE void ck_winograd_output_gradient(const float *images, const ck_tiling *t, const ck_tile_chunk *chunk,
                                                   float *planes, ck_int plane_stride, float *sums, float *scratch) {
  strip s = make_strip(t, chunk, scratch);
  ck_int row_length = padded(t->channels);
  for (ck_int channel = 0; channel < t->channels; channel += 16) {
    float *out = planes + channel;
    v16 sum = {0};
    for (ck_int sample = 0; sample < chunk->samples; sample++) {
      load_strip(&s, images, t, chunk->first_sample + sample, channel);
      for (ck_int ty = 0; ty < chunk->rows; ty++)
        for (ck_int tx = 0; tx < t->tiles_x; tx++, out += row_length) {
          v16 half[24], full[6], rows[4];
          for (int i = 0; i < 4; i++) {
            const v16 *d = (const v16 *)(s.strip + ((4 * ty + i) * s.width + 4 * tx) * 16);
            gradient_transform(d, 1, half + 6 * i, 1);
            rows[i] = (d[0] + d[1]) + (d[2] + d[3]);
          }
          sum += (rows[0] + rows[1]) + (rows[2] + rows[3]);
          for (int j = 0; j < 6; j++) {
            gradient_transform(half + j, 6, full, 1);
            for (int i = 0; i < 6; i++) *(v16 *)(out + (6 * i + j) * plane_stride) = full[i];
          }
        }
    }
    *(v16 *)(sums + channel) = sum;
  }
}

MULTIVERSION WIDE void ck_winograd_output(const float *planes, ck_int plane_stride, const ck_tiling *t,
                                          const ck_tile_chunk *chunk, const float *bias, float *images,
                                          float *scratch) {
  ck_int row_length = padded(t->channels), first_y = 4 * chunk->first_row, height = 4 * chunk->rows;
  if (height > t->height - first_y) height = t->height - first_y;
  for (ck_int channel = 0; channel < t->channels; channel += 16) {
    const float *in = planes + channel;
    ck_int lanes = t->channels - channel < 16 ? t->channels - channel : 16;
    for (ck_int sample = 0; sample < chunk->samples; sample++) {
      for (ck_int ty = 0; ty < chunk->rows; ty++)
        for (ck_int tx = 0; tx < t->tiles_x; tx++, in += row_length) {
          v16 m[6], half[24], out[4];
          for (int j = 0; j < 6; j++) {
            for (int i = 0; i < 6; i++) m[i] = *(const v16 *)(in + (6 * i + j) * plane_stride);
            output_transform(m, 1, half + j, 6);
          }
          for (int i = 0; i < 4; i++) {
            output_transform(half + 6 * i, 1, out, 1);
            float *to = scratch + ((4 * ty + i) * t->width + 4 * tx) * 16;
            if (4 * tx + 4 <= t->width)
              for (int j = 0; j < 4; j++) *(v16 *)(to + 16 * j) = out[j];
            else
              for (int j = 0; j < t->width - 4 * tx; j++) *(v16 *)(to + 16 * j) = out[j];
          }
        }
      float *to = images + (((chunk->first_sample + sample) * t->channels + channel) * t->height + first_y) * t->width;
      lanes_to_rows(scratch, NULL, height * t->width, bias ? bias + channel : NULL, to, t->height * t->width, lanes);
    }
  }
}

// MARK: Weights

MULTIVERSION WIDE void ck_winograd_weight(const float *w, const ck_taps *t, ck_int first_lane, int rotated,
                                          float *planes, float *scratch) {
  ck_int lanes = t->lanes - first_lane < 16 ? t->lanes - first_lane : 16;
  ck_int row_length = padded(t->lanes), plane_stride = t->rows * row_length;
  w += first_lane * t->lane_stride;
  if (t->row_stride == 9)
    rows_to_lanes(w, t->lane_stride, lanes, t->rows * 9, scratch, NULL);
  else
    for (ck_int row = 0; row < t->rows; row++)
      rows_to_lanes(w + row * t->row_stride, t->lane_stride, lanes, 9, scratch + row * 144, NULL);
  for (ck_int row = 0; row < t->rows; row++) {
    v16 g[9], half[18], full[6];
    const v16 *taps = (const v16 *)(scratch + row * 144);
    for (int i = 0; i < 9; i++) g[i] = taps[rotated ? 8 - i : i];
    for (int i = 0; i < 3; i++) weight_transform(g + 3 * i, 1, half + 6 * i, 1);
    float *out = planes + row * row_length + first_lane;
    for (int j = 0; j < 6; j++) {
      weight_transform(half + j, 6, full, 1);
      for (int i = 0; i < 6; i++) *(v16 *)(out + (6 * i + j) * plane_stride) = full[i];
    }
  }
}

MULTIVERSION WIDE void ck_winograd_weight_gradient(const float *planes, ck_int parts, ck_int part_stride,
                                                   const ck_taps *t, ck_int first_row, ck_int last_row, float *w) {
  ck_int row_length = padded(t->lanes), plane_stride = t->rows * row_length;
  for (ck_int row = first_row; row < last_row; row++)
    for (ck_int lane = 0; lane < t->lanes; lane += 16) {
      v16 u[36], half[18], taps[9];
      const float *in = planes + row * row_length + lane;
      for (int k = 0; k < 36; k++) {
        u[k] = *(const v16 *)(in + k * plane_stride);
        for (ck_int part = 1; part < parts; part++) u[k] += *(const v16 *)(in + k * plane_stride + part * part_stride);
      }
      for (int i = 0; i < 6; i++) weight_gradient_transform(u + 6 * i, 1, half + 3 * i, 1);
      for (int j = 0; j < 3; j++) weight_gradient_transform(half + j, 3, taps + j, 3);
      ck_int lanes = t->lanes - lane < 16 ? t->lanes - lane : 16;
      float *out = w + row * t->row_stride + lane * t->lane_stride;
      lanes_to_rows((const float *)taps, NULL, 9, NULL, out, t->lane_stride, lanes);
    }
}
