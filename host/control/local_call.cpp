// SPDX-License-Identifier: Apache-2.0
#include "control/local_call.hpp"

#include <boost/json.hpp>

#include "http/exchange.hpp"
#include "http/request_target.hpp"

namespace dlrgw::host {
namespace {

constexpr unsigned kFirstRefusal = 300;

std::string_view word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const std::string_view out = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return out;
}

// Takes what the handler says while it says it, on the handler's own thread.
class Listening {
 public:
  explicit Listening(HttpRequest request) : exchange_(std::move(request), [this] { take(); }) {}
  Exchange& exchange() { return exchange_; }
  [[nodiscard]] const HttpResponse& answer() const { return answer_; }
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  void take() {
    using enum Exchange::Event;
    for (Exchange::Step step = exchange_.next(); step.event != kNone; step = exchange_.next()) {
      if (step.event == kWhole || step.event == kHead) answer_ = std::move(step.answer);
      if (step.event == kWhole || step.event == kEnd) complete_ = true;
      if (step.event != kChunk) continue;
      answer_.body.append(step.chunk);
      exchange_.chunk_taken();
    }
  }

  Exchange exchange_;
  HttpResponse answer_;
  bool complete_ = false;
};

std::string detail_of(const HttpResponse& answer) {
  boost::system::error_code unreadable;
  const boost::json::value document = boost::json::parse(answer.body, unreadable);
  if (const auto* object = unreadable ? nullptr : document.if_object()) {
    if (const auto* detail = object->if_contains("detail"); detail != nullptr && detail->is_string())
      return std::string(detail->get_string());
  }
  return "the route answers " + std::to_string(answer.status);
}

}  // namespace

Result<std::string> call_locally(const RouteTable& routes, std::string_view request) {
  HttpRequest call;
  call.method = word(request);
  Result<RequestTarget> target = parse_request_target(word(request));
  if (!target) return target.error();
  call.path = std::move(target->path);
  call.query = std::move(target->query);
  call.body = request;
  call.peer = kLocalActor;
  const std::shared_ptr<const Router> router = routes.current();
  const RouteMatch match = router ? router->match(Listener::kAdmin, call.method, call.path) : RouteMatch{};
  if (match.route == nullptr)
    return Error{ErrorCode::kNotFound, "this gateway has no route " + call.method + " " + call.path +
                                           "; is the plugin that has it configured?"};
  if (call.body.size() > match.route->body_limit)
    return Error{ErrorCode::kInvalid, call.method + " " + call.path + " takes at most " +
                                          std::to_string(match.route->body_limit) + " bytes"};
  if (const auto refused = refuse_query(*match.route, call.query))
    return Error{ErrorCode::kInvalid, detail_of(*refused)};
  call.params = match.params;
  call.claims = Claims{};
  call.claims->subject = kLocalActor;
  call.claims->scopes = match.route->access.scopes;
  HttpResponse answer;
  if (match.route->handler) {
    answer = match.route->handler(call);
  } else {
    Listening listening(call);
    match.route->blocking(listening.exchange().request(), listening.exchange());
    listening.exchange().finish(true);
    if (!listening.complete())
      return Error{ErrorCode::kInternal,
                   call.method + " " + call.path + " gave no answer; the gateway's log tells why"};
    answer = listening.answer();
  }
  if (answer.status >= kFirstRefusal) return Error{ErrorCode::kInvalid, detail_of(answer)};
  return std::move(answer.body);
}

}  // namespace dlrgw::host
