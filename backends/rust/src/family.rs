//! What the printer knows of a family: a hierarchy whose instances mix is one Rust type.
//!
//! A root without fields is an enum over the classes that the program constructs. A root with fields
//! is a struct of them and a `kind`, that enum. What a class below the root adds lies in a payload
//! struct of its own name; a class whose bases add something too holds their payloads as fields.

use crate::env::{Env, Uses};
use crate::method_names::method_name;
use crate::names;
use crate::tree::Expr;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// One family.
#[derive(Debug)]
pub struct Family {
    pub root: Name,
    pub members: Vec<Name>,
    /// Classes that the program constructs: the variants.
    pub concrete: Vec<Name>,
    /// The root's fields lie in a struct beside `kind`.
    pub has_base: bool,
    /// Methods that are printed, by their last name.
    pub defs: FxHashMap<String, Vec<Name>>,
    /// Classes that an instance test names.
    pub tested: FxHashSet<Name>,
    /// The program asks an object of the family for its class.
    pub asks_class: bool,
    /// Fields that the program changes, by name.
    changed: FxHashSet<Name>,
}

/// All families of a program, by root; `dynamic` are the classes whose objects become dynamic values.
pub fn families(program: &Program<Mir>, dynamic: &FxHashSet<Name>) -> (Families, FxHashMap<Name, Family>) {
    let found = Families::of(program);
    let mut facts = Facts::of(program);
    facts.asked.extend(dynamic);
    let mut rows: FxHashMap<Name, Family> = FxHashMap::default();
    for class in program.classes.keys() {
        if let Some(root) = found.root(*class) {
            rows.entry(root).or_insert_with(|| family(program, &found, &facts, root));
        }
    }
    (found, rows)
}

/// What all bodies of the program do with classes.
#[derive(Default)]
struct Facts {
    constructed: FxHashSet<Name>,
    called: FxHashSet<Name>,
    tested: FxHashSet<Name>,
    asked: FxHashSet<Name>,
    changed: FxHashSet<Name>,
}

impl Facts {
    fn of(program: &Program<Mir>) -> Self {
        let mut facts = Self::default();
        for body in program.fns.values() {
            for (_, row) in body.nodes.iter() {
                match &row.kind {
                    Node::Call { callee: Callee::New(class), .. } => {
                        facts.constructed.insert(*class);
                    }
                    Node::Item(path) => {
                        facts.constructed.insert(*path);
                        facts.called.insert(*path);
                    }
                    Node::Call { callee: Callee::Fn(path), .. } => {
                        facts.called.insert(*path);
                    }
                    Node::Op { op: Op::ClassOp(ClassOp::IsInstance), attr: Attr::Name(class), .. } => {
                        facts.tested.insert(*class);
                    }
                    Node::Call { callee: Callee::Lib(name), args }
                        if matches!(name.as_str(), "builtins.type" | "type.name") =>
                    {
                        facts.asked.extend(body.ty(args[0].value).strip().class_path());
                    }
                    Node::Use(place, Mode::Mut | Mode::Take) => facts.change(place),
                    _ => {}
                }
            }
            body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
                StmtKind::Set { target, .. } => facts.change_pat(target),
                StmtKind::Update { place, .. } | StmtKind::Del(place) => facts.change(place),
                _ => {}
            });
        }
        facts
    }

    fn change_pat(&mut self, pat: &Pat) {
        if let Pat::Place(place) = pat {
            self.change(place);
        }
        pat.for_each_part(&mut |part| self.change_pat(part));
    }

    fn change(&mut self, place: &Place) {
        for proj in &place.proj {
            if let Proj::Field(name) = proj {
                self.changed.insert(*name);
            }
        }
    }
}

fn family(program: &Program<Mir>, found: &Families, facts: &Facts, root: Name) -> Family {
    let members = found.members(program, root);
    let mut concrete: Vec<Name> =
        members.iter().copied().filter(|class| facts.constructed.contains(class)).collect();
    if program.entry.is_none() || concrete.is_empty() {
        concrete = members.clone();
        concrete.retain(|class| !is_abstract(program, *class));
    }
    let below = concrete.iter().all(|class| program.is_subclass(*class, root));
    let has_base = below && !program.classes[&root].fields.is_empty();
    let mut family = Family {
        root,
        concrete,
        has_base,
        defs: FxHashMap::default(),
        asks_class: members.iter().any(|class| facts.asked.contains(class)),
        tested: facts.tested.clone(),
        changed: facts.changed.clone(),
        members,
    };
    family.defs = family.find_defs(program, facts);
    family
}

fn is_abstract(program: &Program<Mir>, class: Name) -> bool {
    matches!(program.classes[&class].kind, ClassKind::Protocol)
        || program.classes[&class].kind == ClassKind::Abstract
            && program.classes[&class].bases.iter().any(|base| *base == "ABC")
}

impl Family {
    fn find_defs(&self, program: &Program<Mir>, facts: &Facts) -> FxHashMap<String, Vec<Name>> {
        let mut defs: FxHashMap<String, Vec<Name>> = FxHashMap::default();
        for path in program.fns.keys() {
            if !self.members.contains(&path.parent()) {
                continue;
            }
            let is_method = program.classes[&path.parent()].methods.contains(path);
            let reached =
                self.concrete.iter().any(|class| program.find_method(*class, path.last()) == Some(*path));
            if !is_method || reached || facts.called.contains(path) {
                defs.entry(path.last().to_owned()).or_default().push(*path);
            }
        }
        defs
    }

    /// Whether a method is printed: an object has it, or a call names it.
    pub fn is_printed(&self, path: Name) -> bool {
        self.defs.get(path.last()).is_some_and(|all| all.contains(&path))
    }

    /// Several classes of the family define this method.
    pub fn is_overridden(&self, name: &str) -> bool {
        self.defs.get(name).is_some_and(|all| all.len() > 1)
    }

    /// Whether the fields that the class itself adds lie in the family's struct.
    pub fn is_base(&self, class: Name) -> bool {
        self.has_base && class == self.root
    }

    /// The program changes one of these fields.
    pub fn changes(&self, fields: &[&FieldDef]) -> bool {
        fields.iter().any(|field| self.changed.contains(&field.name))
    }

    /// Classes with objects that are instances of a class.
    pub fn concrete_below(&self, program: &Program<Mir>, class: Name) -> Vec<Name> {
        self.concrete.iter().copied().filter(|sub| program.is_subclass(*sub, class)).collect()
    }
}

impl<'a> Env<'a> {
    /// The family of a class.
    pub fn family(&self, class: Name) -> Option<&Family> {
        self.family_rows.get(&self.families.root(class)?)
    }

    /// The class whose Rust type stands for objects of a class.
    pub fn rust_class(&self, class: Name) -> Name {
        self.families.root(class).unwrap_or(class)
    }

    /// Name of the enum of a family's variants, and the field that holds it.
    pub fn kind_name(&self, family: &Family) -> String {
        let root = self.type_name(family.root);
        if !family.has_base {
            return root;
        }
        let taken = |name: &str| self.program.classes.keys().any(|class| self.type_name(*class) == name);
        let kind = format!("{root}Kind");
        if taken(&kind) { format!("{root}Variant") } else { kind }
    }

    /// Name of the field that holds a family's variant.
    pub fn kind_field(&self, family: &Family) -> &'static str {
        let is_taken =
            self.class(family.root).is_some_and(|def| def.fields.iter().any(|field| field.name == "kind"));
        if is_taken { "variant" } else { "kind" }
    }

    /// The class that a field comes from: the topmost one that has it.
    pub fn field_owner(&self, class: Name, name: &str) -> Option<Name> {
        let has = |path: &Name| {
            self.class(*path).is_some_and(|def| def.fields.iter().any(|field| field.name == name))
        };
        self.program.mro(class).into_iter().rev().find(has)
    }

    /// Fields that a class adds to those of its bases.
    pub fn own_fields(&self, class: Name) -> Vec<&'a FieldDef> {
        let fields = self.class(class).map_or(&[][..], |def| &def.fields);
        fields.iter().filter(|field| self.field_owner(class, field.name.as_str()) == Some(class)).collect()
    }

    /// The struct that holds what a class and its bases below the root add: its own or that of a base.
    pub fn payload(&self, family: &Family, class: Name) -> Option<Name> {
        if family.is_base(class) {
            return None;
        }
        let bases = self.payload_bases(family, class);
        match (self.own_fields(class).is_empty(), bases.as_slice()) {
            (true, []) => None,
            (true, [base]) => self.payload(family, *base),
            _ => Some(class),
        }
    }

    /// Direct bases that have a payload.
    pub fn payload_bases(&self, family: &Family, class: Name) -> Vec<Name> {
        let bases = self.class(class).map_or(&[][..], |def| &def.bases);
        bases
            .iter()
            .copied()
            .filter(|base| self.class(*base).is_some() && self.payload(family, *base).is_some())
            .collect()
    }

    /// Fields between the payload of a class and that of one of its bases: `dog.animal`.
    pub fn payload_path(&self, family: &Family, from: Name, to: Name) -> Option<Vec<String>> {
        let (from, to) = (self.payload(family, from)?, self.payload(family, to)?);
        if from == to {
            return Some(Vec::new());
        }
        self.payload_bases(family, from).into_iter().find_map(|base| {
            let mut path = self.payload_path(family, base, to)?;
            path.insert(0, names::snake(self.payload(family, base)?.last()));
            Some(path)
        })
    }

    /// Rust name of a method, also of a family's, where several classes have one.
    pub fn member_name(&self, body: &Body<Mir>) -> String {
        let own = method_name(self, body);
        let class = body.path.parent();
        let Some(family) = self.family(class) else { return own };
        let prefix = names::snake(class.last());
        match body.path.last() {
            "__init__" => self.constructor_name(class),
            last if family.is_overridden(last) => {
                format!("{}_{}", prefix.trim_end_matches('_'), own.trim_start_matches('_'))
            }
            _ => own,
        }
    }

    /// A method that the printer writes: always, but in a family where no object has it.
    pub fn is_printed(&self, path: Name) -> bool {
        self.family(path.parent()).is_none_or(|family| family.is_printed(path))
    }

    /// Rust name of a class's constructor.
    pub fn constructor_name(&self, class: Name) -> String {
        match self.family(class) {
            Some(family) if class != family.root => format!("new_{}", names::snake(class.last())),
            _ => "new".to_owned(),
        }
    }

    /// `is_dog`: the method that asks for a class.
    pub fn test_name(&self, class: Name) -> String {
        self.class_verb(class, "is")
    }

    /// `as_dog`, `as_dog_mut`: the method that gives what a class adds.
    pub fn downcast_name(&self, class: Name, change: bool) -> String {
        let name = self.class_verb(class, "as");
        if change { name + "_mut" } else { name }
    }

    /// A name that no method of the family has.
    fn class_verb(&self, class: Name, verb: &str) -> String {
        let own = names::snake(class.last());
        let plain = format!("{verb}_{own}");
        let members = self.family(class).map_or(&[][..], |family| &family.members);
        let is_taken = |member: &Name| self.program.fns.contains_key(&member.join(&plain));
        if members.iter().any(is_taken) { format!("{verb}_a_{own}") } else { plain }
    }

    /// The struct that a field of an object lies in.
    pub fn field_holder(&self, object: Expr, class: Name, field: &str, change: bool) -> Expr {
        let (Some(family), Some(owner)) = (self.family(class), self.field_owner(class, field)) else {
            return object;
        };
        if family.is_base(owner) {
            return object;
        }
        object.method(self.downcast_name(owner, change), vec![])
    }

    /// A new object of a class from the values of its fields; `path` names its Rust type.
    pub fn object_literal(
        &self,
        class: Name,
        path: &str,
        values: Vec<(Name, Expr)>,
        module: Name,
        uses: &mut Uses,
    ) -> Expr {
        if let Some(family) = self.family(class) {
            return crate::families::literal(self, family, class, path, values, module, uses);
        }
        let parts = values.into_iter().map(|(name, value)| (names::snake(name.as_str()), value));
        Expr::Struct(path.to_owned(), parts.collect())
    }

    /// Rust name of a class attribute that is a constant.
    pub fn constant_name(&self, path: Name) -> String {
        let own = names::upper(path.last());
        let class = path.parent();
        let repeats = |family: &Family| {
            family
                .members
                .iter()
                .filter(|class| self.program.globals.contains_key(&class.join(path.last())))
                .count()
                > 1
        };
        match self.family(class) {
            Some(family) if repeats(family) => format!("{}_{own}", names::upper(&names::snake(class.last()))),
            _ => own,
        }
    }
}
