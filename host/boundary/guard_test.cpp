// SPDX-License-Identifier: Apache-2.0
#include "boundary/guard.hpp"

#include <cstring>
#include <stdexcept>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

std::int32_t fail_with(dlrgw_error* error, std::int32_t code, std::string_view text, std::uint32_t claimed) {
  std::memcpy(error->text, text.data(), text.size());
  error->text_len = claimed;
  return code;
}

TEST(Guard, PassesValuesThrough) {
  const Result<int> value = call_guarded("com.acme", "entry", [] { return 42; });
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 42);
  EXPECT_TRUE(call_guarded("com.acme", "destroy", [] {}));
  EXPECT_TRUE(call_guarded("plugin com.acme: create", [](dlrgw_error*) { return DLRGW_OK; }));
}

TEST(Guard, WhatIsThrownEndsHereAndItsTextIsKeptBack) {
  const auto thrown = call_guarded("com.acme", "destroy", [] { throw std::runtime_error("number 4911222333"); });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().code, ErrorCode::kInternal);
  EXPECT_EQ(thrown.error().text,
            "plugin com.acme: destroy threw an exception across the C interface; the plugin must catch it");
  const Status hook = call_guarded("plugin com.acme: process", [](dlrgw_error*) -> std::int32_t { throw 1; });
  ASSERT_FALSE(hook);
  EXPECT_EQ(hook.error().code, ErrorCode::kInternal);
  EXPECT_EQ(hook.error().text,
            "plugin com.acme: process threw an exception across the C interface; the plugin must catch it");
}

TEST(Guard, AHooksErrorKeepsCodeAndText) {
  const Status s = call_guarded("plugin com.acme: activate",
                                [](dlrgw_error* e) { return fail_with(e, DLRGW_E_UNAVAILABLE, "redis is away", 13); });
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(s.error().text, "plugin com.acme: activate: redis is away");
}

TEST(Guard, WhatMayBeAPhoneNumberIsMasked) {
  const Status failed = call_guarded("plugin com.a", [](dlrgw_error* error) -> std::int32_t {
    constexpr std::string_view kText = "no route for +15550100001, code 123456, line 7";
    std::copy(kText.begin(), kText.end(), error->text);
    error->text_len = kText.size();
    return DLRGW_E_DATA;
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().text, "plugin com.a: no route for +***, code 123456, line 7");
}

TEST(Guard, ALyingErrorIsMadeHarmless) {
  const Status control = call_guarded("p", [](dlrgw_error* e) {
    return fail_with(e, DLRGW_E_DATA,
                     "a\nb\x7F"
                     "c",
                     5);
  });
  EXPECT_EQ(control.error().text, "p: a b c");
  const Status longer = call_guarded("p", [](dlrgw_error* e) { return fail_with(e, DLRGW_E_DATA, "x", 0xFFFFFFFFu); });
  EXPECT_EQ(longer.error().text.size(), 3 + sizeof(dlrgw_error::text));
  const Status unknown = call_guarded("p", [](dlrgw_error*) { return -7; });
  EXPECT_EQ(unknown.error().code, ErrorCode::kInternal);
  EXPECT_EQ(unknown.error().text, "p: failed without giving a reason (unknown code -7)");
}

}  // namespace
}  // namespace dlrgw::host
