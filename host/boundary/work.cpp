// SPDX-License-Identifier: Apache-2.0
#include "boundary/work.hpp"

#include "boundary/call_scope.hpp"
#include "boundary/guard.hpp"

namespace dlrgw::host {
namespace {

dlrgw_str str(const std::string& text) { return {text.data(), text.size()}; }

}  // namespace

Result<std::uint32_t> persist_events(dlrgw_uow& work, const SinkSlot& sink, const KeepRow& keep) {
  std::vector<dlrgw_event> items;
  items.reserve(work.events.size());
  for (const EmittedEvent& e : work.events) {
    if (keep && !keep(e.receipt)) continue;
    dlrgw_event item{};
    item.struct_size = sizeof item;
    item.receipt = e.receipt;
    item.event_id = str(e.event_id);
    item.subject = str(e.subject);
    item.key = str(e.key);
    item.schema = str(e.schema);
    item.payload = str(e.payload);
    item.traceparent = str(e.traceparent);
    items.push_back(item);
  }
  if (items.empty()) return std::uint32_t{0};
  const dlrgw_events events{sizeof(dlrgw_events), static_cast<std::uint32_t>(items.size()), sizeof(dlrgw_event), 0,
                            items.data()};
  const CallScope* scope = CallScope::current();  // none in a job
  const std::string what = "sink " + sink.name + ": persist";
  const PluginCall mark({CallKind::kStage, sink.plugin->id, sink.plugin->version, what,
                         scope == nullptr ? kNoLane : scope->lane().lane, scope == nullptr ? 0 : scope->batch().id});
  const Status done = call_guarded("plugin " + sink.plugin->id + ": sink " + sink.name + ": persist",
                                   [&](dlrgw_error* e) { return sink.table.persist(sink.user, &work, &events, e); });
  if (!done) return done.error();
  return events.count;
}

Status tell_committed(const SinkSlot& sink, std::uint32_t events, std::uint32_t lane, std::uint64_t batch) {
  if (events == 0 || sink.table.committed == nullptr) return {};
  const std::string what = "sink " + sink.name + ": committed";
  const PluginCall mark({CallKind::kStage, sink.plugin->id, sink.plugin->version, what, lane, batch});
  return call_guarded(sink.plugin->id, what, [&] { sink.table.committed(sink.user, events); });
}

}  // namespace dlrgw::host
