// SPDX-License-Identifier: Apache-2.0
// What the owner of a plugin's tables has in schema dlr, and who may do what with it. Any session that reads the
// catalogue; one thread.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "storage/result_table.hpp"
#include "storage/table_rights.hpp"
#include "support/result.hpp"

namespace dlrgw::host {

using AskCatalogue = std::function<Status(const std::string& sql, ResultTable& rows)>;

Result<std::vector<GrantedRelation>> relations_of(const std::string& owner_role, const AskCatalogue& ask);
// Said of a declared table that is none of them.
std::string not_there(const std::string& table);

}  // namespace dlrgw::host
