#define _GNU_SOURCE
#include "cwasmtime.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

int cwasmtime_open_below(int directory, const char *path, int flags, unsigned int mode) {
    struct open_how how = {
        .flags = (unsigned int)flags,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int cwasmtime_find_below(int directory, const char *path, int flags) {
    return cwasmtime_open_below(directory, path, flags | O_PATH, 0);
}
