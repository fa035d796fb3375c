// SPDX-License-Identifier: Apache-2.0
#include "cli/new_plugin.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace dlrgw::host {
namespace {

namespace fs = std::filesystem;

struct Template {
  std::string_view kind, lang, folder, name;
};
constexpr std::array kTemplates{
    Template{"quirk", "cpp", "quirk-cpp", "mno-acme"},
    Template{"quirk", "c", "quirk-c", "mno-acme"},
    Template{"quirk", "rust", "quirk-rust", "mno-acme"},
    Template{"stage", "cpp", "stage-sql", "acme-seen"},
    Template{"stage", "c", "stage-c", "acme-mute"},
    Template{"stage", "rust", "stage-rust", "acme-mute"},
    Template{"route-job", "cpp", "stage-route-job", "acme-tally"},
    Template{"route-job", "c", "stage-route-job-c", "acme-tally"},
};

constexpr std::size_t kMaxName = 48;

bool is_name(std::string_view name) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= kMaxName && letter(name.front()) && name.back() != '-' &&
         std::all_of(name.begin(), name.end(), allowed) && name.find("--") == std::string_view::npos;
}

std::string with(std::string name, char separator) {
  std::replace(name.begin(), name.end(), '-', separator);
  return name;
}

std::string pascal(const std::string& name) {
  std::string out;
  bool upper = true;
  for (const char c : name) {
    if (c == '-') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string kinds_and_languages() {
  std::string out;
  for (const Template& t : kTemplates) {
    out += (out.empty() ? "" : ", ") + std::string(t.kind) + " in " + std::string(t.lang);
  }
  return out;
}

// As a word of a shell.
std::string quoted(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+=@%-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string inner = text;
  replace_all(inner, "'", "'\\''");
  return "'" + inner + "'";
}

std::string next_steps(const NewPlugin& made, const Invocation& invocation) {
  // CMake looks beside the programs of PATH; a relative name that begins with a dash would be an option.
  const std::string into = made.into.string();
  const std::string dir = into.starts_with('-') ? "./" + into : into;
  const auto in_dir = [&](const std::string& name) { return quoted(dir + "/" + name); };
  const std::string plugin = in_dir("build/" + with(made.name, '_') + ".so");
  const std::string program = quoted(invocation.program);
  std::string configure = "cmake -S " + quoted(dir) + " -B " + in_dir("build");
  if (!invocation.prefix.empty()) configure += " -DCMAKE_PREFIX_PATH=" + quoted(invocation.prefix);
  std::string out;
  for (const std::string& step :
       {configure, "cmake --build " + in_dir("build"), "ctest --test-dir " + in_dir("build") + " --output-on-failure",
        program + " check-plugin " + plugin, program + " try " + plugin + " --receipt " + in_dir("receipts.jsonl")})
    out += "  " + step + "\n";
  return out;
}

Status write_renamed(const fs::path& from, const fs::path& to, const std::string& old_name, const std::string& name) {
  std::ifstream in(from, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::error_code wrong;
  fs::create_directories(to.parent_path(), wrong);
  std::ofstream out(to, std::ios::binary);
  out << renamed(text, old_name, name);
  out.flush();
  if (in.bad() || wrong || !out)
    return Error{ErrorCode::kUnavailable, to.string() + ": cannot be written; check space and permissions"};
  return {};
}

}  // namespace

std::string renamed(std::string text, const std::string& from, const std::string& to) {
  for (const char separator : {'-', '_', '.', '/'}) replace_all(text, with(from, separator), with(to, separator));
  replace_all(text, pascal(from), pascal(to));
  return text;
}

fs::path templates_dir() {
  std::error_code wrong;
  const fs::path executable = fs::read_symlink("/proc/self/exe", wrong);
  return executable.parent_path().parent_path() / "share" / "dlr-gateway" / "templates";
}

Invocation invocation() {
  std::error_code wrong;
  const fs::path executable = fs::read_symlink("/proc/self/exe", wrong);
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path candidate = fs::path(folder) / "dlr-gateway";
    if (!fs::exists(candidate, wrong)) continue;
    if (fs::equivalent(candidate, executable, wrong)) return {"dlr-gateway", {}};
    break;  // another one comes first
  }
  return {executable.string(), executable.parent_path().parent_path().string()};
}

Result<std::string> new_plugin(const NewPlugin& wanted, const fs::path& templates, const Invocation& invocation) {
  if (!is_name(wanted.name)) {
    return Error{ErrorCode::kInvalid,
                 "\"" + wanted.name +
                     "\" is not a name like mno-acme: a letter, then letters, digits and single dashes, at most 48"};
  }
  const auto found = std::find_if(kTemplates.begin(), kTemplates.end(),
                                  [&](const Template& t) { return t.kind == wanted.kind && t.lang == wanted.lang; });
  if (found == kTemplates.end()) {
    return Error{ErrorCode::kNotFound, "there is no template of a " + wanted.kind + " in " + wanted.lang +
                                           "; there are: " + kinds_and_languages()};
  }
  const fs::path source = templates / found->folder;
  std::error_code wrong;
  if (!fs::is_directory(source, wrong)) {
    return Error{ErrorCode::kNotFound, source.string() + ": the template is not installed; install the component sdk"};
  }
  if (fs::exists(wanted.into, wrong)) {
    return Error{ErrorCode::kInvalid,
                 wanted.into.string() + " exists already; choose another name, or another folder with --into"};
  }
  const std::string old_name(found->name);
  for (const auto& entry : fs::recursive_directory_iterator(source, wrong)) {
    if (!entry.is_regular_file()) continue;
    // By the names alone: templates share files through links, of which each project gets a copy.
    const fs::path relative = renamed(entry.path().lexically_relative(source).string(), old_name, wanted.name);
    if (Status written = write_renamed(entry.path(), wanted.into / relative, old_name, wanted.name); !written)
      return written.error();
  }
  if (wrong) return Error{ErrorCode::kUnavailable, source.string() + ": cannot be read: " + wrong.message()};
  return wanted.into.string() + " is a " + wanted.kind + " in " + wanted.lang + ". Next:\n" +
         next_steps(wanted, invocation) + "How it goes live: " + (wanted.into / "README.md").string() + "\n";
}

}  // namespace dlrgw::host
