//! `with` over contexts of the library.
//!
//!   with lib:tempfile.TemporaryDirectory() as %d { .. }      with .. as %context { set %d = lib:TemporaryDirectory.__enter__(%context) .. }
//!   with %f { .. }                                           try { .. } finally { lib:file.close(%f) }
//!
//! A context that is made for the `with` ends with its block, so it needs no more. One that has a name
//! of its own may live on: a file is closed by hand.

use crate::apply::{Apply, BAD_CALL};
use batuta_base::Name;
use batuta_core::*;

/// Text streams: where several kinds meet, the value is a `file`.
pub(crate) fn is_text_stream(name: Name) -> bool {
    matches!(name.as_str(), "file" | "stdin" | "stdout" | "StringIO")
}

impl Apply<'_, '_, '_> {
    /// Elaborates a `with`; its kind may become another.
    pub(crate) fn with(&mut self, items: Vec<WithItem>, body: BlockId, is_async: bool) -> Node {
        let mut items = items;
        let Some(first) = items.first().cloned() else { return Node::Block { label: None, block: body } };
        let context = self.expr(first.context);
        let (closes, enters) = (self.close_of(context), self.enter_of(self.ty(context)));
        let rest = items.split_off(1);
        let is_special = closes.is_some() || enters.is_some();
        if is_special && !rest.is_empty() {
            // What the first binds stands before what the second reads.
            let origin = self.origin(context);
            let inner = Node::With { items: rest.clone(), body, is_async };
            let inner = self.body.node(inner, Ty::unit(), origin);
            let stmt = Stmt::new(StmtKind::Expr(inner), origin);
            let outer = self.body.block(BlockRow { stmts: vec![stmt], ..BlockRow::default() });
            return self.with_one(WithItem { context, ..first }, outer, is_async, closes, enters);
        }
        if is_special {
            return self.with_one(WithItem { context, ..first }, body, is_async, closes, enters);
        }
        let mut all = Vec::new();
        let mut out = Vec::new();
        for (at, mut item) in std::iter::once(first).chain(rest).enumerate() {
            item.context = if at == 0 { context } else { self.expr(item.context) };
            let ty = self.ty(item.context);
            // Nothing here would enter and leave it.
            if matches!(ty.kind(), TyKind::Class(..))
                || matches!(ty.kind(), TyKind::Lib(name, _) if *name == "context_manager")
            {
                item.context = self.hole(item.context, BAD_CALL, format!("`with` over a `{ty}`"));
            }
            let entered = self.entered(self.ty(item.context));
            item.target = item.target.take().map(|pat| self.pat(pat, entered, &mut all));
            out.push(item);
        }
        self.block(body, None);
        self.prepend(body, all);
        Node::With { items: out, body, is_async }
    }

    fn with_one(
        &mut self,
        item: WithItem,
        body: BlockId,
        is_async: bool,
        closes: Option<Name>,
        enters: Option<Name>,
    ) -> Node {
        let origin = self.origin(item.context);
        let (context, target) = (item.context, item.target);
        if let Some(close) = closes {
            let mut stmts = Vec::new();
            if let Some(pat) = target {
                let value = self.again(context);
                let target = self.pat(pat, self.ty(value), &mut stmts);
                stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, origin));
            }
            self.block(body, None);
            self.prepend(body, stmts);
            let call = self.lib_call(close, &[ArgKind::Positional], vec![context], None, origin);
            let stmts = vec![Stmt::new(StmtKind::Expr(call), origin)];
            let finally = self.body.block(BlockRow { stmts, ..BlockRow::default() });
            return Node::Try { body, handlers: Vec::new(), els: None, finally: Some(finally) };
        }
        let ty = self.ty(context);
        let local = self.body.temp("context", ty, origin);
        let mut stmts = Vec::new();
        if let (Some(pat), Some(enter)) = (target, enters) {
            let read = self.read_local(local, origin);
            let value = self.lib_call(enter, &[ArgKind::Positional], vec![read], None, origin);
            let target = self.pat(pat, self.ty(value), &mut stmts);
            stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, origin));
        }
        self.block(body, None);
        self.prepend(body, stmts);
        let target = Some(Pat::Place(Place::local(local)));
        Node::With { items: vec![WithItem { context, target }], body, is_async }
    }

    /// How an open file that has a name already is closed.
    fn close_of(&self, context: NodeId) -> Option<Name> {
        let TyKind::Lib(name, _) = *self.ty(context).kind() else { return None };
        let is_file = is_text_stream(name) && name != "stdin" && name != "stdout" || name == "binary_file";
        let is_named = matches!(self.body.nodes[context].kind, Node::Use(..));
        (is_file && is_named && self.is_simple(context)).then(|| name.join("close"))
    }

    /// The row that gives what a context of the library binds, where that is not the context.
    fn enter_of(&self, ty: Ty) -> Option<Name> {
        let TyKind::Lib(name, _) = *ty.kind() else { return None };
        let enter = name.join("__enter__");
        let row = batuta_catalog::functions(enter.as_str()).first()?;
        (row.result != ty && !crate::libcalls::has_vars(row.result)).then_some(enter)
    }

    /// What `with x as y` binds.
    fn entered(&self, ty: Ty) -> Ty {
        match ty.kind() {
            TyKind::Iter(item) => *item,
            TyKind::Class(class, _) => match self.types.env().method(*class, "__enter__") {
                Some(method) => self.result_of(method),
                None => ty,
            },
            _ => ty,
        }
    }
}
