// SPDX-License-Identifier: Apache-2.0
#include "http/transport.hpp"

#include <optional>
#include <vector>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace dlrgw::host {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

auto into_code(boost::system::error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

}  // namespace

struct Transport::Streams {
  Streams(tcp::socket from, asio::ssl::context* context) : socket(std::move(from)) {
    if (context != nullptr) tls.emplace(socket, *context);
  }
  beast::tcp_stream socket;
  std::optional<asio::ssl::stream<beast::tcp_stream&>> tls;
};

Transport::Transport(tcp::socket socket, asio::ssl::context* tls)
    : streams_(std::make_unique<Streams>(std::move(socket), tls)) {}

Transport::~Transport() = default;

asio::any_io_executor Transport::executor() const { return streams_->socket.get_executor(); }

std::string Transport::peer() const {
  error_code ec;
  const auto endpoint = streams_->socket.socket().remote_endpoint(ec);
  return ec ? std::string() : endpoint.address().to_string();
}

void Transport::send_small_pieces_at_once() {
  error_code ec;
  streams_->socket.socket().set_option(tcp::no_delay(true), ec);
}

void Transport::expires_after(std::chrono::nanoseconds limit) { streams_->socket.expires_after(limit); }

asio::awaitable<Transport::error_code> Transport::handshake() {
  error_code ec;
  if (!streams_->tls) co_return ec;
  co_await streams_->tls->async_handshake(asio::ssl::stream_base::server, into_code(ec));
  secured_ = !ec;
  co_return ec;
}

asio::awaitable<void> Transport::say_goodbye(std::chrono::nanoseconds limit) {
  if (!secured_) co_return;
  error_code ec;
  secured_ = false;
  expires_after(limit);
  co_await streams_->tls->async_shutdown(into_code(ec));
}

asio::awaitable<std::size_t> Transport::read_some(asio::mutable_buffer into, error_code& ec) {
  if (streams_->tls) co_return co_await streams_->tls->async_read_some(into, into_code(ec));
  co_return co_await streams_->socket.async_read_some(into, into_code(ec));
}

asio::awaitable<Transport::error_code> Transport::write(std::span<const asio::const_buffer> from) {
  error_code ec;
  const std::vector<asio::const_buffer> buffers(from.begin(), from.end());
  if (streams_->tls) {
    co_await asio::async_write(*streams_->tls, buffers, into_code(ec));
  } else {
    co_await asio::async_write(streams_->socket, buffers, into_code(ec));
  }
  co_return ec;
}

asio::awaitable<void> Transport::discard(std::size_t bytes, std::chrono::nanoseconds limit) {
  error_code ec;
  expires_after(limit);
  std::vector<char> waste(8192);
  for (std::size_t total = 0; !ec && total < bytes;)
    total += co_await streams_->socket.async_read_some(asio::buffer(waste), into_code(ec));
}

void Transport::shutdown(tcp::socket::shutdown_type which) {
  error_code ec;
  streams_->socket.socket().shutdown(which, ec);
}

void Transport::close() { streams_->socket.close(); }

}  // namespace dlrgw::host
