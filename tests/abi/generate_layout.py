#!/usr/bin/env python3
"""Writes layout_1_<minor>.inc and layout_headers.h beside it: size and offsets of every struct and the value of every
constant of sdk/include/dlrgw/abi, whose minor names the file.

Run it when a header changes on purpose, and read the diff: within a released minor no line changes. Against the minor
before it, lines are added and the SIZE of a struct that grew is larger; anything else breaks plugins that are built."""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SDK = HERE.parent.parent / "sdk" / "include"
INCLUDES = HERE / "layout_headers.h"
MAY_CHANGE = ("DLRGW_ABI_MINOR", "DLRGW_OUTCOMES")  # each minor raises it; only a list of other constants


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def fields_of(body):
    names = []
    for declaration in body.split(";"):
        pointer = re.search(r"\(\*(\w+)\)", declaration)
        if pointer:
            names.append(pointer.group(1))
        elif declaration.strip():
            names += [re.search(r"(\w+)\s*(\[\d+\])?\s*$", part).group(1) for part in declaration.split(",")]
    return names


def read(header):
    """The structs and the constants of one header, in the order of the text."""
    text = without_comments(header.read_text()).replace("\\\n", " ")
    structs = [(m.group(1), fields_of(m.group(2)))
               for m in re.finditer(r"typedef struct (\w+) \{(.*?)\} \1;", text, flags=re.S)]
    constants = re.findall(r"^#define (DLRGW_(?!ABI_\w+_H\b)\w+) +(\S.*?)\s*$", text, flags=re.M)
    return structs, [(name, value) for name, value in constants if name not in MAY_CHANGE]


def guarded(name):
    """The include of one header; those that are younger than 1.0 are left out where a frozen tree lacks them."""
    line = f"#include <dlrgw/abi/{name}>\n"
    young = name not in {header.name for header in (HERE / "frozen/1.0/include/dlrgw/abi").glob("*.h")}
    return f"#if __has_include(<dlrgw/abi/{name}>)\n{line}#endif\n" if young else line


def main():
    headers = sorted((SDK / "dlrgw" / "abi").glob("*.h"))
    if not headers:
        sys.exit(f"no headers in {SDK}/dlrgw/abi")
    minor = re.search(r"#define DLRGW_ABI_MINOR (\d+)u", (SDK / "dlrgw" / "abi" / "base.h").read_text()).group(1)
    program = ["#include <inttypes.h>", "#include <stdio.h>"]
    program += [f"#include <dlrgw/abi/{header.name}>" for header in headers] + ["int main(void) {"]
    for header in headers:
        structs, constants = read(header)
        program.append(f'puts("/* {header.name} */");')
        for name, value in constants:
            if value.startswith('"'):
                program.append(f'printf("TEXT({name}, \\"%s\\")\\n", {name});')
            else:
                program.append(f'if ((intmax_t)({name}) == INT64_MIN) puts("VALUE({name}, INT64_MIN)"); '
                               f'else printf("VALUE({name}, %" PRIdMAX ")\\n", (intmax_t)({name}));')
        for name, fields in structs:
            program.append(f'printf("SIZE({name}, %zu)\\n", sizeof({name}));')
            program += [f'printf("FIELD({name}, {field}, %zu)\\n", offsetof({name}, {field}));' for field in fields]
    program += ["return 0;", "}"]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "layout.c")
        source.write_text("\n".join(program))
        subprocess.run(["cc", "-std=c11", f"-I{SDK}", source, "-o", source.with_suffix("")], check=True)
        listing = subprocess.run([source.with_suffix("")], check=True, capture_output=True, text=True).stdout
    INCLUDES.write_text("// SPDX-License-Identifier: Apache-2.0\n/* Written by generate_layout.py. */\n#ifndef DLRGW_TESTS_LAYOUT_HEADERS_H\n"
                        "#define DLRGW_TESTS_LAYOUT_HEADERS_H\n"
                        + "".join(guarded(header.name) for header in headers) + "#endif\n")
    (HERE / f"layout_1_{minor}.inc").write_text("/* Written by generate_layout.py. 64-bit targets: x86-64 and aarch64 agree. */\n" + listing)


main()
