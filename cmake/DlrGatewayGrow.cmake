# SPDX-License-Identifier: Apache-2.0
# Stands in for the SDK's next minor: a copy of the headers in which every struct that may grow is 24 bytes longer and the
# minor is one higher. What calls dlrgw_grow_…() is compiled from it, if DLRGW_ABI_GROW is on; plugins of 1.0 must not
# notice.
function(_dlrgw_write_grown_headers)
  file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sdk/include/dlrgw/abi/*.h)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
  set(growable_count -1)  # all but dlrgw_str
  set(grown_count 0)
  foreach(header IN LISTS headers)
    get_filename_component(name ${header} NAME)
    file(READ ${header} text)
    # dlrgw_str is the one type whose size is frozen.
    string(REGEX REPLACE "\n} (dlrgw_[a-z_]+);" "\n  char grown_[24];\n} \\1;" text "${text}")
    string(REPLACE "  char grown_[24];\n} dlrgw_str;" "} dlrgw_str;" text "${text}")
    string(REGEX MATCHALL "typedef struct" structs "${text}")
    list(LENGTH structs here)
    math(EXPR growable_count "${growable_count} + ${here}")
    string(REGEX MATCHALL "char grown_" structs "${text}")
    list(LENGTH structs here)
    math(EXPR grown_count "${grown_count} + ${here}")
    # Not by option, which would compile the whole host anew: what was appended has no initializer.
    string(REPLACE "#define DLRGW_ABI_BASE_H\n"
      "#define DLRGW_ABI_BASE_H\n#pragma GCC diagnostic ignored \"-Wmissing-field-initializers\"\n" text "${text}")
    if(text MATCHES "#define DLRGW_ABI_MINOR ([0-9]+)u")
      math(EXPR next "${CMAKE_MATCH_1} + 1")
      string(REGEX REPLACE "(#define DLRGW_ABI_MINOR )[0-9]+u" "\\1${next}u" text "${text}")
    endif()
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/grown/include/dlrgw/abi/${name} CONTENT "${text}" @ONLY)
  endforeach()
  if(grown_count EQUAL 0 OR NOT grown_count EQUAL growable_count)
    message(FATAL_ERROR "DLRGW_ABI_GROW: ${grown_count} of ${growable_count} structs have grown; adapt the pattern above")
  endif()
endfunction()

# For a directory before it declares targets: all of them, and those of directories below, are of the later minor.
macro(dlrgw_grow_directory)
  if(DLRGW_ABI_GROW)
    include_directories(BEFORE ${PROJECT_BINARY_DIR}/grown/include)
  endif()
endmacro()

function(dlrgw_grow_target name)
  if(DLRGW_ABI_GROW)
    target_include_directories(${name} BEFORE PRIVATE ${PROJECT_BINARY_DIR}/grown/include)
  endif()
endfunction()

if(DLRGW_ABI_GROW)
  _dlrgw_write_grown_headers()
endif()
