// What glibc declares only as macros, as variadics or for GNU sources.
#pragma once

#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Lets short sleeps of the calling thread end when they should instead of 50 microseconds later.
static inline int clinux_set_timer_slack(unsigned long nanoseconds) {
    return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

// The kernel's number of the calling thread.
static inline int clinux_thread_id(void) { return (int)syscall(SYS_gettid); }

// Names the calling thread; the kernel keeps 15 bytes.
static inline int clinux_set_thread_name(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

// As sem_timedwait, by the clock given. In glibc since 2.30.
extern int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *deadline);
