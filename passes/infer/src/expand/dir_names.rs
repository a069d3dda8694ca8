//! `dir(self)`, `dir(Class)` and `dir` of an object that is made once: the names are those of the class.
//!
//! before                              after
//!   lib:builtins.dir(item @m.C)         list.new("__class__", .., "run", "test_add")
//!
//! Of a receiver the class is asked first where there are classes below. Holds back where a field is not set in the
//! constructor: not all objects have it.

use super::set_by_name::{class_of, is_always_there};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What every class has.
const COMMON: [&str; 27] = [
    "__class__",
    "__delattr__",
    "__dict__",
    "__dir__",
    "__doc__",
    "__eq__",
    "__format__",
    "__ge__",
    "__getattribute__",
    "__getstate__",
    "__gt__",
    "__hash__",
    "__init__",
    "__init_subclass__",
    "__le__",
    "__lt__",
    "__module__",
    "__ne__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__repr__",
    "__setattr__",
    "__sizeof__",
    "__str__",
    "__subclasshook__",
    "__weakref__",
];

pub(super) fn expand(program: &mut Program<Hir>) {
    let is_asked = |row: &NodeRow| matches!(&row.kind, Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.dir" && args.len() == 1);
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = &program.fns[&path];
        let calls: Vec<NodeId> =
            body.nodes.iter().filter(|(_, row)| is_asked(row)).map(|(id, _)| id).collect();
        if calls.is_empty() {
            continue;
        }
        let mut body = (**body).clone();
        for call in calls {
            if let Some(kind) = written(program, &mut body, call) {
                body.nodes[call].kind = kind;
            }
        }
        program.fns.insert(path, Arc::new(body));
    }
}

fn written(program: &Program<Hir>, body: &mut Body<Hir>, call: NodeId) -> Option<Node> {
    let Node::Call { args, .. } = &body.nodes[call].kind else { return None };
    let (value, origin) = (args[0].value, body.nodes[call].origin);
    match body.nodes[value].kind.clone() {
        Node::Item(path) => {
            let class = program.resolve(path);
            program.classes.get(&class)?;
            Some(list(body, names(program, class, false)?, origin))
        }
        Node::Use(Place { root: Root::Global(path), proj }, _)
            if proj.is_empty() && program.classes.contains_key(&program.resolve(path)) =>
        {
            Some(list(body, names(program, program.resolve(path), false)?, origin))
        }
        // It is made for what making it does.
        Node::Call { callee: Callee::Fn(path), .. } => {
            let class = program.resolve(path);
            program.classes.get(&class)?;
            let kind = list(body, names(program, class, true)?, origin);
            let made = body.node(body.nodes[value].kind.clone(), Ty::unknown(), origin);
            let tail = Some(body.node(kind, Ty::unknown(), origin));
            let stmts = vec![Stmt::new(StmtKind::Expr(made), origin)];
            let block = body.block(BlockRow { stmts, tail, ..BlockRow::default() });
            Some(Node::Block { label: None, block })
        }
        Node::Use(place, _) => {
            let class = class_of(program, body, &place)?;
            program.classes.get(&class)?;
            let is_receiver = body.has_receiver() && place.as_local() == Some(body.params[0].local);
            let mut below = program.subclasses(class);
            below.retain(|sub| is_receiver && *sub != class);
            // The nearest to the object first.
            below.sort_by_key(|sub| std::cmp::Reverse(program.mro(*sub).len()));
            let mut out = list(body, names(program, class, true)?, origin);
            for sub in below.into_iter().rev() {
                let own = list(body, names(program, sub, true)?, origin);
                out = choice(body, &place, sub, own, out, origin);
            }
            Some(out)
        }
        _ => None,
    }
}

/// `then` where the object is of a class, else `els`.
fn choice(body: &mut Body<Hir>, place: &Place, class: Name, then: Node, els: Node, at: Origin) -> Node {
    let object = body.node(Node::Use(place.clone(), Mode::Read), Ty::unknown(), at);
    let item = body.node(Node::Item(class), Ty::unknown(), at);
    let args = vec![Arg::positional(object), Arg::positional(item)];
    let callee = Callee::Lib(Name::new("builtins.isinstance"));
    let test = body.node(Node::Call { callee, args }, Ty::unknown(), at);
    let cond = body.op(ObjOp::Truth, vec![test], Ty::unknown(), at);
    let mut block = |kind: Node| {
        let tail = Some(body.node(kind, Ty::unknown(), at));
        body.block(BlockRow { tail, ..BlockRow::default() })
    };
    let (then, els) = (block(then), block(els));
    Node::If { cond, then, els: Some(els) }
}

fn list(body: &mut Body<Hir>, names: BTreeSet<String>, at: Origin) -> Node {
    let texts = names.iter().map(|name| Node::Const(Const::Str(name.as_str().into())));
    let args = texts.map(|text| body.node(text, Ty::str(), at)).collect();
    Node::Op { op: ListOp::New.into(), attr: Attr::None, args }
}

/// The names of a class, or of an object of it; none where objects differ.
fn names(program: &Program<Hir>, class: Name, of_object: bool) -> Option<BTreeSet<String>> {
    let mut out: BTreeSet<String> = COMMON.iter().map(|name| (*name).to_owned()).collect();
    for path in program.mro(class) {
        let Some(def) = program.classes.get(&path) else {
            if !matches!(path.as_str(), "object" | "Generic") {
                return None;
            }
            continue;
        };
        if !matches!(def.kind, ClassKind::Plain | ClassKind::Dataclass { .. }) {
            return None;
        }
        let methods = def.methods.iter().map(|path| path.last()).filter(|name| !name.contains('$'));
        out.extend(methods.map(str::to_owned));
        out.extend(def.attributes.iter().map(|path| path.last().to_owned()));
        for field in &def.fields {
            if of_object && !is_always_there(program, def, field) {
                return None;
            }
            if of_object {
                out.insert(field.name.to_string());
            }
        }
    }
    Some(out)
}
