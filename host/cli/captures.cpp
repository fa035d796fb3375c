// SPDX-License-Identifier: Apache-2.0
#include "cli/captures.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <variant>

#include "receipt/decode_receipt.hpp"

namespace dlrgw::host {

Result<std::string> read_text(const std::string& file) {
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : opened;
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) return Error{ErrorCode::kNotFound, file + ": cannot be read; check the path and its permissions"};
  return text;
}

std::vector<Capture> captures_in(std::string_view text) {
  std::vector<Capture> out;
  for (std::uint64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view payload = text.substr(0, end);
    if (payload.find_first_not_of(" \t\r") != std::string_view::npos) out.push_back({line, std::string(payload)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<std::string> take_out_what_is_none(std::vector<Capture>& captures, const std::string& file,
                                               std::string_view operator_id) {
  std::vector<std::string> wrong;
  std::map<std::string, std::size_t, std::less<>> others;
  std::erase_if(captures, [&](const Capture& capture) {
    const DecodeResult decoded = decode_receipt(capture.payload, {{}, capture.line, 0, true});
    if (const auto* failure = std::get_if<DecodeFailure>(&decoded)) {
      wrong.push_back(file + ":" + std::to_string(capture.line) + ": " + std::string(to_string(failure->reason)) +
                      ": " + failure->detail);
      return true;
    }
    const std::string& whose = std::get<Inbound>(decoded).operator_id;
    if (operator_id.empty() || whose == operator_id) return false;
    ++others[whose];
    return true;
  });
  for (const auto& [whose, count] : others)
    wrong.push_back(file + ": " + std::to_string(count) + (count == 1 ? " line is" : " lines are") +
                    " of the operator " + whose + ", not of " + std::string(operator_id) + "; left out");
  return wrong;
}

}  // namespace dlrgw::host
