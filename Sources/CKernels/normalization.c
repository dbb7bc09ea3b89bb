#include "normalization.h"

#include <math.h>

#include "multiversion.h"
#include "vector_math.h"

#define LANES 16

// Partial sums in sixteen lanes, combined in a fixed order: the same bits for every vector width.
static inline float combined(float *s) {
  for (int w = LANES / 2; w > 0; w /= 2)
    for (int j = 0; j < w; j++) s[j] += s[j + w];
  return s[0];
}

MULTIVERSION void ck_group_norm(const float *x, const float *weight, const float *bias, float *y, ck_int channels,
                                ck_int inner, float eps, int silu, float *mean, float *rstd) {
  const ck_int n = channels * inner;
  // Two passes: the variance about the mean does not cancel.
  double total = 0;
  for (ck_int start = 0; start < n; start += 1024) {
    const ck_int end = start + 1024 < n ? start + 1024 : n;
    float s[LANES] = {0};
    ck_int i = start;
    for (; i + LANES <= end; i += LANES)
      for (int j = 0; j < LANES; j++) s[j] += x[i + j];
    for (int j = 0; i < end; i++, j++) s[j] += x[i];
    total += combined(s);
  }
  const float m = (float)(total / (double)n);
  double squares = 0;
  for (ck_int start = 0; start < n; start += 1024) {
    const ck_int end = start + 1024 < n ? start + 1024 : n;
    float s[LANES] = {0};
    ck_int i = start;
    for (; i + LANES <= end; i += LANES)
      for (int j = 0; j < LANES; j++) s[j] += (x[i + j] - m) * (x[i + j] - m);
    for (int j = 0; i < end; i++, j++) s[j] += (x[i] - m) * (x[i] - m);
    squares += combined(s);
  }
  const float r = (float)(1.0 / sqrt(squares / (double)n + (double)eps));
  *mean = m;
  *rstd = r;
  for (ck_int c = 0; c < channels; c++) {
    const float a = weight[c] * r, b = bias[c] - m * weight[c] * r;
    const float *xc = x + c * inner;
    float *yc = y + c * inner;
    if (silu) {
      for (ck_int i = 0; i < inner; i++) {
        float v = a * xc[i] + b;
        yc[i] = v * ck_sigmoidf(v);
      }
    } else {
      for (ck_int i = 0; i < inner; i++) yc[i] = a * xc[i] + b;
    }
  }
}

// With x̂ = (x − mean)·rstd and g = dy·weight: dx = rstd (g − mean(g) − x̂ mean(g x̂)).
MULTIVERSION void ck_group_norm_gradient(const float *x, const float *weight, const float *bias, const float *dy,
                                         float *dx, ck_int channels, ck_int inner, int silu, float mean, float rstd,
                                         float *dweight, float *dbias) {
  const ck_int n = channels * inner;
  double sum_g = 0, sum_gx = 0;
  for (ck_int c = 0; c < channels; c++) {
    const float a = weight[c] * rstd, b = bias[c] - mean * weight[c] * rstd;
    const float *xc = x + c * inner, *dyc = dy + c * inner;
    float *dxc = dx + c * inner;
    const float *dv = dyc;
    if (silu) {
      for (ck_int i = 0; i < inner; i++) {
        float v = a * xc[i] + b, s = ck_sigmoidf(v);
        dxc[i] = dyc[i] * (s * (1.0f + v * (1.0f - s)));
      }
      dv = dxc;
    }
    float s[LANES] = {0}, t[LANES] = {0};
    ck_int i = 0;
    for (; i + LANES <= inner; i += LANES)
      for (int j = 0; j < LANES; j++) {
        s[j] += dv[i + j];
        t[j] += dv[i + j] * ((xc[i + j] - mean) * rstd);
      }
    for (int j = 0; i < inner; i++, j++) {
      s[j] += dv[i];
      t[j] += dv[i] * ((xc[i] - mean) * rstd);
    }
    dbias[c] = combined(s);
    dweight[c] = combined(t);
    sum_g += (double)weight[c] * dbias[c];
    sum_gx += (double)weight[c] * dweight[c];
  }
  const float mean_g = (float)(sum_g / (double)n), mean_gx = (float)(sum_gx / (double)n);
  for (ck_int c = 0; c < channels; c++) {
    const float *xc = x + c * inner, *dyc = dy + c * inner;
    float *dxc = dx + c * inner;
    const float w = weight[c];
    // Two loops, since one that may read what it writes is not vectorised.
    if (silu) {
      for (ck_int i = 0; i < inner; i++)
        dxc[i] = rstd * (w * dxc[i] - mean_g - (xc[i] - mean) * rstd * mean_gx);
    } else {
      for (ck_int i = 0; i < inner; i++)
        dxc[i] = rstd * (w * dyc[i] - mean_g - (xc[i] - mean) * rstd * mean_gx);
    }
  }
}

MULTIVERSION void ck_layer_norm(const float *x, const float *weight, const float *bias, float *y, ck_int rows,
                                ck_int n, float eps, float *mean, float *rstd) {
  for (ck_int r = 0; r < rows; r++, x += n, y += n) {
    float s[LANES] = {0}, t[LANES] = {0};
    ck_int i = 0;
    for (; i + LANES <= n; i += LANES)
      for (int j = 0; j < LANES; j++) s[j] += x[i + j];
    for (int j = 0; i < n; i++, j++) s[j] += x[i];
    const float m = combined(s) / (float)n;
    for (i = 0; i + LANES <= n; i += LANES)
      for (int j = 0; j < LANES; j++) t[j] += (x[i + j] - m) * (x[i + j] - m);
    for (int j = 0; i < n; i++, j++) t[j] += (x[i] - m) * (x[i] - m);
    const float scale = 1.0f / sqrtf(combined(t) / (float)n + eps);
    mean[r] = m;
    rstd[r] = scale;
    for (ck_int k = 0; k < n; k++) y[k] = (x[k] - m) * scale * weight[k] + bias[k];
  }
}

MULTIVERSION void ck_layer_norm_gradient(const float *x, const float *weight, const float *dy, float *dx, ck_int rows,
                                         ck_int n, const float *mean, const float *rstd, float *dweight,
                                         float *dbias) {
  for (ck_int r = 0; r < rows; r++, x += n, dy += n, dx += n) {
    const float m = mean[r], scale = rstd[r];
    float s[LANES] = {0}, t[LANES] = {0};
    ck_int i = 0;
    for (; i + LANES <= n; i += LANES)
      for (int j = 0; j < LANES; j++) {
        s[j] += dy[i + j] * weight[i + j];
        t[j] += dy[i + j] * weight[i + j] * ((x[i + j] - m) * scale);
      }
    for (int j = 0; i < n; i++, j++) {
      s[j] += dy[i] * weight[i];
      t[j] += dy[i] * weight[i] * ((x[i] - m) * scale);
    }
    const float mean_g = combined(s) / (float)n, mean_gx = combined(t) / (float)n;
    for (ck_int k = 0; k < n; k++) {
      const float xhat = (x[k] - m) * scale;
      dweight[k] += dy[k] * xhat;
      dbias[k] += dy[k];
      dx[k] = scale * (dy[k] * weight[k] - mean_g - xhat * mean_gx);
    }
  }
}
