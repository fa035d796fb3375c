// SPDX-License-Identifier: Apache-2.0
// A secret to log in with that may stand in a file, and may be replaced there while the process runs. Shared by those
// who log in with it. Any thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/cpp/mutex.hpp>

#include "support/result.hpp"

namespace dlrgw::host {

// The text of a file without the newlines at its end. kInvalid: it cannot be read, is empty, larger than 64 KiB, or
// holds a NUL character. The sentence names the file and never shows what is in it.
Result<std::string> read_secret(const std::string& file);

class Secret {
 public:
  // told: gets a sentence when the text of the file was refused and the one before was taken; once for each text.
  using Told = std::function<void(std::string_view sentence)>;
  // file empty: `value` for ever. Else `value` is what stood in it, and may be empty where nobody has read it yet.
  explicit Secret(std::string value, std::string file = {}, Told told = {});

  // What to log in with, in this order: what stands in the file now, then what was taken last where that is another
  // text. A file that cannot be read leaves what was read before. One text at least.
  [[nodiscard]] std::vector<std::string> to_try();
  // A server took this one of them.
  void taken(const std::string& text);
  // Reads the file. kInvalid: it cannot be used, and what was read before stays.
  Status renew();

 private:
  Status read() DLRGW_REQUIRES(mutex_);

  const std::string file_;
  const Told told_;
  Mutex mutex_;
  std::string newest_ DLRGW_GUARDED_BY(mutex_);
  std::string taken_ DLRGW_GUARDED_BY(mutex_);    // empty: none yet
  std::string refused_ DLRGW_GUARDED_BY(mutex_);  // the text that was told of
};

}  // namespace dlrgw::host
