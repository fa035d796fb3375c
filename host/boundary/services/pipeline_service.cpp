// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <dlrgw/abi/pipeline.h>

#include "boundary/call_watch.hpp"
#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"

namespace dlrgw::host {
namespace {

// One value of a completion row, owning its text: the row is added long after the caller's array was read.
struct OwnedValue {
  Value value;
  std::string text;
};

std::vector<OwnedValue> copy_values(const dlrgw_submission& s) {
  std::vector<OwnedValue> out(s.completion_count);
  for (std::uint32_t i = 0; i < s.completion_count; ++i) {
    const dlrgw_sql_value& v = at(s.completion_values, s.completion_stride, i);
    out[i].text = view(v.text);
    out[i].value = {static_cast<ColumnType>(v.type), v.integer, v.number, {}};
  }
  return out;
}

Status check_completion(const PluginContext& context, const dlrgw_submission& s) {
  if (s.completion_statement >= context.statements.size())
    return Error{ErrorCode::kInvalid, "unknown completion statement"};
  const Statement& statement = context.statements[s.completion_statement];
  if (statement.is_query() || s.completion_count != statement.columns().size() ||
      s.completion_outcome >= s.completion_count) {
    return Error{ErrorCode::kInvalid, statement.full_name() +
                                          ": a completion is a write with one value per column, one of "
                                          "which is the outcome"};
  }
  for (std::uint32_t i = 0; i < s.completion_count; ++i) {
    if (at(s.completion_values, s.completion_stride, i).type > DLRGW_SQL_JSON) {
      return Error{ErrorCode::kInvalid, statement.full_name() + ": unknown value type"};
    }
  }
  return {};
}

Status complete(Batch& batch, const Statement& statement, std::vector<OwnedValue>& values, std::uint32_t outcome_column,
                std::string_view outcome) {
  std::vector<Value> row;
  row.reserve(values.size());
  for (OwnedValue& owned : values) {
    owned.value.text = owned.text;
    row.push_back(owned.value);
  }
  row[outcome_column] = Value::string(outcome);
  if (Status added = batch.work->unit.add_row(statement, 0, row); !added) return added;
  return batch.work->unit.flush();
}

template <std::size_t N>
std::uint32_t put(char (&into)[N], std::string_view text) {
  const std::size_t length = std::min(text.size(), N);
  std::copy_n(text.data(), length, into);
  return static_cast<std::uint32_t>(length);
}

std::int32_t submit(void* self, const dlrgw_submission* s, dlrgw_submission_result* result, dlrgw_error* error) {
  PluginContext& context = context_of(self);
  if (s == nullptr || !DLRGW_HAS(s, dlrgw_submission, completion_outcome) || result == nullptr ||
      !DLRGW_HAS(result, dlrgw_submission_result, report)) {
    return answer(error, ErrorCode::kInvalid, "submission or result is missing or too short");
  }
  if (CallScope::current() != nullptr) return answer(error, ErrorCode::kDenied, "a stage cannot submit");
  Submission wanted;
  wanted.payload = view(s->payload);
  wanted.event_id = view(s->event_id);
  if (s->received_at_us != DLRGW_NO_TIME) wanted.received_at_us = s->received_at_us;
  wanted.origin = view(s->origin);
  for (const std::string_view name : views(s->skip, s->skip_count, s->skip_stride)) wanted.skips.emplace_back(name);
  wanted.dry_run = (s->flags & DLRGW_SUBMIT_DRY_RUN) != 0;
  std::vector<OwnedValue> values;
  if (s->completion_values != nullptr) {
    if (Status valid = check_completion(context, *s); !valid) return answer(error, valid);
    values = copy_values(*s);
    wanted.complete = [&](Batch& batch, std::string_view outcome) {
      return complete(batch, context.statements[s->completion_statement], values, s->completion_outcome, outcome);
    };
  }
  const HostTime service;
  const Result<SubmissionResult> done = context.host.submit(wanted);
  if (!done) return answer(error, done.error().code, done.error().text);
  result->outcome_len = put(result->outcome, done->outcome);
  result->reason_len = put(result->reason, done->reason);
  result->stage_len = put(result->stage, done->stage);
  // Half a JSON document is worthless: the whole of it or nothing.
  result->report_len = done->report.size() <= sizeof result->report ? put(result->report, done->report) : 0;
  return DLRGW_OK;
}

std::int32_t skips(void*, std::uint64_t receipt, dlrgw_str name) {
  if (CallScope::receipt(receipt) == nullptr) return 0;
  const std::vector<std::string>& names = CallScope::current()->batch().skips;
  return std::find(names.begin(), names.end(), view(name)) != names.end() ? 1 : 0;
}

}  // namespace

dlrgw_pipeline make_pipeline_service(PluginContext& context) {
  return {sizeof(dlrgw_pipeline), 1, &context, submit, skips};
}

}  // namespace dlrgw::host
