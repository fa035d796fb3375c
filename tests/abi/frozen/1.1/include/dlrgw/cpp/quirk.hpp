// SPDX-License-Identifier: Apache-2.0
// An operator quirk in C++: derive from Quirk and read and rewrite one receipt at a time.
#pragma once
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <dlrgw/abi/quirk.h>
#include <dlrgw/cpp/edit.hpp>

namespace dlrgw {

// The receipt as a quirk sees it: a view plus the edits.
class QuirkReceipt : public ReceiptView {
 public:
  QuirkReceipt(const dlrgw_receipt* receipt, const Edit& edit, const Pii* pii)
      : ReceiptView(receipt), edit_(edit), pii_(pii) {}

  void set_status(DlrStatus status) { edit_.set_status(handle(), status); }
  void set_raw_status(std::string_view text) { edit_.set(handle(), TextField::kRawStatus, text); }
  void set_error_code(std::string_view text) { edit_.set(handle(), TextField::kErrorCode, text); }
  void set_operator_message_id(std::string_view id) { edit_.set(handle(), TextField::kOperatorMessageId, id); }
  void set_candidates(std::initializer_list<Candidate> ids) {
    edit_.set_candidates(handle(), std::span<const Candidate>(ids.begin(), ids.size()));
  }
  void set_dlr_timestamp_us(std::int64_t us) { edit_.set(handle(), IntField::kDlrTimestamp, us); }
  void add_flag(std::string_view flag) { edit_.add_flag(handle(), flag); }
  // These two need a host of 1.1. Final: the status counts, whatever esm_class says. Intermediate: UNKNOWN.
  void set_finality(Finality finality) {
    edit_.set(handle(), IntField::kFinality, static_cast<std::int64_t>(finality));
  }
  // No id of this receipt is one: it is rejected as no_message_id, instead of hitting a stranger's message.
  void set_no_id() { edit_.set(handle(), IntField::kNoId, 1); }
  // The receipt text; needs the grant "pii". Never log it.
  [[nodiscard]] std::string_view raw_receipt() const { return pii().raw_receipt(handle()); }
  [[nodiscard]] std::string_view tlv(std::uint32_t tag) const { return pii().tlv(handle(), tag); }
  // 1.1; see Pii.
  [[nodiscard]] std::string_view receipt_as_received() const { return pii().receipt_as_received(handle()); }
  [[nodiscard]] std::optional<std::string> tlv_octets(std::uint32_t tag) const {
    return pii().tlv_octets(handle(), tag);
  }
  [[nodiscard]] std::optional<std::uint64_t> tlv_integer(std::uint32_t tag) const {
    return pii().tlv_integer(handle(), tag);
  }

 private:
  [[nodiscard]] const Pii& pii() const {
    if (pii_ == nullptr) throw Error(DLRGW_E_DENIED, "the receipt text needs the grant \"pii\"");
    return *pii_;
  }
  const Edit& edit_;
  const Pii* pii_;
};

class Quirk {
 public:
  Quirk() = default;
  Quirk(const Quirk&) = delete;
  Quirk& operator=(const Quirk&) = delete;
  virtual ~Quirk() = default;
  virtual void activate() {}
  // true = handled: what was set stands. false = not mine: nothing happened.
  virtual bool apply(QuirkReceipt& receipt) = 0;
  virtual void deactivate() {}
};

// A class for DLRGW_QUIRK_PLUGIN (dlrgw/plugin.hpp) may say which services it cannot do without, in a public member
//   static constexpr dlrgw_str kServices[] = {dlrgw::str(DLRGW_SERVICE_PII)};
// and fetch services in a constructor that takes the Host.
struct QuirkSpec {
  std::string_view name;
  std::vector<std::string_view> operators;
};

namespace detail {

template <class Q>
constexpr std::span<const dlrgw_str> quirk_services() {
  if constexpr (requires { Q::kServices; }) return Q::kServices;
  return {};
}
template <class Q>
std::unique_ptr<Quirk> make_quirk(Host host) {
  if constexpr (std::is_constructible_v<Q, Host>)
    return std::make_unique<Q>(host);
  else
    return std::make_unique<Q>();
}

struct QuirkRegistration {
  using Factory = std::function<std::unique_ptr<Quirk>(std::uint32_t lane)>;

  struct Instance {
    std::unique_ptr<Quirk> quirk;
    const QuirkRegistration* registration;
  };

  QuirkRegistration(Host host, const QuirkSpec& spec, Factory make)
      : name(spec.name), factory(std::move(make)), edit(host) {
    if (host.find<dlrgw_pii>(DLRGW_SERVICE_PII) != nullptr) pii.emplace(host);
    for (const std::string_view id : spec.operators) operators.push_back(str(id));
    table.struct_size = sizeof table;
    table.name = str(name);
    table.operators = operators.data();
    table.operators_count = static_cast<std::uint32_t>(operators.size());
    table.operators_stride = sizeof(dlrgw_str);
    table.create = [](void* user, std::uint32_t lane, void** self, dlrgw_error* error) {
      return guarded(error, [&] {
        const auto* registration = static_cast<QuirkRegistration*>(user);
        *self = new Instance{registration->factory(lane), registration};
      });
    };
    table.activate = [](void* self, dlrgw_error* error) {
      return guarded(error, [&] { static_cast<Instance*>(self)->quirk->activate(); });
    };
    table.apply = [](void* self, const dlrgw_receipt* receipt, std::uint32_t* result, dlrgw_error* error) {
      return guarded(error, [&] {
        const auto* instance = static_cast<Instance*>(self);
        const QuirkRegistration& r = *instance->registration;
        QuirkReceipt editable(receipt, r.edit, r.pii ? &*r.pii : nullptr);
        *result = instance->quirk->apply(editable) ? DLRGW_QUIRK_HANDLED : DLRGW_QUIRK_NOT_MINE;
      });
    };
    table.deactivate = [](void* self) { guarded(nullptr, [&] { static_cast<Instance*>(self)->quirk->deactivate(); }); };
    table.destroy = [](void* self) { delete static_cast<Instance*>(self); };
  }
  QuirkRegistration(const QuirkRegistration&) = delete;
  QuirkRegistration& operator=(const QuirkRegistration&) = delete;

  std::string name;
  Factory factory;
  Edit edit;
  std::optional<Pii> pii;
  std::vector<dlrgw_str> operators;
  dlrgw_quirk_class table{};
};

}  // namespace detail
}  // namespace dlrgw
