// SPDX-License-Identifier: Apache-2.0
#include "boundary/contributions.hpp"

#include <array>
#include <span>

#include "boundary/abi_read.hpp"

namespace dlrgw::host {
namespace {

using abi_read::FieldEnd;

constexpr std::uint32_t kMaxFacts = 64;
constexpr std::uint32_t kMaxOperators = 4096;
constexpr std::uint64_t kMaxNameBytes = 64;
constexpr std::uint64_t kMaxPatternBytes = 512;
constexpr std::uint32_t kMaxBodyLimit = 16U << 20U;

// What a struct of SDK 1.0 holds; later fields are optional for ever.
constexpr std::array kStageFields{DLRGW_FIELD_END(dlrgw_stage_class, struct_size),
                                  DLRGW_FIELD_END(dlrgw_stage_class, flags),
                                  DLRGW_FIELD_END(dlrgw_stage_class, name),
                                  DLRGW_FIELD_END(dlrgw_stage_class, needs),
                                  DLRGW_FIELD_END(dlrgw_stage_class, provides),
                                  DLRGW_FIELD_END(dlrgw_stage_class, needs_count),
                                  DLRGW_FIELD_END(dlrgw_stage_class, needs_stride),
                                  DLRGW_FIELD_END(dlrgw_stage_class, provides_count),
                                  DLRGW_FIELD_END(dlrgw_stage_class, provides_stride),
                                  DLRGW_FIELD_END(dlrgw_stage_class, create),
                                  DLRGW_FIELD_END(dlrgw_stage_class, activate),
                                  DLRGW_FIELD_END(dlrgw_stage_class, process),
                                  DLRGW_FIELD_END(dlrgw_stage_class, settled),
                                  DLRGW_FIELD_END(dlrgw_stage_class, deactivate),
                                  DLRGW_FIELD_END(dlrgw_stage_class, destroy)};
constexpr std::array kQuirkFields{DLRGW_FIELD_END(dlrgw_quirk_class, struct_size),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, flags),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, name),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, operators),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, operators_count),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, operators_stride),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, create),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, activate),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, apply),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, deactivate),
                                  DLRGW_FIELD_END(dlrgw_quirk_class, destroy)};
constexpr std::array kSinkFields{DLRGW_FIELD_END(dlrgw_sink_class, struct_size),
                                 DLRGW_FIELD_END(dlrgw_sink_class, flags), DLRGW_FIELD_END(dlrgw_sink_class, name),
                                 DLRGW_FIELD_END(dlrgw_sink_class, persist),
                                 DLRGW_FIELD_END(dlrgw_sink_class, committed)};
constexpr std::array kJobFields{DLRGW_FIELD_END(dlrgw_job_class, struct_size), DLRGW_FIELD_END(dlrgw_job_class, flags),
                                DLRGW_FIELD_END(dlrgw_job_class, name), DLRGW_FIELD_END(dlrgw_job_class, schedule),
                                DLRGW_FIELD_END(dlrgw_job_class, run)};
constexpr std::array kRouteFields{
    DLRGW_FIELD_END(dlrgw_route_class, struct_size), DLRGW_FIELD_END(dlrgw_route_class, flags),
    DLRGW_FIELD_END(dlrgw_route_class, listener),    DLRGW_FIELD_END(dlrgw_route_class, body_limit),
    DLRGW_FIELD_END(dlrgw_route_class, method),      DLRGW_FIELD_END(dlrgw_route_class, pattern),
    DLRGW_FIELD_END(dlrgw_route_class, scope),       DLRGW_FIELD_END(dlrgw_route_class, handle)};

// Reads one class struct. Collects the first failure; after it every further step does nothing.
template <class T>
class ClassReader {
 public:
  ClassReader(const T* theirs, std::string kind, std::span<const FieldEnd> fields) : kind_(std::move(kind)) {
    if (theirs == nullptr) {
      fail("a " + kind_ + " was registered as NULL");
      return;
    }
    const auto size = abi_read::copy_prefix<std::uint32_t>(theirs, sizeof(std::uint32_t));
    if (const FieldEnd* missing = abi_read::first_missing(fields.data(), fields.data() + fields.size(), size)) {
      fail("a " + kind_ + " was registered with a struct of " + std::to_string(size) +
           " bytes, too short for the field \"" + std::string(missing->name) + "\"; set struct_size to its sizeof");
      return;
    }
    ours_ = abi_read::copy_prefix<T>(theirs, size);
    if constexpr (requires { ours_.name; }) read_name(ours_.name);
  }

  [[nodiscard]] bool ok() const { return error_.text.empty(); }
  [[nodiscard]] const T& get() const { return ours_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Error& error() const { return error_; }

  void strings(const abi_read::Array& array, std::vector<std::string>& out) {
    if (!ok()) return;
    auto read = abi_read::read_strings(array, kMaxNameBytes);
    if (!read) return fail(label() + read.error().text);
    out = std::move(*read);
  }
  template <class Hook>
  void mandatory(Hook hook, const char* hook_name) {
    if (ok() && hook == nullptr) fail(label() + "its hook " + hook_name + " is NULL; every " + kind_ + " needs one");
  }
  // text lies in the struct; empty afterwards when something was wrong.
  std::string text(dlrgw_str text, std::string_view what, std::uint64_t max_bytes) {
    if (!ok()) return {};
    auto read = abi_read::read_text(text, label() + std::string(what), max_bytes);
    if (read) return std::move(*read);
    fail(read.error().text);
    return {};
  }
  // For what has no name of its own: how the label calls it.
  void call_it(std::string name) { name_ = std::move(name); }
  void fail(std::string text) { error_ = {ErrorCode::kInvalid, std::move(text)}; }
  [[nodiscard]] std::string label() const { return kind_ + " \"" + name_ + "\": "; }

 private:
  void read_name(dlrgw_str theirs) {
    auto name = abi_read::read_text(theirs, kind_ + " name", kMaxNameBytes);
    if (!name) {
      fail(name.error().text);
      return;
    }
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    if (name->empty() || name->find_first_not_of(kAllowed) != std::string::npos)
      fail("a " + kind_ + " was registered under a name that is not 1 to 64 characters of [a-z0-9._-]");
    name_ = std::move(*name);
  }
  std::string kind_;
  std::string name_;
  T ours_{};
  Error error_;
};

}  // namespace

Result<StageClass> read_stage_class(const dlrgw_stage_class* stage) {
  ClassReader reader(stage, "stage", kStageFields);
  const dlrgw_stage_class& s = reader.get();
  StageClass out;
  reader.strings({"needs", "needs_stride", s.needs, s.needs_count, s.needs_stride, kMaxFacts}, out.needs);
  reader.strings({"provides", "provides_stride", s.provides, s.provides_count, s.provides_stride, kMaxFacts},
                 out.provides);
  reader.mandatory(s.create, "create");
  reader.mandatory(s.process, "process");
  reader.mandatory(s.destroy, "destroy");
  if (!reader.ok()) return reader.error();
  out.name = reader.name();
  out.table = s;
  return out;
}

Result<QuirkClass> read_quirk_class(const dlrgw_quirk_class* quirk) {
  ClassReader reader(quirk, "quirk", kQuirkFields);
  const dlrgw_quirk_class& q = reader.get();
  QuirkClass out;
  reader.strings({"operators", "operators_stride", q.operators, q.operators_count, q.operators_stride, kMaxOperators},
                 out.operators);
  if (reader.ok() && out.operators.empty())
    reader.fail(reader.label() + "it names no operator, so it would never be called; list at least one");
  reader.mandatory(q.create, "create");
  reader.mandatory(q.apply, "apply");
  reader.mandatory(q.destroy, "destroy");
  if (!reader.ok()) return reader.error();
  out.name = reader.name();
  out.table = q;
  return out;
}

Result<SinkClass> read_sink_class(const dlrgw_sink_class* sink) {
  ClassReader reader(sink, "sink", kSinkFields);
  const dlrgw_sink_class& s = reader.get();
  reader.mandatory(s.persist, "persist");
  if (!reader.ok()) return reader.error();
  return SinkClass{reader.name(), s};
}

Result<JobClass> read_job_class(const dlrgw_job_class* job) {
  ClassReader reader(job, "job", kJobFields);
  const dlrgw_job_class& j = reader.get();
  reader.mandatory(j.run, "run");
  if (!reader.ok()) return reader.error();
  auto schedule = abi_read::read_text(j.schedule, reader.label() + "its schedule", kMaxNameBytes);
  if (!schedule) return schedule.error();
  if (schedule->empty())
    return Error{ErrorCode::kInvalid,
                 reader.label() + "it has no schedule; use \"continuous\", \"every 5m\" or \"daily 02:00\""};
  return JobClass{reader.name(), std::move(*schedule), j};
}

Result<RouteClass> read_route_class(const dlrgw_route_class* route) {
  ClassReader reader(route, "route", kRouteFields);
  const dlrgw_route_class& r = reader.get();
  RouteClass out;
  out.method = reader.text(r.method, "its method", kMaxNameBytes);
  reader.call_it(out.method);
  out.pattern = reader.text(r.pattern, "its pattern", kMaxPatternBytes);
  reader.call_it(out.method + " " + out.pattern);
  out.scope = reader.text(r.scope, "its scope", kMaxNameBytes);
  reader.mandatory(r.handle, "handle");
  if (!reader.ok()) return reader.error();
  if (r.listener != DLRGW_LISTENER_PUBLIC && r.listener != DLRGW_LISTENER_ADMIN)
    reader.fail(reader.label() + "its listener is neither DLRGW_LISTENER_PUBLIC nor DLRGW_LISTENER_ADMIN");
  if (out.scope.find(' ') != std::string::npos) reader.fail(reader.label() + "its scope holds a space; name one scope");
  if ((r.flags & DLRGW_ROUTE_OPEN) != 0 && !out.scope.empty())
    reader.fail(reader.label() + "it is open and names a scope; keep one of them");
  if (r.body_limit > kMaxBodyLimit)
    reader.fail(reader.label() + "its body limit is above " + std::to_string(kMaxBodyLimit) + " bytes");
  if (!reader.ok()) return reader.error();
  out.table = r;
  return out;
}

}  // namespace dlrgw::host
