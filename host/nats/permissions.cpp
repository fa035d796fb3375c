// SPDX-License-Identifier: Apache-2.0
#include "nats/permissions.hpp"

namespace dlrgw::host {
namespace {

void append_list(std::string& out, const std::vector<std::string>& subjects) {
  out += "{ allow: [\n";
  for (const std::string& subject : subjects) out += "    \"" + subject + "\"\n";
  out += "  ] }\n";
}

}  // namespace

std::string permissions_text(const PermissionOptions& options) {
  const unsigned replicas = options.replicas;
  std::vector<std::string> publish = options.outbound;
  publish.push_back(subjects::next_message(options.api_prefix, options.stream, options.consumer));
  publish.push_back(subjects::consumer_info(options.api_prefix, options.stream, options.consumer));
  publish.push_back(subjects::stream_info(options.api_prefix, options.stream));
  std::vector<std::string> subscribe;
  for (unsigned replica = 0; replica < replicas; ++replica)
    for (unsigned slot = 0; slot < subjects::kInboxSlots; ++slot) subscribe.push_back(subjects::inbox(replica, slot));

  std::string out =
      "# Permissions of user dlr-processor, written by\n"
      "#   dlr-gateway provision --replicas " +
      std::to_string(replicas) +
      " --print-permissions\n"
      "# No wildcard, no access to " +
      options.subject +
      ": receipts come through the pull consumer only. Each delivery may "
      "be\n"
      "# answered once (max: 1); a larger max makes the server keep and search every answered reply.\n"
      "permissions: {\n  publish: ";
  append_list(out, publish);
  out += "  subscribe: ";
  append_list(out, subscribe);
  out += "  allow_responses: { max: 1, expires: \"2m\" }\n}\n";
  return out;
}

}  // namespace dlrgw::host
