//! The text form's laws: printed text parses to what it was printed from, at every level.

use batuta_core::text::{parse_body, parse_program, print_body, print_program};
use batuta_core::*;

/// Checks both laws on a text in printed form.
fn round_trip<L: Level>(text: &str) -> Body<L> {
    let text = text.trim_start();
    let body: Body<L> = parse_body(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let printed = print_body(&body);
    assert_eq!(printed, text, "print(parse(t)) == t");
    let again: Body<L> = parse_body(&printed).expect("printed text parses");
    assert_eq!(again, body, "parse(print(b)) == b");
    body
}

#[test]
fn the_example_of_the_readme() {
    round_trip::<Hir>(
        "
fn @demo.total(%xs) -> ? {
  set place %t = 0
  for place %x in %xs {
    if obj.truth(obj.gt(%x, 2)) {
      update %t obj.add %x
    }
  }
  return %t
}
",
    );
    let typed = round_trip::<Typed>(
        "
fn @demo.total(%xs: list<int>) -> int {
  var %t: int
  var %x: int
  set place %t = 0
  for place %x in iter.of(%xs) {
    if cmp.gt(%x, 2) {
      update %t int.add %x
    }
  }
  return %t
}
",
    );
    assert!(typed.locals.iter().all(|(_, row)| row.ty != Ty::unknown()));
    let mir = round_trip::<Mir>(
        "
fn @demo.total(%xs: &list<i64>) -> i64 raises {
  let mut %t: i64 = 0
  for %x: i64 in iter.copied(ref %xs) {
    if cmp.gt(copy %x, 2) {
      update %t int.add copy %x
    }
  }
  tail copy %t
}
",
    );
    assert!(mir.fallible);
    assert!(mir.nodes.iter().any(|(_, row)| row.ty == Ty::iter(Ty::i64())), "iter.copied has a type");
}

#[test]
fn heads_params_comments() {
    let body = round_trip::<Mir>(
        r#"
# above the method
@functools.lru_cache(none, maxsize= 5)
doc "What it does.\n\nMore \"text\"."
async gen method @m.C.f$str(self => mut %this: &mut @m.C, pos %a: i64, %b: option<str> = opt.none(): option<str>, *%rest: list<i64>, kw %c: f32, **%kw: dict<str, value>) -> none raises {
  # first \\ comment\nsecond line
  # another

  # after a blank
  let %x: i64 = 1  # beside

  let mut %%t: (i64, str)
  let %x~2: i64 = copy %x

  # the end
  # of the block
}
"#,
    );
    assert_eq!(body.params.len(), 6);
    assert_eq!(body.params[0].name, "self");
    assert_eq!(body.locals[body.params[0].local].name, "this");
    let stmts = &body.blocks[body.root].stmts;
    assert_eq!(&*stmts[0].above[0].text, " first \\ comment\nsecond line");
    assert!(!stmts[0].blank_before && stmts[0].above[2].blank_before);
    assert_eq!(stmts[0].beside.as_deref(), Some(" beside"));
    assert!(stmts[1].blank_before);
    assert!(body.blocks[body.root].end_comments[0].blank_before);
}

#[test]
fn blank_line_before_a_commented_statement_is_the_statements() {
    let body = round_trip::<Mir>("fn @f() -> none {\n  let %a: i64 = 1\n\n  # why\n  let %b: i64 = 2\n}\n");
    let stmt = &body.blocks[body.root].stmts[1];
    assert!(stmt.blank_before && !stmt.above[0].blank_before);
}

#[test]
fn every_node_at_mir() {
    round_trip::<Mir>(
        r#"
c fn @m.f(mut %n: i64, %xs: &mut list<i64>, %o: option<str>, %d: dict<str, i64>, %p: @m.P<i64>) -> i64 {
  let %a: i64 = if cmp.lt(copy %n, 0) {
    tail int.neg(copy %n)
  } else {
    tail copy %n
  }
  let (%q: i64, mut %r: &str) = tuple.new(1, "x")
  match ref %o {
    # present
    some(%s: &str) if str.truth(copy %s) => {
      io.println(format"a\{b\} {copy %s!s:>{copy %n!f}} {copy %n!%d:05} \"q\" \u{200b}é{copy %n!f}\}")
    }
    none_pat => {
    }
    _ => {
    }
  }
  'outer: while true {
    'inner: loop {
      if bool.not(true) {
        break 'outer
      }
      continue 'inner
    }
  } else {
    update %n int.add 1
  }
  let %v: i64 = loop {
    break 5
  }: i64
  for (%i: usize, &%x: i64) in rs.method{"iter().enumerate"}(ref %xs): iter<(usize, &i64)> {
    set place %xs[#copy %i] = copy %x
    set place %xs[copy %x] = int.mul(ref %xs.*[#0]: i64, 2)
  } else {
  }
  let %b: i64 = 'b: block {
    break 'b 3
  }: i64
  try {
    raise exc.new{"ValueError"}("bad")
  } except(ValueError, m.E) as %e: error {
    raise
  }
  # about the second
  except() {
    raise move %e from call @m.g(): error
  } else {
  } finally {
  }
  let %c: fn(i64) -> i64 = closure (%k: i64) -> i64 {
    tail int.add(copy %k, copy %n)
  }
  let %g: value = closure @m.deco(1) doc "d" async gen go(%k~2: i64) -> i64 {
    return copy %k~2
  }: value
  let %l: list<i64> = seq list(for %w: i64 in iter.copied(ref %xs) if cmp.gt(copy %w, 0) => int.mul(copy %w, 2))
  let %dd: dict<str, i64> = seq dict(for _ in iter.copied(ref %xs) => rs.to_owned("k"), 1)
  let %e~2: i64 = value (move %c)(1): i64
  del %d["key"]
  let %f: i64 = rs.try(lib:math.isqrt(copy %n): i64): i64
  virtual @m.P.show(ref %p, move %p.x: i64)
  let %pp: shared<@m.P> = rs.share(new @m.P(copy @m.POINT..x: i64): @m.P)
  set place @m.COUNT = int.add(copy @m.COUNT: i64, -1)
  let %h: str = move %o.!
  let %tt: i64 = move (tuple.new(1, 2)).0
  yield copy %n
  yield from move %l
  await value (item @m.sleep: value)(): value: str
  return int.add(take %n, clone %a): usize
  hole("no lowering", "x = f(y)\n")
}
"#,
    );
}

#[test]
fn every_node_at_hir() {
    round_trip::<Hir>(
        r#"
init @"odd name.<init>"() -> none {
  var %typed: list<?>
  set place %typed = list.new()
  set (place %a, [place %b, ..place %c, place @m.x..y]) = method (%q).get(1, *%r, key= 2, **%s)
  match %v {
    or(1, "s", b"\x00\"z", none, -1.5) => {
    }
    class @m.Point(%x, y= %y) => {
    }
    {"k" => %k @ _, **%rest} => {
    }
    [%f, ..%m] if obj.truth(%f) => {
    }
    value(@m.Color.RED) => {
    }
  }
  with call @open("f") as place %fh, %lock {
    async with %z {
      super __init__(...)
    }
  }
  del %a[obj.slice_obj(none, 1, none)]
  set place %u = seq set(for %e in seq iter(for %i in %xs => %i) if obj.gt(%e, 1e300) for %g in %e => %e)
  set place %w = yield %a
  set place %w = obj.add(2.5j, 123456789012345678901234567890)
  return
}
"#,
    );
}

#[test]
fn every_operation() {
    for row in OPS {
        let count = match row.arity {
            Arity::Exactly(n) | Arity::AtLeast(n) => n.max(1),
        };
        let args = vec!["move %x"; count as usize].join(", ");
        let text = format!("fn @f(%x: value) -> none {{\n  {}({args}): value\n}}\n", row.name);
        let body: Body<Mir> = parse_body(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let printed = print_body(&body);
        assert_eq!(parse_body::<Mir>(&printed).expect("printed text parses"), body, "{printed}");
        assert!(
            body.nodes.iter().any(|(_, node)| matches!(&node.kind, Node::Op { op, .. } if *op == row.op))
        );
    }
}

#[test]
fn every_type() {
    let types = [
        "!",
        "none",
        "bool",
        "int",
        "big",
        "i8",
        "i16",
        "i32",
        "i128",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "float",
        "f32",
        "num",
        "complex",
        "str",
        "bytes",
        "list<set<frozenset<i64>>>",
        "dict<(i64, str), (bool,)>",
        "()",
        "option<&mut str>",
        "iter<range>",
        "slice",
        "@a.b.C<i64, str>",
        "deque<i64>",
        "random.Random",
        "fn(i64, &str) -> fn() -> none",
        "type<@a.C>",
        "error",
        "union<i64, str>",
        "value",
        "'T",
        "shared<list<box<@a.C>>>",
        "array<u8, 16>",
    ];
    for ty in types {
        let text = format!("fn @f(%x: {ty}) -> {ty} {{\n  tail move %x\n}}\n");
        let body = round_trip::<Mir>(&text);
        assert_eq!(body.ret.to_string(), ty);
    }
}

#[test]
fn a_program() {
    let text = r#"
entry @m

module @m "m.py" python {
  doc "The module."
  # about C
  class @m.C
  fn @m.f
  global @m.N
  import @m.other
  alias @m.Foo = @pkg.foo.Foo

  # the end
}

class @m.C(m.Base, Generic)<T> dataclass(frozen, eq) shared {
  doc "A class."
  # about x
  field x: i64 cell kw_only = @m.C.x$default  # beside
  field y: list<str> refcell
  attr @m.C.LIMIT
  fn @m.C.show
}

class @m.Color() enum_of(IntEnum) {
}

global @m.N: i64 const

global @m.state: list<i64> mut refcell

method @m.C.show(%self: &@m.C<'T>) -> none {
  return
}

ruchy fn @m.f() -> none {
}
"#
    .trim_start();
    let program: Program<Mir> = parse_program(text).unwrap_or_else(|error| panic!("{error}"));
    let printed = print_program(&program);
    assert_eq!(printed.trim_end(), text.trim_end());
    assert_eq!(parse_program::<Mir>(&printed).expect("printed text parses"), program);
}

#[test]
fn errors_say_where() {
    let error =
        parse_body::<Mir>("fn @f() -> none {\n  let %x: i64 = int.plus(1, 2)\n}\n").expect_err("no such op");
    assert_eq!((error.line, error.column), (2, 17));
    assert_eq!(error.message, "there is no operation `int.plus`");
    for broken in [
        "",
        "fn",
        "fn @f(",
        "fn @f() -> none {",
        "fn @f() -> none {\n  let\n}",
        "fn @f() -> none {\n  \"x\n}",
    ] {
        assert!(parse_body::<Mir>(broken).is_err(), "{broken:?}");
    }
}
