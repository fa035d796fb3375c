# SPDX-License-Identifier: Apache-2.0
# Rules of the folder plugins/, sourced by run.sh: who depends on whom, who writes which table, what is said in one place.

plugin_sources() { # C and C++ of plugins, tests left out; one file a line
  sources plugins | tr '\0' '\n' | grep -vE '_test\.cpp$|_fixture\.hpp$' || true
}

# 7. A plugin includes its own headers, those of message/ and the SDK's; message/ includes none of a plugin.
foreign_plugin_includes() {
  local file line text name own other
  while IFS=: read -r file line text; do
    included "$text" || continue
    own=${file#plugins/} own=${own%%/*}
    if [ -f "plugins/$own/$name" ]; then continue; fi
    for other in plugins/*/; do
      other=${other#plugins/} other=${other%/}
      if [ "$other" = "$own" ]; then continue; fi
      if [[ ($name == "$other"/* && $other != message) || $name == *../"$other"/* || -f plugins/$other/$name ]]; then
        echo "$file:$line: $name"
        break
      fi
    done
  done < <(includes plugins)
}
breach "a plugin must not include a header of another one" < <(foreign_plugin_includes)
foreign_plugin_links() {
  local file own
  for file in plugins/*/CMakeLists.txt; do
    if [ ! -f "$file" ]; then continue; fi
    own=${file#plugins/} own=${own%%/*}
    sed -E "s/#.*//; s/\bdlrgw_${own//-/_}(_test)?\b//g; s/\b$own\///g" "$file" |
      grep -nE '\bdlrgw_(normalise|dedup|correlate|segments|outbox|admin_http)\b|\b(normalise|dedup|correlate|segments|outbox|admin-http)/' |
      sed "s|^|$file:|" || true
  done
}
breach "a plugin must not link to another one" < <(foreign_plugin_links)

# 8. A table is written by its owner alone: the folder that creates it, the host being one. Exceptions are declared here;
# the partitions of orphan_dlrs are made by a function.
declared_writes='segments orch.sms_messages
correlate dlr.audit_log
dedup dlr.audit_log
segments dlr.audit_log
admin-http dlr.audit_log
correlate dlr.orphan_dlrs_default'
foreign_writes() {
  find host plugins -type f \( -name '*.[ch]pp' -o -name '*.sql' \) ! -name '*_test.cpp' -print0 2>/dev/null |
    xargs -0 -r awk -v RS='\001' -v declared="$declared_writes" '
      function owner(file) { split(file, part, "/"); return part[1] == "plugins" ? part[2] : part[1] }
      # Each table behind the words of the pattern: tables["owner table"] = file.
      function collect(text, pattern, tables,   found) {
        while (match(text, pattern "[ \n]+[a-z_]+\\.[a-z_]+")) {
          found = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
          sub(/.*[ \n]/, "", found)
          tables[owner(FILENAME) " " found] = FILENAME
        }
      }
      BEGIN { split(declared, list, "\n"); for (i in list) created[list[i]] = "declared" }
      {
        gsub(/\/\/[^\n]*/, "")
        collect($0, "CREATE TABLE( IF NOT EXISTS)?", created)
        collect($0, "(INSERT INTO|DELETE FROM|UPDATE( ONLY)?|MERGE INTO|TRUNCATE( TABLE)?|COPY|ALTER TABLE( IF EXISTS)?|DROP TABLE( IF EXISTS)?)", written)
        text = $0  # what a Retention deletes from
        while (match(text, /\{"dlr\.[a-z_]+",[ \n]*"[a-z_]+"\}/)) {
          found = substr(text, RSTART + 2, RLENGTH); text = substr(text, RSTART + RLENGTH)
          sub(/".*/, "", found)
          written[owner(FILENAME) " " found] = FILENAME
        }
      }
      END { for (key in written) if (!(key in created)) { split(key, part, " "); print written[key] ": " part[2] } }'
}
breach "a table must be written by its owner alone" < <(foreign_writes)

# 9. Attributes are named in handover.hpp alone, and reached through Handover alone.
handover=plugins/message/handover.hpp
spelled_attributes() {
  local names
  if [ ! -f "$handover" ]; then return; fi
  names=$(tr '\n' ' ' <"$handover" | grep -oE 'Attribute<[A-Za-z0-9_:]+> k[A-Za-z]+\{ *"[a-z._]+"\}' | sed -E 's/.*(".*").*/\1/')
  plugin_sources | grep -v "^plugins/message/handover\." | tr '\n' '\0' | xargs -0 -r grep -HnF -e "$names" || true
  plugin_sources | grep -v "^plugins/message/handover\." | tr '\n' '\0' | xargs -0 -r grep -HnE '\bAttributes\b' || true
}
breach "an attribute is named and reached in $handover alone" < <(spelled_attributes)

# 10. What is said in one place. Pattern, its home.
said_elsewhere() {
  plugin_sources | grep -vxF "$2" | tr '\n' '\0' | xargs -0 -r grep -HnE -e "$1" || true
}
breach "messages are locked by the statement in plugins/message/sql.hpp alone" \
  < <(said_elsewhere 'FOR (NO KEY )?UPDATE\b' plugins/message/sql.hpp)
breach "the space of name-based ids stands in plugins/message/ids.hpp alone" \
  < <(said_elsewhere '[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}' plugins/message/ids.hpp)
breach "SQL takes the final statuses from terminal_status_list()" \
  < <(said_elsewhere "'(UNDELIVERED|REJECTED|EXPIRED)'" plugins/message/states.cpp)
