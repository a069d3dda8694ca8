//! Values of Ruchy whose type only the run knows: their methods, and changes of them.
//!
//! before                       after
//!   v.len()                      value.method<len>(v)
//!   v.push(x)                    set v = value.method<with_push>(v, x)
//!   v["a"]["b"] = x              set v = value.method<with_item>(v, "a", value.method<with_item>(v["a"], "b", x))
//!
//! A change makes a new value, so that a copy never sees it.

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

/// Methods of the language that the runtime has for such values.
const METHODS: &[&str] = &[
    "abs",
    "all",
    "any",
    "append",
    "build",
    "ceil",
    "char_at",
    "chars",
    "clear",
    "column",
    "column_names",
    "columns",
    "concat",
    "contains",
    "contains_key",
    "count",
    "ends_with",
    "enumerate",
    "extend",
    "filter",
    "find",
    "first",
    "flat_map",
    "flatten",
    "floor",
    "for_each",
    "get",
    "get_or",
    "group_by",
    "groupby",
    "head",
    "index_of",
    "insert",
    "is_empty",
    "items",
    "join",
    "keys",
    "last",
    "len",
    "limit",
    "lines",
    "map",
    "max",
    "mean",
    "merge",
    "min",
    "pairs",
    "parse",
    "pop",
    "position",
    "product",
    "push",
    "reduce",
    "remove",
    "repeat",
    "replace",
    "rev",
    "reverse",
    "round",
    "rows",
    "select",
    "shape",
    "skip",
    "slice",
    "sort",
    "sort_by",
    "sort_by_key",
    "split",
    "sqrt",
    "starts_with",
    "std",
    "substring",
    "sum",
    "tail",
    "take",
    "to_csv",
    "to_float",
    "to_int",
    "to_json",
    "to_list",
    "to_lowercase",
    "to_uppercase",
    "transform",
    "trim",
    "trim_end",
    "trim_start",
    "unique",
    "values",
    "var",
    "walked",
    "with_column",
    "zip",
];

/// Methods that change their receiver, and whether they give what they take out.
const CHANGES: &[(&str, bool)] = &[
    ("clear", false),
    ("extend", false),
    ("insert", false),
    ("pop", true),
    ("push", false),
    ("remove", true),
];

/// The method of a row, where a receiver that is dynamic has it.
pub(crate) fn dynamic_method(row: Name) -> Option<&'static str> {
    let name = row.as_str().strip_prefix("ruchy.")?;
    let name = name.strip_suffix("_or_nil").unwrap_or(name);
    METHODS.iter().copied().find(|known| *known == name)
}

/// What a method of a dynamic value gives, where all types that have it agree.
pub(crate) fn dynamic_result(method: &str) -> Option<Ty> {
    Some(match method {
        "len" => Ty::int(),
        "all" | "any" | "contains" | "contains_key" | "ends_with" | "is_empty" | "starts_with" => Ty::bool(),
        "join" | "substring" | "to_lowercase" | "to_uppercase" | "trim" | "trim_end" | "trim_start" => {
            Ty::str()
        }
        _ => return None,
    })
}

/// Methods of lists that compare or add their items.
const COMPARES: &[&str] = &["contains", "index_of", "max", "min", "sort", "sum", "unique"];

impl Apply<'_, '_, '_> {
    /// Whether a method asks the run for the type of its receiver, or for those of its items.
    pub(crate) fn is_ruchy_dynamic(&self, receiver: NodeId, method: &str) -> bool {
        let is_open = |ty: Ty| matches!(ty.kind(), TyKind::Value | TyKind::Union(_) | TyKind::Num);
        match self.ty(receiver).kind() {
            TyKind::Value | TyKind::Union(_) => true,
            TyKind::Option(inner) => is_open(*inner),
            TyKind::List(item) => is_open(*item) && COMPARES.contains(&method),
            _ => false,
        }
    }

    /// An operator on numbers of either kind.
    pub(crate) fn ruchy_numbers(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> Option<NodeId> {
        let word = match op {
            ObjOp::Add => "add",
            ObjOp::Sub => "sub",
            ObjOp::Mul => "mul",
            ObjOp::Div => "div",
            ObjOp::Rem => "rem",
            _ => return None,
        };
        let args = vec![self.dynamic(a), self.dynamic(b)];
        let made = self.mk_op(ValueOp::Binary, Attr::Name(Name::new(word)), args, Ty::value());
        Some(self.coerce(made, Ty::num()))
    }

    /// A method of a dynamic value.
    pub(crate) fn ruchy_method(&mut self, receiver: NodeId, name: &str, args: Vec<NodeId>) -> NodeId {
        let args: Vec<NodeId> = args.into_iter().map(|arg| self.dynamic(arg)).collect();
        let Some((_, gives)) = CHANGES.iter().find(|(change, _)| *change == name) else {
            return self.method_op(receiver, name, args);
        };
        let origin = self.body.nodes[receiver].origin;
        let mut stmts = Vec::new();
        let mut answer = None;
        // Arguments are computed before the receiver is read.
        let mut named = Vec::new();
        for arg in args {
            named.push(match self.is_constant(arg) {
                true => arg,
                false => self.named(arg, "item", &mut stmts),
            });
        }
        let args = named;
        if *gives {
            let read = self.again(receiver);
            let taken = match (name, args.first()) {
                ("remove", Some(key)) => {
                    let key = self.again(*key);
                    self.method_op(read, "get", vec![key])
                }
                _ => self.method_op(read, "last", Vec::new()),
            };
            let kept = self.body.temp("taken", Ty::value(), origin);
            let target = Pat::Place(Place::local(kept));
            stmts.push(Stmt::new(StmtKind::Set { target, value: taken }, origin));
            answer = Some(kept);
        }
        let read = self.again(receiver);
        let made = self.method_op(read, &format!("with_{name}"), args);
        let kind = self.ruchy_store(receiver, made);
        stmts.push(Stmt::new(kind, origin));
        let value = match answer {
            Some(kept) => self.mk(Node::Use(Place::local(kept), Mode::Read), Ty::value(), origin),
            None => self.mk(Node::Const(Const::None), Ty::unit(), origin),
        };
        self.mk_block(stmts, value)
    }

    fn is_constant(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => {
                args.iter().all(|arg| self.is_simple(*arg))
            }
            _ => false,
        }
    }

    fn method_op(&mut self, receiver: NodeId, name: &str, args: Vec<NodeId>) -> NodeId {
        let mut all = vec![self.dynamic(receiver)];
        all.extend(args);
        self.mk_op(ValueOp::Method, Attr::Name(Name::new(name)), all, Ty::value())
    }

    /// `object[key] = value` of a dynamic object.
    pub(crate) fn ruchy_assign(&mut self, object: NodeId, key: NodeId, value: NodeId) -> StmtKind {
        let (key, value) = (self.dynamic(key), self.dynamic(value));
        let read = self.again(object);
        let made = self.method_op(read, "with_item", vec![key, value]);
        self.ruchy_store(object, made)
    }

    /// A dynamic object that is read and stored again: its computed keys get names.
    pub(crate) fn ruchy_place(&mut self, object: NodeId, stmts: &mut Vec<Stmt>) -> NodeId {
        let row = self.body.nodes[object].clone();
        match row.kind {
            Node::Use(place, _) if !matches!(place.root, Root::Node(_)) => object,
            Node::Op { op: Op::ValueOp(ValueOp::Index), mut args, .. } if args.len() == 2 => {
                args[0] = self.ruchy_place(args[0], stmts);
                if !self.is_constant(args[1]) {
                    args[1] = self.named(args[1], "key", stmts);
                }
                self.mk_op(ValueOp::Index, Attr::None, args, row.ty)
            }
            Node::Op { op: Op::ValueOp(ValueOp::Attr), attr, args } if args.len() == 1 => {
                let of = self.ruchy_place(args[0], stmts);
                self.mk_op(ValueOp::Attr, attr, vec![of], row.ty)
            }
            Node::Op { op: Op::ValueOp(ValueOp::From), args, .. }
                if matches!(self.ty(args[0]).kind(), TyKind::Union(_)) =>
            {
                object
            }
            _ => {
                let why = "a change of a value that nothing keeps".to_owned();
                self.hole(object, crate::ruchy::DYNAMIC, why)
            }
        }
    }

    /// Puts a dynamic value where another one was read.
    fn ruchy_store(&mut self, object: NodeId, made: NodeId) -> StmtKind {
        let is_plain = |me: &Self, key: NodeId| me.is_simple(key) || me.is_constant(key);
        match self.body.nodes[object].kind.clone() {
            Node::Use(place, _)
                if place.proj.iter().all(|proj| match proj {
                    Proj::Index(key) | Proj::Nth(key) => is_plain(self, *key),
                    _ => true,
                }) =>
            {
                let want = self.ty(object);
                self.set_kind(place, made, want)
            }
            Node::Op { op: Op::ValueOp(ValueOp::Index), args, .. } if is_plain(self, args[1]) => {
                self.ruchy_assign(args[0], args[1], made)
            }
            Node::Op { op: Op::ValueOp(ValueOp::Attr), attr: Attr::Name(name), args } => {
                let origin = self.body.nodes[object].origin;
                let key = self.text(name.as_str(), origin);
                self.ruchy_assign(args[0], key, made)
            }
            Node::Op { op: Op::ValueOp(ValueOp::From), args, .. }
                if matches!(self.ty(args[0]).kind(), TyKind::Union(_)) =>
            {
                self.ruchy_store(args[0], made)
            }
            _ => {
                let why = "a change of a value that nothing keeps, or by a key that is computed".to_owned();
                StmtKind::Expr(self.hole(object, crate::ruchy::DYNAMIC, why))
            }
        }
    }
}
