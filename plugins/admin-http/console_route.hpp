// SPDX-License-Identifier: Apache-2.0
// GET / and what belongs to it: /console/live, the parts of the page as JSON {name: HTML}; /console/search and
// /console/messages/{messageId}; style and script; the job that looks once a minute for the charts. One for the plugin;
// handlers run at the same time on the host's threads.
#pragma once

#include <dlrgw/cpp/mutex.hpp>
#include <dlrgw/plugin.hpp>

#include "console_history.hpp"
#include "console_page.hpp"
#include "console_sections.hpp"
#include "held_desk.hpp"
#include "message_story.hpp"

namespace dlrgw::admin_http {

class ConsoleRoute {
 public:
  // held and story must outlive this.
  ConsoleRoute(Host host, const HeldDesk& held, const MessageStory& story)
      : held_(held), story_(story), control_(host), clock_(host) {}
  void register_in(Registrar& registrar);

 private:
  ConsoleParts parts();
  [[nodiscard]] std::string search(const HttpRequest& request) const;

  const HeldDesk& held_;
  const MessageStory& story_;
  Control control_;
  Clock clock_;
  Mutex mutex_;
  RateMeter meter_ DLRGW_GUARDED_BY(mutex_);
  ConsoleHistory history_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::admin_http
