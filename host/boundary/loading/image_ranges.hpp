// SPDX-License-Identifier: Apache-2.0
// Whose code an address lies in: of what runs in a thread that a plugin has started by itself there is no other mark.
// One per process, as the images are; they are never unmapped. Remembering: [control] thread. Asking: any thread, also
// a signal handler.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace dlrgw::host {

struct ImageRange {
  std::uintptr_t begin = 0, end = 0;
  std::array<char, 68> plugin{};  // texts are cut where they are longer than any name may be
  std::array<char, 36> version{};
  const ImageRange* next = nullptr;
};

// The image that was mapped from this private copy is that of this plugin.
void remember_image(const std::filesystem::path& private_copy, std::string_view plugin, std::string_view version);

// Null: of no plugin.
const ImageRange* image_at(const void* address);

}  // namespace dlrgw::host
