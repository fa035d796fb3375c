// SPDX-License-Identifier: Apache-2.0
// The job `correlate.archive`: writes months of orphans that are old enough to an S3-compatible store, and drops their
// partition once the store gives back exactly what was sent. Each run starts from what the database says, so a run that
// was killed leaves nothing to clean up. Owned by the plugin; on its job's thread.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "archive_file.hpp"
#include "archived_months.hpp"
#include "message/month.hpp"
#include "orphan_reader.hpp"
#include "s3_client.hpp"

namespace dlrgw::correlate {

struct ArchiveOptions {
  std::chrono::days hot{30};
  std::string directory;         // of the temporary file
  std::optional<S3Settings> s3;  // none: nothing is archived and nothing dropped
};
// Refuses what cannot be used; throws where the keys of the store do not fit one another.
ArchiveOptions read_archive_options(const Config& config);

// "orphans/2026/01/orphans-2026-01-0a1b2c3d4e5f6071.ndjson.gz": other contents never replace an object.
std::string object_key(Month month, std::string_view sha256);

class Archive {
 public:
  Archive(Host host, ArchiveOptions options);
  // Throws when a month that is due could not be archived; the other months have been tried then, or come first in the
  // next run.
  void run(const JobContext& context);

 private:
  [[nodiscard]] std::vector<Month> due() const;
  void archive(Month month, S3Client& store, const JobContext& context) const;
  // False: stopped before the end.
  [[nodiscard]] bool write_rows(Month month, ArchiveFile& file, const JobContext& context) const;
  void verify(S3Client& store, const std::string& key, const ArchiveContents& sent) const;
  void drop(Month month, const ArchiveContents& contents, const std::optional<std::string>& key) const;
  void ensure_expiry(S3Client& store) const;
  void failed(Month month, const Error& error) const;

  ArchiveOptions options_;
  Sql sql_;
  Clock clock_;
  Log log_;
  FailPoints fail_points_;
  OrphanReader reader_;
  ArchivedMonths archived_;
  Metric runs_, rows_;
  SqlStatement partitions_, drop_;
  bool said_off_ = false;  // turns of one job follow each other
  Month gave_up_at_{};     // the last run ended there, before the months behind it
};

}  // namespace dlrgw::correlate
