// Every kernel is compiled for AVX-512, AVX2 with FMA, and the baseline; the loader picks at start.
#pragma once
#if defined(__x86_64__)
#define MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSION
#endif
