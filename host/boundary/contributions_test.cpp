// SPDX-License-Identifier: Apache-2.0
#include "boundary/contributions.hpp"

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

TEST(Contributions, Routes) {
  dlrgw_route_class route{};
  route.struct_size = sizeof route;
  route.listener = DLRGW_LISTENER_ADMIN;
  route.method = str("GET");
  route.pattern = str("/v1/acme/{id}");
  route.scope = str("dlr:admin");
  EXPECT_EQ(refusal(read_route_class(&route)),
            "route \"GET /v1/acme/{id}\": its hook handle is NULL; every route needs one");
  route.handle = [](void*, const dlrgw_http_request*, const dlrgw_http_response*, dlrgw_error*) { return DLRGW_OK; };
  const auto read = read_route_class(&route);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->pattern, "/v1/acme/{id}");
  EXPECT_EQ(read->scope, "dlr:admin");

  const auto refused = [&](auto change) {
    dlrgw_route_class other = route;
    change(other);
    return refusal(read_route_class(&other));
  };
  EXPECT_EQ(refused([](auto& r) { r.listener = 3; }),
            "route \"GET /v1/acme/{id}\": its listener is neither DLRGW_LISTENER_PUBLIC nor DLRGW_LISTENER_ADMIN");
  EXPECT_EQ(refused([](auto& r) { r.flags = DLRGW_ROUTE_OPEN; }),
            "route \"GET /v1/acme/{id}\": it is open and names a scope; keep one of them");
  EXPECT_EQ(refused([](auto& r) { r.scope = str("a b"); }),
            "route \"GET /v1/acme/{id}\": its scope holds a space; name one scope");
  EXPECT_EQ(refused([](auto& r) { r.body_limit = 0xFFFFFFFFU; }),
            "route \"GET /v1/acme/{id}\": its body limit is above 16777216 bytes");
  EXPECT_EQ(refused([](auto& r) { r.struct_size = offsetof(dlrgw_route_class, handle); }),
            "a route was registered with a struct of " + std::to_string(offsetof(dlrgw_route_class, handle)) +
                " bytes, too short for the field \"handle\"; set struct_size to its sizeof");
  EXPECT_EQ(refused([](auto& r) {
              r.pattern = {nullptr, 3};
            }),
            "route \"GET\": its pattern is NULL with a length of 3");
}

}  // namespace
}  // namespace dlrgw::host
