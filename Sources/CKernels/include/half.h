#pragma once
#include <stddef.h>

// IEEE binary16, stored little-endian at any address, and binary32; infinities and NaN are kept.
void ck_half_to_float(const void *in, float *out, ptrdiff_t n);
// Rounds to nearest, ties to even; returns how many finite values were too large and became infinite.
ptrdiff_t ck_float_to_half(const float *in, void *out, ptrdiff_t n);
// bfloat16: the upper half of a binary32.
void ck_bfloat_to_float(const void *in, float *out, ptrdiff_t n);
