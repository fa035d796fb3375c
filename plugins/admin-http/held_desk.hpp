// SPDX-License-Identifier: Apache-2.0
// Receipts that are held: rows of kind `held` in dlr.invalid_dlrs, which a job of the host puts through by itself. Read
// here, as a document and as a part of the console. One for the plugin; handlers run at the same time on the host's
// threads.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "answer.hpp"

namespace dlrgw::admin_http {

class HeldDesk {
 public:
  explicit HeldDesk(Host host);
  // GET /v1/admin/dlr/held?limit=&cursor=
  void register_in(Registrar& registrar) const;
  // What they wait for, how many and since when. Says so where PostgreSQL does not answer.
  [[nodiscard]] std::string section() const;

 private:
  [[nodiscard]] Answer list(std::string_view limit, std::string_view cursor) const;

  Sql sql_;
  SqlStatement page_, reasons_;
};

}  // namespace dlrgw::admin_http
