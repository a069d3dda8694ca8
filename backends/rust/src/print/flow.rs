//! Patterns, `match`, `if let`, `let else`, and which `let` needs its type.

use super::{Printer, comment};
use crate::literal;
use crate::names;
use crate::tree::{self, Block, Expr, Stmt, StmtKind};
use crate::types::Position;
use batuta_base::Name;
use batuta_core::{
    Arg, Arm, Callee, Const, ListOp, Mode, Node, NodeId, Op, OptOp, Pat, Place, Root, Ty, TyKind,
};

impl Printer<'_, '_> {
    pub(crate) fn pat(&mut self, pat: &Pat) -> String {
        match pat {
            Pat::Wild => "_".to_owned(),
            Pat::Bind(local, part) => {
                let name = self.name(*local);
                let mutable = if self.body.locals[*local].mutable && name != "_" { "mut " } else { "" };
                match part {
                    Some(part) if matches!(**part, Pat::Or(_)) => {
                        format!("{mutable}{name} @ ({})", self.pat(part))
                    }
                    Some(part) => format!("{mutable}{name} @ {}", self.pat(part)),
                    None => format!("{mutable}{name}"),
                }
            }
            Pat::Tuple(parts) if parts.len() == 1 => format!("({},)", self.pat(&parts[0])),
            Pat::Tuple(parts) => format!("({})", self.pats(parts, ", ")),
            Pat::List { front, rest, back } => {
                let mut parts: Vec<String> = front.iter().map(|part| self.pat(part)).collect();
                match rest.as_deref() {
                    Some(Pat::Wild) => parts.push("..".to_owned()),
                    Some(rest) => match self.pat(rest) {
                        name if name == "_" => parts.push("..".to_owned()),
                        name => parts.push(format!("{name} @ ..")),
                    },
                    None => {}
                }
                parts.extend(back.iter().map(|part| self.pat(part)));
                format!("[{}]", parts.join(", "))
            }
            Pat::Const(value) => match value {
                Const::None => "None".to_owned(),
                Const::Bool(value) => value.to_string(),
                Const::Int(digits) => digits.to_string(),
                Const::Float(value) => literal::float(*value),
                Const::Str(text) => literal::string(text),
                Const::Bytes(bytes) => literal::bytes(bytes),
                Const::Imag(_) | Const::Ellipsis | Const::NotImplemented => {
                    self.problem("a pattern that Rust does not have");
                    "_".to_owned()
                }
            },
            Pat::Or(parts) => self.pats(parts, " | "),
            Pat::Some(part) => format!("Some({})", self.pat(part)),
            Pat::None => "None".to_owned(),
            Pat::Ref(part) => format!("&{}", self.pat(part)),
            Pat::Class { class, args, named } => {
                let in_union = self.union_variant(*class);
                if let (Some(variant), None) = (&in_union, self.env.class(*class)) {
                    let part = args.first().map_or("_".to_owned(), |part| self.pat(part));
                    return format!("{variant}({part})");
                }
                let own = self.env.type_name(*class);
                let path = self.env.item_path(*class, &own, self.module, self.uses);
                let mut parts: Vec<String> = Vec::new();
                let fields = self.env.all_fields(*class);
                let positional = fields.iter().zip(args).map(|(field, part)| (field.name, part));
                let named = named.iter().map(|(name, part)| (*name, part));
                for (name, part) in positional.chain(named) {
                    let (name, part) = (names::snake(name.as_str()), self.pat(part));
                    parts.push(if name == part { name } else { format!("{name}: {part}") });
                }
                if parts.len() < fields.len() {
                    parts.push("..".to_owned());
                }
                let text = format!("{path} {{ {} }}", parts.join(", "));
                match in_union {
                    Some(variant) => format!("{variant}({text})"),
                    None => text,
                }
            }
            Pat::Value(node) => self.value_pat(*node),
            Pat::Place(_) | Pat::Map { .. } => {
                self.problem("a pattern that Rust does not have");
                "_".to_owned()
            }
        }
    }

    /// A constant of the program as a pattern; a member of a text or number enum among plain values is its value.
    fn value_pat(&mut self, node: NodeId) -> String {
        let is_plain = self.matched.is_some_and(|ty| matches!(ty.kind(), TyKind::Str | TyKind::Int(_)));
        let is_member = self.body.ty(node).class_path().is_some_and(|class| self.env.is_enum(class));
        if is_plain
            && is_member
            && let Node::Use(Place { root: Root::Global(path), .. }, _) = &self.body.nodes[node].kind
            && let Some((body, value)) = crate::items::first_value(self.env, *path)
            && let Some(value @ (Const::Str(_) | Const::Int(_))) =
                body.as_const(match &body.nodes[value].kind {
                    Node::Op { op: Op::RsOp(_), args, .. } => args[0],
                    _ => value,
                })
        {
            return self.pat(&Pat::Const(value.clone()));
        }
        match self.expr(node).without_ref() {
            Expr::Atom(text) if !(is_plain && is_member) => text,
            _ => {
                self.problem("a pattern with a value that is not constant");
                "_".to_owned()
            }
        }
    }

    /// The variant of the matched union that stands for a class or builtin type.
    fn union_variant(&mut self, class: Name) -> Option<String> {
        let ty = self.matched?;
        let TyKind::Union(items) = ty.kind() else { return None };
        let member = items.iter().copied().find(|item| match item.strip().kind() {
            TyKind::Class(path, _) => *path == class,
            TyKind::Int(_) => class.last() == "int",
            TyKind::Float(_) => class.last() == "float",
            TyKind::Str => class.last() == "str",
            TyKind::Bool => class.last() == "bool",
            TyKind::List(_) => class.last() == "list",
            TyKind::Dict(..) => class.last() == "dict",
            TyKind::Tuple(_) => class.last() == "tuple",
            TyKind::Bytes => class.last() == "bytes",
            _ => false,
        })?;
        Some(format!("{}::{}", self.stored(ty), crate::env::variant_in(items, member)))
    }

    fn pats(&mut self, parts: &[Pat], between: &str) -> String {
        let parts: Vec<_> = parts.iter().map(|part| self.pat(part)).collect();
        parts.join(between)
    }

    /// `match`, or `if let` where the second arm is everything else.
    pub(crate) fn match_node(&mut self, subject: NodeId, arms: &[Arm]) -> Expr {
        if let [first, second] = arms
            && (first.guard.is_none() || matches!(first.pat, Pat::Some(_)))
            && second.guard.is_none()
            && matches!(second.pat, Pat::Wild | Pat::None)
            && matches!(first.pat, Pat::Some(_) | Pat::Tuple(_) | Pat::List { .. } | Pat::Class { .. })
            && first.above.is_empty()
            && second.above.is_empty()
        {
            return self.if_let(subject, first, second);
        }
        let is_text = *self.body.ty(subject).strip_ref().kind() == TyKind::Str;
        let is_big = self.body.ty(subject).strip_ref().is_big();
        let mut subject_expr = super::loose::typed(self.expr(subject));
        let is_text_match = is_text && arms.iter().any(|arm| has_text(&arm.pat));
        if is_text_match {
            let is_owned =
                *self.body.ty(subject).kind() == TyKind::Str || matches!(subject_expr, Expr::Unary("&", _));
            if is_owned {
                subject_expr = subject_expr.without_ref().method("as_str", vec![]);
            }
        }
        // Literals of an optional value are those that are there.
        let is_present = match self.body.ty(subject).strip_ref().kind() {
            TyKind::Option(inner) => {
                let has_literal = arms.iter().any(|arm| present(&arm.pat) != arm.pat);
                if has_literal && *inner.strip_ref().kind() == TyKind::Str {
                    let of = match subject_expr.without_ref() {
                        Expr::Method(of, name, args) if name == "clone" && args.is_empty() => *of,
                        of => of,
                    };
                    subject_expr = of.method("as_deref", vec![]);
                }
                has_literal
            }
            _ => false,
        };
        let mut out = Vec::new();
        for arm in arms {
            let outer = self.matched.replace(self.body.ty(subject).strip_ref());
            let numbers = if is_big { int_consts(&arm.pat) } else { None };
            let shown = if is_present { present(&arm.pat) } else { arm.pat.clone() };
            let mut pat = if numbers.is_some() { "n".to_owned() } else { self.pat(&shown) };
            self.matched = outer;
            let guard = arm.guard.map(|guard| self.expr(guard));
            let guard = match numbers {
                Some(numbers) => Some(is_one_of(&numbers, guard)),
                None => guard,
            };
            let mut body = self.block(arm.body);
            if let (Pat::Bind(local, None), true) = (&arm.pat, is_text_match) {
                own_text(&mut pat, self.body.locals[*local].ty, &mut body);
            }
            let mark = self.mark(arm.origin);
            self.single_statement(&mut body);
            out.push(tree::Arm { pat, guard, body, above: arm.above.iter().map(comment).collect(), mark });
        }
        if self.needs_rest(self.body.ty(subject), arms) {
            out.push(tree::Arm {
                pat: "_".to_owned(),
                guard: None,
                body: Block::default(),
                above: Vec::new(),
                mark: None,
            });
        }
        Expr::Match(Box::new(subject_expr), out)
    }

    /// Whether values are left that no arm takes: Python goes on behind the `match`.
    pub(crate) fn needs_rest(&self, subject: Ty, arms: &[Arm]) -> bool {
        let open = || arms.iter().filter(|arm| arm.guard.is_none());
        if open().any(|arm| covers_all(&arm.pat)) {
            return false;
        }
        let is_value = |arm: &Arm| {
            let tail = self.body.blocks[arm.body].tail;
            tail.is_some_and(|tail| !matches!(self.body.ty(tail).kind(), TyKind::Unit | TyKind::Never))
        };
        let takes = |pat: &Pat, member: Name| {
            matches!(pat, Pat::Class { class, args, named } if *class == member
                && args.iter().chain(named.iter().map(|(_, pat)| pat)).all(covers_all))
        };
        let is_taken = |member: Name| open().any(|arm| takes(&arm.pat, member));
        match subject.strip_ref().strip_shared().kind() {
            TyKind::Int(_) | TyKind::Str | TyKind::Float(_) => true,
            TyKind::Option(_) if arms.iter().any(|arm| present(&arm.pat) != arm.pat) => true,
            TyKind::Class(class, _) if self.env.is_enum(*class) => {
                let mut taken = Vec::new();
                open().for_each(|arm| self.members_of(&arm.pat, &mut taken));
                let all = self.env.class(*class).map(|def| self.env.variants(def)).unwrap_or_default();
                !all.iter().all(|member| taken.contains(member))
            }
            _ if arms.iter().any(is_value) => false,
            TyKind::Class(class, _) if self.env.program.subclasses(*class).iter().all(|sub| sub == class) => {
                arms.iter().all(|arm| matches!(arm.pat, Pat::Class { .. })) && !is_taken(*class)
            }
            TyKind::Tuple(_) => true,
            _ => false,
        }
    }

    /// The members of an enum that a pattern takes.
    fn members_of(&self, pat: &Pat, out: &mut Vec<Name>) {
        match pat {
            Pat::Value(node) => {
                if let Node::Use(Place { root: Root::Global(path), .. }, _) = &self.body.nodes[*node].kind {
                    out.push(*path);
                }
            }
            Pat::Or(parts) => parts.iter().for_each(|part| self.members_of(part, out)),
            _ => {}
        }
    }

    /// An arm of one call or jump is written without braces.
    pub(crate) fn single_statement(&self, body: &mut Block) {
        let is_single = body.stmts.len() == 1 && body.tail.is_none() && body.end_comments.is_empty();
        if !is_single {
            return;
        }
        let stmt = &body.stmts[0];
        let is_bare = stmt.above.is_empty() && stmt.beside.is_none();
        let fits = matches!(&stmt.kind, StmtKind::Expr(Expr::Macro(..) | Expr::Jump(..)));
        if is_bare && fits {
            let stmt = body.stmts.remove(0);
            if let StmtKind::Expr(expr) = stmt.kind {
                body.tail = Some(Box::new(expr));
                body.tail_mark = stmt.mark;
            }
        }
    }

    fn if_let(&mut self, subject: NodeId, first: &Arm, second: &Arm) -> Expr {
        let is_given = self.is_given(subject) && first.guard.is_none();
        let subject = self.expr(subject);
        let pat = self.pat(&first.pat);
        let given = is_given.then(|| subject.clone());
        let cond = self.chained(pat.clone(), subject, first.guard);
        let then = self.block(first.body);
        let els = self.else_branch(second.body);
        if let Some(mapped) = given.and_then(|of| crate::tidy::mapped_value(of, &pat, &then, els.as_ref())) {
            return mapped;
        }
        Expr::If(Box::new(tree::If { cond, then, els, mark: None }))
    }

    /// Whether an option is given by value, not lent.
    fn is_given(&self, subject: NodeId) -> bool {
        match &self.body.nodes[subject].kind {
            Node::Use(place, Mode::Move | Mode::Copy) => place
                .as_local()
                .is_some_and(|local| matches!(self.body.locals[local].ty.kind(), TyKind::Option(_))),
            _ => false,
        }
    }

    /// `let pat = subject && guard`.
    pub(crate) fn chained(&mut self, pat: String, subject: Expr, guard: Option<NodeId>) -> Expr {
        let test = Expr::Let(pat, Box::new(subject));
        match guard {
            Some(guard) => test.binary("&&", self.operand(guard)),
            None => test,
        }
    }

    /// `let x = match y { Some(x) => x, None => return };` as `let Some(x) = y else { return };`.
    pub(crate) fn let_else(&mut self, pat: &Pat, value: NodeId) -> Option<Stmt> {
        let Pat::Bind(target, None) = pat else { return None };
        let Node::Match { subject, arms } = &self.body.nodes[value].kind else { return None };
        let [first, second] = &arms[..] else { return None };
        let Pat::Some(inner) = &first.pat else { return None };
        let Pat::Bind(bound, None) = **inner else { return None };
        let tail = self.body.blocks[first.body].tail?;
        let is_same = matches!(&self.body.nodes[tail].kind, Node::Use(place, Mode::Copy | Mode::Move | Mode::Read) if place.as_local() == Some(bound));
        let is_plain = self.body.blocks[first.body].stmts.is_empty() && first.guard.is_none();
        let diverges = matches!(second.pat, Pat::None | Pat::Wild) && self.ends(second.body);
        if !is_same || !is_plain || !diverges {
            return None;
        }
        let mutable = if self.body.locals[*target].mutable { "mut " } else { "" };
        let pat = format!("Some({mutable}{})", self.name(*target));
        let value = self.expr(*subject);
        let mut els = self.block(second.body);
        self.single_statement(&mut els);
        Some(Stmt::new(StmtKind::Let { pat, ty: None, value: Some(value), els: Some(els) }))
    }

    /// Whether Rust cannot see the type of a `let` from its value.
    pub(crate) fn needs_type(&self, value: NodeId, ty: Ty) -> bool {
        match &self.body.nodes[value].kind {
            Node::Const(Const::Int(_)) => ty.is_int() && !ty.is_big(),
            Node::Const(Const::None) => matches!(ty.kind(), TyKind::Option(_)),
            Node::Op { op: Op::OptOp(OptOp::None), .. } => true,
            // One of the two types of a `Result` does not show.
            Node::Call { callee: Callee::Lib(name), .. }
                if matches!(name.as_str(), "ruchy.Ok" | "ruchy.Err" | "ruchy.None") =>
            {
                true
            }
            Node::Op {
                op: Op::RsOp(batuta_core::RsOp::Path), attr: batuta_core::Attr::Name(name), ..
            } => name.as_str() == "Vec::with_capacity",
            Node::Op { op: Op::OptOp(OptOp::Some), args, .. } => {
                self.needs_type(args[0], ty.children().first().copied().unwrap_or(ty))
            }
            Node::Op { op: Op::ListOp(ListOp::Repeat), args, .. } => self.needs_type(args[0], ty),
            Node::Op {
                op: Op::ListOp(ListOp::New) | Op::SetOp(_) | Op::DictOp(_) | Op::TupleOp(_),
                args,
                ..
            } => {
                let makes = matches!(self.body.nodes[value].kind, Node::Op { op: Op::TupleOp(_), .. });
                let kids = ty.strip().children();
                let kid = |index: usize| kids.get(index % kids.len().max(1)).copied().unwrap_or(ty);
                args.is_empty() && !makes
                    || args.iter().enumerate().any(|(index, arg)| self.needs_type(*arg, kid(index)))
            }
            Node::Op { op: Op::RsOp(batuta_core::RsOp::Share), .. }
                if matches!(ty.kind(), TyKind::Iter(_)) =>
            {
                true
            }
            Node::Op { op: Op::RsOp(batuta_core::RsOp::Share), args, .. } => {
                let is_function = matches!(self.body.nodes[args[0]].kind, Node::Closure(_))
                    && matches!(self.body.ty(value).kind(), TyKind::Shared(_));
                is_function || self.needs_type(args[0], ty.strip())
            }
            Node::Op { op: Op::IntOp(op), args, .. }
                if !matches!(op, batuta_core::IntOp::Cast | batuta_core::IntOp::ToFloat) =>
            {
                ty.is_int() && !ty.is_big() && args.iter().all(|arg| self.needs_type(*arg, ty))
            }
            // `rt::Counter::new()`, `rt::max([1, 2])`: nothing in the arguments says the type.
            Node::Call { callee: Callee::Lib(_), args } => {
                let open = |arg: &Arg| match &self.body.nodes[arg.value].kind {
                    Node::Closure(_) => true,
                    _ => self.needs_type(arg.value, self.body.ty(arg.value)),
                };
                let is_open = match ty.strip_shared().kind() {
                    TyKind::Lib(_, parts) => !parts.is_empty(),
                    _ => ty.is_int() && !ty.is_big() && !args.is_empty(),
                };
                is_open && args.iter().all(open)
            }
            // No name can be given to the type of an adapter.
            Node::Op { op: Op::IterOp(_), .. } if matches!(ty.kind(), TyKind::Iter(_)) => false,
            Node::Op { op: Op::IterOp(_), args, .. } => self.needs_type(args[0], self.body.ty(args[0])),
            Node::Block { block, .. } => {
                self.body.blocks[*block].tail.is_some_and(|tail| self.needs_type(tail, ty))
            }
            Node::If { then, els: Some(els), .. } => {
                let open = |block| self.body.blocks[block].tail.is_none_or(|tail| self.needs_type(tail, ty));
                open(*then) && open(*els)
            }
            _ => false,
        }
    }

    /// The Rust text of a stored type.
    pub(crate) fn stored(&mut self, ty: Ty) -> String {
        self.ty(ty, Position::Stored)
    }
}

/// A name that a `match` on `&str` binds, where the body takes it for a text of its own.
fn own_text(pat: &mut String, ty: Ty, body: &mut Block) {
    if *ty.kind() == TyKind::Str {
        let name = pat.trim_start_matches("mut ").to_owned();
        let text = Expr::atom(&name).method("to_owned", vec![]);
        let bound = std::mem::replace(pat, name);
        body.stmts.insert(0, Stmt::bind(bound, None, Some(text)));
    }
}

/// The numbers of a pattern of nothing else: `1 | 2`.
fn int_consts(pat: &Pat) -> Option<Vec<String>> {
    match pat {
        Pat::Const(Const::Int(digits)) => Some(vec![literal::int(digits)]),
        Pat::Or(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(int_consts).collect();
            parts.map(|parts| parts.concat())
        }
        _ => None,
    }
}

/// `n == 1 || n == 2` and the arm's own condition: no pattern takes an `rt::Int` apart.
fn is_one_of(numbers: &[String], guard: Option<Expr>) -> Expr {
    let tests = numbers.iter().map(|number| Expr::atom("n").binary("==", Expr::atom(&**number)));
    let test = tests.reduce(|all, test| all.binary("||", test)).expect("a pattern has a number");
    match guard {
        Some(guard) => test.binary("&&", guard),
        None => test,
    }
}

fn has_text(pat: &Pat) -> bool {
    match pat {
        Pat::Const(Const::Str(_)) | Pat::Value(_) => true,
        Pat::Or(parts) => parts.iter().any(has_text),
        _ => false,
    }
}

fn covers_all(pat: &Pat) -> bool {
    match pat {
        Pat::Wild | Pat::Bind(_, None) => true,
        Pat::Or(parts) => parts.iter().any(covers_all),
        _ => false,
    }
}

/// A pattern of an optional value whose literals are the value that is there.
fn present(pat: &Pat) -> Pat {
    match pat {
        Pat::Const(Const::None) => Pat::None,
        Pat::Const(_) => Pat::Some(Box::new(pat.clone())),
        Pat::Or(parts) => Pat::Or(parts.iter().map(present).collect()),
        other => other.clone(),
    }
}
