#pragma once

#include <zlib.h>

// What zlib declares only as a macro; 16 more window bits stand for the gzip format.
static inline int czlib_begin_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
