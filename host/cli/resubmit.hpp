// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway resubmit`: asks the running gateway to put stored receipts through again, as the admin route does, and
// tells how far that has come. The command's thread.
#pragma once
#include <functional>
#include <iosfwd>
#include <string>

#include "cli/ask_gateway.hpp"

namespace dlrgw::host {

struct ResubmitWish {
  std::string reason, stage, from, to;  // empty: not named
};

// pause: between two looks at the progress. Refused: with the sentence of whoever refused it.
[[nodiscard]] Status resubmit(const ResubmitWish& wish, const AskGateway& ask, const std::function<void()>& pause,
                              std::ostream& out);

}  // namespace dlrgw::host
