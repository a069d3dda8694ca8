//! How loops, comprehensions and library calls read their sources.

use crate::access::{Event, Kind, Step};
use crate::alias::{Reads, is_view};
use crate::body::{Own, Want};
use batuta_base::{FxHashSet, Name, Origin};
use batuta_catalog as catalog;
use batuta_core::*;

/// What the items of an iterator are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Form {
    /// Values.
    Owned,
    /// `&T`.
    Ref,
    /// `&mut T`.
    Mut,
    /// Parts of a tuple behind a reference: each leaf binds as a reference.
    Bound,
    /// A tuple value with parts of these forms.
    Tuple(Vec<Form>),
}

impl Form {
    pub fn part(&self, index: usize) -> Form {
        match self {
            Form::Tuple(parts) => parts.get(index).cloned().unwrap_or(Form::Owned),
            other => other.clone(),
        }
    }

    /// The type of an item whose value has this type.
    pub fn ty(&self, ty: Ty) -> Ty {
        match self {
            Form::Owned => ty,
            Form::Ref | Form::Bound => ty.reference(),
            Form::Mut => ty.reference_mut(),
            Form::Tuple(parts) => {
                let kids = ty.children();
                Ty::tuple(parts.iter().zip(kids).map(|(part, kid)| part.ty(kid)))
            }
        }
    }
}

impl Own<'_> {
    /// An iterator over a source. `owned`: its items must be values.
    pub fn iterate(&mut self, source: NodeId, reads: Reads, owned: bool) -> (NodeId, Form) {
        let row = &self.src.nodes[source];
        match &row.kind {
            Node::Op { op: Op::IterOp(IterOp::Of), args, .. } => match &self.src.nodes[args[0]].kind {
                Node::Call { callee: Callee::Lib(_), .. } => self.iterate(args[0], reads, owned),
                _ => self.iterate_value(args[0], reads, owned),
            },
            Node::Call { callee: Callee::Lib(name), args } => {
                let base = name.as_str().split('#').next().unwrap_or_default();
                match base {
                    "builtins.enumerate" | "builtins.zip" => self.iterate_zip(source, args, reads, owned),
                    _ if is_view(base) && !owned && reads == Reads::Ref => self.iterate_view(source, args),
                    _ if matches!(row.ty.strip().kind(), TyKind::Str | TyKind::Bytes | TyKind::Tuple(_)) => {
                        self.iterate_value(source, reads, owned)
                    }
                    _ => {
                        let node = self.node(source, Want::Own);
                        (self.taken_apart(node, row.origin), Form::Owned)
                    }
                }
            }
            _ if matches!(row.ty.strip().kind(), TyKind::Iter(_)) => {
                (self.node(source, Want::Own), Form::Owned)
            }
            _ => self.iterate_value(source, reads, owned),
        }
    }

    /// The source of a loop whose body may change it, or may open the guard that holds it: its items
    /// are copied out first. A list is read by position instead where that can be said (`by_position`), and
    /// lists under `zip`, `reversed` and the like that `inside` changes are shared: their iterators see it.
    pub fn iterate_loop(
        &mut self,
        source: NodeId,
        reads: Reads,
        by_position: bool,
        inside: &[Child],
        whole: bool,
    ) -> (NodeId, Form) {
        let guarded = self.holds_guard(source);
        let (node, form) = self.iterate(source, reads, guarded || whole);
        let TyKind::Iter(item) = self.out.ty(node).kind() else { return (node, form) };
        // A kept iterator is a handle: the guard ends when that has a name.
        if guarded && self.is_iterator_handle(node) {
            return (self.named(node), form);
        }
        let list_read = match &self.out.nodes[node].kind {
            Node::Op { op: Op::IterOp(IterOp::Live), args, .. } => {
                let ty = self.out.ty(args[0]).strip_ref();
                match ty.kind() {
                    TyKind::Shared(_) => return (node, form),
                    TyKind::List(_) => Some(matches!(self.out.nodes[args[0]].kind, Node::Use(..))),
                    _ => Some(false),
                }
            }
            _ => None,
        };
        let copies = match list_read {
            Some(is_place) => !(is_place && by_position),
            None if by_position && self.is_enumerated_live(node) => false,
            None => guarded || reads == Reads::Live && self.borrows_source(node),
        };
        if !copies || self.share_walked(source, reads, inside) {
            return (node, form);
        }
        let origin = self.src.nodes[source].origin;
        let items = match &self.out.nodes[node].kind {
            // A list that was made for this loop, through the guard.
            Node::Op { op: Op::IterOp(IterOp::Into), args, .. }
                if guarded && *self.out.ty(args[0]).kind() == TyKind::List(*item) =>
            {
                args[0]
            }
            _ => self.out.op(RsOp::Collect, vec![node], Ty::list(*item), origin),
        };
        // What the head of a loop holds lives as long as the loop: the guard ends before it.
        let items = if guarded { self.named(items) } else { items };
        (self.iter_op(IterOp::Into, items, *item, origin), Form::Owned)
    }

    fn is_iterator_handle(&self, node: NodeId) -> bool {
        match &self.out.nodes[node].kind {
            Node::Op { op: Op::OptOp(OptOp::Unwrap), args, .. } => self.is_iterator_handle(args[0]),
            Node::Use(place, Mode::Clone) => !place.proj.is_empty(),
            _ => false,
        }
    }

    /// An iterator that gets a name reads computed texts, and what a function that gives one was lent: they get
    /// names before it. One that leaves its function (`kept`) has the characters themselves.
    pub fn keep_texts(&mut self, iterator: NodeId, kept: bool) {
        let mut computed = Vec::new();
        self.out.walk(Child::Node(iterator), &mut |node| match &self.out.nodes[node].kind {
            Node::Op { op: Op::IterOp(IterOp::Chars), args, .. } => computed.push((node, args[0])),
            Node::Call { callee: Callee::Lib(_) | Callee::Fn(_), args }
                if matches!(self.out.ty(node).kind(), TyKind::Iter(_)) =>
            {
                computed.extend(args.iter().map(|arg| (node, arg.value)));
            }
            _ => {}
        });
        for (node, text) in computed {
            let (inner, is_lent) = match &self.out.nodes[text].kind {
                Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => (args[0], true),
                _ => (text, false),
            };
            // A text that ends with the function, where an iterator or a closure may leave it.
            let is_left = self.src.ret.any(&mut |ty| matches!(ty.kind(), TyKind::Iter(_) | TyKind::Func(..)))
                && matches!(&self.out.nodes[inner].kind, Node::Use(place, _)
                    if place.as_local().is_some_and(|local| !self.is_borrowed(local)));
            let kept = kept || is_left;
            let is_made = is_left || !matches!(self.out.nodes[inner].kind, Node::Use(..) | Node::Const(_));
            let ty = self.out.ty(inner);
            let is_call = matches!(self.out.nodes[node].kind, Node::Call { callee: Callee::Fn(_), .. });
            let is_read = if is_call { is_lent && !kept } else { *ty.strip_ref().kind() == TyKind::Str };
            if !is_made || !is_read {
                continue;
            }
            let origin = self.out.nodes[node].origin;
            if kept && matches!(self.out.nodes[node].kind, Node::Op { .. }) {
                let chars = self.iter_op(IterOp::Chars, text, Ty::str(), origin);
                let items = self.out.op(RsOp::Collect, vec![chars], Ty::list(Ty::str()), origin);
                self.out.nodes[node].kind =
                    Node::Op { op: IterOp::Into.into(), attr: Attr::None, args: vec![items] };
                continue;
            }
            let named = self.named(inner);
            if let Node::Use(_, mode) = &mut self.out.nodes[named].kind {
                *mode = Mode::Ref;
                self.out.nodes[named].ty = ty.reference();
            }
            match &mut self.out.nodes[node].kind {
                Node::Op { args, .. } => args[0] = named,
                Node::Call { args, .. } => {
                    args.iter_mut().filter(|arg| arg.value == text).for_each(|arg| arg.value = named);
                }
                _ => {}
            }
        }
    }

    /// `items = iter(xs)` where `xs` changes before `items` is used up: both look at one shared object.
    pub(crate) fn share_changed_source(&mut self, local: LocalId, value: NodeId) {
        let Some((root, path)) = crate::alias::source_place(self.src, value) else { return };
        let mut mine = self.all.defs.iter().filter(|(found, of, _)| *found == local && *of == Some(value));
        let Some(start) = mine.next().map(|(_, _, at)| *at) else { return };
        let uses = self.all.events.iter().filter(|event| event.root == local);
        let Some(end) = uses.map(|event| event.at).max() else { return };
        let changes = self.all.events.iter().any(|event| {
            let between = event.at > start && event.at < end;
            let inside = crate::access::overlaps(&event.path, &path) && !event.path.is_empty();
            event.root == root && between && event.kind.changes() && (inside || event.kind != Kind::Write)
        });
        let mut read = None;
        self.src.walk(Child::Node(value), &mut |node| {
            if matches!(&self.src.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(root)) {
                read = read.or(Some(node));
            }
        });
        if let Some(read) = read.filter(|_| changes)
            && self.src.ty(read).is_mutable()
            && !matches!(self.src.ty(read).strip_ref().kind(), TyKind::Shared(_))
        {
            self.demote(read);
        }
    }

    /// `enumerate` over a list that is read by position.
    fn is_enumerated_live(&self, node: NodeId) -> bool {
        let Node::Call { callee: Callee::Lib(name), args } = &self.out.nodes[node].kind else { return false };
        let source = args.first().map(|arg| &self.out.nodes[arg.value].kind);
        let Some(Node::Op { op: Op::IterOp(IterOp::Live), args: of, .. }) = source else { return false };
        name.as_str().starts_with("builtins.enumerate")
            && matches!(self.out.ty(of[0]).strip_ref().kind(), TyKind::List(_))
            && matches!(self.out.nodes[of[0]].kind, Node::Use(..))
    }

    /// Whether each turn reads a list again, at the next index.
    pub(crate) fn reads_by_position(&self, node: NodeId) -> bool {
        match &self.out.nodes[node].kind {
            Node::Op { op: Op::IterOp(IterOp::Live), args, .. } => {
                matches!(self.out.ty(args[0]).strip_ref().kind(), TyKind::List(_))
                    && matches!(self.out.nodes[args[0]].kind, Node::Use(..))
            }
            _ => self.is_enumerated_live(node),
        }
    }

    /// Whether an iterator still borrows a place.
    pub fn borrows_source(&self, node: NodeId) -> bool {
        let mut asked: FxHashSet<NodeId> = FxHashSet::default();
        self.out.walk(Child::Node(node), &mut |node| {
            if let Node::Call { callee: Callee::Fn(path), args } = &self.out.nodes[node].kind
                && gives_own_items(self.program, *path)
            {
                for arg in args {
                    self.out.walk(Child::Node(arg.value), &mut |node| asked.extend([node]));
                }
            }
            // The items of a dynamic value hold what they need of it.
            if let Node::Op { op: Op::ValueOp(ValueOp::Iter), args, .. } = &self.out.nodes[node].kind {
                self.out.walk(Child::Node(args[0]), &mut |node| asked.extend([node]));
            }
        });
        // What a closure is given lives in its call.
        let mut inside: FxHashSet<LocalId> = FxHashSet::default();
        self.out.walk(Child::Node(node), &mut |node| match &self.out.nodes[node].kind {
            Node::Closure(closure) => inside.extend(closure.params.iter().map(|param| param.local)),
            // So do the items of a chain.
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { pat, .. } = clause {
                        pat.for_each_local(&mut |local| {
                            inside.insert(local);
                        });
                    }
                }
            }
            _ => {}
        });
        // A text that is walked is no part of a closure.
        let mut walked: FxHashSet<NodeId> = FxHashSet::default();
        self.out.walk(Child::Node(node), &mut |node| {
            let row = &self.out.nodes[node];
            match &row.kind {
                Node::Op { args, .. } if matches!(row.ty.kind(), TyKind::Iter(_)) => walked.extend(args),
                Node::Call { args, .. } if matches!(row.ty.kind(), TyKind::Iter(_)) => {
                    walked.extend(args.iter().map(|arg| arg.value));
                }
                _ => {}
            }
        });
        let is_inside = |place: &Place| matches!(place.root, Root::Local(local) if inside.contains(&local));
        let mut found = false;
        self.out.walk(Child::Node(node), &mut |node| {
            let is_borrow = match &self.out.nodes[node].kind {
                Node::Use(place, _) if is_inside(place) => false,
                Node::Use(place, Mode::Ref) if !walked.contains(&node) && self.is_taken_along(place) => false,
                Node::Use(_, Mode::Ref | Mode::Mut) => true,
                _ => matches!(self.out.ty(node).kind(), TyKind::Ref(_)),
            };
            found |= is_borrow && !asked.contains(&node);
        });
        found
    }

    /// Whether a place is a function or a text that the body owns and reads once: a closure takes it along.
    fn is_taken_along(&self, place: &Place) -> bool {
        let Some(local) = place.as_local() else { return false };
        let ty = self.out.locals[local].ty;
        let is_function = *ty.kind() == TyKind::Str || matches!(ty.strip_shared().kind(), TyKind::Func(..));
        let mut uses = 0;
        self.src.each_place(&mut |place| uses += usize::from(place.root == Root::Local(local)));
        is_function && uses == 1 && self.src.params.iter().any(|param| param.local == local)
    }

    /// Items of any length that a pattern takes apart: each becomes an array of so many parts.
    pub fn fixed_items(&mut self, pat: &Pat, source: NodeId, form: Form, item: Ty) -> (NodeId, Form, Ty) {
        let count = match pat {
            Pat::Tuple(parts) | Pat::List { front: parts, rest: None, .. } => parts.len(),
            _ => return (source, form, item),
        };
        let is_sequence = match item.strip().kind() {
            TyKind::List(_) => true,
            TyKind::Lib(name, args) => name.last() == "tuple" && args.len() == 1,
            TyKind::Value => true,
            _ => false,
        };
        if !is_sequence {
            return (source, form, item);
        }
        let part = if *item.kind() == TyKind::Value { item } else { item_ty(item) };
        let array = Ty::new(TyKind::Array(part, count as u64));
        let is_lent = matches!(form, Form::Ref) && !matches!(item.strip_ref().kind(), TyKind::Shared(_));
        let made = if is_lent { Ty::new(TyKind::Array(part.reference(), count as u64)) } else { array };
        let attr = Attr::Name(batuta_base::Name::new("rt::unpack_each"));
        let kind = Node::Op { op: RsOp::Path.into(), attr, args: vec![source] };
        let source = self.out.node(kind, Ty::iter(made), self.out.nodes[source].origin);
        (source, if is_lent { Form::Bound } else { Form::Owned }, array)
    }

    /// `enumerate`, `zip`: the forms of the parts are those of the arguments.
    fn iterate_zip(&mut self, source: NodeId, args: &[Arg], reads: Reads, owned: bool) -> (NodeId, Form) {
        let row = &self.src.nodes[source];
        let Node::Call { callee, .. } = &row.kind else { return (self.node(source, Want::Own), Form::Owned) };
        let is_enumerate =
            matches!(callee, Callee::Lib(name) if name.as_str().starts_with("builtins.enumerate"));
        let mut forms = if is_enumerate { vec![Form::Owned] } else { Vec::new() };
        let mut lowered = Vec::new();
        for arg in args {
            let ty = self.src.ty(arg.value).strip();
            let scalar = matches!(ty.kind(), TyKind::Int(_) | TyKind::Bool);
            if scalar {
                lowered.push(Arg::positional(self.node(arg.value, Want::Own)));
                continue;
            }
            let (node, form) = self.iterate(arg.value, reads, owned);
            lowered.push(Arg::positional(node));
            forms.push(form);
        }
        let form =
            if forms.iter().all(|form| *form == Form::Owned) { Form::Owned } else { Form::Tuple(forms) };
        let item = row.ty.children().first().copied().unwrap_or(Ty::unknown());
        let ty = Ty::iter(form.ty(item));
        let (callee, origin) = (callee.clone(), row.origin);
        (self.out.node(Node::Call { callee, args: lowered }, ty, origin), form)
    }

    /// `d.items()` and the like by reference: the spelling that borrows.
    fn iterate_view(&mut self, source: NodeId, args: &[Arg]) -> (NodeId, Form) {
        let row = &self.src.nodes[source];
        let Node::Call { callee: Callee::Lib(name), .. } = &row.kind else { return (source, Form::Owned) };
        let tys: Vec<Ty> = args.iter().map(|arg| self.src.ty(arg.value)).collect();
        let borrows = catalog::select(name.as_str(), &tys).is_some_and(|found| found.rust_ref.is_some());
        let is_place = matches!(self.src.nodes[args[0].value].kind, Node::Use(..));
        let shared = matches!(tys[0].strip_ref().kind(), TyKind::Shared(_));
        let item = row.ty.children().first().copied().unwrap_or(Ty::unknown());
        if !borrows || shared || !is_place || self.through_cell(args[0].value) {
            return (self.node(source, Want::Own), Form::Owned);
        }
        let form = match item.kind() {
            TyKind::Tuple(items) if name.as_str().contains("items") => {
                Form::Tuple(vec![Form::Ref; items.len()])
            }
            _ => Form::Ref,
        };
        let receiver = self.node(args[0].value, Want::Ref);
        let ty = Ty::iter(form.ty(item));
        let (callee, origin) = (Callee::Lib(*name), row.origin);
        let args = vec![Arg::positional(receiver)];
        (self.out.node(Node::Call { callee, args }, ty, origin), form)
    }

    fn iterate_value(&mut self, source: NodeId, reads: Reads, owned: bool) -> (NodeId, Form) {
        let row = &self.src.nodes[source];
        let (ty, origin) = (row.ty.strip_ref(), row.origin);
        let item = item_ty(ty);
        let is_place = matches!(row.kind, Node::Use(..));
        if reads == Reads::Literal
            && !owned
            && let Some(found) = self.literal_items(source, origin)
        {
            return found;
        }
        match ty.strip().kind() {
            TyKind::Iter(_) => (self.node(source, Want::Own), Form::Owned),
            TyKind::Range => {
                let node = self.node(source, Want::Own);
                (self.iter_op(IterOp::Into, node, Ty::i64(), origin), Form::Owned)
            }
            TyKind::Str => {
                let node = self.node(source, Want::Ref);
                let item = if owned { Ty::str() } else { Ty::str().reference() };
                let form = if owned { Form::Owned } else { Form::Ref };
                (self.iter_op(IterOp::Chars, node, item, origin), form)
            }
            TyKind::Tuple(items) => {
                let item = items.iter().copied().find(|item| item.is_big()).unwrap_or(item);
                let node = self.tuple_items(source, items, item, origin);
                (self.iter_op(IterOp::Into, node, item, origin), Form::Owned)
            }
            _ if matches!(ty.kind(), TyKind::Shared(_)) || is_place && self.through_cell(source) => {
                self.need_copies(source, item);
                let node = self.read_again(source);
                (self.iter_op(IterOp::Live, node, item, origin), Form::Owned)
            }
            _ if !is_place || reads == Reads::Into => {
                let node = self.node(source, Want::Own);
                (self.iter_op(IterOp::Into, node, item, origin), Form::Owned)
            }
            _ => self.iterate_place(source, reads, owned, item, origin),
        }
    }

    /// A list or set in a cell: the guard is held while a comprehension that calls nothing reads it.
    pub fn is_guarded_list(&self, source: NodeId) -> bool {
        let place = self.iterated(source);
        let is_plain = matches!(self.src.ty(place).strip_ref().kind(), TyKind::List(_) | TyKind::Set(_));
        let in_global = matches!(&self.src.nodes[place].kind, Node::Use(Place { root: Root::Global(_), proj }, _)
            if proj.is_empty());
        is_plain && self.through_cell(place) && (in_global || self.in_field_cells(place))
    }

    pub fn iterate_guarded(&mut self, source: NodeId) -> (NodeId, Form) {
        let place = self.iterated(source);
        let row = &self.src.nodes[place];
        let (item, origin) = (item_ty(row.ty.strip_ref()), row.origin);
        self.iterate_place(place, Reads::Ref, false, item, origin)
    }

    /// What `iter.of` goes through.
    pub fn iterated(&self, source: NodeId) -> NodeId {
        match &self.src.nodes[source].kind {
            Node::Op { op: Op::IterOp(IterOp::Of), args, .. } => args[0],
            _ => source,
        }
    }

    /// Whether the pairs that `items()`, `enumerate` or `zip` give are used as tuples: each is made then.
    /// Where only parts of them are read, they stay tuples of references.
    pub fn names_tuples(&self, pat: &Pat, source: NodeId, range: Option<(u32, u32)>) -> bool {
        matches!(self.src.nodes[self.iterated(source)].kind, Node::Call { .. })
            && self.names_tuple(pat, item_of_iter(self.src.ty(source)), range)
    }

    fn names_tuple(&self, pat: &Pat, item: Ty, range: Option<(u32, u32)>) -> bool {
        let TyKind::Tuple(items) = item.kind() else { return false };
        match pat {
            Pat::Tuple(parts) => {
                parts.iter().zip(items).any(|(part, item)| self.names_tuple(part, *item, range))
            }
            Pat::Place(place) => place.as_local().is_none_or(|local| {
                let is_part = |event: &&Event| matches!(event.path.first(), Some(Step::Field(_)));
                let reads = self.all.events.iter();
                let mut reads = reads.filter(|event| event.root == local && event.kind != Kind::Write);
                range.is_some_and(|range| !self.is_private(local, range))
                    || reads.any(|event| !is_part(&event))
            }),
            _ => false,
        }
    }

    fn iterate_place(
        &mut self,
        source: NodeId,
        reads: Reads,
        owned: bool,
        item: Ty,
        origin: Origin,
    ) -> (NodeId, Form) {
        if reads == Reads::Live {
            self.need_copies(source, item);
            let node = self.read_again(source);
            return (self.iter_op(IterOp::Live, node, item, origin), Form::Owned);
        }
        if reads == Reads::Mut && !owned {
            if self.behind_shared(source) {
                self.demote_items(source);
            }
            let node = self.node(source, Want::Mut);
            return (self.iter_op(IterOp::Mut, node, item.reference_mut(), origin), Form::Mut);
        }
        if reads == Reads::Ref && self.takes_along(source) {
            let outer = std::mem::take(&mut self.leaves);
            let node = self.node(source, Want::Own);
            self.leaves = outer;
            return (self.iter_op(IterOp::Into, node, item, origin), Form::Owned);
        }
        if owned && !item.is_copy() {
            self.need_copies(source, item);
        }
        let node = self.node(source, Want::Ref);
        match (item.is_copy(), owned) {
            (true, _) => (self.iter_op(IterOp::Copied, node, item, origin), Form::Owned),
            (false, true) => (self.iter_op(IterOp::Cloned, node, item, origin), Form::Owned),
            (false, false) => (self.iter_op(IterOp::Ref, node, item.reference(), origin), Form::Ref),
        }
    }

    /// Whether an iterator that leaves the function reads a container which ends with it.
    pub fn takes_along(&self, source: NodeId) -> bool {
        let Node::Use(place, _) = &self.src.nodes[source].kind else { return false };
        let Some(local) = place.as_local().filter(|_| self.leaves) else { return false };
        matches!(self.out.locals[local].ty.kind(), TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_))
    }

    /// A place that each turn reads again: what it stands on is computed once, before.
    fn read_again(&mut self, source: NodeId) -> NodeId {
        let node = self.node(source, Want::Ref);
        let Node::Use(place, _) = &self.out.nodes[node].kind else { return node };
        if let Root::Local(local) = place.root {
            return self.held_owner(local, node);
        }
        let Root::Node(root) = place.root else { return node };
        if matches!(self.out.nodes[root].kind, Node::Use(..)) {
            return node;
        }
        let named = self.named(root);
        let Node::Use(held, _) = &self.out.nodes[named].kind else { return node };
        let local = held.root;
        if let Node::Use(place, _) = &mut self.out.nodes[node].kind {
            place.root = local;
        }
        node
    }

    /// `for kid in node.kids: node = kid` goes on with the first list: its owner gets a name.
    fn held_owner(&mut self, local: LocalId, node: NodeId) -> NodeId {
        let is_param = self.src.params.iter().any(|param| param.local == local);
        let values = self.all.defs.iter().filter(|(known, ..)| *known == local).count();
        let Node::Use(place, _) = self.out.nodes[node].kind.clone() else { return node };
        let front =
            place.proj.iter().take_while(|proj| matches!(proj, Proj::Payload(_) | Proj::Deref)).count();
        let ty = match (self.out.locals[local].ty.strip_ref().kind(), front) {
            (TyKind::Option(inner), 1) => *inner,
            (_, 0) => self.out.locals[local].ty.strip_ref(),
            _ => return node,
        };
        let is_handle = matches!(ty.kind(), TyKind::Shared(_)) && ty.class_path().is_some();
        if values + usize::from(is_param) < 2 || !is_handle || place.proj.len() == front {
            return node;
        }
        let origin = self.out.nodes[node].origin;
        let owner = Place { root: place.root, proj: place.proj[..front].to_vec() };
        let owner = self.out.node(Node::Use(owner, Mode::Clone), ty, origin);
        let named = self.named(owner);
        let Node::Use(held, _) = &self.out.nodes[named].kind else { return node };
        let root = held.root;
        if let Node::Use(place, _) = &mut self.out.nodes[node].kind {
            *place = Place { root, proj: place.proj[front..].to_vec() };
        }
        node
    }

    /// A computed value as an iterator: a container is taken apart.
    fn taken_apart(&mut self, node: NodeId, origin: Origin) -> NodeId {
        let ty = self.out.ty(node);
        match ty.strip_ref().kind() {
            TyKind::List(_) | TyKind::Set(_) | TyKind::FrozenSet(_) | TyKind::Dict(..) => {
                self.iter_op(IterOp::Into, node, item_ty(ty), origin)
            }
            TyKind::Shared(_) if ty.class_path().is_none() => {
                self.iter_op(IterOp::Live, node, item_ty(ty), origin)
            }
            _ => node,
        }
    }

    pub fn iter_op(&mut self, op: IterOp, node: NodeId, item: Ty, origin: Origin) -> NodeId {
        self.out.op(op, vec![node], Ty::iter(item), origin)
    }

    /// A tuple of equal parts, read as a list.
    fn tuple_items(&mut self, source: NodeId, items: &[Ty], item: Ty, origin: Origin) -> NodeId {
        if let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &self.src.nodes[source].kind {
            let parts = args.iter().map(|arg| {
                let node = self.node(*arg, Want::Own);
                self.coerce(node, item)
            });
            let parts = parts.collect();
            return self.out.op(ListOp::New, parts, Ty::list(item), origin);
        }
        let tuple = self.node(source, Want::Own);
        let ty = self.out.ty(tuple);
        let local = self.out.temp("items", ty, origin);
        self.before
            .push(Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(local)), value: tuple }, origin));
        let mut parts = Vec::new();
        for (index, part) in items.iter().enumerate() {
            let place = Place::local(local).with(Proj::Field(batuta_base::Name::new(&index.to_string())));
            let mode = if part.is_copy() { Mode::Copy } else { Mode::Clone };
            let node = self.out.node(Node::Use(place, mode), *part, origin);
            parts.push(self.coerce(node, item));
        }
        self.out.op(ListOp::New, parts, Ty::list(item), origin)
    }

    /// Items leave their container as copies: those that change must be shared objects.
    fn need_copies(&mut self, source: NodeId, item: Ty) {
        // A copy of a handle is the same object.
        let is_handle = matches!(item.kind(), TyKind::Shared(_) | TyKind::Value);
        if item.is_mutable()
            && !self.has_values()
            && !is_handle
            && !self.is_constant(item)
            && !self.has_frozen_items(source)
        {
            self.demote_items(source);
        }
    }
}

/// Type of the items of a container's representation type.
pub fn item_ty(ty: Ty) -> Ty {
    match ty.strip().kind() {
        TyKind::Str => Ty::str(),
        TyKind::Bytes | TyKind::Range => Ty::i64(),
        _ => ty.strip().children().first().copied().unwrap_or(Ty::unknown()),
    }
}

/// Type of the items of an iterator, or of what is iterated.
pub fn item_of_iter(ty: Ty) -> Ty {
    match ty.strip().kind() {
        TyKind::Iter(item) => *item,
        _ => item_ty(ty),
    }
}

/// Whether a function gives an iterator that an object keeps, or the items of a dynamic value: it holds on to none
/// of its arguments.
fn gives_own_items(program: &Program<Typed>, path: Name) -> bool {
    let Some(body) = program.fns.get(&path).filter(|body| !body.is_generator) else { return false };
    let results = body.results();
    !results.is_empty() && results.iter().all(|node| gives_own(body, *node))
}

fn gives_own(body: &Body<Typed>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Use(place, _) => !place.proj.is_empty() && matches!(body.ty(node).kind(), TyKind::Iter(_)),
        Node::Op { op, .. } => *op == Op::ValueOp(ValueOp::Iter),
        // The items as another type, and nothing else.
        Node::Seq { clauses, sink: Sink::Iter(value) } => match &clauses[..] {
            [Clause::For { pat: Pat::Place(item), iter }] => {
                let mut is_plain = true;
                body.walk(Child::Node(*value), &mut |node| {
                    is_plain &= match &body.nodes[node].kind {
                        Node::Use(place, _) => place.root == item.root,
                        Node::Op { .. } => true,
                        _ => false,
                    };
                });
                is_plain && matches!(body.nodes[*iter].kind, Node::Op { op: Op::ValueOp(ValueOp::Iter), .. })
            }
            _ => false,
        },
        _ => false,
    }
}
