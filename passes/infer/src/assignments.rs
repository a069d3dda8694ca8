//! Assignments and patterns with their types: what a target takes apart, converts and stores.

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// `target = value`: one place, or a pattern.
    pub(crate) fn assign(&mut self, stmt: Stmt, out: &mut Vec<Stmt>, target: Pat, value: NodeId) {
        let mut stmt = stmt;
        stmt.kind = match target {
            Pat::Place(place) => {
                let is_stored =
                    matches!(self.body.nodes[value].kind, Node::Op { op: Op::ObjOp(ObjOp::Stored), .. });
                let value = self.expr(value);
                let kind = match is_stored {
                    true => self.store_place(place, value),
                    false => self.assign_place(place, value),
                };
                match kind {
                    StmtKind::Expr(node) => return self.effect(stmt, node, out),
                    kind => kind,
                }
            }
            pat => {
                if let Some(kind) = self.exchange(&pat, value, stmt.origin) {
                    stmt.kind = kind;
                    return out.push(stmt);
                }
                let value = self.expr(value);
                let ty = self.ty(value);
                let mut after = Vec::new();
                let (pat, value) = self.spread(pat, value, ty);
                let ty = self.ty(value);
                let pat = self.pat(pat, ty, &mut after);
                stmt.kind = StmtKind::Set { target: pat, value };
                out.push(stmt);
                out.append(&mut after);
                return;
            }
        };
        out.push(stmt);
    }

    /// A part of a pattern; what is no tuple is taken apart behind the whole.
    pub(crate) fn part(&mut self, pat: Pat, ty: Ty, after: &mut Vec<Stmt>) -> Pat {
        let is_whole = matches!(ty.kind(), TyKind::Tuple(_) | TyKind::Never) || self.is_named(ty);
        if !is_target(&pat) || is_whole {
            return self.pat(pat, ty, after);
        }
        match self.taken_apart(pat, ty, after) {
            Pat::Bind(local, None) => Pat::Place(Place::local(local)),
            pat => pat,
        }
    }

    /// The pattern of a loop. The items of a text or a set are made where it is taken apart.
    pub(crate) fn loop_pat(&mut self, pat: Pat, item: Ty, after: &mut Vec<Stmt>) -> Pat {
        let is_open =
            matches!(pat, Pat::List { rest: Some(_), .. }) && matches!(item.kind(), TyKind::Tuple(_));
        // None among them raises when it is taken apart.
        let is_optional = matches!(item.kind(), TyKind::Option(_));
        if !is_open && !is_optional && !is_taken_apart(item) || !is_target(&pat) {
            return self.pat(pat, item, after);
        }
        match self.taken_apart(pat, item, after) {
            Pat::Bind(local, None) => Pat::Place(Place::local(local)),
            pat => pat,
        }
    }

    /// An object that a loop unpacks: it is bound whole, then taken apart.
    pub(crate) fn taken_apart(&mut self, pat: Pat, item: Ty, after: &mut Vec<Stmt>) -> Pat {
        let origin = Origin::default();
        let local = self.body.temp("item", item, origin);
        let value = self.read_local(local, origin);
        let mut late = Vec::new();
        let (pat, value) = self.spread(pat, value, item);
        let value = if is_taken_apart(self.ty(value)) { self.iter_of(value) } else { value };
        let ty = self.ty(value);
        let target = self.pat(pat, ty, &mut late);
        after.push(Stmt::new(StmtKind::Set { target, value }, Origin::default()));
        after.append(&mut late);
        Pat::Bind(local, None)
    }

    /// A literal tuple of the pattern's shape takes the types of its targets.
    pub(crate) fn spread(&mut self, pat: Pat, value: NodeId, ty: Ty) -> (Pat, NodeId) {
        if let TyKind::Option(inner) = ty.kind() {
            let text = "TypeError: cannot unpack non-iterable NoneType object";
            let value = self.unwrap(value, *inner, text);
            return (pat, value);
        }
        if ty.class_path().is_some() && !self.is_named(ty) {
            let value = self.iter_of(value);
            return (pat, value);
        }
        if matches!(ty.kind(), TyKind::Value | TyKind::Union(_)) {
            let value = self.iter_of(value);
            return (pat, value);
        }
        if self.is_named(ty) {
            let is_open = matches!(pat, Pat::List { rest: Some(_), .. });
            let value = if is_open { self.iter_of(value) } else { self.fields_of(value) };
            return (pat, value);
        }
        let takes_rest = matches!(pat, Pat::List { rest: Some(_), .. });
        if matches!(ty.kind(), TyKind::Class(..))
            || is_library_sequence(ty)
            || takes_rest && *ty.kind() == TyKind::Bytes
        {
            let value = self.iter_of(value);
            return (pat, value);
        }
        if let TyKind::Tuple(items) = ty.kind()
            && let Some(text) = miscount(&pat, items.len())
        {
            let origin = self.origin(value);
            return (Pat::Wild, self.refuse("ValueError", &text, vec![value], origin));
        }
        let pat = match (pat, ty.kind()) {
            (Pat::List { front, rest: Some(rest), back }, TyKind::Tuple(_)) => {
                return self.spread_rest(front, *rest, back, value);
            }
            (Pat::List { front, rest: None, back }, TyKind::Tuple(_)) => {
                Pat::Tuple(front.into_iter().chain(back).collect())
            }
            (pat, _) => pat,
        };
        let Pat::Tuple(parts) = &pat else { return (pat, value) };
        let Node::Op { op: Op::TupleOp(TupleOp::New), attr, args } = self.body.nodes[value].kind.clone()
        else {
            return (pat, value);
        };
        if parts.len() != args.len() {
            return (pat, value);
        }
        let mut items = Vec::new();
        for (part, arg) in parts.iter().zip(args) {
            let want = match part {
                Pat::Place(place) => self.place_type(place),
                _ => None,
            };
            items.push(match want {
                Some(want) => self.coerce(arg, want),
                None => arg,
            });
        }
        let ty = Ty::tuple(items.iter().map(|item| self.ty(*item)).collect::<Vec<_>>());
        self.body.nodes[value].kind = Node::Op { op: TupleOp::New.into(), attr, args: items };
        self.body.nodes[value].ty = ty;
        (pat, value)
    }

    /// `a, *b, c = tuple`: the middle is a list of those items.
    pub(crate) fn spread_rest(
        &mut self,
        front: Vec<Pat>,
        rest: Pat,
        back: Vec<Pat>,
        value: NodeId,
    ) -> (Pat, NodeId) {
        let types = self.ty(value).children();
        let open = front.len()..types.len() - back.len();
        let item = match &rest {
            Pat::Place(place) => self.place_type(place),
            _ => None,
        };
        let item = match item.map(|ty| ty.kind()) {
            Some(TyKind::List(item)) => *item,
            _ => types.get(open.start).copied().unwrap_or_else(Ty::value),
        };
        let made = self.with_value(value, |me, read| {
            let mut items = Vec::new();
            let mut middle = Vec::new();
            for (at, ty) in types.iter().enumerate() {
                let tuple = read(me);
                let field = me.place_read(tuple, Proj::Field(Name::new(&at.to_string())), *ty);
                if open.contains(&at) {
                    middle.push(me.coerce(field, item));
                } else {
                    items.push(field);
                }
            }
            let list = me.mk_op(ListOp::New, Attr::None, middle, Ty::list(item));
            items.insert(open.start, list);
            let ty = Ty::tuple(items.iter().map(|item| me.ty(*item)).collect::<Vec<_>>());
            me.mk_op(TupleOp::New, Attr::None, items, ty)
        });
        (Pat::Tuple(front.into_iter().chain([rest]).chain(back).collect()), made)
    }

    /// Type of a place that is a local, a global or a field of a known object, before it is lowered.
    pub(crate) fn place_type(&self, place: &Place) -> Option<Ty> {
        match (place.root, place.proj.as_slice()) {
            (Root::Local(local), []) => Some(self.body.locals[local].ty),
            (Root::Global(path), []) => {
                self.types.solver.globals.get(&path).and_then(|var| self.types.get(*var))
            }
            (Root::Node(node), [Proj::Field(name)]) => {
                let class = self.solved(node)?.class_path()?;
                self.stored_type(class, *name)
            }
            (Root::Node(node), [Proj::Index(_)]) => match self.solved(node)?.kind() {
                TyKind::List(item) | TyKind::Dict(_, item) => Some(*item),
                _ => None,
            },
            _ => None,
        }
    }

    /// A pattern that a value of a type meets; what needs a coercion goes through a temp into `after`.
    pub(crate) fn pat(&mut self, pat: Pat, ty: Ty, after: &mut Vec<Stmt>) -> Pat {
        match pat {
            Pat::Place(place) => self.pat_place(place, ty, after),
            Pat::Tuple(parts)
                if self.is_named(ty) && parts.iter().all(|part| matches!(part, Pat::Place(_))) =>
            {
                self.named_pat(parts, ty, after)
            }
            Pat::Tuple(parts)
                if let TyKind::Tuple(items) = ty.kind()
                    && parts.len() != items.len() =>
            {
                let text = miscount(&Pat::Tuple(parts), items.len()).unwrap_or_default();
                let raise = self.refuse("ValueError", &text, Vec::new(), Origin::default());
                after.push(Stmt::new(StmtKind::Expr(raise), Origin::default()));
                Pat::Wild
            }
            Pat::Tuple(parts) => {
                let types = self.item_types(ty, parts.len());
                let parts = parts.into_iter().zip(types);
                Pat::Tuple(parts.map(|(part, ty)| self.part(part, ty, after)).collect())
            }
            Pat::List { front, rest: Some(rest), back }
                if let TyKind::Tuple(items) = ty.kind()
                    && matches!(*rest, Pat::Place(_) | Pat::Wild)
                    && front.len() + back.len() <= items.len() =>
            {
                self.pat_rest(front, *rest, back, items, after)
            }
            Pat::List { front, rest, back } => {
                let items = self.item_types(ty, front.len() + back.len());
                let item = items.first().copied().unwrap_or_else(Ty::value);
                let count = front.len();
                let front =
                    front.into_iter().zip(&items).map(|(part, ty)| self.pat(part, *ty, after)).collect();
                let back = back
                    .into_iter()
                    .zip(&items[count..])
                    .map(|(part, ty)| self.pat(part, *ty, after))
                    .collect();
                let rest = rest.map(|part| Box::new(self.pat(*part, Ty::list(item), after)));
                Pat::List { front, rest, back }
            }
            Pat::Bind(local, part) => Pat::Bind(local, part.map(|part| Box::new(self.pat(*part, ty, after)))),
            Pat::Or(parts) => Pat::Or(parts.into_iter().map(|part| self.pat(part, ty, after)).collect()),
            Pat::Value(node) => Pat::Value(self.expr(node)),
            Pat::Class { class, args, named } => self.class_pat(class, args, named, after),
            Pat::Map { pairs, rest } => {
                let value = match ty.kind() {
                    TyKind::Dict(_, value) => *value,
                    _ => Ty::value(),
                };
                let pairs = pairs
                    .into_iter()
                    .map(|(key, part)| (self.expr(key), self.pat(part, value, after)))
                    .collect();
                Pat::Map { pairs, rest }
            }
            other => other,
        }
    }

    /// Whether something reads a local.
    pub(crate) fn is_read(&self, local: LocalId) -> bool {
        let reads = |node: &Node| matches!(node, Node::Use(place, _) if place.root == Root::Local(local));
        self.body.nodes.iter().any(|(_, row)| reads(&row.kind))
    }

    /// `a, *b, c` where a tuple of known length comes: the middle is a list of those items.
    fn pat_rest(
        &mut self,
        front: Vec<Pat>,
        rest: Pat,
        back: Vec<Pat>,
        items: &[Ty],
        after: &mut Vec<Stmt>,
    ) -> Pat {
        let origin = Origin::default();
        let open = front.len()..items.len() - back.len();
        let target = match &rest {
            Pat::Place(place) if place.as_local().is_none_or(|local| self.is_read(local)) => {
                Some(place.clone())
            }
            _ => None,
        };
        let (mut middle, mut values) = (Vec::new(), Vec::new());
        let wanted = target.as_ref().and_then(|place| self.place_type(place)).map(|ty| ty.kind());
        let item = match wanted {
            Some(TyKind::List(item)) => *item,
            _ => items.get(open.start).copied().unwrap_or_else(Ty::value),
        };
        for ty in &items[open.clone()] {
            if target.is_none() {
                middle.push(Pat::Wild);
                continue;
            }
            let local = self.body.temp("item", *ty, origin);
            middle.push(Pat::Place(Place::local(local)));
            let read = self.read_local(local, origin);
            values.push(self.coerce(read, item));
        }
        let parts = front.into_iter().chain(middle).chain(back).zip(items);
        let pat = Pat::Tuple(parts.map(|(part, ty)| self.part(part, *ty, after)).collect());
        if let Some(place) = target {
            let list = self.mk_op(ListOp::New, Attr::None, values, Ty::list(item));
            let kind = self.assign_place(place, list);
            after.push(Stmt::new(kind, origin));
        }
        pat
    }

    /// Targets that take the fields of a named tuple.
    pub(crate) fn named_pat(&mut self, parts: Vec<Pat>, ty: Ty, after: &mut Vec<Stmt>) -> Pat {
        let origin = Origin::default();
        let temp = self.body.temp("item", ty, origin);
        let fields = ty.class_path().map(|class| self.types.env().record_fields(class)).unwrap_or_default();
        for (part, field) in parts.into_iter().zip(fields) {
            let Pat::Place(place) = part else { continue };
            let object = self.read_local(temp, origin);
            let value = self.attr(object, field.name, origin);
            let kind = self.assign_place(place, value);
            after.push(Stmt::new(kind, origin));
        }
        Pat::Place(Place::local(temp))
    }

    pub(crate) fn class_pat(
        &mut self,
        class: Name,
        args: Vec<Pat>,
        named: Vec<(Name, Pat)>,
        after: &mut Vec<Stmt>,
    ) -> Pat {
        let fields = self.types.env().record_fields(class);
        let args = args
            .into_iter()
            .enumerate()
            .map(|(at, part)| {
                let ty = fields.get(at).and_then(|field| self.field_type(class, field.name));
                self.pat(part, ty.unwrap_or_else(Ty::value), after)
            })
            .collect();
        let named = named
            .into_iter()
            .map(|(name, part)| {
                let ty = self.field_type(class, name).unwrap_or_else(Ty::value);
                (name, self.pat(part, ty, after))
            })
            .collect();
        Pat::Class { class, args, named }
    }

    pub(crate) fn pat_place(&mut self, place: Place, ty: Ty, after: &mut Vec<Stmt>) -> Pat {
        let want = self.place_type(&place);
        // A target is written in its turn: not before one on its left that still reads it.
        let waits = place.proj.is_empty() && after.iter().any(|stmt| self.reads(stmt, place.root));
        if want == Some(ty) && place.proj.is_empty() && !waits {
            return Pat::Place(place);
        }
        if want == Some(ty)
            && after.is_empty()
            && let (Root::Node(node), [Proj::Field(name)]) = (place.root, place.proj.as_slice())
            && self.is_own_field(node, *name)
        {
            let root = self.expr(node);
            let mut place = Place::node(root).with(Proj::Field(*name));
            crate::prep::join(&self.body, &mut place);
            return Pat::Place(place);
        }
        let origin = Origin::default();
        let temp = self.body.temp("item", ty, origin);
        let value = self.read_local(temp, origin);
        let kind = self.assign_place(place, value);
        after.push(Stmt::new(kind, origin));
        Pat::Place(Place::local(temp))
    }

    /// Whether a statement reads a variable.
    fn reads(&self, stmt: &Stmt, variable: Root) -> bool {
        let mut found = matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. }
            if place.root == variable && !place.proj.is_empty());
        stmt.for_each_child(&mut |child| {
            self.body.walk(child, &mut |node| {
                found |= matches!(&self.body.nodes[node].kind, Node::Use(place, _) if place.root == variable);
            });
        });
        found
    }

    pub(crate) fn is_own_field(&self, node: NodeId, name: Name) -> bool {
        let Some(TyKind::Class(class, _)) = self.solved(node).map(|ty| ty.kind()) else { return false };
        self.types.env().field_owner(*class, name).is_some()
            && self.types.env().setter(*class, name.as_str()).is_none()
    }

    /// Types of the items that unpacking gives.
    pub(crate) fn item_types(&self, ty: Ty, count: usize) -> Vec<Ty> {
        match ty.kind() {
            TyKind::Tuple(items) if items.len() == count => items.clone(),
            TyKind::Class(class, _) if self.types.env().is_named_tuple(*class) => {
                let fields = self.types.env().record_fields(*class);
                let types = fields.iter().map(|f| self.field_type(*class, f.name).unwrap_or_else(Ty::value));
                types.chain(std::iter::repeat(Ty::value())).take(count).collect()
            }
            _ => vec![self.item_type(ty); count],
        }
    }

    pub(crate) fn update(&mut self, place: Place, op: Op, value: NodeId, origin: Origin) -> StmtKind {
        let Op::ObjOp(word) = op else { return StmtKind::Update { place, op, value } };
        let value = self.expr(value);
        let (place, read, mut stmts) = self.place_for_update(place, origin);
        let ty = self.ty(read);
        let mut kind = self.update_kind(place, read, word, value, ty);
        crate::inline::single_uses(&mut self.body, &mut kind, &mut stmts);
        if stmts.is_empty() {
            return kind;
        }
        stmts.push(Stmt::new(kind, origin));
        let block = self.body.block(BlockRow { stmts, tail: None, end_comments: Vec::new() });
        StmtKind::Expr(self.mk(Node::Block { label: None, block }, Ty::unit(), origin))
    }

    pub(crate) fn update_kind(
        &mut self,
        place: Place,
        read: NodeId,
        op: ObjOp,
        value: NodeId,
        ty: Ty,
    ) -> StmtKind {
        if let Some(call) = self.in_place(read, op, value) {
            return StmtKind::Expr(call);
        }
        if let Some(result) = self.dynamic_in_place(read, op, value, ty) {
            return self.assign_place_again(place, result, ty);
        }
        let result = match self.binary_of_members(op, read, value, true, Some(ty)) {
            Some(node) => node,
            None => self.binary(op, read, value, true),
        };
        // `place op= value` stays when the operation is on the place's own type.
        if self.ty(result) == ty
            && let Node::Op { op, args, attr: Attr::None } = &self.body.nodes[result].kind
            && args.len() == 2
            && args[0] == read
            && matches!(self.body.nodes[read].kind, Node::Use(..))
            // A new one: others may hold the old one.
            && !matches!(ty.kind(), TyKind::FrozenSet(_))
        {
            let (op, value) = (*op, args[1]);
            let mut place = place;
            crate::prep::join(&self.body, &mut place);
            return StmtKind::Update { place, op, value };
        }
        if self.gives_back(result, read) {
            return StmtKind::Expr(result);
        }
        self.assign_place_again(place, result, ty)
    }

    /// An update of a dynamic value that may be a container, which stays the object that it is.
    fn dynamic_in_place(&mut self, read: NodeId, op: ObjOp, value: NodeId, ty: Ty) -> Option<NodeId> {
        if self.body.lang == Lang::Ruchy {
            return None;
        }
        let right = self.ty(value);
        let number = matches!(right.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Num);
        let (name, is_plain) = match op {
            ObjOp::Add => ("value.iadd", number || *right.kind() == TyKind::Str),
            ObjOp::Sub => ("value.isub", number),
            ObjOp::Mul => ("value.imul", matches!(right.kind(), TyKind::Float(_) | TyKind::Str)),
            ObjOp::BitOr => ("value.ior", number),
            ObjOp::BitAnd => ("value.iand", number),
            ObjOp::BitXor => ("value.ixor", number),
            ObjOp::TrueDiv if self.types.env().has_arrays => ("value.itruediv", false),
            ObjOp::FloorDiv if self.types.env().has_arrays => ("value.ifloordiv", false),
            ObjOp::Mod if self.types.env().has_arrays => ("value.imod", false),
            ObjOp::Pow if self.types.env().has_arrays => ("value.ipow", false),
            ObjOp::MatMul if self.types.env().has_arrays => ("value.imatmul", false),
            ObjOp::Shl if self.types.env().has_arrays => ("value.ilshift", false),
            ObjOp::Shr if self.types.env().has_arrays => ("value.irshift", false),
            _ => return None,
        };
        // An array takes a number in place, too.
        let is_plain = is_plain && !self.types.env().has_arrays;
        let method = format!("__{}__", name.trim_start_matches("value."));
        let has_own = || self.types.env().program.fns.keys().any(|path| path.last() == method);
        if *ty.kind() != TyKind::Value || is_plain && !has_own() {
            return None;
        }
        let origin = self.origin(read);
        let args = [read, value].map(|arg| Arg::positional(self.dynamic(arg))).to_vec();
        Some(self.mk(Node::Call { callee: Callee::Lib(Name::new(name)), args }, Ty::value(), origin))
    }

    /// A call of `__iadd__` or its like that gives its object back: nothing is left to assign.
    fn gives_back(&self, call: NodeId, object: NodeId) -> bool {
        let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } =
            &self.body.nodes[call].kind
        else {
            return false;
        };
        let env = self.types.env();
        let is_object = args.first().is_some_and(|arg| arg.value == object);
        let mut classes = env.program.subclasses(path.parent()).into_iter().chain([path.parent()]);
        is_object
            && path.last().starts_with("__i")
            && classes
                .all(|class| env.method(class, path.last()).is_none_or(|method| env.returns_receiver(method)))
    }
}

/// CPython's words where a pattern does not take as many items as there are.
pub(crate) fn miscount(pat: &Pat, count: usize) -> Option<String> {
    let (wanted, is_open) = match pat {
        Pat::Tuple(parts) => (parts.len(), false),
        Pat::List { front, rest, back } => (front.len() + back.len(), rest.is_some()),
        _ => return None,
    };
    if count < wanted {
        let least = if is_open { "at least " } else { "" };
        return Some(format!("not enough values to unpack (expected {least}{wanted}, got {count})"));
    }
    (count > wanted && !is_open).then(|| format!("too many values to unpack (expected {wanted})"))
}

/// A pattern of parts that assigns, and does not test.
fn is_target(pat: &Pat) -> bool {
    let is_leaf = |pat: &Pat| matches!(pat, Pat::Place(_)) || is_target(pat);
    match pat {
        Pat::Tuple(parts) => parts.iter().all(is_leaf),
        Pat::List { front, rest, back } => front.iter().chain(rest.as_deref()).chain(back).all(is_leaf),
        _ => false,
    }
}

/// What a pattern cannot take items out of by itself.
fn is_taken_apart(ty: Ty) -> bool {
    matches!(
        ty.kind(),
        TyKind::Str
            | TyKind::Bytes
            | TyKind::Set(_)
            | TyKind::FrozenSet(_)
            | TyKind::Dict(..)
            | TyKind::Range
    ) || is_library_sequence(ty)
}

/// A library type other than a tuple whose items are read one by one.
fn is_library_sequence(ty: Ty) -> bool {
    let TyKind::Lib(name, _) = ty.kind() else { return false };
    *name != "tuple" && !batuta_catalog::functions(name.join("__iter__").as_str()).is_empty()
}
