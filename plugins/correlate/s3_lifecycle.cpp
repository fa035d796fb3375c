// SPDX-License-Identifier: Apache-2.0
#include "s3_lifecycle.hpp"

#include <dlrgw/cpp/base.hpp>

namespace dlrgw::correlate {
namespace {

constexpr std::string_view kId = "<ID>dlr-gateway-orphans</ID>";
constexpr std::string_view kRule =
    "<Rule><ID>dlr-gateway-orphans</ID><Filter><Prefix>orphans/</Prefix></Filter><Status>Enabled</Status>"
    "<Expiration><Days>365</Days></Expiration></Rule>";
constexpr std::string_view kOpen = "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
constexpr std::string_view kClose = "</LifecycleConfiguration>";

}  // namespace

std::optional<std::string> with_expiry_rule(std::string_view current) {
  if (current.find(kId) != std::string_view::npos) return std::nullopt;
  const std::size_t end = current.rfind(kClose);
  if (end != std::string_view::npos) {
    return std::string(current.substr(0, end)).append(kRule).append(current.substr(end));
  }
  const bool without_rules = current.find("<LifecycleConfiguration") != std::string_view::npos &&
                             current.find("<Rule") == std::string_view::npos;
  if (!current.empty() && !without_rules) {
    throw Error(DLRGW_E_DATA,
                "the bucket's lifecycle document is not understood; add a rule by hand that lets "
                "objects under orphans/ expire after 365 days");
  }
  return std::string(kOpen).append(kRule).append(kClose);
}

}  // namespace dlrgw::correlate
