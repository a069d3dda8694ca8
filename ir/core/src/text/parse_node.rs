//! Text -> expressions.

use super::cursor::Parsed;
use super::implied::implied;
use super::parse::BodyParser;
use crate::*;
use batuta_base::{Name, Origin};
use std::sync::Arc;

impl<L: Level> BodyParser<'_, '_, L> {
    /// An expression with its type.
    pub(super) fn node(&mut self) -> Parsed<NodeId> {
        let kind = self.node_kind()?;
        let ty = if self.cursor.eat(": ") {
            self.cursor.ty()?
        } else if matches!(kind, Node::Const(_)) && L::NAME == "hir" {
            Ty::unknown()
        } else {
            match implied(&self.body, &kind) {
                Some(ty) => ty,
                None => {
                    return self.cursor.fail("the type of this expression does not follow: write `: type`");
                }
            }
        };
        Ok(self.body.node(kind, ty, Origin::default()))
    }

    fn node_kind(&mut self) -> Parsed<Node> {
        let Some(first) = self.cursor.rest().chars().next() else {
            return self.cursor.fail("expected an expression");
        };
        match first {
            '%' | '@' | '(' => Ok(Node::Use(self.place()?, Mode::Read)),
            '\'' => {
                self.cursor.expect("'")?;
                let label = self.cursor.short_name()?;
                self.cursor.expect(": ")?;
                self.labelled(Some(label))
            }
            '"' => Ok(Node::Const(Const::Str(Arc::from(self.cursor.string()?)))),
            '-' | '.' | '0'..='9' => Ok(Node::Const(self.constant()?)),
            _ => self.word_node(),
        }
    }

    fn word_node(&mut self) -> Parsed<Node> {
        for mode in [Mode::Copy, Mode::Move, Mode::Ref, Mode::Mut, Mode::Clone, Mode::Take] {
            if self.cursor.eat_keyword(mode.text().trim_end()) {
                return Ok(Node::Use(self.place()?, mode));
            }
        }
        if self.cursor.eat("format\"") {
            let pieces = self.pieces(true)?;
            self.cursor.expect("\"")?;
            return Ok(Node::Format(pieces));
        }
        if self.cursor.eat("b\"") {
            self.cursor.at -= 1;
            return Ok(Node::Const(Const::Bytes(Arc::from(self.cursor.bytes()?))));
        }
        if let Some(callee) = self.callee()? {
            return Ok(Node::Call { callee, args: self.args()? });
        }
        if let Some(node) = self.jump()? {
            return Ok(node);
        }
        for word in ["while ", "loop ", "for ", "block "] {
            if self.cursor.rest().starts_with(word) {
                return self.labelled(None);
            }
        }
        match self.control()? {
            Some(node) => Ok(node),
            None => self.op_or_constant(),
        }
    }

    fn op_or_constant(&mut self) -> Parsed<Node> {
        for word in ["none", "true", "false", "inf", "NaN", "not_implemented"] {
            let after = self.cursor.rest().strip_prefix(word);
            if after.is_some_and(|after| {
                !after.starts_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_')
            }) {
                return Ok(Node::Const(self.constant()?));
            }
        }
        let op = self.op()?;
        let attr = if self.cursor.eat("{") { self.attr()? } else { Attr::None };
        let args = self.list("(", ")", Self::node)?;
        Ok(Node::Op { op, attr, args })
    }

    fn attr(&mut self) -> Parsed<Attr> {
        let attr = if self.cursor.eat(": ") {
            Attr::Ty(self.cursor.ty()?)
        } else if self.cursor.rest().starts_with('"') {
            Attr::Name(self.cursor.name()?)
        } else {
            match self.cursor.digits()?.parse() {
                Ok(value) => Attr::Int(value),
                Err(_) => return self.cursor.fail("an attribute's number has 64 bits"),
            }
        };
        self.cursor.expect("}")?;
        Ok(attr)
    }

    pub(super) fn constant(&mut self) -> Parsed<Const> {
        let words = [
            ("none", Const::None),
            ("true", Const::Bool(true)),
            ("false", Const::Bool(false)),
            ("not_implemented", Const::NotImplemented),
            ("...", Const::Ellipsis),
        ];
        for (word, value) in words {
            if self.cursor.eat(word) {
                return Ok(value);
            }
        }
        match self.cursor.rest().as_bytes() {
            [b'"', ..] => Ok(Const::Str(Arc::from(self.cursor.string()?))),
            [b'b', b'"', ..] => {
                self.cursor.at += 1;
                Ok(Const::Bytes(Arc::from(self.cursor.bytes()?)))
            }
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Parsed<Const> {
        let rest = self.cursor.rest();
        let sign = usize::from(rest.starts_with('-'));
        let mut len = ["inf", "NaN"].iter().find(|word| rest[sign..].starts_with(**word)).map_or(0, |_| 3);
        let is_number = len == 0;
        if is_number {
            let bytes = rest.as_bytes();
            let mut end = sign;
            while end < bytes.len() {
                let is_sign = matches!(bytes[end], b'-' | b'+') && matches!(bytes[end - 1], b'e');
                let is_dot = bytes[end] == b'.' && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
                if !(bytes[end].is_ascii_digit() || bytes[end] == b'e' || is_sign || is_dot) {
                    break;
                }
                end += 1;
            }
            len = end - sign;
        }
        let text = &rest[..sign + len];
        self.cursor.at += text.len();
        if is_number && text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) && len > 0 {
            if self.cursor.eat("j") {
                return Ok(Const::Imag(text.parse().unwrap_or_default()));
            }
            return Ok(Const::Int(Arc::from(text)));
        }
        match text.parse() {
            Ok(value) if self.cursor.eat("j") => Ok(Const::Imag(value)),
            Ok(value) => Ok(Const::Float(value)),
            Err(_) => self.cursor.fail("expected an expression"),
        }
    }

    fn callee(&mut self) -> Parsed<Option<Callee>> {
        let cursor = &mut self.cursor;
        Ok(Some(if cursor.eat_keyword("call") {
            Callee::Fn(cursor.item()?)
        } else if cursor.eat_keyword("virtual") {
            Callee::Virtual(cursor.item()?)
        } else if cursor.eat_keyword("new") {
            Callee::New(cursor.item()?)
        } else if cursor.eat("lib:") {
            Callee::Lib(cursor.name()?)
        } else if cursor.eat_keyword("super") {
            Callee::Super(cursor.name()?)
        } else if cursor.eat("method (") {
            let receiver = self.node()?;
            self.cursor.expect(").")?;
            Callee::Method(receiver, self.cursor.name()?)
        } else if cursor.eat("value (") {
            let callee = self.node()?;
            self.cursor.expect(")")?;
            Callee::Value(callee)
        } else {
            return Ok(None);
        }))
    }

    /// Pieces up to the closing quote of the text, or the closing brace of a spec.
    fn pieces(&mut self, is_text: bool) -> Parsed<Vec<Piece>> {
        let mut out = Vec::new();
        let mut text = String::new();
        loop {
            let rest = self.cursor.rest();
            let ends = if is_text { rest.starts_with('"') } else { rest.starts_with('}') };
            if (ends || rest.starts_with('{')) && !text.is_empty() {
                out.push(Piece::Text(Arc::from(std::mem::take(&mut text))));
            }
            if ends {
                return Ok(out);
            }
            if self.cursor.eat("{") {
                out.push(self.value_piece()?);
            } else {
                text.push(self.cursor.escaped_char()?);
            }
        }
    }

    fn value_piece(&mut self) -> Parsed<Piece> {
        let late = self.cursor.eat("~");
        let value = self.node()?;
        self.cursor.expect("!")?;
        let Some(sign) = self.cursor.rest().chars().next() else {
            return self.cursor.fail("expected f, s, r, a or %");
        };
        self.cursor.at += sign.len_utf8();
        let conv = match sign {
            'f' => Conv::Format,
            's' => Conv::Str,
            'r' => Conv::Repr,
            'a' => Conv::Ascii,
            _ => {
                let is_all = self.cursor.eat("*");
                let letter = self.cursor.rest().chars().next().unwrap_or('s');
                self.cursor.at += letter.len_utf8();
                if is_all { Conv::PercentAll(letter) } else { Conv::Percent(letter) }
            }
        };
        let spec = if self.cursor.eat(":") { self.pieces(false)? } else { Vec::new() };
        self.cursor.expect("}")?;
        Ok(Piece::Value { value, conv, spec, late })
    }

    fn labelled(&mut self, label: Option<Name>) -> Parsed<Node> {
        if self.cursor.eat_keyword("while") {
            let cond = self.node()?;
            self.cursor.blanks();
            let body = self.block()?;
            return Ok(Node::While { label, cond, body, els: self.block_after(" else ")? });
        }
        if self.cursor.eat_keyword("loop") {
            return Ok(Node::Loop { label, body: self.block()? });
        }
        if self.cursor.eat_keyword("for") {
            let pat = self.pat()?;
            self.cursor.expect(" in ")?;
            let iter = self.node()?;
            self.cursor.blanks();
            let body = self.block()?;
            return Ok(Node::For { label, pat, iter, body, els: self.block_after(" else ")? });
        }
        if self.cursor.eat_keyword("block") {
            return Ok(Node::Block { label, block: self.block()? });
        }
        self.cursor.fail("expected `while`, `loop`, `for` or `block`")
    }

    fn block_after(&mut self, word: &str) -> Parsed<Option<BlockId>> {
        Ok(if self.cursor.eat(word) { Some(self.block()?) } else { None })
    }

    fn control(&mut self) -> Parsed<Option<Node>> {
        let cursor = &mut self.cursor;
        Ok(Some(if cursor.eat_keyword("if") {
            let cond = self.node()?;
            self.cursor.blanks();
            let then = self.block()?;
            Node::If { cond, then, els: self.block_after(" else ")? }
        } else if cursor.eat_keyword("match") {
            self.arms()?
        } else if cursor.eat_keyword("try") {
            self.try_node()?
        } else if cursor.eat_keyword("with") {
            self.with(false)?
        } else if cursor.eat("async with ") {
            self.with(true)?
        } else if cursor.eat_keyword("closure") {
            self.closure()?
        } else if cursor.eat_keyword("seq") {
            self.seq()?
        } else if cursor.eat_keyword("item") {
            Node::Item(cursor.item()?)
        } else if cursor.eat("hole(") {
            let why = cursor.string()?;
            cursor.expect(", ")?;
            let source = cursor.string()?;
            cursor.expect(")")?;
            Node::Hole { why: Arc::from(why), source: Arc::from(source) }
        } else {
            return Ok(None);
        }))
    }

    fn arms(&mut self) -> Parsed<Node> {
        let subject = self.node()?;
        self.cursor.expect(" {")?;
        let mut arms = Vec::new();
        loop {
            let (above, blank) = self.comments()?;
            let mut above = above;
            if let (true, Some(first)) = (blank, above.first_mut()) {
                first.blank_before = true;
            }
            if self.cursor.eat("}") {
                return Ok(Node::Match { subject, arms });
            }
            let pat = self.pat()?;
            let guard = if self.cursor.eat(" if ") { Some(self.node()?) } else { None };
            self.cursor.expect(" => ")?;
            arms.push(Arm { pat, guard, body: self.block()?, origin: Origin::default(), above });
        }
    }

    fn try_node(&mut self) -> Parsed<Node> {
        let body = self.block()?;
        let mut handlers = Vec::new();
        loop {
            let start = self.cursor.at;
            let (above, blank) = self.comments()?;
            let mut above = above;
            if let (true, Some(first)) = (blank, above.first_mut()) {
                first.blank_before = true;
            }
            if !self.cursor.rest().starts_with("except(") {
                self.cursor.at = start;
                break;
            }
            self.cursor.expect("except")?;
            let classes = self.list("(", ")", |parser| parser.cursor.name())?;
            let bind = if self.cursor.eat(" as ") { Some(self.declared()?) } else { None };
            self.cursor.expect(" ")?;
            handlers.push(Handler { classes, bind, body: self.block()?, origin: Origin::default(), above });
        }
        let els = self.block_after(" else ")?;
        Ok(Node::Try { body, handlers, els, finally: self.block_after(" finally ")? })
    }

    fn with(&mut self, is_async: bool) -> Parsed<Node> {
        let mut items = Vec::new();
        loop {
            let context = self.node()?;
            let target = if self.cursor.eat(" as ") { Some(self.pat()?) } else { None };
            items.push(WithItem { context, target });
            if !self.cursor.eat(", ") {
                break;
            }
        }
        self.cursor.expect(" ")?;
        Ok(Node::With { items, body: self.block()?, is_async })
    }

    fn closure(&mut self) -> Parsed<Node> {
        let mut decorators = Vec::new();
        while self.cursor.rest().starts_with('@') {
            decorators.push(self.decorator()?);
            self.cursor.blanks();
        }
        let doc = self.doc()?;
        self.cursor.blanks();
        let is_async = self.cursor.eat_keyword("async");
        let is_generator = self.cursor.eat_keyword("gen");
        let name = if self.cursor.rest().starts_with('(') { None } else { Some(self.cursor.short_name()?) };
        let params = self.params()?;
        self.cursor.expect(" -> ")?;
        let ret = self.cursor.ty()?;
        self.cursor.blanks();
        let body = self.block()?;
        Ok(Node::Closure(Closure { name, params, body, ret, is_generator, is_async, decorators, doc }))
    }

    fn seq(&mut self) -> Parsed<Node> {
        let word = self.cursor.short_name()?;
        self.cursor.expect("(")?;
        let mut clauses = Vec::new();
        while !self.cursor.eat("=> ") {
            if self.cursor.eat("for ") {
                let pat = self.pat()?;
                self.cursor.expect(" in ")?;
                clauses.push(Clause::For { pat, iter: self.node()? });
            } else {
                self.cursor.expect("if ")?;
                clauses.push(Clause::If(self.node()?));
            }
            self.cursor.expect(" ")?;
        }
        let first = self.node()?;
        let sink = match word.as_str() {
            "list" => Sink::List(first),
            "set" => Sink::Set(first),
            "iter" => Sink::Iter(first),
            "dict" => {
                self.cursor.expect(", ")?;
                Sink::Dict(first, self.node()?)
            }
            _ => return self.cursor.fail("expected `list`, `set`, `dict` or `iter`"),
        };
        self.cursor.expect(")")?;
        Ok(Node::Seq { clauses, sink })
    }

    fn jump(&mut self) -> Parsed<Option<Node>> {
        let cursor = &mut self.cursor;
        Ok(Some(if cursor.eat("yield from ") {
            Node::YieldFrom(self.node()?)
        } else if cursor.eat_keyword("await") {
            Node::Await(self.node()?)
        } else if self.eat_jump("break") {
            let label = self.jump_label()?;
            Node::Break { label, value: self.operand()? }
        } else if self.eat_jump("continue") {
            Node::Continue { label: self.jump_label()? }
        } else if self.eat_jump("return") {
            Node::Return(self.operand()?)
        } else if self.eat_jump("yield") {
            Node::Yield(self.operand()?)
        } else if self.eat_jump("raise") {
            let is_cause = self.cursor.rest().starts_with(" from ");
            let error = if is_cause { None } else { self.operand()? };
            let cause = if self.cursor.eat(" from ") { Some(self.node()?) } else { None };
            Node::Raise { error, cause }
        } else {
            return Ok(None);
        }))
    }

    fn eat_jump(&mut self, word: &str) -> bool {
        let after = self.cursor.rest().strip_prefix(word);
        let found = after
            .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.'));
        self.cursor.at += if found { word.len() } else { 0 };
        found
    }

    /// `'label` of a jump, unless it heads a labelled operand.
    fn jump_label(&mut self) -> Parsed<Option<Name>> {
        let start = self.cursor.at;
        if !self.cursor.eat(" '") {
            return Ok(None);
        }
        let label = self.cursor.short_name()?;
        let after = self.cursor.rest();
        if [": while ", ": loop ", ": for ", ": block "].iter().any(|head| after.starts_with(head)) {
            self.cursor.at = start;
            return Ok(None);
        }
        Ok(Some(label))
    }

    /// The operand of a jump, if one stands on this line.
    fn operand(&mut self) -> Parsed<Option<NodeId>> {
        let after = self.cursor.rest();
        let has = after.starts_with(' ') && !after.starts_with("  ");
        let is_clause =
            [" for ", " if ", " from ", " => ", " as ", " in "].iter().any(|word| after.starts_with(word));
        let starts = after[1.min(after.len())..].starts_with(|c: char| {
            c.is_alphanumeric() || matches!(c, '%' | '@' | '(' | '"' | '\'' | '-' | '.')
        });
        let is_branch =
            after.starts_with(" if ") && after.lines().next().is_some_and(|line| line.ends_with('{'));
        if !has || !starts || (is_clause && !is_branch) {
            return Ok(None);
        }
        self.cursor.expect(" ")?;
        Ok(Some(self.node()?))
    }
}
