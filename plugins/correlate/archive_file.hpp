// SPDX-License-Identifier: Apache-2.0
// The two ends of an archived month: the compressed lines on their way into the store, in a temporary file that nobody
// else sees, and the check of what the store gives back. One owner, one thread at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::correlate {

// What an object holds. Equal contents are equal objects.
struct ArchiveContents {
  std::int64_t rows = 0;   // lines
  std::int64_t bytes = 0;  // compressed
  std::string sha256;      // raw, of the compressed bytes
  bool operator==(const ArchiveContents&) const = default;
};

// Errors name the directory and say what to do; no row is in them.
class ArchiveFile {
 public:
  // The file has no name: it is gone when this is destroyed or the process dies.
  explicit ArchiveFile(std::string directory);
  ~ArchiveFile();
  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;

  // A line without its end.
  void add(std::string_view line);
  // The same lines give the same bytes. Nothing may be added afterwards.
  [[nodiscard]] const ArchiveContents& finish();
  // After finish(): up to buffer.size() bytes from there; 0 at the end.
  [[nodiscard]] std::size_t read(std::int64_t offset, std::span<char> buffer) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Takes an object's bytes as they come.
class ArchiveCheck {
 public:
  ArchiveCheck();
  ~ArchiveCheck();
  ArchiveCheck(const ArchiveCheck&) = delete;
  ArchiveCheck& operator=(const ArchiveCheck&) = delete;

  void add(std::string_view bytes);
  // rows is -1 when the bytes are no complete gzip stream.
  [[nodiscard]] ArchiveContents finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::correlate
