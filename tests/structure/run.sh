#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh ROOT: checks the arrows between the folders of the source tree. Prints every breach, exits 1 if there is one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
breaches=0

# rule, then the offending lines on stdin; nothing on stdin is no breach. Not at the end of a pipe, which would count in
# a shell of its own.
breach() {
  local lines
  lines=$(cat)
  [ -z "$lines" ] && return
  printf 'breach: %s\n%s\n\n' "$1" "$lines"
  breaches=$((breaches + 1))
}

sources() { # folders: every C and C++ file of our own in them
  local folder
  for folder in "$@"; do
    if [ -d "$folder" ]; then find "$folder" -type f \( -name '*.[ch]' -o -name '*.[ch]pp' \) -print0; fi
  done
}
includes() { # folders: file:line:#include ...
  sources "$@" | xargs -0 -r grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' || true
}

included() { # an #include: sets name to what it includes
  [[ $1 =~ [\<\"]([^\>\"]+)[\>\"] ]] && name=${BASH_REMATCH[1]}
}

# 1. plugins/ and sdk/ never see host/. A name like "pipeline/receipt.hpp" or "../host/x.hpp" is found by its file.
host_includes() {
  local file line text name
  while IFS=: read -r file line text; do
    included "$text" || continue
    if [[ $name == *host/* && $name == *../* ]] || [[ $name == host/* ]]; then
      echo "$file:$line: $name"
    elif [[ -f host/$name && $name == */* && ! -f ${file%/*}/$name ]]; then
      echo "$file:$line: $name"
    fi
  done < <(includes plugins sdk)
}
breach "plugins/ and sdk/ must not include a header of host/" < <(host_includes)
# The same through CMake.
host_links() {
  find plugins sdk -name CMakeLists.txt -print0 | xargs -0 -r grep -HnE '\bhost_[a-z]+\b|/host\b' |
    grep -vE ':[0-9]+:[[:space:]]*#' || true
}
breach "plugins/ and sdk/ must not link to host modules" < <(host_links)

# 2. The host has no word of what a receipt means, and names no plugin file. Tests and comments may.
host_code() { # pattern: matching lines of host code without // and /* */ comments
  sources host | { grep -zvE '_test\.cpp$' || true; } | xargs -0 -r awk -v pattern="$1" '
    FNR == 1 { block = 0 }
    {
      code = $0
      if (block) { if (!match(code, /\*\//)) next; code = substr(code, RSTART + 2); block = 0 }
      while (match(code, /\/\*/)) {
        start = RSTART; rest = substr(code, start + 2)
        if (match(rest, /\*\//)) code = substr(code, 1, start - 1) " " substr(rest, RSTART + 2)
        else { code = substr(code, 1, start - 1); block = 1 }
      }
      sub(/\/\/.*/, "", code)
      if (tolower(code) ~ pattern) print FILENAME ":" FNR ": " $0
    }'
}
receipt_words='delivrd|undeliv|acceptd|rejectd|orphan|quarantin|billing|fingerprint|superseded|webhook'
receipt_words+='|dlrstatus[:>( ]|dlrgw_status_(delivered|failed|undelivered|expired|rejected|unknown)|kdelivered|kundelivered'
breach "host/ must not know what a receipt means" < <(host_code "$receipt_words")
breach "host/ must not name an attribute" < <(host_code '_attribute\("')
breach "host/ must not name a plugin file" < <(host_code 'dlrgw_(normalise|dedup|correlate|segments|outbox|admin_http)')

# 3. A third-party header appears in the one folder that wraps it. Tests of the whole may use what they like.
all_includes=$(mktemp)
trap 'rm -f "$all_includes"' EXIT
includes host plugins sdk >"$all_includes"
third_party() { # pattern of the header, pattern of the folder
  breach "<$1> belongs into $2 alone" < <(grep -E ":[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]$1" "$all_includes" |
    grep -vE "^$2/" || true)
}
third_party '(nats/)?nats\.h' 'host/nats'
third_party 'pqxx/' 'host/storage'
third_party 'libpq' 'host/storage'
third_party 'boost/beast' 'host/http'
third_party 'toml\+\+/' 'host/config'
third_party 'boost/dll' 'host/boundary'
third_party 'prometheus/' 'host/telemetry'
third_party 'spdlog/' 'host/telemetry'
third_party 'hiredis/' 'plugins/dedup'
third_party 'curl/' 'plugins/correlate'
third_party 'zlib' '(plugins/correlate|host/http)'
third_party 'cjose/' 'host/http'

# 4. The SDK's headers include each other and the standard library, nothing else; test helpers may use GoogleTest, and of
#    POSIX what starts a server and loads a library.
foreign_includes() {
  local file line text name
  while IFS=: read -r file line text; do
    included "$text" || continue
    case $name in
      dlrgw/*) [ -f "sdk/include/$name" ] && continue ;;
      gtest/* | dlfcn.h | fcntl.h | spawn.h | unistd.h | sys/wait.h)
        [[ $file == sdk/include/dlrgw/testing/* ]] && continue
        ;;
      */*) ;;
      assert.h | ctype.h | errno.h | float.h | inttypes.h | limits.h | math.h | stdalign.h | stdarg.h | stdatomic.h | \
        stdbool.h | stddef.h | stdint.h | stdio.h | stdlib.h | string.h | time.h) continue ;;
      *.*) ;;
      *) continue ;; # <vector>: a header of the C++ library has no suffix
    esac
    echo "$file:$line: $name"
  done < <(includes sdk/include)
}
breach "the SDK's headers must include only themselves and the standard library" < <(foreign_includes)

# 5. A room of the host includes itself and the rooms that host/CMakeLists.txt builds before it. Tests may look up.
rooms=" $(sed -nE 's/^foreach\(room (.*)\)$/\1/p' host/CMakeLists.txt) "
room_order() {
  local file line text room other name
  if [ "$rooms" = '  ' ]; then echo "host/CMakeLists.txt: no line foreach(room ...)"; fi
  while IFS=: read -r file line text; do
    room=${file#host/} room=${room%%/*}
    other=
    if included "$text"; then other=${name%%/*}; fi
    [[ $file == *_test.cpp || $file == */testing/* || $other == "$room" || ! -d host/$other || -z $other ]] && continue
    [[ ${rooms%% "$room" *} == *" $other"* && $rooms == *" $room "* ]] || echo "$file:$line: $text"
  done < <(includes host)
}
breach "a room of host/ must not include one that is built after it" < <(room_order)

# 6. Mutexes and locks are of the kinds that clang checks. A test may use others; so does spdlog.
unchecked_locks() {
  sources host plugins | { grep -zvE '_test\.cpp$|^host/support/shared_mutex\.hpp$' || true; } |
    xargs -0 -r grep -HnE 'std::((shared_|recursive_|timed_)*mutex|lock_guard|unique_lock|scoped_lock|shared_lock)\b' |
    grep -v 'base_sink<std::mutex>' || true
}
breach "a mutex in host/ and plugins/ must be a dlrgw::Mutex or a SharedMutex, held by their locks" < <(unchecked_locks)
# shellcheck source=tests/structure/plugins.sh
. "$here/plugins.sh"

if [ "$breaches" -gt 0 ]; then
  echo "$breaches rule(s) of the structure are broken"
  exit 1
fi
