//! Assignments: targets, chains, annotations, augmented assignment, `del`.

use super::resolve::Target;
use super::{Binding, Lowerer, ScopeKind};
use batuta_base::{Code, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// A target that Python does not allow.
pub const BAD_TARGET: Code = Code::error("B0106", "this cannot be assigned to");

impl<'t> Lowerer<'t> {
    /// The pattern that a target assigns.
    pub fn target(&mut self, node: Syntax<'t>) -> Pat {
        match node.kind() {
            "identifier" | "attribute" | "subscript" => Pat::Place(self.target_place(node)),
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                self.unpacking(node)
            }
            "as_pattern_target" | "parenthesized_expression" => match node.first() {
                Some(inner) => self.target(inner),
                None => Pat::Wild,
            },
            "list_splat_pattern" | "list_splat" => {
                self.report(BAD_TARGET, node, "a starred target must be in a list or tuple");
                Pat::Wild
            }
            _ => {
                self.report(BAD_TARGET, node, format!("`{}` cannot be assigned to", node.text()));
                Pat::Wild
            }
        }
    }

    fn unpacking(&mut self, node: Syntax<'t>) -> Pat {
        let parts = node.named();
        let is_star = |part: &Syntax<'t>| matches!(part.kind(), "list_splat_pattern" | "list_splat");
        let Some(star) = parts.iter().position(is_star) else {
            // Of a name that stands twice the last one holds.
            let again = |at: usize| {
                let is_twin = |other: &Syntax<'t>| other.is("identifier") && other.text() == parts[at].text();
                parts[at + 1..].iter().any(is_twin)
            };
            let targets = (0..parts.len()).map(|at| match again(at) {
                true => Pat::Wild,
                false => self.target(parts[at]),
            });
            return Pat::Tuple(targets.collect());
        };
        if parts.iter().filter(|part| is_star(part)).count() > 1 {
            self.report(BAD_TARGET, node, "two starred targets in one assignment");
        }
        let front = parts[..star].iter().map(|part| self.target(*part)).collect();
        let rest = parts[star].first().map(|inner| Box::new(self.target(inner)));
        let back = parts[star + 1..].iter().filter(|part| !is_star(part));
        let back = back.map(|part| self.target(*part)).collect::<Vec<_>>();
        Pat::List { front, rest, back }
    }

    pub fn assignment(&mut self, node: Syntax<'t>) {
        let Some(left) = node.field("left") else { return };
        if let Some(hint) = node.field("type") {
            self.annotate(left, hint);
        }
        let Some(right) = node.field("right") else { return };
        if right.is("assignment") {
            return self.chained(node);
        }
        if right.is("augmented_assignment") {
            self.report(BAD_TARGET, right, "an augmented assignment has no value");
            return;
        }
        if let Some(pairs) = self.constant_pairs(left, right) {
            for (left, right) in pairs {
                let value = self.expr(right);
                let target = self.target(left);
                self.push(StmtKind::Set { target, value }, node);
            }
            return;
        }
        let value = self.format_function(right).unwrap_or_else(|| self.expr(right));
        if let Some(setter) = self.stream_setter(left) {
            return self.set_stream(setter, value, node);
        }
        let target = self.target(left);
        self.unzipped(&target, value);
        if let Some((parts, items)) = self.constant_items(&target, value) {
            for (target, item) in parts.into_iter().zip(items) {
                let value = self.constant(item, right);
                self.push(StmtKind::Set { target, value }, node);
            }
            return;
        }
        self.push(StmtKind::Set { target, value }, node);
    }

    /// `LOW, HIGH = range(2)` at module level or in a class: the targets and what each one gets.
    fn constant_items(&self, target: &Pat, value: NodeId) -> Option<(Vec<Pat>, Vec<Const>)> {
        let is_global =
            |part: &Pat| matches!(part, Pat::Place(Place { root: Root::Global(_), proj }) if proj.is_empty());
        let Pat::Tuple(parts) = target else { return None };
        let body = &self.cx.body;
        let constant = |node: &NodeId| match &body.nodes[*node].kind {
            Node::Const(value) => Some(value.clone()),
            _ => None,
        };
        let number = |node: NodeId| match constant(&node)? {
            Const::Int(digits) => digits.parse::<i64>().ok(),
            _ => None,
        };
        let items: Vec<Const> = match &body.nodes[value].kind {
            Node::Const(Const::Str(text)) => {
                text.chars().map(|letter| Const::Str(letter.to_string().into())).collect()
            }
            Node::Op { op: Op::ListOp(ListOp::New), args, .. } => {
                args.iter().map(constant).collect::<Option<_>>()?
            }
            Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.range" => {
                let (start, end) = match args.as_slice() {
                    [end] => (0, number(end.value)?),
                    [start, end] => (number(start.value)?, number(end.value)?),
                    _ => return None,
                };
                (start..end.min(start + 1000)).map(|item| Const::Int(item.to_string().into())).collect()
            }
            _ => return None,
        };
        (parts.len() == items.len() && parts.iter().all(is_global)).then(|| (parts.clone(), items))
    }

    /// `WALL, FLOOR = "#", "."` at module level: one constant after the other.
    fn constant_pairs(&self, left: Syntax<'t>, right: Syntax<'t>) -> Option<Vec<(Syntax<'t>, Syntax<'t>)>> {
        let (targets, values) = (left.named(), right.named());
        let is_constant = |value: &Syntax<'t>| {
            matches!(value.kind(), "string" | "integer" | "float" | "true" | "false") && !is_format(*value)
        };
        let fits = left.is("pattern_list")
            && matches!(right.kind(), "expression_list" | "tuple")
            && targets.len() == values.len()
            && targets.iter().all(|target| {
                target.is("identifier") && matches!(self.look_up(target.text()), Binding::Global(_))
            })
            && values.iter().all(is_constant);
        fits.then(|| targets.into_iter().zip(values).collect())
    }

    /// `a = b = value`: the value once, then the targets from the left.
    fn chained(&mut self, node: Syntax<'t>) {
        let mut targets = Vec::new();
        let mut at = node;
        while let Some(left) = at.field("left") {
            targets.push(left);
            match at.field("right") {
                Some(right) if right.is("assignment") => at = right,
                _ => break,
            }
        }
        let Some(right) = at.field("right") else { return };
        let value = self.expr(right);
        let kind = self.cx.body.nodes[value].kind.clone();
        if matches!(kind, Node::Const(_)) {
            let mut value = value;
            for (index, left) in targets.into_iter().enumerate() {
                if index > 0 {
                    value = self.node(kind.clone(), right);
                }
                let target = self.target(left);
                self.push(StmtKind::Set { target, value }, node);
            }
            return;
        }
        let is_mixed = targets.iter().any(|target| !target.is("identifier"));
        let first = targets.first().copied().filter(|first| is_mixed && first.is("identifier"));
        let first = first.map(|first| self.target(first)).and_then(|target| match target {
            Pat::Place(place) => place.as_local(),
            _ => None,
        });
        // A local that gets the value first keeps it for the others.
        if first.is_some() {
            targets.remove(0);
        }
        let temp = first.unwrap_or_else(|| self.temp("value", right));
        self.push_set(Place::local(temp), value, right);
        for left in targets {
            let value = self.use_local(temp, right);
            if let Some(setter) = self.stream_setter(left) {
                self.set_stream(setter, value, node);
                continue;
            }
            let target = self.target(left);
            self.push(StmtKind::Set { target, value }, node);
        }
    }

    /// The function behind an assignment to `sys.stdout` or `sys.stderr`.
    fn stream_setter(&self, left: Syntax<'t>) -> Option<Name> {
        let found = self.static_path(left).filter(|found| left.is("attribute") && found.rest.is_empty())?;
        match found.target {
            Target::Lib(path) if path == "sys.stdout" => Some(Name::new("sys.set_stdout")),
            Target::Lib(path) if path == "sys.stderr" => Some(Name::new("sys.set_stderr")),
            _ => None,
        }
    }

    fn set_stream(&mut self, setter: Name, value: NodeId, node: Syntax<'t>) {
        let call = Node::Call { callee: Callee::Lib(setter), args: vec![Arg::positional(value)] };
        let call = self.node(call, node);
        self.push(StmtKind::Expr(call), node);
    }

    /// Keeps the annotation of a name.
    fn annotate(&mut self, left: Syntax<'t>, hint: Syntax<'t>) {
        if !left.is("identifier") {
            return;
        }
        let ty = self.hint(hint);
        match self.look_up(left.text()) {
            Binding::Local(local) if ty != self.unknown => self.cx.body.locals[local].ty = ty,
            Binding::Global(path) => {
                self.list_global(path, left);
                if let Some(global) = self.globals.get_mut(&path)
                    && ty != self.unknown
                {
                    global.ty = ty;
                }
            }
            _ => {}
        }
    }

    pub fn augmented(&mut self, node: Syntax<'t>) {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else { return };
        let operator = node.field("operator").map_or("", |operator| operator.kind());
        let Some(op) = super::expr::binary_op(operator.trim_end_matches('=')) else { return };
        if !matches!(left.kind(), "identifier" | "attribute" | "subscript") {
            self.report(BAD_TARGET, left, format!("`{}` cannot be the target of `{operator}`", left.text()));
            return;
        }
        let place = self.target_place(left);
        let value = self.expr(right);
        self.push(StmtKind::Update { place, op: op.into(), value }, node);
    }

    pub fn delete(&mut self, node: Syntax<'t>) {
        for target in node.named() {
            self.delete_one(target);
        }
    }

    fn delete_one(&mut self, node: Syntax<'t>) {
        match node.kind() {
            "identifier" | "attribute" | "subscript" => {
                let place = self.target_place(node);
                self.push(StmtKind::Del(place), node);
            }
            "expression_list" | "tuple" | "list" | "parenthesized_expression" => {
                node.named().into_iter().for_each(|part| self.delete_one(part));
            }
            _ => {
                self.report(BAD_TARGET, node, format!("`{}` cannot be deleted", node.text()));
            }
        }
    }

    /// Notes that a module-level name or class attribute exists; the first time it is listed in
    /// its module.
    pub fn list_global(&mut self, path: Name, at: Syntax<'t>) {
        let origin = at.origin(0);
        let unknown = self.unknown;
        self.globals.entry(path).or_insert_with(|| GlobalDef {
            path,
            ty: unknown,
            is_rebound: false,
            storage: Storage::default(),
            origin,
        });
        if let Some(class) = self.building.last_mut()
            && path.parent() == class.def.path
            && !class.def.attributes.contains(&path)
            && !path.last().contains('$')
        {
            class.def.attributes.push(path);
        }
        let is_listed = self.listed.contains(&path);
        if !is_listed && path.parent() == self.module {
            self.listed.insert(path);
            let base = at.start() as u32;
            self.out.module.items.push(ItemRow { item: Item::Global(path), above: Vec::new(), base });
        }
    }

    /// Whether the walk stands directly in a class body.
    pub fn class_scope(&self) -> bool {
        self.cx.scopes.last().is_some_and(|scope| scope.kind == ScopeKind::Class)
    }
}

/// Whether a string has parts that are computed.
fn is_format(node: Syntax<'_>) -> bool {
    node.named().iter().any(|part| part.is("interpolation"))
}
