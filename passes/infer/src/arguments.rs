//! Arguments at Typed: in the order of parameters, spread ones taken apart.
//!
//! before                           after
//!   call @m.f(*%xs)                  set place %arg = %xs
//!                                    lib:function.check_positional("f(a, b=)", list.len(%arg))
//!                                    call @m.f(%arg[0], if cmp.gt(list.len(%arg), 1) { %arg[1] } else { 2 })

use crate::apply::Apply;
use crate::bind::{Bound, Formal, Slot, bind};
use batuta_base::{Name, Origin};
use batuta_core::*;

/// The arguments of a call, named where that is needed.
pub(crate) struct Given<'k> {
    pub kinds: &'k [ArgKind],
    pub args: Vec<NodeId>,
    /// The arguments of unknown number, as a list or tuple.
    rest: Option<LocalId>,
    /// Parameters that take their value from a spread dict, which `**kwargs` then does not hold.
    named: Vec<Name>,
}

/// What a call says about its function: for messages.
pub(crate) struct Signature<'f> {
    pub name: String,
    /// All parameters, the receiver included.
    pub formals: &'f [Formal],
    /// How many of them the call has filled itself.
    pub skip: usize,
}

impl Apply<'_, '_, '_> {
    pub(crate) fn bind_args(&self, formals: &[Formal], kinds: &[ArgKind], args: &[NodeId]) -> Bound {
        bind(formals, kinds, &|at| self.spread_len(args[at]))
    }

    fn spread_len(&self, node: NodeId) -> Option<usize> {
        match self.ty(node).kind() {
            TyKind::Tuple(items) => Some(items.len()),
            TyKind::Class(class, _) if self.types.env().is_named_tuple(*class) => {
                Some(self.types.env().record_fields(*class).len())
            }
            _ => None,
        }
    }

    /// Names arguments whose order of evaluation differs from the order of parameters, and spread ones.
    pub(crate) fn give<'k>(
        &mut self,
        signature: &Signature<'_>,
        bound: &Bound,
        kinds: &'k [ArgKind],
        args: Vec<NodeId>,
        stmts: &mut Vec<Stmt>,
    ) -> Given<'k> {
        let (order, spread) = order_of(bound);
        let takes_any = signature.formals.iter().any(|formal| formal.kind == ParamKind::StarStar);
        let spread = spread || !takes_any && kinds.contains(&ArgKind::StarStar);
        let is_sorted = order.windows(2).all(|pair| pair[0] <= pair[1]);
        let receiver = self.unit.body.params.first().filter(|_| self.unit.body.has_receiver());
        let receiver = receiver.map(|param| param.local);
        let is_fixed = |me: &Self, node: NodeId| match &me.body.nodes[node].kind {
            Node::Const(_) | Node::Item(_) => true,
            Node::Use(place, _) => receiver.is_some() && place.as_local() == receiver,
            _ => false,
        };
        let open = args.iter().filter(|arg| !is_fixed(self, **arg)).count();
        let named = bound.slots.iter().filter_map(|slot| match slot {
            Slot::FromMap(_, name) | Slot::FromMapOr(_, name) => Some(*name),
            _ => None,
        });
        let mut given = Given { kinds, args: Vec::new(), rest: None, named: named.collect() };
        if !spread && (is_sorted || open < 2) {
            given.args = args;
            return given;
        }
        for (at, arg) in args.iter().copied().enumerate() {
            let is_rest = bound.rest.contains(&at);
            // What is read here may be another value behind what follows.
            let stays = self.is_simple(arg) && !self.is_changing(arg, &args[at + 1..]);
            if is_rest || is_fixed(self, arg) || (!spread && stays) {
                given.args.push(arg);
            } else {
                let origin = self.origin(arg);
                let (local, stmt) = self.set_temp("arg", arg);
                stmts.push(stmt);
                given.args.push(self.read_local(local, origin));
            }
            if bound.rest.last() == Some(&at) {
                let list = self.rest_list(bound, kinds, &args);
                let (local, stmt) = self.set_temp("args", list);
                stmts.push(stmt);
                given.rest = Some(local);
            }
        }
        self.check_count(signature, bound, &given, stmts);
        self.check_names(signature, bound, &given, stmts);
        given
    }

    /// Whether an argument reads a number or text in a place that calls among later arguments may assign.
    fn is_changing(&self, arg: NodeId, later: &[NodeId]) -> bool {
        let reads = |of: NodeId| matches!(self.body.nodes[of].kind, Node::Use(..));
        let calls = |of: NodeId| {
            let mut found = false;
            self.body.walk(Child::Node(of), &mut |node| {
                found |= matches!(self.body.nodes[node].kind, Node::Call { .. } | Node::Await(_));
            });
            found
        };
        let mut reads_some = false;
        self.body.walk(Child::Node(arg), &mut |node| reads_some |= reads(node));
        reads_some && !self.ty(arg).is_mutable() && later.iter().any(|later| calls(*later))
    }

    /// The arguments of unknown number as one sequence.
    fn rest_list(&mut self, bound: &Bound, kinds: &[ArgKind], args: &[NodeId]) -> NodeId {
        if let [only] = bound.rest[..]
            && let TyKind::List(_) = self.ty(args[only]).kind()
        {
            return args[only];
        }
        let mut nodes = Vec::new();
        let mut types = Vec::new();
        for at in &bound.rest {
            let node = if kinds[*at] == ArgKind::Star { self.iter_of(args[*at]) } else { args[*at] };
            let ty = self.ty(node);
            types.push(match ty.kind() {
                TyKind::Iter(item) if kinds[*at] == ArgKind::Star => *item,
                _ => ty,
            });
            nodes.push(node);
        }
        let item = if types.iter().all(|ty| *ty == types[0]) { types[0] } else { Ty::value() };
        for (node, at) in nodes.iter_mut().zip(&bound.rest) {
            *node = if kinds[*at] == ArgKind::Star {
                let iter = self.coerce(*node, Ty::iter(item));
                self.mk_op(ObjOp::Splat, Attr::None, vec![iter], Ty::iter(item))
            } else {
                self.coerce(*node, item)
            };
        }
        self.mk_op(ListOp::New, Attr::None, nodes, Ty::list(item))
    }

    /// Python's error for too few or too many arguments.
    fn check_count(
        &mut self,
        signature: &Signature<'_>,
        bound: &Bound,
        given: &Given<'_>,
        stmts: &mut Vec<Stmt>,
    ) {
        if given.rest.is_none() {
            return;
        }
        let origin = self.origin(given.args[bound.rest[0]]);
        let mut count = self.rest_len(given, origin);
        let before = bound.before + signature.skip;
        if before > 0 {
            let before = self.number(before, origin);
            count = self.mk_op(IntOp::Add, Attr::None, vec![count, before], Ty::int());
        }
        let parts: Vec<String> = signature
            .formals
            .iter()
            .filter_map(|formal| match formal.kind {
                ParamKind::Star => Some("*".to_owned()),
                ParamKind::Normal | ParamKind::PositionalOnly => Some(shown(formal)),
                _ => None,
            })
            .collect();
        let text = self.text(&format!("{}({})", signature.name, parts.join(", ")), origin);
        self.check("function.check_positional", vec![text, count], stmts, origin);
    }

    /// Python's error for names that the function does not have, and for those that are missing.
    fn check_names(
        &mut self,
        signature: &Signature<'_>,
        bound: &Bound,
        given: &Given<'_>,
        stmts: &mut Vec<Stmt>,
    ) {
        let mut parts = Vec::new();
        for (slot, formal) in bound.slots.iter().zip(&signature.formals[signature.skip..]) {
            if let Slot::FromMap(..) | Slot::FromMapOr(..) = slot {
                let star = if formal.kind == ParamKind::KeywordOnly { "*" } else { "" };
                parts.push(format!("{star}{}", shown(formal)));
            }
        }
        // A dict that no parameter is left for must be empty.
        let map = given.kinds.iter().position(|kind| *kind == ArgKind::StarStar);
        let maps = given.kinds.iter().filter(|kind| **kind == ArgKind::StarStar).count();
        let takes_any = signature.formals.iter().any(|formal| formal.kind == ParamKind::StarStar);
        let Some(at) = map.filter(|_| maps == 1 && !takes_any) else { return };
        let ty = self.ty(given.args[at]);
        if !matches!(ty.kind(), TyKind::Dict(key, _) if *key == Ty::str()) {
            return;
        }
        let origin = self.origin(given.args[at]);
        let text = self.text(&format!("{}({})", signature.name, parts.join(", ")), origin);
        let map = self.again(given.args[at]);
        self.check("function.check_keywords", vec![text, map], stmts, origin);
    }

    fn check(&mut self, name: &str, args: Vec<NodeId>, stmts: &mut Vec<Stmt>, origin: Origin) {
        let args = args.into_iter().map(Arg::positional).collect();
        let call = Node::Call { callee: Callee::Lib(Name::new(name)), args };
        let call = self.mk(call, Ty::unit(), origin);
        stmts.push(Stmt::new(StmtKind::Expr(call), origin));
    }

    fn number(&mut self, value: usize, origin: Origin) -> NodeId {
        self.mk(Node::Const(Const::Int(value.to_string().into())), Ty::int(), origin)
    }

    fn rest(&mut self, given: &Given<'_>, origin: Origin) -> NodeId {
        let local = given.rest.expect("a slot of the rest has one");
        self.read_local(local, origin)
    }

    fn rest_len(&mut self, given: &Given<'_>, origin: Origin) -> NodeId {
        let rest = self.rest(given, origin);
        self.mk_op(ListOp::Len, Attr::None, vec![rest], Ty::int())
    }

    fn rest_item(&mut self, given: &Given<'_>, item: usize, origin: Origin) -> NodeId {
        let rest = self.rest(given, origin);
        let ty = self.item_type(self.ty(rest));
        let index = self.number(item, origin);
        self.place_read(rest, Proj::Index(index), ty)
    }

    /// `*args` of what the plain parameters leave.
    fn packed_rest(&mut self, given: &Given<'_>, taken: usize, want: Ty, origin: Origin) -> NodeId {
        let mut rest = self.rest(given, origin);
        let ty = self.ty(rest);
        if taken > 0 {
            let optional = Ty::option(Ty::int());
            let mut args = vec![rest];
            let start = self.number(taken, origin);
            args.push(self.coerce(start, optional));
            for _ in 0..2 {
                let none = self.mk(Node::Const(Const::None), Ty::unit(), origin);
                args.push(self.coerce(none, optional));
            }
            rest = self.mk_op(ListOp::Slice, Attr::None, args, ty);
        }
        if ty == want {
            return rest;
        }
        let item = self.item_type(want);
        let iter = self.iter_of(rest);
        let iter = self.coerce(iter, Ty::iter(item));
        let splat = self.mk_op(ObjOp::Splat, Attr::None, vec![iter], Ty::iter(item));
        self.mk_op(ListOp::New, Attr::None, vec![splat], want)
    }

    pub(crate) fn slot(
        &mut self,
        slot: &Slot,
        want: Ty,
        given: &Given<'_>,
        origin: Origin,
        default: impl FnOnce(&mut Self) -> NodeId,
    ) -> NodeId {
        let Given { kinds, args, .. } = given;
        match slot {
            Slot::Arg(at) => self.coerce(args[*at], want),
            Slot::Default | Slot::Missing => {
                let node = default(self);
                self.coerce(node, want)
            }
            Slot::Pack(items) => {
                if let ([at], TyKind::List(_)) = (items.as_slice(), want.kind())
                    && kinds[*at] == ArgKind::Star
                    && self.ty(args[*at]) == want
                {
                    return args[*at];
                }
                self.packed(Vec::new(), items, want, given, origin)
            }
            Slot::PackFrom(at, taken, items) => {
                let count = self.spread_len(args[*at]).unwrap_or(*taken);
                let first = (*taken..count).map(|item| self.star_item(args[*at], item)).collect();
                self.packed(first, items, want, given, origin)
            }
            Slot::PackNamed(items) => self.packed_names(items, want, given, origin),
            Slot::Rest(item) => {
                let value = self.rest_item(given, *item, origin);
                self.coerce(value, want)
            }
            Slot::RestOr(item) => {
                let length = self.rest_len(given, origin);
                let item_at = self.number(*item, origin);
                let cond = self.mk_op(CmpOp::Gt, Attr::None, vec![length, item_at], Ty::bool());
                let value = self.rest_item(given, *item, origin);
                let value = self.coerce(value, want);
                self.given_or(cond, value, want, origin, default)
            }
            Slot::PackRest(taken) => self.packed_rest(given, *taken, want, origin),
            Slot::FromStar(at, item) => {
                let value = self.star_item(args[*at], *item);
                self.coerce(value, want)
            }
            Slot::FromMapOr(at, name) => {
                let map = self.again(args[*at]);
                let key = self.text(name.as_str(), origin);
                let cond = self.contains(key, map);
                let value = self.map_entry(args[*at], *name, want, origin);
                self.given_or(cond, value, want, origin, default)
            }
            Slot::FromMap(at, name) => self.map_entry(args[*at], *name, want, origin),
        }
    }

    /// What `*args` holds: these values, then these arguments.
    fn packed(
        &mut self,
        first: Vec<NodeId>,
        items: &[usize],
        want: Ty,
        given: &Given<'_>,
        origin: Origin,
    ) -> NodeId {
        let item = self.item_type(want);
        let mut nodes: Vec<NodeId> = first.into_iter().map(|node| self.coerce(node, item)).collect();
        for at in items {
            if given.kinds[*at] == ArgKind::Star {
                let iter = self.iter_of(given.args[*at]);
                let iter = self.coerce(iter, Ty::iter(item));
                nodes.push(self.mk_op(ObjOp::Splat, Attr::None, vec![iter], Ty::iter(item)));
            } else {
                nodes.push(self.coerce(given.args[*at], item));
            }
        }
        let list = self.mk_op(ListOp::New, Attr::None, nodes, Ty::list(item));
        self.body.nodes[list].origin = origin;
        match want.kind() {
            TyKind::Lib(name, _) if *name == "tuple" => {
                let name = Name::new("builtins.tuple");
                let tuple = self.lib_call(name, &[ArgKind::Positional], vec![list], None, origin);
                self.body.nodes[tuple].ty = want;
                tuple
            }
            _ => list,
        }
    }

    /// What `**kwargs` holds.
    fn packed_names(
        &mut self,
        items: &[(Option<Name>, usize)],
        want: Ty,
        given: &Given<'_>,
        origin: Origin,
    ) -> NodeId {
        let children = want.children();
        let value = children.get(1).copied().unwrap_or_else(Ty::value);
        let key = children.first().copied().unwrap_or_else(Ty::str);
        let mut nodes = Vec::new();
        for (name, at) in items {
            match name {
                Some(name) => {
                    let text = self.text(name.as_str(), origin);
                    nodes.push(self.coerce(text, key));
                    nodes.push(self.coerce(given.args[*at], value));
                }
                None => {
                    let inner = self.coerce(given.args[*at], want);
                    nodes.push(self.mk_op(ObjOp::SplatDict, Attr::None, vec![inner], want));
                }
            }
        }
        let dict = self.mk_op(DictOp::New, Attr::None, nodes, want);
        if given.named.is_empty() || items.iter().all(|(name, _)| name.is_some()) {
            return dict;
        }
        let names: Vec<&str> = given.named.iter().map(|name| name.as_str()).collect();
        let names = self.text(&names.join(", "), origin);
        let args = vec![Arg::positional(names), Arg::positional(dict)];
        let callee = Callee::Lib(Name::new("function.other_keywords"));
        self.mk(Node::Call { callee, args }, want, origin)
    }

    fn map_entry(&mut self, map: NodeId, name: Name, want: Ty, origin: Origin) -> NodeId {
        let map = self.again(map);
        let key = self.text(name.as_str(), origin);
        match self.index_node(map, key, None) {
            Some(value) => self.coerce(value, want),
            None => self.mk(Node::Hole { why: "spread".into(), source: "".into() }, Ty::never(), origin),
        }
    }

    /// `if cond { value } else { default }`.
    fn given_or(
        &mut self,
        cond: NodeId,
        value: NodeId,
        want: Ty,
        origin: Origin,
        default: impl FnOnce(&mut Self) -> NodeId,
    ) -> NodeId {
        let default = default(self);
        let default = self.coerce(default, want);
        let (then, els) = (self.tail_block(value), self.tail_block(default));
        self.mk(Node::If { cond, then, els: Some(els) }, want, origin)
    }
}

/// A parameter as the checks of `rt` read it.
fn shown(formal: &Formal) -> String {
    let name = formal.name.map_or("_", |name| name.as_str());
    format!("{name}{}", if formal.has_default { "=" } else { "" })
}

/// The arguments in the order of parameters, and whether some are spread.
fn order_of(bound: &Bound) -> (Vec<usize>, bool) {
    let mut order: Vec<usize> = Vec::new();
    let mut spread = !bound.rest.is_empty();
    for slot in &bound.slots {
        match slot {
            Slot::Arg(at) => order.push(*at),
            Slot::Pack(items) => order.extend(items),
            Slot::PackNamed(items) => order.extend(items.iter().map(|(_, at)| *at)),
            Slot::FromStar(at, _)
            | Slot::PackFrom(at, ..)
            | Slot::FromMap(at, _)
            | Slot::FromMapOr(at, _) => {
                spread = true;
                order.push(*at);
            }
            _ => {}
        }
    }
    (order, spread)
}
