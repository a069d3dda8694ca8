//! Bodies: statements, places, control flow.

use super::{CEnv, CUses};
use crate::env::Mark;
use crate::names;
use crate::scope::{Scope, scope};
use crate::tree::{self, Block, Expr, Stmt, StmtKind};
use batuta_base::{Name, Origin};
use batuta_core::{
    self as core, BlockId, Body, Const, LocalId, Mir, Node, NodeId, Pat, Proj, Root, Ty, TyKind, Width,
};

pub(crate) struct CPrinter<'a, 'u> {
    pub(crate) env: &'a CEnv<'a>,
    pub(crate) body: &'a Body<Mir>,
    pub(crate) module: Name,
    pub(crate) uses: &'u mut CUses,
    scope: Scope,
    /// The value of a constant is printed: nothing is called there.
    pub(crate) is_constant: bool,
}

/// A type as a module says it.
pub(crate) fn ty_text(env: &CEnv<'_>, ty: Ty, module: Name, uses: &mut CUses) -> String {
    match ty.kind() {
        TyKind::Unit => "()".to_owned(),
        TyKind::Never => "!".to_owned(),
        TyKind::Bool => "bool".to_owned(),
        TyKind::Int(width) => width.text().to_owned(),
        TyKind::Float(core::FloatWidth::F32) => "f32".to_owned(),
        TyKind::Float(core::FloatWidth::F64) => "f64".to_owned(),
        TyKind::Array(item, count) => format!("[{}; {count}]", ty_text(env, *item, module, uses)),
        TyKind::Class(path, _) => env.path(*path, module, uses),
        TyKind::Func(params, ret) => {
            let params: Vec<String> = params.iter().map(|ty| ty_text(env, *ty, module, uses)).collect();
            let ret = match ret.kind() {
                TyKind::Unit => String::new(),
                _ => format!(" -> {}", ty_text(env, *ret, module, uses)),
            };
            format!("fn({}){ret}", params.join(", "))
        }
        TyKind::Lib(name, args) => {
            let args: Vec<String> = args.iter().map(|ty| ty_text(env, *ty, module, uses)).collect();
            let own = match name.as_str() {
                "c.Ptr" => {
                    uses.runtime.insert("Ptr");
                    "Ptr".to_owned()
                }
                other => {
                    uses.module = true;
                    format!("c::{}", other.trim_start_matches("c."))
                }
            };
            if args.is_empty() { own } else { format!("{own}<{}>", args.join(", ")) }
        }
        _ => "_".to_owned(),
    }
}

impl<'a, 'u> CPrinter<'a, 'u> {
    pub(crate) fn new(env: &'a CEnv<'a>, body: &'a Body<Mir>, module: Name, uses: &'u mut CUses) -> Self {
        let scope = scope(body, &|path| path.parent() == module);
        Self { env, body, module, uses, scope, is_constant: false }
    }

    pub(crate) fn ty(&mut self, ty: Ty) -> String {
        ty_text(self.env, ty, self.module, self.uses)
    }

    /// A name of the runtime's C module.
    pub(crate) fn c(&mut self, name: &str) -> String {
        self.uses.module = true;
        format!("c::{name}")
    }

    pub(crate) fn function(&mut self) -> Block {
        let mut block = self.block(self.body.root);
        crate::tails::tail_returns(&mut block);
        block
    }

    pub(crate) fn params(&mut self) -> Vec<String> {
        let body = self.body;
        let row = |param: &core::Param| {
            let row = &body.locals[param.local];
            let mutable = if row.mutable { "mut " } else { "" };
            (format!("{mutable}{}", self.scope.names[param.local.0 as usize]), row.ty)
        };
        let rows: Vec<(String, Ty)> = body.params.iter().map(row).collect();
        rows.into_iter().map(|(name, ty)| format!("{name}: {}", self.ty(ty))).collect()
    }

    pub(crate) fn name(&self, local: LocalId) -> String {
        self.scope.names[local.0 as usize].clone()
    }

    /// Whether a local of the body has the name.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.scope.names.iter().any(|own| own == name)
    }

    fn mark(&mut self, origin: Origin) -> Option<u32> {
        if origin == Origin::default() {
            return None;
        }
        let home = self.body.path.parent();
        let item = self.env.image.texts.get(&self.body.path).copied().unwrap_or(home);
        self.uses.marks.push(Mark { item, origin, stores: false });
        Some(self.uses.marks.len() as u32 - 1)
    }

    pub(crate) fn block(&mut self, block: BlockId) -> Block {
        let body = self.body;
        let row = &body.blocks[block];
        let mut out = Block::default();
        for stmt in &row.stmts {
            let mut made = Stmt::new(self.stmt(&stmt.kind));
            made.above = stmt.above.iter().map(comment).collect();
            made.beside = stmt.beside.as_deref().map(str::to_owned);
            made.mark = self.mark(stmt.origin);
            out.stmts.push(made);
        }
        if let Some(tail) = row.tail {
            out.tail = Some(Box::new(self.expr(tail)));
            out.tail_mark = self.mark(body.nodes[tail].origin);
        }
        out.end_comments = row.end_comments.iter().map(comment).collect();
        out
    }

    fn stmt(&mut self, stmt: &core::StmtKind) -> StmtKind {
        match stmt {
            core::StmtKind::Let { pat: Pat::Bind(local, None), value } => {
                let row = &self.body.locals[*local];
                let (mutable, ty) = (row.mutable, row.ty);
                let name = self.name(*local);
                let pat = if mutable { format!("mut {name}") } else { name };
                let needs = *ty.kind() != TyKind::Never && value.is_some_and(|value| self.needs_type(value));
                let ty = needs.then(|| self.ty(ty));
                StmtKind::Let { pat, ty, value: value.map(|value| self.expr(value)), els: None }
            }
            core::StmtKind::Set { target: Pat::Place(place), value } => {
                if let Some(filled) = self.filled(place, *value) {
                    return filled;
                }
                let value = self.expr(*value);
                if let Some(path) = self.cells_of(place) {
                    return self.set_cell(path, place, value);
                }
                if let (Root::Global(path), true) = (place.root, place.proj.is_empty()) {
                    let name = self.env.path(path, self.module, self.uses);
                    return StmtKind::Expr(Expr::atom(name).method("set", vec![value]));
                }
                let place = self.place(place);
                StmtKind::Expr(Expr::Assign(Box::new(place), "", Box::new(value)))
            }
            core::StmtKind::Update { place, op, value } => {
                let value = self.expr(*value);
                let operator = super::ops::operator(*op);
                if let Some(path) = self.cells_of(place) {
                    return self.update_cell(path, place, operator, value);
                }
                let place = self.place(place);
                StmtKind::Expr(Expr::Assign(Box::new(place), operator, Box::new(value)))
            }
            core::StmtKind::Expr(node) => {
                let is_nothing = matches!(self.body.nodes[*node].kind, Node::Const(_) | Node::Use(..));
                if is_nothing { StmtKind::Nothing } else { StmtKind::Expr(self.effect(*node)) }
            }
            _ => {
                self.uses.problems.push("a statement that C does not have".to_owned());
                StmtKind::Nothing
            }
        }
    }

    /// An expression whose value nobody takes.
    fn effect(&mut self, node: NodeId) -> Expr {
        let value = self.expr(node);
        match (&value, self.body.ty(node).kind()) {
            (_, TyKind::Unit | TyKind::Never) | (Expr::Call(..) | Expr::Method(..), _) => value,
            _ => Expr::atom("_").pipe_assign(value),
        }
    }

    pub(crate) fn place(&mut self, place: &core::Place) -> Expr {
        let mut out = match place.root {
            Root::Local(local) => Expr::atom(self.name(local)),
            Root::Global(path) => Expr::atom(self.env.path(path, self.module, self.uses)),
            Root::Node(node) => self.expr(node),
        };
        for proj in &place.proj {
            out = match proj {
                Proj::Field(name) => out.field(names::snake(name.as_str())),
                Proj::Nth(index) | Proj::Index(index) => {
                    let index = self.index(*index);
                    out.index(index)
                }
                _ => out,
            };
        }
        out
    }

    /// A number as an index.
    fn index(&mut self, node: NodeId) -> Expr {
        let ty = self.body.ty(node);
        match self.body.as_const(node) {
            Some(Const::Int(digits)) if !digits.starts_with('-') => {
                Expr::atom(crate::literal::grouped(digits))
            }
            _ if *ty.kind() == TyKind::Int(Width::Usize) => self.expr(node),
            _ => self.typed(node).cast("usize"),
        }
    }

    pub(crate) fn use_place(&mut self, place: &core::Place, _ty: Ty) -> Expr {
        if let Some(path) = self.cells_of(place) {
            return self.read_cell(path, place);
        }
        let is_cell = matches!(place.root, Root::Global(path)
            if self.env.image.objects.get(&path).is_some_and(|def| def.storage == core::ObjectStorage::Cell));
        let read = self.place(place);
        if is_cell { read.method("get", vec![]) } else { read }
    }

    pub(crate) fn control(&mut self, node: NodeId) -> Expr {
        let body = self.body;
        match &body.nodes[node].kind {
            Node::If { cond, then, els } => {
                let cond = self.expr(*cond);
                let then = self.block(*then);
                let els = els.map(|els| self.else_part(els));
                let mark = self.mark(body.nodes[node].origin);
                Expr::If(Box::new(tree::If { cond, then, els, mark }))
            }
            Node::While { label, cond, body, .. } => {
                let cond = self.expr(*cond);
                let block = self.block(*body);
                Expr::While(label_text(*label), Box::new(cond), block)
            }
            Node::Loop { label, body } => {
                let block = self.block(*body);
                Expr::Loop(label_text(*label), block)
            }
            Node::For { label, pat: Pat::Bind(local, None), iter, body, .. } => {
                let range = self.range(*iter);
                let name = if self.scope.unread.contains(local) {
                    format!("_{}", self.name(*local).trim_start_matches('_'))
                } else {
                    self.name(*local)
                };
                let block = self.block(*body);
                Expr::For(label_text(*label), name, Box::new(range), block)
            }
            Node::Block { label, block } => {
                let block = self.block(*block);
                Expr::Block(label_text(*label), block)
            }
            Node::Match { subject, arms } => self.matched(*subject, arms),
            Node::Break { label, .. } => Expr::Jump(jump("break", *label), None),
            Node::Continue { label } => Expr::Jump(jump("continue", *label), None),
            Node::Return(value) => {
                let value = value.map(|value| Box::new(self.expr(value)));
                Expr::Jump("return".to_owned(), value)
            }
            _ => self.problem("a construct that C does not have"),
        }
    }

    pub(crate) fn problem(&mut self, what: &str) -> Expr {
        self.uses.problems.push(what.to_owned());
        Expr::Macro("todo".to_owned(), vec![Expr::atom(format!("{what:?}"))])
    }

    fn else_part(&mut self, els: BlockId) -> Expr {
        let row = &self.body.blocks[els];
        // `else { if .. }` is `else if`.
        if let ([only], None) = (row.stmts.as_slice(), row.tail)
            && let core::StmtKind::Expr(node) = only.kind
            && matches!(self.body.nodes[node].kind, Node::If { .. })
            && only.above.is_empty()
            && only.beside.is_none()
        {
            return self.control(node);
        }
        if let ([], Some(node)) = (row.stmts.as_slice(), row.tail)
            && matches!(self.body.nodes[node].kind, Node::If { .. })
        {
            return self.control(node);
        }
        Expr::Block(String::new(), self.block(els))
    }

    fn range(&mut self, node: NodeId) -> Expr {
        let Node::Op { args, attr, .. } = &self.body.nodes[node].kind else { return self.expr(node) };
        let inclusive = *attr == core::Attr::Int(1);
        let both = args[..2].iter().all(|arg| matches!(self.body.nodes[*arg].kind, Node::Const(_)));
        let from = if both { self.typed(args[0]) } else { self.expr(args[0]) };
        let to = self.expr(args[1]);
        Expr::Range(Some(Box::new(from)), Some(Box::new(to)), inclusive)
    }

    fn matched(&mut self, subject: NodeId, arms: &[core::Arm]) -> Expr {
        let is_byte = match &self.body.nodes[subject].kind {
            Node::Op { op, args, .. } if *op == core::CIntOp::As.into() => {
                *self.body.ty(args[0]).kind() == TyKind::Int(Width::I8)
                    && *self.body.ty(subject).kind() == TyKind::Int(Width::U8)
            }
            _ => false,
        };
        let subject = self.expr(subject);
        let mut out = Vec::new();
        for arm in arms {
            let pat = pattern(&arm.pat, is_byte);
            let guard = arm.guard.map(|guard| self.expr(guard));
            let mut body = self.block(arm.body);
            if body.is_empty() {
                body = Block::of(Expr::Block(String::new(), Block::default()));
            }
            let mark = self.mark(arm.origin);
            out.push(tree::Arm { pat, guard, body, above: Vec::new(), mark });
        }
        Expr::Match(Box::new(subject), out)
    }

    /// Whether Rust cannot see the type of a value.
    fn needs_type(&self, node: NodeId) -> bool {
        let ty = self.body.ty(node);
        match &self.body.nodes[node].kind {
            Node::Hole { .. } => true,
            Node::Const(Const::Bool(_)) => false,
            Node::Const(_) => !is_default(ty),
            Node::Op { op, args, .. } => match op {
                core::Op::PtrOp(core::PtrOp::Null | core::PtrOp::FromAddr) => true,
                core::Op::ListOp(_) => {
                    args.first().is_none_or(|arg| self.needs_type(*arg)) || *ty.kind() == TyKind::Unit
                }
                core::Op::PtrOp(core::PtrOp::Zero) => matches!(ty.kind(), TyKind::Array(..)),
                core::Op::IntOp(_) | core::Op::FloatOp(_) => args.iter().all(|arg| self.needs_type(*arg)),
                core::Op::CIntOp(core::CIntOp::Shl | core::CIntOp::Shr) => self.needs_type(args[0]),
                _ => false,
            },
            Node::If { then, els, .. } => {
                let open =
                    |block: BlockId| self.body.blocks[block].tail.is_none_or(|tail| self.needs_type(tail));
                open(*then) && els.is_none_or(open)
            }
            Node::Block { block, .. } => {
                self.body.blocks[*block].tail.is_none_or(|tail| self.needs_type(tail))
            }
            _ => false,
        }
    }
}

trait Discard {
    fn pipe_assign(self, value: Expr) -> Expr;
}
impl Discard for Expr {
    /// `_ = value`
    fn pipe_assign(self, value: Expr) -> Expr {
        Expr::Assign(Box::new(self), "", Box::new(value))
    }
}

/// The types that Rust gives to literals by itself.
pub(crate) fn is_default(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(Width::I32) | TyKind::Float(core::FloatWidth::F64))
}

fn comment(comment: &core::Comment) -> tree::Comment {
    tree::Comment { text: comment.text.to_string(), blank_before: comment.blank_before }
}

fn label_text(label: Option<Name>) -> String {
    label.map_or(String::new(), |label| format!("'{}: ", names::snake(label.as_str())))
}

fn jump(word: &str, label: Option<Name>) -> String {
    label.map_or(word.to_owned(), |label| format!("{word} '{}", names::snake(label.as_str())))
}

fn pattern(pat: &Pat, is_byte: bool) -> String {
    match pat {
        Pat::Const(Const::Int(digits)) if is_byte => {
            let byte: u8 = digits.parse().unwrap_or(0);
            let is_shown = byte.is_ascii_graphic() || matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0);
            if is_shown {
                format!("b{}", crate::literal::character(byte as char))
            } else {
                digits.to_string()
            }
        }
        Pat::Const(Const::Int(digits)) => crate::literal::grouped(digits),
        Pat::Or(parts) => parts.iter().map(|part| pattern(part, is_byte)).collect::<Vec<_>>().join(" | "),
        _ => "_".to_owned(),
    }
}
