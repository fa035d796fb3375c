// SPDX-License-Identifier: Apache-2.0
// Reads dlr.portal_segments as role dlr_portal, for one tenant at a time. Defined once by the plugin; used by its
// routes at the same time.
#pragma once
#include <optional>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "portal_message.hpp"

namespace dlrgw::segments {

class PortalReader {
 public:
  explicit PortalReader(Host host);
  // nullopt: this account has no such message, whoever else may.
  [[nodiscard]] std::optional<PortalMessage> find(std::string_view account_id, std::string_view message_id) const;

 private:
  Sql sql_;
  SqlStatement tenant_, segments_;
};

}  // namespace dlrgw::segments
