//! A comprehension whose parts change the list that it walks over is a loop that reads by position.
//!
//! before (Typed)                                after (Mir)
//!   seq list(for %x in %self.items              let %out: list<i64> = list.new()
//!     => call @Box.add(%self, %x))              for %x in iter.live(ref %self.items) {
//!                                                 lib:list.append(mut %out, call @Box.add(ref %self, copy %x))
//!                                               }

use crate::body::Own;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    /// The container, filled by a loop before the statement.
    pub(crate) fn filled(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty, origin: Origin) -> NodeId {
        let start: Op = match sink {
            Sink::Set(_) => SetOp::New.into(),
            Sink::Dict(..) => DictOp::New.into(),
            Sink::List(_) | Sink::Iter(_) => ListOp::New.into(),
        };
        let out = self.out.temp("out", ty, origin);
        let value = self.out.op(start, Vec::new(), ty, origin);
        let target = Pat::Place(Place::local(out));
        self.before.push(Stmt::new(StmtKind::Set { target, value }, origin));
        let mut stmt = self.put(out, sink, ty, origin);
        for clause in clauses.iter().rev() {
            let body = self.out.block(BlockRow { stmts: vec![stmt], ..BlockRow::default() });
            let kind = match clause {
                Clause::If(cond) => Node::If { cond: *cond, then: body, els: None },
                Clause::For { pat, iter } => {
                    Node::For { label: None, pat: pat.clone(), iter: *iter, body, els: None }
                }
            };
            stmt = Stmt::new(StmtKind::Expr(self.out.node(kind, Ty::unit(), origin)), origin);
        }
        self.before.push(stmt);
        self.out.node(Node::Use(Place::local(out), Mode::Move), ty, origin)
    }

    /// The statement that puts one item in.
    fn put(&mut self, out: LocalId, sink: &Sink, ty: Ty, origin: Origin) -> Stmt {
        let (name, item) = match *sink {
            Sink::Dict(key, value) => {
                let target = Pat::Place(Place::local(out).with(Proj::Index(key)));
                return Stmt::new(StmtKind::Set { target, value }, origin);
            }
            Sink::Set(item) => ("set.add", item),
            Sink::List(item) | Sink::Iter(item) => ("list.append", item),
        };
        let filled = self.out.node(Node::Use(Place::local(out), Mode::Mut), ty.reference_mut(), origin);
        let args = vec![Arg::positional(filled), Arg::positional(item)];
        let call = Node::Call { callee: Callee::Lib(Name::new(name)), args };
        Stmt::new(StmtKind::Expr(self.out.node(call, Ty::unit(), origin)), origin)
    }
}
