// The loops that Swift does not vectorise on baseline x86-64, compiled once for every vector width.
// Each is called with one thread's share of the work; none allocates.
#pragma once

#include "activations.h"
#include "attention.h"
#include "convolution.h"
#include "elementwise.h"
#include "half.h"
#include "normalization.h"
#include "optimizers.h"
#include "pool.h"
#include "product.h"
#include "random.h"
#include "winograd.h"
