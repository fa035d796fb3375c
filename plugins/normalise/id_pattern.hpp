// SPDX-License-Identifier: Apache-2.0
// An operator's regular expression for its ids: the one group is the id, what stands around it is not. RE2, so that no
// pattern and no id can cost more than linear time. A value, cheap to copy; any thread. The only user of RE2.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace dlrgw::normalise {

class IdPattern {
 public:
  // Returns a sentence when the pattern is refused.
  static std::variant<IdPattern, std::string> compile(std::string_view pattern);

  // What the group holds; the id as it is when the pattern does not match; empty when the group is.
  [[nodiscard]] std::string_view id_in(std::string_view id) const;

 private:
  std::shared_ptr<const re2::RE2> pattern_;
};

}  // namespace dlrgw::normalise
