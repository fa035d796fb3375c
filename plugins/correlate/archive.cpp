// SPDX-License-Identifier: Apache-2.0
#include "archive.hpp"

#include <algorithm>
#include <utility>

#include <dlrgw/cpp/hex.hpp>

#include "orphan_text.hpp"
#include "s3_lifecycle.hpp"

namespace dlrgw::correlate {
namespace {

using message::first_us;
using message::month_date;
using message::month_of_partition;
using message::month_text;
using message::older_than;

constexpr std::string_view kPool = "maint";
constexpr std::int64_t kPage = 200;  // rows of one read; a payload holds up to 256 KiB
constexpr std::string_view kContentType = "application/gzip";
constexpr std::size_t kKeyDigits = 16;  // of the checksum
constexpr int kAwayInARow = 2;          // months for which something was away: then it probably is for all

constexpr std::string_view kPartitions = R"(
SELECT c.relname::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'dlr.orphan_dlrs'::regclass ORDER BY 1)";

constexpr std::string_view kDrop = R"(
SELECT dlr.drop_orphan_partition(r.month::date, r.rows)::text FROM dlrgw_rows r)";

std::string text_of(const Config& config, std::string_view key) { return std::string(config.text(key).value_or("")); }

}  // namespace

ArchiveOptions read_archive_options(const Config& config) {
  constexpr std::int64_t kLongestHotDays = 36'500;
  constexpr std::int64_t kSecondUs = 1'000'000;
  ArchiveOptions options;
  const std::int64_t hot_days = config.integer("hot_days").value_or(0);
  if (hot_days < 0 || hot_days > kLongestHotDays) config.refuse({}, "hot_days", {}, "must be 0 to 36500");
  options.hot = std::chrono::days(hot_days);
  options.directory = text_of(config, "archive_dir");
  S3Settings s3;
  s3.endpoint = text_of(config, "s3_endpoint");
  while (s3.endpoint.ends_with('/')) s3.endpoint.pop_back();
  s3.bucket = text_of(config, "s3_bucket");
  s3.region = text_of(config, "s3_region");
  s3.key_id = text_of(config, "s3_key_id");
  s3.secret = text_of(config, "s3_secret");
  const std::int64_t timeout_us = config.duration_us("s3_timeout").value_or(0);
  if (timeout_us < kSecondUs) config.refuse({}, "s3_timeout", {}, "must be at least 1s");
  s3.timeout = std::chrono::seconds(timeout_us / kSecondUs);
  if (s3.endpoint.empty()) return options;
  if (const std::string problem = problem_of(s3); !problem.empty()) throw Error(DLRGW_E_INVALID, problem);
  options.s3 = std::move(s3);
  return options;
}

std::string object_key(Month month, std::string_view sha256) {
  const std::string name = month_text(month);
  return "orphans/" + name.substr(0, 4) + "/" + name.substr(5) + "/orphans-" + name + "-" +
         to_hex(sha256).substr(0, kKeyDigits) + ".ndjson.gz";
}

Archive::Archive(Host host, ArchiveOptions options)
    : options_(std::move(options)),
      sql_(host),
      clock_(host),
      log_(host),
      fail_points_(host),
      reader_(host),
      archived_(host),
      runs_(host, Metric::Type::kCounter, "dlr_orphan_archives_total", "Months of orphans, archived or not",
            {"result"}),
      rows_(host, Metric::Type::kCounter, "dlr_orphan_archived_rows_total", "Orphans in archived months"),
      partitions_(sql_.query("orphan_partitions", kPartitions, {})),
      drop_(sql_.query("drop_partition", kDrop, {{"month", SqlType::kText}, {"rows", SqlType::kInt}})) {}

void Archive::run(const JobContext& context) {
  if (!options_.s3) {
    if (!said_off_)
      log_.info("dlr.archive.off", 0,
                {field("reason", "s3_endpoint is empty: orphans stay in PostgreSQL, however old they are")});
    said_off_ = true;
    return;
  }
  std::vector<Month> months = due();
  if (months.empty()) return;
  // What was in the way of the months before may have been in theirs alone.
  std::ranges::rotate(months, std::ranges::upper_bound(months, std::exchange(gave_up_at_, {})));
  std::int64_t failures = 0;
  int away = 0;
  S3Client store(*options_.s3, [&] { return context.should_stop(); });
  for (const Month month : months) {
    if (context.should_stop()) return;
    try {
      if (month == months.front()) ensure_expiry(store);
      archive(month, store, context);
      away = 0;
    } catch (const S3Stopped&) {
      return;
    } catch (const Error& e) {
      failed(month, e);
      ++failures;
      away = e.code() == DLRGW_E_UNAVAILABLE ? away + 1 : 0;
      if (away == kAwayInARow) {
        gave_up_at_ = month;
        break;
      }
    }
  }
  if (failures != 0) {
    throw Error(DLRGW_E_INTERNAL, "orphans of " + std::to_string(failures) + " of " + std::to_string(months.size()) +
                                      " months that are due could not be archived; see dlr.archive.failed");
  }
}

std::vector<Month> Archive::due() const {
  const std::int64_t now_us = clock_.now_us();
  const OwnUnitOfWork work = sql_.open(kPool);
  const SqlResult result = work.query(partitions_);
  std::vector<Month> out;
  for (std::uint32_t i = 0; i < result.rows(); ++i) {
    const auto month = month_of_partition("orphan_dlrs", result.text(i, 0));
    if (month && older_than(*month, options_.hot, now_us)) out.push_back(*month);
  }
  return out;
}

void Archive::archive(Month month, S3Client& store, const JobContext& context) const {
  ArchiveFile file(options_.directory);
  if (!write_rows(month, file, context)) return;
  const ArchiveContents& contents = file.finish();
  if (contents.rows == 0) {
    drop(month, contents, std::nullopt);
    return;
  }
  const std::string key = object_key(month, contents.sha256);
  fail_points_.hit("correlate.archive_written");
  store.put_object(key, kContentType,
                   {contents.bytes, to_hex(contents.sha256),
                    [&](std::int64_t offset, std::span<char> buffer) { return file.read(offset, buffer); }});
  fail_points_.hit("correlate.archive_stored");
  verify(store, key, contents);
  fail_points_.hit("correlate.archive_verified");
  drop(month, contents, key);
  fail_points_.hit("correlate.archive_dropped");
  runs_.record(0, {"done"});
  rows_.record(0, {}, static_cast<double>(contents.rows));
  log_.info("dlr.archive.done", 0,
            {field("month", month_text(month)), field("object", key), field("rows", contents.rows),
             field("bytes", contents.bytes), field("sha256", to_hex(contents.sha256))});
}

bool Archive::write_rows(Month month, ArchiveFile& file, const JobContext& context) const {
  OrphanPage page{first_us(month), first_us(month + std::chrono::months(1)), first_place(first_us(month)), {}, kPage};
  for (std::int64_t found = kPage; found == kPage;) {
    if (context.should_stop()) return false;
    std::vector<OrphanRecord> orphans;
    {
      const OwnUnitOfWork work = sql_.open(kPool);
      orphans = reader_.oldest_first(work, page);
    }
    for (const OrphanRecord& orphan : orphans) file.add(orphan_json(orphan, Privacy::kFull));
    found = static_cast<std::int64_t>(orphans.size());
    if (found != 0) page.beyond = {orphans.back().received_at_us, orphans.back().orphan_id};
  }
  return true;
}

void Archive::verify(S3Client& store, const std::string& key, const ArchiveContents& sent) const {
  ArchiveCheck check;
  store.get_object(key, [&](std::string_view part) { check.add(part); });
  const ArchiveContents got = check.finish();
  if (got == sent) return;
  throw Error(DLRGW_E_DATA, "the store gives back something else than was sent as " + key + ": " +
                                std::to_string(got.bytes) + " instead of " + std::to_string(sent.bytes) +
                                " bytes, checksum " + (got.sha256 == sent.sha256 ? "equal" : "different") +
                                "; the partition stays");
}

// One transaction: the partition is gone exactly when the archive's row is there.
void Archive::drop(Month month, const ArchiveContents& contents, const std::optional<std::string>& key) const {
  OwnUnitOfWork work = sql_.open(kPool);
  work.add(drop_, 0, {SqlValue::text(month_date(month)), SqlValue::integer(contents.rows)});
  (void)work.query(drop_);
  if (key) archived_.add(work, month, {month_text(month), *key, contents.rows}, contents.sha256, clock_.now_us());
  work.commit();
}

// Called first in every run, so that a store that is away is noticed before a month is read. Without the rule the
// orphans are safe, but the store keeps them for too long: that is logged and is no reason to keep them here.
void Archive::ensure_expiry(S3Client& store) const {
  try {
    if (const auto document = with_expiry_rule(store.lifecycle())) store.put_lifecycle(*document);
  } catch (const Error& e) {
    if (e.code() == DLRGW_E_UNAVAILABLE) throw;
    log_.error("dlr.archive.lifecycle_failed", 0, {field("reason", e.what())});
  }
}

void Archive::failed(Month month, const Error& error) const {
  runs_.record(0, {"failed"});
  log_.error("dlr.archive.failed", 0, {field("month", month_text(month)), field("reason", error.what())});
}

}  // namespace dlrgw::correlate
