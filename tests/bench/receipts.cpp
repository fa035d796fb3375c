// SPDX-License-Identifier: Apache-2.0
// What it costs to make one canonical receipt of what an operator sent: texts of the usual length with and without a
// profile, and the worst of 4 KiB. No server, no I/O. Build it in release:
// `cmake --build --preset release --target dlr-bench-receipts`.
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>

#include "normalise.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kLongest = 4096;  // of a receipt text

// 200 octets, as most operators send them.
std::string usual() {
  std::string text =
      "id:smsc4-7f3e9c21aa5540b0 sub:001 dlvrd:001 submit date:2611230540 done date:2611230545 stat:UNDELIV err:077 "
      "text:";
  return text + std::string(200 - text.size(), 'x');
}

std::string repeated(std::string_view what) {
  std::string out;
  while (out.size() + what.size() <= kLongest) out += what;
  return out;
}

Profile everything() {
  ProfileText text;
  text.time_zone = "Europe/Berlin";
  text.date_format = "%y%m%d%H%M";
  text.receipt_id = {{"base", "hex"}};
  text.submit_id = {{"base", "hex"}, {"case", "upper"}};
  text.id_pattern = "^smsc[0-9]+-(.+)$";
  text.labels = {{"id", "id|MsgId|Message ID"}, {"stat", "stat|Status"}, {"between", ";"}};
  text.status_aliases = {{"UNDELIV err:77", "EXPIRED"}, {"UNDELIV err:077", "EXPIRED"}, {"DELIVERD", "DELIVERED"}};
  text.error_codes = {{"077", "11"}};
  std::vector<Mistake> mistakes;
  Profile profile = read_profile(text, mistakes);
  if (!mistakes.empty()) throw std::logic_error(mistakes.front().text);
  return profile;
}

void run(benchmark::State& state, const Profile& profile, const std::string& text, const std::string& payload = {}) {
  Received received;
  received.received_at_us = 1'795'412'740'000'000;
  received.raw_receipt = text;
  received.tlv_message_payload = payload;
  for (auto _ : state) benchmark::DoNotOptimize(normalise(received, profile, {}));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}

void of_200_octets(benchmark::State& state) { run(state, {}, usual()); }
void of_200_octets_with_a_profile(benchmark::State& state) { run(state, everything(), usual()); }
BENCHMARK(of_200_octets);
BENCHMARK(of_200_octets_with_a_profile);

void worst(benchmark::State& state, std::string_view what) {
  const Profile profile = everything();
  run(state, profile, repeated(what));
}
BENCHMARK_CAPTURE(worst, colons, ":");
BENCHMARK_CAPTURE(worst, labels, "id:");
BENCHMARK_CAPTURE(worst, labels_of_two_words, "done date:");
BENCHMARK_CAPTURE(worst, blanks_and_colons, "  :");
BENCHMARK_CAPTURE(worst, blanks, " ");
BENCHMARK_CAPTURE(worst, almost_labels, "date:");
BENCHMARK_CAPTURE(worst, ids_of_others, "smsc id:");
BENCHMARK_CAPTURE(worst, marks, "\xEF\xBB\xBF");
BENCHMARK_CAPTURE(worst, no_break_blanks_and_colons, "\xC2\xA0:");
BENCHMARK_CAPTURE(worst, every_other_a_blank, "i ");
BENCHMARK_CAPTURE(worst, ids_in_quotes, "id:\"1\" ");

void one_endless_id(benchmark::State& state) { run(state, everything(), "id:" + std::string(kLongest - 3, 'f')); }
void an_id_of_closing_brackets(benchmark::State& state) {
  run(state, everything(), "id:" + std::string(kLongest - 3, ')'));
}
void an_id_of_quotes(benchmark::State& state) { run(state, everything(), "id:" + std::string(kLongest - 3, '"')); }
void blanks_before_a_colon(benchmark::State& state) {
  run(state, everything(), "id:1 date" + std::string(kLongest - 10, ' ') + ":");
}
void words_behind_a_status(benchmark::State& state) { run(state, everything(), "stat:" + repeated("ab ").substr(5)); }
BENCHMARK(one_endless_id);
BENCHMARK(an_id_of_closing_brackets);
BENCHMARK(an_id_of_quotes);
BENCHMARK(blanks_before_a_colon);
BENCHMARK(words_behind_a_status);

}  // namespace
}  // namespace dlrgw::normalise

BENCHMARK_MAIN();
