// SPDX-License-Identifier: Apache-2.0
#include "boundary/loading/inspect.hpp"

#include <array>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using File = std::vector<std::byte>;

File read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

// This test program is a position-independent executable: ET_DYN with a dynamic segment like a plugin's, no entry.
File own_file() { return read_file("/proc/self/exe"); }

template <class T>
void put(File& file, std::size_t offset, T value) {
  ASSERT_LE(offset + sizeof value, file.size());
  std::memcpy(file.data() + offset, &value, sizeof value);
}

std::string refusal_of(const File& file) {
  const Inspection i = inspect(file);
  return i.refusal() == nullptr ? "" : i.refusal()->text;
}

TEST(Inspect, TextIsNotElf) {
  const std::string text = "#!/bin/sh\n";
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  EXPECT_EQ(refusal_of({begin, begin + text.size()}), "is not an ELF shared library");
  EXPECT_EQ(refusal_of({}), "is not an ELF shared library");
}

TEST(Inspect, OtherMachineIsNamed) {
  File file = own_file();
  put<std::uint16_t>(file, offsetof(Elf64_Ehdr, e_machine), EM_S390);
  const std::string text = refusal_of(file);
  EXPECT_TRUE(text.starts_with("is built for s390, this host is ")) << text;
  EXPECT_EQ(inspect(file).findings.front().kind, FindingKind::kWrongArchitecture);
}

TEST(Inspect, UnknownMachineIsNumbered) {
  File file = own_file();
  put<std::uint16_t>(file, offsetof(Elf64_Ehdr, e_machine), 4711);
  EXPECT_TRUE(refusal_of(file).starts_with("is built for machine 4711, ")) << refusal_of(file);
}

TEST(Inspect, OtherClassAndByteOrderAreNotForUs) {
  File narrow = own_file();
  put<unsigned char>(narrow, EI_CLASS, ELFCLASS32);
  EXPECT_TRUE(refusal_of(narrow).starts_with("is not a 64-bit little-endian ELF file"));
  File swapped = own_file();
  put<unsigned char>(swapped, EI_DATA, ELFDATA2MSB);
  EXPECT_TRUE(refusal_of(swapped).starts_with("is not a 64-bit little-endian ELF file"));
}

TEST(Inspect, ObjectFileIsNotALibrary) {
  File file = own_file();
  put<std::uint16_t>(file, offsetof(Elf64_Ehdr, e_type), ET_REL);
  EXPECT_EQ(inspect(file).findings.front().kind, FindingKind::kNotSharedObject);
}

TEST(Inspect, ReadsWhatIsNeededAndMissesTheEntry) {
  const Inspection i = inspect(own_file());
  ASSERT_NE(i.refusal(), nullptr);
  EXPECT_EQ(i.refusal()->kind, FindingKind::kEntryMissing) << i.refusal()->text;
  EXPECT_NE(std::find(i.needed.begin(), i.needed.end(), "libc.so.6"), i.needed.end());
}

TEST(Inspect, EveryKindHasAName) {
  for (int kind = 0; kind <= static_cast<int>(FindingKind::kExtraExport); ++kind)
    EXPECT_NE(to_string(static_cast<FindingKind>(kind)), "unknown") << kind;
}

// A shared library of this machine whose symbols all have the one name.
File library_of(std::uint32_t symbols, const std::string& name) {
  struct Head {
    Elf64_Ehdr header{};
    std::array<Elf64_Phdr, 2> segments{};
    std::array<Elf64_Dyn, 5> dynamic{};
    std::array<std::uint32_t, 2> hash{};
  } head;
  const File own = own_file();
  std::memcpy(&head.header, own.data(), sizeof head.header);
  const std::size_t strings = sizeof head + symbols * sizeof(Elf64_Sym);
  const std::size_t size = strings + name.size() + 1;
  head.header.e_type = ET_DYN;
  head.header.e_phoff = offsetof(Head, segments);
  head.header.e_phnum = 2;
  head.segments[0] = {PT_LOAD, PF_R, 0, 0, 0, size, size, 1};
  head.segments[1] = {PT_DYNAMIC, PF_R, offsetof(Head, dynamic), 0, 0, sizeof head.dynamic, sizeof head.dynamic, 1};
  head.dynamic = {{{DT_SYMTAB, {sizeof head}},
                   {DT_STRTAB, {strings}},
                   {DT_STRSZ, {name.size() + 1}},
                   {DT_HASH, {offsetof(Head, hash)}},
                   {DT_NULL, {0}}}};
  head.hash = {0, symbols};
  const Elf64_Sym symbol{0, STB_GLOBAL << 4, 0, 1, 0, 0};
  File file(size);
  std::memcpy(file.data(), &head, sizeof head);
  for (std::uint32_t i = 0; i < symbols; ++i)
    std::memcpy(file.data() + sizeof head + i * sizeof symbol, &symbol, sizeof symbol);
  std::memcpy(file.data() + strings, name.data(), name.size());
  return file;
}

TEST(Inspect, NamesOfASentenceAreShortAndPrintable) {
  const Inspection i = inspect(library_of(2, std::string("\x1b[2J\n", 5) + std::string(300, 'x')));
  ASSERT_EQ(i.exports.size(), 1U);
  EXPECT_NE(i.findings.back().text.find("(?[2J?xxx"), std::string::npos) << i.findings.back().text;
  EXPECT_NE(i.findings.back().text.find("x...)"), std::string::npos) << i.findings.back().text;
}

TEST(Inspect, ManySymbolsThatShareALongNameAreNotReadIntoMemory) {
  const Inspection i = inspect(library_of(70'000, std::string(4'096, 'x')));
  ASSERT_NE(i.refusal(), nullptr);
  EXPECT_EQ(i.refusal()->kind, FindingKind::kDamaged);
}

// Any cut and any overwritten header byte gives an answer, never a read outside the file (ASan watches).
TEST(Inspect, SurvivesEveryCut) {
  const File file = own_file();
  for (std::size_t size = 0; size < file.size(); size += size < 8192 ? 1 : 9973) {
    const File cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(inspect(cut).refusal(), nullptr) << size;
  }
}

TEST(Inspect, SurvivesEveryOverwrittenByteOfTheTables) {
  File file = own_file();
  Elf64_Ehdr header;
  std::memcpy(&header, file.data(), sizeof header);
  std::vector<std::pair<std::size_t, std::size_t>> tables{{0, sizeof header}};  // offset, length
  tables.emplace_back(header.e_phoff, std::size_t{header.e_phnum} * sizeof(Elf64_Phdr));
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, file.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_DYNAMIC) tables.emplace_back(segment.p_offset, segment.p_filesz);
  }
  for (const auto& [offset, length] : tables) {
    for (std::size_t i = offset; i < offset + length; ++i) {
      for (const auto value : {std::byte{0x00}, std::byte{0x7F}, std::byte{0xFF}}) {
        const std::byte before = std::exchange(file[i], value);
        EXPECT_NE(inspect(file).refusal(), nullptr) << "no byte makes a plugin of this program, at " << i;
        file[i] = before;
      }
    }
  }
}

}  // namespace
}  // namespace dlrgw::host
