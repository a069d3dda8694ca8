//! The items of a family: its type, payload structs, the methods that choose by variant, its traits.

use crate::classes::{self, Shown};
use crate::env::{Env, Uses};
use crate::family::Family;
use crate::family_equality;
use crate::items::{self, doc, named_function, visibility};
use crate::layout;
use crate::method_names::method_name;
use crate::names;
use crate::print::Printer;
use crate::tree::{Arm, Block, Expr};
use batuta_base::Name;
use batuta_core::{Body, Callee, ClassDef, Mir, Node, Ty, TyKind};
use std::fmt::Write;

/// What a class of a family adds to its module: at the root the family's type, below it a payload.
pub fn class_items(
    env: &Env<'_>,
    family: &Family,
    class: &ClassDef,
    module: Name,
    uses: &mut Uses,
) -> String {
    let mut out = String::new();
    if class.path == family.root {
        out.push_str(&definition(env, family, class, module, uses));
    } else if env.payload(family, class.path) == Some(class.path) {
        out.push_str(&payload(env, family, class, module, uses));
    }
    let parts = members(env, family, class, module, uses);
    if !parts.is_empty() {
        let root = env.type_name(family.root);
        let name = env.item_path(family.root, &root, module, uses);
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = write!(out, "{gap}impl {name} {{\n{}\n}}\n", parts.join("\n\n"));
    }
    if class.path == family.root {
        out.push_str(&traits(env, family, module, uses));
    }
    out
}

/// The struct of the root's fields and its `kind`, and the enum of the variants.
fn definition(env: &Env<'_>, family: &Family, class: &ClassDef, module: Name, uses: &mut Uses) -> String {
    let vis = visibility(env, class.path, module);
    let derives = derives(env, family);
    let derive =
        if derives.is_empty() { String::new() } else { format!("#[derive({})]\n", derives.join(", ")) };
    let kind = env.kind_name(family);
    let mut out = doc(class.doc.as_deref(), 0, "///");
    if family.has_base {
        let _ = writeln!(out, "{derive}{vis}struct {} {{", env.type_name(class.path));
        out.push_str(&classes::fields(env, class, &env.own_fields(class.path), module, uses));
        let _ = writeln!(out, "    {vis}{}: {kind},\n}}\n", env.kind_field(family));
        let _ = writeln!(out, "/// What kind of `{}` it is.", env.type_name(class.path));
    }
    let _ = writeln!(out, "{derive}{vis}enum {kind} {{");
    for variant in &family.concrete {
        let name = env.type_name(*variant);
        match env.payload(family, *variant) {
            Some(payload) => {
                let ty = env.item_path(payload, &payload_name(env, family, payload), module, uses);
                let _ = writeln!(out, "    {name}({ty}),");
            }
            None => {
                let text = env.class(*variant).and_then(|def| def.doc.clone());
                if *variant != family.root {
                    out.push_str(&doc(text.as_deref(), 4, "///"));
                }
                let _ = writeln!(out, "    {name},");
            }
        }
    }
    out.push_str("}\n");
    if !family.has_base && env.payload(family, class.path) == Some(class.path) {
        // The root's own fields lie in a payload like those of any other class.
        let _ = write!(out, "\n{}", payload(env, family, class, module, uses));
    }
    out
}

fn payload(env: &Env<'_>, family: &Family, class: &ClassDef, module: Name, uses: &mut Uses) -> String {
    let vis = visibility(env, class.path, module);
    let derives = derives(env, family);
    let mut out = doc(class.doc.as_deref(), 0, "///");
    if !derives.is_empty() {
        let _ = writeln!(out, "#[derive({})]", derives.join(", "));
    }
    let _ = writeln!(out, "{vis}struct {} {{", payload_name(env, family, class.path));
    for base in env.payload_bases(family, class.path) {
        let Some(base) = env.payload(family, base) else { continue };
        let ty = env.item_path(base, &payload_name(env, family, base), module, uses);
        let _ = writeln!(out, "    {vis}{}: {ty},", names::snake(base.last()));
    }
    out.push_str(&classes::fields(env, class, &env.own_fields(class.path), module, uses));
    out.push_str("}\n");
    out
}

pub fn payload_name(env: &Env<'_>, family: &Family, class: Name) -> String {
    let own = env.type_name(class);
    if class == family.root { format!("{own}Fields") } else { own }
}

/// Traits that all parts of the family can derive.
fn derives(env: &Env<'_>, family: &Family) -> Vec<&'static str> {
    let mut out = classes::shared_derives(env, &family.members);
    if family.concrete.iter().all(|class| classes::compares_fields(env, *class))
        && !family.defs.contains_key("__eq__")
        && classes::can_compare(env, &family.members)
    {
        out.push("PartialEq");
    }
    out
}

/// Functions that stand with a class: constants, constructor, methods, and at the root what chooses.
fn members(env: &Env<'_>, family: &Family, class: &ClassDef, module: Name, uses: &mut Uses) -> Vec<String> {
    let mut parts = Vec::new();
    for attribute in class.attributes.iter().filter(|path| env.is_associated(**path)) {
        parts.extend(classes::attribute_item(env, *attribute, module, uses));
    }
    let has_init = env.function(class.path.join("__init__")).is_some();
    if !has_init && family.concrete.contains(&class.path) && env.has_constructor(class.path) {
        parts.push(classes::constructor(env, class, module, uses));
    }
    for path in class.methods.iter().filter(|path| family.is_printed(**path)) {
        if let Some(body) = env.function(*path)
            && !is_traited(env, family, body)
        {
            parts.push(named_function(
                env,
                body,
                &env.member_name(body),
                visibility(env, *path, module),
                module,
                uses,
                4,
            ));
        }
    }
    for field in &class.fields {
        let default = field.default.filter(|path| env.called.contains(path));
        if let Some(body) = default.and_then(|path| env.function(path)) {
            parts.push(items::function(env, body, module, uses, 4));
        }
    }
    if class.path == family.root {
        parts.extend(dispatchers(env, family, module, uses));
        parts.extend(class_name(env, family, module));
        parts.extend(class_value(env, family, module, uses));
    }
    parts.extend(accessors(env, family, class, module, uses));
    parts.into_iter().map(|part| part.trim_end().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The text methods of a family that has one of them for all print as traits alone.
fn is_traited(env: &Env<'_>, family: &Family, body: &Body<Mir>) -> bool {
    matches!(body.path.last(), "__str__" | "__repr__")
        && !env.is_exception(family.root)
        && only_def(env, family, body.path.last()).is_some()
        && classes::only_format(body).is_some()
}

/// The one method of this name, where every object of the family has it.
fn only_def<'a>(env: &Env<'a>, family: &Family, name: &str) -> Option<&'a Body<Mir>> {
    let [path] = family.defs.get(name)?.as_slice() else { return None };
    let all = family.concrete.iter().all(|class| env.program.find_method(*class, name) == Some(*path));
    if all { env.function(*path).map(|body| &**body) } else { None }
}

// ---- variants --------------------------------------------------------------------------------

/// The pattern of a variant; `inside` names its payload.
pub(crate) fn variant_pattern(env: &Env<'_>, family: &Family, class: Name, inside: Option<&str>) -> String {
    let kind = if family.has_base { env.kind_name(family) } else { "Self".to_owned() };
    pattern_of(env, family, &kind, class, inside)
}

/// [`variant_pattern`] in a module that may not be the root's.
fn variant_from(
    env: &Env<'_>,
    family: &Family,
    class: Name,
    inside: Option<&str>,
    module: Name,
    uses: &mut Uses,
) -> String {
    let kind = match family.has_base {
        true => env.item_path(family.root, &env.kind_name(family), module, uses),
        false => "Self".to_owned(),
    };
    pattern_of(env, family, &kind, class, inside)
}

fn pattern_of(env: &Env<'_>, family: &Family, kind: &str, class: Name, inside: Option<&str>) -> String {
    let name = env.type_name(class);
    match (env.payload(family, class), inside) {
        (None, _) => format!("{kind}::{name}"),
        (Some(_), None) => format!("{kind}::{name}(_)"),
        (Some(_), Some(inside)) => format!("{kind}::{name}({inside})"),
    }
}

/// The place that tells an object's variant.
pub(crate) fn subject(env: &Env<'_>, family: &Family, object: Expr) -> Expr {
    if family.has_base { object.field(env.kind_field(family)) } else { object }
}

/// `match` over groups of classes that behave alike; the largest group may be everything else.
pub(crate) fn choose(env: &Env<'_>, family: &Family, subject: Expr, groups: Vec<(Vec<Name>, Expr)>) -> Expr {
    let arms = groups.into_iter().map(|(classes, value)| {
        let pats: Vec<String> =
            classes.iter().map(|class| variant_pattern(env, family, *class, None)).collect();
        Arm { above: Vec::new(), pat: pats.join(" | "), guard: None, body: Block::of(value), mark: None }
    });
    Expr::Match(Box::new(subject), arms.collect())
}

/// Methods that several classes define: each chooses by variant.
fn dispatchers(env: &Env<'_>, family: &Family, module: Name, uses: &mut Uses) -> Vec<String> {
    let mut names: Vec<&String> = family.defs.keys().filter(|name| family.is_overridden(name)).collect();
    names.sort();
    let mut order: Vec<&str> = Vec::new();
    for class in &family.members {
        for method in env.class(*class).into_iter().flat_map(|def| &def.methods) {
            if names.iter().any(|name| *name == method.last()) && !order.contains(&method.last()) {
                order.push(method.last());
            }
        }
    }
    order.into_iter().filter_map(|name| dispatcher(env, family, name, module, uses)).collect()
}

/// Whether methods take and give the same types.
fn are_alike(bodies: &[&Body<Mir>]) -> bool {
    let types = |body: &Body<Mir>| -> Vec<Ty> {
        let params = body.params.iter().skip(1).map(|param| body.locals[param.local].ty);
        let ret = Some(body.ret).filter(|ret| *ret.kind() != TyKind::Never);
        params.chain(ret).collect()
    };
    let valued: Vec<_> = bodies.iter().filter(|body| *body.ret.kind() != TyKind::Never).collect();
    valued.iter().all(|body| types(body) == types(valued[0]))
}

/// Whether some call leaves it to the object which of the methods of this name runs.
fn is_chosen(env: &Env<'_>, family: &Family, name: &str) -> bool {
    env.program.fns.values().any(|body| {
        body.nodes.iter().any(|(_, row)| {
            matches!(&row.kind, Node::Call { callee: Callee::Virtual(path), .. }
                if path.last() == name && family.members.contains(&path.parent()))
        })
    })
}

fn is_dispatched(env: &Env<'_>, family: &Family, name: &str, bodies: &[&Body<Mir>]) -> bool {
    are_alike(bodies) || is_chosen(env, family, name)
}

/// Whether a class of a family has a method that several classes define without one that chooses among them.
pub fn is_split(env: &Env<'_>, class: Name, name: &str) -> bool {
    let Some(family) = env.family(class) else { return false };
    let paths = family.defs.get(name).into_iter().flatten();
    let bodies: Vec<&Body<Mir>> = paths.filter_map(|path| env.function(*path)).map(|body| &**body).collect();
    family.is_overridden(name) && !is_dispatched(env, family, name, &bodies)
}

fn dispatcher(env: &Env<'_>, family: &Family, name: &str, module: Name, uses: &mut Uses) -> Option<String> {
    let bodies: Vec<&Body<Mir>> =
        family.defs.get(name)?.iter().filter_map(|path| env.function(*path)).map(|body| &**body).collect();
    if name == "__init__" || bodies.iter().any(|body| !body.has_receiver()) {
        return None;
    }
    if !is_dispatched(env, family, name, &bodies) {
        return None;
    }
    // The signature is that of a method that gives a value, one that needs the handle of its object above all.
    let is_handled =
        |body: &&&Body<Mir>| crate::own_operand::takes_handle(body) && *body.ret.kind() != TyKind::Never;
    let model = bodies
        .iter()
        .find(|body| body.is_generator)
        .or_else(|| bodies.iter().find(is_handled))
        .or_else(|| bodies.iter().find(|body| *body.ret.kind() != TyKind::Never))
        .unwrap_or(&bodies[0]);
    let fallible = bodies.iter().any(|body| body.fallible);
    let mut printer = Printer::new(env, model, module, uses);
    let params = items::params(&mut printer);
    let args: Vec<Expr> =
        model.params.iter().skip(1).map(|param| Expr::Atom(printer.name(param.local))).collect();
    let mut ret = items::result(&mut printer);
    drop(printer);
    let is_boxed = model.is_generator || matches!(model.ret.kind(), TyKind::Iter(_));
    if is_boxed {
        ret = ret.replace("impl Iterator<Item = ", "Box<dyn Iterator<Item = ") + " + '_>";
    }
    if fallible && !model.fallible {
        uses.rt = true;
        ret = match ret.strip_prefix(" -> ") {
            Some(ty) => format!(" -> rt::Result<{ty}>"),
            None => " -> rt::Result".to_owned(),
        };
    }
    let mut groups: Vec<(Option<Name>, Vec<Name>)> = Vec::new();
    for class in &family.concrete {
        let def = env.program.find_method(*class, name);
        match groups.iter_mut().find(|(known, _)| *known == def) {
            Some((_, classes)) => classes.push(*class),
            None => groups.push((def, vec![*class])),
        }
    }
    let mut arms = Vec::new();
    for (def, classes) in groups {
        let value = match def.and_then(|path| env.function(path)) {
            Some(body) => {
                let call = Expr::atom("self").method(env.member_name(body), args.clone());
                let call = if is_boxed { Expr::call("Box::new", vec![call]) } else { call };
                let is_plain = fallible && !body.fallible && *body.ret.kind() != TyKind::Never;
                if is_plain { Expr::call("Ok", vec![call]) } else { call }
            }
            None => missing(name, classes[0], uses),
        };
        arms.push((classes, value));
    }
    let is_rc = params.first().is_some_and(|receiver| receiver.contains("Rc<Self>"));
    let this = match (family.has_base, is_rc) {
        (false, true) => Expr::atom("&**self"),
        _ => Expr::atom("self"),
    };
    let body = Block::of(choose(env, family, subject(env, family, this), arms));
    let vis = visibility(env, model.path, module);
    let head = items::header(&format!("{vis}fn {}", method_name(env, model)), &params, &ret, 4);
    Some(format!("    {head} {}\n", layout::fn_block(&body, 4)))
}

/// `class_name`, where the program asks an object for its class.
fn class_name(env: &Env<'_>, family: &Family, module: Name) -> Option<String> {
    if !family.asks_class {
        return None;
    }
    let name = |class: Name| Expr::Atom(crate::literal::string(class.last()));
    let groups = family.concrete.iter().map(|class| (vec![*class], name(*class))).collect();
    let value = choose(env, family, subject(env, family, Expr::atom("self")), groups);
    let vis = visibility(env, family.root, module);
    let head = "fn class_name(&self) -> &'static str";
    Some(format!("    {vis}{head} {}\n", layout::fn_block(&Block::of(value), 4)))
}

/// `class`, where the class of an object is a value.
fn class_value(env: &Env<'_>, family: &Family, module: Name, uses: &mut Uses) -> Option<String> {
    if !env.class_values.is_asked(family.root) {
        return None;
    }
    uses.rt = true;
    let mut path = |class: Name| env.item_path(class, &env.type_name(class), module, uses);
    let groups = family.concrete.iter().map(|class| (vec![*class], Expr::Atom(path(*class)))).collect();
    let value = choose(env, family, subject(env, family, Expr::atom("self")), groups);
    let vis = visibility(env, family.root, module);
    Some(format!("    {vis}fn class(&self) -> rt::Class {}\n", layout::fn_block(&Block::of(value), 4)))
}

/// What reading a method that the object's class lacks does.
fn missing(name: &str, class: Name, uses: &mut Uses) -> Expr {
    uses.rt = true;
    let text = crate::literal::string(&format!("'{}' object has no attribute '{name}'", class.last()));
    Expr::call("rt::raise_new", vec![Expr::atom("rt::AttributeError"), Expr::Atom(text)])
}

/// `as_dog`, `as_dog_mut` and `is_dog`, where the program needs them.
fn accessors(env: &Env<'_>, family: &Family, class: &ClassDef, module: Name, uses: &mut Uses) -> Vec<String> {
    let mut out = Vec::new();
    let vis = visibility(env, class.path, module);
    let below = family.concrete_below(env.program, class.path);
    if family.tested.contains(&class.path) {
        let pats: Vec<String> =
            below.iter().map(|sub| variant_from(env, family, *sub, None, module, uses)).collect();
        let value = match pats.len() {
            0 => Expr::atom("false"),
            _ => Expr::Macro(
                "matches".to_owned(),
                vec![subject(env, family, Expr::atom("self")), Expr::Atom(pats.join(" | "))],
            ),
        };
        let name = env.test_name(class.path);
        out.push(format!("    {vis}fn {name}(&self) -> bool {}\n", layout::fn_block(&Block::of(value), 4)));
    }
    if env.payload(family, class.path) != Some(class.path) {
        return out;
    }
    let ty = payload_name(env, family, class.path);
    let head = format!("{vis}fn {}(&self) -> &{ty}", env.downcast_name(class.path, false));
    out.push(accessor(env, family, class.path, &head, (false, module), uses));
    if !class.is_shared && family.changes(&env.own_fields(class.path)) {
        let head = format!("{vis}fn {}(&mut self) -> &mut {ty}", env.downcast_name(class.path, true));
        out.push(accessor(env, family, class.path, &head, (true, module), uses));
    }
    out
}

fn accessor(
    env: &Env<'_>,
    family: &Family,
    class: Name,
    head: &str,
    (is_mut, module): (bool, Name),
    uses: &mut Uses,
) -> String {
    let sign = if is_mut { "&mut " } else { "&" };
    let below = family.concrete_below(env.program, class);
    let mut arms: Vec<Arm> = Vec::new();
    let mut arm = |pat: String, value: Expr| {
        arms.push(Arm { above: Vec::new(), pat, guard: None, body: Block::of(value), mark: None });
    };
    for sub in &below {
        let Some(steps) = env.payload_path(family, *sub, class) else { continue };
        let inside = names::snake(sub.last());
        let is_whole = steps.is_empty();
        let place = steps.into_iter().fold(Expr::Atom(inside.clone()), |place, step| place.field(step));
        let value = if is_whole { place } else { Expr::unary(sign, place) };
        arm(variant_from(env, family, *sub, Some(&inside), module, uses), value);
    }
    if below.len() < family.concrete.len() {
        uses.rt = true;
        let text = crate::literal::string(&format!("not a {}", class.last()));
        arm(
            "_".to_owned(),
            Expr::call("rt::raise_new", vec![Expr::atom("rt::AttributeError"), Expr::Atom(text)]),
        );
    }
    let this = match family.has_base {
        true => Expr::unary(sign, subject(env, family, Expr::atom("self"))),
        false => Expr::atom("self"),
    };
    let body = Block::of(Expr::Match(Box::new(this), arms));
    format!("    {head} {}\n", layout::fn_block(&body, 4))
}

// ---- traits ----------------------------------------------------------------------------------

fn traits(env: &Env<'_>, family: &Family, module: Name, uses: &mut Uses) -> String {
    let name = env.type_name(family.root);
    let mut out = String::new();
    if env.is_exception(family.root) {
        let by_class = |of: &dyn Fn(Name) -> Expr| {
            let mut groups: Vec<(Expr, Vec<Name>)> = Vec::new();
            for class in &family.concrete {
                let value = of(*class);
                match groups.iter_mut().find(|(known, _)| *known == value) {
                    Some((_, classes)) => classes.push(*class),
                    None => groups.push((value, vec![*class])),
                }
            }
            let groups: Vec<_> = groups.into_iter().map(|(value, classes)| (classes, value)).collect();
            choose(env, family, subject(env, family, Expr::atom("self")), groups)
        };
        return crate::exceptions::exception_traits(env, family.root, &by_class, module, uses);
    }
    let has_str = family.defs.contains_key("__str__");
    if has_str {
        let text = shown_text(env, family, "__str__", module, uses);
        out.push_str(&classes::fmt_impl("fmt::Display", &name, &[("fmt", text)], uses));
    }
    let text = shown_text(env, family, "__repr__", module, uses);
    uses.rt = true;
    let texts = env.texts();
    let mut fns = vec![(texts.fmt_repr, text)];
    if has_str {
        fns.push((texts.fmt_str, "fmt::Display::fmt(self, f)".to_owned()));
    }
    if env.is_debugged(family.root) {
        fns.push(("fmt_debug", shown_text(env, family, "__debug__", module, uses)));
    }
    if env.is_shown(family.root) {
        out.push_str(&classes::fmt_impl(texts.show, &name, &fns, uses));
    }
    let is_shared = env.class(family.root).is_some_and(|class| class.is_shared);
    let has_eq = family.defs.contains_key("__eq__");
    if has_eq {
        let text = family_equality::own(env, family, module, uses);
        let _ = write!(
            out,
            "\nimpl PartialEq for {name} {{\n    fn eq(&self, other: &Self) -> bool {{\n        {text}\n    }}\n}}\n"
        );
    } else if !derives(env, family).contains(&"PartialEq") && !env.is_identity(family.root) {
        out.push_str(&family_equality::by_fields(env, family, &name));
    } else if is_shared && !derives(env, family).contains(&"PartialEq") && env.compared.contains(&family.root)
    {
        out.push_str(classes::identity(&name).as_str());
    }
    let as_values = crate::object_values::impls(env, family.root, &family.members, module, uses);
    let as_values = crate::layout::fold(&as_values);
    let hashes = env.keyed.contains(&family.root) || as_values.contains("rt::Key::key_hash(self)");
    out.push_str(&as_values);
    out.push_str(&crate::deep_copies::family_impls(env, family));
    if hashes {
        out.push_str(&key(env, family, &name, is_shared, uses));
    }
    if let Some(paths) = family.defs.get("__lt__") {
        out.push_str(&crate::family_equality::order(env, family, &name, paths));
    } else if env.ordered.contains(&family.root) {
        classes::unordered(&name, family.root, &mut out, uses);
    }
    out
}

/// What makes objects of the family keys: their own hash, their identity, or their fields.
fn key(env: &Env<'_>, family: &Family, name: &str, is_shared: bool, uses: &mut Uses) -> String {
    uses.rt = true;
    if let Some(path) = family.defs.get("__hash__").and_then(|paths| paths.first()) {
        let is_big = env.function(*path).is_some_and(|body| body.ret.is_big());
        let hash = if is_big { "rt::Key::key_hash(&self.hash_value())" } else { "self.hash_value() as u64" };
        return classes::key_impl(name, hash, "self == other");
    }
    if env.is_identity(family.root) {
        let hash = "std::ptr::from_ref(self).addr() as u64";
        let is_kept = is_shared.then(|| classes::key_impl(name, hash, "std::ptr::eq(self, other)"));
        return is_kept.unwrap_or_default();
    }
    let hash = |class: Name| {
        if env.is_unhashable(class) {
            return Expr::call("rt::unhashable", vec![Expr::Atom(crate::literal::string(class.last()))]);
        }
        let fields = env.all_fields(class).into_iter().filter(|field| field.flags.compare);
        let mut parts: Vec<Expr> =
            fields.map(|field| Expr::unary("&", classes::field_value(env, class, field))).collect();
        parts.insert(0, Expr::Atom(crate::literal::string(class.last())));
        Expr::call("rt::Key::key_hash", vec![Expr::unary("&", Expr::Tuple(parts))])
    };
    let groups = family.concrete.iter().map(|class| (vec![*class], hash(*class))).collect();
    let value = choose(env, family, subject(env, family, Expr::atom("self")), groups);
    classes::key_impl(name, &layout::render(&value, 8, 8, 0), "self == other")
}

/// The body of a `fmt` method of the family.
fn shown_text(env: &Env<'_>, family: &Family, name: &str, module: Name, uses: &mut Uses) -> String {
    if let Some(body) = only_def(env, family, name) {
        return classes::formatted(env, body, module, uses);
    }
    let mut groups: Vec<(Shown, Vec<Name>)> = Vec::new();
    for class in &family.concrete {
        let shown = classes::shown(env, *class, name);
        match groups.iter_mut().find(|(known, _)| *known == shown) {
            Some((_, classes)) => classes.push(*class),
            None => groups.push((shown, vec![*class])),
        }
    }
    let mut arms = Vec::new();
    for (shown, list) in groups {
        let value = match shown {
            Shown::Method(path) => {
                let call = env.function(path).map(|body| {
                    let this = Expr::atom(crate::own_operand::receiver(body, uses));
                    this.method(env.member_name(body), vec![])
                });
                let text = call.unwrap_or(Expr::atom("String::new()"));
                Expr::atom("f").method("write_str", vec![Expr::unary("&", text)])
            }
            Shown::Repr => Expr::call("rt::Repr::fmt_repr", vec![Expr::atom("self"), Expr::atom("f")]),
            Shown::Fields(class) if name == "__debug__" => crate::show::fields_debug(env, class, uses),
            Shown::Fields(class) => classes::fields_write(env, class, uses),
            Shown::Plain(class) => {
                let text = crate::literal::string(&format!("<{} object>", class.last()));
                Expr::atom("f").method("write_str", vec![Expr::Atom(text)])
            }
        };
        arms.push((list, value));
    }
    let value = match arms.len() {
        1 => arms.remove(0).1,
        _ => choose(env, family, subject(env, family, Expr::atom("self")), arms),
    };
    layout::render(&value, 8, 8, 0)
}

/// A new object of a class of a family from the values of all its fields.
pub fn literal(
    env: &Env<'_>,
    family: &Family,
    class: Name,
    path: &str,
    values: Vec<(Name, Expr)>,
    module: Name,
    uses: &mut Uses,
) -> Expr {
    let mut values = values;
    let kind = match family.has_base {
        true => env.item_path(family.root, &env.kind_name(family), module, uses),
        false => path.to_owned(),
    };
    let mut variant = Expr::Atom(format!("{kind}::{}", env.type_name(class)));
    if let Some(payload) = env.payload(family, class) {
        let inner = payload_literal(env, family, payload, &mut values, module, uses);
        variant = Expr::Call(Box::new(variant), vec![inner]);
    }
    if !family.has_base {
        return variant;
    }
    let mut parts: Vec<(String, Expr)> =
        values.into_iter().map(|(name, value)| (names::snake(name.as_str()), value)).collect();
    parts.push((env.kind_field(family).to_owned(), variant));
    Expr::Struct(path.to_owned(), parts)
}

fn payload_literal(
    env: &Env<'_>,
    family: &Family,
    class: Name,
    values: &mut Vec<(Name, Expr)>,
    module: Name,
    uses: &mut Uses,
) -> Expr {
    let mut parts = Vec::new();
    for base in env.payload_bases(family, class) {
        let Some(base) = env.payload(family, base) else { continue };
        let inner = payload_literal(env, family, base, values, module, uses);
        parts.push((names::snake(base.last()), inner));
    }
    for field in env.own_fields(class) {
        if let Some(at) = values.iter().position(|(name, _)| *name == field.name) {
            parts.push((names::snake(field.name.as_str()), values.remove(at).1));
        }
    }
    let path = env.item_path(class, &payload_name(env, family, class), module, uses);
    Expr::Struct(path, parts)
}
