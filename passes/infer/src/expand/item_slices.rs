//! A `__getitem__` that asks whether its index is a slice is two methods: one for items, one for slices.
//!
//! before                                              after
//!   method @m.Vec.__getitem__(%self, %i) {              method @m.Vec.__getslice__(%self, %i) {
//!     if lib:builtins.isinstance(%i, slice) {             return call @m.Vec(%self.xs[%i])
//!       return call @m.Vec(%self.xs[%i])                }
//!     }                                                 method @m.Vec.__getitem__(%self, %i) {
//!     return %self.xs[%i]                                 return %self.xs[%i]
//!   }                                                   }
//!
//! One that only hands its index on, `return self.xs[i]`, is both as it stands where the program takes slices.
//! Holds back where another class of the family has a `__getitem__` that is neither.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// The method for slices.
pub(crate) const SLICES: &str = "__getslice__";

pub(super) fn expand(program: &mut Program<Hir>) {
    let has_slices = has_slices(program);
    let kind = |class: Name| {
        let kind = test(program, class).map(Some);
        kind.or_else(|| (has_slices && hands_on(program, class)).then_some(None))
    };
    let asking: Vec<(Name, Option<Test>)> =
        program.classes.keys().filter_map(|class| Some((*class, kind(*class)?))).collect();
    let is_asking = |class: &Name| asking.iter().any(|(other, _)| other == class);
    let has_item = |class: &Name| program.fns.contains_key(&class.join("__getitem__"));
    let is_whole = |class: Name| {
        let family = program.mro(class).into_iter().flat_map(|up| program.subclasses(up));
        family.filter(has_item).all(|class| is_asking(&class))
    };
    let whole: Vec<(Name, Option<Test>)> =
        asking.iter().filter(|(class, _)| is_whole(*class)).cloned().collect();
    for (class, test) in whole {
        split(program, class, test.as_ref());
    }
}

/// Whether the program takes slices of anything.
fn has_slices(program: &Program<Hir>) -> bool {
    let is_slice = |row: &NodeRow| matches!(row.kind, Node::Op { op: Op::ObjOp(ObjOp::Slice), .. });
    program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| is_slice(row)))
}

/// Whether all that a `__getitem__` does with its index is to read an item of something else.
fn hands_on(program: &Program<Hir>, class: Name) -> bool {
    let Some(body) = program.fns.get(&class.join("__getitem__")) else { return false };
    let [_, index] = &body.params[..] else { return false };
    let [stmt] = &body.blocks[body.root].stmts[..] else { return false };
    let StmtKind::Expr(node) = stmt.kind else { return false };
    let Node::Return(Some(read)) = body.nodes[node].kind else { return false };
    let Node::Use(place, _) = &body.nodes[read].kind else { return false };
    let is_index = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(index.local));
    let is_field = |proj: &Proj| matches!(proj, Proj::Field(_));
    body.locals[index.local].ty == Ty::unknown()
        && matches!(place.proj.split_last(), Some((Proj::Index(at), before)) if is_index(*at) && before.iter().all(is_field))
}

/// `if isinstance(index, slice)` at the top of the method, or the same for `int`.
#[derive(Clone)]
struct Test {
    /// Where the statement stands in the method's block.
    at: usize,
    then: BlockId,
    els: Option<BlockId>,
    /// Whether the first block is for slices.
    is_slice: bool,
}

fn test(program: &Program<Hir>, class: Name) -> Option<Test> {
    let body = program.fns.get(&class.join("__getitem__"))?;
    let [_, index] = &body.params[..] else { return None };
    let found = body.blocks[body.root].stmts.iter().enumerate().filter_map(|(at, stmt)| {
        let StmtKind::Expr(node) = stmt.kind else { return None };
        let Node::If { cond, then, els } = body.nodes[node].kind else { return None };
        let cond = match &body.nodes[cond].kind {
            Node::Op { op: Op::ObjOp(ObjOp::Truth), args, .. } => args[0],
            _ => cond,
        };
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[cond].kind else { return None };
        let [of, kind] = &args[..] else { return None };
        let is_index = matches!(&body.nodes[of.value].kind, Node::Use(place, _) if place.as_local() == Some(index.local));
        let is_slice = match &body.nodes[kind.value].kind {
            Node::Item(kind) if *kind == "builtins.slice" => true,
            Node::Item(kind) if *kind == "builtins.int" => false,
            _ => return None,
        };
        (*name == "builtins.isinstance" && is_index).then_some(Test { at, then, els, is_slice })
    });
    let all: Vec<Test> = found.collect();
    let slices = all.iter().find(|test| test.is_slice);
    slices.or(all.first().filter(|test| leaves_slices(body, index.local, test))).cloned()
}

/// Whether a test for ints leaves slices alone: the index says so, or what is left asks for them.
fn leaves_slices(body: &Body<Hir>, index: LocalId, test: &Test) -> bool {
    let declared = body.locals[index].ty;
    if let TyKind::Union(items) = declared.kind() {
        return items.iter().all(|ty| *ty == Ty::int() || is_slice_type(*ty));
    }
    if declared != Ty::unknown() {
        return is_slice_type(declared);
    }
    let rest = &body.blocks[body.root].stmts[test.at + 1..];
    let inner = test.els.map(|block| &body.blocks[block].stmts[..]).unwrap_or_default();
    let left: Vec<&Stmt> = inner.iter().chain(rest).collect();
    let is_index = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(index));
    let (mut asks, mut has_others) = (false, false);
    let mut see = |node: NodeId| match &body.nodes[node].kind {
        Node::Use(Place { root: Root::Local(local), proj }, _) if *local == index => {
            asks |= matches!(proj.first(), Some(Proj::Field(name)) if matches!(name.as_str(), "start" | "stop" | "step"));
        }
        Node::Call { callee: Callee::Method(of, name), .. } => asks |= *name == "indices" && is_index(*of),
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.isinstance" => {
            let kind = args.get(1).map(|arg| &body.nodes[arg.value].kind);
            let is_slice = matches!(kind, Some(Node::Item(kind)) if *kind == "builtins.slice");
            has_others |= !is_slice && args.first().is_some_and(|arg| is_index(arg.value));
        }
        _ => {}
    };
    left.iter().for_each(|stmt| stmt.for_each_child(&mut |child| body.walk(child, &mut see)));
    asks && !has_others
}

fn is_slice_type(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Lib(name, _) if name.last() == "slice")
}

fn split(program: &mut Program<Hir>, class: Name, test: Option<&Test>) {
    let path = class.join("__getitem__");
    let mut body = (*program.fns[&path]).clone();
    let mut slices = body.clone();
    if let Some(test) = test {
        keep(&mut slices, test, test.is_slice);
        keep(&mut body, test, !test.is_slice);
    }
    slices.path = class.join(SLICES);
    slices.origin = Origin::default();
    slices.above.clear();
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
    def.methods.push(slices.path);
    program.fns.insert(slices.path, Arc::new(slices));
    program.fns.insert(path, Arc::new(body));
}

/// Leaves what runs when the test has this answer.
fn keep(body: &mut Body<Hir>, test: &Test, is_first: bool) {
    let root = body.root;
    let chosen = if is_first { Some(test.then) } else { test.els };
    let mut stmts = std::mem::take(&mut body.blocks[root].stmts);
    let rest = stmts.split_off(test.at + 1);
    stmts.pop();
    let inner = chosen.map(|block| std::mem::take(&mut body.blocks[block].stmts)).unwrap_or_default();
    let leaves = |stmt: &Stmt| match stmt.kind {
        StmtKind::Expr(node) => matches!(body.nodes[node].kind, Node::Return(_) | Node::Raise { .. }),
        _ => false,
    };
    let is_left = inner.last().is_some_and(leaves);
    stmts.extend(inner);
    if !is_left {
        stmts.extend(rest);
    }
    body.blocks[root].stmts = stmts;
}
