// SPDX-License-Identifier: Apache-2.0
// The routes of all lists: pages, newest first, with a cursor; exports, oldest first, as a stream. Handler threads.
#pragma once
#include <deque>

#include <dlrgw/plugin.hpp>

#include "record_reader.hpp"

namespace dlrgw::admin_http {

class RecordRoutes {
 public:
  explicit RecordRoutes(Host host);
  void register_in(Registrar& registrar) const;

 private:
  void page(const RecordReader& reader, const HttpRequest& request, HttpResponse& response) const;
  void export_range(const RecordReader& reader, const HttpRequest& request, HttpResponse& response) const;

  Clock clock_;
  std::deque<RecordReader> readers_;  // their addresses stay
};

}  // namespace dlrgw::admin_http
