#include "plugin/contributions.hpp"

#include <array>
#include <cstddef>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

dlrgw_str str(std::string_view text) { return {text.data(), text.size()}; }

const std::array kFacts{str("status"), str("correlation")};

dlrgw_stage_class stage() {
  dlrgw_stage_class s{};
  s.struct_size = sizeof s;
  s.flags = DLRGW_STAGE_ESSENTIAL;
  s.name = str("acme.check");
  s.needs = kFacts.data();
  s.needs_count = kFacts.size();
  s.needs_stride = sizeof(dlrgw_str);
  s.create = [](void*, std::uint32_t, void**, dlrgw_error*) { return DLRGW_OK; };
  s.process = [](void*, const dlrgw_batch*, dlrgw_verdict*, dlrgw_error*) { return DLRGW_OK; };
  s.destroy = [](void*) {};
  return s;
}

template <class T>
std::string refusal(const Result<T>& result) {
  return result ? "" : result.error().text;
}

TEST(Contributions, AStageIsCopied) {
  const dlrgw_stage_class theirs = stage();
  const auto s = read_stage_class(&theirs);
  ASSERT_TRUE(s) << s.error().text;
  EXPECT_EQ(s->name, "acme.check");
  EXPECT_EQ(s->needs, (std::vector<std::string>{"status", "correlation"}));
  EXPECT_TRUE(s->provides.empty());
  EXPECT_EQ(s->table.flags, DLRGW_STAGE_ESSENTIAL);
  EXPECT_EQ(s->table.process, theirs.process);
  EXPECT_EQ(s->table.settled, nullptr);
}

TEST(Contributions, EachMandatoryHookOfAStageIsNamed) {
  dlrgw_stage_class s = stage();
  s.create = nullptr;
  EXPECT_EQ(refusal(read_stage_class(&s)), "stage \"acme.check\": its hook create is NULL; every stage needs one");
  s = stage();
  s.process = nullptr;
  EXPECT_EQ(refusal(read_stage_class(&s)), "stage \"acme.check\": its hook process is NULL; every stage needs one");
  s = stage();
  s.destroy = nullptr;
  EXPECT_EQ(refusal(read_stage_class(&s)), "stage \"acme.check\": its hook destroy is NULL; every stage needs one");
}

TEST(Contributions, SizesAndArraysAreChecked) {
  EXPECT_EQ(refusal(read_stage_class(nullptr)), "a stage was registered as NULL");
  dlrgw_stage_class s = stage();
  s.struct_size = offsetof(dlrgw_stage_class, process);
  EXPECT_EQ(refusal(read_stage_class(&s)),
            "a stage was registered with a struct of " + std::to_string(offsetof(dlrgw_stage_class, process)) +
                " bytes, too short for the field \"process\"; set struct_size to its sizeof");
  s = stage();
  s.struct_size += 24;  // of a later SDK
  ASSERT_TRUE(read_stage_class(&s));
  s = stage();
  s.needs_stride = 8;
  EXPECT_EQ(refusal(read_stage_class(&s)), "stage \"acme.check\": needs_stride is 8, an entry has at least 16 bytes");
  s = stage();
  s.provides_count = 1;
  EXPECT_EQ(refusal(read_stage_class(&s)), "stage \"acme.check\": provides is NULL with a count of 1");
  s = stage();
  s.name = str("Acme Check");
  EXPECT_EQ(refusal(read_stage_class(&s)),
            "a stage was registered under a name that is not 1 to 64 characters of [a-z0-9._-]");
}

TEST(Contributions, Quirks) {
  const std::array operators{str("op1")};
  dlrgw_quirk_class q{};
  q.struct_size = sizeof q;
  q.name = str("acme");
  q.create = [](void*, std::uint32_t, void**, dlrgw_error*) { return DLRGW_OK; };
  q.destroy = [](void*) {};
  EXPECT_EQ(refusal(read_quirk_class(&q)),
            "quirk \"acme\": it names no operator, so it would never be called; list at least one");
  q.operators = operators.data();
  q.operators_count = 1;
  q.operators_stride = sizeof(dlrgw_str);
  EXPECT_EQ(refusal(read_quirk_class(&q)), "quirk \"acme\": its hook apply is NULL; every quirk needs one");
  q.apply = [](void*, const dlrgw_receipt*, std::uint32_t*, dlrgw_error*) { return DLRGW_OK; };
  const auto read = read_quirk_class(&q);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->operators, std::vector<std::string>{"op1"});
}

TEST(Contributions, SinksAndJobs) {
  dlrgw_sink_class sink{};
  sink.struct_size = sizeof sink;
  sink.name = str("store");
  EXPECT_EQ(refusal(read_sink_class(&sink)), "sink \"store\": its hook persist is NULL; every sink needs one");
  sink.persist = [](void*, struct dlrgw_uow*, const dlrgw_events*, dlrgw_error*) { return DLRGW_OK; };
  EXPECT_TRUE(read_sink_class(&sink));

  dlrgw_job_class job{};
  job.struct_size = sizeof job;
  job.name = str("acme.sweep");
  EXPECT_EQ(refusal(read_job_class(&job)), "job \"acme.sweep\": its hook run is NULL; every job needs one");
  job.run = [](void*, const dlrgw_job_context*, dlrgw_error*) { return DLRGW_OK; };
  EXPECT_EQ(refusal(read_job_class(&job)),
            "job \"acme.sweep\": it has no schedule; use \"continuous\", \"every 5m\" or \"daily 02:00\"");
  job.schedule = str("every 5m");
  const auto read = read_job_class(&job);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->schedule, "every 5m");
}

}  // namespace
}  // namespace dlrgw::host
