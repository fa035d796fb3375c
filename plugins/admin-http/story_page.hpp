// SPDX-License-Identifier: Apache-2.0
// The documents of MessageStory as pages of the console. Pure; every text is escaped.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::admin_http {

// story: as MessageStory::of_message answers.
std::string message_page(std::string_view story);
// receipts: as MessageStory::receipts answers to these ids.
std::string receipts_page(std::string_view operator_id, std::string_view operator_message_id,
                          std::string_view receipts);
std::string no_story_page(std::string_view sentence);

}  // namespace dlrgw::admin_http
