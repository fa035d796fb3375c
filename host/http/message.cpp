// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <algorithm>

#include "telemetry/json_text.hpp"

namespace dlrgw::host {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view value_of(const NameValues& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.first == name; });
  return found == list.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& entry) { return same_name(entry.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view HttpRequest::param(std::string_view name) const { return value_of(params, name); }

std::string_view HttpRequest::query_value(std::string_view name) const { return value_of(query, name); }

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return status < 400 ? "OK" : "Error";
  }
}

HttpResponse problem(unsigned status, std::string_view detail) {
  HttpResponse out;
  out.status = status;
  out.content_type = "application/problem+json";
  out.body = R"({"type":"about:blank","title":)";
  append_json_string(out.body, reason_phrase(status));
  out.body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
  append_json_string(out.body, detail);
  out.body += "}";
  return out;
}

bool has_no_body(unsigned status) { return status == 204 || status == 304; }

bool header_allowed(std::string_view name, std::string_view value) {
  const auto token = [](char c) {
    return c > 0x20 && c < 0x7F && std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), token)) return false;
  for (const std::string_view own : {"Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Upgrade"})
    if (same_name(name, own)) return false;
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

bool well_formed(const HttpResponse& answer) {
  return answer.status >= 200 && answer.status <= 599 && header_allowed("X", answer.content_type) &&
         std::all_of(answer.headers.begin(), answer.headers.end(),
                     [](const auto& header) { return header_allowed(header.first, header.second); });
}

}  // namespace dlrgw::host
