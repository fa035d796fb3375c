// From a file name to a plugin whose create() may be called. Owned by nobody: an image stays for the life of the
// process. [control] thread.
#pragma once
#include <filesystem>

#include "plugin/inspect.hpp"
#include "plugin/plugin_info.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct LoadedPlugin {
  PluginInfo info;
  const dlrgw_plugin* plugin = nullptr;  // static data of an image that is never unmapped
};

// Trust, inspection, private copy, dlopen, entry, handshake. Each failure is one sentence with name, path, what was
// wanted and what is offered. Loading the same file twice gives two images with state of their own.
Result<LoadedPlugin> load_plugin(const std::filesystem::path& path, const std::filesystem::path& state_dir,
                                 const HostOffer& offer);

// For tools: the inspection alone, of a trusted file, without loading.
Result<Inspection> inspect_file(const std::filesystem::path& path);

}  // namespace dlrgw::host
