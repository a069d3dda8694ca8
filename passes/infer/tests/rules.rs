//! One Python snippet for each rule of inference: what goes in, which types come out.

mod support;

use support::{infer, typed, types};

/// Asserts that a text holds all parts.
#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        let found = text.contains(part) || untyped(text).contains(&untyped(part));
        assert!(found, "no `{part}` in:\n{text}");
    }
}

/// The text without the `: type` of its nodes (the text form leaves out those that follow from parts).
fn untyped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(": ") {
        out.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        let mut depth = 0;
        let end = after.find(|c: char| {
            match c {
                '<' => depth += 1,
                '>' => depth -= 1,
                _ => {}
            }
            !(depth > 0 || c.is_alphanumeric() || "<>@._".contains(c))
        });
        rest = &after[end.unwrap_or(after.len())..];
    }
    out.push_str(rest);
    out.replace('~', ".").replace('"', "")
}

#[test]
fn a_bare_list_gets_its_type_through_two_functions() {
    let text = types(
        "def put(out, v):\n    out.append(v)\ndef fill(xs):\n    put(xs, 1)\ndef main():\n    a = []\n    fill(a)\n    b = a\n    b.append(2)\n    print(a)\nmain()\n",
    );
    has(&text, &["m.put(out: list<int>, v: int) -> none", "m.fill(xs: list<int>) -> none"]);
}

#[test]
fn a_bare_dict_field_gets_its_type_from_a_method() {
    let text = types(
        "class C:\n    def __init__(self):\n        self.d = {}\n    def add(self, k):\n        self.d[k] = self.d.get(k, 0) + 1\nc = C()\nc.add('a')\n",
    );
    has(&text, &["m.C.d: dict<str, int>", "m.C.add(self: @m.C, k: str) -> none"]);
}

#[test]
fn unannotated_recursion_and_mutual_recursion() {
    let text = types(
        "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\ndef even(n):\n    return True if n == 0 else odd(n - 1)\ndef odd(n):\n    return False if n == 0 else even(n - 1)\nprint(fact(5), even(4))\n",
    );
    has(&text, &["m.fact(n: int) -> int", "m.even(n: int) -> bool", "m.odd(n: int) -> bool"]);
}

#[test]
fn a_local_splits_into_webs() {
    let text = typed("def f():\n    x = 1\n    print(x + 1)\n    x = 'a'\n    print(x.upper())\nf()\n");
    has(&text, &["set place %x = 1: int", "set place %x.2 = \"a\": str"]);
}

#[test]
fn a_local_that_a_loop_carries_stays_whole() {
    let text =
        typed("def f(n):\n    x = 0\n    while x < n:\n        x = x + 2\n    return x\nprint(f(5))\n");
    has(&text, &["set place %x = int.add(%x: int, 2: int): int"]);
    assert!(!text.contains("%x.2"), "{text}");
}

#[test]
fn functions_are_specialised_per_argument_types() {
    let text = types("def first(xs):\n    return xs[0]\nprint(first([1]), first(['a']))\n");
    has(&text, &["m.first(xs: list<int>) -> int", "m.first$list_str(xs: list<str>) -> str"]);
}

#[test]
fn an_unseen_mix_of_int_and_float_is_float() {
    let text = typed(
        "def mean(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t / len(xs)\nprint(mean([1.5, 2.5]))\n",
    );
    has(&text, &["set place %t = 0.0: float", "update %t float.add %x: float"]);
}

#[test]
fn a_seen_mix_of_int_and_float_stays_distinct() {
    let text = typed("def f(flag):\n    x = 0\n    if flag:\n        x = 1.5\n    print(x)\nf(True)\n");
    has(&text, &["num.from_int(0: int): num", "num.from_float(1.5: float): num"]);
}

#[test]
fn annotations_yield_to_what_flows() {
    let text = types("def f(x: float):\n    print(x)\nf(1)\n");
    has(&text, &["m.f(x: int) -> none"]);
}

#[test]
fn annotations_fill_in_where_nothing_flows() {
    let text = types(
        "from typing import Optional\ndef f(xs: list[str], n: Optional[int]) -> str:\n    return xs[0]\n",
    );
    has(&text, &["m.f(xs: list<str>, n: option<int>) -> str"]);
}

#[test]
fn an_uncalled_function_takes_types_from_its_uses() {
    let text = types("def f(a, s):\n    return a + 1, s.upper()\n");
    has(&text, &["m.f(a: int, s: str) -> (int, str)"]);
}

#[test]
fn none_makes_an_option_and_tests_narrow_it() {
    let text = typed(
        "def find(xs, k):\n    for i, x in enumerate(xs):\n        if x == k:\n            return i\n    return None\ndef g():\n    i = find([1], 1)\n    if i is None:\n        return 0\n    return i + 1\nprint(g())\n",
    );
    has(&text, &["-> option<int>", "opt.some(%i: int)", "opt.is_none(%i", "int.add(opt.unwrap{None}(%i"]);
}

#[test]
fn an_unproved_use_of_an_option_says_what_happened() {
    let text = typed(
        "class N:\n    def __init__(self, v):\n        self.v = v\n        self.next = None\na = N(1)\na.next = N(2)\nprint(a.next.v)\n",
    );
    has(&text, &["opt.unwrap{AttributeError: 'NoneType' object has no attribute 'v'}"]);
}

#[test]
fn a_field_path_is_narrowed_until_a_call() {
    let text = typed(
        "class T:\n    def __init__(self, v):\n        self.v = v\n        self.left = None\n    def least(self):\n        if self.left is None:\n            return self.v\n        return self.left.least()\nt = T(2)\nt.left = T(1)\nprint(t.least())\n",
    );
    has(&text, &["opt.is_none(%self.left", "call @m.T.least(opt.unwrap{None}(%self.left"]);
}

#[test]
fn classes_with_a_common_base_are_that_base_and_calls_virtual() {
    let text = typed(
        "class A:\n    def area(self):\n        raise NotImplementedError\nclass B(A):\n    def area(self):\n        return 1.0\nclass C(A):\n    def area(self):\n        return 2.0\nfor s in [B(), C()]:\n    print(s.area())\n",
    );
    has(&text, &["class.up(new @m.B(): @m.B): @m.A", "virtual @m.A.area(@m.s: @m.A): float"]);
}

#[test]
fn isinstance_folds_or_tests_and_narrows() {
    let text = typed(
        "class A:\n    pass\nclass B(A):\n    def b(self):\n        return 1\ndef f(x):\n    if isinstance(x, B):\n        return x.b()\n    return 0\nprint(f(A()), f(B()))\n",
    );
    has(&text, &["m.f(%x: @m.A) -> int"]);
    has(&text, &["class.is_instance{m.B}(%x", "class.down(%x: @m.A): @m.B"]);
}

#[test]
fn a_small_mix_is_a_union_when_tests_resolve_it() {
    let text = typed(
        "def f(xs):\n    for x in xs:\n        if isinstance(x, int):\n            print(x + 1)\n        else:\n            print(x)\nf([1, 'a'])\n",
    );
    has(&text, &["union.from(1: int)", "union.is{: int}", "int.add(union.get(%x"]);
}

#[test]
fn keyword_arguments_and_defaults_are_in_place() {
    let text = typed("def f(a, b=2, *, c='x'):\n    return f'{a}{b}{c}'\nprint(f(1), f(c='y', a=3))\n");
    has(&text, &["call @m.f(1: int, 2: int, \"x\": str)", "call @m.f(3: int, 2: int, \"y\": str)"]);
}

#[test]
fn star_arguments_are_packed() {
    let text = typed("def f(*xs):\n    return sum(xs)\nprint(f(1, 2))\n");
    has(&text, &["call @m.f(list.new(1: int, 2: int): list<int>): int"]);
}

#[test]
fn operators_of_classes_are_calls() {
    let text = typed(
        "class V:\n    def __init__(self, x):\n        self.x = x\n    def __add__(self, o):\n        return V(self.x + o.x)\n    def __len__(self):\n        return self.x\n    def __getitem__(self, i):\n        return self.x + i\nv = V(1) + V(2)\nprint(len(v), v[3])\n",
    );
    has(
        &text,
        &[
            "call @m.V.__add__(new @m.V(1: int)",
            "call @m.V.__len__(@m.v",
            "call @m.V.__getitem__(@m.v: @m.V, 3: int)",
        ],
    );
}

#[test]
fn closures_and_keys_are_typed() {
    let text = typed(
        "def adder(n):\n    def add(x):\n        return x + n\n    return add\nprint(adder(1)(2))\nprint(sorted(['bb', 'a'], key=len))\n",
    );
    has(
        &text,
        &[
            "fn @m.adder(%n: int) -> fn(int) -> int",
            "closure add(%x: int) -> int",
            "closure (%%x: str) -> int",
        ],
    );
}

#[test]
fn generators_give_iterators() {
    let text = types("def gen(n):\n    for i in range(n):\n        yield i * 2\nprint(list(gen(3)))\n");
    has(&text, &["m.gen(n: int) -> iter<int>"]);
}

#[test]
fn dataclasses_get_their_defaults() {
    let text = typed(
        "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    x: int\n    name: str = 'p'\n    tags: list[str] = field(default_factory=list)\np = P(1)\np.tags.append('a')\n",
    );
    has(&text, &["new @m.P(1: int, \"p\": str, call @m.P.tags$default(): list<str>)"]);
}

#[test]
fn properties_are_calls_and_enums_have_members() {
    let text = typed(
        "from enum import Enum\nclass K(Enum):\n    A = 1\n    B = 2\nclass C:\n    @property\n    def k(self):\n        return K.A\nc = C()\nprint(c.k.name, c.k == K.B)\n",
    );
    has(&text, &["call @m.C.k(@m.c: @m.C): @m.K", "cmp.eq("]);
}

#[test]
fn errors_have_the_type_of_their_class() {
    let text = typed(
        "class E(Exception):\n    def __init__(self, n):\n        super().__init__(n)\n        self.n = n\ntry:\n    raise E(3)\nexcept E as e:\n    print(e.n)\nexcept ValueError as v:\n    print(v)\n",
    );
    has(&text, &["%e.n: int", "new @m.E(3: int)"]);
}

#[test]
fn or_gives_the_deciding_operand() {
    let text = typed("def f(name):\n    return name or 'nobody'\nprint(f(None), f('a'))\n");
    has(&text, &["m.f(%name: option<str>) -> str"]);
}

#[test]
fn an_unknown_library_name_is_a_hole_with_its_name() {
    let (program, diags) = infer("import nowhere\nprint(nowhere.thing(1))\n");
    assert!(diags.iter().any(|found| found.code.id == "B0204" && found.message.contains("nowhere.thing")));
    assert!(batuta_core::text::print_program(&program).contains("hole("));
}

#[test]
fn an_unknown_attribute_is_a_hole() {
    let (_, diags) = infer("class C:\n    pass\nc = C()\nprint(c.nothing)\n");
    assert!(diags.iter().any(|found| found.code.id == "B0303" && found.message.contains("nothing")));
}

#[test]
fn equal_input_gives_equal_output() {
    let text = "def f(a, b):\n    return [a, b]\nprint(f(1, 2), f('a', 'b'), f([1], []))\n";
    assert_eq!(typed(text), typed(text));
}
