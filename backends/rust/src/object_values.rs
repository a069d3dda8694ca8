//! Objects as dynamic values: `impl rt::Object` for classes that flow into `rt::Value`.
//!
//! Only what the program asks dynamic values for is written out: the attributes and methods whose
//! names it uses on them, and the operators of the class.

use crate::classes::{self, Shown};
use crate::env::{Env, Uses};
use crate::layout;
use crate::method_names::method_name;
use crate::names;
use crate::tree::Expr;
use crate::types::Position;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::fmt::Write;

/// The conversions of a class (of a family: of its root), or nothing where it stays static.
pub fn impls(env: &Env<'_>, class: Name, members: &[Name], module: Name, uses: &mut Uses) -> String {
    if !members.iter().any(|member| env.dynamic.classes.contains(member)) {
        return String::new();
    }
    uses.rt = true;
    let name = env.type_name(class);
    uses.paths.insert("std::any::Any".to_owned());
    let mut parts =
        vec![type_name(env, class), "    fn as_any(&self) -> &dyn Any {\n        self\n    }\n".to_owned()];
    parts.extend(attributes(env, class, members, module, uses));
    parts.extend(setters(env, class, members));
    parts.extend(methods(env, members, module, uses));
    parts.extend(texts(env, class, members));
    parts.extend(member(env, class));
    parts.extend(callable(env, members));
    parts.extend(crate::object_members::answers(env, members));
    parts.extend(crate::deep_copies::value_method(env, class));
    parts.extend(crate::object_equality::methods(env, class, members, module, uses));
    parts.push(instance_test(env, class, members));
    let mut out = format!("\nimpl rt::Object for {name} {{\n{}}}\n", parts.join("\n"));
    let is_shared = env.class(class).is_some_and(|def| def.is_shared);
    if !is_shared {
        uses.paths.insert("std::rc::Rc".to_owned());
        let _ = write!(
            out,
            "\nimpl From<{name}> for rt::Value {{\n    fn from(object: {name}) -> Self {{\n        Self::Object(Rc::new(object))\n    }}\n}}\n"
        );
        let _ = write!(
            out,
            "\nimpl rt::FromValue for {name} {{\n    fn from_value(value: &rt::Value) -> rt::Result<Self> {{\n        Rc::<Self>::from_value(value).map(Rc::unwrap_or_clone)\n    }}\n}}\n"
        );
    }
    out
}

/// The builtin type that the members of an enum are, too.
pub fn plain_type(env: &Env<'_>, class: Name) -> Option<&'static str> {
    match env.class(class)?.kind {
        ClassKind::EnumOf(kind) if matches!(kind.as_str(), "StrEnum" | "str") => Some("str"),
        ClassKind::EnumOf(kind) if kind != "Flag" => Some("int"),
        _ => None,
    }
}

/// The field of a class derived from `str`, `int` or `float` that holds what its objects are, too.
pub fn plain_field(env: &Env<'_>, class: Name) -> Option<String> {
    let order = env.program.mro(class);
    let own_equality = |path: &Name| {
        env.class(*path).is_some_and(|def| {
            def.methods.iter().any(|method| matches!(method.last(), "__eq__" | "__hash__"))
        })
    };
    let top = order.iter().find(|path| {
        env.class(**path).is_some_and(|def| {
            !env.is_enum(**path)
                && def.bases.iter().any(|base| matches!(base.as_str(), "str" | "int" | "float"))
        })
    })?;
    if order.iter().any(own_equality) || env.family(class).is_some() {
        return None;
    }
    let field = env.class(*top)?.fields.first()?;
    Some(names::snake(field.name.as_str()))
}

/// Members of an enum: each is one object, and in an `IntEnum` also its number. What an object of a class below
/// `str` or a number type is, and the tuple that a named tuple is.
fn member(env: &Env<'_>, class: Name) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(field) = plain_field(env, class) {
        out.push(format!(
            "    fn plain(&self) -> Option<rt::Value> {{\n        Some(self.{field}.clone().into())\n    }}\n"
        ));
    }
    if let Some(tuple) = fields_as_tuple(env, class, "self") {
        out.push(format!(
            "    fn plain(&self) -> Option<rt::Value> {{\n        Some(rt::Value::from({tuple}))\n    }}\n"
        ));
    }
    if plain_type(env, class).is_some() {
        out.push(
            "    fn plain(&self) -> Option<rt::Value> {\n        Some(self.value().into())\n    }\n"
                .to_owned(),
        );
    }
    out
}

fn type_name(env: &Env<'_>, class: Name) -> String {
    let value = match env.family(class) {
        Some(family) if family.asks_class => "self.class_name()".to_owned(),
        _ => crate::literal::string(class.last()),
    };
    format!("    fn type_name(&self) -> &str {{\n        {value}\n    }}\n")
}

/// Whether values of a type become dynamic values and can be read from them.
pub fn converts(ty: Ty) -> bool {
    !ty.any(&mut |part| match part.kind() {
        TyKind::Lib(name, _) => !LIBRARY.contains(&name.last()),
        TyKind::Func(..) | TyKind::Iter(_) | TyKind::RefMut(_) | TyKind::TypeOf(_) => true,
        TyKind::Unknown | TyKind::Never => true,
        _ => false,
    })
}

/// Types of the library that dynamic values hold.
const LIBRARY: &[&str] = &[
    "Calendar",
    "Counter",
    "Decimal",
    "DecimalTuple",
    "Fraction",
    "Hash",
    "IsoCalendarDate",
    "LogFormatter",
    "LogHandler",
    "LogRecord",
    "Logger",
    "Match",
    "Namespace",
    "NormalDist",
    "OrderedDict",
    "ParseResult",
    "Path",
    "Pattern",
    "StringIO",
    "Template",
    "WarningMessage",
    "array",
    "bytearray",
    "coroutine",
    "date",
    "datetime",
    "defaultdict",
    "deque",
    "exc_args",
    "file",
    "float_array",
    "int_array",
    "struct_time",
    "time",
    "timedelta",
    "timezone",
    "tuple",
];

/// Fields that dynamic code may set: those in cells.
fn setters(env: &Env<'_>, class: Name, members: &[Name]) -> Option<String> {
    let mut arms = String::new();
    let mut seen: FxHashSet<(Name, Name)> = FxHashSet::default();
    for member in members {
        for field in env.all_fields(*member) {
            let is_asked = env.dynamic.set.contains(&field.name) && converts(field.ty);
            if !is_asked || seen.contains(&(*member, field.name)) {
                continue;
            }
            let holder = env.field_holder(Expr::atom("self"), *member, field.name.as_str(), false);
            let place = layout::render(&holder.field(names::snake(field.name.as_str())), 16, 16, 1);
            let set = match field.cell {
                FieldCell::Cell => format!("{place}.set(value.to())"),
                FieldCell::RefCell => format!("*{place}.borrow_mut() = value.to()"),
                FieldCell::Plain => continue,
            };
            let (holders, test) = holder_test(env, class, members, *member, field.name.as_str());
            seen.extend(holders.into_iter().chain([*member]).map(|holder| (holder, field.name)));
            let _ = writeln!(arms, "            {:?}{test} => {set},", field.name.as_str());
        }
    }
    (!arms.is_empty()).then(|| {
        format!(
            "    fn set_attr(&self, name: &str, value: rt::Value) -> bool {{\n        match name {{\n{arms}            _ => return false,\n        }}\n        true\n    }}\n"
        )
    })
}

fn attributes(env: &Env<'_>, class: Name, members: &[Name], module: Name, uses: &mut Uses) -> Option<String> {
    let mut arms = String::new();
    // Which attribute of which class has an arm; one arm stands for all classes that inherit it.
    let mut seen: FxHashSet<(Name, Name)> = FxHashSet::default();
    for member in members {
        for field in env.all_fields(*member).into_iter().filter(|_| !env.is_enum(class)) {
            let is_container = match field.ty.strip_shared().kind() {
                TyKind::List(item) | TyKind::Dict(item, _) | TyKind::Set(item) => {
                    *item.kind() != TyKind::Value
                }
                TyKind::Lib(name, items) if batuta_catalog::SHARED_CONTAINERS.contains(&name.last()) => {
                    items.iter().any(|item| *item.kind() != TyKind::Value)
                }
                _ => false,
            };
            let is_open = field
                .ty
                .any(&mut |part| matches!(part.kind(), TyKind::Union(_)) && !env.to_value.contains(&part));
            let fits = converts(field.ty) && !is_open && !(is_container && env.dynamic.changes_containers());
            if !env.dynamic.reads(field.name.as_str()) || !fits || seen.contains(&(*member, field.name)) {
                continue;
            }
            let value = classes::field_text(env, *member, field);
            let (holders, test) = holder_test(env, class, members, *member, field.name.as_str());
            seen.extend(holders.into_iter().chain([*member]).map(|holder| (holder, field.name)));
            let value = match field.ty.kind() {
                TyKind::Value => value,
                _ => format!("rt::Value::from({value})"),
            };
            let _ = writeln!(arms, "            {:?}{test} => Some({value}),", field.name.as_str());
        }
        for path in env.methods_of(*member) {
            let Some(body) = env.function(path).filter(|body| body.kind == FnKind::Property) else {
                continue;
            };
            let name = Name::new(path.last());
            let fits = converts(body.ret) && env.is_printed(path);
            if env.dynamic.reads(path.last()) && fits && !seen.contains(&(*member, name)) {
                let tried = if body.fallible { ".or_raise()" } else { "" };
                uses.prelude |= body.fallible;
                let call = method_name(env, body);
                let (holders, test) = property_test(env, class, members, path.last());
                seen.extend(holders.into_iter().chain([*member]).map(|holder| (holder, name)));
                let _ = writeln!(
                    arms,
                    "            {:?}{test} => Some(rt::Value::from(self.{call}(){tried})),",
                    path.last()
                );
            }
        }
    }
    for (name, value) in class_constants(env, class, members) {
        if env.dynamic.reads(name.as_str()) && seen.insert((class, name)) {
            let _ = writeln!(arms, "            {:?} => Some(rt::Value::from({value})),", name.as_str());
        }
    }
    if env.is_enum(class) {
        let has_value = env.class(class).is_some_and(|def| {
            let mut values =
                env.variants(def).into_iter().map(|member| crate::items::first_value(env, member));
            values.all(|value| value.is_some_and(|(body, node)| converts(body.ty(node))))
        });
        for name in ["name", "value"].into_iter().filter(|name| *name == "name" || has_value) {
            if env.dynamic.reads(name) {
                let _ = writeln!(arms, "            {name:?} => Some(rt::Value::from(self.{name}())),");
            }
        }
    }
    arms += &bound_methods(env, class, members, module, uses, &mut seen);
    arms += &unknown_attributes(env, class, members, &seen);
    arms += &asked_attributes(env, members, uses);
    if arms.is_empty() {
        return None;
    }
    uses.paths.insert("std::rc::Rc".to_owned());
    Some(format!(
        "    fn get_attr(self: Rc<Self>, name: &str) -> Option<rt::Value> {{\n        match name {{\n{arms}            _ => None,\n        }}\n    }}\n"
    ))
}

/// What `__getattr__` answers for names that nothing else has.
fn asked_attributes(env: &Env<'_>, members: &[Name], uses: &mut Uses) -> String {
    let method = |member: &Name| {
        let body = env.function(env.program.find_method(*member, "__getattr__")?)?;
        let fits = converts(body.ret) && env.is_printed(body.path) && body.params.len() == 2;
        fits.then_some(body)
    };
    let holders: Vec<Name> = members.iter().copied().filter(|member| method(member).is_some()).collect();
    let Some(body) = holders.first().and_then(method) else { return String::new() };
    let ty = body.locals[body.params[1].local].ty;
    let name = match (ty.kind(), ty.strip_ref().kind()) {
        (TyKind::Ref(_), TyKind::Str) => "name",
        (_, TyKind::Str) => "name.to_owned()",
        (TyKind::Ref(_), TyKind::Value) => "&rt::Value::from(name)",
        (_, TyKind::Value) => "rt::Value::from(name)",
        _ => return String::new(),
    };
    let tried = if body.fallible { ".or_raise()" } else { "" };
    uses.prelude |= body.fallible;
    let call = format!("self.{}({name}){tried}", method_name(env, body));
    let value = match body.ret.kind() {
        TyKind::Value => call,
        _ => format!("rt::Value::from({call})"),
    };
    let names: Vec<String> = holders.iter().map(|holder| format!("{:?}", holder.last())).collect();
    let test = match holders.len() == members.len() {
        true => String::new(),
        false => format!(" && matches!(self.class_name(), {})", names.join(" | ")),
    };
    format!("            _ if !name.starts_with(\"__\"){test} => Some({value}),\n")
}

/// Methods that are read by their names, as functions of their object.
fn bound_methods(
    env: &Env<'_>,
    class: Name,
    members: &[Name],
    module: Name,
    uses: &mut Uses,
    seen: &mut FxHashSet<(Name, Name)>,
) -> String {
    if !env.dynamic.gives_methods() || env.is_enum(class) {
        return String::new();
    }
    let mut names: Vec<Name> = Vec::new();
    for member in members {
        for path in env.methods_of(*member) {
            let Some(body) = env.function(path).filter(|body| body.kind == FnKind::Method) else { continue };
            let name = Name::new(path.last());
            let is_special = name.as_str().starts_with("__") || name.as_str().contains('$');
            if !is_special && env.is_printed(path) && method_arm(env, body, module, uses).is_some() {
                seen.extend(members.iter().map(|member| (*member, name)));
                names.push(name);
            }
        }
    }
    names.sort_by_key(|name| name.as_str());
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    let names: Vec<String> = names.iter().map(|name| format!("{:?}", name.as_str())).collect();
    format!("            {} => Some(rt::bound_method(self, name)),\n", names.join(" | "))
}

/// `getattr(x, name)` stops at what a class has and no value stands for, such as a method: it is there.
fn unknown_attributes(
    env: &Env<'_>,
    class: Name,
    members: &[Name],
    seen: &FxHashSet<(Name, Name)>,
) -> String {
    if !env.dynamic.by_name || env.is_enum(class) {
        return String::new();
    }
    let names_of = |member: Name| -> Vec<Name> {
        let methods = env.methods_of(member).into_iter().map(|path| Name::new(path.last()));
        let fields = env.all_fields(member).into_iter().map(|field| field.name);
        let mro = env.program.mro(member);
        let globals = env.program.globals.keys().filter(|path| mro.contains(&path.parent()));
        methods.chain(fields).chain(globals.map(|path| Name::new(path.last()))).collect()
    };
    let open = |member: &Name| {
        let mut names = names_of(*member);
        names.retain(|name| !seen.contains(&(*member, *name)));
        names
    };
    let of: Vec<(Name, Vec<Name>)> = members.iter().map(|member| (*member, open(member))).collect();
    let mut all: Vec<Name> = of.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    all.retain(|name| !name.as_str().starts_with("__") && !name.as_str().contains('$'));
    all.sort_by_key(|name| name.as_str());
    all.dedup();
    let can_ask = env.family(class).is_some_and(|family| family.asks_class);
    let arm = |name: Name| {
        let holders = of.iter().filter(|(_, names)| names.contains(&name));
        let holders: Vec<String> = holders.map(|(member, _)| format!("{:?}", member.last())).collect();
        let test = match can_ask && holders.len() < of.len() {
            true => format!(" if matches!(self.class_name(), {})", holders.join(" | ")),
            false => String::new(),
        };
        format!("            {:?}{test} => todo!(\"`{name}` by its name\"),\n", name.as_str())
    };
    all.into_iter().map(arm).collect()
}

/// Constants of a class, which its objects have as attributes too; none where several classes share one type.
fn class_constants(env: &Env<'_>, class: Name, members: &[Name]) -> Vec<(Name, String)> {
    if members.len() > 1 || env.is_enum(class) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for owner in env.program.mro(class) {
        for path in
            env.program.globals.keys().filter(|path| path.parent() == owner && env.is_associated(**path))
        {
            let ty = env.program.globals[path].ty;
            if converts(ty) {
                let own = if owner == class { "Self".to_owned() } else { env.type_name(owner) };
                out.push((Name::new(path.last()), format!("{own}::{}", env.constant_name(*path))));
            }
        }
    }
    out
}

/// The classes of a family that have an attribute of one owner, and the guard for them.
fn holder_test(
    env: &Env<'_>,
    class: Name,
    members: &[Name],
    member: Name,
    field: &str,
) -> (Vec<Name>, String) {
    let (Some(family), Some(owner)) = (env.family(class), env.field_owner(member, field)) else {
        return (Vec::new(), String::new());
    };
    if family.is_base(owner) {
        return (members.to_vec(), String::new());
    }
    let below = family.concrete_below(env.program, owner);
    let test = guard(&below, family.concrete.len());
    (below, test)
}

/// The classes of a family that have a property, and the guard for them.
fn property_test(env: &Env<'_>, class: Name, members: &[Name], name: &str) -> (Vec<Name>, String) {
    if env.family(class).is_none() {
        return (Vec::new(), String::new());
    }
    let holders: Vec<Name> =
        members.iter().copied().filter(|member| env.program.find_method(*member, name).is_some()).collect();
    let test = guard(&holders, members.len());
    (holders, test)
}

/// Nothing where all classes are meant.
fn guard(holders: &[Name], all: usize) -> String {
    let names: Vec<String> = holders.iter().map(|holder| format!("{:?}", holder.last())).collect();
    match holders.len() == all {
        true => String::new(),
        false => format!(" if matches!(self.class_name(), {})", names.join(" | ")),
    }
}

/// Unions that methods of dynamic objects take and give are made of dynamic values, and become some.
pub fn convert_parameters(env: &mut Env<'_>) {
    let (mut takes, mut gives) = (Vec::new(), Vec::new());
    for class in &env.dynamic.classes {
        // A record is also a tuple of its fields.
        if env.class(*class).is_some_and(|class| class.kind == ClassKind::NamedTuple) {
            gives.extend(env.all_fields(*class).into_iter().map(|field| field.ty));
        }
        let fields = env.all_fields(*class).into_iter();
        takes.extend(fields.filter(|field| env.dynamic.set.contains(&field.name)).map(|field| field.ty));
        for body in env.methods_of(*class).into_iter().filter_map(|path| env.function(path)) {
            let is_equality = body.path.last() == "__eq__";
            if body.kind == FnKind::Property && env.dynamic.reads(body.path.last()) {
                gives.push(body.ret);
            }
            if body.kind == FnKind::Method && (is_equality || env.dynamic.asks(body)) {
                takes.extend(body.params.iter().skip(1).map(|param| body.locals[param.local].ty));
                gives.push(body.ret);
            }
        }
    }
    let unions = |types: Vec<Ty>| {
        let mut out = Vec::new();
        for ty in types {
            ty.any(&mut |part| {
                if matches!(part.kind(), TyKind::Union(_)) && converts(part) {
                    out.push(part);
                }
                false
            });
        }
        out
    };
    env.from_value.extend(unions(takes));
    env.to_value.extend(unions(gives));
}

fn methods(env: &Env<'_>, members: &[Name], module: Name, uses: &mut Uses) -> Option<String> {
    let mut arms = String::new();
    let mut seen = FxHashSet::default();
    for member in members {
        for path in env.methods_of(*member) {
            let Some(body) = env.function(path) else { continue };
            let is_method = body.kind == FnKind::Method && env.dynamic.asks(body) && env.is_printed(path);
            if is_method && seen.insert(Name::new(path.last())) {
                if crate::families::is_split(env, *member, path.last()) {
                    let what = format!("`{}` of classes that take different types", path.last());
                    let _ = writeln!(arms, "            ({:?}, _) => todo!({what:?}),", path.last());
                } else {
                    arms.extend(method_arm(env, body, module, uses));
                }
            }
        }
    }
    if arms.is_empty() {
        return None;
    }
    uses.paths.insert("std::rc::Rc".to_owned());
    Some(format!(
        "    fn call_method(self: Rc<Self>, name: &str, args: &[rt::Value]) -> Option<rt::Result<rt::Value>> {{\n        match (name, args) {{\n{arms}            _ => None,\n        }}\n    }}\n"
    ))
}

fn method_arm(env: &Env<'_>, body: &Body<Mir>, module: Name, uses: &mut Uses) -> Option<String> {
    let this = body.locals[body.params.first()?.local].ty;
    let types: Vec<Ty> = body.params.iter().skip(1).map(|param| body.locals[param.local].ty).collect();
    let is_iter = matches!(body.ret.kind(), TyKind::Iter(item) if converts(*item));
    let known = |ty: Ty, set: &FxHashSet<Ty>| {
        !ty.any(&mut |part| matches!(part.kind(), TyKind::Union(_)) && !set.contains(&part))
    };
    let takes = types.iter().all(|ty| converts(*ty) && known(*ty, &env.from_value));
    let fits = takes && !body.is_async && (is_iter || converts(body.ret)) && known(body.ret, &env.to_value);
    // Equality is the trait's own question.
    let is_equality = matches!(body.path.last(), "__eq__" | "__ne__");
    if !fits || is_equality || matches!(this.kind(), TyKind::RefMut(_)) {
        return None;
    }
    let mut args = Vec::new();
    let names: Vec<String> =
        body.params.iter().skip(1).map(|param| names::snake(param.name.as_str())).collect();
    // `*args` takes what is left; no argument by name comes here for `**kwargs`.
    let kinds: Vec<ParamKind> = body.params.iter().skip(1).map(|param| param.kind).collect();
    let is_named = |at: usize| kinds.get(at) == Some(&ParamKind::StarStar);
    let last = names.len().checked_sub(1 + usize::from(is_named(names.len().saturating_sub(1))));
    let rest = last.filter(|at| kinds[*at] == ParamKind::Star).map(|at| &names[at]);
    let mut at = 0;
    for (ty, name) in types.iter().zip(&names) {
        let mut text = env.ty(ty.strip_ref(), Position::Stored, module, uses);
        // A comparison's operand is lent without its handle.
        let is_bare = matches!(ty.strip_ref().kind(), TyKind::Class(..));
        let class = ty.strip_ref().class_path().filter(|_| is_bare);
        if class.is_some_and(|class| env.class(class).is_some_and(|def| def.is_shared)) {
            text = format!("Rc<{text}>");
        }
        let is_rest = rest == Some(name);
        at += 1;
        if is_named(at - 1) {
            let none = format!("rt::Value::from(rt::Dict::<String, rt::Value>::new()).to::<{text}>()");
            args.push(if matches!(ty.kind(), TyKind::Ref(_)) { format!("&{none}") } else { none });
            continue;
        }
        let value = match is_rest {
            true if text.starts_with("rt::Tuple<") => {
                format!("rt::Value::Tuple({name}.into()).to::<{text}>()")
            }
            true => format!("rt::Value::from({name}.to_vec()).to::<{text}>()"),
            false if text == "rt::Value" => format!("{name}.clone()"),
            false => format!("{name}.to::<{text}>()"),
        };
        args.push(match ty.kind() {
            _ if is_rest && matches!(ty.kind(), TyKind::Ref(_)) => format!("&{value}"),
            TyKind::Ref(_) if text == "rt::Value" => name.clone(),
            TyKind::Ref(_) => format!("&{value}"),
            _ => value,
        });
    }
    let call = format!("self.{}({})", method_name(env, body), args.join(", "));
    let value = match body.ret.kind() {
        _ if body.fallible && is_iter => {
            format!("Some({call}.map(|items| rt::Value::from(items.collect::<Vec<_>>())))")
        }
        TyKind::Unit if body.fallible => format!("Some({call}.map(|()| rt::Value::None))"),
        _ if body.fallible => format!("Some({call}.map(rt::Value::from))"),
        TyKind::Unit => {
            format!("{{\n                {call};\n                Some(Ok(rt::Value::None))\n            }}")
        }
        _ if is_iter => format!("Some(Ok(rt::Value::from({call}.collect::<Vec<_>>())))"),
        TyKind::Value => format!("Some(Ok({call}))"),
        _ => format!("Some(Ok(rt::Value::from({call})))"),
    };
    let comma = if value.ends_with('}') { "" } else { "," };
    // An operand of a type that the method never gets is left to the other operand.
    let guard = match (is_operator(body.path.last()), types.as_slice()) {
        (true, [only]) => {
            let text = env.ty(only.strip_ref(), Position::Stored, module, uses);
            if text == "rt::Value" {
                String::new()
            } else {
                format!(" if {}.try_to::<{text}>().is_ok()", names[0])
            }
        }
        _ => String::new(),
    };
    let mut taken = names.clone();
    if is_named(names.len().saturating_sub(1)) {
        taken.pop();
    }
    if let (Some(_), Some(last)) = (rest, taken.last_mut()) {
        *last += " @ ..";
    }
    Some(format!("            ({:?}, [{}]){guard} => {value}{comma}\n", body.path.last(), taken.join(", ")))
}

/// `__add__`, `__rmul__` and their like.
fn is_operator(method: &str) -> bool {
    let word = method.trim_start_matches("__").trim_end_matches("__");
    let words = [
        "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift",
        "rshift",
    ];
    words.contains(&word) || word.strip_prefix('r').is_some_and(|word| words.contains(&word))
}

fn texts(env: &Env<'_>, class: Name, members: &[Name]) -> Vec<String> {
    let mut out = Vec::new();
    if env.is_ruchy() {
        out.push(
            "    fn repr(&self) -> String {\n        rt::ruchy::nested(self).to_string()\n    }\n".to_owned(),
        );
        return out;
    }
    let shows = |name: &str, plain: fn(Shown) -> bool| {
        members.iter().any(|member| !plain(classes::shown(env, *member, name)))
    };
    let is_enum = env.is_enum(class);
    if is_enum || shows("__repr__", |shown| matches!(shown, Shown::Plain(_))) {
        out.push("    fn repr(&self) -> String {\n        rt::repr(self).to_string()\n    }\n".to_owned());
    }
    if is_enum || shows("__str__", |shown| shown == Shown::Repr) {
        out.push("    fn str(&self) -> String {\n        rt::str(self).to_string()\n    }\n".to_owned());
    }
    out.extend(crate::object_truth::method(env, class, members));
    out
}

/// Whether objects can be called.
fn callable(env: &Env<'_>, members: &[Name]) -> Vec<String> {
    let can = |member: &&Name| env.program.find_method(**member, "__call__").is_some();
    let callable: Vec<&Name> = members.iter().filter(can).collect();
    if callable.is_empty() {
        return Vec::new();
    }
    let test = match callable.len() == members.len() {
        true => "true".to_owned(),
        false => {
            let names: Vec<String> = callable.iter().map(|member| format!("{:?}", member.last())).collect();
            format!("matches!(self.type_name(), {})", names.join(" | "))
        }
    };
    vec![format!("    fn is_callable(&self) -> bool {{\n        {test}\n    }}\n")]
}

/// A named tuple as the dynamic tuple that it equals.
pub fn as_tuple(env: &Env<'_>, class: Name) -> Option<String> {
    fields_as_tuple(env, class, "self").map(|tuple| format!("rt::Value::from({tuple})"))
}

/// The fields of a named tuple as the tuple that it equals, where the class has no equality of its own.
pub fn fields_as_tuple(env: &Env<'_>, class: Name, object: &str) -> Option<String> {
    let def = env.class(class).filter(|def| def.kind == ClassKind::NamedTuple && !def.is_shared)?;
    let own = ["__eq__", "__hash__"].iter().any(|name| env.program.find_method(class, name).is_some());
    let fields = env.all_fields(class);
    if own || fields.is_empty() || fields.len() > 12 || def.path != class {
        return None;
    }
    let of =
        |field: &FieldDef| classes::field_text(env, class, field).replace("self.", &format!("{object}."));
    let mut parts: Vec<String> = fields.iter().map(|field| of(field)).collect();
    if parts.len() == 1 {
        parts[0].push(',');
    }
    Some(format!("({})", parts.join(", ")))
}

/// Protocols whose members objects of a class have.
fn protocols(env: &Env<'_>, class: Name) -> Vec<Name> {
    let members = |of: Name| {
        let def = &env.program.classes[&of];
        let methods = def.methods.iter().map(|method| Name::new(method.last()));
        methods.chain(def.fields.iter().map(|field| field.name)).collect::<Vec<_>>()
    };
    let all = |of: Name| env.program.mro(of).into_iter().flat_map(members).collect::<FxHashSet<_>>();
    let own = all(class);
    let is_protocol = |def: &ClassDef| def.kind == ClassKind::Protocol;
    let protocols = env.program.classes.values().filter(|def| is_protocol(def)).map(|def| def.path);
    protocols.filter(|protocol| all(*protocol).is_subset(&own)).collect()
}

fn instance_test(env: &Env<'_>, class: Name, members: &[Name]) -> String {
    let bases = |class: Name| {
        let names: Vec<String> = {
            let own = env.program.mro(class);
            let builtin = own.iter().flat_map(|base| &env.program.classes[base].bases);
            let builtin =
                builtin.filter(|base| env.class(**base).is_none()).map(|base| base.last().to_owned());
            let names = own.iter().map(|base| env.instance_name(*base)).chain(builtin);
            let names = names.chain(protocols(env, class).into_iter().map(|name| env.instance_name(name)));
            let mut seen = FxHashSet::default();
            let names = names.chain(plain_type(env, class).map(str::to_owned));
            let is_tuple = env.class(class).is_some_and(|def| def.kind == ClassKind::NamedTuple);
            let names = names.chain(is_tuple.then(|| "tuple".to_owned()));
            names.filter(|name| seen.insert(name.clone())).map(|name| format!("{name:?}")).collect()
        };
        names.join(" | ")
    };
    let value = match env.family(class) {
        Some(family) if family.asks_class => {
            let arms: Vec<String> = members
                .iter()
                .filter(|member| family.concrete.contains(member))
                .map(|member| {
                    format!("            {:?} => matches!(name, {}),\n", member.last(), bases(*member))
                })
                .collect();
            format!("match self.class_name() {{\n{}            _ => false,\n        }}", arms.concat())
        }
        _ => format!("matches!(name, {})", bases(class)),
    };
    format!("    fn is_instance(&self, name: &str) -> bool {{\n        {value}\n    }}\n")
}
