// SPDX-License-Identifier: Apache-2.0
// Locks messages and reads what is stored about them: two statements, because one statement that waits for a lock still
// sees the tables as they were before the wait. Owned by a plugin, shared by its lanes and jobs.
#pragma once
#include <atomic>
#include <map>
#include <string>

#include <dlrgw/plugin.hpp>

#include "message/history.hpp"

namespace dlrgw::message {

// What the caller knows about a message before its history is read.
struct Asked {
  std::uint32_t total_segments = 1;  // the largest that the message and its correlated rows name
  bool failure = false;              // a failure receipt came: was it the newest attempt?
  bool several = false;              // it has several segments, however many these say
};

class HistoryReader {
 public:
  explicit HistoryReader(Host host);

  // Locks the messages until the unit of work ends. It reads nothing: read() does that once they are locked.
  void lock(const UnitOfWork& work, const std::map<std::string, Asked>& messages) const;
  // The history of each message that exists, by message id; the others are missing.
  [[nodiscard]] std::map<std::string, History> read(const UnitOfWork& work,
                                                    const std::map<std::string, Asked>& messages) const;

 private:
  // as_several: the segments of all of them are read, whatever the caller says.
  [[nodiscard]] std::map<std::string, History> read_rows(const UnitOfWork& work,
                                                         const std::map<std::string, Asked>& messages,
                                                         bool as_several) const;
  // Warns, once per process, when the submits of a message cannot be found without a scan.
  void warn_without_index(const UnitOfWork& work) const;

  Log log_;
  SqlStatement lock_, read_, find_index_;
  mutable std::atomic<bool> index_checked_{false};
};

}  // namespace dlrgw::message
