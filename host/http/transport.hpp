// SPDX-License-Identifier: Apache-2.0
// The byte stream of one connection, in the clear or under TLS. Owned by its session, on the session's strand. The only
// file that instantiates Asio's and Beast's stream templates is transport.cpp: they take long to compile.
#pragma once
#include <chrono>
#include <memory>
#include <span>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace dlrgw::host {

class Transport {
 public:
  using error_code = boost::system::error_code;

  // tls null: in the clear. Borrowed during the call: OpenSSL counts who uses what is in it.
  Transport(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  [[nodiscard]] boost::asio::any_io_executor executor() const;
  // The client's address, without port; empty where it is gone already.
  [[nodiscard]] std::string peer() const;
  void send_small_pieces_at_once();

  // Bounds each of the operations below from now on, until the next call.
  void expires_after(std::chrono::nanoseconds limit);
  // Nothing to do in the clear.
  boost::asio::awaitable<error_code> handshake();
  // The end of a TLS stream, without which a client cannot tell the end of an answer from a cut. Once, after a
  // handshake that succeeded.
  boost::asio::awaitable<void> say_goodbye(std::chrono::nanoseconds limit);
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into, error_code& ec);
  // All of it.
  boost::asio::awaitable<error_code> write(std::span<const boost::asio::const_buffer> from);
  // Throws away what the client still sends, below TLS, until it stops, the limit has passed or so many bytes came.
  boost::asio::awaitable<void> discard(std::size_t bytes, std::chrono::nanoseconds limit);
  void shutdown(boost::asio::ip::tcp::socket::shutdown_type which);
  // Cuts what is in flight.
  void close();

 private:
  struct Streams;
  std::unique_ptr<Streams> streams_;
  bool secured_ = false;  // the TLS handshake is done and nobody has said goodbye
};

}  // namespace dlrgw::host
