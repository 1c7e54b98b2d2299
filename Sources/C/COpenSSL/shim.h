#pragma once

// OpenSSL 3 calls its direct hash functions deprecated; they are the quick ones for short inputs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ripemd.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

// What OpenSSL declares only as macros.

// TLS 1.3 and nothing else, with Ed25519 alone as the algorithm of certificates.
static inline int copenssl_use_only_tls13(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1;
}

static inline int copenssl_use_only_ed25519(SSL_CTX *context) {
    return SSL_CTX_set1_sigalgs_list(context, "ed25519") == 1 &&
           SSL_CTX_set1_client_sigalgs_list(context, "ed25519") == 1;
}

static inline void copenssl_cache_no_sessions(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_num_tickets(context, 0);
}

static inline void copenssl_save_memory(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

// A key with a password is refused, instead of asking whoever sits at the terminal.
static inline int copenssl_no_password(char *buffer, int size, int writing, void *user) {
    (void)buffer, (void)size, (void)writing, (void)user;
    return -1;
}
static inline void copenssl_ask_no_password(SSL_CTX *context) {
    SSL_CTX_set_default_passwd_cb(context, copenssl_no_password);
}

// An empty memory BIO that says "later" instead of "end".
static inline BIO *copenssl_memory_bio(void) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio) BIO_set_mem_eof_return(bio, -1);
    return bio;
}

static inline size_t copenssl_pending(BIO *bio) { return BIO_ctrl_pending(bio); }

static inline int copenssl_reason(unsigned long code) { return ERR_GET_REASON(code); }
