// SPDX-License-Identifier: Apache-2.0
// How `dlr-gateway reload` asks the gateway of the same state directory and learns the result: through a Unix socket in
// that directory that only the gateway's own user and root can use. One request line, one answer, one connection at a
// time. Owned by the gateway; a thread of its own calls the handler.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "support/result.hpp"
#include "support/unique_fd.hpp"

namespace dlrgw::host {

class ControlSocket {
 public:
  // The text answered on success, or why not.
  using Handler = std::function<Result<std::string>(std::string_view request)>;

  ControlSocket(std::filesystem::path state_dir, Handler handler);
  ~ControlSocket();  // stops
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  Status start();
  // Waits for a request that is being handled.
  void stop();

 private:
  void serve();
  void answer(int connection) const;

  const std::filesystem::path state_dir_;
  const Handler handler_;
  UniqueFd directory_;
  UniqueFd listener_;
  UniqueFd wake_;  // readable once stop() was called
  std::thread thread_;
};

// Asks the gateway that runs on this state directory. kUnavailable: none does.
Result<std::string> ask_gateway(const std::filesystem::path& state_dir, std::string_view request);

}  // namespace dlrgw::host
