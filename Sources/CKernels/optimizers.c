#include "optimizers.h"

#include <math.h>

#include "multiversion.h"

MULTIVERSION void ck_adamw(float *p, const float *g, float *m, float *v, ck_int n, float gradient_scale, float decay,
                           float beta1, float beta2, float step_size, float correction, float eps) {
  for (ck_int i = 0; i < n; i++) {
    const float gradient = g[i] * gradient_scale;
    m[i] = m[i] + (1.0f - beta1) * (gradient - m[i]);
    v[i] = beta2 * v[i] + (1.0f - beta2) * gradient * gradient;
    p[i] = p[i] * decay - step_size * m[i] / (sqrtf(v[i]) / correction + eps);
  }
}

MULTIVERSION void ck_ema(float *average, const float *p, ck_int n, float one_minus_decay) {
  for (ck_int i = 0; i < n; i++) average[i] += one_minus_decay * (p[i] - average[i]);
}
