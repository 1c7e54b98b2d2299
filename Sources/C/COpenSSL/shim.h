#pragma once

// OpenSSL 3 calls its direct hash functions deprecated; they are the quick ones for short inputs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ripemd.h>
#include <openssl/sha.h>
