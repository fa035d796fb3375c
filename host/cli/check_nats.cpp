// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <condition_variable>

#include <dlrgw/cpp/mutex.hpp>

#include "app/options.hpp"
#include "cli/check_connect.hpp"
#include "intake/consumer_check.hpp"
#include "nats/api_client.hpp"
#include "nats/permission_probe.hpp"
#include "nats/subjects.hpp"

namespace dlrgw::host {
namespace {

constexpr std::chrono::seconds kConnectWithin{5};
constexpr std::chrono::seconds kAnswerWithin{3};

std::string to_mend(const std::string& doing, const std::string& subject, unsigned replica) {
  return "may not " + doing + " " + subject +
         "; let the server take what `dlr-gateway provision --print-permissions --replicas " +
         std::to_string(replica + 1) + "` prints";
}

void check_permissions(const Config& config, const IntakeOptions& intake, NatsConnection& connection,
                       ConnectReport& report) {
  PermissionProbe probe(connection);
  const std::string harmless = subjects::stream_info(connection.api_prefix(), intake.stream);
  std::vector<std::string> denied;
  std::vector<std::string> publish = config.nats.outbound;
  publish.push_back(subjects::next_message(connection.api_prefix(), intake.stream, intake.consumer));
  publish.push_back(subjects::consumer_info(connection.api_prefix(), intake.stream, intake.consumer));
  const Permit first = probe.trust(harmless);
  if (first == Permit::kDenied) denied.push_back(to_mend("publish on", harmless, intake.replica));
  if (first == Permit::kAllowed) {
    for (const std::string& subject : publish) {
      if (probe.publish(subject) != Permit::kAllowed) denied.push_back(to_mend("publish on", subject, intake.replica));
    }
    report.tell("nats.publish", denied, std::to_string(publish.size() + 1) + " subjects are permitted");
  } else {
    if (denied.empty())
      denied.push_back("this server does not say what is permitted; is it a NATS server of 2.2 or later?");
    report.tell("nats.publish", denied, {});
  }
  denied.clear();
  for (unsigned slot = 0; slot < subjects::kInboxSlots; ++slot) {
    const std::string inbox = subjects::inbox(intake.replica, slot);
    if (probe.subscribe(inbox) != Permit::kAllowed) denied.push_back(to_mend("subscribe to", inbox, intake.replica));
  }
  report.tell("nats.subscribe", denied, std::to_string(subjects::kInboxSlots) + " inboxes are permitted");
}

void check_consumer(const IntakeOptions& intake, NatsConnection& connection, ConnectReport& report) {
  JetStreamApi api(connection, subjects::inbox(intake.replica, subjects::kApiSlot));
  const auto stream = api.stream_info(intake.stream, kAnswerWithin);
  if (stream) {
    report.ok("nats.stream", stream->identity());
  } else {
    report.fail("nats.stream", "stream " + intake.stream + ": " + stream.error().text +
                                   (stream.error().code == ErrorCode::kNotFound ? "; run dlr-gateway provision" : ""));
  }
  const auto consumer = api.consumer_info(intake.stream, intake.consumer, kAnswerWithin);
  if (!consumer) {
    report.fail("nats.consumer",
                "consumer " + intake.stream + "/" + intake.consumer + ": " + consumer.error().text +
                    (consumer.error().code == ErrorCode::kNotFound ? "; run dlr-gateway provision" : ""));
    return;
  }
  const std::string wrong = consumer_problem(*consumer, wanted_of(intake));
  report.tell("nats.consumer", wrong.empty() ? std::vector<std::string>{} : std::vector{wrong},
              "consumer " + intake.consumer + " is as it must be, " + std::to_string(consumer->pending) + " pending");
}

}  // namespace

void check_nats(const Config& config, Logger& logger, ConnectReport& report) {
  Mutex mutex;
  std::condition_variable_any changed;
  bool connected = false;  // guarded by mutex
  NatsOptions options = nats_options(config);
  options.name += " check";
  const std::string user = options.user;
  NatsConnection connection(std::move(options), logger, {{}, [&] {
                                                           const MutexLock lock(mutex);
                                                           connected = true;
                                                           changed.notify_all();
                                                         }});
  const Status opened = connection.open();
  if (!opened && opened.error().code != ErrorCode::kUnavailable) return report.fail("nats", opened.error().text);
  {
    MutexLock lock(mutex);
    if (!changed.wait_for(lock, kConnectWithin, [&] { return connected; })) {
      const std::string why = connection.last_error();
      return report.fail("nats", why.empty() ? "no server answers at nats.url, or it refuses the login" : why);
    }
  }
  report.ok("nats", "connected" + (user.empty() ? std::string() : " as " + user));
  // With "auto" every gateway of the cluster needs the inboxes of the first number.
  const auto replica = static_cast<unsigned>(config.gateway.replica == kAuto ? 0 : config.gateway.replica);
  const IntakeOptions intake = intake_options(config, replica);
  check_permissions(config, intake, connection, report);
  check_consumer(intake, connection, report);
}

}  // namespace dlrgw::host
