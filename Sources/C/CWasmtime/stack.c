#define _GNU_SOURCE
#include "cwasmtime.h"

#include <pthread.h>

// The lowest address of the calling thread's stack. Asking costs a system call or more, so it is kept.
static __thread uintptr_t lowest;

size_t cwasmtime_stack_left(void) {
    if (!lowest) {
        pthread_attr_t attributes;
        if (pthread_getattr_np(pthread_self(), &attributes) != 0) return SIZE_MAX;
        void *address = NULL;
        size_t size = 0;
        int result = pthread_attr_getstack(&attributes, &address, &size);
        pthread_attr_destroy(&attributes);
        if (result != 0) return SIZE_MAX;
        lowest = (uintptr_t)address;
    }
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return here > lowest ? here - lowest : 0;
}
