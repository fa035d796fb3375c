// SPDX-License-Identifier: Apache-2.0
#include "support/silent_subject.hpp"

#include "support/eventually.hpp"

namespace dlrgw::test {

using namespace std::chrono_literals;

SilentSubject::SilentSubject(const std::string& url, const std::string& subject) : client_(url) {
  natsSubscription* raw = nullptr;
  nats_check(natsConnection_SubscribeSync(&raw, client_.connection(), subject.c_str()), "subscribe " + subject);
  subscription_ = NatsSubscriptionPtr(raw, {client_.connection()});
  nats_check(natsSubscription_SetPendingLimits(raw, -1, -1), "pending limits");
  nats_check(natsConnection_Flush(client_.connection()), "flush");
}

std::size_t SilentSubject::received(std::size_t at_least) {
  while (messages_.size() < at_least && take(kPatience)) {
  }
  while (take(0ms)) {
  }
  return messages_.size();
}

void SilentSubject::acknowledge(std::size_t message) {
  nats_check(natsConnection_PublishString(client_.connection(), natsMsg_GetReply(messages_.at(message).get()),
                                          R"({"stream":"LATE","seq":1})"),
             "answer");
  nats_check(natsConnection_Flush(client_.connection()), "flush");
}

std::string SilentSubject::id(std::size_t message) const {
  const char* value = nullptr;
  nats_check(natsMsgHeader_Get(messages_.at(message).get(), "Nats-Msg-Id", &value), "Nats-Msg-Id");
  return value;
}

std::string SilentSubject::text(std::size_t message) const {
  const natsMsg* const found = messages_.at(message).get();
  return {natsMsg_GetData(found), static_cast<std::size_t>(natsMsg_GetDataLength(found))};
}

bool SilentSubject::take(std::chrono::milliseconds wait) {
  natsMsg* raw = nullptr;
  if (natsSubscription_NextMsg(&raw, subscription_.get(), wait.count()) != NATS_OK) return false;
  messages_.emplace_back(raw);
  return true;
}

}  // namespace dlrgw::test
