// SPDX-License-Identifier: Apache-2.0
// The state of the gateway and its switches, by grant "control". A refused change throws an Error with the host's
// sentence.
#pragma once
#include <string>

#include <dlrgw/abi/control.h>
#include <dlrgw/cpp/host.hpp>

namespace dlrgw {

class Control {
 public:
  explicit Control(Host host) : control_(host.require<dlrgw_control>(DLRGW_SERVICE_CONTROL)) {}

  // One JSON document each.
  [[nodiscard]] std::string pipeline() const { return read(DLRGW_CONTROL_PIPELINE); }
  [[nodiscard]] std::string plugins() const { return read(DLRGW_CONTROL_PLUGINS); }
  [[nodiscard]] std::string jobs() const { return read(DLRGW_CONTROL_JOBS); }

  void set_stage(std::string_view stage, bool enabled) const {
    dlrgw_error error = make_error();
    check(control_->set_stage(control_->self, str(stage), enabled ? 1 : 0, &error), error);
  }
  void set_plugin(std::string_view plugin, bool enabled) const {
    dlrgw_error error = make_error();
    check(control_->set_plugin(control_->self, str(plugin), enabled ? 1 : 0, &error), error);
  }
  void reload() const {
    dlrgw_error error = make_error();
    check(control_->reload(control_->self, &error), error);
  }
  void reset_quirk(std::string_view quirk) const {
    if (!DLRGW_HAS(control_, dlrgw_control, reset_quirk))
      throw Error(DLRGW_E_NOT_FOUND, "this host cannot reset quirks");
    dlrgw_error error = make_error();
    check(control_->reset_quirk(control_->self, str(quirk), &error), error);
  }
  void reset_stage(std::string_view stage) const {
    if (!DLRGW_HAS(control_, dlrgw_control, reset_stage))
      throw Error(DLRGW_E_NOT_FOUND, "this host cannot reset stages");
    dlrgw_error error = make_error();
    check(control_->reset_stage(control_->self, str(stage), &error), error);
  }
  void run_job(std::string_view job) const {
    dlrgw_error error = make_error();
    check(control_->run_job(control_->self, str(job), &error), error);
  }

 private:
  [[nodiscard]] std::string read(std::uint32_t what) const {
    std::string out;
    const auto take = [](void* context, dlrgw_str json) { static_cast<std::string*>(context)->assign(view(json)); };
    check(control_->read(control_->self, what, take, &out), "the read of the gateway's state");
    return out;
  }
  const dlrgw_control* control_;
};

}  // namespace dlrgw
