// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/load_plugin.hpp"

#include <dlfcn.h>

#include "boundary/call_watch.hpp"
#include "boundary/guard.hpp"
#include "boundary/loading/file_trust.hpp"
#include "boundary/loading/handshake.hpp"
#include "boundary/loading/image_ranges.hpp"
#include "boundary/loading/library.hpp"
#include "boundary/loading/private_copy.hpp"
#include "support/digest.hpp"

namespace dlrgw::host {

namespace {

// What the file says, and whether this process can take it. A sanitizer's run time that comes too late ends the process
// without a word to anybody.
Inspection inspect_for_this_process(std::span<const std::byte> content) {
  Inspection out = inspect(content);
  const std::string library(sanitizer_needed(out));
  if (library.empty() || ::dlopen(library.c_str(), RTLD_NOW | RTLD_NOLOAD) != nullptr) return out;
  out.findings.insert(
      out.findings.begin(),
      {FindingKind::kSanitizer,
       "needs " + library +
           ", the run time of a sanitizer, which has to be loaded before all else; build it without, or "
           "try it with LD_PRELOAD=" +
           library + " dlr-gateway check-plugin"});
  return out;
}

}  // namespace

Result<Inspection> inspect_file(const std::filesystem::path& path) {
  const auto content = read_trusted_file(path);
  if (!content) return content.error();
  return inspect_for_this_process(*content);
}

namespace {

Result<LoadedPlugin> validated(const dlrgw_plugin* plugin, const std::filesystem::path& path, const std::string& sha256,
                               const HostOffer& offer) {
  auto info = validate_plugin(plugin, path.string(), offer);
  if (!info) return info.error();
  info->sha256 = sha256;
  return LoadedPlugin{std::move(*info), plugin};
}

// state_dir: null for a copy in memory.
Result<LoadedPlugin> load_content(std::span<const std::byte> content, const std::filesystem::path& path,
                                  const std::filesystem::path* state_dir, const HostOffer& offer) {
  const Inspection inspection = inspect_for_this_process(content);
  if (const Finding* refused = inspection.refusal())
    return Error{ErrorCode::kInvalid, plugin_label({}, path.string()) + refused->text};
  const auto copy = state_dir == nullptr ? write_memory_copy(content)
                                         : write_private_copy(*state_dir, path.filename().string(), content);
  if (!copy) return Error{copy.error().code, plugin_label({}, path.string()) + copy.error().text};
  // Also while it is opened: its static constructors run.
  const std::string file = path.filename().string();
  const PluginCall mark({CallKind::kControl, file, {}, DLRGW_PLUGIN_ENTRY_NAME});
  const auto entry = open_library(copy->path, path);
  if (!entry) return entry.error();
  const auto plugin = call_guarded(path.string(), DLRGW_PLUGIN_ENTRY_NAME, *entry);
  if (!plugin) return plugin.error();
  auto loaded = validated(*plugin, path, copy->sha256, offer);
  if (loaded) remember_image(copy->path, loaded->info.id, loaded->info.version);
  return loaded;
}

}  // namespace

// One read serves trust, inspection, digest and copy: what was checked is what runs.
Result<LoadedPlugin> load_plugin(const std::filesystem::path& path, const HostOffer& offer) {
  const auto content = read_trusted_file(path);
  if (!content) return content.error();
  return load_content(*content, path, nullptr, offer);
}

Result<LoadedPlugin> PluginImages::load(const std::filesystem::path& path, PluginFiles files, const ImageSpace& space,
                                        const HostOffer& offer) {
  if (files == PluginFiles::kAsTheyRun) {
    const auto running = running_.find(path);
    if (running != running_.end()) return validated(running->second.plugin, path, running->second.sha256, offer);
  }
  const auto content = read_trusted_file(path);
  if (!content) return content.error();
  const std::string digest =
      sha256_hex(std::string_view(reinterpret_cast<const char*>(content->data()), content->size()));
  const auto known = newest_.find(path);
  if (known != newest_.end() && known->second.sha256 == digest) {
    return validated(known->second.plugin, path, digest, offer);
  }
  if (plugin_image_count() >= space.max_images) {
    return Error{ErrorCode::kLimit, plugin_label({}, path.string()) + "is not loaded: the process holds " +
                                        std::to_string(plugin_image_count()) +
                                        " plugin images, which stay mapped until it ends; restart the gateway, or "
                                        "raise gateway.max_plugin_images"};
  }
  const bool in_memory = copies_ == PluginCopies::kInMemory;
  auto loaded = load_content(*content, path, in_memory ? nullptr : &space.state_dir, offer);
  if (loaded) newest_[path] = {digest, loaded->plugin};
  return loaded;
}

}  // namespace dlrgw::host
