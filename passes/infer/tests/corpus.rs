//! Every program of the corpus is typed: no panic, no `?`, no dynamic operation of the source left.

#![allow(clippy::disallowed_methods, reason = "the corpus is read from its folder")]

mod support;

use batuta_core::{Node, ObjOp, Op, Program, TyKind, Typed};
use std::path::Path;

/// What breaks the promise of `Typed` in a program.
fn broken(program: &Program<Typed>) -> Vec<String> {
    let mut found = Vec::new();
    for (path, body) in &program.fns {
        body.walk_block(body.root, &mut |node| {
            let row = &body.nodes[node];
            if row.ty.any(&mut |ty| matches!(ty.kind(), TyKind::Unknown | TyKind::Var(_))) {
                found.push(format!("{path}: type `{}`", row.ty));
            }
            let left = match &row.kind {
                Node::Op { op: Op::ObjOp(op), .. } => {
                    !matches!(op, ObjOp::Splat | ObjOp::SplatDict | ObjOp::SliceObj)
                }
                Node::Call { callee, .. } => {
                    matches!(callee, batuta_core::Callee::Method(..) | batuta_core::Callee::Super(_))
                }
                _ => false,
            };
            if left {
                found.push(format!("{path}: {:?}", row.kind));
            }
        });
    }
    found
}

#[test]
fn every_program_is_typed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/python");
    let (mut count, mut holes, mut dynamic) = (0, 0, 0);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("a readable folder").path();
        if path.extension().is_none_or(|ext| ext != "py") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a readable program");
        let (program, _) = support::infer(&text);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        all.extend(broken(&program).into_iter().map(|text| format!("{name} {text}")));
        let (mut has_hole, mut has_value) = (false, false);
        for body in program.fns.values() {
            body.walk_block(body.root, &mut |node| {
                has_hole |= matches!(body.nodes[node].kind, Node::Hole { .. });
                has_value |= body.nodes[node].ty.any(&mut |ty| *ty.kind() == TyKind::Value);
            });
        }
        count += 1;
        holes += usize::from(has_hole);
        dynamic += usize::from(has_value);
    }
    assert!(count >= 60, "{count} programs");
    assert!(all.is_empty(), "{} broken promises:\n{}", all.len(), all[..all.len().min(20)].join("\n"));
    println!("{count} programs: {} without holes, {} without dynamic values", count - holes, count - dynamic);
}
