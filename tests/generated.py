#!/usr/bin/env python3
"""Random Python programs, translated and compared with CPython: what is accepted must compile and print the same.

    tests/generated.py                     # 40 programs from a new seed, which is printed
    tests/generated.py --seed 7 --count 500
    tests/generated.py --seed 7 --show 3   # prints program 3 of that seed

A program is a few functions (typed or not, as it falls), at times a class, and calls of them with literal
arguments, each under a handler that prints the error. Loops end, numbers stay small, nothing depends on
the hash seed. A program that is refused with an error counts as refused, never as right.
"""
import argparse
import concurrent.futures
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import quick

TYPES = ["int", "int", "int", "float", "str", "bool", "list[int]", "list[int]", "list[str]", "dict[str, int]", "tuple[int, str]"]
WORDS = ["ab", "kiwi", "x", "", "Fig tree", "zz9", "a,b", "mango"]


class Writer:
    """Writes one program; `vars` are the names in scope with their types."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.functions = []
        self.counter = 0
        self.typed = self.random.random() < 0.5

    def pick(self, *options):
        return self.random.choice(options)

    def chance(self, p):
        return self.random.random() < p

    def fresh(self, stem):
        self.counter += 1
        return f"{stem}{self.counter}"

    # ---- expressions -------------------------------------------------------------------------

    def literal(self, ty):
        r = self.random
        if ty == "int":
            return str(r.choice([0, 1, 2, 3, 5, 7, 10, 42, -1, -4, 100]))
        if ty == "float":
            return r.choice(["0.5", "1.25", "-2.0", "3.75", "10.0", "0.1"])
        if ty == "str":
            return repr(r.choice(WORDS))
        if ty == "bool":
            return r.choice(["True", "False"])
        if ty == "list[int]":
            return "[" + ", ".join(self.literal("int") for _ in range(r.randint(1, 5))) + "]"
        if ty == "list[str]":
            return "[" + ", ".join(self.literal("str") for _ in range(r.randint(1, 4))) + "]"
        if ty == "dict[str, int]":
            keys = r.sample(WORDS, r.randint(1, 4))
            return "{" + ", ".join(f"{key!r}: {self.literal('int')}" for key in keys) + "}"
        return f"({self.literal('int')}, {self.literal('str')})"

    def expr(self, ty, scope, depth=2):
        names = [name for name, known in scope.items() if known == ty]
        if depth <= 0 or self.chance(0.15):
            return self.random.choice(names) if names and self.chance(0.8) else self.literal(ty)
        if names and self.chance(0.25):
            return self.random.choice(names)
        sub = lambda t: self.expr(t, scope, depth - 1)
        calls = [f for f in self.functions if f[2] == ty]
        if calls and self.chance(0.15):
            name, params, _ = self.random.choice(calls)
            return f"{name}({', '.join(sub(t) for t in params)})"
        return getattr(self, "expr_" + ("strs" if ty == "list[str]" else ty.split("[")[0]))(sub, scope)

    def expr_int(self, sub, scope):
        return self.pick(
            lambda: f"({sub('int')} {self.pick('+', '-', '+', '-', '*')} {sub('int')})",
            lambda: f"({sub('int')} {self.pick('//', '%')} {self.pick('2', '3', '7', sub('int'))})",
            lambda: f"({sub('int')} {self.pick('&', '|', '^')} {sub('int')})",
            lambda: f"len({sub(self.pick('str', 'list[int]', 'list[str]', 'dict[str, int]'))})",
            lambda: f"{sub('list[int]')}[{self.pick('0', '-1', '1', sub('int'))}]",
            lambda: f"{sub('dict[str, int]')}.get({sub('str')}, {self.literal('int')})",
            lambda: f"{sub('dict[str, int]')}[{sub('str')}]",
            lambda: f"sum({sub('list[int]')})",
            lambda: f"{self.pick('max', 'min')}({sub('int')}, {sub('int')})",
            lambda: f"{self.pick('max', 'min')}({sub('list[int]')})",
            lambda: f"({sub('int')} if {sub('bool')} else {sub('int')})",
            lambda: f"abs({sub('int')})",
            lambda: f"int({sub('float')})",
            lambda: f"{sub('str')}.{self.pick('count', 'find')}({self.pick(*map(repr, 'ai,'))})",
            lambda: f"{sub('tuple[int, str]')}[0]",
            lambda: f"sum({self.element('int')} for v in {sub('list[int]')} if {self.condition('v')})",
        )()

    def expr_float(self, sub, scope):
        return self.pick(
            lambda: f"({sub('float')} {self.pick('+', '-', '*')} {sub('float')})",
            lambda: f"({sub('float')} / {self.pick('2', '4.0', sub('int'))})",
            lambda: f"({sub('int')} / {self.pick('2', '8', sub('int'))})",
            lambda: f"({sub('int')} * {sub('float')})",
            lambda: f"round({sub('float')}, 2)",
            lambda: f"float({sub('int')})",
            lambda: f"abs({sub('float')})",
            lambda: f"({sub('float')} if {sub('bool')} else {sub('float')})",
        )()

    def expr_str(self, sub, scope):
        return self.pick(
            lambda: f"({sub('str')} + {sub('str')})",
            lambda: f"({sub('str')} * {self.pick('2', '3', '0')})",
            lambda: f"{sub('str')}.{self.pick('upper', 'lower', 'strip', 'title', 'swapcase')}()",
            lambda: f"{sub('str')}[{self.pick('1:', ':2', '::-1', ':-1', '1:3')}]",
            lambda: f"{sub('str')}[{self.pick('0', '-1', '1')}]",
            lambda: f"{sub('str')}.replace({self.pick(*map(repr, 'aix'))}, {sub('str')})",
            lambda: f"str({sub(self.pick('int', 'float', 'bool', 'list[int]', 'tuple[int, str]'))})",
            lambda: 'f"' + "{" + self.pick(*list(scope) or ["1"]) + self.pick("", "", "!r") + '}-"',
            lambda: f"{self.pick(*map(repr, ['-', ', ', '']))}.join({sub('list[str]')})",
            lambda: f"{sub('tuple[int, str]')}[1]",
            lambda: f"({sub('str')} or {sub('str')})",
        )()

    def expr_bool(self, sub, scope):
        return self.pick(
            lambda: f"({sub('int')} {self.pick('<', '<=', '>', '>=', '==', '!=')} {sub('int')})",
            lambda: f"({sub('str')} {self.pick('<', '==', '!=', 'in', 'not in')} {sub('str')})",
            lambda: f"({sub('int')} in {sub('list[int]')})",
            lambda: f"({sub('str')} in {sub('dict[str, int]')})",
            lambda: f"({sub('bool')} {self.pick('and', 'or')} {sub('bool')})",
            lambda: f"(not {sub('bool')})",
            lambda: f"({sub('int')} < {sub('int')} <= {sub('int')})",
            lambda: f"({sub('list[int]')} {self.pick('==', '<')} {sub('list[int]')})",
            lambda: f"{sub('str')}.{self.pick('isdigit', 'isalpha', 'isupper')}()",
            lambda: f"{self.pick('any', 'all')}({self.condition('v')} for v in {sub('list[int]')})",
        )()

    def expr_list(self, sub, scope):
        return self.pick(
            lambda: f"[{self.element('int')} for v in {sub('list[int]')} if {self.condition('v')}]",
            lambda: f"[v * w for v in {sub('list[int]')} for w in range({self.pick('2', '3')})]",
            lambda: f"sorted({sub('list[int]')}{self.pick('', ', reverse=True', ', key=lambda v: -v', ', key=lambda v: (v % 3, v)')})",
            lambda: f"({sub('list[int]')} + {sub('list[int]')})",
            lambda: f"{sub('list[int]')}[{self.pick('1:', ':2', '::-1', '::2', '-2:')}]",
            lambda: f"list(range({self.pick('4', '1, 5', '6, 0, -2')}))",
            lambda: f"[{sub('int')}, {sub('int')}]",
            lambda: f"list({sub('dict[str, int]')}.values())",
            lambda: f"[len(v) for v in {sub('list[str]')}]",
            lambda: f"[a - b for a, b in zip({sub('list[int]')}, {sub('list[int]')})]",
        )()

    def expr_strs(self, sub, scope):
        return self.pick(
            lambda: f"{sub('str')}.split({self.pick('', repr(','), repr('a'))})",
            lambda: f"sorted({sub('list[str]')}{self.pick('', ', key=len', ', reverse=True')})",
            lambda: f"[v.upper() for v in {sub('list[str]')} if len(v) > 1]",
            lambda: f"list({self.literal('dict[str, int]')})",
            lambda: f"[{sub('str')}, {sub('str')}]",
            lambda: f"{sub('list[str]')}[{self.pick('1:', '::-1', ':2')}]",
        )()

    def expr_dict(self, sub, scope):
        return self.pick(
            lambda: "{" + f"v: len(v) for v in {sub('list[str]')}" + "}",
            lambda: "{" + f"{sub('str')}: {sub('int')}, 'k': {sub('int')}" + "}",
            lambda: "{" + f"k: v + 1 for k, v in {sub('dict[str, int]')}.items()" + "}",
        )()

    def expr_tuple(self, sub, scope):
        return f"({sub('int')}, {sub('str')})"

    def element(self, _):
        return self.pick("v", "v + 1", "v * v", "-v", "v % 5", "abs(v)")

    def condition(self, name):
        return self.pick(f"{name} > 1", f"{name} % 2 == 0", f"{name} != 3", f"0 <= {name} < 50")

    # ---- statements --------------------------------------------------------------------------

    def add(self, depth, text):
        self.lines.append("    " * depth + text)

    def assign(self, depth, scope):
        ty = self.pick(*TYPES)
        if self.chance(0.4) and ty in scope.values():
            name = self.pick(*[n for n, t in scope.items() if t == ty])
        else:
            name = self.fresh("v")
        value = self.bounded(ty, self.expr(ty, scope))
        note = f": {ty}" if self.typed and name not in scope and self.chance(0.3) else ""
        self.add(depth, f"{name}{note} = {value}")
        scope[name] = ty

    def bounded(self, ty, text):
        """Keeps ints and texts small, so that loops around them do not grow without end."""
        return {"int": f"{text} % 1000", "str": f"({text})[:20]", "list[int]": f"({text})[:8]"}.get(ty, text)

    def block(self, depth, scope, size, inside_loop=False):
        for _ in range(size):
            kind = self.pick("assign", "assign", "assign", "if", "for", "while", "mutate", "mutate", "update", "print", "try")
            if depth > 3 and kind in ("if", "for", "while", "try"):
                kind = "assign"
            getattr(self, "do_" + kind)(depth, scope)
        if inside_loop and self.chance(0.2):
            self.add(depth, f"if {self.expr('bool', scope, 1)}:")
            self.add(depth + 1, self.pick("break", "continue"))

    def do_assign(self, depth, scope):
        self.assign(depth, scope)

    def do_print(self, depth, scope):
        ty = self.pick(*TYPES)
        self.add(depth, f"print({self.expr(ty, scope)}, {self.expr(self.pick(*TYPES), scope, 1)})")

    def do_update(self, depth, scope):
        for name, ty in self.random.sample(list(scope.items()), len(scope)):
            if ty == "int":
                return self.add(depth, f"{name} {self.pick('+=', '-=')} {self.expr('int', scope, 1)} % 100")
            if ty == "float":
                return self.add(depth, f"{name} {self.pick('+=', '-=')} {self.expr('float', scope, 1)}")
            if ty == "str":
                return self.add(depth, f"{name} += {self.literal('str')}")
        self.assign(depth, scope)

    def do_mutate(self, depth, scope):
        for name, ty in self.random.sample(list(scope.items()), len(scope)):
            if ty == "list[int]":
                value = self.expr("int", scope, 1)
                return self.add(depth, self.pick(
                    f"{name}.append({value})", f"{name}.insert(0, {value})", f"{name}[-1] = {value}",
                    f"{name}[0] += 1", f"{name}.sort()", f"{name}.reverse()", f"{name} = {name}[:6]",
                    f"{name}.pop()", f"{name}.extend([1, 2])", f"{name}[:1] = [{value}]"))
            if ty == "list[str]":
                value = self.expr("str", scope, 1)
                return self.add(depth, self.pick(f"{name}.append({value})", f"{name}[0] = {value}", f"{name}.sort(key=len)"))
            if ty == "dict[str, int]":
                key, value = self.expr("str", scope, 1), self.expr("int", scope, 1)
                return self.add(depth, self.pick(
                    f"{name}[{key}] = {value}", f"{name}[{key}] = {name}.get({key}, 0) + 1", f"{name}.pop({key}, None)",
                    f"{name}.setdefault({key}, {value})", f"{name}.update({{'u': {value}}})"))
        self.assign(depth, scope)

    def do_if(self, depth, scope):
        self.add(depth, f"if {self.expr('bool', scope)}:")
        self.block(depth + 1, dict(scope), self.random.randint(1, 2))
        if self.chance(0.4):
            self.add(depth, f"elif {self.expr('bool', scope)}:")
            self.block(depth + 1, dict(scope), 1)
        if self.chance(0.5):
            self.add(depth, "else:")
            self.block(depth + 1, dict(scope), 1)

    def do_for(self, depth, scope):
        inner = dict(scope)
        kind = self.pick("range", "list", "enumerate", "items", "chars", "pairs")
        name, other = self.fresh("i"), self.fresh("e")
        if kind == "range":
            self.add(depth, f"for {name} in range({self.pick('3', '1, 4', '5, 0, -2')}):")
            inner[name] = "int"
        elif kind == "list":
            self.add(depth, f"for {name} in {self.literal('list[int]')}:")
            inner[name] = "int"
        elif kind == "enumerate":
            self.add(depth, f"for {name}, {other} in enumerate({self.literal('list[str]')}):")
            inner.update({name: "int", other: "str"})
        elif kind == "items":
            self.add(depth, f"for {name}, {other} in {self.literal('dict[str, int]')}.items():")
            inner.update({name: "str", other: "int"})
        elif kind == "chars":
            self.add(depth, f"for {name} in {self.literal('str')}:")
            inner[name] = "str"
        else:
            self.add(depth, f"for {name}, {other} in zip({self.literal('list[int]')}, {self.literal('list[str]')}):")
            inner.update({name: "int", other: "str"})
        self.block(depth + 1, inner, self.random.randint(1, 3), inside_loop=True)

    def do_while(self, depth, scope):
        name = self.fresh("n")
        self.add(depth, f"{name} = {self.pick('3', '5')}")
        self.add(depth, f"while {name} > 0:")
        self.add(depth + 1, f"{name} -= 1")
        self.block(depth + 1, dict(scope), self.random.randint(1, 2))
        scope[name] = "int"

    def do_try(self, depth, scope):
        self.add(depth, "try:")
        self.block(depth + 1, dict(scope), self.random.randint(1, 2))
        self.add(depth, f"except {self.pick('(IndexError, KeyError)', 'ZeroDivisionError', 'ValueError', 'Exception')} as err:")
        self.add(depth + 1, f"print({self.pick('type(err).__name__', 'err', '1')})")
        if self.chance(0.3):
            self.add(depth, "finally:")
            self.add(depth + 1, "print('finally')")

    # ---- the program -------------------------------------------------------------------------

    def function(self):
        name = self.fresh("f")
        params = [self.pick(*TYPES) for _ in range(self.random.randint(1, 3))]
        result = self.pick(*TYPES)
        names = [f"p{i}" for i in range(len(params))]
        if self.typed:
            text = ", ".join(f"{n}: {t}" for n, t in zip(names, params))
            self.add(0, f"def {name}({text}) -> {result}:")
        else:
            self.add(0, f"def {name}({', '.join(names)}):")
        scope = dict(zip(names, params))
        self.block(1, scope, self.random.randint(2, 5))
        self.add(1, f"return {self.bounded(result, self.expr(result, scope))}")
        self.lines += ["", ""]
        self.functions.append((name, params, result))

    def record(self):
        """A class with two fields, a method that changes one and a method that reads."""
        first, second = self.pick("int", "list[int]", "str"), self.pick("int", "dict[str, int]", "float")
        self.add(0, "class Record:")
        notes = (f": {first}", f": {second}") if self.typed else ("", "")
        self.add(1, f"def __init__(self, a{notes[0]}, b{notes[1]}):")
        self.add(2, "self.a = a")
        self.add(2, "self.b = b")
        self.add(2, "self.calls = 0")
        self.add(0, "")
        self.add(1, "def touch(self, p):")
        self.add(2, "self.calls += 1")
        change = {"int": "self.a = (self.a + p) % 1000", "list[int]": "self.a.append(p)", "str": "self.a += str(p)"}[first]
        self.add(2, change)
        self.add(2, "return self")
        self.add(0, "")
        self.add(1, "def __str__(self):")
        self.add(2, 'return f"Record({self.a}, {self.b}, {self.calls})"')
        self.lines += ["", ""]
        return first, second

    def program(self):
        record = self.record() if self.chance(0.4) else None
        for _ in range(self.random.randint(2, 4)):
            self.function()
        self.add(0, "def main():")
        for name, params, result in self.functions:
            for _ in range(2):
                self.add(1, "try:")
                self.add(2, f"print({name}({', '.join(self.literal(t) for t in params)}))")
                self.add(1, "except (IndexError, KeyError, ZeroDivisionError, ValueError) as err:")
                self.add(2, "print(type(err).__name__, err)")
        if record:
            self.add(1, f"r = Record({self.literal(record[0])}, {self.literal(record[1])})")
            self.add(1, "s = r")
            self.add(1, "r.touch(4).touch(5)")
            self.add(1, "print(s, r is s, s.calls)")
        self.lines += ["", "", "main()"]
        return "\n".join(self.lines) + "\n"


class Batch:
    """Many programs as modules of one crate: linked once. A module that rustc refuses is left out."""

    def __init__(self, out, programs):
        self.folder, self.programs, self.errors = out / "batch", programs, {}
        self.by_name = {program.name: program for program in programs}

    def build(self, jobs):
        self.write_manifest()
        while True:
            good = [program for program in self.programs if program.name not in self.errors]
            self.write_main(good)
            command = ["cargo", "build", "-q", "-j", jobs, "--message-format=json"]
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
            binary = None
            known = len(self.errors)
            for line in done.stdout.splitlines():
                message = json.loads(line)
                if message["reason"] == "compiler-artifact":
                    binary = message.get("executable") or binary
                elif message["reason"] == "compiler-message" and message["message"]["level"] == "error":
                    self.note(message["message"])
            if done.returncode == 0:
                for program in good:
                    program.binary, program.command = binary, [binary, program.name]
                return
            if len(self.errors) == known:
                sys.exit("the batch does not build:\n" + done.stderr + done.stdout[-2000:])

    def note(self, message):
        for span in message["spans"]:
            name = Path(span["file_name"]).parts[0]
            if name in self.by_name:
                self.errors.setdefault(name, []).append(message["rendered"])
                self.by_name[name].detail += message["rendered"]
                return

    def write_manifest(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "Cargo.toml").write_text(
            '[package]\nname = "batch"\nversion = "0.1.0"\nedition = "2024"\n\n[workspace]\n\n'
            f'[[bin]]\nname = "batch"\npath = "main.rs"\n\n[dependencies]\n'
            f'batuta-rt = {{ path = "{quick.ROOT}/runtime/rt" }}\n\n'
            "[profile.dev]\ndebug = 0\noverflow-checks = true\nincremental = true\n\n"
            '[profile.dev.package."*"]\nopt-level = 1\n'
        )
        if not (self.folder / "Cargo.lock").exists():
            shutil.copy(quick.ROOT / "Cargo.lock", self.folder / "Cargo.lock")

    def write_main(self, good):
        mods, arms = "", ""
        for program in good:
            folder = self.folder / program.name
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(program.folder, folder)
            source = folder / "src/main.rs"
            source.write_text(re.sub(r"(?m)^fn main\(\)", "pub fn main()", source.read_text()))
            mods += f'#[path = "{program.name}/src/main.rs"]\nmod {program.name};\n'
            arms += f'        Some("{program.name}") => {program.name}::main(),\n'
        (self.folder / "main.rs").write_text(
            "#![allow(warnings)]\n"
            + mods
            + "\nfn main() {\n    match std::env::args().nth(1).as_deref() {\n"
            + arms
            + '        _ => panic!("no such program"),\n    }\n}\n'
        )


def check(programs, out, jobs, size):
    """Translates, compiles and runs the programs; those that were accepted."""
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        accepted = list(pool.map(lambda program: program.transpile(out), programs))
    good = [program for program, ok in zip(programs, accepted) if ok]
    for start in range(0, len(good), size):
        batch = good[start : start + size]
        Batch(out, batch).build(jobs)
        for program in batch:
            if program.binary:
                program.run(20)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--show", type=int)
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("-j", "--jobs", default="2")
    parser.add_argument("--batch", type=int, default=50, help="programs in one crate")
    args = parser.parse_args()
    source = lambda number: Writer(args.seed * 100_003 + number).program()
    if args.show is not None:
        print(source(args.show), end="")
        return
    print(f"seed {args.seed}", flush=True)
    if not args.no_build:
        quick.build_batutac(args.jobs)
    out = quick.ROOT / "target" / "generated"
    out.mkdir(parents=True, exist_ok=True)
    programs = []
    for number in range(args.count):
        path = out / f"gen_{number:03}.py"
        path.write_text(source(number))
        done = subprocess.run([sys.executable, path], capture_output=True, timeout=60)
        if done.returncode == 0:
            path.with_suffix(".out").write_bytes(done.stdout)
            programs.append(quick.Program(path))
    good = check(programs, out, args.jobs, args.batch)
    wrong = [program for program in good if program.stage != "same"]
    refused = [program for program in programs if program not in good]
    for program in wrong + refused:
        print(f"{program.name}: {program.stage}")
        if args.verbose:
            print(program.detail[:3000])
    refused = f", {len(refused)} refused" if refused else ""
    print(f"generated: {len(programs)} programs{refused}, {len(good) - len(wrong)} same output, {len(wrong)} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
