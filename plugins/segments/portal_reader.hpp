// SPDX-License-Identifier: Apache-2.0
// Reads dlr.portal_segments as role dlr_portal, for one tenant at a time. Owned by the plugin; its routes use it
// concurrently.
#pragma once
#include <optional>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "portal_message.hpp"

namespace dlrgw::segments {

class PortalReader {
 public:
  explicit PortalReader(Host host);
  // nullopt: this account has no such message, although another one may have it.
  [[nodiscard]] std::optional<PortalMessage> find(std::string_view account_id, std::string_view message_id) const;

 private:
  Sql sql_;
  SqlStatement tenant_, segments_;
};

}  // namespace dlrgw::segments
