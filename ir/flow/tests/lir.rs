//! Basic blocks, drops, error edges, dominators, liveness and the call graph of small bodies.

use batuta_base::Name;
use batuta_core::{Mir, Program, text::parse_program};
use batuta_flow::{Bb, CallGraph, End, Graph, InstKind, Lir, lower, print};

fn program(functions: &str) -> Program<Mir> {
    let head = "entry @m\n\nmodule @m \"m.py\" python {\n}\n\n";
    parse_program(&format!("{head}{functions}\n")).unwrap_or_else(|error| panic!("{error}\n{functions}"))
}

fn lowered(function: &str) -> Lir {
    let program = program(function);
    let body = program.fns.values().next().expect("one function");
    let lir = lower(&program, body);
    assert_eq!(lir.all_gaps(), Vec::<&batuta_flow::Gap>::new());
    lir
}

fn kinds(lir: &Lir) -> Vec<&InstKind> {
    let order = Graph::new(lir).order;
    order.iter().flat_map(|block| lir.blocks[*block].insts.iter().map(|inst| &inst.kind)).collect()
}

fn blocks_where(lir: &Lir, test: impl Fn(&InstKind) -> bool) -> Vec<Bb> {
    let order = Graph::new(lir).order;
    order.into_iter().filter(|block| lir.blocks[*block].insts.iter().any(|inst| test(&inst.kind))).collect()
}

const COUNT: &str = "fn @m.count(%n: i64) -> i64 {
  let mut %t: i64 = 0
  for %i: i64 in iter.into(range.new(0, copy %n, 1)): iter<i64> {
    if cmp.gt(copy %i, 3) {
      update %t int.add copy %i
    }
  }
  return copy %t
}";

#[test]
fn a_loop_over_a_range_is_a_counter() {
    let lir = lowered(COUNT);
    let text = print(&lir);
    assert!(text.starts_with("m.count(r0: i64) -> i64\n"), "{text}");
    assert!(!text.contains("next "), "no iterator is left: {text}");
    let graph = Graph::new(&lir);
    let heads = graph
        .order
        .iter()
        .filter(|block| graph.predecessors[block].iter().any(|from| graph.dominates(**block, *from)));
    assert_eq!(heads.count(), 1, "one block is reached from below: {text}");
}

#[test]
fn the_entry_dominates_all_and_order_respects_it() {
    let lir = lowered(COUNT);
    let graph = Graph::new(&lir);
    for block in &graph.order {
        assert!(graph.dominates(lir.entry, *block));
        if let Some(above) = graph.dominator.get(block) {
            let place = |wanted: &Bb| graph.order.iter().position(|block| block == wanted);
            assert!(place(above) < place(block), "{block:?} stands after its dominator");
        }
    }
}

#[test]
fn a_counter_is_live_around_its_loop() {
    let lir = lowered(COUNT);
    let graph = Graph::new(&lir);
    let live = graph.live_in(&lir);
    assert_eq!(live[&lir.entry].iter().copied().collect::<Vec<_>>(), lir.params);
    let total =
        lir.regs.iter().find(|(_, row)| row.local.is_some() && !lir.params.contains(&row_id(&lir, row)));
    let (total, _) = total.expect("`t` has a register");
    let inside = blocks_where(&lir, |kind| matches!(kind, InstKind::Op { op, .. } if op.name() == "cmp.gt"));
    assert!(live[&inside[0]].contains(&total), "the sum is read after the loop");
}

fn row_id(lir: &Lir, wanted: &batuta_flow::RegRow) -> batuta_flow::Reg {
    lir.regs.iter().find(|(_, row)| std::ptr::eq(*row, wanted)).expect("the row is one of them").0
}

#[test]
fn an_owner_is_dropped_where_its_scope_ends() {
    let lir = lowered(
        "fn @m.f() -> i64 {
  let %xs: list<i64> = list.new(1, 2)
  return list.len(ref %xs)
}",
    );
    assert!(kinds(&lir).iter().any(|kind| matches!(kind, InstKind::Drop(_))), "{}", print(&lir));
}

#[test]
fn what_was_moved_is_not_dropped() {
    let lir = lowered(
        "fn @m.f() -> list<i64> {
  let %xs: list<i64> = list.new(1, 2)
  return move %xs
}",
    );
    assert!(!kinds(&lir).iter().any(|kind| matches!(kind, InstKind::Drop(_) | InstKind::DropIf(_))));
}

#[test]
fn what_was_moved_on_one_path_has_a_conditional_drop() {
    let lir = lowered(
        "fn @m.f(%yes: bool) -> none {
  let %xs: list<i64> = list.new(1, 2)
  if copy %yes {
    call @m.g(move %xs)
  }
}

fn @m.g(%xs: list<i64>) -> none {
}",
    );
    assert!(kinds(&lir).iter().any(|kind| matches!(kind, InstKind::DropIf(_))), "{}", print(&lir));
}

#[test]
fn an_error_in_a_try_goes_to_its_handler() {
    let lir = lowered(
        "fn @m.f(%xs: &list<i64>) -> i64 {
  try {
    return copy %xs[5]
  } except(IndexError) {
    return -1
  } finally {
    io.println(\"end\")
  }
}",
    );
    let text = print(&lir);
    let read = blocks_where(&lir, |kind| matches!(kind, InstKind::Index(..)));
    let handler = lir.blocks[read[0]].on_error.expect("the read can fail inside the try");
    assert!(matches!(lir.blocks[handler].insts[0].kind, InstKind::TakeError), "{text}");
    let prints = |kind: &InstKind| matches!(kind, InstKind::Op { op, .. } if op.name() == "io.println");
    assert!(blocks_where(&lir, prints).len() >= 3, "`finally` stands on each way out: {text}");
    let raises = lir.blocks.iter().filter(|(_, row)| matches!(row.end, End::Raise(..))).count();
    assert!(raises >= 1, "what no handler takes goes on: {text}");
}

#[test]
fn a_variable_that_a_closure_changes_lives_in_a_cell() {
    let lir = lowered(
        "fn @m.f() -> i64 {
  let mut %n: i64 = 0
  let %step: fn() -> none = closure () -> none {
    update %n int.add 1
  }: fn() -> none
  value (ref %step)(): none
  return copy %n
}",
    );
    assert_eq!(lir.closures.len(), 1);
    assert!(lir.regs.iter().any(|(_, row)| row.in_cell));
    assert!(lir.closures[0].regs.iter().any(|(_, row)| row.in_cell));
}

#[test]
fn functions_that_call_each_other_are_one_component() {
    let program = program(
        "fn @m.even(%n: i64) -> i64 {
  return call @m.odd(int.sub(copy %n, 1)): i64
}

fn @m.odd(%n: i64) -> i64 {
  return call @m.even(int.sub(copy %n, 1)): i64
}

fn @m.main() -> i64 {
  return call @m.even(4): i64
}",
    );
    let calls = CallGraph::new(&program);
    let [even, odd, main] = ["m.even", "m.odd", "m.main"].map(Name::new);
    assert!(calls.is_recursive(even) && calls.is_recursive(odd) && !calls.is_recursive(main));
    let at = |path: Name| calls.components.iter().position(|part| part.contains(&path));
    assert_eq!(at(even), at(odd));
    assert!(at(even) < at(main), "callees come first");
    assert_eq!(calls.reached([main]).len(), 3);
}
