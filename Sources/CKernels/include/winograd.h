#pragma once
#include "elementwise.h"

// Winograd's convolution F(4×4, 3×3): a tile of 4 × 4 outputs costs 36 products instead of 144.
// Y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ d B)] A with the points 0, ±5/8, ±3/2, ∞ (Lavin and Gray 2016, arXiv:1509.09308, eq. 8).
//
// A chunk's transformed tiles are 36 planes [tile][channel]; rows have `channels` rounded up to 16 floats, planes follow
// each other at `plane_stride`. Lanes of the vectors are 16 channels.

// Images [sample, channels, height, width] seen as tiles of 4 × 4 pixels at (4 * ty - top, 4 * tx - left).
typedef struct {
  ck_int channels, height, width, top, left, tiles_x;
} ck_tiling;

// Tile rows of one sample, or all tile rows of several samples.
typedef struct {
  ck_int first_sample, samples, first_row, rows;
} ck_tile_chunk;

// Floats of scratch memory that the functions below need.
ck_int ck_winograd_scratch(const ck_tiling *t, const ck_tile_chunk *chunk);
// Bᵀ d B of 6 × 6 pixels, starting at each tile's corner.
void ck_winograd_input(const float *images, const ck_tiling *t, const ck_tile_chunk *chunk, float *planes,
                       ck_int plane_stride, float *scratch);
// Aᵀ m A, 4 × 4 pixels written to the images; `bias` per channel or NULL. top and left are 0.
void ck_winograd_output(const float *planes, ck_int plane_stride, const ck_tiling *t, const ck_tile_chunk *chunk,
                        const float *bias, float *images, float *scratch);
// A g Aᵀ of 4 × 4 pixels: the transpose of ck_winograd_output. top and left are 0. `sums` receives each channel's sum over
// the chunk, as many floats as a row of the planes.
void ck_winograd_output_gradient(const float *images, const ck_tiling *t, const ck_tile_chunk *chunk, float *planes,
                                 ck_int plane_stride, float *sums, float *scratch);

// Weights seen as [rows][lanes] of 3 × 3 taps at w[row * row_stride + lane * lane_stride]; planes [row][lane].
typedef struct {
  ck_int rows, lanes, row_stride, lane_stride;
} ck_taps;
// G w Gᵀ (of the rotated kernel when `rotated`) for the 16 lanes from `first_lane`; scratch: rows * 9 * 16 floats.
void ck_winograd_weight(const float *w, const ck_taps *t, ck_int first_lane, int rotated, float *planes, float *scratch);
// Gᵀ u G of the sum of `parts` sets of planes, `part_stride` floats apart, for rows first_row ..< last_row.
void ck_winograd_weight_gradient(const float *planes, ck_int parts, ck_int part_stride, const ck_taps *t,
                                 ck_int first_row, ck_int last_row, float *w);
