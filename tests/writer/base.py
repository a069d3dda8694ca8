"""What every part of the writer uses: chance, names, literals, lines."""

import random

TYPES = [
    "int", "int", "int", "float", "str", "str", "bool", "list[int]", "list[int]", "list[str]", "list[float]",
    "list[list[int]]", "dict[str, int]", "dict[int, str]", "dict[str, list[int]]", "tuple[int, str]", "set[int]",
    "int | None", "int | str",
]
WORDS = ["ab", "kiwi", "x", "", "Fig tree", "zz9", "a,b", "mango", "Éa", "x-y", "12", " pad "]
# Names that mean something in Rust, or stand for a builtin elsewhere.
NAMES = [
    "fn", "loop", "move", "ref", "mod", "type", "impl", "let", "mut", "struct", "where", "box", "vec", "string",
    "value", "item", "result", "count", "total", "out", "data", "key", "index", "text", "left", "rt", "main_",
    "dyn", "use", "pub", "trait", "enum", "err", "match", "case", "i", "x", "y", "n", "acc", "self_", "Some", "Vec",
]


class Base:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        # (name, parameter types, result type)
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

    def local(self, scope):
        """A name for a new local: at times one that Rust reserves."""
        name = self.pick(*NAMES) if self.chance(0.4) else self.fresh("v")
        return name if name not in scope and all(name != f[0] for f in self.functions) else self.fresh("v")

    def add(self, depth, text):
        for line in text.split("\n"):
            self.lines.append("    " * depth + line if line else "")

    def note(self, ty):
        return f": {ty}" if self.typed else ""

    def literal(self, ty):
        r = self.random
        many = lambda item, least, most: ", ".join(self.literal(item) for _ in range(r.randint(least, most)))
        if ty == "int":
            return str(r.choice([0, 1, 2, 3, 5, 7, 10, 42, -1, -4, 100, -13]))
        if ty == "float":
            return r.choice(["0.5", "1.25", "-2.0", "3.75", "10.0", "0.1", "-0.0", "1e6", "2.5"])
        if ty == "str":
            return repr(r.choice(WORDS))
        if ty == "bool":
            return r.choice(["True", "False"])
        if ty == "int | None":
            return r.choice(["None", self.literal("int")])
        if ty == "int | str":
            return self.literal(r.choice(["int", "str"]))
        if ty == "list[list[int]]":
            return "[" + ", ".join(self.literal("list[int]") for _ in range(r.randint(1, 3))) + "]"
        if ty.startswith("list["):
            return "[" + many(ty[5:-1], 1, 5) + "]"
        if ty == "set[int]":
            return "{" + many("int", 1, 5) + "}"
        if ty == "dict[int, str]":
            return "{" + ", ".join(f"{key}: {self.literal('str')}" for key in r.sample([0, 1, 2, 3, 7, -1], r.randint(1, 4))) + "}"
        if ty.startswith("dict[str, "):
            value = ty[len("dict[str, "):-1]
            keys = r.sample(WORDS, r.randint(1, 4))
            return "{" + ", ".join(f"{key!r}: {self.literal(value)}" for key in keys) + "}"
        if ty.startswith("tuple["):
            return "(" + ", ".join(self.literal(part) for part in ty[6:-1].split(", ")) + ")"
        raise ValueError(ty)

    def shown(self, ty, text):
        """An expression whose printed form does not depend on the hash seed."""
        return text

    def bounded(self, ty, text):
        """Keeps ints and texts small, so that loops around them do not grow without end."""
        return {
            "int": f"{text} % 1000",
            "str": f"({text})[:20]",
            "list[int]": f"({text})[:8]",
            "list[str]": f"({text})[:6]",
            "list[float]": f"({text})[:6]",
            "list[list[int]]": f"({text})[:4]",
        }.get(ty, text)
