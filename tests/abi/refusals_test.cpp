// SPDX-License-Identifier: Apache-2.0
// Every sentence with which the host refuses a plugin stands on the authors' page. A sentence is what a string literal
// of the boundary's code says before its first ';' or ": ", if that is three words or more: what follows says what to
// do, which the page says in its own words.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

const std::string kRoot = DLRGW_SOURCE_DIR "/";
// All that a plugin's code touches, and the two files beside it that refuse what a plugin asks for or answers.
constexpr const char* kBoundary = "host/boundary";
constexpr const char* kBesideIt[] = {"host/pipeline/chain_check.cpp", "host/receipt/verdict.hpp"};

std::vector<std::string> refusing_code() {
  std::vector<std::string> out(std::begin(kBesideIt), std::end(kBesideIt));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot + kBoundary)) {
    const std::string name = entry.path().filename().string();
    const std::string kind = entry.path().extension().string();
    if ((kind == ".cpp" || kind == ".hpp") && !name.ends_with("_test.cpp"))
      out.push_back(std::filesystem::relative(entry.path(), kRoot).string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string text_of(const std::string& file) {
  std::ifstream in(kRoot + file);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string replaced(const std::string& text, const char* pattern, const char* by) {
  return std::regex_replace(text, std::regex(pattern), by);
}

std::vector<std::string> sentences(const std::string& file) {
  std::string code = replaced(text_of(file), "//[^\n]*", "");
  code = replaced(code, "\n[ \t]*#[^\n]*", "\n");
  code = replaced(code, "\"[ \t]*\n[ \t]*\"", "");  // one literal over two lines
  static const std::regex literal(R"re("((?:[^"\\\n]|\\.)*)")re");
  std::vector<std::string> out;
  for (std::sregex_iterator it(code.begin(), code.end(), literal), end; it != end; ++it) {
    std::string text = replaced((*it)[1].str(), R"re(\\")re", "\"");
    text = replaced(text, R"re(^[\]\s,()":]+)re", "");
    text = text.substr(0, std::min(text.find(';'), text.find(": ")));
    text = replaced(text, R"re([\s,()":]+$)re", "");
    if (std::count(text.begin(), text.end(), ' ') >= 2) out.push_back(text);
  }
  return out;
}

TEST(Refusals, EverySentenceStandsOnTheAuthorsPage) {
  const std::string page = replaced(text_of("sdk/docs/troubleshooting.md"), "`", "");
  std::size_t found = 0;
  for (const std::string& file : refusing_code()) {
    for (const std::string& sentence : sentences(file)) {
      ++found;
      EXPECT_NE(page.find(sentence), std::string::npos) << file << ": " << sentence;
    }
  }
  EXPECT_GT(found, 100U) << "the pattern does not fit the code any more";
}

}  // namespace
}  // namespace dlrgw::host
