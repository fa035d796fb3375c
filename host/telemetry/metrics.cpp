// SPDX-License-Identifier: Apache-2.0
#include "telemetry/metrics.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include <prometheus/check_names.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <dlrgw/cpp/utf8.hpp>

#include "support/shared_mutex.hpp"
#include "telemetry/json_text.hpp"
#include "telemetry/process_metrics.hpp"

namespace dlrgw::host {
namespace {

constexpr std::string_view kOperatorLabel = "operatorId";
constexpr std::string_view kOther = "other";
constexpr std::size_t kMaxLabelBytes = 256;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

using Series = std::variant<prometheus::Counter*, prometheus::Gauge*, prometheus::Histogram*>;
using PrometheusFamily = std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
                                      prometheus::Family<prometheus::Histogram>*>;

struct Family {
  MetricDef def;
  PrometheusFamily family;
  std::size_t operator_label = SIZE_MAX;  // index of the label that is bounded to known operators
  // Held shared, it keeps a series alive while it is updated.
  mutable SharedMutex mutex;
  std::unordered_map<std::string, Series, TextHash, std::equal_to<>> series DLRGW_GUARDED_BY(mutex);
};

// Label values joined unambiguously: each with its length in front.
class SeriesKey {
 public:
  void add(std::string_view value) {
    value = utf8_prefix(value, kMaxLabelBytes);
    const auto length = static_cast<std::uint16_t>(value.size());
    put(static_cast<char>(length >> 8U));
    put(static_cast<char>(length & 0xFFU));
    for (const char c : value) put(c);
  }
  [[nodiscard]] std::string_view view() const {
    return overflow_.empty() ? std::string_view(near_.data(), size_) : std::string_view(overflow_);
  }

 private:
  void put(char c) {
    if (!overflow_.empty()) {
      overflow_ += c;
    } else if (size_ < near_.size()) {
      near_[size_++] = c;
    } else {
      overflow_.assign(near_.data(), size_);
      overflow_ += c;
    }
  }
  std::array<char, 128> near_{};
  std::size_t size_ = 0;
  std::string overflow_;
};

std::string described(const MetricDef& def) {
  constexpr std::array<std::string_view, 4> kNames{"?", "counter", "gauge", "histogram"};
  std::string out(kNames[std::min<std::size_t>(static_cast<std::size_t>(def.type), 3)]);
  out += " {";
  for (const std::string& key : def.label_keys) out += (&key == def.label_keys.data() ? "" : ",") + key;
  return out + "}" + (def.buckets.empty() ? "" : " with " + std::to_string(def.buckets.size()) + " buckets");
}

std::string owner_of(const MetricDef& def) { return def.owner.empty() ? "the gateway" : def.owner; }

Status check(const MetricDef& def) {
  const auto invalid = [&](std::string_view what) {
    return Error{ErrorCode::kInvalid, "metric " + def.name + ": " + std::string(what)};
  };
  if (def.type != MetricType::kCounter && def.type != MetricType::kGauge && def.type != MetricType::kHistogram)
    return invalid("unknown type; use counter, gauge or histogram");
  if (!prometheus::CheckMetricName(def.name)) return invalid("not a Prometheus name; use [a-z0-9_], first a letter");
  if (def.type == MetricType::kCounter && !def.name.ends_with("_total"))
    return invalid("the name of a counter must end in _total");
  for (std::size_t i = 0; i < def.label_keys.size(); ++i) {
    const std::string& key = def.label_keys[i];
    if (!prometheus::CheckLabelName(key) || key == "le") return invalid("label " + key + " is not a usable label name");
    if (std::find(def.label_keys.begin(), def.label_keys.begin() + static_cast<std::ptrdiff_t>(i), key) !=
        def.label_keys.begin() + static_cast<std::ptrdiff_t>(i))
      return invalid("label " + key + " is named twice");
  }
  if (def.type == MetricType::kHistogram) {
    if (def.buckets.empty()) return invalid("a histogram needs bucket bounds");
    if (!std::is_sorted(def.buckets.begin(), def.buckets.end(), std::less_equal<>{}) ||
        !std::all_of(def.buckets.begin(), def.buckets.end(), [](double b) { return std::isfinite(b); }))
      return invalid("bucket bounds must ascend and be finite");
  } else if (!def.buckets.empty()) {
    return invalid("only a histogram has buckets");
  }
  return {};
}

prometheus::Labels labels_of(const MetricDef& def, std::span<const std::string_view> values) {
  prometheus::Labels labels;
  for (std::size_t i = 0; i < values.size(); ++i)
    labels.emplace(def.label_keys[i], std::string(utf8_prefix(values[i], kMaxLabelBytes)));
  return labels;
}

struct Update {
  double value;
  bool operator()(prometheus::Counter* counter) const {
    if (!(value >= 0) || std::isinf(value)) return false;
    counter->Increment(value);
    return true;
  }
  bool operator()(prometheus::Gauge* gauge) const {
    gauge->Set(value);
    return true;
  }
  bool operator()(prometheus::Histogram* histogram) const {
    if (std::isnan(value)) return false;
    histogram->Observe(value);
    return true;
  }
};

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  mutable SharedMutex operators_mutex;
  TextSet operators DLRGW_GUARDED_BY(operators_mutex);
  TextSet seen DLRGW_GUARDED_BY(operators_mutex);
  std::size_t max_seen DLRGW_GUARDED_BY(operators_mutex) = 0;
  std::atomic<bool> overflowed{false};

  Mutex define_mutex;  // guards the writing of families too
  std::map<std::string, MetricId, std::less<>> names DLRGW_GUARDED_BY(define_mutex);
  // Read without a lock: an entry is written once, before its id is handed out.
  std::array<std::atomic<Family*>, kMaxFamilies> families{};
  std::vector<std::unique_ptr<Family>> owned DLRGW_GUARDED_BY(define_mutex);
  MetricId refused_id = 0;

  [[nodiscard]] Family* family(MetricId id) const {
    return id == 0 || id > kMaxFamilies ? nullptr : families[id - 1].load(std::memory_order_acquire);
  }

  [[nodiscard]] bool known_operator(std::string_view id) const {
    const ReadLock lock(operators_mutex);
    return operators.find(id) != operators.end() || seen.find(id) != seen.end();
  }

  // An operator that nobody configured gets a label of its own while there is room.
  void admit_operator(std::string_view id) {
    if (id == kOther || !is_utf8(id) || known_operator(id)) return;
    {
      const WriteLock lock(operators_mutex);
      if (seen.size() >= max_seen) {
        overflowed = true;
        return;
      }
      if (!seen.emplace(id).second) return;
    }
    const MutexLock lock(define_mutex);
    for (const std::unique_ptr<Family>& family : owned) begin_for_operator(*family, id);
  }

  // The labels as they are exposed; `copy` keeps them alive when one had to be replaced.
  std::span<const std::string_view> bounded(const Family& f, std::span<const std::string_view> labels,
                                            std::vector<std::string_view>& copy) const {
    if (f.operator_label == SIZE_MAX || known_operator(labels[f.operator_label])) return labels;
    copy.assign(labels.begin(), labels.end());
    copy[f.operator_label] = kOther;
    return copy;
  }

  static SeriesKey key_of(std::span<const std::string_view> labels) {
    SeriesKey key;
    for (const std::string_view label : labels) key.add(label);
    return key;
  }

  // Null: the family is full.
  static const Series* create(Family& f, std::string_view key, std::span<const std::string_view> labels)
      DLRGW_REQUIRES(f.mutex) {
    const auto found = f.series.find(key);
    if (found != f.series.end()) return &found->second;
    if (f.series.size() >= kMaxSeries) return nullptr;
    const prometheus::Labels named = labels_of(f.def, labels);
    Series made;
    if (auto** counters = std::get_if<prometheus::Family<prometheus::Counter>*>(&f.family)) {
      made = &(*counters)->Add(named);
    } else if (auto** gauges = std::get_if<prometheus::Family<prometheus::Gauge>*>(&f.family)) {
      made = &(*gauges)->Add(named);
    } else {
      made = &std::get<prometheus::Family<prometheus::Histogram>*>(f.family)->Add(named, f.def.buckets);
    }
    return &f.series.emplace(std::string(key), made).first->second;
  }

  bool update(Family& f, std::span<const std::string_view> labels, double value) {
    if (labels.size() != f.def.label_keys.size()) return false;
    if (f.operator_label != SIZE_MAX) admit_operator(labels[f.operator_label]);
    std::vector<std::string_view> copy;
    labels = bounded(f, labels, copy);
    const SeriesKey key = key_of(labels);
    {
      const ReadLock lock(f.mutex);
      const auto found = f.series.find(key.view());
      if (found != f.series.end()) return std::visit(Update{value}, found->second);
    }
    // A scraper refuses the whole page for one label that is no UTF-8; such a series never comes into being.
    if (!std::all_of(labels.begin(), labels.end(), is_utf8)) return false;
    const WriteLock lock(f.mutex);
    const Series* series = create(f, key.view(), labels);
    return series != nullptr && std::visit(Update{value}, *series);
  }

  // Counters per operator start at 0, so that the first count of an operator is an increase for who watches rates.
  void begin_per_operator(Family& f) const {
    const ReadLock lock(operators_mutex);
    for (const std::string& id : operators) begin_for_operator(f, id);
    for (const std::string& id : seen) begin_for_operator(f, id);
    begin_for_operator(f, kOther);
  }

  static void begin_for_operator(Family& f, std::string_view id) {
    if (f.def.type != MetricType::kCounter || f.def.label_keys.size() != 1 || f.operator_label != 0) return;
    const WriteLock lock(f.mutex);
    create(f, key_of(std::span(&id, 1)).view(), std::span(&id, 1));
  }

  void refuse(std::string_view metric) {
    Family* f = family(refused_id);
    if (f != nullptr) update(*f, std::span(&metric, 1), 1);
  }
};

Metrics::Metrics(std::vector<std::string> operators, std::size_t max_seen) : impl_(std::make_unique<Impl>()) {
  set_operators(std::move(operators), max_seen);
  const auto refused = define({MetricType::kCounter,
                               "dlr_metric_refused_total",
                               "Recordings that did not fit their metric family.",
                               {"metric"},
                               {}});
  if (refused) impl_->refused_id = *refused;
}

Metrics::~Metrics() = default;

void Metrics::set_operators(std::vector<std::string> operators, std::size_t max_seen) {
  TextSet set;
  for (std::string& id : operators) set.insert(std::move(id));
  {
    const WriteLock lock(impl_->operators_mutex);
    impl_->operators = std::move(set);
    impl_->max_seen = max_seen;
  }
  const MutexLock lock(impl_->define_mutex);
  for (const std::unique_ptr<Family>& family : impl_->owned) impl_->begin_per_operator(*family);
}

Result<MetricId> Metrics::define(const MetricDef& def) {
  if (const Status ok = check(def); !ok) return ok.error();
  const MutexLock lock(impl_->define_mutex);
  if (const auto known = impl_->names.find(def.name); known != impl_->names.end()) {
    const MetricDef& first = impl_->family(known->second)->def;
    if (first.type == def.type && first.label_keys == def.label_keys && first.buckets == def.buckets)
      return known->second;
    return Error{ErrorCode::kInvalid, "metric " + def.name + " is already defined by " + owner_of(first) + " as " +
                                          described(first) + "; " + owner_of(def) + " wants " + described(def) +
                                          "; use the same shape or another name" +
                                          (first.owner == def.owner ? ", or restart the gateway" : "")};
  }
  if (impl_->owned.size() >= kMaxFamilies)
    return Error{ErrorCode::kLimit, "metric " + def.name + ": more than " + std::to_string(kMaxFamilies) +
                                        " families; use labels instead of names"};

  auto made = std::make_unique<Family>();
  made->def = def;
  const std::string& help = def.help.empty() ? def.name : def.help;
  switch (def.type) {
    case MetricType::kCounter:
      made->family = &prometheus::BuildCounter().Name(def.name).Help(help).Register(impl_->registry);
      break;
    case MetricType::kGauge:
      made->family = &prometheus::BuildGauge().Name(def.name).Help(help).Register(impl_->registry);
      break;
    case MetricType::kHistogram:
      made->family = &prometheus::BuildHistogram().Name(def.name).Help(help).Register(impl_->registry);
      break;
  }
  const auto operator_key = std::find(def.label_keys.begin(), def.label_keys.end(), kOperatorLabel);
  if (operator_key != def.label_keys.end())
    made->operator_label = static_cast<std::size_t>(operator_key - def.label_keys.begin());
  if (def.label_keys.empty() && def.type != MetricType::kGauge) {
    const WriteLock first_series(made->mutex);
    Impl::create(*made, {}, {});
  }
  impl_->begin_per_operator(*made);

  const MetricId id = impl_->owned.size() + 1;
  impl_->names.emplace(def.name, id);
  impl_->families[id - 1].store(made.get(), std::memory_order_release);
  impl_->owned.push_back(std::move(made));
  return id;
}

void Metrics::record(MetricId family, std::span<const std::string_view> labels, double value) {
  Family* f = impl_->family(family);
  if (f == nullptr) {
    impl_->refuse("undefined");
  } else if (!impl_->update(*f, labels, value)) {
    impl_->refuse(f->def.name);
  }
}

void Metrics::remove(MetricId family, std::span<const std::string_view> labels) {
  Family* f = impl_->family(family);
  if (f == nullptr || labels.size() != f->def.label_keys.size()) return;
  std::vector<std::string_view> copy;
  const SeriesKey key = Impl::key_of(impl_->bounded(*f, labels, copy));
  const WriteLock lock(f->mutex);
  const auto found = f->series.find(key.view());
  if (found == f->series.end()) return;
  if (auto** counter = std::get_if<prometheus::Counter*>(&found->second)) {
    std::get<prometheus::Family<prometheus::Counter>*>(f->family)->Remove(*counter);
  } else if (auto** gauge = std::get_if<prometheus::Gauge*>(&found->second)) {
    std::get<prometheus::Family<prometheus::Gauge>*>(f->family)->Remove(*gauge);
  } else {
    std::get<prometheus::Family<prometheus::Histogram>*>(f->family)->Remove(
        std::get<prometheus::Histogram*>(found->second));
  }
  f->series.erase(found);
}

double Metrics::value(MetricId family, std::span<const std::string_view> labels) const {
  const Family* f = impl_->family(family);
  if (f == nullptr || labels.size() != f->def.label_keys.size()) return 0;
  std::vector<std::string_view> copy;
  const SeriesKey key = Impl::key_of(impl_->bounded(*f, labels, copy));
  const ReadLock lock(f->mutex);
  const auto found = f->series.find(key.view());
  if (found == f->series.end()) return 0;
  if (auto* const* counter = std::get_if<prometheus::Counter*>(&found->second)) return (*counter)->Value();
  if (auto* const* gauge = std::get_if<prometheus::Gauge*>(&found->second)) return (*gauge)->Value();
  return 0;
}

Metrics::Observed Metrics::observed(MetricId family, std::span<const std::string_view> labels) const {
  const Family* f = impl_->family(family);
  if (f == nullptr || labels.size() != f->def.label_keys.size()) return {};
  std::vector<std::string_view> copy;
  const SeriesKey key = Impl::key_of(impl_->bounded(*f, labels, copy));
  const ReadLock lock(f->mutex);
  const auto found = f->series.find(key.view());
  if (found == f->series.end()) return {};
  auto* const* histogram = std::get_if<prometheus::Histogram*>(&found->second);
  if (histogram == nullptr) return {};
  const auto collected = (*histogram)->Collect().histogram;
  Observed out{collected.sample_count, collected.sample_sum, {}};
  for (const auto& bucket : collected.bucket) out.buckets.push_back({bucket.upper_bound, bucket.cumulative_count});
  return out;
}

bool Metrics::operators_overflowed() const { return impl_->overflowed; }

std::string Metrics::expose() const {
  std::vector<prometheus::MetricFamily> families = impl_->registry.Collect();
  std::ranges::move(process_metrics(), std::back_inserter(families));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace dlrgw::host
