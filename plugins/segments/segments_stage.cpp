// SPDX-License-Identifier: Apache-2.0
#include "segments_stage.hpp"

#include <algorithm>
#include <set>

#include "message/options.hpp"

namespace dlrgw::segments {

// One receipt and what earlier stages left for it.
struct SegmentsStage::Item {
  MessageFacts message;
  Segment segment;
  std::uint32_t total = 1;
  message::SegmentIndices unrequested;
  message::Course course = message::Course::kFinal;
  std::uint32_t prior_intermediates = 0;
  std::string raw;
};

SegmentsShared::SegmentsShared(Host host, std::int64_t grace, bool legacy_subjects)
    : grace_us(grace),
      config(host),
      clock(host),
      sql(host),
      handover(host),
      history(host),
      store(host),
      publisher(host, legacy_subjects) {}

bool SegmentsShared::one_for_all(std::string_view operator_id, std::string_view connector_id) const {
  return message::one_for_all(config, operator_id, connector_id);
}

SegmentsStage::Item SegmentsStage::item_of(const ReceiptView& receipt) const {
  const message::Handover& left = shared_.handover;
  const std::uint64_t handle = receipt.handle();
  Item item;
  item.message.message_id = receipt.message_id();
  item.message.account_id = receipt.account_id();
  item.message.operator_id = receipt.operator_id();
  item.message.to = left.find(handle, message::kToAddr).value_or(message::Address{}).value;
  item.message.segment_count = std::max(left.find(handle, message::kSegmentCount).value_or(1), 1U);
  item.message.filed_under_us = left.get(handle, message::kFiledUnder);
  item.segment.index = std::max(receipt.segment_index(), 1U);
  item.segment.status = receipt.status();
  item.segment.error_code = receipt.error_code();
  item.segment.network_error_code = receipt.network_error_code();
  item.segment.received_at_us = receipt.received_at_us();
  item.segment.occurred_at_us = receipt.dlr_timestamp_us().value_or(receipt.received_at_us());
  item.total = std::max(left.find(handle, message::kTotalSegments).value_or(1), 1U);
  item.unrequested = left.find(handle, message::kUnrequested).value_or(message::SegmentIndices{});
  item.course = left.get(handle, message::kCourse);
  item.prior_intermediates = left.find(handle, message::kPriorIntermediates).value_or(0);
  item.raw = left.find(handle, message::kRawStatus).value_or(message::RawStatus{}).value;
  return item;
}

void SegmentsStage::process(Batch& batch) {
  std::vector<Item> items;
  std::vector<std::uint32_t> order, late;
  FiledUnder several;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    items.push_back(item_of(batch[i]));
    if (items[i].course == message::Course::kLateSegment) {
      late.push_back(i);
      batch.drop(i, kReasonLate);
      continue;
    }
    if (items[i].total > 1) several.emplace(items[i].message.message_id, items[i].message.filed_under_us);
    order.push_back(i);
    batch.pass(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return batch[a].stream_seq() < batch[b].stream_seq(); });
  const UnitOfWork work = shared_.sql.in(batch.uow());
  for (const std::uint32_t i : late)
    shared_.store.add_segment(work, batch[i], items[i].message.filed_under_us, items[i].segment, items[i].total,
                              items[i].raw, true);
  OpenMessages messages;
  if (!several.empty()) messages = shared_.store.read(work, several);
  std::set<std::string_view> opened;
  for (const std::uint32_t i : order) {
    const auto message = messages.find(items[i].message.message_id);
    if (message == messages.end()) {
      // The final receipt finds the intermediate one, whatever becomes of the message's submit time.
      if (items[i].course == message::Course::kIntermediate && opened.insert(items[i].message.message_id).second)
        shared_.store.open(work, batch[i], items[i].message.filed_under_us,
                           items[i].segment.received_at_us + shared_.grace_us);
      one_segment(work, batch[i], items[i]);
    } else {
      several_segments(work, batch[i], items[i], message->second);
    }
  }
}

void SegmentsStage::one_segment(const UnitOfWork& work, const ReceiptView& receipt, const Item& item) const {
  const std::uint32_t sequence = item.prior_intermediates + 1;
  if (item.course == message::Course::kIntermediate) {
    shared_.publisher.intermediate(work, receipt.handle(), item.message, item.segment, sequence);
    return;
  }
  SegmentSet set;
  Segment only = item.segment;
  only.index = 1;
  set.add(only);
  const auto aggregate = message::finalise(set, message::Expectation{});
  if (!aggregate) throw Error(DLRGW_E_INTERNAL, "a final receipt of a message of one segment did not decide it");
  shared_.publisher.final(work, receipt.handle(), item.message, *aggregate, false, sequence);
  shared_.publisher.tell_final(receipt.handle(), item.message, *aggregate);
}

void SegmentsStage::several_segments(const UnitOfWork& work, const ReceiptView& receipt, const Item& item,
                                     OpenMessage& message) const {
  shared_.store.add_segment(work, receipt, item.message.filed_under_us, item.segment, item.total, item.raw, false);
  message.set.add(item.segment);
  if (!message.deadline_us) {
    message.deadline_us = item.segment.received_at_us + shared_.grace_us;
    shared_.store.open(work, receipt, item.message.filed_under_us, *message.deadline_us);
  }
  if (message.decided) return;
  // Past the deadline the sweep decides, not the receipt that happens to come: after an outage every receipt of the
  // backlog is old, and the segments of a message are spread over several batches.
  const auto aggregate = message::finalise(
      message.set,
      {item.total, item.unrequested, shared_.one_for_all(receipt.operator_id(), receipt.connector_id()), false});
  if (!aggregate) return;
  message.decided = true;
  shared_.publisher.final(work, receipt.handle(), item.message, *aggregate, true, item.prior_intermediates + 1);
  shared_.publisher.tell_final(receipt.handle(), item.message, *aggregate);
}

}  // namespace dlrgw::segments
