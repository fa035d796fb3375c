// SPDX-License-Identifier: Apache-2.0
// Compiles the parts of Boost.Asio that are not templates, once.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
