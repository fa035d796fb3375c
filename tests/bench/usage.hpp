// SPDX-License-Identifier: Apache-2.0
// CPU time and memory of the servers, the gateway and the bare loop, all of them children of this process, from /proc.
// Any thread.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

namespace dlrgw::bench {

inline constexpr const char* kGateway = "gateway";
inline constexpr const char* kLoop = "loop";          // the bare loop
inline constexpr const char* kPostgres = "postgres";  // the postmaster and every process under it
inline constexpr const char* kNats = "nats";
inline constexpr const char* kRedis = "redis";
inline constexpr const char* kBench = "bench";      // this process
inline constexpr const char* kMachine = "machine";  // everything that ran on any core

// Microseconds of CPU since each of them began. One that does not run is left out.
using CpuTimes = std::map<std::string, double>;
[[nodiscard]] CpuTimes cpu_times();
// The same of the threads of one process that are there, by their names without a number behind: "lane 3" is a lane.
[[nodiscard]] CpuTimes thread_times(pid_t pid);

[[nodiscard]] CpuTimes operator-(const CpuTimes& later, const CpuTimes& earlier);
// What a contender (kGateway or kLoop) and the servers used together.
[[nodiscard]] double of_all(const CpuTimes& used, const std::string& contender);
// Share of all busy CPU time that none of ours used: how much a noisy neighbour took. 0 to 1.
[[nodiscard]] double share_of_others(const CpuTimes& used);

// Largest resident memory so far of a running process.
[[nodiscard]] double peak_mib(pid_t pid);

}  // namespace dlrgw::bench
