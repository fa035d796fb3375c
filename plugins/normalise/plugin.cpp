// Contributions of the plugin `normalise`: one stage, one route and the operator keys that it reads.
#include <dlrgw/plugin.hpp>

#include "normalise_stage.hpp"

namespace dlrgw::normalise {
namespace {

constexpr dlrgw_option kOptions[] = {
    option("time_zone", DLRGW_OPTION_STRING, "UTC",
           "zone of the dates in receipts: a name such as Europe/Berlin, UTC, or an offset such as +05:30",
           DLRGW_OPTION_OPERATOR),
    option(
        "receipt_id", DLRGW_OPTION_STRING_MAP, "",
        "spelling of the message id in receipts: { base = \"decimal|hex|text\", padding = 10, case = \"upper|lower\", "
        "tlv = \"submit|receipt\" }",
        DLRGW_OPTION_OPERATOR),
    option("submit_id", DLRGW_OPTION_STRING_MAP, "",
           "spelling in submit responses: { base = \"decimal|hex|text\", padding = 8, case = \"upper|lower\" }",
           DLRGW_OPTION_OPERATOR),
    option("tlvs", DLRGW_OPTION_STRING, "before_text",
           "whether the TLVs' id and message state are believed before or after those of the receipt text",
           DLRGW_OPTION_OPERATOR, "before_text|after_text"),
    option("status_aliases", DLRGW_OPTION_STRING_MAP, "",
           "status texts, or \"state:N\", and what they stand for: { DELIVERD = \"DELIVERED\" }",
           DLRGW_OPTION_OPERATOR),
    option("error_codes", DLRGW_OPTION_STRING_MAP, "", "error codes as received and as reported: { \"00B\" = \"11\" }",
           DLRGW_OPTION_OPERATOR),
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
  NormalisePlugin(Host host, Registrar& registrar) : shared_(host) {
    registrar.stage({.name = "normalise",
                     .provides = {"status", "fingerprint"},
                     .flags = DLRGW_STAGE_ESSENTIAL | DLRGW_STAGE_OFFLINE},
                    [this](std::uint32_t) { return std::make_unique<NormaliseStage>(shared_, inventory_); });
    registrar.route({.listener = DLRGW_LISTENER_ADMIN, .pattern = "/v1/admin/dlr/unmapped", .scope = "dlr:admin"},
                    [this](const HttpRequest&, HttpResponse& response) { response.json(200, inventory_.json()); });
  }

 private:
  const Shared shared_;
  Inventory inventory_;
};

}  // namespace
using Plugin = NormalisePlugin;
}  // namespace dlrgw::normalise

DLRGW_PLUGIN(dlrgw::normalise::Plugin)
