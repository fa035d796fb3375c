// SPDX-License-Identifier: Apache-2.0
// RAII around nats.c for the test helpers: one connection and its JetStream context. One thread.
#pragma once
#include <memory>
#include <string>

#include <nats/nats.h>

namespace dlrgw::test {

template <auto Destroy>
struct NatsDelete {
  template <typename T>
  void operator()(T* object) const {
    Destroy(object);
  }
};
using NatsOptionsPtr = std::unique_ptr<natsOptions, NatsDelete<natsOptions_Destroy>>;
using NatsConnectionPtr = std::unique_ptr<natsConnection, NatsDelete<natsConnection_Destroy>>;
// Waits until nats.c's reader thread is done with it; freed earlier, nats.c before 3.6 may abort the process.
struct NatsUnsubscribe {
  natsConnection* connection = nullptr;  // the subscription keeps it
  void operator()(natsSubscription* subscription) const;
};
using NatsSubscriptionPtr = std::unique_ptr<natsSubscription, NatsUnsubscribe>;
using NatsMsgPtr = std::unique_ptr<natsMsg, NatsDelete<natsMsg_Destroy>>;
using JsCtxPtr = std::unique_ptr<jsCtx, NatsDelete<jsCtx_Destroy>>;
using JsStreamInfoPtr = std::unique_ptr<jsStreamInfo, NatsDelete<jsStreamInfo_Destroy>>;
using JsConsumerInfoPtr = std::unique_ptr<jsConsumerInfo, NatsDelete<jsConsumerInfo_Destroy>>;
using JsConsumerNamesPtr = std::unique_ptr<jsConsumerNamesList, NatsDelete<jsConsumerNamesList_Destroy>>;

// Throws std::runtime_error naming what was tried.
void nats_check(natsStatus status, const std::string& what, jsErrCode js_error = jsErrCode(0));

class NatsClient {
 public:
  // on_publish_error is called from a thread of nats.c for each message that was not stored.
  explicit NatsClient(const std::string& url, const std::string& inbox_prefix = {},
                      jsPubAckErrHandler on_publish_error = nullptr, void* closure = nullptr);
  [[nodiscard]] natsConnection* connection() const { return connection_.get(); }
  [[nodiscard]] jsCtx* js() const { return js_.get(); }

 private:
  NatsConnectionPtr connection_;
  JsCtxPtr js_;
};

}  // namespace dlrgw::test
