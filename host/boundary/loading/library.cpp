// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/library.hpp"

#define BOOST_DLL_USE_STD_FS
#include <atomic>
#include <dlfcn.h>
#include <memory>
#include <vector>

#include <boost/dll/shared_library.hpp>
#include <sys/statvfs.h>

#include <dlrgw/cpp/mutex.hpp>

namespace dlrgw::host {
namespace {

std::atomic<std::size_t> images{0};

// Keeps every handle reachable and open until the process ends; never destroyed, so nothing is closed at exit either.
void pin(std::unique_ptr<boost::dll::shared_library> library) {
  static auto& guard = *new Mutex;
  static auto& pinned = *new std::vector<std::unique_ptr<boost::dll::shared_library>>;
  const MutexLock lock(guard);
  pinned.push_back(std::move(library));
  ++images;
}

bool on_noexec_mount(const std::filesystem::path& path) {
  struct statvfs info {};
  return ::statvfs(path.c_str(), &info) == 0 && (info.f_flag & ST_NOEXEC) != 0;
}

}  // namespace

Result<dlrgw_plugin_entry_fn> open_library(const std::filesystem::path& private_copy,
                                           const std::filesystem::path& shown_path) {
  auto library = std::make_unique<boost::dll::shared_library>();
  std::error_code code;
  library->load(private_copy, code, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (code) {
    const char* reason = ::dlerror();
    std::string text = "plugin file " + shown_path.string() + ": cannot be loaded: ";
    text += reason != nullptr ? reason : code.message().c_str();
    text += on_noexec_mount(private_copy)
                ? "; its copy lies on a file system mounted noexec, choose another state directory"
                : "; install what it needs or rebuild it for this system";
    return Error{ErrorCode::kInvalid, std::move(text)};
  }
  void* symbol = ::dlsym(library->native(), DLRGW_PLUGIN_ENTRY_NAME);
  pin(std::move(library));
  if (symbol == nullptr)
    return Error{ErrorCode::kInvalid,
                 "plugin file " + shown_path.string() + ": does not export " DLRGW_PLUGIN_ENTRY_NAME};
  return reinterpret_cast<dlrgw_plugin_entry_fn>(symbol);
}

std::size_t plugin_image_count() { return images.load(); }

}  // namespace dlrgw::host
