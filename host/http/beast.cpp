// What of Boost.Beast is no template.
#include <boost/beast/src.hpp>
