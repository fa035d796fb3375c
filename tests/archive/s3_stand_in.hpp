// SPDX-License-Identifier: Apache-2.0
// An S3 store of one bucket as a child process, which takes no request whose signature AWS's own signer would not have
// made. Owned by the test; one thread.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dlrgw::test {

class S3StandIn {
 public:
  S3StandIn();  // listening when this returns
  ~S3StandIn();
  S3StandIn(const S3StandIn&) = delete;
  S3StandIn& operator=(const S3StandIn&) = delete;

  [[nodiscard]] std::string endpoint() const;
  // What the shipped configuration reads.
  [[nodiscard]] std::map<std::string, std::string> environment() const;

  // ok; refuse: 403 for objects; broken: 503; silent: no answer; lose: takes objects and keeps none; corrupt, truncate:
  // gives back other bytes; no_bucket.
  void behave(const std::string& mode) const;
  [[nodiscard]] std::vector<std::string> keys() const;
  [[nodiscard]] std::string object(const std::string& key) const;
  [[nodiscard]] std::vector<std::string> lines(const std::string& key) const;  // of an object, decompressed
  [[nodiscard]] std::string lifecycle() const;
  [[nodiscard]] std::vector<std::string> requests() const;  // "PUT orphans/… 200", in order

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::test
