// SPDX-License-Identifier: Apache-2.0
// What of Boost.Asio is no template.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
