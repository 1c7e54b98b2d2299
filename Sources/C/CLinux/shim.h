// What glibc declares only as macros, as variadics or for GNU sources.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Lets short sleeps of the calling thread end when they should instead of 50 microseconds later.
static inline int clinux_set_timer_slack(unsigned long nanoseconds) {
    return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

// The flags of a socket that never blocks and that no child process inherits.
static inline int clinux_socket_flags(void) { return SOCK_NONBLOCK | SOCK_CLOEXEC; }

// The next connection of a listening socket, with the same flags.
extern int accept4(int socket, struct sockaddr *address, socklen_t *count, int flags);
static inline int clinux_accept(int socket) {
    return accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// A pipe that no child process inherits.
static inline int clinux_pipe(int ends[2]) {
    // O_CLOEXEC by its number: its header would bring types here that Glibc has for everybody else.
    return (int)syscall(SYS_pipe2, ends, 02000000);
}

static inline int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int clinux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// The kernel's number of the calling thread.
static inline int clinux_thread_id(void) { return (int)syscall(SYS_gettid); }

// Names the calling thread; the kernel keeps 15 bytes.
static inline int clinux_set_thread_name(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

// Begins to write a part of a file to its device; SYNC_FILE_RANGE_WRITE is 2.
extern int sync_file_range(int descriptor, off_t offset, off_t count, unsigned int flags);
static inline int clinux_start_writing(int descriptor, off_t offset, off_t count) {
    return sync_file_range(descriptor, offset, count, 2);
}

// As sem_timedwait, by the clock given. In glibc since 2.30.
extern int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *deadline);

// CRC-32C by the processor's own instruction, where it has one; `crc` and the result are not inverted.
#if defined(__x86_64__)
static inline int clinux_has_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }
__attribute__((target("sse4.2"))) static inline unsigned int clinux_crc32c(
    unsigned int crc, const void *bytes, size_t count) {
    const unsigned char *next = (const unsigned char *)bytes;
    unsigned long long wide = crc;
    for (; count >= 8; count -= 8, next += 8) {
        unsigned long long word;
        __builtin_memcpy(&word, next, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (unsigned int)wide;
    for (; count > 0; count--, next++) crc = __builtin_ia32_crc32qi(crc, *next);
    return crc;
}
#else
static inline int clinux_has_crc32c(void) { return 0; }
static inline unsigned int clinux_crc32c(unsigned int crc, const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return crc;
}
#endif
