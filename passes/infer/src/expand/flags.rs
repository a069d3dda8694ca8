//! A `Flag` is a class whose objects hold the bits: its members can be combined.
//!
//! before                                   after
//!   class @m.Rule(enum.Flag) {               class @m.Rule() {
//!     attr @m.Rule.A                           attr @m.Rule.A
//!   }                                          fn @m.Rule.__or__ ..
//!   set place @m.Rule.A = lib:enum.auto()    }
//!   for place %r in @m.Rule { .. }           set place @m.Rule.A = call @m.Rule(1)
//!                                            for place %r in list.new(@m.Rule.A, ..) { .. }
//!
//! Holds back when the value of some member is not known here.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Members of a flag in their order, with their values.
pub(super) type Members = Vec<(Name, i64)>;

/// Writes out all flags.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_flag = |def: &ClassDef| matches!(def.kind, ClassKind::EnumOf(kind) if matches!(kind.as_str(), "Flag" | "IntFlag"));
    let classes: Vec<Name> =
        program.classes.iter().filter(|(_, def)| is_flag(def)).map(|(path, _)| *path).collect();
    for class in classes {
        let Some(members) = members(program, class) else { continue };
        let Some(made) = methods(program, class, &members) else { continue };
        let def = Arc::make_mut(program.classes.get_mut(&class).expect("the class is there"));
        def.kind = ClassKind::Plain;
        def.bases.clear();
        for body in made.into_iter().filter(|body| !def.methods.contains(&body.path)).collect::<Vec<_>>() {
            def.methods.push(body.path);
            program.fns.insert(body.path, Arc::new(body));
        }
        let mut asks = false;
        for body in program.fns.values_mut() {
            let body = Arc::make_mut(body);
            asks |= by_name(body, class);
            rewrite(body, class, &members);
        }
        if asks && let Some(body) = of_name(program, class, &members) {
            let def = Arc::make_mut(program.classes.get_mut(&class).expect("the class is there"));
            def.methods.push(body.path);
            program.fns.insert(body.path, Arc::new(body));
        }
    }
}

/// The members' values, as the module assigns them.
fn members(program: &Program<Hir>, class: Name) -> Option<Members> {
    let mut found: Members = Vec::new();
    let mut is_known = true;
    for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
        body.walk_stmts(body.root, &mut |stmt| {
            let Some((path, value)) = member_set(stmt, class) else { return };
            match value_of(body, value, &found) {
                Some(value) => found.push((path, value)),
                None => is_known = false,
            }
        });
    }
    (is_known && !found.is_empty()).then_some(found)
}

fn member_set(stmt: &Stmt, class: Name) -> Option<(Name, NodeId)> {
    let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return None };
    match place.root {
        Root::Global(path) if path.parent() == class && place.proj.is_empty() => Some((path, *value)),
        _ => None,
    }
}

fn value_of(body: &Body<Hir>, node: NodeId, known: &Members) -> Option<i64> {
    match &body.nodes[node].kind {
        Node::Const(Const::Int(digits)) => digits.parse().ok(),
        Node::Call { callee: Callee::Lib(name), .. } if *name == "enum.auto" => {
            let highest = known.iter().map(|(_, value)| *value).max().unwrap_or(0);
            Some(if highest <= 0 { 1 } else { 1 << (64 - highest.leading_zeros()) })
        }
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
            known.iter().find(|(name, _)| name == path).map(|(_, value)| *value)
        }
        Node::Op { op: Op::ObjOp(op), args, .. } => {
            let parts: Option<Vec<i64>> = args.iter().map(|arg| value_of(body, *arg, known)).collect();
            match (op, parts?.as_slice()) {
                (ObjOp::BitOr, [a, b]) => Some(a | b),
                (ObjOp::BitAnd, [a, b]) => Some(a & b),
                (ObjOp::BitXor, [a, b]) => Some(a ^ b),
                (ObjOp::Shl, [a, b]) => Some(a << b),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The members that are one bit each.
pub(super) fn bits(members: &Members) -> Members {
    let mut out: Members = Vec::new();
    for (name, value) in members.iter().filter(|(_, value)| value.count_ones() == 1) {
        if out.iter().all(|(_, known)| known != value) {
            out.push((*name, *value));
        }
    }
    out
}

/// What `Flag` gives its members, for this class.
fn methods(program: &Program<Hir>, class: Name, members: &Members) -> Option<Vec<Body<Hir>>> {
    if matches!(program.classes.get(&class)?.kind, ClassKind::EnumOf(kind) if kind == "IntFlag") {
        return super::int_flags::methods(program, class, members);
    }
    let mask = members.iter().fold(0, |all, (_, value)| all | value);
    let has_zero = members.iter().any(|(_, value)| *value == 0);
    let word = class.last();
    let combine = |name: &str, op: &str| {
        format!(
            "method @{class}.{name}(%self, %other: @{class}) -> @{class} {{\n  \
             return call @{class}(obj.{op}(%self.value, %other.value)): ?: !\n}}\n"
        )
    };
    let zero =
        |text: &str| format!("  if obj.truth(obj.eq(%self.value, 0)) {{\n    return {text}: ?: !\n  }}\n");
    let (zero_text, zero_repr) = match has_zero {
        true => (String::new(), String::new()),
        false => (zero(&format!("\"{word}(0)\"")), zero(&format!("\"<{word}: 0>\""))),
    };
    let (name, iter) = names_and_items(class, members, "");
    let width = 64 - mask.leading_zeros();
    let invalid = format!(
        "<flag '{word}'> invalid value {{%value!f}}\\n    given 0b0 {{%value!f:0{{%width!f}}b}}\\n  allowed 0b0 {{{mask}!f:0{{%width!f}}b}}"
    );
    let mut texts = vec![
        format!(
            "method @{class}.__init__(%self, %value: int) -> none {{\n  \
             if obj.truth(obj.ne(obj.and(%value, obj.invert({mask})), 0)) {{\n    \
             set place %width = lib:builtins.max(method (%value).bit_length(), {width})\n    \
             raise exc.new{{\"ValueError\"}}(format\"{invalid}\"): ?: !\n  }}\n  \
             set place %self.value = %value\n}}\n"
        ),
        combine("__or__", "or"),
        combine("__and__", "and"),
        combine("__xor__", "xor"),
        format!(
            "method @{class}.__invert__(%self) -> @{class} {{\n  \
             return call @{class}(obj.and({mask}, obj.invert(%self.value))): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__contains__(%self, %other: @{class}) -> bool {{\n  \
             return obj.eq(obj.and(%self.value, %other.value), %other.value): ?: !\n}}\n"
        ),
        format!("method @{class}.__bool__(%self) -> bool {{\n  return obj.ne(%self.value, 0): ?: !\n}}\n"),
        format!(
            "method @{class}.__eq__(%self, %other: value) -> bool {{\n  return obj.and_then(\
             lib:builtins.isinstance(%other, @{class}), obj.eq(%self.value, %other.value)): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__hash__(%self) -> int {{\n  return lib:builtins.hash(%self.value): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__len__(%self) -> int {{\n  \
             return method (%self.value).bit_count(): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__str__(%self) -> str {{\n{zero_text}  \
             return format\"{word}.{{%self.name!f}}\": ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__repr__(%self) -> str {{\n{zero_repr}  \
             return format\"<{word}.{{%self.name!f}}: {{%self.value!f}}>\": ?: !\n}}\n"
        ),
        name,
        iter,
    ];
    if has_specs(program) {
        texts.push(format!(
            "method @{class}.__format__(%self, %spec: str) -> str {{\n  \
             return lib:builtins.format(lib:builtins.str(%self), %spec): ?: !\n}}\n"
        ));
    }
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    parsed(&texts, lang)
}

/// The methods that texts are.
pub(super) fn parsed(texts: &[String], lang: Lang) -> Option<Vec<Body<Hir>>> {
    let parse = |source: &String| {
        let parsed = text::parse_body::<Hir>(source);
        debug_assert!(parsed.is_ok(), "{parsed:?} in {source}");
        let mut body = parsed.ok()?;
        body.lang = lang;
        Some(body)
    };
    texts.iter().map(parse).collect()
}

/// The property `name` and the method that gives the members of a combination; `rest` names what no member has.
pub(super) fn names_and_items(class: Name, members: &Members, rest: &str) -> (String, String) {
    let has_zero = members.iter().any(|(_, value)| *value == 0);
    let mut name = format!(
        "property @{class}.name(%self) -> {} {{\n  var %parts: list<str>\n",
        if has_zero && rest.is_empty() { "str" } else { "option<str>" }
    );
    let mut iter = format!("gen method @{class}.__iter__(%self) -> ? {{\n");
    if !has_zero {
        name.push_str("  if obj.truth(obj.eq(%self.value, 0)) {\n    return none: ?: !\n  }\n");
    }
    for (member, value) in members {
        name.push_str(&format!(
            "  if obj.truth(obj.eq(%self.value, {value})) {{\n    return \"{}\": ?: !\n  }}\n",
            member.last()
        ));
    }
    if !rest.is_empty() {
        let all = bits(members).iter().fold(0, |all, (_, value)| all | value);
        let test = format!("  if obj.truth(obj.eq(obj.and(%self.value, {all}), 0)) {{\n");
        name.push_str(&format!("{test}    return none: ?: !\n  }}\n"));
    }
    name.push_str("  set place %parts = list.new()\n");
    for (member, value) in bits(members) {
        let test = format!("  if obj.truth(obj.and(%self.value, {value})) {{\n");
        name.push_str(&format!("{test}    method (%parts).append(\"{}\")\n  }}\n", member.last()));
        iter.push_str(&format!("{test}    yield @{member}\n  }}\n"));
    }
    name.push_str(rest);
    name.push_str("  return method (\"|\").join(%parts): ?: !\n}\n");
    iter.push_str("}\n");
    (name, iter)
}

/// The member with a name.
fn of_name(program: &Program<Hir>, class: Name, members: &Members) -> Option<Body<Hir>> {
    let mut text = format!("staticmethod @{class}.of_name(%name: str) -> @{class} {{\n");
    for (member, _) in members {
        let name = member.last();
        text += &format!("  if obj.truth(obj.eq(%name, \"{name}\")) {{\n    return @{member}: ?: !\n  }}\n");
    }
    text += "  raise exc.new{\"KeyError\"}(%name): ?: !\n}\n";
    let mut body = text::parse_body::<Hir>(&text).ok()?;
    body.lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    Some(body)
}

/// `Rule["A"]` asks for the member by its name; answers whether the body does.
fn by_name(body: &mut Body<Hir>, class: Name) -> bool {
    let cls = own_class(body, class);
    let mut found = false;
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Use(place, mode) = body.nodes[id].kind.clone() else { continue };
        let is_class = place.root == Root::Global(class)
            || matches!(place.root, Root::Local(local) if Some(local) == cls);
        let [Proj::Index(name), rest @ ..] = &place.proj[..] else { continue };
        if !is_class {
            continue;
        }
        found = true;
        let callee = Callee::Fn(class.join("of_name"));
        let call = Node::Call { callee, args: vec![Arg::positional(*name)] };
        if rest.is_empty() {
            body.nodes[id].kind = call;
        } else {
            let at = body.nodes[id].origin;
            let call = body.node(call, Ty::unknown(), at);
            body.nodes[id].kind = Node::Use(Place { root: Root::Node(call), proj: rest.to_vec() }, mode);
        }
    }
    found
}

/// The parameter of a class method that is the class: one with members has no subclasses.
fn own_class(body: &Body<Hir>, class: Name) -> Option<LocalId> {
    let is_own = body.kind == FnKind::ClassMethod && body.path.parent() == class;
    body.params.first().filter(|_| is_own).map(|param| param.local)
}

/// Whether the program formats something by a spec.
fn has_specs(program: &Program<Hir>) -> bool {
    let has_spec = |piece: &Piece| matches!(piece, Piece::Value { spec, .. } if !spec.is_empty());
    program.fns.values().flat_map(|body| body.nodes.iter()).any(|(_, row)| match &row.kind {
        Node::Format(pieces) => pieces.iter().any(has_spec),
        Node::Call { callee: Callee::Lib(name), args } => *name == "builtins.format" && args.len() > 1,
        _ => false,
    })
}

/// Members are made from their values; the class as a whole stands for its members.
fn rewrite(body: &mut Body<Hir>, class: Name, members: &Members) {
    let values: FxHashMap<Name, i64> = members.iter().copied().collect();
    let mut made = Vec::new();
    let mut wholes = Vec::new();
    let cls = own_class(body, class);
    let is_class = |node: NodeId| match &body.nodes[node].kind {
        Node::Item(name) => *name == class,
        Node::Use(place, _) if !place.proj.is_empty() => false,
        Node::Use(place, _) => place.root == Root::Global(class) || cls.is_some() && place.as_local() == cls,
        _ => false,
    };
    if body.kind == FnKind::Init {
        body.walk_stmts(body.root, &mut |stmt| made.extend(member_set(stmt, class)));
    }
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::For { iter, .. } => wholes.extend(Some(*iter).filter(|node| is_class(*node))),
            Node::Seq { clauses, .. } => wholes.extend(clauses.iter().filter_map(|clause| match clause {
                Clause::For { iter, .. } if is_class(*iter) => Some(*iter),
                _ => None,
            })),
            Node::Call { callee: Callee::Lib(name), args } if iterates(name.as_str()) => {
                let function = usize::from(takes_function(name.as_str()));
                wholes.extend(args.iter().skip(function).map(|arg| arg.value).filter(|node| is_class(*node)));
            }
            _ => {}
        }
    }
    // A combination of bits is one object.
    let is_member = |node: &NodeId| matches!(&body.nodes[*node].kind, Node::Use(Place { root: Root::Global(path), proj }, _) if values.contains_key(path) && proj.is_empty());
    let same: Vec<NodeId> = body
        .nodes
        .iter()
        .filter(|(_, row)| {
            matches!(&row.kind, Node::Op { op: Op::ObjOp(ObjOp::Is | ObjOp::IsNot), args, .. } if args.iter().any(is_member))
        })
        .map(|(id, _)| id)
        .collect();
    for id in same {
        if let Node::Op { op, .. } = &mut body.nodes[id].kind {
            *op = if *op == Op::ObjOp(ObjOp::Is) { ObjOp::Eq } else { ObjOp::Ne }.into();
        }
    }
    for (path, node) in made {
        let at = body.nodes[node].origin;
        let value = Const::Int(values[&path].to_string().into());
        let value = body.node(Node::Const(value), Ty::unknown(), at);
        body.nodes[node].kind = Node::Call { callee: Callee::Fn(class), args: vec![Arg::positional(value)] };
    }
    for node in wholes {
        let at = body.nodes[node].origin;
        let parts = bits(members)
            .into_iter()
            .map(|(path, _)| body.node(Node::Use(Place::global(path), Mode::Read), Ty::unknown(), at))
            .collect();
        body.nodes[node].kind = Node::Op { op: ListOp::New.into(), attr: Attr::None, args: parts };
    }
}

fn iterates(name: &str) -> bool {
    matches!(
        name,
        "builtins.list"
            | "builtins.tuple"
            | "builtins.set"
            | "builtins.len"
            | "builtins.sorted"
            | "builtins.max"
            | "builtins.min"
            | "builtins.enumerate"
            | "builtins.reversed"
            | "builtins.iter"
            | "builtins.zip"
            | "itertools.combinations"
            | "itertools.product"
    ) || takes_function(name)
}

/// Whether what is walked comes behind a function, which a class may be.
fn takes_function(name: &str) -> bool {
    matches!(name, "builtins.map" | "builtins.filter" | "functools.reduce")
}
