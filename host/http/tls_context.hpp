// SPDX-License-Identifier: Apache-2.0
// TLS of the listeners: TLS 1.2 and newer, the server's certificate and, optionally for the admin listener, the
// authority that must have signed the clients' certificates. Made once at the start; then read by any thread.
#pragma once
#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "http/tls_files.hpp"

namespace dlrgw::host {

// Null without a certificate. An error names the file and never shows what is in it.
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(const TlsFiles& files);

}  // namespace dlrgw::host
