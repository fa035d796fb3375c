// SPDX-License-Identifier: Apache-2.0
#include "message/history_reader.hpp"

#include <algorithm>
#include <set>

#include "message/sql.hpp"
#include "message/states.hpp"

namespace dlrgw::message {
namespace {

constexpr std::string_view kFindIndex = R"(
SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = 'smpp.message_correlations'::regclass AND i.indisvalid AND a.attname = 'message_id')";

enum Column : std::uint32_t { kKind, kMessageId, kNumber, kStatus, kRaw, kEventId, kFingerprint, kAt, kFiledUnder };

constexpr std::string_view kReceiptKind = "receipt";

std::uint32_t segment_of(const SqlResult& result, std::uint32_t row) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(result.integer(row, kNumber), 1, kMaxSegments));
}

void take_receipt(const SqlResult& result, std::uint32_t row, std::string_view kind, History& history) {
  Identity identity;
  identity.event_id = result.text(row, kEventId);
  identity.fingerprint = result.bytes(row, kFingerprint);
  if (kind == "quarantined") {
    history.quarantined.push_back(std::move(identity));
    return;
  }
  SeenReceipt seen;
  seen.segment = segment_of(result, row);
  seen.status = dlr_status_from(result.text(row, kStatus));
  seen.raw = kind == kReceiptKind ? raw_of(result.text(row, kRaw)) : result.text(row, kRaw);
  seen.identity = std::move(identity);
  seen.late = late_kind_from(kind);
  if (!seen.late && kind != kReceiptKind) seen.late = LateKind::kTerminalConflict;
  history.receipts.push_back(std::move(seen));
}

void take(const SqlResult& result, std::uint32_t row, History& history) {
  const std::string kind(result.text(row, kKind));
  if (kind == "message") {
    // What ended it says so in both; its owner may have put the status back.
    history.message_status = result.text(row, kStatus);
    if (!is_terminal_message_status(history.message_status) && is_terminal_message_status(result.text(row, kRaw)))
      history.message_status = result.text(row, kRaw);
    history.filed_under_us = result.time_us(row, kFiledUnder).value_or(0);
    history.terminal_since_us = result.time_us(row, kAt);
    history.terminal_since_cut = result.integer(row, kNumber) != 0;
  } else if (kind == "aggregate") {
    history.aggregated = true;
  } else if (kind == "segment") {
    history.total_segments = std::max(history.total_segments, segment_of(result, row));
    if (!is_terminal(dlr_status_from(result.text(row, kStatus)))) ++history.silent_intermediates;
  } else if (kind == "submit" || kind == "unrequested_submit") {
    const std::uint32_t segment = segment_of(result, row);
    history.newest_submit_us[segment] = result.time_us(row, kAt).value_or(0);
    if (kind == "unrequested_submit") history.unrequested.insert(segment);
  } else {
    take_receipt(result, row, kind, history);
  }
}

// Whether the batch takes the message for one of a single segment although receipts of several are stored: the rows
// contradict each other, and its segments have not been read.
bool was_of_several(const History& history) {
  return history.total_segments == 1 && std::any_of(history.receipts.begin(), history.receipts.end(),
                                                    [](const SeenReceipt& seen) { return seen.segment > 1; });
}

}  // namespace

HistoryReader::HistoryReader(Host host) : log_(host) {
  const Sql sql(host);
  lock_ = sql.query("lock_messages", kLockMessages, {{"message_id", SqlType::kUuid}});
  read_ =
      sql.query("read_history", read_history(),
                {{"message_id", SqlType::kUuid}, {"several_segments", SqlType::kBool}, {"failure", SqlType::kBool}});
  find_index_ = sql.query("find_submit_index", kFindIndex, {});
}

void HistoryReader::lock(const UnitOfWork& work, const std::map<std::string, Asked>& messages) const {
  for (const auto& [message_id, asked] : messages) work.add(lock_, 0, {SqlValue::uuid(message_id)});
  static_cast<void>(work.query(lock_));
}

std::map<std::string, History> HistoryReader::read(const UnitOfWork& work,
                                                   const std::map<std::string, Asked>& messages) const {
  std::map<std::string, History> histories = read_rows(work, messages, false);
  std::map<std::string, Asked> contradictory;
  for (const auto& [message_id, history] : histories)
    if (was_of_several(history)) contradictory.insert(*messages.find(message_id));
  if (!contradictory.empty()) {
    for (auto& [message_id, history] : read_rows(work, contradictory, true)) histories[message_id] = std::move(history);
  }
  return histories;
}

std::map<std::string, History> HistoryReader::read_rows(const UnitOfWork& work,
                                                        const std::map<std::string, Asked>& messages,
                                                        bool as_several) const {
  bool asks_submits = false;
  for (const auto& [message_id, asked] : messages) {
    const bool several = as_several || asked.several || asked.total_segments > 1;
    asks_submits = asks_submits || several || asked.failure;
    work.add(read_, 0, {SqlValue::uuid(message_id), SqlValue::boolean(several), SqlValue::boolean(asked.failure)});
  }
  if (asks_submits) warn_without_index(work);
  const SqlResult result = work.query(read_);
  std::map<std::string, History> histories;
  std::set<std::string> exist;
  for (std::uint32_t row = 0; row < result.rows(); ++row) {
    const std::string message_id(result.text(row, kMessageId));
    if (result.text(row, kKind) == "message") exist.insert(message_id);
    take(result, row, histories[message_id]);
  }
  std::erase_if(histories, [&](const auto& entry) { return !exist.contains(entry.first); });
  for (auto& [message_id, history] : histories)
    history.total_segments = std::max(history.total_segments, messages.at(message_id).total_segments);
  return histories;
}

void HistoryReader::warn_without_index(const UnitOfWork& work) const {
  if (index_checked_.exchange(true)) return;
  if (work.query(find_index_).rows() > 0) return;
  log_.warn("dlr.correlations.no_index", 0,
            {field("table", "smpp.message_correlations"),
             field("action",
                   "create an index on (message_id): without it every batch with a failure receipt or a message "
                   "of several segments scans the table")});
}

}  // namespace dlrgw::message
