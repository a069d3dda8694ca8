//! `"..." % x` and `"...".format(..)` with a literal template become a format.

use super::Lowerer;
use super::call::{arguments, is_plain};
use crate::template::{self, ArgRef, Part, Step};
use crate::text::Prefix;
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use batuta_syntax::Syntax;
use std::sync::Arc;

/// The argument nodes of a template, by position and name, in order of evaluation.
#[derive(Default)]
struct Values<'t> {
    order: Vec<Syntax<'t>>,
    positions: Vec<usize>,
    names: FxHashMap<String, usize>,
    /// The one value right of `%` may be a tuple that holds the values.
    may_be_tuple: bool,
    /// The values are shown where they stand: CPython reads `"%s" % (x,)` as an f-string.
    at_once: bool,
}

impl<'t> Values<'t> {
    fn find(&self, arg: &ArgRef) -> Option<usize> {
        match arg {
            ArgRef::Position(index) => self.positions.get(*index).copied(),
            ArgRef::Name(name) => self.names.get(name).copied(),
        }
    }
}

/// The arguments that the parts read, in order of reading.
fn reads(parts: &[Part], values: &Values<'_>, out: &mut Vec<usize>) -> Option<()> {
    for part in parts {
        if let Part::Field(field) = part {
            out.push(values.find(&field.arg)?);
            reads(&field.spec, values, out)?;
        }
    }
    Some(())
}

/// Reading it again or not at all makes no difference.
fn is_simple(node: Syntax<'_>) -> bool {
    matches!(node.kind(), "identifier" | "integer" | "float" | "string" | "true" | "false" | "none")
}

/// What is no tuple whatever names stand for.
fn is_constant(node: Syntax<'_>) -> bool {
    matches!(node.kind(), "integer" | "float" | "string" | "true" | "false" | "none")
}

fn is_text(node: Syntax<'_>) -> bool {
    let is_plain = |part: &Syntax<'_>| {
        let prefix = Prefix::of(part.text());
        !prefix.bytes && !prefix.format
    };
    matches!(node.kind(), "string" | "concatenated_string")
        && super::literal::string_parts(node).iter().all(is_plain)
}

impl<'t> Lowerer<'t> {
    /// `"literal" % right`; `None` where the template must be read at run time.
    pub fn percent_format(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        node.field("operator").filter(|operator| operator.is("%"))?;
        let (left, right) = (unparenthesised(node.field("left")?), node.field("right")?);
        if !is_text(left) {
            return None;
        }
        let template = self.literal_text(left)?;
        let parts = template::percent(&template)?;
        let values = percent_values(&parts, right)?;
        self.template(node, &parts, values, true)
    }

    /// `"literal".format(..)`; `None` where the template must be read at run time.
    pub fn brace_format(&mut self, node: Syntax<'t>, literal: Syntax<'t>) -> Option<NodeId> {
        if !is_text(literal) {
            return None;
        }
        let template = self.literal_text(literal)?;
        let parts = template::braces(&template)?;
        let mut values = Values::default();
        for arg in arguments(node) {
            let value = if arg.is("keyword_argument") {
                values.names.insert(arg.field("name")?.text().to_owned(), values.order.len());
                arg.field("value")?
            } else if is_plain(arg) {
                values.positions.push(values.order.len());
                arg
            } else {
                return None;
            };
            values.order.push(value);
        }
        self.template(node, &parts, values, false)
    }

    /// `"literal".format` as an argument: a function of as many parameters as the template has fields.
    pub fn format_function(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let name = node.field("attribute").filter(|_| node.is("attribute"))?;
        let literal = node.field("object").filter(|object| name.text() == "format" && is_text(*object))?;
        let parts = template::braces(&self.literal_text(literal)?)?;
        let count = positions(&parts)?;
        let values =
            Values { order: vec![literal; count], positions: (0..count).collect(), ..Values::default() };
        let locals: Vec<LocalId> = (0..count).map(|_| self.temp("arg", literal)).collect();
        let body = self.scoped(|this| {
            let mut read = |this: &mut Self, index: usize| this.use_local(locals[index], literal);
            let pieces = this.pieces(&parts, &values, false, &mut read);
            Some(this.format_node(pieces, node))
        });
        let param =
            |local| Param { name: Name::new("arg"), local, kind: ParamKind::PositionalOnly, default: None };
        let closure = Closure::lambda(locals.iter().map(|local| param(*local)).collect(), body);
        Some(self.node(Node::Closure(closure), node))
    }

    fn template(
        &mut self,
        node: Syntax<'t>,
        parts: &[Part],
        values: Values<'t>,
        percent: bool,
    ) -> Option<NodeId> {
        let mut order = Vec::new();
        reads(parts, &values, &mut order)?;
        let reads_in_order = order.iter().copied().filter(|index| !is_simple(values.order[*index]));
        let expected = (0..values.order.len()).filter(|index| !is_simple(values.order[*index]));
        if reads_in_order.eq(expected) {
            let pieces =
                self.pieces(parts, &values, percent, &mut |this, index| this.expr(values.order[index]));
            return Some(self.format_node(pieces, node));
        }
        // Arguments are evaluated in their own order, each once: they get names.
        Some(self.block_expr(node, |this| {
            let mut temps = Vec::new();
            for value in &values.order {
                let temp = this.temp("arg", *value);
                let node = this.expr(*value);
                this.push_set(Place::local(temp), node, *value);
                temps.push(temp);
            }
            let mut read = |this: &mut Self, index: usize| this.use_local(temps[index], values.order[index]);
            let pieces = this.pieces(parts, &values, percent, &mut read);
            this.format_node(pieces, node)
        }))
    }

    fn pieces(
        &mut self,
        parts: &[Part],
        values: &Values<'t>,
        percent: bool,
        read: &mut dyn FnMut(&mut Self, usize) -> NodeId,
    ) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for part in parts {
            let field = match part {
                Part::Text(text) => {
                    pieces.push(Piece::Text(Arc::from(text.as_str())));
                    continue;
                }
                Part::Field(field) => field,
            };
            let Some(index) = values.find(&field.arg) else { continue };
            let value = read(self, index);
            let value = self.steps(value, &field.path, values.order[index]);
            let spec = self.pieces(&field.spec, values, percent, read);
            let conv = match field.conversion {
                Some(letter) if values.may_be_tuple => Conv::PercentAll(letter),
                Some(letter) if percent => Conv::Percent(letter),
                Some('r') => Conv::Repr,
                Some('a') => Conv::Ascii,
                Some(_) => Conv::Str,
                None => Conv::Format,
            };
            pieces.push(Piece::Value { value, conv, spec, late: !values.at_once });
        }
        pieces
    }

    /// `.name` and `[key]` of a replacement field.
    fn steps(&mut self, value: NodeId, path: &[Step], at: Syntax<'t>) -> NodeId {
        if path.is_empty() {
            return value;
        }
        let mut place = match self.cx.body.nodes[value].kind.clone() {
            Node::Use(place, _) => place,
            _ => Place::node(value),
        };
        for step in path {
            place = place.with(match step {
                Step::Attribute(name) => Proj::Field(Name::new(name)),
                Step::Item(key) => Proj::Index(self.constant(Const::Str(key.as_str().into()), at)),
                Step::Index(index) => Proj::Index(self.constant(Const::Int(index.to_string().into()), at)),
            });
        }
        self.use_place(place, at)
    }
}

fn unparenthesised(node: Syntax<'_>) -> Syntax<'_> {
    match node.first() {
        Some(inner) if node.is("parenthesized_expression") => inner,
        _ => node,
    }
}

/// The values of `% right`: a tuple's items, a dict display's values, or one value.
fn percent_values<'t>(parts: &[Part], right: Syntax<'t>) -> Option<Values<'t>> {
    let mut values = Values::default();
    if right.is("tuple") {
        values.order = right.named();
        if !values.order.iter().all(|value| is_plain(*value)) {
            return None;
        }
        values.at_once = parts.iter().all(is_text_field);
    } else if right.is("dictionary") && parts.iter().any(is_by_name) {
        for pair in right.named() {
            let key = pair.field("key").filter(|key| key.is("string"))?;
            let prefix = Prefix::of(key.text());
            let name = prefix.content(key.text());
            if prefix.bytes || prefix.format || name.contains('\\') {
                return None;
            }
            values.names.insert(name.to_owned(), values.order.len());
            values.order.push(pair.field("value")?);
        }
        return Some(values);
    } else {
        values.order = vec![right];
        values.may_be_tuple = !is_text(right) && !is_constant(right);
    }
    values.positions = (0..values.order.len()).collect();
    (fields(parts) == values.order.len() && !parts.iter().any(is_by_name)).then_some(values)
}

/// `%s`, `%r` or `%a` without a width that is a value.
fn is_text_field(part: &Part) -> bool {
    match part {
        Part::Text(_) => true,
        Part::Field(field) => matches!(field.conversion, Some('s' | 'r' | 'a')) && fields(&field.spec) == 0,
    }
}

fn is_by_name(part: &Part) -> bool {
    matches!(part, Part::Field(field) if matches!(field.arg, ArgRef::Name(_)))
}

/// How many arguments the fields read, none of them by name.
fn positions(parts: &[Part]) -> Option<usize> {
    let mut count = 0;
    for part in parts {
        if let Part::Field(field) = part {
            let ArgRef::Position(at) = field.arg else { return None };
            count = count.max(at + 1).max(positions(&field.spec)?);
        }
    }
    Some(count)
}

/// Number of values that a positional template takes.
fn fields(parts: &[Part]) -> usize {
    let one = |part: &Part| match part {
        Part::Field(field) => 1 + fields(&field.spec),
        Part::Text(_) => 0,
    };
    parts.iter().map(one).sum()
}
