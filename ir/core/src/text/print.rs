//! Body -> text.

use crate::*;
use batuta_base::Name;
use std::fmt::Write;

/// The text of one body.
pub fn print_body<L: Level>(body: &Body<L>) -> String {
    let mut printer = Printer { body, out: String::new(), indent: 0 };
    printer.body();
    printer.out
}

/// The text of all classes and bodies of a program.
pub fn print_program<L: Level>(program: &Program<L>) -> String {
    let mut out = String::new();
    for class in program.classes.values() {
        print_class(class, &mut out);
    }
    for global in program.globals.values() {
        let _ = writeln!(
            out,
            "global @{}: {}{}\n",
            global.path,
            global.ty,
            if global.is_rebound { " mut" } else { "" }
        );
    }
    for body in program.fns.values() {
        out.push_str(&print_body(body));
        out.push('\n');
    }
    out
}

fn print_class(class: &ClassDef, out: &mut String) {
    let bases: Vec<_> = class.bases.iter().map(|base| base.to_string()).collect();
    let _ = writeln!(out, "class @{}({}) {{", class.path, bases.join(", "));
    for field in &class.fields {
        let default = field.default.map_or(String::new(), |path| format!(" = @{path}"));
        let _ = writeln!(out, "  {}: {}{default}", field.name, field.ty);
    }
    for method in &class.methods {
        let _ = writeln!(out, "  fn @{method}");
    }
    out.push_str("}\n\n");
}

struct Printer<'a, L> {
    body: &'a Body<L>,
    out: String,
    indent: usize,
}

impl<L: Level> Printer<'_, L> {
    fn body(&mut self) {
        let body = self.body;
        for decorator in &body.decorators {
            self.put(&format!("@{}", decorator.path));
            self.args(&decorator.args);
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
        self.put(if body.is_async { "async " } else { "" });
        self.put(if body.is_generator { "gen " } else { "" });
        self.put(&format!("{kind} @{}(", body.path));
        self.params(&body.params);
        self.put(&format!(") -> {}{} ", body.ret, if body.fallible { " raises" } else { "" }));
        self.block(body.root);
        self.put("\n");
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
            let row = &self.body.locals[param.local];
            if row.mutable {
                self.put("mut ");
            }
            self.local(param.local);
            self.put(&format!(": {}", row.ty));
            if let Some(default) = param.default {
                self.put(" = ");
                self.node(default);
            }
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn sep(&mut self, index: usize) {
        if index > 0 {
            self.put(", ");
        }
    }

    fn line(&mut self) {
        self.put("\n");
        self.put(&"  ".repeat(self.indent));
    }

    fn local(&mut self, local: LocalId) {
        let name = self.body.locals[local].name;
        let same = self.body.locals.iter().filter(|(id, row)| row.name == name && id.0 <= local.0).count();
        self.put(&format!("%{name}"));
        if same > 1 {
            self.put(&format!(".{same}"));
        }
    }

    fn block(&mut self, block: BlockId) {
        let row = &self.body.blocks[block];
        self.put("{");
        self.indent += 1;
        for stmt in &row.stmts {
            if stmt.blank_before {
                self.put("\n");
            }
            self.comments(&stmt.above);
            self.line();
            self.stmt(stmt);
            if let Some(beside) = &stmt.beside {
                self.put(&format!("  #{beside}"));
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

    fn comments(&mut self, comments: &[Comment]) {
        for comment in comments {
            if comment.blank_before {
                self.put("\n");
            }
            self.line();
            self.put(&format!("#{}", comment.text));
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                self.put("let ");
                self.let_pat(pat);
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

    /// A declaring pattern names the types and mutability of its locals.
    fn let_pat(&mut self, pat: &Pat) {
        if let Pat::Bind(local, None) = pat {
            let row = &self.body.locals[*local];
            self.put(if row.mutable { "mut " } else { "" });
            self.local(*local);
            self.put(&format!(": {}", row.ty));
        } else {
            self.pat(pat);
        }
    }

    fn place(&mut self, place: &Place) {
        match place.root {
            Root::Local(local) => self.local(local),
            Root::Global(path) => self.put(&format!("@{path}")),
            Root::Node(node) => {
                self.put("(");
                self.node(node);
                self.put(")");
            }
        }
        for proj in &place.proj {
            match proj {
                Proj::Field(name) => self.put(&format!(".{name}")),
                Proj::Index(node) => self.bracketed("[", *node, "]"),
                Proj::Nth(node) => self.bracketed("[#", *node, "]"),
                Proj::Deref => self.put(".*"),
                Proj::Payload => self.put(".!"),
            }
        }
    }

    fn bracketed(&mut self, open: &str, node: NodeId, close: &str) {
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
                ArgKind::Named(name) => self.put(&format!("{name}= ")),
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

    fn node(&mut self, id: NodeId) {
        let row = &self.body.nodes[id];
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
            Node::Item(path) => self.put(&format!("item @{path}")),
            Node::Hole { why, source } => self.put(&format!("hole({why:?}, {source:?})")),
            Node::Seq { clauses, sink } => self.seq(clauses, sink),
            Node::Closure(closure) => self.closure(closure),
            other => self.control(other),
        }
        if self.shows_type(&row.kind) {
            self.put(&format!(": {}", row.ty));
        }
    }

    /// Types that do not follow from the parts are printed.
    fn shows_type(&self, kind: &Node) -> bool {
        L::NAME != "hir"
            && matches!(
                kind,
                Node::Const(_) | Node::Op { .. } | Node::Call { .. } | Node::Seq { .. } | Node::Use(..)
            )
    }

    fn constant(&mut self, value: &Const) {
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
            Attr::Name(name) => self.put(&format!("{{{name}}}")),
            Attr::Int(value) => self.put(&format!("{{{value}}}")),
            Attr::Ty(ty) => self.put(&format!("{{: {ty}}}")),
        }
    }

    fn callee(&mut self, callee: &Callee) {
        match callee {
            Callee::Fn(path) => self.put(&format!("call @{path}")),
            Callee::Virtual(path) => self.put(&format!("virtual @{path}")),
            Callee::Lib(name) => self.put(&format!("lib:{name}")),
            Callee::Super(name) => self.put(&format!("super {name}")),
            Callee::New(path) => self.put(&format!("new @{path}")),
            Callee::Method(receiver, name) => {
                self.put("method ");
                self.bracketed("(", *receiver, ")");
                self.put(&format!(".{name}"));
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
                    let text = text.replace('{', "{{").replace('}', "}}");
                    self.put(text.escape_debug().to_string().as_str());
                }
                Piece::Value { value, conv, spec } => {
                    self.put("{");
                    self.node(*value);
                    self.put(&match conv {
                        Conv::Format => "!f".to_owned(),
                        Conv::Str => "!s".to_owned(),
                        Conv::Repr => "!r".to_owned(),
                        Conv::Ascii => "!a".to_owned(),
                        Conv::Percent(letter) => format!("!%{letter}"),
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
        self.put(&format!("seq {word} ("));
        let nodes: Vec<_> = sink.nodes().collect();
        self.nodes(&nodes);
        self.put(")");
        for clause in clauses {
            match clause {
                Clause::For { pat, iter } => {
                    self.put(" for ");
                    self.pat(pat);
                    self.put(" in ");
                    self.node(*iter);
                }
                Clause::If(cond) => {
                    self.put(" if ");
                    self.node(*cond);
                }
            }
        }
    }

    fn closure(&mut self, closure: &Closure) {
        self.put("closure ");
        self.put(if closure.is_async { "async " } else { "" });
        self.put(if closure.is_generator { "gen " } else { "" });
        if let Some(name) = closure.name {
            self.put(&format!("{name}"));
        }
        self.put("(");
        self.params(&closure.params);
        self.put(&format!(") -> {} ", closure.ret));
        self.block(closure.body);
    }

    fn label(&mut self, label: Option<Name>) {
        if let Some(label) = label {
            self.put(&format!("'{label}: "));
        }
    }

    fn opt_block(&mut self, word: &str, block: Option<BlockId>) {
        if let Some(block) = block {
            self.put(word);
            self.block(block);
        }
    }

    fn opt_node(&mut self, word: &str, node: Option<NodeId>) {
        if let Some(node) = node {
            self.put(word);
            self.node(node);
        }
    }

    fn control(&mut self, node: &Node) {
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
            other => self.jump(other),
        }
    }

    fn jump(&mut self, node: &Node) {
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
                    self.put(&format!(" '{label}"));
                }
                self.opt_node(" ", *value);
            }
            Node::Continue { label } => {
                self.put("continue");
                if let Some(label) = label {
                    self.put(&format!(" '{label}"));
                }
            }
            Node::Return(value) => {
                self.put("return");
                self.opt_node(" ", *value);
            }
            Node::Raise { error, cause } => {
                self.put("raise");
                self.opt_node(" ", *error);
                self.opt_node(" from ", *cause);
            }
            Node::Yield(value) => {
                self.put("yield");
                self.opt_node(" ", *value);
            }
            Node::YieldFrom(node) => {
                self.put("yield from ");
                self.node(*node);
            }
            Node::Await(node) => {
                self.put("await ");
                self.node(*node);
            }
            _ => unreachable!("`node` and `control` print every other kind"),
        }
    }

    fn arms(&mut self, subject: NodeId, arms: &[Arm]) {
        self.put("match ");
        self.node(subject);
        self.put(" {");
        self.indent += 1;
        for arm in arms {
            self.comments(&arm.above);
            self.line();
            self.pat(&arm.pat);
            self.opt_node(" if ", arm.guard);
            self.put(" => ");
            self.block(arm.body);
        }
        self.indent -= 1;
        self.line();
        self.put("}");
    }

    fn handler(&mut self, handler: &Handler) {
        self.comments(&handler.above);
        self.put(" except");
        let classes: Vec<_> = handler.classes.iter().map(|class| class.to_string()).collect();
        self.put(&format!("({})", classes.join(", ")));
        if let Some(local) = handler.bind {
            self.put(" as ");
            self.local(local);
        }
        self.put(" ");
        self.block(handler.body);
    }

    fn pats(&mut self, pats: &[Pat]) {
        for (index, pat) in pats.iter().enumerate() {
            self.sep(index);
            self.pat(pat);
        }
    }

    fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Wild => self.put("_"),
            Pat::Bind(local, part) => {
                self.local(*local);
                if let Some(part) = part {
                    self.put(" @ ");
                    self.pat(part);
                }
            }
            Pat::Place(place) => {
                self.put("place ");
                self.place(place);
            }
            Pat::Tuple(parts) => {
                self.put("(");
                self.pats(parts);
                self.put(")");
            }
            Pat::List { front, rest, back } => {
                self.put("[");
                self.pats(front);
                if let Some(rest) = rest {
                    self.sep(front.len());
                    self.put("..");
                    self.pat(rest);
                    self.sep(back.len());
                    self.pats(back);
                }
                self.put("]");
            }
            Pat::Const(value) => self.constant(value),
            Pat::Value(node) => self.bracketed("value(", *node, ")"),
            Pat::Or(parts) => {
                self.put("or(");
                self.pats(parts);
                self.put(")");
            }
            other => self.nested_pat(other),
        }
    }

    fn nested_pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Class { class, args, named } => {
                self.put(&format!("class @{class}("));
                self.pats(args);
                for (index, (name, part)) in named.iter().enumerate() {
                    self.sep(index + args.len());
                    self.put(&format!("{name}= "));
                    self.pat(part);
                }
                self.put(")");
            }
            Pat::Map { pairs, rest } => {
                self.put("{");
                for (index, (key, part)) in pairs.iter().enumerate() {
                    self.sep(index);
                    self.node(*key);
                    self.put(" => ");
                    self.pat(part);
                }
                if let Some(rest) = rest {
                    self.put(" **");
                    self.local(*rest);
                }
                self.put("}");
            }
            Pat::Some(part) => {
                self.put("some(");
                self.pat(part);
                self.put(")");
            }
            Pat::None => self.put("none_pat"),
            Pat::Ref(part) => {
                self.put("&");
                self.pat(part);
            }
            _ => unreachable!("`pat` prints every other kind"),
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
