// SPDX-License-Identifier: Apache-2.0
// What an ELF file says about itself, read from its bytes without loading it. Pure, bounded, for any bytes: a plugin
// directory may hold anything. Works from the dynamic segment, as the loader does, so a stripped file is no different.
// Any thread.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::host {

enum class FindingKind {
  kNotElf,             // not ELF at all, or 32-bit, or big-endian
  kDamaged,            // ELF, but tables point outside the file
  kWrongArchitecture,  // for another machine
  kNotSharedObject,    // an executable or an object file
  kEntryMissing,       // no plugin of this major
  kUniqueSymbol,       // two copies in one process would share it: a reload would run new code on old state
  kSanitizer,          // its sanitizer's run time is not in this process, and would end it when the file is loaded
  kExtraExport,        // untidy, and harmless under RTLD_LOCAL: shown, not refused
};
std::string_view to_string(FindingKind kind);

struct Finding {
  FindingKind kind;
  std::string text;  // what is wrong and what to do; without the path
  [[nodiscard]] bool refused() const { return kind != FindingKind::kExtraExport; }
};

struct ExportedSymbol {
  std::string name;
  bool unique = false;
};

struct Inspection {
  std::string machine;  // "x86-64", "aarch64", "machine 243"
  std::string soname;
  std::vector<std::string> needed;  // DT_NEEDED, in order
  std::vector<ExportedSymbol> exports;
  std::vector<Finding> findings;  // most severe first

  // The first finding for which the loader refuses the file, or nullptr.
  [[nodiscard]] const Finding* refusal() const;
};

Inspection inspect(std::span<const std::byte> file);

// Of the needed libraries the run time of a sanitizer that has to be loaded before everything else; or nothing.
std::string_view sanitizer_needed(const Inspection& inspection);

}  // namespace dlrgw::host
