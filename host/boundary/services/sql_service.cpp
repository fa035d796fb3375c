// SPDX-License-Identifier: Apache-2.0
// sql and events: the unit of work of a batch, and the own ones of jobs.
#include <array>

#include <dlrgw/abi/events.h>
#include <dlrgw/abi/sql.h>

#include "boundary/services/abi_values.hpp"
#include "boundary/services/make_services.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

constexpr std::int64_t kOwnDeadlineUs = 60'000'000;
constexpr std::uint32_t kMaxColumns = 32;
constexpr std::size_t kMaxEventBytes = std::size_t{256} * 1024;

std::int32_t define(void* self, const dlrgw_sql_def* def, std::uint32_t* statement, dlrgw_error* error) {
  PluginContext& context = context_of(self);
  if (!context.creating) {
    return answer(error, ErrorCode::kDenied, "statements are defined in create() of the plugin, not later");
  }
  if (def == nullptr || statement == nullptr || !DLRGW_HAS(def, dlrgw_sql_def, column_stride)) {
    return answer(error, ErrorCode::kInvalid, "statement definition is missing or too short");
  }
  if (def->verb != DLRGW_SQL_QUERY && def->verb != DLRGW_SQL_WRITE) {
    return answer(error, ErrorCode::kInvalid, "statement verb is neither DLRGW_SQL_QUERY nor DLRGW_SQL_WRITE");
  }
  if (def->column_count > kMaxColumns) return answer(error, ErrorCode::kLimit, "a statement has at most 32 columns");
  StatementDef wanted;
  wanted.owner = context.identity.id;
  wanted.name = view(def->name);
  wanted.text = view(def->text);
  wanted.is_query = def->verb == DLRGW_SQL_QUERY;
  wanted.one_each = (def->flags & DLRGW_SQL_ONE_EACH) != 0;
  wanted.key_count = def->key_count;
  for (std::uint32_t i = 0; i < def->column_count; ++i) {
    const dlrgw_sql_column& column = at(def->columns, def->column_stride, i);
    if (column.type < DLRGW_SQL_BOOL || column.type > DLRGW_SQL_JSON) {
      return answer(error, ErrorCode::kInvalid, "column type is none of DLRGW_SQL_");
    }
    wanted.columns.push_back({std::string(view(column.name)), static_cast<ColumnType>(column.type)});
  }
  const Result<Statement> compiled = Statement::compile(wanted, 0);
  if (!compiled) return answer(error, compiled.error().code, compiled.error().text);
  *statement = static_cast<std::uint32_t>(context.definitions.size());
  context.definitions.push_back(std::move(wanted));
  return DLRGW_OK;
}

const Statement* find(PluginContext& context, std::uint32_t statement) {
  return statement < context.statements.size() ? &context.statements[statement] : nullptr;
}

std::int32_t add_row(void* self, dlrgw_uow* uow, std::uint32_t statement, std::uint64_t receipt,
                     const dlrgw_sql_value* values, std::uint32_t count, std::uint32_t stride, dlrgw_error* error) {
  const Statement* found = find(context_of(self), statement);
  if (uow == nullptr || found == nullptr)
    return answer(error, ErrorCode::kInvalid, "unknown unit of work or statement");
  if (count != found->columns().size()) {
    return answer(error, ErrorCode::kInvalid,
                  found->full_name() + ": a row needs " + std::to_string(found->columns().size()) + " values, got " +
                      std::to_string(count));
  }
  if (uow->in_batch && !found->is_query() && CallScope::receipt(receipt) == nullptr) {
    return answer(error, ErrorCode::kInvalid,
                  found->full_name() + ": a write in a batch needs the handle of its receipt");
  }
  std::array<Value, kMaxColumns> row;
  for (std::uint32_t i = 0; i < count; ++i) {
    const dlrgw_sql_value& v = at(values, stride, i);
    if (v.type > DLRGW_SQL_JSON) return answer(error, ErrorCode::kInvalid, found->full_name() + ": unknown value type");
    row[i] = {static_cast<ColumnType>(v.type), v.integer, v.number, view(v.text)};
  }
  return answer(error, uow->unit.add_row(*found, uow->in_batch ? receipt : 0, std::span(row.data(), count)));
}

std::int32_t query(void* self, dlrgw_uow* uow, std::uint32_t statement, std::uint32_t* rows, dlrgw_error* error) {
  const Statement* found = find(context_of(self), statement);
  if (uow == nullptr || found == nullptr || rows == nullptr) {
    return answer(error, ErrorCode::kInvalid, "unknown unit of work or statement");
  }
  if (!found->is_query()) return answer(error, ErrorCode::kInvalid, found->full_name() + " is a write, not a query");
  const HostTime service;
  const Result<std::uint32_t> count = uow->unit.query(*found);
  if (!count) return answer(error, count.error().code, count.error().text);
  *rows = *count;
  return DLRGW_OK;
}

std::int32_t get(void*, dlrgw_uow* uow, std::uint32_t row, std::uint32_t column, std::uint32_t type,
                 dlrgw_sql_value* out) {
  if (uow == nullptr || out == nullptr || !DLRGW_HAS(out, dlrgw_sql_value, text)) return DLRGW_E_INVALID;
  if (type < DLRGW_SQL_BOOL || type > DLRGW_SQL_JSON) return DLRGW_E_INVALID;
  const Result<Value> value = uow->unit.result().get(row, column, static_cast<ColumnType>(type));
  if (!value) return static_cast<std::int32_t>(value.error().code);
  out->type = static_cast<std::uint32_t>(value->type);
  out->integer = value->integer;
  out->number = value->number;
  out->text = str(value->text);
  return DLRGW_OK;
}

std::int32_t open(void* self, dlrgw_str pool, dlrgw_uow** uow, dlrgw_error* error) {
  PluginContext& context = context_of(self);
  if (uow == nullptr) return answer(error, ErrorCode::kInvalid, "no place for the unit of work");
  if (CallScope::current() != nullptr) {
    return answer(error, ErrorCode::kDenied, "a stage uses the unit of work of its batch, it opens none of its own");
  }
  const auto found = context.host.pools.find(view(pool));
  if (found == context.host.pools.end()) {
    return answer(error, ErrorCode::kNotFound,
                  "no pool \"" + std::string(view(pool)) + "\"; there are admin, maint, portal, relay and svc");
  }
  *uow = new dlrgw_uow(*found->second, context.host.clock, context.host.clock.monotonic_us() + kOwnDeadlineUs, false);
  return DLRGW_OK;
}

std::int32_t commit(void* self, dlrgw_uow* uow, std::uint64_t* affected, dlrgw_error* error) {
  PluginContext& context = context_of(self);
  if (uow == nullptr || uow->in_batch)
    return answer(error, ErrorCode::kDenied, "the host commits a batch, not a stage");
  const HostTime service;
  std::uint32_t events = 0;
  if (!uow->events.empty()) {
    const Result<std::uint32_t> persisted = persist_events(*uow, *context.sink, {});
    if (!persisted) return answer(error, persisted.error().code, persisted.error().text);
    events = *persisted;
  }
  if (Status flushed = uow->unit.flush(); !flushed) return answer(error, flushed);
  const Result<std::uint64_t> count = uow->unit.commit();
  if (!count) return answer(error, count.error().code, count.error().text);
  if (affected != nullptr) *affected = *count;
  if (events == 0 || tell_committed(*context.sink, events)) return DLRGW_OK;
  const std::array<std::string_view, 2> labels{context.sink->plugin->id, "sink"};
  context.host.metrics.record(context.plugin_errors, labels, 1);
  return DLRGW_OK;  // the rows are there all the same
}

void close(void*, dlrgw_uow* uow) {
  const HostTime service;  // it may have to roll back
  if (uow != nullptr && !uow->in_batch) delete uow;
}

std::int32_t emit(void*, dlrgw_uow* uow, const dlrgw_event* event, dlrgw_error* error) {
  if (uow == nullptr || event == nullptr || !DLRGW_HAS(event, dlrgw_event, payload)) {
    return answer(error, ErrorCode::kInvalid, "event is missing or too short");
  }
  const Receipt* receipt = CallScope::receipt(event->receipt);
  if (uow->in_batch && receipt == nullptr) {
    return answer(error, ErrorCode::kInvalid, "an event of a batch needs the handle of its receipt");
  }
  if (view(event->subject).empty() || !parse_uuid_bytes(view(event->event_id))) {
    return answer(error, ErrorCode::kInvalid, "an event needs a subject and a UUID as event id");
  }
  if (event->payload.len > kMaxEventBytes) return answer(error, ErrorCode::kLimit, "an event holds at most 256 KiB");
  EmittedEvent copy{uow->in_batch ? event->receipt : 0,
                    std::string(view(event->event_id)),
                    std::string(view(event->subject)),
                    std::string(view(event->key)),
                    std::string(view(event->schema)),
                    std::string(view(event->payload)),
                    {}};
  if (DLRGW_HAS(event, dlrgw_event, traceparent)) copy.traceparent = view(event->traceparent);
  if (copy.traceparent.empty() && receipt != nullptr) copy.traceparent = receipt->traceparent();
  uow->events.push_back(std::move(copy));
  return DLRGW_OK;
}

}  // namespace

dlrgw_sql make_sql_service(PluginContext& context) {
  return {sizeof(dlrgw_sql), 1, &context, define, add_row, query, get, open, commit, close};
}
dlrgw_events_service make_events_service(PluginContext& context) {
  return {sizeof(dlrgw_events_service), 1, &context, emit};
}

}  // namespace dlrgw::host
