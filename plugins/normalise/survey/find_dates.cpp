// SPDX-License-Identifier: Apache-2.0
#include "survey/find_dates.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "characters.hpp"
#include "receipt_date.hpp"
#include "status_map.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kUs = 1'000'000;
constexpr std::int64_t kQuarterUs = kUs * 15 * 60;
// A receipt comes within ten minutes behind its done date, and not before it by clocks that differ by two.
constexpr std::int64_t kLatestUs = kUs * 10 * 60;
constexpr std::int64_t kEarliestUs = kUs * -2 * 60;
constexpr std::int64_t kMostQuarters = std::int64_t{14} * 4;
constexpr std::int64_t kLongAgoUs = kUs * 60 * 60 * 24 * 4;  // the longest validity and a zone
constexpr std::size_t kSample = 200;
constexpr std::size_t kLeast = 5;  // dates that say nothing about a zone

struct Date {
  std::string text;
  std::int64_t received_at_us = 0;
};

std::vector<Date> dates_of(const Captures& captures, const Profile& profile) {
  std::vector<Date> out;
  for (const Captured* captured : captures) {
    const Received received = captured->received();
    DecodedText decoded;
    std::string_view date = trimmed(received.done_date);
    const ReceiptText text = read_text(received, profile, decoded);
    if (date.empty()) date = text.done_date;
    if (date.find_first_not_of('0') == std::string_view::npos || !captured->received_at_known) continue;
    out.push_back({std::string(date), captured->received_at_us});
  }
  return out;
}

// Every way that was seen to write a day and a time of it.
std::vector<std::string> formats() {
  std::vector<std::string> out;
  constexpr const char* kDays[] = {"%d%m%y",   "%d%m%Y",   "%m%d%y",   "%m%d%Y",   "%d/%m/%Y", "%d/%m/%y", "%m/%d/%Y",
                                   "%m/%d/%y", "%Y/%m/%d", "%y/%m/%d", "%d-%m-%Y", "%d-%m-%y", "%m-%d-%Y", "%y-%m-%d",
                                   "%d.%m.%Y", "%d.%m.%y", "%Y.%m.%d", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d%b%Y",
                                   "%d%b%y",   "%b %d %Y", "%Y%m%d",   "%y%m%d",   "%y%j",     "%Y-%m-%d"};
  constexpr const char* kBetween[] = {" ", "", "T", "-", "_", "/", ":", ", "};
  constexpr const char* kTimes[] = {"%H%M",     "%H%M%S",      "%H:%M",      "%H:%M:%S", "%H.%M",    "%H.%M.%S",
                                    "%I:%M %p", "%I:%M:%S %p", "%I:%M:%S%p", "%H-%M-%S", "%I.%M %p", "%I.%M.%S %p"};
  for (const char* day : kDays)
    for (const char* between : kBetween)
      for (const char* time : kTimes) out.push_back(std::string(day) + between + time);
  out.emplace_back("%a %b %d %H:%M:%S %Y");
  return out;
}

// How far the dates, read as if they were UTC, lie ahead of their receipts.
struct Reading {
  std::string format;  // empty: the standard forms
  std::optional<DateFormat> compiled;
  std::vector<std::int64_t> ahead_us;
  std::size_t with_zone = 0;  // these say their zone themselves
  std::size_t with_zone_near = 0;
  std::size_t unread = 0;
};

bool near(std::int64_t ahead_us, std::int64_t offset_us) {
  return offset_us - ahead_us <= kLatestUs && offset_us - ahead_us >= kEarliestUs;
}

void read_all(const std::vector<Date>& dates, Reading& reading) {
  const DateFormat* format = reading.compiled ? &*reading.compiled : nullptr;
  reading.ahead_us.clear();
  reading.with_zone = reading.with_zone_near = reading.unread = 0;
  for (const Date& date : dates) {
    const ReceiptDate read = read_receipt_date(date.text, TimeZone(), date.received_at_us, format);
    if (!read.us) {
      ++reading.unread;
    } else if (read.own_zone) {
      ++reading.with_zone;
      if (near(*read.us - date.received_at_us, 0)) ++reading.with_zone_near;
    } else {
      reading.ahead_us.push_back(*read.us - date.received_at_us);
    }
  }
}

std::size_t explained(const std::vector<std::int64_t>& ahead_us, std::int64_t offset_us) {
  return static_cast<std::size_t>(
      std::ranges::count_if(ahead_us, [&](std::int64_t us) { return near(us, offset_us); }));
}

struct Offset {
  std::int64_t us = 0;
  std::size_t count = 0;
};

// The quarter of an hour that explains most; of equal ones that nearest to UTC.
Offset best_offset(const std::vector<std::int64_t>& ahead_us, std::optional<std::int64_t> except_us = std::nullopt) {
  Offset best;
  for (std::int64_t step = 0; step <= 2 * kMostQuarters; ++step) {
    const std::int64_t quarters = step % 2 == 0 ? step / 2 : -(step / 2 + 1);
    const Offset offset{quarters * kQuarterUs, explained(ahead_us, quarters * kQuarterUs)};
    const bool near_it = except_us && std::abs(*except_us - offset.us) <= kQuarterUs;
    if (!near_it && offset.count > best.count) best = offset;
  }
  return best;
}

std::size_t score(const Reading& reading) { return best_offset(reading.ahead_us).count + reading.with_zone_near; }

std::string offset_text(std::int64_t us) {
  const std::int64_t minutes = std::abs(us) / (60 * kUs);
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", us < 0 ? '-' : '+', static_cast<int>(minutes / 60),
                static_cast<int>(minutes % 60));
  return text;
}

// The format that explains most. The standard forms stay unless another one explains clearly more.
Reading best_reading(const std::vector<Date>& dates) {
  std::vector<Date> few;
  for (std::size_t i = 0; i < std::min(kSample, dates.size()); ++i)
    few.push_back(dates[i * dates.size() / std::min(kSample, dates.size())]);
  Reading standard;
  read_all(few, standard);
  Reading best = standard;
  std::size_t most = score(standard);
  const std::size_t margin = std::max<std::size_t>(few.size() / 10, 1);
  // A blank of a format stands for none, too: which one is proposed is for the dates to say.
  const bool blanks = few.front().text.find(' ') != std::string::npos;
  for (const std::string& format : formats()) {
    if (most >= few.size() - few.size() / 50) break;  // nothing is left to explain
    if ((format.find(' ') != std::string::npos) != blanks) continue;
    auto compiled = DateFormat::compile(format);
    auto* usable = std::get_if<DateFormat>(&compiled);
    if (usable == nullptr) continue;
    Reading reading{format, std::move(*usable), {}, 0, 0, 0};
    read_all(few, reading);
    const std::size_t own = score(reading);
    if (own < most + (best.format.empty() ? margin : 1)) continue;
    most = own;
    best = std::move(reading);
  }
  read_all(dates, best);
  return best;
}

// Names of zones, those with changes of the clocks among them; empty where the database is not installed.
std::vector<std::string> zone_names() {
  std::vector<std::string> out;
  std::ifstream table(std::string(kZoneInfoDir) + "/zone1970.tab");
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream fields(line);
    std::string countries, place, name;
    fields >> countries >> place >> name;
    out.push_back(name);
  }
  return out;
}

std::size_t explained_by_zone(const std::vector<Date>& dates, const Reading& reading, const TimeZone& zone) {
  const DateFormat* format = reading.compiled ? &*reading.compiled : nullptr;
  return static_cast<std::size_t>(std::ranges::count_if(dates, [&](const Date& date) {
    const ReceiptDate read = read_receipt_date(date.text, zone, date.received_at_us, format);
    return read.us && !read.own_zone && near(*read.us - date.received_at_us, 0);
  }));
}

// Two offsets: one zone whose clocks changed meanwhile, or two connectors.
bool zone_by_name(const std::vector<Date>& dates, const Reading& reading, std::size_t both, Draft& draft,
                  Evidence& evidence) {
  std::vector<Date> few;
  for (std::size_t i = 0; i < std::min(kSample, dates.size()); ++i)
    few.push_back(dates[i * dates.size() / std::min(kSample, dates.size())]);
  std::string best;
  std::size_t most = 0;
  for (const std::string& name : zone_names()) {
    const auto zone = TimeZone::named(name);
    if (!zone) continue;
    const std::size_t count = explained_by_zone(few, reading, *zone);
    if (count <= most) continue;
    most = count;
    best = name;
  }
  if (best.empty()) return false;
  const std::size_t all = explained_by_zone(dates, reading, *TimeZone::named(best));
  if (all + all / 50 < both) return false;
  draft.time_zone = best;
  evidence.of_key["time_zone"] = share_text(all, dates.size()) +
                                 " done dates lie within ten minutes before their receipt in this zone, whose clocks "
                                 "changed meanwhile; others with the same rules would do as well";
  return true;
}

void find_zone(const std::vector<Date>& dates, const Reading& reading, Draft& draft, Evidence& evidence) {
  const std::size_t all = reading.ahead_us.size();
  const Offset first = best_offset(reading.ahead_us);
  if (all < kLeast) return;
  if (first.count * 2 < all) {
    evidence.open.push_back("time_zone: no offset brings even half of the " + grouped(all) +
                            " done dates near their receipts; were these captured when they came?");
  }
  std::vector<std::int64_t> rest;
  std::ranges::copy_if(reading.ahead_us, std::back_inserter(rest),
                       [&](std::int64_t us) { return !near(us, first.us); });
  const Offset second = best_offset(rest, first.us);
  const bool two = second.count >= kLeast && second.count * 10 >= all && second.count * 2 >= rest.size();
  if (two && zone_by_name(dates, reading, first.count + second.count, draft, evidence)) return;
  if (two)
    evidence.mixed.push_back("done dates are in two zones at the same time: " + grouped(first.count) + " fit " +
                             offset_text(first.us) + ", " + grouped(second.count) + " fit " + offset_text(second.us));
  if (first.us == 0 || first.count * 2 < all) return;
  draft.time_zone = offset_text(first.us);
  evidence.of_key["time_zone"] =
      share_text(first.count, all) + " done dates lie within ten minutes before their receipt with this offset, " +
      grouped(explained(reading.ahead_us, 0)) +
      " in UTC. If their clocks change in summer, write the zone's name instead, such as Europe/Berlin";
}

// Dates that the chosen form does not read: another connector's form, or one that is not known here.
void tell_of_unread(const std::vector<Date>& dates, const Reading& reading, Evidence& evidence) {
  if (reading.unread * 10 < dates.size() || reading.unread < kLeast) return;
  const DateFormat* format = reading.compiled ? &*reading.compiled : nullptr;
  std::vector<Date> unread;
  std::ranges::copy_if(dates, std::back_inserter(unread), [&](const Date& date) {
    return !read_receipt_date(date.text, TimeZone(), date.received_at_us, format).us;
  });
  const auto name = [](const Reading& r) { return r.format.empty() ? std::string("the standard forms") : r.format; };
  const Reading other = best_reading(unread);
  if (score(other) * 2 >= unread.size())
    evidence.mixed.push_back("done dates are written in two forms: " + grouped(dates.size() - unread.size()) + " as " +
                             name(reading) + ", " + grouped(unread.size()) + " as " + name(other));
  else
    evidence.open.push_back("date_format: " + share_text(unread.size(), dates.size()) + " done dates, such as " +
                            shape_of_date(unread.front().text) + " (n = a digit), are in no form that is known here");
}

}  // namespace

bool is_date_near(std::string_view text, std::int64_t received_at_us) {
  static const std::vector<DateFormat> kOfDigits = [] {
    std::vector<DateFormat> out;
    for (const char* format : {"%d%m%y%H%M", "%d%m%y%H%M%S", "%d%m%Y%H%M", "%d%m%Y%H%M%S", "%m%d%y%H%M", "%m%d%y%H%M%S",
                               "%m%d%Y%H%M", "%m%d%Y%H%M%S"})
      out.push_back(std::get<DateFormat>(DateFormat::compile(format)));
    return out;
  }();
  const auto near_it = [&](const DateFormat* format) {
    const ReceiptDate read = read_receipt_date(text, TimeZone(), received_at_us, format);
    return read.us && *read.us >= received_at_us - kLongAgoUs;
  };
  return near_it(nullptr) || std::ranges::any_of(kOfDigits, [&](const DateFormat& format) { return near_it(&format); });
}

void find_dates(const Captures& captures, Draft& draft, Evidence& evidence) {
  const auto profile = draft.profile();
  if (!profile) return;
  const std::vector<Date> dates = dates_of(captures, *profile);
  if (dates.empty()) return;
  Reading standard;
  read_all(dates, standard);
  const Reading reading = best_reading(dates);
  if (!reading.format.empty()) {
    draft.date_format = reading.format;
    evidence.of_key["date_format"] = share_text(score(reading), dates.size()) + " done dates such as " +
                                     shape_of_date(dates.front().text) + " lie near their receipt when read so, " +
                                     grouped(score(standard)) + " in the standard forms";
  }
  tell_of_unread(dates, reading, evidence);
  find_zone(dates, reading, draft, evidence);
}

}  // namespace dlrgw::normalise
