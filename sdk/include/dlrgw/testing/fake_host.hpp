// SPDX-License-Identifier: Apache-2.0
// The host for an author's own tests: every service that needs no server, in memory, and SQL as the test scripts it.
// Events, publish, pipeline and control are not offered, as to a plugin without the grant. Thread-safe where the
// gateway's services are [any].
//
//   FakeHost host;
//   host.grant("pii").option("threshold", "3");
//   TestPlugin plugin(host);               // <dlrgw/testing/plugin.hpp>
#pragma once
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>

#include <dlrgw/abi/clock.h>
#include <dlrgw/abi/config.h>
#include <dlrgw/abi/digest.h>
#include <dlrgw/abi/health.h>
#include <dlrgw/abi/jobs.h>
#include <dlrgw/abi/log.h>
#include <dlrgw/abi/metrics.h>
#include <dlrgw/abi/pii.h>
#include <dlrgw/abi/plugin.h>
#include <dlrgw/testing/digests.hpp>
#include <dlrgw/testing/options.hpp>
#include <dlrgw/testing/receipt.hpp>
#include <dlrgw/testing/sql.hpp>

namespace dlrgw::testing {

struct LogLine {
  std::uint64_t receipt = 0;
  std::int32_t level = 0;
  std::string event;
  std::map<std::string, std::string> fields;  // as text; phone numbers masked
};

class FakeHost {
 public:
  FakeHost() {
    host_ = {sizeof host_,     DLRGW_ABI_MAJOR, DLRGW_ABI_MINOR, 0,          this,
             str("fake host"), str("1.0.0"),    get_service,     str("test")};
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  FakeHost& grant(std::string_view name) {
    grants_.emplace(name);
    return *this;
  }
  // A value as it would stand in [plugins.options], without quotes; with operator_id, in that operator's profile.
  FakeHost& option(std::string_view key, std::string_view value, std::string_view operator_id = {}) {
    options_.set(operator_id, key, {{"", std::string(value)}});
    return *this;
  }
  // A list (empty names) or a map.
  FakeHost& entries(std::string_view key, OptionEntries entries, std::string_view operator_id = {}) {
    options_.set(operator_id, key, std::move(entries));
    return *this;
  }
  // Where statements run from now on, behind the grant "sql"; it must outlive the plugin.
  FakeHost& use(SqlBackend& database) {
    database_ = &database;
    return *this;
  }
  FakeHost& advance_us(std::int64_t by) {
    now_us_ += by;
    return *this;
  }
  [[nodiscard]] std::int64_t now_us() const { return now_us_; }

  [[nodiscard]] std::vector<LogLine> logs() const {
    const std::lock_guard lock(mutex_);
    return logs_;
  }
  // The sum of what was recorded, of gauges the last value; labels in order of their keys.
  [[nodiscard]] double metric(std::string_view name, const std::vector<std::string>& labels = {}) const {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find({std::string(name), labels});
    return found == values_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::map<std::string, std::int32_t> health() const {  // dependency → DLRGW_HEALTH_
    const std::lock_guard lock(mutex_);
    return health_;
  }
  [[nodiscard]] std::multiset<std::string> woken_jobs() const {
    const std::lock_guard lock(mutex_);
    return woken_;
  }
  [[nodiscard]] const std::vector<std::string>& refused_options() const { return options_.refused; }

  // Behind the grant "sql", without a database: what queries answer, and the rows that were added.
  [[nodiscard]] ScriptedSql& sql() { return sql_; }

  // Lives as long as the host; what a stage or quirk is called with.
  TestReceipt& receipt(Received received) { return receipts_.emplace_back(std::move(received), receipts_.size() + 1); }

  // For TestPlugin.
  [[nodiscard]] const dlrgw_host* raw() const { return &host_; }
  void declare(const dlrgw_plugin& plugin) { options_.declare(plugin); }
  [[nodiscard]] SqlBackend* database() const { return database_; }  // may be null

 private:
  static FakeHost& of(void* self) { return *static_cast<FakeHost*>(self); }
  TestReceipt* find(std::uint64_t handle) {
    return handle == 0 || handle > receipts_.size() ? nullptr : &receipts_[handle - 1];
  }

  static const void* get_service(void* self, dlrgw_str id) {
    FakeHost& h = of(self);
    const std::string_view name = dlrgw::view(id);
    if (name == DLRGW_SERVICE_SQL && !h.grants_.contains("sql")) return nullptr;
    if (name == DLRGW_SERVICE_SQL) return h.database_ != nullptr ? h.database_->service() : &h.sql_service_;
    if (name == DLRGW_SERVICE_PII) return h.grants_.contains("pii") ? &h.pii_ : nullptr;
    const std::pair<std::string_view, const void*> services[] = {{DLRGW_SERVICE_ATTRIBUTES, &h.attributes_},
                                                                 {DLRGW_SERVICE_CLOCK, &h.clock_},
                                                                 {DLRGW_SERVICE_CONFIG, &h.config_},
                                                                 {DLRGW_SERVICE_DIGEST, &h.digest_},
                                                                 {DLRGW_SERVICE_EDIT, &h.edit_},
                                                                 {DLRGW_SERVICE_HEALTH, &h.health_service_},
                                                                 {DLRGW_SERVICE_JOBS, &h.jobs_},
                                                                 {DLRGW_SERVICE_LOG, &h.log_},
                                                                 {DLRGW_SERVICE_METRICS, &h.metrics_}};
    for (const auto& [offered, service] : services)
      if (offered == name) return service;
    return nullptr;
  }

  // A call with a handle; DLRGW_E_INVALID for one that is no receipt of this host.
  template <class F>
  static std::int32_t with(void* self, std::uint64_t handle, F&& f) {
    TestReceipt* receipt = of(self).find(handle);
    return receipt == nullptr ? DLRGW_E_INVALID : f(*receipt);
  }

  static std::string text_of(const dlrgw_log_field& f) {
    switch (f.type) {
      case DLRGW_FIELD_TYPE_TEXT:
        return std::string(dlrgw::view(f.text));
      case DLRGW_FIELD_TYPE_FLOAT:
        return std::to_string(f.number);
      case DLRGW_FIELD_TYPE_BOOL:
        return f.integer != 0 ? "true" : "false";
      case DLRGW_FIELD_TYPE_MSISDN:
        return "***";
      default:
        return std::to_string(f.integer);
    }
  }

  static void emit(void* self, std::uint64_t receipt, std::int32_t level, dlrgw_str event,
                   const dlrgw_log_field* fields, std::uint32_t count, std::uint32_t stride) {
    LogLine line{receipt, level, std::string(dlrgw::view(event)), {}};
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* bytes = reinterpret_cast<const char*>(fields) + std::size_t{i} * stride;
      const auto& field = *reinterpret_cast<const dlrgw_log_field*>(bytes);
      line.fields.emplace(dlrgw::view(field.name), text_of(field));
    }
    const std::lock_guard lock(of(self).mutex_);
    of(self).logs_.push_back(std::move(line));
  }

  struct Family {
    std::string name;
    std::uint32_t type;
    std::vector<std::string> keys;
  };
  static std::int32_t define(void* self, const dlrgw_metric_def* def, std::uint64_t* family, dlrgw_error* error) {
    Family wanted{std::string(dlrgw::view(def->name)), def->type,
                  texts(def->label_keys, def->label_count, def->label_stride)};
    const std::lock_guard lock(of(self).mutex_);
    auto& families = of(self).families_;
    for (std::size_t i = 0; i < families.size(); ++i) {
      if (families[i].name != wanted.name) continue;
      if (families[i].type != wanted.type || families[i].keys != wanted.keys) {
        fill(error, DLRGW_E_INVALID, "metric " + wanted.name + " is defined with another shape already");
        return DLRGW_E_INVALID;
      }
      *family = i;
      return DLRGW_OK;
    }
    *family = families.size();
    families.push_back(std::move(wanted));
    return DLRGW_OK;
  }
  static void record(void* self, std::uint64_t, std::uint64_t family, const dlrgw_str* labels, std::uint32_t count,
                     std::uint32_t stride, double value) {
    const std::lock_guard lock(of(self).mutex_);
    if (family >= of(self).families_.size()) return;
    const Family& known = of(self).families_[family];
    double& at = of(self).values_[{known.name, texts(labels, count, stride)}];
    at = known.type == DLRGW_METRIC_GAUGE ? value : at + value;
  }
  static void remove(void* self, std::uint64_t family, const dlrgw_str* labels, std::uint32_t count,
                     std::uint32_t stride) {
    const std::lock_guard lock(of(self).mutex_);
    if (family < of(self).families_.size())
      of(self).values_.erase({of(self).families_[family].name, texts(labels, count, stride)});
  }
  static std::vector<std::string> texts(const dlrgw_str* items, std::uint32_t count, std::uint32_t stride) {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto* bytes = reinterpret_cast<const char*>(items) + std::size_t{i} * stride;
      out.emplace_back(dlrgw::view(*reinterpret_cast<const dlrgw_str*>(bytes)));
    }
    return out;
  }

  static std::int32_t get_pii(void* self, std::uint64_t handle, std::uint32_t field, dlrgw_str* out) {
    return with(self, handle, [&](const TestReceipt& r) {
      const Received& in = r.received();
      const std::string* text = field == DLRGW_PII_SOURCE_ADDR   ? &in.source_addr
                                : field == DLRGW_PII_DEST_ADDR   ? &in.dest_addr
                                : field == DLRGW_PII_RAW_RECEIPT ? &in.raw_receipt
                                : field == DLRGW_PII_PAYLOAD     ? &in.payload
                                : field == DLRGW_PII_RECEIPT_AS_RECEIVED
                                    ? (in.receipt_as_received.empty() ? &in.raw_receipt : &in.receipt_as_received)
                                    : nullptr;
      if (text == nullptr) return DLRGW_E_INVALID;
      if (text->empty()) return DLRGW_E_NOT_FOUND;
      *out = str(*text);
      return DLRGW_OK;
    });
  }
  static std::int32_t get_tlv(void* self, std::uint64_t handle, std::uint32_t tag, dlrgw_str* hex) {
    return with(self, handle, [&](const TestReceipt& r) {
      const auto found = r.received().tlvs.find(tag);
      if (found == r.received().tlvs.end()) return DLRGW_E_NOT_FOUND;
      *hex = str(found->second);
      return DLRGW_OK;
    });
  }
  static std::string octets_of(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
      out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return out;
  }
  static std::int32_t get_tlv_octets(void* self, std::uint64_t handle, std::uint32_t tag, std::uint8_t* octets,
                                     std::uint32_t capacity, std::uint32_t* length) {
    dlrgw_str hex{};
    const std::int32_t code = get_tlv(self, handle, tag, &hex);
    if (code != DLRGW_OK) return code;
    const std::string value = octets_of(dlrgw::view(hex));
    *length = static_cast<std::uint32_t>(value.size());
    const std::size_t copied = value.size() < capacity ? value.size() : capacity;
    if (copied != 0) std::memcpy(octets, value.data(), copied);
    return DLRGW_OK;
  }
  static std::int32_t get_tlv_integer(void* self, std::uint64_t handle, std::uint32_t tag, std::uint64_t* value) {
    dlrgw_str hex{};
    const std::int32_t code = get_tlv(self, handle, tag, &hex);
    if (code != DLRGW_OK) return code;
    const std::string octets = octets_of(dlrgw::view(hex));
    if (octets.empty() || octets.size() > 8) return DLRGW_E_INVALID;
    *value = 0;
    for (const char c : octets) *value = *value << 8U | static_cast<unsigned char>(c);
    return DLRGW_OK;
  }

  dlrgw_host host_{};
  std::set<std::string, std::less<>> grants_;
  Options options_;
  ScriptedSql sql_;
  SqlBackend* database_ = nullptr;
  std::atomic<std::int64_t> now_us_{1'764'000'000'000'000};
  std::deque<TestReceipt> receipts_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<LogLine> logs_;
  std::vector<Family> families_;
  std::map<std::pair<std::string, std::vector<std::string>>, double> values_;
  std::map<std::string, std::int32_t> health_;
  std::multiset<std::string> woken_;

  const dlrgw_attributes attributes_{
      sizeof(dlrgw_attributes), 1, this,
      [](void* s, std::uint64_t h, dlrgw_str n, dlrgw_str v) {
        return with(s, h, [&](TestReceipt& r) { return r.set_attribute(dlrgw::view(n), dlrgw::view(v)); });
      },
      [](void* s, std::uint64_t h, dlrgw_str n, dlrgw_str* v) {
        return with(s, h, [&](TestReceipt& r) { return r.get_attribute(dlrgw::view(n), v); });
      }};
  const dlrgw_clock clock_{sizeof(dlrgw_clock), 1, this, [](void* s) { return of(s).now_us_.load(); },
                           [](void* s) { return of(s).now_us_.load(); }};
  const dlrgw_config config_ = options_.service();
  const dlrgw_digest digest_{sizeof(dlrgw_digest), 1, this,
                             [](void*, dlrgw_str data, std::uint8_t* out32) {
                               const auto digest = sha256(dlrgw::view(data));
                               std::memcpy(out32, digest.data(), digest.size());
                             },
                             [](void*, dlrgw_str space, dlrgw_str name, char* out36) -> std::int32_t {
                               const std::string text = uuid_v5(dlrgw::view(space), dlrgw::view(name));
                               if (text.empty() || out36 == nullptr) return DLRGW_E_INVALID;
                               std::memcpy(out36, text.data(), text.size());
                               return DLRGW_OK;
                             }};
  const dlrgw_edit edit_{
      sizeof(dlrgw_edit),
      1,
      this,
      [](void* s, std::uint64_t h, std::uint32_t f, dlrgw_str v) {
        return with(s, h, [&](TestReceipt& r) { return r.set_text(f, dlrgw::view(v)); });
      },
      [](void* s, std::uint64_t h, std::uint32_t f, std::int64_t v) {
        return with(s, h, [&](TestReceipt& r) { return r.set_int(f, v); });
      },
      [](void* s, std::uint64_t h, const dlrgw_candidate* items, std::uint32_t count, std::uint32_t stride) {
        return with(s, h, [&](TestReceipt& r) { return r.set_candidates(items, count, stride); });
      },
      [](void* s, std::uint64_t h, dlrgw_str flag) {
        return with(s, h, [&](TestReceipt& r) { return r.add_flag(dlrgw::view(flag)); });
      },
      [](void* s, std::uint64_t h, std::uint32_t f, dlrgw_str* out) {
        return with(s, h, [&](TestReceipt& r) { return r.get_text(f, out); });
      },
      [](void* s, std::uint64_t h, std::uint32_t f, std::int64_t* out) {
        return with(s, h, [&](TestReceipt& r) { return r.get_int(f, out); });
      },
      [](void* s, std::uint64_t h, std::uint32_t i, dlrgw_candidate* out) {
        return with(s, h, [&](TestReceipt& r) { return r.get_candidate(i, out); });
      }};
  const dlrgw_health health_service_{sizeof(dlrgw_health), 1, this,
                                     [](void* s, dlrgw_str dependency, std::int32_t state, dlrgw_str) {
                                       const std::lock_guard lock(of(s).mutex_);
                                       of(s).health_[std::string(dlrgw::view(dependency))] = state;
                                     }};
  const dlrgw_jobs jobs_{sizeof(dlrgw_jobs), 1, this, [](void* s, dlrgw_str job) {
                           const std::lock_guard lock(of(s).mutex_);
                           of(s).woken_.emplace(dlrgw::view(job));
                         }};
  const dlrgw_log log_{sizeof(dlrgw_log), 1, this, emit, [](void*, std::int32_t) -> std::int32_t { return 1; }};
  const dlrgw_metrics metrics_{sizeof(dlrgw_metrics), 1, this, define, record, remove};
  const dlrgw_sql sql_service_ = sql_.service();
  const dlrgw_pii pii_{sizeof(dlrgw_pii), 2, this, get_pii, get_tlv, get_tlv_octets, get_tlv_integer};
};

}  // namespace dlrgw::testing
