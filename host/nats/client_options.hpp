// SPDX-License-Identifier: Apache-2.0
// The options of nats.c for one connection, as our own options say them. No server is asked; files of certificates and
// credentials are read. Any thread.
#pragma once
#include <memory>

#include <nats/nats.h>

#include "nats/connection.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct ClientOptionsDeleter {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};
using ClientOptions = std::unique_ptr<natsOptions, ClientOptionsDeleter>;

// kInvalid: no URL, or one that is none, a file that cannot be read.
Result<ClientOptions> client_options(const NatsOptions& options);

}  // namespace dlrgw::host
