// SPDX-License-Identifier: Apache-2.0
// The files of the listeners' TLS. A plain value; any thread.
#pragma once
#include <string>

#include "support/result.hpp"

namespace dlrgw::host {

struct TlsFiles {
  std::string certificate;  // PEM: the server's, then those of its authorities; empty: no TLS
  std::string key;          // PEM, without a passphrase
  std::string client_ca;    // PEM; not empty: a client without a certificate signed by these is refused
};

// Whether the server could use them. An error names the file and never shows what is in it.
Status check_tls_files(const TlsFiles& files);

}  // namespace dlrgw::host
