//! Body -> text.

use super::implied::implied;
use super::local_use::LocalUse;
use crate::*;
use batuta_base::Name;

/// The text of one body.
pub fn print_body<L: Level>(body: &Body<L>) -> String {
    let mut printer = Printer { body, out: String::new(), indent: 0 };
    printer.body();
    printer.out
}

/// A name as the text form writes it: in quotes where it holds other signs than an item path does.
pub(super) fn name_text(name: Name) -> String {
    let text = name.as_str();
    if super::cursor::path_len(text) == text.len() && !text.is_empty() {
        text.to_owned()
    } else {
        format!("{text:?}")
    }
}

fn comment_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

pub(super) struct Printer<'a, L> {
    pub(super) body: &'a Body<L>,
    pub(super) out: String,
    pub(super) indent: usize,
}

impl<L: Level> Printer<'_, L> {
    fn body(&mut self) {
        let body = self.body;
        for comment in &body.above {
            self.put(&format!("#{}\n", comment_text(&comment.text)));
        }
        for decorator in &body.decorators {
            self.decorator(decorator);
            self.put("\n");
        }
        if let Some(doc) = &body.doc {
            self.put(&format!("doc {doc:?}\n"));
        }
        let kind = match body.kind {
            FnKind::Function => "fn",
            FnKind::Method => "method",
            FnKind::ClassMethod => "classmethod",
            FnKind::StaticMethod => "staticmethod",
            FnKind::Property => "property",
            FnKind::PropertySetter => "setter",
            FnKind::Init => "init",
        };
        self.put(match body.lang {
            Lang::Python => "",
            Lang::C => "c ",
            Lang::Ruchy => "ruchy ",
        });
        self.put(if body.is_async { "async " } else { "" });
        self.put(if body.is_generator { "gen " } else { "" });
        self.put(&format!("{kind} @{}(", name_text(body.path)));
        self.params(&body.params);
        self.put(&format!(") -> {}{} ", body.ret, if body.fallible { " raises" } else { "" }));
        self.root_block();
        self.put("\n");
    }

    fn decorator(&mut self, decorator: &Decorator) {
        self.put(&format!("@{}", name_text(decorator.path)));
        if decorator.is_called {
            self.args(&decorator.args);
        }
    }

    /// The root block, headed by the locals that nothing in it declares.
    fn root_block(&mut self) {
        let mut seen = LocalUse::default();
        for param in &self.body.params {
            seen.declared.insert(param.local);
            param.default.iter().for_each(|node| seen.child(self.body, Child::Node(*node)));
        }
        seen.child(self.body, Child::Block(self.body.root));
        self.put("{");
        self.indent += 1;
        for (id, row) in self.body.locals.iter() {
            let is_plain = row.ty == Ty::unknown() && !row.mutable;
            if seen.mentioned.contains(&id) && !seen.declared.contains(&id) && !is_plain {
                self.line();
                self.put("var ");
                self.declared(id);
            }
        }
        self.indent -= 1;
        self.block_rest(self.body.root);
    }

    /// A local where it is declared: mutability, name, type.
    pub(super) fn declared(&mut self, local: LocalId) {
        let row = &self.body.locals[local];
        self.put(if row.mutable { "mut " } else { "" });
        self.local(local);
        if row.ty != Ty::unknown() {
            self.put(&format!(": {}", row.ty));
        }
    }

    fn params(&mut self, params: &[Param]) {
        for (index, param) in params.iter().enumerate() {
            self.sep(index);
            self.put(match param.kind {
                ParamKind::Normal => "",
                ParamKind::PositionalOnly => "pos ",
                ParamKind::KeywordOnly => "kw ",
                ParamKind::Star => "*",
                ParamKind::StarStar => "**",
            });
            if self.body.locals[param.local].name != param.name {
                self.put(&format!("{} => ", name_text(param.name)));
            }
            self.declared(param.local);
            if let Some(default) = param.default {
                self.put(" = ");
                self.node(default);
            }
        }
    }

    pub(super) fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn sep(&mut self, index: usize) {
        if index > 0 {
            self.put(", ");
        }
    }

    pub(super) fn line(&mut self) {
        self.put("\n");
        self.put(&"  ".repeat(self.indent));
    }

    pub(super) fn local(&mut self, local: LocalId) {
        let name = self.body.locals[local].name;
        let same = self.body.locals.iter().filter(|(id, row)| row.name == name && id.0 <= local.0).count();
        self.put(if self.body.locals[local].is_temp { "%%" } else { "%" });
        self.put(&name_text(name));
        if same > 1 {
            self.put(&format!("~{same}"));
        }
    }

    pub(super) fn block(&mut self, block: BlockId) {
        self.put("{");
        self.block_rest(block);
    }

    fn block_rest(&mut self, block: BlockId) {
        let row = &self.body.blocks[block];
        self.indent += 1;
        for stmt in &row.stmts {
            if stmt.blank_before {
                self.put("\n");
            }
            self.comments(&stmt.above);
            self.line();
            self.stmt(stmt);
            if let Some(beside) = &stmt.beside {
                self.put(&format!("  #{}", comment_text(beside)));
            }
        }
        if let Some(tail) = row.tail {
            self.line();
            self.put("tail ");
            self.node(tail);
        }
        self.comments(&row.end_comments);
        self.indent -= 1;
        self.line();
        self.put("}");
    }

    pub(super) fn comments(&mut self, comments: &[Comment]) {
        for comment in comments {
            if comment.blank_before {
                self.put("\n");
            }
            self.line();
            self.put(&format!("#{}", comment_text(&comment.text)));
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                self.put("let ");
                self.pat(pat);
                if let Some(value) = value {
                    self.put(" = ");
                    self.node(*value);
                }
            }
            StmtKind::Set { target, value } => {
                self.put("set ");
                self.pat(target);
                self.put(" = ");
                self.node(*value);
            }
            StmtKind::Update { place, op, value } => {
                self.put("update ");
                self.place(place);
                self.put(&format!(" {} ", op.name()));
                self.node(*value);
            }
            StmtKind::Expr(node) => self.node(*node),
            StmtKind::Del(place) => {
                self.put("del ");
                self.place(place);
            }
        }
    }

    pub(super) fn place(&mut self, place: &Place) {
        match place.root {
            Root::Local(local) => self.local(local),
            Root::Global(path) => {
                self.put(&format!("@{}", name_text(path)));
                // Two dots: the path ends here.
                if let Some(Proj::Field(_)) = place.proj.first() {
                    self.put(".");
                }
            }
            Root::Node(node) => {
                self.put("(");
                self.node(node);
                self.put(")");
            }
        }
        for proj in &place.proj {
            match proj {
                Proj::Field(name) => self.put(&format!(".{}", name_text(*name))),
                Proj::Index(node) => self.bracketed("[", *node, "]"),
                Proj::Nth(node) => self.bracketed("[#", *node, "]"),
                Proj::Deref => self.put(".*"),
                Proj::Payload(None) => self.put(".!"),
                Proj::Payload(Some(text)) => self.put(&format!(".!{:?}", text.as_str())),
            }
        }
    }

    pub(super) fn bracketed(&mut self, open: &str, node: NodeId, close: &str) {
        self.put(open);
        self.node(node);
        self.put(close);
    }

    fn args(&mut self, args: &[Arg]) {
        self.put("(");
        for (index, arg) in args.iter().enumerate() {
            self.sep(index);
            match arg.kind {
                ArgKind::Positional => {}
                ArgKind::Named(name) => self.put(&format!("{}= ", name_text(name))),
                ArgKind::Star => self.put("*"),
                ArgKind::StarStar => self.put("**"),
            }
            self.node(arg.value);
        }
        self.put(")");
    }

    fn nodes(&mut self, nodes: &[NodeId]) {
        for (index, node) in nodes.iter().enumerate() {
            self.sep(index);
            self.node(*node);
        }
    }

    pub(super) fn node(&mut self, id: NodeId) {
        self.typed_node(id, false);
    }

    /// A node; with its type where it does not follow or `force` asks for it.
    fn typed_node(&mut self, id: NodeId, force: bool) {
        let row = &self.body.nodes[id];
        let is_quiet_const = L::NAME == "hir" && matches!(row.kind, Node::Const(_));
        let shows = force || (!is_quiet_const && implied(self.body, &row.kind) != Some(row.ty));
        match &row.kind {
            Node::Const(value) => self.constant(value),
            Node::Use(place, mode) => {
                self.put(mode.text());
                self.place(place);
            }
            Node::Op { op, attr, args } => {
                self.put(op.name());
                self.attr(attr);
                self.put("(");
                self.nodes(args);
                self.put(")");
            }
            Node::Call { callee, args } => {
                self.callee(callee);
                self.args(args);
            }
            Node::Format(pieces) => {
                self.put("format\"");
                self.pieces(pieces);
                self.put("\"");
            }
            Node::Item(path) => self.put(&format!("item @{}", name_text(*path))),
            Node::Hole { why, source } => self.put(&format!("hole({why:?}, {source:?})")),
            Node::Seq { clauses, sink } => self.seq(clauses, sink),
            Node::Closure(closure) => self.closure(closure),
            other => self.control(other, shows),
        }
        if shows {
            self.put(&format!(": {}", row.ty));
        }
    }

    pub(super) fn constant(&mut self, value: &Const) {
        let text = match value {
            Const::None => "none".to_owned(),
            Const::Bool(value) => value.to_string(),
            Const::Int(digits) => digits.to_string(),
            Const::Float(value) => format!("{value:?}"),
            Const::Imag(value) => format!("{value:?}j"),
            Const::Str(text) => format!("{text:?}"),
            Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
            Const::Ellipsis => "...".to_owned(),
            Const::NotImplemented => "not_implemented".to_owned(),
        };
        self.put(&text);
    }

    fn attr(&mut self, attr: &Attr) {
        match attr {
            Attr::None => {}
            Attr::Name(name) => self.put(&format!("{{{:?}}}", name.as_str())),
            Attr::Int(value) => self.put(&format!("{{{value}}}")),
            Attr::Ty(ty) => self.put(&format!("{{: {ty}}}")),
        }
    }

    fn callee(&mut self, callee: &Callee) {
        match callee {
            Callee::Fn(path) => self.put(&format!("call @{}", name_text(*path))),
            Callee::Virtual(path) => self.put(&format!("virtual @{}", name_text(*path))),
            Callee::Lib(name) => self.put(&format!("lib:{}", name_text(*name))),
            Callee::Super(name) => self.put(&format!("super {}", name_text(*name))),
            Callee::New(path) => self.put(&format!("new @{}", name_text(*path))),
            Callee::Method(receiver, name) => {
                self.put("method ");
                self.bracketed("(", *receiver, ")");
                self.put(&format!(".{}", name_text(*name)));
            }
            Callee::Value(node) => {
                self.put("value ");
                self.bracketed("(", *node, ")");
            }
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => {
                    let text = text.escape_debug().to_string();
                    // `\u{..}` keeps its braces: only the text's own are escaped.
                    for (index, part) in text.split("\\u{").enumerate() {
                        let (code, part) = match (index, part.split_once('}')) {
                            (0, _) | (_, None) => (String::new(), part),
                            (_, Some((code, part))) => (format!("\\u{{{code}}}"), part),
                        };
                        self.put(&code);
                        self.put(&part.replace('{', "\\{").replace('}', "\\}"));
                    }
                }
                Piece::Value { value, conv, spec, late } => {
                    self.put(if *late { "{~" } else { "{" });
                    self.node(*value);
                    self.put(&match conv {
                        Conv::Format => "!f".to_owned(),
                        Conv::Str => "!s".to_owned(),
                        Conv::Repr => "!r".to_owned(),
                        Conv::Ascii => "!a".to_owned(),
                        Conv::Percent(letter) => format!("!%{letter}"),
                        Conv::PercentAll(letter) => format!("!%*{letter}"),
                    });
                    if !spec.is_empty() {
                        self.put(":");
                        self.pieces(spec);
                    }
                    self.put("}");
                }
            }
        }
    }

    fn seq(&mut self, clauses: &[Clause], sink: &Sink) {
        let word = match sink {
            Sink::List(_) => "list",
            Sink::Set(_) => "set",
            Sink::Dict(..) => "dict",
            Sink::Iter(_) => "iter",
        };
        self.put(&format!("seq {word}("));
        for clause in clauses {
            match clause {
                Clause::For { pat, iter } => {
                    self.put("for ");
                    self.pat(pat);
                    self.put(" in ");
                    self.node(*iter);
                }
                Clause::If(cond) => {
                    self.put("if ");
                    self.node(*cond);
                }
            }
            self.put(" ");
        }
        self.put("=> ");
        let nodes: Vec<_> = sink.nodes().collect();
        self.nodes(&nodes);
        self.put(")");
    }

    fn closure(&mut self, closure: &Closure) {
        self.put("closure ");
        for decorator in &closure.decorators {
            self.decorator(decorator);
            self.put(" ");
        }
        if let Some(doc) = &closure.doc {
            self.put(&format!("doc {doc:?} "));
        }
        self.put(if closure.is_async { "async " } else { "" });
        self.put(if closure.is_generator { "gen " } else { "" });
        if let Some(name) = closure.name {
            self.put(&name_text(name));
        }
        self.put("(");
        self.params(&closure.params);
        self.put(&format!(") -> {} ", closure.ret));
        self.block(closure.body);
    }

    fn label(&mut self, label: Option<Name>) {
        if let Some(label) = label {
            self.put(&format!("'{}: ", name_text(label)));
        }
    }

    fn opt_block(&mut self, word: &str, block: Option<BlockId>) {
        if let Some(block) = block {
            self.put(word);
            self.block(block);
        }
    }

    pub(super) fn opt_node(&mut self, word: &str, node: Option<NodeId>) {
        if let Some(node) = node {
            self.put(word);
            self.node(node);
        }
    }

    fn control(&mut self, node: &Node, force: bool) {
        match node {
            Node::If { cond, then, els } => {
                self.put("if ");
                self.node(*cond);
                self.put(" ");
                self.block(*then);
                self.opt_block(" else ", *els);
            }
            Node::Match { subject, arms } => self.arms(*subject, arms),
            Node::While { label, cond, body, els } => {
                self.label(*label);
                self.put("while ");
                self.node(*cond);
                self.put(" ");
                self.block(*body);
                self.opt_block(" else ", *els);
            }
            Node::Loop { label, body } => {
                self.label(*label);
                self.put("loop ");
                self.block(*body);
            }
            Node::For { label, pat, iter, body, els } => {
                self.label(*label);
                self.put("for ");
                self.pat(pat);
                self.put(" in ");
                self.node(*iter);
                self.put(" ");
                self.block(*body);
                self.opt_block(" else ", *els);
            }
            Node::Block { label, block } => {
                self.label(*label);
                self.put("block ");
                self.block(*block);
            }
            Node::Try { body, handlers, els, finally } => {
                self.put("try ");
                self.block(*body);
                handlers.iter().for_each(|handler| self.handler(handler));
                self.opt_block(" else ", *els);
                self.opt_block(" finally ", *finally);
            }
            other => self.jump(other, force),
        }
    }

    /// Nodes that end in an operand: when their own type is shown, the operand's is shown before it.
    fn jump(&mut self, node: &Node, force: bool) {
        match node {
            Node::With { items, body, is_async } => {
                self.put(if *is_async { "async with " } else { "with " });
                for (index, item) in items.iter().enumerate() {
                    self.sep(index);
                    self.node(item.context);
                    if let Some(pat) = &item.target {
                        self.put(" as ");
                        self.pat(pat);
                    }
                }
                self.put(" ");
                self.block(*body);
            }
            Node::Break { label, value } => {
                self.put("break");
                if let Some(label) = label {
                    self.put(&format!(" '{}", name_text(*label)));
                }
                self.last_operand(" ", *value, force);
            }
            Node::Continue { label } => {
                self.put("continue");
                if let Some(label) = label {
                    self.put(&format!(" '{}", name_text(*label)));
                }
            }
            Node::Return(value) => {
                self.put("return");
                self.last_operand(" ", *value, force);
            }
            Node::Raise { error, cause } => {
                self.put("raise");
                self.last_operand(" ", *error, force && cause.is_none());
                self.last_operand(" from ", *cause, force);
            }
            Node::Yield(value) => {
                self.put("yield");
                self.last_operand(" ", *value, force);
            }
            Node::YieldFrom(node) => {
                self.put("yield from ");
                self.typed_node(*node, force);
            }
            Node::Await(node) => {
                self.put("await ");
                self.typed_node(*node, force);
            }
            _ => unreachable!("`node` and `control` print every other kind"),
        }
    }

    fn last_operand(&mut self, word: &str, node: Option<NodeId>, force: bool) {
        if let Some(node) = node {
            self.put(word);
            self.typed_node(node, force);
        }
    }
}

impl Mode {
    /// The word before a place; Hir and Typed print none.
    pub fn text(self) -> &'static str {
        match self {
            Mode::Read => "",
            Mode::Copy => "copy ",
            Mode::Move => "move ",
            Mode::Ref => "ref ",
            Mode::Mut => "mut ",
            Mode::Clone => "clone ",
            Mode::Take => "take ",
        }
    }
}
