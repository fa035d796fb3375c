// SPDX-License-Identifier: Apache-2.0
// TestDatabase runs what a plugin brings as a gateway would, refuses what a gateway refuses, and leaves nothing behind,
// however the test ends.
#include <array>
#include <filesystem>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <dlrgw/plugin.hpp>
#include <dlrgw/testing/database.hpp>
#include <dlrgw/testing/plugin.hpp>

namespace {

using namespace dlrgw;
using namespace dlrgw::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What the plugin of this file brings; a test changes it before it creates the plugin.
struct Brought {
  std::string script = "CREATE TABLE seen (id uuid PRIMARY KEY, operator_id text, n bigint)";
  std::string find = "SELECT id, n FROM dlrgw_rows JOIN seen USING (id)";
  std::string note = "INSERT INTO seen (id, operator_id, n) SELECT id, operator_id, 1 FROM dlrgw_rows";
  std::vector<dlrgw_table> tables;
  bool swallow = false;  // what goes wrong in process()
};
Brought brought;

class Journal final : public Stage {
 public:
  Journal(const Sql& sql, SqlStatement find, SqlStatement note) : sql_(sql), find_(find), note_(note) {}
  void process(Batch& batch) override {
    const UnitOfWork work = sql_.in(batch.uow());
    for (std::uint32_t i = 0; i < batch.size(); ++i) work.add(find_, 0, {SqlValue::uuid(batch[i].event_id())});
    const auto known = [&] {
      try {
        return work.query(find_).rows();
      } catch (const Error&) {
        if (!brought.swallow) throw;
        return 0U;
      }
    }();
    for (std::uint32_t i = 0; i < batch.size(); ++i) {
      work.add(note_, batch[i].handle(), {SqlValue::uuid(batch[i].event_id()), SqlValue::text(batch[i].operator_id())});
      if (batch[i].operator_id() == "mno-later") {
        batch.retry(i, 1000, 0);
      } else if (known > 0) {
        batch.drop(i, 1);
      } else {
        batch.pass(i);
      }
    }
  }

 private:
  const Sql& sql_;
  const SqlStatement find_, note_;
};

class Plugin {
 public:
  static constexpr dlrgw_reason kReasons[] = {reason("later"), reason("known", DLRGW_OUTCOME_DROPPED)};
  static PluginInfo info() { return {.id = "com.acme.seen", .version = "1.0.0", .reasons = kReasons}; }
  Plugin(Host host, Registrar& registrar) : sql_(host) {
    const SqlStatement find = sql_.query("find", brought.find, {{"id", SqlType::kUuid}});
    const SqlStatement note =
        sql_.write("note", brought.note, {{"id", SqlType::kUuid}, {"operator_id", SqlType::kText}}, 1);
    remove_ = sql_.query("count", "SELECT count(*) FROM seen", {});
    registrar.stage({.name = "acme.seen"},
                    [=, this](std::uint32_t) { return std::make_unique<Journal>(sql_, find, note); });
    registrar.job({.name = "acme.count", .schedule = "every 1h"}, [this](const JobContext&) {
      OwnUnitOfWork work = sql_.open("maint");
      (void)work.query(remove_);
      work.commit();
    });
  }

 private:
  Sql sql_;
  SqlStatement remove_;
};

DLRGW_PLUGIN(Plugin)

const dlrgw_plugin* entry() {
  static dlrgw_migration script;
  static dlrgw_plugin plugin;
  script = {sizeof script, DLRGW_MIGRATION_TABLES, str("010_seen"), str(brought.script)};
  plugin = *dlrgw_plugin_entry_v1();
  plugin.migrations = &script;
  plugin.migration_count = 1;
  plugin.migration_stride = sizeof script;
  plugin.tables = brought.tables.data();
  plugin.table_count = static_cast<std::uint32_t>(brought.tables.size());
  plugin.table_stride = sizeof(dlrgw_table);
  return &plugin;
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
    return "nothing was refused";
  } catch (const Error& refused) {
    return refused.what();
  }
}

// Under ctest each case is a process of its own, so that what can share a server is one case.
class Database : public ::testing::Test {
 protected:
  Database() { host_.grant("sql").use(database_); }
  // As at the beginning.
  void again() {
    brought = {};
    database_.clear();
  }
  TestReceipt& receipt(const std::string& operator_id, const std::string& id) {
    return host_.receipt({.operator_id = operator_id, .event_id = "00000000-0000-0000-0000-00000000000" + id});
  }
  SqlRows seen() { return database_.rows("SELECT operator_id, n FROM seen ORDER BY id"); }

  TestDatabase database_;
  FakeHost host_;
};

TEST_F(Database, ABatchCommitsWhatItKeepsAndQueriesSeeIt) {
  {
    TestPlugin plugin(host_, entry);
    const auto verdicts = plugin.process("acme.seen", {&receipt("mno-a", "1"), &receipt("mno-later", "2")});
    EXPECT_EQ(verdicts[0].action, DLRGW_ACTION_CONTINUE);
    EXPECT_EQ(seen(), (SqlRows{{"mno-a", "1"}})) << "rows of a receipt that is retried are left out";
    EXPECT_EQ(plugin.process("acme.seen", {&receipt("mno-a", "1")}, true)[0].reason, "known");
    EXPECT_EQ(seen().size(), 1U) << "a dry run";
    EXPECT_THAT(refusal([&] { plugin.process("acme.seen", {&receipt("mno-a", "1")}); }),
                HasSubstr("statement com.acme.seen.note: duplicate key value violates unique constraint"));
    EXPECT_THAT(refusal([&] {
                  plugin.process("acme.seen", {&receipt("mno-a", "3"), &receipt("mno-b", "3")});
                }),
                HasSubstr("two rows of one flush have the same key"));
    EXPECT_EQ(seen().size(), 1U);
  }

  again();  // what failed once is not committed, whoever swallows it
  {
    brought.find = "SELECT id, n / 0 FROM dlrgw_rows JOIN seen USING (id)";
    brought.swallow = true;
    TestPlugin plugin(host_, entry);
    database_.exec("INSERT INTO seen VALUES ('00000000-0000-0000-0000-000000000001', 'mno-a', 7)");
    EXPECT_THAT(refusal([&] { plugin.process("acme.seen", {&receipt("mno-a", "1")}); }), HasSubstr("division by zero"));
    EXPECT_EQ(seen(), (SqlRows{{"mno-a", "7"}}));
  }

  again();  // a job has a unit of work of its own, under the role of its pool
  {
    TestPlugin plugin(host_, entry);
    EXPECT_THAT(refusal([&] { plugin.run_job("acme.count"); }), HasSubstr("permission denied for table seen"));
    database_.exec("GRANT SELECT ON seen TO dlr_maint");
    EXPECT_EQ(refusal([&] { plugin.run_job("acme.count"); }), "nothing was refused");
  }

  again();  // every type there and back, through the service itself
  {
    TestPlugin plugin(host_, entry);
    const Sql sql{Host(host_.raw())};
    const SqlStatement echo = sql.query("echo", "SELECT * FROM dlrgw_rows",
                                        {{"b", SqlType::kBool},
                                         {"i", SqlType::kInt},
                                         {"t", SqlType::kText},
                                         {"y", SqlType::kBytes},
                                         {"at", SqlType::kTime},
                                         {"j", SqlType::kJson}});
    const auto work = sql.open("svc");
    const std::int64_t at = -1;  // a microsecond before the epoch
    work.add(
        echo, 0,
        {SqlValue::boolean(true), SqlValue::integer(INT64_MIN), SqlValue::text(R"(a "b" \ , {} NULL)"),
         SqlValue::bytes(std::string_view("\0\xff\"", 3)), SqlValue::time(at), SqlValue::json("{\"a\":\"\\\\\"}")});
    work.add(
        echo, 0,
        {SqlValue::null(), SqlValue::null(), SqlValue::text(""), SqlValue::null(), SqlValue::null(), SqlValue::null()});
    const SqlResult result = work.query(echo);
    ASSERT_EQ(result.rows(), 2U);
    EXPECT_TRUE(result.boolean(0, 0));
    EXPECT_EQ(result.integer(0, 1), INT64_MIN);
    EXPECT_EQ(result.text(0, 2), R"(a "b" \ , {} NULL)");
    EXPECT_EQ(result.bytes(0, 3), std::string_view("\0\xff\"", 3));
    EXPECT_EQ(result.time_us(0, 4), at);
    EXPECT_EQ(result.text(0, 5), "{\"a\":\"\\\\\"}");
    EXPECT_TRUE(result.is_null(1, 0));
    EXPECT_EQ(result.text(1, 2), "");
    EXPECT_FALSE(result.is_null(1, 2));
    EXPECT_EQ(result.time_us(1, 4), std::nullopt);
  }
}

TEST_F(Database, RefusesWhatAGatewayRefusesWhenThePluginIsCreated) {
  brought.find = "SELECT id FORM dlrgw_rows";
  EXPECT_THAT(refusal([&] { TestPlugin plugin(host_, entry); }),
              HasSubstr("statement com.acme.seen.find: syntax error at or near \"dlrgw_rows\" (SQLSTATE 42601), at "
                        "\"dlrgw_rows\""));
  brought.find = "UPDATE seen SET n = 0 FROM dlrgw_rows r WHERE r.id = seen.id RETURNING seen.id";
  EXPECT_THAT(refusal([&] { TestPlugin plugin(host_, entry); }),
              HasSubstr("statement com.acme.seen.find: permission denied for table seen (SQLSTATE 42501)"));
  brought.find = "SELECT $1 FROM dlrgw_rows";
  EXPECT_THAT(refusal([&] { TestPlugin plugin(host_, entry); }), HasSubstr("the text uses a parameter like $1"));

  again();
  const std::string where = "tables/010_seen.sql: ";
  const auto with = [&](const std::string& script) {
    brought.script = script;
    database_.clear();
    database_.exec("CREATE TABLE dlr.delivery_receipts (id int)");
    return refusal([&] { TestPlugin plugin(host_, entry); });
  };
  EXPECT_THAT(with("DROP TABLE dlr.delivery_receipts"), StartsWith(where + "must be owner of table delivery_receipts"));
  EXPECT_THAT(with("CREATE TABLE seen (id uuid); COMMIT"), StartsWith(where + "EXECUTE of transaction commands"));
  EXPECT_THAT(with("CREATE TABLE seen (id uuid;"), HasSubstr(", at \";\""));

  again();
  brought.tables = {table("seen", DLRGW_TABLE_SELECT | DLRGW_TABLE_UPDATE, 0)};
  EXPECT_THAT(refusal([&] { TestPlugin plugin(host_, entry); }),
              HasSubstr("statement com.acme.seen.note: permission denied for table seen"));
}

// Whoever ends it, and whether or not its destructor ran. Its keeper becomes a child of this process then, so that its
// end can be waited for.
TEST(DatabaseEnd, ServerAndDirectoryAreGoneHoweverTheTestEnds) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  for (const bool crashes : {false, true}) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      {
        TestDatabase database;
        const std::string directory = *database.rows("SHOW data_directory")[0][0];
        if (::write(ends[1], directory.data(), directory.size()) < 0 || crashes) ::raise(SIGKILL);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    std::array<char, 256> bytes{};
    const ssize_t size = ::read(ends[0], bytes.data(), bytes.size());
    ::close(ends[0]);
    ASSERT_GT(size, 0);
    while (::wait(nullptr) > 0 || errno == EINTR) {
    }
    const std::filesystem::path data(std::string(bytes.data(), static_cast<std::size_t>(size)));
    EXPECT_FALSE(std::filesystem::exists(data.parent_path())) << data;
  }
}

// Nobody hears the keeper any more when it says that the server is there.
TEST(DatabaseEnd, NothingIsLeftOfATestThatEndedWhileTheServerWasStarting) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("keeper-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::all);
  std::array<int, 2> unheard{};
  ASSERT_EQ(::pipe(unheard.data()), 0);
  ::close(unheard[0]);
  const pid_t keeper = ::fork();
  if (keeper == 0) {
    ::setenv("TMPDIR", folder.c_str(), 1);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(unheard[1], STDOUT_FILENO);
    ::dup2(unheard[1], STDERR_FILENO);
    const auto words = dlrgw::testing::detail::PrivatePostgres::keeper_command();
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(unheard[1]);
  while (::waitpid(keeper, nullptr, 0) < 0 && errno == EINTR) {
  }
  EXPECT_TRUE(fs::is_empty(folder)) << "server and cluster";
  fs::remove_all(folder);
}

}  // namespace
