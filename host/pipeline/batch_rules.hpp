// SPDX-License-Identifier: Apache-2.0
// The decisions around running a batch, as functions of values: what kind of failure it was, whose retry is counted,
// which rows are kept, and what becomes of each receipt after the commit. Pure; any thread.
#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "pipeline/replay_plan.hpp"
#include "receipt/verdict.hpp"
#include "storage/db_error.hpp"
#include "storage/unit_of_work.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

inline constexpr std::string_view kDependencyPostgres = "postgresql";

// What PostgreSQL said (db, may be null) outranks what a stage made of it (error).
BatchFailure failure_of(const DbFailure* db, const Error& error, std::string_view stage, std::string_view plugin);
// A cause in the form of BatchFailure::cause, for what a committed batch has got past.
std::string cause_of_stage(std::string_view stage);
std::set<std::string> got_through(std::span<const UnitOfWork::Execution> executions,
                                  std::span<const std::string_view> stages);

// What becomes of a RETRY. `retries`: how often its stage has asked for one before. room: whether the receipt was
// turned away because a quirk or stage is not being called at the moment. Beyond the share of a stage it is a retry
// like any other: every receipt passes it, and it may work again soon.
enum class HoldRoom : std::uint8_t { kNotTurnedAway, kHeld, kFull };
void limit_retry(Verdict& verdict, std::uint32_t retries, std::uint32_t max_retries, HoldRoom room);

// Whether the rows and events of a receipt with this verdict are committed.
bool keeps_rows(Verdict::Action action);

// The verdicts that the host gives by itself.
Verdict reject_for(const BatchFailure& why);
Verdict turned_away_from(std::string_view stage, std::string_view plugin);
Verdict retry_for(const BatchFailure& why, std::uint32_t retries);
Verdict put_away_for(const BatchFailure& why);

// What is done with a receipt's delivery once the batch is committed.
enum class Answer { kAck, kTerm, kPark };
struct Settlement {
  Answer answer = Answer::kAck;
  bool has_outcome = true;    // it is counted and logged
  bool counts_retry = false;  // of its stage
  std::uint32_t park_ms = 0;
  std::uint32_t fate = 0;  // DLRGW_FATE_
  std::string_view label;  // of dlr_stage_receipts_total
};
Settlement settle_as(const Verdict& verdict);

}  // namespace dlrgw::host
