// SPDX-License-Identifier: Apache-2.0
// What dlr.outbox.events holds: a JSON array of the events of one unit of work and subject. Pure; any thread.
//   [{"id": "<uuid>", "key": "<text>", "schema": "<text>", "traceparent": "<text>", "payload": <JSON>}, …]
// "schema" is left out where it is the subject and /1, "traceparent" where there is none.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::outbox {

// Events of one subject share a row up to this many bytes of the array; one that is larger has a row of its own.
inline constexpr std::size_t kMostRowBytes = std::size_t{256} * 1024;

// The schema of an event that names none.
std::string default_schema(std::string_view subject);

struct EventText {
  std::string_view id, key, schema, traceparent, payload;
};
// Appends the event as an element of an array of `subject`. False, and nothing appended: the payload is not one JSON
// value and would break into the array, or a control character is in what becomes a header.
bool append_event(std::string& out, std::string_view subject, const EventText& event);

// The events of one unit of work, made into rows: one for each subject, and another one where it would grow beyond
// kMostRowBytes. The order of emission is kept within a subject.
struct EventRow {
  std::string_view subject;
  std::uint64_t receipt = 0;  // of its first event
  std::int64_t count = 0;
  std::string events;  // the array
};
class EventRows {
 public:
  // False as append_event() says. The subject is to outlive the rows.
  bool add(std::string_view subject, std::uint64_t receipt, const EventText& event);
  // Once, at the end.
  std::vector<EventRow> take();

 private:
  std::vector<EventRow> rows_;
  std::vector<std::size_t> open_;  // of each subject, the row that is being filled; its last bracket is missing
  std::string element_;
};

// One element of an array that was read. The views are into its text.
struct StoredEvent {
  std::string_view json;      // the element itself
  std::string_view id;        // the UUID
  std::string_view key_json;  // the key as JSON; empty where it is missing
  std::string_view payload;   // as JSON
  std::optional<std::string> schema;
  std::string traceparent;  // or empty
};
// Nothing when the text is no array of such events, or an empty one: each needs an id that is a UUID and a payload, and
// no control character in what becomes a header. Members of other names are passed over.
std::optional<std::vector<StoredEvent>> read_events(std::string_view array);

}  // namespace dlrgw::outbox
