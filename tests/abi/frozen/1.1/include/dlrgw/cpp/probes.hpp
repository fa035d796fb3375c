// SPDX-License-Identifier: Apache-2.0
// Questions to what a plugin depends on, for `dlr-gateway check --connect`.
#pragma once
#include <deque>
#include <functional>
#include <string>

#include <dlrgw/abi/probes.h>
#include <dlrgw/cpp/host.hpp>

namespace dlrgw {

// Owned by the plugin. Does nothing in a host that does not ask.
class Probes {
 public:
  explicit Probes(Host host) : probes_(host.find<dlrgw_probes>(DLRGW_SERVICE_PROBES)) {}
  Probes(const Probes&) = delete;
  Probes& operator=(const Probes&) = delete;

  // During construction of the plugin only. ask: uses the dependency as the plugin does, leaves nothing behind in it,
  // and throws a sentence that says what is wrong and what to do.
  void add(std::string_view dependency, std::function<void()> ask) {
    if (probes_ == nullptr) return;
    Entry& entry = entries_.emplace_back(dependency, std::move(ask));
    dlrgw_error error = make_error();
    check(probes_->add(probes_->self, &entry.table, &entry, &error), error);
  }

 private:
  struct Entry {
    Entry(std::string_view dependency, std::function<void()> question) : name(dependency), ask(std::move(question)) {
      table.struct_size = sizeof table;
      table.dependency = str(name);
      table.ask = [](void* user, dlrgw_error* error) {
        return guarded(error, [&] { static_cast<Entry*>(user)->ask(); });
      };
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    std::string name;
    std::function<void()> ask;
    dlrgw_probe table{};
  };
  const dlrgw_probes* probes_;
  std::deque<Entry> entries_;
};

}  // namespace dlrgw
