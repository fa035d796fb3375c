// SPDX-License-Identifier: Apache-2.0
#include "archive/s3_stand_in.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <zlib.h>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/http_client.hpp"
#include "support/temp_dir.hpp"

namespace dlrgw::test {
namespace {

constexpr const char* kBucket = "dlr-archive-test";
constexpr const char* kKeyId = "TESTKEY";
constexpr const char* kSecret = "test/secret+key";

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string gunzip(const std::string& bytes) {
  constexpr int kGzip = 16;
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + kGzip) != Z_OK) throw std::runtime_error("zlib");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65536> block{};
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(block.data(), block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("an archived object is no gzip stream");
  return out;
}

}  // namespace

struct S3StandIn::Impl {
  TempDir dir;
  ChildProcess process;
  std::string address;

  std::string control(const std::string& method, const std::string& target, const std::string& body = {}) const {
    const HttpReply reply = http_send(address, {method, target, {}, body});
    if (reply.status != 200) throw std::runtime_error("the S3 stand-in does not answer " + target);
    return reply.body;
  }
};

S3StandIn::S3StandIn() : impl_(std::make_unique<Impl>()) {
  const std::string out = impl_->dir.path() + "/port";
  SpawnOptions options;
  options.argv = {"node", DLRGW_S3_STAND_IN};
  const char* path = std::getenv("PATH");
  options.env = {std::string("PATH=") + (path == nullptr ? "/usr/bin" : path), std::string("S3_BUCKET=") + kBucket,
                 std::string("S3_KEY_ID=") + kKeyId, std::string("S3_SECRET=") + kSecret};
  options.stdout_path = out;
  options.stderr_path = impl_->dir.path() + "/errors";
  impl_->process = ChildProcess(options);
  const auto listening = [&] { return std::filesystem::exists(out) && read_file(out).ends_with('\n'); };
  if (!eventually([&] { return listening() || !impl_->process.running(); }) || !listening())
    throw std::runtime_error("the S3 stand-in did not start: " + read_file(options.stderr_path));
  impl_->address = "127.0.0.1:" + split(read_file(out)).front();
}

S3StandIn::~S3StandIn() = default;

std::string S3StandIn::endpoint() const { return "http://" + impl_->address; }

std::map<std::string, std::string> S3StandIn::environment() const {
  return {{"DLRGW_S3_ENDPOINT", endpoint()},
          {"DLRGW_S3_BUCKET", kBucket},
          {"DLRGW_S3_REGION", "eu-test-1"},
          {"DLRGW_S3_KEY_ID", kKeyId},
          {"DLRGW_S3_SECRET", kSecret}};
}

void S3StandIn::behave(const std::string& mode) const { impl_->control("POST", "/-/mode", mode); }

std::vector<std::string> S3StandIn::keys() const {
  std::vector<std::string> out;
  for (const std::string& line : split(impl_->control("GET", "/-/objects")))
    out.push_back(line.substr(0, line.find(' ')));
  return out;
}

std::string S3StandIn::object(const std::string& key) const { return impl_->control("GET", "/-/object?key=" + key); }
std::vector<std::string> S3StandIn::lines(const std::string& key) const { return split(gunzip(object(key))); }
std::string S3StandIn::lifecycle() const { return impl_->control("GET", "/-/lifecycle"); }
std::vector<std::string> S3StandIn::requests() const { return split(impl_->control("GET", "/-/requests")); }

}  // namespace dlrgw::test
