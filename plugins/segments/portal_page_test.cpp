// SPDX-License-Identifier: Apache-2.0
#include "portal_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dlrgw::segments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PortalMessage two_of_three() {
  return {"11111111-1111-4111-8111-111111111111",
          "PARTIAL",
          3,
          {{1, "DELIVERED", "", 1'790'000'000'000'000, false},
           {2, "FAILED", "<b>&'\"", 1'790'000'000'000'000, true},
           {3, "PENDING", "", std::nullopt, false}}};
}

TEST(PortalPage, IsReadableWithoutStyleOrScript) {
  const std::string page = message_page(two_of_three(), 0);
  EXPECT_THAT(page, AllOf(HasSubstr("<!DOCTYPE html>\n<html lang=\"en\">"), HasSubstr("<th scope=\"row\">2 of 3</th>"),
                          HasSubstr(">DELIVERED</span>"), HasSubstr(">PENDING</span>"),
                          HasSubstr("<time datetime=\"2026-09-21T14:13:20.000Z\">2026-09-21 14:13:20 UTC</time>"),
                          HasSubstr("after the message was decided"), HasSubstr("<dd>2 of 3</dd>"),
                          HasSubstr("<caption"), Not(HasSubstr("<script")), Not(HasSubstr("style="))));
}

TEST(PortalPage, WhatOperatorsSentIsText) {
  EXPECT_THAT(message_page(two_of_three(), 0), AllOf(HasSubstr("&lt;b&gt;&amp;&#39;&quot;"), Not(HasSubstr("<b>"))));
  PortalMessage message = two_of_three();
  message.status = "\"><script>";
  EXPECT_THAT(message_page(message, 0), Not(HasSubstr("<script>")));
}

TEST(PortalPage, ExplainsTheWordsThatItShowsAndNoOthers) {
  const std::string page = message_page(two_of_three(), 0);
  for (const char* shown : {"DELIVERED", "FAILED", "PENDING", "PARTIAL"})
    EXPECT_THAT(page, HasSubstr(std::string("<dt>") + shown + "</dt>"));
  for (const char* other : {"EXPIRED", "REJECTED", "UNKNOWN", "UNDELIVERED"})
    EXPECT_THAT(page, Not(HasSubstr(std::string("<dt>") + other + "</dt>")));
}

TEST(PortalPage, NeedsNothingThatItsPolicyForbids) {
  EXPECT_THAT(std::string(kPagePolicy), AllOf(HasSubstr("default-src 'none'"), Not(HasSubstr("unsafe"))));
  EXPECT_THAT(std::string(style_sheet()), Not(HasSubstr("url(")));
  EXPECT_THAT(refusal_page("No such message", "a & b"),
              AllOf(HasSubstr("<h1>No such message</h1>"), HasSubstr("a &amp; b")));
}

}  // namespace
}  // namespace dlrgw::segments
