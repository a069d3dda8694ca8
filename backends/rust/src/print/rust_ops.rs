//! Operations that Mir takes from Rust: `&`, `?`, `clone`, `Rc::new`, adapters and methods by name.

use super::Printer;
use super::expr::{borrowed, to_owned_text};
use crate::template;
use crate::tree::Expr;
use crate::types::Position;
use batuta_core::*;

impl Printer<'_, '_> {
    pub(crate) fn rs_op(&mut self, op: RsOp, attr: &Attr, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            RsOp::Ref
                if self.is_empty_list(args[0]) && matches!(self.body.ty(args[0]).kind(), TyKind::List(_)) =>
            {
                Expr::unary("&", Expr::Array(Vec::new()))
            }
            RsOp::Ref if let Some(slice) = self.lent_slice(args[0]) => slice,
            RsOp::Ref => {
                let value = match self.typed_empty(args[0]) {
                    Some(empty) => empty,
                    None if matches!(self.body.ty(args[0]).kind(), TyKind::Shared(_)) => {
                        self.stored_value(args[0])
                    }
                    None => self.expr(args[0]),
                };
                match value {
                    // A borrowed display is an array.
                    Expr::Macro(name, items) if name == "vec" => Expr::unary("&", Expr::Array(items)),
                    value => borrowed(value),
                }
            }
            RsOp::Mut => Expr::unary("&mut ", self.expr(args[0])),
            RsOp::Deref => Expr::unary("*", self.expr(args[0])),
            RsOp::Clone => {
                let value = self.expr(args[0]);
                let of = self.body.ty(args[0]);
                match of.kind() {
                    TyKind::Ref(inner) | TyKind::RefMut(inner) if self.env.is_copy(*inner) => {
                        Expr::unary("*", value)
                    }
                    TyKind::Ref(_) | TyKind::RefMut(_) => value.method("clone", vec![]),
                    _ if self.env.is_copy(of) => value,
                    _ => value.method("clone", vec![]),
                }
            }
            RsOp::Try => {
                let value = self.expr(args[0]);
                match attr {
                    Attr::Name(how) if how.as_str() == "unwind" => self.raising(value),
                    _ => self.tried(value),
                }
            }
            RsOp::Ok => {
                let value = self.expr(args[0]);
                Expr::call("Ok", vec![value])
            }
            RsOp::ToOwned => {
                let value = self.expr(args[0]);
                match ty.kind() {
                    _ if self.body.ty(args[0]).is_char() => value.method("to_string", vec![]),
                    TyKind::List(_) | TyKind::Bytes
                        if !matches!(self.body.nodes[args[0]].kind, Node::Use(_, Mode::Ref)) =>
                    {
                        value.method("to_vec", vec![])
                    }
                    TyKind::Str => to_owned_text(value.receiver()),
                    _ if self.env.is_copy(ty) && matches!(value, Expr::Method(..) | Expr::Call(..)) => {
                        Expr::unary("*", value)
                    }
                    _ => value.method("clone", vec![]),
                }
            }
            RsOp::Share => self.share(args[0], ty),
            RsOp::As => {
                let target = self.ty(ty, Position::Stored);
                self.operand(args[0]).cast(target)
            }
            RsOp::Sum => {
                let of = self.iterator(args[0]);
                let ty = self.ty(ty, Position::Stored);
                of.method(format!("sum::<{ty}>"), vec![])
            }
            RsOp::Collect => {
                let of = self.iterator(args[0]);
                let ty = self.collection(ty);
                of.method(format!("collect::<{ty}>"), vec![])
            }
            RsOp::Any => self.adapter(args, "any"),
            RsOp::All => self.adapter(args, "all"),
            RsOp::Map => self.adapter(args, "map"),
            RsOp::Filter => self.adapter(args, "filter"),
            RsOp::Take => {
                let place = self.expr(args[0]);
                Expr::call("std::mem::take", vec![place])
            }
            RsOp::Swap => {
                let args = self.exprs(args);
                Expr::call("std::mem::swap", args)
            }
            RsOp::Method => self.spelled_method(attr, args),
            RsOp::Path => {
                let Attr::Name(path) = attr else { return self.problem("a path call without path") };
                self.scan(path.as_str());
                let args = self.exprs(args);
                Expr::call(path.as_str(), args)
            }
        }
    }

    pub(crate) fn adapter(&mut self, args: &[NodeId], name: &str) -> Expr {
        let of = self.iterator(args[0]);
        let closure = self.expr(args[1]);
        of.method(name, vec![closure])
    }

    /// `{0}.name({*})`, or a spelling with holes.
    pub(crate) fn spelled_method(&mut self, attr: &Attr, args: &[NodeId]) -> Expr {
        let Attr::Name(name) = attr else { return self.problem("a method call without name") };
        let text = name.as_str();
        let spelling = match text {
            _ if text.contains('{') => text.to_owned(),
            _ if text.ends_with(')') => format!("{{0}}.{text}"),
            _ if text.contains(')') && args.len() == 1 => format!("{{0}}.{text}()"),
            _ => format!("{{0}}.{text}({{*}})"),
        };
        let receiver = self.body.ty(args[0]);
        let args = self.exprs(args);
        self.scan_spelling(&spelling, Some(receiver));
        template::fill(&spelling, &args, "_")
    }

    /// Whether a node is an iterator that the body gives in a box.
    fn is_given_box(&self, value: NodeId) -> bool {
        let is_it = |node: &NodeId| matches!(&self.body.nodes[*node].kind, Node::Op { op: Op::RsOp(RsOp::Share), args, .. } if args[0] == value);
        crate::items::gives_boxes(self.body) && self.body.results().iter().any(is_it)
    }

    /// A new shared object around an owned value.
    pub(crate) fn share(&mut self, value: NodeId, ty: Ty) -> Expr {
        let argument = value;
        let value = match &self.body.nodes[value].kind {
            Node::Item(name)
                if batuta_catalog::functions(name.as_str()).iter().any(|row| !row.rust.is_empty()) =>
            {
                self.library_value(*name, self.body.ty(value), true)
            }
            Node::Closure(_) if self.untyped == Some(value) => self.expr(value),
            _ => self.bound_value(value),
        };
        if let TyKind::Iter(_) = ty.kind() {
            if self.is_given_box(argument) {
                let value = self.moving_chain(value);
                return match crate::items::borrows(self.body) {
                    true => Expr::call("Box::new", vec![value]),
                    false => Expr::call(format!("{}::new", self.rt("Iter")), vec![value]),
                };
            }
            return self.kept_iterator(argument, value);
        }
        let value = if let TyKind::Func(..) = ty.strip_shared().kind() {
            super::loose::typed_result(super::control::moving(value))
        } else {
            value
        };
        let TyKind::Shared(inner) = ty.kind() else { return value };
        if let Some((held, cell)) = ty.cell() {
            // The cell takes other functions later.
            let value = match held.kind() {
                TyKind::Shared(function) if matches!(function.kind(), TyKind::Func(..)) => {
                    let held = self.ty(held, Position::Stored);
                    super::seq::cast_made(value, &held)
                }
                _ => value,
            };
            let cell = if cell == FieldCell::Cell { "Cell" } else { "RefCell" };
            self.uses.paths.insert("std::rc::Rc".to_owned());
            self.uses.paths.insert(format!("std::cell::{cell}"));
            return Expr::call("Rc::new", vec![Expr::call(format!("{cell}::new"), vec![value])]);
        }
        let shared = match inner.kind() {
            TyKind::List(_) => self.rt("List"),
            TyKind::Dict(..) => self.rt("SharedDict"),
            TyKind::Set(_) => self.rt("SharedSet"),
            TyKind::Class(path, _) if self.env.is_exception(*path) => return value,
            TyKind::Lib(name, _) if crate::types::is_changed_in_place(*name) => {
                self.uses.paths.insert("std::rc::Rc".to_owned());
                self.uses.paths.insert("std::cell::RefCell".to_owned());
                return Expr::call("Rc::new", vec![Expr::call("RefCell::new", vec![value])]);
            }
            TyKind::Class(path, _) if self.env.boxed.contains(path) => {
                return Expr::call("Box::new", vec![value]);
            }
            _ => {
                self.uses.paths.insert("std::rc::Rc".to_owned());
                return Expr::call("Rc::new", vec![value]);
            }
        };
        match value {
            Expr::Call(callee, args)
                if args.is_empty() && matches!(&*callee, Expr::Atom(text) if text.ends_with("::new")) =>
            {
                Expr::call(format!("{shared}::new"), vec![])
            }
            Expr::Macro(name, items) if name == "vec" => {
                Expr::call(format!("{shared}::from"), vec![Expr::Array(items)])
            }
            value => Expr::call(format!("{shared}::from"), vec![value]),
        }
    }
}
