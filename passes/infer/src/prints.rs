//! `print` as a call: with spread arguments, a computed separator, or a file of its own.
//!
//! before                                        after
//!   lib:builtins.print("xs", *%xs, sep=", ")      io.println(format"{lib:str.join(", ", list.new("xs", obj.splat(..)))}")

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// The arguments of a `print`.
#[derive(Default)]
struct Printed {
    /// What is printed, and whether it is spread.
    parts: Vec<(NodeId, bool)>,
    sep: Option<NodeId>,
    end: Option<NodeId>,
    file: Option<NodeId>,
}

impl Apply<'_, '_, '_> {
    /// Whether every argument is one that `print` has; a file must be an object with `write`.
    pub(crate) fn can_print(&self, kinds: &[ArgKind], args: &[NodeId]) -> bool {
        kinds.iter().zip(args).all(|(kind, arg)| match kind {
            ArgKind::Positional | ArgKind::Star => true,
            ArgKind::Named(name) => match name.as_str() {
                "sep" | "end" | "flush" => true,
                "file" => matches!(self.ty(*arg).kind(), TyKind::Lib(..) | TyKind::Class(..) | TyKind::Value),
                _ => false,
            },
            ArgKind::StarStar => false,
        })
    }

    pub(crate) fn print_call(&mut self, kinds: &[ArgKind], args: &[NodeId], origin: Origin) -> NodeId {
        // A tuple is spread field by field.
        let tuple = kinds.iter().zip(args).position(|(kind, arg)| {
            *kind == ArgKind::Star && matches!(self.ty(*arg).kind(), TyKind::Tuple(_))
        });
        if let Some(at) = tuple {
            return self.with_value(args[at], |me, read| {
                let mut fields = Vec::new();
                for (index, ty) in me.ty(args[at]).children().into_iter().enumerate() {
                    let tuple = read(me);
                    fields.push(me.place_read(tuple, Proj::Field(Name::new(&index.to_string())), ty));
                }
                let mut kinds = kinds.to_vec();
                kinds.splice(at..=at, fields.iter().map(|_| ArgKind::Positional));
                let mut args = args.to_vec();
                args.splice(at..=at, fields);
                me.print_call(&kinds, &args, origin)
            });
        }
        let mut printed = Printed::default();
        for (kind, arg) in kinds.iter().zip(args) {
            let given = Some(*arg).filter(|arg| self.body.as_const(*arg) != Some(&Const::None));
            match kind {
                ArgKind::Named(name) if *name == "sep" => printed.sep = given,
                ArgKind::Named(name) if *name == "end" => printed.end = given,
                ArgKind::Named(name) if *name == "file" => printed.file = given,
                ArgKind::Named(_) | ArgKind::StarStar => {}
                _ => printed.parts.push((*arg, *kind == ArgKind::Star)),
            }
        }
        let mut pieces = self.printed_pieces(&printed, origin);
        let is_line = printed.end.is_none();
        pieces.extend(printed.end.map(piece));
        if let Some(file) = printed.file {
            if is_line {
                pieces.push(Piece::Text("\n".into()));
            }
            let text = self.mk(Node::Format(pieces), Ty::str(), origin);
            let write = Name::new("write");
            let written = self.call_method(text, file, write, &[ArgKind::Positional], vec![text], origin);
            if matches!(self.ty(written).kind(), TyKind::Unit | TyKind::Never) {
                return written;
            }
            // What `write` gives is nobody's business.
            let none = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return self.mk_block(vec![Stmt::new(StmtKind::Expr(written), origin)], none);
        }
        let op = if is_line { IoOp::PrintLn } else { IoOp::Print };
        let line = self.mk(Node::Format(pieces), Ty::str(), origin);
        self.mk_op(op, Attr::None, vec![line], Ty::unit())
    }

    /// The text between the beginning and the end of the line.
    fn printed_pieces(&mut self, printed: &Printed, origin: Origin) -> Vec<Piece> {
        let sep = match printed.sep {
            None => Some(" ".into()),
            Some(sep) => match self.body.as_const(sep) {
                Some(Const::Str(text)) => Some(text.clone()),
                _ => None,
            },
        };
        let is_spread = printed.parts.iter().any(|(_, spread)| *spread);
        if let (Some(sep), false) = (&sep, is_spread) {
            let mut pieces = Vec::new();
            for (at, (part, _)) in printed.parts.iter().enumerate() {
                if at > 0 && !sep.is_empty() {
                    pieces.push(Piece::Text(sep.clone()));
                }
                pieces.push(piece(*part));
            }
            return pieces;
        }
        let texts = match printed.parts[..] {
            [(only, true)] => self.texts_of(only, origin),
            _ => {
                let items = printed.parts.iter().map(|(part, spread)| match spread {
                    true => {
                        let texts = self.texts_of(*part, origin);
                        self.mk_op(ObjOp::Splat, Attr::None, vec![texts], Ty::iter(Ty::str()))
                    }
                    false => self.mk(Node::Format(vec![piece(*part)]), Ty::str(), origin),
                });
                let items = items.collect();
                self.mk_op(ListOp::New, Attr::None, items, Ty::list(Ty::str()))
            }
        };
        let sep = printed.sep.unwrap_or_else(|| self.text(" ", origin));
        let kinds = [ArgKind::Positional; 2];
        vec![piece(self.lib_call(Name::new("str.join"), &kinds, vec![sep, texts], None, origin))]
    }

    /// The texts of the items.
    fn texts_of(&mut self, items: NodeId, origin: Origin) -> NodeId {
        if *self.ty(items).kind() == TyKind::Unit {
            let text = "print() argument after * must be an iterable, not NoneType";
            return self.refuse("TypeError", text, vec![items], origin);
        }
        let iter = self.iter_of(items);
        if *self.ty(iter).kind() == TyKind::Never {
            return iter;
        }
        let local = self.body.temp("item", self.item_type(self.ty(iter)), origin);
        let value = self.read_local(local, origin);
        let text = self.mk(Node::Format(vec![piece(value)]), Ty::str(), origin);
        let clauses = vec![Clause::For { pat: Pat::Place(Place::local(local)), iter }];
        self.mk(Node::Seq { clauses, sink: Sink::Iter(text) }, Ty::iter(Ty::str()), origin)
    }
}

fn piece(value: NodeId) -> Piece {
    Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true }
}
