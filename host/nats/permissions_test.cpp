// SPDX-License-Identifier: Apache-2.0
#include "nats/permissions.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

const std::vector<std::string> kOutbound = {"sms.dlr.aggregated.v1", "sms.dlr.unmatched", "billing.events",
                                            "webhook.dispatch"};

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

TEST(NatsPermissions, TheShippedFileIsWhatTheCommandPrints) {
  std::ifstream file(DLRGW_NATS_CONFIG_DIR "/dlr-processor.permissions.conf");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), permissions_text({.outbound = kOutbound}))
      << "write it anew: dlr-gateway provision --replicas 1 --print-permissions";
}

TEST(NatsPermissions, ListsEverySlotOfEveryReplicaLiterally) {
  const std::string text = permissions_text({.replicas = 3, .outbound = kOutbound});
  EXPECT_EQ(count(text, "\"dlr.in."), 3U * 64U);
  for (const std::string_view inbox : {"\"dlr.in.0.0\"", "\"dlr.in.0.63\"", "\"dlr.in.2.0\"", "\"dlr.in.2.63\""})
    EXPECT_EQ(count(text, inbox), 1U) << inbox;
  EXPECT_EQ(count(text, "dlr.in.3."), 0U);
  EXPECT_EQ(count(text, ".64\""), 0U);
}

TEST(NatsPermissions, NamesTheApiOfADomain) {
  const std::string text = permissions_text({.api_prefix = subjects::api_of_domain("hub")});
  for (const std::string_view subject :
       {"\"$JS.hub.API.CONSUMER.MSG.NEXT.SMS_DLR.dlr-processor\"",
        "\"$JS.hub.API.CONSUMER.INFO.SMS_DLR.dlr-processor\"", "\"$JS.hub.API.STREAM.INFO.SMS_DLR\""})
    EXPECT_EQ(count(text, subject), 1U) << subject;
  EXPECT_EQ(count(text, "$JS.API"), 0U);
}

TEST(NatsPermissions, HasNoWildcardAndNoInboundSubject) {
  const std::string text = permissions_text({.replicas = 2, .outbound = kOutbound});
  EXPECT_EQ(count(text, "*"), 0U);
  EXPECT_EQ(count(text, ">"), 0U);
  EXPECT_EQ(count(text, "\"sms.dlr.inbound\""), 0U);
}

TEST(NatsPermissions, OneAnswerPerDelivery) {
  EXPECT_EQ(count(permissions_text({.outbound = kOutbound}), "allow_responses: { max: 1, expires: \"2m\" }"), 1U);
}

}  // namespace
}  // namespace dlrgw::host
