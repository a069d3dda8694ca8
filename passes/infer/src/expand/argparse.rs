//! Calls of `argparse` with many keywords become the builders of the runtime.
//!
//! before                                                  after
//!   method (%p).add_argument("-n", type=int, help="x")      method (%p).add_argument(
//!                                                             method (method (lib:argparse.Argument("-n")).int()).help("x"))
//!   lib:argparse.ArgumentParser(prog="p")                   method (lib:argparse.ArgumentParser()).prog("p")
//!   method (%s).add_parser("add", help="x")                 method (%s).add_parser("add", method (lib:argparse.CommandParser()).help("x"))
//!   method (%p).set_defaults(level=3)                       method (%p).set_defaults(method (lib:argparse.Namespace()).with("level", 3))

use super::parsers::Parsers;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Writes out the parsers of a program that uses `argparse`.
pub(super) fn expand(program: &mut Program<Hir>) {
    let uses = |body: &Body<Hir>| {
        let is_parser = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if name.as_str().starts_with("argparse."));
        body.nodes.iter().any(|(_, row)| is_parser(&row.kind))
    };
    if !program.fns.values().any(|body| uses(body)) {
        return;
    }
    let start = program.clone();
    let parsers = Parsers::new(&start);
    for body in program.fns.values_mut() {
        let calls = body.nodes.iter().any(|(_, row)| builder_of(&row.kind).is_some());
        if calls {
            write_out(&parsers, Arc::make_mut(body));
        }
    }
}

/// What a call builds: the function that starts it, and how many positional arguments stay with the call.
fn builder_of(node: &Node) -> Option<(&'static str, usize)> {
    let Node::Call { callee, args } = node else { return None };
    let is_long = args.iter().any(|arg| matches!(arg.kind, ArgKind::Named(_)));
    match callee {
        Callee::Lib(name) => match name.as_str() {
            "argparse.ArgumentParser" if !args.is_empty() => Some(("argparse.ArgumentParser", 0)),
            "argparse.Namespace" if is_long => Some(("argparse.Namespace", 0)),
            _ => None,
        },
        Callee::Method(_, name) => match name.as_str() {
            "add_argument" => Some(("argparse.Argument", 0)),
            "add_subparsers" => Some(("argparse.commands", 0)),
            "add_parser" => Some(("argparse.CommandParser", 1)),
            "set_defaults" => Some(("argparse.Namespace", 0)),
            _ => None,
        },
        _ => None,
    }
}

fn write_out(parsers: &Parsers<'_>, body: &mut Body<Hir>) {
    let is_parser = |id: &NodeId| match &body.nodes[*id].kind {
        Node::Call { callee: Callee::Method(of, name), .. } => parsers.has(body, *of, *name),
        _ => true,
    };
    for id in body.nodes.ids().filter(is_parser).collect::<Vec<_>>() {
        let Some((start, kept)) = builder_of(&body.nodes[id].kind) else { continue };
        let Node::Call { callee, args } = body.nodes[id].kind.clone() else { continue };
        if args.iter().any(|arg| matches!(arg.kind, ArgKind::Star | ArgKind::StarStar)) {
            continue;
        }
        let mut builder = Builder { body, origin: Origin::default() };
        builder.origin = builder.body.nodes[id].origin;
        let (mut front, mut names, mut keywords) = (Vec::new(), Vec::new(), Vec::new());
        for arg in args {
            match arg.kind {
                ArgKind::Named(name) => keywords.push((name, arg.value)),
                _ if front.len() < kept => front.push(arg),
                _ => names.push(arg),
            }
        }
        // What an action means comes first, then how many and which values there are.
        let rank = |name: &Name| match name.as_str() {
            "action" => 0,
            "nargs" => 1,
            "type" => 2,
            _ => 3,
        };
        keywords.sort_by_key(|(name, _)| rank(name));
        if start == "argparse.ArgumentParser" {
            keywords.splice(0..0, names.drain(..).map(|arg| (Name::new("prog"), arg.value)));
        }
        let first = Node::Call { callee: Callee::Lib(Name::new(start)), args: names };
        let mut built = builder.node(first);
        for (name, value) in keywords {
            built = match start {
                "argparse.Namespace" => builder.attribute(built, name, value),
                _ => builder.keyword(built, name, value),
            };
        }
        builder.body.nodes[id].kind = match callee {
            Callee::Lib(_) => builder.body.nodes[built].kind.clone(),
            callee => {
                front.push(Arg::positional(built));
                Node::Call { callee, args: front }
            }
        };
    }
}

struct Builder<'a> {
    body: &'a mut Body<Hir>,
    origin: Origin,
}

impl Builder<'_> {
    fn node(&mut self, kind: Node) -> NodeId {
        self.body.node(kind, Ty::unknown(), self.origin)
    }

    fn text(&mut self, text: &str) -> NodeId {
        self.node(Node::Const(Const::Str(text.into())))
    }

    fn set(&mut self, of: NodeId, name: &str, values: Vec<NodeId>) -> NodeId {
        let args = values.into_iter().map(Arg::positional).collect();
        self.node(Node::Call { callee: Callee::Method(of, Name::new(name)), args })
    }

    fn attribute(&mut self, of: NodeId, name: Name, value: NodeId) -> NodeId {
        let name = self.text(name.as_str());
        self.set(of, "with", vec![name, value])
    }

    /// One keyword; `None` says what is so anyway.
    fn keyword(&mut self, of: NodeId, name: Name, value: NodeId) -> NodeId {
        let kind = self.body.nodes[value].kind.clone();
        if matches!(kind, Node::Const(Const::None)) {
            return of;
        }
        match (name.as_str(), &kind) {
            ("type", _) => self.conversion(of, value, &kind),
            ("action", Node::Item(item)) if *item == "argparse.BooleanOptionalAction" => {
                self.set(of, "switch", Vec::new())
            }
            ("nargs", Node::Const(Const::Int(_))) => self.set(of, "count", vec![value]),
            ("default", Node::Op { op: Op::ListOp(ListOp::New), args, .. }) if args.is_empty() => {
                self.set(of, "default_list", Vec::new())
            }
            ("const", _) => self.set(of, "constant", vec![value]),
            ("metavar", Node::Op { op: Op::TupleOp(TupleOp::New), .. }) => {
                self.set(of, "metavars", vec![value])
            }
            ("formatter_class", _) => self.set(of, "formatter", vec![value]),
            (name, _) => self.set(of, name, vec![value]),
        }
    }

    /// `type=..`: the conversions of the library by name, any other function as it is.
    fn conversion(&mut self, of: NodeId, value: NodeId, kind: &Node) -> NodeId {
        let name = match kind {
            Node::Item(item) => match item.as_str() {
                "builtins.int" => return self.set(of, "int", Vec::new()),
                "builtins.float" => return self.set(of, "float", Vec::new()),
                "builtins.str" => return of,
                "pathlib.Path" => return self.set(of, "path", Vec::new()),
                _ => item.last(),
            },
            Node::Use(place, _) => match place.root {
                Root::Global(path) if place.proj.is_empty() => path.last(),
                _ => "function",
            },
            _ => "<lambda>",
        };
        let name = self.text(name);
        self.set(of, "convert", vec![name, value])
    }
}
