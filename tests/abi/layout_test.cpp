// SPDX-License-Identifier: Apache-2.0
// The layout of one minor, asserted by a C++ compiler, which can compare texts too; see layout_test.c.
#include <string_view>
#include <type_traits>

#include "layout_headers.h"

#ifdef LAYOUT_OF_OLDER
#define SIZE(type, bytes) static_assert(sizeof(type) >= (bytes), #type " shrank");
#else
#define SIZE(type, bytes)                                            \
  static_assert(sizeof(type) == (bytes), #type " changed its size"); \
  static_assert(std::is_standard_layout_v<type> && std::is_trivial_v<type>, #type " is not plain data");
#endif
#define FIELD(type, field, offset) static_assert(offsetof(type, field) == (offset), #type "." #field " moved");
#define VALUE(name, number) static_assert((name) == (number), #name " changed its value");
#define TEXT(name, text) static_assert(std::string_view(name) == (text), #name " changed its text");
#include LAYOUT
