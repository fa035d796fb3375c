// SPDX-License-Identifier: Apache-2.0
// GET /v1/admin/messages/{messageId} and GET /v1/admin/receipts. Handler threads.
#pragma once
#include <dlrgw/plugin.hpp>

#include "answer.hpp"
#include "message_story.hpp"

namespace dlrgw::admin_http {

class StoryRoutes {
 public:
  // story must outlive this.
  explicit StoryRoutes(const MessageStory& story) : story_(story) {}
  void register_in(Registrar& registrar);

 private:
  [[nodiscard]] Answer message(std::string_view id) const;
  [[nodiscard]] Answer receipts(const HttpRequest& request) const;

  const MessageStory& story_;
};

}  // namespace dlrgw::admin_http
