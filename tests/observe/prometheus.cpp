// SPDX-License-Identifier: Apache-2.0
#include "observe/prometheus.hpp"

#include <regex>
#include <stdexcept>

#include <boost/json.hpp>

#include "support/eventually.hpp"
#include "support/http_client.hpp"

namespace dlrgw::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::string encoded(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return out;
}

json::object answer(const HttpReply& reply, const std::string& what) {
  if (reply.status != 200) throw std::runtime_error(what + ": " + std::to_string(reply.status) + " " + reply.body);
  return json::parse(reply.body).at("data").as_object();
}

}  // namespace

Prometheus::Prometheus(const std::vector<std::string>& targets) {
  std::string list;
  for (const std::string& target : targets) list += (list.empty() ? "\"" : ", \"") + target + "\"";
  (void)dir_.write_file("alerts.yml",
                        std::regex_replace(read_file(DLRGW_ALERTS_FILE), std::regex("for: \\w+"), "for: 2s"));
  const std::string config = dir_.write_file("prometheus.yml",
                                             "global: { scrape_interval: 500ms, scrape_timeout: 400ms, "
                                             "evaluation_interval: 500ms }\n"
                                             "rule_files: [alerts.yml]\n"
                                             "scrape_configs:\n"
                                             "  - job_name: dlr-gateway\n"
                                             "    static_configs: [ { targets: [" +
                                                 list + "] } ]\n");
  SpawnOptions options;
  options.argv = {"prometheus", "--config.file=" + config, "--storage.tsdb.path=" + dir_.make_dir("data"),
                  "--web.listen-address=" + address(), "--log.level=warn"};
  options.stdout_path = dir_.path() + "/prometheus.log";
  process_ = ChildProcess(options);
  const bool up = eventually([&] { return !process_.running() || http_get(address(), "/-/ready").status == 200; });
  if (!up || !process_.running()) throw std::runtime_error("prometheus did not start: " + log());
}

std::size_t Prometheus::series(const std::string& query) const {
  return answer(http_get(address(), "/api/v1/query?query=" + encoded(query)), query).at("result").as_array().size();
}

std::vector<std::string> Prometheus::firing() const {
  std::vector<std::string> names;
  const json::object data = answer(http_get(address(), "/api/v1/alerts"), "alerts");
  for (const json::value& alert : data.at("alerts").as_array())
    if (alert.at("state").as_string() == "firing") names.emplace_back(alert.at("labels").at("alertname").as_string());
  return names;
}

std::string Prometheus::log() const { return read_file(dir_.path() + "/prometheus.log"); }

}  // namespace dlrgw::test
