//! Typed text in, Mir text out: who copies, moves and borrows.

use batuta_core::text::{parse_program, print_body};
use batuta_core::{Demotion, Program, Typed};
use batuta_shapes::{ShapeOptions, shapes};

/// Mir of a typed program after as many rounds as it needs.
fn mir(source: &str) -> String {
    let program: Program<Typed> = parse_program(source).expect("the source parses");
    let mut demoted: Vec<Demotion> = Vec::new();
    loop {
        let shaped = shapes(&program, &demoted, ShapeOptions::default());
        let lowered = batuta_own::own(&shaped.program, &shaped.frozen, &demoted);
        let fresh: Vec<_> = lowered.demoted.into_iter().filter(|d| !demoted.contains(d)).collect();
        if fresh.is_empty() {
            return lowered.program.fns.values().map(|body| print_body(body)).collect::<Vec<_>>().join("\n");
        }
        demoted.extend(fresh);
    }
}

#[test]
fn a_list_that_is_only_read_is_borrowed() {
    let text = mir(r#"fn @m.total(%xs: list<int>) -> int {
  var %t: int
  var %x: int
  set place %t = 0: int
  for place %x in iter.of(%xs: list<int>): iter<int> {
    update %t int.add %x: int
  }: none
  return %t: int
}
"#);
    println!("{text}");
    assert!(text.contains("%xs: &list<i64>"), "{text}");
}

#[test]
fn a_row_of_a_grid_is_a_mutable_borrow() {
    let text = mir(r#"fn @m.f(%grid: list<list<int>>) -> none {
  var %row: list<int>
  set place %row = %grid[0: int]: list<int>
  lib:list.append(%row: list<int>, 3: int): none
}
"#);
    println!("{text}");
    assert!(text.contains("%grid: &mut list<list<i64>>"), "{text}");
}

#[test]
fn a_second_name_that_sees_changes_is_shared() {
    let text = mir(r#"fn @m.f() -> list<int> {
  var %a: list<int>
  var %b: list<int>
  set place %a = list.new(1: int): list<int>
  set place %b = %a: list<int>
  lib:list.append(%b: list<int>, 2: int): none
  lib:list.append(%a: list<int>, 3: int): none
  lib:list.append(%b: list<int>, 4: int): none
  return %a: list<int>
}
"#);
    println!("{text}");
    assert!(text.contains("shared<list<i64>>"), "{text}");
}
