#include "half.h"

#include <stdint.h>
#include <string.h>

#include "multiversion.h"

#define INLINE static inline __attribute__((always_inline))

INLINE float as_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

INLINE uint32_t as_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

INLINE uint32_t load16(const void *in, ptrdiff_t i) {
  uint16_t h;
  memcpy(&h, (const char *)in + 2 * i, sizeof h);
  return h;
}

MULTIVERSION void ck_half_to_float(const void *in, float *out, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t h = load16(in, i);
    // Exponent and fraction in place, the exponent too small by 112; the product mends it, subnormals included.
    uint32_t magnitude = as_bits(as_float((h & 0x7fffu) << 13) * 0x1p112f);
    magnitude |= (h & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u;
    out[i] = as_float(magnitude | (h & 0x8000u) << 16);
  }
}

MULTIVERSION ptrdiff_t ck_float_to_half(const float *in, void *out, ptrdiff_t n) {
  ptrdiff_t overflows = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t bits = as_bits(in[i]), magnitude = bits & 0x7fffffffu;
    // Halfway cases go to the even neighbour; a carry out of the fraction raises the exponent, as it should.
    uint32_t normal = (magnitude + 0xc8000fffu + ((magnitude >> 13) & 1u)) >> 13;
    // Below 2^-14 the addition of 1/2 leaves multiples of 2^-24, rounded by the processor.
    uint32_t subnormal = as_bits(as_float(magnitude) + 0.5f) - 0x3f000000u;
    uint32_t special = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
    uint32_t h = magnitude < 0x38800000u ? subnormal : magnitude < 0x477ff000u ? normal : special;
    overflows += magnitude >= 0x477ff000u && magnitude < 0x7f800000u;
    uint16_t half = (uint16_t)(h | (bits >> 16 & 0x8000u));
    memcpy((char *)out + 2 * i, &half, sizeof half);
  }
  return overflows;
}

MULTIVERSION void ck_bfloat_to_float(const void *in, float *out, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) out[i] = as_float(load16(in, i) << 16);
}
