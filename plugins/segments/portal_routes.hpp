// SPDX-License-Identifier: Apache-2.0
// What customers may ask on the public listener: a message, its segments, and the page of both. One for the plugin;
// handlers run at the same time on the host's threads.
#pragma once
#include <dlrgw/plugin.hpp>

#include "portal_reader.hpp"

namespace dlrgw::segments {

class PortalRoutes {
 public:
  explicit PortalRoutes(Host host) : clock_(host), reader_(host) {}
  void add_to(Registrar& registrar);

 private:
  void json(const HttpRequest& request, HttpResponse& response, std::string (*text)(const PortalMessage&)) const;
  void page(const HttpRequest& request, HttpResponse& response) const;

  Clock clock_;
  PortalReader reader_;
};

}  // namespace dlrgw::segments
