//! `copy.deepcopy` of objects: which classes and unions are copied with all that they hold, and the impls for it.
//!
//!   rt::impl_deep_copy!(Node { name, up; kids; callback; });

use crate::env::Env;
use crate::family::Family;
use crate::names;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// What some deep copy of the program reaches.
#[derive(Debug, Default)]
pub struct DeepCopies {
    classes: FxHashSet<Name>,
    pub unions: FxHashSet<Ty>,
}

impl DeepCopies {
    /// `dynamic`: classes whose objects may be dynamic values.
    pub fn of(program: &Program<Mir>, dynamic: &FxHashSet<Name>) -> Self {
        let mut out = Self::default();
        let mut todo = Vec::new();
        for body in program.fns.values() {
            body.walk_block(body.root, &mut |node| {
                if let Node::Call { callee: Callee::Lib(name), .. } = &body.nodes[node].kind
                    && name.as_str().split('#').next() == Some("copy.deepcopy")
                {
                    todo.push(body.ty(node));
                }
            });
        }
        while let Some(ty) = todo.pop() {
            ty.any(&mut |part| {
                match part.kind() {
                    TyKind::Class(class, _) => out.reach(program, *class, &mut todo),
                    TyKind::Union(_) => drop(out.unions.insert(part)),
                    TyKind::Value => dynamic.iter().for_each(|class| out.reach(program, *class, &mut todo)),
                    _ => {}
                }
                false
            });
        }
        out
    }

    /// A class, those below it and above it, and what their fields hold.
    fn reach(&mut self, program: &Program<Mir>, class: Name, todo: &mut Vec<Ty>) {
        let relatives = program.subclasses(class).into_iter().chain(program.mro(class));
        for path in relatives {
            if self.classes.insert(path) {
                let fields = program.classes.get(&path).into_iter().flat_map(|def| &def.fields);
                todo.extend(fields.map(|field| field.ty));
                todo.extend(program.subclasses(path).into_iter().map(Ty::class));
            }
        }
    }
}

/// How an object among dynamic values is copied.
pub fn value_method(env: &Env<'_>, class: Name) -> Option<String> {
    let copy = match env.is_enum(class) {
        true => "self",
        false => "<Rc<Self> as rt::DeepCopy>::deep_copy(&self, memo)",
    };
    let memo = if env.is_enum(class) { "_memo" } else { "memo" };
    env.deep_copies.classes.contains(&class).then(|| {
        format!(
            "    fn deep_copy(self: Rc<Self>, {memo}: &mut rt::Memo) -> Option<rt::Value> {{\n        Some(rt::Value::Object({copy}))\n    }}\n"
        )
    })
}

/// The impl of a class that stands for itself.
pub fn class_impl(env: &Env<'_>, class: &ClassDef, name: &str) -> String {
    if !env.deep_copies.classes.contains(&class.path) {
        return String::new();
    }
    if env.is_enum(class.path) {
        return format!("\nrt::impl_deep_copy!({name});\n");
    }
    let groups = groups(&env.all_fields(class.path), class.is_shared, &[]);
    line(class.is_shared, name, &groups)
}

/// The impls of a family: its type, its `kind`, its payloads.
pub fn family_impls(env: &Env<'_>, family: &Family) -> String {
    let Some(root) = env.class(family.root) else { return String::new() };
    if !env.deep_copies.classes.contains(&family.root) {
        return String::new();
    }
    let (name, shared) = (env.type_name(family.root), root.is_shared);
    let (mut units, mut data) = (Vec::new(), Vec::new());
    for variant in &family.concrete {
        let list = if env.payload(family, *variant).is_some() { &mut data } else { &mut units };
        list.push(env.type_name(*variant));
    }
    let variants = format!("{}; {}", units.join(", "), data.join(", "));
    let mut out = String::new();
    if family.has_base {
        let kind = [env.kind_field(family).to_owned()];
        out += &line(shared, &name, &groups(&env.own_fields(family.root), shared, &kind));
        out += &format!("\nrt::impl_deep_copy!(shared enum {} {{ {variants} }});\n", env.kind_name(family));
    } else {
        let word = if shared { "shared " } else { "" };
        out += &format!("\nrt::impl_deep_copy!({word}enum {name} {{ {variants} }});\n");
    }
    for class in &family.members {
        if env.payload(family, *class) != Some(*class) {
            continue;
        }
        let bases = env.payload_bases(family, *class);
        let parts: Vec<String> = bases
            .into_iter()
            .filter(|base| env.payload(family, *base).is_some())
            .map(|base| names::snake(base.last()))
            .collect();
        let payload = crate::families::payload_name(env, family, *class);
        out += &line(true, &payload, &groups(&env.own_fields(*class), shared, &parts));
    }
    out
}

/// Names of the fields: those that never change, cells, what is its own copy, parts of the object.
fn groups(fields: &[&FieldDef], shared: bool, parts: &[String]) -> [Vec<String>; 4] {
    let mut out = [const { Vec::new() }; 4];
    for field in fields {
        let holds_function =
            field.ty.any(&mut |ty| matches!(ty.kind(), TyKind::Func(..) | TyKind::TypeOf(_)));
        let group = match field.cell {
            _ if holds_function => 2,
            FieldCell::RefCell if shared => 1,
            _ => 0,
        };
        out[group].push(names::snake(field.name.as_str()));
    }
    out[3].extend_from_slice(parts);
    out
}

fn line(shared: bool, name: &str, groups: &[Vec<String>; 4]) -> String {
    let word = if shared { "shared " } else { "" };
    let groups: Vec<String> = groups.iter().map(|group| group.join(", ")).collect();
    let text = format!("rt::impl_deep_copy!({word}{name} {{ {} }});", groups.join("; ").trim_end());
    if text.len() <= 100 {
        return format!("\n{text}\n");
    }
    format!("\nrt::impl_deep_copy!({word}{name} {{\n    {}\n}});\n", groups.join(";\n    ").trim_end())
}
