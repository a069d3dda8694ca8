//! Statements.

use super::*;

impl Parser {
    /// `{ .. }`; a function's block shares the scope of its parameters.
    pub(super) fn compound(&mut self, own_scope: bool) -> Parsed<Stmt> {
        let pos = self.pos();
        self.expect("{")?;
        if own_scope {
            self.push_scope();
        }
        let mut out = Vec::new();
        while !self.is("}") {
            if self.peek().kind == Kind::EndOfFile {
                return Err(self.syntax("`}` is missing"));
            }
            let stmt = self.block_item()?;
            out.push(stmt);
        }
        if own_scope {
            self.pop_scope();
        }
        self.next();
        Ok(Stmt { kind: StmtKind::Block(out), pos })
    }

    fn block_item(&mut self) -> Parsed<Stmt> {
        let pos = self.pos();
        if self.is("_Static_assert") {
            self.static_assert()?;
            return Ok(Stmt { kind: StmtKind::Empty, pos });
        }
        // A name before a colon is a label, whatever else it is.
        let is_label = self.peek().kind == Kind::Ident && self.peek_at(1).is(":");
        if self.at_type() && !is_label && !self.is_attribute_statement() {
            let mut made = self.local_declaration()?;
            if made.len() == 1 {
                return Ok(made.remove(0));
            }
            return Ok(Stmt { kind: StmtKind::Group(made), pos });
        }
        self.statement()
    }

    /// `__attribute__((fallthrough));`
    fn is_attribute_statement(&self) -> bool {
        if !self.is("__attribute__") {
            return false;
        }
        let mut depth = 0;
        for ahead in 1.. {
            let tok = self.peek_at(ahead);
            depth += i32::from(tok.is("(")) - i32::from(tok.is(")"));
            if tok.kind == Kind::EndOfFile || depth == 0 {
                return self.peek_at(ahead + 1).is(";");
            }
        }
        false
    }

    pub(super) fn statement(&mut self) -> Parsed<Stmt> {
        self.enter()?;
        let out = self.statement_inner();
        self.leave();
        out
    }

    fn statement_inner(&mut self) -> Parsed<Stmt> {
        let tok = self.peek().clone();
        let pos = tok.pos;
        let stmt = |kind| Ok(Stmt { kind, pos });
        if tok.is("{") {
            return self.compound(true);
        }
        if self.eat(";") {
            return stmt(StmtKind::Empty);
        }
        if tok.kind != Kind::Ident {
            return self.expression_statement(pos);
        }
        if self.peek_at(1).is(":") && !is_keyword(tok.text.as_str()) {
            self.next();
            self.next();
            self.attributes(&mut None)?;
            let inner = self.labelled()?;
            return stmt(StmtKind::Label(tok.text, Box::new(inner)));
        }
        match tok.text.as_str() {
            "if" => self.if_statement(pos),
            "while" => {
                self.next();
                let cond = self.condition()?;
                let body = self.scoped()?;
                stmt(StmtKind::While(cond, Box::new(body)))
            }
            "do" => {
                self.next();
                let body = self.scoped()?;
                self.expect("while")?;
                let cond = self.condition()?;
                self.expect(";")?;
                stmt(StmtKind::Do(Box::new(body), cond))
            }
            "for" => self.for_statement(pos),
            "switch" => {
                self.next();
                let of = self.condition()?;
                let of = self.promote(of);
                self.switches.push(of.ty.clone());
                let body = self.scoped();
                self.switches.pop();
                stmt(StmtKind::Switch(of, Box::new(body?)))
            }
            "__label__" => {
                while !self.eat(";") {
                    self.next();
                }
                stmt(StmtKind::Empty)
            }
            "case" => self.case(pos),
            "default" => {
                self.next();
                self.expect(":")?;
                let inner = self.labelled()?;
                stmt(StmtKind::Default(Box::new(inner)))
            }
            "goto" => self.goto(pos),
            "break" | "continue" => {
                self.next();
                self.expect(";")?;
                stmt(if tok.is("break") { StmtKind::Break } else { StmtKind::Continue })
            }
            "return" => self.return_statement(pos),
            "asm" => {
                self.next();
                while self.is("volatile") || self.is("goto") || self.is("inline") {
                    self.next();
                }
                // An empty text that gives nothing new is a barrier for the optimiser.
                let is_empty = self.peek_at(1).text == *"\"\"";
                let start = self.i;
                self.skip_parens()?;
                let gives = |tok: &Tok| tok.kind == Kind::Str && tok.text.as_str().starts_with("\"=");
                let is_empty = is_empty && !self.toks[start..self.i].iter().any(gives);
                self.expect(";")?;
                if is_empty {
                    return stmt(StmtKind::Empty);
                }
                self.issue(codes::UNSUPPORTED, pos, "inline assembly has no translation");
                stmt(StmtKind::Hole("inline assembly".to_owned()))
            }
            "__attribute__" => {
                self.attributes(&mut None)?;
                self.eat(";");
                stmt(StmtKind::Empty)
            }
            _ => self.expression_statement(pos),
        }
    }

    /// The statement of a label; a declaration or the block's end may stand there too.
    fn labelled(&mut self) -> Parsed<Stmt> {
        if self.is("}") {
            return Ok(Stmt { kind: StmtKind::Empty, pos: self.pos() });
        }
        self.block_item()
    }

    fn expression_statement(&mut self, pos: Pos) -> Parsed<Stmt> {
        let value = self.expression()?;
        self.expect(";")?;
        Ok(Stmt { kind: StmtKind::Expr(value), pos })
    }

    /// A statement in a scope of its own.
    fn scoped(&mut self) -> Parsed<Stmt> {
        self.push_scope();
        let out = self.statement();
        self.pop_scope();
        out
    }

    fn condition(&mut self) -> Parsed<Expr> {
        self.expect("(")?;
        let cond = self.expression()?;
        self.expect(")")?;
        let cond = self.rvalue(cond);
        if !cond.ty.is_scalar() && !matches!(cond.kind, ExprKind::Hole(_)) {
            self.issue(codes::TYPE, cond.pos, "a condition is a number or a pointer");
        }
        Ok(cond)
    }

    fn if_statement(&mut self, pos: Pos) -> Parsed<Stmt> {
        self.next();
        let cond = self.condition()?;
        let then = self.scoped()?;
        let els = if self.eat("else") { Some(Box::new(self.scoped()?)) } else { None };
        Ok(Stmt { kind: StmtKind::If(cond, Box::new(then), els), pos })
    }

    fn for_statement(&mut self, pos: Pos) -> Parsed<Stmt> {
        self.next();
        self.expect("(")?;
        self.push_scope();
        let start = self.pos();
        let init = if self.eat(";") {
            None
        } else if self.at_type() {
            let made = self.local_declaration()?;
            Some(Box::new(Stmt { kind: StmtKind::Group(made), pos: start }))
        } else {
            Some(Box::new(self.expression_statement(start)?))
        };
        let cond = if self.is(";") { None } else { Some(self.expression()?) };
        let cond = cond.map(|cond| self.rvalue(cond));
        self.expect(";")?;
        let step = if self.is(")") { None } else { Some(self.expression()?) };
        self.expect(")")?;
        let body = self.scoped();
        self.pop_scope();
        Ok(Stmt { kind: StmtKind::For(init, cond, step, Box::new(body?)), pos })
    }

    fn case(&mut self, pos: Pos) -> Parsed<Stmt> {
        self.next();
        let first = self.constant()?;
        let last = if self.eat("...") { self.constant()? } else { first };
        // Labels have the type of what is compared.
        let (first, last) = match self.switches.last() {
            Some(CTy::Int(kind)) => (kind.wrap(first), kind.wrap(last)),
            _ => (first, last),
        };
        self.expect(":")?;
        let inner = self.labelled()?;
        Ok(Stmt { kind: StmtKind::Case(first, last, Box::new(inner)), pos })
    }

    fn goto(&mut self, pos: Pos) -> Parsed<Stmt> {
        self.next();
        if self.eat("*") {
            let to = self.expression()?;
            self.expect(";")?;
            let to = self.rvalue(to);
            return Ok(Stmt { kind: StmtKind::GotoPtr(to), pos });
        }
        let (name, _) = self.ident()?;
        self.expect(";")?;
        Ok(Stmt { kind: StmtKind::Goto(name), pos })
    }

    fn return_statement(&mut self, pos: Pos) -> Parsed<Stmt> {
        self.next();
        if self.eat(";") {
            return Ok(Stmt { kind: StmtKind::Return(None), pos });
        }
        let value = self.expression()?;
        self.expect(";")?;
        let ret = self.ret.clone();
        let value = self.rvalue(value);
        if ret.is_void() {
            // `return f();` of a function that gives nothing.
            let of = Stmt { kind: StmtKind::Expr(value), pos };
            let back = Stmt { kind: StmtKind::Return(None), pos };
            return Ok(Stmt { kind: StmtKind::Group(vec![of, back]), pos });
        }
        let value = self.assigned(value, &ret);
        Ok(Stmt { kind: StmtKind::Return(Some(value)), pos })
    }

    /// `{ .. }` of `({ .. })`: its last statement is its value.
    pub(super) fn statement_expression(&mut self) -> Parsed<Stmt> {
        if !self.in_function {
            return Err(self.syntax("a statement expression stands outside of a function"));
        }
        let mut body = self.compound(true)?;
        if let StmtKind::Block(stmts) = &mut body.kind
            && let Some(Stmt { kind: StmtKind::Expr(value), .. }) = stmts.last_mut()
        {
            let of = value.clone();
            *value = self.rvalue(of);
        }
        Ok(body)
    }
}

/// Type of a statement expression's value.
pub(super) fn block_type(body: &Stmt) -> CTy {
    match &body.kind {
        StmtKind::Block(stmts) => match stmts.last().map(|stmt| &stmt.kind) {
            Some(StmtKind::Expr(value)) => value.ty.clone(),
            _ => CTy::Void,
        },
        _ => CTy::Void,
    }
}
