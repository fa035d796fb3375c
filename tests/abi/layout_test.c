/* The layout of the interface, asserted by a C compiler. */
#include "layout_headers.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " changed its size");
#define FIELD(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field " moved");
#define VALUE(name, number) _Static_assert((name) == (number), #name " changed its value");
#define TEXT(name, text) _Static_assert(sizeof(name) == sizeof(text), #name " changed its text");
#include "layout_1_0.inc"
