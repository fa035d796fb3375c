# SPDX-License-Identifier: Apache-2.0
# A release and CI compile units of several files (CMAKE_UNITY_BUILD in CMakePresets.json and .ci/run), which parse each
# header once and not once a file. Files whose local names meet in one unit say so here and stay units of their own:
#   dlrgw_own_units(<file>...)   right before or after the target of the same folder
function(dlrgw_own_units)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# A unit includes the files it is made of, and gcc takes their local types for those of a header.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()
