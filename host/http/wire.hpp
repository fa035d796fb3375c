// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 on the byte stream of one connection: reads heads and bodies of requests, writes heads of answers. The only
// users of Beast's parser and serializer, whose templates take long to compile. On the strand of the session that owns
// the stream.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/transport.hpp"

namespace dlrgw::host {

struct RequestHead {
  std::string method;
  std::string target;  // as sent
  NameValues headers;
  std::optional<std::uint64_t> content_length;
  std::size_t hosts = 0;  // Host headers
  unsigned version = 11;
  bool keep_alive = false;
  bool expects_continue = false;
};

enum class ReadFailure {
  kNone,
  kGone,  // closed or timed out: nobody is there to read an answer
  kHeadTooLong,
  kBodyTooLong,
  kMalformed,
};

// One request after the other.
class RequestReader {
 public:
  // stream: outlives the reader. header_limit: bytes of request line and headers.
  RequestReader(Transport& stream, std::size_t header_limit);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader();

  // The client has sent something of the next request.
  [[nodiscard]] bool begun() const;
  // Until begun(). false: the connection has ended.
  boost::asio::awaitable<bool> wait();
  boost::asio::awaitable<ReadFailure> read_head(RequestHead& into);
  // Nothing of the request is left on the wire.
  [[nodiscard]] bool complete() const;
  boost::asio::awaitable<ReadFailure> read_body(std::uint64_t limit);
  [[nodiscard]] std::string take_body();

 private:
  struct State;
  boost::asio::awaitable<ReadFailure> read_until(bool (*done)(const State&));
  Transport& stream_;
  const std::size_t header_limit_;
  std::unique_ptr<State> state_;
};

// How the client is told where the answer ends.
struct BodyFrame {
  std::optional<std::size_t> length;
  bool chunked = false;
};

// Status line and headers: the security headers of every answer, the handler's own, which win over those, and what
// frames the body. Ends with the empty line.
[[nodiscard]] std::string answer_head(const HttpResponse& answer, unsigned version, bool keep_alive, BodyFrame frame);

// What stands before a chunk of so many bytes; after it stands an empty line's end.
[[nodiscard]] std::string chunk_size_line(std::size_t size);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace dlrgw::host
