#!/usr/bin/env python3
"""Checks that every `rust` spelling of the Python catalogue compiles against the runtime.

    python3 tests/rows.py [WORD..]      lists the rows that do not compile

`rows_known.txt` lists the rows known to fail. Exit status 1 where another row fails, or (without WORD) where a known
one compiles and has to leave the list.

Each row becomes a function that calls the spelling with arguments of the row's types, type variables standing once for
`i64` and once for `String`; one crate below `target/rows` holds them all and is checked offline.
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATE = ROOT / "target" / "rows"
KNOWN = ROOT / "tests" / "rows_known.txt"

PLAIN = {
    "int": "i64", "float": "f64", "str": "String", "bool": "bool", "none": "()", "bytes": "Vec<u8>",
    "big": "rt::Int", "num": "rt::Num", "complex": "rt::Complex", "range": "rt::Range", "error": "rt::Error",
    "bytearray": "rt::ByteArray", "date": "rt::Date", "datetime": "rt::Datetime", "timedelta": "rt::Timedelta", "value": "rt::Value", "slice": "rt::Slice", "file": "rt::File", "usize": "usize", "any": "rt::Value",
}
GENERIC = {
    "list": "Vec", "dict": "rt::Dict", "set": "rt::Set", "frozenset": "rt::FrozenSet", "option": "Option",
    "defaultdict": "rt::DefaultDict", "OrderedDict": "rt::OrderedDict", "tuple": "rt::Tuple",
}


def split(text):
    """The parts of `text` between its outermost commas."""
    parts, depth, start, quoted = [], 0, 0, False
    for at, c in enumerate(text):
        quoted ^= c == '"'
        if quoted:
            continue
        if c in "<([":
            depth += 1
        elif c in ")]" or c == ">" and text[at - 1] != "-":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in parts + [text[start:]] if part.strip()]


def close(text, at):
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for end in range(at, len(text)):
        if text[end] in "<(":
            depth += 1
        elif text[end] == ")" or text[end] == ">" and text[end - 1] != "-":
            depth -= 1
            if depth == 0:
                return end
    raise ValueError(text)


def rust(ty, var, stored=True):
    """The Rust text of a catalogue type."""
    ty = ty.strip()
    if ty.startswith("&mut "):
        return "&mut " + rust(ty[5:], var)
    if ty.startswith("&"):
        inner = ty[1:]
        if inner == "str":
            return "&str"
        if inner == "bytes":
            return "&[u8]"
        if inner.startswith("list<"):
            return f"&[{rust(inner[5:-1], var)}]"
        return "&" + rust(inner, var)
    if ty in ("'E", "'C"):
        return {"'E": "rt::Error", "'C": "rt::Class"}[ty]
    if ty.startswith("context_manager<"):
        return f"rt::ContextManager<'static, {rust(ty[16:-1], var)}>"
    if ty.startswith("'"):
        return var
    if ty.startswith("type<@"):
        return "rt::Class"
    if ty == "!":
        return "!"
    if ty.startswith("fn("):
        end = close(ty, 2)
        params = ", ".join(rust(part, var) for part in split(ty[3:end]))
        ret = ty[end + 1:].strip().removeprefix("->").strip()
        call = f"Fn({params})" + ("" if ret in ("", "none") else f" -> {rust(ret, var)}")
        return f"std::rc::Rc<dyn {call}>" if stored else f"impl {call} + 'static"
    if ty.startswith("("):
        parts = [rust(part, var) for part in split(ty[1:-1])]
        return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
    if "<" in ty:
        at = ty.index("<")
        name, args = ty[:at], [rust(part, var) for part in split(ty[at + 1:-1])]
        if name == "iter":
            item = args[0]
            return f"Box<dyn Iterator<Item = {item}>>" if stored else f"impl Iterator<Item = {item}> + 'static"
        return f"{GENERIC.get(name) or 'rt::' + camel(name)}<{', '.join(args)}>"
    return PLAIN.get(ty) or "rt::" + camel(ty)


def camel(name):
    return "".join(part[:1].upper() + part[1:] for part in name.split(".")[-1].split("_"))


def function(number, row, var):
    """The Rust function of one row, on one line."""
    sig = row["sig"]
    end = close(sig, 0)
    ret = sig[end + 1:].strip().removeprefix("->").strip()
    params, args, named = [], [], {}
    for part in split(sig[1:end]):
        if part == "*":
            continue
        part = part.split(" = ")[0].strip()
        key = re.match(r"([A-Za-z_]\w*)\s*:\s*(.*)", part)
        if key:
            part = key[2]
        count = 2 if part.startswith("*") else 1
        if part.startswith("*iter<"):
            part = "*list<" + part[len("*iter<"):]
        for _ in range(count):
            name = f"a{len(args)}"
            text = rust(part.lstrip("*"), var, stored=False)
            params.append(f"{name}: {text}")
            if key:
                named[key[1]] = name
            args.append(name)
    spelling = row["rust"]
    used = {int(n) for n in re.findall(r"\{(\d+)\}", spelling)}
    spelled = {arg for key, arg in named.items() if "{" + key + "}" in spelling}
    rest = ", ".join(arg for at, arg in enumerate(args) if at not in used and arg not in spelled)
    call = re.sub(r"\{(\d+)\}", lambda m: f"({args[int(m[1])]})" if int(m[1]) < len(args) else "MISSING", spelling)
    call = call.replace("{*}", rest)
    for key, name in named.items():
        call = call.replace("{" + key + "}", name)
    call = call.replace("{R}", rust(ret, var))
    if row.get("fallible"):
        call = f"({call}).or_raise()"
    if ret in ("none", "!"):
        body = f"{call};"
    elif ret.startswith("iter<"):
        body = f"is_iter::<{rust(ret[5:-1], var)}>({call});"
    else:
        ty = "&str" if row.get("const") and call.startswith('"') else rust(ret, var)
        body = f"let _: {ty} = {call};"
    uses = "".join(f"use {path.replace('batuta_rt', 'rt')}; " for path in listed(row.get("use")))
    return f"fn f{number}({', '.join('mut ' + param for param in params)}) {{ {uses}{body} }}"


def listed(value):
    return [] if value is None else [value] if isinstance(value, str) else value


def rows(words):
    for path in sorted((ROOT / "ir/catalog/python").glob("*.toml")):
        data = tomllib.loads(path.read_text())
        for row in data.get("fn", []):
            if "rust" in row and all(word in row["name"] for word in words):
                yield row["name"] + row["sig"], row
        for row in data.get("const", []):
            if all(word in row["name"] for word in words):
                yield row["name"], {"sig": "() -> " + row["type"], "rust": row["rust"], "const": True}


HEAD = """#![allow(unused, clippy::all)]
use batuta_rt as rt;
use batuta_rt::prelude::*;
fn is_iter<T>(_: impl Iterator<Item = T>) {}
"""


def check(functions):
    """The first error of each function that does not compile."""
    (CRATE / "src").mkdir(parents=True, exist_ok=True)
    (CRATE / "Cargo.toml").write_text(
        '[package]\nname = "rows"\nedition = "2024"\n[dependencies]\n'
        f'batuta-rt = {{ path = "{ROOT / "runtime/rt"}" }}\n[workspace]\n')
    (CRATE / "Cargo.lock").write_text((ROOT / "Cargo.lock").read_text())
    first = HEAD.count("\n") + 1
    (CRATE / "src/lib.rs").write_text(HEAD + "\n".join(text for _, text in functions) + "\n")
    command = ["cargo", "check", "--offline", "-q", "-j2", "--message-format=json", "--target-dir", str(CRATE / "target")]
    done = subprocess.run(command, cwd=CRATE, capture_output=True, text=True)
    errors = {}
    for line in done.stdout.splitlines():
        message = json.loads(line).get("message") or {}
        if message.get("level") != "error":
            continue
        for span in message["spans"]:
            if span["is_primary"] and span["file_name"] == "src/lib.rs" and span["line_start"] >= first:
                errors.setdefault(span["line_start"] - first, message["message"].split("\n")[0])
    if done.returncode and not errors:
        sys.exit(done.stderr)
    return errors


def main():
    functions = []
    for name, row in rows(sys.argv[1:]):
        variables = ["i64", "String"] if "'" in row["sig"] else ["i64"]
        for var in variables:
            label = f"{name} [{var}]" if len(variables) > 1 else name
            functions.append((label, function(len(functions), row, var)))
    total, failed = len(functions), {}
    while errors := check(functions):
        failed |= {functions[at]: message for at, message in errors.items()}
        functions = [entry for at, entry in enumerate(functions) if at not in errors]
    known = set(KNOWN.read_text().splitlines()) if KNOWN.exists() else set()
    for (label, text), message in failed.items():
        mark = "known" if label in known else "FAILED"
        print(f"{mark} {label}\n    {message}\n    {text}")
    fixed = [] if sys.argv[1:] else sorted(known - {label for label, _ in failed})
    for label in fixed:
        print(f"COMPILES, take it out of {KNOWN.name}: {label}")
    new = [label for label, _ in failed if label not in known]
    print(f"{total - len(failed)} of {total} spellings compile, {len(new)} fail that are not known to")
    sys.exit(1 if new or fixed or total == 0 else 0)


if __name__ == "__main__":
    main()
