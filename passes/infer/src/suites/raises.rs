//! What tests say of errors and values: `pytest.raises`, `pytest.approx`, the `assert..` methods.
//!
//! before                                                 after
//!   with lib:pytest.raises(item @m.E) as %info { .. }      try { .. } except(m.E) as %error { set %info = %error }
//!   .. %info.value.line ..                                 else { raise exc.new{AssertionError}("DID NOT RAISE") }
//!                                                          .. %info.line ..
//!   method (%self).assertEqual(%a, %b)                     exc.assert(obj.truth(obj.eq(%a, %b)))

use super::call;
use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;

/// Writes out the tests of one body.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    let mut infos = FxHashSet::default();
    for node in body.nodes.ids().collect::<Vec<_>>() {
        open_each(body, node);
    }
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::With { items, body: inner, is_async: false } = body.nodes[node].kind.clone() {
            infos.extend(with(program, body, node, &items, inner));
        }
    }
    infos.into_iter().for_each(|local| name_error(body, local));
    unpack_output(body);
    for node in body.nodes.ids().collect::<Vec<_>>() {
        match body.nodes[node].kind.clone() {
            Node::Op { op: op @ Op::ObjOp(ObjOp::Eq | ObjOp::Ne), args, .. } => {
                approximate(body, node, op, &args)
            }
            Node::Call { callee: Callee::Lib(name), args } if name == "pytest.fail" => {
                let text = args.first().map(|arg| arg.value);
                body.nodes[node].kind = outcome(body, text, "Failed");
            }
            Node::Call { callee: Callee::Lib(name), args } if name == "pytest.raises" && calls(&args) => {
                called(program, body, node, &args);
            }
            Node::Call { callee: Callee::Method(of, name), args } if is_receiver(body, of) => {
                if name == "assertRaises" && calls(&args) {
                    called(program, body, node, &args);
                } else if name == "assertRaisesRegex" && args.len() > 2 {
                    let (mut rest, pattern) = (args.clone(), args[1].value);
                    rest.remove(1);
                    called_with(program, body, node, &rest, Some(pattern));
                } else if let Some(kind) = assertion(body, name.as_str(), &args) {
                    body.nodes[node].kind = kind;
                }
            }
            _ => {}
        }
    }
}

/// `out, err = capsys.readouterr()` takes a pair.
fn unpack_output(body: &mut Body<Hir>) {
    let mut found = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Tuple(_), value } = &stmt.kind {
            found.push(*value);
        }
    });
    for node in found {
        if let Node::Call { callee: Callee::Method(_, name), .. } = &mut body.nodes[node].kind
            && *name == "readouterr"
        {
            *name = Name::new("readouterr_pair");
        }
    }
}

/// Whether `raises` has a function to call.
fn calls(args: &[Arg]) -> bool {
    args.get(1).is_some_and(|arg| arg.kind == ArgKind::Positional)
}

/// The receiver of a method of a test class.
fn is_receiver(body: &Body<Hir>, node: NodeId) -> bool {
    let first = body.params.first().filter(|_| body.has_receiver()).map(|param| param.local);
    matches!(&body.nodes[node].kind, Node::Use(place, _) if first.is_some() && place.as_local() == first)
}

/// The error that ends a test: `raise AssertionError(text)`.
pub(super) fn failure(body: &mut Body<Hir>, text: Option<NodeId>, default: &str) -> Node {
    let at = body.origin;
    let text = text.unwrap_or_else(|| body.node(Node::Const(Const::Str(default.into())), Ty::unknown(), at));
    let attr = Attr::Name(Name::new("AssertionError"));
    let error = body.node(Node::Op { op: ExcOp::New.into(), attr, args: vec![text] }, Ty::unknown(), at);
    Node::Raise { error: Some(error), cause: None }
}

/// The end of a test that no handler for `Exception` takes: `pytest.fail(text)`.
fn outcome(body: &mut Body<Hir>, text: Option<NodeId>, default: &str) -> Node {
    let at = body.origin;
    let text = text.unwrap_or_else(|| body.node(Node::Const(Const::Str(default.into())), Ty::unknown(), at));
    Node::Call { callee: Callee::Lib(Name::new("pytest.fail")), args: vec![Arg::positional(text)] }
}

/// What a `with` expects: the classes, the pattern of the text.
struct Expected {
    classes: Vec<Name>,
    pattern: Option<NodeId>,
}

fn expected(program: &Program<Hir>, body: &Body<Hir>, context: NodeId) -> Option<Expected> {
    let Node::Call { callee, args } = &body.nodes[context].kind else { return None };
    let has_pattern = match callee {
        Callee::Lib(name) if *name == "pytest.raises" => false,
        Callee::Method(of, name) if is_receiver(body, *of) => match name.as_str() {
            "assertRaises" => false,
            "assertRaisesRegex" => true,
            _ => return None,
        },
        _ => return None,
    };
    let (mut class, mut pattern) = (None, None);
    for arg in args {
        match arg.kind {
            ArgKind::Named(name) if name == "match" => pattern = Some(arg.value),
            ArgKind::Named(name) if name == "msg" => {}
            ArgKind::Positional if class.is_none() => class = Some(arg.value),
            ArgKind::Positional if has_pattern && pattern.is_none() => pattern = Some(arg.value),
            _ => return None,
        }
    }
    Some(Expected { classes: classes(program, body, class?)?, pattern })
}

fn classes(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> Option<Vec<Name>> {
    match &body.nodes[node].kind {
        Node::Item(path) => Some(vec![builtin(program.resolve(*path))]),
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
            Some(vec![builtin(program.resolve(*path))])
        }
        Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => {
            let parts: Option<Vec<Vec<Name>>> = args.iter().map(|arg| classes(program, body, *arg)).collect();
            Some(parts?.concat())
        }
        _ => None,
    }
}

/// Handlers name builtin classes without their module.
fn builtin(path: Name) -> Name {
    path.as_str().strip_prefix("builtins.").map_or(path, Name::new)
}

/// `with a, b:` is `with a: with b:` where one of them says what a test expects.
fn open_each(body: &mut Body<Hir>, node: NodeId) {
    let Node::With { items, body: mut inner, is_async: false } = body.nodes[node].kind.clone() else {
        return;
    };
    let is_ours = |item: &WithItem| match &body.nodes[item.context].kind {
        Node::Call { callee: Callee::Lib(name), .. } => *name == "pytest.raises",
        Node::Call { callee: Callee::Method(of, name), .. } => {
            is_receiver(body, *of)
                && matches!(name.as_str(), "subTest" | "assertRaises" | "assertRaisesRegex")
        }
        _ => false,
    };
    if items.len() < 2 || !items.iter().any(is_ours) {
        return;
    }
    let (first, rest) = (items[0].clone(), &items[1..]);
    for item in rest.iter().rev() {
        let with = Node::With { items: vec![item.clone()], body: inner, is_async: false };
        let with = body.node(with, Ty::unknown(), body.origin);
        let stmts = vec![Stmt::new(StmtKind::Expr(with), body.origin)];
        inner = body.block(BlockRow { stmts, ..BlockRow::default() });
    }
    body.nodes[node].kind = Node::With { items: vec![first], body: inner, is_async: false };
}

/// Writes one `with` out; answers the local that holds what it found.
fn with(
    program: &Program<Hir>,
    body: &mut Body<Hir>,
    node: NodeId,
    items: &[WithItem],
    inner: BlockId,
) -> Option<LocalId> {
    let [item] = items else { return None };
    if let Node::Call { callee: Callee::Method(of, name), .. } = &body.nodes[item.context].kind
        && *name == "subTest"
        && is_receiver(body, *of)
    {
        body.nodes[node].kind = Node::Block { label: None, block: inner };
        return None;
    }
    let expected = expected(program, body, item.context)?;
    let target = match &item.target {
        None => None,
        Some(Pat::Place(place)) => match place.as_local() {
            Some(local) => Some(local),
            None => return None,
        },
        Some(_) => return None,
    };
    let kind = attempt(body, inner, expected, target);
    body.nodes[node].kind = kind;
    target
}

/// `try` that fails unless an error of the classes is raised.
fn attempt(body: &mut Body<Hir>, inner: BlockId, expected: Expected, target: Option<LocalId>) -> Node {
    let at = body.origin;
    let mut stmts = Vec::new();
    let bind =
        (target.is_some() || expected.pattern.is_some()).then(|| body.temp("error", Ty::unknown(), at));
    if let (Some(error), Some(pattern)) = (bind, expected.pattern) {
        let error = body.use_local(error, Mode::Read, at);
        let text = call(body, Callee::Lib(Name::new("builtins.str")), vec![error]);
        let is_plain = matches!(body.as_const(pattern), Some(Const::Str(text)) if is_literal(text));
        let check = if is_plain {
            check(body, ObjOp::In, vec![pattern, text], None)
        } else {
            let found = call(body, Callee::Lib(Name::new("re.search")), vec![pattern, text]);
            check(body, ObjOp::Truth, vec![found], None)
        };
        let check = body.node(check, Ty::unknown(), at);
        stmts.push(Stmt::new(StmtKind::Expr(check), at));
    }
    if let (Some(error), Some(local)) = (bind, target) {
        let value = body.use_local(error, Mode::Read, at);
        stmts.push(super::set(local, value, body));
    }
    let handled = body.block(BlockRow { stmts, ..BlockRow::default() });
    let words = expected.classes.iter().map(|class| class.last()).collect::<Vec<_>>().join(", ");
    let raise = outcome(body, None, &format!("DID NOT RAISE {words}"));
    let raise = body.node(raise, Ty::never(), at);
    let els = BlockRow { stmts: vec![Stmt::new(StmtKind::Expr(raise), at)], ..BlockRow::default() };
    let els = body.block(els);
    let handler = Handler {
        classes: expected.classes,
        bind,
        body: handled,
        origin: Origin::default(),
        above: Vec::new(),
    };
    Node::Try { body: inner, handlers: vec![handler], els: Some(els), finally: None }
}

/// A pattern that stands for itself alone.
fn is_literal(pattern: &str) -> bool {
    !pattern.contains(|c: char| r"\.^$*+?{}[]|()".contains(c))
}

/// `info.value` is the error itself, `info.type` its class; `info.match(pattern)` looks at its text.
fn name_error(body: &mut Body<Hir>, local: LocalId) {
    let strip = |place: &mut Place| {
        let is_value =
            matches!(place.proj.first(), Some(Proj::Field(name)) if *name == "value" || *name == "exception");
        if place.root == Root::Local(local) && is_value {
            place.proj.remove(0);
        }
    };
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Use(place, _) = &mut body.nodes[node].kind {
            strip(place);
        }
        match body.nodes[node].kind.clone() {
            Node::Use(Place { root, proj }, mode)
                if root == Root::Local(local)
                    && matches!(proj.first(), Some(Proj::Field(name)) if *name == "type") =>
            {
                let error = body.use_local(local, Mode::Read, body.origin);
                let class = call(body, Callee::Lib(Name::new("builtins.type")), vec![error]);
                body.nodes[node].kind = match proj.len() {
                    1 => body.nodes[class].kind.clone(),
                    _ => Node::Use(Place { root: Root::Node(class), proj: proj[1..].to_vec() }, mode),
                };
            }
            Node::Call { callee: Callee::Method(of, name), args }
                if name == "match"
                    && matches!(&body.nodes[of].kind, Node::Use(place, _) if place.as_local() == Some(local)) =>
            {
                let Some(pattern) = args.first() else { continue };
                let text = call(body, Callee::Lib(Name::new("builtins.str")), vec![of]);
                let found = call(body, Callee::Lib(Name::new("re.search")), vec![pattern.value, text]);
                body.nodes[node].kind = check(body, ObjOp::Truth, vec![found], None);
            }
            _ => {}
        }
    }
}

/// `raises(E, function, a)`: the call inside.
fn called(program: &Program<Hir>, body: &mut Body<Hir>, node: NodeId, args: &[Arg]) {
    called_with(program, body, node, args, None);
}

fn called_with(
    program: &Program<Hir>,
    body: &mut Body<Hir>,
    node: NodeId,
    args: &[Arg],
    pattern: Option<NodeId>,
) {
    let Some(classes) = classes(program, body, args[0].value) else { return };
    let callee = match body.nodes[args[1].value].kind.clone() {
        Node::Item(path) => item_callee(program, path),
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
            item_callee(program, path)
        }
        Node::Use(mut place, mode) => match place.proj.pop() {
            Some(Proj::Field(method)) => {
                let of = body.node(Node::Use(place, mode), Ty::unknown(), body.origin);
                Callee::Method(of, method)
            }
            _ => Callee::Value(args[1].value),
        },
        _ => Callee::Value(args[1].value),
    };
    let made = Node::Call { callee, args: args[2..].to_vec() };
    let made = body.node(made, Ty::unknown(), body.origin);
    let stmts = vec![Stmt::new(StmtKind::Expr(made), body.origin)];
    let inner = body.block(BlockRow { stmts, ..BlockRow::default() });
    body.nodes[node].kind = attempt(body, inner, Expected { classes, pattern }, None);
}

/// A function or class of the program, or one of the library.
fn item_callee(program: &Program<Hir>, path: Name) -> Callee {
    let own = program.resolve(path);
    match program.fns.contains_key(&own) || program.classes.contains_key(&own) {
        true => Callee::Fn(own),
        false => Callee::Lib(own),
    }
}

/// `a == pytest.approx(b)`: within a millionth.
fn approximate(body: &mut Body<Hir>, node: NodeId, op: Op, args: &[NodeId]) {
    let is_approx = |arg: &NodeId| matches!(&body.nodes[*arg].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "pytest.approx");
    let Some(at) = args.iter().position(is_approx) else { return };
    let Node::Call { args: given, .. } = body.nodes[args[at]].kind.clone() else { return };
    let Some(value) = given.first().map(|arg| arg.value) else { return };
    let many = Node::Op { op: ListOp::New.into(), attr: Attr::None, args: Vec::new() };
    if std::mem::discriminant(&body.nodes[value].kind) == std::mem::discriminant(&many)
        && is_display(body, value)
    {
        return;
    }
    let option =
        |name: &str| given.iter().find(|arg| matches!(arg.kind, ArgKind::Named(named) if named == name));
    let (rel, abs) = (option("rel").map(|arg| arg.value), option("abs").map(|arg| arg.value));
    let named = |name: &str, value| Arg { kind: ArgKind::Named(Name::new(name)), value };
    let number = |body: &mut Body<Hir>, value: f64| {
        body.node(Node::Const(Const::Float(value)), Ty::unknown(), body.origin)
    };
    let rel = rel.unwrap_or_else(|| number(body, if abs.is_some() { 0.0 } else { 1e-6 }));
    let abs = abs.unwrap_or_else(|| number(body, 1e-12));
    let nan = option("nan_ok").map(|arg| named("nan_ok", arg.value));
    let operands = [args[1 - at], value].map(Arg::positional);
    let args = operands.into_iter().chain([named("rel", rel), named("abs", abs)]).chain(nan).collect();
    let close = Node::Call { callee: Callee::Lib(Name::new("pytest.is_near")), args };
    body.nodes[node].kind = if op == ObjOp::Eq.into() {
        close
    } else {
        let close = body.node(close, Ty::unknown(), body.origin);
        Node::Op { op: ObjOp::Not.into(), attr: Attr::None, args: vec![close] }
    };
}

fn is_display(body: &Body<Hir>, node: NodeId) -> bool {
    matches!(
        &body.nodes[node].kind,
        Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New) | Op::DictOp(_), .. }
    )
}

/// `exc.assert` of an operation.
fn check(body: &mut Body<Hir>, op: ObjOp, args: Vec<NodeId>, message: Option<NodeId>) -> Node {
    let mut cond = match op {
        ObjOp::Truth => args[0],
        op => body.op(op, args, Ty::unknown(), body.origin),
    };
    if op != ObjOp::Not {
        cond = body.op(ObjOp::Truth, vec![cond], Ty::unknown(), body.origin);
    }
    let args = [Some(cond), message].into_iter().flatten().collect();
    Node::Op { op: ExcOp::Assert.into(), attr: Attr::None, args }
}

/// What an `assert..` method of `unittest` says.
fn assertion(body: &mut Body<Hir>, name: &str, args: &[Arg]) -> Option<Node> {
    let values: Vec<NodeId> =
        args.iter().filter(|arg| arg.kind == ArgKind::Positional).map(|arg| arg.value).collect();
    let named =
        |name: &str| args.iter().find(|arg| matches!(arg.kind, ArgKind::Named(named) if named == name));
    let (op, count) = match name {
        "assertEqual"
        | "assertListEqual"
        | "assertTupleEqual"
        | "assertDictEqual"
        | "assertSetEqual"
        | "assertSequenceEqual"
        | "assertMultiLineEqual" => (ObjOp::Eq, 2),
        "assertNotEqual" => (ObjOp::Ne, 2),
        "assertIs" => (ObjOp::Is, 2),
        "assertIsNot" => (ObjOp::IsNot, 2),
        "assertIn" => (ObjOp::In, 2),
        "assertNotIn" => (ObjOp::NotIn, 2),
        "assertGreater" => (ObjOp::Gt, 2),
        "assertGreaterEqual" => (ObjOp::Ge, 2),
        "assertLess" => (ObjOp::Lt, 2),
        "assertLessEqual" => (ObjOp::Le, 2),
        "assertTrue" => (ObjOp::Truth, 1),
        "assertFalse" => (ObjOp::Not, 1),
        "assertIsNone" => (ObjOp::Is, 1),
        "assertIsNotNone" => (ObjOp::IsNot, 1),
        "assertIsInstance" | "assertNotIsInstance" if values.len() >= 2 => {
            let test = call(body, Callee::Lib(Name::new("builtins.isinstance")), values[..2].to_vec());
            let op = if name == "assertIsInstance" { ObjOp::Truth } else { ObjOp::Not };
            return Some(check(body, op, vec![test], None));
        }
        "assertRegex" if values.len() >= 2 => {
            let found = call(body, Callee::Lib(Name::new("re.search")), vec![values[1], values[0]]);
            return Some(check(body, ObjOp::Truth, vec![found], None));
        }
        "assertCountEqual" if values.len() >= 2 => {
            let sorted = |body: &mut Body<Hir>, value| {
                call(body, Callee::Lib(Name::new("builtins.sorted")), vec![value])
            };
            let sides = vec![sorted(body, values[0]), sorted(body, values[1])];
            return Some(check(body, ObjOp::Eq, sides, None));
        }
        "assertAlmostEqual" if values.len() >= 2 => {
            return Some(almost(body, &values, named("places"), named("delta")));
        }
        "fail" => return Some(failure(body, values.first().copied(), "failed")),
        _ => return None,
    };
    let message = named("msg").map(|arg| arg.value).or_else(|| values.get(count).copied());
    let mut operands = values.get(..count)?.to_vec();
    if name.ends_with("None") {
        operands.push(body.node(Node::Const(Const::None), Ty::unknown(), body.origin));
    }
    Some(check(body, op, operands, message))
}

/// `round(a - b, places) == 0`, or `abs(a - b) <= delta`.
fn almost(body: &mut Body<Hir>, values: &[NodeId], places: Option<&Arg>, delta: Option<&Arg>) -> Node {
    let at = body.origin;
    let difference = body.op(ObjOp::Sub, values[..2].to_vec(), Ty::unknown(), at);
    if let Some(delta) = delta {
        let distance = call(body, Callee::Lib(Name::new("builtins.abs")), vec![difference]);
        return check(body, ObjOp::Le, vec![distance, delta.value], None);
    }
    let places = places.map(|arg| arg.value).or_else(|| values.get(2).copied());
    let places = places.unwrap_or_else(|| body.node(Node::Const(Const::Int("7".into())), Ty::unknown(), at));
    let rounded = call(body, Callee::Lib(Name::new("builtins.round")), vec![difference, places]);
    let zero = body.node(Node::Const(Const::Int("0".into())), Ty::unknown(), at);
    check(body, ObjOp::Eq, vec![rounded, zero], None)
}
