#include "segments_stage.hpp"

#include <algorithm>
#include <charconv>

namespace dlrgw::segments {
namespace {

std::uint32_t decimal(std::optional<std::string_view> text) {
  std::uint32_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

}  // namespace

// One receipt and what earlier stages left for it.
struct SegmentsStage::Item {
  MessageFacts message;
  Segment segment;
  std::uint32_t total = 1;
  bool is_final = false;
  std::uint32_t prior_intermediates = 0;
  std::string raw;
};

SegmentsShared::SegmentsShared(Host host, std::int64_t grace, bool legacy_subjects)
    : grace_us(grace),
      config(host),
      clock(host),
      sql(host),
      attributes(host),
      store(host),
      publisher(host, legacy_subjects) {}

bool SegmentsShared::one_for_all(std::string_view operator_id) const {
  return config.text("segment_dlr", operator_id) == "single";
}

SegmentsStage::Item SegmentsStage::item_of(const ReceiptView& receipt) const {
  const auto attribute = [&](std::string_view name) { return shared_.attributes.get(receipt.handle(), name); };
  Item item;
  item.message.message_id = receipt.message_id();
  item.message.account_id = receipt.account_id();
  item.message.operator_id = receipt.operator_id();
  item.message.to = attribute("correlate.to_addr").value_or("");
  item.message.segment_count = std::max(decimal(attribute("correlate.segment_count")), 1U);
  item.segment.index = std::max(receipt.segment_index(), 1U);
  item.segment.status = receipt.status();
  item.segment.error_code = receipt.error_code();
  item.segment.received_at_us = receipt.received_at_us();
  item.segment.occurred_at_us = receipt.dlr_timestamp_us().value_or(receipt.received_at_us());
  item.total = std::max(receipt.segment_total(), item.message.segment_count);
  const auto decision = attribute("dedup.decision");
  if (!decision) throw Error(DLRGW_E_INTERNAL, "a receipt came without the attribute dedup.decision");
  item.is_final = *decision == "final";
  item.prior_intermediates = decimal(attribute("dedup.prior_intermediates"));
  item.raw = attribute("dlr.raw").value_or("");
  return item;
}

void SegmentsStage::process(Batch& batch) {
  std::vector<Item> items;
  std::vector<std::uint32_t> order;
  std::set<std::string> several;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    items.push_back(item_of(batch[i]));
    if (items[i].total > 1) several.insert(items[i].message.message_id);
    order.push_back(i);
    batch.pass(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return batch[a].stream_seq() < batch[b].stream_seq(); });
  const UnitOfWork work = shared_.sql.in(batch.uow());
  OpenMessages messages;
  if (!several.empty()) messages = shared_.store.read(work, several);
  for (const std::uint32_t i : order) {
    // A message counts as one of several segments for all its receipts, whatever a single one of them says.
    const auto message = messages.find(items[i].message.message_id);
    if (message == messages.end()) {
      one_segment(work, batch[i], items[i]);
    } else {
      several_segments(work, batch[i], items[i], message->second);
    }
  }
}

void SegmentsStage::one_segment(const UnitOfWork& work, const ReceiptView& receipt, const Item& item) const {
  const std::uint32_t sequence = item.prior_intermediates + 1;
  if (!item.is_final) {
    shared_.publisher.intermediate(work, receipt.handle(), item.message, item.segment.error_code,
                                   item.segment.occurred_at_us, sequence);
    return;
  }
  SegmentSet set;
  Segment only = item.segment;
  only.index = 1;
  set.add(only);
  const auto aggregate = finalise(set, Expectation{});
  if (!aggregate) throw Error(DLRGW_E_INTERNAL, "a final receipt of a message of one segment did not decide it");
  shared_.publisher.final(work, receipt.handle(), item.message, *aggregate, false, sequence);
  shared_.publisher.tell_final(receipt.handle(), item.message, *aggregate);
}

void SegmentsStage::several_segments(const UnitOfWork& work, const ReceiptView& receipt, const Item& item,
                                     OpenMessage& message) const {
  message.total = std::max(message.total, item.total);
  shared_.store.add_segment(work, receipt, item.segment, message.total, item.raw);
  message.set.add(item.segment);
  if (!message.deadline_us) {
    message.deadline_us = item.segment.received_at_us + shared_.grace_us;
    shared_.store.open(work, receipt, *message.deadline_us);
  }
  if (message.decided) return;
  Expectation expectation;
  expectation.total = message.total;
  expectation.one_for_all = shared_.one_for_all(receipt.operator_id());
  expectation.deadline_passed = shared_.clock.now_us() >= *message.deadline_us;
  const auto aggregate = finalise(message.set, expectation);
  if (!aggregate) return;
  message.decided = true;
  shared_.publisher.final(work, receipt.handle(), item.message, *aggregate, true, 1);
  shared_.publisher.tell_final(receipt.handle(), item.message, *aggregate);
}

}  // namespace dlrgw::segments
