//! `match` on values that Rust's patterns cannot look into: each arm becomes a test and its bindings.
//!
//! before                                     after
//!   match %event {                             if value.is<dict>(%event) && .. {
//!     {"type": "key", "code": %code} => ..       set place %code = ..
//!   }                                          } else { .. }
//!
//! Chosen when the subject is dynamic, a union or of a class with relatives, and for sequence, mapping and text
//! patterns inside others.

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// What an arm asks and what it binds; no test always holds.
#[derive(Default)]
struct Asked {
    test: Option<NodeId>,
    binds: Vec<Stmt>,
}

impl Apply<'_, '_, '_> {
    /// Whether Rust's patterns do not say this match.
    pub(crate) fn needs_tests(&self, subject: Ty, arms: &[Arm]) -> bool {
        let inner = match subject.kind() {
            TyKind::Option(inner) => *inner,
            _ => subject,
        };
        let is_open =
            matches!(inner.kind(), TyKind::Value | TyKind::Union(_) | TyKind::Num | TyKind::Float(_));
        let is_absent = matches!(subject.kind(), TyKind::Option(_));
        is_open
            || arms.iter().any(|arm| self.is_hard(&arm.pat, Some(inner)) || is_absent && asks_class(&arm.pat))
    }

    /// Whether a pattern of an object is of another type than the value, in Ruchy, where one form of objects may be
    /// looked for among others.
    pub(crate) fn never_fits(&self, subject: Ty, pat: &Pat) -> bool {
        let is_known = matches!(
            subject.strip().kind(),
            TyKind::Class(..)
                | TyKind::Str
                | TyKind::Int(_)
                | TyKind::Float(_)
                | TyKind::Bool
                | TyKind::List(_)
                | TyKind::Tuple(_)
                | TyKind::Dict(..)
        );
        let is_object = |class: Name| {
            let def = self.types.env().class(class);
            def.is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { repr: false, .. }))
        };
        self.body.lang == Lang::Ruchy
            && is_known
            && match pat {
                Pat::Class { class, .. } => {
                    is_object(*class) && self.type_is(subject.strip(), *class) == Some(false)
                }
                Pat::Map { .. } => !matches!(subject.strip().kind(), TyKind::Dict(..)),
                _ => false,
            }
    }

    /// A pattern of a class that looks for another class where an object may be absent.
    fn asks_absent(&self, class: Name, named: &[(Name, Pat)], args: &[Pat]) -> bool {
        let fields = self.types.env().match_fields(class);
        let by_place = args.iter().zip(fields).map(|(part, name)| (name, part));
        by_place.chain(named.iter().map(|(name, part)| (*name, part))).any(|(name, part)| {
            asks_class(part)
                && self.field_type(class, name).is_some_and(|ty| matches!(ty.kind(), TyKind::Option(_)))
        })
    }

    fn is_hard(&self, pat: &Pat, top: Option<Ty>) -> bool {
        match pat {
            Pat::Map { .. } | Pat::List { .. } | Pat::Tuple(_) => true,
            Pat::Const(Const::Str(_) | Const::Float(_)) => top.is_none(),
            Pat::Value(node) => !self.is_variant(*node, top),
            Pat::Bind(_, Some(part)) => self.is_hard(part, top),
            Pat::Or(parts) => parts.iter().any(|part| self.is_hard(part, top)),
            Pat::Class { class, args, named } => {
                self.types.env().class(*class).is_none()
                    || self.is_of_family(*class)
                    || self.may_be_shared(*class)
                    || self.asks_absent(*class, named, args)
                    || args
                        .iter()
                        .chain(named.iter().map(|(_, part)| part))
                        .any(|part| self.is_hard(part, None))
            }
            _ => false,
        }
    }

    /// A member of an enum, or a name that always stands for one number: Rust's patterns name those.
    fn is_variant(&self, node: NodeId, subject: Option<Ty>) -> bool {
        let Node::Use(place, _) = &self.body.nodes[node].kind else { return false };
        let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { return false };
        let env = self.types.env();
        let path = env.program.resolve(path);
        if env.is_enum(path.parent()) {
            // A member that is a number or a text is looked for among those, too: there it is its value.
            let is_plain = env.class(path.parent()).is_some_and(|def| def.kind == ClassKind::Enum);
            return is_plain
                || subject.is_some_and(|ty| {
                    ty.class_path() == Some(path.parent())
                        || matches!(ty.kind(), TyKind::Str | TyKind::Int(_))
                });
        }
        let is_number = |body: &Body<Hir>, value: NodeId| matches!(body.as_const(value), Some(Const::Int(_)));
        let mut sets = Vec::new();
        for body in env.program.fns.values() {
            body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
                StmtKind::Set { target, value } => target.each_place(&mut |place| {
                    if place.root == Root::Global(path) {
                        let is_whole = place.proj.is_empty() && matches!(target, Pat::Place(_));
                        sets.push(is_whole && is_number(body, *value));
                    }
                }),
                StmtKind::Update { place, .. } | StmtKind::Del(place) if place.root == Root::Global(path) => {
                    sets.push(false);
                }
                _ => {}
            });
        }
        sets == [true]
    }

    /// An object that changes or holds its like lies behind a handle, which Rust's patterns do not look through.
    fn may_be_shared(&self, class: Name) -> bool {
        let env = self.types.env();
        let class = env.program.resolve(class);
        let Some(def) = env.class(class) else { return false };
        match def.kind {
            ClassKind::Plain | ClassKind::Abstract => true,
            ClassKind::Dataclass { .. } => {
                let holds_own = |field: &FieldDef| {
                    let ty = self.field_type(class, field.name);
                    ty.is_some_and(|ty| ty.any(&mut |part| part.class_path() == Some(class)))
                };
                def.fields.iter().any(|field| holds_own(field) || self.is_changed_field(field.name))
            }
            _ => false,
        }
    }

    /// Whether some body sets a field of this name, constructors aside.
    fn is_changed_field(&self, name: Name) -> bool {
        self.types.env().program.fns.iter().any(|(path, body)| {
            let mut found = false;
            let mut see = |place: &Place| found |= place.proj.contains(&Proj::Field(name));
            body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
                StmtKind::Set { target, .. } => target.each_place(&mut see),
                StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
                _ => {}
            });
            found && !matches!(path.last(), "__init__" | "__post_init__")
        })
    }

    /// A class with classes above or below it: one Rust type stands for all of them.
    fn is_of_family(&self, class: Name) -> bool {
        let env = self.types.env();
        let class = env.program.resolve(class);
        let is_above = |base: &Name| env.program.classes.contains_key(&env.program.resolve(*base));
        let has_base = env.class(class).is_some_and(|def| def.bases.iter().any(is_above));
        has_base || env.program.subclasses(class).len() > 1
    }

    /// The whole match as a chain of tests.
    pub(crate) fn match_by_tests(&mut self, id: NodeId, subject: NodeId, arms: Vec<Arm>) -> NodeId {
        let origin = self.origin(id);
        let want = self.solved(id);
        let mut stmts = Vec::new();
        let subject = if self.is_simple(subject) {
            subject
        } else {
            let (local, stmt) = self.set_temp("subject", subject);
            stmts.push(stmt);
            self.read_local(local, origin)
        };
        let mut chain: Vec<(Option<NodeId>, BlockId)> = Vec::new();
        let mut ty = Ty::unit();
        for arm in arms {
            let value = self.again(subject);
            let mut asked = self.ask(arm.pat, value);
            let is_ruled_out = |test: NodeId| self.body.as_const(test) == Some(&Const::Bool(false));
            if self.body.lang == Lang::Ruchy && asked.test.is_some_and(is_ruled_out) {
                continue;
            }
            let guard = arm.guard.map(|guard| self.cond(guard));
            let has_value = self.body.blocks[arm.body].tail.is_some();
            self.block(arm.body, if has_value { want } else { None });
            if has_value {
                ty = want.unwrap_or_else(Ty::unit);
            }
            if let Some(guard) = guard {
                let binds = std::mem::take(&mut asked.binds);
                let guard = if binds.is_empty() { guard } else { self.mk_block(binds, guard) };
                asked.test = Some(self.both(asked.test, guard));
            }
            self.prepend(arm.body, asked.binds);
            if let Some(first) = self.body.blocks[arm.body].stmts.first_mut() {
                first.above.splice(0..0, arm.above);
            }
            let ends = asked.test.is_none();
            chain.push((asked.test, arm.body));
            if ends {
                break;
            }
        }
        let mut rest: Option<BlockId> = None;
        for (test, body) in chain.into_iter().rev() {
            rest = Some(match test {
                None => body,
                Some(cond) => {
                    let node = self.mk(Node::If { cond, then: body, els: rest }, ty, origin);
                    self.if_block(node, ty)
                }
            });
        }
        let Some(block) = rest else { return self.mk(Node::Const(Const::None), Ty::unit(), origin) };
        stmts.append(&mut self.body.blocks[block].stmts);
        self.body.blocks[block].stmts = stmts;
        match self.body.blocks[block] {
            BlockRow { ref stmts, tail: Some(tail), .. } if stmts.is_empty() => tail,
            _ => self.mk(Node::Block { label: None, block }, ty, origin),
        }
    }

    /// A block that is one `if`.
    fn if_block(&mut self, node: NodeId, ty: Ty) -> BlockId {
        if *ty.kind() == TyKind::Unit {
            let stmt = Stmt::new(StmtKind::Expr(node), self.origin(node));
            return self.body.block(BlockRow { stmts: vec![stmt], tail: None, end_comments: Vec::new() });
        }
        self.tail_block(node)
    }

    fn both(&mut self, test: Option<NodeId>, other: NodeId) -> NodeId {
        match test {
            Some(test) => self.mk_op(BoolOp::And, Attr::None, vec![test, other], Ty::bool()),
            None => other,
        }
    }

    /// What a pattern asks of a value that can be read again.
    fn ask(&mut self, pat: Pat, value: NodeId) -> Asked {
        let mut asked = Asked::default();
        self.ask_into(pat, value, &mut asked);
        asked
    }

    fn add_test(&mut self, asked: &mut Asked, test: NodeId) {
        if self.body.as_const(test) == Some(&Const::Bool(true)) {
            return;
        }
        // What was bound so far may be read by the test: it happens first.
        asked.test = Some(self.both(asked.test, test));
    }

    fn ask_into(&mut self, pat: Pat, value: NodeId, asked: &mut Asked) {
        match pat {
            Pat::Wild => {}
            Pat::Place(place) => self.bind(place, value, asked),
            Pat::Bind(local, part) => {
                let mut value = value;
                if let Some(part) = part {
                    let again = self.again(value);
                    value = self.narrowed_by(&part, value);
                    self.ask_into(*part, again, asked);
                }
                self.bind(Place::local(local), value, asked);
            }
            Pat::None => {
                let origin = self.origin(value);
                let none = self.mk(Node::Const(Const::None), Ty::unit(), origin);
                let test = self.identity(ObjOp::Is, value, none);
                self.add_test(asked, test);
            }
            Pat::Const(Const::None) => self.ask_into(Pat::None, value, asked),
            Pat::Const(constant) => self.ask_constant(constant, value, asked),
            Pat::Value(node) => {
                let node = self.expr(node);
                let test = self.ordered(ObjOp::Eq, value, node);
                self.add_test(asked, test);
            }
            Pat::Or(parts) => self.ask_any(parts, value, asked),
            Pat::Class { class, args, named } => self.ask_class(class, args, named, value, asked),
            Pat::Tuple(parts) => self.ask_sequence(parts, None, Vec::new(), value, asked),
            Pat::List { front, rest, back } => {
                self.ask_sequence(front, rest.map(|rest| *rest), back, value, asked)
            }
            Pat::Map { pairs, rest } => self.ask_map(pairs, rest, value, asked),
            Pat::Some(part) | Pat::Ref(part) => self.ask_into(*part, value, asked),
        }
    }

    fn bind(&mut self, place: Place, value: NodeId, asked: &mut Asked) {
        let origin = self.origin(value);
        let value = self.again(value);
        let kind = self.assign_place(place, value);
        asked.binds.push(Stmt::new(kind, origin));
    }

    /// `1`, `"x"` by `==`; `True` and `False` by identity.
    fn ask_constant(&mut self, constant: Const, value: NodeId, asked: &mut Asked) {
        let origin = self.origin(value);
        if matches!(constant, Const::Bool(_)) {
            let test = self.is_a(value, Name::new("bool"));
            self.add_test(asked, test);
        }
        let ty = crate::rows::const_type(&constant);
        let constant = self.mk(Node::Const(constant), ty, origin);
        let value = self.again(value);
        if self.body.as_const(asked.test.unwrap_or(value)) == Some(&Const::Bool(false)) {
            return;
        }
        let test = self.ordered(ObjOp::Eq, value, constant);
        self.add_test(asked, test);
    }

    /// Alternatives; those that bind do so where their own test holds.
    fn ask_any(&mut self, parts: Vec<Pat>, value: NodeId, asked: &mut Asked) {
        let mut tests = Vec::new();
        for part in parts {
            let again = self.again(value);
            let own = self.ask(part, again);
            let origin = self.origin(value);
            let mut yes = self.mk(Node::Const(Const::Bool(true)), Ty::bool(), origin);
            if !own.binds.is_empty() {
                yes = self.mk_block(own.binds, yes);
                tests.push(self.both(own.test, yes));
            } else {
                tests.push(own.test.unwrap_or(yes));
            }
        }
        if let Some(test) = tests.into_iter().reduce(|a, b| self.any_of(a, b)) {
            self.add_test(asked, test);
        }
    }

    /// The value as the class that a part of the pattern tests for.
    fn narrowed_by(&mut self, part: &Pat, value: NodeId) -> NodeId {
        let Pat::Class { class, .. } = part else { return value };
        self.as_class(*class, value)
    }

    fn as_class(&mut self, class: Name, value: NodeId) -> NodeId {
        let name = class.as_str().strip_prefix("builtins.").map_or(class, Name::new);
        let value = match self.ty(value).kind() {
            TyKind::Option(inner) => self.unwrap(value, *inner, "None"),
            _ => value,
        };
        match self.ty(value).kind() {
            TyKind::Union(items) => {
                let fits: Vec<Ty> =
                    items.iter().copied().filter(|item| self.type_is(*item, name) == Some(true)).collect();
                match fits[..] {
                    [one] => self.mk_op(UnionOp::Get, Attr::None, vec![value], one),
                    _ => value,
                }
            }
            TyKind::Value => match self.named_type(name) {
                Some(ty) => self.coerce(value, ty),
                None => value,
            },
            TyKind::Class(from, _) if *from != name && self.types.env().class(name).is_some() => {
                self.coerce(value, Ty::class(name))
            }
            TyKind::Num if name == "int" => self.coerce(value, Ty::int()),
            TyKind::Num if name == "float" => self.coerce(value, Ty::float()),
            _ => value,
        }
    }

    fn ask_class(
        &mut self,
        class: Name,
        args: Vec<Pat>,
        named: Vec<(Name, Pat)>,
        value: NodeId,
        asked: &mut Asked,
    ) {
        if let Some(outcome) = crate::ruchy::outcome(class) {
            return self.ask_outcome(outcome, args, value, asked);
        }
        let name = class.as_str().strip_prefix("builtins.").map_or(class, Name::new);
        let test = self.is_a(value, name);
        self.add_test(asked, test);
        if self.body.as_const(test) == Some(&Const::Bool(false)) {
            // Never: the parts are of no type.
            asked.test = Some(test);
            return;
        }
        let env = self.types.env();
        let fields = if env.class(class).is_some() { env.match_fields(class) } else { Vec::new() };
        let origin = self.origin(value);
        let again = self.again(value);
        let value = self.as_class(class, again);
        for (at, part) in args.into_iter().enumerate() {
            let value = self.again(value);
            match fields.get(at) {
                Some(field) => {
                    let part_value = self.attr(value, *field, origin);
                    self.ask_into(part, part_value, asked);
                }
                None => self.ask_into(part, value, asked),
            }
        }
        for (field, part) in named {
            let value = self.again(value);
            let part_value = self.attr(value, field, origin);
            self.ask_into(part, part_value, asked);
        }
    }

    /// `Some(p)`, `None`, `Ok(p)`, `Err(p)` of Ruchy.
    fn ask_outcome(
        &mut self,
        outcome: &crate::ruchy::Outcome,
        args: Vec<Pat>,
        value: NodeId,
        asked: &mut Asked,
    ) {
        let origin = self.origin(value);
        let kinds = [ArgKind::Positional];
        let again = self.again(value);
        let test = self.lib_call(Name::new(outcome.test), &kinds, vec![again], None, origin);
        self.add_test(asked, test);
        for part in args {
            let again = self.again(value);
            let held = self.lib_call(Name::new(outcome.held), &kinds, vec![again], None, origin);
            self.ask_into(part, held, asked);
        }
    }

    /// `[a, *rest, b]` of a list, a tuple or a dynamic value that is one of them.
    fn ask_sequence(
        &mut self,
        front: Vec<Pat>,
        rest: Option<Pat>,
        back: Vec<Pat>,
        value: NodeId,
        asked: &mut Asked,
    ) {
        let count = front.len() + back.len();
        let Some(value) = self.as_sequence(value, count, rest.is_some(), asked) else { return };
        let behind = back.len() as i64;
        for (at, part) in front.into_iter().enumerate() {
            let item = self.item_at(value, at as i64);
            self.ask_into(part, item, asked);
        }
        for (at, part) in back.into_iter().enumerate() {
            let item = self.item_at(value, at as i64 - behind);
            self.ask_into(part, item, asked);
        }
        let Some(rest) = rest.filter(|rest| *rest != Pat::Wild) else { return };
        let origin = self.origin(value);
        let bounds = [Some((count as i64) - behind), (behind > 0).then_some(-behind), None];
        let bounds = bounds.map(|bound| match bound {
            Some(bound) => self.mk(Node::Const(Const::Int(bound.to_string().into())), Ty::int(), origin),
            None => self.mk(Node::Const(Const::None), Ty::unit(), origin),
        });
        let again = self.again(value);
        let middle = self.slice(again, bounds.to_vec(), None);
        let middle = match self.ty(middle).kind() {
            TyKind::List(_) => middle,
            _ => {
                let kinds = [ArgKind::Positional];
                self.lib_call(Name::new("builtins.list"), &kinds, vec![middle], None, origin)
            }
        };
        self.ask_into(rest, middle, asked);
    }

    /// Tests that a value is a sequence of so many items, and gives it as one.
    fn as_sequence(&mut self, value: NodeId, count: usize, open: bool, asked: &mut Asked) -> Option<NodeId> {
        let value = match self.ty(value).kind() {
            TyKind::Option(inner) => {
                let test = self.mk_op(OptOp::IsSome, Attr::None, vec![value], Ty::bool());
                self.add_test(asked, test);
                let again = self.again(value);
                self.unwrap(again, *inner, "None")
            }
            _ => value,
        };
        let env = self.types.env();
        let has = |len: usize| len == count || (open && len >= count);
        let fits = |ty: &Ty| match ty.kind() {
            TyKind::List(_) | TyKind::Range => true,
            TyKind::Lib(name, _) => matches!(name.last(), "tuple" | "deque" | "int_array" | "float_array"),
            TyKind::Tuple(items) => has(items.len()),
            TyKind::Class(class, _) => env.is_named_tuple(*class) && has(env.record_fields(*class).len()),
            _ => false,
        };
        match self.ty(value).kind() {
            TyKind::Union(items) => {
                let members: Vec<Ty> = items.iter().copied().filter(fits).collect();
                match members[..] {
                    [member] => {
                        let test = self.mk_op(UnionOp::Is, Attr::Ty(member), vec![value], Ty::bool());
                        self.add_test(asked, test);
                        let again = self.again(value);
                        let value = self.mk_op(UnionOp::Get, Attr::None, vec![again], member);
                        self.as_sequence(value, count, open, asked)
                    }
                    [] => self.never_matches(value, asked),
                    _ => {
                        let value = self.dynamic(value);
                        self.as_sequence(value, count, open, asked)
                    }
                }
            }
            TyKind::Value => {
                let origin = self.origin(value);
                let name = Name::new("value.is_sequence");
                let test = self.lib_call(name, &[ArgKind::Positional], vec![value], None, origin);
                self.add_test(asked, test);
                self.test_length(value, count, open, asked);
                Some(self.again(value))
            }
            TyKind::Tuple(_) | TyKind::Class(..) if fits(&self.ty(value)) => Some(value),
            TyKind::List(_) | TyKind::Lib(..) | TyKind::Range if fits(&self.ty(value)) => {
                self.test_length(value, count, open, asked);
                Some(self.again(value))
            }
            _ => self.never_matches(value, asked),
        }
    }

    fn never_matches(&mut self, value: NodeId, asked: &mut Asked) -> Option<NodeId> {
        let origin = self.origin(value);
        asked.test = Some(self.mk(Node::Const(Const::Bool(false)), Ty::bool(), origin));
        None
    }

    fn test_length(&mut self, value: NodeId, count: usize, open: bool, asked: &mut Asked) {
        if open && count == 0 {
            return;
        }
        let origin = self.origin(value);
        let again = self.again(value);
        let length = match self.ty(again).kind() {
            TyKind::List(_) => self.mk_op(ListOp::Len, Attr::None, vec![again], Ty::int()),
            _ => match self.special(again, "__len__", Vec::new()) {
                Ok(length) => length,
                Err(again) => {
                    let kinds = [ArgKind::Positional];
                    self.lib_call(Name::new("builtins.len"), &kinds, vec![again], None, origin)
                }
            },
        };
        let count = self.mk(Node::Const(Const::Int(count.to_string().into())), Ty::int(), origin);
        let op = if open { CmpOp::Ge } else { CmpOp::Eq };
        let test = self.mk_op(op, Attr::None, vec![length, count], Ty::bool());
        self.add_test(asked, test);
    }

    fn item_at(&mut self, value: NodeId, at: i64) -> NodeId {
        let origin = self.origin(value);
        let index = self.mk(Node::Const(Const::Int(at.to_string().into())), Ty::int(), origin);
        let again = self.again(value);
        self.index_node(again, index, Some(at)).unwrap_or(again)
    }

    fn ask_map(
        &mut self,
        pairs: Vec<(NodeId, Pat)>,
        rest: Option<LocalId>,
        value: NodeId,
        asked: &mut Asked,
    ) {
        let origin = self.origin(value);
        let test = self.is_a(value, Name::new("dict"));
        if self.body.as_const(test) == Some(&Const::Bool(false)) {
            self.never_matches(value, asked);
            return;
        }
        self.add_test(asked, test);
        let again = self.again(value);
        let value = match self.ty(again).kind() {
            TyKind::Value => again,
            _ => self.as_class(Name::new("dict"), again),
        };
        let mut keys = Vec::new();
        for (key, part) in pairs {
            let key = self.expr(key);
            let (container, item) = (self.again(value), self.again(key));
            let test = self.contains(item, container);
            self.add_test(asked, test);
            let (object, index) = (self.again(value), self.again(key));
            if let Some(item) = self.index_node(object, index, None) {
                self.ask_into(part, item, asked);
            }
            keys.push(key);
        }
        if let Some(local) = rest {
            let again = self.again(value);
            let rest = self.dict_without(again, &keys, origin);
            self.bind(Place::local(local), rest, asked);
        }
    }

    /// A copy of a dict that lacks some keys.
    fn dict_without(&mut self, dict: NodeId, keys: &[NodeId], origin: Origin) -> NodeId {
        let dict = match self.ty(dict).kind() {
            TyKind::Value => self.coerce(dict, Ty::dict(Ty::value(), Ty::value())),
            _ => dict,
        };
        let ty = self.ty(dict);
        let parts = ty.children();
        let key = self.body.temp("key", parts[0], origin);
        let value = self.body.temp("value", parts[1], origin);
        let items = self.lib_call(Name::new("dict.items"), &[ArgKind::Positional], vec![dict], None, origin);
        let pat = Pat::Tuple(vec![Pat::Place(Place::local(key)), Pat::Place(Place::local(value))]);
        let mut clauses = vec![Clause::For { pat, iter: items }];
        for known in keys {
            let (read, known) = (self.read_local(key, origin), self.again(*known));
            clauses.push(Clause::If(self.ordered(ObjOp::Ne, read, known)));
        }
        let (key, value) = (self.read_local(key, origin), self.read_local(value, origin));
        self.mk(Node::Seq { clauses, sink: Sink::Dict(key, value) }, ty, origin)
    }
}

/// Whether a pattern asks for an object of a class.
fn asks_class(pat: &Pat) -> bool {
    match pat {
        Pat::Class { .. } => true,
        Pat::Bind(_, Some(part)) => asks_class(part),
        Pat::Or(parts) => parts.iter().any(asks_class),
        _ => false,
    }
}
