// SPDX-License-Identifier: Apache-2.0
// From a file name to a plugin whose create() may be called. Nobody owns an image: it stays mapped for the life of the
// process. [control] thread.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

#include "boundary/loading/inspect.hpp"
#include "boundary/loading/private_copy.hpp"
#include "boundary/plugin_info.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

struct LoadedPlugin {
  PluginInfo info;
  const dlrgw_plugin* plugin = nullptr;  // static data of an image that is never unmapped
};

// Trust, inspection, private copy, dlopen, entry, handshake. Each failure is one sentence with name, path, what was
// wanted and what is offered. Loading the same file twice gives two images with state of their own. The copy is in
// memory.
Result<LoadedPlugin> load_plugin(const std::filesystem::path& path, const HostOffer& offer);

// Whether changed files are read again, as at a start or a reload, or what runs is used as it is.
enum class PluginFiles { kReadAgain, kAsTheyRun };

// Where copies go that are files, and how many images the process may hold.
struct ImageSpace {
  std::filesystem::path state_dir;
  std::size_t max_images = 512;
};

// Remembers what was loaded: a file whose content has not changed is not mapped again, so that switching a stage does
// not cost an image each time. [control] thread.
class PluginImages {
 public:
  explicit PluginImages(PluginCopies copies) : copies_(copies) {}
  // As load_plugin(); grants are checked anew each time. kLimit: one image more than the process may hold.
  Result<LoadedPlugin> load(const std::filesystem::path& path, PluginFiles files, const ImageSpace& space,
                            const HostOffer& offer);
  // What was loaded last runs now.
  void in_use() { running_ = newest_; }

 private:
  struct Image {
    std::string sha256;
    const dlrgw_plugin* plugin;
  };
  using ByPath = std::map<std::filesystem::path, Image>;
  const PluginCopies copies_;
  ByPath newest_;  // of each path, whether it came to run or was refused later on
  ByPath running_;
};

// For tools: the inspection alone, of a trusted file, without loading.
Result<Inspection> inspect_file(const std::filesystem::path& path);

}  // namespace dlrgw::host
