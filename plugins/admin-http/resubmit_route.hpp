// POST /v1/admin/dlr/rejected/{identity}/{seq}/resubmit: what is stored as rejected or invalid through today's chain, once.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

#include "answer.hpp"
#include "write_desk.hpp"

namespace dlrgw::admin_http {

// A row of dlr.invalid_dlrs with what was decided about it.
struct StoredReceipt {
  std::string kind;
  std::string event_id;
  std::optional<std::int64_t> received_at_us;
  std::string payload;
  std::string first_outcome;  // empty: not resubmitted yet
  std::string first_actor;
};

class ResubmitRoute {
 public:
  // desk must outlive this.
  ResubmitRoute(Host host, const WriteDesk& desk);
  void register_in(Registrar& registrar);

 private:
  [[nodiscard]] Answer resubmit(std::string_view actor, std::string_view identity, std::string_view seq) const;
  [[nodiscard]] std::optional<StoredReceipt> find(std::string_view identity, std::int64_t seq) const;
  [[nodiscard]] Answer submit(std::string_view actor, std::string_view identity, std::int64_t seq,
                              const StoredReceipt& stored) const;

  const WriteDesk& desk_;
  Clock clock_;
  Sql sql_;
  Pipeline pipeline_;
  SqlStatement find_, complete_;
};

// Why this row cannot be resubmitted; nullopt: it can. Pure.
std::optional<Answer> refuse_resubmission(const StoredReceipt& stored);

}  // namespace dlrgw::admin_http
