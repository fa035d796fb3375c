# SPDX-License-Identifier: Apache-2.0
# dlrgw_add_plugin(<name>
#   SOURCES <file>...              C or C++
#   [LIBRARIES <target>...]        private to the plugin
#   [TESTS <file>...]              GoogleTest files; linked with the plugin's own objects as <name>_test
#   [TEST_LIBRARIES <target>...]
#   [OUTPUT_DIR <dir>] [NO_INSTALL])
#
# dlrgw_add_rust_plugin(<name> SOURCES src/lib.rs [<file>...] [TESTS] [OUTPUT_DIR <dir>] [NO_INSTALL])
#   The same for Rust without crates: rustc alone, the first source is the root. TESTS: it holds #[test] functions, which
#   run as <name>.tests.
# dlrgw_add_golden_tests(<plugin> <dir>)
#   Each <dir>/*.txt (dlrgw/testing/golden.hpp) against the built plugin of any language; needs a C++ compiler. The target
#   <plugin>_golden_update writes what the plugin makes of them.
#
# Builds the module <name>.so and owns its symbol hygiene (reasons: ABI.md). A plugin that would export anything but its
# entry is not built. The same file serves the gateway's own tree and projects that use the installed SDK.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/DlrGatewaySql.cmake OPTIONAL)
set(DLRGW_SDK_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "Folder of the SDK's CMake files")

function(dlrgw_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "NO_INSTALL" "OUTPUT_DIR" "SOURCES;LIBRARIES;TESTS;TEST_LIBRARIES")
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_SOURCES)
    message(FATAL_ERROR "dlrgw_add_plugin(${name}): needs SOURCES, and does not know '${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT ARG_OUTPUT_DIR)
    set(ARG_OUTPUT_DIR ${DLRGW_PLUGIN_OUTPUT_DIR})
  endif()

  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE dlrgw::sdk ${ARG_LIBRARIES})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME ${name} POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(ARG_OUTPUT_DIR)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIR})
  endif()

  set(script ${DLRGW_SDK_CMAKE_DIR}/dlrgw_plugin.map)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${script})
  # gcc only: clang never makes inline statics unique.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE
    -Wl,--version-script=${script} -Wl,--exclude-libs,ALL -Wl,-z,relro -Wl,-z,now)
  # Sanitizer run-times are resolved from the executable, so their symbols are undefined here on purpose.
  if(NOT DLRGW_SANITIZE AND NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize=")
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  add_custom_command(TARGET ${name} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DREMOVE=ON "-DFILES=$<TARGET_FILE:${name}>"
      -P ${DLRGW_SDK_CMAKE_DIR}/DlrGatewayCheckExports.cmake)

  if(NOT ARG_NO_INSTALL)
    install(TARGETS ${name} LIBRARY DESTINATION lib/dlr-gateway/plugins COMPONENT plugins)
  endif()
  if(ARG_TESTS)
    _dlrgw_plugin_tests(${name} "${ARG_TESTS}" "${ARG_LIBRARIES};${ARG_TEST_LIBRARIES}")
  endif()
endfunction()

function(_dlrgw_plugin_tests name sources libraries)
  if((DEFINED DLRGW_BUILD_TESTS AND NOT DLRGW_BUILD_TESTS) OR (DEFINED BUILD_TESTING AND NOT BUILD_TESTING))
    return()
  endif()
  find_package(GTest QUIET)
  if(NOT TARGET GTest::gtest_main)
    message(FATAL_ERROR "dlrgw_add_plugin(${name}): TESTS need GoogleTest; install libgtest-dev or set BUILD_TESTING=OFF")
  endif()
  include(GoogleTest)
  add_executable(${name}_test ${sources} $<TARGET_OBJECTS:${name}>)
  target_include_directories(${name}_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} $<TARGET_PROPERTY:${name},INCLUDE_DIRECTORIES>)
  target_link_libraries(${name}_test PRIVATE dlrgw::sdk ${libraries} GTest::gtest GTest::gtest_main)
  if(TARGET GTest::gmock)
    target_link_libraries(${name}_test PRIVATE GTest::gmock)
  endif()
  if(DLRGW_PLUGIN_OUTPUT_DIR)
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  endif()
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 300 NO_PRETTY_VALUES PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

function(dlrgw_add_rust_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "NO_INSTALL;TESTS" "OUTPUT_DIR" "SOURCES")
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_SOURCES)
    message(FATAL_ERROR "dlrgw_add_rust_plugin(${name}): needs SOURCES, and does not know '${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  find_program(DLRGW_RUSTC rustc)
  if(NOT DLRGW_RUSTC)
    message(FATAL_ERROR "dlrgw_add_rust_plugin(${name}): rustc was not found; install it, or set DLRGW_RUSTC")
  endif()
  if(NOT ARG_OUTPUT_DIR)
    set(ARG_OUTPUT_DIR ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  set(file ${ARG_OUTPUT_DIR}/${name}.so)
  list(TRANSFORM ARG_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(GET ARG_SOURCES 0 root)
  add_custom_command(OUTPUT ${file} DEPENDS ${ARG_SOURCES} VERBATIM
    COMMAND ${DLRGW_RUSTC} --edition 2021 --crate-type cdylib --crate-name ${name} -C opt-level=2 -D warnings
      -C link-arg=-Wl,-z,relro,-z,now,-z,defs -o ${file} ${root}
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DREMOVE=ON "-DFILES=${file}"
      -P ${DLRGW_SDK_CMAKE_DIR}/DlrGatewayCheckExports.cmake
    COMMENT "Plugin ${name} (Rust)")
  set(files ${file})
  if(ARG_TESTS AND (NOT DEFINED BUILD_TESTING OR BUILD_TESTING))
    set(tests ${CMAKE_CURRENT_BINARY_DIR}/${name}_tests)
    add_custom_command(OUTPUT ${tests} DEPENDS ${ARG_SOURCES} VERBATIM
      COMMAND ${DLRGW_RUSTC} --edition 2021 --test --crate-name ${name} -D warnings -o ${tests} ${root}
      COMMENT "Tests of plugin ${name} (Rust)")
    list(APPEND files ${tests})
    add_test(NAME ${name}.tests COMMAND ${tests})
    set_tests_properties(${name}.tests PROPERTIES LABELS unit TIMEOUT 60)
  endif()
  add_custom_target(${name} ALL DEPENDS ${files})
  set_target_properties(${name} PROPERTIES DLRGW_PLUGIN_FILE ${file})
  if(NOT ARG_NO_INSTALL)
    install(PROGRAMS ${file} DESTINATION lib/dlr-gateway/plugins COMPONENT plugins)
  endif()
endfunction()

function(dlrgw_add_golden_tests plugin dir)
  if((DEFINED DLRGW_BUILD_TESTS AND NOT DLRGW_BUILD_TESTS) OR (DEFINED BUILD_TESTING AND NOT BUILD_TESTING))
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.txt)
  if(NOT files)
    message(FATAL_ERROR "dlrgw_add_golden_tests(${plugin} ${dir}): there is no ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.txt")
  endif()
  get_target_property(file ${plugin} DLRGW_PLUGIN_FILE)
  if(NOT file)
    set(file $<TARGET_FILE:${plugin}>)
  endif()
  if(NOT TARGET dlrgw_golden)
    add_executable(dlrgw_golden ${DLRGW_SDK_CMAKE_DIR}/dlrgw_golden_main.cpp)
    target_link_libraries(dlrgw_golden PRIVATE dlrgw::sdk ${CMAKE_DL_LIBS})
  endif()
  add_test(NAME ${plugin}.golden COMMAND dlrgw_golden ${file} ${files})
  set_tests_properties(${plugin}.golden PROPERTIES LABELS unit TIMEOUT 60)
  add_custom_target(${plugin}_golden_update COMMAND dlrgw_golden --update ${file} ${files} DEPENDS ${plugin} VERBATIM)
endfunction()
