// SPDX-License-Identifier: Apache-2.0
// TestPlugin calls routes as the gateway does, and jobs.
#include <gtest/gtest.h>

#include <dlrgw/plugin.hpp>
#include <dlrgw/testing/plugin.hpp>

namespace {

using namespace dlrgw::testing;

class Routes {
 public:
  static dlrgw::PluginInfo info() { return {.id = "routes", .version = "1.0.0"}; }
  Routes(dlrgw::Host, dlrgw::Registrar& registrar) {
    using dlrgw::HttpRequest, dlrgw::HttpResponse;
    registrar.route({.pattern = "/things/{id}", .scope = "thing:read"}, [](const HttpRequest& in, HttpResponse& out) {
      out.header("X-Of", in.header("X-From"));
      out.json(200, std::string(in.param("id")) + " " + std::string(in.query("as")) + " " +
                        std::string(in.claims().subject()) + (in.claims().has_scope("thing:read") ? " may" : ""));
    });
    registrar.route({.pattern = "/things/all", .open = true}, [](const HttpRequest& in, HttpResponse& out) {
      out.begin(200, "text/plain");
      out.write(in.has_claims() ? "known" : "nobody");
      out.write(", all");
    });
    registrar.route({.method = "POST", .pattern = "/things", .body_limit = 5},
                    [](const HttpRequest& in, HttpResponse& out) { out.send(201, "text/plain", in.body()); });
    registrar.route({.pattern = "/throws"},
                    [](const HttpRequest&, HttpResponse&) { throw std::runtime_error("ouch"); });
    registrar.route({.pattern = "/silent"}, [](const HttpRequest&, HttpResponse&) {});
    registrar.route({.pattern = "/twice"}, [](const HttpRequest&, HttpResponse& out) {
      out.json(200, "1");
      out.json(200, "2");
    });
    registrar.job({.name = "routes.job", .schedule = "every 1s"},
                  [this](const dlrgw::JobContext& context) { waited_ = context.wait(std::chrono::seconds(9)); });
    registrar.route({.pattern = "/waited"},
                    [this](const HttpRequest&, HttpResponse& out) { out.json(200, waited_ ? "ran" : "never"); });
  }

 private:
  bool waited_ = false;
};

class TestPluginRoutes : public testing::Test {
 protected:
  FakeHost host_;
  TestPlugin plugin_{host_};
};

TEST_F(TestPluginRoutes, GiveWhatAHandlerAsksFor) {
  const TestResponse answer =
      plugin_.request({.path = "/things/7", .query = {{"as", "text"}}, .headers = {{"x-from", "here"}}});
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, "7 text tester may");
  EXPECT_EQ(answer.headers.at("X-Of"), "here");
  EXPECT_EQ(plugin_.request({.method = "HEAD", .path = "/things/7"}).body, "");
}

TEST_F(TestPluginRoutes, ALiteralWinsAndAStreamIsOneBody) {
  EXPECT_EQ(plugin_.request({.path = "/things/all"}).body, "nobody, all");
}

TEST_F(TestPluginRoutes, BodiesAreBoundedAsTheRouteSays) {
  EXPECT_EQ(plugin_.request({.method = "POST", .path = "/things", .body = "12345"}).body, "12345");
  EXPECT_EQ(plugin_.request({.method = "POST", .path = "/things", .body = "123456"}).status, 413U);
  EXPECT_EQ(plugin_.request({.path = "/things/7", .body = "1"}).status, 413U);
}

TEST_F(TestPluginRoutes, WhatGoesWrongIsA500WithItsReasonForTheAuthor) {
  EXPECT_EQ(plugin_.request({.path = "/throws"}).status, 500U);
  EXPECT_EQ(plugin_.request({.path = "/throws"}).error, "ouch");
  EXPECT_EQ(plugin_.request({.path = "/silent"}).status, 500U);
  EXPECT_EQ(plugin_.request({.path = "/silent"}).error, "the handler returned without an answer");
  const TestResponse twice = plugin_.request({.path = "/twice"});
  EXPECT_EQ(twice.body, "1");
  EXPECT_NE(twice.error, "");
  EXPECT_THROW(plugin_.request({.path = "/things"}), dlrgw::Error);
  EXPECT_THROW(plugin_.request({.path = "/things/"}), dlrgw::Error);
}

TEST_F(TestPluginRoutes, JobsRun) {
  EXPECT_EQ(plugin_.request({.path = "/waited"}).body, "never");
  plugin_.run_job("routes.job");
  EXPECT_EQ(plugin_.request({.path = "/waited"}).body, "ran");
}

}  // namespace

DLRGW_PLUGIN(Routes)
