// SPDX-License-Identifier: Apache-2.0
#include "survey/find_ids.hpp"

#include <algorithm>
#include <array>

#include "characters.hpp"
#include "status_map.hpp"
#include "survey/find_labels.hpp"
#include "tlv.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kSample = 200;
constexpr std::size_t kSpelled = 60;  // captures that show in which spellings to ask for all
constexpr std::size_t kPatternSample = 40;
constexpr std::size_t kShortestPart = 4;  // of an id with something around it
constexpr std::size_t kMostCuts = 6;
constexpr std::size_t kMostLengths = 8;
constexpr std::size_t kLeastOfOthers = 5;  // ids that show a second way to spell them
constexpr std::array<std::size_t, 7> kUsualLengths = {8, 10, 12, 16, 18, 19, 20};

// The ids of one receipt, as received.
struct Ids {
  std::string field, tlv, body;
  [[nodiscard]] IdSources sources() const { return {field, tlv, body}; }
};

std::vector<Ids> ids_of(const Captures& captures, const Profile& profile) {
  std::vector<Ids> out;
  for (const Captured* captured : captures) {
    const Received received = captured->received();
    DecodedText decoded;
    const ReceiptText text = read_text(received, profile, decoded);
    const auto whole = [](std::string_view id) { return is_damaged(id) ? std::string() : std::string(id); };
    Ids ids{whole(trimmed(received.operator_message_id)), tlv_message_id(captured->tlv_id, profile.gsm7),
            whole(text.id)};
    if (!ids.field.empty() || !ids.tlv.empty() || !ids.body.empty()) out.push_back(std::move(ids));
  }
  return out;
}

// One way to make the submitted id of a received one.
struct Spelling {
  Draft::Table receipt, submit;  // empty: as it is
  std::optional<IdFormats> formats;
};

Spelling spelling(const char* from, const char* to, std::size_t padding, const char* letters) {
  Spelling out;
  const auto base = [](std::string_view name) {
    return name == "hex" ? IdBase::kHex : name == "decimal" ? IdBase::kDecimal : IdBase::kText;
  };
  out.receipt = {{"base", from}};
  out.submit = {{"base", to}};
  if (padding != 0) out.submit.emplace_back("padding", std::to_string(padding));
  if (*letters != '\0') out.submit.emplace_back("case", letters);
  IdFormats formats;
  formats.receipt.base = base(from);
  formats.submit.base = base(to);
  formats.submit.padding = static_cast<std::uint32_t>(padding);
  if (*letters != '\0') formats.submit.letters = *letters == 'u' ? IdCase::kUpper : IdCase::kLower;
  out.formats = formats;
  return out;
}

// The simplest first: of two that explain the same, the first is proposed.
std::vector<Spelling> spellings(std::vector<std::size_t> lengths) {
  std::vector<Spelling> out{Spelling{}, spelling("text", "text", 0, "lower"), spelling("text", "text", 0, "upper")};
  lengths.insert(lengths.begin(), 0);
  for (const std::size_t padding : lengths) {
    out.push_back(spelling("decimal", "decimal", padding, ""));
    for (const char* letters : {"upper", "lower"}) {
      out.push_back(spelling("decimal", "hex", padding, letters));
      out.push_back(spelling("hex", "hex", padding, letters));
    }
    out.push_back(spelling("hex", "decimal", padding, ""));
  }
  return out;
}

// The usual lengths of the known ids: what padding could have filled them up to.
std::vector<std::size_t> lengths_of(const KnownIds& known) {
  std::map<std::size_t, std::size_t> counts;
  for (const std::string& id : known) ++counts[id.size()];
  std::vector<std::pair<std::size_t, std::size_t>> by_count;
  for (const auto& [length, count] : counts) by_count.emplace_back(count, length);
  std::ranges::sort(by_count, std::greater<>());
  std::vector<std::size_t> out;
  for (const auto& [count, length] : by_count)
    if (out.size() < kMostLengths) out.push_back(length);
  return out;
}

bool is_known(const Ids& ids, const std::optional<IdPattern>& pattern, const Spelling& how, const KnownIds& known) {
  const auto part = [&](const std::string& id) {
    return pattern && !id.empty() ? pattern->id_in(id) : std::string_view(id);
  };
  const IdSources sources{part(ids.field), part(ids.tlv), part(ids.body)};
  return std::ranges::any_of(candidates_of(sources, how.formats),
                             [&](const IdCandidate& candidate) { return known.contains(candidate.id); });
}

std::size_t count_known(const std::vector<Ids>& ids, const std::optional<IdPattern>& pattern, const Spelling& how,
                        const KnownIds& known) {
  return static_cast<std::size_t>(
      std::ranges::count_if(ids, [&](const Ids& one) { return is_known(one, pattern, how, known); }));
}

template <class T>
std::vector<T> some_of(const std::vector<T>& all, std::size_t most) {
  std::vector<T> out;
  const std::size_t count = std::min(most, all.size());
  for (std::size_t i = 0; i < count; ++i) out.push_back(all[i * all.size() / count]);
  return out;
}

const Spelling& best_spelling(const std::vector<Ids>& ids, const std::optional<IdPattern>& pattern,
                              const std::vector<Spelling>& ways, const KnownIds& known) {
  const std::vector<Ids> few = some_of(ids, kSample);
  const Spelling* best = &ways.front();
  std::size_t most = count_known(few, pattern, *best, known);
  for (const Spelling& way : ways) {
    const std::size_t count = count_known(few, pattern, way, known);
    if (count <= most + few.size() / 50) continue;
    most = count;
    best = &way;
  }
  return *best;
}

enum class Kind { kDigit, kLetter, kSign };
Kind kind_of_char(char c) {
  if (is_digit(c)) return Kind::kDigit;
  return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80 ? Kind::kLetter : Kind::kSign;
}

// The places at which an id could be parted: around signs, and between letters and digits unless they alternate as in
// hex numbers.
std::vector<std::size_t> cuts_of(std::string_view id) {
  std::vector<std::size_t> all, signs;
  for (std::size_t i = 1; i < id.size(); ++i) {
    const Kind before = kind_of_char(id[i - 1]);
    const Kind behind = kind_of_char(id[i]);
    if (before == behind) continue;
    all.push_back(i);
    if (before == Kind::kSign || behind == Kind::kSign) signs.push_back(i);
  }
  std::vector<std::size_t> out = all.size() > kMostCuts ? std::move(signs) : std::move(all);
  out.insert(out.begin(), 0);
  out.push_back(id.size());
  return out;
}

struct Part {
  std::string_view before, id, behind;
};

std::vector<Part> parts_of(std::string_view id) {
  std::vector<Part> out;
  const std::vector<std::size_t> cuts = cuts_of(id);
  for (std::size_t b = 0; b < std::min<std::size_t>(cuts.size(), 6); ++b)
    for (std::size_t e = cuts.size(); e-- > b + 1 && cuts.size() - e < 6;)
      if (cuts[e] - cuts[b] >= std::min(kShortestPart, id.size()) && cuts[e] - cuts[b] < id.size())
        out.push_back({id.substr(0, cuts[b]), id.substr(cuts[b], cuts[e] - cuts[b]), id.substr(cuts[e])});
  return out;
}

// What stands around an id, as a piece of a regular expression: signs and letters as they are, digits as any digits.
std::string pattern_around(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Kind kind = kind_of_char(text[i]);
    if (kind == Kind::kDigit) {
      if (i == 0 || kind_of_char(text[i - 1]) != Kind::kDigit) out += "[0-9]+";
      continue;
    }
    if (kind == Kind::kSign) out += '\\';
    out += text[i];
  }
  return out;
}

// The patterns of whose group a known id can be made, with how many of these ids each does it; empty: the whole id.
std::map<std::string, std::size_t> patterns_of(const std::vector<Ids>& some, const std::vector<Spelling>& ways,
                                               const KnownIds& known) {
  const auto hits = [&](std::string_view id) {
    const Ids alone{std::string(id), {}, {}};
    return std::ranges::any_of(ways, [&](const Spelling& way) { return is_known(alone, {}, way, known); });
  };
  std::map<std::string, std::size_t> found;
  for (const Ids& ids : some) {
    std::set<std::string> own;
    for (const std::string* id : {&ids.field, &ids.tlv, &ids.body}) {
      if (hits(*id)) own.emplace();
      for (const Part& part : parts_of(*id))
        if (hits(part.id)) own.insert("^" + pattern_around(part.before) + "(.+)" + pattern_around(part.behind) + "$");
    }
    for (const std::string& pattern : own) ++found[pattern];
  }
  return found;
}

// The pattern that finds most of the ids that are not known as they are; empty: none does.
std::string find_pattern(const std::vector<Ids>& unknown, const std::vector<Spelling>& ways, const KnownIds& known) {
  auto found = patterns_of(some_of(unknown, kPatternSample), ways, known);
  found.erase(std::string());
  const auto best = std::ranges::max_element(found, {}, &std::pair<const std::string, std::size_t>::second);
  return best == found.end() || best->second * 4 < std::min(kPatternSample, unknown.size()) ? std::string()
                                                                                            : best->first;
}

std::string words_of(const Spelling& how) {
  if (how.submit.empty()) return "as they are";
  std::string out = how.receipt.front().second + " written as " + how.submit.front().second;
  for (std::size_t i = 1; i < how.submit.size(); ++i)
    out += (how.submit[i].first == "padding" ? " of at least " + how.submit[i].second + " digits"
                                             : " in " + how.submit[i].second + " case");
  return out;
}

std::optional<IdPattern> compiled(const std::string& pattern) {
  if (pattern.empty()) return std::nullopt;
  auto made = IdPattern::compile(pattern);
  const auto* usable = std::get_if<IdPattern>(&made);
  return usable == nullptr ? std::nullopt : std::optional(*usable);
}

// How many of these are known as they are and are no number of the base that the others have: another connector's.
std::size_t count_untouched(const std::vector<Ids>& ids, const std::optional<IdPattern>& pattern, const Spelling& how,
                            const KnownIds& known) {
  const bool decimal = how.formats && how.formats->receipt.base == IdBase::kDecimal;
  if (!decimal) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(ids, [&](const Ids& one) {
    return std::ranges::any_of(std::array{&one.field, &one.tlv, &one.body}, [&](const std::string* id) {
      const std::string_view part = pattern && !id->empty() ? pattern->id_in(*id) : std::string_view(*id);
      return !std::ranges::all_of(part, is_digit) && known.contains(part);
    });
  }));
}

void compare(const std::vector<Ids>& ids, const KnownIds& known, const std::string& with, Draft& draft,
             Evidence& evidence) {
  const std::vector<Spelling> ways = spellings(lengths_of(known));
  const auto unknown_by = [&](const std::optional<IdPattern>& pattern, const Spelling& how) {
    std::vector<Ids> out;
    std::ranges::copy_if(ids, std::back_inserter(out),
                         [&](const Ids& one) { return !is_known(one, pattern, how, known); });
    return out;
  };
  const Spelling& plain = ways.front();
  const Spelling* how = &best_spelling(ids, {}, ways, known);
  std::optional<IdPattern> pattern;
  const std::vector<Ids> left = unknown_by({}, *how);
  if (left.size() * 10 >= ids.size()) {
    const std::string found = find_pattern(left, ways, known);
    const auto tried = compiled(found);
    if (tried) {
      const Spelling& inside = best_spelling(ids, tried, ways, known);
      if (count_known(ids, tried, inside, known) > ids.size() - left.size() + ids.size() / 10) {
        pattern = tried;
        how = &inside;
        draft.id_pattern = found;
      }
    }
  }
  const std::size_t as_they_are = count_known(ids, {}, plain, known);
  const std::size_t count = count_known(ids, pattern, *how, known);
  if (count == 0) {
    evidence.open.push_back("receipt_id, submit_id: no id of a receipt was found among " + with +
                            ", in no spelling; are these the ids of the same days?");
    return;
  }
  const std::string found = share_text(count, ids.size()) + " ids are found among " + with;
  if (pattern)
    evidence.of_key["id_pattern"] = found + " by their part in ( ), " + grouped(as_they_are) + " as they are";
  if (how->formats) {
    draft.receipt_id = how->receipt;
    draft.submit_id = how->submit;
    evidence.of_key["receipt_id"] = found + " when " + words_of(*how) + ", " + grouped(as_they_are) + " as they are";
  }
  const std::vector<Ids> rest = unknown_by(pattern, *how);
  const Spelling& other = best_spelling(rest, {}, ways, known);
  const std::size_t of_other = count_known(rest, {}, other, known);
  if (of_other * 10 >= ids.size() && of_other >= kLeastOfOthers)
    evidence.mixed.push_back("ids are spelled in two ways: " + grouped(count) + " are found when " + words_of(*how) +
                             ", " + grouped(of_other) + " others when " + words_of(other));
  const std::size_t untouched = count_untouched(ids, pattern, *how, known);
  if (untouched >= kLeastOfOthers && untouched * 10 >= ids.size() && (count - untouched) * 10 >= ids.size())
    evidence.mixed.push_back("ids are spelled in two ways: " + grouped(count - untouched) + " are found when " +
                             words_of(*how) + ", " + grouped(untouched) + " others as they are");
}

// Each connector's captures by the labels that its texts have.
std::vector<Ids> ids_as_read(const Captures& captures) {
  std::map<std::string_view, Captures> groups;
  for (const Captured* captured : captures) groups[captured->connector].push_back(captured);
  std::vector<Ids> out;
  for (const auto& [connector, own] : groups) {
    Draft draft;
    Evidence evidence;
    find_labels(own, {}, draft, evidence);
    std::ranges::move(ids_of(own, draft.profile().value_or(Profile())), std::back_inserter(out));
  }
  return out;
}

void add_candidates(std::string_view id, const Spelling& way, KnownIds& out) {
  for (IdCandidate& candidate : candidates_of({id, {}, {}}, way.formats)) out.insert(std::move(candidate.id));
}

}  // namespace

void find_ids(const Captures& captures, const KnownIds& known, Draft& draft, Evidence& evidence) {
  const auto profile = draft.profile();
  if (!profile) return;
  std::vector<Ids> ids = ids_of(captures, *profile);
  if (ids.empty()) return;
  if (!known.empty()) {
    compare(ids, known, "those of submit responses", draft, evidence);
    return;
  }
  KnownIds of_tlvs;
  std::erase_if(ids, [](const Ids& one) { return one.tlv.empty() || one.body.empty(); });
  for (Ids& one : ids) of_tlvs.insert(std::exchange(one.tlv, {}));
  const auto cut = [&](const Ids& one) {  // a text that holds the beginning of the whole id needs no profile
    const auto at = of_tlvs.lower_bound(one.body);
    return at != of_tlvs.end() && at->starts_with(one.body);
  };
  if (!ids.empty() && !std::ranges::all_of(ids, cut))
    compare(ids, of_tlvs, "those of TLV 0x001E, which repeats the submit response", draft, evidence);
  else
    evidence.open.push_back(
        "receipt_id, submit_id: nothing to compare the ids with; give those of submit responses with --ids");
}

bool are_ids(const std::vector<std::string>& values, const KnownIds& known) {
  if (known.empty()) return false;
  std::vector<Ids> few;
  for (const std::string& value : some_of(values, kPatternSample)) few.push_back({value, {}, {}});
  const auto found = patterns_of(few, spellings(lengths_of(known)), known);
  return std::ranges::any_of(found, [&](const auto& pattern) { return pattern.second * 2 > few.size(); });
}

KnownIds spellings_of(const Captures& captures) {
  const std::vector<Spelling> ways = spellings({kUsualLengths.begin(), kUsualLengths.end()});
  KnownIds out;
  const auto add = [&](std::string_view id) {
    for (const Spelling& way : ways) add_candidates(id, way, out);
  };
  for (const Ids& ids : some_of(ids_as_read(captures), kSpelled)) {
    for (const std::string* id : {&ids.field, &ids.tlv, &ids.body}) {
      add(*id);
      for (const Part& part : parts_of(*id)) add(part.id);
    }
  }
  return out;
}

KnownIds spellings_alike(const Captures& captures, const KnownIds& known) {
  std::vector<std::size_t> lengths = lengths_of(known);
  lengths.insert(lengths.end(), kUsualLengths.begin(), kUsualLengths.end());
  const std::vector<Spelling> ways = spellings(std::move(lengths));
  const std::vector<Ids> all = ids_as_read(captures);
  const std::vector<Ids> few = some_of(all, kSpelled);
  KnownIds out;
  for (const auto& [pattern, count] : patterns_of(few, ways, known)) {
    const auto part = compiled(pattern);
    const auto collect = [&](const std::vector<Ids>& of, const Spelling& way) {
      KnownIds spelled;
      for (const Ids& ids : of)
        for (const std::string* id : {&ids.field, &ids.tlv, &ids.body})
          add_candidates(part ? part->id_in(*id) : std::string_view(*id), way, spelled);
      return spelled;
    };
    std::set<KnownIds> seen;  // ways that come to the same need one look-up
    for (const Spelling& way : ways) {
      KnownIds spelled = collect(few, way);
      const bool finds = std::ranges::any_of(spelled, [&](const std::string& id) { return known.contains(id); });
      if (finds && seen.insert(std::move(spelled)).second) out.merge(collect(all, way));
    }
  }
  return out;
}

}  // namespace dlrgw::normalise
