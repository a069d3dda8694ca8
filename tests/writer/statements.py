"""Statements and blocks."""

from .base import TYPES
from .expressions import Expressions

ERRORS = ["(IndexError, KeyError)", "ZeroDivisionError", "ValueError", "Exception", "LookupError", "(ValueError, TypeError)"]


class Statements(Expressions):
    def assign(self, depth, scope):
        ty = self.pick(*TYPES)
        if self.chance(0.3) and ty in scope.values():
            name = self.pick(*[n for n, t in scope.items() if t == ty])
        else:
            name = self.local(scope)
        value = self.bounded(ty, self.expr(ty, scope))
        note = f": {ty}" if self.typed and name not in scope and self.chance(0.3) else ""
        self.add(depth, f"{name}{note} = {value}")
        scope[name] = ty

    def block(self, depth, scope, size, inside_loop=False):
        for _ in range(size):
            kind = self.pick(
                "assign", "assign", "assign", "if", "for", "for", "while", "mutate", "mutate", "mutate", "update", "print",
                "print", "try", "unpack", "narrow", "match", "closure", "listloop", "delete", "walrus",
            )
            if depth > 3 and kind in ("if", "for", "while", "try", "match", "closure", "listloop"):
                kind = "assign"
            getattr(self, "do_" + kind)(depth, scope)
        if inside_loop and self.chance(0.2):
            self.add(depth, f"if {self.expr('bool', scope, 1)}:")
            self.add(depth + 1, self.pick("break", "continue"))

    def do_assign(self, depth, scope):
        self.assign(depth, scope)

    def do_print(self, depth, scope):
        end = self.pick("", "", "", ", sep='|'", ", end=' '")
        self.add(depth, f"print({self.any_expr(scope)}, {self.any_expr(scope, 1)}{end})")

    def do_update(self, depth, scope):
        for name, ty in self.random.sample(list(scope.items()), len(scope)):
            if ty == "int":
                return self.add(depth, f"{name} {self.pick('+=', '-=')} {self.expr('int', scope, 1)} % 100")
            if ty == "float":
                return self.add(depth, f"{name} {self.pick('+=', '-=', '/=')} {self.expr('float', scope, 1)}")
            if ty == "str":
                return self.add(depth, f"{name} += {self.literal('str')}")
            if ty == "set[int]":
                return self.add(depth, f"{name} {self.pick('|=', '-=', '&=')} {self.expr('set[int]', scope, 1)}")
        self.assign(depth, scope)

    def do_mutate(self, depth, scope):
        for name, ty in self.random.sample(list(scope.items()), len(scope)):
            sub = lambda t: self.expr(t, scope, 1)
            options = self.mutations(name, ty, sub)
            if options:
                return self.add(depth, self.pick(*options))
        self.assign(depth, scope)

    def mutations(self, name, ty, sub):
        if ty == "list[int]":
            value = sub("int")
            return [
                f"{name}.append({value})", f"{name}.insert({self.pick('0', '1', '-1')}, {value})", f"{name}[-1] = {value}",
                f"{name}[0] += 1", f"{name}.sort()", f"{name}.sort(reverse=True)", f"{name}.reverse()", f"{name} = {name}[:6]",
                f"{name}.pop()", f"{name}.pop(0)", f"{name}.extend({sub('list[int]')})", f"{name}[:1] = [{value}]",
                f"{name} += [{value}]", f"{name}[1:3] = {sub('list[int]')}", f"{name}.remove({value})", f"{name}.clear()",
                f"{name}[0], {name}[-1] = {name}[-1], {name}[0]", f"{name}[{sub('int')}] = {value}",
            ]
        if ty == "list[str]":
            value = sub("str")
            return [f"{name}.append({value})", f"{name}[0] = {value}", f"{name}.sort(key=len)", f"{name}.extend({value})"]
        if ty == "list[list[int]]":
            return [
                f"{name}.append({sub('list[int]')})", f"{name}[0].append({sub('int')})", f"{name}[-1][0] = {sub('int')}",
                f"{name}[0] = {name}[-1]", f"for row in {name}:\n    row.append({sub('int')})",
            ]
        if ty == "dict[str, int]":
            key, value = sub("str"), sub("int")
            return [
                f"{name}[{key}] = {value}", f"{name}[{key}] = {name}.get({key}, 0) + 1", f"{name}.pop({key}, None)",
                f"{name}.setdefault({key}, {value})", f"{name}.update({{'u': {value}}})", f"{name}.update(u={value})",
                f"{name}[{key}] += 1", f"del {name}[{key}]", f"print({name}.popitem())",
                f"for k in {name}:\n    {name}[k] += 1", f"for k in list({name}):\n    if {name}[k] > 3:\n        del {name}[k]",
            ]
        if ty == "dict[int, str]":
            return [f"{name}[{sub('int')}] = {sub('str')}", f"{name}.pop({sub('int')}, '')", f"{name}.clear()"]
        if ty == "dict[str, list[int]]":
            key = sub("str")
            return [
                f"{name}.setdefault({key}, []).append({sub('int')})", f"{name}[{key}] = {sub('list[int]')}",
                f"for k, row in {name}.items():\n    row.append(len(k))", f"{name}[{key}].sort()",
            ]
        if ty == "set[int]":
            value = sub("int")
            return [f"{name}.add({value})", f"{name}.discard({value})", f"{name}.update({sub('list[int]')})", f"{name}.remove({value})"]
        return None

    def do_delete(self, depth, scope):
        names = [name for name, ty in scope.items() if ty in ("list[int]", "list[str]")]
        if not names:
            return self.assign(depth, scope)
        name = self.random.choice(names)
        self.add(depth, f"del {name}[{self.pick('0', '-1', '1:', ':1', '::2', '0:2')}]")

    def do_if(self, depth, scope):
        self.add(depth, f"if {self.expr(self.pick('bool', 'bool', 'list[int]', 'str', 'int'), scope)}:")
        self.block(depth + 1, dict(scope), self.random.randint(1, 2))
        if self.chance(0.4):
            self.add(depth, f"elif {self.expr('bool', scope)}:")
            self.block(depth + 1, dict(scope), 1)
        if self.chance(0.5):
            self.add(depth, "else:")
            self.block(depth + 1, dict(scope), 1)

    def do_for(self, depth, scope):
        inner = dict(scope)
        name, other = self.fresh("i"), self.fresh("e")
        sub = lambda t: self.expr(t, scope, 1)
        head, types = self.pick(
            (f"{name} in range({self.pick('3', '1, 4', '5, 0, -2', 'len(' + sub('list[int]') + ')')})", ["int"]),
            (f"{name} in {sub('list[int]')}", ["int"]),
            (f"{name}, {other} in enumerate({sub('list[str]')})", ["int", "str"]),
            (f"{name}, {other} in {sub('dict[str, int]')}.items()", ["str", "int"]),
            (f"{name} in {sub('str')}", ["str"]),
            (f"{name}, {other} in zip({sub('list[int]')}, {sub('list[str]')})", ["int", "str"]),
            (f"{name} in {sub('dict[int, str]')}", ["int"]),
            (f"{name} in sorted({sub('set[int]')})", ["int"]),
            (f"{name} in {sub('set[int]')}", ["int"]),
            (f"{name} in reversed({sub('list[int]')})", ["int"]),
            (f"{name} in {sub('list[list[int]]')}", ["list[int]"]),
            (f"{name}, {other} in {sub('dict[str, list[int]]')}.items()", ["str", "list[int]"]),
            (f"{name} in {sub('list[int]')}[::-1]", ["int"]),
            (f"{name}, {other} in [({sub('int')}, {sub('str')}), (1, 'q')]", ["int", "str"]),
        )
        self.add(depth, f"for {head}:")
        inner.update(zip([name, other], types))
        self.block(depth + 1, inner, self.random.randint(1, 3), inside_loop=True)
        if self.chance(0.15):
            self.add(depth, "else:")
            self.block(depth + 1, dict(scope), 1)

    def do_listloop(self, depth, scope):
        """A loop over a list that its body changes."""
        name, item = self.fresh("xs"), self.fresh("i")
        self.add(depth, f"{name} = {self.bounded('list[int]', self.expr('list[int]', scope, 1))}")
        self.add(depth, f"for {item} in {name}:")
        self.add(depth + 1, self.pick(
            f"if len({name}) < 9:\n    {name}.append({item} + 1)",
            f"if {item} in {name}:\n    {name}.remove({item})",
            f"{name}[-1] = {item}",
            f"if {item} % 2:\n    {name}.pop()",
        ))
        self.add(depth, f"print({name})")
        scope[name] = "list[int]"

    def do_while(self, depth, scope):
        name = self.fresh("n")
        self.add(depth, f"{name} = {self.pick('3', '5')}")
        self.add(depth, f"while {name} > 0:")
        self.add(depth + 1, f"{name} -= 1")
        self.block(depth + 1, dict(scope), self.random.randint(1, 2), inside_loop=True)
        scope[name] = "int"

    def do_try(self, depth, scope):
        self.add(depth, "try:")
        self.block(depth + 1, dict(scope), self.random.randint(1, 2))
        for error in self.random.sample(ERRORS, self.pick(1, 1, 2)):
            self.add(depth, f"except {error} as err:")
            self.add(depth + 1, f"print({self.pick('type(err).__name__', 'err', '1', 'repr(err)')})")
            if error == "Exception":
                break
        if self.chance(0.2):
            self.add(depth, "else:")
            self.add(depth + 1, "print('else')")
        if self.chance(0.3):
            self.add(depth, "finally:")
            self.add(depth + 1, "print('finally')")

    def do_unpack(self, depth, scope):
        a, b, c = self.local(scope), self.fresh("b"), self.fresh("c")
        sub = lambda t: self.expr(t, scope, 1)
        text, types = self.pick(
            (f"{a}, {b} = {sub('int')}, {sub('str')}", {a: "int", b: "str"}),
            (f"{a}, {b} = {sub('tuple[int, str]')}", {a: "int", b: "str"}),
            (f"{a}, *{b} = {sub('list[int]')} or [1]", {a: "int", b: "list[int]"}),
            (f"*{a}, {b} = {sub('list[int]')} + [7]", {a: "list[int]", b: "int"}),
            (f"({a}, {b}), {c} = ({sub('int')}, {sub('int')}), {sub('str')}", {a: "int", b: "int", c: "str"}),
            (f"{a} = {b} = {sub('int')}", {a: "int", b: "int"}),
            (f"{a}, {b} = divmod({sub('int')}, {self.pick('3', '-7', '10')})", {a: "int", b: "int"}),
            (f"{a}, {b} = {sub('str')}, {sub('list[int]')}\n{b}, {a} = {b}[::-1], {a}.upper()", {a: "str", b: "list[int]"}),
        )
        self.add(depth, text)
        for name, ty in types.items():
            if ty == "int":
                self.add(depth, f"{name} %= 1000")
        scope.update(types)

    def do_narrow(self, depth, scope):
        names = [name for name, ty in scope.items() if ty in ("int | None", "int | str")]
        if not names:
            name = self.local(scope)
            ty = self.pick("int | None", "int | str")
            self.add(depth, f"{name} = {self.expr(ty, scope)}")
            scope[name] = ty
        else:
            name = self.random.choice(names)
        if scope[name] == "int | None":
            test = self.pick(f"{name} is not None", f"{name} is not None and {name} > 1", f"{name}")
            self.add(depth, f"if {test}:")
            self.block(depth + 1, {**scope, name: "int"}, 1)
        else:
            self.add(depth, f"if isinstance({name}, int):")
            self.block(depth + 1, {**scope, name: "int"}, 1)
            self.add(depth, "else:")
            self.block(depth + 1, {**scope, name: "str"}, 1)

    def do_match(self, depth, scope):
        name = self.fresh("m")
        kind = self.pick("int", "tuple", "list", "str")
        sub = lambda t: self.expr(t, scope, 1)
        if kind == "int":
            subject, cases = sub("int"), [("0", {}), ("1 | 2 | 3", {}), (f"{name} if {name} > 5", {name: "int"})]
        elif kind == "str":
            subject, cases = sub("str"), [("'ab'", {}), ("'' | 'x'", {}), (f"{name}", {name: "str"})]
        elif kind == "tuple":
            subject, cases = sub("tuple[int, str]"), [("(0, 'x')", {}), (f"({name}, 'ab')", {name: "int"}), (f"(1, {name})", {name: "str"})]
        else:
            subject, cases = sub("list[int]"), [("[]", {}), (f"[{name}]", {name: "int"}), (f"[1, *{name}]", {name: "list[int]"}), (f"[_, {name}, *_]", {name: "int"})]
        self.add(depth, f"match {subject}:")
        for text, bound in cases:
            self.add(depth + 1, f"case {text}:")
            self.block(depth + 2, {**scope, **bound}, 1)
        if not (kind == "str"):
            self.add(depth + 1, "case _:")
            self.add(depth + 2, self.pick("pass", "print('other')"))

    def do_closure(self, depth, scope):
        name = self.fresh("g")
        kept = [known for known, ty in scope.items() if ty == "int"]
        kind = self.pick("plain", "counter", "lambda", "sortkey")
        if kind == "lambda":
            self.add(depth, f"{name} = lambda a, b=2: a * b + {self.random.choice(kept) if kept else 1}")
            self.add(depth, f"print({name}({self.expr('int', scope, 1)}), {name}(1, b={self.literal('int')}))")
        elif kind == "sortkey":
            self.add(depth, f"print(sorted({self.expr('list[int]', scope, 1)}, key=lambda a: (a % {self.pick('2', '3')}, {self.random.choice(kept) if kept else 1} - a)))")
        elif kind == "counter":
            state = self.fresh("state")
            self.add(depth, f"{state} = {self.literal('int')}")
            self.add(depth, f"def {name}(step):\n    nonlocal {state}\n    {state} += step\n    return {state}")
            self.add(depth, f"print({name}(1), {name}({self.expr('int', scope, 1)}), {state})")
        else:
            self.add(depth, f"def {name}(a, *rest, scale=1, **more):")
            self.add(depth + 1, f"return (a + sum(rest)) * scale + len(more) + {self.random.choice(kept) if kept else 2}")
            self.add(depth, self.pick(
                f"print({name}({self.expr('int', scope, 1)}, 2, 3), {name}(1, scale=3, zoom=4))",
                f"print({name}(*[1, 2], scale=3))",
            ))

    def do_walrus(self, depth, scope):
        name = self.local(scope)
        self.add(depth, f"if ({name} := {self.expr('int', scope, 1)}) > {self.literal('int')}:")
        self.add(depth + 1, f"print({name})")
        scope[name] = "int"
