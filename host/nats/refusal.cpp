// SPDX-License-Identifier: Apache-2.0
#include "nats/refusal.hpp"

namespace dlrgw::host {
namespace {

std::string with(std::string_view text) { return text.empty() ? std::string() : " (" + std::string(text) + ")"; }

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// nats.c begins with the place in its source, "(conn.c:733): ".
std::string_view without_place(std::string_view text) {
  const std::size_t end = text.starts_with('(') ? text.find("): ") : std::string_view::npos;
  return end == std::string_view::npos ? text : text.substr(end + 3);
}

}  // namespace

std::string why_refused(natsStatus status, std::string_view text) {
  text = without_place(text);
  switch (status) {
    case NATS_CONNECTION_AUTH_FAILED:
    case NATS_NOT_PERMITTED:
      return "the server refuses the login" + with(text) +
             "; correct nats.user and its password, the token or creds_file";
    case NATS_SECURE_CONNECTION_REQUIRED:
      return "the server wants TLS; write tls:// in nats.url, and its authority in nats.tls_ca";
    case NATS_SECURE_CONNECTION_WANTED:
      return "the server offers no TLS; write nats:// in nats.url and leave out nats.tls_ca, or let the server offer "
             "it";
    case NATS_SSL_ERROR:
      // Ours of its certificate tells how deep in the chain it failed.
      if (holds(text, ":depth=") || holds(text, "verify"))
        return "the certificate of the server is not accepted" + with(text) +
               "; nats.tls_ca has to hold its authority, and nats.url a name that it is for";
      return "TLS fails" + with(text) + "; the server may not accept nats.tls_cert, or wants one";
    case NATS_PROTOCOL_ERROR:
      if (!holds(text, "PONG")) return std::string("the server does not speak NATS").append(with(text));
      return "the server ends the connection at the login; with TLS it may want a client certificate, nats.tls_cert";
    case NATS_NO_SERVER:
    case NATS_IO_ERROR:
    case NATS_TIMEOUT:
    case NATS_CONNECTION_CLOSED:
      return "no server answers at nats.url";
    default:
      return natsStatus_GetText(status) + with(text);
  }
}

}  // namespace dlrgw::host
