//! Places: reading, borrowing, writing, deleting; cells and thread-locals hide behind them.

use super::expr::{borrowed, to_owned_text};
use super::ops::explicit;
use super::shared::is_cell;
use super::{Env, Guard, Printer};
use crate::names;
use crate::tree::{Expr, Stmt};
use batuta_base::Name;
use batuta_core::{ClassOp, IntOp, ObjOp, RsOp, ValueOp};
use batuta_core::{FieldCell, Lang, Mode, Node, NodeId, Op, Pat, Place, Proj, Root, Storage, Ty, TyKind};

/// What is done with a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Read,
    /// Through `&mut`.
    Change,
}

/// A place as an expression.
pub(crate) struct Placed {
    pub expr: Expr,
    pub ty: Ty,
    /// The last step was a `Cell`: `expr` stands for the cell itself.
    pub cell: bool,
}

impl Printer<'_, '_> {
    pub(crate) fn use_place(&mut self, place: &Place, mode: Mode, ty: Ty) -> Expr {
        // The cell itself, not what is in it.
        if ty.cell().is_some()
            && let Some(local) = place.as_local()
        {
            let name = Expr::Atom(self.name(local));
            return match mode {
                Mode::Clone => Expr::call("Rc::clone", vec![Expr::unary("&", name)]),
                _ => name,
            };
        }
        // The last use of an optional local gives what is in it.
        if let (Mode::Move, [Proj::Payload(text)], Root::Local(local)) = (mode, &place.proj[..], place.root)
            && matches!(self.body.locals[local].ty.kind(), TyKind::Option(_))
        {
            return taken(Expr::Atom(self.name(local)), *text);
        }
        let access = if matches!(mode, Mode::Mut | Mode::Take) { Access::Change } else { Access::Read };
        if let (Mode::Move, [front @ .., Proj::Payload(text)]) = (mode, &place.proj[..]) {
            let option = Place { root: place.root, proj: front.to_vec() };
            return taken(self.place(&option, access).expr, *text);
        }
        let placed = self.place(place, access);
        let Placed { mut expr, ty: found, cell } = placed;
        if cell {
            let is_lent = matches!(ty.kind(), TyKind::Ref(_));
            return match mode {
                Mode::Take => expr.method("take", vec![]),
                Mode::Ref if is_lent => Expr::unary("&", expr.method("get", vec![])),
                _ => expr.method("get", vec![]),
            };
        }
        let is_reference = matches!(found.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
        let wants_value = !matches!(ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
        match mode {
            Mode::Copy | Mode::Read | Mode::Move if is_reference && wants_value => {
                clone_of(self.env, expr, found)
            }
            Mode::Copy | Mode::Read | Mode::Move => expr,
            Mode::Ref | Mode::Mut if is_reference => expr,
            // What `filter` lends is a reference already.
            Mode::Ref if place.as_local().is_some_and(|local| self.lent == Some(local)) => expr,
            Mode::Ref => Expr::unary("&", expr),
            Mode::Mut => Expr::unary("&mut ", expr),
            Mode::Clone if !wants_value => expr,
            Mode::Clone => clone_of(self.env, expr, found),
            Mode::Take => {
                if let TyKind::Option(_) = found.strip_ref().kind() {
                    return expr.method("take", vec![]);
                }
                if !is_reference {
                    expr = Expr::unary("&mut ", expr);
                }
                Expr::call("std::mem::take", vec![expr])
            }
        }
    }

    pub(crate) fn place(&mut self, place: &Place, access: Access) -> Placed {
        let shared = if access == Access::Change { self.last_shared(place) } else { None };
        let part_access = |index: usize| if shared > Some(index) { Access::Read } else { access };
        let access = if shared.is_some() { Access::Read } else { access };
        let mut at = match place.root {
            Root::Local(local) => {
                let ty = self.body.locals[local].ty;
                let expr = Expr::Atom(self.name(local));
                match ty.cell() {
                    Some((inner, FieldCell::Cell)) => Placed { expr, ty: inner, cell: true },
                    Some((inner, _)) => {
                        let guard = if access == Access::Change { "borrow_mut" } else { "borrow" };
                        Placed { expr: Expr::unary("*", expr.method(guard, vec![])), ty: inner, cell: false }
                    }
                    None => Placed { expr, ty, cell: false },
                }
            }
            Root::Node(node) => match &self.body.nodes[node].kind {
                // A borrowed place goes on as the place that it is.
                Node::Use(inner, Mode::Ref | Mode::Mut) => {
                    // What a handle leads to changes without a change of what holds the handle.
                    let is_handle = matches!(self.body.ty(node).strip_ref().kind(), TyKind::Shared(_));
                    self.place(inner, if is_handle { Access::Read } else { access })
                }
                _ => {
                    let expr = self.typed_empty(node).unwrap_or_else(|| self.expr(node));
                    Placed { expr, ty: self.body.ty(node), cell: false }
                }
            },
            Root::Global(path) => self.global(path, access),
        };
        let is_variant = matches!(place.root, Root::Global(path) if self.env.is_variant(path));
        for (index, proj) in place.proj.iter().enumerate() {
            if let (Proj::Field(_), Some(class)) = (proj, at.ty.class_path()) {
                let is_root = place.proj[..index].iter().all(|proj| *proj == Proj::Deref);
                at.expr = match place.root {
                    Root::Node(node) if is_root => self.error_data(at.expr, node, class),
                    Root::Local(local) if is_root => self.error_struct(at.expr, Some(local), class),
                    _ => self.error_struct(at.expr, None, class),
                };
            }
            // A member of an enum is always there.
            if is_variant && index == 0 && matches!(proj, Proj::Payload(_)) {
                continue;
            }
            let is_last = index + 1 == place.proj.len();
            at = self.project(at, *proj, part_access(index), is_last);
        }
        at
    }

    /// The last shared object on the way to a place: up to it nothing has to be borrowed mutably.
    fn last_shared(&self, place: &Place) -> Option<usize> {
        self.way_to(place).and_then(|(found, _)| found)
    }

    /// The last shared object on the way to a place, and the type of what is there.
    fn way_to(&self, place: &Place) -> Option<(Option<usize>, Ty)> {
        let mut ty = match place.root {
            Root::Global(path) => self.env.program.globals.get(&path)?.ty,
            Root::Local(local) => self.body.locals[local].ty,
            Root::Node(node) => self.body.ty(node),
        };
        let mut found = None;
        for (index, proj) in place.proj.iter().enumerate() {
            if matches!(ty.strip_ref().kind(), TyKind::Shared(_)) {
                found = Some(index);
            }
            ty = match proj {
                Proj::Deref => ty.strip(),
                Proj::Payload(_) => ty.strip().children().first().copied()?,
                Proj::Field(name) => match (ty.class_path(), ty.strip().kind()) {
                    (Some(class), _) => self.env.field(class, name.as_str())?.ty,
                    (None, TyKind::Tuple(items)) => *items.get(name.as_str().parse::<usize>().ok()?)?,
                    _ => return found.map(|found| (Some(found), Ty::unknown())),
                },
                Proj::Index(_) | Proj::Nth(_) => self.item_ty(ty),
            };
        }
        Some((found, ty))
    }

    fn project(&mut self, from: Placed, proj: Proj, access: Access, is_last: bool) -> Placed {
        let Placed { mut expr, ty, cell } = from;
        if cell {
            expr = expr.method("get", vec![]);
        }
        match proj {
            Proj::Deref => {
                let inner = match ty.kind() {
                    TyKind::Ref(inner)
                    | TyKind::RefMut(inner)
                    | TyKind::Boxed(inner)
                    | TyKind::Shared(inner) => *inner,
                    _ => ty,
                };
                let expr = if is_last { Expr::unary("*", expr) } else { expr };
                Placed { expr, ty: inner, cell: false }
            }
            Proj::Payload(text) => {
                let inner = match ty.strip().kind() {
                    TyKind::Option(inner) => *inner,
                    _ => ty,
                };
                let expr = match access {
                    Access::Read if inner.is_copy() => taken(expr, text),
                    Access::Read => Expr::unary("*", taken(expr.method("as_ref", vec![]), text)),
                    Access::Change => Expr::unary("*", taken(expr.method("as_mut", vec![]), text)),
                };
                Placed { expr, ty: inner, cell: false }
            }
            Proj::Field(name) => self.field(expr, ty, name, access),
            Proj::Nth(index) => {
                let index = self.usize_index(index);
                let item = self.item_ty(ty);
                Placed { expr: expr.index(index), ty: item, cell: false }
            }
            Proj::Index(index) => self.index(expr, ty, index, access),
        }
    }

    /// Type of an element of a list, array or dict.
    fn item_ty(&self, container: Ty) -> Ty {
        match container.strip().kind() {
            TyKind::List(item) | TyKind::Array(item, _) | TyKind::Dict(_, item) => *item,
            TyKind::Lib(..) => container.strip().library_item(),
            TyKind::Str => Ty::str().reference(),
            TyKind::Bytes => Ty::i64(),
            TyKind::Value => Ty::value(),
            _ => Ty::unknown(),
        }
    }

    fn index(&mut self, expr: Expr, ty: Ty, index: NodeId, access: Access) -> Placed {
        let item = self.item_ty(ty);
        let is_list = matches!(ty.strip().kind(), TyKind::List(_) | TyKind::Array(..));
        let literal = match self.body.as_const(index) {
            Some(batuta_core::Const::Int(digits)) => digits.parse::<i64>().ok(),
            _ => None,
        };
        let is_shared = matches!(ty.strip_ref().kind(), TyKind::Shared(_));
        if is_list && !is_shared && literal.is_some_and(|at| at >= 0) {
            let index = Expr::Atom(literal.unwrap_or_default().to_string());
            return Placed { expr: expr.index(index), ty: item, cell: false };
        }
        if is_list
            && !is_shared
            && matches!(self.body.ty(index).strip_ref().kind(), TyKind::Int(batuta_core::Width::Usize))
        {
            let index = self.expr(index);
            return Placed { expr: expr.index(index), ty: item, cell: false };
        }
        let (expr, is_shared) = match (is_cell(ty), access) {
            (true, Access::Change) => (expr.method("borrow_mut", vec![]), false),
            (true, Access::Read) => (expr.method("borrow", vec![]), false),
            _ => (expr, is_shared),
        };
        if let (TyKind::Lib(name, _), Access::Change, false) = (ty.strip().kind(), access, is_shared)
            && matches!(name.last(), "defaultdict" | "Counter")
        {
            let key = self.owned(index);
            let at = expr.method("at_or_insert", vec![key]);
            return Placed { expr: Expr::unary("*", at), ty: item, cell: false };
        }
        let name = if access == Access::Change { "at_mut" } else { "at" };
        let key = match ty.strip().kind() {
            TyKind::Dict(..) => super::ops::explicit(self.by_ref(index)),
            TyKind::Lib(name, args) if args.len() > 1 || name.last() == "Counter" => {
                super::ops::explicit(self.by_ref(index))
            }
            TyKind::Str => {
                self.uses.prelude = true;
                let index = self.operand(index);
                return Placed { expr: expr.method("char_at", vec![index]), ty: item, cell: false };
            }
            _ => self.operand(index),
        };
        let is_tuple = matches!(ty.strip().kind(), TyKind::Lib(name, _) if *name == "tuple");
        self.uses.prelude |= (is_list || is_tuple) && !is_shared;
        let at = expr.method(name, vec![key]);
        // A shared container gives values, an owned one references.
        let expr = if is_shared && access == Access::Read { at } else { Expr::unary("*", at) };
        Placed { expr, ty: item, cell: false }
    }

    /// An index that is proved not negative.
    pub(crate) fn usize_index(&mut self, index: NodeId) -> Expr {
        let ty = self.body.ty(index).strip_ref();
        let expr = self.operand(index);
        match (ty.kind(), &expr) {
            (TyKind::Int(batuta_core::Width::Usize), _) => expr,
            (_, Expr::Atom(text)) if text.bytes().all(|b| b.is_ascii_digit() || b == b'_') => expr,
            (_, Expr::Cast(inner, ty))
                if ty == "i64"
                    && matches!(&**inner, Expr::Method(_, name, args) if name == "len" && args.is_empty()) =>
            {
                (**inner).clone()
            }
            _ => expr.cast("usize"),
        }
    }

    /// The operand as a reference: a `ref` use, a reference it already is, or `&` of the value.
    pub(crate) fn by_ref(&mut self, node: NodeId) -> Expr {
        if let Some(array) = self.array_in(node) {
            return self.by_ref(array);
        }
        let expr = self.expr(node);
        match self.body.ty(node).kind() {
            TyKind::Ref(_) | TyKind::RefMut(_) => expr,
            // An object that is lent as one of its base is lent already.
            _ if self.is_raised(node) && matches!(expr, Expr::Unary("&", _)) => expr,
            _ => borrowed(expr),
        }
    }

    /// The array of a static type that becomes a dynamic value here: it derefs to that.
    pub(super) fn array_in(&self, node: NodeId) -> Option<NodeId> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => {
                let ty = self.body.ty(args[0]).strip_ref();
                matches!(ty.kind(), TyKind::Lib(name, _) if name.as_str().starts_with("numpy."))
                    .then_some(args[0])
            }
            Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => self.array_in(args[0]),
            _ => None,
        }
    }

    fn is_raised(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, Node::Op { op: Op::ClassOp(ClassOp::Up), .. })
    }

    fn field(&mut self, expr: Expr, ty: Ty, name: Name, access: Access) -> Placed {
        if let TyKind::Tuple(items) = ty.strip().kind() {
            let item = name.as_str().parse::<usize>().ok().and_then(|at| items.get(at)).copied();
            return Placed {
                expr: expr.field(name.as_str()),
                ty: item.unwrap_or(Ty::unknown()),
                cell: false,
            };
        }
        let Some(class) = ty.class_path() else {
            return Placed { expr: expr.field(names::snake(name.as_str())), ty: Ty::unknown(), cell: false };
        };
        let own = names::snake(name.as_str());
        if self.env.is_enum(class) {
            let ty = self.env.field(class, name.as_str()).map_or(Ty::unknown(), |field| field.ty);
            let ty = if *ty.kind() == TyKind::Str || name == "name" { Ty::str().reference() } else { ty };
            return Placed { expr: expr.method(own, vec![]), ty, cell: false };
        }
        let Some(field) = self.env.field(class, name.as_str()) else {
            return Placed { expr: expr.field(own), ty: Ty::unknown(), cell: false };
        };
        let is_shared = self.env.class(class).is_some_and(|class| class.is_shared);
        if self.building.is_some() && matches!(&expr, Expr::Atom(text) if text == "self") {
            return Placed { expr: Expr::Atom(own), ty: field.ty, cell: false };
        }
        let change = access == Access::Change && !is_shared;
        let expr = self.env.field_holder(expr, class, name.as_str(), change).field(own);
        match field.cell {
            FieldCell::Cell if is_shared => Placed { expr, ty: field.ty, cell: true },
            FieldCell::RefCell if is_shared => {
                let guard = if access == Access::Change { "borrow_mut" } else { "borrow" };
                Placed { expr: Expr::unary("*", expr.method(guard, vec![])), ty: field.ty, cell: false }
            }
            _ => Placed { expr, ty: field.ty, cell: false },
        }
    }

    fn global(&mut self, path: Name, access: Access) -> Placed {
        let (ty, storage) = match self.env.program.globals.get(&path) {
            Some(global) => (global.ty, global.storage),
            None => (Ty::unknown(), Storage::Undecided),
        };
        if self.env.is_variant(path) {
            let class = path.parent();
            let own = self.env.type_name(class);
            let class = self.env.item_path(class, &own, self.module, self.uses);
            let name = format!("{class}::{}", crate::classes::variant_name(path));
            return Placed { expr: Expr::Atom(name), ty, cell: false };
        }
        if self.env.is_associated(path) {
            let class = path.parent();
            let owner = self.class_type(class);
            let own = self.env.constant_name(path);
            let ty = if *ty.kind() == TyKind::Str { ty.reference() } else { ty };
            return Placed { expr: Expr::Atom(format!("{owner}::{own}")), ty, cell: false };
        }
        let own = self.env.global_name(path);
        let name = self.env.item_path(path, &own, self.module, self.uses);
        match storage {
            Storage::Const if *ty.kind() == TyKind::Str => {
                Placed { expr: Expr::Atom(name), ty: ty.reference(), cell: false }
            }
            Storage::Const => Placed { expr: Expr::Atom(name), ty, cell: false },
            Storage::Lazy if self.env.is_sync(ty) => {
                Placed { expr: Expr::unary("*", Expr::Lazy(name)), ty, cell: false }
            }
            Storage::Cell => Placed { expr: Expr::Atom(name), ty, cell: true },
            Storage::Lazy => self.guard(name, ty, Access::Read),
            Storage::RefCell | Storage::Late | Storage::Undecided => self.guard(name, ty, access),
        }
    }

    /// Reads a thread-local inside a closure that the whole operation moves into.
    fn guard(&mut self, global: String, ty: Ty, access: Access) -> Placed {
        let mut name = names::snake(global.rsplit("::").next().unwrap_or(&global));
        if self.scope.names.contains(&name) {
            name = format!("the_{name}");
        }
        let is_mut = access == Access::Change;
        match self.guards.iter_mut().find(|guard| guard.global == global) {
            Some(guard) => guard.is_mut |= is_mut,
            None => self.guards.push(Guard { global, name: name.clone(), is_mut }),
        }
        Placed { expr: Expr::unary("*", Expr::Atom(name)), ty, cell: false }
    }

    /// Runs `inside` and wraps what it gives into the guards of the thread-locals that it reads.
    pub(crate) fn guarded(&mut self, inside: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let outer = std::mem::take(&mut self.guards);
        let mut expr = inside(self);
        for guard in std::mem::replace(&mut self.guards, outer).into_iter().rev() {
            let method = if guard.is_mut { "with_borrow_mut" } else { "with_borrow" };
            // No `?` leaves the closure.
            self.uses.prelude |= expr.raise_tries();
            expr = Expr::Atom(guard.global).method(method, vec![Expr::closure(guard.name, expr)]);
        }
        expr
    }

    /// `place = value`.
    pub(crate) fn assign(&mut self, place: &Place, value: Expr) -> Expr {
        if let [.., Proj::Index(index)] = place.proj[..] {
            let base = Place { root: place.root, proj: place.proj[..place.proj.len() - 1].to_vec() };
            if let Some(expr) = self.assign_item(&base, index, &value) {
                return expr;
            }
        }
        let placed = self.place(place, Access::Change);
        if placed.cell {
            return placed.expr.method("set", vec![value]);
        }
        let is_local_reference = place.proj.is_empty() && matches!(placed.ty.kind(), TyKind::RefMut(_));
        let target = match placed.expr {
            expr if is_local_reference => Expr::unary("*", expr),
            Expr::Unary("*", item) if self.is_item_of_list(place) => {
                Expr::Unary("*", Box::new(slot_of(*item)))
            }
            expr => expr,
        };
        Expr::Assign(Box::new(target), "", Box::new(value))
    }

    /// `d[k] = v`, `xs[a:b] = ys`, `shared[i] = v`.
    fn assign_item(&mut self, base: &Place, index: NodeId, value: &Expr) -> Option<Expr> {
        // A handle is only read: what it stands for changes.
        let container = match self.place(base, Access::Read) {
            handle if matches!(handle.ty.strip_ref().kind(), TyKind::Shared(_)) => handle,
            _ => self.place(base, Access::Change),
        };
        let is_shared = matches!(container.ty.strip_ref().kind(), TyKind::Shared(_));
        let container = match is_cell(container.ty) {
            true => Placed { expr: container.expr.method("borrow_mut", vec![]), ..container },
            false => container,
        };
        let method = match container.ty.strip().kind() {
            TyKind::Dict(..) => "insert",
            TyKind::List(_) if self.slice_parts(index).is_some() => {
                let parts = self.slice_parts(index).unwrap_or_default();
                let mut args = self.slice_args(&parts);
                args.push(value.clone());
                self.uses.prelude |= !is_shared;
                return Some(container.expr.method("set_slice", args));
            }
            TyKind::List(_) if is_shared => "set_at",
            TyKind::Lib(name, _) if matches!(name.last(), "bytearray" | "int_array" | "float_array") => {
                "set_at"
            }
            TyKind::Lib(name, _) if matches!(name.last(), "defaultdict" | "Counter" | "OrderedDict") => {
                "insert"
            }
            _ => return None,
        };
        let index = match method {
            "insert" => self.owned(index),
            _ => self.operand(index),
        };
        Some(container.expr.method(method, vec![index, value.clone()]))
    }

    /// The parts of a slice object used as an index.
    fn slice_parts(&self, index: NodeId) -> Option<Vec<NodeId>> {
        match &self.body.nodes[index].kind {
            Node::Op { op: Op::ObjOp(ObjOp::SliceObj), args, .. } => Some(args.clone()),
            _ => None,
        }
    }

    pub(crate) fn set(&mut self, target: &Pat, value: NodeId, out: &mut Vec<Stmt>) {
        match target {
            Pat::Place(place) => {
                let expr = self.guarded(|this| {
                    let value = match (place.proj.last(), this.body.ty(value).kind()) {
                        // The container says nothing about what its functions give.
                        (Some(Proj::Index(_)), TyKind::Shared(_)) => this.stored_value(value),
                        _ => this.expr(value),
                    };
                    this.assign(place, value)
                });
                out.push(Stmt::expr(expr));
            }
            Pat::Wild => out.push(Stmt::bind("_", None, Some(self.expr(value)))),
            other => {
                let value = self.expr(value);
                self.unpack(other, value, out);
            }
        }
    }

    /// `(a, b) = value` where all parts are plain places, else through named parts.
    fn unpack(&mut self, target: &Pat, value: Expr, out: &mut Vec<Stmt>) {
        if let Some(text) = self.plain_target(target) {
            out.push(Stmt::expr(Expr::Assign(Box::new(text), "", Box::new(value))));
            return;
        }
        let mut later = Vec::new();
        let pat = self.named_parts(target, &mut later);
        out.push(Stmt::bind(pat, None, Some(value)));
        for (place, name) in later {
            let expr = self.guarded(|this| this.assign(&place, Expr::Atom(name)));
            out.push(Stmt::expr(expr));
        }
    }

    fn plain_target(&mut self, target: &Pat) -> Option<Expr> {
        match target {
            Pat::Wild => Some(Expr::atom("_")),
            Pat::Tuple(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|part| self.plain_target(part)).collect();
                parts.map(Expr::Tuple)
            }
            Pat::List { front, rest: None, back } => {
                let parts: Option<Vec<_>> =
                    front.iter().chain(back).map(|part| self.plain_target(part)).collect();
                parts.map(Expr::Array)
            }
            Pat::Place(place) => {
                let is_plain = matches!(place.root, Root::Local(_))
                    && place.proj.iter().all(|proj| matches!(proj, Proj::Field(_) | Proj::Nth(_)));
                let placed = if is_plain { self.place(place, Access::Change) } else { return None };
                let direct = !placed.cell
                    && !matches!(placed.expr, Expr::Unary(..))
                    && !matches!(placed.ty.kind(), TyKind::RefMut(_));
                direct.then_some(placed.expr)
            }
            _ => None,
        }
    }

    fn named_parts(&mut self, target: &Pat, later: &mut Vec<(Place, String)>) -> String {
        match target {
            Pat::Place(place) => {
                let name = self.fresh("part");
                later.push((place.clone(), name.clone()));
                name
            }
            Pat::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.named_parts(part, later)).collect();
                format!("({})", parts.join(", "))
            }
            Pat::List { front, rest, back } => {
                let mut parts: Vec<_> = front.iter().map(|part| self.named_parts(part, later)).collect();
                if let Some(rest) = rest {
                    match self.named_parts(rest, later) {
                        name if name == "_" => parts.push("..".to_owned()),
                        name => parts.push(format!("{name} @ ..")),
                    }
                }
                parts.extend(back.iter().map(|part| self.named_parts(part, later)));
                format!("[{}]", parts.join(", "))
            }
            other => self.pat(other),
        }
    }

    /// `place op= value`.
    pub(crate) fn update(&mut self, place: &Place, op: Op, value: NodeId) -> Expr {
        self.guarded(|this| this.update_inside(place, op, value))
    }

    fn update_inside(&mut self, place: &Place, op: Op, value: NodeId) -> Expr {
        let placed = self.place(place, Access::Change);
        let container = placed.ty.strip_ref();
        if let Some(expr) = self.extend(op, &placed, value) {
            return expr;
        }
        let is_local_reference = place.proj.is_empty() && matches!(placed.ty.kind(), TyKind::RefMut(_));
        let target =
            if is_local_reference { Expr::unary("*", placed.expr.clone()) } else { placed.expr.clone() };
        if let Some(sign) = self.compound(op, container, value)
            && !placed.cell
        {
            let is_division = op == Op::FloatOp(batuta_core::FloatOp::Div);
            let checked = is_division && !self.nonzero_float(value) && self.body.lang == Lang::Python;
            let value = if container.is_big() { explicit(self.expr(value)) } else { self.operand(value) };
            let value = if checked { Expr::call(self.rt("divisor"), vec![value]) } else { value };
            return Expr::Assign(Box::new(target), sign, Box::new(value));
        }
        // No compound operator: the place is read, combined, written.
        let old = match placed.cell {
            true => placed.expr.clone().method("get", vec![]),
            // What the right side reads, too, is not moved into the left one.
            false if container.is_big() && self.reads_root(value, place) => Expr::unary("&", target.clone()),
            false => target.clone(),
        };
        let new_ty = self.body.ty(value);
        let new = self.binary(op, (old, container), value, new_ty);
        if placed.cell {
            return placed.expr.method("set", vec![new]);
        }
        Expr::Assign(Box::new(target), "", Box::new(new))
    }

    /// Whether an expression reads the local that a place belongs to.
    fn reads_root(&self, value: NodeId, place: &Place) -> bool {
        let mut reads = false;
        self.body.walk(batuta_core::Child::Node(value), &mut |node| {
            reads |= matches!(&self.body.nodes[node].kind, Node::Use(used, _) if used.root == place.root);
        });
        reads
    }

    /// The sign of a compound assignment that means the operation.
    fn compound(&self, op: Op, ty: Ty, value: NodeId) -> Option<&'static str> {
        Some(match op {
            Op::IntOp(IntOp::Add) => "+",
            Op::IntOp(IntOp::Sub) => "-",
            Op::IntOp(IntOp::Mul) => "*",
            Op::IntOp(IntOp::And) => "&",
            Op::IntOp(IntOp::Or) => "|",
            Op::IntOp(IntOp::Xor) => "^",
            Op::IntOp(IntOp::Div) => "/",
            Op::IntOp(IntOp::Rem) => "%",
            Op::IntOp(IntOp::Shr) if !ty.is_big() && self.small_shift(value) => ">>",
            Op::FloatOp(batuta_core::FloatOp::Add) => "+",
            Op::FloatOp(batuta_core::FloatOp::Sub) => "-",
            Op::FloatOp(batuta_core::FloatOp::Mul) => "*",
            Op::FloatOp(batuta_core::FloatOp::Div) => "/",
            Op::BoolOp(batuta_core::BoolOp::BitAnd) => "&",
            Op::BoolOp(batuta_core::BoolOp::BitOr) => "|",
            Op::BoolOp(batuta_core::BoolOp::BitXor) => "^",
            Op::NumOp(batuta_core::NumOp::Add) => "+",
            Op::NumOp(batuta_core::NumOp::Sub) => "-",
            Op::NumOp(batuta_core::NumOp::Mul) => "*",
            _ => return None,
        })
    }

    /// `s += t` on text, `xs += ys` on lists: extends in place.
    fn extend(&mut self, op: Op, placed: &Placed, value: NodeId) -> Option<Expr> {
        let target = placed.expr.clone();
        match op {
            Op::StrOp(batuta_core::StrOp::Concat) => Some(self.push_text(target, value)),
            Op::ListOp(batuta_core::ListOp::Concat) => {
                let value = self.expr(value);
                let value = match value {
                    Expr::Unary("&", inner) => inner.method("iter", vec![]).method("cloned", vec![]),
                    Expr::Atom(name)
                        if name.starts_with(char::is_alphabetic) && self.is_slice_name(&name) =>
                    {
                        return Some(target.method("extend_from_slice", vec![Expr::Atom(name)]));
                    }
                    Expr::Macro(name, items) if name == "vec" => Expr::Array(items),
                    value => value,
                };
                if let Expr::Method(inner, name, args) = &value
                    && name == "cloned"
                    && let Expr::Method(list, ..) = &**inner
                    && args.is_empty()
                {
                    return Some(
                        target.method("extend_from_slice", vec![Expr::unary("&", (**list).clone())]),
                    );
                }
                Some(target.method("extend", vec![value]))
            }
            Op::BytesOp(batuta_core::BytesOp::Concat) => {
                let value = self.by_ref(value);
                Some(target.method("extend_from_slice", vec![value]))
            }
            Op::SetOp(batuta_core::SetOp::Or) => {
                let value = self.expr(value).without_ref();
                Some(target.method("update", vec![value.method("iter", vec![]).method("cloned", vec![])]))
            }
            _ => None,
        }
    }

    fn is_slice_name(&self, name: &str) -> bool {
        self.body.locals.iter().any(|(id, row)| {
            self.name(id) == name
                && matches!(row.ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::List(_)))
        })
    }

    fn is_item_of_list(&self, place: &Place) -> bool {
        let [front @ .., _] = &place.proj[..] else { return false };
        let base = Place { root: place.root, proj: front.to_vec() };
        self.way_to(&base).is_some_and(|(_, ty)| matches!(ty.strip().kind(), TyKind::List(_)))
    }

    pub(crate) fn delete(&mut self, place: &Place) -> Expr {
        let [front @ .., last] = &place.proj[..] else {
            let placed = self.place(place, Access::Read);
            return Expr::call("drop", vec![placed.expr]);
        };
        let base = Place { root: place.root, proj: front.to_vec() };
        self.guarded(|this| {
            // What a handle leads to changes without a change of the handle.
            let ty = this.way_to(&base).map_or(Ty::unknown(), |(_, ty)| ty);
            let is_handle = matches!(ty.strip_ref().kind(), TyKind::Shared(_));
            let mut container = this.place(&base, if is_handle { Access::Read } else { Access::Change });
            if is_cell(container.ty) {
                container.expr = container.expr.method("borrow_mut", vec![]);
            }
            let index = match *last {
                Proj::Index(index) => index,
                Proj::Nth(index) => {
                    let index = this.usize_index(index);
                    return container.expr.method("remove", vec![index]);
                }
                _ => return this.problem("`del` of something that is no item"),
            };
            if let Some(parts) = this.slice_parts(index) {
                let args = this.slice_args(&parts);
                this.uses.prelude = true;
                return container.expr.method("del_slice", args);
            }
            match container.ty.strip().kind() {
                TyKind::List(_) => {
                    this.uses.prelude |= !matches!(container.ty.strip_ref().kind(), TyKind::Shared(_));
                    let index = this.operand(index);
                    container.expr.method("del_at", vec![index])
                }
                TyKind::Lib(name, _)
                    if matches!(name.last(), "bytearray" | "deque" | "float_array" | "int_array") =>
                {
                    this.uses.prelude |= name.last() == "bytearray";
                    let index = this.operand(index);
                    container.expr.method("del_at", vec![index])
                }
                _ => {
                    let key = this.by_ref(index);
                    container.expr.method("del", vec![key])
                }
            }
        })
    }
}

/// `xs.at_mut(i)` for a new value.
fn slot_of(item: Expr) -> Expr {
    match item {
        Expr::Method(list, name, args) if name == "at_mut" && !matches!(args[..], [Expr::Unary("&", _)]) => {
            Expr::Method(list, "slot".to_owned(), args)
        }
        item => item,
    }
}

/// Another value of the same content: a plain read where that copies it.
fn clone_of(env: &Env<'_>, expr: Expr, ty: Ty) -> Expr {
    match ty.kind() {
        TyKind::Ref(inner) | TyKind::RefMut(inner) if env.is_copy(*inner) => Expr::unary("*", expr),
        TyKind::Ref(inner) if *inner.kind() == TyKind::Str => to_owned_text(expr),
        TyKind::Ref(inner) if matches!(inner.kind(), TyKind::List(_) | TyKind::Bytes) => {
            expr.method("to_vec", vec![])
        }
        TyKind::Ref(_) | TyKind::RefMut(_) => expr.method("clone", vec![]),
        _ if env.is_copy(ty) => expr,
        _ => expr.method("clone", vec![]),
    }
}

/// What is in an option; `text` is the error where nothing is.
pub(super) fn taken(option: Expr, text: Option<Name>) -> Expr {
    match text {
        Some(text) => option.method("expect", vec![Expr::Atom(crate::literal::string(text.as_str()))]),
        None => option.method("unwrap", vec![]),
    }
}
