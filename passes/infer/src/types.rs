//! Atoms -> types: what a variable is when all is said.

use crate::env::Env;
use crate::solve::Solver;
use crate::vars::{Atom, Head, Var};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::cell::RefCell;

/// The solved types of a program.
pub(crate) struct Types<'s, 'p> {
    pub solver: &'s Solver<'p>,
    cache: RefCell<FxHashMap<Var, Ty>>,
    open: RefCell<Vec<Var>>,
    /// Variables whose mixed values are used in a way that only `value` can answer.
    dynamic: FxHashSet<Var>,
    /// Whether functions are keys of some dict or members of some set.
    pub functions_are_keys: bool,
}

impl<'s, 'p> Types<'s, 'p> {
    pub(crate) fn new(solver: &'s Solver<'p>, dynamic: FxHashSet<Var>) -> Self {
        let is_function = |atom: &Atom| matches!(atom.head, Head::Func(_) | Head::LibFn(_));
        let has_keys = |atom: &Atom| {
            matches!(atom.head, Head::Dict | Head::Set | Head::FrozenSet)
                && atom.args.first().is_some_and(|key| solver.vars.atoms(*key).iter().any(is_function))
        };
        let functions_are_keys = solver.vars.rows.iter().any(|row| row.atoms.iter().any(has_keys));
        Self { solver, cache: RefCell::default(), open: RefCell::default(), dynamic, functions_are_keys }
    }

    pub(crate) fn env(&self) -> &'s Env<'p> {
        self.solver.env
    }

    /// Type of a variable; `value` where nothing is known.
    pub(crate) fn ty(&self, var: Var) -> Ty {
        self.get(var).unwrap_or_else(Ty::value)
    }

    /// Type of a variable, if anything flows there.
    pub(crate) fn get(&self, var: Var) -> Option<Ty> {
        let root = self.solver.vars.root(var);
        if let Some(known) = self.cache.borrow().get(&root) {
            return Some(*known);
        }
        if self.open.borrow().contains(&root) {
            return Some(Ty::value());
        }
        let atoms = self.solver.vars.atoms(root);
        if atoms.is_empty() {
            return None;
        }
        if self.dynamic.contains(&root) {
            return Some(Ty::value());
        }
        self.open.borrow_mut().push(root);
        let seen = self.solver.vars.row(root).seen;
        let ty = join(self.env(), atoms, seen, &mut |var| self.get(var).unwrap_or_else(Ty::unit));
        self.open.borrow_mut().pop();
        if self.open.borrow().is_empty() || !ty.any(&mut |ty| *ty.kind() == TyKind::Value) {
            self.cache.borrow_mut().insert(root, ty);
        }
        Some(ty)
    }
}

/// The one type that holds all atoms.
fn join(env: &Env<'_>, atoms: &[Atom], seen: bool, of: &mut dyn FnMut(Var) -> Ty) -> Ty {
    let has = |head: Head| atoms.iter().any(|atom| atom.head == head);
    if has(Head::Value) {
        return Ty::value();
    }
    let mut rest: Vec<&Atom> = atoms.iter().filter(|atom| atom.head != Head::None).collect();
    // A library function that also has a function type is that; objects that are called beside functions
    // become such.
    if rest.iter().any(|atom| matches!(atom.head, Head::Func(count) if count < OPEN_FUNCTION)) {
        rest.retain(|atom| !matches!(atom.head, Head::LibFn(_)) && !env.is_called(atom.head));
    }
    if rest.len() == 2 && rest.iter().any(|atom| matches!(atom.head, Head::List | Head::Dict | Head::Set)) {
        // `()` as an empty default beside lists, dicts or sets.
        rest.retain(|atom| atom.head != Head::Tuple(0));
    }
    if rest.is_empty() {
        return Ty::unit();
    }
    let ty = match rest.as_slice() {
        [one] => of_atom(one, of),
        many => mixed(env, many, seen, of),
    };
    if has(Head::None) { Ty::option(ty) } else { ty }
}

/// Functions are told apart as dynamic values.
fn key_type(ty: Ty) -> Ty {
    if matches!(ty.kind(), TyKind::Func(..)) { Ty::value() } else { ty }
}

fn mixed(env: &Env<'_>, atoms: &[&Atom], seen: bool, of: &mut dyn FnMut(Var) -> Ty) -> Ty {
    let heads: Vec<Head> = atoms.iter().map(|atom| atom.head).collect();
    let all = |allowed: &[Head]| heads.iter().all(|head| allowed.contains(head));
    if all(&[Head::Int, Head::Float, Head::Num]) {
        return if seen || heads.contains(&Head::Num) { Ty::num() } else { Ty::float() };
    }
    if !seen && all(&[Head::Bool, Head::Int]) {
        return Ty::int();
    }
    if !seen && all(&[Head::Bool, Head::Int, Head::Float]) {
        return Ty::float();
    }
    if !seen && all(&[Head::Complex, Head::Float, Head::Int]) && heads.contains(&Head::Complex) {
        return Ty::new(TyKind::Complex);
    }
    // A sum that starts from 0.
    if let (false, [Head::Int, exact @ Head::Lib(name)] | [exact @ Head::Lib(name), Head::Int]) =
        (seen, heads.as_slice())
        && is_exact(*name)
        && let Some(atom) = atoms.iter().find(|atom| atom.head == *exact)
    {
        return of_atom(atom, of);
    }
    let classes: Vec<Name> = heads
        .iter()
        .filter_map(|head| match head {
            Head::Class(class) => Some(*class),
            _ => None,
        })
        .collect();
    if classes.len() == heads.len()
        && let Some(base) = env.common_base(&classes)
    {
        return Ty::class(base);
    }
    if let Some(class) = class_of_all(env, &heads) {
        return Ty::new(TyKind::TypeOf(class));
    }
    if heads.iter().all(|head| is_error(env, *head)) {
        return Ty::error();
    }
    let is_stream = |head: &Head| matches!(head, Head::Lib(name) if crate::contexts::is_text_stream(*name));
    if heads.iter().all(is_stream) {
        return Ty::lib("file", []);
    }
    if let Some(ty) = iterables(atoms, seen, of) {
        return ty;
    }
    // A member that is a text or a number is equal to that one: dynamic values know it.
    let meets = |class: &Name| {
        env.is_text_enum(*class) && heads.contains(&Head::Str)
            || env.is_int_enum(*class)
                && heads.iter().any(|head| matches!(head, Head::Int | Head::Float | Head::Bool))
    };
    if classes.iter().any(meets) {
        return Ty::value();
    }
    let mut types: Vec<Ty> = atoms.iter().map(|atom| of_atom(atom, of)).collect();
    one_hierarchy(env, &classes, &mut types);
    if !one_number(&mut types) {
        return Ty::value();
    }
    types.sort();
    types.dedup();
    let closed = |ty: &Ty| {
        !matches!(ty.kind(), TyKind::Func(..) | TyKind::Iter(_) | TyKind::TypeOf(_) | TyKind::Value)
    };
    let most = if classes.is_empty() { 5 } else { 16 };
    if types.len() <= most && types.iter().all(closed) {
        return if types.len() == 1 { types[0] } else { Ty::new(TyKind::Union(types)) };
    }
    Ty::value()
}

/// The class above all classes that are values here; none where something else is one.
pub(crate) fn class_of_all(env: &Env<'_>, heads: &[Head]) -> Option<Name> {
    let is_error_class = |head: &Head| matches!(head, Head::TypeOf(class) if env.is_error(*class) || crate::env::is_builtin_error(*class));
    if heads.iter().all(is_error_class) {
        return Some(Name::new("BaseException"));
    }
    let classes = heads.iter().map(|head| match head {
        Head::TypeOf(class) if !env.is_enum(*class) && !env.is_error(*class) => Some(*class),
        _ => None,
    });
    let classes: Vec<Name> = classes.collect::<Option<_>>()?;
    Some(env.common_base(&classes).unwrap_or_else(|| Name::new("object")))
}

/// A number of the library that every int is equal to one of.
pub(crate) fn is_exact(lib: Name) -> bool {
    matches!(lib.as_str(), "Decimal" | "Fraction")
}

/// Objects of one hierarchy are one member, that of their base.
fn one_hierarchy(env: &Env<'_>, classes: &[Name], types: &mut Vec<Ty>) {
    let is_object = |class: &Name| !env.is_enum(*class) && !env.is_error(*class);
    if classes.len() < 2 || !classes.iter().all(is_object) {
        return;
    }
    let Some(base) = env.common_base(classes) else { return };
    types.retain(|ty| !matches!(ty.kind(), TyKind::Class(..)));
    types.push(Ty::class(base));
}

/// Numbers of different types compare with each other: ints and floats become one member, and false
/// is given where only a dynamic value keeps them apart.
fn one_number(types: &mut Vec<Ty>) -> bool {
    let is_number = |ty: &Ty| matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Num);
    let is_other = |ty: &Ty| match ty.kind() {
        TyKind::Bool | TyKind::Complex => true,
        TyKind::Lib(name, _) => is_exact(*name),
        _ => false,
    };
    let (numbers, others) =
        (types.iter().filter(|ty| is_number(ty)).count(), types.iter().filter(|ty| is_other(ty)).count());
    if numbers + others > 1 && others > 0 {
        return false;
    }
    if numbers > 1 {
        types.retain(|ty| !is_number(ty));
        types.push(Ty::num());
    }
    true
}

pub(crate) fn is_error(env: &Env<'_>, head: Head) -> bool {
    match head {
        Head::Error => true,
        Head::Class(class) => env.is_error(class),
        _ => false,
    }
}

/// Iterables of one kind of items: an iterator where one is among them, else a list. Where more than
/// iterating is done, or the text is seen, they stay apart.
fn iterables(atoms: &[&Atom], seen: bool, of: &mut dyn FnMut(Var) -> Ty) -> Option<Ty> {
    let has_iter = atoms.iter().any(|atom| atom.head == Head::Iter);
    let is_loose = |atom: &&&Atom| matches!(atom.head, Head::Iter | Head::Range);
    if seen && !atoms.iter().any(|atom| is_loose(&atom)) {
        return None;
    }
    let mut item: Option<Ty> = None;
    for atom in atoms {
        let types: Vec<Ty> = match atom.head {
            Head::List | Head::Set | Head::FrozenSet | Head::Iter | Head::Dict => vec![of(atom.args[0])],
            Head::Range | Head::Bytes => vec![Ty::int()],
            Head::Str => vec![Ty::str()],
            Head::Tuple(_) => atom.args.iter().map(|arg| of(*arg)).collect(),
            Head::Lib(name) if matches!(name.as_str(), "tuple" | "deque") => vec![of(atom.args[0])],
            _ => return None,
        };
        for ty in types {
            if item.is_some_and(|item| item != ty) {
                return None;
            }
            item = Some(ty);
        }
    }
    item.map(|item| if has_iter { Ty::iter(item) } else { Ty::list(item) })
}

fn of_atom(atom: &Atom, of: &mut dyn FnMut(Var) -> Ty) -> Ty {
    let args: Vec<Ty> = atom.args.iter().map(|var| of(*var)).collect();
    match atom.head {
        Head::None => Ty::unit(),
        Head::Bool => Ty::bool(),
        Head::Int => Ty::int(),
        Head::Float => Ty::float(),
        Head::Num => Ty::num(),
        Head::Complex => Ty::new(TyKind::Complex),
        Head::Str => Ty::str(),
        Head::Bytes => Ty::bytes(),
        Head::Range => Ty::new(TyKind::Range),
        Head::Slice => Ty::new(TyKind::Slice),
        Head::Error => Ty::error(),
        Head::List => Ty::list(args[0]),
        Head::Set => Ty::set(key_type(args[0])),
        Head::FrozenSet => Ty::new(TyKind::FrozenSet(key_type(args[0]))),
        Head::Dict => Ty::dict(key_type(args[0]), args[1]),
        Head::Iter => Ty::iter(args[0]),
        // `()` of Rust is `None`.
        Head::Tuple(0) => Ty::lib("tuple", [Ty::value()]),
        Head::Tuple(_) => Ty::tuple(args),
        Head::Class(path) => Ty::class(path),
        Head::TypeOf(path) => Ty::new(TyKind::TypeOf(path)),
        Head::Lib(name) => Ty::new(TyKind::Lib(name, args)),
        Head::Func(_) => match args.split_last() {
            Some((ret, params)) => Ty::func(params.to_vec(), *ret),
            None => Ty::value(),
        },
        Head::LibFn(_) | Head::Ellipsis | Head::Value => Ty::value(),
    }
}

/// `Head::Func` counts from here on for functions with packed parameters.
pub(crate) const OPEN_FUNCTION: u8 = 64;

/// Whether a type has no open part.
fn is_complete(ty: Ty) -> bool {
    !ty.any(&mut |ty| matches!(ty.kind(), TyKind::Unknown | TyKind::Var(_)))
}

impl Solver<'_> {
    /// What is known of a variable now; `?` inside where nothing is.
    pub(crate) fn partial(&self, var: Var, depth: usize) -> Ty {
        let atoms = self.vars.atoms(var);
        if atoms.is_empty() || depth > 6 {
            return Ty::unknown();
        }
        let types: Vec<Ty> = atoms
            .iter()
            .map(|atom| match atom.head {
                Head::LibFn(name) => Ty::new(TyKind::Lib(name, Vec::new())),
                // Functions are told apart by identity: each closure gets its own version.
                Head::Func(_) => {
                    Ty::new(TyKind::Var(Name::new(&format!("f{}", atom.args.last().unwrap_or(&0)))))
                }
                _ => of_atom(atom, &mut |var| self.partial(var, depth + 1)),
            })
            .collect();
        match types.as_slice() {
            [one] => *one,
            _ => {
                let mut types = types;
                types.sort();
                Ty::new(TyKind::Union(types))
            }
        }
    }

    /// Fills in from an annotation what nothing else says.
    pub(crate) fn apply_hint(&mut self, var: Var, ty: Ty, depth: usize) {
        if depth > 6 {
            return;
        }
        if let TyKind::Option(inner) = ty.kind() {
            // A dynamic value may be the `None` that the annotation allows.
            let atoms = self.vars.atoms(var);
            if atoms.is_empty() || atoms.iter().any(|atom| atom.head == Head::Value) {
                self.put(var, Head::None);
            }
            return self.apply_hint(var, *inner, depth);
        }
        let atoms = self.vars.atoms(var).to_vec();
        let known: Vec<&Atom> = atoms.iter().filter(|atom| atom.head != Head::None).collect();
        let only_dynamic = known.iter().all(|atom| atom.head == Head::Value);
        if only_dynamic && !known.is_empty() {
            return self.replace_dynamic(var, ty);
        }
        if known.is_empty() {
            if matches!(ty.kind(), TyKind::Unit) && !atoms.is_empty() {
                return;
            }
            let mut map = Default::default();
            let from = self.type_var(ty, &mut map);
            return self.flow(from, var);
        }
        match ty.kind() {
            TyKind::Class(base, _) => {
                let below = |atom: &&&Atom| match atom.head {
                    Head::Class(class) => class != *base && self.env.is_subclass(class, *base),
                    _ => false,
                };
                if known.iter().any(|atom| below(&atom)) {
                    self.put(var, Head::Class(*base));
                }
            }
            _ => {
                let Some(head) = crate::libcalls::head_of(ty) else { return };
                let children = ty.children();
                for atom in known {
                    if atom.head == head && atom.args.len() == children.len() {
                        for (arg, child) in atom.args.iter().zip(&children) {
                            self.apply_hint(*arg, *child, depth + 1);
                        }
                    } else if atom.head == Head::Iter && children.len() == 1 {
                        self.apply_hint(atom.args[0], children[0], depth + 1);
                    }
                }
            }
        }
    }

    /// A dynamic value that flows into an annotated place is read as that type there.
    fn replace_dynamic(&mut self, var: Var, ty: Ty) {
        if matches!(ty.kind(), TyKind::Value | TyKind::Unknown) {
            return;
        }
        let root = self.vars.find(var);
        self.vars.rows[root as usize].atoms.retain(|atom| atom.head != Head::Value);
        let mut map = Default::default();
        let from = self.type_var(dynamic_parts(ty), &mut map);
        self.flow(from, var);
    }

    /// An int that is annotated `float` and that nobody can tell from one is a float.
    pub(crate) fn prefer_float(&mut self, var: Var, ty: Ty, depth: usize) {
        if depth > 4 {
            return;
        }
        match ty.kind() {
            TyKind::Float(_) => {
                let row = self.vars.row(var);
                let ints = row.atoms.iter().all(|atom| matches!(atom.head, Head::Int | Head::None));
                if ints && self.vars.has(var, Head::Int) && !row.seen {
                    self.put(var, Head::Float);
                }
            }
            TyKind::Option(inner) => self.prefer_float(var, *inner, depth),
            _ => {
                let Some(head) = crate::libcalls::head_of(ty) else { return };
                let found = self.vars.atoms(var).iter().find(|atom| atom.head == head).cloned();
                if let Some(atom) = found {
                    for (arg, child) in atom.args.iter().zip(ty.children()) {
                        self.prefer_float(*arg, child, depth + 1);
                    }
                }
            }
        }
    }

    /// Marks every variable whose int-ness the program can see.
    pub(crate) fn mark_seen(&mut self) {
        let sums = self.open_sums();
        let count = self.vars.rows.len();
        let mut back: Vec<Vec<Var>> = vec![Vec::new(); count];
        for from in 0..count as Var {
            for at in 0..self.vars.rows[from as usize].edges.len() {
                let to = self.vars.rows[from as usize].edges[at].to;
                let root = self.vars.find(to);
                back[root as usize].push(from);
            }
        }
        for at in 0..self.jobs.len() {
            // A quotient of ints is a float; only one of complex numbers tells what they are.
            if let crate::facts::C::Binary { op, a, b, out, .. } = self.jobs[at].c
                && (op != ObjOp::TrueDiv || [a, b].iter().any(|side| self.vars.has(*side, Head::Complex)))
            {
                let out = self.vars.find(out);
                // Beside a float any number is one.
                let is_float = |side: Var| self.is_float(side) && !sums.contains(&self.vars.root(side));
                let tells =
                    |(side, other): &(Var, Var)| !is_float(*other) || self.vars.has(*side, Head::Complex);
                let sides = [(a, b), (b, a)].into_iter().filter(tells);
                back[out as usize].extend(sides.map(|(side, _)| side));
            }
            if let crate::facts::C::Attr { of, name, out } = self.jobs[at].c
                && matches!(name.as_str(), "real" | "imag")
                && self.vars.has(of, Head::Complex)
            {
                let out = self.vars.find(out);
                back[out as usize].push(of);
            }
            // A result of several overloads tells which of them its arguments chose.
            if let crate::facts::C::Call { target: crate::facts::Target::Lib(_), args, out, .. } =
                &self.jobs[at].c
                && (self.rows.get(&(at as u32)).is_some_and(|rows| rows.len() > 1)
                    || args.iter().any(|arg| sums.contains(&self.vars.root(arg.var))))
            {
                let (out, args) = (*out, args.iter().map(|arg| arg.var).collect::<Vec<_>>());
                let out = self.vars.find(out);
                // The parts of a tuple tell as much: `divmod(a, b)`.
                let tuples = self.vars.rows[out as usize]
                    .atoms
                    .iter()
                    .filter(|atom| matches!(atom.head, Head::Tuple(_)));
                let parts: Vec<Var> = tuples.flat_map(|atom| atom.args.iter().copied()).collect();
                for part in parts {
                    let part = self.vars.find(part);
                    back[part as usize].extend(args.iter().copied());
                }
                back[out as usize].extend(args);
            }
            if let crate::facts::C::Unary { op: ObjOp::Neg | ObjOp::Pos, a, out } = self.jobs[at].c {
                let out = self.vars.find(out);
                back[out as usize].push(a);
            }
        }
        let mut todo: Vec<Var> = (0..count as Var).filter(|var| self.vars.rows[*var as usize].seen).collect();
        // Keys are told apart by type in text, so they count as seen.
        for var in 0..count as Var {
            for atom in &self.vars.rows[var as usize].atoms {
                if matches!(atom.head, Head::Dict | Head::Set | Head::FrozenSet) {
                    todo.push(atom.args[0]);
                }
            }
        }
        let mut done = vec![false; count];
        while let Some(var) = todo.pop() {
            let root = self.vars.find(var);
            if std::mem::replace(&mut done[root as usize], true) {
                continue;
            }
            self.vars.rows[root as usize].seen = true;
            todo.append(&mut back[root as usize]);
            for atom in self.vars.rows[root as usize].atoms.clone() {
                if !matches!(atom.head, Head::Func(_)) {
                    todo.extend(atom.args.iter());
                }
                if let Head::Class(class) = atom.head
                    && self.env.is_record(class)
                {
                    for field in self.env.record_fields(class) {
                        todo.push(self.field_var(class, field.name));
                    }
                }
            }
        }
    }

    fn field_var(&self, class: Name, field: Name) -> Var {
        let owner = self.env.field_owner(class, field).unwrap_or(class);
        self.fields.get(&(owner, field)).copied().unwrap_or(0)
    }

    /// Parameters that nothing flows into take their types from their uses, else they are dynamic.
    pub(crate) fn use_uses(&mut self) {
        for at in 0..self.insts.len() {
            let sig = self.insts[at].sig.clone();
            for param in &sig.params {
                self.use_uses_of(param.var);
            }
        }
        let closures: Vec<_> = self.sigs.values().cloned().collect();
        let mut params: Vec<Var> =
            closures.iter().flat_map(|sig| sig.params.iter().map(|param| param.var)).collect();
        params.sort_unstable();
        for var in params {
            self.use_uses_of(var);
        }
    }

    /// A library function that is called somewhere has the type of that call wherever it is on the way.
    pub(crate) fn type_library_functions(&mut self) {
        let is_func = |atom: &&Atom| matches!(atom.head, Head::Func(_));
        for at in 0..self.vars.rows.len() as Var {
            let atoms = self.vars.rows[at as usize].atoms.clone();
            let is_item = atoms.iter().any(|atom| matches!(atom.head, Head::LibFn(_)));
            if !is_item || atoms.iter().any(|atom| matches!(atom.head, Head::Func(_))) {
                continue;
            }
            let mut todo = vec![at];
            let mut seen = FxHashSet::default();
            while let Some(var) = todo.pop() {
                let mut functions = self.vars.atoms(var).iter().filter(is_func);
                if let Some(function) = functions.next().cloned() {
                    // Functions of several kinds stand together as dynamic values.
                    let is_one = functions.all(|other| other.head == function.head);
                    if is_one && matches!(function.head, Head::Func(count) if count < OPEN_FUNCTION) {
                        self.vars.add(at, function);
                    }
                    break;
                }
                if seen.insert(var) && seen.len() < 64 {
                    for edge in self.vars.rows[var as usize].edges.clone() {
                        todo.push(self.vars.find(edge.to));
                    }
                }
            }
        }
    }

    /// Items of containers that stay empty have the type that their readers expect.
    pub(crate) fn use_uses_of_items(&mut self) {
        for at in 0..self.vars.rows.len() {
            let atoms = self.vars.rows[at].atoms.clone();
            let is_container = |atom: &&Atom| {
                matches!(
                    atom.head,
                    Head::List | Head::Set | Head::FrozenSet | Head::Dict | Head::Iter | Head::Lib(_)
                )
            };
            for item in atoms.iter().filter(is_container).flat_map(|atom| atom.args.iter()) {
                if self.vars.atoms(*item).is_empty()
                    && let Some(ty) = self.expected(*item)
                {
                    let mut map = Default::default();
                    let from = self.type_var(ty, &mut map);
                    self.flow(from, *item);
                }
            }
        }
    }

    fn use_uses_of(&mut self, var: Var) {
        if self.vars.is_known(var) {
            return;
        }
        let heads = self.expected(var);
        match heads {
            Some(ty) => {
                let mut map = Default::default();
                let from = self.type_var(ty, &mut map);
                self.flow(from, var);
            }
            None => self.put(var, Head::Value),
        }
        self.settle();
    }

    /// What the uses of a variable (and of what it flows into) expect; else what it flows together with.
    fn expected(&mut self, var: Var) -> Option<Ty> {
        let mut todo = vec![self.vars.find(var)];
        let mut seen = FxHashSet::default();
        let (mut company, mut iterated) = (None, None);
        while let Some(root) = todo.pop() {
            if !seen.insert(root) || seen.len() > 64 {
                continue;
            }
            let row = self.vars.rows[root as usize].clone();
            // That it is iterated says least: what it flows together with knows more.
            let uses = || row.uses.iter().filter(|ty| !crate::libcalls::has_vars(**ty));
            if let Some(ty) = uses().find(|ty| !matches!(ty.kind(), TyKind::Iter(_))) {
                return Some(*ty);
            }
            iterated = iterated.or_else(|| uses().next().copied());
            for job in &row.watch {
                if let Some(ty) = self.expected_by(*job, root) {
                    return Some(ty);
                }
            }
            for edge in &row.edges {
                let to = self.vars.find(edge.to);
                let passes = edge.filter.as_ref().is_none_or(|filter| filter.drops_only_none());
                if company.is_none() && passes && self.vars.is_known(to) {
                    company = Some(self.partial(to, 0)).filter(|ty| is_complete(*ty));
                }
                todo.push(to);
            }
        }
        company.or(iterated)
    }

    fn expected_by(&mut self, job: u32, root: Var) -> Option<Ty> {
        use crate::facts::{C, Target};
        let scalar = |me: &Self, other: Var| {
            let ty = me.partial(other, 0);
            let plain = matches!(
                ty.kind(),
                TyKind::Int(_) | TyKind::Float(_) | TyKind::Str | TyKind::Bool | TyKind::Bytes
            );
            plain.then_some(ty)
        };
        match self.jobs[job as usize].c.clone() {
            C::Binary { a, b, .. } | C::Compare { a, b, .. } => {
                let other = if self.vars.find(a) == root { b } else { a };
                scalar(self, other)
            }
            C::Attr { name, .. } | C::SetAttr { name, .. } => self.owner_of(name),
            C::Call { target: Target::Method(_, name), .. } => self.owner_of(name),
            _ => None,
        }
    }

    /// The one type that has a member of this name.
    fn owner_of(&self, name: Name) -> Option<Ty> {
        let classes: Vec<Name> = self
            .env
            .program
            .classes
            .keys()
            .copied()
            .filter(|class| {
                self.env.method(*class, name.as_str()).is_some()
                    || self.env.field_owner(*class, name).is_some()
            })
            .collect();
        if !classes.is_empty() {
            return self.env.common_base(&classes).map(Ty::class);
        }
        let builtin = ["str", "list", "dict", "set"];
        let owners: Vec<&str> = batuta_catalog::owners(name.as_str())
            .iter()
            .copied()
            .filter(|owner| builtin.contains(owner))
            .collect();
        let value = Ty::value;
        match *owners.first()? {
            "str" => Some(Ty::str()),
            "list" if owners.len() == 1 => Some(Ty::list(value())),
            "dict" if owners.len() == 1 => Some(Ty::dict(value(), value())),
            "set" if owners.len() == 1 => Some(Ty::set(value())),
            _ => None,
        }
    }
}

/// What a bare `list` or `dict` holds that comes from a dynamic value: anything. Keys are what uses say.
fn dynamic_parts(ty: Ty) -> Ty {
    let part = |ty: Ty| if *ty.kind() == TyKind::Unknown { Ty::value() } else { dynamic_parts(ty) };
    match ty.kind() {
        TyKind::List(item) => Ty::list(part(*item)),
        TyKind::Dict(key, value) => Ty::dict(*key, part(*value)),
        TyKind::Option(inner) => Ty::option(dynamic_parts(*inner)),
        // What is annotated `float` may hold an int, which its text shows.
        TyKind::Float(_) => Ty::new(TyKind::Union(vec![Ty::int(), ty])),
        _ => ty,
    }
}
