//! Which objects are parsers of `argparse`: a class of the program may have methods of the same names.

use batuta_base::Name;
use batuta_core::*;

/// Answers for one program.
pub(super) struct Parsers<'p> {
    program: &'p Program<Hir>,
}

impl<'p> Parsers<'p> {
    pub(super) fn new(program: &'p Program<Hir>) -> Self {
        Self { program }
    }

    /// Whether a method of this name is called of a parser.
    pub(super) fn has(&self, body: &Body<Hir>, receiver: NodeId, method: Name) -> bool {
        let is_own = self
            .program
            .classes
            .values()
            .any(|class| class.methods.iter().any(|path| path.last() == method.as_str()));
        !is_own || self.is_parser(body, receiver, 0)
    }

    fn is_parser(&self, body: &Body<Hir>, node: NodeId, depth: usize) -> bool {
        let makers = ["add_subparsers", "add_parser", "add_argument_group", "add_mutually_exclusive_group"];
        if depth > 6 {
            return false;
        }
        match &body.nodes[node].kind {
            Node::Call { callee: Callee::Lib(name), .. } => name.as_str().starts_with("argparse."),
            Node::Call { callee: Callee::Method(of, name), .. } => {
                makers.contains(&name.as_str()) && self.is_parser(body, *of, depth + 1)
            }
            Node::Use(place, _) => match (place.root, place.proj.last()) {
                (Root::Local(local), None) => {
                    let ty = body.locals[local].ty;
                    matches!(ty.strip().kind(), TyKind::Lib(path, _) if path.last() == "ArgumentParser")
                        || self.is_set(body, depth, &|target| target.as_local() == Some(local))
                }
                (_, None) => self.is_set_anywhere(depth, &|target| target == place),
                (_, Some(last @ Proj::Field(_))) => {
                    self.is_set_anywhere(depth, &|target| target.proj.last() == Some(last))
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_set_anywhere(&self, depth: usize, is_it: &dyn Fn(&Place) -> bool) -> bool {
        self.program.fns.values().any(|body| self.is_set(body, depth, is_it))
    }

    /// Whether a body gives such a place a parser.
    fn is_set(&self, body: &Body<Hir>, depth: usize, is_it: &dyn Fn(&Place) -> bool) -> bool {
        let mut found = false;
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind {
                found |= is_it(place) && self.is_parser(body, *value, depth + 1);
            }
        });
        found
    }
}
