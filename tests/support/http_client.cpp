// SPDX-License-Identifier: Apache-2.0
#include "support/http_client.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <exception>

#include "support/private_data.hpp"
#include "support/socket.hpp"

namespace dlrgw::test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) text.pop_back();
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : text.substr(first);
}

std::size_t number(const std::string& text, int base) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

std::string read_body(Socket& socket, const HttpReply& reply) {
  if (const auto length = reply.headers.find("content-length"); length != reply.headers.end())
    return socket.read_exactly(number(length->second, 10));
  if (const auto coding = reply.headers.find("transfer-encoding"); coding != reply.headers.end()) {
    std::string body;
    while (const std::size_t size = number(trimmed(socket.read_line()), 16)) {
      body += socket.read_exactly(size);
      static_cast<void>(socket.read_line());  // the end of the chunk
    }
    return body;
  }
  return {};
}

}  // namespace

HttpReply http_send(const std::string& address, const HttpRequest& request, std::chrono::milliseconds timeout) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return {};
  try {
    Socket socket(address.substr(0, colon), static_cast<std::uint16_t>(number(address.substr(colon + 1), 10)), timeout);
    std::string text =
        request.method + " " + request.target + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    if (!request.body.empty()) text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    socket.send(text + "\r\n" + request.body);

    HttpReply reply;
    const std::string status_line = socket.read_line();
    const auto space = status_line.find(' ');
    if (space == std::string::npos) return {};
    const int status = static_cast<int>(number(status_line.substr(space + 1, 3), 10));
    for (std::string line = trimmed(socket.read_line()); !line.empty(); line = trimmed(socket.read_line()))
      if (const auto separator = line.find(':'); separator != std::string::npos)
        reply.headers[lower(line.substr(0, separator))] = trimmed(line.substr(separator + 1));
    if (request.method != "HEAD") reply.body = read_body(socket, reply);
    reply.status = status;
    if (status >= 400 || request.target == "/metrics") expect_nothing_private(reply.body, request.target);
    return reply;
  } catch (const std::exception&) {
    return {};  // status 0: polled until the server is there
  }
}

HttpReply http_get(const std::string& address, const std::string& target, std::chrono::milliseconds timeout) {
  HttpRequest request;
  request.target = target;
  return http_send(address, request, timeout);
}

}  // namespace dlrgw::test
