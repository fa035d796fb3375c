// SPDX-License-Identifier: Apache-2.0
#include "write_desk.hpp"

namespace dlrgw::admin_http {

void WriteDesk::perform(const HttpRequest& request, HttpResponse& response, const WriteName& name,
                        const Work& work) const {
  const std::string actor(request.claims().subject());
  if (actor.empty()) {
    send(response, {403, "the token names no subject (sub); a write needs one for its audit row"});
    return;
  }
  try {
    audit_.probe();
  } catch (const Error& e) {
    send(response, {503, "nothing was done, because it could not be audited: " + std::string(e.what())});
    return;
  }
  Answer answer;
  try {
    answer = work(actor);
  } catch (const Error& e) {
    answer = refusal(e, 409);
  }
  send(response, audited(actor, name, std::move(answer)));
}

Answer WriteDesk::audited(std::string_view actor, const WriteName& name, Answer answer) const {
  if (answer.audited) return answer;
  try {
    audit_.write({actor, name.action, name.entity, name.entity_id, audit_details(answer, instance_)});
  } catch (const Error& e) {
    log_.error(
        "dlr.audit.failed", 0,
        {field("actor", actor), field("action", name.action), field("entity", name.entity),
         field("entityId", name.entity_id), field("status", std::int64_t{answer.status}), field("reason", e.what())});
    if (answer.ok()) answer = {500, "it was done, but its audit row could not be written; the log tells who did what"};
  }
  return answer;
}

}  // namespace dlrgw::admin_http
