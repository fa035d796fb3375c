# SPDX-License-Identifier: Apache-2.0
# dlrgw_embed_sql(<target> <dir>): compiles the migrations that a plugin owns into it.
#   <dir>/tables/*.sql   applied once each, in the order of their names
#   <dir>/views/*.sql    applied after all tables of all plugins, again whenever their text changes
# Generates sql_migrations.hpp on the target's include path:
#   static constexpr dlrgw_migration kMigrations[]; static constexpr uint32_t kMigrationCount;
# and, for every <dir>/*.sql itself, static constexpr std::string_view k<Name>Sql (roles.sql: kRolesSql).
# A migration's name is its file name without .sql. Pure CMake: this file is also the script that generates.

# Internal linkage on purpose: an inline constant of the same name in two plugins must never become one symbol.
function(_dlrgw_sql_literal out file)
  file(READ "${file}" text)
  if(text MATCHES "\\)dlrgw_sql\"")
    message(FATAL_ERROR "${file}: the text must not contain )dlrgw_sql\"")
  endif()
  set(${out} "R\"dlrgw_sql(${text})dlrgw_sql\"" PARENT_SCOPE)
endfunction()

function(_dlrgw_generate_sql_header dir header)
  set(body "")
  set(rows "")
  set(count 0)
  foreach(kind tables views)
    string(TOUPPER "DLRGW_MIGRATION_${kind}" constant)
    file(GLOB files "${dir}/${kind}/*.sql")
    list(SORT files)
    foreach(file IN LISTS files)
      cmake_path(GET file STEM LAST_ONLY name)
      if(NOT name MATCHES "^[A-Za-z0-9_.-]+$")
        message(FATAL_ERROR "${file}: a migration's name may hold letters, digits, dots, dashes and underscores only")
      endif()
      string(LENGTH "${name}" length)
      _dlrgw_sql_literal(literal "${file}")
      string(APPEND body "static constexpr char kMigrationSql${count}[] = ${literal};\n")
      string(APPEND rows "    {sizeof(dlrgw_migration), ${constant}, {\"${name}\", ${length}}, "
        "{kMigrationSql${count}, sizeof(kMigrationSql${count}) - 1}},\n")
      math(EXPR count "${count} + 1")
    endforeach()
  endforeach()

  if(count EQUAL 0)
    message(FATAL_ERROR "dlrgw_embed_sql: ${dir} has no tables/*.sql and no views/*.sql")
  endif()
  string(APPEND body "[[maybe_unused]] static constexpr dlrgw_migration kMigrations[] = {\n${rows}};\n")
  string(APPEND body "[[maybe_unused]] static constexpr uint32_t kMigrationCount = ${count};\n")

  file(GLOB files "${dir}/*.sql")
  list(SORT files)
  foreach(file IN LISTS files)
    cmake_path(GET file STEM LAST_ONLY name)
    string(MAKE_C_IDENTIFIER "${name}" name)
    string(REPLACE "_" ";" words "${name}")
    set(constant "k")
    foreach(word IN LISTS words)
      string(SUBSTRING "${word}" 0 1 first)
      string(TOUPPER "${first}" first)
      string(SUBSTRING "${word}" 1 -1 rest)
      string(APPEND constant "${first}${rest}")
    endforeach()
    _dlrgw_sql_literal(literal "${file}")
    string(APPEND body "[[maybe_unused]] static constexpr std::string_view ${constant}Sql = ${literal};\n")
  endforeach()

  string(CONCAT text "// Generated from the SQL files of one folder; do not edit.\n#pragma once\n#include <cstdint>\n"
    "#include <string_view>\n\n#include <dlrgw/abi/plugin.h>\n\n" "${body}")
  set(old "")
  if(EXISTS "${header}")
    file(READ "${header}" old)
  endif()
  if(NOT old STREQUAL text)
    file(WRITE "${header}" "${text}")
  endif()
  file(TOUCH "${header}.stamp")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  _dlrgw_generate_sql_header("${DIR}" "${HEADER}")
  return()
endif()

include_guard(GLOBAL)
set(DLRGW_SQL_SCRIPT ${CMAKE_CURRENT_LIST_FILE} CACHE INTERNAL "Generator of sql_migrations.hpp")

function(dlrgw_embed_sql target dir)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "dlrgw_embed_sql(${target} ${dir}): no such target; call it after dlrgw_add_plugin()")
  endif()
  cmake_path(ABSOLUTE_PATH dir BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  if(NOT IS_DIRECTORY ${dir})
    message(FATAL_ERROR "dlrgw_embed_sql(${target}): ${dir} is not a folder")
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${dir}/*.sql ${dir}/tables/*.sql ${dir}/views/*.sql)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${target}_sql)
  set(header ${generated}/sql_migrations.hpp)
  # The list of files is an input too: a removed file must take its migration along.
  file(CONFIGURE OUTPUT ${generated}/files.txt CONTENT "${files}\n" @ONLY)
  add_custom_command(OUTPUT ${header}.stamp BYPRODUCTS ${header} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DDIR=${dir} -DHEADER=${header} -P ${DLRGW_SQL_SCRIPT}
    DEPENDS ${files} ${generated}/files.txt ${DLRGW_SQL_SCRIPT}
    COMMENT "SQL of ${target}")
  add_custom_target(${target}_sql_header DEPENDS ${header}.stamp)
  add_dependencies(${target} ${target}_sql_header)
  target_include_directories(${target} PRIVATE ${generated})
endfunction()
