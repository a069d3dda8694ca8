//! Expressions. `expr` reads; `owned` gives a value that may be kept.

use super::assign::binary_op;
use super::exceptions::is_text;
use super::scan::root_of;
use super::{Binding, Lowerer, UNKNOWN_NAME};
use crate::literal;
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// A value that something keeps: what a place holds is copied.
    pub fn owned(&mut self, node: Syntax<'t>) -> NodeId {
        match node.kind() {
            "parenthesized_expression" if node.first().is_some() => {
                let inner = node.first().unwrap_or(node);
                self.owned(inner)
            }
            "identifier" | "field_expression" | "index_expression" | "unary_expression"
                if self.is_place(node) =>
            {
                let value = self.expr(node);
                self.copy(value, node)
            }
            _ => self.expr(node),
        }
    }

    /// Whether an expression names something that holds an object.
    fn is_place(&self, node: Syntax<'t>) -> bool {
        match node.kind() {
            "identifier" => matches!(self.look_up(node.text()), Binding::Local(_) | Binding::Global(_)),
            "field_expression" => true,
            "index_expression" => node
                .field("index")
                .is_some_and(|index| !matches!(index.kind(), "range_expression" | "open_range")),
            "unary_expression" => {
                node.field("operator").is_some_and(|sign| matches!(sign.text(), "*" | "&"))
                    && node.child("mutable").is_none()
                    && node.field("value").is_some_and(|value| self.is_place(value))
            }
            _ => false,
        }
    }

    pub fn expr(&mut self, node: Syntax<'t>) -> NodeId {
        match node.kind() {
            "integer" => match literal::integer(node.text()) {
                Some(value) => self.int(value, node),
                None => self.unsupported(node, "an integer has 64 bits in Ruchy; this literal has more"),
            },
            "float" => {
                let value = literal::float(node.text()).unwrap_or(f64::NAN);
                self.constant(Const::Float(value), node)
            }
            "string" | "raw_string" | "char" => {
                let text = literal::string(node.text());
                self.text(&text, node)
            }
            "boolean" => self.constant(Const::Bool(node.text() == "true"), node),
            "nil" | "unit" => self.nil(node),
            "atom" => self.atom(node),
            "format_string" => self.format_string(node),
            "identifier" => self.name(node),
            "scoped_identifier" => self.path(node),
            "parenthesized_expression" => match node.first() {
                Some(inner) => self.expr(inner),
                None => self.nil(node),
            },
            "tuple_expression" => self.display(TupleOp::New, node),
            "list_expression" => self.list(node),
            "list_repeat" => self.list_repeat(node),
            "list_comprehension" | "set_comprehension" => self.comprehension(node),
            "set" => self.display(SetOp::New, node),
            "struct_expression" => self.struct_literal(node),
            "object" => self.object(node),
            "dict_comprehension" => self.dict_comprehension(node),
            "try_expression" => self.decided(node),
            // Code that waits runs where it is written.
            "await_expression" | "lazy_expression" => match node.first() {
                Some(inner) => self.expr(inner),
                None => self.nil(node),
            },
            "spawn_expression" => self.spawn(node),
            "send_expression" => self.send_expression(node),
            "lambda" => self.lambda(node),
            "macro_call" => self.macro_call(node),
            "call_expression" => self.call(node),
            "field_expression" | "index_expression" => self.part(node),
            "cast_expression" => self.cast(node),
            "unary_expression" => self.unary(node),
            "binary_expression" => self.binary(node),
            "range_expression" => self.range(node),
            "ternary_expression" => self.ternary(node),
            "if_expression" => self.if_value(node),
            "match_expression" => self.match_value(node),
            "block" if is_empty_object(node) => self.op(DictOp::New, Vec::new(), node),
            "block" if let Some(item) = only_item(node) => {
                let item = self.owned(item);
                self.op(SetOp::New, vec![item], node)
            }
            "block" => {
                let block = self.value_block(node);
                self.node(Node::Block { label: None, block }, node)
            }
            "unsafe_block" | "async_block" => match node.field("body") {
                Some(body) => self.expr(body),
                None => self.nil(node),
            },
            "loop_expression" => self.loop_value(node),
            "return_expression" | "break_expression" | "continue_expression" | "throw_expression" => {
                self.jump(node)
            }
            "try_operator" => self.try_operator(node),
            "step_expression" => self.stepped(node),
            "assignment" | "compound_assignment"
                if node.field("left").is_some_and(|left| left.is("identifier")) =>
            {
                self.effect(node);
                let left = node.field("left").unwrap_or(node);
                self.owned(left)
            }
            "assignment" | "compound_assignment" | "for_expression" | "while_expression" => {
                let block = self.scoped(|this| {
                    this.effect(node);
                    Some(this.nil(node))
                });
                self.node(Node::Block { label: None, block }, node)
            }
            other => {
                let why = format!("{} has no translation from Ruchy yet", super::stmt::words(other));
                self.unsupported(node, why)
            }
        }
    }

    fn name(&mut self, node: Syntax<'t>) -> NodeId {
        match self.look_up(node.text()) {
            Binding::Local(local) => match self.alias(local) {
                Some(alias) => match self.alias_place(alias, node) {
                    Ok(place) => self.use_place(place, node),
                    Err(hole) => hole,
                },
                None => self.use_local(local, node),
            },
            Binding::Global(path) => self.use_place(Place::global(path), node),
            Binding::Fn(path) => self.function_item(path, node),
            Binding::Variant(of, name) => self.variant(of, name, node),
            Binding::Struct(path) if self.structs.get(&path).is_some_and(|facts| facts.fields.is_empty()) => {
                self.node(Node::Call { callee: Callee::Fn(path), args: Vec::new() }, node)
            }
            _ => match node.text() {
                "None" => self.call_lib("ruchy.None", Vec::new(), node),
                "PI" => self.constant(Const::Float(std::f64::consts::PI), node),
                "E" => self.constant(Const::Float(std::f64::consts::E), node),
                _ if let Some(function) = self.function_value(node) => function,
                name => self.hole(UNKNOWN_NAME, node, format!("`{name}` is not defined")),
            },
        }
    }

    /// A function of the file as a value.
    fn function_item(&mut self, path: Name, node: Syntax<'t>) -> NodeId {
        if self.cells.iter().any(|(of, _)| *of == path) {
            let why =
                "a function that changes a number or text of its caller has no translation as a value yet";
            return self.unsupported(node, why);
        }
        self.node(Node::Item(path), node)
    }

    /// `a::b` as a value.
    fn path(&mut self, node: Syntax<'t>) -> NodeId {
        match self.resolve_path(node) {
            Binding::Variant(of, name) => self.variant(of, name, node),
            Binding::Global(path) => self.use_place(Place::global(path), node),
            Binding::Fn(path) if self.constants_of(path) => self.use_place(Place::global(path), node),
            Binding::Fn(path) => self.function_item(path, node),
            _ if let Some(order) = super::pattern::order_of(node.text()) => self.int(order, node),
            _ => match node.text() {
                "Option::None" => self.call_lib("ruchy.None", Vec::new(), node),
                "i64::MAX" => self.int(i64::MAX, node),
                "i64::MIN" => self.int(i64::MIN, node),
                "i32::MAX" => self.int(i32::MAX.into(), node),
                "i32::MIN" => self.int(i32::MIN.into(), node),
                "f64::consts::PI" | "std::f64::consts::PI" => {
                    self.constant(Const::Float(std::f64::consts::PI), node)
                }
                "f64::MAX" => self.constant(Const::Float(f64::MAX), node),
                "f64::MIN" => self.constant(Const::Float(f64::MIN), node),
                "f64::INFINITY" => self.constant(Const::Float(f64::INFINITY), node),
                text => self.hole(UNKNOWN_NAME, node, format!("`{text}` is not defined")),
            },
        }
    }

    /// Whether the path is a constant of an `impl`.
    fn constants_of(&self, path: Name) -> bool {
        self.globals.contains_key(&path)
    }

    fn display(&mut self, op: impl Into<Op>, node: Syntax<'t>) -> NodeId {
        let items = self.operands(&node.named(), Self::owned);
        self.op(op, items, node)
    }

    fn list(&mut self, node: Syntax<'t>) -> NodeId {
        let items =
            self.operands(&node.named(), |this, item| match item.first().filter(|_| item.is("spread")) {
                Some(inner) => {
                    let inner = this.owned(inner);
                    this.op(ObjOp::Splat, vec![inner], item)
                }
                None => this.owned(item),
            });
        self.op(ListOp::New, items, node)
    }

    /// `[value; count]`; a value that can change is made anew for each item.
    fn list_repeat(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(value), Some(count)) = (node.field("value"), node.field("count")) else {
            return self.nil(node);
        };
        self.repeated(value, count, node)
    }

    pub fn repeated(&mut self, value: Syntax<'t>, count: Syntax<'t>, node: Syntax<'t>) -> NodeId {
        let is_plain = matches!(value.kind(), "integer" | "float" | "string" | "boolean" | "char");
        if is_plain {
            let value = self.expr(value);
            let list = self.op(ListOp::New, vec![value], node);
            let count = self.expr(count);
            return self.op(ObjOp::Mul, vec![list, count], node);
        }
        let first = self.temp("item", value);
        let init = self.owned(value);
        self.push_set(Place::local(first), init, value);
        let count = self.expr(count);
        let zero = self.int(0, node);
        let iter = self.call_lib("builtins.range", vec![zero, count], node);
        let read = self.use_local(first, value);
        let item = self.copy(read, value);
        let turn = self.temp("turn", node);
        let pat = Pat::Place(Place::local(turn));
        self.node(Node::Seq { clauses: vec![Clause::For { pat, iter }], sink: Sink::List(item) }, node)
    }

    fn comprehension(&mut self, node: Syntax<'t>) -> NodeId {
        self.cx.scopes.push(Default::default());
        self.cx.loops += 1;
        let value = node.field("value");
        let clauses = self.clauses(node, value.unwrap_or(node));
        let first = self.cx.stmts.len();
        let item = match value {
            Some(value) => self.owned(value),
            None => self.nil(node),
        };
        let asked = self.cx.stmts.split_off(first);
        self.cx.loops -= 1;
        self.cx.scopes.pop();
        let sink = if node.is("set_comprehension") { Sink::Set(item) } else { Sink::List(item) };
        self.sequence(clauses, asked, sink, node)
    }

    /// The clauses of a comprehension, each with the statements that it asks for in each turn; `value` is what
    /// sees their names.
    fn clauses(&mut self, node: Syntax<'t>, value: Syntax<'t>) -> Vec<(Vec<Stmt>, Clause)> {
        let mut clauses = Vec::new();
        for clause in node.named().into_iter().filter(|part| part.is("comprehension_clause")) {
            let (Some(pattern), Some(iterable)) = (clause.field("pattern"), clause.field("iterable")) else {
                continue;
            };
            let first = self.cx.stmts.len();
            let mut iter = self.expr(iterable);
            if pattern.is("tuple_pattern") && !pattern.text().starts_with('(') {
                iter = self.call_lib("ruchy.pairs", vec![iter], iterable);
            } else if self.may_be_dict(pattern, iterable) {
                iter = self.call_lib("ruchy.walked", vec![iter], iterable);
            }
            // What the outermost walks over is asked for once.
            let asked = if clauses.is_empty() { Vec::new() } else { self.cx.stmts.split_off(first) };
            let first = self.cx.stmts.len();
            let pat = self.loop_pattern(pattern, value);
            clauses.push((asked, Clause::For { pat, iter }));
            let mut condition_asks = self.cx.stmts.split_off(first);
            if let Some(condition) = clause.field("condition") {
                let cond = self.condition(condition);
                condition_asks.extend(self.cx.stmts.split_off(first));
                clauses.push((condition_asks, Clause::If(cond)));
            }
        }
        clauses
    }

    /// A comprehension: an expression, or loops where its parts are statements (`match`, `try`).
    fn sequence(
        &mut self,
        clauses: Vec<(Vec<Stmt>, Clause)>,
        asked: Vec<Stmt>,
        sink: Sink,
        node: Syntax<'t>,
    ) -> NodeId {
        if asked.is_empty() && clauses.iter().all(|(asked, _)| asked.is_empty()) {
            let clauses = clauses.into_iter().map(|(_, clause)| clause).collect();
            return self.node(Node::Seq { clauses, sink }, node);
        }
        let (hint, empty): (_, Op) = match sink {
            Sink::Set(_) => ("found", SetOp::New.into()),
            Sink::Dict(..) => ("table", DictOp::New.into()),
            _ => ("items", ListOp::New.into()),
        };
        let out = self.temp(hint, node);
        let empty = self.op(empty, Vec::new(), node);
        self.push_set(Place::local(out), empty, node);
        let saved = std::mem::replace(&mut self.cx.stmts, asked);
        self.fill(out, sink, node);
        let mut inner = std::mem::replace(&mut self.cx.stmts, saved);
        for (asked, clause) in clauses.into_iter().rev() {
            let origin = self.origin(node);
            let body = self.cx.body.block(BlockRow { stmts: inner, tail: None, end_comments: Vec::new() });
            let turn = match clause {
                Clause::For { pat, iter } => Node::For { label: None, pat, iter, body, els: None },
                Clause::If(cond) => Node::If { cond, then: body, els: None },
            };
            inner = asked;
            let turn = self.node(turn, node);
            inner.push(Stmt::new(StmtKind::Expr(turn), origin));
        }
        self.cx.stmts.extend(inner);
        self.use_local(out, node)
    }

    /// Adds what a turn of a comprehension gives.
    fn fill(&mut self, out: LocalId, sink: Sink, node: Syntax<'t>) {
        let method = match sink {
            Sink::Dict(key, value) => {
                return self.push_set(Place::local(out).with(Proj::Index(key)), value, node);
            }
            Sink::Set(_) => "insert",
            _ => "push",
        };
        let (Sink::List(item) | Sink::Set(item)) = sink else { return };
        let of = self.use_local(out, node);
        let call = self.method_of(of, method, vec![item], node);
        self.push_expr(call, node);
    }

    fn dict_comprehension(&mut self, node: Syntax<'t>) -> NodeId {
        let pair = node.child("pair").unwrap_or(node);
        let (Some(key), Some(value)) = (pair.field("key"), pair.field("value")) else {
            return self.nil(node);
        };
        self.cx.scopes.push(Default::default());
        self.cx.loops += 1;
        let clauses = self.clauses(node, value);
        let first = self.cx.stmts.len();
        let key = self.owned(key);
        let value = self.owned(value);
        let asked = self.cx.stmts.split_off(first);
        self.cx.loops -= 1;
        self.cx.scopes.pop();
        self.sequence(clauses, asked, Sink::Dict(key, value), node)
    }

    /// A field, an item or a slice, read.
    fn part(&mut self, node: Syntax<'t>) -> NodeId {
        if let Some(index) =
            node.field("index").filter(|index| matches!(index.kind(), "range_expression" | "open_range"))
        {
            return self.slice(node, index);
        }
        if node.field("operator").is_some_and(|sign| sign.text() == "?.") {
            return self.optional_part(node);
        }
        if node.field("name").is_some_and(|name| name.text() == "await") {
            let value = node.field("value").unwrap_or(node);
            return self.expr(value);
        }
        if let Some(fault) = self.missing_part(node).or_else(|| self.missing_in_caught(node)) {
            return fault;
        }
        match self.target(node, false) {
            Ok(place) => self.use_place(place, node),
            Err(hole) => hole,
        }
    }

    /// `xs[a..b]`: bounds beyond the ends are errors of the program.
    fn slice(&mut self, node: Syntax<'t>, index: Syntax<'t>) -> NodeId {
        let Ok(value) = self.field(node, "value") else { return self.nil(node) };
        let value = self.expr(value);
        let bound = |this: &mut Self, name: &str| match index.field(name) {
            Some(bound) => this.expr(bound),
            None => this.nil(index),
        };
        let start = bound(self, "start");
        let mut end = bound(self, "end");
        if index.has_token("..=") || index.field("operator").is_some_and(|sign| sign.text() == "..=") {
            let one = self.int(1, index);
            end = self.op(ObjOp::Add, vec![end, one], index);
        }
        let step = self.nil(index);
        self.op(ObjOp::Slice, vec![value, start, end, step], node)
    }

    fn cast(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(value), Some(ty)) = (node.field("value"), node.field("type")) else {
            return self.nil(node);
        };
        let name = match ty.text() {
            "f32" | "f64" | "float" => "ruchy.as_float",
            "i64" | "isize" | "int" | "i128" => "ruchy.as_int",
            "usize" | "u64" | "u128" => "ruchy.as_unsigned",
            width @ ("i8" | "i16" | "i32" | "u8" | "u16" | "u32") => &format!("ruchy.as_{width}"),
            "char" => "ruchy.as_char",
            "String" | "str" => "ruchy.to_string",
            other => {
                return self.unsupported(node, format!("`as {other}` has no translation from Ruchy yet"));
            }
        };
        let value = self.expr(value);
        self.call_lib(name, vec![value], node)
    }

    fn unary(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(sign), Some(inner)) = (node.field("operator"), node.field("value")) else {
            return self.nil(node);
        };
        let text = format!("-{}", inner.text());
        if sign.text() == "-"
            && inner.is("integer")
            && literal::integer(inner.text()).is_none()
            && let Ok(value) = text.replace('_', "").parse::<i64>()
        {
            return self.int(value, node);
        }
        let value = self.expr(inner);
        match sign.text() {
            "-" => self.op(ObjOp::Neg, vec![value], node),
            "!" => {
                let truth = self.op(ObjOp::Truth, vec![value], inner);
                self.op(ObjOp::Not, vec![truth], node)
            }
            "~" => self.op(ObjOp::Invert, vec![value], node),
            _ => value,
        }
    }

    fn binary(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(left), Some(sign), Some(right)) =
            (node.field("left"), node.field("operator"), node.field("right"))
        else {
            return self.nil(node);
        };
        match sign.text() {
            "|>" => return self.pipe(left, right, node),
            "??" => return self.coalesce(left, right, node),
            "<?" => return self.send(left, right, node, true),
            "+" if is_text(left) != is_text(right) => {
                let args = self.operands(&[left, right], |this, part| {
                    let value = this.expr(part);
                    if is_text(part) { value } else { this.call_lib("ruchy.text_of", vec![value], part) }
                });
                return self.op(ObjOp::Add, args, node);
            }
            // A power of two literals that is too large is a float.
            "**" if let Some(power) = large_power(left, right) => {
                return self.constant(Const::Float(power), node);
            }
            // What the power of a computed exponent is, a call says: ints stay ints.
            "**" if !is_number(right) => {
                let args = self.pair(left, right);
                return self.call_lib("ruchy.pow", args, node);
            }
            "<<" | ">>" if !right.is("integer") => {
                let args = self.pair(left, right);
                let row = if sign.text() == "<<" { "ruchy.shl" } else { "ruchy.shr" };
                return self.call_lib(row, args, node);
            }
            // The value is that of the operand that decides.
            "&&" | "||" => {
                let op = if sign.text() == "&&" { ObjOp::And } else { ObjOp::Or };
                let a = self.owned(left);
                let first = self.cx.stmts.len();
                let b = self.owned(right);
                let asked = self.cx.stmts.split_off(first);
                if asked.is_empty() {
                    return self.op(op, vec![a, b], node);
                }
                return self.decided_later(op, (a, b), asked, node);
            }
            // What is compared with a literal outcome is one of its type.
            "==" | "!=" if left.text() == "None" && right.text() == "None" => {
                return self.constant(Const::Bool(sign.text() == "=="), node);
            }
            "==" | "!=" if is_outcome(left) || is_outcome(right) => {
                let args = self.pair(left, right);
                let same = self.call_lib("ruchy.same", args, node);
                return if sign.text() == "==" { same } else { self.op(ObjOp::Not, vec![same], node) };
            }
            _ => {}
        }
        let op = match sign.kind() {
            "not in" => Some(ObjOp::NotIn),
            _ => binary_op(sign.text()),
        };
        let Some(op) = op else {
            return self.unsupported(node, format!("`{}` has no translation from Ruchy yet", sign.text()));
        };
        let pair = self.pair(left, right);
        self.op(op, pair, node)
    }

    /// `a..b` as a value: an iterable.
    fn range(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(start), Some(end)) = (node.field("start"), node.field("end")) else {
            return self.nil(node);
        };
        if let Some((item, first, op)) = asked_of_range(node) {
            let item = self.expr(item);
            let range = self.range_of(first, end, node);
            return self.op(op, vec![item, range], node);
        }
        self.range_of(start, end, node)
    }

    fn range_of(&mut self, start: Syntax<'t>, end: Syntax<'t>, node: Syntax<'t>) -> NodeId {
        let pair = self.pair(start, end);
        let (start, mut last) = (pair[0], pair[1]);
        if node.field("operator").is_some_and(|sign| sign.text() == "..=") {
            let one = self.int(1, end);
            last = self.op(ObjOp::Add, vec![last, one], end);
        }
        self.call_lib("builtins.range", vec![start, last], node)
    }

    fn ternary(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(cond), Some(then), Some(els)) =
            (node.field("condition"), node.field("consequence"), node.field("alternative"))
        else {
            return self.nil(node);
        };
        let cond = self.condition(cond);
        let then = self.scoped(|this| Some(this.owned(then)));
        let els = self.scoped(|this| Some(this.owned(els)));
        self.node(Node::If { cond, then, els: Some(els) }, node)
    }

    fn if_value(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(cond), Some(then)) = (node.field("condition"), node.field("consequence")) else {
            return self.nil(node);
        };
        if cond.is("let_condition") || self.known_type_test(cond).is_some() {
            return self.decided(node);
        }
        let cond = self.condition(cond);
        let then = self.value_block(then);
        let els = match node.field("alternative") {
            Some(els) if els.is("if_expression") => self.scoped(|this| Some(this.if_value(els))),
            Some(els) => self.value_block(els),
            None => self.scoped(|this| Some(this.nil(node))),
        };
        self.node(Node::If { cond, then, els: Some(els) }, node)
    }

    fn match_value(&mut self, node: Syntax<'t>) -> NodeId {
        self.decided(node)
    }

    /// A value that branches decide: a variable that each of them sets.
    pub(super) fn decided(&mut self, node: Syntax<'t>) -> NodeId {
        let local = self.temp("value", node);
        let mut fill = |this: &mut Self, part: Syntax<'t>| this.decide(part, local);
        match node.kind() {
            "match_expression" => self.match_into(node, &mut fill),
            "try_expression" => self.try_into(node, &mut fill),
            _ if node.field("alternative").is_none() => {
                let nil = self.nil(node);
                self.push_set(Place::local(local), nil, node);
                self.if_into(node, &mut fill, false);
            }
            _ => self.if_into(node, &mut fill, false),
        }
        self.use_local(local, node)
    }

    /// Sets `local` to the value of a branch.
    fn decide(&mut self, node: Syntax<'t>, local: LocalId) {
        let mut fill = |this: &mut Self, part: Syntax<'t>| this.decide(part, local);
        match node.kind() {
            "match_expression" => self.match_into(node, &mut fill),
            "try_expression" => self.try_into(node, &mut fill),
            "if_expression" if node.field("alternative").is_some() => self.if_into(node, &mut fill, false),
            "block" => {
                self.cx.scopes.push(Default::default());
                let stmts = node.named();
                self.nested_functions(&stmts);
                let tail = self.tail_of(node, &stmts);
                for stmt in &stmts {
                    if tail.is_some_and(|tail| tail.start() == stmt.start()) {
                        let (above, blank_before) = self.before(*stmt);
                        let first = self.cx.stmts.len();
                        if let Some(inner) = stmt.first() {
                            self.decide(inner, local);
                        }
                        self.dress(first, above, blank_before, stmt.end());
                    } else {
                        self.stmt(*stmt);
                    }
                }
                if tail.is_none() {
                    let nil = self.nil(node);
                    self.push_set(Place::local(local), nil, node);
                }
                self.cx.scopes.pop();
            }
            "return_expression" | "break_expression" | "continue_expression" | "throw_expression" => {
                self.effect(node)
            }
            _ => {
                let value = self.result(node);
                if matches!(self.cx.body.nodes[value].kind, Node::Raise { .. }) {
                    return self.push_expr(value, node);
                }
                self.push_set(Place::local(local), value, node);
            }
        }
    }

    fn loop_value(&mut self, node: Syntax<'t>) -> NodeId {
        let local = self.temp("value", node);
        self.loop_(node, Some(local));
        self.use_local(local, node)
    }

    /// `e?`: gives the value, or leaves the function with the error.
    fn try_operator(&mut self, node: Syntax<'t>) -> NodeId {
        let gives = |ty: Ty| matches!(ty.kind(), TyKind::Lib(name, _) if matches!(name.as_str(), "Option" | "Result"));
        let gives_one = match self.cx.closure_rets.last() {
            Some(ret) => gives(*ret),
            None => gives(self.cx.body.ret),
        };
        if !gives_one && let Some(value) = node.first().and_then(|inner| self.leave_with(inner, node)) {
            return value;
        }
        if !gives_one {
            let why = "`?` has a translation only in functions that say they give an `Option` or a `Result`";
            return self.unsupported(node, why);
        }
        let Some(inner) = node.first() else { return self.nil(node) };
        let value = self.owned(inner);
        self.call_lib("ruchy.try", vec![value], node)
    }

    /// `x |> f`, `x |> f(a)`, `x |> method(a)`.
    fn pipe(&mut self, left: Syntax<'t>, right: Syntax<'t>, node: Syntax<'t>) -> NodeId {
        let right = if right.is("parenthesized_expression") { right.first().unwrap_or(right) } else { right };
        let value = self.expr(left);
        let (function, rest) = match right.field("function").filter(|_| right.is("call_expression")) {
            Some(function) => (function, right.field("arguments").map(Syntax::named).unwrap_or_default()),
            None => (right, Vec::new()),
        };
        let rest = self.operands(&rest, Self::expr);
        let all: Vec<NodeId> = [value].into_iter().chain(rest.iter().copied()).collect();
        let args = |all: Vec<NodeId>| all.into_iter().map(Arg::positional).collect::<Vec<_>>();
        match function.kind() {
            "identifier" | "scoped_identifier" => match self.resolve_path(function) {
                Binding::Fn(path) => {
                    self.node(Node::Call { callee: Callee::Fn(path), args: args(all) }, node)
                }
                Binding::Local(_) | Binding::Global(_) => {
                    let callee = Callee::Value(self.expr(function));
                    self.node(Node::Call { callee, args: args(all) }, node)
                }
                _ if function.is("identifier") && matches!(function.text(), "print" | "println") => {
                    self.print_values(function.text(), all, node)
                }
                _ if function.is("identifier") => match self.builtin(function.text(), all, node) {
                    Ok(call) => call,
                    Err(_) => self.method_of(value, function.text(), rest, node),
                },
                _ => self.unsupported(node, "this stage has no translation from Ruchy yet"),
            },
            _ => {
                let callee = Callee::Value(self.expr(function));
                self.node(Node::Call { callee, args: args(all) }, node)
            }
        }
    }

    fn send_expression(&mut self, node: Syntax<'t>) -> NodeId {
        match (node.field("actor"), node.field("message")) {
            (Some(actor), Some(message)) => self.send(actor, message, node, false),
            _ => self.nil(node),
        }
    }

    /// An argument as it is, or a copy where someone else may change it meanwhile.
    pub fn lent_argument(&mut self, node: Syntax<'t>) -> NodeId {
        let is_lent = super::call::lent_mutably(node).is_some()
            || matches!(self.variable(node.text()), Some(variable)
                if matches!(variable.binding, Binding::Local(local) if self.cx.lent.contains(&local)));
        if !is_lent && root_of(node).is_some() && self.is_exposed(node) {
            self.owned(node)
        } else {
            self.expr(node)
        }
    }
}

/// `x in a..b`, which the table of operators reads as `(x in a)..b`: nothing is in a number.
pub(super) fn asked_of_range(range: Syntax<'_>) -> Option<(Syntax<'_>, Syntax<'_>, ObjOp)> {
    let start = range.field("start")?;
    let sign = start.field("operator").filter(|_| start.is("binary_expression"))?;
    let op = match (sign.text(), sign.kind()) {
        ("in", _) => ObjOp::In,
        (_, "not in") => ObjOp::NotIn,
        _ => return None,
    };
    Some((start.field("left")?, start.field("right")?, op))
}

/// `{}` where a value is wanted.
pub(super) fn is_empty_object(node: Syntax<'_>) -> bool {
    node.is("block") && node.text().trim_matches(['{', '}']).trim().is_empty()
}

/// The item of `{4}` where it is a set: a literal that a value is wanted of, or what a method of sets is given.
fn only_item(node: Syntax<'_>) -> Option<Syntax<'_>> {
    let stmts = node.named();
    let [only] = stmts[..] else { return None };
    let item = only.first().filter(|_| only.is("expression_statement") && !node.has_token(";"))?;
    let around = node.parent()?;
    let of_set = around.parent().filter(|_| around.is("arguments")).and_then(|call| call.field("function"));
    let of_set = of_set.and_then(|of| of.field("name")).is_some_and(|name| {
        matches!(
            name.text(),
            "union" | "intersection" | "difference" | "symmetric_difference" | "is_subset" | "is_superset"
        )
    });
    let is_wanted = matches!(
        around.kind(),
        "let_declaration" | "arguments" | "list_expression" | "assignment" | "pair" | "binary_expression"
    );
    (of_set || is_wanted && is_literal(item)).then_some(item)
}

/// The power of two literals that no int holds.
fn large_power(base: Syntax<'_>, exponent: Syntax<'_>) -> Option<f64> {
    if !base.is("integer") || !exponent.is("integer") {
        return None;
    }
    let (base, exponent) = (literal::integer(base.text())?, literal::integer(exponent.text())?);
    let fits = u32::try_from(exponent).ok().and_then(|exponent| base.checked_pow(exponent)).is_some();
    (!fits).then(|| (base as f64).powf(exponent as f64))
}

/// Whether an expression is a number by its form.
fn is_number(node: Syntax<'_>) -> bool {
    match node.kind() {
        "integer" | "float" => true,
        "unary_expression" | "parenthesized_expression" => {
            node.field("value").or_else(|| node.first()).is_some_and(is_number)
        }
        _ => false,
    }
}

/// `Some(x)`, `None`, `Ok(x)`, `Err(x)`.
fn is_outcome(node: Syntax<'_>) -> bool {
    match node.kind() {
        "parenthesized_expression" => node.first().is_some_and(is_outcome),
        "identifier" => node.text() == "None",
        "call_expression" => {
            node.field("function").is_some_and(|name| matches!(name.text(), "Some" | "Ok" | "Err"))
        }
        _ => false,
    }
}

/// Whether an expression is the same wherever it runs.
pub(super) fn is_literal(node: Syntax<'_>) -> bool {
    matches!(node.kind(), "integer" | "float" | "string" | "raw_string" | "char" | "boolean" | "nil" | "unit")
}
