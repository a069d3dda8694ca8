//! Expressions at Typed: reads, displays, comprehensions, text.

use crate::apply::{Apply, NOT_WRITTEN_OUT, UNKNOWN_ATTRIBUTE, UNKNOWN_LIBRARY};
use crate::class_values::names_classes;
use crate::rows::const_type;
use crate::rules::position;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// Elaborates a node of the source once; gives the node that has its value, with its actual type.
    pub(crate) fn expr(&mut self, id: NodeId) -> NodeId {
        let node = self.elaborated(id);
        let ty = self.ty(node);
        let inner = if let TyKind::Option(inner) = ty.kind() { *inner } else { ty };
        if node != id && matches!(inner.kind(), TyKind::TypeOf(_)) {
            self.class_sources.insert(node, id);
        }
        if node != id && matches!(ty.kind(), TyKind::Func(..)) {
            self.function_sources.insert(node, id);
        }
        node
    }

    fn elaborated(&mut self, id: NodeId) -> NodeId {
        let kind = self.body.nodes[id].kind.clone();
        match kind {
            Node::Const(value) => {
                self.body.nodes[id].ty = const_type(&value);
                id
            }
            Node::Use(place, _) => self.read(id, place),
            Node::Op { op, args, attr } => self.op(id, op, args, attr),
            Node::Call { callee, args } => self.call(id, callee, args),
            Node::Format(mut pieces) => {
                let first = self.pieces(&mut pieces);
                let raises = pieces.iter().find_map(|piece| match piece {
                    Piece::Value { value, .. } if *self.ty(*value).kind() == TyKind::Never => Some(*value),
                    _ => None,
                });
                match raises {
                    // The text is never made.
                    Some(raised) => self.only_until(&pieces, raised),
                    None if first.is_empty() => self.set(id, Node::Format(pieces), Ty::str()),
                    None => {
                        let text = self.mk(Node::Format(pieces), Ty::str(), self.origin(id));
                        self.mk_block(first, text)
                    }
                }
            }
            Node::Item(name) => self.item(id, name),
            Node::Closure(closure) => self.closure(id, closure),
            Node::Seq { clauses, sink } => self.seq(id, clauses, sink),
            Node::Hole { why, source } => {
                // What the frontend could not read it has reported with the source's text.
                if source.is_empty() && id.0 < self.nodes as u32 {
                    self.diags.report_with(NOT_WRITTEN_OUT, self.origin(id), why.to_string());
                }
                self.body.nodes[id].ty = Ty::never();
                id
            }
            _ => self.control(id),
        }
    }

    /// The node with what was found out about it; what always raises before it is made stands for it.
    pub(crate) fn set(&mut self, id: NodeId, kind: Node, ty: Ty) -> NodeId {
        if let Node::Op { op, args, .. } = &kind
            && let Some(at) = self.first_that_raises(*op, args)
        {
            return self.after_parts(&args[..at], args[at]);
        }
        self.body.nodes[id].kind = kind;
        self.body.nodes[id].ty = ty;
        id
    }

    /// What is computed before the text, and the pieces as they are shown.
    fn pieces(&mut self, pieces: &mut [Piece]) -> Vec<Stmt> {
        for piece in pieces.iter_mut() {
            if let Piece::Value { value, .. } = piece {
                *value = self.expr(*value);
            }
        }
        let mut first = self.before_late_formats(pieces);
        for piece in pieces {
            if let Piece::Value { value, spec, conv, .. } = piece {
                if let Conv::PercentAll(letter) = *conv {
                    *value = self.only_value(*value);
                    *conv = Conv::Percent(letter);
                }
                if let Conv::Percent(letter) = *conv {
                    *value = self.percent_number(letter, *value);
                }
                first.extend(self.pieces(spec));
                if !spec.is_empty() && *conv == Conv::Format {
                    let text = "TypeError: unsupported format string passed to NoneType.__format__";
                    *value = self.present(*value, text);
                }
                if matches!(self.ty(*value).kind(), TyKind::Iter(_)) {
                    *value = self.text_of_iterator(*value);
                    *conv = match *conv {
                        Conv::Repr | Conv::Ascii => Conv::Str,
                        Conv::Percent('r' | 'a') => Conv::Percent('s'),
                        other => other,
                    };
                }
                self.own_format(value, conv, spec);
                self.any_format(value, conv, spec);
                let is_named =
                    self.body.lang == Lang::Ruchy && matches!(self.ty(*value).kind(), TyKind::Func(..));
                if shows_function(self.ty(*value)) && !is_named {
                    let why = "the text of a function".to_owned();
                    *value = self.hole(*value, crate::apply::BAD_CALL, why);
                }
            }
        }
        first
    }

    /// The one value right of `%`: a tuple gives its only item.
    fn only_value(&mut self, value: NodeId) -> NodeId {
        let ty = self.ty(value);
        let count = match ty.kind() {
            TyKind::Tuple(items) => items.len(),
            TyKind::Class(class, _) if self.types.env().is_named_tuple(*class) => {
                self.types.env().record_fields(*class).len()
            }
            TyKind::Lib(name, _) if *name == "tuple" => {
                let why = "how many values this tuple has is not known".to_owned();
                return self.hole(value, crate::apply::BAD_CALL, why);
            }
            _ => return value,
        };
        let origin = self.origin(value);
        match (count, ty.kind()) {
            (1, TyKind::Tuple(items)) => self.place_read(value, Proj::Field(Name::new("0")), items[0]),
            (0, _) => self.refuse("TypeError", "not enough arguments for format string", vec![value], origin),
            (1, _) => {
                self.hole(value, crate::apply::BAD_CALL, "a record of one value is formatted".to_owned())
            }
            _ => {
                let text = "not all arguments converted during string formatting";
                self.refuse("TypeError", text, vec![value], origin)
            }
        }
    }

    /// The text of a view of a dict shows what it holds; that of any other iterator is an address.
    pub(crate) fn text_of_iterator(&mut self, value: NodeId) -> NodeId {
        let view = match &self.body.nodes[value].kind {
            Node::Call { callee: Callee::Lib(name), .. } => view_name(*name),
            _ => None,
        };
        let Some(view) = view else {
            let why = "the text of an iterator, which is an address".to_owned();
            return self.hole(value, crate::apply::BAD_CALL, why);
        };
        let origin = self.origin(value);
        let name = self.text(view, origin);
        self.lib_call(Name::new("view.text"), &[ArgKind::Positional; 2], vec![name, value], None, origin)
    }

    /// What a text does whose piece raises: the pieces before it, then that one.
    fn only_until(&mut self, pieces: &[Piece], raised: NodeId) -> NodeId {
        let values = pieces.iter().filter_map(|piece| match piece {
            Piece::Value { value, .. } => Some(*value),
            _ => None,
        });
        let before: Vec<NodeId> = values.take_while(|value| *value != raised).collect();
        self.after_parts(&before, raised)
    }

    /// The parts that do something, then `last`.
    /// `"{}".format(x, f())` asks `x.__format__` when all values are known: they get names first.
    fn before_late_formats(&mut self, pieces: &mut [Piece]) -> Vec<Stmt> {
        let asks = |me: &Self, piece: &Piece| match piece {
            Piece::Value { value, conv: Conv::Format, late: true, .. } => match me.ty(*value).class_path() {
                Some(class) => me.types.env().method(class, "__format__").is_some(),
                None => false,
            },
            _ => false,
        };
        let simple = |me: &Self, piece: &Piece| match piece {
            Piece::Value { value, .. } => me.is_simple(*value),
            Piece::Text(_) => true,
        };
        let Some(at) = pieces.iter().position(|piece| asks(self, piece)) else { return Vec::new() };
        if pieces[at + 1..].iter().all(|piece| simple(self, piece)) {
            return Vec::new();
        }
        let mut stmts = Vec::new();
        for piece in pieces {
            if let Piece::Value { value, .. } = piece
                && !self.is_simple(*value)
                && *self.ty(*value).kind() != TyKind::Never
            {
                let origin = self.origin(*value);
                let (local, stmt) = self.set_temp("value", *value);
                stmts.push(stmt);
                *value = self.read_local(local, origin);
            }
        }
        stmts
    }

    pub(crate) fn after_parts(&mut self, before: &[NodeId], last: NodeId) -> NodeId {
        let mut stmts = Vec::new();
        for part in before {
            if !self.is_simple(*part) {
                stmts.push(Stmt::new(StmtKind::Expr(*part), self.origin(*part)));
            }
        }
        if stmts.is_empty() { last } else { self.mk_block(stmts, last) }
    }

    /// An object that says how it is formatted.
    fn own_format(&mut self, value: &mut NodeId, conv: &mut Conv, spec: &mut Vec<Piece>) {
        let TyKind::Class(class, _) = self.ty(*value).kind() else { return };
        let shows_name = matches!(
            self.types.env().class(*class).map(|def| &def.kind),
            Some(ClassKind::EnumOf(kind)) if matches!(kind.as_str(), "int" | "str")
        );
        let is_number = match conv {
            Conv::Format => !spec.is_empty() && !shows_name,
            Conv::Percent(letter) => !matches!(letter, 's' | 'r' | 'a'),
            _ => false,
        };
        if is_number && self.types.env().is_int_enum(*class) {
            *value = self.coerce(*value, Ty::int());
            return;
        }
        if *conv == Conv::Format
            && !spec.is_empty()
            && !shows_name
            && let Some(inner) = self.inner_part(*value, &["__format__", "__str__"])
        {
            *value = inner;
            return;
        }
        let Some(method) = self.types.env().method(*class, "__format__").filter(|_| *conv == Conv::Format)
        else {
            // Members are formatted as their text.
            if *conv == Conv::Format && self.types.env().is_enum(*class) {
                *conv = Conv::Str;
            } else if *conv == Conv::Format && !spec.is_empty() && self.takes_no_spec(*class) {
                let text = format!("unsupported format string passed to {}.__format__", class.last());
                let origin = self.origin(*value);
                let has_subclasses = self.types.env().program.subclasses(*class).len() > 1;
                *value = match has_subclasses {
                    // Which class it is, and how that one is formatted, only the run knows.
                    true => self.hole(
                        *value,
                        crate::apply::BAD_CALL,
                        format!("{text}, unless a subclass has one"),
                    ),
                    false => self.refuse("TypeError", &text, vec![*value], origin),
                };
            }
            return;
        };
        let origin = self.origin(*value);
        let spec_text = match spec.as_slice() {
            [] => self.text("", origin),
            [Piece::Text(text)] => self.text(&text.clone(), origin),
            pieces => self.mk(Node::Format(pieces.to_vec()), Ty::str(), origin),
        };
        *value = self.call_method_path(*class, method, *value, vec![spec_text]);
        *conv = Conv::Str;
        spec.clear();
    }

    /// A value of several types, objects that say how they are formatted among them.
    fn any_format(&mut self, value: &mut NodeId, conv: &mut Conv, spec: &mut Vec<Piece>) {
        if *conv != Conv::Format || !self.types.env().has_formats {
            return;
        }
        let origin = self.origin(*value);
        let env = self.types.env();
        let says = |ty: &Ty| ty.class_path().is_some_and(|class| env.method(class, "__format__").is_some());
        match self.ty(*value).kind() {
            TyKind::Union(members) if members.iter().any(says) => {
                if spec.iter().any(|piece| matches!(piece, Piece::Value { .. })) {
                    *value = self.dynamic(*value);
                    return;
                }
                let spec = std::mem::take(spec);
                *value = self.by_member(*value, Some(Ty::str()), &mut |me, member| {
                    let (mut value, mut conv, mut spec) = (member, Conv::Format, spec.clone());
                    me.own_format(&mut value, &mut conv, &mut spec);
                    me.mk(
                        Node::Format(vec![Piece::Value { value, conv, spec, late: false }]),
                        Ty::str(),
                        origin,
                    )
                });
                *conv = Conv::Str;
            }
            // Which `__format__` it asks, the run knows.
            TyKind::Value if spec.is_empty() => {
                let empty = self.text("", origin);
                let (args, kinds) = (vec![*value, empty], [ArgKind::Positional; 2]);
                *value = self.lib_call(Name::new("builtins.format"), &kinds, args, None, origin);
                *conv = Conv::Str;
            }
            _ => {}
        }
    }

    /// Whether objects of a class have the `__format__` of `object`, which takes no spec.
    fn takes_no_spec(&self, class: Name) -> bool {
        let env = self.types.env();
        let is_plain = |base: &Name| {
            env.class(*base).is_some()
                || matches!(
                    base.as_str(),
                    "ABC" | "Protocol" | "Generic" | "object" | "Exception" | "ValueError"
                )
        };
        env.mro(class).iter().filter_map(|path| env.class(*path)).all(|def| def.bases.iter().all(is_plain))
    }

    fn seq(&mut self, id: NodeId, mut clauses: Vec<Clause>, mut sink: Sink) -> NodeId {
        let (ty, want) = match sink {
            Sink::List(_) => self.display_type(id, ListOp::New.into()),
            Sink::Set(_) => self.display_type(id, SetOp::New.into()),
            Sink::Dict(..) => self.display_type(id, DictOp::New.into()),
            Sink::Iter(_) => {
                let solved = self.solved(id).filter(|ty| matches!(ty.kind(), TyKind::Iter(_)));
                let ty = solved.unwrap_or_else(|| Ty::iter(Ty::value()));
                (ty, ty)
            }
        };
        for (at, clause) in clauses.iter_mut().enumerate() {
            match clause {
                Clause::For { pat, iter } => {
                    *iter = self.iterable_for(*iter, pat);
                    // What raises is not iterated.
                    if at == 0 && *self.ty(*iter).kind() == TyKind::Never {
                        return *iter;
                    }
                    let item = self.item_type(self.ty(*iter));
                    if let TyKind::Tuple(items) = item.kind()
                        && let Some(text) = crate::assignments::miscount(pat, items.len())
                    {
                        let (iter, origin) = (*iter, self.origin(id));
                        return self.refuse("ValueError", &text, vec![iter], origin);
                    }
                    let mut after = Vec::new();
                    let source = std::mem::replace(pat, Pat::Wild);
                    let is_object = matches!(item.kind(), TyKind::Class(..)) && !self.is_named(item);
                    *pat = match (&source, is_object) {
                        (Pat::Tuple(_), true) => match self.taken_apart(source.clone(), item, &mut after) {
                            Pat::Bind(local, None) => Pat::Place(Place::local(local)),
                            pat => pat,
                        },
                        _ => self.loop_pat(source.clone(), item, &mut after),
                    };
                    if !after.is_empty() {
                        (*pat, *iter) = self.converted(&source, pat.clone(), *iter, after);
                    }
                }
                Clause::If(cond) => *cond = self.cond(*cond),
            }
        }
        let items = ty.children();
        let item = items.first().copied().unwrap_or_else(Ty::value);
        match &mut sink {
            Sink::List(node) | Sink::Set(node) | Sink::Iter(node) => *node = self.want(*node, item),
            Sink::Dict(key, value) => {
                *key = self.want(*key, item);
                *value = self.want(*value, items.get(1).copied().unwrap_or_else(Ty::value));
            }
        }
        let node = self.set(id, Node::Seq { clauses, sink }, ty);
        self.coerce(node, want)
    }

    /// A clause whose variables have other types than the items: an iterator in front converts them.
    fn converted(&mut self, source: &Pat, mut pat: Pat, iter: NodeId, after: Vec<Stmt>) -> (Pat, NodeId) {
        let origin = self.origin(iter);
        let mut locals = Vec::new();
        source.for_each_local(&mut |local| locals.push(local));
        locals.retain(|local| self.is_read(*local));
        let is_place = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(_), .. });
        if !after.iter().all(is_place) {
            return self.taken_apart_first(&locals, pat, iter, after);
        }
        let mut values = Vec::new();
        for local in &locals {
            let made = after.iter().find_map(|stmt| match &stmt.kind {
                StmtKind::Set { target: Pat::Place(place), value } if place.as_local() == Some(*local) => {
                    Some(*value)
                }
                _ => None,
            });
            // What stays as it is has a name of its own in the iterator in front.
            values.push(made.unwrap_or_else(|| {
                let inner = self.renamed(*local);
                rename_pat(&mut pat, *local, inner);
                self.read_local(inner, origin)
            }));
        }
        let places: Vec<Pat> = locals.into_iter().map(|local| Pat::Place(Place::local(local))).collect();
        let (target, value) = match (places.as_slice(), values.as_slice()) {
            ([place], [value]) => (place.clone(), *value),
            _ => {
                let ty = Ty::tuple(values.iter().map(|value| self.ty(*value)).collect::<Vec<_>>());
                (Pat::Tuple(places), self.mk_op(TupleOp::New, Attr::None, values, ty))
            }
        };
        let ty = Ty::iter(self.ty(value));
        let clauses = vec![Clause::For { pat, iter }];
        (target, self.mk(Node::Seq { clauses, sink: Sink::Iter(value) }, ty, origin))
    }

    /// Another variable of the name and type of a variable.
    fn renamed(&mut self, local: LocalId) -> LocalId {
        let row = &self.body.locals[local];
        let (name, ty, origin) = (row.name, row.ty, row.origin);
        self.body.temp(name.as_str(), ty, origin)
    }

    /// Items that are taken apart in several steps: the iterator in front does it, under names of its own.
    fn taken_apart_first(
        &mut self,
        locals: &[LocalId],
        mut pat: Pat,
        iter: NodeId,
        mut after: Vec<Stmt>,
    ) -> (Pat, NodeId) {
        let origin = self.origin(iter);
        let mut inner = Vec::new();
        for local in locals {
            inner.push((*local, self.renamed(*local)));
        }
        for (old, new) in &inner {
            rename_pat(&mut pat, *old, *new);
            for stmt in &mut after {
                if let StmtKind::Set { target, .. } = &mut stmt.kind {
                    rename_pat(target, *old, *new);
                }
            }
        }
        let values: Vec<NodeId> = inner.iter().map(|(_, local)| self.read_local(*local, origin)).collect();
        let ty = Ty::tuple(values.iter().map(|value| self.ty(*value)).collect::<Vec<_>>());
        let value = self.mk_op(TupleOp::New, Attr::None, values, ty);
        let value = self.mk_block(after, value);
        let clauses = vec![Clause::For { pat, iter }];
        let places = locals.iter().map(|local| Pat::Place(Place::local(*local))).collect();
        (Pat::Tuple(places), self.mk(Node::Seq { clauses, sink: Sink::Iter(value) }, Ty::iter(ty), origin))
    }

    /// A read under what is proved about it.
    fn narrowed(&mut self, id: NodeId, value: NodeId) -> NodeId {
        if !self.unit.facts.narrowed.contains(&id.0) {
            return value;
        }
        match self.solved(id) {
            Some(ty) if ty != self.ty(value) && self.narrows(self.ty(value), ty) => {
                match self.ty(value).kind() {
                    // What is not of some class may still be absent.
                    TyKind::Option(_) if matches!(ty.kind(), TyKind::Option(_)) => value,
                    TyKind::Option(inner) if *ty.kind() != TyKind::Unit => {
                        let value = self.unwrap(value, *inner, "None");
                        self.coerce(value, ty)
                    }
                    _ => self.coerce(value, ty),
                }
            }
            _ => value,
        }
    }

    /// A value that is only asked which member it holds: what is proved of a union needs no union of its own.
    pub(crate) fn asked(&mut self, id: NodeId) -> NodeId {
        let is_union = |ty: Ty| matches!(ty.kind(), TyKind::Union(_));
        let Node::Use(place, _) = &self.body.nodes[id].kind else { return self.expr(id) };
        if place.as_local().is_none() || !self.solved(id).is_some_and(is_union) {
            return self.expr(id);
        }
        let value = self.read_place(id, place.clone());
        match self.ty(value).kind() {
            TyKind::Option(inner) if is_union(*inner) => self.unwrap(value, *inner, "None"),
            TyKind::Union(_) => value,
            _ => self.narrowed(id, value),
        }
    }

    fn narrows(&self, from: Ty, to: Ty) -> bool {
        use TyKind::*;
        match (from.kind(), to.kind()) {
            (Option(_), Unit) => false,
            (Option(inner), Option(to)) => self.narrows(*inner, *to),
            (Option(inner), _) => *inner == to || self.narrows(*inner, to),
            (Union(_) | Value, _) => !matches!(to.kind(), Unit),
            (Class(a, _), Class(b, _)) => self.types.env().is_subclass(*b, *a),
            (Error, Class(..)) => true,
            (Num, Int(_) | Float(_)) => true,
            _ => false,
        }
    }

    fn read(&mut self, id: NodeId, place: Place) -> NodeId {
        let value = self.read_place(id, place);
        self.narrowed(id, value)
    }

    fn read_place(&mut self, id: NodeId, place: Place) -> NodeId {
        match (place.root, place.proj.first().copied()) {
            (Root::Local(local), _) => {
                let ty = self.body.locals[local].ty;
                self.renew(id, Node::Use(place, Mode::Read), ty)
            }
            (Root::Global(path), _) => self.global(id, path),
            (Root::Node(node), Some(Proj::Field(name))) => {
                let object = self.expr(node);
                let origin = self.origin(id);
                self.attr(object, name, origin)
            }
            (Root::Node(node), Some(Proj::Index(index))) => {
                let object = self.expr(node);
                let constant = self.constant(index);
                let is_slice =
                    matches!(self.body.nodes[index].kind, Node::Op { op: Op::ObjOp(ObjOp::SliceObj), .. });
                if is_slice && let Node::Op { args, .. } = self.body.nodes[index].kind.clone() {
                    return self.slice(object, args, Some(id));
                }
                let index = self.expr(index);
                if *self.ty(index).kind() == TyKind::Slice && *self.ty(object).kind() != TyKind::Value {
                    return self.sliced_by(object, index, id);
                }
                match self.index_node(object, index, constant) {
                    Some(value) => value,
                    None => {
                        let ty = self.ty(object);
                        self.hole(object, UNKNOWN_ATTRIBUTE, format!("`{ty}` has no items to read by index"))
                    }
                }
            }
            (Root::Node(node), _) => self.expr(node),
        }
    }

    /// The node itself when it stands for a plain read (kept for its origin), with its type.
    fn renew(&mut self, id: NodeId, kind: Node, ty: Ty) -> NodeId {
        self.set(id, kind, ty)
    }

    pub(crate) fn constant(&self, node: NodeId) -> Option<i64> {
        match &self.body.nodes[node].kind {
            Node::Const(Const::Int(digits)) => digits.parse().ok(),
            Node::Op { op, args, .. } if matches!(op.name(), "obj.neg" | "int.neg") => {
                self.constant(args[0]).map(|value| -value)
            }
            _ => None,
        }
    }

    /// A module-level name, class attribute, function or class.
    pub(crate) fn global(&mut self, id: NodeId, path: Name) -> NodeId {
        let env = self.types.env();
        let program = env.program;
        let path = program.resolve(path);
        let class = path.parent();
        if program.globals.contains_key(&path) {
            let ty = if env.class(class).is_some() && env.is_enum(class) {
                Ty::class(class)
            } else {
                self.types
                    .solver
                    .globals
                    .get(&path)
                    .map_or_else(Ty::unit, |var| self.types.get(*var).unwrap_or_else(Ty::unit))
            };
            return self.set(id, Node::Use(Place::global(path), Mode::Read), ty);
        }
        if program.fns.contains_key(&path) || program.classes.contains_key(&path) {
            return self.item(id, path);
        }
        if env.class(class).is_some() {
            if let Some(found) = env.attribute(class, path.last()) {
                return self.global(id, found);
            }
            if let Some(method) = env.method(class, path.last()) {
                return self.item(id, method);
            }
            match path.last() {
                "__name__" | "__qualname__" => return self.text(class.last(), self.origin(id)),
                "_fields" if env.is_named_tuple(class) => return self.field_names(class, self.origin(id)),
                name if names_classes(name) => return self.order_of(class, name, self.origin(id)),
                _ => {}
            }
        }
        if let Some(var) = self.types.solver.globals.get(&path)
            && let Some(ty) = self.types.get(*var)
        {
            return self.set(id, Node::Use(Place::global(path), Mode::Read), ty);
        }
        self.hole(id, UNKNOWN_ATTRIBUTE, format!("nothing is known of `{path}`"))
    }

    pub(crate) fn text(&mut self, text: &str, origin: Origin) -> NodeId {
        self.mk(Node::Const(Const::Str(text.into())), Ty::str(), origin)
    }

    /// A function, class or library item as a value.
    pub(crate) fn item(&mut self, id: NodeId, name: Name) -> NodeId {
        let env = self.types.env();
        let name = env.program.resolve(name);
        if env.class(name).is_some() {
            return self.set(id, Node::Item(name), Ty::new(TyKind::TypeOf(name)));
        }
        if let Some(versions) = self.types.solver.versions.get(&name) {
            let version = versions[0];
            let ty = self.fn_type(version, 0);
            let path = self.paths.get(&version).copied().unwrap_or(name);
            return self.set(id, Node::Item(path), ty);
        }
        if let Some(row) = batuta_catalog::constant(name.as_str()) {
            let kind = row.text().map_or(Node::Item(name), |text| Node::Const(Const::Str(text.into())));
            return self.set(id, kind, row.ty);
        }
        if let Some(class) = crate::error_classes::builtin_error(name) {
            return self.set(id, Node::Item(class), Ty::new(TyKind::TypeOf(class)));
        }
        if batuta_catalog::is_dynamic(name.as_str()) {
            let origin = self.origin(id);
            return self.array_item(name, origin);
        }
        let is_library = !name.as_str().contains('.') && batuta_catalog::functions(name.as_str()).is_empty();
        if is_library || env.program.modules.contains_key(&name) {
            return self.hole(id, UNKNOWN_LIBRARY, format!("the module `{name}` as a value"));
        }
        if name.as_str().rsplit_once('.').is_some_and(|(module, name)| batuta_catalog::lacks(module, name)) {
            return self.hole(id, UNKNOWN_LIBRARY, format!("`{name}` is not in the library catalogue"));
        }
        // A library function: what wants a function makes a closure of it.
        let ty = match self.solved(id).map(|ty| ty.kind()) {
            Some(TyKind::Func(..)) => self.solved(id).unwrap_or_else(Ty::value),
            _ => Ty::value(),
        };
        self.set(id, Node::Item(name), Ty::value());
        if let TyKind::Func(params, ret) = ty.kind() {
            let origin = self.origin(id);
            let made = self.eta(params, *ret, ty, origin, |me, args| me.call_item(name, args, origin));
            return self.name_library(made, name, params.len());
        }
        id
    }

    pub(crate) fn place_read(&mut self, object: NodeId, proj: Proj, ty: Ty) -> NodeId {
        let origin = self.origin(object);
        let mut place = Place::node(object).with(proj);
        crate::prep::join(&self.body, &mut place);
        self.mk(Node::Use(place, Mode::Read), ty, origin)
    }

    /// `object[index]` for elaborated parts; `None` when the object has no items.
    pub(crate) fn index_node(
        &mut self,
        object: NodeId,
        index: NodeId,
        constant: Option<i64>,
    ) -> Option<NodeId> {
        let ty = self.ty(object);
        Some(match ty.kind() {
            TyKind::Never => object,
            TyKind::Option(inner) => {
                let object = self.unwrap(object, *inner, "TypeError: 'NoneType' object is not subscriptable");
                return self.index_node(object, index, constant);
            }
            TyKind::List(item) => {
                let index = self.coerce(index, Ty::int());
                self.place_read(object, Proj::Index(index), *item)
            }
            TyKind::Dict(key, value) => {
                let index = match (self.ty(index).kind(), key.kind()) {
                    (TyKind::Float(_), TyKind::Int(_)) => {
                        let origin = self.origin(index);
                        let name = Name::new("float.as_key");
                        self.lib_call(name, &[ArgKind::Positional], vec![index], None, origin)
                    }
                    _ => self.coerce(index, *key),
                };
                self.place_read(object, Proj::Index(index), *value)
            }
            TyKind::Str => {
                let index = self.coerce(index, Ty::int());
                self.mk_op(StrOp::At, Attr::None, vec![object, index], Ty::str())
            }
            TyKind::Bytes => {
                let index = self.coerce(index, Ty::int());
                self.mk_op(BytesOp::At, Attr::None, vec![object, index], Ty::int())
            }
            TyKind::Range => {
                let index = self.coerce(index, Ty::int());
                self.mk_op(RangeOp::At, Attr::None, vec![object, index], Ty::int())
            }
            TyKind::Tuple(items) => match position(constant, items.len()) {
                Some(at) => self.place_read(object, Proj::Field(Name::new(&at.to_string())), items[at]),
                None => self.tuple_at(object, index, items),
            },
            TyKind::Value | TyKind::Union(_) => {
                let (object, index) = (self.dynamic(object), self.dynamic(index));
                self.mk_op(ValueOp::Index, Attr::None, vec![object, index], Ty::value())
            }
            TyKind::TypeOf(class) => {
                let index = self.coerce(index, Ty::str());
                let args = vec![Arg::positional(object), Arg::positional(index)];
                let call = Node::Call { callee: Callee::Lib(Name::new("enum.by_name")), args };
                let origin = self.origin(object);
                self.mk(call, Ty::class(*class), origin)
            }
            TyKind::Class(class, _) if self.types.env().is_named_tuple(*class) => {
                let fields = self.types.env().record_fields(*class);
                let Some(at) = position(constant, fields.len()) else {
                    let fields = self.fields_of(object);
                    return self.index_node(fields, index, constant);
                };
                let ty = self.field_type(*class, fields[at].name)?;
                let origin = self.origin(object);
                self.field_of(object, fields[at].name, ty, origin)
            }
            TyKind::Class(_, _) => {
                if let Some(inner) = self.inner_part(object, &["__getitem__"]) {
                    return self.index_node(inner, index, constant);
                }
                self.special(object, "__getitem__", vec![index]).ok()?
            }
            TyKind::Lib(name, _) => {
                let lib = name.join("__getitem__");
                let row = batuta_catalog::functions(lib.as_str()).first()?;
                let is_computed = row.params[0].take == batuta_catalog::Take::Read
                    && !crate::libcalls::has_vars(row.result);
                if is_computed && *name != "Counter" {
                    let origin = self.origin(object);
                    let kinds = [ArgKind::Positional, ArgKind::Positional];
                    return Some(self.lib_call(lib, &kinds, vec![object, index], None, origin));
                }
                let mut map = Default::default();
                crate::rows::bind_types(row.params[0].ty, ty, &mut map);
                let want = crate::rows::subst(row.params[1].ty, &map);
                let index = self.coerce(index, want);
                let item = crate::rows::subst(row.result, &map);
                self.place_read(object, Proj::Index(index), item)
            }
            _ => return None,
        })
    }

    /// A tuple of one item type read at a computed position.
    fn tuple_at(&mut self, object: NodeId, index: NodeId, items: &[Ty]) -> NodeId {
        let item = self.item_type(Ty::tuple(items.to_vec()));
        let index = self.coerce(index, Ty::int());
        self.with_value(object, |me, read| {
            let mut fields = Vec::new();
            for (at, ty) in items.iter().enumerate() {
                let tuple = read(me);
                let field = me.place_read(tuple, Proj::Field(Name::new(&at.to_string())), *ty);
                fields.push(me.coerce(field, item));
            }
            let list = me.mk_op(ListOp::New, Attr::None, fields, Ty::list(item));
            me.place_read(list, Proj::Index(index), item)
        })
    }
}

/// Whether the text of a value has that of a function in it: where it lies, which differs from run to run.
/// What the text of a view of a dict begins with.
fn view_name(method: Name) -> Option<&'static str> {
    let ordered = method.as_str().starts_with("OrderedDict.");
    Some(match (method.last(), ordered) {
        ("keys", false) => "dict_keys",
        ("values", false) => "dict_values",
        ("items", false) => "dict_items",
        ("keys", true) => "odict_keys",
        ("values", true) => "odict_values",
        ("items", true) => "odict_items",
        _ => return None,
    })
}

fn shows_function(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Func(..) => true,
        TyKind::Class(..) | TyKind::Iter(_) => false,
        _ => ty.children().into_iter().any(shows_function),
    }
}
