//! Parameters whose list keeps its length: `xs: &mut [T]` instead of `xs: &mut Vec<T>`.
//!
//! A parameter is a slice when all that its function does is read, change and swap items, look at the length, walk
//! over the items, and lend the list to functions that do no more. A least fixpoint: everything starts as a slice and
//! leaves when a use needs the vector. Functions that are values, and methods, keep the vector: their signatures
//! are shared with others.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// Functions with the places of such parameters.
pub type SliceParams = FxHashSet<(Name, usize)>;

/// The parameters of a program that can be slices.
pub fn slice_params(program: &Program<Mir>) -> SliceParams {
    let mut found = SliceParams::default();
    let values = values(program);
    for body in
        program.fns.values().filter(|body| body.kind == FnKind::Function && !values.contains(&body.path))
    {
        let lists = body.params.iter().enumerate().filter(|(_, param)| {
            let row = &body.locals[param.local];
            !row.mutable
                && matches!(row.ty.kind(), TyKind::RefMut(inner) if matches!(inner.kind(), TyKind::List(_)))
        });
        found.extend(lists.map(|(index, _)| (body.path, index)));
    }
    loop {
        let needs_vec = |(path, index): &(Name, usize)| {
            let body = &program.fns[path];
            !keeps_length(program, body, body.params[*index].local, &found)
        };
        let gone: Vec<(Name, usize)> = found.iter().copied().filter(needs_vec).collect();
        if gone.is_empty() {
            return found;
        }
        gone.iter().for_each(|param| {
            found.remove(param);
        });
    }
}

/// Functions that are used as values.
fn values(program: &Program<Mir>) -> FxHashSet<Name> {
    let mut found = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Item(path) = &row.kind {
                found.insert(*path);
            }
        }
    }
    found
}

/// Whether all uses of a list leave its length alone.
fn keeps_length(program: &Program<Mir>, body: &Body<Mir>, local: LocalId, slices: &SliceParams) -> bool {
    let mut uses = Uses { program, body, local, slices, whole: FxHashMap::default(), keeps: true };
    body.walk_block(body.root, &mut |node| uses.node(node));
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => {
            pat.each_place(&mut |place| uses.written(place))
        }
        StmtKind::Update { place, .. } => uses.written(place),
        StmtKind::Del(place) => uses.keeps &= place.root != Root::Local(local),
        StmtKind::Expr(_) => {}
    });
    uses.keeps && uses.whole.values().all(|is_fine| *is_fine)
}

struct Uses<'a> {
    program: &'a Program<Mir>,
    body: &'a Body<Mir>,
    local: LocalId,
    slices: &'a SliceParams,
    /// Uses of the list itself, and whether what is around them takes a slice.
    whole: FxHashMap<NodeId, bool>,
    keeps: bool,
}

impl Uses<'_> {
    fn node(&mut self, node: NodeId) {
        match &self.body.nodes[node].kind {
            Node::Use(place, _) if place.root == Root::Local(self.local) => {
                if place.proj.is_empty() {
                    self.whole.entry(node).or_insert(false);
                } else {
                    self.written(place);
                }
            }
            Node::Op { op: Op::ListOp(ListOp::Len | ListOp::Truth), args, .. } => self.takes_slice(args[0]),
            Node::Call { callee: Callee::Lib(name), args }
                if matches!(name.as_str().split('#').next(), Some("list.swap$nth" | "list.swap$")) =>
            {
                self.takes_slice(args[0].value);
            }
            Node::Op { op: Op::RsOp(RsOp::Method), attr: Attr::Name(name), args } if *name == "swap" => {
                self.takes_slice(args[0]);
            }
            Node::Call { callee: Callee::Fn(path), args } => {
                for (index, arg) in args.iter().enumerate() {
                    if self.lends_slice(*path, index, args.len()) {
                        self.takes_slice(arg.value);
                    }
                }
            }
            Node::Op {
                op: Op::IterOp(IterOp::Ref | IterOp::Mut | IterOp::Copied | IterOp::Cloned),
                args,
                ..
            } => {
                self.takes_slice(args[0]);
            }
            Node::For { pat, .. } => pat.each_place(&mut |place| self.written(place)),
            _ => {}
        }
    }

    fn takes_slice(&mut self, node: NodeId) {
        self.whole.insert(node, true);
    }

    /// A place below the list: an item, by a number.
    fn written(&mut self, place: &Place) {
        if place.root == Root::Local(self.local) {
            let is_item = matches!(place.proj.first(), Some(Proj::Index(index) | Proj::Nth(index)) if self.body.ty(*index).is_int());
            self.keeps &= is_item;
        }
    }

    /// Whether a function takes an argument by `&[T]` or `&mut [T]`.
    fn lends_slice(&self, path: Name, index: usize, count: usize) -> bool {
        let Some(callee) = self.program.fns.get(&path) else { return false };
        let is_lent = callee.params.get(index).is_some_and(|param| {
            let ty = callee.locals[param.local].ty;
            matches!(ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::List(_)))
        });
        callee.params.len() == count && (is_lent || self.slices.contains(&(path, index)))
    }
}
