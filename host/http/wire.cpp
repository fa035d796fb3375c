// SPDX-License-Identifier: Apache-2.0
#include "http/wire.hpp"

#include <array>
#include <charconv>

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace dlrgw::host {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kFirstRead = 4096;
constexpr std::size_t kLargestRead = 65536;
constexpr std::size_t kBufferMargin = std::size_t{16} * 1024;  // beyond the header: what is read of a body at a time

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSecurityHeaders{
    {{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}, {"Referrer-Policy", "no-referrer"}}};

beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }
std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

ReadFailure failure_of(const error_code& ec) {
  using http::error;
  if (!ec) return ReadFailure::kNone;
  if (ec.category() != make_error_code(error::bad_value).category() || ec == error::end_of_stream ||
      ec == error::partial_message)
    return ReadFailure::kGone;
  if (ec == error::header_limit || ec == error::buffer_overflow) return ReadFailure::kHeadTooLong;
  if (ec == error::body_limit) return ReadFailure::kBodyTooLong;
  return ReadFailure::kMalformed;
}

}  // namespace

struct RequestReader::State {
  explicit State(std::size_t largest) : buffer(largest) {}
  beast::flat_buffer buffer;
  std::optional<http::request_parser<http::string_body>> parser;
};

RequestReader::RequestReader(Transport& stream, std::size_t header_limit)
    : stream_(stream), header_limit_(header_limit), state_(std::make_unique<State>(header_limit + kBufferMargin)) {}

RequestReader::~RequestReader() = default;

bool RequestReader::begun() const { return state_->buffer.size() != 0; }

asio::awaitable<bool> RequestReader::wait() {
  error_code ec;
  const std::size_t count = co_await stream_.read_some(state_->buffer.prepare(kFirstRead), ec);
  state_->buffer.commit(count);
  co_return !ec;
}

asio::awaitable<ReadFailure> RequestReader::read_until(bool (*done)(const State&)) {
  beast::flat_buffer& buffer = state_->buffer;
  auto& parser = *state_->parser;
  while (!done(*state_)) {
    error_code ec;
    if (buffer.size() != 0) {
      buffer.consume(parser.put(buffer.data(), ec));
      if (!ec) continue;
      if (ec != http::error::need_more) co_return failure_of(ec);
    }
    const std::size_t room = beast::read_size(buffer, kLargestRead);
    if (room == 0) co_return ReadFailure::kHeadTooLong;
    const std::size_t count = co_await stream_.read_some(buffer.prepare(room), ec);
    buffer.commit(count);
    // The input ended within a request or between two: either way nobody waits for an answer.
    if (ec) co_return ReadFailure::kGone;
  }
  co_return ReadFailure::kNone;
}

asio::awaitable<ReadFailure> RequestReader::read_head(RequestHead& into) {
  auto& parser = state_->parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(header_limit_));
  parser.body_limit(boost::none);  // the limit is known once the route is
  parser.eager(false);
  const ReadFailure failure = co_await read_until([](const State& state) { return state.parser->is_header_done(); });
  if (failure != ReadFailure::kNone) co_return failure;
  const auto& message = parser.get();
  into.method = text_of(message.method_string());
  into.target = text_of(message.target());
  for (const auto& field : message) into.headers.emplace_back(text_of(field.name_string()), text_of(field.value()));
  into.hosts = message.count(http::field::host);
  into.version = message.version();
  into.keep_alive = message.keep_alive();
  into.expects_continue = beast::iequals(message[http::field::expect], "100-continue");
  if (const auto length = parser.content_length()) into.content_length = *length;
  co_return ReadFailure::kNone;
}

bool RequestReader::complete() const { return state_->parser->is_done(); }

asio::awaitable<ReadFailure> RequestReader::read_body(std::uint64_t limit) {
  state_->parser->body_limit(limit);
  state_->parser->eager(true);
  co_return co_await read_until([](const State& state) { return state.parser->is_done(); });
}

std::string RequestReader::take_body() { return std::move(state_->parser->get().body()); }

std::string answer_head(const HttpResponse& answer, unsigned version, bool keep_alive, BodyFrame frame) {
  http::response<http::empty_body> out;
  out.version(version);
  out.result(answer.status);
  for (const auto& [name, value] : kSecurityHeaders) out.set(view(name), view(value));
  for (const auto& [name, value] : answer.headers) out.erase(name);
  for (const auto& [name, value] : answer.headers) out.insert(name, value);  // Set-Cookie may come twice
  if (!answer.content_type.empty() && !has_no_body(answer.status))
    out.set(http::field::content_type, answer.content_type);
  out.keep_alive(keep_alive);
  if (frame.length) out.content_length(*frame.length);
  if (frame.chunked) out.chunked(true);
  const http::fields::writer writer(out.base(), version, answer.status);
  std::string text;
  for (const asio::const_buffer part : beast::buffers_range(writer.get()))
    text.append(static_cast<const char*>(part.data()), part.size());
  return text;
}

std::string chunk_size_line(std::size_t size) {
  std::array<char, 2 * sizeof size> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  return std::string(digits.data(), end) + "\r\n";
}

}  // namespace dlrgw::host
