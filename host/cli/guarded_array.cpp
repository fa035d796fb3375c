// SPDX-License-Identifier: Apache-2.0
#include "cli/guarded_array.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <sys/mman.h>

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxArrays = 4;  // receipts, verdicts and outcomes of one call

// What the signal handler reads.
std::array<const GuardedArray*, kMaxArrays> arrays{};
int report_fd = -1;
std::string record_begin, record_end;

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

// Without a receipt there is nothing before the guard.
std::size_t whole_pages(std::size_t bytes) { return (bytes + page_size() - 1) / page_size() * page_size(); }

void put(const std::string& text) { (void)!::write(report_fd, text.data(), text.size()); }

// The handler is gone when this begins; the instruction is run again when it returns, and ends the process.
void on_touch(int, siginfo_t* info, void*) {
  for (const GuardedArray* array : arrays) {
    const std::string* sentence = array == nullptr ? nullptr : array->sentence_for(info->si_addr);
    if (sentence == nullptr) continue;
    put(record_begin);
    put(*sentence);
    put(record_end);
    return;
  }
}

}  // namespace

void watch_guarded_arrays(int fd, std::string_view before, std::string_view after) {
  report_fd = fd;
  record_begin = before;
  record_end = after;
  struct sigaction action {};
  action.sa_sigaction = on_touch;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  (void)::sigaction(SIGSEGV, &action, nullptr);
}

GuardedArray::GuardedArray(std::string_view name, std::size_t bytes)
    : behind_("read or wrote behind the last of its " + std::string(name) +
              "; in a gateway that is memory of somebody else, which is damaged without a word"),
      into_("wrote into its " + std::string(name) +
            ", which are only lent for reading; in a gateway the host and every later stage would see it"),
      size_(bytes),
      pages_(whole_pages(bytes)) {
  void* got = ::mmap(nullptr, pages_ + page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (got == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  base_ = static_cast<char*>(got);
  data_ = base_ + pages_ - size_;
  if (::mprotect(base_ + pages_, page_size(), PROT_NONE) != 0)
    throw std::system_error(errno, std::generic_category(), "mprotect");
  const auto free = std::ranges::find(arrays, nullptr);
  if (free == arrays.end()) throw std::logic_error("more arrays at once than a call has");
  *free = this;
}

GuardedArray::~GuardedArray() {
  std::ranges::replace(arrays, static_cast<const GuardedArray*>(this), static_cast<const GuardedArray*>(nullptr));
  ::munmap(base_, pages_ + page_size());
}

void GuardedArray::make_read_only() const {
  if (::mprotect(base_, pages_, PROT_READ) != 0) throw std::system_error(errno, std::generic_category(), "mprotect");
}

const std::string* GuardedArray::sentence_for(const void* address) const {
  const auto* at = static_cast<const char*>(address);
  if (at >= base_ + pages_ && at < base_ + pages_ + page_size()) return &behind_;
  return at >= base_ && at < base_ + pages_ ? &into_ : nullptr;
}

}  // namespace dlrgw::host
