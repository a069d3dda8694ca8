//! The enums of closed unions: text, equality, keys, order, conversions.
//!
//! An enum has what the program uses of it (`UnionUses`): a getter for each member that a place reads
//! without a pattern, an order where values are sorted or compared, a hash where they are keys.

use crate::classes::HAVE_ORDER;
use crate::env::{Env, Uses, variant, variant_in};
use crate::names;
use crate::types::Position;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::fmt::Write;

/// What a program does with its unions.
#[derive(Default)]
pub struct UnionUses {
    /// Members that are read: the union, the member, how.
    getters: FxHashSet<(Ty, Ty, Reads)>,
    /// Unions whose values have to have an order for the library.
    ordered: FxHashSet<Ty>,
    /// Unions that `<`, `<=`, `>`, `>=` compare.
    compared: FxHashSet<(Ty, CmpOp)>,
    keys: FxHashSet<Ty>,
    /// Unions that `==` compares, also inside other values.
    equated: FxHashSet<Ty>,
    /// Unions whose truth the library asks for.
    tested: FxHashSet<Ty>,
    /// Unions that a format with a width or another spec takes.
    formatted: FxHashSet<Ty>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Reads {
    Owned,
    Ref,
    Mut,
}

impl UnionUses {
    pub fn of(program: &Program<Mir>) -> Self {
        let mut out = Self::default();
        for body in program.fns.values() {
            for (_, row) in body.nodes.iter() {
                out.node(body, row);
            }
            body.locals.iter().for_each(|(_, row)| out.keys_of(row.ty));
        }
        program.classes.values().flat_map(|class| &class.fields).for_each(|field| out.keys_of(field.ty));
        program.globals.values().for_each(|global| out.keys_of(global.ty));
        out
    }

    fn node(&mut self, body: &Body<Mir>, row: &NodeRow) {
        self.keys_of(row.ty);
        match &row.kind {
            Node::Op { op: Op::UnionOp(UnionOp::Get), args, .. } => {
                let union = body.ty(args[0]);
                let reads = match union.kind() {
                    TyKind::Ref(_) => Reads::Ref,
                    TyKind::RefMut(_) => Reads::Mut,
                    _ => Reads::Owned,
                };
                self.getters.insert((union.strip_ref(), row.ty.strip_ref(), reads));
            }
            Node::Op { op: Op::UnionOp(UnionOp::Truth), args, .. } => {
                self.tested.insert(body.ty(args[0]).strip_ref());
            }
            Node::Op { op: Op::CmpOp(op), args, .. } => {
                if matches!(op, CmpOp::Eq | CmpOp::Ne | CmpOp::Is | CmpOp::IsNot) {
                    for arg in args {
                        each_union(body.ty(*arg), &mut |union| {
                            self.equated.insert(union);
                        });
                    }
                }
                if matches!(op, CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge) {
                    for arg in args {
                        each_union(body.ty(*arg), &mut |union| {
                            self.compared.insert((union, *op));
                        });
                    }
                }
            }
            Node::Call { callee: Callee::Lib(name), args } if needs_order(name.as_str()) => {
                let closures = args.iter().filter_map(|arg| match &body.nodes[arg.value].kind {
                    Node::Closure(closure) => Some(closure.ret),
                    _ => None,
                });
                let types = args.iter().map(|arg| body.ty(arg.value)).chain([row.ty]).chain(closures);
                types.for_each(|ty| {
                    each_union(ty, &mut |union| {
                        self.ordered.insert(union);
                    })
                });
            }
            Node::Op { op: Op::ListOp(ListOp::Contains), args, .. } => {
                each_union(body.ty(args[0]), &mut |union| {
                    self.equated.insert(union);
                });
            }
            Node::Format(pieces) => {
                for piece in pieces {
                    if let Piece::Value { value, spec, .. } = piece
                        && !spec.is_empty()
                    {
                        each_union(body.ty(*value), &mut |union| {
                            self.formatted.insert(union);
                        });
                    }
                }
            }
            Node::Call { callee: Callee::Lib(name), args } if tests_truth(name.as_str()) => {
                let types = args.iter().map(|arg| body.ty(arg.value));
                types.for_each(|ty| {
                    each_union(ty, &mut |union| {
                        self.tested.insert(union);
                    })
                });
            }
            Node::Call { callee: Callee::Lib(name), args } if formats(name.as_str()) => {
                let types = args.iter().map(|arg| body.ty(arg.value));
                types.for_each(|ty| {
                    each_union(ty, &mut |union| {
                        self.formatted.insert(union);
                    })
                });
            }
            Node::Call { callee: Callee::Lib(name), args } if name.as_str().starts_with("builtins.hash") => {
                let types = args.iter().map(|arg| body.ty(arg.value));
                types.for_each(|ty| {
                    each_union(ty, &mut |union| {
                        self.keys.insert(union);
                    })
                });
            }
            _ => {}
        }
    }

    fn keys_of(&mut self, ty: Ty) {
        ty.any(&mut |part| {
            let key = match part.kind() {
                TyKind::Dict(key, _) | TyKind::Set(key) | TyKind::FrozenSet(key) => Some(*key),
                TyKind::Lib(name, args)
                    if matches!(name.last(), "Counter" | "OrderedDict" | "defaultdict") =>
                {
                    args.first().copied()
                }
                _ => None,
            };
            if let Some(key) = key {
                each_union(key, &mut |union| {
                    self.keys.insert(union);
                });
            }
            false
        });
    }
}

fn each_union(ty: Ty, f: &mut dyn FnMut(Ty)) {
    ty.any(&mut |part| {
        if matches!(part.kind(), TyKind::Union(_)) {
            f(part);
        }
        false
    });
}

fn tests_truth(name: &str) -> bool {
    let name = name.split('#').next().unwrap_or(name);
    matches!(name, "builtins.any" | "builtins.all" | "builtins.filter" | "itertools.filterfalse")
}

fn formats(name: &str) -> bool {
    ["str.__mod__", "str.format", "builtins.format"].iter().any(|known| name.starts_with(known))
}

/// Library functions that compare values with `<`.
fn needs_order(name: &str) -> bool {
    let words =
        ["sort", "min", "max", "heap", "bisect", "insort", "nlargest", "nsmallest", "merge", "median"];
    words.iter().any(|word| name.contains(word))
}

/// The enum of a closed union.
pub fn union(env: &Env<'_>, ty: Ty, module: Name, uses: &mut Uses) -> String {
    let (TyKind::Union(items), Some(name)) = (ty.kind(), env.unions.get(&ty)) else { return String::new() };
    uses.rt = true;
    let types: Vec<String> = items.iter().map(|item| env.ty(*item, Position::Stored, module, uses)).collect();
    let declared: String =
        members(items).zip(&types).map(|((member, _), text)| format!("    {member}({text}),\n")).collect();
    let derives = derives(env, items);
    let is_alone = env.program.entry == Some(module) && env.program.modules.len() == 1;
    let visibility = if is_alone { "" } else { "pub " };
    let head = format!(
        "/// One of the types that the source mixes.\n#[derive({derives})]\n{visibility}enum {name} {{\n{declared}}}\n"
    );
    let (same, mut parts) = member_traits(env, ty, name, uses);
    parts.insert(0, head);
    parts.insert(1, methods(env, ty, &types, module, uses));
    if !same.is_empty() {
        let members: Vec<String> =
            members(items).zip(&types).map(|((member, _), text)| format!("{member}({text})")).collect();
        parts.insert(2, impl_union(name, &members, &same));
    }
    if env.union_uses.equated.contains(&ty) {
        parts.push(equality(env, name, items));
    }
    parts.push(order(env, ty, name));
    parts.concat()
}

/// Traits that are those of the member, by name, and the blocks of those where some member is an object of its own.
fn member_traits(env: &Env<'_>, ty: Ty, name: &str, uses: &mut Uses) -> (Vec<&'static str>, Vec<String>) {
    let items = ty.children();
    let asked = &env.union_uses;
    let class = |test: &dyn Fn(Name) -> bool| items.iter().any(|item| item.class_path().is_some_and(test));
    let (mut same, mut parts) = (Vec::new(), Vec::new());
    if env.is_ruchy() {
        same.extend(env.is_union_shown(ty).then_some("Show"));
    } else if class(&|class| !env.has_text(class)) {
        uses.paths.insert("std::fmt".to_owned());
        parts.push(repr(env, name, &items));
    } else {
        same.push("Repr");
    }
    if asked.formatted.contains(&ty) {
        match class(&|_| true) {
            true => parts.push(format_impl(env, name, &items)),
            false => same.push("Format"),
        }
    }
    if asked.keys.contains(&ty) || is_in_key(env, ty) {
        match class(&|class| crate::object_values::fields_as_tuple(env, class, "value").is_some()) {
            true => parts.push(keys(env, name, &items)),
            false => same.push("Key"),
        }
    }
    if asked.tested.contains(&ty) {
        match class(&|_| true) {
            true => parts.push(truth(name, &items)),
            false => same.push("Truth"),
        }
    }
    same.extend(env.deep_copies.unions.contains(&ty).then_some("DeepCopy"));
    same.extend(env.to_value.contains(&ty).then_some("ToValue"));
    same.extend(env.from_value.contains(&ty).then_some("FromValue"));
    (same, parts)
}

/// `rt::impl_union! { IntOrStr { Int(i64), Str(String) }: Repr, Key }`
fn impl_union(name: &str, members: &[String], traits: &[&str]) -> String {
    let (members, traits) = (members.join(", "), traits.join(", "));
    let line = format!("rt::impl_union! {{ {name} {{ {members} }}: {traits} }}");
    if line.chars().count() <= 100 {
        return format!("\n{line}\n");
    }
    format!("\nrt::impl_union! {{\n    {name} {{ {members} }}: {traits}\n}}\n")
}

/// `repr` and `str` are those of the member.
fn repr(env: &Env<'_>, name: &str, items: &[Ty]) -> String {
    let method = |method: &str| {
        let arms: String = members(items)
            .map(|(member, ty)| match ty.class_path().filter(|class| !env.has_text(*class)) {
                Some(class) => {
                    format!("            Self::{member}(_) => f.write_str(\"<{} object>\"),\n", class.last())
                }
                None => format!("            Self::{member}(value) => value.{method}(f),\n"),
            })
            .collect();
        format!(
            "    fn {method}(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\n        match self {{\n{arms}        }}\n    }}\n"
        )
    };
    let differs = |ty: &Ty| {
        matches!(ty.strip().kind(), TyKind::Str | TyKind::Error)
            || ty.class_path().is_some_and(|class| env.has_text(class))
    };
    let mut methods = vec![method("fmt_repr")];
    if items.iter().any(differs) {
        methods.push(method("fmt_str"));
    }
    format!("\nimpl rt::Repr for {name} {{\n{}}}\n", methods.join("\n"))
}

/// The truth of the member; an object without a truth of its own is true.
fn truth(name: &str, items: &[Ty]) -> String {
    let arms: String = members(items)
        .map(|(member, ty)| match ty.class_path() {
            Some(_) => format!("            Self::{member}(_) => true,\n"),
            None => format!("            Self::{member}(value) => rt::truth(value),\n"),
        })
        .collect();
    format!(
        "\nimpl rt::Truth for {name} {{\n    fn is_true(&self) -> bool {{\n        match self {{\n{arms}        }}\n    }}\n}}\n"
    )
}

/// What a format sees is the member.
fn format_impl(env: &Env<'_>, name: &str, items: &[Ty]) -> String {
    let arms: String = members(items)
        .map(|(member, ty)| match ty.class_path() {
            Some(class) if shows_name(env, class) => {
                format!(
                    "            Self::{member}(value) => rt::Operand::Shown(rt::str(value).to_string()),\n"
                )
            }
            Some(class) if let Some(plain) = crate::object_values::plain_type(env, class) => {
                let operand = if plain == "int" { "Small" } else { "Text" };
                format!("            Self::{member}(value) => rt::Operand::{operand}(value.value()),\n")
            }
            Some(class) => {
                format!("            Self::{member}(_) => rt::Operand::Other(\"{}\"),\n", class.last())
            }
            None => format!("            Self::{member}(value) => value.operand(),\n"),
        })
        .collect();
    format!(
        "\nimpl rt::Format for {name} {{\n    fn operand(&self) -> rt::Operand<'_> {{\n        match self {{\n{arms}        }}\n    }}\n}}\n"
    )
}

/// Whether a format sees the name of a member: in all enums but those that are numbers or texts alone.
fn shows_name(env: &Env<'_>, class: Name) -> bool {
    env.class(class).is_some_and(|class| {
        let shows = match class.kind {
            ClassKind::Enum => true,
            ClassKind::EnumOf(kind) => matches!(kind.as_str(), "str" | "int" | "Flag"),
            _ => false,
        };
        shows && !class.methods.iter().any(|method| method.last() == "__format__")
    })
}

fn derives(env: &Env<'_>, items: &[Ty]) -> String {
    let mut out = vec!["Clone"];
    let mut seen = FxHashSet::default();
    if items.iter().all(|item| crate::classes::has_debug(env, *item, &mut seen)) {
        out.push("Debug");
    }
    if compares_whole(env, items) {
        out.push("PartialEq");
    }
    out.join(", ")
}

/// Whether `==` of all members is Rust's.
fn compares_whole(env: &Env<'_>, items: &[Ty]) -> bool {
    items.iter().all(|item| {
        !item.any(&mut |ty| {
            matches!(ty.kind(), TyKind::Func(..) | TyKind::Iter(_))
                || matches!(ty.kind(), TyKind::Class(class, _) if !env.has_equality(*class))
        })
    })
}

/// Objects without an equality of their own are equal when they are the same.
fn equality(env: &Env<'_>, name: &str, items: &[Ty]) -> String {
    if compares_whole(env, items)
        || items.iter().any(|item| matches!(item.kind(), TyKind::Func(..) | TyKind::Iter(_)))
    {
        return String::new();
    }
    let arms: String = members(items)
        .map(|(member, ty)| {
            let is_told = |class: &Name| {
                env.has_equality(*class) || env.program.find_method(*class, "__eq__").is_some()
            };
            let same = match ty.class_path().filter(|class| !is_told(class)) {
                Some(_) if matches!(ty.kind(), TyKind::Shared(_)) => "std::rc::Rc::ptr_eq(a, b)",
                Some(_) => "std::ptr::eq(a, b)",
                None => "a == b",
            };
            format!("            (Self::{member}(a), Self::{member}(b)) => {same},\n")
        })
        .collect();
    format!(
        "\nimpl PartialEq for {name} {{\n    fn eq(&self, other: &Self) -> bool {{\n        match (self, other) {{\n{arms}            _ => false,\n        }}\n    }}\n}}\n"
    )
}

/// Getters and the comparison of members, where the program asks for them.
fn methods(env: &Env<'_>, ty: Ty, types: &[String], module: Name, uses: &mut Uses) -> String {
    let (TyKind::Union(items), Some(name)) = (ty.kind(), env.unions.get(&ty)) else { return String::new() };
    let mut out = Vec::new();
    for (item, text) in items.iter().zip(types) {
        let member = variant_in(items, *item);
        let own = names::snake(&member);
        let own = own.trim_end_matches('_');
        let rest = if items.len() > 1 {
            "            _ => rt::raise_new(rt::TypeError, \"unexpected type\"),\n"
        } else {
            ""
        };
        let (seen, value) = match item.kind() {
            TyKind::Str => ("&str".to_owned(), "value"),
            TyKind::List(part) => (format!("&[{}]", env.ty(*part, Position::Stored, module, uses)), "value"),
            _ if item.is_copy() => (text.clone(), "*value"),
            _ => (format!("&{text}"), "value"),
        };
        for (reads, method, receiver, result, value) in [
            (Reads::Owned, format!("into_{own}"), "self", text.clone(), "value"),
            (Reads::Ref, format!("as_{own}"), "&self", seen, value),
            (Reads::Mut, format!("as_{own}_mut"), "&mut self", format!("&mut {text}"), "value"),
        ] {
            if env.union_uses.getters.contains(&(ty, *item, reads)) {
                let vis = if env.program.modules.len() > 1 { "pub " } else { "" };
                out.push(format!(
                    "    {vis}fn {method}({receiver}) -> {result} {{\n        match self {{\n            Self::{member}(value) => {value},\n{rest}        }}\n    }}\n"
                ));
            }
        }
    }
    if is_ordered(env, ty) {
        out.push(compare(env, items));
    }
    if out.is_empty() { String::new() } else { format!("\nimpl {name} {{\n{}}}\n", out.join("\n")) }
}

/// Whether the values of a union are compared somewhere.
pub fn is_ordered(env: &Env<'_>, ty: Ty) -> bool {
    let uses = &env.union_uses;
    uses.ordered.contains(&ty) || uses.compared.iter().any(|(union, _)| *union == ty)
}

fn has_order(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Num | TyKind::Str | TyKind::Bool => true,
        TyKind::Tuple(items) => items.iter().all(|item| has_order(*item)),
        TyKind::List(item) => has_order(*item),
        TyKind::Bytes | TyKind::Set(_) | TyKind::Value => true,
        TyKind::Lib(name, args) => {
            HAVE_ORDER.contains(&name.last()) && args.iter().all(|item| has_order(*item))
        }
        _ => false,
    }
}

/// Members of one type have an order; those of two raise `TypeError`, as in Python.
fn compare(env: &Env<'_>, items: &[Ty]) -> String {
    let arms: String = members(items)
        .filter_map(|(member, ty)| {
            let order = match ty {
                ty if has_order(ty) => "a.partial_cmp(b)",
                ty if has_python_order(env, ty) => "Some(rt::py_cmp(a, b))",
                _ => return None,
            };
            Some(format!("            (Self::{member}(a), Self::{member}(b)) => {order},\n"))
        })
        .collect();
    let words: String = members(items)
        .map(|(member, ty)| format!("            Self::{member}(_) => \"{}\",\n", python_name(ty)))
        .collect();
    format!(
        "    fn type_name(&self) -> &'static str {{\n        match self {{\n{words}        }}\n    }}\n\n    fn compare(&self, other: &Self, sign: &str) -> Option<std::cmp::Ordering> {{\n        match (self, other) {{\n{arms}            _ => rt::not_ordered(sign, self.type_name(), other.type_name()),\n        }}\n    }}\n"
    )
}

/// Ordered by `rt::PyOrd`: objects, unions that are compared, and tuples and lists of them.
fn has_python_order(env: &Env<'_>, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Tuple(items) => items.iter().all(|item| has_python_order(env, *item)),
        TyKind::List(item) | TyKind::Option(item) => has_python_order(env, *item),
        TyKind::Union(_) => is_ordered(env, ty),
        _ => has_order(ty) || is_ordered_object(env, ty),
    }
}

/// Objects of the class are ordered by `rt::PyOrd`.
fn is_ordered_object(env: &Env<'_>, ty: Ty) -> bool {
    let Some(class) = ty.class_path() else { return false };
    let is_record = env.class(class).is_some_and(|def| {
        matches!(def.kind, ClassKind::Dataclass { order: true, .. } | ClassKind::NamedTuple)
    });
    is_record || env.program.find_method(class, "__lt__").is_some()
}

fn python_name(ty: Ty) -> String {
    match ty.kind() {
        TyKind::Unit => "NoneType".to_owned(),
        TyKind::Num => "int".to_owned(),
        TyKind::Class(path, _) | TyKind::Lib(path, _) => path.last().to_owned(),
        TyKind::Shared(item) | TyKind::Boxed(item) => python_name(*item),
        TyKind::List(_) => "list".to_owned(),
        _ => variant(ty).to_lowercase(),
    }
}

/// `PartialOrd` and `PyOrd` through `compare`.
fn order(env: &Env<'_>, ty: Ty, name: &str) -> String {
    let uses = &env.union_uses;
    let mut out = String::new();
    let signs =
        [(CmpOp::Lt, "lt", "<"), (CmpOp::Le, "le", "<="), (CmpOp::Gt, "gt", ">"), (CmpOp::Ge, "ge", ">=")];
    let methods: Vec<String> = signs
        .into_iter()
        .filter(|(op, ..)| uses.compared.contains(&(ty, *op)))
        .map(|(_, method, sign)| {
            format!(
                "\n    fn {method}(&self, other: &Self) -> bool {{\n        self.compare(other, \"{sign}\").is_some_and(|order| order.is_{method}())\n    }}\n"
            )
        })
        .collect();
    if !methods.is_empty() {
        let _ = write!(
            out,
            "\nimpl PartialOrd for {name} {{\n    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {{\n        self.compare(other, \"<\")\n    }}\n{}}}\n",
            methods.concat()
        );
    }
    if uses.ordered.contains(&ty) || !methods.is_empty() {
        let _ = write!(
            out,
            "\nimpl rt::PyOrd for {name} {{\n    fn py_lt(&self, other: &Self) -> bool {{\n        self.compare(other, \"<\").is_some_and(|order| order.is_lt())\n    }}\n}}\n"
        );
    }
    out
}

/// The variant and its member type.
fn members(items: &[Ty]) -> impl Iterator<Item = (String, Ty)> {
    items.iter().map(|item| (variant_in(items, *item), *item))
}

/// Objects that can be keys hold the union.
fn is_in_key(env: &Env<'_>, union: Ty) -> bool {
    let holds = |class: Name| env.all_fields(class).iter().any(|field| field.ty.any(&mut |ty| ty == union));
    env.program.classes.keys().any(|class| env.is_key(*class) && holds(*class))
}

/// Equal members are equal keys; members of two types never are.
fn keys(env: &Env<'_>, name: &str, items: &[Ty]) -> String {
    let (mut hash, mut eq, mut python) = (String::new(), String::new(), String::new());
    for (member, ty) in members(items) {
        // A named tuple is the key that the tuple of its fields is.
        let tuple = match ty.kind() {
            TyKind::Class(class, _) => crate::object_values::fields_as_tuple(env, *class, "value"),
            _ => None,
        };
        if let (Some(tuple), TyKind::Class(class, _)) = (&tuple, ty.kind()) {
            let count = env.all_fields(*class).len();
            let plain = members(items)
                .find(|(_, ty)| matches!(ty.kind(), TyKind::Tuple(items) if items.len() == count));
            if let Some((plain, _)) = plain {
                let _ = writeln!(
                    eq,
                    "            (Self::{plain}(a), Self::{member}(value)) | (Self::{member}(value), Self::{plain}(a)) => a.key_eq(&{tuple}),"
                );
            }
            let _ = writeln!(hash, "            Self::{member}(value) => {tuple}.key_hash(),");
        } else {
            let _ = writeln!(hash, "            Self::{member}(value) => value.key_hash(),");
        }
        let _ = writeln!(eq, "            (Self::{member}(a), Self::{member}(b)) => a.key_eq(b),");
        let _ = writeln!(python, "            Self::{member}(value) => value.py_hash(),");
    }
    format!(
        "\nimpl rt::Key for {name} {{\n    fn key_hash(&self) -> u64 {{\n        match self {{\n{hash}        }}\n    }}\n\n    fn key_eq(&self, other: &Self) -> bool {{\n        match (self, other) {{\n{eq}            _ => false,\n        }}\n    }}\n\n    fn py_hash(&self) -> Option<i64> {{\n        match self {{\n{python}        }}\n    }}\n}}\n"
    )
}

/// What `asyncio.gather(.., return_exceptions=True)` makes dynamic: the results beside the errors.
pub(crate) fn gathered(body: &Body<Mir>, node: &Node, out: &mut FxHashSet<Ty>) {
    let Node::Call { callee: Callee::Lib(name), args } = node else { return };
    if !name.as_str().starts_with("asyncio.gather_outcomes") {
        return;
    }
    for arg in args {
        body.ty(arg.value).any(&mut |part| {
            if let TyKind::Lib(name, inner) = part.kind()
                && matches!(name.as_str(), "asyncio.Coroutine" | "asyncio.Task")
            {
                inner[0].any(&mut |part| {
                    out.insert(part);
                    false
                });
            }
            false
        });
    }
}
