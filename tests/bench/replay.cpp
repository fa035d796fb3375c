// SPDX-License-Identifier: Apache-2.0
#include "bench/replay.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "bench/pg.hpp"

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
  PgResult run(const Prepared& prepared, const std::vector<std::optional<std::string>>& parameters) {
    prepare(prepared);
    return pg_.execute(prepared.name, parameters);
  }
  std::vector<std::optional<std::string>> to_binary(const Execution& execution) {
    prepare(*execution.prepared);
    return pg_.to_binary(execution.prepared->name, execution.parameters);
  }
  void exec(const std::string& sql) { pg_.exec(sql); }

 private:
  void prepare(const Prepared& prepared) {
    if (prepared_.insert(prepared.name).second) pg_.prepare(prepared.name, prepared.sql);
  }
  Pg pg_;
  std::set<std::string> prepared_;
};

void put_int(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

// An array parameter in PostgreSQL's binary format (array_recv), grown element by element.
class BinaryArray {
 public:
  explicit BinaryArray(std::uint32_t element_type) : type_(element_type) {}
  void add_text(const std::string& text) {
    put_int(elements_, text.size(), 4);
    elements_ += text;
    ++count_;
  }
  void add_int(std::int64_t value) {
    put_int(elements_, 8, 4);
    put_int(elements_, static_cast<std::uint64_t>(value), 8);
    ++count_;
  }
  [[nodiscard]] std::string bytes() const {
    std::string out;
    for (const std::uint32_t word : {1U, 0U, type_, count_, 1U}) put_int(out, word, 4);
    return out + elements_;
  }

 private:
  std::uint32_t type_;
  std::uint32_t count_ = 0;
  std::string elements_;
};

// The two parameters of the relay's statements.
std::vector<std::optional<std::string>> positions(const std::vector<std::pair<std::string, std::int64_t>>& rows) {
  constexpr std::uint32_t kText = 25, kBigint = 20;  // pg_type.oid
  BinaryArray subjects(kText), ids(kBigint);
  for (const auto& [subject, id] : rows) {
    subjects.add_text(subject);
    ids.add_int(id);
  }
  return {subjects.bytes(), ids.bytes()};
}

// Where the relay has come to in each subject.
class Cursor {
 public:
  explicit Cursor(const std::vector<std::string>& subjects) {
    for (const std::string& subject : subjects) at_[subject] = 0;
  }
  [[nodiscard]] std::vector<std::optional<std::string>> parameters() const {
    return positions({at_.begin(), at_.end()});
  }
  void move_behind(const std::vector<std::pair<std::string, std::int64_t>>& rows) {
    for (const auto& [subject, id] : rows) at_[subject] = std::max(at_[subject], id);
  }
  void rewind() {
    for (auto& [subject, id] : at_) id = 0;
  }

 private:
  std::map<std::string, std::int64_t> at_;
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
    for (const Execution& execution : role.committed[i]) session.run(*execution.prepared, execution.parameters);
    session.exec("COMMIT");
    const std::lock_guard lock(board.mutex);
    ++board.committed;
    board.changed.notify_all();
  }
  const std::lock_guard lock(board.mutex);
  if (--board.lanes == 0) board.committed_seconds = seconds_since(start);
  board.changed.notify_all();
}

// One turn of the relay. Returns how many rows it found.
std::size_t relay_some(const RelayScript& script, Session& session, Cursor& cursor) {
  session.exec("BEGIN");
  const PgResult read = session.run(*script.read, cursor.parameters());
  session.exec("ROLLBACK");
  const int subject = read.column("subject"), id = read.column("id");
  std::vector<std::pair<std::string, std::int64_t>> rows;
  for (int row = 0; row < read.rows(); ++row)
    rows.emplace_back(read.text(row, subject), std::stoll(read.text(row, id)));
  if (rows.empty()) return 0;
  std::sort(rows.begin(), rows.end());  // as the gateway does
  session.exec("BEGIN");
  session.run(*script.remove, positions(rows));
  session.exec("COMMIT");
  cursor.move_behind(rows);
  return rows.size();
}

void run_relay(const RelayScript& script, Session& session, Board& board) {
  Cursor cursor(script.subjects);
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
    if (last) cursor.rewind();  // a lane may have committed ids below those that another had committed before
    while (relay_some(script, session, cursor) != 0) continue;
    if (last) return;
  }
}

// "{a,b}" → a, b. Subjects hold nothing that PostgreSQL would quote.
void collect_subjects(std::string_view array, std::set<std::string>& out) {
  if (array.size() < 2 || array.front() != '{' || array.back() != '}' || array.find('"') != std::string_view::npos)
    throw std::runtime_error("the relay was not seen deleting by subject");
  array = array.substr(1, array.size() - 2);
  while (!array.empty()) {
    const std::size_t comma = std::min(array.find(','), array.size());
    out.emplace(array.substr(0, comma));
    array.remove_prefix(std::min(comma + 1, array.size()));
  }
}

}  // namespace

RelayScript relay_script(const RoleScript& role) {
  RelayScript result;
  for (const auto& [name, execution] : role.first) {
    const std::string& sql = execution.prepared->sql;
    if (sql.find("DELETE FROM dlr.outbox") != std::string::npos) result.remove = execution.prepared;
    if (sql.find("after_id") != std::string::npos) result.read = execution.prepared;
  }
  if (result.read == nullptr || result.remove == nullptr)
    throw std::runtime_error("the relay was not seen reading with one statement and deleting with another");
  std::set<std::string> subjects;
  for (const Transaction& transaction : role.committed)
    for (const Execution& execution : transaction)
      if (execution.prepared == result.remove) collect_subjects(execution.parameters.at(0).value(), subjects);
  result.subjects.assign(subjects.begin(), subjects.end());
  return result;
}

void make_binary(Script& script, const std::string& dsn) {
  RoleScript& role = script.at(kLaneRole);
  Session session(dsn, kLaneRole, role.settings);
  for (Transaction& transaction : role.committed)
    for (Execution& execution : transaction) execution.parameters = session.to_binary(execution);
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
