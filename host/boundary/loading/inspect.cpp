// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/inspect.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <optional>

#include <dlrgw/abi/plugin.h>

namespace dlrgw::host {
namespace {

constexpr std::size_t kMaxSymbols = 1u << 20;        // far above any real plugin; bounds the work on a hostile file
constexpr std::size_t kMaxNeeded = 1024;             // likewise
constexpr std::uint64_t kMaxNameBytes = 64U << 20U;  // all names together: many symbols may share one long name
constexpr std::size_t kMaxNamesInSentence = 5;
constexpr std::size_t kMaxShownName = 200;

#if defined(__x86_64__)
constexpr std::uint16_t kHostMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kHostMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr std::uint16_t kHostMachine = EM_RISCV;
#else
#error "name this machine's ELF number"
#endif

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "aarch64";
    case EM_RISCV:
      return "riscv";
    case EM_386:
      return "i386";
    case EM_ARM:
      return "arm";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390";
    default:
      return "machine " + std::to_string(machine);
  }
}

// The only place that touches the bytes.
class Bytes {
 public:
  explicit Bytes(std::span<const std::byte> file) : file_(file) {}

  template <class T>
  [[nodiscard]] std::optional<T> at(std::uint64_t offset) const {
    if (offset > file_.size() || file_.size() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, file_.data() + offset, sizeof(T));
    return value;
  }
  // A NUL-terminated string that ends inside [offset, offset + room).
  [[nodiscard]] std::optional<std::string> text(std::uint64_t offset, std::uint64_t room) const {
    if (offset >= file_.size()) return std::nullopt;
    const std::size_t limit = static_cast<std::size_t>(std::min<std::uint64_t>(room, file_.size() - offset));
    const auto* begin = reinterpret_cast<const char*>(file_.data() + offset);
    const void* end = limit == 0 ? nullptr : std::memchr(begin, 0, limit);
    if (end == nullptr) return std::nullopt;
    return std::string(begin, static_cast<const char*>(end));
  }

 private:
  std::span<const std::byte> file_;
};

struct Dynamic {
  std::uint64_t symtab = 0, strtab = 0, strsz = 0, hash = 0, gnu_hash = 0;
  std::optional<std::uint64_t> soname;
  std::vector<std::uint64_t> needed;
};

class Reader {
 public:
  Reader(Bytes bytes, const Elf64_Ehdr& header) : bytes_(bytes) {
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
      const auto segment = bytes_.at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr));
      if (!segment) {
        damaged_ = true;
        return;
      }
      segments_.push_back(*segment);
    }
  }

  // False when a table lies outside the file.
  bool read(Inspection& out) {
    if (damaged_ || !read_dynamic()) return false;
    const auto strings = offset_of(dynamic_.strtab);
    if (!strings) return false;
    std::uint64_t room = kMaxNameBytes;
    auto name = [&](std::uint64_t index) -> std::optional<std::string> {
      if (index >= dynamic_.strsz) return std::nullopt;
      auto text = bytes_.text(*strings + index, std::min(room, dynamic_.strsz - index));
      if (text) room -= text->size();
      return text;
    };
    for (const std::uint64_t index : dynamic_.needed) {
      auto text = name(index);
      if (!text) return false;
      out.needed.push_back(std::move(*text));
    }
    if (dynamic_.soname) {
      auto text = name(*dynamic_.soname);
      if (!text) return false;
      out.soname = std::move(*text);
    }
    const auto symbols = offset_of(dynamic_.symtab);
    const auto range = symbol_range();
    if (!symbols || !range) return false;
    for (std::uint64_t i = range->first; i < range->second; ++i) {
      const auto symbol = bytes_.at<Elf64_Sym>(*symbols + i * sizeof(Elf64_Sym));
      if (!symbol) return false;
      const unsigned binding = ELF64_ST_BIND(symbol->st_info);
      if (symbol->st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
      auto text = name(symbol->st_name);
      if (!text) return false;
      out.exports.push_back({std::move(*text), binding == STB_GNU_UNIQUE});
    }
    return true;
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Elf64_Phdr& s : segments_)
      if (s.p_type == PT_LOAD && address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz)
        return s.p_offset + (address - s.p_vaddr);
    return std::nullopt;
  }

  bool read_dynamic() {
    const auto segment =
        std::find_if(segments_.begin(), segments_.end(), [](const Elf64_Phdr& s) { return s.p_type == PT_DYNAMIC; });
    if (segment == segments_.end()) return false;
    for (std::uint64_t i = 0; i < segment->p_filesz / sizeof(Elf64_Dyn); ++i) {
      const auto entry = bytes_.at<Elf64_Dyn>(segment->p_offset + i * sizeof(Elf64_Dyn));
      if (!entry) return false;
      switch (entry->d_tag) {
        case DT_NULL:
          return true;
        case DT_SYMTAB:
          dynamic_.symtab = entry->d_un.d_ptr;
          break;
        case DT_STRTAB:
          dynamic_.strtab = entry->d_un.d_ptr;
          break;
        case DT_STRSZ:
          dynamic_.strsz = entry->d_un.d_val;
          break;
        case DT_HASH:
          dynamic_.hash = entry->d_un.d_ptr;
          break;
        case DT_GNU_HASH:
          dynamic_.gnu_hash = entry->d_un.d_ptr;
          break;
        case DT_SONAME:
          dynamic_.soname = entry->d_un.d_val;
          break;
        case DT_NEEDED:
          if (dynamic_.needed.size() == kMaxNeeded) return false;
          dynamic_.needed.push_back(entry->d_un.d_val);
          break;
        default:
          break;
      }
    }
    return true;
  }

  // [first, last) of the symbol table that can be defined. The table carries no length of its own; the hash tables do.
  [[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>> symbol_range() const {
    if (dynamic_.hash != 0) {
      const auto table = offset_of(dynamic_.hash);
      if (!table) return std::nullopt;
      const auto count = bytes_.at<std::uint32_t>(*table + 4);
      if (!count || *count > kMaxSymbols) return std::nullopt;
      return std::pair<std::uint64_t, std::uint64_t>{1, std::max<std::uint64_t>(*count, 1)};
    }
    if (dynamic_.gnu_hash != 0) return gnu_range();
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>> gnu_range() const {
    const auto table = offset_of(dynamic_.gnu_hash);
    if (!table) return std::nullopt;
    struct Head {
      std::uint32_t buckets, first, bloom_words, shift;
    };
    const auto head = bytes_.at<Head>(*table);
    if (!head || head->buckets > kMaxSymbols) return std::nullopt;
    const std::uint64_t buckets = *table + sizeof(Head) + std::uint64_t{head->bloom_words} * sizeof(std::uint64_t);
    std::uint32_t last = 0;
    for (std::uint64_t i = 0; i < head->buckets; ++i) {
      const auto bucket = bytes_.at<std::uint32_t>(buckets + i * sizeof(std::uint32_t));
      if (!bucket) return std::nullopt;
      last = std::max(last, *bucket);
    }
    if (last == 0) return std::pair<std::uint64_t, std::uint64_t>{0, 0};  // nothing is defined
    if (last < head->first) return std::nullopt;
    const std::uint64_t chains = buckets + std::uint64_t{head->buckets} * sizeof(std::uint32_t);
    for (;; ++last) {  // the chain of the highest bucket ends with the last symbol
      if (last - head->first > kMaxSymbols) return std::nullopt;
      const auto hash = bytes_.at<std::uint32_t>(chains + std::uint64_t{last - head->first} * sizeof(std::uint32_t));
      if (!hash) return std::nullopt;
      if ((*hash & 1u) != 0) break;
    }
    return std::pair<std::uint64_t, std::uint64_t>{head->first, std::uint64_t{last} + 1};
  }

  Bytes bytes_;
  std::vector<Elf64_Phdr> segments_;
  Dynamic dynamic_;
  bool damaged_ = false;
};

// A name may hold anything, and a sentence goes to terminals and logs.
std::string shown(std::string_view name) {
  std::string out(name.substr(0, kMaxShownName));
  std::ranges::replace_if(
      out, [](char c) { return c <= 0x20 || c >= 0x7F; }, '?');
  return name.size() > kMaxShownName ? out + "..." : out;
}

std::string list_names(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMaxNamesInSentence; ++i)
    text += (i == 0 ? "" : ", ") + shown(names[i]);
  if (names.size() > kMaxNamesInSentence)
    text += " and " + std::to_string(names.size() - kMaxNamesInSentence) + " more";
  return text;
}

void judge_symbols(Inspection& out) {
  bool entry = false;
  std::vector<std::string> unique, extra;
  for (const ExportedSymbol& symbol : out.exports) {
    if (symbol.unique)
      unique.push_back(symbol.name);
    else if (symbol.name == DLRGW_PLUGIN_ENTRY_NAME)
      entry = true;
    else
      extra.push_back(symbol.name);
  }
  if (!entry)
    out.findings.push_back(
        {FindingKind::kEntryMissing,
         "does not export " DLRGW_PLUGIN_ENTRY_NAME
         "; it is not a plugin for SDK 1.x, or its entry is hidden; build it with dlrgw_add_plugin()"});
  if (!unique.empty())
    out.findings.push_back({FindingKind::kUniqueSymbol,
                            "exports unique symbols, which the old and the new copy would "
                            "share on a reload (" +
                                list_names(unique) + "); build it with dlrgw_add_plugin()"});
  if (!extra.empty())
    out.findings.push_back({FindingKind::kExtraExport, "exports more than its entry (" + list_names(extra) +
                                                           "); build it with dlrgw_add_plugin()"});
}

}  // namespace

std::string_view to_string(FindingKind kind) {
  switch (kind) {
    case FindingKind::kNotElf:
      return "not-elf";
    case FindingKind::kDamaged:
      return "damaged";
    case FindingKind::kWrongArchitecture:
      return "wrong-architecture";
    case FindingKind::kNotSharedObject:
      return "not-shared-object";
    case FindingKind::kEntryMissing:
      return "entry-missing";
    case FindingKind::kUniqueSymbol:
      return "unique-symbol";
    case FindingKind::kSanitizer:
      return "sanitizer";
    case FindingKind::kExtraExport:
      return "extra-export";
  }
  return "unknown";
}

// Those of GCC, and of clang as -shared-libsan links them. That of UndefinedBehaviorSanitizer may come at any time.
std::string_view sanitizer_needed(const Inspection& inspection) {
  constexpr std::array<std::string_view, 7> kNames{"libasan.so",        "libhwasan.so",     "libtsan.so",
                                                   "liblsan.so",        "libclang_rt.asan", "libclang_rt.tsan",
                                                   "libclang_rt.hwasan"};
  for (const std::string& library : inspection.needed)
    if (std::ranges::any_of(kNames, [&](std::string_view name) { return library.starts_with(name); })) return library;
  return {};
}

const Finding* Inspection::refusal() const {
  const auto it = std::find_if(findings.begin(), findings.end(), [](const Finding& f) { return f.refused(); });
  return it == findings.end() ? nullptr : &*it;
}

Inspection inspect(std::span<const std::byte> file) {
  Inspection out;
  const Bytes bytes(file);
  const auto ident = bytes.at<std::array<unsigned char, EI_NIDENT>>(0);
  if (!ident || std::memcmp(ident->data(), ELFMAG, SELFMAG) != 0) {
    out.findings.push_back({FindingKind::kNotElf, "is not an ELF shared library"});
    return out;
  }
  if ((*ident)[EI_CLASS] != ELFCLASS64 || (*ident)[EI_DATA] != ELFDATA2LSB) {
    out.findings.push_back(
        {FindingKind::kNotElf, "is not a 64-bit little-endian ELF file; build it for " + machine_name(kHostMachine)});
    return out;
  }
  const auto header = bytes.at<Elf64_Ehdr>(0);
  if (!header) {
    out.findings.push_back({FindingKind::kDamaged, "is cut off or damaged; copy it again"});
    return out;
  }
  out.machine = machine_name(header->e_machine);
  if (header->e_machine != kHostMachine) {
    out.findings.push_back({FindingKind::kWrongArchitecture, "is built for " + out.machine + ", this host is " +
                                                                 machine_name(kHostMachine) + "; build it for " +
                                                                 machine_name(kHostMachine)});
    return out;
  }
  if (header->e_type != ET_DYN) {
    out.findings.push_back({FindingKind::kNotSharedObject,
                            "is not a shared library; link it as one, for example with dlrgw_add_plugin()"});
    return out;
  }
  if (header->e_phentsize != sizeof(Elf64_Phdr) || !Reader(bytes, *header).read(out)) {
    out.findings.push_back({FindingKind::kDamaged, "is cut off or damaged; copy it again"});
    return out;
  }
  judge_symbols(out);
  return out;
}

}  // namespace dlrgw::host
