// SPDX-License-Identifier: Apache-2.0
// What a test has given to gateways and must never come back in a log line, a metric or the text of an error: phone
// numbers, and the texts of messages. The harness notes whatever it publishes or inserts and looks through the log of
// each gateway when it ends, every scrape and every answer that is an error, so that the whole suite is the test.
// One registry for the process; any thread.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::test {

// Addresses, TLVs and the receipt text of one inbound event; anything that is no JSON is left alone.
void note_private_payload(std::string_view payload);
void note_private_number(std::string_view number);
// The first private number or text in `text`; empty when there is none.
[[nodiscard]] std::string private_data_in(std::string_view text);
// Ends the test process, with a sentence, when there is one.
void expect_nothing_private(std::string_view text, std::string_view where);

}  // namespace dlrgw::test
