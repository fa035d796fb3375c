#include "bench/replay.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <boost/json.hpp>

#include "bench/pg.hpp"
#include "support/json.hpp"

namespace dlrgw::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class Session {
 public:
  Session(const std::string& dsn, const std::string& role, const std::string& settings) : pg_(dsn) {
    pg_.exec("SET SESSION AUTHORIZATION " + role);
    if (!settings.empty()) pg_.exec(settings);
  }
  PgResult run(const Execution& execution) { return run(execution, execution.parameters); }
  PgResult run(const Execution& execution, const std::vector<std::optional<std::string>>& parameters) {
    const Prepared& prepared = *execution.prepared;
    if (prepared_.insert(prepared.name).second) pg_.prepare(prepared.name, prepared.sql);
    return pg_.execute(prepared.name, parameters);
  }
  void exec(const std::string& sql) { pg_.exec(sql); }

 private:
  Pg pg_;
  std::set<std::string> prepared_;
};

// Turns the rows that the relay has read into the parameter of its delete.
class RowsToRemove {
 public:
  explicit RowsToRemove(const Execution& remove) {
    const auto parsed = boost::json::parse(remove.parameters.at(0).value());
    for (const auto& [key, value] : parsed.as_array().at(0).as_object())
      columns_.push_back({std::string(key.data(), key.size()), value.is_string()});
  }

  // Sorted by the columns in their order, as the gateway sends them.
  [[nodiscard]] std::string json(const PgResult& read) const {
    std::vector<int> positions;
    for (const Column& column : columns_) positions.push_back(read.column(column.name));
    std::vector<std::vector<std::string>> rows;
    for (int row = 0; row < read.rows(); ++row) {
      auto& cells = rows.emplace_back();
      for (const int position : positions) cells.push_back(read.text(row, position));
    }
    std::sort(rows.begin(), rows.end(), [this](const auto& a, const auto& b) { return before(a, b); });
    std::string out = "[";
    for (const auto& cells : rows) {
      test::JsonObject object;
      for (std::size_t i = 0; i < columns_.size(); ++i)
        columns_[i].text ? object.text(columns_[i].name, cells[i]) : object.raw(columns_[i].name, cells[i]);
      out += (out.size() > 1 ? "," : "") + object.str();
    }
    return out + "]";
  }

 private:
  struct Column {
    std::string name;
    bool text;
  };
  bool before(const std::vector<std::string>& a, const std::vector<std::string>& b) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (a[i] == b[i]) continue;
      return columns_[i].text || a[i].size() == b[i].size() ? a[i] < b[i] : a[i].size() < b[i].size();
    }
    return false;
  }
  std::vector<Column> columns_;
};

// Shared by the threads of one replay.
struct Board {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;  // guards all below
  std::condition_variable changed;
  std::size_t committed = 0;
  int lanes = 0;  // that are at work
  std::exception_ptr failure;
  double committed_seconds = 0;

  void fail() {
    const std::lock_guard lock(mutex);
    if (!failure) failure = std::current_exception();
    changed.notify_all();
  }
};

void run_lane(const RoleScript& role, Session& session, Board& board, Clock::time_point start) {
  for (std::size_t i = 0; (i = board.next.fetch_add(1)) < role.committed.size();) {
    session.exec("BEGIN");
    for (const Execution& execution : role.committed[i]) session.run(execution);
    session.exec("COMMIT");
    const std::lock_guard lock(board.mutex);
    ++board.committed;
    board.changed.notify_all();
  }
  const std::lock_guard lock(board.mutex);
  if (--board.lanes == 0) board.committed_seconds = seconds_since(start);
  board.changed.notify_all();
}

void run_relay(const RelayScript& script, Session& session, Board& board) {
  const RowsToRemove rows(script.remove);
  std::size_t seen = 0;
  for (;;) {
    bool last = false;
    {
      std::unique_lock lock(board.mutex);
      board.changed.wait(lock, [&] { return board.failure || board.lanes == 0 || board.committed != seen; });
      if (board.failure) return;
      last = board.lanes == 0;
      seen = board.committed;
    }
    for (;;) {
      session.exec("BEGIN");
      const PgResult read = session.run(script.read);
      session.exec("ROLLBACK");
      if (read.rows() == 0) break;
      session.exec("BEGIN");
      session.run(script.remove, {rows.json(read)});
      session.exec("COMMIT");
    }
    if (last) return;
  }
}

}  // namespace

RelayScript relay_script(const RoleScript& role) {
  RelayScript result;
  std::int64_t most = 0;
  for (const auto& [name, count] : role.executions) {
    const Execution& execution = role.first.at(name);
    if (execution.prepared->sql.find("DELETE FROM") != std::string::npos) {
      result.remove = execution;
    } else if (count > most) {
      most = count;
      result.read = execution;
    }
  }
  if (result.read.prepared == nullptr || result.remove.prepared == nullptr || result.remove.parameters.size() != 1)
    throw std::runtime_error("the relay was not seen reading with one statement and deleting with another");
  return result;
}

Replayed replay(const Script& script, const std::string& dsn, int connections) {
  const RoleScript& lane_role = script.at(kLaneRole);
  const RoleScript& relay_role = script.at(kRelayRole);
  const RelayScript relay = relay_script(relay_role);
  std::vector<std::unique_ptr<Session>> lanes;
  for (int i = 0; i < connections; ++i) lanes.push_back(std::make_unique<Session>(dsn, kLaneRole, lane_role.settings));
  Session relay_session(dsn, kRelayRole, relay_role.settings);

  Board board;
  board.lanes = connections;
  const auto start = Clock::now();
  const auto guarded = [&board](auto&& work) {
    try {
      work();
    } catch (...) {
      board.fail();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (auto& lane : lanes)
      threads.emplace_back(
          [&, session = lane.get()] { guarded([&] { run_lane(lane_role, *session, board, start); }); });
    threads.emplace_back([&] { guarded([&] { run_relay(relay, relay_session, board); }); });
  }
  if (board.failure) std::rethrow_exception(board.failure);
  return {seconds_since(start), board.committed_seconds};
}

}  // namespace dlrgw::bench
