// SPDX-License-Identifier: Apache-2.0
#include "s3_client.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <vector>

#include <curl/curl.h>

#include <dlrgw/cpp/base.hpp>
#include <dlrgw/cpp/hex.hpp>

#include "digester.hpp"
#include "encoding.hpp"

namespace dlrgw::correlate {
namespace {

constexpr std::size_t kMaxErrorBody = std::size_t{16} * 1024;
constexpr std::size_t kMaxDocument = std::size_t{1024} * 1024;
constexpr long kConnectTimeoutMs = 10'000;
constexpr long kOk = 200;
constexpr long kMultipleChoices = 300;
constexpr long kForbidden = 403;
constexpr long kNotFound = 404;
constexpr long kTooMany = 429;
constexpr long kServerError = 500;
constexpr const char* kEmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct CloseEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Call {
  const char* method;  // "GET" or "PUT"
  std::string path;    // behind the bucket, with its query
  std::string what;    // for errors: "PUT orphans/…"
  std::vector<std::string> headers{};
  const S3Body* body = nullptr;
  std::function<void(std::string_view)> take{};  // of a success
};

// What the callbacks of one call share.
struct Transfer {
  CURL* easy;
  const Call& call;
  const std::function<bool()>& should_stop;
  std::int64_t sent = 0;
  std::string refusal{};  // body of an answer that is no success
  std::exception_ptr thrown{};
};

bool success(CURL* easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status >= kOk && status < kMultipleChoices;
}

// Nothing thrown crosses libcurl: it comes out of the call again.
std::size_t on_answer(char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    if (!success(transfer.easy)) {
      transfer.refusal.append(data, std::min(size, kMaxErrorBody - std::min(kMaxErrorBody, transfer.refusal.size())));
    } else if (transfer.call.take) {
      transfer.call.take({data, size});
    }
    return size;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return size + 1;
  }
}

std::size_t on_body(char* buffer, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    const std::size_t count = transfer.call.body->read(transfer.sent, {buffer, size});
    transfer.sent += static_cast<std::int64_t>(count);
    return count;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

int on_seek(void* user, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Transfer*>(user)->sent = offset;
  return CURL_SEEKFUNC_OK;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->should_stop() ? 1 : 0;
}

// The code of an S3 error document; empty when there is none that could be shown.
std::string error_code(std::string_view document) {
  constexpr std::string_view kOpen = "<Code>";
  constexpr std::size_t kLongest = 64;
  const std::size_t at = document.find(kOpen);
  if (at == std::string_view::npos) return {};
  document.remove_prefix(at + kOpen.size());
  const std::string code(document.substr(0, document.find('<')));
  const bool plain = !code.empty() && code.size() <= kLongest && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return plain ? code : std::string();
}

bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == ':' || c == '[' || c == ']';
}

bool bucket_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; }

}  // namespace

std::string problem_of(const S3Settings& s) {
  std::string_view host = s.endpoint;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (host.starts_with(scheme)) host.remove_prefix(scheme.size());
  }
  if (host.size() == s.endpoint.size() || host.empty() || !std::all_of(host.begin(), host.end(), host_character))
    return "option \"s3_endpoint\" must be http:// or https:// with a host and perhaps a port, nothing else";
  constexpr std::size_t kShortestBucket = 3;
  constexpr std::size_t kLongestBucket = 63;
  if (s.bucket.size() < kShortestBucket || s.bucket.size() > kLongestBucket ||
      !std::all_of(s.bucket.begin(), s.bucket.end(), bucket_character))
    return "option \"s3_bucket\" must be 3 to 63 of [a-z0-9.-]";
  if (s.region.empty() || !std::all_of(s.region.begin(), s.region.end(), bucket_character))
    return "option \"s3_region\" must be the name of a region, such as us-east-1";
  if (s.key_id.empty() || s.secret.empty())
    return "options \"s3_key_id\" and \"s3_secret\" are needed when \"s3_endpoint\" is set";
  return {};
}

struct S3Client::Impl {
  S3Settings settings;
  std::function<bool()> should_stop;

  void perform(const Call& call);
  [[noreturn]] void fail_transport(const Call& call, CURLcode code) const;
  [[noreturn]] void fail_status(const Call& call, long status, std::string_view document) const;
  std::string document_of(const std::string& path, const std::string& what);
};

void S3Client::Impl::perform(const Call& call) {
  const std::unique_ptr<CURL, CloseEasy> easy(curl_easy_init());
  if (!easy) throw Error(DLRGW_E_INTERNAL, "libcurl cannot start; is there memory left?");
  Transfer transfer{easy.get(), call, should_stop};
  const std::string url = settings.endpoint + "/" + settings.bucket + call.path;
  const std::string signature = "aws:amz:" + settings.region + ":s3";
  std::unique_ptr<curl_slist, FreeList> headers;
  const auto header = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
    (void)headers.release();
    headers.reset(longer);
  };
  // Signed like every header that is set here: none may be suppressed afterwards.
  header(std::string("x-amz-content-sha256: ") + (call.body == nullptr ? kEmptySha256 : call.body->sha256_hex));
  for (const std::string& line : call.headers) header(line);

  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(easy.get(), option, value); };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_AWS_SIGV4, signature.c_str());
  set(CURLOPT_USERNAME, settings.key_id.c_str());
  set(CURLOPT_PASSWORD, settings.secret.c_str());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_USERAGENT, "dlr-gateway");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, std::min(kConnectTimeoutMs, static_cast<long>(settings.timeout.count()) * 1000));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.timeout.count()));
  set(CURLOPT_WRITEFUNCTION, &on_answer);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, &transfer);
  if (call.body != nullptr) {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(call.body->size));
    set(CURLOPT_READFUNCTION, &on_body);
    set(CURLOPT_READDATA, &transfer);
    set(CURLOPT_SEEKFUNCTION, &on_seek);
    set(CURLOPT_SEEKDATA, &transfer);
  }
  const CURLcode code = curl_easy_perform(easy.get());
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  if (code == CURLE_ABORTED_BY_CALLBACK) throw S3Stopped{};
  if (code != CURLE_OK) fail_transport(call, code);
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (!success(easy.get())) fail_status(call, status, transfer.refusal);
}

void S3Client::Impl::fail_transport(const Call& call, CURLcode code) const {
  const std::string where = call.what + " at " + settings.endpoint + ": ";
  if (code == CURLE_OPERATION_TIMEDOUT) {
    throw Error(DLRGW_E_UNAVAILABLE, where + "no answer within " + std::to_string(settings.timeout.count()) +
                                         " s; is the store overloaded?");
  }
  throw Error(DLRGW_E_UNAVAILABLE, where + curl_easy_strerror(code) + "; is \"s3_endpoint\" right and reachable?");
}

void S3Client::Impl::fail_status(const Call& call, long status, std::string_view document) const {
  const std::string code = error_code(document);
  const std::string said = call.what + " at " + settings.endpoint + ": " + std::to_string(status) +
                           (code.empty() ? std::string() : " " + code);
  if (status == kForbidden) {
    throw Error(DLRGW_E_DENIED, said +
                                    "; check \"s3_key_id\", \"s3_secret\", \"s3_region\", this host's clock and what "
                                    "the key may do in bucket " +
                                    settings.bucket);
  }
  if (code == "NoSuchBucket") throw Error(DLRGW_E_DENIED, said + "; create bucket " + settings.bucket);
  if (status == kNotFound) throw Error(DLRGW_E_NOT_FOUND, said);
  if (status >= kServerError || status == kTooMany)
    throw Error(DLRGW_E_UNAVAILABLE, said + "; it is tried again later");
  throw Error(DLRGW_E_DENIED, said);
}

std::string S3Client::Impl::document_of(const std::string& path, const std::string& what) {
  std::string out;
  perform({.method = "GET", .path = path, .what = what, .take = [&](std::string_view part) {
             if (out.size() + part.size() > kMaxDocument) throw Error(DLRGW_E_LIMIT, what + ": more than 1 MiB");
             out += part;
           }});
  return out;
}

S3Client::S3Client(S3Settings settings, std::function<bool()> should_stop)
    : impl_(std::make_unique<Impl>(Impl{std::move(settings), std::move(should_stop)})) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

S3Client::~S3Client() = default;

void S3Client::put_object(std::string_view key, std::string_view content_type, const S3Body& body) {
  const std::string name(key);
  impl_->perform({.method = "PUT",
                  .path = "/" + name,
                  .what = "PUT " + name,
                  .headers = {"Content-Type: " + std::string(content_type)},
                  .body = &body});
}

void S3Client::get_object(std::string_view key, const std::function<void(std::string_view)>& take) {
  const std::string name(key);
  impl_->perform({.method = "GET", .path = "/" + name, .what = "GET " + name, .take = take});
}

std::string S3Client::lifecycle() {
  try {
    return impl_->document_of("?lifecycle=", "GET lifecycle of bucket " + impl_->settings.bucket);
  } catch (const Error& e) {
    if (e.code() != DLRGW_E_NOT_FOUND) throw;
    return {};
  }
}

void S3Client::put_lifecycle(const std::string& document) {
  Digester sha256;
  sha256.add(document);
  Digester md5(Digester::Kind::kMd5);
  md5.add(document);
  S3Body body;
  body.size = static_cast<std::int64_t>(document.size());
  body.sha256_hex = to_hex(sha256.finish());
  body.read = [&](std::int64_t offset, std::span<char> buffer) {
    const std::string_view rest = std::string_view(document).substr(static_cast<std::size_t>(offset));
    const std::size_t count = std::min(rest.size(), buffer.size());
    std::memcpy(buffer.data(), rest.data(), count);
    return count;
  };
  impl_->perform({.method = "PUT",
                  .path = "?lifecycle=",
                  .what = "PUT lifecycle of bucket " + impl_->settings.bucket,
                  .headers = {"Content-Type: application/xml", "Content-MD5: " + to_base64(md5.finish())},
                  .body = &body});
}

}  // namespace dlrgw::correlate
