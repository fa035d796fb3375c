// SPDX-License-Identifier: Apache-2.0
// Memory that is lent to a plugin while `check-plugin` calls it: it ends right before a page that nobody may touch, and
// can be made read-only. Who touches what it must not dies by a signal; before that a sentence says what it touched.
// Only in the child process of check-plugin; one thread.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::host {

// Says with SIGSEGV what was touched, as one record of the child's report: `before`, the sentence, `after` are written
// to the descriptor. Then the signal takes its course.
void watch_guarded_arrays(int fd, std::string_view before, std::string_view after);

class GuardedArray {
 public:
  // bytes: a multiple of the alignment of what lies in it, since its end is that of a page. name: "verdicts".
  GuardedArray(std::string_view name, std::size_t bytes);
  ~GuardedArray();
  GuardedArray(const GuardedArray&) = delete;
  GuardedArray& operator=(const GuardedArray&) = delete;

  // All zero at first.
  [[nodiscard]] char* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // From now on nobody writes into it.
  void make_read_only() const;

  // Of a touched address: why that is wrong; null when it does not lie here. For a signal handler.
  [[nodiscard]] const std::string* sentence_for(const void* address) const;

 private:
  const std::string behind_, into_;
  const std::size_t size_, pages_;  // pages_: bytes of those before the guard
  char* base_ = nullptr;
  char* data_ = nullptr;
};

}  // namespace dlrgw::host
