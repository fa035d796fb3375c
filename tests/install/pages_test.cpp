// SPDX-License-Identifier: Apache-2.0
// The pages that are installed: all of the SDK's and the plugins', and whatever one of them links to or names is there.
#include <filesystem>
#include <fstream>
#include <regex>

#include "install/install_support.hpp"

namespace dlrgw::test {
namespace {

namespace fs = std::filesystem;

class InstalledPages : public Installed {
 protected:
  std::vector<fs::path> pages() const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(prefix_))
      if (entry.is_regular_file() && entry.path().extension() == ".md") out.push_back(entry.path());
    return out;
  }
  // What the pages point to and is not installed, as "page: what". Links, and pages named in `code`; a name counts from
  // the page's folder or from the root of the documentation, as it does in the source tree.
  std::vector<std::string> dead_ends() const {
    static const std::regex link(R"(\]\(([^)#: ]+)(#[^)]*)?\))"), named(R"(`([A-Za-z0-9_./-]+\.md)`)");
    std::vector<std::string> out;
    for (const fs::path& page : pages()) {
      const std::string text = read_file(page.string());
      const auto look = [&](const std::regex& pattern, bool from_root) {
        for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
          const std::string target = (*it)[1];
          if (fs::exists(page.parent_path() / target) || (from_root && fs::exists(docs_ / target))) continue;
          out.push_back(fs::relative(page, prefix_).string() + ": " + target);
        }
      };
      look(link, false);
      look(named, true);
    }
    return out;
  }
  const fs::path docs_ = fs::path(prefix_) / "share/doc/dlr-gateway";
};

// What administrators get is complete without the SDK.
TEST_F(InstalledPages, OfTheGatewayNameNoneThatIsMissing) {
  ASSERT_TRUE(installed("gateway"));
  EXPECT_GT(pages().size(), 20U);
  EXPECT_EQ(dead_ends(), std::vector<std::string>());
  const std::string unit = read_file(prefix_ + "/share/dlr-gateway/systemd/dlr-gateway.service");
  std::smatch page;
  ASSERT_TRUE(std::regex_search(unit, page, std::regex("\nDocumentation=file:///usr/([^\n]+)\n")));
  EXPECT_TRUE(fs::exists(prefix_ + "/" + page[1].str())) << page[1];
}

// Each drop-in that the page on operating shows, beside the unit, as systemd reads them.
TEST_F(InstalledPages, DropInsForTheUnitAreUnderstoodBySystemd) {
  const fs::path source = DLRGW_SOURCE_DIR;
  const std::string page = read_file((source / "docs/operating.md").string());
  std::string unit = read_file((source / "config/systemd/dlr-gateway.service").string());
  const std::string program = "/usr/bin/dlr-gateway";  // which is not installed here
  for (std::size_t at = 0; (at = unit.find(program, at)) != std::string::npos;)
    unit.replace(at, program.size(), "/bin/true");
  const auto understood = [&](const std::string& drop_in) {
    const TempDir dir;
    const std::string folder = dir.path() + "/dlr-gateway.service.d";
    fs::create_directory(folder);
    std::ofstream(folder + "/test.conf") << drop_in;
    SpawnOptions verify;
    verify.argv = {"systemd-analyze", "verify", "--man=no", dir.write_file("dlr-gateway.service", unit)};
    verify.stdout_path = dir.path() + "/said";
    const int code = run_to_end(verify);
    return std::to_string(code) + read_file(verify.stdout_path);
  };
  int seen = 0;
  for (std::size_t at = 0; (at = page.find("```ini\n", at)) != std::string::npos; ++seen) {
    at += std::string_view("```ini\n").size();
    EXPECT_EQ(understood(page.substr(at, page.find("```", at) - at)), "0");
  }
  EXPECT_GE(seen, 1);
  EXPECT_NE(understood("[Service]\nLoadCredentials=tls-key:/x\n"), "0");
}

TEST_F(InstalledPages, OfTheSdkAreAllOfThemAndNameNoneThatIsMissing) {
  ASSERT_TRUE(installed("gateway"));
  ASSERT_TRUE(installed("sdk"));
  EXPECT_EQ(dead_ends(), std::vector<std::string>());
  const fs::path source = DLRGW_SOURCE_DIR;
  for (const char* folder : {"sdk", "sdk/docs", "sdk/docs/services", "plugins"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source / folder)) {
      const fs::path page = fs::relative(entry.path(), source);
      if (page.extension() != ".md" || page.string().starts_with("sdk/examples/")) continue;
      EXPECT_TRUE(fs::exists(docs_ / page)) << page;
    }
  }
  EXPECT_TRUE(fs::exists(docs_ / "sdk/examples/quirk-c/README.md")) << "as the SDK's README names it";
}

}  // namespace
}  // namespace dlrgw::test
