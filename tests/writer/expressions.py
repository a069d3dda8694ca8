"""Expressions of a wanted type."""

from .base import Base, TYPES


class Expressions(Base):
    def expr(self, ty, scope, depth=2):
        names = [name for name, known in scope.items() if known == ty]
        if depth <= 0 or self.chance(0.15):
            return self.random.choice(names) if names and self.chance(0.8) else self.literal(ty)
        if names and self.chance(0.3):
            return self.random.choice(names)
        sub = lambda t: self.expr(t, scope, depth - 1)
        calls = [f for f in self.functions if f[2] == ty]
        if calls and self.chance(0.15):
            name, params, _ = self.random.choice(calls)
            return f"{name}({', '.join(sub(t) for t in params)})"
        kind = {
            "list[str]": "strs", "list[float]": "floats", "list[list[int]]": "rows", "dict[int, str]": "names",
            "dict[str, list[int]]": "groups", "int | None": "maybe", "int | str": "either",
        }.get(ty, ty.split("[")[0])
        return getattr(self, "expr_" + kind)(sub, scope)

    def expr_int(self, sub, scope):
        return self.pick(
            lambda: f"({sub('int')} {self.pick('+', '-', '+', '-', '*')} {sub('int')})",
            lambda: f"({sub('int')} {self.pick('//', '%')} {self.pick('2', '3', '7', '-3', sub('int'))})",
            lambda: f"({sub('int')} {self.pick('&', '|', '^')} {sub('int')})",
            lambda: f"({sub('int')} {self.pick('<<', '>>')} {self.pick('1', '2', '3')})",
            lambda: f"(-{sub('int')})",
            lambda: f"(~{sub('int')})",
            lambda: f"len({sub(self.pick('str', 'list[int]', 'list[str]', 'dict[str, int]', 'set[int]', 'list[list[int]]'))})",
            lambda: f"{sub('list[int]')}[{self.pick('0', '-1', '1', sub('int'))}]",
            lambda: f"{sub('list[list[int]]')}[{self.pick('0', '-1')}][{self.pick('0', '-1')}]",
            lambda: f"{sub('dict[str, int]')}.get({sub('str')}, {self.literal('int')})",
            lambda: f"{sub('dict[str, int]')}[{sub('str')}]",
            lambda: f"sum({sub('list[int]')})",
            lambda: f"{self.pick('max', 'min')}({sub('int')}, {sub('int')})",
            lambda: f"{self.pick('max', 'min')}({sub('list[int]')})",
            lambda: f"{self.pick('max', 'min')}({sub('list[int]')}, {self.pick('default=3', 'key=lambda v: (v % 3, -v)')})",
            lambda: f"({sub('int')} if {sub('bool')} else {sub('int')})",
            lambda: f"abs({sub('int')})",
            lambda: f"int({sub('float')})",
            lambda: f"round({sub('float')})",
            lambda: f"{sub('str')}.{self.pick('count', 'find', 'rfind')}({self.pick(*map(repr, 'ai,'))})",
            lambda: f"{sub('tuple[int, str]')}[0]",
            lambda: f"sum({self.element('int')} for v in {sub('list[int]')} if {self.condition('v')})",
            lambda: f"({sub('int | None')} or {sub('int')})",
            lambda: f"divmod({sub('int')}, {self.pick('3', '-4', '7')})[{self.pick('0', '1')}]",
            lambda: f"pow({sub('int')}, {self.pick('2', '3')}, {self.pick('5', '97')})",
            lambda: f"len({{v % 3 for v in {sub('list[int]')}}})",
            lambda: f"int({self.pick(*map(repr, ['12', '-7', '0', ' 5 ']))})",
            lambda: f"ord({self.pick(*map(repr, 'aZé0'))})",
            lambda: f"(2 ** {self.pick('5', '40', '70')} // {self.pick('3', '1000', '7 ** 20')})",
            lambda: f"{sub('list[int]')}.{self.pick('count', 'index')}({sub('int')})",
            lambda: f"({sub('bool')} + {sub('int')})",
        )()

    def expr_float(self, sub, scope):
        return self.pick(
            lambda: f"({sub('float')} {self.pick('+', '-', '*')} {sub('float')})",
            lambda: f"({sub('float')} / {self.pick('2', '4.0', sub('int'))})",
            lambda: f"({sub('float')} {self.pick('//', '%')} {self.pick('2', '0.75', '-1.5')})",
            lambda: f"({sub('int')} / {self.pick('2', '8', sub('int'))})",
            lambda: f"({sub('int')} * {sub('float')})",
            lambda: f"round({sub('float')}, {self.pick('0', '1', '2')})",
            lambda: f"float({sub('int')})",
            lambda: f"abs({sub('float')})",
            lambda: f"({sub('float')} if {sub('bool')} else {sub('float')})",
            lambda: f"sum({sub('list[float]')}, 0.0)",
            lambda: f"max({sub('list[float]')})",
            lambda: f"{sub('list[float]')}[{self.pick('0', '-1')}]",
            lambda: f"math.{self.pick('sqrt', 'floor', 'ceil', 'sin')}(abs({sub('float')})) * 1.0",
            lambda: f"float({self.pick(*map(repr, ['1.5', '-2', '1e3']))})",
        )()

    def expr_str(self, sub, scope):
        return self.pick(
            lambda: f"({sub('str')} + {sub('str')})",
            lambda: f"({sub('str')} * {self.pick('2', '3', '0')})",
            lambda: f"{sub('str')}.{self.pick('upper', 'lower', 'strip', 'title', 'swapcase', 'capitalize', 'lstrip')}()",
            lambda: f"{sub('str')}[{self.pick('1:', ':2', '::-1', ':-1', '1:3', '::2', '-3:', '-1:0:-1')}]",
            lambda: f"{sub('str')}[{self.pick('0', '-1', '1')}]",
            lambda: f"{sub('str')}.replace({self.pick(*map(repr, 'aix'))}, {sub('str')})",
            lambda: f"str({sub(self.pick('int', 'float', 'bool', 'list[int]', 'tuple[int, str]', 'int | None', 'list[str]', 'set[int]'))})",
            lambda: f"repr({sub(self.pick('str', 'float', 'list[str]', 'dict[int, str]'))})",
            lambda: self.fstring(sub),
            lambda: self.fstring(sub),
            lambda: f"{self.pick(*map(repr, ['-', ', ', '']))}.join({sub('list[str]')})",
            lambda: f"{self.pick(*map(repr, ['-', ', ', '']))}.join(str(v) for v in {sub('list[int]')})",
            lambda: f"{sub('tuple[int, str]')}[1]",
            lambda: f"({sub('str')} {self.pick('or', 'and')} {sub('str')})",
            lambda: f"{sub('str')}.{self.pick('center', 'ljust', 'rjust')}({self.pick('6', '9')}{self.pick('', ', ' + repr('*'))})",
            lambda: f"{sub('str')}.zfill({self.pick('4', '6')})",
            lambda: f"{sub('str')}.{self.pick('partition', 'rpartition')}({self.pick(*map(repr, 'a,'))})[{self.pick('0', '2', '-1')}]",
            lambda: f"{sub('dict[int, str]')}.get({sub('int')}, 'none')",
            lambda: f"{sub('list[str]')}[{self.pick('0', '-1')}]",
            lambda: f"chr({self.pick('65', '97')} + {sub('int')} % 26)",
            lambda: f"{self.pick('hex', 'bin', 'oct')}({sub('int')})",
            lambda: f"({sub('str')} if {sub('bool')} else {sub('str')})",
            lambda: f"max({sub('list[str]')}, key=len)",
            lambda: f"'%d|%s|%5.1f' % ({sub('int')}, {sub('str')}, {sub('float')})",
            lambda: f"'{{}}-{{:>4}}'.format({sub('str')}, {sub('int')})",
        )()

    def fstring(self, sub):
        ty = self.pick("int", "int", "float", "str", "bool", "list[int]", "tuple[int, str]", "int | None")
        spec = {
            "int": ["", ":d", ":5", ":<5", ":^7", ":05", ":+d", ":x", ":b", ":,", ":>6,", ":#x", ":e", ":.2f", "!r:>4"],
            "float": ["", ":.2f", ":8.3f", ":e", ":.3g", ":+.1f", ":.0%", ":>10.1f", ":,.2f"],
            "str": ["", "!r", ":>8", ":<8", ":^8", ":*^9", ":.3", "!s:>5"],
        }.get(ty, ["", "!r", "!s"])
        value = sub(ty).replace('"', "")
        if "'" in value or "\\" in value or "{" in value:
            value = {"int": "7", "float": "2.5", "str": "str(12)", "bool": "1 < 2"}.get(ty, "[1, 2]")
        return 'f"' + self.pick("", "<", "{{") .replace("{{", "{{}}") + "{" + value + self.pick(*spec) + "}" + self.pick("", "-", ">") + '"'

    def expr_bool(self, sub, scope):
        return self.pick(
            lambda: f"({sub('int')} {self.pick('<', '<=', '>', '>=', '==', '!=')} {sub('int')})",
            lambda: f"({sub('float')} {self.pick('<', '>=', '==')} {sub('int')})",
            lambda: f"({sub('str')} {self.pick('<', '==', '!=', 'in', 'not in')} {sub('str')})",
            lambda: f"({sub('int')} {self.pick('in', 'not in')} {sub(self.pick('list[int]', 'set[int]', 'dict[int, str]'))})",
            lambda: f"({sub('int')} in {self.pick('(1, 2, 3)', '[4, 5]', 'range(0, 40, 3)')})",
            lambda: f"({sub('str')} in {sub('dict[str, int]')})",
            lambda: f"({sub('bool')} {self.pick('and', 'or')} {sub('bool')})",
            lambda: f"(not {sub(self.pick('bool', 'list[int]', 'str', 'int'))})",
            lambda: f"({sub('int')} < {sub('int')} <= {sub('int')})",
            lambda: f"({sub('list[int]')} {self.pick('==', '<', '!=')} {sub('list[int]')})",
            lambda: f"({sub('tuple[int, str]')} {self.pick('==', '<')} {sub('tuple[int, str]')})",
            lambda: f"({sub('set[int]')} {self.pick('==', '<=', '<')} {sub('set[int]')})",
            lambda: f"{sub('str')}.{self.pick('isdigit', 'isalpha', 'isupper', 'isspace', 'isalnum')}()",
            lambda: f"{sub('str')}.{self.pick('startswith', 'endswith')}({self.pick(repr('a'), repr('zz'), str(('k', 'm')))})",
            lambda: f"{self.pick('any', 'all')}({self.condition('v')} for v in {sub('list[int]')})",
            lambda: f"({sub('int | None')} is {self.pick('', 'not ')}None)",
            lambda: f"isinstance({sub('int | str')}, {self.pick('int', 'str')})",
            lambda: f"bool({sub(self.pick('int', 'str', 'list[int]', 'float'))})",
        )()

    def expr_list(self, sub, scope):
        return self.pick(
            lambda: f"[{self.element('int')} for v in {sub('list[int]')} if {self.condition('v')}]",
            lambda: f"[v * w for v in {sub('list[int]')} for w in range({self.pick('2', '3')})]",
            lambda: f"sorted({sub(self.pick('list[int]', 'set[int]'))}{self.pick('', ', reverse=True', ', key=lambda v: -v', ', key=lambda v: (v % 3, v)', ', key=abs')})",
            lambda: f"({sub('list[int]')} + {sub('list[int]')})",
            lambda: f"({sub('list[int]')} * {self.pick('2', '0')})",
            lambda: f"{sub('list[int]')}[{self.pick('1:', ':2', '::-1', '::2', '-2:', '4:0:-1', '-1::-2', '1:10:3')}]",
            lambda: f"list(range({self.pick('4', '1, 5', '6, 0, -2', sub('int') + ' % 5')}))",
            lambda: f"[{sub('int')}, {sub('int')}]",
            lambda: f"[*{sub('list[int]')}, {sub('int')}]",
            lambda: f"list({sub('dict[str, int]')}.values())",
            lambda: f"list({sub('dict[int, str]')})",
            lambda: f"[len(v) for v in {sub('list[str]')}]",
            lambda: f"[a - b for a, b in zip({sub('list[int]')}, {sub('list[int]')})]",
            lambda: f"[i * v for i, v in enumerate({sub('list[int]')}{self.pick('', ', 1', ', start=2')})]",
            lambda: f"list(map(lambda v: v {self.pick('+ 1', '* 2', '// 2')}, {sub('list[int]')}))",
            lambda: f"list(filter(lambda v: v {self.pick('> 1', '% 2', '!= 3')}, {sub('list[int]')}))",
            lambda: f"list(reversed({sub('list[int]')}))",
            lambda: f"[v for row in {sub('list[list[int]]')} for v in row]",
            lambda: f"sum({sub('list[list[int]]')}, [])",
            lambda: f"{sub('dict[str, list[int]]')}.get({sub('str')}, [])",
            lambda: f"[ord(c) for c in {sub('str')}]",
            lambda: f"list({sub('set[int]')})",
            lambda: f"[x if x > {self.literal('int')} else -x for x in {sub('list[int]')}]",
        )()

    def expr_floats(self, sub, scope):
        return self.pick(
            lambda: f"[v / {self.pick('2', '4')} for v in {sub('list[int]')}]",
            lambda: f"[{sub('float')}, {sub('float')}]",
            lambda: f"sorted({sub('list[float]')})",
            lambda: f"[round(v * 1.5, 1) for v in {sub('list[float]')} if v {self.pick('> 0', '< 3.5', '!= 1')}]",
            lambda: f"{sub('list[float]')}[{self.pick('1:', '::-1', ':2')}]",
        )()

    def expr_rows(self, sub, scope):
        return self.pick(
            lambda: f"[[v, {sub('int')}] for v in {sub('list[int]')}]",
            lambda: f"[[i * j for j in range({self.pick('2', '3')})] for i in range({self.pick('2', '3')})]",
            lambda: f"[{sub('list[int]')}, {sub('list[int]')}]",
            lambda: f"sorted({sub('list[list[int]]')}, key=len)",
            lambda: f"[list(pair) for pair in zip({sub('list[int]')}, {sub('list[int]')})]",
            lambda: f"[row[:] for row in {sub('list[list[int]]')}]",
            lambda: f"[[0] * {self.pick('2', '3')} for _ in range({self.pick('1', '2')})]",
        )()

    def expr_strs(self, sub, scope):
        return self.pick(
            lambda: f"{sub('str')}.split({self.pick('', repr(','), repr('a'))})",
            lambda: f"sorted({sub('list[str]')}{self.pick('', ', key=len', ', reverse=True', ', key=lambda s: (len(s), s)', ', key=str.lower')})",
            lambda: f"[v.upper() for v in {sub('list[str]')} if len(v) > 1]",
            lambda: f"list({self.literal('dict[str, int]')})",
            lambda: f"list({sub('str')})",
            lambda: f"[f'{{v}}{self.pick('', ':>4', ':03', '!r')}' for v in {sub('list[int]')}]",
            lambda: f"({sub('list[str]')} + [{sub('str')}])",
            lambda: f"[k for k, v in sorted({sub('dict[str, int]')}.items(), key=lambda kv: {self.pick('(-kv[1], kv[0])', 'kv[1]', 'kv')})]",
            lambda: f"[a + b for a, b in zip({sub('list[str]')}, {sub('list[str]')})]",
            lambda: f"[str(v) for v in {sub('list[int]')}]",
            lambda: f"list({sub('dict[int, str]')}.values())",
            lambda: f"list(map(str, {sub('list[int]')}))",
        )()

    def expr_dict(self, sub, scope):
        return self.pick(
            lambda: f"{{k: v + 1 for k, v in {sub('dict[str, int]')}.items()}}",
            lambda: f"{{v: len(v) for v in {sub('list[str]')}}}",
            lambda: f"{{**{sub('dict[str, int]')}, {sub('str')}: {sub('int')}}}",
            lambda: f"({sub('dict[str, int]')} | {sub('dict[str, int]')})",
            lambda: f"dict(zip({sub('list[str]')}, {sub('list[int]')}))",
            lambda: f"dict({sub('dict[str, int]')})",
            lambda: f"dict(sorted({sub('dict[str, int]')}.items(), key=lambda kv: kv[1]))",
            lambda: f"{{str(v): v for v in {sub('list[int]')} if {self.condition('v')}}}",
        )()

    def expr_names(self, sub, scope):
        return self.pick(
            lambda: f"{{v: str(v) for v in {sub('list[int]')}}}",
            lambda: f"{{v: k for k, v in {sub('dict[str, int]')}.items()}}",
            lambda: f"dict(enumerate({sub('list[str]')}{self.pick('', ', 1')}))",
            lambda: f"{{**{sub('dict[int, str]')}, {sub('int')}: {sub('str')}}}",
        )()

    def expr_groups(self, sub, scope):
        return self.pick(
            lambda: f"{{k: [v, v + 1] for k, v in {sub('dict[str, int]')}.items()}}",
            lambda: f"{{{sub('str')}: {sub('list[int]')}}}",
            lambda: f"{{k: sorted(v) for k, v in {sub('dict[str, list[int]]')}.items()}}",
        )()

    def expr_set(self, sub, scope):
        return self.pick(
            lambda: f"({sub('set[int]')} {self.pick('|', '&', '-', '^')} {sub('set[int]')})",
            lambda: f"set({sub('list[int]')})",
            lambda: f"{{{self.element('int')} for v in {sub('list[int]')}}}",
            lambda: f"{{{sub('int')}, {sub('int')}}}",
            lambda: f"{sub('set[int]')}.{self.pick('union', 'intersection', 'difference')}({sub(self.pick('set[int]', 'list[int]'))})",
        )()

    def expr_tuple(self, sub, scope):
        return self.pick(lambda: f"({sub('int')}, {sub('str')})", lambda: f"({sub('tuple[int, str]')}[0] + 1, {sub('str')})")()

    def expr_maybe(self, sub, scope):
        return self.pick(
            lambda: f"({sub('int')} if {sub('bool')} else None)",
            lambda: f"{sub('dict[str, int]')}.get({sub('str')})",
            lambda: f"next((v for v in {sub('list[int]')} if {self.condition('v')}), None)",
            lambda: f"max({sub('list[int]')}, default=None)",
        )()

    def expr_either(self, sub, scope):
        return self.pick(
            lambda: f"({sub('int')} if {sub('bool')} else {sub('str')})",
            lambda: sub("int"),
            lambda: sub("str"),
        )()

    def element(self, ty):
        return self.pick("v", "v + 1", "v * 2", "-v", "v % 5", "abs(v)", "v // 2", "v * v")

    def condition(self, name):
        return self.pick(f"{name} > 1", f"{name} % 2 == 0", f"{name} != 3", f"0 <= {name} < 50", f"{name} in (1, 2, 5)", f"not {name}")

    def any_expr(self, scope, depth=2):
        return self.expr(self.pick(*TYPES), scope, depth)
