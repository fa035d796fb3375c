// SPDX-License-Identifier: Apache-2.0
#include "http/gzip.hpp"

#include <zlib.h>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

// What can be read of it so far.
std::string inflated(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string out(std::size_t{1} << 20U, '\0');
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Gzip, EachChunkCanBeReadAtOnceAndTheWholeInTheEnd) {
  GzipStream stream;
  std::string sent, text;
  for (const std::string& chunk : {std::string("one"), std::string(100'000, 'x'), std::string("two")}) {
    sent += stream.chunk(chunk);
    text += chunk;
    EXPECT_EQ(inflated(sent), text);
  }
  sent += stream.end();
  EXPECT_EQ(inflated(sent), text);
  EXPECT_LT(sent.size(), 2000U);
}

TEST(Gzip, IsForThoseWhoAcceptIt) {
  for (const char* yes : {"gzip", "deflate, gzip;q=0.5", "*", "br;q=1.0, *;q=0.1", "identity, gzip ; q=1"})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const char* no : {"", "identity", "gzip;q=0", "gzip; q=0.000, *", "deflate", "xgzip", "*;q=0", ",;,"})
    EXPECT_FALSE(accepts_gzip(no)) << no;
}

}  // namespace
}  // namespace dlrgw::host
