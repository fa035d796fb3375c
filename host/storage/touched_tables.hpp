// SPDX-License-Identifier: Apache-2.0
// Whose tables a statement names, read off its text: what decides whether a failure of it may be laid on a row. Pure;
// any thread.
#pragma once
#include <string_view>

namespace dlrgw::host {

// True when nothing in the text is qualified by another schema than ours (dlr) or PostgreSQL's own. A name without a
// schema is ours too: the session's search_path holds nothing else. In doubt the answer is false, which blames nobody.
// What a view, a function or a trigger of ours does inside is not seen.
bool touches_only_own_tables(std::string_view sql);

}  // namespace dlrgw::host
