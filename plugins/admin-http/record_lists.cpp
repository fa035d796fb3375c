// SPDX-License-Identifier: Apache-2.0
// The lists that there are. Orphans have theirs in the plugin that keeps them, which knows of archived months too.
#include "record_list.hpp"

namespace dlrgw::admin_http {
namespace {

using enum CellKind;

RecordList late() {
  return {.name = "late",
          .path = "/v1/admin/dlr/late",
          .from = "dlr.late_dlrs x",
          .condition = "true",
          .at = "x.received_at",
          .behind = {"x.late_id"},
          .place = PlaceKind::kUuid,
          .filters = {{"operatorId", "x.operator_id"}, {"accountId", "x.account_id", true}, {"kind", "x.kind"}},
          .payload = "x.raw_payload",
          .columns = {{"id", "x.late_id"},
                      {"messageId", "x.message_id"},
                      {"accountId", "x.account_id"},
                      {"segmentIndex", "x.segment_index", kNumber},
                      {"operatorId", "x.operator_id"},
                      {"operatorMessageId", "x.operator_message_id"},
                      {"dlrStatus", "x.dlr_status"},
                      {"rawStat", "x.raw_stat"},
                      {"kind", "x.kind"},
                      {"priorStatus", "x.prior_status"},
                      {"priorAt", "x.prior_at", kTime},
                      {"dlrTimestamp", "x.dlr_timestamp", kTime},
                      {"receivedAt", "x.received_at", kTime},
                      {"eventId", "x.event_id"}}};
}

// What did not go through: kind `invalid` or `rejected`, and what became of it when it was put through again.
RecordList refused(std::string_view kind, std::string_view path, std::string_view condition) {
  return {.name = kind,
          .path = path,
          .from =
              "dlr.invalid_dlrs x LEFT JOIN dlr.rejected_resubmissions s ON s.stream_identity = x.stream_identity "
              "AND s.stream_seq = x.stream_seq",
          .condition = condition,
          .at = "x.received_at",
          .behind = {"x.stream_identity", "x.stream_seq"},
          .place = PlaceKind::kNumberAndText,
          .filters = {{"operatorId", "x.operator_id"}, {"reason", "x.reason"}, {"stage", "x.stage"}},
          .payload = "x.payload",
          .columns = {{"streamIdentity", "x.stream_identity"},
                      {"streamSequence", "x.stream_seq", kNumber},
                      {"operatorId", "x.operator_id"},
                      {"eventId", "x.event_id"},
                      {"reason", "x.reason"},
                      {"detail", "x.detail"},
                      {"stage", "x.stage"},
                      {"plugin", "x.plugin"},
                      {"receivedAt", "x.received_at", kTime},
                      {"resubmittedAt", "s.resubmitted_at", kTime},
                      {"resubmittedOutcome", "s.outcome"}}};
}

// Its pages are of the plugin that keeps it.
RecordList quarantined() {
  return {.name = "quarantine",
          .path = "/v1/admin/dlr/quarantine",
          .pages = false,
          .from = "dlr.quarantined_dlrs x LEFT JOIN dlr.quarantine_actions a ON a.quarantine_id = x.id",
          .condition = "true",
          .at = "x.received_at",
          .behind = {"x.id"},
          .place = PlaceKind::kUuid,
          .filters = {{"operatorId", "x.operator_id"}, {"accountId", "x.account_id", true}},
          .payload = "x.payload_raw",
          .columns = {{"id", "x.id"},
                      {"operatorId", "x.operator_id"},
                      {"operatorMessageId", "x.operator_message_id"},
                      {"messageId", "x.message_id"},
                      {"accountId", "x.account_id"},
                      {"dlrStatus", "x.dlr_status"},
                      {"dlrTimestamp", "x.dlr_timestamp", kTime},
                      {"receivedAt", "x.received_at", kTime},
                      {"terminalAt", "x.terminal_at", kTime},
                      {"eventId", "x.event_id"},
                      {"action", "a.action"},
                      {"result", "a.result"},
                      {"actor", "a.actor"},
                      {"actedAt", "a.acted_at", kTime}}};
}

RecordList audit() {
  return {.name = "audit",
          .path = "/v1/admin/audit",
          .from = "dlr.audit_log x",
          .condition = "true",
          .at = "x.at",
          .behind = {"x.id"},
          .place = PlaceKind::kNumber,
          .filters = {{"actor", "x.actor"}, {"action", "x.action"}, {"entityId", "x.entity_id"}},
          .payload = {},
          .columns = {{"id", "x.id", kNumber},
                      {"at", "x.at", kTime},
                      {"actor", "x.actor"},
                      {"action", "x.action"},
                      {"entity", "x.entity"},
                      {"entityId", "x.entity_id"},
                      {"details", "x.details", kJson}}};
}

// In the order in which they were stored, which is that of their blocks: what is read at once is a short time, because
// the index tells blocks, not rows.
RecordList receipts() {
  return {.name = "receipts",
          .path = "/v1/admin/receipts",
          .pages = false,
          .from = "dlr.delivery_receipts x",
          .condition = "true",
          .at = "x.processed_at",
          .behind = {"(x.message_id || '/' || x.segment_index || '/' || x.state_key) COLLATE \"C\""},
          .place = PlaceKind::kText,
          .filters = {{"operatorId", "x.operator_id"}, {"accountId", "x.account_id", true}},
          .needs_filter = true,
          .window_us = 300LL * 1'000'000,
          .payload = "x.raw_payload",
          .columns = {{"messageId", "x.message_id"},
                      {"accountId", "x.account_id"},
                      {"segmentIndex", "x.segment_index", kNumber},
                      {"operatorId", "x.operator_id"},
                      {"operatorMessageId", "x.operator_message_id"},
                      {"dlrStatus", "x.dlr_status"},
                      {"rawStat", "NULLIF(x.raw_stat, '')"},
                      {"errorCode", "x.error_code"},
                      {"networkErrorCode", "x.network_error_code"},
                      {"dlrTimestamp", "x.dlr_timestamp", kTime},
                      {"receivedAt", "x.received_at", kTime},
                      {"processedAt", "x.processed_at", kTime},
                      {"eventId", "x.event_id"},
                      {"plugin", "x.plugin"},
                      {"pluginVersion", "x.plugin_version"},
                      {"flags", "NULLIF(x.flags, '')"}}};
}

}  // namespace

const std::vector<RecordList>& record_lists() {
  static const std::vector<RecordList> kLists{late(),
                                              refused("invalid", "/v1/admin/dlr/invalid", "x.kind = 'invalid'"),
                                              refused("rejected", "/v1/admin/dlr/rejected", "x.kind = 'rejected'"),
                                              quarantined(),
                                              audit(),
                                              receipts()};
  return kLists;
}

}  // namespace dlrgw::admin_http
