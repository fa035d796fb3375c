// SPDX-License-Identifier: Apache-2.0
// Requests to put many stored receipts through again, and the job that does so: page by page in the order of the
// streams, each receipt in a transaction of its own. What was done is counted in that transaction, so that nothing is
// miscounted when a gateway dies on the way; another one goes on after the last page. Owned by the plugin. run() on the
// job's thread; handlers ask and read concurrently.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "bulk_request.hpp"
#include "resubmission.hpp"

namespace dlrgw::admin_http {

inline constexpr std::string_view kBulkJob = "admin.resubmit";

class BulkResubmission {
 public:
  // resubmission must outlive this.
  BulkResubmission(Host host, const Resubmission& resubmission);

  // Stores the request; its id. The job takes it up at its next turn.
  [[nodiscard]] std::string ask(std::string_view actor, const BulkSelection& selection) const;
  [[nodiscard]] std::optional<BulkProgress> progress(std::string_view id) const;
  [[nodiscard]] std::optional<BulkProgress> newest() const;

  // The job: walks through every open request, oldest first. A receipt that cannot be put through now, while others
  // can, is left out and named. Throws when none can, so that its next turn goes on where this one stopped.
  void run(const JobContext& context);

 private:
  struct Open {  // a request that is not finished
    std::string id = "00000000-0000-0000-0000-000000000000", actor{};
    std::int64_t requested_at_us = 0;
    BulkSelection selection{};
    std::int64_t steps = 0;
    StoredPlace beyond{};
  };
  struct Looked {
    StoredPlace place;
    bool due = false;  // matches, and was not put through yet
  };
  struct Stuck {
    StoredPlace place;
    std::string why;  // empty: it waits for those before it, to be counted behind them
  };
  struct Walk {  // one run over one request
    const JobContext& context;
    StoredPlace looked_at;
    StoredPlace settled;         // the next run begins behind this one
    Tally not_kept{};            // up to there
    std::vector<Stuck> left{};   // likewise: left out
    std::vector<Stuck> stuck{};  // behind it; none has got through since the first of them
    std::size_t in_a_row = 0;    // of this run
    std::size_t carried = 0;     // of earlier runs, which gave up
    std::string why{};           // of the last one that is stuck
  };
  struct GaveUp {
    std::int64_t steps = 0;  // another host that led meanwhile has made more of them
    std::vector<Stuck> stuck;
  };
  struct Tried {
    enum class How {
      kThrough,
      kNotNow,   // a dependency is away, for all or for this one
      kNoProof,  // nothing that shows whether others can be put through
    };
    How how = How::kNoProof;
    std::string not_kept{};  // the outcome under which it is counted; empty: counted by its row, or not at all
    std::string why{};
  };

  // The next open request behind this one; false: there is none.
  bool next_open(Open& open) const;
  bool walk(Open& open, const JobContext& context);  // false: stopped
  [[nodiscard]] std::vector<Looked> look(const Open& open, const StoredPlace& beyond) const;
  void put_through(const Open& open, const StoredPlace& place, Walk& walk);
  bool settle(const Open& open, Walk& walk);  // false: stopped
  [[nodiscard]] Tried attempt(const Open& open, const StoredPlace& place) const;
  void end_step(Open& open, Walk& walk, bool finished) const;
  [[nodiscard]] std::optional<BulkProgress> read(SqlStatement statement, std::string_view id) const;

  const Resubmission& resubmission_;
  std::string instance_;
  Clock clock_;
  Digest digest_;
  Log log_;
  Sql sql_;
  SqlStatement ask_, next_, look_, end_step_, by_id_, newest_;
  // On the job's thread only, by request: those behind which its next run begins, although none of them is settled.
  std::map<std::string, GaveUp> gave_up_;
};

}  // namespace dlrgw::admin_http
