// SPDX-License-Identifier: Apache-2.0
#include "integration/admin_support.hpp"

#include <boost/json.hpp>

namespace dlrgw::test {
namespace {

constexpr const char* kIssuer = "https://issuer.test";
constexpr const char* kAudience = "dlr-gateway";

}  // namespace

std::string claims(const std::string& scope, const std::string& subject) {
  JsonObject out;
  out.text("iss", kIssuer).text("aud", kAudience).number("exp", 4'000'000'000).text("scope", scope);
  if (!subject.empty()) out.text("sub", subject);
  return out.str();
}

AdminKeys::AdminKeys() : file_(dir_.write_file("jwks.json", key_set({key_.jwk()}))) {}

void AdminKeys::enter(GatewayOptions& options) const {
  options.env["DLRGW_JWKS_FILE"] = file_;
  options.env["DLRGW_JWT_ISSUER"] = kIssuer;
  options.env["DLRGW_JWT_AUDIENCE"] = kAudience;
}

std::string AdminKeys::token(const std::string& scope, const std::string& subject) const {
  return key_.token(claims(scope, subject));
}

std::string AdminKeys::account_token(const std::string& account_id) const {
  JsonObject out;
  out.text("iss", kIssuer).text("aud", kAudience).number("exp", 4'000'000'000).text("sub", "customer");
  return key_.token(out.text("account_id", account_id).str());
}

ScenarioOptions with_keys(const AdminKeys& keys, std::string config_text) {
  ScenarioOptions options;
  options.gateway.config_text = std::move(config_text);
  keys.enter(options.gateway);
  return options;
}

HttpReply admin(const GatewayProcess& gateway, const AdminKeys& keys, const std::string& method,
                const std::string& target, const std::string& body) {
  HttpRequest request{method, target, {{"Authorization", "Bearer " + keys.token()}}, body};
  return http_send(gateway.admin_address(), request, kPatience);
}

std::vector<std::string> audit_rows(Scenario& scenario) {
  std::vector<std::string> out;
  for (const Row& row : scenario.postgres().rows(
           "SELECT actor, action, entity, entity_id, details->>'result' FROM dlr.audit_log ORDER BY id"))
    out.push_back(row[0] + " " + row[1] + " " + row[2] + " " + row[3] + " " + row[4]);
  return out;
}

std::vector<std::string> items_of(const std::string& document, const std::string& list) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(json_field(document, list), error);
  std::vector<std::string> out;
  if (error || !parsed.is_array()) return out;
  for (const boost::json::value& item : parsed.get_array()) out.push_back(boost::json::serialize(item));
  return out;
}

std::string part_of(const std::string& document, const std::string& list, const std::string& name) {
  for (const std::string& text : items_of(document, list)) {
    if (json_field(text, "name") == name || json_field(text, "id") == name) return text;
  }
  return "{}";
}

}  // namespace dlrgw::test
