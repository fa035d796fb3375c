// SPDX-License-Identifier: Apache-2.0
// Requests to put many stored receipts through again, and the job that does so: page by page in the order of the
// streams, each receipt in a transaction of its own. What was done is counted in that transaction, so that nothing is
// miscounted when a gateway dies on the way; another one goes on after the last page. Owned by the plugin. run() on the
// job's thread; handlers ask and read concurrently.
#pragma once
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

  // The job: walks through every open request, oldest first. Throws when a dependency is away, so that its next turn
  // goes on where this one stopped.
  void run(const JobContext& context) const;

 private:
  struct Open {  // a request that is not finished
    std::string id, actor;
    BulkSelection selection;
    std::int64_t steps = 0;
    StoredPlace beyond;
  };
  struct Looked {
    StoredPlace place;
    bool due = false;  // matches, and was not put through yet
  };
  struct PageWalk {
    StoredPlace behind;  // the next run begins behind this one
    Tally not_kept;
    std::vector<StoredPlace> failures{};  // in a row, not counted yet
    void settle();                        // they were their own fault: others get through
  };

  [[nodiscard]] std::optional<Open> next_open() const;
  bool walk(Open& open, const JobContext& context) const;  // false: stopped
  [[nodiscard]] std::vector<Looked> look(const Open& open) const;
  void put_through(const Open& open, const StoredPlace& place, PageWalk& walked) const;
  void end_step(Open& open, const PageWalk& walked, bool finished) const;
  [[nodiscard]] std::optional<BulkProgress> read(SqlStatement statement, std::string_view id) const;

  const Resubmission& resubmission_;
  std::string instance_;
  Clock clock_;
  Digest digest_;
  Log log_;
  Sql sql_;
  SqlStatement ask_, next_, look_, end_step_, by_id_, newest_;
};

}  // namespace dlrgw::admin_http
