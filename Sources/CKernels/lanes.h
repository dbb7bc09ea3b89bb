// Vectors of sixteen floats: one register of AVX-512, two of AVX2, four of SSE.
#pragma once
#include "include/elementwise.h"

#include <stdint.h>
#include <string.h>

// Aligned like a float: rows start anywhere.
typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t v16i __attribute__((vector_size(64), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
// Without it, clang splits 512-bit vectors in two for x86-64-v4.
#define WIDE __attribute__((min_vector_width(512)))

// Vectors are passed by address: by value their passing would depend on the processor.

INLINE void fill_lanes(v16 *v, float x) { *v = (v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

// largest = max(largest, x); a NaN in x is passed over.
INLINE void max_lanes(v16 *largest, const v16 *x) {
  v16i greater = *x > *largest;
  *largest = (v16)((greater & (v16i)*x) | (~greater & (v16i)*largest));
}

// The sum of the lanes as a tree: the same bits for every vector width.
INLINE float lane_sum(const v16 *x) {
  float s[16];
  memcpy(s, x, sizeof s);
#pragma unroll
  for (int w = 8; w > 0; w /= 2)
#pragma unroll
    for (int j = 0; j < w; j++) s[j] += s[j + w];
  return s[0];
}

INLINE float lane_max(const v16 *x) {
  float m[16];
  memcpy(m, x, sizeof m);
#pragma unroll
  for (int w = 8; w > 0; w /= 2)
#pragma unroll
    for (int j = 0; j < w; j++) m[j] = m[j + w] > m[j] ? m[j + w] : m[j];
  return m[0];
}

// The last vector of a row of n elements that is no multiple of 16, loaded before anything is written: the lanes from
// 16 - n % 16 on are new, those before repeat elements of the vector before, or hold `rest` where the row is shorter.
INLINE void load_tail(v16 *v, const float *x, ck_int n, float rest) {
  if (n >= 16) {
    *v = *(const v16 *)(x + n - 16);
  } else {
    fill_lanes(v, rest);
    memcpy((float *)v + 16 - n, x, (size_t)n * sizeof(float));
  }
}

INLINE void store_tail(float *x, const v16 *v, ck_int n) {
  if (n >= 16)
    *(v16 *)(x + n - 16) = *v;
  else
    memcpy(x, (const float *)v + 16 - n, (size_t)n * sizeof(float));
}

// Sets the lanes to 0 that repeat elements of the vector before.
INLINE void keep_new_lanes(v16 *v, ck_int n) {
  const v16i lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  *v = (v16)((v16i)*v & (lane >= (int32_t)(16 - n % 16)));
}
