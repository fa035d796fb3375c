// SPDX-License-Identifier: Apache-2.0
#include "archived_months.hpp"

namespace dlrgw::correlate {
namespace {

using message::month_date;
using message::month_of;

constexpr std::string_view kBetween = R"(
SELECT to_char(a.month, 'YYYY-MM'), a.object_key, a.rows
FROM dlrgw_rows r JOIN dlr.orphan_archives a ON a.month >= r.first_month::date AND a.month <= r.last_month::date
ORDER BY a.month, a.archived_at, a.object_key)";

constexpr std::string_view kInsert = R"(
INSERT INTO dlr.orphan_archives (month, object_key, rows, sha256, archived_at)
SELECT month::date, object_key, rows, sha256, archived_at FROM dlrgw_rows)";

}  // namespace

ArchivedMonths::ArchivedMonths(Host host) {
  using enum SqlType;
  const Sql sql(host);
  between_ = sql.query("archived_between", kBetween, {{"first_month", kText}, {"last_month", kText}});
  insert_ =
      sql.write("insert_archive", kInsert,
                {{"month", kText}, {"object_key", kText}, {"rows", kInt}, {"sha256", kBytes}, {"archived_at", kTime}},
                2, DLRGW_SQL_ONE_EACH);
}

std::vector<ArchivedObject> ArchivedMonths::between(const UnitOfWork& work, std::int64_t from_us,
                                                    std::int64_t to_us) const {
  work.add(between_, 0,
           {SqlValue::text(month_date(month_of(from_us))), SqlValue::text(month_date(month_of(to_us - 1)))});
  const SqlResult result = work.query(between_);
  std::vector<ArchivedObject> out(result.rows());
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    out[i] = {std::string(result.text(i, 0)), std::string(result.text(i, 1)), result.integer(i, 2)};
  }
  return out;
}

void ArchivedMonths::add(const UnitOfWork& work, Month month, const ArchivedObject& object, std::string_view sha256,
                         std::int64_t archived_at_us) const {
  work.add(insert_, 0,
           {SqlValue::text(month_date(month)), SqlValue::text(object.object_key), SqlValue::integer(object.rows),
            SqlValue::bytes(sha256), SqlValue::time(archived_at_us)});
}

}  // namespace dlrgw::correlate
