// GET / on the admin listener: the console page. Style and script are open, they say nothing about anybody.
#pragma once
#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {

void register_console(Registrar& registrar);

}  // namespace dlrgw::admin_http
