// SPDX-License-Identifier: Apache-2.0
// One stored payload through the chain, by grant "pipeline". In routes and jobs; a stage asks what its submission
// skips.
#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <dlrgw/abi/pipeline.h>
#include <dlrgw/cpp/sql.hpp>

namespace dlrgw {

// Stored id and times win over what the payload says; empty and nullopt leave it to the payload.
struct Submission {
  std::string_view payload;
  std::string_view event_id = {};
  std::optional<std::int64_t> received_at_us = {};
  std::string_view origin = {};
  std::initializer_list<std::string_view> skip = {};
  bool dry_run = false;
};

// A WRITE statement of this plugin, executed in the same transaction; the value at outcome_column is replaced by the
// outcome. A unique violation in it rolls everything back: Error with DLRGW_E_DENIED.
struct Completion {
  SqlStatement statement;
  std::span<const SqlValue> values;
  std::uint32_t outcome_column = 0;
};

struct SubmissionResult {
  std::string outcome;  // "retry": nothing was kept
  std::string reason;
  std::string stage;   // that ended it; empty at the end of the chain
  std::string report;  // JSON object
};

class Pipeline {
 public:
  explicit Pipeline(Host host) : pipeline_(host.require<dlrgw_pipeline>(DLRGW_SERVICE_PIPELINE)) {}

  // Throws with DLRGW_E_DATA (the payload is no receipt), _UNAVAILABLE, _TRANSIENT, _DENIED.
  [[nodiscard]] SubmissionResult submit(const Submission& submission) const { return submit(submission, nullptr); }
  [[nodiscard]] SubmissionResult submit(const Submission& submission, const Completion& completion) const {
    return submit(submission, &completion);
  }
  // [stage] whether the submission of this receipt named `name` in its skip list.
  [[nodiscard]] bool skips(std::uint64_t receipt, std::string_view name) const {
    return pipeline_->skips(pipeline_->self, receipt, str(name)) != 0;
  }

 private:
  [[nodiscard]] SubmissionResult submit(const Submission& submission, const Completion* completion) const {
    std::vector<dlrgw_str> skip;
    for (const std::string_view name : submission.skip) skip.push_back(str(name));
    dlrgw_submission raw{};
    raw.struct_size = sizeof raw;
    raw.flags = submission.dry_run ? DLRGW_SUBMIT_DRY_RUN : 0;
    raw.payload = str(submission.payload);
    raw.event_id = str(submission.event_id);
    raw.received_at_us = submission.received_at_us.value_or(DLRGW_NO_TIME);
    raw.origin = str(submission.origin);
    raw.skip = skip.data();
    raw.skip_count = static_cast<std::uint32_t>(skip.size());
    raw.skip_stride = sizeof(dlrgw_str);
    if (completion != nullptr) {
      raw.completion_values = completion->values.data();
      raw.completion_count = static_cast<std::uint32_t>(completion->values.size());
      raw.completion_stride = sizeof(SqlValue);
      raw.completion_statement = completion->statement.id;
      raw.completion_outcome = completion->outcome_column;
    }
    dlrgw_submission_result result{};
    result.struct_size = sizeof result;
    dlrgw_error error = make_error();
    check(pipeline_->submit(pipeline_->self, &raw, &result, &error), error);
    return {{result.outcome, result.outcome_len},
            {result.reason, result.reason_len},
            {result.stage, result.stage_len},
            {result.report, result.report_len}};
  }
  const dlrgw_pipeline* pipeline_;
};

}  // namespace dlrgw
