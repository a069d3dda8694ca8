//! What Ruchy programs may not hold after inference, since the passes behind it mean Python by it.
//!
//! A dynamic value, a condition that is no bool, a bool that counts as a number, a text that has another form in
//! Ruchy: each is a hole with a diagnostic. What is left means the same in both languages, or is Ruchy's own.

use batuta_base::{Anchor, Code, Diagnostic, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// A condition of another type than bool.
pub const NO_CONDITION: Code = Code::warning("B0706", "this condition is no bool");
/// A value whose type is only known when the program runs.
pub const DYNAMIC: Code =
    Code::warning("B0707", "the type of this value is not known before the program runs");
/// An operation that means something else in Ruchy.
pub const NOT_RUCHY: Code = Code::warning("B0708", "this has no translation from Ruchy with these types yet");

/// Library functions beside `ruchy.*` that mean the same.
const KNOWN: &[&str] = &["builtins.range", "builtins.list", "builtins.set", "builtins.dict", "builtins.len"];

/// The row of a method of the language: `ruchy.push` of `push`.
pub(crate) fn method(name: Name) -> Name {
    Name::new("ruchy").join(name.as_str())
}

/// What a pattern of `Option` or `Result` asks and takes out.
pub(crate) struct Outcome {
    pub test: &'static str,
    pub held: &'static str,
    /// Which type argument it holds.
    pub part: usize,
}

/// The pattern `ruchy.Some` and its like.
pub(crate) fn outcome(class: Name) -> Option<&'static Outcome> {
    const SOME: Outcome = Outcome { test: "ruchy.is_some", held: "ruchy.some_of", part: 0 };
    const NONE: Outcome = Outcome { test: "ruchy.is_none", held: "", part: 0 };
    const OK: Outcome = Outcome { test: "ruchy.is_ok", held: "ruchy.ok_of", part: 0 };
    const ERR: Outcome = Outcome { test: "ruchy.is_err", held: "ruchy.err_of", part: 1 };
    Some(match class.as_str() {
        "ruchy.Some" => &SOME,
        "ruchy.None" => &NONE,
        "ruchy.Ok" => &OK,
        "ruchy.Err" => &ERR,
        _ => return None,
    })
}

/// What `type_of` says of values of a type.
pub(crate) fn type_word(env: &crate::env::Env<'_>, ty: Ty) -> Option<&'static str> {
    Some(match ty.strip().kind() {
        TyKind::Int(_) => "integer",
        TyKind::Float(_) => "float",
        TyKind::Str => "string",
        TyKind::Bool => "boolean",
        TyKind::Unit => "nil",
        TyKind::List(_) => "array",
        TyKind::Tuple(_) => "tuple",
        TyKind::Dict(..) => "object",
        TyKind::Range => "range",
        TyKind::Func(..) => "function",
        TyKind::Class(class, _) => match env.class(*class)?.kind {
            ClassKind::Dataclass { repr: false, .. } => "object",
            ClassKind::Enum if is_atom(env.class(*class)?) => "atom",
            ClassKind::Enum => "enum_variant",
            _ if env.program.subclasses(*class).len() > 1 || !env.class(*class)?.bases.is_empty() => {
                "enum_variant"
            }
            _ => "struct",
        },
        TyKind::Lib(name, _) if matches!(name.as_str(), "Option" | "Result") => "enum_variant",
        _ => return None,
    })
}

/// Whether a class holds the atoms of a program: their names are what they show.
fn is_atom(class: &ClassDef) -> bool {
    class.attributes.first().is_some_and(|member| member.last().starts_with(':'))
}

/// Puts holes where a Ruchy program would mean something else.
pub(crate) fn refuse(program: &mut Program<Typed>, diags: &mut Vec<Diagnostic>) {
    let paths: Vec<Name> =
        program.fns.iter().filter(|(_, body)| body.lang == Lang::Ruchy).map(|(path, _)| *path).collect();
    for path in paths {
        let mut body = (*program.fns[&path]).clone();
        // What types have to say has no code of its own.
        if body.decorators.iter().any(|mark| mark.path == "abc.abstractmethod") {
            continue;
        }
        let mut reached = Vec::new();
        body.walk(Child::Block(body.root), &mut |node| reached.push(node));
        let mut said: Vec<Origin> = Vec::new();
        let mut is_changed = show_nil(&mut body, &reached);
        for id in reached {
            let Some((code, why)) = fault(&body, id) else { continue };
            let origin = body.nodes[id].origin;
            let at = Anchor { item: path, origin };
            if !said.iter().any(|known| known.start <= origin.start && origin.end <= known.end) {
                said.push(origin);
                diags.push(Diagnostic {
                    code,
                    message: why.clone(),
                    at,
                    labels: Vec::new(),
                    hints: Vec::new(),
                });
            }
            body.nodes[id].kind = Node::Hole { why: why.into(), source: Arc::from("") };
            body.nodes[id].ty = Ty::never();
            is_changed = true;
        }
        is_changed |= unset(program, &mut body);
        let said = updates(&mut body);
        is_changed |= !said.is_empty();
        diags.extend(said);
        if is_changed {
            program.fns.insert(path, Arc::new(body));
        }
    }
    crate::ruchy_types::settle(program);
}

/// The text of what may be nil is `nil` or that of the value, with no word of an option.
fn show_nil(body: &mut Body<Typed>, reached: &[NodeId]) -> bool {
    let mut is_changed = false;
    for id in reached {
        let Node::Format(mut pieces) = body.nodes[*id].kind.clone() else { continue };
        for piece in &mut pieces {
            let Piece::Value { value, conv, spec, .. } = piece else { continue };
            let ty = body.ty(*value);
            let is_nothing = matches!(
                body.nodes[innermost(body, *value)].kind,
                Node::Op { op: Op::OptOp(OptOp::None), .. }
            );
            // What a list gives that never holds anything.
            let is_of_nothing = matches!(&body.nodes[*value].kind, Node::Call { callee: Callee::Lib(name), .. }
                if name.as_str().contains("_or_nil") && matches!(ty.kind(), TyKind::Unit));
            let is_nothing = is_nothing && matches!(ty.kind(), TyKind::Option(_));
            let is_function =
                matches!(body.nodes[*value].kind, Node::Closure(_) | Node::Item(_) | Node::Use(..))
                    && matches!(ty.kind(), TyKind::Func(..));
            if spec.is_empty() && is_function {
                *piece = Piece::Text("<function>".into());
                is_changed = true;
                continue;
            }
            if spec.is_empty() && (is_nothing || is_of_nothing) {
                *piece = Piece::Text("nil".into());
                is_changed = true;
                continue;
            }
            // `{:?}` of what may be nil is its text, too.
            match (&conv, ty.kind()) {
                (Conv::Str | Conv::Format, _) => {}
                (Conv::Repr, TyKind::Option(inner)) if spec.is_empty() && *inner.kind() != TyKind::Str => {
                    *conv = Conv::Str;
                }
                _ => continue,
            }
            if let Some(wide) = padded(ty, spec) {
                let origin = body.nodes[*value].origin;
                let call = Node::Call {
                    callee: Callee::Lib(Name::new("ruchy.shown")),
                    args: vec![Arg::positional(*value)],
                };
                *value = body.node(call, Ty::str(), origin);
                if !wide.is_empty() {
                    spec.insert(0, Piece::Text(wide.into()));
                }
                is_changed = true;
                continue;
            }
            let TyKind::Option(inner) = ty.kind() else {
                if spec.is_empty() && holds_nil(ty) {
                    let origin = body.nodes[*value].origin;
                    let op = Node::Op { op: ValueOp::From.into(), attr: Attr::None, args: vec![*value] };
                    *value = body.node(op, Ty::value(), origin);
                    is_changed = true;
                }
                continue;
            };
            if !spec.is_empty() || !shows(*inner) {
                continue;
            }
            let origin = body.nodes[*value].origin;
            let call = Node::Call {
                callee: Callee::Lib(Name::new("ruchy.or_nil")),
                args: vec![Arg::positional(*value)],
            };
            *value = body.node(call, Ty::str(), origin);
            is_changed = true;
        }
        body.nodes[*id].kind = Node::Format(pieces);
    }
    is_changed
}

/// The value of a block that holds nothing else.
fn innermost(body: &Body<Typed>, value: NodeId) -> NodeId {
    let Node::Block { block, .. } = &body.nodes[value].kind else { return value };
    match body.blocks[*block].tail.filter(|_| body.blocks[*block].stmts.is_empty()) {
        Some(tail) => innermost(body, tail),
        None => value,
    }
}

/// What a spec that only pads a value has before it where it pads the text of the value.
fn padded(ty: Ty, spec: &[Piece]) -> Option<&'static str> {
    let text = spec_text(spec)?;
    let is_padding = text.ends_with(|c: char| c.is_ascii_digit()) && !text.contains(['+', '#', '.']);
    let is_float = matches!(ty.strip().kind(), TyKind::Float(_));
    let has_own = matches!(ty.strip().kind(), TyKind::Int(_) | TyKind::Str | TyKind::Option(_));
    if !is_padding || has_own || takes_spec(ty.strip(), spec) || !shows(ty) {
        return None;
    }
    let is_aligned = text.contains(['<', '>', '^']);
    match (is_aligned, is_float && text.starts_with('0')) {
        (false, true) => None,
        // Numbers stand at the right.
        (false, false) if is_float => Some(">"),
        _ => Some(""),
    }
}

/// Whether a value is plain data, some of which may be nil: its text is that of a dynamic value.
fn holds_nil(ty: Ty) -> bool {
    let may_be = ty.any(&mut |part| matches!(part.kind(), TyKind::Option(_)));
    let is_plain = |part: Ty| {
        matches!(
            part.kind(),
            TyKind::Int(_)
                | TyKind::Float(_)
                | TyKind::Bool
                | TyKind::Str
                | TyKind::Unit
                | TyKind::Value
                | TyKind::Num
                | TyKind::Option(_)
                | TyKind::List(_)
                | TyKind::Dict(..)
                | TyKind::Tuple(_)
                | TyKind::Union(_)
                | TyKind::Class(..)
        )
    };
    may_be && !ty.any(&mut |part| !is_plain(part))
}

/// Globals that nothing sets, since what would set them is a hole: the statement stops there, and so does each use.
fn unset(program: &Program<Typed>, body: &mut Body<Typed>) -> bool {
    let is_unset = |path: Name| {
        let parent = path.parent();
        !program.globals.contains_key(&path) && !program.classes.contains_key(&parent)
    };
    let mut is_changed = false;
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Use(Place { root: Root::Global(path), .. }, _) = &body.nodes[node].kind
            && is_unset(*path)
        {
            let why = Arc::from("a name that nothing sets");
            body.nodes[node].kind = Node::Hole { why, source: Arc::from("") };
            body.nodes[node].ty = Ty::never();
            is_changed = true;
        }
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for stmt in &mut body.blocks[block].stmts {
            if let StmtKind::Set { target: Pat::Place(Place { root: Root::Global(path), .. }), value } =
                &stmt.kind
                && is_unset(*path)
            {
                stmt.kind = StmtKind::Expr(*value);
                is_changed = true;
            }
        }
    }
    is_changed
}

/// `x op= y` of what has no type.
fn updates(body: &mut Body<Typed>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let path = body.path;
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let stmt = &body.blocks[block].stmts[at];
            let StmtKind::Update { op: Op::ValueOp(_) | Op::NumOp(_) | Op::IntOp(IntOp::Pow), .. } =
                stmt.kind
            else {
                continue;
            };
            let at_source = Anchor { item: path, origin: stmt.origin };
            let message = DYNAMIC.title.to_owned();
            found.push(Diagnostic {
                code: DYNAMIC,
                message,
                at: at_source,
                labels: Vec::new(),
                hints: Vec::new(),
            });
            let hole = Node::Hole { why: DYNAMIC.title.into(), source: Arc::from("") };
            let hole = body.node(hole, Ty::never(), stmt_origin(body, block, at));
            body.blocks[block].stmts[at].kind = StmtKind::Expr(hole);
        }
    }
    found
}

fn stmt_origin(body: &Body<Typed>, block: BlockId, at: usize) -> Origin {
    body.blocks[block].stmts[at].origin
}

/// Why a node cannot stay.
fn fault(body: &Body<Typed>, id: NodeId) -> Option<(Code, String)> {
    let row = &body.nodes[id];
    let dynamic = |ty: Ty| {
        ty.any(&mut |part| {
            matches!(part.kind(), TyKind::Value | TyKind::Union(_) | TyKind::Num | TyKind::Complex)
        })
    };
    match &row.kind {
        Node::Hole { .. } => return None,
        // Plain data may be of several types where it is only kept and shown.
        Node::Op { op: Op::ValueOp(ValueOp::From), args, .. }
            if is_data(body.ty(args[0])) || is_handed(body.ty(args[0])) =>
        {
            return None;
        }
        Node::Op { op: Op::ValueOp(_), .. } if computes(body, id) => return None,
        Node::Op { op: Op::ValueOp(_), .. } => return Some((DYNAMIC, DYNAMIC.title.to_owned())),
        Node::Op { op: Op::BoolOp(BoolOp::ToInt), .. } => {
            return Some((NOT_RUCHY, "a bool is no number in Ruchy".to_owned()));
        }
        Node::Op { op: op @ Op::CmpOp(CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge), args, .. } => {
            let ty = body.ty(args[0]).strip();
            let is_ordered = matches!(
                ty.kind(),
                TyKind::Int(_) | TyKind::Float(_) | TyKind::Str | TyKind::Num | TyKind::Never
            );
            if !is_ordered {
                return Some((NOT_RUCHY, format!("`{}` of values of type `{ty}`", op.name())));
            }
        }
        // The runtime does not tell structs from enums.
        Node::Call { callee: Callee::Lib(name), args }
            if *name == "ruchy.type_of" && args.iter().any(|arg| is_of_class(body, arg.value)) =>
        {
            return Some((DYNAMIC, DYNAMIC.title.to_owned()));
        }
        Node::Call { callee: Callee::Lib(name), args } => {
            let told = args
                .first()
                .filter(|_| matches!(name.as_str(), "ruchy.tell" | "ruchy.dbg"))
                .map(|arg| body.ty(arg.value));
            if let Some(ty) = told.filter(|ty| !shows(*ty)) {
                return Some((NOT_RUCHY, format!("the text of a value of type `{}`", ty.strip())));
            }
            let is_foreign = name.as_str().starts_with("builtins.") && !KNOWN.contains(&name.as_str());
            if is_foreign {
                return Some((NOT_RUCHY, format!("`{}` with these types", name.last())));
            }
        }
        Node::Format(pieces) => {
            for piece in pieces {
                let Piece::Value { value, spec, conv, .. } = piece else { continue };
                let ty = body.ty(*value).strip();
                let takes = *conv == Conv::Repr || spec.is_empty() || takes_spec(ty, spec);
                if !shows(ty) || !takes {
                    return Some((NOT_RUCHY, format!("the text of a value of type `{ty}`")));
                }
            }
        }
        Node::Op { op: Op::IntOp(IntOp::Shl | IntOp::Shr), args, .. } => {
            // Ruchy refuses counts beyond the width, and loses bits.
            let count = match body.as_const(args[1]) {
                Some(Const::Int(digits)) => digits.parse().unwrap_or(64),
                _ => 64,
            };
            if !(0..64).contains(&count) {
                return Some((NOT_RUCHY, "a shift by a computed count".to_owned()));
            }
        }
        // A power of ints is one of floats below zero, which the types do not say.
        Node::Op { op: Op::IntOp(IntOp::Pow), args, .. } if !is_natural(body, args[1]) => {
            return Some((NOT_RUCHY, "`**` of ints with a computed exponent; use `pow`".to_owned()));
        }
        _ => {}
    }
    let is_kept = match &row.kind {
        Node::Op { op, args, .. } => {
            keeps(*op) || !args.iter().any(|arg| dynamic(body.ty(*arg))) && !dynamic(row.ty)
        }
        Node::Call { callee: Callee::Lib(name), args } => {
            KEEPS.contains(&name.as_str().split('#').next().unwrap_or_default())
                || !args.iter().any(|arg| dynamic(body.ty(arg.value))) && !dynamic(row.ty)
        }
        _ => true,
    };
    let is_function = matches!(row.ty.kind(), TyKind::Func(..));
    let is_shown = is_function || is_data(row.ty) || !dynamic(row.ty);
    (!is_kept || !is_shown).then(|| (DYNAMIC, format!("{}: `{}`", DYNAMIC.title, row.ty)))
}

/// Operators on dynamic values that the runtime has as Ruchy means them: none of them changes its operands.
fn computes(body: &Body<Typed>, id: NodeId) -> bool {
    const BINARY: [&str; 11] = ["add", "sub", "mul", "div", "rem", "eq", "ne", "lt", "le", "gt", "ge"];
    let Node::Op { op: Op::ValueOp(op), attr, args } = &body.nodes[id].kind else { return false };
    let name = match attr {
        Attr::Name(name) => name.as_str(),
        _ => "",
    };
    match op {
        ValueOp::Binary => BINARY.contains(&name),
        ValueOp::Unary => matches!(name, "neg" | "truth" | "is_none"),
        ValueOp::Is => matches!(attr, Attr::Ty(of) if *of.strip().kind() == TyKind::Unit),
        ValueOp::To => args.len() == 1 && is_copied(body.ty(id)),
        _ if args.first().is_some_and(|of| is_of_class(body, *of)) => false,
        ValueOp::Method => name == "__slice__" || !name.starts_with("__") && !name.ends_with('='),
        ValueOp::Index | ValueOp::Attr | ValueOp::Iter | ValueOp::Call => true,
        _ => false,
    }
}

/// Whether a dynamic value is made of one that may hold structs or enums: the runtime has no parts of those.
fn is_of_class(body: &Body<Typed>, value: NodeId) -> bool {
    let Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } = &body.nodes[value].kind else { return false };
    body.ty(args[0]).any(&mut |part| matches!(part.kind(), TyKind::Class(..)))
}

/// Whether a dynamic value is read as data of a type: containers are copied.
fn is_copied(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Str | TyKind::Num | TyKind::Value => true,
        TyKind::List(_) | TyKind::Dict(..) | TyKind::Tuple(_) | TyKind::Option(_) => {
            ty.children().into_iter().all(is_copied)
        }
        TyKind::Union(members) => members.iter().all(|of| is_copied(*of)),
        _ => false,
    }
}

/// Methods that hand values on as they are.
const KEEPS: &[&str] = &[
    "value.is_sequence",
    "builtins.len",
    "builtins.list",
    "ruchy.dataframe",
    "ruchy.dataframe_from_csv",
    "ruchy.dataframe_from_json",
    "ruchy.json_parse",
    "ruchy.json_get",
    "ruchy.json_set",
    "ruchy.json_merge",
    "ruchy.json_stringify",
    "ruchy.json_pretty",
    "ruchy.sort_by",
    "ruchy.sort_by_key",
    "ruchy.filter_map",
    "ruchy.max_by_key",
    "ruchy.min_by_key",
    "ruchy.find_some",
    "ruchy.get_some",
    "ruchy.first_some",
    "ruchy.last_some",
    "ruchy.pop_some",
    "ruchy.as_float",
    "ruchy.unwrap_or_else",
    "ruchy.and_then",
    "ruchy.map_err",
    "ruchy.ok",
    "ruchy.ok_or",
    "ruchy.step_by",
    "ruchy.take_while",
    "ruchy.skip_while",
    "ruchy.to_set",
    "ruchy.type_of",
    "ruchy.filter",
    "ruchy.any",
    "ruchy.all",
    "ruchy.find",
    "ruchy.reduce",
    "ruchy.position",
    "ruchy.join",
    "ruchy.merge",
    "ruchy.get_or",
    "ruchy.group_by",
    "ruchy.flat_map",
    "ruchy.partition",
    "ruchy.unwrap",
    "ruchy.unwrap_or",
    "ruchy.expect",
    "ruchy.some_of",
    "ruchy.ok_of",
    "ruchy.err_of",
    "ruchy.is_ok",
    "ruchy.is_err",
    "ruchy.try",
    "ruchy.first_or_nil",
    "ruchy.last_or_nil",
    "ruchy.pop_or_nil",
    "ruchy.nth",
    "ruchy.swap",
    "ruchy.truncate",
    "ruchy.copy",
    "ruchy.push",
    "ruchy.len",
    "ruchy.is_empty",
    "ruchy.first",
    "ruchy.last",
    "ruchy.pop",
    "ruchy.insert",
    "ruchy.reverse",
    "ruchy.take",
    "ruchy.skip",
    "ruchy.slice",
    "ruchy.concat",
    "ruchy.append",
    "ruchy.extend",
    "ruchy.enumerate",
    "ruchy.pairs",
    "ruchy.walked",
    "ruchy.zip",
    "ruchy.get",
    "ruchy.map",
    "ruchy.for_each",
    "ruchy.to_string",
    "ruchy.keys",
    "ruchy.values",
    "ruchy.items",
    "ruchy.clear",
    "ruchy.coalesce",
    "ruchy.rev",
    "ruchy.or_nil",
    "ruchy.is_nil",
    "ruchy.not_nil",
    "ruchy.is_some",
    "ruchy.is_none",
    "ruchy.Some",
    "ruchy.None",
    "ruchy.Ok",
    "ruchy.Err",
    "ruchy.contains_key",
    "ruchy.flatten",
    "ruchy.chunks",
    "ruchy.windows",
    "ruchy.to_list",
    "ruchy.remove",
];

/// Operations that hand values on as they are, or only look at which type they are of.
fn keeps(op: Op) -> bool {
    matches!(
        op,
        Op::ListOp(ListOp::New | ListOp::Len | ListOp::Concat | ListOp::Slice)
            | Op::TupleOp(TupleOp::New)
            | Op::DictOp(DictOp::New | DictOp::Len | DictOp::Contains)
            | Op::UnionOp(UnionOp::From | UnionOp::Get | UnionOp::Is)
            | Op::NumOp(NumOp::FromInt | NumOp::ToFloat)
            | Op::CmpOp(_)
            | Op::IterOp(IterOp::Of)
            | Op::OptOp(_)
            | Op::ClassOp(ClassOp::New)
            | Op::IoOp(_)
    ) || op.name() == "num.from_float"
}

/// Whether a dynamic value of the type is data alone: it shows as Ruchy shows it.
fn is_data(ty: Ty) -> bool {
    !ty.any(&mut |part| matches!(part.kind(), TyKind::Func(..) | TyKind::Complex)) && shows_inside(ty)
        || !ty.any(&mut |part| matches!(part.kind(), TyKind::Value | TyKind::Num | TyKind::Complex))
}

/// Whether a value is a function of data, which methods of dynamic values call.
fn is_handed(ty: Ty) -> bool {
    matches!(ty.strip().kind(), TyKind::Func(..)) && ty.strip().children().into_iter().all(is_data)
}

/// Whether an int is never below zero, by what it is made of.
fn is_natural(body: &Body<Typed>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Const(Const::Int(digits)) => !digits.starts_with('-'),
        Node::Op { op: Op::IntOp(IntOp::Add | IntOp::Mul | IntOp::Pow), args, .. } => {
            args.iter().all(|arg| is_natural(body, *arg))
        }
        _ => false,
    }
}

/// Whether the runtime shows values of a type as Ruchy does.
fn shows(ty: Ty) -> bool {
    match ty.strip().kind() {
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Str | TyKind::Unit | TyKind::Never => true,
        TyKind::Class(..) | TyKind::Value | TyKind::Num => true,
        TyKind::List(_)
        | TyKind::Set(_)
        | TyKind::Dict(..)
        | TyKind::Tuple(_)
        | TyKind::Union(_)
        | TyKind::Iter(_) => ty.strip().children().into_iter().all(shows),
        TyKind::Lib(name, args) => {
            matches!(name.as_str(), "Option" | "Result") && args.iter().all(|arg| shows(*arg))
        }
        _ => false,
    }
}

/// The same for what a dynamic value holds: what may be nil is one.
fn shows_inside(ty: Ty) -> bool {
    match ty.strip().kind() {
        TyKind::List(_)
        | TyKind::Set(_)
        | TyKind::Dict(..)
        | TyKind::Tuple(_)
        | TyKind::Union(_)
        | TyKind::Option(_)
        | TyKind::Iter(_) => ty.strip().children().into_iter().all(shows_inside),
        // A dynamic value does not tell `Some(1)` from 1.
        TyKind::Lib(..) => false,
        _ => shows(ty),
    }
}

/// The text of a spec with some number for each that a variable holds.
fn spec_text(spec: &[Piece]) -> Option<String> {
    let part = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Value { .. } => "8".to_owned(),
    };
    (!spec.is_empty()).then(|| spec.iter().map(part).collect())
}

/// Width and alignment mean the same for texts and ints, decimals for floats.
fn takes_spec(ty: Ty, spec: &[Piece]) -> bool {
    let Some(text) = spec_text(spec) else { return false };
    let has_decimals = text.ends_with('f');
    let is_radix = text.ends_with(['x', 'X', 'b', 'o']);
    match ty.kind() {
        TyKind::Float(_) => has_decimals,
        TyKind::Int(_) => !has_decimals && !is_radix,
        TyKind::Str => !has_decimals && !is_radix && !text.contains(['+', '#']) && !text.starts_with('0'),
        _ => false,
    }
}
