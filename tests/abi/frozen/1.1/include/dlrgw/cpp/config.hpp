// SPDX-License-Identifier: Apache-2.0
// Typed reads of the plugin's options and of the operators' profiles. Declared options always have a value unless they
// have neither a default nor an entry: then the optional is empty.
#pragma once
#include <optional>
#include <utility>
#include <vector>

#include <dlrgw/abi/config.h>
#include <dlrgw/cpp/host.hpp>

namespace dlrgw {

class Config {
 public:
  explicit Config(Host host) : config_(host.require<dlrgw_config>(DLRGW_SERVICE_CONFIG)) {}

  // operator_id empty: the plugin's own table; else the operator's profile, or with "operator/connector" what that
  // connector's table says before it.
  [[nodiscard]] std::optional<std::string_view> text(std::string_view key, std::string_view operator_id = {}) const {
    dlrgw_str out{};
    if (!found(config_->get_string(config_->self, str(operator_id), str(key), &out), key)) return std::nullopt;
    return view(out);
  }
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::string_view operator_id = {}) const {
    std::int64_t out = 0;
    if (!found(config_->get_int(config_->self, str(operator_id), str(key), &out), key)) return std::nullopt;
    return out;
  }
  [[nodiscard]] std::optional<double> number(std::string_view key, std::string_view operator_id = {}) const {
    double out = 0;
    if (!found(config_->get_float(config_->self, str(operator_id), str(key), &out), key)) return std::nullopt;
    return out;
  }
  [[nodiscard]] std::optional<bool> boolean(std::string_view key, std::string_view operator_id = {}) const {
    std::int32_t out = 0;
    if (!found(config_->get_bool(config_->self, str(operator_id), str(key), &out), key)) return std::nullopt;
    return out != 0;
  }
  [[nodiscard]] std::optional<std::int64_t> duration_us(std::string_view key, std::string_view operator_id = {}) const {
    std::int64_t out = 0;
    if (!found(config_->get_duration_us(config_->self, str(operator_id), str(key), &out), key)) return std::nullopt;
    return out;
  }
  // Lists: empty names. Maps: name and value as text, in the order of the file.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> entries(
      std::string_view key, std::string_view operator_id = {}) const {
    std::vector<std::pair<std::string_view, std::string_view>> out;
    std::uint32_t size = 0;
    if (!found(config_->get_size(config_->self, str(operator_id), str(key), &size), key)) return out;
    for (std::uint32_t i = 0; i < size; ++i) {
      dlrgw_str name{};
      dlrgw_str value{};
      check(config_->get_entry(config_->self, str(operator_id), str(key), i, &name, &value), "config entry");
      out.emplace_back(view(name), view(value));
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string_view> operators() const {
    std::vector<std::string_view> out;
    const std::uint32_t count = config_->operator_count(config_->self);
    for (std::uint32_t i = 0; i < count; ++i) {
      dlrgw_str id{};
      check(config_->operator_at(config_->self, i, &id), "operator id");
      out.push_back(view(id));
    }
    return out;
  }

  // The connectors of an operator that have a table of their own; none on a host of 1.0.
  [[nodiscard]] std::vector<std::string_view> connectors(std::string_view operator_id) const {
    std::vector<std::string_view> out;
    if (!DLRGW_HAS(config_, dlrgw_config, connector_at)) return out;
    const std::uint32_t count = config_->connector_count(config_->self, str(operator_id));
    for (std::uint32_t i = 0; i < count; ++i) {
      dlrgw_str id{};
      check(config_->connector_at(config_->self, str(operator_id), i, &id), "connector id");
      out.push_back(view(id));
    }
    return out;
  }

  // In the plugin's constructor: this value means nothing. entry: of a map, else empty. text: what is wrong and what to
  // write instead; the host adds the key and where it stands. The constructor goes on, so that every mistake is told.
  void refuse(std::string_view operator_id, std::string_view key, std::string_view entry,
              const std::string& text) const {
    if (!DLRGW_HAS(config_, dlrgw_config, refuse)) {
      throw Error(DLRGW_E_INVALID, "operator \"" + std::string(operator_id) + "\", " + std::string(key) + ": " + text);
    }
    check(config_->refuse(config_->self, str(operator_id), str(key), str(entry), str(text)), "config refuse");
  }

 private:
  static bool found(std::int32_t code, std::string_view key) {
    if (code == DLRGW_OK) return true;
    if (code == DLRGW_E_NOT_FOUND) return false;
    throw Error(code, "option \"" + std::string(key) + "\" is not declared with this type");
  }
  const dlrgw_config* config_;
};

}  // namespace dlrgw
