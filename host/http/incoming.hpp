// SPDX-License-Identifier: Apache-2.0
// What came of reading one request, and why reading failed. A value of the session that reads; its strand.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "http/router.hpp"
#include "http/wire.hpp"

namespace dlrgw::host {

struct Incoming {
  bool gone = false;    // no answer possible: closed, timed out
  bool unread = false;  // part of the request was left on the wire: the connection cannot go on
  bool head = false;
  bool keep_alive = false;
  unsigned version = 11;
  std::shared_ptr<const Router> router;  // keeps route
  const Route* route = nullptr;
  HttpRequest request;
  std::optional<HttpResponse> refusal;
};

inline HttpResponse too_large(const Route& route) {
  return problem(413, "the body may have at most " + std::to_string(route.body_limit) + " bytes");
}

// The refusal for a request that could not be read, or `gone` when nobody is there to read one.
inline void refuse_reading(Incoming& in, ReadFailure failure, std::size_t header_limit) {
  in.unread = true;
  if (failure == ReadFailure::kGone) {
    in.gone = true;
  } else if (failure == ReadFailure::kHeadTooLong) {
    in.refusal =
        problem(431, "the request line and headers may have at most " + std::to_string(header_limit) + " bytes");
  } else {
    in.refusal = problem(400, "this is no well-formed HTTP/1.1 request");
  }
}

}  // namespace dlrgw::host
