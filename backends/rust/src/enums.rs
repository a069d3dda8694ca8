//! `Enum` classes: members are variants; names, values and fields of members are methods.

use crate::classes::{self, variant_name};
use crate::env::{Env, Uses};
use crate::items::{doc, function, visibility};
use crate::layout;
use crate::names;
use crate::print::Printer;
use crate::tree::{Arm, Block, Expr};
use crate::types::Position;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::fmt::Write;

/// Library functions of enum classes that the program uses: `enum.by_value` and its kin, with the class.
pub fn uses(program: &Program<Mir>) -> FxHashSet<(Name, &'static str)> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            let Node::Call { callee: Callee::Lib(name), args } = &row.kind else { continue };
            let Some(TyKind::TypeOf(class)) = args.first().map(|arg| body.ty(arg.value).kind()) else {
                continue;
            };
            match name.as_str() {
                "enum.by_value" => out.insert((*class, "value")),
                "enum.by_name" => out.insert((*class, "name")),
                _ => false,
            };
        }
    }
    out
}

/// The items of an enum class.
pub fn enumeration(env: &Env<'_>, class: &ClassDef, module: Name, uses: &mut Uses) -> String {
    let name = env.type_name(class.path);
    let vis = visibility(env, class.path, module);
    let members: Vec<Name> = env.variants(class);
    let mut out = doc(class.doc.as_deref(), 0, "///");
    out.push_str("#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n");
    let _ = writeln!(out, "{vis}enum {name} {{");
    for (index, member) in members.iter().enumerate() {
        let line = format!("    {},", variant_name(*member));
        out.push_str(&crate::items::with_comments(env, *member, &line, 4, index == 0));
    }
    out.push_str("}\n");
    let mut parts = match env.is_ruchy() {
        true => Vec::new(),
        false => vec![all_members(&members, vis), names_of(&members, vis)],
    };
    let values = values(env, &members);
    if !env.is_ruchy() || env.reads_field("value") {
        parts.extend(value_method(env, class, &members, &values, module, uses));
    }
    for field in class.fields.iter().filter(|field| !matches!(field.name.as_str(), "name" | "value")) {
        parts.extend(field_method(env, class, field, &members, &values, module, uses));
    }
    parts.extend(lookups(env, class, module, uses));
    for path in env.methods_of(class.path).into_iter().filter(|path| path.last() != "__init__") {
        if let Some(body) = env.function(path) {
            parts.push(function(env, body, module, uses, 4));
        }
    }
    let parts: Vec<_> = parts.iter().map(|part| part.trim_end()).collect();
    if !parts.is_empty() {
        let _ = write!(out, "\nimpl {name} {{\n{}\n}}\n", parts.join("\n\n"));
    }
    out.push_str(&texts(env, class, &name, uses));
    out.push_str(&order(env, class, &name, module, uses));
    let _ = write!(out, "\nrt::impl_key!({name});\n");
    out.push_str(&crate::layout::fold(&crate::object_values::impls(
        env,
        class.path,
        &[class.path],
        module,
        uses,
    )));
    out.push_str(&crate::deep_copies::class_impl(env, class, &name));
    out
}

fn all_members(members: &[Name], vis: &str) -> String {
    let all = members.iter().map(|member| Expr::Atom(format!("Self::{}", variant_name(*member)))).collect();
    let head = Expr::Atom(format!("{vis}const ALL: [Self; {}]", members.len()));
    let line = layout::render(&Expr::Assign(Box::new(head), "", Box::new(Expr::Array(all))), 4, 4, 1);
    format!("    /// All members in order.\n    {line};\n")
}

/// A method that gives something for each member.
fn by_member(head: &str, about: &str, members: &[Name], values: Vec<Expr>) -> String {
    let arm = |(member, value): (&Name, Expr)| Arm {
        above: Vec::new(),
        pat: format!("Self::{}", variant_name(*member)),
        guard: None,
        body: Block::of(value),
        mark: None,
    };
    let arms = members.iter().zip(values).map(arm).collect();
    // Nothing is of an enum without members.
    let of = if members.is_empty() { "*self" } else { "self" };
    let body = Block::of(Expr::Match(Box::new(Expr::atom(of)), arms));
    format!("    /// {about}\n    {head} {}\n", layout::fn_block(&body, 4))
}

fn names_of(members: &[Name], vis: &str) -> String {
    let values = members.iter().map(|member| Expr::Atom(crate::literal::string(member.last()))).collect();
    by_member(&format!("{vis}fn name(&self) -> &'static str"), "The member's name.", members, values)
}

/// The nodes that give the members their values, with the bodies that they stand in.
fn values<'a>(env: &Env<'a>, members: &[Name]) -> Vec<(&'a Body<Mir>, NodeId)> {
    members.iter().filter_map(|member| crate::items::first_value(env, *member)).collect()
}

/// Prints a node of an initialiser; text as a literal.
fn printed(env: &Env<'_>, body: &Body<Mir>, node: NodeId, module: Name, uses: &mut Uses) -> Expr {
    let mut printer = Printer::new(env, body, module, uses);
    match printer.expr(node) {
        Expr::Method(text, name, args)
            if name == "to_owned" && args.is_empty() && *body.ty(node).kind() == TyKind::Str =>
        {
            *text
        }
        Expr::Call(new, args)
            if args.is_empty()
                && *body.ty(node).kind() == TyKind::Str
                && *new == Expr::atom("String::new") =>
        {
            Expr::Atom(crate::literal::string(""))
        }
        value => value,
    }
}

/// The type of all values; none where they differ.
fn common(values: &[(&Body<Mir>, NodeId)]) -> Option<Ty> {
    let ty = |(body, node): &(&Body<Mir>, NodeId)| body.ty(*node).strip_ref();
    let first = ty(values.first()?);
    values.iter().all(|value| ty(value) == first).then_some(first)
}

fn result(env: &Env<'_>, ty: Ty, module: Name, uses: &mut Uses) -> String {
    match ty.kind() {
        TyKind::Str => "&'static str".to_owned(),
        _ => env.ty(ty, Position::Stored, module, uses),
    }
}

fn value_method(
    env: &Env<'_>,
    class: &ClassDef,
    members: &[Name],
    values: &[(&Body<Mir>, NodeId)],
    module: Name,
    uses: &mut Uses,
) -> Option<String> {
    if values.len() != members.len() {
        return None;
    }
    let vis = visibility(env, class.path, module);
    let mut texts: Vec<Expr> =
        values.iter().map(|(body, node)| printed(env, body, *node, module, uses)).collect();
    let ty = common(values).unwrap_or(Ty::value());
    if *ty.kind() == TyKind::Value {
        uses.rt = true;
        texts = texts.into_iter().map(|value| Expr::call("rt::Value::from", vec![value])).collect();
    }
    let head = format!("{vis}fn value(&self) -> {}", result(env, ty, module, uses));
    Some(by_member(&head, "The member's value.", members, texts))
}

/// A field that `__init__` takes from the members' values.
fn field_method(
    env: &Env<'_>,
    class: &ClassDef,
    field: &FieldDef,
    members: &[Name],
    values: &[(&Body<Mir>, NodeId)],
    module: Name,
    uses: &mut Uses,
) -> Option<String> {
    let at = parameter_of(env, class, field.name)?;
    let mut parts = Vec::new();
    for (body, node) in values {
        let part = match &body.nodes[*node].kind {
            Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => *args.get(at)?,
            _ if at == 0 => *node,
            _ => return None,
        };
        parts.push((*body, part));
    }
    let ty = common(&parts)?;
    let texts = parts.iter().map(|(body, node)| printed(env, body, *node, module, uses)).collect();
    let vis = visibility(env, class.path, module);
    let own = names::snake(field.name.as_str());
    let head = format!("{vis}fn {own}(&self) -> {}", result(env, ty, module, uses));
    Some(by_member(&head, &format!("The member's `{}`.", field.name), members, texts))
}

/// The parameter of `__init__` that a field is, by position.
fn parameter_of(env: &Env<'_>, class: &ClassDef, field: Name) -> Option<usize> {
    let body = env.function(class.path.join("__init__"))?;
    let at = env.all_fields(class.path).iter().position(|known| known.name == field)?;
    let made = body.nodes.iter().find_map(|(_, row)| match &row.kind {
        Node::Op { op: Op::ClassOp(ClassOp::New), args, .. } => args.get(at).copied(),
        _ => None,
    })?;
    let local = |node: NodeId| match &body.nodes[node].kind {
        Node::Use(place, _) => place.as_local(),
        _ => None,
    };
    let mut source = local(made)?;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Let { pat: Pat::Bind(bound, None), value: Some(value) } = &stmt.kind
            && *bound == source
            && let Some(from) = local(*value)
        {
            source = from;
        }
    });
    body.params.iter().position(|param| param.local == source)
}

/// `of_value` and `of_name`, where the program looks members up.
fn lookups(env: &Env<'_>, class: &ClassDef, module: Name, uses: &mut Uses) -> Vec<String> {
    let mut out = Vec::new();
    let vis = visibility(env, class.path, module);
    let members = env.variants(class);
    if env.enum_uses.contains(&(class.path, "value"))
        && let Some(ty) = common(&values(env, &members))
    {
        uses.rt = true;
        let (param, test) = match ty.kind() {
            TyKind::Str => ("&str".to_owned(), "member.value() == value"),
            _ if ty.is_copy() => (env.ty(ty, Position::Stored, module, uses), "member.value() == value"),
            _ => (env.ty(ty, Position::Stored, module, uses), "member.value() == value"),
        };
        out.push(layout::fold(&format!(
            "    /// The member with a value.\n    {vis}fn of_value(value: {param}) -> Self {{\n        let found = Self::ALL.into_iter().find(|member| {test});\n        found.unwrap_or_else(|| rt::raise_new(rt::ValueError, format!(\"{{}} is not a valid {}\", rt::repr(&value))))\n    }}\n",
            class.path.last()
        )));
    }
    if env.enum_uses.contains(&(class.path, "name")) {
        uses.rt = true;
        out.push(format!(
            "    /// The member with a name.\n    {vis}fn of_name(name: &str) -> Self {{\n        let found = Self::ALL.into_iter().find(|member| member.name() == name);\n        found.unwrap_or_else(|| rt::raise(rt::Error::key(name)))\n    }}\n"
        ));
    }
    out
}

/// `Color.RED` and `<Color.RED: 1>`; members that are numbers or text print as such.
fn texts(env: &Env<'_>, class: &ClassDef, name: &str, uses: &mut Uses) -> String {
    uses.rt = true;
    let method = |name: &str| {
        env.program
            .find_method(class.path, name)
            .and_then(|path| env.function(path))
            .map(|body| env.member_name(body))
    };
    let label = class.path.last();
    let has_value = values(env, &env.variants(class)).len() == env.variants(class).len();
    // `class Color(str, Enum)` shows its members as `Color.RED`.
    let is_plain = match class.kind {
        ClassKind::EnumOf(kind) => matches!(kind.as_str(), "str" | "int"),
        _ => true,
    };
    if env.is_ruchy() {
        if !env.is_shown(class.path) {
            return String::new();
        }
        let arm = |member: &Name| {
            let text = Expr::Atom(crate::literal::string(member.last()));
            (format!("Self::{}", variant_name(*member)), text)
        };
        let members = env.variants(class);
        let arms = members.iter().map(arm).map(|(pat, value)| Arm {
            above: Vec::new(),
            pat,
            guard: None,
            body: Block::of(value),
            mark: None,
        });
        let name_of = Expr::Match(Box::new(Expr::atom("self")), arms.collect());
        let text = layout::render(&Expr::atom("f").method("write_str", vec![name_of]), 8, 8, 0);
        let mut out = classes::fmt_impl("fmt::Display", name, &[("fmt", text)], uses);
        let _ = write!(out, "\nrt::impl_show!({name});\n");
        return out;
    }
    let shown = match method("__str__") {
        Some(own) => format!("f.write_str(&self.{own}())"),
        None if is_plain || !has_value => format!("write!(f, \"{label}.{{}}\", self.name())"),
        None => "write!(f, \"{}\", self.value())".to_owned(),
    };
    let repr = match method("__repr__") {
        Some(own) => format!("f.write_str(&self.{own}())"),
        None if has_value => {
            format!("write!(f, \"<{label}.{{}}: {{}}>\", self.name(), rt::repr(&self.value()))")
        }
        None => format!("write!(f, \"<{label}.{{}}>\", self.name())"),
    };
    let mut out = classes::fmt_impl("fmt::Display", name, &[("fmt", shown)], uses);
    let fns = [("fmt_repr", repr), ("fmt_str", "fmt::Display::fmt(self, f)".to_owned())];
    out.push_str(&classes::fmt_impl("rt::Repr", name, &fns, uses));
    out
}

/// Members that are numbers have the order of their values.
fn order(env: &Env<'_>, class: &ClassDef, name: &str, module: Name, uses: &mut Uses) -> String {
    if class.kind == ClassKind::Enum {
        let mut out = String::new();
        let less = env.program.find_method(class.path, "__lt__").and_then(|path| env.function(path));
        let less = less.and_then(|body| crate::own_operand::call(env, body, class.path, module, uses));
        if let Some(less) = less {
            uses.rt = true;
            out = format!(
                "\nimpl rt::PyOrd for {name} {{\n    fn py_lt(&self, other: &Self) -> bool {{\n        {less}\n    }}\n}}\n"
            );
        } else if env.ordered.contains(&class.path) {
            classes::unordered(name, class.path, &mut out, uses);
        }
        return out;
    }
    format!(
        "\nimpl PartialOrd for {name} {{\n    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {{\n        self.value().partial_cmp(&other.value())\n    }}\n}}\n\nrt::impl_ord!({name});\n"
    )
}
