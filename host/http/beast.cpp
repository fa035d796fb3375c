// SPDX-License-Identifier: Apache-2.0
// What of Boost.Beast is no template.
#include <boost/beast/src.hpp>
