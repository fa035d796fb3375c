// SPDX-License-Identifier: Apache-2.0
// The pages that are installed: all of the SDK's and the plugins', and whatever one of them links to or names is there.
#include <filesystem>
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
