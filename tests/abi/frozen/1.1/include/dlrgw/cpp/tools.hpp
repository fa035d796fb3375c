// SPDX-License-Identifier: Apache-2.0
// What a plugin does for a person at the command line, with receipts that were captured.
#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include <dlrgw/abi/tools.h>
#include <dlrgw/cpp/host.hpp>
#include <dlrgw/cpp/receipt.hpp>

namespace dlrgw {

// One run. Borrowed for the call.
class ToolCall {
 public:
  explicit ToolCall(const dlrgw_tool_call* call) : call_(call) {}
  // Empty when nothing was given under that name.
  [[nodiscard]] std::string_view input(std::string_view name) const {
    return view(call_->input(call_->self, str(name)));
  }
  // nullopt behind the last one. Lives until the next call.
  [[nodiscard]] std::optional<ReceiptView> next() const {
    dlrgw_error error = make_error();
    const dlrgw_receipt* receipt = nullptr;
    const std::int32_t code = call_->next(call_->self, &receipt, &error);
    if (code == DLRGW_E_NOT_FOUND) return std::nullopt;
    check(code, error);
    return ReceiptView(receipt);
  }
  void write(std::string_view text) const { call_->write(call_->self, str(text)); }

 private:
  const dlrgw_tool_call* call_;
};

// Owned by the plugin. Does nothing in a host that does not ask.
class Tools {
 public:
  using Run = std::function<void(const ToolCall&)>;
  explicit Tools(Host host) : tools_(host.find<dlrgw_tools>(DLRGW_SERVICE_TOOLS)) {}
  Tools(const Tools&) = delete;
  Tools& operator=(const Tools&) = delete;

  // During construction of the plugin only. run throws a sentence when there is no answer.
  void add(std::string_view name, Run run) {
    if (tools_ == nullptr) return;
    Entry& entry = entries_.emplace_back(name, std::move(run));
    dlrgw_error error = make_error();
    check(tools_->add(tools_->self, &entry.table, &entry, &error), error);
  }

 private:
  struct Entry {
    Entry(std::string_view tool_name, Run tool_run) : name(tool_name), run(std::move(tool_run)) {
      table.struct_size = sizeof table;
      table.name = str(name);
      table.run = [](void* user, const dlrgw_tool_call* call, dlrgw_error* error) {
        return guarded(error, [&] { static_cast<Entry*>(user)->run(ToolCall(call)); });
      };
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    std::string name;
    Run run;
    dlrgw_tool table{};
  };
  const dlrgw_tools* tools_;
  std::deque<Entry> entries_;
};

}  // namespace dlrgw
