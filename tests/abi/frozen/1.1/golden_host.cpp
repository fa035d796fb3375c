// SPDX-License-Identifier: Apache-2.0
// golden PLUGIN.so FILE…: runs golden files (dlrgw/testing/golden.hpp) against a built plugin of any language. With
// --update writes what the plugin makes of them; read the difference before you commit it. Exit code 1: something
// differs.
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <iterator>

#include <dlrgw/testing/golden.hpp>

namespace {

using namespace dlrgw::testing;

// True when the file is as it should be.
bool run_file(const char* path, bool update, dlrgw_plugin_entry_fn entry) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t dashes = text.rfind("\n" + std::string(kDashes));
  if (!in || dashes == std::string::npos) {
    std::fprintf(stderr, "%s: cannot be read, or has no line of dashes\n", path);
    return false;
  }
  const std::size_t second = dashes + 1 + kDashes.size();
  std::string made;
  try {
    made = run_golden(std::string_view(text).substr(0, dashes + 1), entry);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", path, e.what());
    return false;
  }
  if (text.substr(second) == made) return true;
  if (update) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text.substr(0, second) << made;
    std::printf("%s: updated\n", path);
    return true;
  }
  std::fprintf(stderr, "%s:\n  expected %s  got      %s", path, text.substr(second).c_str(), made.c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const bool update = argc > 1 && std::strcmp(argv[1], "--update") == 0;
  const int first = update ? 2 : 1;
  if (argc < first + 2) {
    std::fprintf(stderr, "usage: %s [--update] PLUGIN.so FILE…\n", argv[0]);
    return 2;
  }
  void* library = dlopen(argv[first], RTLD_NOW | RTLD_LOCAL);
  void* symbol = library == nullptr ? nullptr : dlsym(library, DLRGW_PLUGIN_ENTRY_NAME);
  if (symbol == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  int wrong = 0;
  for (int i = first + 1; i < argc; ++i) {
    if (!run_file(argv[i], update, reinterpret_cast<dlrgw_plugin_entry_fn>(symbol))) ++wrong;
  }
  std::printf("%d golden files, %d wrong\n", argc - first - 1, wrong);
  return wrong == 0 ? 0 : 1;
}
