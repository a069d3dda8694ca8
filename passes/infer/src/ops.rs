//! Operators: which types they give for which operands.

use crate::expand::BUILT;
use crate::facts::C;
use crate::solve::{JobId, Solver};
use crate::vars::{Atom, Head, Var};
use batuta_base::{FxHashSet, Name};
use batuta_core::ObjOp;

/// What an operator gives for two operands.
pub(crate) enum Gives {
    Head(Head),
    /// The left operand's type.
    Left,
    /// The right operand's type.
    Right,
    /// The left operand's type, with both sides' parts made one.
    Joined,
    /// A tuple of both sides' items.
    Chain,
    Nothing,
}

fn rank(head: Head) -> Option<u8> {
    Some(match head {
        Head::Bool => 0,
        Head::Int => 1,
        Head::Num => 2,
        Head::Float => 3,
        Head::Complex => 4,
        _ => return None,
    })
}

/// What a text takes into a sum in Ruchy.
fn is_scalar(head: Head) -> bool {
    matches!(head, Head::Int | Head::Float | Head::Bool)
}

/// The builtin meaning of a binary operator.
pub(crate) fn builtin(op: ObjOp, a: Head, b: Head) -> Gives {
    use ObjOp::*;
    if a == Head::Value || b == Head::Value {
        return Gives::Head(Head::Value);
    }
    if let (Some(x), Some(y)) = (rank(a), rank(b)) {
        let top = [Head::Int, Head::Int, Head::Num, Head::Float, Head::Complex][x.max(y) as usize];
        return match op {
            Add | Sub | Mul | FloorDiv | Mod | Pow => Gives::Head(top),
            TrueDiv => Gives::Head(if top == Head::Complex { top } else { Head::Float }),
            Div | Rem => Gives::Head(top),
            BitAnd | BitOr | BitXor if x == 0 && y == 0 => Gives::Head(Head::Bool),
            BitAnd | BitOr | BitXor | Shl | Shr if x <= 1 && y <= 1 => Gives::Head(Head::Int),
            _ => Gives::Nothing,
        };
    }
    let is_int = |head| matches!(head, Head::Int | Head::Bool);
    match (op, a, b) {
        (Add, Head::Str, Head::Str) | (Mod, Head::Str, _) => Gives::Head(Head::Str),
        (Add, Head::Bytes, Head::Bytes) | (Mod, Head::Bytes, _) => Gives::Head(Head::Bytes),
        (Mul, Head::Str | Head::Bytes | Head::List, n) if is_int(n) => Gives::Left,
        (Mul, n, Head::Str | Head::Bytes | Head::List) if is_int(n) => Gives::Right,
        (Add, Head::List, Head::List) => Gives::Joined,
        (Add, Head::Tuple(_), Head::Tuple(_)) => Gives::Chain,
        (BitOr, Head::Dict, Head::Dict) => Gives::Joined,
        (BitOr | BitXor, Head::Set | Head::FrozenSet, Head::Set | Head::FrozenSet) => Gives::Joined,
        (BitAnd | Sub, Head::Set | Head::FrozenSet, Head::Set | Head::FrozenSet) => Gives::Left,
        _ => Gives::Nothing,
    }
}

/// `add` of `__add__` and `__radd__`.
pub(crate) fn dunder_word(op: ObjOp) -> &'static str {
    use ObjOp::*;
    match op {
        Add => "add",
        Sub => "sub",
        Mul => "mul",
        TrueDiv => "truediv",
        FloorDiv => "floordiv",
        Mod => "mod",
        Div => "div",
        Rem => "rem",
        Pow => "pow",
        MatMul => "matmul",
        Shl => "lshift",
        Shr => "rshift",
        BitAnd => "and",
        BitOr => "or",
        BitXor => "xor",
        Neg => "neg",
        Pos => "pos",
        Invert => "invert",
        Eq => "eq",
        Ne => "ne",
        Lt => "lt",
        Le => "le",
        Gt => "gt",
        Ge => "ge",
        In | NotIn => "contains",
        _ => "call",
    }
}

/// Special methods whose other operand is of the same class, when nothing else says.
pub(crate) fn takes_own_class(name: &str) -> bool {
    matches!(
        name,
        "__eq__"
            | "__ne__"
            | "__lt__"
            | "__le__"
            | "__gt__"
            | "__ge__"
            | "__add__"
            | "__sub__"
            | "__and__"
            | "__or__"
    )
}

/// The comparison that a reflected operand answers.
pub(crate) fn mirror(op: ObjOp) -> ObjOp {
    match op {
        ObjOp::Lt => ObjOp::Gt,
        ObjOp::Le => ObjOp::Ge,
        ObjOp::Gt => ObjOp::Lt,
        ObjOp::Ge => ObjOp::Le,
        other => other,
    }
}

impl Solver<'_> {
    pub(crate) fn binary(&mut self, job: JobId, op: ObjOp, a: Var, b: Var, out: Var, in_place: bool) {
        for x in self.vars.atoms(a).to_vec() {
            for y in self.vars.atoms(b).to_vec() {
                if self.first(job, (x.head, y.head)) {
                    self.binary_atoms(job, op, &x, &y, out, in_place);
                }
            }
        }
    }

    fn binary_atoms(&mut self, job: JobId, op: ObjOp, x: &Atom, y: &Atom, out: Var, in_place: bool) {
        // A member of an int enum counts as its value.
        let number = |me: &Self, head: Head| match head {
            Head::Class(class) if me.env.is_int_enum(class) => Head::Int,
            head => head,
        };
        let is_set_operator = matches!(op, ObjOp::BitOr | ObjOp::BitAnd | ObjOp::BitXor | ObjOp::Sub);
        let is_view = |head: Head| matches!(head, Head::Iter | Head::Set | Head::FrozenSet);
        if is_set_operator
            && (x.head == Head::Iter || y.head == Head::Iter)
            && is_view(x.head)
            && is_view(y.head)
        {
            // Views of dicts: the result is a set.
            let item = self.vars.fresh();
            self.flow(x.args[0], item);
            if matches!(op, ObjOp::BitOr | ObjOp::BitXor) {
                self.flow(y.args[0], item);
            }
            return self.vars.add(out, Atom::new(Head::Set, vec![item]));
        }
        if let (Head::Class(class), Head::Value) = (x.head, y.head)
            && self.env.takes_any(class, op, in_place)
        {
            return self.binary_method(job, op, x, y, out, in_place);
        }
        if op == ObjOp::Add
            && self.env.program.lang() == batuta_core::Lang::Ruchy
            && (x.head == Head::Str && is_scalar(y.head) || is_scalar(x.head) && y.head == Head::Str)
        {
            return self.vars.add(out, Atom::new(Head::Str, Vec::new()));
        }
        match builtin(op, number(self, x.head), number(self, y.head)) {
            Gives::Head(head) => self.put(out, head),
            Gives::Left => self.vars.add(out, x.clone()),
            Gives::Right => self.vars.add(out, y.clone()),
            Gives::Joined => {
                for (from, to) in y.args.iter().zip(x.args.iter()) {
                    self.vars.unify(*from, *to);
                }
                self.vars.add(out, x.clone());
            }
            Gives::Chain => {
                let args: Vec<Var> = x.args.iter().chain(y.args.iter()).copied().collect();
                self.vars.add(out, Atom::new(Head::Tuple(args.len().min(255) as u8), args));
            }
            Gives::Nothing => self.binary_method(job, op, x, y, out, in_place),
        }
    }

    fn binary_method(&mut self, job: JobId, op: ObjOp, x: &Atom, y: &Atom, out: Var, in_place: bool) {
        if op == ObjOp::Add && in_place && x.head == Head::List {
            // `xs += iterable`
            self.iterate(job, y, x.args[0]);
            return self.vars.add(out, x.clone());
        }
        // What the library and builtin types do not know is asked itself.
        let word = dunder_word(op);
        if !matches!(x.head, Head::Class(_) | Head::Value)
            && self.inner_pair(op, x, y).is_none()
            && self.asked_back(job, y, x, word, out)
        {
            return;
        }
        if op == ObjOp::Mul && matches!(x.head, Head::Tuple(_)) {
            let item = self.vars.fresh();
            x.args.iter().for_each(|arg| self.flow(*arg, item));
            return self.vars.add(out, Atom::new(Head::Lib(Name::new("tuple")), vec![item]));
        }
        if let ObjOp::Add | ObjOp::Mul = op
            && let (left, right) = (self.plain_operand(op, x), self.plain_operand(op, y))
            && (left.is_some() || right.is_some())
        {
            let (left, right) = (left.unwrap_or_else(|| x.clone()), right.unwrap_or_else(|| y.clone()));
            return self.binary_atoms(job, op, &left, &right, out, false);
        }
        if let Some((a, b)) = self.inner_pair(op, x, y) {
            let is_same = in_place && matches!(x.head, Head::Class(_));
            let of = if is_same { self.vars.fresh() } else { out };
            if is_same {
                self.vars.add(out, x.clone());
            }
            self.sub(job, C::Binary { op, a, b, out: of, in_place });
            return;
        }
        let (left, right) = (self.single(x), self.single(y));
        if in_place && self.asked(job, x, &format!("__i{word}__"), y.head, right, out) {
            return;
        }
        if !self.asked(job, x, &format!("__{word}__"), y.head, right, out) {
            self.asked(job, y, &format!("__r{word}__"), x.head, left, out);
        }
    }

    /// `__rmul__` of an object of the program.
    fn asked_back(&mut self, job: JobId, y: &Atom, x: &Atom, word: &str, out: Var) -> bool {
        let Head::Class(class) = y.head else { return false };
        let name = format!("__r{word}__");
        if self.env.method(class, &name).is_none() {
            return false;
        }
        let left = self.single(x);
        self.asked(job, y, &name, x.head, left, out)
    }

    /// A named tuple that is joined or repeated as a tuple.
    fn plain_operand(&mut self, op: ObjOp, atom: &Atom) -> Option<Atom> {
        self.as_plain_tuple(atom, &format!("__{}__", dunder_word(op)))
    }

    /// Calls a special method unless it leaves such an operand to the other one.
    fn asked(&mut self, job: JobId, of: &Atom, name: &str, other: Head, arg: Var, out: Var) -> bool {
        if let Head::Class(_) = of.head
            && self.env.answering(of.head, name, other).is_none()
        {
            return false;
        }
        self.dunder(job, of, name, &[arg], out)
    }

    /// A comparison that makes an object.
    fn built(&mut self, job: JobId, of: &Atom, name: &str, (other, arg): (Head, Var), out: Var) -> bool {
        let name = format!("{name}{BUILT}");
        let is_built = self.env.answering(of.head, &name, other).is_some();
        is_built && self.dunder(job, of, &name, &[arg], out)
    }

    pub(crate) fn unary(&mut self, job: JobId, op: ObjOp, a: Var, out: Var) {
        if matches!(op, ObjOp::Not | ObjOp::Truth) {
            self.put(out, Head::Bool);
            return self.each(job, a, |me, atom| {
                if let Head::Class(class) = atom.head {
                    let name =
                        if me.env.method(class, "__bool__").is_some() { "__bool__" } else { "__len__" };
                    let unused = me.vars.fresh();
                    me.dunder(job, &atom, name, &[], unused);
                }
            });
        }
        self.each(job, a, |me, atom| match atom.head {
            Head::Bool => me.put(out, Head::Int),
            Head::Class(class) if me.env.is_int_enum(class) => me.put(out, Head::Int),
            Head::Int | Head::Float | Head::Num | Head::Complex | Head::Value => me.vars.add(out, atom),
            _ => {
                let name = format!("__{}__", dunder_word(op));
                match me.inner_of(&atom, &[&name]) {
                    Some(a) => drop(me.sub(job, C::Unary { op, a, out })),
                    None => drop(me.dunder(job, &atom, &name, &[], out)),
                }
            }
        });
    }

    pub(crate) fn compare(&mut self, job: JobId, op: ObjOp, a: Var, b: Var, out: Var) {
        if matches!(op, ObjOp::Is | ObjOp::IsNot) {
            return self.put(out, Head::Bool);
        }
        if matches!(op, ObjOp::In | ObjOp::NotIn) {
            self.put(out, Head::Bool);
            return self.each(job, b, |me, atom| match atom.head {
                Head::Class(_) => {
                    let unused = me.vars.fresh();
                    if let Some(b) = me.inner_of(&atom, &["__contains__"]) {
                        me.sub(job, C::Compare { op, a, b, out: unused });
                        return;
                    }
                    me.dunder(job, &atom, "__contains__", &[a], unused);
                }
                Head::List | Head::Iter | Head::Lib(_) | Head::Tuple(_) => {
                    me.compare_items(job, a, &atom.args);
                }
                _ => {}
            });
        }
        if self.env.has_arrays && [a, b].into_iter().any(|side| self.vars.has(side, Head::Value)) {
            return self.put(out, Head::Value);
        }
        if !self.env.builds_comparisons {
            self.put(out, Head::Bool);
        }
        for x in self.vars.atoms(a).to_vec() {
            for y in self.vars.atoms(b).to_vec() {
                if !self.first(job, (x.head, y.head)) {
                    continue;
                }
                if matches!((x.head, y.head), (Head::List, Head::List)) {
                    self.compare_items(job, y.args[0], &x.args[..1]);
                }
                // An empty container is compared with one of known items.
                if x.head == y.head && !x.args.is_empty() && !matches!(x.head, Head::Tuple(_)) {
                    for (p, q) in x.args.iter().zip(y.args.iter()) {
                        if self.vars.atoms(*p).is_empty() || self.vars.atoms(*q).is_empty() {
                            self.sub(job, C::Flow(*p, *q));
                            self.sub(job, C::Flow(*q, *p));
                        }
                    }
                }
                if let Some((a, b)) = self.inner_pair(op, &x, &y) {
                    self.sub(job, C::Compare { op, a, b, out });
                    continue;
                }
                let (left, right) = (self.single(&x), self.single(&y));
                let unused = self.vars.fresh();
                let word = format!("__{}__", dunder_word(op));
                let back = format!("__{}__", dunder_word(mirror(op)));
                let is_ne = op == ObjOp::Ne;
                if self.env.builds_comparisons
                    && (self.built(job, &x, &word, (y.head, right), out)
                        || self.built(job, &y, &back, (x.head, left), out))
                {
                    continue;
                }
                self.put(out, Head::Bool);
                if self.stays_out(op, x.head, y.head) {
                    if self.env.answering(x.head, &word, y.head).is_none()
                        && !self.stays_out(op, y.head, x.head)
                    {
                        let _ = self.asked(job, &y, &back, x.head, left, unused)
                            || (is_ne && self.asked(job, &y, "__eq__", x.head, left, unused));
                    }
                    continue;
                }
                let _ = self.asked(job, &x, &word, y.head, right, unused)
                    || (is_ne && self.asked(job, &x, "__eq__", y.head, right, unused))
                    || self.stays_out(op, y.head, x.head)
                    || self.asked(job, &y, &back, x.head, left, unused)
                    || (is_ne && self.asked(job, &y, "__eq__", x.head, left, unused));
            }
        }
    }

    /// An item is compared with those of a container.
    pub(crate) fn compare_items(&mut self, job: JobId, item: Var, items: &[Var]) {
        for other in items {
            // Items of recursive types meet again.
            let pair = (self.vars.find(*other), self.vars.find(item));
            if !self.compared.insert(pair) {
                continue;
            }
            let out = self.vars.fresh();
            self.sub(job, C::Compare { op: ObjOp::Eq, a: *other, b: item, out });
        }
    }

    /// Objects that are keys are compared with one another; whether some are that were none before.
    pub(crate) fn compare_keys(&mut self) -> bool {
        if !self.env.compares_itself {
            return false;
        }
        let mut keys = Vec::new();
        for var in (0..self.vars.rows.len() as Var).filter(|var| self.vars.root(*var) == *var) {
            let held = self.vars.atoms(var).iter().filter(|atom| match atom.head {
                Head::Dict | Head::Set | Head::FrozenSet => true,
                Head::Lib(name) => matches!(name.as_str(), "OrderedDict" | "defaultdict" | "Counter"),
                _ => false,
            });
            keys.extend(held.filter_map(|atom| atom.args.first().copied()));
        }
        let (mut is_new, mut seen) = (false, FxHashSet::default());
        while let Some(key) = keys.pop() {
            let key = self.vars.find(key);
            if !seen.insert(key) {
                continue;
            }
            let atoms = self.vars.atoms(key).to_vec();
            let compares = |atom: &Atom| matches!(atom.head, Head::Class(class) if self.env.method(class, "__eq__").is_some());
            let is_met = atoms.iter().any(compares) && self.compared.insert((key, key));
            if is_met {
                is_new = true;
                let out = self.vars.fresh();
                self.start(C::Compare { op: ObjOp::Eq, a: key, b: key, out }, 0, u32::MAX);
            }
            let parts = atoms.iter().filter(|atom| matches!(atom.head, Head::Tuple(_)));
            keys.extend(parts.flat_map(|atom| atom.args.iter().copied()));
        }
        is_new
    }

    /// Whether an operand never gets into the method that compares an object with it.
    fn stays_out(&self, op: ObjOp, object: Head, other: Head) -> bool {
        let (Head::Class(class), true) = (object, matches!(op, ObjOp::Eq | ObjOp::Ne)) else { return false };
        let method =
            [dunder_word(op), "eq"].iter().find_map(|word| self.env.method(class, &format!("__{word}__")));
        let Some(method) = method.filter(|method| self.env.guarded.contains(method)) else { return false };
        !matches!(other, Head::Class(of) if self.env.is_related(of, method.parent()))
    }
}
