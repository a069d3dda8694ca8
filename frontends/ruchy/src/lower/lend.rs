//! Names that stand for a place: what `&mut` lends.
//!
//! ```text
//! for x in &mut xs { *x += 1 }      for %at in range(0, len(%xs)) { update %xs[%at] += 1 }
//! let r = &mut a.b                  (`r` is `a.b` from here on)
//! if let Some(n) = &mut o { .. }    match lib:ruchy.taken(%o) { Some(%n) => { .. set %o = Some(%n) } .. }
//! ```
//! Where a name cannot stand for what it borrows, the code that changes it is refused.

use super::scan::{root_of, walk};
use super::{Binding, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// The place that a name stands for.
#[derive(Clone, Copy)]
pub(crate) struct Alias<'t> {
    base: Syntax<'t>,
    part: Part,
}

#[derive(Clone, Copy)]
enum Part {
    Whole,
    Item(LocalId),
    /// A number or text that the caller lends, as the one item of a list.
    Cell(LocalId),
}

/// A place whose number or text a call changes, and the cell that held it meanwhile.
pub(super) struct Lent<'t> {
    base: Syntax<'t>,
    /// The index, where it is computed: once, before the call.
    index: Option<LocalId>,
    cell: LocalId,
}

/// What a pattern took apart.
pub(crate) struct Rebuilt {
    pub pat: Pat,
    class: Name,
    /// Fields and the variables that hold their values.
    parts: Vec<(Name, LocalId)>,
}

impl<'t> Lowerer<'t> {
    /// The place that a variable stands for, if it stands for one.
    pub(super) fn alias(&self, local: LocalId) -> Option<Alias<'t>> {
        self.cx.aliases.iter().rev().find(|(found, _)| *found == local).map(|(_, alias)| *alias)
    }

    /// The place of an alias, as code that stands at `at` reads or changes it.
    pub(super) fn alias_place(&mut self, alias: Alias<'t>, at: Syntax<'t>) -> Result<Place, NodeId> {
        if let Part::Cell(cell) = alias.part {
            return Ok(self.cell_place(cell, at));
        }
        let place = self.target(alias.base, false)?;
        Ok(match alias.part {
            Part::Whole | Part::Cell(_) => place,
            Part::Item(index) => {
                let index = self.use_local(index, at);
                place.with(Proj::Index(index))
            }
        })
    }

    fn cell_place(&mut self, cell: LocalId, at: Syntax<'t>) -> Place {
        let zero = self.int(0, at);
        Place::local(cell).with(Proj::Index(zero))
    }

    /// A `&mut` parameter of a number or text: `cell` is the list that holds it.
    pub(super) fn lend_cell(&mut self, name: Syntax<'t>, cell: LocalId) {
        self.declare_alias(name, name, Part::Cell(cell));
    }

    /// A name that stands for an item of a container.
    pub(super) fn lend_item(&mut self, name: Syntax<'t>, of: Syntax<'t>, index: LocalId) {
        self.declare_alias(name, of, Part::Item(index));
    }

    /// An argument for such a parameter; what has to be put back after the call goes to `after`.
    pub(super) fn cell_argument(&mut self, arg: Syntax<'t>, after: &mut Vec<Lent<'t>>) -> NodeId {
        let mut base = arg;
        while base.is("unary_expression") || base.is("parenthesized_expression") {
            match base.field("value").or_else(|| base.first()) {
                Some(inner) => base = inner,
                None => break,
            }
        }
        if base.is("identifier")
            && let Binding::Local(local) = self.look_up(base.text())
            && let Some(Alias { part: Part::Cell(cell), .. }) = self.alias(local)
        {
            return self.use_local(cell, arg);
        }
        let is_lent = lent(arg).is_some();
        let mut index = None;
        if is_lent && !is_steady(base) {
            match self.computed_index(base) {
                Ok(local) => index = Some(local),
                Err(hole) => return hole,
            }
        }
        let value = match self.lent_place(base, index, false) {
            Some(Ok(place)) => {
                let read = self.use_place(place, base);
                self.copy(read, base)
            }
            Some(Err(hole)) => return hole,
            None => self.owned(base),
        };
        let cell = self.temp("cell", arg);
        let list = self.op(ListOp::New, vec![value], arg);
        self.push_set(Place::local(cell), list, arg);
        if is_lent {
            after.push(Lent { base, index, cell });
        }
        self.use_local(cell, arg)
    }

    /// The index of `place[index]`, computed once.
    fn computed_index(&mut self, base: Syntax<'t>) -> Result<LocalId, NodeId> {
        let parts = base.field("value").zip(base.field("index")).filter(|(value, index)| {
            let is_slice = matches!(index.kind(), "range_expression" | "open_range");
            base.is("index_expression") && is_steady(*value) && !is_slice
        });
        let Some((_, index)) = parts else {
            return Err(self.unsupported(base, "this place has no translation as `&mut` yet"));
        };
        let local = self.temp("index", index);
        let value = self.owned(index);
        self.push_set(Place::local(local), value, index);
        Ok(local)
    }

    /// `place[index]` with an index that has been computed.
    fn lent_place(
        &mut self,
        base: Syntax<'t>,
        index: Option<LocalId>,
        is_assigned: bool,
    ) -> Option<Result<Place, NodeId>> {
        let (index, value) = (index?, base.field("value")?);
        if let Some(root) = root_of(value).filter(|_| is_assigned) {
            self.check_mutable(root);
        }
        let place = self.target_or_value(value);
        let index = self.use_local(index, base);
        Some(place.map(|place| place.with(Proj::Index(index))))
    }

    /// A call after which what it changed of the caller's numbers and texts is put back.
    pub(super) fn put_cells_back(
        &mut self,
        call: NodeId,
        after: Vec<Lent<'t>>,
        gives: bool,
        node: Syntax<'t>,
    ) -> NodeId {
        if !self.is_ordered(node) {
            let why = "a call that changes a number or text of its caller has no translation inside of this \
                       expression yet";
            return self.unsupported(node, why);
        }
        if after.iter().any(|lent| self.outlives_a_throw(lent.base, node)) {
            let why = "a call that changes a number or text of its caller has no translation where an error \
                       is caught yet";
            return self.unsupported(node, why);
        }
        let given = gives.then(|| self.temp("given", node));
        match given {
            Some(given) => self.push_set(Place::local(given), call, node),
            None => self.push_expr(call, node),
        }
        for Lent { base, index, cell } in after {
            let item = self.cell_place(cell, base);
            let value = self.use_place(item, base);
            let place = self.lent_place(base, index, true);
            match place.unwrap_or_else(|| self.target(base, true)) {
                Ok(place) => self.push_set(place, value, base),
                Err(hole) => self.push_expr(hole, base),
            }
        }
        match given {
            Some(given) => self.use_local(given, node),
            None => self.nil(node),
        }
    }

    /// Whether statements before the one that holds a call run when the call would: nothing to its left is read
    /// too late.
    fn is_ordered(&self, call: Syntax<'t>) -> bool {
        let mut node = call;
        while let Some(around) = node.parent() {
            let is_at = |name: &str| around.field(name).is_some_and(|part| is_same(part, node));
            let stands = match around.kind() {
                "expression_statement" | "let_declaration" | "return_expression" | "throw_expression" => {
                    return true;
                }
                "while_expression" | "lambda" => return true,
                "match_arm" => return is_at("body"),
                "cast_expression" => is_at("value"),
                "assignment" => return is_at("right"),
                "compound_assignment" => {
                    let left = around.field("left").filter(|left| left.is("identifier"));
                    return left.is_some_and(|left| is_at("right") && !self.touches(node, left.text()));
                }
                "parenthesized_expression" | "unary_expression" | "try_operator" => true,
                "field_expression" | "index_expression" | "match_expression" | "let_condition"
                | "named_argument" => is_at("value"),
                "for_expression" => is_at("iterable"),
                "if_expression" if is_at("alternative") => return true,
                "if_expression" => is_at("condition"),
                "call_expression" => is_at("function"),
                "binary_expression" => {
                    let sign = around.field("operator").map_or("", Syntax::text);
                    matches!(sign, "&&" | "||")
                        || is_at("left")
                        || around.field("left").is_some_and(super::expr::is_literal)
                }
                _ => {
                    let call = around.parent().filter(|of| {
                        let is_list = of.field("arguments").is_some_and(|list| is_same(list, around));
                        is_list && self.is_ordered_argument(*of, around, node)
                    });
                    let Some(call) = call else { return false };
                    node = call;
                    continue;
                }
            };
            if !stands {
                return false;
            }
            node = around;
        }
        true
    }

    /// Whether what stands before an argument is read before its statements run.
    fn is_ordered_argument(&self, call: Syntax<'t>, list: Syntax<'t>, arg: Syntax<'t>) -> bool {
        let is_steady_besides = |part: Syntax<'t>| {
            is_steady(part) && root_of(part).is_some_and(|root| !self.touches(arg, root.text()))
        };
        let method = call.field("function").filter(|function| function.is("field_expression"));
        let receiver = method.and_then(|function| function.field("value"));
        if receiver.is_some_and(|receiver| !is_steady_besides(receiver)) {
            return false;
        }
        list.named().into_iter().filter(|other| other.end() <= arg.start()).all(|other| {
            let is_early = match receiver {
                Some(_) => is_steady_besides(other) && !self.is_exposed(other),
                None => root_of(other).is_some() && super::call::lent_mutably(other).is_none(),
            };
            super::expr::is_literal(other) || is_early
        })
    }

    /// Whether the place is read after the call has thrown.
    fn outlives_a_throw(&self, base: Syntax<'t>, call: Syntax<'t>) -> bool {
        let mut node = call;
        let mut function = None;
        while let Some(around) = node.parent() {
            match around.kind() {
                "try_expression" if function.is_none() => return true,
                "function_item" | "lambda" => function = function.or(Some(around)),
                _ => {}
            }
            node = around;
        }
        let Some(function) = function else { return false };
        let mut catches = false;
        walk(node, &mut |part| catches |= part.is("try_expression"));
        let is_own = base.is("identifier")
            && function.is("function_item")
            && matches!(self.look_up(base.text()), Binding::Local(_));
        catches && !is_own
    }

    fn declare_alias(&mut self, name: Syntax<'t>, base: Syntax<'t>, part: Part) {
        let local = self.declare(name.text(), Ty::unknown(), true, name);
        self.bind(name.text(), local, true, true);
        self.cx.aliases.push((local, Alias { base, part }));
    }

    /// `let r = &mut place`.
    pub(super) fn let_alias(&mut self, name: Syntax<'t>, value: Syntax<'t>) -> bool {
        let Some(base) = lent(value).filter(|_| !self.is_top()) else { return false };
        if !is_steady(base) {
            return false;
        }
        self.declare_alias(name, base, Part::Whole);
        true
    }

    /// `for x in &mut xs`, where the body changes `x`: by position.
    pub(super) fn for_lent(&mut self, node: Syntax<'t>) -> bool {
        let (Some(pattern), Some(iterable), Some(body)) =
            (node.field("pattern"), node.field("iterable"), node.field("body"))
        else {
            return false;
        };
        let through = |name: Syntax<'t>| assigns_through(body, name.text());
        let own = (iterable.is("identifier") && pattern.is("identifier") && through(pattern))
            .then_some((iterable, false));
        let Some((base, is_counted)) = lent_items(iterable).or(own) else { return false };
        let parts = pattern.named();
        let (count, name) = match (pattern.kind(), is_counted) {
            ("identifier", false) => (None, pattern),
            ("tuple_pattern", true) if parts.len() == 2 && parts.iter().all(|part| part.is("identifier")) => {
                (Some(parts[0]), parts[1])
            }
            _ => return false,
        };
        if !self.touches(body, name.text()) || !is_steady(base) {
            return false;
        }
        let Ok(place) = self.target(base, true) else { return false };
        let whole = self.use_place(place, base);
        let len = self.call_lib("ruchy.len", vec![whole], base);
        let zero = self.int(0, base);
        let iter = self.call_lib("builtins.range", vec![zero, len], base);
        let label = self.label(node);
        self.cx.loops += 1;
        self.cx.breaks.push((label, None));
        let mut at = None;
        let block = self.scoped(|this| {
            let index = match count {
                Some(count) if count.text() != "_" => this.declare(count.text(), Ty::unknown(), false, count),
                _ => {
                    let origin = this.origin(name);
                    this.cx.body.local("at", Ty::unknown(), origin)
                }
            };
            at = Some(index);
            this.declare_alias(name, base, Part::Item(index));
            this.statements(body);
            None
        });
        self.cx.breaks.pop();
        self.cx.loops -= 1;
        let comments = self.block_end(body);
        self.cx.body.blocks[block].end_comments.extend(comments);
        let Some(index) = at else { return false };
        let pat = Pat::Place(Place::local(index));
        let turn = self.node(Node::For { label, pat, iter, body: block, els: None }, node);
        self.push_expr(turn, node);
        true
    }

    /// The place that the names of a pattern borrow from, where the code changes one of them through it.
    pub(super) fn lent_subject(
        &self,
        value: Syntax<'t>,
        body: Syntax<'t>,
        patterns: &[Syntax<'t>],
    ) -> Option<Syntax<'t>> {
        let base = match lent(value) {
            Some(base) => base,
            // `match self` and `match *self` of a method that changes its receiver.
            None => {
                let base = if value.is("unary_expression") { value.field("value")? } else { value };
                let root = root_of(base)?;
                let writes = |name: &str| assigns_through(body, name);
                let is_replaced = base.text() == "self" && self.cx.replaces_self;
                let names = patterns.iter().flat_map(|pattern| super::pattern::bound(*pattern));
                (is_replaced || names.into_iter().any(|(name, _)| writes(name.text()))).then_some(())?;
                self.variable(root.text())?;
                base
            }
        };
        let names = patterns.iter().flat_map(|pattern| super::pattern::bound(*pattern));
        names.into_iter().any(|(name, _)| self.touches(body, name.text())).then_some(base)
    }

    /// Whether an `if let` or a `match` changes what it looks at through the names of its patterns.
    pub(super) fn lends(&self, node: Syntax<'t>) -> bool {
        let arms = match (node.field("condition"), node.field("body")) {
            (Some(condition), _) => match (condition.field("pattern"), node.field("consequence")) {
                (Some(pattern), Some(then)) => vec![(condition.field("value"), pattern, then)],
                _ => return false,
            },
            (None, Some(body)) => {
                let value = node.field("value");
                let arms = body.named().into_iter();
                arms.filter_map(|arm| Some((value, arm.field("pattern")?, arm.field("body")?))).collect()
            }
            _ => return false,
        };
        arms.into_iter().any(|(value, pattern, code)| {
            value.is_some_and(|value| self.lent_subject(value, code, &[pattern]).is_some())
        })
    }

    /// Whether a pattern takes out what an `Option` holds, by one name.
    pub(super) fn takes_some(pattern: Syntax<'t>) -> Option<Syntax<'t>> {
        let is_some = pattern.is("tuple_struct_pattern") && pattern.field("name")?.text() == "Some";
        let inner = pattern.named().into_iter().nth(1).filter(|_| is_some)?;
        inner.is("identifier").then_some(inner)
    }

    /// The pattern of a variant or struct whose names the code changes: each field gets a variable, and what makes
    /// the object again. `None` where a part is no plain name.
    pub(super) fn rebuilt(&mut self, pattern: Syntax<'t>) -> Option<Rebuilt> {
        let head = pattern
            .field("name")
            .filter(|_| matches!(pattern.kind(), "tuple_struct_pattern" | "struct_pattern"))?;
        let (class, fields) = match self.resolve_path(head) {
            Binding::Variant(of, variant) => {
                (of.join(variant.as_str()), self.enums.get(&of)?.variants.get(&variant)?.clone())
            }
            Binding::Struct(path) => (path, self.structs.get(&path)?.fields.clone()),
            _ => return None,
        };
        let mut names: Vec<(Name, Syntax<'t>)> = Vec::new();
        let parts = pattern.named().into_iter().filter(|part| part.start() != head.start());
        for (at, part) in parts.enumerate() {
            match part.kind() {
                "rest_pattern" => {}
                "field_pattern" => {
                    let field = part.field("name")?;
                    names.push((Name::new(field.text()), part.field("pattern").unwrap_or(field)));
                }
                _ => names.push((Name::new(&format!("_{at}")), part)),
            }
        }
        let (mut named, mut parts) = (Vec::new(), Vec::new());
        for field in fields {
            let found = names.iter().find(|(name, _)| *name == field).map(|(_, pattern)| *pattern);
            let local = match found {
                Some(name) if name.is("identifier") && name.text() != "_" => {
                    let local = self.declare(name.text(), Ty::unknown(), true, name);
                    self.bind(name.text(), local, true, true);
                    let own = self.declare(name.text(), Ty::unknown(), true, name);
                    let value = self.use_local(local, name);
                    let value = self.copy(value, name);
                    self.push_set(Place::local(own), value, name);
                    parts.push((field, own));
                    local
                }
                Some(other) if other.text() != "_" => return None,
                _ => {
                    let local = self.temp("rest", pattern);
                    parts.push((field, local));
                    local
                }
            };
            named.push((field, Pat::Bind(local, None)));
        }
        Some(Rebuilt { pat: Pat::Class { class, args: Vec::new(), named }, class, parts })
    }

    /// Makes an object again of its parts, and puts it where it was.
    pub(super) fn put_back(&mut self, rebuilt: Rebuilt, base: Syntax<'t>, at: Syntax<'t>) {
        let mut args = Vec::new();
        for (field, local) in rebuilt.parts {
            let read = self.use_local(local, at);
            let value = self.copy(read, at);
            args.push(Arg { kind: ArgKind::Named(field), value });
        }
        let made = self.node(Node::Call { callee: Callee::Fn(rebuilt.class), args }, at);
        match self.target(base, true) {
            Ok(place) => self.push_set(place, made, at),
            Err(hole) => self.push_expr(hole, at),
        }
    }

    /// Methods that put another object in the place of their receiver: they give the new one, and each call of them
    /// assigns it.
    pub(super) fn collect_replacing(&mut self, root: Syntax<'t>) {
        let mut methods = Vec::new();
        walk(root, &mut |node| {
            let receiver = node.field("parameters").and_then(|params| params.child("self_parameter"));
            let is_changing = receiver.is_some_and(|of| of.has_token("&") && of.child("mutable").is_some());
            if node.is("function_item") && is_changing && node.field("return_type").is_none() {
                methods.extend(node.field("name").zip(node.field("body")));
            }
        });
        loop {
            let before = self.replacing.len();
            for (name, body) in &methods {
                if self.replaces(*body) {
                    self.replacing.insert(name.text());
                }
            }
            if self.replacing.len() == before {
                return;
            }
        }
    }

    /// Whether code gives `self` another value as a whole.
    fn replaces(&self, body: Syntax<'t>) -> bool {
        let is_self = |node: Syntax<'t>| matches!(node.text(), "self" | "*self");
        let mut found = false;
        walk(body, &mut |part| {
            found |= match part.kind() {
                "assignment" => part.field("left").is_some_and(is_self),
                "call_expression" => part.field("function").is_some_and(|function| {
                    function.field("value").is_some_and(is_self)
                        && function.field("name").is_some_and(|name| self.replacing.contains(name.text()))
                }),
                "match_expression" if part.field("value").is_some_and(is_self) => {
                    let arms = part.field("body").map(Syntax::named).unwrap_or_default();
                    arms.into_iter().any(|arm| match (arm.field("pattern"), arm.field("body")) {
                        (Some(pattern), Some(code)) => super::pattern::bound(pattern)
                            .iter()
                            .any(|(name, _)| self.touches(code, name.text())),
                        _ => false,
                    })
                }
                _ => false,
            };
        });
        found
    }

    /// Whether a block may end before its end.
    pub(super) fn leaves_early(code: Syntax<'t>) -> bool {
        let mut found = false;
        walk(code, &mut |part| {
            found |= matches!(
                part.kind(),
                "return_expression"
                    | "break_expression"
                    | "continue_expression"
                    | "try_operator"
                    | "throw_expression"
            );
        });
        found
    }

    /// Refuses to change what a name borrowed where the name has a value of its own.
    pub(super) fn check_borrow(&mut self, node: Syntax<'t>) -> Result<(), NodeId> {
        let is_copy = node.field("value").filter(|name| name.is("identifier")).and_then(|name| {
            let variable = self.variable(name.text())?;
            let Binding::Local(local) = variable.binding else { return None };
            Some(self.cx.copies.contains(&local) || variable.is_borrowed && self.alias(local).is_none())
        });
        match is_copy {
            Some(true) => {
                Err(self.unsupported(node, "what this borrows is not changed through its name yet"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a type is `&mut` of a number, a bool or a text.
pub(super) fn is_cell(ty: Syntax<'_>) -> bool {
    const PLAIN: &[&str] = &[
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "int", "f32",
        "f64", "float", "bool", "char", "String", "str", "string",
    ];
    let is_lent = ty.is("reference_type") && ty.child("mutable").is_some();
    ty.field("type").is_some_and(|of| is_lent && PLAIN.contains(&of.text()))
}

/// The place of `&mut place`.
fn lent(value: Syntax<'_>) -> Option<Syntax<'_>> {
    let is_lent = value.is("unary_expression") && value.child("mutable").is_some();
    value.field("value").filter(|base| is_lent && root_of(*base).is_some())
}

/// The list of `&mut xs` and `xs.iter_mut()`, and whether `.enumerate()` follows.
fn lent_items(value: Syntax<'_>) -> Option<(Syntax<'_>, bool)> {
    if let Some(base) = lent(value) {
        return Some((base, false));
    }
    let function = value.field("function").filter(|_| value.is("call_expression"))?;
    let of = function.field("value")?;
    match function.field("name")?.text() {
        "iter_mut" => root_of(of).map(|_| (of, false)),
        "enumerate" => lent_items(of).filter(|(_, counted)| !counted).map(|(base, _)| (base, true)),
        _ => None,
    }
}

fn is_same(a: Syntax<'_>, b: Syntax<'_>) -> bool {
    (a.start(), a.end(), a.kind()) == (b.start(), b.end(), b.kind())
}

/// Whether a place is the same wherever it is written: names, fields and literal indexes.
fn is_steady(place: Syntax<'_>) -> bool {
    match place.kind() {
        "identifier" => true,
        "field_expression" => place.field("value").is_some_and(is_steady),
        "index_expression" => {
            place.field("value").is_some_and(is_steady)
                && place.field("index").is_some_and(|index| matches!(index.kind(), "integer" | "string"))
        }
        "parenthesized_expression" => place.first().is_some_and(is_steady),
        "unary_expression" => place.field("value").is_some_and(is_steady),
        _ => false,
    }
}

/// Whether code assigns to `*name`.
pub(super) fn assigns_through(code: Syntax<'_>, name: &str) -> bool {
    let mut found = false;
    walk(code, &mut |part| {
        let left = match part.kind() {
            "assignment" | "compound_assignment" => part.field("left"),
            _ => None,
        };
        found |= left.is_some_and(|left| {
            left.is("unary_expression") && left.field("value").is_some_and(|of| of.text() == name)
        });
    });
    found
}
