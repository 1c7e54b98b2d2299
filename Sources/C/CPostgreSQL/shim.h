// The client library of PostgreSQL.
#pragma once

#include <libpq-fe.h>

// The characters of the fields of an error, which the library declares only as macros.
static const int cpostgresql_sqlstate = PG_DIAG_SQLSTATE;
static const int cpostgresql_message = PG_DIAG_MESSAGE_PRIMARY;

// Nobody reads the server's notices: what is wrong comes as an error.
static void cpostgresql_ignore(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

static inline void cpostgresql_ignore_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, cpostgresql_ignore, NULL);
}
