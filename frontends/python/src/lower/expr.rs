//! Expressions: the table of kinds, operators, displays, conditionals.

use super::Lowerer;
use super::call::spread;
use batuta_base::Code;
use batuta_core::*;
use batuta_syntax::Syntax;

/// `yield` or `await` where Python has none.
pub const STRAY_YIELD: Code = Code::error("B0104", "`yield` outside a function");

/// Most items of a tuple that is a tuple in Rust.
const LONGEST_TUPLE: usize = 12;

impl<'t> Lowerer<'t> {
    /// The value of an expression.
    pub fn expr(&mut self, node: Syntax<'t>) -> NodeId {
        if let Some(inner) = spread(node) {
            let inner = self.expr(inner);
            return self.op(ObjOp::Splat, vec![inner], node);
        }
        match node.kind() {
            "identifier" | "attribute" | "subscript" => self.read(node),
            "call" => self.call(node),
            "integer" | "float" => self.number(node),
            "string" | "concatenated_string" => self.string(node),
            "true" => self.constant(Const::Bool(true), node),
            "false" => self.constant(Const::Bool(false), node),
            "none" => self.constant(Const::None, node),
            "ellipsis" => self.constant(Const::Ellipsis, node),
            "parenthesized_expression" | "type" => self.inner(node),
            "binary_operator" => self.binary(node),
            "unary_operator" => self.unary(node),
            "not_operator" => self.not(node),
            "boolean_operator" => self.boolean(node),
            "comparison_operator" => self.comparison(node),
            "conditional_expression" => self.conditional(node),
            "named_expression" => self.walrus(node),
            "lambda" => self.lambda(node),
            "list" => self.display(ListOp::New.into(), node),
            "set" => self.display(SetOp::New.into(), node),
            "tuple" | "expression_list" | "pattern_list" | "tuple_pattern" => {
                self.display(TupleOp::New.into(), node)
            }
            "dictionary" => self.dictionary(node),
            "list_splat" | "list_splat_pattern" => self.splat(ObjOp::Splat, node),
            "list_comprehension"
            | "set_comprehension"
            | "dictionary_comprehension"
            | "generator_expression" => self.comprehension(node),
            "await" => {
                let inner = self.inner(node);
                self.node(Node::Await(inner), node)
            }
            "yield" => self.yield_(node),
            other => {
                let why = format!("`{}` has no translation yet", other.replace('_', " "));
                self.unsupported(node, why)
            }
        }
    }

    /// The value of the only expression inside.
    pub fn inner(&mut self, node: Syntax<'t>) -> NodeId {
        match node.first() {
            Some(inner) => self.expr(inner),
            None => self.unsupported(node, "an expression is missing here"),
        }
    }

    /// The value of an expression in a field.
    pub fn field_expr(&mut self, node: Syntax<'t>, field: &str) -> NodeId {
        match node.field(field) {
            Some(part) => self.expr(part),
            None => self.unsupported(node, "an expression is missing here"),
        }
    }

    /// A condition: the truth of an expression.
    pub fn condition(&mut self, node: Syntax<'t>) -> NodeId {
        let value = self.expr(node);
        self.op(ObjOp::Truth, vec![value], node)
    }

    fn binary(&mut self, node: Syntax<'t>) -> NodeId {
        if let Some(format) = self.percent_format(node) {
            return format;
        }
        let left = self.field_expr(node, "left");
        let right = self.field_expr(node, "right");
        let operator = node.field("operator").map_or("", |operator| operator.kind());
        match binary_op(operator) {
            Some(op @ (ObjOp::BitAnd | ObjOp::BitOr | ObjOp::BitXor | ObjOp::Sub)) => {
                let (left, right) = (self.view_as_set(left, node), self.view_as_set(right, node));
                self.op(op, vec![left, right], node)
            }
            Some(op) => self.op(op, vec![left, right], node),
            None => self.unsupported(node, format!("the operator `{operator}` has no translation yet")),
        }
    }

    /// `d.keys()` as an operand is a set where it is a view; any other value is what it is.
    pub fn keys_as_set(&mut self, value: NodeId, at: Syntax<'t>) -> NodeId {
        match &self.cx.body.nodes[value].kind {
            Node::Call { callee: Callee::Method(_, name), args } if args.is_empty() && *name == "keys" => {
                self.call_lib("builtins.view_set", vec![value], at)
            }
            _ => value,
        }
    }

    /// The same for `d.items()`.
    fn view_as_set(&mut self, value: NodeId, at: Syntax<'t>) -> NodeId {
        match &self.cx.body.nodes[value].kind {
            Node::Call { callee: Callee::Method(_, name), args } if args.is_empty() && *name == "items" => {
                self.call_lib("builtins.view_set", vec![value], at)
            }
            _ => self.keys_as_set(value, at),
        }
    }

    fn unary(&mut self, node: Syntax<'t>) -> NodeId {
        let operator = node.field("operator").map_or("", |operator| operator.kind());
        let value = self.field_expr(node, "argument");
        // The parser's own sign for a blank: see `parse::mask`.
        if operator == "~" && node.field("operator").is_some_and(|operator| operator.text() != "~") {
            return value;
        }
        if operator == "-"
            && let Some(negative) = self.body_const(value).and_then(negated)
        {
            return self.constant(negative, node);
        }
        let op = match operator {
            "-" => ObjOp::Neg,
            "+" => ObjOp::Pos,
            _ => ObjOp::Invert,
        };
        self.op(op, vec![value], node)
    }

    pub fn body_const(&self, node: NodeId) -> Option<&Const> {
        self.cx.body.as_const(node)
    }

    fn not(&mut self, node: Syntax<'t>) -> NodeId {
        let value = self.field_expr(node, "argument");
        self.op(ObjOp::Not, vec![value], node)
    }

    fn boolean(&mut self, node: Syntax<'t>) -> NodeId {
        let is_and = node.field("operator").is_some_and(|operator| operator.is("and"));
        let left = self.field_expr(node, "left");
        let right = self.field_expr(node, "right");
        self.op(if is_and { ObjOp::And } else { ObjOp::Or }, vec![left, right], node)
    }

    fn conditional(&mut self, node: Syntax<'t>) -> NodeId {
        let [then, cond, els] = node.named()[..] else {
            return self.unsupported(node, "a conditional expression without its three parts");
        };
        // `with a if x else b as c`: the grammar takes the name for a part of the last value.
        let is_named = els.is("as_pattern");
        let cond = self.condition(cond);
        let then = self.scoped(|this| Some(this.expr(then)));
        let els = self.scoped(|this| Some(if is_named { this.inner(els) } else { this.expr(els) }));
        self.node(Node::If { cond, then, els: Some(els) }, node)
    }

    /// `name := value`: a block that assigns and gives the name's value.
    fn walrus(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(name), Some(value)) = (node.field("name"), node.field("value")) else {
            return self.unsupported(node, "`:=` without a name");
        };
        self.block_expr(node, |this| {
            let value = this.expr(value);
            let place = this.target_place(name);
            this.push_set(place.clone(), value, node);
            this.use_place(place, name)
        })
    }

    /// A list, set or tuple of the items that are written out. A tuple of more items than Rust's traits know is
    /// one of any length.
    fn display(&mut self, op: Op, node: Syntax<'t>) -> NodeId {
        let items: Vec<NodeId> = node.named().into_iter().map(|item| self.expr(item)).collect();
        if op == TupleOp::New.into() && items.len() > LONGEST_TUPLE {
            let list = self.op(ListOp::New, items, node);
            let callee = Callee::Lib(batuta_base::Name::new("builtins.tuple"));
            return self.node(Node::Call { callee, args: vec![Arg::positional(list)] }, node);
        }
        self.op(op, items, node)
    }

    fn splat(&mut self, op: ObjOp, node: Syntax<'t>) -> NodeId {
        let inner = self.inner(node);
        self.op(op, vec![inner], node)
    }

    fn dictionary(&mut self, node: Syntax<'t>) -> NodeId {
        let mut items = Vec::new();
        for item in node.named() {
            if item.is("pair") {
                items.push(self.field_expr(item, "key"));
                let made = item.field("value").and_then(|value| self.format_function(value));
                items.push(made.unwrap_or_else(|| self.field_expr(item, "value")));
            } else {
                items.push(self.splat(ObjOp::SplatDict, item));
            }
        }
        self.op(DictOp::New, items, node)
    }

    fn yield_(&mut self, node: Syntax<'t>) -> NodeId {
        let Some(scope) =
            self.cx.scopes.iter_mut().rev().find(|scope| scope.kind == super::ScopeKind::Function)
        else {
            return self.hole(STRAY_YIELD, node, STRAY_YIELD.title);
        };
        scope.is_generator = true;
        if node.has_token("from") {
            let source = self.inner(node);
            return self.node(Node::YieldFrom(source), node);
        }
        let value = node.first().map(|value| self.expr(value));
        self.node(Node::Yield(value), node)
    }
}

/// The operation of a binary operator, also without the `=` of an augmented assignment.
pub(crate) fn binary_op(operator: &str) -> Option<ObjOp> {
    Some(match operator {
        "+" => ObjOp::Add,
        "-" => ObjOp::Sub,
        "*" => ObjOp::Mul,
        "/" => ObjOp::TrueDiv,
        "//" => ObjOp::FloorDiv,
        "%" => ObjOp::Mod,
        "**" => ObjOp::Pow,
        "@" => ObjOp::MatMul,
        "<<" => ObjOp::Shl,
        ">>" => ObjOp::Shr,
        "&" => ObjOp::BitAnd,
        "|" => ObjOp::BitOr,
        "^" => ObjOp::BitXor,
        _ => return None,
    })
}

/// The constant with the other sign.
fn negated(value: &Const) -> Option<Const> {
    Some(match value {
        Const::Int(digits) if **digits == *"0" => Const::Int(digits.clone()),
        Const::Int(digits) if !digits.starts_with('-') => Const::Int(format!("-{digits}").into()),
        Const::Float(value) if value.is_sign_positive() => Const::Float(-value),
        _ => return None,
    })
}
