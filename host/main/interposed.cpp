// SPDX-License-Identifier: Apache-2.0
// Functions of the C library that the gateway and its plugins find here first: with libc's own a plugin ends the
// process without a word, by _exit() or by a fault in a thread that blocks the signal, and a child that it forks waits
// at its exit() for threads that only the gateway has. Each does what libc's does otherwise. A system call of the
// plugin's own passes them by.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

#include <sys/syscall.h>

#include "boundary/crash_line.hpp"

namespace {

constexpr std::size_t kKernelSignals = 8;      // bytes of a set as the kernel has it
constexpr unsigned long kOfLibc = 3UL << 31U;  // 32 and 33, by which libc cancels threads and sets ids: never blocked

// 0 or an error number.
int change_mask(int how, const sigset_t* set, sigset_t* old) {
  sigset_t wanted;
  if (set != nullptr) {
    wanted = *set;
    if (how != SIG_UNBLOCK) {
      dlrgw::host::keep_crash_signals(wanted);
      unsigned long first = 0;
      std::memcpy(&first, &wanted, sizeof first);
      first &= ~kOfLibc;
      std::memcpy(&wanted, &first, sizeof first);
    }
  }
  const int saved = errno;
  const bool done = ::syscall(SYS_rt_sigprocmask, how, set == nullptr ? nullptr : &wanted, old, kKernelSignals) == 0;
  const int error = done ? 0 : errno;
  errno = saved;
  return error;
}

}  // namespace

extern "C" {

int pthread_sigmask(int how, const sigset_t* set, sigset_t* old) noexcept { return change_mask(how, set, old); }

int sigprocmask(int how, const sigset_t* set, sigset_t* old) noexcept {
  const int error = change_mask(how, set, old);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

void _exit(int status) {
  dlrgw::host::tell_end_without_handlers();
  for (;;) ::syscall(SYS_exit_group, status);
}

void _Exit(int status) noexcept { _exit(status); }

// Of what exit() does in a forked child, its files alone are the child's own.
void exit(int status) noexcept {
  using Exit = void (*)(int);
  if (!dlrgw::host::is_forked_child())
    if (const auto of_libc = reinterpret_cast<Exit>(::dlsym(RTLD_NEXT, "exit"))) of_libc(status);
  std::fflush(nullptr);
  _exit(status);
}

}  // extern "C"
