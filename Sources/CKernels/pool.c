// A pool of threads for tasks of some microseconds to some milliseconds.
//
// A network runs hundreds of small parallel loops a second with little between them. A worker therefore looks for the next
// loop for some tens of microseconds before it sleeps: waking a sleeping thread takes as long as a small loop. (Dispatch's
// concurrentPerform was measured to leave its worker asleep on a busy machine, however long the tasks.)
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

enum { MAX_WORKERS = 63, SPIN_NANOSECONDS = 50000 };

static struct {
  atomic_flag taken;  // some thread is in ck_parallel
  // The loop; written while nobody is inside.
  void (*body)(void *, ck_int);
  void *context;
  ck_int tasks;
  atomic_long workers_wanted;
  atomic_long next;
  // Counts loops. A worker that sees a new number enters if the loop is still open; the caller closes it and waits until
  // nobody is inside, so that no worker ever meets a loop that has returned.
  atomic_ulong generation;
  atomic_bool open;
  atomic_long inside;
  // Sleeping
  atomic_long sleepers;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  ck_int started;
} pool = {.taken = ATOMIC_FLAG_INIT, .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void run_tasks(void) {
  for (;;) {
    ck_int task = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed);
    if (task >= pool.tasks) return;
    pool.body(pool.context, task);
  }
}

// Waits for a generation other than `seen`: busily at first, then asleep.
static unsigned long await_generation(unsigned long seen) {
  int64_t end = nanoseconds() + SPIN_NANOSECONDS;
  unsigned long current;
  for (int i = 1; (current = atomic_load(&pool.generation)) == seen; i++) {
    relax();
    if (i % 64 == 0 && nanoseconds() > end) {
      pthread_mutex_lock(&pool.mutex);
      atomic_fetch_add(&pool.sleepers, 1);
      while ((current = atomic_load(&pool.generation)) == seen) pthread_cond_wait(&pool.wake, &pool.mutex);
      atomic_fetch_sub(&pool.sleepers, 1);
      pthread_mutex_unlock(&pool.mutex);
      break;
    }
  }
  return current;
}

static void *work(void *argument) {
  long index = (long)(intptr_t)argument;
  unsigned long seen = 0;
  for (;;) {
    seen = await_generation(seen);
    atomic_fetch_add(&pool.inside, 1);
    if (atomic_load(&pool.open) && index < atomic_load(&pool.workers_wanted)) run_tasks();
    atomic_fetch_sub(&pool.inside, 1);
  }
  return NULL;
}

// Starts workers until there are `wanted`; signals stay with the threads that were there before.
static void start_workers(ck_int wanted) {
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) return;
  while (pool.started < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, (void *)(intptr_t)pool.started) != 0) break;
    pthread_detach(thread);
    pool.started++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void ck_parallel(ck_int threads, ck_int tasks, void (*body)(void *context, ck_int task), void *context) {
  ck_int wanted = (threads < tasks ? threads : tasks) - 1;
  if (wanted > MAX_WORKERS) wanted = MAX_WORKERS;
  if (wanted < 1 || atomic_flag_test_and_set(&pool.taken)) {
    for (ck_int task = 0; task < tasks; task++) body(context, task);
    return;
  }
  if (pool.started < wanted) start_workers(wanted);
  pool.body = body;
  pool.context = context;
  pool.tasks = tasks;
  atomic_store(&pool.workers_wanted, wanted);
  atomic_store(&pool.next, 0);
  atomic_store(&pool.open, 1);
  atomic_fetch_add(&pool.generation, 1);
  if (atomic_load(&pool.sleepers) > 0) {
    pthread_mutex_lock(&pool.mutex);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.mutex);
  }
  run_tasks();
  atomic_store(&pool.open, 0);
  for (int i = 1; atomic_load(&pool.inside) > 0; i++) {
    relax();
    if (i % 4096 == 0) sched_yield();
  }
  atomic_flag_clear(&pool.taken);
}
