#include "product.h"

#include <string.h>

// Register tiles: `rows` rows of a times `vectors` vectors of b; every element of b that is loaded is used `rows` times,
// every element of a `vectors` times. Tiles of 8 × 3 (24 sums of 16 lanes) keep both FMA units of an AVX-512 core busy.

typedef struct {
  const float *a, *b;
  float *c;
  ck_int a_row, a_step, b_row, c_row, k;
  int accumulate;
} product;

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#include <immintrin.h>
#define V4 __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))

// The last vector of each row is masked.
INLINE V4 void tile512(const int rows, const int vectors, const product *p, __mmask16 mask) {
  __m512 sum[12][3];
#pragma unroll
  for (int i = 0; i < rows; i++)
#pragma unroll
    for (int v = 0; v < vectors; v++) sum[i][v] = _mm512_setzero_ps();
  const float *a = p->a, *b = p->b;
  const ck_int a_row = p->a_row, a_step = p->a_step, b_row = p->b_row;
  for (ck_int step = 0; step < p->k; step++, a += a_step, b += b_row) {
    __m512 row[3];
#pragma unroll
    for (int v = 0; v < vectors; v++)
      row[v] = v + 1 == vectors ? _mm512_maskz_loadu_ps(mask, b + 16 * v) : _mm512_loadu_ps(b + 16 * v);
#pragma unroll
    for (int i = 0; i < rows; i++) {
      __m512 factor = _mm512_set1_ps(a[i * a_row]);
#pragma unroll
      for (int v = 0; v < vectors; v++) sum[i][v] = _mm512_fmadd_ps(factor, row[v], sum[i][v]);
    }
  }
#pragma unroll
  for (int i = 0; i < rows; i++)
#pragma unroll
    for (int v = 0; v < vectors; v++) {
      float *c = p->c + i * p->c_row + 16 * v;
      __mmask16 lanes = v + 1 == vectors ? mask : (__mmask16)0xffff;
      if (p->accumulate) sum[i][v] = _mm512_add_ps(sum[i][v], _mm512_maskz_loadu_ps(lanes, c));
      _mm512_mask_storeu_ps(c, lanes, sum[i][v]);
    }
}

INLINE V4 void rows512(const int vectors, int rows, const product *p, __mmask16 mask) {
  switch (rows) {
    case 1: return tile512(1, vectors, p, mask);
    case 2: return tile512(2, vectors, p, mask);
    case 3: return tile512(3, vectors, p, mask);
    case 4: return tile512(4, vectors, p, mask);
    case 5: return tile512(5, vectors, p, mask);
    case 6: return tile512(6, vectors, p, mask);
    case 7: return tile512(7, vectors, p, mask);
    default: return tile512(8, vectors, p, mask);
  }
}

V4 static void rows1(int rows, const product *p, __mmask16 mask) { rows512(1, rows, p, mask); }
V4 static void rows2(int rows, const product *p, __mmask16 mask) { rows512(2, rows, p, mask); }
V4 static void rows3(int rows, const product *p, __mmask16 mask) { rows512(3, rows, p, mask); }
V4 static void twelve2(const product *p, __mmask16 mask) { tile512(12, 2, p, mask); }
V4 static void twelve1(const product *p, __mmask16 mask) { tile512(12, 1, p, mask); }

V4 static void product512(ck_int m, ck_int n, const product *whole) {
  product p = *whole;
  while (n > 0) {
    // Three vectors at a time; what is left is cut as 2 + 2 rather than 3 + 1.
    ck_int vectors = (n + 15) / 16;
    if (vectors > 3) vectors = vectors == 4 ? 2 : 3;
    ck_int width = n < 16 * vectors ? n : 16 * vectors;
    __mmask16 mask = (__mmask16)(0xffff >> (16 * vectors - width));
    p.a = whole->a;
    p.c = whole->c + (p.b - whole->b);
    ck_int tall = vectors == 3 ? 8 : 12;
    for (ck_int left = m; left > 0;) {
      ck_int rows = left < tall ? (left > 8 ? 8 : left) : tall;
      if (rows == 12) {
        if (vectors == 2)
          twelve2(&p, mask);
        else
          twelve1(&p, mask);
      } else if (vectors == 3) {
        rows3((int)rows, &p, mask);
      } else if (vectors == 2) {
        rows2((int)rows, &p, mask);
      } else {
        rows1((int)rows, &p, mask);
      }
      left -= rows;
      p.a += rows * p.a_row;
      p.c += rows * p.c_row;
    }
    p.b += width;
    n -= width;
  }
}
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

typedef float v8 __attribute__((vector_size(32), aligned(4)));

INLINE void tile256(const int rows, const product *p) {
  v8 low[4] = {0}, high[4] = {0};
  const float *a = p->a, *b = p->b;
  for (ck_int step = 0; step < p->k; step++, a += p->a_step, b += p->b_row) {
    v8 l = *(const v8 *)b, h = *(const v8 *)(b + 8);
#pragma unroll
    for (int i = 0; i < rows; i++) {
      low[i] += a[i * p->a_row] * l;
      high[i] += a[i * p->a_row] * h;
    }
  }
  for (int i = 0; i < rows; i++) {
    v8 *c = (v8 *)(p->c + i * p->c_row);
    c[0] = p->accumulate ? c[0] + low[i] : low[i];
    c[1] = p->accumulate ? c[1] + high[i] : high[i];
  }
}

// Fewer than 16 columns.
INLINE void narrow(ck_int m, ck_int n, const product *p) {
  for (ck_int i = 0; i < m; i++) {
    float sum[16] = {0};
    for (ck_int step = 0; step < p->k; step++) {
      float factor = p->a[i * p->a_row + step * p->a_step];
      for (ck_int j = 0; j < n; j++) sum[j] += factor * p->b[step * p->b_row + j];
    }
    float *c = p->c + i * p->c_row;
    for (ck_int j = 0; j < n; j++) c[j] = p->accumulate ? c[j] + sum[j] : sum[j];
  }
}

CLONES static void product256(ck_int m, ck_int n, const product *whole) {
  product p = *whole;
  for (; n >= 16; n -= 16, p.b += 16) {
    p.a = whole->a;
    p.c = whole->c + (p.b - whole->b);
    ck_int i = 0;
    for (; i + 4 <= m; i += 4, p.a += 4 * p.a_row, p.c += 4 * p.c_row) tile256(4, &p);
    for (; i < m; i++, p.a += p.a_row, p.c += p.c_row) tile256(1, &p);
  }
  if (n == 0) return;
  p.a = whole->a;
  p.c = whole->c + (p.b - whole->b);
  narrow(m, n, &p);
}

void ck_product_portable(ck_int m, ck_int n, ck_int k, const float *a, ck_int a_row, ck_int a_step, const float *b,
                         ck_int b_row, float *c, ck_int c_row, int accumulate) {
  product p = {a, b, c, a_row, a_step, b_row, c_row, k, accumulate};
  product256(m, n, &p);
}

void ck_product(ck_int m, ck_int n, ck_int k, const float *a, ck_int a_row, ck_int a_step, const float *b,
                ck_int b_row, float *c, ck_int c_row, int accumulate) {
  product p = {a, b, c, a_row, a_step, b_row, c_row, k, accumulate};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return product512(m, n, &p);
#endif
  product256(m, n, &p);
}
