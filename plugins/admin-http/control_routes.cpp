// SPDX-License-Identifier: Apache-2.0
#include "control_routes.hpp"

#include "admin_route.hpp"

namespace dlrgw::admin_http {

void ControlRoutes::register_in(Registrar& registrar) {
  const auto read = [&](std::string_view pattern, std::string (Control::*document)() const) {
    registrar.route(admin_route("GET", pattern), [this, document](const HttpRequest&, HttpResponse& response) {
      response.json(200, (control_.*document)());
    });
  };
  read("/v1/admin/pipeline", &Control::pipeline);
  read("/v1/admin/plugins", &Control::plugins);
  registrar.route(admin_route("GET", "/v1/admin/jobs"),
                  [this](const HttpRequest&, HttpResponse& response) { response.json(200, jobs()); });
  for (const bool enabled : {false, true}) {
    registrar.route(admin_route("POST", enabled ? "/v1/admin/stages/{name}/enable" : "/v1/admin/stages/{name}/disable"),
                    [this, enabled](const HttpRequest& q, HttpResponse& a) { switch_stage(q, a, enabled); });
    registrar.route(admin_route("POST", enabled ? "/v1/admin/plugins/{id}/enable" : "/v1/admin/plugins/{id}/disable"),
                    [this, enabled](const HttpRequest& q, HttpResponse& a) { switch_plugin(q, a, enabled); });
  }
  registrar.route(admin_route("POST", "/v1/admin/jobs/{name}/run"),
                  [this](const HttpRequest& q, HttpResponse& a) { run_job(q, a); });
  registrar.route(admin_route("POST", "/v1/admin/quirks/{name}/reset"),
                  [this](const HttpRequest& q, HttpResponse& r) { reset_quirk(q, r); });
  registrar.route(admin_route("POST", "/v1/admin/stages/{name}/reset"),
                  [this](const HttpRequest& q, HttpResponse& r) { reset_stage(q, r); });
  registrar.route(admin_route("POST", "/v1/admin/reload"),
                  [this](const HttpRequest& q, HttpResponse& a) { reload(q, a); });
}

// Answers with the jobs whether or not the progress can be read.
std::string ControlRoutes::jobs() const {
  std::optional<BulkProgress> newest;
  try {
    newest = bulk_.newest();
  } catch (const Error& e) {
    if (e.code() != DLRGW_E_UNAVAILABLE && e.code() != DLRGW_E_TRANSIENT) throw;
  }
  return with_progress(control_.jobs(), kBulkJob, newest);
}

Answer ControlRoutes::changed(const std::function<void()>& change, std::string (Control::*document)() const,
                              std::uint32_t refused) const {
  try {
    change();
    return {200, (control_.*document)()};
  } catch (const Error& e) {
    Answer answer = refusal(e, refused);
    answer.more = [pipeline = control_.pipeline()](JsonWriter& json) { json.key("pipeline").raw(pipeline); };
    return answer;
  }
}

void ControlRoutes::switch_stage(const HttpRequest& request, HttpResponse& response, bool enabled) const {
  const std::string_view name = request.param("name");
  desk_.perform(request, response, {enabled ? "stage.enable" : "stage.disable", "stage", name}, [&](std::string_view) {
    return changed([&] { control_.set_stage(name, enabled); }, &Control::pipeline, 409);
  });
}

void ControlRoutes::switch_plugin(const HttpRequest& request, HttpResponse& response, bool enabled) const {
  const std::string_view id = request.param("id");
  desk_.perform(request, response, {enabled ? "plugin.enable" : "plugin.disable", "plugin", id},
                [&](std::string_view) -> Answer {
                  if (!enabled && id == kPluginId) {
                    return {409,
                            "plugin admin-http answers these routes, so that it could not be enabled by them again; "
                            "set enabled = false in the configuration file instead"};
                  }
                  return changed([&] { control_.set_plugin(id, enabled); }, &Control::plugins, 409);
                });
}

void ControlRoutes::run_job(const HttpRequest& request, HttpResponse& response) const {
  const std::string_view name = request.param("name");
  desk_.perform(request, response, {"job.run", "job", name}, [&](std::string_view) -> Answer {
    control_.run_job(name);
    JsonWriter json;
    json.begin_object().member("job", name).member("started", true).end_object();
    return {202, json.take()};
  });
}

void ControlRoutes::reset_quirk(const HttpRequest& request, HttpResponse& response) const {
  const std::string_view name = request.param("name");
  desk_.perform(request, response, {"quirk.reset", "quirk", name},
                [&](std::string_view) { return changed([&] { control_.reset_quirk(name); }, &Control::plugins, 409); });
}

void ControlRoutes::reset_stage(const HttpRequest& request, HttpResponse& response) const {
  const std::string_view name = request.param("name");
  desk_.perform(request, response, {"stage.reset", "stage", name}, [&](std::string_view) {
    return changed([&] { control_.reset_stage(name); }, &Control::pipeline, 409);
  });
}

void ControlRoutes::reload(const HttpRequest& request, HttpResponse& response) const {
  desk_.perform(request, response, {"config.reload", "config", desk_.instance()},
                [&](std::string_view) { return changed([&] { control_.reload(); }, &Control::pipeline, 422); });
}

}  // namespace dlrgw::admin_http
