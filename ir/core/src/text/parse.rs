//! Text -> body: heads, parameters, blocks, statements.

use super::cursor::{Cursor, ParseError, Parsed};
use crate::*;
use batuta_base::{FxHashMap, Name, Origin};
use std::sync::Arc;

/// The body that a text form describes.
///
/// # Errors
/// The first place where the text is not what `print_body` writes.
pub fn parse_body<L: Level>(text: &str) -> Result<Body<L>, ParseError> {
    let mut cursor = Cursor::new(text);
    cursor.space();
    let body = BodyParser::parse(&mut cursor)?;
    cursor.space();
    if cursor.rest().is_empty() { Ok(body) } else { cursor.fail("the body ends here") }
}

/// Fills the tables of one body.
pub(super) struct BodyParser<'c, 'a, L> {
    pub(super) cursor: &'c mut Cursor<'a>,
    pub(super) body: Body<L>,
    /// Locals by name, in the order of their numbers.
    locals: FxHashMap<Name, Vec<LocalId>>,
}

impl<'c, 'a, L: Level> BodyParser<'c, 'a, L> {
    pub(super) fn parse(cursor: &'c mut Cursor<'a>) -> Parsed<Body<L>> {
        let body = Body::new(Name::new(""), Lang::Python, FnKind::Function);
        let mut parser = Self { cursor, body, locals: FxHashMap::default() };
        parser.head()?;
        let root = parser.body.root;
        parser.block_into(root)?;
        Ok(parser.body)
    }

    fn head(&mut self) -> Parsed<()> {
        while self.cursor.eat("#") {
            let text = self.comment_text();
            self.body.above.push(Comment { text, blank_before: false });
            self.cursor.space();
        }
        while self.cursor.rest().starts_with('@') {
            let decorator = self.decorator()?;
            self.body.decorators.push(decorator);
            self.cursor.space();
        }
        self.body.doc = self.doc()?;
        self.cursor.space();
        self.body.is_async = self.cursor.eat_word("async");
        self.body.is_generator = self.cursor.eat_word("gen");
        if self.cursor.eat_word("c") {
            self.body.lang = Lang::C;
        } else if self.cursor.eat_word("ruchy") {
            self.body.lang = Lang::Ruchy;
        }
        self.body.kind = self.kind()?;
        self.body.path = self.cursor.item()?;
        self.body.params = self.params()?;
        self.cursor.expect(" -> ")?;
        self.body.ret = self.cursor.ty()?;
        self.cursor.blanks();
        self.body.fallible = self.cursor.eat_word("raises");
        Ok(())
    }

    fn kind(&mut self) -> Parsed<FnKind> {
        for (word, kind) in [
            ("fn", FnKind::Function),
            ("method", FnKind::Method),
            ("classmethod", FnKind::ClassMethod),
            ("staticmethod", FnKind::StaticMethod),
            ("property", FnKind::Property),
            ("setter", FnKind::PropertySetter),
            ("init", FnKind::Init),
        ] {
            if self.cursor.eat_word(word) {
                return Ok(kind);
            }
        }
        self.cursor.fail("expected `fn`, `method`, `init` or another kind of body")
    }

    pub(super) fn decorator(&mut self) -> Parsed<Decorator> {
        let path = self.cursor.item()?;
        let is_called = self.cursor.rest().starts_with('(');
        let args = if is_called { self.args()? } else { Vec::new() };
        Ok(Decorator { path, is_called, args, origin: Origin::default() })
    }

    pub(super) fn doc(&mut self) -> Parsed<Option<Arc<str>>> {
        if !self.cursor.eat_keyword("doc") {
            return Ok(None);
        }
        let text = self.cursor.string()?;
        Ok(Some(Arc::from(text)))
    }

    /// `(params)`.
    pub(super) fn params(&mut self) -> Parsed<Vec<Param>> {
        self.list("(", ")", Self::param)
    }

    fn param(&mut self) -> Parsed<Param> {
        let kind = if self.cursor.eat("**") {
            ParamKind::StarStar
        } else if self.cursor.eat("*") {
            ParamKind::Star
        } else if self.cursor.eat_keyword("pos") {
            ParamKind::PositionalOnly
        } else if self.cursor.eat_keyword("kw") {
            ParamKind::KeywordOnly
        } else {
            ParamKind::Normal
        };
        let is_named = !self.cursor.rest().starts_with('%') && !self.cursor.rest().starts_with("mut %");
        let name = if is_named { Some(self.cursor.short_name()?) } else { None };
        if name.is_some() {
            self.cursor.expect(" => ")?;
        }
        let local = self.declared()?;
        let default = if self.cursor.eat(" = ") { Some(self.node()?) } else { None };
        Ok(Param { name: name.unwrap_or(self.body.locals[local].name), local, kind, default })
    }

    /// A local where it is declared: mutability, name, type.
    pub(super) fn declared(&mut self) -> Parsed<LocalId> {
        let mutable = self.cursor.eat_word("mut");
        let local = self.local()?;
        self.body.locals[local].mutable = mutable;
        if self.cursor.eat(": ") {
            self.body.locals[local].ty = self.cursor.ty()?;
        }
        Ok(local)
    }

    /// A mention of a local; the first one makes it.
    pub(super) fn local(&mut self) -> Parsed<LocalId> {
        self.cursor.expect("%")?;
        let is_temp = self.cursor.eat("%");
        let name = self.cursor.short_name()?;
        let number = if self.cursor.eat("~") { self.cursor.digits()?.parse().unwrap_or(0) } else { 1_usize };
        if number == 0 || number > 1 << 16 {
            return self.cursor.fail("locals of one name are numbered from 2");
        }
        let same = self.locals.entry(name).or_default();
        while same.len() < number {
            same.push(self.body.local(name.as_str(), Ty::unknown(), Origin::default()));
        }
        let local = same[number - 1];
        self.body.locals[local].is_temp = is_temp;
        Ok(local)
    }

    /// Items between signs, separated by commas.
    pub(super) fn list<T>(
        &mut self,
        open: &str,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.cursor.expect(open)?;
        let mut out = Vec::new();
        while !self.cursor.eat(close) {
            if !out.is_empty() {
                self.cursor.expect(",")?;
            }
            self.cursor.space();
            out.push(item(self)?);
        }
        Ok(out)
    }

    pub(super) fn block(&mut self) -> Parsed<BlockId> {
        let block = self.body.block(BlockRow::default());
        self.block_into(block)?;
        Ok(block)
    }

    fn block_into(&mut self, block: BlockId) -> Parsed<()> {
        self.cursor.expect("{")?;
        let mut row = BlockRow::default();
        loop {
            let (comments, blank_before) = self.comments()?;
            if self.cursor.eat("}") {
                row.end_comments = comments;
                break;
            }
            if self.cursor.eat_keyword("var") {
                self.declared()?;
            } else if self.cursor.eat_keyword("tail") {
                row.tail = Some(self.node()?);
            } else {
                let stmt = self.stmt(comments, blank_before)?;
                row.stmts.push(stmt);
            }
        }
        self.body.blocks[block] = row;
        Ok(())
    }

    /// The comments up to the next statement or end, and whether a blank line stands before what follows.
    ///
    /// The blank line before the first comment of a statement is the statement's; at the end of a
    /// block it is the comment's.
    pub(super) fn comments(&mut self) -> Parsed<(Vec<Comment>, bool)> {
        let mut comments: Vec<Comment> = Vec::new();
        let mut first_blank = self.blank_line();
        while self.cursor.eat("#") {
            let text = self.comment_text();
            let blank_before = !comments.is_empty() && first_blank;
            let blank_first = comments.is_empty() && first_blank;
            comments.push(Comment { text, blank_before: blank_before || blank_first });
            first_blank = self.blank_line();
        }
        let ends = self.cursor.rest().starts_with('}');
        let mut blank = first_blank && comments.is_empty();
        if let (false, Some(first)) = (ends, comments.first_mut()) {
            blank |= std::mem::take(&mut first.blank_before);
        }
        Ok((comments, blank))
    }

    /// Skips white space; whether an empty line was in it.
    fn blank_line(&mut self) -> bool {
        let before = self.cursor.at;
        self.cursor.space();
        self.cursor.text[before..self.cursor.at].matches('\n').count() > 1
    }

    /// The rest of the line, unescaped.
    pub(super) fn comment_text(&mut self) -> Arc<str> {
        let line = self.cursor.rest().split('\n').next().unwrap_or_default();
        self.cursor.at += line.len();
        let mut out = String::new();
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            out.push(match (c, if c == '\\' { chars.next() } else { None }) {
                ('\\', Some('n')) => '\n',
                ('\\', Some('r')) => '\r',
                ('\\', Some(other)) => other,
                _ => c,
            });
        }
        Arc::from(out)
    }

    fn stmt(&mut self, above: Vec<Comment>, blank_before: bool) -> Parsed<Stmt> {
        let kind = self.stmt_kind()?;
        self.cursor.blanks();
        let beside = if self.cursor.eat("#") { Some(self.comment_text()) } else { None };
        if !self.cursor.rest().starts_with('\n') {
            return self.cursor.fail("the statement ends here");
        }
        Ok(Stmt { kind, origin: Origin::default(), above, beside, blank_before })
    }

    fn stmt_kind(&mut self) -> Parsed<StmtKind> {
        Ok(if self.cursor.eat_keyword("let") {
            let pat = self.pat()?;
            let value = if self.cursor.eat(" = ") { Some(self.node()?) } else { None };
            StmtKind::Let { pat, value }
        } else if self.cursor.eat_keyword("set") {
            let target = self.pat()?;
            self.cursor.expect(" = ")?;
            StmtKind::Set { target, value: self.node()? }
        } else if self.cursor.eat_keyword("update") {
            let place = self.place()?;
            self.cursor.blanks();
            let op = self.op()?;
            self.cursor.blanks();
            StmtKind::Update { place, op, value: self.node()? }
        } else if self.cursor.eat_keyword("del") {
            StmtKind::Del(self.place()?)
        } else {
            StmtKind::Expr(self.node()?)
        })
    }

    pub(super) fn op(&mut self) -> Parsed<Op> {
        let start = self.cursor.at;
        let name = self.cursor.name()?;
        match Op::parse(name.as_str()) {
            Some(op) => Ok(op),
            None => {
                self.cursor.at = start;
                self.cursor.fail(format!("there is no operation `{name}`"))
            }
        }
    }

    pub(super) fn args(&mut self) -> Parsed<Vec<Arg>> {
        self.list("(", ")", Self::arg)
    }

    fn arg(&mut self) -> Parsed<Arg> {
        let kind = if self.cursor.eat("**") {
            ArgKind::StarStar
        } else if self.cursor.eat("*") {
            ArgKind::Star
        } else {
            self.arg_name().map_or(ArgKind::Positional, ArgKind::Named)
        };
        Ok(Arg { kind, value: self.node()? })
    }

    /// `name= `, if that stands here.
    pub(super) fn arg_name(&mut self) -> Option<Name> {
        let start = self.cursor.at;
        let name = self.cursor.short_name().ok();
        if name.is_some() && self.cursor.eat("= ") {
            return name;
        }
        self.cursor.at = start;
        None
    }

    pub(super) fn place(&mut self) -> Parsed<Place> {
        let rest = self.cursor.rest();
        let root = if rest.starts_with('@') {
            let path = self.cursor.item()?;
            if self.cursor.rest().starts_with("..") {
                self.cursor.at += 1;
            }
            Root::Global(path)
        } else if self.cursor.eat("(") {
            let node = self.node()?;
            self.cursor.expect(")")?;
            Root::Node(node)
        } else {
            Root::Local(self.local()?)
        };
        let mut place = Place { root, proj: Vec::new() };
        while let Some(proj) = self.proj()? {
            place.proj.push(proj);
        }
        Ok(place)
    }

    fn proj(&mut self) -> Parsed<Option<Proj>> {
        Ok(Some(if self.cursor.eat(".*") {
            Proj::Deref
        } else if self.cursor.eat(".!") {
            let says = self.cursor.rest().starts_with('"');
            Proj::Payload(says.then(|| self.cursor.string()).transpose()?.map(|text| Name::new(&text)))
        } else if self.cursor.eat(".") {
            Proj::Field(self.cursor.short_name()?)
        } else if self.cursor.eat("[#") {
            let index = self.node()?;
            self.cursor.expect("]")?;
            Proj::Nth(index)
        } else if self.cursor.eat("[") {
            let index = self.node()?;
            self.cursor.expect("]")?;
            Proj::Index(index)
        } else {
            return Ok(None);
        }))
    }
}
