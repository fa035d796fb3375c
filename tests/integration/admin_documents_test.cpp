// SPDX-License-Identifier: Apache-2.0
// /openapi.json and /asyncapi.json: every route of the gateway is in the one, and answers as it says; every schema is
// in the other, as it is in config/schemas.
#include <set>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/admin_support.hpp"

namespace dlrgw::test {
namespace {

namespace json = boost::json;

// The host's own; the others are told with their plugins.
const std::set<std::string> kHostRoutes = {"GET /live",  "GET /ready",  "GET /metrics",
                                           "GET /login", "POST /login", "POST /logout"};

// Parts of a page, for its own script: no interface.
bool part_of_page(const std::string& route) {
  return route.starts_with("GET /console/") || route.ends_with(".css") || route.ends_with(".js");
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// A schema as a part of a larger document: what it refers to in itself stands deeper there.
json::value below(const json::value& schema, const std::string& place) {
  if (const json::array* list = schema.if_array()) {
    json::array out;
    for (const json::value& item : *list) out.push_back(below(item, place));
    return out;
  }
  const json::object* object = schema.if_object();
  if (object == nullptr) return schema;
  json::object out;
  for (const auto& [key, value] : *object) {
    const bool inside = key == "$ref" && value.is_string() && value.as_string().starts_with("#/");
    out[key] = inside ? json::value(place + std::string(value.as_string()).substr(1)) : below(value, place);
  }
  return out;
}

class AdminDocuments : public testing::Test {
 protected:
  json::value document(const std::string& path) {
    const HttpReply reply = s_.gateway().admin_get(path);
    EXPECT_EQ(reply.status, 200) << path << " is open to all";
    return json::parse(reply.body);
  }
  AdminKeys keys_;
  Scenario s_{with_keys(keys_)};
};

TEST_F(AdminDocuments, EveryRouteOfThePluginsIsDescribedAndNoOther) {
  ASSERT_TRUE(started(s_));
  std::set<std::string> routes = kHostRoutes;
  const json::value plugins = json::parse(admin(s_.gateway(), keys_, "GET", "/v1/admin/plugins").body);
  for (const json::value& plugin : plugins.at("plugins").as_array())
    for (const json::value& route : plugin.at("routes").as_array()) routes.insert(std::string(route.as_string()));
  std::erase_if(routes, part_of_page);
  ASSERT_GT(routes.size(), 25U);
  std::set<std::string> described;
  const json::value openapi = document("/openapi.json");
  for (const auto& [path, methods] : openapi.at("paths").as_object())
    for (const auto& [method, operation] : methods.as_object())
      described.insert(upper(method) + " " + std::string(path));
  EXPECT_EQ(described, routes);
}

// Without parameters, and so without an effect.
TEST_F(AdminDocuments, WhatIsAskedForWithoutParametersAnswersAsDescribed) {
  ASSERT_TRUE(started(s_));
  const json::value openapi = document("/openapi.json");
  std::size_t asked = 0;
  for (const auto& [path, methods] : openapi.at("paths").as_object()) {
    const json::value* get = methods.as_object().if_contains("get");
    if (get == nullptr || path.find('{') != std::string_view::npos) continue;
    ++asked;
    const HttpReply reply = admin(s_.gateway(), keys_, "GET", std::string(path));
    const json::value* described = get->at("responses").as_object().if_contains(std::to_string(reply.status));
    ASSERT_NE(described, nullptr) << path << " answers " << reply.status << ": " << reply.body;
    const std::string type = reply.headers.at("content-type");
    EXPECT_TRUE(described->at("content").as_object().contains(type.substr(0, type.find(';')))) << path << " " << type;
    const json::array* security = get->at("security").if_array();
    ASSERT_NE(security, nullptr) << path;
    const int without = s_.gateway().admin_get(std::string(path)).status;
    EXPECT_EQ(without == 401, !security->empty()) << path << " answers " << without << " without a token";
  }
  EXPECT_GE(asked, 10U);
}

TEST_F(AdminDocuments, TheEventsHaveTheSchemasOfTheRepository) {
  ASSERT_TRUE(started(s_));
  const json::value asyncapi = document("/asyncapi.json");
  EXPECT_EQ(asyncapi.at("asyncapi").as_string(), "3.0.0");
  const json::object& channels = asyncapi.at("channels").as_object();
  EXPECT_EQ(channels.size(), 5U);
  for (const auto& [name, channel] : channels) {
    const std::string subject(channel.at("address").as_string());
    json::object schema = json::parse(read_file(DLRGW_SCHEMAS_DIR "/" + subject + ".schema.json")).as_object();
    schema.erase("$schema");
    EXPECT_EQ(asyncapi.at("components").at("schemas").at(name),
              below(schema, "#/components/schemas/" + std::string(name)))
        << subject;
  }
}

}  // namespace
}  // namespace dlrgw::test
