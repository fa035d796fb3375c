// SPDX-License-Identifier: Apache-2.0
#include "http/gzip.hpp"

#include <array>
#include <new>
#include <optional>
#include <zlib.h>

namespace dlrgw::host {
namespace {

constexpr int kGzip = 16;  // zlib: added to the window bits
constexpr int kMemory = 8;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "q=0", "q=0.000"
bool never(std::string_view weight) {
  weight = trimmed(weight);
  return (weight.starts_with("q=") || weight.starts_with("Q=")) &&
         weight.find_first_not_of("0.", 2) == std::string_view::npos;
}

}  // namespace

struct GzipStream::Impl {
  z_stream stream{};
  std::array<char, std::size_t{16} * 1024> block{};
};

GzipStream::GzipStream() : impl_(std::make_unique<Impl>()) {
  if (deflateInit2(&impl_->stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}
GzipStream::~GzipStream() { deflateEnd(&impl_->stream); }

std::string GzipStream::compress(std::string_view text, int flush) {
  z_stream& stream = impl_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  std::string out;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(impl_->block.data());
    stream.avail_out = static_cast<uInt>(impl_->block.size());
    deflate(&stream, flush);  // cannot fail: the stream is consistent and there is room
    out.append(impl_->block.data(), impl_->block.size() - stream.avail_out);
  } while (stream.avail_out == 0);
  return out;
}

std::string GzipStream::chunk(std::string_view text) { return compress(text, Z_SYNC_FLUSH); }
std::string GzipStream::end() { return compress({}, Z_FINISH); }

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> named, any;
  while (!accept_encoding.empty()) {
    const std::size_t comma = accept_encoding.find(',');
    const std::string_view part = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size() : comma + 1);
    const std::size_t semicolon = part.find(';');
    const std::string_view coding = trimmed(part.substr(0, semicolon));
    const bool wanted = semicolon == std::string_view::npos || !never(part.substr(semicolon + 1));
    if (coding == "gzip") named = wanted;
    if (coding == "*") any = wanted;
  }
  return named.value_or(any.value_or(false));
}

}  // namespace dlrgw::host
