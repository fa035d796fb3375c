// A chain's end of its own: emits an event per receipt, is the sink that stores them, publishes what was committed, and
// puts payloads through the chain on request. What 1.0 offers beside quirks, reading stages and schedules.
#include <string>
#include <vector>

#include <dlrgw/plugin.hpp>

#include "sql_migrations.hpp"

namespace {

using namespace dlrgw;

constexpr std::string_view kSubject = "webhook.dispatch";
constexpr std::string_view kSpace = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";
constexpr std::string_view kRelay = "acme.outlet.relay";
constexpr dlrgw_str kServices[] = {str(DLRGW_SERVICE_SQL), str(DLRGW_SERVICE_EVENTS), str(DLRGW_SERVICE_PUBLISH),
                                   str(DLRGW_SERVICE_PIPELINE), str(DLRGW_SERVICE_PII)};

class OutletStage final : public Stage {
 public:
  explicit OutletStage(Host host)
      : events_(host),
        edit_(host),
        pii_(host),
        digest_(host),
        seen_(host, Metric::Type::kCounter, "acme_outlet_receipts_total", "Receipts at the end of the chain.",
              {"kind"}) {}

  void process(Batch& batch) override {
    for (std::uint32_t i = 0; i < batch.size(); ++i) {
      const ReceiptView receipt = batch[i];
      edit_.set_candidates(receipt.handle(), std::vector<Candidate>{{"first", 0}, {"second", 1}});
      std::string spelt;
      for (const Candidate& candidate : edit_.candidates(receipt.handle())) spelt += candidate.id;
      JsonWriter json;
      json.begin_object().member("eventId", receipt.event_id()).member("status", to_string(receipt.status()));
      json.member("candidates", spelt);
      json.member("bytes", static_cast<std::int64_t>(pii_.payload(receipt.handle()).size())).end_object();
      const std::string id = digest_.uuid_v5(kSpace, receipt.event_id());
      events_.emit(batch.uow(), {.receipt = receipt.handle(),
                                 .event_id = id,
                                 .subject = kSubject,
                                 .key = receipt.operator_id(),
                                 .schema = "acme.outlet/1",
                                 .payload = json.text()});
      seen_.record(receipt.handle(), {"receipt"});
      batch.pass(i);
    }
  }

 private:
  Events events_;
  Edit edit_;
  Pii pii_;
  Digest digest_;
  Metric seen_;
};

class OutletSink final : public Sink {
 public:
  explicit OutletSink(Host host)
      : sql_(host),
        jobs_(host),
        insert_(sql_.write("keep",
                           "INSERT INTO dlr.acme_outlet (event_id, subject, message_key, schema, traceparent, payload) "
                           "SELECT event_id, subject, message_key, schema, traceparent, payload FROM dlrgw_rows "
                           "ON CONFLICT DO NOTHING",
                           {{"event_id", SqlType::kUuid},
                            {"subject", SqlType::kText},
                            {"message_key", SqlType::kText},
                            {"schema", SqlType::kText},
                            {"traceparent", SqlType::kText},
                            {"payload", SqlType::kJson}},
                           1)) {}

  void persist(dlrgw_uow* uow, const EventList& events) override {
    const UnitOfWork work = sql_.in(uow);
    for (std::uint32_t i = 0; i < events.size(); ++i) {
      const dlrgw_event& e = events[i];
      work.add(insert_, e.receipt,
               {SqlValue::uuid(view(e.event_id)), SqlValue::text(view(e.subject)), SqlValue::text(view(e.key)),
                SqlValue::text(view(e.schema)), SqlValue::text(view(e.traceparent)), SqlValue::json(view(e.payload))});
    }
  }
  void committed(std::uint32_t) override { jobs_.wake(kRelay); }

 private:
  Sql sql_;
  Jobs jobs_;
  SqlStatement insert_;
};

class Relay {
 public:
  explicit Relay(Host host)
      : sql_(host),
        publish_(host),
        health_(host),
        select_(sql_.query("oldest",
                           "SELECT event_id, subject, schema, traceparent, payload::text FROM dlr.acme_outlet LIMIT 50",
                           {})),
        delete_(sql_.write("forget", "DELETE FROM dlr.acme_outlet o USING dlrgw_rows r WHERE o.event_id = r.event_id",
                           {{"event_id", SqlType::kUuid}}, 1, DLRGW_SQL_ONE_EACH)) {}

  void run(const JobContext& context) {
    while (!context.should_stop()) {
      if (round() == 0 && !context.wait(std::chrono::milliseconds(50))) return;
    }
  }

 private:
  std::size_t round() {
    OwnUnitOfWork work = sql_.open("relay");
    const SqlResult found = work.query(select_);
    std::vector<std::string> texts;
    for (std::uint32_t row = 0; row < found.rows(); ++row)
      for (std::uint32_t column = 0; column < 5; ++column) texts.emplace_back(found.text(row, column));
    std::vector<dlrgw_publish_item> items;
    for (std::size_t at = 0; at < texts.size(); at += 5) {
      items.push_back({sizeof(dlrgw_publish_item), DLRGW_E_TRANSIENT, str(texts[at + 1]), str(texts[at]),
                       str(texts[at + 2]), str(texts[at + 3]), str(texts[at + 4])});
    }
    if (items.empty()) return 0;
    publish_.publish(items, 1500);
    for (const dlrgw_publish_item& item : items) {
      if (item.result == DLRGW_OK) work.add(delete_, 0, {SqlValue::uuid(view(item.msg_id))});
    }
    const std::uint64_t gone = work.commit();
    gone == items.size() ? health_.ok("acme") : health_.degraded("acme", "events were not acknowledged");
    return gone;
  }

  Sql sql_;
  Publish publish_;
  Health health_;
  SqlStatement select_, delete_;
};

class Outlet {
 public:
  static PluginInfo info() {
    return {.id = "acme-outlet", .version = "1.0.0", .migrations = kMigrations, .services = kServices};
  }
  Outlet(Host host, Registrar& registrar)
      : sink_(host),
        relay_(host),
        pipeline_(host),
        complete_(Sql(host).write("submitted",
                                  "INSERT INTO dlr.acme_submissions (id, outcome) SELECT id, outcome FROM dlrgw_rows",
                                  {{"id", SqlType::kText}, {"outcome", SqlType::kText}}, 1, DLRGW_SQL_ONE_EACH)) {
    registrar.stage({.name = "acme.outlet", .needs = {"status"}, .provides = {"persisted"}},
                    [host](std::uint32_t) { return std::make_unique<OutletStage>(host); });
    registrar.sink("acme.outlet", sink_);
    registrar.job({.name = kRelay, .schedule = "continuous", .singleton = true},
                  [this](const JobContext& context) { relay_.run(context); });
    registrar.route({.listener = DLRGW_LISTENER_ADMIN,
                     .method = "POST",
                     .pattern = "/acme/submissions/{id}",
                     .scope = "dlr:admin",
                     .body_limit = 65536},
                    [this](const HttpRequest& request, HttpResponse& response) { submit(request, response); });
  }

 private:
  void submit(const HttpRequest& request, HttpResponse& response) const {
    const SqlValue row[] = {SqlValue::text(request.param("id")), SqlValue::null()};
    try {
      const SubmissionResult result = pipeline_.submit(
          {.payload = request.body(), .origin = "acme.submit", .skip = {"quarantine", "archive"}}, {complete_, row, 1});
      JsonWriter json;
      json.begin_object().member("outcome", result.outcome).member("reported", !result.report.empty()).end_object();
      response.json(200, json.text());
    } catch (const Error& error) {
      response.problem(error.code() == DLRGW_E_DENIED ? 409 : 422, error.what());
    }
  }

  OutletSink sink_;
  Relay relay_;
  Pipeline pipeline_;
  SqlStatement complete_;
};

}  // namespace

DLRGW_PLUGIN(Outlet)
