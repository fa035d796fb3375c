// SPDX-License-Identifier: Apache-2.0
// Compiles the parts of Boost.Beast that are not templates, once.
#include <boost/beast/src.hpp>
