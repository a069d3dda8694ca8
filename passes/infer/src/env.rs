//! What the program's items say before any types are known: fields, methods, overriding, hierarchy.

use crate::library_bases::{has_base, is_number};
use crate::narrow::Filter;
use crate::vars::{Atom, Head};
use batuta_base::{FxHashMap, FxHashSet, Name, Origin};
use batuta_core::*;
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) struct Env<'p> {
    pub program: &'p Program<Hir>,
    /// Fields that a class declares or that its methods assign on their receiver, in order.
    pub own_fields: FxHashMap<Name, Vec<Name>>,
    /// Fields that come after the constructor, with their class.
    pub late: crate::late::Late,
    /// `__match_args__` of classes.
    match_args: FxHashMap<Name, Vec<Name>>,
    /// `__slots__` of classes.
    pub(crate) slots: FxHashMap<Name, Vec<Name>>,
    mros: RefCell<FxHashMap<Name, Rc<Vec<Name>>>>,
    /// Functions and `.methods` that never return.
    pub ends: FxHashSet<Name>,
    /// Methods that another class overrides, or that override.
    pub overridden: FxHashSet<Name>,
    /// Some pattern has a group that need not take part in a match.
    loose_groups: bool,
    /// `__eq__` that only objects of its class get into.
    pub(crate) guarded: FxHashSet<Name>,
    /// Some class answers a comparison with an object.
    pub(crate) builds_comparisons: bool,
    /// Whether some class says itself what its objects equal.
    pub(crate) compares_itself: bool,
    /// Whether some class says itself what its objects are less than.
    pub(crate) orders_itself: bool,
    /// Some class says how its objects are formatted.
    pub(crate) has_formats: bool,
    /// The program uses NumPy: dynamic values may be arrays, whose comparisons are arrays.
    pub(crate) has_arrays: bool,
}

impl<'p> Env<'p> {
    /// The row that a library name means: what groups give depends on the program's patterns.
    pub(crate) fn lib_name(&self, name: Name) -> Name {
        let is_group =
            matches!(name.as_str(), "Match.group" | "Match.groups" | "Match.groupdict" | "Match.__getitem__");
        if is_group && self.loose_groups { Name::new(&format!("{name}$loose")) } else { name }
    }

    pub(crate) fn new(program: &'p Program<Hir>) -> Self {
        let mut env = Env {
            program,
            own_fields: FxHashMap::default(),
            late: crate::late::Late::default(),
            match_args: crate::slots::listed(program, "__match_args__"),
            slots: crate::slots::listed(program, "__slots__"),
            mros: RefCell::default(),
            ends: ends(program),
            overridden: FxHashSet::default(),
            guarded: crate::guarded::methods(program),
            compares_itself: program.fns.keys().any(|path| path.last() == "__eq__"),
            orders_itself: program.fns.keys().any(|path| path.last() == "__lt__"),
            builds_comparisons: program.fns.keys().any(|path| path.last().ends_with(crate::expand::BUILT)),
            has_formats: program.fns.keys().any(|path| path.last() == "__format__"),
            loose_groups: crate::regex::has_loose_groups(program),
            has_arrays: crate::arrays::are_used(program),
        };
        for (path, class) in &program.classes {
            let mut fields = own_fields(program, class);
            fields.retain(|name| !env.is_shut_out(*path, *name));
            env.own_fields.insert(*path, fields);
        }
        for (class, name) in given_outside(program, &env.own_fields) {
            if env.is_shut_out(class, name) {
                continue;
            }
            env.own_fields.entry(class).or_default().push(name);
        }
        for (path, class) in &program.classes {
            for base in env.mro(*path).iter().skip(1) {
                let Some(above) = program.classes.get(base) else { continue };
                for method in &class.methods {
                    if let Some(old) = above.methods.iter().find(|old| old.last() == method.last()) {
                        env.overridden.insert(*old);
                        env.overridden.insert(*method);
                    }
                }
            }
        }
        env.late = crate::late::fields(&env);
        env
    }

    pub(crate) fn mro(&self, class: Name) -> Rc<Vec<Name>> {
        if let Some(known) = self.mros.borrow().get(&class) {
            return known.clone();
        }
        let order = Rc::new(self.program.mro(class));
        self.mros.borrow_mut().insert(class, order.clone());
        order
    }

    pub(crate) fn class(&self, path: Name) -> Option<&'p ClassDef> {
        self.program.classes.get(&path).map(|class| &**class)
    }

    /// The class that holds a field: the topmost one that has it.
    pub(crate) fn field_owner(&self, class: Name, field: Name) -> Option<Name> {
        let has = |path: &&Name| self.own_fields.get(*path).is_some_and(|fields| fields.contains(&field));
        self.mro(class).iter().rev().find(has).copied()
    }

    /// The part of a tuple that `t.1` of Ruchy means where it might be one of a tuple struct: `_1`.
    pub(crate) fn tuple_part(&self, name: Name) -> Option<usize> {
        let digits = name.as_str().strip_prefix('_').filter(|_| self.program.lang() == Lang::Ruchy)?;
        digits.parse().ok()
    }

    /// Whether `object.name` is the field, though there is a method of the name: as in Ruchy, which calls methods only.
    pub(crate) fn is_field_first(&self, class: Name, name: Name) -> bool {
        self.program.lang() == Lang::Ruchy && self.field_owner(class, name).is_some()
    }

    /// Method found in the class or its bases.
    pub(crate) fn method(&self, class: Name, name: &str) -> Option<Name> {
        self.mro(class).iter().find_map(|path| {
            let def = self.class(*path)?;
            def.methods.iter().copied().find(|method| method.last() == name && self.is_plain(*method))
        })
    }

    /// What `C.name` is called by: a member of the class, or what stands for it where the class is a value.
    pub(crate) fn of_class(&self, class: Name, name: Name) -> Name {
        let own = format!("{name}{}", crate::expand::OF_CLASS);
        match self.method(class, &own) {
            Some(_) => class.join(&own),
            None => class.join(name.as_str()),
        }
    }

    /// Whether `__getattr__` of a class is asked for a name: nothing else in it has that.
    pub(crate) fn asks_for(&self, class: Name, name: Name) -> bool {
        !name.as_str().starts_with("__")
            && self.method(class, "__getattr__").is_some()
            && !self.has_member(class, name)
    }

    pub(crate) fn has_member(&self, class: Name, name: Name) -> bool {
        self.method(class, name.as_str()).is_some()
            || self.field_owner(class, name).is_some()
            || self.attribute(class, name.as_str()).is_some()
    }

    /// `__setattr__` of a class, which assignments of all attributes go to.
    pub(crate) fn assigner(&self, class: Name, attribute: Name) -> Option<Name> {
        self.method(class, "__setattr__").filter(|_| self.inner(class) != Some(attribute))
    }

    /// The method that takes slices.
    pub(crate) fn slice_method(&self, class: Name) -> Option<Name> {
        self.method(class, crate::expand::SLICES).or_else(|| self.method(class, "__getitem__"))
    }

    /// What `super().name` finds in a method of the class; `Base.name` searches behind `Base`.
    pub(crate) fn super_method(&self, class: Name, name: Name) -> Option<Name> {
        let after = if name.last() == name.as_str() { class } else { name.parent() };
        let order = self.mro(class);
        let mut rest = order.iter().skip_while(|path| **path != after).skip(1);
        rest.find_map(|base| {
            self.class(*base)?.methods.iter().copied().find(|method| method.last() == name.last())
        })
    }

    /// Whether a method gives its object back at every end.
    pub(crate) fn returns_receiver(&self, method: Name) -> bool {
        self.returns_receiver_within(method, 4)
    }

    /// The same, through as many calls of other methods.
    fn returns_receiver_within(&self, method: Name, depth: u8) -> bool {
        let Some(body) = self.program.fns.get(&method).filter(|body| body.has_receiver()) else {
            return false;
        };
        let Some(this) = body.params.first().map(|param| param.local) else { return false };
        let is_this = |node: NodeId| self.is_local_itself(body, node, this, depth);
        let (mut returns, mut others) = (0, 0);
        body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
            Node::Return(Some(value)) if is_this(*value) => returns += 1,
            Node::Return(_) | Node::Yield(_) => others += 1,
            _ => {}
        });
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target, .. } = &stmt.kind {
                target.for_each_local(&mut |local| others += usize::from(local == this));
            }
        });
        let ends = body.blocks[body.root].stmts.last().is_some_and(|stmt| {
            matches!(stmt.kind, StmtKind::Expr(node) if matches!(body.nodes[node].kind, Node::Return(_)))
        });
        returns > 0 && others == 0 && ends
    }

    /// A local, or what methods called on it give that give back their object.
    fn is_local_itself(&self, body: &Body<Hir>, node: NodeId, local: LocalId, depth: u8) -> bool {
        match &body.nodes[node].kind {
            Node::Use(place, _) => place.as_local() == Some(local),
            Node::Call { callee: Callee::Method(of, name), .. } if depth > 0 => {
                let mut named =
                    self.program.fns.keys().filter(|path| path.last() == name.as_str()).peekable();
                self.is_local_itself(body, *of, local, depth)
                    && named.peek().is_some()
                    && named.all(|path| self.returns_receiver_within(*path, depth - 1))
            }
            _ => false,
        }
    }

    fn is_plain(&self, method: Name) -> bool {
        self.program.fns.get(&method).is_some_and(|body| body.kind != FnKind::PropertySetter)
    }

    /// Setter of a property.
    pub(crate) fn setter(&self, class: Name, name: &str) -> Option<Name> {
        self.mro(class).iter().find_map(|path| {
            let def = self.class(*path)?;
            def.methods.iter().copied().find(|method| {
                let is_setter =
                    self.program.fns.get(method).is_some_and(|body| body.kind == FnKind::PropertySetter);
                let last = method.last();
                is_setter && (last == name || last.split('$').next() == Some(name))
            })
        })
    }

    /// Class attribute (a global) found in the class or its bases.
    pub(crate) fn attribute(&self, class: Name, name: &str) -> Option<Name> {
        self.mro(class)
            .iter()
            .map(|path| path.join(name))
            .find(|path| self.program.globals.contains_key(path))
    }

    /// The function that finds a class attribute which comes after its class: `C.x$now`.
    pub(crate) fn late_attribute(&self, class: Name, name: &str) -> Option<Name> {
        let now = Name::new(&format!("{}$now", self.attribute(class, name)?));
        self.program.fns.contains_key(&now).then_some(now)
    }

    pub(crate) fn is_subclass(&self, class: Name, base: Name) -> bool {
        class == base || self.mro(class).contains(&base) || self.program.is_subclass(class, base)
    }

    /// Whether objects of a class are instances of another: of a protocol, when they have its members.
    pub(crate) fn is_instance(&self, class: Name, of: Name) -> bool {
        self.is_subclass(class, of) || self.has_members_of(class, of)
    }

    fn is_protocol(&self, class: Name) -> bool {
        self.class(class).is_some_and(|def| def.kind == ClassKind::Protocol)
    }

    /// The classes whose objects are instances of a protocol, for as many as need be told apart.
    fn members_of(&self, protocol: Name) -> Vec<Head> {
        let has = |class: &&Name| !self.is_protocol(**class) && self.is_instance(**class, protocol);
        self.program.classes.keys().filter(has).map(|class| Head::Class(*class)).collect()
    }

    fn has_members_of(&self, class: Name, protocol: Name) -> bool {
        if !self.is_protocol(protocol) {
            return false;
        }
        let order = self.mro(protocol);
        let parts = order.iter().filter(|path| self.is_protocol(**path)).filter_map(|path| self.class(*path));
        let mut members = parts.flat_map(|def| {
            let methods = def.methods.iter().map(|method| Name::new(method.last()));
            methods.chain(def.fields.iter().map(|field| field.name))
        });
        members.all(|name| {
            self.method(class, name.as_str()).is_some()
                || self.field_owner(class, name).is_some()
                || self.attribute(class, name.as_str()).is_some()
        })
    }

    /// Whether values of a head are objects that can be called.
    pub(crate) fn is_called(&self, head: Head) -> bool {
        matches!(head, Head::Class(class) if self.method(class, "__call__").is_some())
    }

    /// Whether an object of one class can be one of the other.
    pub(crate) fn is_related(&self, a: Name, b: Name) -> bool {
        self.is_subclass(a, b) || self.is_subclass(b, a)
    }

    /// The exception classes of the program that give an attribute, without those that inherit it. Nothing
    /// for what all exceptions have.
    pub(crate) fn errors_with(&self, name: Name) -> Vec<Name> {
        let is_common =
            !crate::expand::SOME_ERRORS_HAVE.iter().any(|(_, names)| names.contains(&name.as_str()))
                && !batuta_catalog::functions(Name::new("error").join(name.as_str()).as_str()).is_empty();
        if is_common {
            return Vec::new();
        }
        let has = |class: Name| {
            self.field_owner(class, name).is_some()
                || self.attribute(class, name.as_str()).is_some()
                || self.method(class, name.as_str()).is_some_and(|method| {
                    self.program.fns.get(&method).is_some_and(|body| body.kind == FnKind::Property)
                })
        };
        let classes = self.program.classes.keys().copied();
        let mut owners: Vec<Name> = classes.filter(|class| self.is_error(*class) && has(*class)).collect();
        let all = owners.clone();
        owners.retain(|sub| !all.iter().any(|other| other != sub && self.is_subclass(*sub, *other)));
        owners
    }

    /// Whether a class of the program is an exception.
    pub(crate) fn is_error(&self, class: Name) -> bool {
        self.mro(class).iter().any(|path| {
            self.class(*path).is_some_and(|def| {
                def.kind == ClassKind::Exception || def.bases.iter().any(|base| is_builtin_error(*base))
            })
        })
    }

    pub(crate) fn is_enum(&self, class: Name) -> bool {
        let is = |path: &Name| {
            self.class(*path).is_some_and(|def| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_)))
        };
        self.mro(class).iter().any(is)
    }

    /// An enum whose members are ints.
    pub(crate) fn is_int_enum(&self, class: Name) -> bool {
        self.class(class).is_some_and(
            |def| matches!(def.kind, ClassKind::EnumOf(kind) if matches!(kind.as_str(), "IntEnum" | "IntFlag" | "int")),
        )
    }

    /// An enum whose members are texts.
    pub(crate) fn is_text_enum(&self, class: Name) -> bool {
        self.class(class).is_some_and(
            |def| matches!(def.kind, ClassKind::EnumOf(kind) if matches!(kind.as_str(), "StrEnum" | "str")),
        )
    }

    pub(crate) fn is_record(&self, class: Name) -> bool {
        self.class(class)
            .is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { .. } | ClassKind::NamedTuple))
    }

    /// Whether objects of a class are themselves alone: copies of values hand on the object.
    pub(crate) fn is_entity(&self, class: Name) -> bool {
        self.class(class)
            .is_some_and(|def| matches!(def.kind, ClassKind::Plain | ClassKind::Dataclass { eq: false, .. }))
    }

    pub(crate) fn is_named_tuple(&self, class: Name) -> bool {
        self.class(class).is_some_and(|def| def.kind == ClassKind::NamedTuple)
    }

    /// Constructor parameters of a dataclass or named tuple: base classes' fields first.
    /// Fields that positional parts of a class pattern stand for: `__match_args__`, else the record's.
    pub(crate) fn match_fields(&self, class: Name) -> Vec<Name> {
        match self.mro(class).iter().find_map(|path| self.match_args.get(path)) {
            Some(names) => names.clone(),
            None => self.record_fields(class).iter().map(|field| field.name).collect(),
        }
    }

    pub(crate) fn record_fields(&self, class: Name) -> Vec<FieldDef> {
        let mut fields = self.all_record_fields(class);
        fields.retain(|field| field.flags.init);
        fields
    }

    /// Also those that the constructor does not take.
    pub(crate) fn all_record_fields(&self, class: Name) -> Vec<FieldDef> {
        let mut fields: Vec<FieldDef> = Vec::new();
        for path in self.mro(class).iter().rev() {
            let Some(def) = self.class(*path).filter(|_| self.is_record(*path)) else { continue };
            for field in &def.fields {
                match fields.iter_mut().find(|known| known.name == field.name) {
                    Some(known) => *known = field.clone(),
                    None => fields.push(field.clone()),
                }
            }
        }
        fields
    }

    /// The nearest class above all of them.
    pub(crate) fn common_base(&self, classes: &[Name]) -> Option<Name> {
        let (first, rest) = classes.split_first()?;
        let order = self.mro(*first);
        order.iter().find(|base| rest.iter().all(|class| self.is_subclass(*class, **base))).copied()
    }

    /// A method whose body is only a promise: `...`, `pass`, `raise NotImplementedError`.
    pub(crate) fn is_abstract(&self, path: Name) -> bool {
        let Some(body) = self.program.fns.get(&path) else { return false };
        let marked = body.decorators.iter().any(|d| is_abstract_mark(d.path.last()));
        let in_protocol = self.class(path.parent()).is_some_and(|def| def.kind == ClassKind::Protocol);
        marked || ((in_protocol || self.overridden.contains(&path)) && is_empty(body))
    }

    /// Names of the methods that keep a class from having objects, sorted; empty where it may have some.
    pub(crate) fn abstract_methods(&self, class: Name) -> Vec<&'static str> {
        let is_abc = |path: &Name| {
            self.class(*path).is_some_and(|def| {
                matches!(def.kind, ClassKind::Abstract | ClassKind::Protocol)
                    || def.bases.iter().any(|base| *base == "ABC")
            })
        };
        let order = self.mro(class);
        if !order.iter().any(is_abc) {
            return Vec::new();
        }
        let is_marked = |path: Name| {
            self.program
                .fns
                .get(&path)
                .is_some_and(|body| body.decorators.iter().any(|d| is_abstract_mark(d.path.last())))
        };
        let methods = order.iter().filter_map(|path| self.class(*path)).flat_map(|def| &def.methods);
        let mut names: Vec<&str> = methods
            .filter(|path| is_marked(**path))
            .map(|path| path.last())
            .filter(|name| self.method(class, name).is_some_and(is_marked))
            .filter(|name| self.attribute(class, name).is_none())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What a filter lets through of an atom.
    pub(crate) fn pass(&self, filter: &Filter, atom: &Atom) -> Passed {
        if filter.drop.iter().any(|name| self.head_is(atom.head, *name) == Some(true)) {
            return Passed::Nothing;
        }
        if filter.keep.is_empty()
            || filter.keep.iter().any(|name| self.head_is(atom.head, *name) != Some(false))
        {
            return Passed::Same;
        }
        let read_as = |name: &Name| match atom.head {
            Head::Class(class)
                if self.program.classes.contains_key(name) && self.is_subclass(*name, class) =>
            {
                vec![Head::Class(*name)]
            }
            Head::Error if self.program.classes.contains_key(name) => vec![Head::Class(*name)],
            Head::Value if self.is_protocol(*name) => self.members_of(*name),
            Head::Value => self.named_head(*name).into_iter().collect(),
            _ => Vec::new(),
        };
        match filter.keep.iter().flat_map(read_as).collect::<Vec<_>>() {
            heads if heads.is_empty() => Passed::Nothing,
            heads => Passed::As(heads),
        }
    }

    fn named_head(&self, name: Name) -> Option<Head> {
        Some(match name.as_str() {
            "none" => Head::None,
            "int" => Head::Int,
            "bool" => Head::Bool,
            "float" => Head::Float,
            "complex" => Head::Complex,
            "str" => Head::Str,
            "bytes" => Head::Bytes,
            "list" => Head::List,
            "dict" => Head::Dict,
            "set" => Head::Set,
            "slice" => Head::Slice,
            _ if self.program.classes.contains_key(&name) => Head::Class(name),
            _ => return None,
        })
    }

    /// `index` and `count` of a named tuple, which looks its fields through as a tuple does.
    pub(crate) fn is_tuple_method(&self, class: Name, name: Name) -> bool {
        matches!(name.as_str(), "index" | "count")
            && self.is_named_tuple(class)
            && self.method(class, name.as_str()).is_none()
            && !self.record_fields(class).iter().any(|field| field.name == name)
    }

    /// Whether objects of a class itself are of a kind of `collections.abc`.
    pub(crate) fn own_kind(&self, class: Name, kind: Name) -> Option<bool> {
        self.is_of_kind(Head::Class(class), kind.last())
    }

    /// Whether all objects of a class and of those below it answer a test the same way.
    fn is_same_below(&self, class: Name, kind: &str) -> bool {
        let answer = |class: Name| self.is_of_kind(Head::Class(class), kind);
        let below = self.program.subclasses(class);
        below.iter().all(|sub| answer(*sub) == answer(class))
    }

    /// Whether values of a head are instances of an abstract class of `collections.abc`.
    fn is_of_kind(&self, head: Head, kind: &str) -> Option<bool> {
        let has = |class: Name, names: &[&str]| names.iter().all(|name| self.method(class, name).is_some());
        if let Head::Class(class) = head {
            let below = self.mro(class);
            let mut bases = below.iter().filter_map(|path| self.class(*path)).flat_map(|def| &def.bases);
            let is_below = bases.any(|base| base.last() == kind || base.last() == format!("Mutable{kind}"));
            let inner =
                self.inner(class).is_some() && !self.derives(class, "int") && !self.derives(class, "float");
            let holds = |bases: &[&str]| Some(is_below || bases.iter().any(|base| self.derives(class, base)));
            return match kind {
                "Iterable" => Some(inner || has(class, &["__iter__"])),
                "Iterator" => Some(has(class, &["__iter__", "__next__"])),
                "Sized" => Some(inner || has(class, &["__len__"])),
                "Container" => Some(inner || has(class, &["__contains__"])),
                "Callable" => Some(has(class, &["__call__"])),
                "Collection" => Some(inner || has(class, &["__len__", "__iter__", "__contains__"])),
                "Sequence" if self.is_text_enum(class) || self.is_named_tuple(class) => Some(true),
                "Sequence" => holds(&["list", "str", "tuple", "UserList", "UserString", "deque"]),
                "MutableSequence" => holds(&["list", "UserList", "deque"]),
                "Mapping" | "MutableMapping" => holds(&["dict", "UserDict"]),
                "Set" => holds(&["set", "frozenset"]),
                "MutableSet" => holds(&["set"]),
                _ if is_below => Some(true),
                _ => None,
            };
        }
        crate::library_bases::is_of_kind(head, kind)
    }

    /// Whether a class was an `IntFlag`: see `expand/int_flags.rs`.
    pub(crate) fn is_int_flag(&self, class: Name) -> bool {
        let made = |name: &str| {
            self.program.fns.get(&class.join(name)).is_some_and(|body| body.origin == Origin::default())
        };
        made("__index__") && made("__invert__")
    }

    pub(crate) fn head_is(&self, head: Head, name: Name) -> Option<bool> {
        if let Head::Class(class) = head
            && self.derives(class, name.as_str())
        {
            return Some(true);
        }
        if let Some(kind) = name.as_str().strip_prefix("collections.abc.")
            && let Some(is) = self.is_of_kind(head, kind)
        {
            return match head {
                Head::Class(class) if !self.is_same_below(class, kind) => None,
                _ => Some(is),
            };
        }
        if matches!(head, Head::Class(_)) && name.as_str().starts_with("collections.abc.") {
            return None;
        }
        Some(match name.as_str() {
            "none" => head == Head::None,
            "int" => match head {
                Head::Class(class) => self.is_int_enum(class) || self.is_int_flag(class),
                _ => matches!(head, Head::Int | Head::Bool),
            },
            "bool" => head == Head::Bool,
            "float" => head == Head::Float,
            "complex" => head == Head::Complex,
            "str" => match head {
                Head::Class(class) => self.is_text_enum(class),
                _ => head == Head::Str,
            },
            "bytes" => head == Head::Bytes,
            "list" => head == Head::List,
            "dict" => match head {
                Head::Lib(lib) => has_base(lib, "dict"),
                _ => head == Head::Dict,
            },
            "set" => head == Head::Set,
            "frozenset" => head == Head::FrozenSet,
            "range" => head == Head::Range,
            "slice" => head == Head::Slice,
            "tuple" => match head {
                Head::Tuple(_) => true,
                Head::Lib(lib) => lib == "tuple",
                Head::Class(class) => self.is_named_tuple(class),
                _ => false,
            },
            "object" => true,
            _ if let Some(kind) = name.as_str().strip_prefix("numbers.") => match head {
                Head::Class(class) => self.is_int_enum(class),
                _ => is_number(head, kind),
            },
            _ if self.program.classes.contains_key(&name) => match head {
                Head::Class(class) => self.is_instance(class, name),
                _ => false,
            },
            _ if is_builtin_error(name) => match head {
                Head::Error => true,
                Head::Class(class) => self.is_error(class),
                _ => false,
            },
            _ => match head {
                Head::Lib(lib) => has_base(lib, name.last()),
                // A base of the library: `Enum`, `ABC`.
                Head::Class(class) => {
                    let order = self.mro(class);
                    let mut above = order.iter().filter_map(|path| self.class(*path));
                    above.any(|def| def.bases.iter().any(|base| base.last() == name.last()))
                        || name == "enum.Enum" && self.is_enum(class)
                }
                // A class of the library, of which no builtin value is.
                Head::Func(_) | Head::LibFn(_) | Head::TypeOf(_) | Head::Value | Head::Iter => return None,
                _ if name.as_str().starts_with("numbers.") => return None,
                _ if batuta_catalog::functions(name.as_str()).is_empty() => return None,
                _ => false,
            },
        })
    }
}

/// What a filter made of an atom.
pub(crate) enum Passed {
    Nothing,
    Same,
    As(Vec<Head>),
}

pub(crate) fn is_builtin_error(name: Name) -> bool {
    let name = name.as_str().strip_prefix("builtins.").unwrap_or(name.as_str());
    if batuta_catalog::is_exception(name) {
        return true;
    }
    let known = ["KeyboardInterrupt", "SystemExit", "GeneratorExit", "StopIteration", "StopAsyncIteration"];
    name.ends_with("Error") && !name.contains('.')
        || name.ends_with("Warning") && !name.contains('.')
        || matches!(name, "Exception" | "BaseException" | "ExceptionGroup")
        || known.contains(&name)
}

fn is_empty(body: &Body<Hir>) -> bool {
    body.blocks[body.root].stmts.iter().all(|stmt| match &stmt.kind {
        StmtKind::Expr(node) => match &body.nodes[*node].kind {
            Node::Const(_) => true,
            Node::Raise { error: Some(error), .. } => raises_not_implemented(body, *error),
            _ => false,
        },
        _ => false,
    })
}

fn raises_not_implemented(body: &Body<Hir>, error: NodeId) -> bool {
    match &body.nodes[error].kind {
        Node::Call { callee: Callee::Lib(name), .. } | Node::Item(name) => {
            name.last() == "NotImplementedError"
        }
        Node::Op { attr: Attr::Name(name), .. } => name.last() == "NotImplementedError",
        _ => false,
    }
}

/// Functions that always raise, by path; method names of which all are such, as `.name`.
fn ends(program: &Program<Hir>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    let mut methods: FxHashMap<&str, bool> = FxHashMap::default();
    for (path, body) in &program.fns {
        let last = body.blocks[body.root].stmts.last().and_then(|stmt| match stmt.kind {
            StmtKind::Expr(node) => Some(&body.nodes[node].kind),
            _ => None,
        });
        let mut returns = body.is_generator;
        body.walk_block(body.root, &mut |node| {
            returns |= matches!(body.nodes[node].kind, Node::Return(_));
        });
        let raises = match last {
            Some(Node::Raise { error, .. }) => error.is_none_or(|error| !raises_not_implemented(body, error)),
            _ => false,
        };
        let always = raises && !returns;
        if always {
            out.insert(*path);
        }
        if body.kind == FnKind::Method {
            *methods.entry(path.last()).or_insert(true) &= always;
        }
    }
    out.extend(
        methods.into_iter().filter(|(_, always)| *always).map(|(name, _)| Name::new(&format!(".{name}"))),
    );
    out
}

fn own_fields(program: &Program<Hir>, class: &ClassDef) -> Vec<Name> {
    let order = program.mro(class.path);
    let is_method = |name: Name| {
        let mut methods = order.iter().flat_map(|path| &program.classes[path].methods);
        methods.any(|method| method.last() == name.as_str())
    };
    let mut fields: Vec<Name> = class.fields.iter().map(|field| field.name).collect();
    for method in &class.methods {
        let Some(body) = program.fns.get(method) else { continue };
        let Some(this) = body.params.first().map(|param| param.local) else { continue };
        if !matches!(body.kind, FnKind::Method | FnKind::Property | FnKind::PropertySetter) {
            continue;
        }
        let mut see = |place: &Place| {
            if place.root == Root::Local(this)
                && let [Proj::Field(name)] = place.proj.as_slice()
                && !fields.contains(name)
                && !is_method(*name)
            {
                fields.push(*name);
            }
        };
        body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => see_places(target, &mut see),
            StmtKind::Update { place, .. } => see(place),
            _ => {}
        });
    }
    fields
}

fn see_places(pat: &Pat, see: &mut dyn FnMut(&Place)) {
    match pat {
        Pat::Place(place) => see(place),
        _ => pat.for_each_part(&mut |part| see_places(part, see)),
    }
}

/// Class attributes that code outside of the class gives to an object of it: `tracker.limit = 3`. Only
/// where no class has a field of that name, so that no other object can be meant.
fn given_outside(program: &Program<Hir>, fields: &FxHashMap<Name, Vec<Name>>) -> Vec<(Name, Name)> {
    let mut out = Vec::new();
    for body in program.fns.values() {
        let receiver = (!matches!(body.kind, FnKind::Function | FnKind::Init))
            .then(|| body.params.first().map(|param| param.local))
            .flatten();
        let mut see = |place: &Place| {
            let Some(Proj::Field(name)) = place.proj.last() else { return };
            let is_receiver = matches!(place.root, Root::Local(local) if Some(local) == receiver);
            let is_named = matches!(place.root, Root::Local(_) | Root::Global(_));
            if is_receiver || !is_named || fields.values().any(|known| known.contains(name)) {
                return;
            }
            // A property stands for both, the object's and the class's.
            let is_property = program.classes.keys().any(|class| {
                let path = class.join(name.as_str());
                program.fns.contains_key(&path) && program.globals.contains_key(&path)
            });
            if is_property {
                return;
            }
            let mut owners = program.classes.iter().filter(|(_, class)| {
                matches!(class.kind, ClassKind::Plain | ClassKind::Abstract)
                    && class.attributes.iter().any(|attribute| attribute.last() == name.as_str())
            });
            if let (Some((class, _)), None) = (owners.next(), owners.next())
                && !out.contains(&(*class, *name))
            {
                out.push((*class, *name));
            }
        };
        body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => see_places(target, &mut see),
            StmtKind::Update { place, .. } => see(place),
            _ => {}
        });
    }
    out
}

/// Whether a decorator of `abc` leaves a method to the classes below.
fn is_abstract_mark(name: &str) -> bool {
    matches!(name, "abstractmethod" | "abstractclassmethod" | "abstractstaticmethod")
}
