// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over a corpus, and over inputs made of it by chance, the same in every run: for compilers without
// libFuzzer.
//   NAME_replay CORPUS [MADE]
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kLongest = 64UL * 1024;
constexpr std::uint32_t kMostChanges = 4;

std::string input;  // the one that is running

// A failed input is told, so that it can become a file of the corpus.
void tell(int signal) {
  constexpr std::array<char, 17> kDigits{"0123456789abcdef"};
  constexpr std::array<char, 12> kHead{"failed on: "};
  (void)!::write(STDERR_FILENO, kHead.data(), kHead.size() - 1);
  for (const char c : input) {
    const auto octet = static_cast<unsigned char>(c);
    const std::array<char, 2> hex{kDigits.at(octet >> 4U), kDigits.at(octet & 15U)};
    (void)!::write(STDERR_FILENO, hex.data(), hex.size());
  }
  (void)!::write(STDERR_FILENO, "\n", 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run() { LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()); }

class Maker {
 public:
  explicit Maker(const std::vector<std::string>& corpus) : corpus_(corpus) {}

  std::string make() {
    std::string out = any();
    for (std::size_t left = 1 + below(kMostChanges); left > 0; --left) change(out);
    out.resize(std::min(out.size(), kLongest));
    return out;
  }

 private:
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  const std::string& any() { return corpus_[below(corpus_.size())]; }
  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t count = 1 + below(8);
    switch (below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << below(8)));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(random_());
        break;
      case 2:
        text.erase(at, count);
        break;
      case 3:
        text.insert(at, count, static_cast<char>(random_()));
        break;
      case 4:
        text.insert(at, text.substr(below(text.size() + 1), count * 4));
        break;
      default: {
        const std::string& other = any();
        text.replace(at, std::string::npos, other, below(other.size() + 1), std::string::npos);
      }
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_{20'130'613};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) std::signal(signal, tell);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1]))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());  // the same inputs on every machine
  std::vector<std::string> corpus;
  for (const auto& path : files) {
    std::ifstream in(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  for (const std::string& one : corpus) {
    input = one;
    run();
  }
  const unsigned long made = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  Maker maker(corpus);
  for (unsigned long i = 0; i < made && !corpus.empty(); ++i) {
    input = maker.make();
    run();
  }
  std::printf("%zu inputs, %lu made of them\n", corpus.size(), made);
  return corpus.empty() ? 1 : 0;
}
