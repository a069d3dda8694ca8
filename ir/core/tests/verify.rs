//! Each rule of the verifier refuses a hand-broken body, and bodies that keep it pass.

use batuta_base::{Name, Origin};
use batuta_core::text::parse_body;
use batuta_core::verify::verify_body;
use batuta_core::*;

/// The rules that the body in this text breaks, each once, sorted.
fn rules<L: Level>(text: &str) -> Vec<&'static str> {
    let body: Body<L> = parse_body(text.trim_start()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    broken(&body)
}

fn broken<L: Level>(body: &Body<L>) -> Vec<&'static str> {
    let mut rules: Vec<_> = verify_body(body).into_iter().map(|found| found.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn mir(stmts: &str) -> Vec<&'static str> {
    rules::<Mir>(&format!("fn @m.f(%n: i64, %s: &str, %xs: &list<i64>) -> none {{\n{stmts}}}\n"))
}

fn typed(stmts: &str) -> Vec<&'static str> {
    let vars = "  var %t: int\n  var %x: int\n";
    rules::<Typed>(&format!("fn @m.f(%n: int, %s: str, %xs: list<int>) -> none {{\n{vars}{stmts}}}\n"))
}

fn hir(stmts: &str) -> Vec<&'static str> {
    rules::<Hir>(&format!("fn @m.f(%n, %s, %xs) -> ? {{\n{stmts}}}\n"))
}

#[test]
fn the_example_of_the_readme_passes_at_each_level() {
    assert_eq!(
        hir(
            "  set place %t = 0\n  for place %x in %xs {\n    if obj.truth(obj.gt(%x, 2)) {\n      update %t obj.add %x\n    }\n  }\n  return %t\n"
        ),
        [""; 0]
    );
    assert_eq!(
        typed(
            "  set place %t = 0\n  for place %x in iter.of(%xs) {\n    if cmp.gt(%x, 2) {\n      update %t int.add %x\n    }\n  }\n"
        ),
        [""; 0]
    );
    assert_eq!(
        mir(
            "  let mut %t: i64 = 0\n  for %x: i64 in iter.copied(ref %xs) {\n    if cmp.gt(copy %x, 2) {\n      update %t int.add copy %x\n    }\n  }\n"
        ),
        [""; 0]
    );
}

fn one_constant() -> Body<Hir> {
    let mut body = Body::<Hir>::new(Name::new("m.f"), Lang::Python, FnKind::Function);
    let node = body.node(Node::Const(Const::Bool(true)), Ty::unknown(), Origin::default());
    let root = body.root;
    body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(node), Origin::default()));
    body
}

#[test]
fn v01_ids_lie_inside_their_tables() {
    assert_eq!(broken(&one_constant()), [""; 0]);
    let mut body = one_constant();
    let root = body.root;
    body.blocks[root].tail = Some(NodeId(7));
    assert_eq!(broken(&body), ["V01"]);
    let mut body = one_constant();
    let place = Place::local(LocalId(3));
    let node = body.node(Node::Use(place, Mode::Read), Ty::unknown(), Origin::default());
    body.blocks[root].tail = Some(node);
    assert_eq!(broken(&body), ["V01"]);
}

#[test]
fn v02_a_node_has_one_parent() {
    let mut body = one_constant();
    let root = body.root;
    body.blocks[root].tail = Some(NodeId(0));
    assert_eq!(broken(&body), ["V02"]);
    // A block inside itself.
    let mut body = one_constant();
    let node = body.node(Node::Block { label: None, block: root }, Ty::unknown(), Origin::default());
    body.blocks[root].tail = Some(node);
    assert_eq!(broken(&body), ["V02"]);
}

#[test]
fn v03_operations_have_their_operands() {
    let mut body = one_constant();
    let node = body.op(ObjOp::Add, vec![], Ty::unknown(), Origin::default());
    let root = body.root;
    body.blocks[root].tail = Some(node);
    assert_eq!(broken(&body), ["V03"]);
}

#[test]
fn v04_and_v05_jumps_have_a_target() {
    assert_eq!(hir("  break\n"), ["V04"]);
    assert_eq!(hir("  if obj.truth(%n) {\n    continue\n  }\n"), ["V04"]);
    assert_eq!(mir("  'a: loop {\n    break 'b\n  }\n"), ["V05"]);
    assert_eq!(mir("  'a: block {\n    continue 'a\n  }\n"), ["V05"]);
    assert_eq!(mir("  'a: block {\n    loop {\n      break 'a\n    }\n  }\n"), [""; 0]);
}

#[test]
fn v06_alternatives_bind_the_same_locals() {
    let mut body = one_constant();
    let local = body.local("x", Ty::unknown(), Origin::default());
    let subject = body.node(Node::Const(Const::None), Ty::unknown(), Origin::default());
    let arm_body = body.block(BlockRow::default());
    let pat = Pat::Or(vec![Pat::Wild, Pat::Bind(local, None)]);
    let arm = Arm { pat, guard: None, body: arm_body, origin: Origin::default(), above: Vec::new() };
    let node = body.node(Node::Match { subject, arms: vec![arm] }, Ty::unknown(), Origin::default());
    let root = body.root;
    body.blocks[root].tail = Some(node);
    assert_eq!(broken(&body), ["V06"]);
}

#[test]
fn v07_operations_belong_to_their_level() {
    assert_eq!(typed("  set place %t = obj.add(%n, %x): int\n"), ["V07"]);
    assert_eq!(mir("  let %t: i64 = obj.neg(copy %n): i64\n"), ["V07"]);
    assert_eq!(hir("  rs.clone(%n)\n"), ["V07"]);
}

#[test]
fn v10_nothing_of_rust_before_mir() {
    assert_eq!(typed("  set place %t = copy %n\n"), ["V10"]);
    assert_eq!(rules::<Typed>("fn @m.f(%xs: &list<int>) -> none {\n}\n"), ["V10"]);
    assert_eq!(rules::<Typed>("fn @m.f(%n: i64) -> none {\n}\n"), ["V10"]);
    assert_eq!(hir("  let %t = 0\n"), ["V10"]);
}

#[test]
fn v20_no_unknown_types() {
    assert_eq!(rules::<Typed>("fn @m.f(%n) -> none {\n}\n"), ["V20"]);
    assert_eq!(rules::<Typed>("fn @m.f(%n: list<?>) -> none {\n}\n"), ["V20"]);
    assert_eq!(rules::<Mir>("fn @m.f() -> ? {\n}\n"), ["V20"]);
}

#[test]
fn v21_and_v22_calls_are_resolved() {
    assert_eq!(typed("  method (%xs).append(%n): none\n"), ["V21"]);
    assert_eq!(typed("  call @m.g(key= %n)\n"), ["V22"]);
    assert_eq!(hir("  call @m.g(key= %n)\n"), [""; 0]);
}

#[test]
fn v23_conditions_are_bool() {
    assert_eq!(typed("  if %n {\n  }\n"), ["V23"]);
    assert_eq!(mir("  while copy %n {\n  }\n"), ["V23"]);
}

#[test]
fn v24_for_reads_an_iterator() {
    assert_eq!(typed("  for place %x in %xs {\n  }\n"), ["V24"]);
    assert_eq!(mir("  for %x: i64 in ref %xs {\n  }\n"), ["V24"]);
}

#[test]
fn v25_operands_have_the_types_of_the_dialect() {
    assert_eq!(typed("  set place %t = int.add(%n, %s): int\n"), ["V25"]);
    assert_eq!(typed("  set place %t = str.len(%xs): int\n"), ["V25"]);
    assert_eq!(typed("  update %t int.add %s\n"), ["V25"]);
    assert_eq!(
        rules::<Mir>("fn @m.f(%a: i64, %b: usize) -> i64 {\n  tail int.add(copy %a, copy %b): i64\n}\n"),
        ["V25"]
    );
    assert_eq!(
        rules::<Mir>("fn @m.f(%a: i64, %b: &big) -> big {\n  tail int.add(copy %a, copy %b): big\n}\n"),
        [""; 0]
    );
}

#[test]
fn v30_every_use_has_a_mode() {
    assert_eq!(mir("  let %t: i64 = %n\n"), ["V30"]);
}

#[test]
fn v31_locals_are_declared_before_and_around_their_uses() {
    assert_eq!(rules::<Mir>("fn @m.f() -> i64 {\n  var %t: i64\n  tail copy %t\n}\n"), ["V31"]);
    assert_eq!(mir("  block {\n    let %t: i64 = 1\n  }\n  let %u: i64 = copy %t\n"), ["V31"]);
    assert_eq!(mir("  let %t: i64 = 1\n  let %t: i64 = 2\n"), ["V31"]);
}

#[test]
fn v32_ints_have_a_width() {
    assert_eq!(rules::<Mir>("fn @m.f(%n: int) -> none {\n}\n"), ["V32"]);
}

#[test]
fn v33_copy_needs_a_copy_type() {
    assert_eq!(rules::<Mir>("fn @m.f(%s: str) -> str {\n  tail copy %s\n}\n"), ["V33"]);
    assert_eq!(rules::<Mir>("fn @m.f(%s: &str) -> &str {\n  tail copy %s\n}\n"), [""; 0]);
}

#[test]
fn v34_question_marks_stand_where_errors_can_leave() {
    assert_eq!(rules::<Mir>("fn @m.f() -> none {\n  rs.try(call @m.g()): none\n}\n"), ["V34"]);
    assert_eq!(rules::<Mir>("fn @m.f() -> none raises {\n  rs.try(call @m.g()): none\n}\n"), [""; 0]);
}

#[test]
fn v35_what_changes_is_mut() {
    assert_eq!(mir("  let %t: i64 = 0\n  set place %t = 1\n"), ["V35"]);
    assert_eq!(mir("  let %t: i64 = 0\n  update %t int.add 1\n"), ["V35"]);
    assert_eq!(mir("  let %t: i64\n  loop {\n    set place %t = 1\n  }\n"), ["V35"]);
    assert_eq!(
        mir(
            "  let %t: i64\n  if cmp.gt(copy %n, 0) {\n    set place %t = 1\n  } else {\n    set place %t = 2\n  }\n"
        ),
        [""; 0]
    );
    assert_eq!(
        rules::<Mir>(
            "fn @m.f() -> none {\n  let %v: list<i64> = list.new(): list<i64>\n  lib:list.append(mut %v, 1)\n}\n"
        ),
        ["V35"]
    );
}
