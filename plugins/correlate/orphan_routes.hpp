// SPDX-License-Identifier: Apache-2.0
// What administrators see of the orphans and do with one: the list, the export, and another try by hand. One for the
// plugin; handlers run at the same time on the host's threads.
#pragma once
#include <dlrgw/plugin.hpp>

#include "archived_months.hpp"
#include "orphan_query.hpp"
#include "orphan_reader.hpp"
#include "orphan_text.hpp"
#include "recorrelate.hpp"

namespace dlrgw::correlate {

class OrphanRoutes {
 public:
  OrphanRoutes(Host host, const Recorrelation& recorrelation);
  void add_to(Registrar& registrar);

 private:
  // Runs `from` on a unit of work of its own, which is closed when this returns.
  template <class Read>
  auto read(Read&& from) const;
  [[nodiscard]] std::vector<OrphanRecord> newest(const ListQuery& query) const;
  void part_of_console(const HttpRequest& request, HttpResponse& response) const;
  void list(const HttpRequest& request, HttpResponse& response) const;
  void export_range(const HttpRequest& request, HttpResponse& response) const;
  void write_rows(const ExportQuery& query, HttpResponse& response, Privacy privacy) const;
  void retry(const HttpRequest& request, HttpResponse& response) const;
  void retry_known(const OrphanRecord& orphan, std::string_view actor, HttpResponse& response) const;
  [[nodiscard]] std::optional<OrphanResolution> resolution(std::string_view orphan_id) const;

  Sql sql_;
  Clock clock_;
  OrphanReader reader_;
  ArchivedMonths archived_;
  const Recorrelation& recorrelation_;
};

}  // namespace dlrgw::correlate
