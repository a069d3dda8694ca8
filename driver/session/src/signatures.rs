//! What inference found, in Python's notation: the signature of each function, and for each dynamic
//! value the statement that it comes from.

use crate::finding::{Locator, Position};
use batuta_base::{Anchor, Name, Origin};
use batuta_core::{
    Body, Callee, Child, FnKind, LocalId, Node, NodeId, Op, ParamKind, Program, Root, StmtKind, Ty, TyKind,
    Typed, ValueOp,
};

/// A function as inference sees it. A function that is specialised has one for each version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    pub at: Position,
    /// Without the module: `Class.method`.
    pub name: String,
    /// `(items: list[int], n: int = ...) -> int`.
    pub text: String,
    /// Locals that are dynamic, parameters among them.
    pub dynamic: Vec<Dynamic>,
}

/// A local of type `Any`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dynamic {
    pub name: Name,
    /// The statement that makes it so.
    pub at: Option<Position>,
    pub why: String,
}

/// All functions with a place in a file, in the order of files and lines.
pub(crate) fn signatures(program: &Program<Typed>, locator: &Locator) -> Vec<Signature> {
    let modules: Vec<Name> = program.modules.keys().copied().collect();
    let mut out: Vec<Signature> = Vec::new();
    for body in program.fns.values().filter(|body| body.kind != FnKind::Init) {
        let Some(at) = locator.position(Anchor { item: body.path, origin: body.origin }) else { continue };
        let sources = Sources { body, locator };
        let row = Signature {
            at,
            name: shown_path(body.path, &modules),
            text: header(body),
            dynamic: sources.all(),
        };
        if !out.contains(&row) {
            out.push(row);
        }
    }
    out.sort_by(|a, b| a.at.cmp(&b.at));
    out
}

/// The path without its module and without the mark of a specialisation.
fn shown_path(path: Name, modules: &[Name]) -> String {
    let plain = path.as_str().split('$').next().unwrap_or_default();
    let longest = modules.iter().filter_map(|module| plain.strip_prefix(module.as_str())?.strip_prefix('.'));
    longest.min_by_key(|rest| rest.len()).unwrap_or(plain).to_owned()
}

fn header(body: &Body<Typed>) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut previous = ParamKind::Normal;
    for param in &body.params {
        let ty = body.locals[param.local].ty;
        if previous == ParamKind::PositionalOnly && param.kind != previous {
            parts.push("/".to_owned());
        }
        if param.kind == ParamKind::KeywordOnly
            && !matches!(previous, ParamKind::KeywordOnly | ParamKind::Star)
        {
            parts.push("*".to_owned());
        }
        previous = param.kind;
        parts.push(match param.kind {
            ParamKind::Star => format!("*{}: {}", param.name, items(ty)),
            ParamKind::StarStar => format!("**{}: {}", param.name, items(ty)),
            _ if parts.is_empty() && body.has_receiver() => param.name.to_string(),
            _ if param.default.is_some() => format!("{}: {} = ...", param.name, python(ty)),
            _ => format!("{}: {}", param.name, python(ty)),
        });
    }
    if previous == ParamKind::PositionalOnly {
        parts.push("/".to_owned());
    }
    format!("({}) -> {}", parts.join(", "), python(body.ret))
}

/// What `*args` and `**kwargs` are annotated with: the type of one item.
fn items(ty: Ty) -> String {
    ty.children().last().map_or_else(|| "Any".to_owned(), |item| python(*item))
}

/// A type as an annotation.
pub(crate) fn python(ty: Ty) -> String {
    let list = |items: &[Ty]| items.iter().map(|item| python(*item)).collect::<Vec<_>>();
    match ty.kind() {
        TyKind::Unit => "None".to_owned(),
        TyKind::Never => "NoReturn".to_owned(),
        TyKind::Num => "int | float".to_owned(),
        TyKind::Value | TyKind::Unknown => "Any".to_owned(),
        TyKind::Error => "BaseException".to_owned(),
        TyKind::Tuple(parts) if parts.is_empty() => "tuple[()]".to_owned(),
        TyKind::Option(inner) => format!("{} | None", python(*inner)),
        TyKind::Iter(item) => format!("Iterator[{}]", python(*item)),
        TyKind::Union(parts) => list(parts).join(" | "),
        TyKind::TypeOf(class) => format!("type[{}]", class.last()),
        TyKind::Func(params, ret) => format!("Callable[[{}], {}]", list(params).join(", "), python(*ret)),
        TyKind::Class(name, args) if args.is_empty() => name.last().to_owned(),
        TyKind::Lib(name, args) if args.is_empty() => name.to_string(),
        TyKind::Lib(name, args) if *name == "tuple" => format!("tuple[{}, ...]", list(args).join(", ")),
        kind => {
            let parts = ty.children();
            let head = match kind {
                TyKind::Class(name, _) => name.last().to_owned(),
                TyKind::Lib(name, _) => name.to_string(),
                other => constructor(other).to_owned(),
            };
            if parts.is_empty() { head } else { format!("{head}[{}]", list(&parts).join(", ")) }
        }
    }
}

/// Name of a built-in type.
fn constructor(kind: &TyKind) -> &'static str {
    match kind {
        TyKind::Bool => "bool",
        TyKind::Int(_) => "int",
        TyKind::Float(_) => "float",
        TyKind::Complex => "complex",
        TyKind::Str => "str",
        TyKind::Bytes => "bytes",
        TyKind::List(_) => "list",
        TyKind::Set(_) => "set",
        TyKind::FrozenSet(_) => "frozenset",
        TyKind::Dict(..) => "dict",
        TyKind::Tuple(_) => "tuple",
        TyKind::Range => "range",
        TyKind::Slice => "slice",
        _ => "object",
    }
}

/// Looks for where the dynamic locals of a body come from.
struct Sources<'a> {
    body: &'a Body<Typed>,
    locator: &'a Locator,
}

impl Sources<'_> {
    fn all(&self) -> Vec<Dynamic> {
        let params = self.body.params.iter().map(|param| param.local);
        let params: Vec<LocalId> = params.filter(|local| self.is_dynamic(*local)).collect();
        let from_callers = params.iter().map(|local| Dynamic {
            name: self.body.locals[*local].name,
            at: None,
            why: "callers pass values of several types, or of one that is not known".to_owned(),
        });
        let mut out: Vec<Dynamic> = from_callers.collect();
        let mut seen = params;
        self.each_binding(&mut |local, value, origin| {
            if self.is_dynamic(local) && !seen.contains(&local) {
                seen.push(local);
                let at = self.locator.position(Anchor { item: self.body.path, origin });
                out.push(Dynamic { name: self.body.locals[local].name, at, why: self.why(value) });
            }
        });
        out
    }

    fn is_dynamic(&self, local: LocalId) -> bool {
        let row = &self.body.locals[local];
        !row.is_temp && row.ty.any(&mut |part| *part.kind() == TyKind::Value)
    }

    /// Each local that a statement or loop binds, with the value and the place.
    fn each_binding(&self, f: &mut dyn FnMut(LocalId, NodeId, Origin)) {
        let body = self.body;
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target, value } = &stmt.kind {
                target.for_each_local(&mut |local| f(local, *value, stmt.origin));
            }
        });
        body.walk_block(body.root, &mut |node| {
            if let Node::For { pat, iter, .. } = &body.nodes[node].kind {
                pat.for_each_local(&mut |local| f(local, *iter, body.nodes[*iter].origin));
            }
        });
    }

    /// The nearest reason in a value: a dynamic local that it reads, a call that gives no type.
    fn why(&self, value: NodeId) -> String {
        let (mut local, mut call) = (None, None);
        self.body.walk(Child::Node(value), &mut |node| match &self.body.nodes[node].kind {
            Node::Use(place, _) => {
                if let (None, Root::Local(read)) = (local, place.root) {
                    local = self.is_dynamic(read).then_some(read);
                }
            }
            Node::Call { callee: Callee::Lib(name) | Callee::Fn(name), .. } if self.is_value(node) => {
                call = call.or(Some(*name));
            }
            _ => {}
        });
        match (local, call) {
            (Some(local), _) => format!("it follows from `{}`", self.body.locals[local].name),
            (None, Some(name)) => {
                format!("`{}` gives values whose type is known at run time only", name.last())
            }
            (None, None) if self.makes_value(value) => "it holds values of several types".to_owned(),
            (None, None) => "no use of it says its type".to_owned(),
        }
    }

    fn is_value(&self, node: NodeId) -> bool {
        self.body.ty(node).any(&mut |part| *part.kind() == TyKind::Value)
    }

    fn makes_value(&self, value: NodeId) -> bool {
        let mut found = false;
        self.body.walk(Child::Node(value), &mut |node| {
            found |= matches!(self.body.nodes[node].kind, Node::Op { op: Op::ValueOp(ValueOp::From), .. });
        });
        found
    }
}
