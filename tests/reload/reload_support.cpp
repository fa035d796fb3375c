// SPDX-License-Identifier: Apache-2.0
#include "reload/reload_support.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

ScenarioOptions options_with(const AdminKeys& keys, const std::string& file) {
  return with_keys(keys, shipped_config({{"[pipeline]\n", "[[plugins]]\nfile = \"" + file + "\"\n\n[pipeline]\n"}}));
}

// The p-th percentile, for the report of a run.
double percentile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

constexpr std::ptrdiff_t kToItself = 20;

}  // namespace

ReloadTest::ReloadTest() : s_((deploy(1), options_with(keys_, file_))) {}

std::string ReloadTest::file_of(int version) {
  return DLRGW_FIXTURES_DIR "/fixture_reload_" + std::to_string(version) + ".so";
}

void ReloadTest::deploy(int version) const {
  fs::copy_file(file_of(version), file_ + ".new", fs::copy_options::overwrite_existing);
  fs::rename(file_ + ".new", file_);
}

void ReloadTest::overwrite_in_place(const std::string& bytes) const {
  std::ofstream(file_, std::ios::trunc | std::ios::binary) << bytes;
}

CliResult ReloadTest::reload() { return s_.gateway().run_cli({"reload", "--config", s_.gateway().config_path()}); }

std::string ReloadTest::running_version() {
  const std::string document = admin(s_.gateway(), keys_, "GET", "/v1/admin/plugins").body;
  return json_field(part_of(document, "plugins", "fixture.reload"), "version");
}

double ReloadTest::instances(int version) {
  const Metrics metrics = s_.gateway().metrics();
  const std::string text = std::to_string(version);
  return metrics.sum("fixture_instances_total", {{"version", text}, {"event", "created"}}) -
         metrics.sum("fixture_instances_total", {{"version", text}, {"event", "destroyed"}});
}

void ReloadTest::reload_under_traffic(std::size_t receipts, std::size_t per_second, std::size_t reloads) {
  ASSERT_TRUE(started(s_));
  const auto messages = s_.add_messages(receipts);
  const auto between = std::chrono::milliseconds(receipts * 1000 / per_second / reloads);
  // However long reloads take: the first version has the first few to itself, and the last version the last few.
  const std::vector<Receipt> all = final_receipts(s_, messages);
  const auto first = all.begin() + kToItself, last = all.end() - kToItself;
  s_.publish({all.begin(), first});
  ASSERT_TRUE(settles(s_));
  Publisher publisher(s_.nats(), {first, last}, per_second);
  std::vector<double> took_ms;
  for (std::size_t i = 1; i <= reloads; ++i) {
    const auto next = Clock::now() + between;
    const int version = i % 2 == 0 ? 1 : 2;
    deploy(version);
    const auto asked = Clock::now();
    const HttpReply reply = admin(s_.gateway(), keys_, "POST", "/v1/admin/reload");
    took_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
    ASSERT_EQ(reply.status, 200) << reply.body;
    ASSERT_EQ(json_field(reply.body, "generation"), std::to_string(i + 1));
    beat(std::chrono::ceil<std::chrono::milliseconds>(std::max(next - Clock::now(), Clock::duration::zero())));
  }
  ASSERT_TRUE(publisher.wait());
  s_.publish({last, all.end()});
  ASSERT_TRUE(settles(s_));

  expect_each_once(s_, messages);
  expect_no_batch_failed(s_.gateway());
  const std::string mixed =
      "SELECT count(*) FROM dlr.delivery_receipts WHERE plugin IS DISTINCT FROM 'fixture.reload' OR "
      "(plugin_version, error_code) NOT IN (('1.0.0', 'R1'), ('2.0.0', 'R2'))";
  EXPECT_EQ(s_.postgres().count(mixed), 0) << "rows of a mixed version";
  for (const std::string version : {"1.0.0", "2.0.0"}) {
    EXPECT_GT(
        s_.postgres().count("SELECT count(*) FROM dlr.delivery_receipts WHERE plugin_version = '" + version + "'"), 0);
  }
  const Metrics metrics = s_.gateway().metrics();
  EXPECT_EQ(metrics.sum("dlr_received_total"), static_cast<double>(receipts));
  EXPECT_EQ(metrics.sum("dlr_plugin_info", {{"plugin", "fixture.reload"}}), 1) << "only the version that runs";
  EXPECT_EQ(metrics.sum("dlr_plugin_images"), static_cast<double>(6 + 1 + reloads));
  // Nothing leaks: of all generations only the last one's instances live, one per lane and one for submissions.
  const int now = reloads % 2 == 0 ? 1 : 2;
  EXPECT_TRUE(eventually([&] { return instances(now) == 11 && instances(3 - now) == 0; }))
      << instances(1) << " and " << instances(2) << " instances";
  RecordProperty("reload_ms_median", std::to_string(percentile(took_ms, 0.5)));
  std::printf("%zu reloads beside %zu receipts/s: median %.0f ms, p99 %.0f ms, worst %.0f ms\n", reloads, per_second,
              percentile(took_ms, 0.5), percentile(took_ms, 0.99), percentile(took_ms, 1));
  EXPECT_EQ(s_.gateway().terminate(), 0);
}

}  // namespace dlrgw::test
