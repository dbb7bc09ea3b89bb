#include <math.h>

#include "activations.h"
#include "lanes.h"
#include "multiversion.h"
#include "vector_math.h"

// y = exp(x - top)
INLINE void exp_lanes(const v16 *x, float top, v16 *y) {
  float in[16], out[16];
  memcpy(in, x, sizeof in);
#pragma clang loop vectorize_width(16) interleave(disable)
  for (int j = 0; j < 16; j++) out[j] = ck_expf(in[j] - top);
  memcpy(y, out, sizeof out);
}

MULTIVERSION WIDE void ck_softmax_rows(const float *x, float *y, ck_int rows, ck_int n) {
  const ck_int whole = n / 16 * 16;
  for (ck_int r = 0; r < rows; r++, x += n, y += n) {
    v16 tail, largest, sum;
    fill_lanes(&sum, 0);
    load_tail(&tail, x, n, -INFINITY);
    largest = tail;
    for (ck_int i = 0; i < whole; i += 16) max_lanes(&largest, (const v16 *)(x + i));
    const float top = lane_max(&largest);
    if (whole < n) {
      exp_lanes(&tail, top, &tail);
      sum = tail;
      keep_new_lanes(&sum, n);
    }
    for (ck_int i = 0; i < whole; i += 16) {
      v16 e;
      exp_lanes((const v16 *)(x + i), top, &e);
      *(v16 *)(y + i) = e;
      sum += e;
    }
    const float inverse = 1.0f / lane_sum(&sum);
    for (ck_int i = 0; i < whole; i += 16) *(v16 *)(y + i) *= inverse;
    tail *= inverse;
    if (whole < n) store_tail(y, &tail, n);
  }
}

MULTIVERSION WIDE void ck_softmax_rows_gradient(const float *y, const float *dy, float *dx, ck_int rows, ck_int n) {
  const ck_int whole = n / 16 * 16;
  for (ck_int r = 0; r < rows; r++, y += n, dy += n, dx += n) {
    v16 p, g, sum;
    load_tail(&p, y, n, 0);
    load_tail(&g, dy, n, 0);
    fill_lanes(&sum, 0);
    if (whole < n) {
      sum = p * g;
      keep_new_lanes(&sum, n);
    }
    for (ck_int i = 0; i < whole; i += 16) sum += *(const v16 *)(y + i) * *(const v16 *)(dy + i);
    const float mean = lane_sum(&sum);
    for (ck_int i = 0; i < whole; i += 16) *(v16 *)(dx + i) = *(const v16 *)(y + i) * (*(const v16 *)(dy + i) - mean);
    p *= g - mean;
    if (whole < n) store_tail(dx, &p, n);
  }
}
