// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/image_ranges.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <link.h>

namespace dlrgw::host {
namespace {

// Newest first. What is in it stays: a signal handler may be walking it.
std::atomic<const ImageRange*> images{nullptr};

struct Wanted {
  const char* path;
  std::uintptr_t begin = UINTPTR_MAX, end = 0;
};

int look_at(dl_phdr_info* info, std::size_t, void* data) {
  auto& wanted = *static_cast<Wanted*>(data);
  if (std::strcmp(info->dlpi_name, wanted.path) != 0) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    wanted.begin = std::min(wanted.begin, begin);
    wanted.end = std::max(wanted.end, begin + header.p_memsz);
  }
  return 1;
}

template <std::size_t N>
void copy(std::array<char, N>& to, std::string_view from) {
  std::memcpy(to.data(), from.data(), std::min(from.size(), N - 1));
}

}  // namespace

void remember_image(const std::filesystem::path& private_copy, std::string_view plugin, std::string_view version) {
  Wanted wanted{private_copy.c_str()};
  (void)::dl_iterate_phdr(look_at, &wanted);
  if (wanted.end == 0) return;
  auto* image = new ImageRange{wanted.begin, wanted.end, {}, {}, images};
  copy(image->plugin, plugin);
  copy(image->version, version);
  images = image;
}

const ImageRange* image_at(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const ImageRange* image = images; image != nullptr; image = image->next)
    if (at >= image->begin && at < image->end) return image;
  return nullptr;
}

}  // namespace dlrgw::host
