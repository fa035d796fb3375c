// SPDX-License-Identifier: Apache-2.0
// Loaded before the C library (LD_PRELOAD): the process's clock on the wall is off by DLRGW_TEST_CLOCK_SKEW seconds.
// Its monotonic clock is right, and whoever waits until a time on the wall waits as long as was meant.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/time.h>

static const time_t kSurelyWall =
    1000000000;  // seconds; no machine has run that long, so a larger time is one on the wall

// The C library's own. slot: a pointer to such a function.
static void find(const char* name, void* slot) {
  void* const found = dlsym(RTLD_NEXT, name);
  memcpy(slot, &found, sizeof found);
}

static time_t skew(void) {
  static time_t seconds;
  static int known;
  if (!known) {
    const char* text = getenv("DLRGW_TEST_CLOCK_SKEW");
    seconds = text ? atol(text) : 0;
    known = 1;
  }
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec* out) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real) find("clock_gettime", &real);
  const int result = real(clock, out);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) out->tv_sec += skew();
  return result;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  struct timespec now;
  (void)zone;
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return result;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* restrict cond, pthread_mutex_t* restrict mutex,
                           const struct timespec* restrict until) {
  static int (*real)(pthread_cond_t*, pthread_mutex_t*, const struct timespec*);
  if (!real) find("pthread_cond_timedwait", &real);
  struct timespec at = *until;
  if (at.tv_sec > kSurelyWall) at.tv_sec -= skew();
  return real(cond, mutex, &at);
}

int pthread_cond_clockwait(pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t clock,
                           const struct timespec* until) {
  static int (*real)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const struct timespec*);
  if (!real) find("pthread_cond_clockwait", &real);
  struct timespec at = *until;
  if (clock == CLOCK_REALTIME) at.tv_sec -= skew();
  return real(cond, mutex, clock, &at);
}
