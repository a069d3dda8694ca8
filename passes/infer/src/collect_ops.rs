//! Constraints of calls, displays and operations.

use crate::collect::Collect;
use crate::facts::{ArgFact, C, Target, V};
use crate::literals;
use crate::narrow::{self, Filter};
use crate::prep::path_of;
use crate::vars::Head;
use batuta_base::Name;
use batuta_core::*;
use std::rc::Rc;

impl Collect<'_> {
    pub(crate) fn call(&mut self, id: NodeId, callee: &Callee, args: &[Arg]) {
        let target = match callee {
            Callee::Fn(path) => Target::Path(*path),
            Callee::Lib(name) => Target::Lib(*name),
            Callee::Method(receiver, name) => {
                self.node(*receiver);
                let given = args.iter().map(|arg| (arg.kind, arg.value));
                Target::Method(receiver.0, literals::marked(self.body, *name, given))
            }
            Callee::Super(name) => Target::Super(*name),
            Callee::Value(node) => {
                self.node(*node);
                Target::Value(node.0)
            }
            Callee::Virtual(path) | Callee::New(path) => Target::Path(*path),
        };
        args.iter().for_each(|arg| self.node(arg.value));
        let vars = args.iter().map(|arg| ArgFact { kind: arg.kind, var: arg.value.0 }).collect();
        let is_lib = matches!(target, Target::Lib(_));
        let ends = match &target {
            Target::Path(path) => self.ends.contains(path),
            Target::Lib(name) => {
                matches!(name.as_str(), "sys.exit" | "builtins.exit" | "builtins.quit" | "os._exit")
            }
            Target::Method(_, name) => self.ends.contains(&Name::new(&format!(".{name}"))),
            _ => false,
        };
        if let Target::Lib(name) = &target
            && *name == "builtins.isinstance"
        {
            self.say(C::Seen(args[0].value.0));
        }
        // `getattr(f, "__name__", ..)` asks a function for its name as `f.__name__` does.
        if let Target::Lib(name) = &target
            && *name == "builtins.getattr"
            && let [of, word, ..] = args
            && let Some(Const::Str(word)) = self.body.as_const(word.value)
            && matches!(&**word, "__name__" | "__qualname__" | "__doc__")
        {
            let (name, out) = (Name::new(word), self.fresh());
            self.say(C::Attr { of: of.value.0, name, out });
        }
        if let (Target::Lib(name), Some(first)) = (&target, args.first())
            && crate::packed::reads_records(*name)
        {
            self.packed(id.0, *name, first.value);
        }
        if let Target::Method(_, name) = &target {
            match name.as_str() {
                "add_argument" | "add_subparsers" | "set_defaults" => self.parser_call(*name, args),
                "with" => self.namespace_with(args),
                _ => {}
            }
        }
        self.say(C::Call { site: id.0, target, args: vars, out: id.0 });
        if ends {
            self.proved = None;
        } else if !is_lib && let Some(proved) = &mut self.proved {
            proved.forget_fields();
        } else if !narrow::keeps_items(callee) {
            self.forget_items();
        }
    }

    pub(crate) fn op(&mut self, id: NodeId, op: Op, args: &[NodeId], attr: &Attr) {
        let out = id.0;
        match op {
            Op::ObjOp(op) => self.obj(id, op, args),
            Op::ListOp(ListOp::New) => self.display(out, Head::List, args),
            Op::SetOp(SetOp::New) => self.display(out, Head::Set, args),
            Op::TupleOp(TupleOp::New) => {
                args.iter().for_each(|arg| self.node(*arg));
                if args.iter().any(|arg| self.is_splat(*arg)) {
                    let item = self.fresh();
                    args.iter().for_each(|arg| self.item(*arg, item));
                    self.of(out, Head::Lib(Name::new("tuple")), vec![item]);
                } else {
                    self.sink(out, Head::Tuple(args.len().min(255) as u8), args);
                }
            }
            Op::DictOp(DictOp::New) => self.dict(out, args),
            Op::ExcOp(ExcOp::Assert) => {
                self.test(args[0]);
                args[1..].iter().for_each(|arg| self.node(*arg));
                let (yes, _) = narrow::proves(self.body, args[0]);
                if let Some(proved) = &mut self.proved {
                    proved.learn(&yes);
                }
                self.plain(out, Head::None);
            }
            Op::ExcOp(ExcOp::New) => {
                args.iter().for_each(|arg| self.node(*arg));
                args.iter().for_each(|arg| self.say(C::Seen(arg.0)));
                self.plain(out, Head::Error);
            }
            Op::IoOp(_) => {
                args.iter().for_each(|arg| self.node(*arg));
                self.plain(out, Head::None);
            }
            op => {
                args.iter().for_each(|arg| self.node(*arg));
                self.typed_op(out, op, attr);
            }
        }
    }

    /// Operations that a frontend may give with their type already fixed.
    pub(crate) fn typed_op(&mut self, out: V, op: Op, attr: &Attr) {
        let head = match (op.info().dialect, op.name()) {
            (_, "int.to_float" | "int.truediv" | "num.to_float") => Head::Float,
            (_, "float.to_int" | "num.to_int") => Head::Int,
            (_, name) if name.ends_with(".truth") || name.ends_with(".contains") => Head::Bool,
            (_, name) if name.ends_with(".len") => Head::Int,
            ("int", _) => Head::Int,
            ("float", _) => Head::Float,
            ("cmp" | "bool", _) => Head::Bool,
            ("str", _) => Head::Str,
            ("bytes", _) => Head::Bytes,
            ("range", _) => Head::Range,
            ("exc", _) => Head::Bool,
            _ => Head::Value,
        };
        let _ = attr;
        self.plain(out, head);
    }

    pub(crate) fn is_splat(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Op { op: Op::ObjOp(ObjOp::Splat | ObjOp::SplatDict), .. })
    }

    /// Whether the value of a node goes past `__setattr__`.
    pub(crate) fn is_stored(&self, value: V) -> bool {
        let node = NodeId(value);
        (value as usize) < self.body.nodes.len()
            && matches!(&self.body.nodes[node].kind, Node::Op { op: Op::ObjOp(ObjOp::Stored), .. })
    }

    pub(crate) fn item(&mut self, node: NodeId, item: V) {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ObjOp(ObjOp::Splat), args, .. } => {
                self.say(C::Iterate { of: args[0].0, item });
            }
            _ => self.say(C::Flow(node.0, item)),
        }
    }

    pub(crate) fn display(&mut self, out: V, head: Head, args: &[NodeId]) {
        let item = self.fresh();
        for arg in args {
            self.node(*arg);
            self.item(*arg, item);
        }
        self.of(out, head, vec![item]);
    }

    pub(crate) fn dict(&mut self, out: V, args: &[NodeId]) {
        let (key, value) = (self.fresh(), self.fresh());
        let mut at = 0;
        while at < args.len() {
            self.node(args[at]);
            if let Node::Op { op: Op::ObjOp(ObjOp::SplatDict), args: inner, .. } =
                &self.body.nodes[args[at]].kind
            {
                self.say(C::SplatDict { of: inner[0].0, key, value });
                at += 1;
                continue;
            }
            self.say(C::Flow(args[at].0, key));
            if let Some(item) = args.get(at + 1) {
                self.node(*item);
                self.say(C::Flow(item.0, value));
            }
            at += 2;
        }
        self.of(out, Head::Dict, vec![key, value]);
    }

    /// A value of which only the truth counts: the operands of `and` and `or` need not have one type.
    pub(crate) fn test(&mut self, node: NodeId) {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ObjOp(op @ (ObjOp::And | ObjOp::Or)), args, .. } => {
                self.test(args[0]);
                self.after_first(*op, args[0], |me| me.test(args[1]));
                self.plain(node.0, Head::Bool);
            }
            _ => self.node(node),
        }
    }

    /// The second operand of `and` or `or`, with what the first one proves.
    pub(crate) fn after_first(&mut self, op: ObjOp, first: NodeId, second: impl FnOnce(&mut Self)) {
        let before = self.proved.clone();
        let (yes, no) = narrow::proves(self.body, first);
        let (truth, falsity) = match path_of(self.body, first) {
            Some(path) => (vec![(path, Filter::not_none())], Vec::new()),
            None => (yes, no),
        };
        if let Some(proved) = &mut self.proved {
            proved.learn(if op == ObjOp::And { &truth } else { &falsity });
        }
        second(self);
        self.proved = before;
    }

    pub(crate) fn obj(&mut self, id: NodeId, op: ObjOp, args: &[NodeId]) {
        use ObjOp::*;
        let out = id.0;
        match op {
            And | Or => {
                self.node(args[0]);
                self.after_first(op, args[0], |me| me.node(args[1]));
                if op == Or {
                    self.say(C::Narrow(args[0].0, out, Rc::new(Filter::not_none())));
                } else {
                    self.say(C::Flow(args[0].0, out));
                }
                self.say(C::Flow(args[1].0, out));
            }
            Not | Truth => {
                self.test(args[0]);
                self.say(C::Unary { op, a: args[0].0, out });
            }
            Is | IsNot => {
                for arg in args {
                    match &self.body.nodes[*arg].kind {
                        Node::Use(place, _) => self.read(*arg, place, false),
                        _ => self.node(*arg),
                    }
                }
                self.plain(out, Head::Bool);
                if args.iter().all(|arg| !crate::narrow::is_none(self.body, *arg)) {
                    self.say(C::Compare { op, a: args[0].0, b: args[1].0, out });
                }
            }
            Eq | Ne | Lt | Le | Gt | Ge | In | NotIn => {
                args.iter().for_each(|arg| self.node(*arg));
                self.say(C::Compare { op, a: args[0].0, b: args[1].0, out });
            }
            Neg | Pos | Invert => {
                self.node(args[0]);
                self.say(C::Unary { op, a: args[0].0, out });
            }
            Slice => {
                args.iter().for_each(|arg| self.node(*arg));
                args[1..].iter().for_each(|arg| self.say(C::Seen(arg.0)));
                self.say(C::Slice { of: args[0].0, bounds: self.literal_bounds(args), out });
            }
            SliceObj => {
                args.iter().for_each(|arg| self.node(*arg));
                self.plain(out, Head::Slice);
            }
            Splat | SplatDict | Stored => {
                self.node(args[0]);
                self.say(C::Flow(args[0].0, out));
            }
            _ => {
                args.iter().for_each(|arg| self.node(*arg));
                self.say(C::Binary { op, a: args[0].0, b: args[1].0, out, in_place: false });
            }
        }
    }

    pub(crate) fn literal_bounds(&self, args: &[NodeId]) -> Option<[Option<i64>; 2]> {
        let is_none = |at: usize| crate::narrow::is_none(self.body, args[at]);
        let bound = |at: usize| if is_none(at) { Some(None) } else { self.constant(args[at]).map(Some) };
        if args.len() == 4 && is_none(3) { Some([bound(1)?, bound(2)?]) } else { None }
    }
}
