#include "plugin/load_plugin.hpp"

#include "plugin/file_trust.hpp"
#include "plugin/guard.hpp"
#include "plugin/handshake.hpp"
#include "plugin/library.hpp"
#include "plugin/private_copy.hpp"

namespace dlrgw::host {

Result<Inspection> inspect_file(const std::filesystem::path& path) {
  const auto content = read_trusted_file(path);
  if (!content) return content.error();
  return inspect(*content);
}

Result<LoadedPlugin> load_plugin(const std::filesystem::path& path, const std::filesystem::path& state_dir,
                                 const HostOffer& offer) {
  // One read serves trust, inspection, digest and copy: what was checked is what runs.
  const auto content = read_trusted_file(path);
  if (!content) return content.error();
  const Inspection inspection = inspect(*content);
  if (const Finding* refused = inspection.refusal())
    return Error{ErrorCode::kInvalid, plugin_label({}, path.string()) + refused->text};
  const auto copy = write_private_copy(state_dir, path.filename().string(), *content);
  if (!copy) return Error{copy.error().code, plugin_label({}, path.string()) + copy.error().text};
  const auto entry = open_library(copy->path, path);
  if (!entry) return entry.error();
  const auto plugin = call_guarded(path.string(), DLRGW_PLUGIN_ENTRY_NAME, *entry);
  if (!plugin) return plugin.error();
  auto info = validate_plugin(*plugin, path.string(), offer);
  if (!info) return info.error();
  info->sha256 = copy->sha256;
  return LoadedPlugin{std::move(*info), *plugin};
}

}  // namespace dlrgw::host
