//! Special methods that answer `NotImplemented`: for these operands the other one is asked.
//!
//! before                                          after
//!   obj.add(%metres, %feet)                         method (%feet).__radd__(%metres)
//!   obj.eq(%metres, 3)                              false
//!
//! A method declines an operand when tests of its class alone lead to `return NotImplemented`. Then it is
//! never called with one, and what is left of that path raises.

use crate::apply::Apply;
use crate::env::Env;
use crate::ops::{dunder_word, mirror};
use crate::vars::Head;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Where the statements of a method lead for one operand.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Leads {
    Declines,
    Answers,
    On,
}

struct Walk<'e, 'p> {
    env: &'e Env<'p>,
    body: &'e Body<Hir>,
    other: LocalId,
    head: Head,
}

impl Env<'_> {
    /// Whether a special method gives `NotImplemented` for every operand of such a type.
    pub(crate) fn declines(&self, method: Name, head: Head) -> bool {
        let Some(body) = self.program.fns.get(&method) else { return false };
        let [_, other] = body.params.as_slice() else { return false };
        let walk = Walk { env: self, body, other: other.local, head };
        walk.block(body.root) == Leads::Declines
    }

    /// The method of an object that answers an operator for an operand of such a type.
    pub(crate) fn answering(&self, object: Head, name: &str, other: Head) -> Option<Name> {
        let Head::Class(class) = object else { return None };
        self.method(class, name).filter(|method| !self.declines(*method, other))
    }

    /// Whether an object of the class takes any operand: its method for the operator never leaves one to the other
    /// operand.
    pub(crate) fn takes_any(&self, class: Name, op: ObjOp, in_place: bool) -> bool {
        let word = crate::ops::dunder_word(op);
        let method = in_place.then(|| self.method(class, &format!("__i{word}__"))).flatten();
        let method = method.or_else(|| self.method(class, &format!("__{word}__")));
        method.is_some_and(|method| {
            let body = &self.program.fns[&method];
            !body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Const(Const::NotImplemented)))
        })
    }
}

impl Walk<'_, '_> {
    fn block(&self, block: BlockId) -> Leads {
        for stmt in &self.body.blocks[block].stmts {
            let StmtKind::Expr(node) = stmt.kind else { return Leads::Answers };
            match self.node(node) {
                Leads::On => {}
                leads => return leads,
            }
        }
        match self.body.blocks[block].tail {
            Some(tail) => self.node(tail),
            None => Leads::On,
        }
    }

    fn node(&self, node: NodeId) -> Leads {
        match &self.body.nodes[node].kind {
            Node::Const(_) => Leads::On,
            Node::Return(Some(value)) => self.value(*value),
            Node::If { cond, then, els } => match (self.test(*cond), els) {
                (Some(true), _) => self.block(*then),
                (Some(false), Some(els)) => self.block(*els),
                (Some(false), None) => Leads::On,
                (None, _) => Leads::Answers,
            },
            _ => Leads::Answers,
        }
    }

    fn value(&self, value: NodeId) -> Leads {
        match &self.body.nodes[value].kind {
            Node::Const(Const::NotImplemented) => Leads::Declines,
            Node::If { cond, then, els: Some(els) } => {
                let block = match self.test(*cond) {
                    Some(true) => then,
                    Some(false) => els,
                    None => return Leads::Answers,
                };
                match self.body.blocks[*block].tail {
                    Some(tail) => self.value(tail),
                    None => Leads::Answers,
                }
            }
            _ => Leads::Answers,
        }
    }

    /// What a condition says of every operand of the type.
    fn test(&self, cond: NodeId) -> Option<bool> {
        match &self.body.nodes[cond].kind {
            Node::Op { op: Op::ObjOp(ObjOp::Truth), args, .. } => self.test(args[0]),
            Node::Op { op: Op::ObjOp(ObjOp::Not), args, .. } => self.test(args[0]).map(|holds| !holds),
            Node::Op { op: Op::ObjOp(op @ (ObjOp::And | ObjOp::Or)), args, .. } => {
                let (a, b) = (self.test(args[0]), self.test(args[1]));
                let decides = *op == ObjOp::Or;
                match (a, b) {
                    (Some(x), _) if x == decides => Some(decides),
                    (_, Some(y)) if y == decides => Some(decides),
                    (Some(_), Some(_)) => Some(!decides),
                    _ => None,
                }
            }
            Node::Op { op: Op::ObjOp(op), args, .. } if args.len() == 2 => {
                let differs = self.tells_class(args[0]) && self.tells_class(args[1]);
                let related = match self.head {
                    Head::Class(class) => self.env.is_related(class, self.body.path.parent()),
                    Head::Value => true,
                    _ => false,
                };
                match op {
                    ObjOp::Is | ObjOp::Eq if differs && !related => Some(false),
                    ObjOp::IsNot | ObjOp::Ne if differs && !related => Some(true),
                    _ => None,
                }
            }
            Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.isinstance" => {
                let [object, classes] = args.as_slice() else { return None };
                if !self.is_other(object.value) {
                    return None;
                }
                let names = crate::narrow::class_names(self.body, classes.value);
                let answers: Vec<Option<bool>> = names.iter().map(|name| self.is_a(*name)).collect();
                if answers.contains(&Some(true)) {
                    return Some(true);
                }
                (!answers.is_empty() && answers.iter().all(|answer| *answer == Some(false))).then_some(false)
            }
            _ => None,
        }
    }

    fn is_other(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(self.other))
    }

    fn tells_class(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Call { callee: Callee::Lib(name), .. } => *name == "builtins.type",
            Node::Use(place, _) => {
                matches!(place.proj.last(), Some(Proj::Field(name)) if *name == "__class__")
            }
            _ => false,
        }
    }

    fn is_a(&self, name: Name) -> Option<bool> {
        let name = self.env.program.resolve(name);
        match self.head {
            Head::Value => None,
            // A float that stands for both kinds of number.
            Head::Num => None,
            Head::Class(class) if self.env.is_int_enum(class) => None,
            Head::Class(class) if self.env.class(name).is_some() => {
                match (self.env.is_instance(class, name), self.env.is_related(class, name)) {
                    (true, _) => Some(true),
                    (false, true) => None,
                    (false, false) => Some(false),
                }
            }
            head => self.env.head_is(head, name),
        }
    }
}

/// The same body, with what is left of its `return NotImplemented`: unequal, or a `TypeError`.
pub(crate) fn settle(program: &Program<Hir>, mut body: Body<Hir>) -> Body<Hir> {
    let name = body.path.last().to_owned();
    if !name.starts_with("__") || !program.classes.contains_key(&body.path.parent()) {
        return body;
    }
    let declined = |node: &NodeId| matches!(body.nodes[*node].kind, Node::Const(Const::NotImplemented));
    let always = returned(&body).iter().all(declined);
    for node in returned(&body) {
        if !matches!(body.nodes[node].kind, Node::Const(Const::NotImplemented)) {
            continue;
        }
        // Whoever declines every operand is equal to itself alone.
        if matches!(name.as_str(), "__eq__" | "__ne__")
            && always
            && let [this, other] = body.params[..].iter().map(|param| param.local).collect::<Vec<_>>()[..]
        {
            let at = body.nodes[node].origin;
            let args = [this, other].map(|local| body.use_local(local, Mode::Read, at)).to_vec();
            let op = if name == "__eq__" { ObjOp::Is } else { ObjOp::IsNot };
            body.nodes[node].kind = Node::Op { op: op.into(), attr: Attr::None, args };
            continue;
        }
        if matches!(name.as_str(), "__eq__" | "__ne__") {
            body.nodes[node].kind = Node::Const(Const::Bool(name == "__ne__"));
            continue;
        }
        let at = body.nodes[node].origin;
        let text = refusal(&mut body, &name, at);
        let callee = Callee::Lib(Name::new("builtins.TypeError"));
        let error = body.node(Node::Call { callee, args: vec![Arg::positional(text)] }, Ty::unknown(), at);
        let is_return = |row: &NodeRow| matches!(row.kind, Node::Return(Some(value)) if value == node);
        let place = body.nodes.iter().find(|(_, row)| is_return(row)).map_or(node, |(id, _)| id);
        body.nodes[place].kind = Node::Raise { error: Some(error), cause: None };
    }
    body
}

/// What a body returns, through the branches of conditional expressions.
fn returned(body: &Body<Hir>) -> Vec<NodeId> {
    let mut todo: Vec<NodeId> = Vec::new();
    for (_, row) in body.nodes.iter() {
        if let Node::Return(Some(value)) = row.kind {
            todo.push(value);
        }
    }
    let mut out = Vec::new();
    while let Some(node) = todo.pop() {
        match body.nodes[node].kind {
            Node::If { then, els, .. } => {
                let tails =
                    [Some(then), els].into_iter().flatten().filter_map(|block| body.blocks[block].tail);
                todo.extend(tails);
            }
            _ => out.push(node),
        }
    }
    out
}

/// What CPython says when nobody answers: `unsupported operand type(s) for +: 'Money' and 'int'`.
fn refusal(body: &mut Body<Hir>, name: &str, at: Origin) -> NodeId {
    let word = name.trim_matches('_');
    let (sign, is_order) = match word {
        "lt" => ("<", true),
        "le" => ("<=", true),
        "gt" => (">", true),
        "ge" => (">=", true),
        _ => (sign_of(word.trim_start_matches(['r', 'i'])).or(sign_of(word)).unwrap_or(word), false),
    };
    let is_reflected = word.starts_with('r') && sign_of(word).is_none();
    let mut operands: Vec<NodeId> = Vec::new();
    for param in body.params.clone().into_iter().take(2) {
        let given = as_given(body, param.local, at);
        let object = body.use_local(given, Mode::Read, at);
        let callee = Callee::Lib(Name::new("builtins.type"));
        let args = vec![Arg::positional(object)];
        let class = body.node(Node::Call { callee, args }, Ty::unknown(), at);
        let place = Place { root: Root::Node(class), proj: vec![Proj::Field(Name::new("__name__"))] };
        operands.push(body.node(Node::Use(place, Mode::Read), Ty::unknown(), at));
    }
    if is_reflected {
        operands.reverse();
    }
    let start = match is_order {
        true => format!("'{sign}' not supported between instances of '"),
        false => format!("unsupported operand type(s) for {sign}: '"),
    };
    let mut pieces = vec![Piece::Text(start.into())];
    for (index, value) in operands.into_iter().enumerate() {
        if index > 0 {
            pieces.push(Piece::Text("' and '".into()));
        }
        pieces.push(Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true });
    }
    pieces.push(Piece::Text("'".into()));
    body.node(Node::Format(pieces), Ty::unknown(), at)
}

/// A local that keeps a parameter as it was given: `other = self.lift(other)` gives the name another value.
fn as_given(body: &mut Body<Hir>, param: LocalId, at: Origin) -> LocalId {
    let mut is_set = false;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.for_each_local(&mut |local| is_set |= local == param);
        }
    });
    if !is_set {
        return param;
    }
    let (given, value) = (body.temp("given", Ty::unknown(), at), body.use_local(param, Mode::Read, at));
    let target = Pat::Place(Place::local(given));
    let root = body.root;
    body.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, at));
    given
}

/// The operator of `__add__`.
fn sign_of(word: &str) -> Option<&'static str> {
    use ObjOp::*;
    [Add, Sub, Mul, TrueDiv, FloorDiv, Mod, Pow, MatMul, Shl, Shr, BitAnd, BitOr, BitXor]
        .into_iter()
        .find(|op| dunder_word(*op) == word)
        .map(crate::operate::sign)
}

impl Apply<'_, '_, '_> {
    fn head(&self, node: NodeId) -> Head {
        crate::libcalls::head_of(self.ty(node)).unwrap_or(Head::Value)
    }

    /// The method of an operand that answers for the other one.
    pub(crate) fn answering(&self, object: NodeId, name: &str, other: NodeId) -> Option<(Name, Name)> {
        let class = match self.ty(object).kind() {
            TyKind::Class(class, _) => *class,
            _ => return None,
        };
        let method = self.types.env().answering(Head::Class(class), name, self.head(other))?;
        Some((class, method))
    }

    /// `a op b` where an operand is one of several types, objects of the program among them: the operator
    /// of the member that is there.
    pub(crate) fn binary_of_members(
        &mut self,
        op: ObjOp,
        a: NodeId,
        b: NodeId,
        in_place: bool,
        want: Option<Ty>,
    ) -> Option<NodeId> {
        let is_object = |ty: Ty| matches!(ty.kind(), TyKind::Class(..));
        let members = |ty: Ty| match ty.kind() {
            TyKind::Union(members) => members.clone(),
            _ => Vec::new(),
        };
        let (x, y) = (self.ty(a), self.ty(b));
        let (left, right) = (members(x), members(y));
        let has_objects = [&left, &right].into_iter().flatten().any(|ty| is_object(*ty));
        let is_open = |ty: Ty| matches!(ty.kind(), TyKind::Value | TyKind::Option(_));
        if !has_objects && (left.is_empty() || !is_object(y)) && (right.is_empty() || !is_object(x))
            || is_open(x)
            || is_open(y)
        {
            return None;
        }
        let (operands, stmts) = self.simple_args(vec![a, b]);
        let (a, b) = (operands[0], operands[1]);
        let made = self.by_member(a, want, &mut |me, a| {
            let b = me.again(b);
            me.by_member(b, want, &mut |me, b| {
                let a = me.again(a);
                me.binary(op, a, b, in_place)
            })
        });
        Some(if stmts.is_empty() { made } else { self.mk_block(stmts, made) })
    }

    /// A comparison with one of several types, some of which the method of the object leaves to the other operand.
    pub(crate) fn some_declined(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> Option<NodeId> {
        for (object, other, op_of) in [(a, b, op), (b, a, mirror(op))] {
            let (TyKind::Class(class, _), TyKind::Union(members)) =
                (self.ty(object).kind(), self.ty(other).kind())
            else {
                continue;
            };
            let env = self.types.env();
            let word = dunder_word(op_of);
            let method = env.method(*class, &format!("__{word}__")).or_else(|| env.method(*class, "__eq__"));
            let head = |ty: &Ty| crate::libcalls::head_of(*ty).unwrap_or(Head::Value);
            let declines = |method| members.iter().any(|member| env.declines(method, head(member)));
            if !method.is_some_and(declines) {
                continue;
            }
            let is_left = object == a;
            let (operands, stmts) = self.simple_args(vec![a, b]);
            let (object, other) =
                if is_left { (operands[0], operands[1]) } else { (operands[1], operands[0]) };
            let made = self.by_member(other, Some(Ty::bool()), &mut |me, member| {
                let object = me.again(object);
                if is_left { me.ordered(op, object, member) } else { me.ordered(op, member, object) }
            });
            return Some(if stmts.is_empty() { made } else { self.mk_block(stmts, made) });
        }
        None
    }

    /// A comparison with one of several types, objects that compare themselves among them.
    pub(crate) fn ordered_members(&mut self, op: ObjOp, a: NodeId, b: NodeId) -> Option<NodeId> {
        let names = [dunder_word(op), dunder_word(mirror(op)), "eq"].map(|word| format!("__{word}__"));
        let env = self.types.env();
        let compares = |ty: &Ty| match ty.kind() {
            TyKind::Class(class, _) => names.iter().any(|name| env.method(*class, name).is_some()),
            _ => false,
        };
        let is_union = |ty: Ty| matches!(ty.kind(), TyKind::Union(members) if members.iter().any(compares));
        let (x, y) = (self.ty(a), self.ty(b));
        let is_open = |ty: Ty| matches!(ty.kind(), TyKind::Value | TyKind::Option(_));
        if !is_union(x) && !is_union(y) || is_open(x) || is_open(y) {
            return None;
        }
        let (operands, stmts) = self.simple_args(vec![a, b]);
        let (a, b) = (operands[0], operands[1]);
        let made = self.by_member(a, Some(Ty::bool()), &mut |me, a| {
            let b = me.again(b);
            me.by_member(b, Some(Ty::bool()), &mut |me, b| {
                let a = me.again(a);
                me.ordered(op, a, b)
            })
        });
        Some(if stmts.is_empty() { made } else { self.mk_block(stmts, made) })
    }

    /// `==` of objects whose methods all leave the answer to the other one: of two classes, so they are two objects.
    pub(crate) fn both_decline(&self, op: ObjOp, a: NodeId, b: NodeId) -> bool {
        if let (TyKind::Class(left, _), TyKind::Class(right, _)) = (self.ty(a).kind(), self.ty(b).kind())
            && self.types.env().is_related(*left, *right)
        {
            return false;
        }
        let declines = |object: NodeId, other: NodeId, op: ObjOp| {
            let TyKind::Class(class, _) = self.ty(object).kind() else { return false };
            let env = self.types.env();
            let word = dunder_word(op);
            let method = env.method(*class, &format!("__{word}__")).or_else(|| env.method(*class, "__eq__"));
            method.is_some_and(|method| env.declines(method, self.head(other)))
        };
        let is_equality = matches!(op, ObjOp::Eq | ObjOp::Ne);
        let has_answer = |object: NodeId, other: NodeId| self.answering(object, "__eq__", other).is_some();
        is_equality
            && (declines(a, b, op) || declines(b, a, mirror(op)))
            && !has_answer(a, b)
            && !has_answer(b, a)
    }
}
