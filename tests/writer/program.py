"""A whole program: classes, functions, and a `main` that calls them."""

from .base import TYPES
from .shapes import Shapes

PARTS = ["record", "family", "number", "error_class", "generator", "generator", "recursive", "library", "library", "datas", "enumeration", "manager"]
IMPORTS = ["bisect", "collections", "functools", "heapq", "itertools", "json", "math", "re"]


class Program(Shapes):
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

    def text(self):
        parts = [self.random.choice(PARTS) for _ in range(self.random.randint(0, 2))]
        for _ in range(self.random.randint(1, 3)):
            self.function()
        uses = [line for part in parts for line in getattr(self, part)()]
        self.add(0, "def main():")
        for name, params, result in self.functions:
            for _ in range(2):
                self.add(1, "try:")
                self.add(2, f"print({name}({', '.join(self.literal(t) for t in params)}))")
                self.add(1, "except (IndexError, KeyError, ZeroDivisionError, ValueError, OverflowError) as err:")
                self.add(2, "print(type(err).__name__, err)")
        for line in uses:
            self.add(1, line)
        self.lines += ["", "", "main()"]
        body = "\n".join(self.lines) + "\n"
        head = "".join(f"import {name}\n" for name in IMPORTS if f"{name}." in body)
        if "@dataclass" in body:
            names = ["dataclass"] + ["field"] * ("field(" in body) + ["replace"] * ("replace(p" in body)
            head += f"from dataclasses import {', '.join(names)}\n"
        if "(Enum)" in body:
            head += "from enum import Enum\n"
        return (head + "\n\n" if head else "") + body
