/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of one minor, asserted by a C compiler: LAYOUT names its list. With LAYOUT_OF_OLDER the headers are of a
 * later minor, whose structs may have grown at their end. */
#include "layout_headers.h"

#ifdef LAYOUT_OF_OLDER
#define SIZE(type, bytes) _Static_assert(sizeof(type) >= (bytes), #type " shrank");
#else
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " changed its size");
#endif
#define FIELD(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field " moved");
#define VALUE(name, number) _Static_assert((name) == (number), #name " changed its value");
#define TEXT(name, text) _Static_assert(sizeof(name) == sizeof(text), #name " changed its text");
#include LAYOUT
