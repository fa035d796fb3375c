// What the plugin contributes: its table.
#include <dlrgw/plugin.hpp>

#include "sql_migrations.hpp"

namespace dlrgw::admin_http {
namespace {

class AdminHttp {
 public:
  static PluginInfo info() {
    return {.id = "admin-http",
            .version = "1.0.0",
            .vendor = "dlr-gateway",
            .description = "Owns the table of the daily operator report",
            .migrations = kMigrations};
  }
  AdminHttp(Host, Registrar&) {}
};

}  // namespace
}  // namespace dlrgw::admin_http

DLRGW_PLUGIN(dlrgw::admin_http::AdminHttp)
