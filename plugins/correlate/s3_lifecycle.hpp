// SPDX-License-Identifier: Apache-2.0
// The lifecycle rule that lets archived orphans expire after a year, in the bucket's lifecycle document. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dlrgw::correlate {

// The document with our rule in it, beside the rules of others; nullopt when it is there already, whatever it says by
// now. current: empty when the bucket has no document. Throws when it is no lifecycle document.
std::optional<std::string> with_expiry_rule(std::string_view current);

}  // namespace dlrgw::correlate
