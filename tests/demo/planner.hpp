// SPDX-License-Identifier: Apache-2.0
// Collects a manifest: kinds, messages, receipts and what is expected of them. Used by the generator's functions only.
#pragma once
#include <string>

#include "demo/manifest.hpp"

namespace dlrgw::demo {

inline constexpr const char* kNorth = "demo-north";
inline constexpr const char* kSouth = "demo-south";
inline constexpr const char* kSingle = "demo-single";  // sends one receipt for all segments of a message

class Planner {
 public:
  Planner(std::uint64_t seed, double scale);

  // How many of something: base scaled, and up to a quarter more.
  [[nodiscard]] int some(int base);
  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return rng_() % limit; }
  template <typename T, std::size_t N>
  [[nodiscard]] const T& one_of(const T (&values)[N]) {
    return values[below(N)];
  }
  [[nodiscard]] std::string digits(int count);  // no leading zero
  [[nodiscard]] std::string hex(int count);
  [[nodiscard]] std::string uuid() { return test::random_uuid(rng_); }
  [[nodiscard]] std::string phone_number();

  std::size_t kind(const std::string& name);
  void expect(std::size_t kind, Outcome outcome, std::int64_t low, std::int64_t high);
  void expect(std::size_t kind, Outcome outcome) { expect(kind, outcome, 1, 1); }

  // A message that was submitted to one of the two operators; it is inserted with its correlation row.
  [[nodiscard]] test::Message message(const std::string& operator_message_id = {});
  void insert(const test::Message& message);  // with the fate "no receipt decides it"
  Fate& fate(const std::string& message_id) { return manifest_.fates[message_id]; }

  // A receipt of that message with a new event id, received a few seconds ago.
  [[nodiscard]] test::Receipt receipt(const test::Message& message);
  void send(std::size_t kind, const test::Receipt& receipt, const std::string& status, Phase phase = Phase::kFirst);
  void send_payload(std::size_t kind, const std::string& payload);

  Manifest& manifest() { return manifest_; }
  [[nodiscard]] Manifest finish();  // shuffles within the phases and puts them in order

 private:
  test::Rng rng_;
  double scale_;
  Manifest manifest_;
};

// The generator's parts, one file each.
void plan_states(Planner& planner);        // every status, in every spelling
void plan_texts(Planner& planner);         // receipts known by their text or their TLVs only
void plan_sequences(Planner& planner);     // duplicates, intermediates, late ones
void plan_segments(Planner& planner);      // several segments, attempts, a day later
void plan_correlations(Planner& planner);  // colliding, unknown, early ids
void plan_invalid(Planner& planner);       // what cannot be read

}  // namespace dlrgw::demo
