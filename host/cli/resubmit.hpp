// SPDX-License-Identifier: Apache-2.0
// `dlr-gateway resubmit`: asks the running gateway to put stored receipts through again, as the admin route does, and
// tells how far that has come. The command's thread.
#pragma once
#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace dlrgw::host {

struct ResubmitWish {
  std::string reason, stage, from, to;  // empty: not named
};

// ask: a request to the control socket, answered by a JSON document. pause: between two looks at the progress.
// Refused: with the sentence of whoever refused it.
[[nodiscard]] Status resubmit(const ResubmitWish& wish, const std::function<Result<std::string>(std::string_view)>& ask,
                              const std::function<void()>& pause, std::ostream& out);

}  // namespace dlrgw::host
