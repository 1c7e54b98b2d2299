#pragma once

// OpenSSL 3 calls its direct hash functions deprecated; they are the quick ones for short inputs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
