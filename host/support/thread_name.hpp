// SPDX-License-Identifier: Apache-2.0
// What a thread is called in top -H, perf, gdb and /proc/<pid>/task/*/comm. Any thread.
#pragma once
#include <pthread.h>
#include <string>
#include <string_view>

namespace dlrgw::host {

// The calling thread. Linux keeps 15 bytes; threads that it starts inherit the name until they have their own.
inline void name_thread(std::string_view name) {
  constexpr std::size_t kMost = 15;
  pthread_setname_np(pthread_self(), std::string(name.substr(0, kMost)).c_str());
}

}  // namespace dlrgw::host
