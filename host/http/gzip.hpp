// SPDX-License-Identifier: Apache-2.0
// The chunks of a streamed answer, compressed as they go. One owner, one thread at a time.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace dlrgw::host {

class GzipStream {
 public:
  GzipStream();  // throws std::bad_alloc
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  // All of the chunk can be read from what was answered so far: a slow stream is not kept back.
  [[nodiscard]] std::string chunk(std::string_view text);
  // The end of the stream; nothing comes after it.
  [[nodiscard]] std::string end();

 private:
  struct Impl;
  [[nodiscard]] std::string compress(std::string_view text, int flush);
  std::unique_ptr<Impl> impl_;
};

// What Accept-Encoding says of gzip: named, or meant by *, and not with q=0.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

}  // namespace dlrgw::host
