// SPDX-License-Identifier: Apache-2.0
// One receipt on its way through a lane: the delivery, what was decoded from it, the edits and attributes of the
// stages, the verdict, and what is held back until commit. Owned by its batch; touched by the lane's thread only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/receipt.h>
#include <dlrgw/abi/stage.h>

#include "intake/delivery.hpp"
#include "receipt/held_back.hpp"
#include "receipt/inbound.hpp"
#include "receipt/trace_context.hpp"
#include "receipt/verdict.hpp"

namespace dlrgw::host {

class Breaker;

class Receipt {
 public:
  Receipt(Delivery delivery, Inbound inbound, std::uint64_t handle);
  Receipt(const Receipt&) = delete;
  Receipt& operator=(const Receipt&) = delete;

  // The view with all edits that were applied; its pointers live until the next apply_edits().
  [[nodiscard]] const dlrgw_receipt& view() const { return view_; }
  [[nodiscard]] std::uint64_t handle() const { return view_.handle; }
  [[nodiscard]] const Inbound& inbound() const { return inbound_; }
  [[nodiscard]] Delivery& delivery() { return delivery_; }
  [[nodiscard]] const Delivery& delivery() const { return delivery_; }
  [[nodiscard]] TraceIds trace() const { return trace_.ids(); }
  [[nodiscard]] std::string traceparent() const {
    return trace_.traceparent();
  }  // of this gateway's span; empty without an inbound trace

  // Edits wait until apply_edits(); all answer DLRGW_ codes of dlrgw/abi/edit.h.
  std::int32_t set_text(std::uint32_t field, std::string_view value);
  std::int32_t set_int(std::uint32_t field, std::int64_t value);
  std::int32_t set_candidates(const dlrgw_candidate* items, std::uint32_t count, std::uint32_t stride);
  std::int32_t add_flag(std::string_view flag);
  std::int32_t get_text(std::uint32_t field, std::string_view& out) const;
  std::int32_t get_int(std::uint32_t field, std::int64_t& out) const;
  std::int32_t get_candidate(std::uint32_t index, dlrgw_candidate& out) const;
  void handled_by(std::string_view plugin, std::string_view version);
  [[nodiscard]] std::size_t edit_mark() const { return edits_.size(); }
  void undo_edits_since(std::size_t mark) { edits_.resize(mark); }
  bool apply_edits();  // false: the view is as it was

  std::int32_t set_attribute(std::string_view name, std::string_view value);
  std::int32_t get_attribute(std::string_view name, std::string_view& out) const;
  struct Attribute {
    std::string name;
    std::string value;
  };
  [[nodiscard]] const std::vector<Attribute>& attributes() const { return attributes_; }

  Verdict verdict;
  HeldBack held_back;
  Breaker* turned_away_by = nullptr;  // in this run; belongs to the snapshot

 private:
  struct OwnedCandidate {
    std::string id;
    std::uint32_t rank = 0;
  };
  struct PendingEdit {
    std::uint32_t field = 0;  // 0 = candidates, kFlag = flag
    std::int64_t integer = 0;
    std::string text;
    std::vector<OwnedCandidate> candidates;
  };

  static bool is_identity(std::uint32_t field);
  std::string* text_of(std::uint32_t field);
  [[nodiscard]] const std::string* text_of(std::uint32_t field) const;
  void apply(PendingEdit& edit);
  void rebuild_view();

  Delivery delivery_;
  Inbound inbound_;
  TraceContext trace_;
  std::string message_id_, account_id_, flags_, quirk_plugin_, quirk_version_;
  std::int64_t status_ = DLRGW_STATUS_NONE;
  std::int64_t finality_ = DLRGW_FINALITY_BY_ESM_CLASS, no_id_ = 0;  // for whoever asks the quirk; not in the view
  std::uint32_t segment_index_ = 0, segment_total_ = 0;
  std::vector<OwnedCandidate> candidates_;
  std::vector<dlrgw_candidate> candidate_views_;
  std::vector<PendingEdit> edits_;
  std::vector<Attribute> attributes_;
  dlrgw_receipt view_{};
};

}  // namespace dlrgw::host
