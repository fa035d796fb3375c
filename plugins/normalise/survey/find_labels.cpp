// SPDX-License-Identifier: Apache-2.0
#include "survey/find_labels.hpp"

#include <algorithm>
#include <array>

#include "characters.hpp"
#include "receipt_bytes.hpp"
#include "survey/find_dates.hpp"
#include "survey/find_ids.hpp"
#include "survey/vocabulary.hpp"
#include "tlv.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kSample = 300;
constexpr std::size_t kLeast = 3;
constexpr std::string_view kAssigns = ":=";
constexpr std::string_view kBetweens = ";|,&";
constexpr char kQuote = '"';

struct Text {
  std::string text;
  const Captured* of = nullptr;
};

// Texts in which the labels find neither id nor status, although there is one.
std::vector<Text> silent_texts(const Captures& captures, const Profile& profile) {
  std::vector<Text> out;
  for (const Captured* captured : captures) {
    const Received received = captured->received();
    DecodedText decoded;
    const ReceiptText read = read_text(received, profile, decoded);
    std::string text = profile.gsm7 ? text_of_gsm7(captured->raw_receipt) : captured->raw_receipt;
    if (text.empty()) text = tlv_message_payload(captured->tlv_payload, profile.gsm7);
    const bool needed =
        (captured->operator_message_id.empty() && captured->tlv_id.empty() && read.id.empty()) ||
        (captured->raw_status.empty() && !captured->message_state && captured->tlv_state.empty() && read.stat.empty());
    if (!text.empty() && needed && !read.id_damaged) out.push_back({std::move(text), captured});
  }
  return out;
}

// The values that one label, or one position, has in the texts.
struct Column {
  std::string name;  // empty: a position
  std::vector<std::string> values;
  std::vector<const Captured*> of;
};

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_digit);
  return out;
}

bool is_phone(const Captured& captured, std::string_view value) {
  const std::string digits = digits_of(value);
  if (digits.size() < 7) return false;
  return digits == digits_of(captured.source) || digits == digits_of(captured.dest);
}

double share(const Column& column, const std::function<bool(std::size_t)>& holds) {
  std::size_t given = 0, count = 0;
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    if (column.values[i].empty()) continue;
    ++given;
    if (holds(i)) ++count;
  }
  return given == 0 ? 0 : static_cast<double>(count) / static_cast<double>(given);
}

// Digits in three groups or more, or in two long ones: "30/11/2026 10:59", "30112026 1059"; not "node1-30112026".
bool is_grouped_as_date(std::string_view value) {
  std::size_t digits = 0, groups = 0, shortest = value.size();
  for (std::size_t at = 0; at < value.size();) {
    std::size_t end = at;
    while (end < value.size() && is_digit(value[end])) ++end;
    if (end != at) {
      ++groups;
      digits += end - at;
      shortest = std::min(shortest, end - at);
    }
    at = end + 1;
  }
  return digits >= 8 && digits <= 14 && (groups >= 3 || (groups == 2 && shortest >= 4));
}

bool is_date(const Column& column, std::size_t i) {
  const std::string& value = column.values[i];
  if (value.size() < 10) return false;
  return is_date_near(value, column.of[i]->received_at_us) || is_grouped_as_date(value);
}

std::size_t distinct(const Column& column) {
  return std::set<std::string>(column.values.begin(), column.values.end()).size();
}

// What a column could be. Of two columns that could be one field the one with more weight is it, of equal ones the
// first.
struct Guess {
  std::string_view field;
  std::size_t column = 0;
  int weight = 0;
};
constexpr int kByName = 1;
constexpr int kByValues = 2;

// Dates that no name tells apart are for assign_fields().
void guess(const Column& column, std::size_t index, const KnownIds& known, std::vector<Guess>& out) {
  const std::string_view named = usual_field(column.name);
  const int by_name = named.empty() ? 0 : kByName;
  const bool statuses = share(column, [&](std::size_t i) { return is_status_word(column.values[i]); }) > 0.5;
  if (statuses) out.push_back({"stat", index, kByValues + (named == "stat" ? by_name : 0)});
  if (!named.empty() && named != "id") out.push_back({named, index, by_name});
  if (statuses || (!named.empty() && named != "id")) return;
  const bool words = share(column, [&](std::size_t i) {
                       return column.values[i].size() >= 4 && column.values[i].find(' ') == std::string::npos;
                     }) > 0.9;
  const bool phones = share(column, [&](std::size_t i) { return is_phone(*column.of[i], column.values[i]); }) > 0.5;
  if (are_ids(column.values, known))
    out.push_back({"id", index, kByValues + by_name});
  else if (!named.empty() || (!phones && words && distinct(column) * 10 >= column.values.size() * 9))
    out.push_back({"id", index, by_name});
}

struct Columns {
  std::map<std::string_view, std::size_t> by_field;  // field → index
  [[nodiscard]] bool enough() const { return by_field.contains("id") && by_field.contains("stat"); }
};

// In the order of the text: of two dates the later one is the done date.
Columns assign_fields(const std::vector<Column>& columns, const KnownIds& known) {
  std::vector<Guess> guesses;
  std::vector<std::size_t> dates;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool date = usual_field(columns[i].name).empty() &&
                      share(columns[i], [&](std::size_t value) { return is_date(columns[i], value); }) > 0.8;
    if (date)
      dates.push_back(i);
    else
      guess(columns[i], i, known, guesses);
  }
  std::ranges::stable_sort(guesses, std::greater<>(), &Guess::weight);
  Columns out;
  std::set<std::size_t> taken;
  for (const Guess& one : guesses)
    if (!taken.contains(one.column) && out.by_field.emplace(one.field, one.column).second) taken.insert(one.column);
  if (!dates.empty() && out.by_field.emplace("done_date", dates.back()).second) dates.pop_back();
  if (!dates.empty()) out.by_field.emplace("submit_date", dates.front());
  return out;
}

// The words of letters that end before `end`, the longest name first: "Message Status", "Status". A name of JSON is one
// with its quotes.
std::vector<std::string> names_before(std::string_view text, std::size_t end) {
  if (end > 1 && text[end - 1] == kQuote) {
    const std::size_t begin = text.rfind(kQuote, end - 2);
    return begin == std::string_view::npos ? std::vector<std::string>()
                                           : std::vector{std::string(text.substr(begin, end - begin))};
  }
  std::vector<std::string> out;
  std::size_t begin = end;
  for (int words = 0; words < 3 && begin > 0; ++words) {
    std::size_t at = begin;
    while (at > 0 && words > 0 && (text[at - 1] == ' ' || text[at - 1] == '_' || text[at - 1] == '-')) --at;
    if (words > 0 && at == begin) break;
    const std::size_t last = at;
    while (at > 0 && (is_ascii_letter(text[at - 1]) || static_cast<unsigned char>(text[at - 1]) >= 0x80)) --at;
    if (at == last || (words > 0 && is_status_word(text.substr(at, last - at)))) break;  // the value before it
    begin = at;
    out.insert(out.begin(), std::string(text.substr(begin, end - begin)));
  }
  return out;
}

// The names in front of the sign that stand in nearly all texts.
std::vector<std::string> names_in(const std::vector<Text>& texts, char assign) {
  std::map<std::string, std::size_t> counts;
  for (const Text& text : texts) {
    std::set<std::string> own;
    for (std::size_t at = text.text.find(assign); at != std::string::npos; at = text.text.find(assign, at + 1))
      for (std::string& name : names_before(text.text, at)) own.insert(std::move(name));
    for (const std::string& name : own) ++counts[name];
  }
  std::vector<std::string> out;
  for (const auto& [name, count] : counts)
    if (count * 10 >= texts.size() * 6) out.push_back(name);
  // "Status" within "Message Status" is no name of its own.
  std::vector<std::string> whole;
  std::ranges::copy_if(out, std::back_inserter(whole), [&](const std::string& name) {
    return std::ranges::none_of(out, [&](const std::string& longer) {
      return longer.size() > name.size() && longer.ends_with(name) && counts[longer] * 10 >= counts[name] * 9;
    });
  });
  std::ranges::sort(whole, {}, [&](const std::string& name) { return texts.front().text.find(name + assign); });
  return whole;
}

// The sign behind most values, where they end at one.
std::string between_in(const std::vector<Text>& texts, const std::vector<std::string>& names, char assign) {
  std::map<char, std::size_t> counts;
  for (const Text& text : texts)
    for (const std::string& name : names) {
      const std::size_t at = text.text.find(name + assign);
      if (at == std::string::npos || at == 0) continue;
      char before = text.text[at - 1];
      if (before == ' ' && at > 1) before = text.text[at - 2];
      if (kBetweens.find(before) != std::string_view::npos) ++counts[before];
    }
  for (const auto& [sign, count] : counts)
    if (count * 2 >= texts.size()) return {sign};
  return {};
}

std::string value_of(std::string_view text, const std::string& name, const std::vector<std::string>& names, char assign,
                     const std::string& between) {
  std::size_t begin = text.find(name + assign);
  while (begin != std::string_view::npos && begin > 0 && word_ends_at(text, begin))
    begin = text.find(name + assign, begin + 1);
  if (begin == std::string_view::npos) return {};
  begin += name.size() + 1;
  std::size_t end = text.size();
  if (!between.empty()) end = std::min(end, text.find_first_of(between, begin));
  for (const std::string& other : names) end = std::min(end, text.find(other + assign, begin));
  const std::string_view value = without_blanks_around(text.substr(begin, end - begin));
  const bool quoted = value.starts_with(kQuote) && value.find(kQuote, 1) != std::string_view::npos;
  return std::string(quoted ? value.substr(1, value.find(kQuote, 1) - 1) : value);
}

bool by_names(const std::vector<Text>& texts, const KnownIds& known, Draft& draft, Evidence& evidence) {
  for (const char assign : kAssigns) {
    const std::vector<std::string> names = names_in(texts, assign);
    if (names.size() < 2) continue;
    const std::string between = between_in(texts, names, assign);
    std::vector<Column> columns;
    for (const std::string& name : names) {
      Column column{name, {}, {}};
      for (const Text& text : texts) {
        column.values.push_back(value_of(text.text, name, names, assign, between));
        column.of.push_back(text.of);
      }
      columns.push_back(std::move(column));
    }
    const Columns fields = assign_fields(columns, known);
    if (!fields.enough()) continue;
    for (const auto& [field, index] : fields.by_field)
      if (usual_field(columns[index].name) != columns[index].name || columns[index].name != field)
        draft.labels.emplace_back(std::string(field), columns[index].name);
    if (assign != ':') draft.labels.emplace_back("assign", std::string(1, assign));
    if (!between.empty()) draft.labels.emplace_back("between", between);
    evidence.of_key["labels"] = "the standard labels find no id and status in " + grouped(texts.size()) +
                                " of the texts that were looked at; these names stand in them";
    return true;
  }
  return false;
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    out.emplace_back(without_blanks_around(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return out;
}

bool by_position(const std::vector<Text>& texts, const KnownIds& known, Draft& draft, Evidence& evidence) {
  for (const char sign : kBetweens) {
    std::map<std::size_t, std::size_t> widths;
    for (const Text& text : texts) ++widths[split(text.text, sign).size()];
    const auto usual = std::ranges::max_element(widths, {}, &std::pair<const std::size_t, std::size_t>::second);
    if (usual->first < 2 || usual->first > 32 || usual->second * 10 < texts.size() * 8) continue;
    std::vector<Column> columns(usual->first);
    for (const Text& text : texts) {
      const std::vector<std::string> fields = split(text.text, sign);
      if (fields.size() != usual->first) continue;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        columns[i].values.push_back(fields[i]);
        columns[i].of.push_back(text.of);
      }
    }
    const Columns fields = assign_fields(columns, known);
    if (!fields.by_field.contains("id")) continue;
    std::string positions;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto field = std::ranges::find(fields.by_field, i, &std::pair<const std::string_view, std::size_t>::second);
      positions +=
          (i == 0 ? "" : " ") + (field == fields.by_field.end() ? std::string("-") : std::string(field->first));
    }
    draft.labels = {{"between", std::string(1, sign)}, {"positions", positions}};
    evidence.of_key["labels"] = grouped(usual->second) + " of " + grouped(texts.size()) +
                                " texts without labels have " + std::to_string(usual->first) + " fields parted by " +
                                std::string(1, sign) + ", told by what they look like";
    if (!fields.by_field.contains("stat"))
      evidence.open.push_back("labels: no field of these texts looks like a status; put stat into positions");
    return true;
  }
  return false;
}

void find_alphabet(const Captures& captures, Draft& draft, Evidence& evidence) {
  Profile gsm7;
  gsm7.gsm7 = true;
  std::size_t damaged = 0, mended = 0;
  for (const Captured* captured : captures) {
    const Received received = captured->received();
    DecodedText decoded, as_gsm7;
    if (!read_text(received, Profile(), decoded).id_damaged) continue;
    ++damaged;
    const ReceiptText text = read_text(received, gsm7, as_gsm7);
    if (!text.id_damaged && !text.id.empty()) ++mended;
  }
  if (damaged < kLeast || mended * 10 < damaged * 9) return;
  draft.alphabet = "gsm7";
  evidence.of_key["alphabet"] = share_text(damaged, captures.size()) +
                                " ids hold octets that are no text; read as GSM 03.38, " + grouped(mended) +
                                " of them are whole";
}

}  // namespace

void find_labels(const Captures& captures, const KnownIds& known, Draft& draft, Evidence& evidence) {
  find_alphabet(captures, draft, evidence);
  const auto profile = draft.profile();
  if (!profile) return;
  const Captures few = sample_of(captures, kSample);
  const std::vector<Text> silent = silent_texts(few, *profile);
  if (silent.size() < kLeast || silent.size() * 10 < few.size()) return;
  Draft found = draft;
  if (!by_names(silent, known, found, evidence) && !by_position(silent, known, found, evidence)) {
    evidence.open.push_back("labels: in " + share_text(silent.size(), few.size()) +
                            " texts that were looked at no id and status are found, by any label or position; if "
                            "they are sentences, write a quirk (dlr-gateway new-plugin)");
    return;
  }
  draft = found;
  if (silent.size() * 10 <= few.size() * 9)
    evidence.mixed.push_back("texts are of two forms: " + grouped(few.size() - silent.size()) + " of " +
                             grouped(few.size()) + " have the standard labels, " + grouped(silent.size()) +
                             " have not");
}

}  // namespace dlrgw::normalise
