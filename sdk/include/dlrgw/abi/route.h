// SPDX-License-Identifier: Apache-2.0
/* A route: an HTTP handler on the public or the admin listener. The host owns sockets, limits, time-outs and tokens;
 * the handler sees a whole request and answers with one body or a stream. Handlers run on threads of the host's,
 * several at the same time. A handler may block; one that gives no sign for 30 s loses its client, who is answered 504.
 */
#ifndef DLRGW_ABI_ROUTE_H
#define DLRGW_ABI_ROUTE_H

#include <dlrgw/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRGW_LISTENER_PUBLIC 1u
#define DLRGW_LISTENER_ADMIN 2u

/* What a verified token says. Lives for the call. */
typedef struct dlrgw_claims {
  uint32_t struct_size;
  uint32_t scope_count;
  const dlrgw_str* scopes;
  uint32_t scope_stride;
  uint32_t reserved;
  dlrgw_str subject;    /* who; for audit rows. Empty when the token names nobody */
  dlrgw_str account_id; /* UUID text, lower case; empty when the token names none */
} dlrgw_claims;

/* Lives for the call; all texts are borrowed. */
typedef struct dlrgw_http_request {
  uint32_t struct_size;
  uint32_t flags;
  void* self;
  dlrgw_str method; /* "GET", or "HEAD" on a GET route */
  dlrgw_str path;   /* percent-decoded, without query */
  dlrgw_str body;
  const dlrgw_claims* claims; /* NULL on an open route */
  /* [http] empty when absent, the first one when repeated; header names ignore case; param: a {name} segment of the
   * pattern. */
  dlrgw_str (*header)(void* self, dlrgw_str name);
  dlrgw_str (*param)(void* self, dlrgw_str name);
  dlrgw_str (*query)(void* self, dlrgw_str name);
} dlrgw_http_request;

/* Lives for the call. One answer per request: a second send() or begin() is DLRGW_E_DENIED. A status outside 200..599
 * and a header that is malformed or the host's own (Content-Length, Content-Type, Transfer-Encoding, Connection) are
 * DLRGW_E_INVALID. DLRGW_E_UNAVAILABLE: the client is gone, stop. */
typedef struct dlrgw_http_response {
  uint32_t struct_size;
  uint32_t flags;
  void* self;
  /* [http] before send() or begin(); DLRGW_E_DENIED after it. Replaces a header that the host sets by default. */
  int32_t (*header)(void* self, dlrgw_str name, dlrgw_str value);
  /* [http] the whole answer at once; the host copies. */
  int32_t (*send)(void* self, uint32_t status, dlrgw_str content_type, dlrgw_str body);
  /* [http] a streamed answer: begin, any number of writes, and the return of the handler ends it; a non-zero return
   * cuts the connection, so that the client sees that the end is missing. write() waits while the client reads slowly;
   * for a HEAD request it answers DLRGW_E_UNAVAILABLE, since nobody wants the rest. */
  int32_t (*begin)(void* self, uint32_t status, dlrgw_str content_type);
  int32_t (*write)(void* self, dlrgw_str chunk);
} dlrgw_http_response;

/* The route needs no token. Without this flag a request without a valid token is answered 401, one whose token lacks
 * the scope 403, before the body is read and the handler is called. The token comes as "Authorization: Bearer", for GET
 * also in the cookie dlr_token. A write whose Origin is another host is answered 403. */
#define DLRGW_ROUTE_OPEN 1u

typedef struct dlrgw_route_class {
  uint32_t struct_size;
  uint32_t flags;
  uint32_t listener;   /* DLRGW_LISTENER_ */
  uint32_t body_limit; /* bytes, at most 16 MiB; 0 = no body is taken; more is answered 413 */
  dlrgw_str method;    /* "GET" also answers HEAD */
  /* "/v1/sms/{messageId}/segments"; a literal segment wins over a {name}. Since 1.1 "?from&to" behind it names the
   * query parameters that the route takes, each once, and "?" alone none: a request with any other is answered 400, and
   * the handler is not called. Without "?" all are left to the handler. */
  dlrgw_str pattern;
  dlrgw_str scope; /* needed scope; empty = any valid token */
  /* [http] A non-zero return without an answer, and a zero return without one, become 500 with a problem document that
   * holds none of its text. */
  int32_t (*handle)(void* user, const dlrgw_http_request* request, const dlrgw_http_response* response,
                    dlrgw_error* error);
} dlrgw_route_class;

#ifdef __cplusplus
}
#endif
#endif
