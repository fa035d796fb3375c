// Locks the messages of a batch and reads what is stored about them: two statements, because one statement that waits
// for a lock still sees the tables as they were before the wait. Owned by the plugin, shared by the lanes; stateless.
#pragma once
#include <map>
#include <string>

#include <dlrgw/plugin.hpp>

#include "decide.hpp"

namespace dlrgw::dedup {

class HistoryReader {
 public:
  explicit HistoryReader(Host host);

  // message id → may it have several segments. Answers the history of each message that exists; the others are missing.
  [[nodiscard]] std::map<std::string, History> lock_and_read(const UnitOfWork& work,
                                                             const std::map<std::string, bool>& messages) const;

 private:
  FailPoints fail_points_;
  SqlStatement lock_, read_;
};

}  // namespace dlrgw::dedup
