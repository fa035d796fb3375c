// SPDX-License-Identifier: Apache-2.0
// A gateway whose operator mno-test has the quirk of fixtures/reload_quirk.cpp, as a file that tests replace. Used by
// one test, on its thread.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "integration/admin_support.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {

class ReloadTest : public testing::Test {
 protected:
  ReloadTest();

  // Puts that version in place of the plugin file, as an installer does: written aside and renamed.
  void deploy(int version) const;
  // As `cp` does: the file itself is truncated and filled again.
  void overwrite_in_place(const std::string& bytes) const;
  [[nodiscard]] static std::string file_of(int version);
  [[nodiscard]] CliResult reload();  // dlr-gateway reload
  // The version whose quirk instances the gateway has, as its plugins document says.
  [[nodiscard]] std::string running_version();
  [[nodiscard]] double instances(int version);  // alive: made and not destroyed

  // Publishes that many receipts at this rate and reloads `reloads` times meanwhile, a changed file each time; then
  // checks that each was settled once and by one whole version. An odd number of reloads, so that the other version is
  // the last.
  void reload_under_traffic(std::size_t receipts, std::size_t per_second, std::size_t reloads);

  AdminKeys keys_;
  TempDir dir_;
  const std::string file_ = dir_.path() + "/quirk.so";
  Scenario s_;
};

}  // namespace dlrgw::test
