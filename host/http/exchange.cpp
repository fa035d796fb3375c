// SPDX-License-Identifier: Apache-2.0
#include "http/exchange.hpp"

#include <algorithm>
#include <utility>

namespace dlrgw::host {
namespace {

bool is_encoding(std::string_view name) {
  constexpr std::string_view kName = "content-encoding";
  return std::ranges::equal(name, kName, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

Error gone() { return {ErrorCode::kUnavailable, "the client is gone"}; }

}  // namespace

Exchange::Exchange(HttpRequest request, std::function<void()> wake)
    : request_(std::move(request)), wake_(std::move(wake)) {}

Status Exchange::refuse_answer(const HttpResponse& answer) const {
  if (state_ != State::kOpen) return Error{ErrorCode::kDenied, "the request was answered before"};
  if (!well_formed(answer)) return Error{ErrorCode::kInvalid, "status, content type or a header cannot be sent"};
  return abandoned_ ? Status(gone()) : Status();
}

Status Exchange::send(HttpResponse answer) {
  {
    const MutexLock lock(mutex_);
    if (Status refused = refuse_answer(answer); !refused) return refused;
    state_ = State::kWhole;
    answer_ = std::move(answer);
    head_pending_ = true;
  }
  wake_();
  return {};
}

Status Exchange::begin(HttpResponse head) {
  const bool encoded = std::ranges::any_of(head.headers, [](const auto& header) { return is_encoding(header.first); });
  const bool gzip = !encoded && accepts_gzip(request_.header("Accept-Encoding"));
  {
    const MutexLock lock(mutex_);
    if (Status refused = refuse_answer(head); !refused) return refused;
    head.headers.emplace_back("Vary", "Accept-Encoding");
    if (gzip) head.headers.emplace_back("Content-Encoding", "gzip");
    state_ = State::kStream;
    answer_ = std::move(head);
    answer_.body.clear();
    head_pending_ = true;
  }
  if (gzip) gzip_ = std::make_unique<GzipStream>();
  wake_();
  return {};
}

Status Exchange::write(std::string_view chunk) {
  if (!gzip_ || chunk.empty()) return send_chunk(chunk);
  return send_chunk(gzip_->chunk(chunk));
}

Status Exchange::send_chunk(std::string_view chunk) {
  MutexLock lock(mutex_);
  if (state_ != State::kStream) return Error{ErrorCode::kDenied, "a stream must be begun first"};
  if (abandoned_ || request_.method == "HEAD") return gone();
  if (chunk.empty()) return {};
  chunk_ = chunk;
  chunk_pending_ = true;
  chunk_told_ = false;
  lock.unlock();
  wake_();
  lock.lock();
  taken_.wait(lock, [this]() DLRGW_REQUIRES(mutex_) { return !chunk_pending_ || abandoned_; });
  chunk_ = {};
  return std::exchange(chunk_pending_, false) ? Status(gone()) : Status();
}

bool Exchange::answered() const {
  const MutexLock lock(mutex_);
  return state_ != State::kOpen;
}

bool Exchange::abandoned() const {
  const MutexLock lock(mutex_);
  return abandoned_ || (request_.method == "HEAD" && state_ == State::kStream);
}

void Exchange::finish(bool ok) {
  // A client that is gone needs no end of its stream.
  if (ok && gzip_) (void)send_chunk(std::exchange(gzip_, nullptr)->end());
  {
    const MutexLock lock(mutex_);
    if (finished_) return;
    finished_ = true;
    ok_ = ok;
  }
  wake_();
}

Exchange::Step Exchange::next() {
  const MutexLock lock(mutex_);
  if (head_pending_) {
    head_pending_ = false;
    return {state_ == State::kWhole ? Event::kWhole : Event::kHead, std::move(answer_), {}};
  }
  if (chunk_pending_ && !chunk_told_) {
    chunk_told_ = true;
    return {Event::kChunk, {}, chunk_};
  }
  if (finished_ && !end_told_) {
    end_told_ = true;
    if (state_ == State::kOpen) return {Event::kUnanswered, {}, {}};
    if (state_ == State::kStream) return {ok_ ? Event::kEnd : Event::kCut, {}, {}};
  }
  return {};
}

void Exchange::chunk_taken() {
  const MutexLock lock(mutex_);
  chunk_pending_ = false;
  taken_.notify_all();
}

void Exchange::abandon() {
  const MutexLock lock(mutex_);
  abandoned_ = true;
  taken_.notify_all();
}

}  // namespace dlrgw::host
