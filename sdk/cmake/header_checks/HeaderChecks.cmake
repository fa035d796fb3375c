# SPDX-License-Identifier: Apache-2.0
# One test per compiler and standard. Each header is the whole of one translation unit, so that it names what it needs.
# clang with GCC's library sees them all in one unit: what a header forgets to name, GCC with the same library tells.
file(GLOB sdk_c_headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/include include/dlrgw/abi/*.h)
file(GLOB_RECURSE sdk_cpp_headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/include include/dlrgw/*.hpp)

# _dlrgw_stubs(<out variable> <extension> <header>...): one file per header that includes it twice.
function(_dlrgw_stubs out extension)
  set(stubs "")
  foreach(header IN LISTS ARGN)
    string(MAKE_C_IDENTIFIER ${header} stem)
    set(stub ${CMAKE_CURRENT_BINARY_DIR}/header_checks/${stem}.${extension})
    file(CONFIGURE OUTPUT ${stub} CONTENT "#include <${header}>\n#include <${header}>\nextern int dlrgw_not_empty;\n")
    list(APPEND stubs ${stub})
  endforeach()
  set(${out} "${stubs}" PARENT_SCOPE)
endfunction()

# _dlrgw_header_test(<name> <compiler> <standard> <stub>...)
function(_dlrgw_header_test name compiler standard)
  if(NOT compiler OR NOT ARGN)
    return()
  endif()
  add_test(NAME sdk.headers.${name}.${standard}
    COMMAND ${compiler} -std=${standard} ${_dlrgw_stdlib} -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Wconversion
      -Werror -I${CMAKE_CURRENT_SOURCE_DIR}/include ${ARGN})
  set_tests_properties(sdk.headers.${name}.${standard} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

find_program(DLRGW_GCC gcc)
find_program(DLRGW_GXX g++)
find_program(DLRGW_CLANG NAMES clang clang-19 clang-16 clang-14)
find_program(DLRGW_CLANGXX NAMES clang++ clang++-19 clang++-16 clang++-14)
_dlrgw_stubs(sdk_c_stubs c ${sdk_c_headers})
_dlrgw_stubs(sdk_abi_cpp_stubs cpp ${sdk_c_headers})
_dlrgw_stubs(sdk_cpp_stubs cpp ${sdk_cpp_headers})

foreach(standard c11 c17)
  _dlrgw_header_test(abi.gcc "${DLRGW_GCC}" ${standard} ${sdk_c_stubs})
  _dlrgw_header_test(abi.clang "${DLRGW_CLANG}" ${standard} ${sdk_c_stubs})
endforeach()
_dlrgw_header_test(abi.gcc "${DLRGW_GXX}" c++20 ${sdk_abi_cpp_stubs})
_dlrgw_header_test(abi.clang "${DLRGW_CLANGXX}" c++20 ${sdk_abi_cpp_stubs})
_dlrgw_header_test(cpp.gcc "${DLRGW_GXX}" c++20 ${sdk_cpp_stubs})
set(sdk_cpp_all ${CMAKE_CURRENT_BINARY_DIR}/header_checks/all_headers.cpp)
list(TRANSFORM sdk_cpp_headers REPLACE "(.+)" "#include <\\1>\n" OUTPUT_VARIABLE sdk_cpp_includes)
list(JOIN sdk_cpp_includes "" sdk_cpp_includes)
file(CONFIGURE OUTPUT ${sdk_cpp_all} CONTENT "${sdk_cpp_includes}")
_dlrgw_header_test(cpp.clang "${DLRGW_CLANGXX}" c++20 ${sdk_cpp_all})

if(DLRGW_CLANGXX)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/header_checks/libcxx_probe.cpp CONTENT "#include <string>\n")
  execute_process(COMMAND ${DLRGW_CLANGXX} -stdlib=libc++ -fsyntax-only ${CMAKE_CURRENT_BINARY_DIR}/header_checks/libcxx_probe.cpp
    RESULT_VARIABLE libcxx_missing OUTPUT_QUIET ERROR_QUIET)
  if(NOT libcxx_missing)
    set(_dlrgw_stdlib -stdlib=libc++)
    _dlrgw_header_test(cpp.libcxx "${DLRGW_CLANGXX}" c++20 ${sdk_cpp_stubs})
    set_tests_properties(sdk.headers.cpp.libcxx.c++20 PROPERTIES LABELS long)
    unset(_dlrgw_stdlib)
  endif()
endif()
