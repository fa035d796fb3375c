// SPDX-License-Identifier: Apache-2.0
#include "control/toggles.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>

namespace dlrgw::host {
namespace {

std::filesystem::path file_in(const std::filesystem::path& state_dir) { return state_dir / "toggles.json"; }

boost::json::object to_json(const std::map<std::string, bool>& switches) {
  boost::json::object out;
  for (const auto& [name, enabled] : switches) out[name] = enabled;
  return out;
}

bool from_json(const boost::json::object& document, std::string_view key, std::map<std::string, bool>& out) {
  const boost::json::value* part = document.if_contains(key);
  if (part == nullptr) return true;
  if (!part->is_object()) return false;
  for (const auto& [name, value] : part->get_object()) {
    if (!value.is_bool()) return false;
    out.emplace(name, value.get_bool());
  }
  return true;
}

}  // namespace

void Toggles::apply_to(PipelineConfig& pipeline) const {
  for (const auto& [name, enabled] : stages) {
    std::erase(pipeline.disabled, name);
    const bool known = std::find(pipeline.stages.begin(), pipeline.stages.end(), name) != pipeline.stages.end();
    if (!enabled && known) pipeline.disabled.push_back(name);
  }
}

Result<Toggles> read_toggles(const std::filesystem::path& state_dir) {
  const std::filesystem::path path = file_in(state_dir);
  std::ifstream file(path);
  if (!file) return Toggles{};
  std::ostringstream text;
  text << file.rdbuf();
  boost::system::error_code wrong;
  const boost::json::value document = boost::json::parse(text.str(), wrong);
  Toggles out;
  if (wrong || !document.is_object() || !from_json(document.get_object(), "stages", out.stages) ||
      !from_json(document.get_object(), "plugins", out.plugins)) {
    return Error{ErrorCode::kInvalid, path.string() + ": is damaged; remove it to run as configured"};
  }
  return out;
}

Status write_toggles(const std::filesystem::path& state_dir, const Toggles& toggles) {
  const std::filesystem::path path = file_in(state_dir);
  const std::filesystem::path fresh = path.string() + ".new";
  std::error_code wrong;
  std::filesystem::create_directories(state_dir, wrong);
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << boost::json::serialize(
                boost::json::object{{"stages", to_json(toggles.stages)}, {"plugins", to_json(toggles.plugins)}})
         << '\n';
    file.flush();
    if (!file)
      return Error{ErrorCode::kUnavailable, fresh.string() + ": cannot be written; check space and permissions"};
  }
  std::filesystem::rename(fresh, path, wrong);
  if (wrong) return Error{ErrorCode::kUnavailable, path.string() + ": cannot be replaced: " + wrong.message()};
  return {};
}

}  // namespace dlrgw::host
