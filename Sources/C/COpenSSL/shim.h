#pragma once

// OpenSSL 3 calls its direct hash functions deprecated; they are the quick ones for short inputs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

// A name of its own, because `SHA256` in Swift is the venue's own implementation.
static inline void copenssl_sha256(const void *bytes, size_t count, unsigned char digest[32]) {
    SHA256((const unsigned char *)bytes, count, digest);
}
