// SPDX-License-Identifier: Apache-2.0
// Reads the rows of one list, page by page in the order of time, either way. Defined once by the plugin; used by
// several requests at the same time, each page with a unit of work of its own.
#pragma once
#include <vector>

#include <dlrgw/plugin.hpp>

#include "record_list.hpp"

namespace dlrgw::admin_http {

class RecordReader {
 public:
  // list must outlive this.
  RecordReader(Host host, const RecordList& list);
  [[nodiscard]] const RecordList& list() const { return list_; }
  // At most query.limit rows. with_payload: where the list has some. Both throw as Sql does.
  [[nodiscard]] std::vector<Record> newest_first(const RecordQuery& query, bool with_payload) const;
  [[nodiscard]] std::vector<Record> oldest_first(const RecordQuery& query, bool with_payload) const;

 private:
  [[nodiscard]] std::vector<Record> read(SqlStatement statement, const RecordQuery& query, bool with_payload) const;
  [[nodiscard]] Record record_at(const SqlResult& result, std::uint32_t row) const;

  const RecordList& list_;
  Sql sql_;
  SqlStatement newest_first_, oldest_first_;
};

}  // namespace dlrgw::admin_http
