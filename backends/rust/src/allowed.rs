//! Lints of the source's own shape, allowed on exactly the item whose source has it.
//!
//! `print(1 < 2 < 3)`, `x == x`, a lambda called where it stands, `3.14159`: the source says so, and whoever reads
//! the Rust beside it expects to find it. What the translation itself makes is written so that no lint speaks.

use crate::tree::{Block, Closure, Expr, If, Stmt, StmtKind};
use std::collections::BTreeSet;

/// The attribute for a function's block, tidied before.
pub fn attributes(block: &Block, indent: usize) -> String {
    let mut found = BTreeSet::new();
    look_at_block(block, &mut found);
    line(&found, indent)
}

/// The attribute for a value of its own.
pub fn attributes_of(value: &Expr, indent: usize) -> String {
    let mut found = BTreeSet::new();
    look_at(value, &mut found);
    line(&found, indent)
}

fn line(found: &BTreeSet<&str>, indent: usize) -> String {
    if found.is_empty() {
        return String::new();
    }
    let lints: Vec<_> = found.iter().copied().collect();
    format!("{}#[allow({})]\n", " ".repeat(indent), lints.join(", "))
}

fn look_at_block(block: &Block, found: &mut BTreeSet<&'static str>) {
    for Stmt { kind, .. } in &block.stmts {
        match kind {
            StmtKind::Let { pat, value, els, .. } => {
                // What has no translation, under a name that nothing reads.
                if pat.starts_with('_') && value.as_ref().is_some_and(Expr::is_hole) {
                    found.insert("clippy::diverging_sub_expression");
                }
                value.iter().for_each(|value| look_at(value, found));
                els.iter().for_each(|block| look_at_block(block, found));
            }
            StmtKind::Expr(value) | StmtKind::Value(value) => look_at(value, found),
            StmtKind::Nothing => {}
        }
    }
    block.tail.iter().for_each(|tail| look_at(tail, found));
}

fn look_at(of: &Expr, found: &mut BTreeSet<&'static str>) {
    match of {
        Expr::Binary(left, op, right) => found.extend(operation(left, op, right)),
        Expr::Call(callee, _) if matches!(**callee, Expr::Closure(_)) => {
            found.insert("clippy::redundant_closure_call");
        }
        Expr::Atom(text) if is_known_constant(text) => {
            found.insert("clippy::approx_constant");
        }
        Expr::If(branch) if has_same_branches(branch) => {
            found.insert("clippy::if_same_then_else");
        }
        _ => {}
    }
    below(of, found);
}

/// All that stands in an expression, the statements of its blocks too.
fn below(of: &Expr, found: &mut BTreeSet<&'static str>) {
    match of {
        Expr::Closure(Closure { body, .. }) => look_at(body, found),
        Expr::Block(_, block) | Expr::Loop(_, block) => look_at_block(block, found),
        Expr::While(_, head, block) | Expr::For(_, _, head, block) => {
            look_at(head, found);
            look_at_block(block, found);
        }
        Expr::If(branch) => {
            look_at(&branch.cond, found);
            look_at_block(&branch.then, found);
            branch.els.iter().for_each(|els| look_at(els, found));
        }
        Expr::Match(subject, arms) => {
            look_at(subject, found);
            for arm in arms {
                arm.guard.iter().for_each(|guard| look_at(guard, found));
                look_at_block(&arm.body, found);
            }
        }
        other => other.clone().for_each_operand(&mut |operand| look_at(operand, found)),
    }
}

/// What clippy says of two operands that are known.
fn operation(left: &Expr, op: &str, right: &Expr) -> Vec<&'static str> {
    let mut out = Vec::new();
    let is_test = matches!(op, "==" | "!=" | "<" | "<=" | ">" | ">=");
    let is_logic = matches!(op, "&&" | "||");
    let are_known = is_logic && is_known_test(left) && is_known_test(right);
    if are_known {
        out.push("clippy::nonminimal_bool");
    }
    let asks_equality = is_test || is_logic || matches!(op, "-" | "/" | "%" | "&" | "|" | "^");
    if asks_equality && left == right && !has_effect(left) || are_known {
        out.push("clippy::eq_op");
    }
    let is_nan = |side: &Expr| matches!(side, Expr::Atom(text) if text == "f64::NAN");
    if is_test && (is_nan(left) || is_nan(right)) {
        out.push("invalid_nan_comparisons");
    }
    let is = |side: &Expr, number: &str| number_of(side) == Some(number);
    let is_idle = match op {
        "+" => is(left, "0") || is(right, "0"),
        "-" | "<<" | ">>" | "|" | "^" => is(right, "0"),
        "*" => is(left, "1") || is(right, "1"),
        "/" => is(right, "1"),
        _ => false,
    };
    if is_idle {
        out.push("clippy::identity_op");
    }
    let erases = match op {
        "*" | "&" => is(left, "0") || is(right, "0"),
        "/" => is(left, "0"),
        _ => false,
    };
    if erases {
        out.push("clippy::erasing_op");
    }
    if op == "%" && is(right, "1") {
        out.push("clippy::modulo_one");
    }
    out
}

/// A whole number without its type.
fn number_of(of: &Expr) -> Option<&str> {
    let Expr::Atom(text) = of else { return None };
    let digits = text.strip_suffix("_i64").unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

/// A comparison of two literals.
fn is_known_test(of: &Expr) -> bool {
    let is_number = |side: &Expr| {
        let side = if let Expr::Unary("-", inner) = side { inner } else { side };
        matches!(side, Expr::Atom(text) if text.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
    };
    match of {
        Expr::Binary(left, "==" | "!=" | "<" | "<=" | ">" | ">=", right) => {
            is_number(left) && is_number(right)
        }
        Expr::Binary(left, "&&" | "||", right) => is_known_test(left) && is_known_test(right),
        Expr::Unary("!", inner) => is_known_test(inner),
        Expr::Atom(text) => text == "true" || text == "false",
        _ => false,
    }
}

/// Calls may do something: clippy compares what is only read.
fn has_effect(of: &Expr) -> bool {
    let mut found = !matches!(
        of,
        Expr::Atom(_)
            | Expr::Lazy(_)
            | Expr::Field(..)
            | Expr::Index(..)
            | Expr::Unary(..)
            | Expr::Binary(..)
            | Expr::Cast(..)
    );
    of.clone().for_each_operand(&mut |operand| found |= has_effect(operand));
    found
}

/// Neighbours of a chain of tests that do the same.
fn has_same_branches(branch: &If) -> bool {
    let same = |one: &Block, other: &Block| !one.is_empty() && text(one) == text(other);
    match &branch.els {
        Some(Expr::If(next)) => same(&branch.then, &next.then),
        Some(Expr::Block(label, block)) => label.is_empty() && same(&branch.then, block),
        _ => false,
    }
}

/// The text of a block without the positions that it came from.
fn text(block: &Block) -> String {
    crate::layout::take_marks(&crate::layout::stmts(block, 0)).0
}

/// Numbers that std has a name for, and from how many digits on clippy knows them.
const CONSTANTS: &[(f64, &str, usize)] = &[
    (std::f64::consts::E, "2.718281828459045", 4),
    (std::f64::consts::FRAC_1_PI, "0.3183098861837907", 4),
    (std::f64::consts::FRAC_1_SQRT_2, "0.7071067811865476", 5),
    (std::f64::consts::FRAC_2_PI, "0.6366197723675814", 5),
    (std::f64::consts::FRAC_2_SQRT_PI, "1.1283791670955126", 5),
    (std::f64::consts::FRAC_PI_2, "1.5707963267948966", 5),
    (std::f64::consts::FRAC_PI_3, "1.0471975511965979", 5),
    (std::f64::consts::FRAC_PI_4, "0.7853981633974483", 5),
    (std::f64::consts::FRAC_PI_6, "0.5235987755982989", 5),
    (std::f64::consts::FRAC_PI_8, "0.39269908169872414", 5),
    (std::f64::consts::LN_2, "0.6931471805599453", 5),
    (std::f64::consts::LN_10, "2.302585092994046", 5),
    (std::f64::consts::LOG10_2, "0.3010299956639812", 5),
    (std::f64::consts::LOG2_10, "3.321928094887362", 5),
    (std::f64::consts::LOG10_E, "0.4342944819032518", 5),
    (std::f64::consts::LOG2_E, "1.4426950408889634", 5),
    (std::f64::consts::PI, "3.141592653589793", 3),
    (std::f64::consts::SQRT_2, "1.4142135623730951", 5),
    (std::f64::consts::TAU, "6.283185307179586", 3),
];

/// A number that is as good as one of std's constants.
fn is_known_constant(text: &str) -> bool {
    let digits = text.strip_suffix("_f64").unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || !digits.contains('.') {
        return false;
    }
    let Ok(number) = digits.parse::<f64>() else { return false };
    CONSTANTS.iter().any(|(constant, whole, least)| {
        let places = digits.len() - digits.find('.').unwrap_or(0) - 1;
        digits.len() > *least
            && (number == *constant || whole.starts_with(digits) || format!("{constant:.places$}") == digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(of: Expr) -> String {
        attributes_of(&of, 0)
    }

    #[test]
    fn what_the_source_says_twice() {
        let x = || Expr::atom("x");
        assert_eq!(allowed(x().binary("==", x())), "#[allow(clippy::eq_op)]\n");
        assert_eq!(allowed(x().binary("==", Expr::atom("y"))), "");
        let call = || Expr::call("f", vec![]);
        assert_eq!(allowed(call().binary("==", call())), "");
    }

    #[test]
    fn numbers_with_a_name() {
        assert!(is_known_constant("3.14") && is_known_constant("3.14159") && is_known_constant("2.718"));
        assert!(!is_known_constant("3.1") && !is_known_constant("3.15") && !is_known_constant("2.7"));
        assert!(!is_known_constant("314") && !is_known_constant("x.y"));
    }
}
