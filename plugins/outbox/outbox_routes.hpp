// SPDX-License-Identifier: Apache-2.0
// GET /v1/admin/outbox, …/{outboxId}/{eventId}, and the same as a part of the console: the events that wait, one by
// one. They read and change nothing. One for the plugin; handlers run at the same time on the host's threads.
#pragma once
#include <optional>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "outbox_page.hpp"

namespace dlrgw::outbox {

class OutboxRoutes {
 public:
  explicit OutboxRoutes(Host host);
  void add_to(Registrar& registrar);

 private:
  struct Page {
    std::vector<OutboxItem> rows;
    bool more = false;
  };
  [[nodiscard]] Page page(const OutboxQuery& query) const;
  [[nodiscard]] std::vector<OutboxItem> rows_behind(const OutboxQuery& query) const;
  [[nodiscard]] std::optional<OutboxItem> find(std::int64_t id) const;
  // Each row by itself: one that cannot be read stays without a text and hides no other. False: it is gone.
  bool read_text(OutboxItem& row) const;

  void list(const HttpRequest& request, HttpResponse& response) const;
  void show(const HttpRequest& request, HttpResponse& response) const;
  void part_of_console(const HttpRequest& request, HttpResponse& response) const;

  Sql sql_;
  SqlStatement page_, find_, text_;
};

}  // namespace dlrgw::outbox
