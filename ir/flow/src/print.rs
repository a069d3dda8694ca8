//! Text of `Lir`, for tests and for eyes.

use crate::lir::{End, InstKind, Lir, Part, Reg, Target};
use batuta_core::Attr;
use std::fmt::Write;

/// The text of a function and of its closures. Blocks that nothing reaches are left out.
pub fn print(lir: &Lir) -> String {
    let mut out = String::new();
    let params: Vec<String> = lir.params.iter().map(|reg| declared(lir, *reg)).collect();
    let _ = writeln!(out, "{}({}) -> {}", lir.path, params.join(", "), lir.ret);
    for block in crate::Graph::new(lir).order {
        let row = &lir.blocks[block];
        let error = row.on_error.map(|to| format!(" !{to:?}")).unwrap_or_default();
        let _ = writeln!(out, "{block:?}:{error}");
        for inst in &row.insts {
            let dst = inst.dst.map(|reg| format!("{} = ", declared(lir, reg))).unwrap_or_default();
            let _ = writeln!(out, "  {dst}{}", kind(&inst.kind));
        }
        let _ = writeln!(out, "  {}", end(&row.end));
    }
    for (index, closure) in lir.closures.iter().enumerate() {
        let _ = write!(out, "closure {index} of {}", print(closure));
    }
    out
}

fn declared(lir: &Lir, reg: Reg) -> String {
    let row = &lir.regs[reg];
    format!("{reg:?}: {}{}", row.ty, if row.in_cell { " cell" } else { "" })
}

fn regs(list: &[Reg]) -> String {
    list.iter().map(|reg| format!("{reg:?}")).collect::<Vec<_>>().join(", ")
}

fn kind(kind: &InstKind) -> String {
    use InstKind::*;
    match kind {
        Const(value) => format!("{value:?}"),
        Copy(a) => format!("copy {a:?}"),
        Move(a) => format!("move {a:?}"),
        Clone(a) => format!("clone {a:?}"),
        Op { op, attr, args } => match attr {
            Attr::None => format!("{}({})", op.name(), regs(args)),
            attr => format!("{}{{{attr:?}}}({})", op.name(), regs(args)),
        },
        Call { target, args } => format!("call {}({})", callee(target), regs(args)),
        Item(name) => format!("item {name}"),
        Format(parts) => format!("format\"{}\"", text(parts)),
        Closure { index, captures } => format!("closure {index} [{}]", regs(captures)),
        ReadGlobal(path) => format!("@{path}"),
        WriteGlobal(path, a) => format!("@{path} = {a:?}"),
        Field(a, name) => format!("{a:?}.{name}"),
        SetField(a, name, b) => format!("{a:?}.{name} = {b:?}"),
        Index(a, b) => format!("{a:?}[{b:?}]"),
        Nth(a, b) => format!("{a:?}[#{b:?}]"),
        SetIndex(a, b, c) => format!("{a:?}[{b:?}] = {c:?}"),
        DelIndex(a, b) => format!("del {a:?}[{b:?}]"),
        DelField(a, name) => format!("del {a:?}.{name}"),
        Payload(a) => format!("{a:?}.!"),
        Iter(how, a) => format!("{}({a:?})", batuta_core::Op::from(*how).name()),
        NewCell(a) => format!("cell {a:?}"),
        Alias(a) => format!("cell of {a:?}"),
        TakeError => "error".to_owned(),
        Yield(a) => format!("yield {a:?}"),
        Drop(a) => format!("drop {a:?}"),
        DropIf(a) => format!("drop? {a:?}"),
    }
}

fn callee(target: &Target) -> String {
    match target {
        Target::Fn(path) => format!("@{path}"),
        Target::Virtual(path) => format!("virtual @{path}"),
        Target::New(path) => format!("new @{path}"),
        Target::Lib(name) => format!("lib:{name}"),
        Target::Value(reg) => format!("{reg:?}"),
    }
}

fn text(parts: &[Part]) -> String {
    let one = |part: &Part| match part {
        Part::Text(text) => text.to_string(),
        Part::Value { reg, spec, .. } if spec.is_empty() => format!("{{{reg:?}}}"),
        Part::Value { reg, spec, .. } => format!("{{{reg:?}:{}}}", text(spec)),
    };
    parts.iter().map(one).collect()
}

fn end(end: &End) -> String {
    match end {
        End::Goto(to) => format!("goto {to:?}"),
        End::If(cond, a, b) => format!("if {cond:?} {a:?} else {b:?}"),
        End::Next { iter, item, some, done } => format!("next {item:?} of {iter:?} {some:?} done {done:?}"),
        End::Return(None) => "return".to_owned(),
        End::Return(Some(reg)) => format!("return {reg:?}"),
        End::Raise(error, None) => format!("raise {error:?}"),
        End::Raise(error, Some(cause)) => format!("raise {error:?} from {cause:?}"),
        End::Stop => "stop".to_owned(),
    }
}
