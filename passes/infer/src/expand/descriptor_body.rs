//! The methods of a descriptor as methods of the class that has it as an attribute.
//!
//!   %self                        the rule: the class attribute under its own name
//!   %self.name                   what `__set_name__` or the constructor makes of constants
//!   getattr(%obj, "_price")      %obj._price
//!   %obj.__dict__["price"]       %obj._price: the attribute's own name is the property's
//!   if obj.is(%obj, none) { return %self }      goes: the class itself does not ask the property

use batuta_base::{FxHashMap, IndexMap, Name, Origin};
use batuta_core::*;

const DICT: &str = "__dict__";

/// A class attribute whose value is a descriptor.
pub(super) struct Attribute {
    /// The class that has it.
    pub owner: Name,
    pub name: Name,
    pub path: Name,
    /// Where the descriptor goes on.
    pub rule: Name,
    /// The descriptor's class.
    pub class: Name,
    /// The body that sets it.
    pub init: Name,
    pub get: Option<Name>,
    pub set: Option<Name>,
    pub set_name: Option<Name>,
    /// Arguments of the descriptor's constructor.
    pub args: Vec<Arg>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Set,
}

type Fields = FxHashMap<Name, Node>;

/// What fields hold before the descriptor sets them; none where the class has no constructor to say so.
pub(super) type Starts = IndexMap<Name, Const>;

impl Attribute {
    /// The descriptor's fields that hold constants or classes for good.
    pub(super) fn known_fields(&self, program: &Program<Hir>) -> Fields {
        let mut out = Fields::default();
        let find = |name: &str| program.find_method(self.class, name);
        if let Some(body) = self.set_name.and_then(|path| program.fns.get(&path)) {
            let names: FxHashMap<LocalId, Node> = body
                .params
                .get(2)
                .map(|param| (param.local, Node::Const(Const::Str(self.name.as_str().into()))))
                .into_iter()
                .collect();
            known_sets(body, &names, &mut out);
        }
        if let Some(body) = find("__init__").and_then(|path| program.fns.get(&path)) {
            let values = self.arguments(program, body);
            known_sets(body, &values, &mut out);
        }
        let makers = [self.set_name, find("__init__")];
        let is_changed = |name: &Name| {
            program.fns.iter().filter(|(path, _)| !makers.contains(&Some(**path))).any(|(path, body)| {
                program.mro(self.class).contains(&path.parent()) && sets_field(body, *name)
            })
        };
        out.retain(|name, _| !is_changed(name));
        out
    }

    /// The constructor's parameters whose arguments are constants or classes.
    fn arguments(&self, program: &Program<Hir>, init: &Body<Hir>) -> FxHashMap<LocalId, Node> {
        let caller = &program.fns[&self.init];
        let plain = |body: &Body<Hir>, node: NodeId| {
            let kind = &body.nodes[node].kind;
            matches!(kind, Node::Const(_) | Node::Item(_)).then(|| kind.clone())
        };
        let mut out = FxHashMap::default();
        let mut position = 0;
        let positional: Vec<&Arg> = self.args.iter().filter(|arg| arg.kind == ArgKind::Positional).collect();
        if self.args.iter().any(|arg| matches!(arg.kind, ArgKind::Star | ArgKind::StarStar)) {
            return out;
        }
        for param in init.params.iter().skip(1) {
            let named = self.args.iter().find(|arg| arg.kind == ArgKind::Named(param.name));
            let value = match param.kind {
                ParamKind::Star | ParamKind::StarStar => continue,
                ParamKind::KeywordOnly => named,
                _ => {
                    position += 1;
                    positional.get(position - 1).copied().or(named)
                }
            };
            let value = match value {
                Some(arg) => plain(caller, arg.value),
                None => param.default.and_then(|default| plain(init, default)),
            };
            out.extend(value.map(|value| (param.local, value)));
        }
        out
    }

    /// The getter of a descriptor without `__get__`: what the setter stored.
    pub(super) fn plain_getter(&self, program: &Program<Hir>) -> Body<Hir> {
        let like = &program.fns[&self.init];
        let mut body = Body::new(self.owner.join(self.name.as_str()), like.lang, FnKind::Property);
        let at = Origin::default();
        let this = body.local("self", Ty::unknown(), at);
        let name = Name::new("self");
        body.params.push(Param { name, local: this, kind: ParamKind::Normal, default: None });
        let place = Place::local(this).with(Proj::Field(self.storage(self.name.as_str())));
        let value = body.node(Node::Use(place, Mode::Read), Ty::unknown(), at);
        let back = body.node(Node::Return(Some(value)), Ty::never(), at);
        let root = body.root;
        body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(back), at));
        body
    }

    /// The field for a name that the descriptor stores under: its own is taken by the property.
    fn storage(&self, name: &str) -> Name {
        match self.name == name {
            true => Name::new(&format!("_{name}")),
            false => Name::new(name),
        }
    }
}

/// Fields that a body sets to values that are known from its parameters.
fn known_sets(body: &Body<Hir>, known: &FxHashMap<LocalId, Node>, out: &mut Fields) {
    let Some(this) = body.params.first().map(|param| param.local) else { return };
    for stmt in &body.blocks[body.root].stmts {
        let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { continue };
        let (Root::Local(root), [Proj::Field(name)]) = (place.root, &place.proj[..]) else { continue };
        if root == this && count_sets(body, *name) == 1 {
            out.extend(known_value(body, *value, known).map(|value| (*name, value)));
        }
    }
}

fn known_value(body: &Body<Hir>, node: NodeId, known: &FxHashMap<LocalId, Node>) -> Option<Node> {
    let text = |node: NodeId| match known_value(body, node, known)? {
        Node::Const(Const::Str(text)) => Some(text.to_string()),
        _ => None,
    };
    match &body.nodes[node].kind {
        kind @ (Node::Const(_) | Node::Item(_)) => Some(kind.clone()),
        Node::Use(place, _) => known.get(&place.as_local()?).cloned(),
        Node::Op { op: Op::ObjOp(ObjOp::Add), args, .. } => {
            let joined = text(args[0])? + &text(args[1])?;
            Some(Node::Const(Const::Str(joined.as_str().into())))
        }
        Node::Format(pieces) => {
            let mut out = String::new();
            for piece in pieces {
                match piece {
                    Piece::Text(part) => out += part,
                    Piece::Value { value, conv: Conv::Format | Conv::Str, spec, .. } if spec.is_empty() => {
                        out += &text(*value)?
                    }
                    _ => return None,
                }
            }
            Some(Node::Const(Const::Str(out.as_str().into())))
        }
        _ => None,
    }
}

fn count_sets(body: &Body<Hir>, name: Name) -> usize {
    let mut count = 0;
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => {
            target.each_place(&mut |place| count += usize::from(place.proj.contains(&Proj::Field(name))));
        }
        StmtKind::Update { place, .. } | StmtKind::Del(place) => {
            count += usize::from(place.proj.contains(&Proj::Field(name)));
        }
        _ => {}
    });
    count
}

fn sets_field(body: &Body<Hir>, name: Name) -> bool {
    count_sets(body, name) > 0
}

/// `__get__` or `__set__` as a method of the attribute's class; none where it asks for what such a method has not.
pub(super) fn written(
    program: &Program<Hir>,
    attribute: &Attribute,
    path: Name,
    method: Method,
    fields: &Fields,
    starts: &mut Option<Starts>,
) -> Option<Vec<Body<Hir>>> {
    let mut body = (**program.fns.get(&path)?).clone();
    let expected = if method == Method::Get { 2..=3 } else { 3..=3 };
    if !expected.contains(&body.params.len()) || body.is_generator || body.is_async {
        return None;
    }
    let above = calls_above(program, attribute, path, &mut body)?;
    let (rule, object) = (body.params[0].local, body.params[1].local);
    match method {
        Method::Get => {
            without_guard(&mut body, object);
            if let Some(owner) = body.params.get(2).map(|param| param.local) {
                is_owner(&mut body, owner, attribute.owner);
            }
            body.params.truncate(2);
            body.kind = FnKind::Property;
            body.path = attribute.owner.join(attribute.name.as_str());
        }
        Method::Set => {
            body.kind = FnKind::PropertySetter;
            body.path = attribute.owner.join(&format!("{}$setter", attribute.name));
        }
    }
    body.params.remove(0);
    body.params[0].default = None;
    body.locals[object].ty = Ty::unknown();
    put_fields(&mut body, rule, fields);
    body.each_place_mut(&|place| {
        if place.root == Root::Local(rule) {
            place.root = Root::Global(attribute.rule);
        }
    });
    by_field(&mut body, attribute, object, starts);
    if !asks_known_names(&body, object) {
        return None;
    }
    let mut out = vec![body];
    if let Some(above) = above {
        let mut more = written(program, attribute, above, method, fields, starts)?;
        more[0].path = attribute.owner.join(helper(attribute, above).as_str());
        more[0].kind = FnKind::Method;
        out.append(&mut more);
    }
    Some(out)
}

/// The method that does what a class above the descriptor's does.
fn helper(attribute: &Attribute, above: Name) -> Name {
    let word = above.last().trim_matches('_');
    Name::new(&format!("{word}_{}_as_{}", attribute.name, above.parent().last().to_lowercase()))
}

/// `super().__set__(obj, value)` asks a method of the attribute's class; none where it cannot, else the method above.
fn calls_above(
    program: &Program<Hir>,
    attribute: &Attribute,
    path: Name,
    body: &mut Body<Hir>,
) -> Option<Option<Name>> {
    let object = body.params[1].local;
    let mut above = None;
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Super(name), args } = &body.nodes[id].kind else { continue };
        let is_object = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(object));
        let (first, rest) = args.split_first()?;
        if *name != path.last() || !is_object(first.value) {
            return None;
        }
        let order = program.mro(attribute.class);
        let at = order.iter().position(|class| *class == path.parent())?;
        let mut methods = order[at + 1..].iter().map(|class| class.join(name.as_str()));
        let found = methods.find(|method| program.fns.contains_key(method))?;
        above = Some(found);
        let rest = if path.last() == "__get__" { Vec::new() } else { rest.to_vec() };
        let callee = Callee::Method(first.value, helper(attribute, found));
        body.nodes[id].kind = Node::Call { callee, args: rest };
    }
    Some(above)
}

/// Takes `if obj is None: return self` out.
fn without_guard(body: &mut Body<Hir>, object: LocalId) {
    let Some(first) = body.blocks[body.root].stmts.first() else { return };
    let StmtKind::Expr(node) = first.kind else { return };
    let Node::If { cond, els: None, .. } = body.nodes[node].kind else { return };
    let test = match &body.nodes[cond].kind {
        Node::Op { op: Op::ObjOp(ObjOp::Truth), args, .. } => args[0],
        _ => cond,
    };
    let Node::Op { op: Op::ObjOp(ObjOp::Is), args, .. } = &body.nodes[test].kind else { return };
    let is_object =
        matches!(&body.nodes[args[0]].kind, Node::Use(place, _) if place.as_local() == Some(object));
    if is_object && body.as_const(args[1]) == Some(&Const::None) {
        let root = body.root;
        body.blocks[root].stmts.remove(0);
    }
}

/// The class that is asked is the attribute's.
fn is_owner(body: &mut Body<Hir>, local: LocalId, owner: Name) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if matches!(&body.nodes[id].kind, Node::Use(place, _) if place.as_local() == Some(local)) {
            body.nodes[id].kind = Node::Item(owner);
        }
    }
}

fn put_fields(body: &mut Body<Hir>, rule: LocalId, fields: &Fields) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Use(place, mode) = body.nodes[id].kind.clone() else { continue };
        let (Root::Local(root), [Proj::Field(name), rest @ ..]) = (place.root, &place.proj[..]) else {
            continue;
        };
        let Some(value) = fields.get(name).filter(|_| root == rule) else { continue };
        let is_name = rest == [Proj::Field(Name::new("__name__"))];
        if rest.is_empty() {
            body.nodes[id].kind = value.clone();
        } else if let (Node::Item(class), true) = (value, is_name) {
            body.nodes[id].kind = Node::Const(Const::Str(class.last().into()));
        } else {
            let origin = body.nodes[id].origin;
            let value = body.node(value.clone(), Ty::unknown(), origin);
            body.nodes[id].kind = Node::Use(Place { root: Root::Node(value), proj: rest.to_vec() }, mode);
        }
    }
}

/// What is asked of the object by a name that is known is a field.
fn by_field(body: &mut Body<Hir>, attribute: &Attribute, object: LocalId, starts: &mut Option<Starts>) {
    let texts: FxHashMap<NodeId, Name> = body
        .nodes
        .iter()
        .filter_map(|(id, row)| match &row.kind {
            Node::Const(Const::Str(text)) => Some((id, attribute.storage(text))),
            _ => None,
        })
        .collect();
    body.each_place_mut(&|place| {
        if let (Root::Local(root), [Proj::Field(dict), Proj::Index(at), rest @ ..]) =
            (place.root, &place.proj[..])
            && root == object
            && *dict == DICT
            && let Some(name) = texts.get(at)
        {
            let rest = rest.to_vec();
            place.proj = vec![Proj::Field(*name)];
            place.proj.extend(rest);
        }
    });
    let is_object = |body: &Body<Hir>, node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(object));
    let field = |name: Name| Place::local(object).with(Proj::Field(name));
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee, args } = body.nodes[id].kind.clone() else { continue };
        match callee {
            Callee::Lib(name) if name == "builtins.getattr" && is_object(body, args[0].value) => {
                let default = args.get(2).map(|arg| arg.value);
                if let Some(name) = texts.get(&args[1].value) {
                    read_field(body, id, object, *name, default, starts);
                }
            }
            Callee::Method(of, name) if name == "get" && is_dict(body, of, object) => {
                let Some(key) = args.first().and_then(|arg| texts.get(&arg.value)) else { continue };
                let none = || Node::Const(Const::None);
                let default = args.get(1).map(|arg| arg.value);
                let default = default.unwrap_or_else(|| body.node(none(), Ty::unknown(), Origin::default()));
                read_field(body, id, object, *key, Some(default), starts);
            }
            _ => {}
        }
    }
    let blocks: Vec<BlockId> = body.blocks.ids().collect();
    for block in blocks {
        for at in 0..body.blocks[block].stmts.len() {
            let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind else { continue };
            let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { continue };
            if *name == "builtins.setattr"
                && args.len() == 3
                && is_object(body, args[0].value)
                && let Some(name) = texts.get(&args[1].value)
            {
                let (target, value) = (Pat::Place(field(*name)), args[2].value);
                body.blocks[block].stmts[at].kind = StmtKind::Set { target, value };
            }
        }
    }
}

/// Makes a node the read of a field: one with a constant default holds that from the start.
fn read_field(
    body: &mut Body<Hir>,
    id: NodeId,
    object: LocalId,
    name: Name,
    default: Option<NodeId>,
    starts: &mut Option<Starts>,
) {
    let place = Place::local(object).with(Proj::Field(name));
    let constant = default.and_then(|default| body.as_const(default).cloned());
    body.nodes[id].kind = match (default, constant, starts) {
        (None, ..) => Node::Use(place, Mode::Read),
        (_, Some(constant), Some(starts)) => {
            starts.insert(name, constant);
            Node::Use(place, Mode::Read)
        }
        (Some(default), ..) => {
            let origin = body.nodes[id].origin;
            let this = body.use_local(object, Mode::Read, origin);
            let text = Node::Const(Const::Str(name.as_str().into()));
            let text = body.node(text, Ty::unknown(), origin);
            let callee = Callee::Lib(Name::new("builtins.getattr"));
            let args = [this, text, default].map(Arg::positional).to_vec();
            Node::Call { callee, args }
        }
    };
}

fn is_dict(body: &Body<Hir>, node: NodeId, object: LocalId) -> bool {
    matches!(&body.nodes[node].kind, Node::Use(place, _)
        if place.root == Root::Local(object) && place.proj == [Proj::Field(Name::new(DICT))])
}

/// Whether nothing of the object is asked for by a name that only the run knows.
fn asks_known_names(body: &Body<Hir>, object: LocalId) -> bool {
    let mut is_known = true;
    let mut nodes = Vec::new();
    body.walk_block(body.root, &mut |node| nodes.push(node));
    for node in nodes {
        match &body.nodes[node].kind {
            Node::Use(place, _) if place.proj.contains(&Proj::Field(Name::new(DICT))) => {
                is_known &= place.root != Root::Local(object);
            }
            Node::Call { callee: Callee::Lib(name), args }
                if matches!(name.as_str(), "builtins.getattr" | "builtins.setattr" | "builtins.hasattr") =>
            {
                is_known &= matches!(body.as_const(args[1].value), Some(Const::Str(_)));
            }
            _ => {}
        }
    }
    body.each_place(&mut |place| {
        is_known &=
            !(place.root == Root::Local(object) && place.proj.contains(&Proj::Field(Name::new(DICT))));
    });
    is_known
}
