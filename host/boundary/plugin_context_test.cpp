// SPDX-License-Identifier: Apache-2.0
#include "boundary/plugin_context.hpp"

#include <cstring>
#include <set>

#include <gtest/gtest.h>

#include <dlrgw/abi/events.h>
#include <dlrgw/abi/log.h>
#include <dlrgw/abi/sql.h>

namespace dlrgw::host {
namespace {

// How every service struct begins.
struct Head {
  std::uint32_t struct_size;
  std::uint32_t revision;
  void* self;
};

class ServiceTableTest : public testing::Test {
 protected:
  static Head head(const void* service) {
    Head out{};
    std::memcpy(&out, service, sizeof out);
    return out;
  }

  SystemClock clock_;
  Logger logger_{"test", Level::kError};
  Metrics metrics_{{}};
  HealthRegistry health_;
  HostServices host_{clock_, logger_, metrics_, health_, "test", {}, {}, {}, {}, nullptr};
  PluginContext context_{host_};
};

TEST_F(ServiceTableTest, GivesEachOfferAStructOfItsOwnThatNamesItsPlugin) {
  for (const ServiceOffer& offer : offered_services()) context_.grants.emplace_back(offer.grant);
  const ServiceTable table(context_);
  std::set<const void*> structs;
  for (const ServiceOffer& offer : offered_services()) {
    const void* service = table.get(offer.id);
    ASSERT_NE(service, nullptr) << offer.id;
    EXPECT_TRUE(structs.insert(service).second) << offer.id;
    EXPECT_GE(head(service).revision, 1U) << offer.id;
    EXPECT_EQ(head(service).self, &context_) << offer.id;
  }
  EXPECT_GT(structs.size(), 10U);
  EXPECT_EQ(head(table.get(DLRGW_SERVICE_SQL)).struct_size, sizeof(dlrgw_sql));
  EXPECT_EQ(head(table.get(DLRGW_SERVICE_EVENTS)).struct_size, sizeof(dlrgw_events_service));
}

TEST_F(ServiceTableTest, WithoutItsGrantAServiceIsNotThere) {
  const ServiceTable table(context_);
  for (const ServiceOffer& offer : offered_services())
    EXPECT_EQ(table.get(offer.id) != nullptr, offer.grant.empty()) << offer.id;
  EXPECT_NE(table.get(DLRGW_SERVICE_LOG), nullptr);
  EXPECT_EQ(table.get(DLRGW_SERVICE_SQL), nullptr);
  EXPECT_EQ(table.get("dlrgw.sql/2"), nullptr);
  EXPECT_EQ(table.get(""), nullptr);
}

}  // namespace
}  // namespace dlrgw::host
