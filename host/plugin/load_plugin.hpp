// From a file name to a plugin whose create() may be called. Owned by nobody: an image stays for the life of the
// process. [control] thread.
#pragma once
#include <filesystem>
#include <map>
#include <string>

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

// Remembers what was loaded: a file whose content has not changed is not mapped again, so that switching a stage does not
// cost an image each time. [control] thread.
class PluginImages {
 public:
  // As load_plugin(); grants are checked anew each time.
  Result<LoadedPlugin> load(const std::filesystem::path& path, const std::filesystem::path& state_dir,
                            const HostOffer& offer);

 private:
  struct Image {
    std::string sha256;
    const dlrgw_plugin* plugin;
  };
  std::map<std::filesystem::path, Image> images_;  // the newest of each path
};

// For tools: the inspection alone, of a trusted file, without loading.
Result<Inspection> inspect_file(const std::filesystem::path& path);

}  // namespace dlrgw::host
