//! Expressions: precedence climbing, unary and postfix operators.

use super::*;
use crate::lex::LEVELS;

const ASSIGNS: &[(&str, BinOp)] = &[
    ("+=", BinOp::Add),
    ("-=", BinOp::Sub),
    ("*=", BinOp::Mul),
    ("/=", BinOp::Div),
    ("%=", BinOp::Rem),
    ("&=", BinOp::And),
    ("|=", BinOp::Or),
    ("^=", BinOp::Xor),
    ("<<=", BinOp::Shl),
    (">>=", BinOp::Shr),
];

impl Parser {
    /// An expression with commas.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        let mut left = self.assignment()?;
        while self.is(",") {
            self.next();
            let right = self.assignment()?;
            let right = self.rvalue(right);
            let (ty, pos) = (right.ty.clone(), left.pos.to(right.pos));
            left = Expr::new(ExprKind::Comma(left.boxed(), right.boxed()), ty, pos);
        }
        Ok(left)
    }

    /// A whole number that is known now.
    pub(super) fn constant(&mut self) -> Parsed<i128> {
        let value = self.conditional()?;
        match value.as_int() {
            Some(value) => Ok(value),
            None => {
                self.issue(codes::SYNTAX, value.pos, "a constant whole number was expected");
                Err(Stop)
            }
        }
    }

    pub(super) fn assignment(&mut self) -> Parsed<Expr> {
        self.enter()?;
        let out = self.assignment_inner();
        self.leave();
        out
    }

    fn assignment_inner(&mut self) -> Parsed<Expr> {
        let left = self.conditional()?;
        if self.eat("=") {
            let right = self.assignment()?;
            return Ok(self.assign(left, right));
        }
        let found = ASSIGNS.iter().find(|(text, _)| self.peek().kind == Kind::Punct && self.is(text));
        let Some((_, op)) = found else { return Ok(left) };
        self.next();
        let right = self.assignment()?;
        Ok(self.update(*op, left, right))
    }

    pub(super) fn conditional(&mut self) -> Parsed<Expr> {
        let cond = self.binary_level(0)?;
        if !self.eat("?") {
            return Ok(cond);
        }
        if self.eat(":") {
            let els = self.conditional()?;
            return Ok(self.elvis(cond, els));
        }
        let then = self.expression()?;
        self.expect(":")?;
        let els = self.conditional()?;
        Ok(self.choice(cond, then, els))
    }

    fn binary_level(&mut self, level: usize) -> Parsed<Expr> {
        if level == LEVELS.len() {
            return self.cast_expr();
        }
        let mut left = self.binary_level(level + 1)?;
        loop {
            if self.peek().kind != Kind::Punct {
                return Ok(left);
            }
            let Some(op) = LEVELS[level].iter().find(|op| self.is(op)) else { return Ok(left) };
            self.next();
            let right = self.binary_level(level + 1)?;
            left = self.binary(op, left, right);
        }
    }

    /// `(type) value`, or a unary expression.
    fn cast_expr(&mut self) -> Parsed<Expr> {
        if !(self.is("(") && self.is_type(self.peek_at(1))) {
            return self.unary();
        }
        let start = self.i;
        let pos = self.pos();
        self.next();
        let ty = self.type_name()?;
        self.expect(")")?;
        if self.is("{") {
            self.i = start;
            return self.unary();
        }
        self.enter()?;
        let of = self.cast_expr()?;
        self.leave();
        Ok(self.explicit_cast(of, ty, pos))
    }

    pub(super) fn unary(&mut self) -> Parsed<Expr> {
        let tok = self.peek().clone();
        let pos = tok.pos;
        if tok.kind == Kind::Punct {
            let op = tok.text.as_str();
            match op {
                "++" | "--" => {
                    self.next();
                    let of = self.unary()?;
                    return Ok(self.step(of, op == "--", false, pos));
                }
                "&&" => {
                    self.next();
                    let (name, _) = self.ident()?;
                    let known = self.labels.iter().position(|label| *label == name);
                    let at = known.unwrap_or_else(|| {
                        self.labels.push(name);
                        self.labels.len() - 1
                    });
                    return Ok(Expr::new(ExprKind::LabelAddr(at as u64 + 1), CTy::Void.ptr(), pos));
                }
                "&" | "*" | "+" | "-" | "~" | "!" => {
                    self.next();
                    self.enter()?;
                    let of = self.cast_expr()?;
                    self.leave();
                    return Ok(match op {
                        "&" => self.address(of, pos),
                        "*" => self.deref(of, pos),
                        _ => self.arithmetic_unary(op, of, pos),
                    });
                }
                _ => {}
            }
        }
        match tok.text.as_str() {
            "sizeof" if tok.kind == Kind::Ident => self.sizeof(),
            "_Alignof" if tok.kind == Kind::Ident => self.alignof(),
            _ => self.postfix(),
        }
    }

    fn sizeof(&mut self) -> Parsed<Expr> {
        let pos = self.next().pos;
        let first = self.pending.len();
        let ty = if self.is("(") && self.is_type(self.peek_at(1)) {
            let start = self.i;
            self.next();
            let ty = self.type_name()?;
            self.expect(")")?;
            if self.is("{") {
                self.i = start;
                self.unary()?.ty
            } else {
                ty
            }
        } else {
            self.unary()?.ty
        };
        let asked = self.pending.split_off(first);
        let size = self.size_of(&ty, pos);
        // The lengths of its arrays are computed here; those of `sizeof x` were where `x` was made.
        if asked.is_empty() || !matches!(ty, CTy::Vla(..)) {
            return Ok(size);
        }
        let of = size.ty.clone();
        let mut stmts = asked;
        stmts.push(Stmt { kind: StmtKind::Expr(size), pos });
        let body = Stmt { kind: StmtKind::Block(stmts), pos };
        Ok(Expr::new(ExprKind::StmtExpr(Box::new(body)), of, pos))
    }

    /// Number of bytes of a type as a `size_t`.
    pub(super) fn size_of(&mut self, ty: &CTy, pos: Pos) -> Expr {
        if let CTy::Vla(item, held) = ty {
            let item = self.size_of(item, pos);
            let count = Expr::new(ExprKind::Local(*held), LONG, pos);
            let count = self.cast(count, &ULONG);
            return self.binary("*", count, item);
        }
        match self.tree.records.size(ty) {
            Some(size) => Expr::int(i128::from(size), ULONG, pos),
            None => {
                self.issue(codes::TYPE, pos, "the size of this type is not known");
                Expr::int(0, ULONG, pos)
            }
        }
    }

    fn alignof(&mut self) -> Parsed<Expr> {
        let pos = self.next().pos;
        self.expect("(")?;
        let ty = if self.at_type() { self.type_name()? } else { self.expression()?.ty };
        self.expect(")")?;
        Ok(Expr::int(i128::from(self.tree.records.align(&ty)), ULONG, pos))
    }

    fn postfix(&mut self) -> Parsed<Expr> {
        let mut of = self.primary()?;
        loop {
            let pos = self.pos();
            if self.eat("[") {
                let index = self.expression()?;
                self.expect("]")?;
                let whole = of.pos.to(self.before());
                let sum = self.binary("+", of, index);
                of = self.deref(sum, whole);
            } else if self.eat(".") {
                let (name, _) = self.ident()?;
                of = self.member(of, name)?;
            } else if self.eat("->") {
                let (name, _) = self.ident()?;
                let at = of.pos;
                let object = self.deref(of, at);
                of = self.member(object, name)?;
            } else if self.is("(") {
                of = self.call(of)?;
            } else if self.is("++") || self.is("--") {
                let down = self.next().is("--");
                of = self.step(of, down, true, pos);
            } else {
                return Ok(of);
            }
        }
    }

    /// `object.name`, through anonymous members.
    pub(super) fn member(&mut self, of: Expr, name: Name) -> Parsed<Expr> {
        let pos = of.pos.to(self.before());
        let CTy::Record(id) = of.ty else {
            self.issue(codes::TYPE, pos, format!("`.{name}` of what is no struct or union"));
            return Err(Stop);
        };
        let Some(path) = self.tree.records.find(id, name) else {
            self.issue(codes::TYPE, pos, format!("no member is called `{name}`"));
            return Err(Stop);
        };
        Ok(self.member_path(of, id, &path, pos))
    }

    pub(super) fn member_path(&mut self, of: Expr, id: RecordId, path: &[usize], pos: Pos) -> Expr {
        let (mut out, mut id) = (of, id);
        for index in path {
            let ty = match &self.tree.records.get(id).fields {
                Some(fields) => fields[*index].ty.clone(),
                None => INT,
            };
            let inner = match ty {
                CTy::Record(inner) => inner,
                _ => id,
            };
            out = Expr::new(ExprKind::Member(out.boxed(), id, *index), ty, pos);
            id = inner;
        }
        out
    }
}
