// SPDX-License-Identifier: Apache-2.0
#include "console_history.hpp"

#include <algorithm>
#include <cstdio>

#include <boost/json.hpp>

namespace dlrgw::admin_http {
namespace {

namespace json = boost::json;

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr int kWidth = 600;
constexpr int kHeight = 80;
constexpr double kShare = 0.99;

std::int64_t whole(const json::object& object, std::string_view key, std::int64_t otherwise) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.1f" : "%.0f", value);
  return text;
}

// What was measured between two moments, as shares of the hour: 0 is an hour ago, 1 is now.
struct Bar {
  double from, to;
  std::optional<double> value;
};

std::string figure(const std::string& title, std::string_view unit, const std::vector<Bar>& bars) {
  double most = 0;
  std::optional<double> last;
  for (const Bar& bar : bars) {
    most = std::max(most, bar.value.value_or(0));
    last = bar.value;
  }
  std::string summary = title + ": ";
  summary += last ? number(*last) : "none";
  summary.append(last ? std::string(unit) : std::string()).append(" lately, ").append(number(most)).append(unit);
  summary += " at most in the last hour";
  std::string out = "<figure><figcaption>" + summary +
                    "</figcaption>\n<svg class=\"chart\" role=\"img\" aria-label=\"" + summary + "\" viewBox=\"0 0 " +
                    std::to_string(kWidth) + " " + std::to_string(kHeight) + "\" preserveAspectRatio=\"none\">";
  for (const Bar& bar : bars) {
    if (!bar.value || most <= 0) continue;
    const double height = *bar.value / most * kHeight;
    char rect[160];
    std::snprintf(rect, sizeof rect, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", bar.from * kWidth,
                  kHeight - height, std::max((bar.to - bar.from) * kWidth, 0.5), height);
    out += rect;
  }
  return out + "</svg>\n<p class=\"axis\"><span>an hour ago</span><span>now</span></p></figure>\n";
}

}  // namespace

ConsoleHistory::Look ConsoleHistory::read(std::string_view pipeline, std::int64_t monotonic_us) {
  Look look{monotonic_us, 0, {}};
  const json::value document = json::parse(pipeline);
  const json::value* processing = document.is_object() ? document.get_object().if_contains("processing") : nullptr;
  if (processing == nullptr || !processing->is_object()) return look;
  look.receipts = whole(processing->get_object(), "receipts", 0);
  const json::value* buckets = processing->get_object().if_contains("buckets");
  if (buckets == nullptr || !buckets->is_array()) return look;
  for (const json::value& bucket : buckets->get_array())
    if (bucket.is_object())
      look.buckets.push_back({whole(bucket.get_object(), "upToMs", -1), whole(bucket.get_object(), "receipts", 0)});
  return look;
}

void ConsoleHistory::look(std::string_view pipeline, std::int64_t monotonic_us) {
  Look now = read(pipeline, monotonic_us);
  // Counters that went back are those of another pipeline.
  if (!looks_.empty() && now.receipts < looks_.back().receipts) looks_.clear();
  while (!looks_.empty() && monotonic_us - looks_.front().at_us > kHourUs) looks_.pop_front();
  looks_.push_back(std::move(now));
}

std::optional<double> ConsoleHistory::p99_ms(const Look& before, const Look& after) {
  const std::int64_t all = after.receipts - before.receipts;
  if (all <= 0 || before.buckets.size() != after.buckets.size()) return std::nullopt;
  const double wanted = kShare * static_cast<double>(all);
  double below = 0;
  double lower = 0;
  for (std::size_t i = 0; i < after.buckets.size(); ++i) {
    const auto until = static_cast<double>(after.buckets[i].receipts - before.buckets[i].receipts);
    const std::int64_t bound = after.buckets[i].up_to_ms;
    if (until >= wanted) {
      if (bound < 0 || until <= below) return lower;  // beyond the last bound: at least that
      return lower + (static_cast<double>(bound) - lower) * (wanted - below) / (until - below);
    }
    below = until;
    lower = static_cast<double>(bound);
  }
  return lower;
}

std::string ConsoleHistory::charts(std::int64_t monotonic_us) const {
  if (looks_.size() < 2) return "<p>Drawn when this gateway has run for two minutes.</p>";
  const auto place = [&](const Look& look) {
    return std::clamp(1 - static_cast<double>(monotonic_us - look.at_us) / static_cast<double>(kHourUs), 0.0, 1.0);
  };
  std::vector<Bar> rates;
  std::vector<Bar> times;
  for (std::size_t i = 1; i < looks_.size(); ++i) {
    const Look& before = looks_[i - 1];
    const Look& after = looks_[i];
    const double seconds = static_cast<double>(after.at_us - before.at_us) / 1e6;
    if (seconds <= 0) continue;
    const Bar bar{place(before), place(after), static_cast<double>(after.receipts - before.receipts) / seconds};
    rates.push_back(bar);
    times.push_back({bar.from, bar.to, p99_ms(before, after)});
  }
  return figure("Receipts per second", "", rates) + figure("99 of 100 receipts done within", " ms", times);
}

}  // namespace dlrgw::admin_http
