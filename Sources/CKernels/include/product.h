#pragma once
#include "elementwise.h"

// c ← a · b, or c ← c + a · b when `accumulate`: small matrices whose operands lie in the cache, nothing is packed.
// a is m × k with element (i, p) at a[i * a_row + p * a_step]; b is k × n, c is m × n, rows `b_row` and `c_row` apart.
void ck_product(ck_int m, ck_int n, ck_int k, const float *a, ck_int a_row, ck_int a_step, const float *b,
                ck_int b_row, float *c, ck_int c_row, int accumulate);
// The same without AVX-512, whatever the processor has.
void ck_product_portable(ck_int m, ck_int n, ck_int k, const float *a, ck_int a_row, ck_int a_step, const float *b,
                         ck_int b_row, float *c, ck_int c_row, int accumulate);
