// SPDX-License-Identifier: Apache-2.0
// Edits, attributes and, by grant, the personal data of a receipt.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include <dlrgw/abi/attributes.h>
#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/pii.h>
#include <dlrgw/abi/quirks.h>
#include <dlrgw/cpp/host.hpp>
#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw {

enum class TextField : std::uint32_t {
  kRawStatus = DLRGW_EDIT_RAW_STATUS,
  kErrorCode = DLRGW_EDIT_ERROR_CODE,
  kNetworkErrorCode = DLRGW_EDIT_NETWORK_ERROR_CODE,
  kOperatorMessageId = DLRGW_EDIT_OPERATOR_MESSAGE_ID,
  kMessageId = DLRGW_EDIT_MESSAGE_ID,
  kAccountId = DLRGW_EDIT_ACCOUNT_ID,
  kSubmitDate = DLRGW_EDIT_SUBMIT_DATE,
  kDoneDate = DLRGW_EDIT_DONE_DATE,
};
enum class IntField : std::uint32_t {
  kStatus = DLRGW_EDIT_STATUS,
  kDlrTimestamp = DLRGW_EDIT_DLR_TIMESTAMP,
  kSegmentIndex = DLRGW_EDIT_SEGMENT_INDEX,
  kSegmentTotal = DLRGW_EDIT_SEGMENT_TOTAL,
  kMessageState = DLRGW_EDIT_MESSAGE_STATE,
  kFinality = DLRGW_EDIT_FINALITY,
  kNoId = DLRGW_EDIT_NO_ID,
};
enum class Finality : std::int64_t {
  kByEsmClass = DLRGW_FINALITY_BY_ESM_CLASS,
  kFinal = DLRGW_FINALITY_FINAL,
  kIntermediate = DLRGW_FINALITY_INTERMEDIATE,
};

class Edit {
 public:
  explicit Edit(Host host) : edit_(host.require<dlrgw_edit>(DLRGW_SERVICE_EDIT)) {}

  void set(std::uint64_t receipt, TextField field, std::string_view value) const {
    check(edit_->set_text(edit_->self, receipt, static_cast<std::uint32_t>(field), str(value)), "edit of a text field");
  }
  void set(std::uint64_t receipt, IntField field, std::int64_t value) const {
    check(edit_->set_int(edit_->self, receipt, static_cast<std::uint32_t>(field), value), "edit of an integer field");
  }
  void set_status(std::uint64_t receipt, DlrStatus status) const {
    set(receipt, IntField::kStatus, static_cast<std::int64_t>(status));
  }
  void set_candidates(std::uint64_t receipt, std::span<const Candidate> candidates) const {
    std::vector<dlrgw_candidate> items;
    items.reserve(candidates.size());
    for (const Candidate& c : candidates) items.push_back({sizeof(dlrgw_candidate), c.rank, str(c.id)});
    check(edit_->set_candidates(edit_->self, receipt, items.data(), static_cast<std::uint32_t>(items.size()),
                                sizeof(dlrgw_candidate)),
          "edit of the candidates");
  }
  void add_flag(std::uint64_t receipt, std::string_view flag) const {
    check(edit_->add_flag(edit_->self, receipt, str(flag)), "flag");
  }
  [[nodiscard]] std::string_view get(std::uint64_t receipt, TextField field) const {
    dlrgw_str out{};
    check(edit_->get_text(edit_->self, receipt, static_cast<std::uint32_t>(field), &out), "read of a text field");
    return view(out);
  }
  [[nodiscard]] std::int64_t get(std::uint64_t receipt, IntField field) const {
    std::int64_t out = 0;
    check(edit_->get_int(edit_->self, receipt, static_cast<std::uint32_t>(field), &out), "read of an integer field");
    return out;
  }
  [[nodiscard]] DlrStatus status(std::uint64_t receipt) const {
    return static_cast<DlrStatus>(get(receipt, IntField::kStatus));
  }
  [[nodiscard]] std::vector<Candidate> candidates(std::uint64_t receipt) const {
    std::vector<Candidate> out;
    dlrgw_candidate item{};
    item.struct_size = sizeof item;
    for (std::uint32_t i = 0; edit_->get_candidate(edit_->self, receipt, i, &item) == DLRGW_OK; ++i) {
      out.push_back({view(item.id), item.rank});
    }
    return out;
  }

 private:
  const dlrgw_edit* edit_;
};

class Attributes {
 public:
  explicit Attributes(Host host) : attributes_(host.require<dlrgw_attributes>(DLRGW_SERVICE_ATTRIBUTES)) {}
  void set(std::uint64_t receipt, std::string_view name, std::string_view value) const {
    check(attributes_->set(attributes_->self, receipt, str(name), str(value)), "attribute");
  }
  [[nodiscard]] std::optional<std::string_view> get(std::uint64_t receipt, std::string_view name) const {
    dlrgw_str out{};
    const std::int32_t code = attributes_->get(attributes_->self, receipt, str(name), &out);
    if (code == DLRGW_E_NOT_FOUND) return std::nullopt;
    check(code, "attribute");
    return view(out);
  }

 private:
  const dlrgw_attributes* attributes_;
};

// Needs the grant "pii". Never log what it returns.
class Pii {
 public:
  explicit Pii(Host host) : pii_(host.require<dlrgw_pii>(DLRGW_SERVICE_PII)) {}
  [[nodiscard]] std::string_view source_addr(std::uint64_t receipt) const {
    return get(receipt, DLRGW_PII_SOURCE_ADDR);
  }
  [[nodiscard]] std::string_view dest_addr(std::uint64_t receipt) const { return get(receipt, DLRGW_PII_DEST_ADDR); }
  [[nodiscard]] std::string_view raw_receipt(std::uint64_t receipt) const {
    return get(receipt, DLRGW_PII_RAW_RECEIPT);
  }
  [[nodiscard]] std::string_view payload(std::uint64_t receipt) const { return get(receipt, DLRGW_PII_PAYLOAD); }
  // The receipt text with its control characters; on a host of 1.0 the text without them.
  [[nodiscard]] std::string_view receipt_as_received(std::uint64_t receipt) const {
    return pii_->revision < 2 ? raw_receipt(receipt) : get(receipt, DLRGW_PII_RECEIPT_AS_RECEIVED);
  }
  // Hex text; empty when the receipt has no such TLV.
  [[nodiscard]] std::string_view tlv(std::uint64_t receipt, std::uint32_t tag) const {
    dlrgw_str out{};
    const std::int32_t code = pii_->get_tlv(pii_->self, receipt, tag, &out);
    if (code == DLRGW_E_NOT_FOUND) return {};
    check(code, "TLV");
    return view(out);
  }
  // The value of a TLV; nullopt when the receipt has none. Needs a host of 1.1, as the next one does.
  [[nodiscard]] std::optional<std::string> tlv_octets(std::uint64_t receipt, std::uint32_t tag) const {
    need_typed_tlvs();
    std::uint32_t length = 0;
    const std::int32_t code = pii_->get_tlv_octets(pii_->self, receipt, tag, nullptr, 0, &length);
    if (code == DLRGW_E_NOT_FOUND) return std::nullopt;
    check(code, "TLV");
    std::string out(length, '\0');
    check(pii_->get_tlv_octets(pii_->self, receipt, tag, reinterpret_cast<std::uint8_t*>(out.data()), length, &length),
          "TLV");
    return out;
  }
  // nullopt when the receipt has none, or one that is no number of 1 to 8 octets.
  [[nodiscard]] std::optional<std::uint64_t> tlv_integer(std::uint64_t receipt, std::uint32_t tag) const {
    need_typed_tlvs();
    std::uint64_t out = 0;
    const std::int32_t code = pii_->get_tlv_integer(pii_->self, receipt, tag, &out);
    if (code == DLRGW_E_NOT_FOUND || code == DLRGW_E_INVALID) return std::nullopt;
    check(code, "TLV");
    return out;
  }

 private:
  void need_typed_tlvs() const {
    if (!DLRGW_HAS(pii_, dlrgw_pii, get_tlv_integer))
      throw Error(DLRGW_E_INVALID, "typed TLVs need a host of 1.1; set abi_minor_needed = 1");
  }
  [[nodiscard]] std::string_view get(std::uint64_t receipt, std::uint32_t what) const {
    dlrgw_str out{};
    const std::int32_t code = pii_->get(pii_->self, receipt, what, &out);
    if (code == DLRGW_E_NOT_FOUND) return {};
    check(code, "personal data");
    return view(out);
  }
  const dlrgw_pii* pii_;
};

class Quirks {
 public:
  explicit Quirks(Host host) : quirks_(host.require<dlrgw_quirks>(DLRGW_SERVICE_QUIRKS)) {}
  enum class Answer : std::uint32_t {
    kNone = DLRGW_QUIRKS_NONE,
    kHandled = DLRGW_QUIRKS_HANDLED,
    kFailed = DLRGW_QUIRKS_FAILED,
  };
  [[nodiscard]] Answer apply(std::uint64_t receipt) const {
    dlrgw_error error = make_error();
    std::uint32_t result = DLRGW_QUIRKS_NONE;
    check(quirks_->apply(quirks_->self, receipt, &result, &error), error);
    return static_cast<Answer>(result);
  }

 private:
  const dlrgw_quirks* quirks_;
};

}  // namespace dlrgw
