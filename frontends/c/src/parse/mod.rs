//! Preprocessed tokens to a typed tree: recursive descent with a table of typedef names.
//!
//! Names are resolved and conversions made explicit while parsing, as C's one-pass rules allow.

mod build;
mod builtin;
mod call;
mod decl;
mod declarator;
mod expr;
mod fold;
mod init;
mod library;
mod primary;
mod record;
mod stmt;

use crate::codes;
use crate::lex::{Kind, Pos, Tok};
use crate::pp::{Issue, Unit};
use crate::tree::*;
use crate::types::*;
use batuta_base::{Code, FxHashMap, FxHashSet, Name};
use std::rc::Rc;

/// The error was reported; parsing of the unit ends.
pub(crate) struct Stop;
pub(crate) type Parsed<T> = Result<T, Stop>;

/// What an ordinary name stands for.
#[derive(Clone, Debug)]
pub(crate) enum Entity {
    Typedef(CTy),
    Local(VarId),
    Global(GlobalId),
    Func(FuncId),
    Constant(i128, CTy),
}

#[derive(Clone, Debug)]
pub(crate) enum Tag {
    Record(RecordId),
    Enum(CTy),
}

#[derive(Default)]
struct Scope {
    names: FxHashMap<Name, Entity>,
    tags: FxHashMap<Name, Tag>,
}

pub(crate) struct Parser {
    toks: Vec<Tok>,
    packs: Vec<(usize, Option<u64>)>,
    i: usize,
    pub(crate) tree: Tree,
    scopes: Vec<Scope>,
    /// Locals of the function at hand.
    vars: Vec<Var>,
    /// What the function at hand gives; its name.
    ret: CTy,
    function: Name,
    in_function: bool,
    /// Functions and objects with linkage, wherever they were declared.
    linked_funcs: FxHashMap<Name, FuncId>,
    linked_globals: FxHashMap<Name, GlobalId>,
    /// Statements that must run before the declaration that is being read: lengths of arrays.
    pending: Vec<Stmt>,
    /// Where macros of numbers are defined.
    defined: FxHashMap<Name, Pos>,
    /// Types of the values of the switches that are being read, innermost last.
    switches: Vec<CTy>,
    issues: Vec<Issue>,
    /// Files that are headers of the library.
    bundled: Vec<bool>,
    constants: FxHashSet<Name>,
    /// Labels of the function at hand whose address is taken.
    labels: Vec<Name>,
    depth: usize,
    /// The first value of an object that lives as long as the program is being read.
    in_static: bool,
    temps: u32,
}

/// Deeper nesting of expressions and statements is refused.
const MAX_DEPTH: usize = 400;

/// Parses a unit. The tree is what was read up to the first syntax error.
pub fn parse(unit: &mut Unit) -> Tree {
    let toks = std::mem::take(&mut unit.toks);
    let bundled = unit.files.iter().map(|file| file.bundled).collect();
    let mut parser = Parser::new(toks, bundled);
    parser.packs = std::mem::take(&mut unit.packs);
    parser.defined = std::mem::take(&mut unit.defined);
    parser.unit();
    unit.issues.append(&mut parser.issues);
    parser.tree
}

impl Parser {
    fn new(mut toks: Vec<Tok>, bundled: Vec<bool>) -> Self {
        let pos = toks.last().map(|tok| tok.pos).unwrap_or_default();
        let hide: Rc<[Name]> = Rc::from([]);
        let text = Name::new("end of file");
        toks.push(Tok { kind: Kind::EndOfFile, text, pos, space: true, first: true, hide, named: None });
        Self {
            toks,
            packs: Vec::new(),
            defined: FxHashMap::default(),
            i: 0,
            tree: Tree {
                records: Records::default(),
                globals: Vec::new(),
                funcs: Vec::new(),
                constants: Vec::new(),
            },
            scopes: vec![Scope::default()],
            vars: Vec::new(),
            ret: CTy::Void,
            function: Name::new(""),
            in_function: false,
            linked_funcs: FxHashMap::default(),
            linked_globals: FxHashMap::default(),
            pending: Vec::new(),
            switches: Vec::new(),
            issues: Vec::new(),
            bundled,
            constants: FxHashSet::default(),
            labels: Vec::new(),
            depth: 0,
            in_static: false,
            temps: 0,
        }
    }

    fn unit(&mut self) {
        while self.peek().kind != Kind::EndOfFile {
            if self.eat(";") {
                continue;
            }
            if self.external().is_err() {
                return;
            }
        }
    }

    pub(crate) fn peek(&self) -> &Tok {
        &self.toks[self.i]
    }
    fn peek_at(&self, ahead: usize) -> &Tok {
        &self.toks[(self.i + ahead).min(self.toks.len() - 1)]
    }
    fn pos(&self) -> Pos {
        self.peek().pos
    }
    /// Where the token before this one ended.
    fn before(&self) -> Pos {
        self.toks[self.i.saturating_sub(1)].pos
    }
    fn is(&self, text: &str) -> bool {
        self.peek().is(text)
    }
    fn next(&mut self) -> Tok {
        let tok = self.peek().clone();
        if self.i + 1 < self.toks.len() {
            self.i += 1;
        }
        tok
    }
    fn eat(&mut self, text: &str) -> bool {
        let found = self.is(text);
        if found {
            self.next();
        }
        found
    }
    fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.eat(text) {
            return Ok(());
        }
        let found = self.peek().text;
        Err(self.syntax(format!("expected `{text}`, found `{found}`")))
    }
    fn ident(&mut self) -> Parsed<(Name, Pos)> {
        let tok = self.peek();
        if tok.kind != Kind::Ident || is_keyword(tok.text.as_str()) {
            let found = tok.text;
            return Err(self.syntax(format!("expected a name, found `{found}`")));
        }
        let tok = self.next();
        Ok((tok.text, tok.pos))
    }

    fn issue(&mut self, code: Code, pos: Pos, message: impl Into<String>) {
        self.issues.push(Issue { code, pos, message: message.into() });
    }
    fn syntax(&mut self, message: impl Into<String>) -> Stop {
        let pos = self.pos();
        self.issue(codes::SYNTAX, pos, message);
        Stop
    }
    /// Reports what has no translation; the expression stops the program when it is reached.
    fn hole(&mut self, pos: Pos, why: impl Into<String>) -> Expr {
        let why = why.into();
        self.issue(codes::UNSUPPORTED, pos, format!("{why} has no translation yet"));
        Expr::new(ExprKind::Hole(why), INT, pos)
    }

    fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.syntax("nested too deep")) } else { Ok(()) }
    }
    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn push_scope(&mut self) {
        self.scopes.push(Scope::default());
    }
    fn pop_scope(&mut self) {
        self.scopes.pop();
    }
    fn find(&self, name: Name) -> Option<&Entity> {
        self.scopes.iter().rev().find_map(|scope| scope.names.get(&name))
    }
    fn find_tag(&self, name: Name) -> Option<&Tag> {
        self.scopes.iter().rev().find_map(|scope| scope.tags.get(&name))
    }
    fn bind(&mut self, name: Name, entity: Entity) {
        self.scopes.last_mut().expect("the file's scope stays").names.insert(name, entity);
    }
    fn bind_tag(&mut self, name: Name, tag: Tag) {
        self.scopes.last_mut().expect("the file's scope stays").tags.insert(name, tag);
    }

    fn new_var(&mut self, name: Name, ty: CTy, pos: Pos, is_temp: bool) -> VarId {
        let _ = pos;
        self.vars.push(Var { name, ty, is_temp, is_const: false });
        self.vars.len() as VarId - 1
    }
    /// A local that no name of the source stands for.
    fn temp(&mut self, hint: &str, ty: CTy, pos: Pos) -> VarId {
        self.temps += 1;
        self.new_var(Name::new(hint), ty, pos, true)
    }

    fn is_bundled(&self, pos: Pos) -> bool {
        self.bundled.get(pos.file as usize).copied().unwrap_or(false)
    }

    /// Whether a type begins here.
    fn at_type(&self) -> bool {
        self.is_type(self.peek())
    }
    fn is_type(&self, tok: &Tok) -> bool {
        if tok.kind != Kind::Ident {
            return false;
        }
        TYPE_WORDS.contains(&tok.text.as_str()) || matches!(self.find(tok.text), Some(Entity::Typedef(_)))
    }
}

/// Words that begin a type or a declaration.
const TYPE_WORDS: &[&str] = &[
    "void",
    "char",
    "short",
    "int",
    "long",
    "float",
    "double",
    "signed",
    "unsigned",
    "_Bool",
    "_Complex",
    "struct",
    "union",
    "enum",
    "const",
    "volatile",
    "static",
    "extern",
    "typedef",
    "inline",
    "register",
    "auto",
    "__auto_type",
    "_Noreturn",
    "_Alignas",
    "_Thread_local",
    "__thread",
    "_Atomic",
    "typeof",
    "__attribute__",
    "__int128",
    "__int128_t",
    "__uint128_t",
    "__builtin_va_list",
    "_Float128",
    "__float128",
];

const OTHER_WORDS: &[&str] = &[
    "break",
    "case",
    "continue",
    "default",
    "do",
    "else",
    "for",
    "goto",
    "if",
    "return",
    "sizeof",
    "switch",
    "while",
    "_Alignof",
    "_Generic",
    "_Static_assert",
    "asm",
];

fn is_keyword(text: &str) -> bool {
    TYPE_WORDS.contains(&text) || OTHER_WORDS.contains(&text)
}
