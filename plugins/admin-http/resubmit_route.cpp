// SPDX-License-Identifier: Apache-2.0
#include "resubmit_route.hpp"

#include "admin_route.hpp"

namespace dlrgw::admin_http {
namespace {

Answer already(std::string_view outcome, std::string_view actor) {
  Answer answer{409, "it was resubmitted already, outcome \"" + std::string(outcome) + "\"; nothing was done"};
  answer.more = [outcome = std::string(outcome), actor = std::string(actor)](JsonWriter& json) {
    json.member("outcome", outcome).member("actor", actor);
  };
  return answer;
}

std::string describe(const SubmissionResult& result) {
  JsonWriter json;
  json.begin_object().member("outcome", result.outcome);
  json.member_or_null("reason", result.reason).member_or_null("stage", result.stage).end_object();
  return json.take();
}

}  // namespace

std::optional<Answer> refuse_resubmission(const StoredReceipt& stored) {
  if (stored.kind == "held")
    return Answer{409, "it is held: a job puts it through by itself as soon as that is possible"};
  if (!stored.first_outcome.empty()) return already(stored.first_outcome, stored.first_actor);
  return std::nullopt;
}

void ResubmitRoute::register_in(Registrar& registrar) {
  registrar.route(admin_route("POST", "/v1/admin/dlr/rejected/{identity}/{seq}/resubmit"),
                  [this](const HttpRequest& request, HttpResponse& response) {
                    const std::string_view identity = request.param("identity");
                    const std::string_view seq = request.param("seq");
                    const std::string id = std::string(identity) + "/" + std::string(seq);
                    desk_.perform(request, response, {"rejected.resubmit", "rejected", id},
                                  [&](std::string_view actor) { return resubmit(actor, identity, seq); });
                  });
}

Answer ResubmitRoute::resubmit(std::string_view actor, std::string_view identity, std::string_view seq) const {
  const std::optional<std::int64_t> number = parse_sequence(seq);
  if (!number) return {400, "the last part names the stream sequence: decimal digits, 1 and up"};
  const StoredPlace place{std::string(identity), *number};
  const std::optional<StoredReceipt> stored = resubmission_.find(place);
  if (!stored) return {404, "no rejected receipt of this stream identity and sequence is stored"};
  if (std::optional<Answer> refused = refuse_resubmission(*stored)) return *refused;
  return submit(actor, place, *stored);
}

Answer ResubmitRoute::submit(std::string_view actor, const StoredPlace& place, const StoredReceipt& stored) const {
  try {
    const SubmissionResult result = resubmission_.submit(place, stored, actor, {});
    Answer answer{200, describe(result)};
    answer.audited = result.outcome != "retry";  // a retry keeps nothing, not even the completion
    return answer;
  } catch (const Error& e) {
    if (e.code() != DLRGW_E_DENIED) return submission_refusal(e, 422);
    const std::optional<StoredReceipt> now = resubmission_.find(place);  // another request came first
    return already(now ? now->first_outcome : "", now ? now->first_actor : "");
  }
}

}  // namespace dlrgw::admin_http
