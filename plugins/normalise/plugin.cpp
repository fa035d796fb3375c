// SPDX-License-Identifier: Apache-2.0
// Contributions of the plugin `normalise`: one stage, one route, the operator keys that it reads, and tools
// for the command line.
#include <dlrgw/cpp/tools.hpp>
#include <dlrgw/plugin.hpp>

#include "normalise_stage.hpp"
#include "survey/survey_tools.hpp"

namespace dlrgw::normalise {
namespace {

constexpr dlrgw_option kOptions[] = {
    option("time_zone", DLRGW_OPTION_STRING, "UTC",
           "zone of the dates in receipts: a name such as Europe/Berlin, UTC, or an offset such as +05:30",
           DLRGW_OPTION_OPERATOR),
    option("date_format", DLRGW_OPTION_STRING, "",
           "how its dates are written, in letters of strptime: \"%d%m%y%H%M\"; where it is set, nothing else is tried",
           DLRGW_OPTION_OPERATOR),
    option(
        "receipt_id", DLRGW_OPTION_STRING_MAP, "",
        "spelling of the message id in receipts: { base = \"decimal|hex|text\", padding = 10, case = \"upper|lower\", "
        "tlv = \"submit|receipt\" }",
        DLRGW_OPTION_OPERATOR),
    option("submit_id", DLRGW_OPTION_STRING_MAP, "",
           "spelling in submit responses: { base = \"decimal|hex|text\", padding = 8, case = \"upper|lower\" }",
           DLRGW_OPTION_OPERATOR),
    option("id_pattern", DLRGW_OPTION_STRING, "",
           "regular expression (RE2) with one group, which is the id within what receipts give: '^smsc1-(.+)$'",
           DLRGW_OPTION_OPERATOR),
    option("id_scope", DLRGW_OPTION_STRING, "operator",
           "within what a message id is unique: among all of the operator, or only among those of one connector",
           DLRGW_OPTION_OPERATOR, "operator|connector"),
    option("tlvs", DLRGW_OPTION_STRING, "before_text",
           "whether the TLVs' id and message state are believed before or after those of the receipt text",
           DLRGW_OPTION_OPERATOR, "before_text|after_text"),
    option("alphabet", DLRGW_OPTION_STRING, "text",
           "of the receipt text: decoded text, or gsm7 where the connector leaves GSM 03.38 as it came",
           DLRGW_OPTION_OPERATOR, "text|gsm7"),
    option("labels", DLRGW_OPTION_STRING_MAP, "",
           "names of the fields of its text: { id = \"MsgId|Message ID\", stat = \"Status\", assign = \"=\", between = "
           "\";\", "
           "positions = \"stat done_date - id\" }",
           DLRGW_OPTION_OPERATOR),
    option("intermediate", DLRGW_OPTION_STRING, "unknown",
           "an intermediate notification (esm_class 0x20): unknown whatever its status says, or trust_status",
           DLRGW_OPTION_OPERATOR, "unknown|trust_status"),
    option("status_aliases", DLRGW_OPTION_STRING_MAP, "",
           "status texts, or \"state:N\", alone or with an error code, and what they stand for: { DELIVERD = "
           "\"DELIVERED\", \"UNDELIV err:77\" = \"EXPIRED\" }",
           DLRGW_OPTION_OPERATOR),
    option("error_codes", DLRGW_OPTION_STRING_MAP, "", "error codes as received and as reported: { \"00B\" = \"11\" }",
           DLRGW_OPTION_OPERATOR),
    option(
        "error_source", DLRGW_OPTION_STRING, "event",
        "where the error code is looked for first: event (errorCode, then the text, then the network's code), text or "
        "network",
        DLRGW_OPTION_OPERATOR, "event|text|network"),
    option("on_failure", DLRGW_OPTION_STRING, "retry",
           "when the operator's quirk fails: retry, then reject; or the standard mapping", DLRGW_OPTION_OPERATOR,
           "retry|standard"),
};
constexpr dlrgw_reason kReasons[] = {reason("quirk_failed"), reason("no_message_id")};
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_EDIT),    str(DLRGW_SERVICE_ATTRIBUTES), str(DLRGW_SERVICE_PII),
                                   str(DLRGW_SERVICE_QUIRKS),  str(DLRGW_SERVICE_DIGEST),     str(DLRGW_SERVICE_CONFIG),
                                   str(DLRGW_SERVICE_METRICS), str(DLRGW_SERVICE_LOG)};

class NormalisePlugin {
 public:
  static PluginInfo info() {
    return {.id = "normalise",
            .version = "0.1.0",
            .vendor = "dlr-gateway",
            .description = "Status, ids, times and fingerprint of a receipt",
            .options = kOptions,
            .reasons = kReasons,
            .services = kServices};
  }
  NormalisePlugin(Host host, Registrar& registrar) : shared_(host), survey_(host), tools_(host) {
    registrar.stage({.name = "normalise",
                     .provides = {"status", "fingerprint"},
                     .flags = DLRGW_STAGE_ESSENTIAL | DLRGW_STAGE_OFFLINE},
                    [this](std::uint32_t) { return std::make_unique<NormaliseStage>(shared_, inventory_); });
    registrar.route({.listener = DLRGW_LISTENER_ADMIN, .pattern = "/v1/admin/dlr/unmapped", .scope = "dlr:admin"},
                    [this](const HttpRequest&, HttpResponse& response) { response.json(200, inventory_.json()); });
    tools_.add("explain", [this](const ToolCall& call) {
      if (const auto receipt = call.next()) call.write(NormaliseStage(shared_, inventory_).explain(*receipt));
    });
    survey_.add_to(tools_);
  }

 private:
  const NormaliseParts shared_;
  Inventory inventory_;
  const SurveyTools survey_;
  Tools tools_;
};

}  // namespace
using Plugin = NormalisePlugin;
}  // namespace dlrgw::normalise

DLRGW_PLUGIN(dlrgw::normalise::Plugin)
