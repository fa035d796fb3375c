// SPDX-License-Identifier: Apache-2.0
// GET /v1/admin/dlr/quarantine and the same as a part of the console, POST …/{id}/release, POST …/{id}/discard. One for
// the plugin; handlers run at the same time on the host's threads.
#pragma once
#include <dlrgw/plugin.hpp>

#include "quarantine_desk.hpp"

namespace dlrgw::dedup {

class QuarantineRoutes {
 public:
  explicit QuarantineRoutes(Host host) : desk_(host) {}
  void add_to(Registrar& registrar);

 private:
  void list(const HttpRequest& request, HttpResponse& response) const;
  void part_of_console(const HttpRequest& request, HttpResponse& response) const;
  void release(const HttpRequest& request, HttpResponse& response) const;
  void discard(const HttpRequest& request, HttpResponse& response) const;

  using Decide = void (QuarantineRoutes::*)(const QuarantineDesk::Row&, const QuarantineDesk::Decider&,
                                            HttpResponse&) const;
  // What release and discard have in common: a valid id, an actor, a row that is not decided yet.
  void decide(const HttpRequest& request, HttpResponse& response, Decide how) const;
  void release_open(const QuarantineDesk::Row& row, const QuarantineDesk::Decider& decider,
                    HttpResponse& response) const;
  void discard_open(const QuarantineDesk::Row& row, const QuarantineDesk::Decider& decider,
                    HttpResponse& response) const;
  void decided_already(std::string_view id, HttpResponse& response) const;

  QuarantineDesk desk_;
};

}  // namespace dlrgw::dedup
