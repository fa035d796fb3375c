// SPDX-License-Identifier: Apache-2.0
// An authority of a test and what it signs, made by the openssl program. Owned by one test.
#pragma once
#include <string>

#include "support/temp_dir.hpp"

namespace dlrgw::test {

class Certificates {
 public:
  Certificates();
  struct Pair {
    std::string certificate, key;  // paths
  };
  // For 127.0.0.1 and localhost, as server and as client. key_owner: a user who alone may read the key.
  [[nodiscard]] Pair issue(const std::string& name, const std::string& key_owner = {}) const;
  [[nodiscard]] std::string authority() const { return dir_.path() + "/ca.pem"; }

 private:
  TempDir dir_;
};

}  // namespace dlrgw::test
