// SPDX-License-Identifier: Apache-2.0
// Every write of an administrator goes through here: the actor must be known and auditing must be possible before
// anything happens, and whatever comes of it is audited. Owned by the plugin; any handler's thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "answer.hpp"
#include "audit.hpp"

namespace dlrgw::admin_http {

struct WriteName {
  std::string_view action;
  std::string_view entity;
  std::string_view entity_id;
};

class WriteDesk {
 public:
  explicit WriteDesk(Host host) : instance_(host.instance()), audit_(host), log_(host) {}
  // work does the write for this actor; an Error that it throws is a refusal.
  using Work = std::function<Answer(std::string_view actor)>;
  void perform(const HttpRequest& request, HttpResponse& response, const WriteName& name, const Work& work) const;
  [[nodiscard]] const std::string& instance() const { return instance_; }

 private:
  [[nodiscard]] Answer audited(std::string_view actor, const WriteName& name, Answer answer) const;

  std::string instance_;
  Audit audit_;
  Log log_;
};

}  // namespace dlrgw::admin_http
