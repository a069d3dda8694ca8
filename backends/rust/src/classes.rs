//! Classes: structs and enums with their derives, methods, and what makes them printable and comparable.

use crate::env::{Env, Uses};
use crate::items::{doc, function, layout_pad, named_function, visibility};
use crate::layout;
use crate::names;
use crate::print::{Printer, comment};
use crate::tree::Expr;
use crate::types::Position;
use batuta_base::{FxHashSet, Name};
use batuta_core::{
    Body, ClassDef, ClassKind, FieldCell, FieldDef, FnKind, Mir, Node, NodeId, Piece, Ty, TyKind,
};
use std::fmt::Write;

/// The items of a class.
pub fn class(env: &Env<'_>, class: &ClassDef, module: Name, uses: &mut Uses) -> String {
    let constant = env.class_values.constant(env, class.path, module, uses);
    let items = match class.kind {
        ClassKind::Enum | ClassKind::EnumOf(_) => crate::enums::enumeration(env, class, module, uses),
        ClassKind::Exception => crate::exceptions::exception(env, class, module, uses),
        ClassKind::Protocol => String::new(),
        _ => structure(env, class, module, uses),
    };
    format!("{constant}{items}")
}

pub fn structure(env: &Env<'_>, class: &ClassDef, module: Name, uses: &mut Uses) -> String {
    if let Some(family) = env.family(class.path) {
        return crate::families::class_items(env, family, class, module, uses);
    }
    let name = env.type_name(class.path);
    let vis = visibility(env, class.path, module);
    let mut out = doc(class.doc.as_deref(), 0, "///");
    let derives = derives(env, class);
    if !derives.is_empty() {
        let _ = writeln!(out, "#[derive({})]", derives.join(", "));
    }
    let list = env.all_fields(class.path);
    if list.is_empty() {
        let _ = writeln!(out, "{vis}struct {name} {{}}");
    } else {
        let _ = writeln!(out, "{vis}struct {name} {{");
        out.push_str(&fields(env, class, &list, module, uses));
        out.push_str("}\n");
    }
    out.push_str(&methods(env, class, &name, module, uses));
    out.push_str(&traits(env, class, &name, module, uses));
    out
}

/// The fields of a struct, one a line, with their comments.
pub fn fields(env: &Env<'_>, class: &ClassDef, list: &[&FieldDef], module: Name, uses: &mut Uses) -> String {
    let vis = visibility(env, class.path, module);
    let mut out = String::new();
    for (index, field) in list.iter().enumerate() {
        let above: Vec<_> = field.above.iter().map(comment).collect();
        out.push_str(&layout::comments(&above, 4, index == 0));
        let mut ty = env.ty(field.ty, Position::Stored, module, uses);
        if class.is_shared && field.cell != FieldCell::Plain {
            let cell = if field.cell == FieldCell::Cell { "Cell" } else { "RefCell" };
            uses.paths.insert(format!("std::cell::{cell}"));
            ty = format!("{cell}<{ty}>");
        }
        let beside = field.beside.as_deref().map_or(String::new(), |text| {
            format!(" //{}{text}", if text.starts_with(' ') { "" } else { " " })
        });
        let _ = writeln!(out, "    {vis}{}: {ty},{beside}", names::snake(field.name.as_str()));
    }
    out
}

/// Traits that derive gives with the class's own meaning.
fn derives(env: &Env<'_>, class: &ClassDef) -> Vec<&'static str> {
    let members = [class.path];
    let mut out = shared_derives(env, &members);
    let own = |name: &str| class.methods.iter().any(|method| method.last() == name);
    if compares_fields(env, class.path) && can_compare(env, &members) {
        out.push("PartialEq");
        let order = matches!(class.kind, ClassKind::Dataclass { order: true, .. } | ClassKind::NamedTuple);
        if order && !own("__lt__") && order_of(env, class.path, 0) == Order::Derived {
            out.push("PartialOrd");
        }
        if env.is_key(class.path) && all_fields(env, &members, &has_eq) {
            out.push("Eq");
        }
    }
    out
}

/// Types of the library that `<` compares.
pub const HAVE_ORDER: &[&str] = &[
    "Counter",
    "Decimal",
    "Fraction",
    "Path",
    "bytearray",
    "date",
    "datetime",
    "deque",
    "time",
    "timedelta",
    "tuple",
];

/// How the objects of a class are ordered by their fields.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Derived,
    /// Field by field as the source language compares them.
    Fields,
    /// Some field has no order.
    None,
}

/// Whether Rust's own `<` of two records is that of the source.
pub fn has_derived_order(env: &Env<'_>, class: Name) -> bool {
    env.all_fields(class).iter().all(|field| field.flags.compare) && order_of(env, class, 0) == Order::Derived
}

fn order_of(env: &Env<'_>, class: Name, depth: usize) -> Order {
    let mut order = Order::Derived;
    for field in env.all_fields(class).into_iter().filter(|field| field.flags.compare) {
        field.ty.any(&mut |ty| {
            order = order.max(match ty.kind() {
                TyKind::Value | TyKind::Dict(..) => Order::Fields,
                TyKind::Complex | TyKind::Func(..) | TyKind::Range | TyKind::Iter(_) => Order::None,
                TyKind::Error | TyKind::TypeOf(_) => Order::None,
                TyKind::Lib(name, _) if !HAVE_ORDER.contains(&name.last()) => Order::None,
                TyKind::Union(_) if crate::unions::is_ordered(env, ty) => Order::Fields,
                TyKind::Union(_) => Order::None,
                TyKind::Class(path, _) if *path != class && depth < 8 => order_of_object(env, *path, depth),
                _ => Order::Derived,
            });
            false
        });
    }
    order
}

fn order_of_object(env: &Env<'_>, path: Name, depth: usize) -> Order {
    let Some(class) = env.class(path) else { return Order::None };
    if env.program.find_method(path, "__lt__").is_some() {
        return Order::Fields;
    }
    match class.kind {
        ClassKind::Dataclass { order: true, .. } | ClassKind::NamedTuple => order_of(env, path, depth + 1),
        ClassKind::EnumOf(_) => Order::Derived,
        ClassKind::Enum if env.ordered.contains(&path) => Order::Fields,
        _ => Order::None,
    }
}

/// `<` of objects without an order raises, as in Python.
pub fn unordered(name: &str, class: Name, out: &mut String, uses: &mut Uses) {
    uses.rt = true;
    let own = class.last();
    let _ = write!(
        out,
        "\nimpl rt::PyOrd for {name} {{\n    fn py_lt(&self, _: &Self) -> bool {{\n        rt::not_ordered(\"<\", \"{own}\", \"{own}\")\n    }}\n}}\n"
    );
}

/// A test of every type in the fields of some classes.
fn all_fields(env: &Env<'_>, classes: &[Name], test: &dyn Fn(Ty) -> bool) -> bool {
    let mut fields = classes.iter().flat_map(|class| env.all_fields(*class));
    fields.all(|field| !field.ty.any(&mut |ty| !test(ty)))
}

fn is_plain(ty: Ty) -> bool {
    !matches!(ty.kind(), TyKind::Func(..) | TyKind::Iter(_))
}

fn has_eq(ty: Ty) -> bool {
    let is_open = |part: Ty| {
        matches!(
            part.kind(),
            TyKind::Float(_)
                | TyKind::Class(..)
                | TyKind::Num
                | TyKind::Lib(..)
                | TyKind::Value
                | TyKind::Complex
                | TyKind::Union(_)
        )
    };
    is_plain(ty) && !ty.any(&mut |part| is_open(part))
}

/// `Clone` and `Debug`, where the fields of all these classes have them.
pub fn shared_derives(env: &Env<'_>, classes: &[Name]) -> Vec<&'static str> {
    let mut out = Vec::new();
    let is_shared = classes.iter().any(|class| env.class(*class).is_some_and(|def| def.is_shared));
    let is_copied = classes.iter().any(|class| crate::own_operand::copies(env, *class));
    let mut seen = classes.iter().copied().collect();
    let has_clone = |ty: Ty| has_clone(env, ty, &mut seen);
    if (!is_shared || is_copied)
        && classes.iter().flat_map(|class| env.all_fields(*class)).map(|field| field.ty).all(has_clone)
    {
        out.push("Clone");
        if let [class] = classes
            && env.is_copy_class(*class)
        {
            out.push("Copy");
        }
    }
    let mut seen = classes.iter().copied().collect();
    if classes
        .iter()
        .flat_map(|class| env.all_fields(*class))
        .all(|field| has_debug(env, field.ty, &mut seen))
    {
        out.push("Debug");
    }
    out
}

/// Whether a type has `Clone`: nothing in it, through the fields of classes that are no handles too, is an iterator.
fn has_clone(env: &Env<'_>, ty: Ty, seen: &mut FxHashSet<Name>) -> bool {
    match ty.kind() {
        TyKind::Shared(_) => return true,
        TyKind::Iter(_) => return false,
        TyKind::Class(class, _) if env.class(*class).is_some_and(|def| def.is_shared) => return true,
        TyKind::Class(class, _) if !env.is_enum(*class) && seen.insert(*class) => {
            let members = env.family(*class).map_or_else(|| vec![*class], |family| family.members.clone());
            let mut fields = members.iter().flat_map(|class| env.all_fields(*class));
            return fields.all(|field| has_clone(env, field.ty, seen));
        }
        TyKind::Func(..) => return true,
        _ => {}
    }
    ty.children().iter().all(|part| has_clone(env, *part, seen))
}

/// Whether a type has `Debug`: nothing in it, through the fields of classes too, is a function, an iterator or
/// the runtime's own. `seen` are the classes that are being looked at.
pub fn has_debug(env: &Env<'_>, ty: Ty, seen: &mut FxHashSet<Name>) -> bool {
    !ty.any(&mut |part| match part.kind() {
        TyKind::Lib(..) | TyKind::Value => true,
        TyKind::Class(class, _) if !env.is_enum(*class) && seen.insert(*class) => {
            let members = env.family(*class).map_or_else(|| vec![*class], |family| family.members.clone());
            let mut fields = members.iter().flat_map(|class| env.all_fields(*class));
            !fields.all(|field| has_debug(env, field.ty, seen))
        }
        _ => !is_plain(part),
    })
}

/// The fields of all these classes can be compared, through the records in them.
pub fn can_compare(env: &Env<'_>, classes: &[Name]) -> bool {
    let mut seen = classes.iter().copied().collect();
    classes.iter().all(|class| fields_compare(env, *class, &mut seen))
}

/// `seen` are the classes that were or are being looked at.
fn fields_compare(env: &Env<'_>, class: Name, seen: &mut FxHashSet<Name>) -> bool {
    let is_record = |path: Name| {
        compares_fields(env, path)
            || env.class(path).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { eq: true, .. }))
    };
    let mut compares = |path: Name| {
        env.compared.contains(&path)
            || env.is_enum(path)
            || env.program.find_method(path, "__eq__").is_some()
            || !seen.insert(path)
            || is_record(path) && fields_compare(env, path, seen)
    };
    env.all_fields(class).iter().all(|field| {
        !field.ty.any(&mut |ty| match ty.kind() {
            TyKind::Class(path, _) => !compares(*path),
            _ => !is_plain(ty),
        })
    })
}

/// Objects of the class are equal when all their fields are.
pub fn compares_fields(env: &Env<'_>, class: Name) -> bool {
    let kind = env.program.mro(class).into_iter().find_map(|path| match env.class(path)?.kind {
        ClassKind::Dataclass { eq, .. } => Some(eq),
        ClassKind::NamedTuple => Some(true),
        _ => None,
    });
    kind == Some(true)
        && env.all_fields(class).iter().all(|field| field.flags.compare)
        && env.program.find_method(class, "__eq__").is_none()
}

/// Methods of the class and those that it inherits, in one `impl`.
fn methods(env: &Env<'_>, class: &ClassDef, name: &str, module: Name, uses: &mut Uses) -> String {
    let mut parts = Vec::new();
    let is_traited = |path: &Name| match path.last() {
        "__repr__" if class.kind == ClassKind::Exception => false,
        "__str__" | "__repr__" => env.function(*path).is_some_and(|body| only_format(body).is_some()),
        "__eq__" => env.function(*path).is_some_and(|body| compares_self(body, class.path)),
        _ => false,
    };
    for path in env.methods_of(class.path) {
        if let Some(body) = env.function(path)
            && !is_traited(&path)
        {
            parts.push(function(env, body, module, uses, 4));
        }
    }
    for field in &class.fields {
        let default = field.default.filter(|path| env.called.contains(path));
        if let Some(body) = default.and_then(|path| env.function(path)) {
            parts.push(function(env, body, module, uses, 4));
        }
    }
    if !class.methods.iter().any(|method| method.last() == "__init__")
        && env.function(class.path.join("__init__")).is_none()
        && env.has_constructor(class.path)
    {
        parts.insert(0, constructor(env, class, module, uses));
    }
    for attribute in class.attributes.iter().filter(|path| env.is_associated(**path)) {
        if let Some(text) = attribute_item(env, *attribute, module, uses) {
            parts.insert(0, text);
        }
    }
    let parts: Vec<_> = parts.iter().map(|part| part.trim_end()).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { format!("\nimpl {name} {{\n{}\n}}\n", parts.join("\n\n")) }
}

/// `new` of a class without `__init__`: one parameter a field, in order.
pub fn constructor(env: &Env<'_>, class: &ClassDef, module: Name, uses: &mut Uses) -> String {
    let vis = visibility(env, class.path, module);
    let fields = env.all_fields(class.path);
    let mut params = Vec::new();
    let mut values = Vec::new();
    for field in &fields {
        let own = names::snake(field.name.as_str());
        let value = if field.flags.init {
            params.push(format!("{own}: {}", env.ty(field.ty, Position::Stored, module, uses)));
            Expr::atom(&*own)
        } else {
            first_value(env, field, module, uses)
        };
        values.push((field.name, if class.is_shared { in_cell(field.cell, value) } else { value }));
    }
    let mut value = env.object_literal(class.path, "Self", values, module, uses);
    let mut ret = " -> Self";
    if env.boxed.contains(&class.path) {
        value = Expr::call("Box::new", vec![value]);
        ret = " -> Box<Self>";
    } else if class.is_shared && class.kind != ClassKind::Exception {
        uses.paths.insert("std::rc::Rc".to_owned());
        value = Expr::call("Rc::new", vec![value]);
        ret = " -> Rc<Self>";
    }
    let head =
        crate::items::header(&format!("{vis}fn {}", env.constructor_name(class.path)), &params, ret, 4);
    let block = crate::tree::Block::of(value);
    format!("    {head} {}\n", layout::fn_block(&block, 4))
}

/// What a field that the constructor does not take starts with.
fn first_value(env: &Env<'_>, field: &FieldDef, module: Name, uses: &mut Uses) -> Expr {
    let Some(body) = field.default.and_then(|path| env.function(path).cloned()) else {
        return Expr::call("Default::default", vec![]);
    };
    let mut printer = Printer::new(env, &body, module, uses);
    let block = printer.root();
    block.as_value().cloned().unwrap_or(Expr::Block(String::new(), block))
}

fn in_cell(cell: FieldCell, value: Expr) -> Expr {
    match cell {
        FieldCell::Cell => Expr::call("Cell::new", vec![value]),
        FieldCell::RefCell => Expr::call("RefCell::new", vec![value]),
        FieldCell::Plain => value,
    }
}

/// A class attribute: an associated constant, or a global of the module.
pub fn attribute_item(env: &Env<'_>, path: Name, module: Name, uses: &mut Uses) -> Option<String> {
    let text = crate::items::global(env, path, module, uses)?;
    let pad = layout_pad(4);
    Some(text.lines().map(|line| format!("{pad}{line}\n")).collect())
}

/// The pieces of a method that only formats its object.
pub fn only_format(body: &Body<Mir>) -> Option<NodeId> {
    let row = &body.blocks[body.root];
    let node = match (&row.stmts[..], row.tail) {
        ([], Some(tail)) => tail,
        ([stmt], None) => match &stmt.kind {
            batuta_core::StmtKind::Expr(node) => match &body.nodes[*node].kind {
                Node::Return(Some(value)) if stmt.above.is_empty() => *value,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    match &body.nodes[node].kind {
        Node::Format(pieces) if pieces.iter().any(|piece| matches!(piece, Piece::Value { .. })) => Some(node),
        _ => None,
    }
}

pub fn compares_self(body: &Body<Mir>, class: Name) -> bool {
    body.kind == FnKind::Method
        && body.params.len() == 2
        && !body.fallible
        && matches!(body.locals[body.params[0].local].ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::Class(..)))
        && matches!(body.locals[body.params[1].local].ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::Class(path, _) if *path == class))
}

/// `impl` blocks for text, equality, order and keys.
fn traits(env: &Env<'_>, class: &ClassDef, name: &str, module: Name, uses: &mut Uses) -> String {
    let mut out = String::new();
    let method =
        |name: &str| env.program.find_method(class.path, name).and_then(|path| env.function(path)).cloned();
    let (str_body, repr_body) = (method("__str__"), method("__repr__"));
    if let Some(body) = &str_body {
        let inner = formatted(env, body, module, uses);
        out.push_str(&fmt_impl("fmt::Display", name, &[("fmt", inner)], uses));
    }
    let shown = match (&repr_body, &class.kind) {
        (Some(body), _) => Some(formatted(env, body, module, uses)),
        (None, _) => match self::shown(env, class.path, "__repr__") {
            Shown::Fields(of) => Some(layout::render(&fields_write(env, of, uses), 8, 8, 0)),
            _ => Some(format!("f.write_str(\"<{} object>\")", class.path.last())),
        },
    };
    let short = match (&repr_body, &str_body) {
        (None, None) => short_repr(env, class.path, name, uses),
        _ => None,
    };
    if let Some(short) = short.filter(|_| class.kind != ClassKind::Exception) {
        uses.rt = true;
        out.push_str(&short);
    } else if let Some(shown) =
        shown.filter(|_| class.kind != ClassKind::Exception && env.is_shown(class.path))
    {
        uses.rt = true;
        let texts = env.texts();
        let mut fns = vec![(texts.fmt_repr, shown)];
        if str_body.is_some() {
            fns.push((texts.fmt_str, "fmt::Display::fmt(self, f)".to_owned()));
        }
        if env.is_debugged(class.path) {
            let debug = layout::render(&crate::show::fields_debug(env, class.path, uses), 8, 8, 0);
            fns.push(("fmt_debug", debug));
        }
        out.push_str(&fmt_impl(texts.show, name, &fns, uses));
    }
    if let Some(body) = method("__eq__")
        && compares_self(&body, class.path)
    {
        let text =
            named_function(env, &body, "eq", "", module, uses, 4).replace(&format!("&{name}"), "&Self");
        let _ = write!(out, "\nimpl PartialEq for {name} {{\n{text}}}\n");
    } else if let Some(body) = method("__eq__")
        && let Some(call) = crate::own_operand::call(env, &body, class.path, module, uses)
    {
        // The method sees copies: that both are one object is seen before.
        let is_copied = crate::own_operand::copies(env, class.path);
        let call = if is_copied { format!("std::ptr::eq(self, other) || {call}") } else { call };
        let _ = write!(
            out,
            "\nimpl PartialEq for {name} {{\n    fn eq(&self, other: &Self) -> bool {{\n        {call}\n    }}\n}}\n"
        );
    } else if env.is_identity(class.path)
        && (class.is_shared && env.compared.contains(&class.path) || env.ordered.contains(&class.path))
    {
        out.push_str(&identity(name));
    }
    out.push_str(&layout::fold(&field_order(env, class, name, module, uses)));
    out.push_str(&key(env, class, name, uses));
    if class.kind == ClassKind::Exception {
        out.push_str(&crate::exceptions::exception_traits(
            env,
            class.path,
            &|of| of(class.path),
            module,
            uses,
        ));
    } else {
        out.push_str(&crate::layout::fold(&crate::object_values::impls(
            env,
            class.path,
            &[class.path],
            module,
            uses,
        )));
    }
    out.push_str(&crate::deep_copies::class_impl(env, class, name));
    out
}

/// Equality by some of the fields, and `<` as Python means it.
fn field_order(env: &Env<'_>, class: &ClassDef, name: &str, module: Name, uses: &mut Uses) -> String {
    let mut out = String::new();
    let (eq, order) = match class.kind {
        ClassKind::Dataclass { eq, order, .. } => (eq, order),
        ClassKind::NamedTuple => (true, true),
        _ => (false, false),
    };
    let fields = env.all_fields(class.path);
    let all = fields.iter().all(|field| field.flags.compare);
    let parts = |of: &str| {
        let parts: Vec<_> = fields
            .iter()
            .filter(|field| field.flags.compare)
            .map(|field| {
                let value = field_of(env, Expr::atom(of), class.path, field);
                // No tuple compares what two guards show.
                layout::render(&crate::print::explicit(Expr::unary("&", value)), 8, 8, 0)
            })
            .collect();
        if parts.len() == 1 { format!("({},)", parts[0]) } else { format!("({})", parts.join(", ")) }
    };
    let is_function =
        |field: &&FieldDef| field.flags.compare && matches!(field.ty.strip().kind(), TyKind::Func(..));
    let has_function = fields.iter().copied().any(|field| is_function(&field));
    let is_asked = !all || has_function && env.compared.contains(&class.path);
    if eq && is_asked && env.program.find_method(class.path, "__eq__").is_none() {
        let compared: Vec<_> = fields.iter().filter(|field| field.flags.compare).collect();
        let value = |of: &str, field: &FieldDef| field_of(env, Expr::atom(of), class.path, field);
        uses.rt |= has_function;
        let tests = compared.iter().map(|field| {
            let [own, theirs] = ["self", "other"].map(|of| value(of, field));
            if is_function(field) {
                return Expr::call(
                    "rt::same_function",
                    [own, theirs].map(|of| Expr::unary("&", of)).to_vec(),
                );
            }
            let [own, theirs] = [own, theirs].map(|of| if of.is_guard() { Expr::unary("*", of) } else { of });
            own.binary("==", theirs)
        });
        let test = tests.reduce(|all, test| all.binary("&&", test)).unwrap_or(Expr::atom("true"));
        let test = layout::render(&test, 8, 8, 0);
        let other = if compared.is_empty() { "_" } else { "other" };
        let _ = write!(
            out,
            "\nimpl PartialEq for {name} {{\n    fn eq(&self, {other}: &Self) -> bool {{\n        {test}\n    }}\n}}\n"
        );
    }
    let less = match env.program.find_method(class.path, "__lt__").and_then(|path| env.function(path)) {
        Some(body) => match crate::own_operand::call(env, body, class.path, module, uses) {
            Some(call) => call,
            None => return out,
        },
        None if order && all && order_of(env, class.path, 0) == Order::Derived => "self < other".to_owned(),
        None if order && order_of(env, class.path, 0) != Order::None => {
            format!("rt::PyOrd::py_lt(&{}, &{})", parts("self"), parts("other"))
        }
        None if env.ordered.contains(&class.path) => {
            unordered(name, class.path, &mut out, uses);
            return out;
        }
        None => return out,
    };
    uses.rt = true;
    let _ = if less == "self < other" {
        write!(out, "\nrt::impl_ord!({name});\n")
    } else {
        write!(
            out,
            "\nimpl rt::PyOrd for {name} {{\n    fn py_lt(&self, other: &Self) -> bool {{\n        {less}\n    }}\n}}\n"
        )
    };
    out
}

/// What makes objects of the class keys: their fields, their own hash, or their identity.
fn key(env: &Env<'_>, class: &ClassDef, name: &str, uses: &mut Uses) -> String {
    if env.is_unhashable(class.path) {
        uses.rt = true;
        let text = crate::literal::string(class.path.last());
        return key_impl(name, &format!("rt::unhashable({text})"), "std::ptr::eq(self, other)");
    }
    if !env.is_key(class.path) {
        return String::new();
    }
    uses.rt = true;
    if let Some(body) = env.program.find_method(class.path, "__hash__").and_then(|path| env.function(path)) {
        let hash = match body.ret.is_big() {
            true => "rt::Key::key_hash(&self.hash_value())",
            false => "self.hash_value() as u64",
        };
        return key_impl(name, hash, "self == other");
    }
    if env.is_identity(class.path) {
        return key_impl(name, "std::ptr::from_ref(self).addr() as u64", "std::ptr::eq(self, other)");
    }
    let fields = env.all_fields(class.path).into_iter().filter(|field| field.flags.compare);
    let fields: Vec<&FieldDef> = fields.collect();
    // All objects of a record without fields are equal.
    if fields.is_empty() {
        return key_impl(name, "rt::Key::key_hash(&())", "true").replace("other", "_");
    }
    if class.is_shared && fields.iter().any(|field| field.cell != FieldCell::Plain) {
        let parts =
            fields.iter().map(|field| Expr::unary("&", field_value(env, class.path, field))).collect();
        let hash = Expr::call("rt::Key::key_hash", vec![Expr::unary("&", Expr::Tuple(parts))]);
        return key_impl(name, &layout::render(&hash, 8, 8, 0), "self == other");
    }
    let fields: Vec<String> = fields.iter().map(|field| names::snake(field.name.as_str())).collect();
    let fields = fields.into_iter().map(|field| (field.clone(), Expr::Atom(field))).collect();
    let key = Expr::Macro("rt::impl_key".to_owned(), vec![Expr::Struct(name.to_owned(), fields)]);
    format!("\n{};\n", layout::render(&key, 0, 0, 1))
}

/// `impl rt::Key` from a hash and an equality.
pub fn key_impl(name: &str, hash: &str, eq: &str) -> String {
    format!(
        "\nimpl rt::Key for {name} {{\n    fn key_hash(&self) -> u64 {{\n        {hash}\n    }}\n\n    fn key_eq(&self, other: &Self) -> bool {{\n        {eq}\n    }}\n}}\n"
    )
}

/// The body of a `fmt` method.
pub fn formatted(env: &Env<'_>, body: &Body<Mir>, module: Name, uses: &mut Uses) -> String {
    let Some(node) = only_format(body) else {
        let this = crate::own_operand::receiver(body, uses);
        return format!("f.write_str(&{this}.{}())", env.member_name(body));
    };
    let mut printer = Printer::new(env, body, module, uses);
    let (text, args) = printer.text_arguments(node);
    let all = [Expr::atom("f"), Expr::Atom(text)].into_iter().chain(args).collect();
    layout::render(&Expr::Macro("write".to_owned(), all), 8, 8, 0)
}

/// How `str` or `repr` of a class's objects is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// A method gives the text.
    Method(Name),
    /// `str` without `__str__` is `repr`.
    Repr,
    /// A dataclass shows its fields.
    Fields(Name),
    /// `<Dog object>`.
    Plain(Name),
}

/// How objects of a class become text by `__str__` or `__repr__`.
pub fn shown(env: &Env<'_>, class: Name, name: &str) -> Shown {
    let method = env.program.find_method(class, name).filter(|path| env.function(*path).is_some());
    if name == "__str__" {
        return method.map_or(Shown::Repr, Shown::Method);
    }
    // The first class in order that says how: by a method, or by being a dataclass.
    for path in env.program.mro(class) {
        let Some(def) = env.class(path) else { continue };
        if method.is_some_and(|method| method.parent() == path) {
            return Shown::Method(path.join(name));
        }
        let has_fields = matches!(def.kind, ClassKind::Plain | ClassKind::Dataclass { .. });
        if env.is_ruchy() && has_fields
            || matches!(def.kind, ClassKind::Dataclass { repr: true, .. } | ClassKind::NamedTuple)
        {
            return Shown::Fields(class);
        }
    }
    Shown::Plain(class)
}

/// `write!(f, "P(x={}, y={})", ..)`.
pub fn fields_write(env: &Env<'_>, class: Name, uses: &mut Uses) -> Expr {
    uses.rt = true;
    let name = class.last();
    // A subclass that is no dataclass itself shows the fields of the dataclass above it.
    let fields = env.all_fields(class);
    let record = env.program.mro(class).into_iter().find(|path| {
        env.class(*path)
            .is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { .. } | ClassKind::NamedTuple))
            || env.is_ruchy()
    });
    let of_record = record.map_or_else(Vec::new, |record| env.all_fields(record));
    let is_shown =
        |field: &&&FieldDef| field.flags.repr && of_record.iter().any(|known| known.name == field.name);
    let shown: Vec<_> = fields.iter().filter(is_shown).collect();
    if env.is_ruchy() {
        let shown: Vec<&FieldDef> = shown.into_iter().copied().collect();
        let name = if crate::show::is_nameless(env, class) { "" } else { name };
        let args = crate::show::record(name, &shown, |field| field_value(env, class, field));
        return Expr::Macro("write".to_owned(), args);
    }
    let text: Vec<_> = shown.iter().map(|field| format!("{}={{}}", field.name)).collect();
    let mut args = vec![Expr::atom("f"), Expr::Atom(format!("\"{name}({})\"", text.join(", ")))];
    for field in shown {
        if holds_function(field.ty) {
            args.push(Expr::atom("\"<function>\""));
            continue;
        }
        args.push(Expr::call("rt::repr", vec![Expr::unary("&", field_value(env, class, field))]));
    }
    Expr::Macro("write".to_owned(), args)
}

/// Functions have no text that would be the same in two runs.
fn holds_function(ty: Ty) -> bool {
    ty.any(&mut |part| matches!(part.kind(), TyKind::Func(..)))
}

/// `rt::impl_repr!(P { x, y })`, `rt::impl_repr!(Node, "<Node object>")`: texts without anything of their own.
fn short_repr(env: &Env<'_>, class: Name, name: &str, uses: &mut Uses) -> Option<String> {
    if env.is_ruchy() {
        return None;
    }
    let args = match shown(env, class, "__repr__") {
        Shown::Plain(of) => {
            let text = crate::literal::string(&format!("<{} object>", of.last()));
            vec![Expr::atom(name), Expr::Atom(text)]
        }
        Shown::Fields(of) if of.last() == name && !env.is_exception(of) => {
            let Expr::Macro(_, write) = fields_write(env, of, uses) else { return None };
            let shown = write.len().checked_sub(2)?;
            let fields = env.all_fields(of);
            let is_plain = |field: &&FieldDef| {
                field.flags.repr
                    && names::snake(field.name.as_str()) == field.name.as_str()
                    && !holds_function(field.ty)
            };
            if shown != fields.len() || !fields.iter().all(is_plain) || env.program.mro(of).len() > 1 {
                return None;
            }
            let pair = |name: &str| (name.to_owned(), Expr::atom(name));
            let fields = fields.iter().map(|field| pair(field.name.as_str())).collect();
            vec![Expr::Struct(name.to_owned(), fields)]
        }
        _ => return None,
    };
    let call = Expr::Macro("rt::impl_repr".to_owned(), args);
    Some(format!("\n{};\n", layout::render(&call, 0, 0, 1)))
}

/// `self.x` as a place, whatever holds the field.
pub fn field_value(env: &Env<'_>, class: Name, field: &FieldDef) -> Expr {
    field_of(env, Expr::atom("self"), class, field)
}

/// A field of an object, in the cell that it has.
pub fn field_of(env: &Env<'_>, object: Expr, class: Name, field: &FieldDef) -> Expr {
    let object = env.field_holder(object, class, field.name.as_str(), false);
    let value = object.field(names::snake(field.name.as_str()));
    let is_shared = env.class(class).is_some_and(|def| def.is_shared);
    match field.cell {
        FieldCell::Cell if is_shared => value.method("get", vec![]),
        FieldCell::RefCell if is_shared => Expr::unary("*", value.method("borrow", vec![])),
        _ => value,
    }
}

/// The value of a field as an expression that owns it.
pub fn field_text(env: &Env<'_>, class: Name, field: &FieldDef) -> String {
    let is_shared = env.class(class).is_some_and(|def| def.is_shared);
    let value = field_value(env, class, field);
    let value = match field.cell {
        FieldCell::Cell if is_shared => value,
        FieldCell::RefCell if is_shared => match value {
            guard if env.is_copy(field.ty) => guard,
            Expr::Unary("*", guard) => guard.method("clone", vec![]),
            value => value.method("clone", vec![]),
        },
        _ if env.is_copy(field.ty) => value,
        _ => value.method("clone", vec![]),
    };
    layout::render(&value, 16, 16, 1)
}

/// Objects without `__eq__` are equal to themselves alone.
pub fn identity(name: &str) -> String {
    format!(
        "\nimpl PartialEq for {name} {{\n    fn eq(&self, other: &Self) -> bool {{\n        std::ptr::eq(self, other)\n    }}\n}}\n"
    )
}

pub fn fmt_impl(target: &str, name: &str, fns: &[(&str, String)], uses: &mut Uses) -> String {
    uses.paths.insert("std::fmt".to_owned());
    let mut out = format!("\nimpl {target} for {name} {{\n");
    for (index, (method, body)) in fns.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let _ = write!(
            out,
            "    fn {method}(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\n        {body}\n    }}\n"
        );
    }
    format!("{out}}}\n")
}

/// `MEMBER` -> `Member`.
pub fn variant_name(member: Name) -> String {
    names::camel(&member.last().to_lowercase())
}
