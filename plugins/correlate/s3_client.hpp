// SPDX-License-Identifier: Apache-2.0
// The four calls to an S3-compatible store that the archive makes, signed with AWS Signature Version 4. The only place
// that calls libcurl. One owner, one thread at a time.
// Errors are sentences that name the store, the object and what to do. Codes: DLRGW_E_UNAVAILABLE: not reached, silent
// or overloaded; _NOT_FOUND; _DENIED: refused for good.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::correlate {

struct S3Settings {
  std::string endpoint;  // "https://s3.example.net", without path
  std::string bucket;
  std::string region;
  std::string key_id;
  std::string secret;
  std::chrono::seconds timeout{30};  // how long the store may be silent
};
// A sentence when they cannot be used, else empty.
std::string problem_of(const S3Settings& settings);

// A call was ended because the job has to stop.
struct S3Stopped {};

struct S3Body {
  std::int64_t size = 0;
  std::string sha256_hex;
  std::function<std::size_t(std::int64_t offset, std::span<char> buffer)> read;
};

class S3Client {
 public:
  // should_stop is asked about once a second during a call.
  S3Client(S3Settings settings, std::function<bool()> should_stop);
  ~S3Client();
  S3Client(const S3Client&) = delete;
  S3Client& operator=(const S3Client&) = delete;

  // key: of [a-z0-9./-].
  void put_object(std::string_view key, std::string_view content_type, const S3Body& body);
  void get_object(std::string_view key, const std::function<void(std::string_view)>& take);
  // Empty: the bucket has none.
  [[nodiscard]] std::string lifecycle();
  void put_lifecycle(const std::string& document);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::correlate
