// SPDX-License-Identifier: Apache-2.0
// The smallest HTTP/1.1 client that a test needs: one request, one connection, the answer read to its end. Any thread.
#pragma once
#include <chrono>
#include <map>
#include <string>

namespace dlrgw::test {

struct HttpReply {
  int status = 0;                              // 0: no answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  std::map<std::string, std::string> headers;
  std::string body;
};

// address is "127.0.0.1:8080". A refused or broken connection is status 0, never an exception.
[[nodiscard]] HttpReply http_send(const std::string& address, const HttpRequest& request,
                                  std::chrono::milliseconds timeout = std::chrono::seconds(5));
[[nodiscard]] HttpReply http_get(const std::string& address, const std::string& target,
                                 std::chrono::milliseconds timeout = std::chrono::seconds(5));

}  // namespace dlrgw::test
