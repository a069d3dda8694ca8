//! The preprocessor: directives, macros, includes. One translation unit goes in, its tokens come out.
//!
//! Tokens that a macro makes stand where the macro was called, so every later finding names a line that the
//! user wrote. Headers of the C library are bundled; nothing is read from the machine.

mod condition;
mod expand;
mod paste;

use crate::codes;
use crate::headers;
use crate::lex::{Kind, Lexed, Pos, Remark, Tok, lex};
use batuta_base::{Code, FxHashMap, FxHashSet, Name};
use std::rc::Rc;

/// A file that a translation unit read.
pub struct File {
    /// Path as the project names it; `<stdio.h>` for a bundled header.
    pub path: String,
    /// Comes with the translator.
    pub bundled: bool,
    pub remarks: Vec<Remark>,
    pub text: Rc<str>,
}

/// Where `#include` finds the files of the project.
pub trait Includes {
    /// The text of a file by its path in the project.
    fn read(&self, path: &str) -> Option<Rc<str>>;
    /// Folders of `-I`.
    fn folders(&self) -> &[String];
    /// Folders of a system's headers, behind those that are bundled.
    fn system(&self) -> &[String];
    /// The one file of the project whose path ends with a name.
    fn anywhere(&self, name: &str) -> Option<String>;
}

/// A finding of the preprocessor or parser.
#[derive(Clone, Debug)]
pub struct Issue {
    pub code: Code,
    pub pos: Pos,
    pub message: String,
}

/// A macro.
pub(crate) struct Macro {
    /// Parameter names; `None`: object-like.
    params: Option<Vec<Name>>,
    variadic: bool,
    body: Vec<Tok>,
}

/// One level of `#if`.
struct Cond {
    /// Whether some branch was taken already.
    done: bool,
    /// Whether this branch is read.
    live: bool,
    /// Depth of files at its `#if`.
    depth: usize,
}

/// `#line`: the line behind a place of a file has this number, and the file this name.
struct Renumbered {
    file: u16,
    start: u32,
    number: i64,
    name: Option<Name>,
}

/// What a translation unit becomes.
pub struct Unit {
    pub toks: Vec<Tok>,
    /// From which token on `#pragma pack` gives structs another limit of alignment.
    pub packs: Vec<(usize, Option<u64>)>,
    pub files: Vec<File>,
    pub issues: Vec<Issue>,
    /// Where the project's macros without parameters are defined first.
    pub defined: FxHashMap<Name, Pos>,
}

pub(crate) struct Pp<'a> {
    includes: &'a dyn Includes,
    files: Vec<File>,
    macros: FxHashMap<Name, Rc<Macro>>,
    /// Tokens still to be read, the next one last.
    stack: Vec<Tok>,
    /// Files that are being read, innermost last.
    open: Vec<u16>,
    conds: Vec<Cond>,
    once: FxHashSet<String>,
    counter: u32,
    defined: FxHashMap<Name, Pos>,
    lines: Vec<Renumbered>,
    issues: Vec<Issue>,
    out: Vec<Tok>,
    packs: Vec<(usize, Option<u64>)>,
    /// What `#pragma pack(push)` saved.
    saved_packs: Vec<Option<u64>>,
    /// What `#pragma push_macro` saved, by name, the latest last.
    saved_macros: FxHashMap<Name, Vec<Option<Rc<Macro>>>>,
    /// Tokens that macros and files have made so far.
    made: usize,
}

const PREDEFINED: &str = include_str!("../headers/predefined.h");
const MAX_DEPTH: usize = 200;
/// A unit of more tokens is refused: macros and files can double without end.
const MAX_TOKENS: usize = 8_000_000;

/// Preprocesses a translation unit behind some directives.
pub fn preprocess(path: &str, text: &str, front: &str, includes: &dyn Includes) -> Unit {
    let mut pp = Pp {
        includes,
        files: Vec::new(),
        macros: FxHashMap::default(),
        saved_macros: FxHashMap::default(),
        stack: Vec::new(),
        open: Vec::new(),
        conds: Vec::new(),
        once: FxHashSet::default(),
        counter: 0,
        defined: FxHashMap::default(),
        lines: Vec::new(),
        issues: Vec::new(),
        out: Vec::new(),
        packs: Vec::new(),
        saved_packs: Vec::new(),
        made: 0,
    };
    // The unit is file 0, so that what has no place of its own stands in it.
    let main = pp.load(path, false, Rc::from(text));
    let predefined = pp.load("<predefined>", true, Rc::from(format!("{PREDEFINED}\n{front}")));
    pp.push_file(predefined);
    pp.run();
    pp.push_file(main);
    pp.run();
    // What is bundled has no text of the project's.
    let is_own = |pos: &Pos| {
        pp.files.get(pos.file as usize).is_some_and(|file| !file.bundled && !file.path.starts_with('<'))
    };
    let defined = pp.defined.iter().filter(|(_, pos)| is_own(pos)).map(|(name, pos)| (*name, *pos)).collect();
    Unit { toks: pp.out, packs: pp.packs, files: pp.files, issues: pp.issues, defined }
}

struct Loaded {
    index: u16,
    toks: Vec<Tok>,
}

impl<'a> Pp<'a> {
    fn load(&mut self, path: &str, bundled: bool, text: Rc<str>) -> Loaded {
        let index = self.files.len() as u16;
        let Lexed { toks, remarks } = lex(&text, index);
        self.files.push(File { path: path.to_owned(), bundled, remarks, text });
        Loaded { index, toks }
    }

    fn push_file(&mut self, file: Loaded) {
        let end = self.files[file.index as usize].text.len() as u32;
        let pos = Pos { file: file.index, start: end, end };
        let mut last = Tok {
            kind: Kind::EndOfFile,
            text: Name::new(""),
            pos,
            space: false,
            first: true,
            hide: Rc::from([]),
            named: None,
        };
        last.first = true;
        self.stack.push(last);
        self.stack.extend(file.toks.into_iter().rev());
        self.open.push(file.index);
    }

    fn issue(&mut self, code: Code, pos: Pos, message: impl Into<String>) {
        self.issues.push(Issue { code, pos, message: message.into() });
    }

    /// Reads until the outermost file ends.
    fn run(&mut self) {
        while let Some(tok) = self.stack.pop() {
            if tok.kind == Kind::EndOfFile {
                self.end_file(tok.pos);
                if self.open.is_empty() {
                    return;
                }
                continue;
            }
            if tok.first && tok.is("#") && tok.hide.is_empty() {
                let line = self.take_line();
                self.directive(tok.pos, line);
                continue;
            }
            if !self.is_live() {
                continue;
            }
            let mut stack = std::mem::take(&mut self.stack);
            let made = self.expand_step(tok, &mut stack);
            self.stack = stack;
            self.out.extend(made);
        }
    }

    /// Whether some more tokens may be made; says once that they may not.
    pub(crate) fn has_room(&mut self, count: usize, pos: Pos) -> bool {
        let before = self.made;
        self.made = before.saturating_add(count);
        if self.made > MAX_TOKENS && before <= MAX_TOKENS {
            self.issue(codes::PREPROCESSOR, pos, format!("the unit has more than {MAX_TOKENS} tokens"));
        }
        self.made <= MAX_TOKENS
    }

    fn end_file(&mut self, pos: Pos) {
        let depth = self.open.len();
        while self.conds.last().is_some_and(|cond| cond.depth >= depth) {
            self.conds.pop();
            self.issue(codes::PREPROCESSOR, pos, "`#if` without `#endif`");
        }
        self.open.pop();
    }

    fn is_live(&self) -> bool {
        self.conds.iter().all(|cond| cond.live)
    }

    /// The rest of a directive's line.
    fn take_line(&mut self) -> Vec<Tok> {
        let mut line = Vec::new();
        while let Some(tok) = self.stack.last() {
            if tok.first || tok.kind == Kind::EndOfFile {
                break;
            }
            line.extend(self.stack.pop());
        }
        line
    }

    fn directive(&mut self, at: Pos, line: Vec<Tok>) {
        let Some(name) = line.first() else { return };
        let name = name.text;
        let rest = &line[1..];
        let is_conditional = matches!(
            name.as_str(),
            "if" | "ifdef" | "ifndef" | "elif" | "elifdef" | "elifndef" | "else" | "endif"
        );
        if !is_conditional && !self.is_live() {
            return;
        }
        match name.as_str() {
            "if" | "ifdef" | "ifndef" => self.open_if(name.as_str(), rest, at),
            "elif" | "elifdef" | "elifndef" | "else" => self.next_branch(name.as_str(), rest, at),
            "endif" => {
                if self.conds.pop().is_none() {
                    self.issue(codes::PREPROCESSOR, at, "`#endif` without `#if`");
                }
            }
            "define" => self.define(rest, at),
            "undef" => {
                if let Some(tok) = rest.first() {
                    self.macros.remove(&tok.text);
                }
            }
            "include" | "include_next" => self.include(rest, at),
            "error" => self.issue(codes::PREPROCESSOR, at, format!("#error {}", spelled(rest))),
            "pragma" => self.pragma(rest, at),
            // Only a remark, or a name for the lines below.
            "line" => self.renumber(rest, at),
            "warning" | "ident" => {}
            _ if line[0].kind == Kind::Number => self.renumber(&line, at),
            other => self.issue(codes::PREPROCESSOR, at, format!("unknown directive `#{other}`")),
        }
    }

    /// `#line 100 "name"`: what `__LINE__` and `__FILE__` say below.
    fn renumber(&mut self, rest: &[Tok], at: Pos) {
        let expanded;
        let rest = if rest.first().is_some_and(|tok| tok.kind == Kind::Ident) {
            expanded = self.expand_all(rest.to_vec());
            &expanded
        } else {
            rest
        };
        let number = rest.first().and_then(|tok| tok.text.as_str().parse::<i64>().ok());
        let Some(number) = number else {
            return self.issue(codes::PREPROCESSOR, at, "`#line` without a number");
        };
        let name = rest.get(1).filter(|tok| tok.kind == Kind::Str).map(|tok| tok.text);
        self.lines.push(Renumbered { file: at.file, start: at.start, number, name });
    }

    /// The line and the name of the file at a place, as `#line` has them.
    fn line_at(&self, at: Pos) -> (i64, Option<Name>) {
        let text = &self.files[at.file as usize].text;
        let own =
            |end: u32| text.as_bytes()[..end as usize].iter().filter(|b| **b == b'\n').count() as i64 + 1;
        let mut before = self.lines.iter().filter(|row| row.file == at.file && row.start <= at.start);
        match before.next_back() {
            Some(row) => {
                let named =
                    self.lines.iter().filter(|other| other.file == at.file && other.start <= row.start);
                let name = named.filter_map(|row| row.name).next_back();
                (row.number + own(at.start) - own(row.start) - 1, name)
            }
            None => (own(at.start), None),
        }
    }

    fn pragma(&mut self, rest: &[Tok], at: Pos) {
        match rest.first().map(|tok| tok.text.as_str().to_owned()).as_deref() {
            Some("once") => {
                let path = self.files[at.file as usize].path.clone();
                self.once.insert(path);
            }
            Some("pack") => self.pack(&rest[1..], at),
            Some(word @ ("push_macro" | "pop_macro")) => self.keep_macro(word == "push_macro", &rest[1..]),
            _ => {}
        }
    }

    /// `("NAME")`: saves what the macro is, or makes it again what it was.
    fn keep_macro(&mut self, saves: bool, rest: &[Tok]) {
        let Some(text) = rest.iter().find(|tok| tok.kind == Kind::Str) else { return };
        let name = Name::new(text.text.as_str().trim_matches('"'));
        let saved = self.saved_macros.entry(name).or_default();
        if saves {
            saved.push(self.macros.get(&name).cloned());
            return;
        }
        match saved.pop() {
            Some(Some(old)) => _ = self.macros.insert(name, old),
            Some(None) => _ = self.macros.remove(&name),
            None => {}
        }
    }

    /// `(n)`, `()`, `(push)`, `(push, n)`, `(pop)`; a name beside `push` and `pop` is read over.
    fn pack(&mut self, rest: &[Tok], at: Pos) {
        let mut limit = self.packs.last().and_then(|(_, limit)| *limit);
        let is_mark = |tok: &&Tok| !matches!(tok.text.as_str(), "(" | ")" | ",");
        let words: Vec<&str> = rest.iter().filter(is_mark).map(|tok| tok.text.as_str()).collect();
        if words.is_empty() {
            limit = None;
        }
        for word in words {
            match word {
                "push" => self.saved_packs.push(limit),
                "pop" => limit = self.saved_packs.pop().flatten(),
                "0" => limit = None,
                "1" | "2" | "4" | "8" | "16" => limit = word.parse().ok(),
                _ if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {}
                _ => return self.issue(codes::PREPROCESSOR, at, "`#pragma pack` takes 1, 2, 4, 8 or 16"),
            }
        }
        self.packs.push((self.out.len(), limit));
    }

    fn open_if(&mut self, name: &str, rest: &[Tok], at: Pos) {
        let live = self.is_live() && self.holds(name, rest, at);
        // Inside of what is not read no branch is.
        let done = live || !self.is_live();
        self.conds.push(Cond { done, live, depth: self.open.len() });
    }

    fn next_branch(&mut self, name: &str, rest: &[Tok], at: Pos) {
        let Some(mut cond) = self.conds.pop() else {
            return self.issue(codes::PREPROCESSOR, at, format!("`#{name}` without `#if`"));
        };
        cond.live = !cond.done && (name == "else" || self.holds(&name[2..], rest, at));
        cond.done |= cond.live;
        self.conds.push(cond);
    }

    /// Whether the condition of `#if`, `#ifdef`, `#ifndef` holds.
    fn holds(&mut self, name: &str, rest: &[Tok], at: Pos) -> bool {
        match name {
            "ifdef" | "def" => rest.first().is_some_and(|tok| self.is_defined(tok.text)),
            "ifndef" | "ndef" => rest.first().is_some_and(|tok| !self.is_defined(tok.text)),
            _ => self.condition(rest, at),
        }
    }

    pub(crate) fn is_defined(&self, name: Name) -> bool {
        self.macros.contains_key(&name)
            || matches!(name.as_str(), "__FILE__" | "__LINE__" | "__COUNTER__" | "__DATE__" | "__TIME__")
    }

    fn define(&mut self, rest: &[Tok], at: Pos) {
        let Some(name) = rest.first().filter(|tok| tok.kind == Kind::Ident) else {
            return self.issue(codes::PREPROCESSOR, at, "`#define` without a name");
        };
        let mut made = Macro { params: None, variadic: false, body: Vec::new() };
        let mut body = &rest[1..];
        if body.first().is_some_and(|tok| tok.is("(") && !tok.space) {
            let Some(close) = body.iter().position(|tok| tok.is(")")) else {
                return self.issue(codes::PREPROCESSOR, at, "`)` of the macro's parameters is missing");
            };
            made.params = Some(parameters(&body[1..close], &mut made.variadic));
            body = &body[close + 1..];
        }
        made.body = body.to_vec();
        if made.params.is_none() {
            self.defined.entry(name.text).or_insert(name.pos);
        }
        self.macros.insert(name.text, Rc::new(made));
    }

    fn include(&mut self, rest: &[Tok], at: Pos) {
        let Some((name, quoted)) = self.included_name(rest) else {
            return self.issue(codes::PREPROCESSOR, at, "`#include` without a name");
        };
        if self.open.len() > MAX_DEPTH {
            return self.issue(codes::PREPROCESSOR, at, format!("`{name}` is included too deep"));
        }
        let Some((path, bundled, text)) = self.find(&name, quoted, at) else {
            let message = format!("header `{name}` was not found");
            return self.issue(codes::MISSING_HEADER, at, message);
        };
        if self.once.contains(&path) {
            return;
        }
        if self.files.len() + 1 >= usize::from(u16::MAX) || self.made > MAX_TOKENS {
            self.has_room(MAX_TOKENS, at);
            return;
        }
        let file = self.load(&path, bundled, text);
        self.has_room(file.toks.len(), at);
        self.push_file(file);
    }

    /// Name of an included file and whether it stood in quotes.
    fn included_name(&mut self, rest: &[Tok]) -> Option<(String, bool)> {
        let expanded;
        let rest = if rest.first()?.kind == Kind::Ident {
            expanded = self.expand_all(rest.to_vec());
            &expanded
        } else {
            rest
        };
        let first = rest.first()?;
        if first.kind == Kind::Str {
            return Some((first.text.as_str().trim_matches('"').to_owned(), true));
        }
        let close = rest.iter().position(|tok| tok.is(">"))?;
        if !first.is("<") {
            return None;
        }
        let name = rest[1..close].iter().map(|tok| tok.text.as_str());
        Some((name.collect(), false))
    }

    fn find(&self, name: &str, quoted: bool, at: Pos) -> Option<(String, bool, Rc<str>)> {
        let beside = self.files[at.file as usize].path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let own = if quoted { vec![beside.to_owned()] } else { Vec::new() };
        for folder in own.iter().chain(self.includes.folders()) {
            let path = joined(folder, name);
            if let Some(text) = self.includes.read(&path) {
                return Some((path, false, text));
            }
        }
        if let Some(text) = headers::bundled(name) {
            return Some((format!("<{name}>"), true, Rc::from(text)));
        }
        for folder in self.includes.system() {
            let path = joined(folder, name);
            if let Some(text) = self.includes.read(&path) {
                return Some((path, false, text));
            }
        }
        // Where a build would say `-I`.
        let path = self.includes.anywhere(name)?;
        let text = self.includes.read(&path)?;
        Some((path, false, text))
    }
}

/// The path of a file in a folder, without `.` and `..` where that can be seen.
pub fn joined(folder: &str, name: &str) -> String {
    if name.starts_with('/') {
        return name.to_owned();
    }
    let start = if folder.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{start}{}", parts.join("/"))
}

fn parameters(toks: &[Tok], variadic: &mut bool) -> Vec<Name> {
    let mut out = Vec::new();
    for (index, tok) in toks.iter().enumerate() {
        if tok.is("...") {
            *variadic = true;
            // `args...` names the rest, `...` alone calls it `__VA_ARGS__`.
            let is_named = index > 0 && !toks[index - 1].is(",");
            if !is_named {
                out.push(Name::new("__VA_ARGS__"));
            }
        } else if tok.kind == Kind::Ident {
            out.push(tok.text);
        }
    }
    out
}

/// Tokens as text, as `#` spells them.
pub(crate) fn spelled(toks: &[Tok]) -> String {
    let mut out = String::new();
    for (index, tok) in toks.iter().enumerate() {
        if index > 0 && (tok.space || tok.first) {
            out.push(' ');
        }
        out.push_str(tok.text.as_str());
    }
    out
}
