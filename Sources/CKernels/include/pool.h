#pragma once
#include "elementwise.h"

// Calls body(context, task) for every task in 0 ..< tasks, in any order, on this thread and up to threads - 1 others.
// A call from within a task, or while another thread is in here, runs on the calling thread alone.
void ck_parallel(ck_int threads, ck_int tasks, void (*body)(void *context, ck_int task), void *context);
