// SPDX-License-Identifier: Apache-2.0
#include "archive_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <zlib.h>

#include <dlrgw/cpp/base.hpp>

#include "digester.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::size_t kBlock = std::size_t{64} * 1024;
constexpr int kGzip = 16;  // zlib: added to the window bits
constexpr int kMemory = 8;

Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

// Of what errno says.
Error disk_error(std::string_view what, const std::string& directory) {
  return {DLRGW_E_INTERNAL, std::string("cannot ").append(what) + " the temporary file in " + directory + ": " +
                                std::system_category().message(errno) +
                                "; make room there or let archive_dir name another directory"};
}

}  // namespace

struct ArchiveFile::Impl {
  explicit Impl(std::string dir) : directory(std::move(dir)) {
    std::string name = directory + "/orphans-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) throw disk_error("make", directory);
    ::unlink(name.c_str());
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip, kMemory, Z_DEFAULT_STRATEGY) !=
        Z_OK)
      throw Error(DLRGW_E_INTERNAL, "zlib cannot start; is there memory left?");
    compressing = true;
  }
  ~Impl() {
    if (compressing) deflateEnd(&stream);
    if (fd >= 0) ::close(fd);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void compress(std::string_view text, int flush) {
    stream.next_in = bytes_of(text);
    stream.avail_in = static_cast<uInt>(text.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(block.data());
      stream.avail_out = static_cast<uInt>(block.size());
      deflate(&stream, flush);  // cannot fail: the stream is consistent and there is room
      write({block.data(), block.size() - stream.avail_out});
    } while (stream.avail_out == 0);
  }
  void write(std::string_view out) {
    digest.add(out);
    contents.bytes += static_cast<std::int64_t>(out.size());
    while (!out.empty()) {
      const ssize_t written = ::write(fd, out.data(), out.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw disk_error("write", directory);
      out.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  std::string directory;
  int fd = -1;
  z_stream stream{};
  bool compressing = false;
  std::array<char, kBlock> block{};
  Digester digest;
  ArchiveContents contents;
};

ArchiveFile::ArchiveFile(std::string directory) : impl_(std::make_unique<Impl>(std::move(directory))) {}
ArchiveFile::~ArchiveFile() = default;

void ArchiveFile::add(std::string_view line) {
  impl_->compress(line, Z_NO_FLUSH);
  impl_->compress("\n", Z_NO_FLUSH);
  ++impl_->contents.rows;
}

const ArchiveContents& ArchiveFile::finish() {
  impl_->compress({}, Z_FINISH);
  impl_->contents.sha256 = impl_->digest.finish();
  return impl_->contents;
}

std::size_t ArchiveFile::read(std::int64_t offset, std::span<char> buffer) const {
  ssize_t count = 0;
  do count = ::pread(impl_->fd, buffer.data(), buffer.size(), offset);
  while (count < 0 && errno == EINTR);
  if (count < 0) throw disk_error("read", impl_->directory);
  return static_cast<std::size_t>(count);
}

struct ArchiveCheck::Impl {
  Impl() { ready = inflateInit2(&stream, MAX_WBITS + kGzip) == Z_OK; }
  ~Impl() {
    if (ready) inflateEnd(&stream);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  z_stream stream{};
  bool ready = false;
  bool broken = false;
  bool ended = false;
  std::array<char, kBlock> block{};
  Digester digest;
  ArchiveContents contents;
};

ArchiveCheck::ArchiveCheck() : impl_(std::make_unique<Impl>()) {
  if (!impl_->ready) throw Error(DLRGW_E_INTERNAL, "zlib cannot start; is there memory left?");
}
ArchiveCheck::~ArchiveCheck() = default;

void ArchiveCheck::add(std::string_view bytes) {
  Impl& me = *impl_;
  me.digest.add(bytes);
  me.contents.bytes += static_cast<std::int64_t>(bytes.size());
  me.stream.next_in = bytes_of(bytes);
  me.stream.avail_in = static_cast<uInt>(bytes.size());
  while (!me.broken && me.stream.avail_in != 0) {
    if (me.ended) {
      me.broken = true;  // bytes behind the end
      return;
    }
    me.stream.next_out = reinterpret_cast<Bytef*>(me.block.data());
    me.stream.avail_out = static_cast<uInt>(me.block.size());
    const int result = inflate(&me.stream, Z_NO_FLUSH);
    me.ended = result == Z_STREAM_END;
    me.broken = result != Z_OK && !me.ended;
    const auto length = static_cast<std::ptrdiff_t>(me.block.size() - me.stream.avail_out);
    me.contents.rows += std::count(me.block.begin(), me.block.begin() + length, '\n');
  }
}

ArchiveContents ArchiveCheck::finish() {
  impl_->contents.sha256 = impl_->digest.finish();
  if (impl_->broken || !impl_->ended) impl_->contents.rows = -1;
  return impl_->contents;
}

}  // namespace dlrgw::correlate
