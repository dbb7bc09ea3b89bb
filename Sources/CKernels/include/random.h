#pragma once
#include <stddef.h>
#include <stdint.h>

// The next generation of a Mersenne Twister's 624 words, in place.
void ck_mt19937_twist(uint32_t *state);
// n state words tempered to random words.
void ck_mt19937_words(const uint32_t *state, uint32_t *out, ptrdiff_t n);
// n state words tempered and their low 24 bits scaled to [0, 1).
void ck_mt19937_uniforms(const uint32_t *state, float *out, ptrdiff_t n);
// Box-Muller on blocks of 16: u[j], u[j + 8] in [0, 1) become two normal samples each, j < 8.
void ck_box_muller(float *data, ptrdiff_t blocks);
