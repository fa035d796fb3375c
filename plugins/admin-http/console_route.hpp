// SPDX-License-Identifier: Apache-2.0
// GET / and what belongs to it: /console/live, the parts of the page as JSON {name: HTML}; style and script. One for
// the plugin; handlers run at the same time on the host's threads.
#pragma once

#include <dlrgw/cpp/mutex.hpp>
#include <dlrgw/plugin.hpp>

#include "console_page.hpp"
#include "console_sections.hpp"
#include "held_desk.hpp"

namespace dlrgw::admin_http {

class ConsoleRoute {
 public:
  // held must outlive this.
  ConsoleRoute(Host host, const HeldDesk& held) : held_(held), control_(host), clock_(host) {}
  void register_in(Registrar& registrar);

 private:
  ConsoleParts parts();

  const HeldDesk& held_;
  Control control_;
  Clock clock_;
  Mutex mutex_;
  RateMeter meter_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::admin_http
