//! The shape graph: one node for each part of each value's type, joined where values meet.
//!
//! Containers are invariant, so containers that flow into each other are one node (a *flow
//! class*); ints and other immutable leaves only flow, along directed edges.

use batuta_base::{FxHashMap, FxHashSet, Name, id};
use batuta_base::{Id, IdVec};
use batuta_core::{Ty, TyKind, Width};

id!(/// A part of a value's type; joined parts have one representative.
    pub struct ShapeId = "s");

#[derive(Clone, Debug)]
struct Row {
    ty: Ty,
    kids: Vec<ShapeId>,
    parent: Option<ShapeId>,
    shared: bool,
    mutated: bool,
    big: bool,
    index: bool,
}

/// Union-find over shapes, with the flags of each flow class.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    rows: IdVec<ShapeId, Row>,
    /// Scalar flows: the width of the source reaches the target.
    pub edges: Vec<(ShapeId, ShapeId)>,
    pub shared_classes: FxHashSet<Name>,
    /// Classes that inherit from each other have one representation: the first of them stands for all.
    pub families: FxHashMap<Name, Name>,
    pub mutated_classes: FxHashSet<Name>,
    /// Enum classes: their members never change and are never shared.
    pub enums: FxHashSet<Name>,
    /// (function value, index) of parameters that some function of that flow class changes.
    pub mut_params: FxHashSet<(usize, usize)>,
    classes: FxHashMap<Name, ShapeId>,
}

impl Graph {
    /// A new tree of shapes for a type; objects of one class are one node.
    pub fn fresh(&mut self, ty: Ty) -> ShapeId {
        let ty = ty.strip_ref();
        if let TyKind::Class(path, args) = ty.kind()
            && args.is_empty()
        {
            if let Some(found) = self.classes.get(path) {
                return *found;
            }
            let made = self.row(ty, Vec::new());
            self.classes.insert(*path, made);
            return made;
        }
        let kids = ty.children().into_iter().map(|child| self.fresh(child)).collect();
        self.row(ty, kids)
    }

    /// A node of this type over shapes that exist already.
    pub fn with_kids(&mut self, ty: Ty, kids: Vec<ShapeId>) -> ShapeId {
        debug_assert_eq!(ty.children().len(), kids.len());
        self.row(ty, kids)
    }

    fn row(&mut self, ty: Ty, kids: Vec<ShapeId>) -> ShapeId {
        let big = matches!(ty.kind(), TyKind::Int(Width::Big));
        self.rows.push(Row { ty, kids, parent: None, shared: false, mutated: false, big, index: false })
    }

    pub fn find(&self, mut id: ShapeId) -> ShapeId {
        while let Some(parent) = self.rows[id].parent {
            id = parent;
        }
        id
    }

    pub fn ty(&self, id: ShapeId) -> Ty {
        self.rows[self.find(id)].ty
    }

    pub fn kids(&self, id: ShapeId) -> &[ShapeId] {
        &self.rows[self.find(id)].kids
    }

    /// Joins two shapes and their parts.
    pub fn unify(&mut self, a: ShapeId, b: ShapeId) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        let same_form = self.rows[a].kids.len() == self.rows[b].kids.len()
            && std::mem::discriminant(self.rows[a].ty.kind())
                == std::mem::discriminant(self.rows[b].ty.kind());
        if !same_form {
            // A coercion stands between: `option<T>` meets `T`, a class meets its base.
            return self.unify_through_option(a, b);
        }
        // Objects of a class and of its base stay two kinds of nodes: their family joins them.
        if let (TyKind::Class(left, _), TyKind::Class(right, _)) =
            (self.rows[a].ty.kind(), self.rows[b].ty.kind())
            && left != right
        {
            return;
        }
        let row = self.rows[b].clone();
        self.rows[b].parent = Some(a);
        let target = &mut self.rows[a];
        target.shared |= row.shared;
        target.mutated |= row.mutated;
        target.big |= row.big;
        target.index |= row.index;
        let kids = target.kids.clone();
        for (left, right) in kids.into_iter().zip(row.kids) {
            self.unify(left, right);
        }
    }

    fn unify_through_option(&mut self, a: ShapeId, b: ShapeId) {
        let is_option = |graph: &Self, id: ShapeId| matches!(graph.rows[id].ty.kind(), TyKind::Option(_));
        match (is_option(self, a), is_option(self, b)) {
            (true, false) => self.unify(self.rows[a].kids[0], b),
            (false, true) => self.unify(a, self.rows[b].kids[0]),
            _ => {}
        }
    }

    /// A value flows from one shape into another.
    pub fn flow(&mut self, from: ShapeId, to: ShapeId) {
        let (from, to) = (self.find(from), self.find(to));
        if from == to {
            return;
        }
        match (self.rows[from].ty.kind(), self.rows[to].ty.kind()) {
            (TyKind::Int(_), TyKind::Int(_)) => self.edges.push((from, to)),
            (TyKind::Option(_), TyKind::Option(_)) => {
                let (from, to) = (self.rows[from].kids[0], self.rows[to].kids[0]);
                let are_ints = [from, to].iter().all(|id| self.ty(*id).is_int());
                // A number that may be absent keeps its width: there is no one place to convert it.
                if are_ints { self.unify(from, to) } else { self.flow(from, to) }
            }
            (TyKind::Option(_), _) => self.flow(self.rows[from].kids[0], to),
            (_, TyKind::Option(_)) => self.flow(from, self.rows[to].kids[0]),
            (TyKind::Tuple(left), TyKind::Tuple(right)) if left.len() == right.len() => {
                let pairs: Vec<_> =
                    self.rows[from].kids.iter().copied().zip(self.rows[to].kids.clone()).collect();
                pairs.into_iter().for_each(|(left, right)| self.flow(left, right));
            }
            (TyKind::Class(..) | TyKind::Lib(..), _) => self.unify(from, to),
            _ if self.rows[from].kids.is_empty() => {}
            _ => self.unify(from, to),
        }
    }

    pub fn set_big(&mut self, id: ShapeId) -> bool {
        let id = self.find(id);
        let row = &mut self.rows[id];
        let changed = !row.big && !row.index && row.ty.is_int();
        row.big |= changed;
        changed
    }

    pub fn is_big(&self, id: ShapeId) -> bool {
        self.rows[self.find(id)].big
    }

    /// Used as an index or a count: fits 64 bits or the program could not run.
    pub fn set_index(&mut self, id: ShapeId) {
        let id = self.find(id);
        self.rows[id].index = true;
    }

    pub fn is_index(&self, id: ShapeId) -> bool {
        self.rows[self.find(id)].index
    }

    pub fn set_mutated(&mut self, id: ShapeId) {
        let id = self.find(id);
        self.rows[id].mutated = true;
        if let TyKind::Class(path, _) = self.rows[id].ty.kind() {
            self.mutated_classes.insert(self.family(*path));
        }
    }

    /// Whether anything in the program changes objects of this very flow class.
    pub fn is_mutated(&self, id: ShapeId) -> bool {
        let row = &self.rows[self.find(id)];
        match row.ty.kind() {
            TyKind::Class(path, _) => self.mutated_classes.contains(&self.family(*path)),
            _ => row.mutated,
        }
    }

    pub fn set_shared(&mut self, id: ShapeId) -> bool {
        let id = self.find(id);
        match self.rows[id].ty.kind() {
            TyKind::Class(path, _) if self.enums.contains(path) => false,
            TyKind::Class(path, _) => self.shared_classes.insert(self.family(*path)),
            TyKind::Option(_) | TyKind::Tuple(_) | TyKind::Union(_) | TyKind::Iter(_) => self.share_kids(id),
            // A tuple never changes: what it holds may.
            TyKind::Lib(name, _) if *name == "tuple" => self.share_kids(id),
            TyKind::Lib(..) if !self.rows[id].ty.is_mutable() => false,
            TyKind::List(_) | TyKind::Set(_) | TyKind::Dict(..) | TyKind::Lib(..) | TyKind::Func(..) => {
                !std::mem::replace(&mut self.rows[id].shared, true)
            }
            _ => false,
        }
    }

    fn share_kids(&mut self, id: ShapeId) -> bool {
        let mut changed = false;
        for kid in self.rows[id].kids.clone() {
            changed |= self.set_shared(kid);
        }
        changed
    }

    pub fn family(&self, class: Name) -> Name {
        self.families.get(&class).copied().unwrap_or(class)
    }

    pub fn is_shared_class(&self, class: Name) -> bool {
        self.shared_classes.contains(&self.family(class))
    }

    pub fn is_shared(&self, id: ShapeId) -> bool {
        let row = &self.rows[self.find(id)];
        match row.ty.kind() {
            TyKind::Class(path, _) => self.is_shared_class(*path),
            _ => row.shared,
        }
    }

    /// The representation type of a shape.
    pub fn to_ty(&self, id: ShapeId) -> Ty {
        let id = self.find(id);
        let row = &self.rows[id];
        let mut kids = row.kids.iter();
        let plain = match row.ty.kind() {
            TyKind::Int(Width::Any | Width::Big) if row.big => Ty::big(),
            TyKind::Int(Width::Any) => Ty::i64(),
            _ => row.ty.map_children(|child| kids.next().map_or(child, |kid| self.to_ty(*kid))),
        };
        let plain = match plain.kind() {
            TyKind::Func(params, ret) if !self.mut_params.is_empty() => {
                let params = params.iter().enumerate().map(|(index, param)| {
                    let changes = self.mut_params.contains(&(id.index(), index));
                    let owned = !param.is_copy() && !matches!(param.kind(), TyKind::Shared(_));
                    if changes && owned { param.reference_mut() } else { *param }
                });
                Ty::func(params, *ret)
            }
            _ => plain,
        };
        if self.is_shared(id) { plain.shared() } else { plain }
    }

    /// Makes what flows into a value wide.
    pub fn widen_sources(&mut self, target: ShapeId) {
        if !self.set_big(target) {
            return;
        }
        let target = self.find(target);
        let sources: Vec<ShapeId> =
            self.edges.iter().filter(|(_, to)| self.find(*to) == target).map(|(from, _)| *from).collect();
        sources.into_iter().for_each(|source| self.widen_sources(source));
    }

    /// What a constant beyond 64 bits reaches is wide, also where other values of it are an index:
    /// `if n < 20: return NAMES[n]`.
    pub fn spread_constants(&mut self, constants: &[ShapeId]) {
        let mut wide: FxHashSet<usize> = constants.iter().map(|id| self.slot(*id)).collect();
        loop {
            let before = wide.len();
            for (from, to) in &self.edges {
                if wide.contains(&self.slot(*from)) {
                    wide.insert(self.slot(*to));
                }
            }
            if wide.len() == before {
                break;
            }
        }
        for slot in wide {
            let row = &mut self.rows[ShapeId::new(slot)];
            row.big |= row.ty.is_int();
        }
    }

    /// Spreads `big` along the scalar flows.
    pub fn spread_width(&mut self) {
        let edges = std::mem::take(&mut self.edges);
        loop {
            let mut changed = false;
            for (from, to) in &edges {
                changed |= self.is_big(*from) && self.set_big(*to);
            }
            if !changed {
                break;
            }
        }
        self.edges = edges;
    }

    /// All flow classes.
    pub fn classes(&self) -> Vec<ShapeId> {
        self.rows.iter().map(|(id, _)| id).filter(|id| self.find(*id) == *id).collect()
    }

    /// Index of the representative, for tables beside the graph.
    pub fn slot(&self, id: ShapeId) -> usize {
        self.find(id).index()
    }
}
