// SPDX-License-Identifier: Apache-2.0
// Makes a JSON text acceptable to PostgreSQL's jsonb: it refuses \u0000 and lone surrogates, which occur in the wild,
// and numbers beyond its numeric. They become \ufffd and strings; the untouched bytes are stored beside it. Pure; any
// thread.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::dedup {

// json: valid JSON text.
std::string jsonb_text(std::string_view json);

}  // namespace dlrgw::dedup
