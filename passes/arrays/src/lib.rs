//! NumPy's arrays: element types and numbers of axes that the program fixes.
//!
//! before                                                          after
//!   var %a: value                                                   var %a: numpy.float2
//!   set place %a = lib:numpy.$call("zeros", [value.from((3, 4))])   set place %a = value.to(lib:numpy.$call(..))
//!   value.index(%a, value.from(tuple.new(%i, %j)))                  lib:numpy.float2.$at(%a, %i, %j)
//!
//! Inference leaves all that NumPy gives as dynamic values. Here a value that is an array of a known type wherever it comes
//! from, or a number of NumPy's or Python's, gets a static type: locals, parameters and results of functions. An array of a
//! static type is a handle of the same dynamic object, so that the conversion either way loses nothing: views stay
//! views, `is` holds, and what has no static form here (slices, functions of NumPy, printing) stays the dynamic call.
//!
//! A number of NumPy shows itself in `repr`, in a division by zero and in an overflow. Its arithmetic is NumPy's here too
//! (it wraps, it gives `inf`); where it becomes a dynamic value again it becomes NumPy's. A variable that holds either
//! kind (`total = 0.0`, `total += a[i]`) is a plain number as long as nothing can tell; else it stays dynamic.
//!
//! Holds back in a library (whoever calls it may give anything) and where a program sets shapes in place.
#![forbid(unsafe_code)]

mod calls;
mod fact;
mod facts;
mod flow;
mod functions;
mod keys;
mod rewrite;
mod scalars;
mod tuples;

use batuta_base::Name;
use batuta_core::{Attr, Body, Callee, Const, Node, Op, Program, Typed, ValueOp};
use std::sync::Arc;

/// The program with static types for arrays, where it uses NumPy.
pub fn refine(program: &Program<Typed>) -> Program<Typed> {
    let mut out = program.clone();
    if program.entry.is_none() || !uses_numpy(program) || changes_shapes(program) {
        return out;
    }
    let mut kept = flow::Keys::default();
    // A variable that turns out to be seen as what it is stays dynamic, and all is asked again.
    for _ in 0..32 {
        let Some(known) = flow::solve(program, &kept) else { return out };
        let rewritten = rewrite::program(program, &known);
        if rewritten.seen.is_empty() {
            out = rewritten.program;
            break;
        }
        kept.extend(rewritten.seen);
    }
    out
}

fn calls(body: &Body<Typed>, test: &mut dyn FnMut(&Node) -> bool) -> bool {
    body.nodes.iter().any(|(_, row)| test(&row.kind))
}

fn uses_numpy(program: &Program<Typed>) -> bool {
    let is_call = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if name.as_str().starts_with("numpy.$"));
    program.fns.values().any(|body| calls(body, &mut |node| is_call(node)))
}

/// Whether an array of the program may get another shape while it is the same object.
fn changes_shapes(program: &Program<Typed>) -> bool {
    let changes = |body: &Arc<Body<Typed>>| {
        calls(body, &mut |node| match node {
            Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), .. } => {
                matches!(name.as_str(), "resize" | "shape=" | "strides=" | "dtype=" | "data=" | "setflags")
            }
            Node::Call { callee: Callee::Lib(name), .. } => name.as_str().starts_with("builtins.setattr"),
            Node::Const(Const::Str(text)) => &**text == "resize",
            _ => false,
        })
    };
    program.fns.values().any(changes)
}

/// The row of the catalogue for arrays of a type: `numpy.float2.$at`.
fn row(elem: fact::Elem, rank: u8, method: &str) -> Name {
    Name::new(&format!("numpy.{}{rank}.${method}", elem.word()))
}
