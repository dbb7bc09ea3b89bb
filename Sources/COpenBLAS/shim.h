#pragma once
#include <cblas.h>

// LAPACK's symmetric eigenvalue driver, which OpenBLAS contains but cblas.h does not declare.
void dsyev_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w, double *work,
            const blasint *lwork, blasint *info);
