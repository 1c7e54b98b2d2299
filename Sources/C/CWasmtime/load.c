#include "cwasmtime.h"

#include <dlfcn.h>
#include <stdio.h>

struct cwasmtime_table cwasmtime_functions;

static char message[512];

// The address of a symbol, as dlsym gives it, into a pointer to a function.
static bool find(void *library, const char *name, void **function) {
    *function = dlsym(library, name);
    if (*function) return true;
    snprintf(message, sizeof message, "it has no function %s", name);
    return false;
}

const char *cwasmtime_load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(message, sizeof message, "%s", dlerror());
        return message;
    }
#define F(R, N, P, A) \
    if (!find(library, #N, (void **)&cwasmtime_functions.N)) return message;
    CWASMTIME_FUNCTIONS(F)
#undef F
    return NULL;
}
