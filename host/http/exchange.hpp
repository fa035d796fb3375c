// SPDX-License-Identifier: Apache-2.0
// One request on its way through a blocking handler: what passes between the handler's thread and the session that owns
// the socket. The handler answers once, with a whole response or a stream; write() blocks it until the socket has taken
// the chunk. Owned by both sides together.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <string_view>

#include <dlrgw/cpp/mutex.hpp>

#include "http/gzip.hpp"
#include "http/message.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

class Exchange {
 public:
  // wake: the session should call next(); called from any thread, without a lock held.
  Exchange(HttpRequest request, std::function<void()> wake);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // --- the handler's side, any thread ---
  [[nodiscard]] const HttpRequest& request() const { return request_; }
  // Errors of all three: kUnavailable = the client is gone, or has already got the time-out's answer; kDenied = already
  // answered; kInvalid = a status or header that cannot be sent.
  Status send(HttpResponse answer);
  // Its body is ignored. A stream is compressed for a client that accepts gzip.
  Status begin(HttpResponse head);
  Status write(std::string_view chunk);
  [[nodiscard]] bool answered() const;
  // Nobody reads the answer, so an error of the handler is not its own fault.
  [[nodiscard]] bool abandoned() const;
  // The handler returned. !ok: a stream is cut instead of ended. The first call counts. May wait as write() does.
  void finish(bool ok);

  // --- the session's side, its strand ---
  enum class Event { kNone, kWhole, kHead, kChunk, kEnd, kCut, kUnanswered };
  struct Step {
    Event event = Event::kNone;
    HttpResponse answer;     // kWhole, kHead
    std::string_view chunk;  // kChunk: valid until chunk_taken() or abandon()
  };
  // What the session has to do next; each event is returned once.
  Step next();
  void chunk_taken();
  // Accepts nothing more; the handler's next call fails.
  void abandon();

 private:
  enum class State { kOpen, kWhole, kStream };
  Status refuse_answer(const HttpResponse& answer) const DLRGW_REQUIRES(mutex_);
  Status send_chunk(std::string_view chunk);

  const HttpRequest request_;
  const std::function<void()> wake_;
  std::unique_ptr<GzipStream> gzip_;  // the handler's side alone; null: the stream goes as it is
  mutable Mutex mutex_;
  std::condition_variable_any taken_;
  State state_ DLRGW_GUARDED_BY(mutex_) = State::kOpen;
  bool head_pending_ DLRGW_GUARDED_BY(mutex_) = false;  // whole answer or head of a stream not yet taken
  bool chunk_pending_ DLRGW_GUARDED_BY(mutex_) = false;
  bool chunk_told_ DLRGW_GUARDED_BY(mutex_) = false;
  bool finished_ DLRGW_GUARDED_BY(mutex_) = false;
  bool ok_ DLRGW_GUARDED_BY(mutex_) = false;
  bool end_told_ DLRGW_GUARDED_BY(mutex_) = false;
  bool abandoned_ DLRGW_GUARDED_BY(mutex_) = false;
  HttpResponse answer_ DLRGW_GUARDED_BY(mutex_);
  std::string_view chunk_ DLRGW_GUARDED_BY(mutex_);
};

}  // namespace dlrgw::host
