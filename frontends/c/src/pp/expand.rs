//! Macro expansion with hide sets.

use super::paste::{pasted, stringised};
use super::{Macro, Pp};
use crate::codes;
use crate::lex::{Kind, Pos, Tok, lex};
use batuta_base::Name;
use std::rc::Rc;

/// A macro's argument: as written, and expanded when somebody asked.
struct Argument {
    raw: Vec<Tok>,
    full: Option<Vec<Tok>>,
}

impl Pp<'_> {
    /// Expands a token list on its own: arguments, conditions.
    pub(crate) fn expand_all(&mut self, toks: Vec<Tok>) -> Vec<Tok> {
        let mut stack: Vec<Tok> = toks.into_iter().rev().collect();
        let mut out = Vec::new();
        while let Some(tok) = stack.pop() {
            out.extend(self.expand_step(tok, &mut stack));
        }
        out
    }

    /// The token itself, or nothing where it was a macro whose expansion now lies on the stack.
    pub(crate) fn expand_step(&mut self, tok: Tok, stack: &mut Vec<Tok>) -> Option<Tok> {
        if tok.kind != Kind::Ident || tok.hide.contains(&tok.text) {
            return Some(tok);
        }
        if let Some(made) = self.builtin(&tok, stack) {
            return made;
        }
        let Some(found) = self.macros.get(&tok.text).cloned() else { return Some(tok) };
        if !self.has_room(found.body.len() + 1, tok.pos) {
            return Some(tok);
        }
        let body = match &found.params {
            None => {
                let hide = with_name(&tok.hide, tok.text);
                let mut body = self.substitute(&found, &mut [], &tok);
                if let [only] = body.as_mut_slice()
                    && only.kind == Kind::Number
                    && tok.named.is_none()
                {
                    only.named = Some(tok.text);
                }
                hidden(body, &hide)
            }
            Some(params) => {
                if !next_is_open(stack) {
                    return Some(tok);
                }
                let Some((mut args, close)) = self.arguments(&found, params.len(), tok.pos, stack) else {
                    return Some(tok);
                };
                let shared: Vec<Name> =
                    tok.hide.iter().copied().filter(|name| close.hide.contains(name)).collect();
                let hide = with_name(&shared, tok.text);
                let body = self.substitute(&found, &mut args, &tok);
                hidden(body, &hide)
            }
        };
        let count = body.len();
        for (index, mut made) in body.into_iter().rev().enumerate() {
            made.pos = tok.pos;
            made.first = false;
            if index + 1 == count {
                made.space = tok.space;
            }
            stack.push(made);
        }
        None
    }

    /// `__LINE__` and its like; `None` where the name is none of them.
    fn builtin(&mut self, tok: &Tok, stack: &mut Vec<Tok>) -> Option<Option<Tok>> {
        let made = |kind, text: String| {
            Some(Some(Tok { kind, text: Name::new(&text), hide: Rc::from([]), ..tok.clone() }))
        };
        match tok.text.as_str() {
            "__LINE__" => made(Kind::Number, self.line_at(tok.pos).0.to_string()),
            "__FILE__" => {
                if let Some(name) = self.line_at(tok.pos).1 {
                    return made(Kind::Str, name.as_str().to_owned());
                }
                let path = self.files[tok.pos.file as usize].path.clone();
                made(Kind::Str, format!("\"{}\"", path.replace('\\', "\\\\")))
            }
            "__DATE__" => made(Kind::Str, "\"Jan  1 1970\"".to_owned()),
            "__TIME__" => made(Kind::Str, "\"00:00:00\"".to_owned()),
            "__COUNTER__" => {
                self.counter += 1;
                made(Kind::Number, (self.counter - 1).to_string())
            }
            "_Pragma" if next_is_open(stack) => {
                while let Some(tok) = stack.pop().filter(|tok| !tok.is(")")) {
                    if tok.text.as_str().contains("pack") {
                        let message = "`_Pragma` of `pack` has no translation yet: write `#pragma pack`";
                        self.issue(crate::codes::PREPROCESSOR, tok.pos, message);
                    }
                }
                Some(None)
            }
            _ => None,
        }
    }

    /// Reads `( .. )` behind a macro's name: its arguments and the closing parenthesis.
    fn arguments(
        &mut self,
        found: &Macro,
        count: usize,
        at: Pos,
        stack: &mut Vec<Tok>,
    ) -> Option<(Vec<Argument>, Tok)> {
        stack.pop();
        let (mut args, mut current, mut depth) = (Vec::new(), Vec::new(), 0);
        let close = loop {
            let Some(tok) = stack.pop().filter(|tok| tok.kind != Kind::EndOfFile) else {
                self.issue(codes::PREPROCESSOR, at, "`)` of the macro's arguments is missing");
                return None;
            };
            let rest_is_one = found.variadic && args.len() + 1 == count;
            if tok.is("(") {
                depth += 1;
            } else if tok.is(")") {
                if depth == 0 {
                    break tok;
                }
                depth -= 1;
            } else if tok.is(",") && depth == 0 && !rest_is_one {
                args.push(Argument { raw: std::mem::take(&mut current), full: None });
                continue;
            }
            current.push(Tok { first: false, space: tok.space || tok.first, ..tok });
        };
        if !(count == 0 && args.is_empty() && current.is_empty()) {
            args.push(Argument { raw: current, full: None });
        }
        if found.variadic && args.len() + 1 == count {
            args.push(Argument { raw: Vec::new(), full: None });
        }
        if args.len() != count {
            let message = format!("the macro takes {count} arguments, {} were given", args.len());
            self.issue(codes::PREPROCESSOR, at, message);
            args.resize_with(count, || Argument { raw: Vec::new(), full: None });
        }
        Some((args, close))
    }

    fn full(&mut self, args: &mut [Argument], index: usize) -> Vec<Tok> {
        if args[index].full.is_none() {
            let raw = args[index].raw.clone();
            args[index].full = Some(self.expand_all(raw));
        }
        args[index].full.clone().unwrap_or_default()
    }

    /// The macro's body with its arguments in place.
    fn substitute(&mut self, found: &Macro, args: &mut [Argument], call: &Tok) -> Vec<Tok> {
        let none = Vec::new();
        let params = found.params.as_ref().unwrap_or(&none);
        let param = |tok: &Tok| params.iter().position(|name| tok.kind == Kind::Ident && *name == tok.text);
        let mut out: Vec<Tok> = Vec::new();
        let mut i = 0;
        while i < found.body.len() {
            let tok = &found.body[i];
            let next = found.body.get(i + 1);
            if tok.is("#")
                && found.params.is_some()
                && let Some(index) = next.and_then(&param)
            {
                out.push(stringised(&args[index].raw, tok));
                i += 2;
                continue;
            }
            if tok.is("##")
                && !out.is_empty()
                && let Some(next) = next
            {
                let right = match param(next) {
                    Some(index) => args[index].raw.clone(),
                    None => vec![next.clone()],
                };
                self.paste_onto(&mut out, right, found, param(next), params.len(), call);
                i += 2;
                continue;
            }
            if tok.is("__VA_OPT__") && found.variadic && next.is_some_and(|next| next.is("(")) {
                let close = closing(&found.body, i + 1);
                if !self.full(args, params.len() - 1).is_empty() {
                    let inner = Macro {
                        params: found.params.clone(),
                        variadic: found.variadic,
                        body: found.body[i + 2..close].to_vec(),
                    };
                    out.extend(self.substitute(&inner, args, call));
                }
                i = close + 1;
                continue;
            }
            match param(tok) {
                Some(index) => {
                    let is_pasted = next.is_some_and(|next| next.is("##"));
                    let mut made = if is_pasted { args[index].raw.clone() } else { self.full(args, index) };
                    if made.is_empty() && is_pasted {
                        made.push(Tok { kind: Kind::Placemarker, text: Name::new(""), ..tok.clone() });
                    }
                    if let Some(first) = made.first_mut() {
                        first.space = tok.space;
                    }
                    out.extend(made);
                }
                None => out.push(tok.clone()),
            }
            i += 1;
        }
        out.retain(|tok| tok.kind != Kind::Placemarker);
        out
    }

    /// `left ## right`: the last token so far and the first of the right side become one.
    fn paste_onto(
        &mut self,
        out: &mut Vec<Tok>,
        mut right: Vec<Tok>,
        found: &Macro,
        param: Option<usize>,
        count: usize,
        call: &Tok,
    ) {
        let is_rest = found.variadic && param.is_some_and(|index| index + 1 == count);
        if is_rest && out.last().is_some_and(|tok| tok.is(",")) {
            // `, ## __VA_ARGS__`: the comma goes when nothing follows it.
            if right.is_empty() {
                out.pop();
            } else {
                out.extend(self.expand_all(right));
            }
            return;
        }
        if right.is_empty() {
            return;
        }
        let first = right.remove(0);
        if let Some(left) = out.pop() {
            match pasted(&left, &first) {
                Some(tok) => out.push(tok),
                None => {
                    let message = format!("`{}` and `{}` make no token", left.text, first.text);
                    self.issue(codes::PREPROCESSOR, call.pos, message);
                    out.extend([left, first]);
                }
            }
        }
        out.extend(right);
    }
}

/// Position of the parenthesis that closes the one at `open`.
fn closing(toks: &[Tok], open: usize) -> usize {
    let mut depth = 0;
    for (index, tok) in toks.iter().enumerate().skip(open) {
        if tok.is("(") {
            depth += 1;
        } else if tok.is(")") {
            depth -= 1;
            if depth == 0 {
                return index;
            }
        }
    }
    toks.len() - 1
}

fn next_is_open(stack: &[Tok]) -> bool {
    stack.last().is_some_and(|tok| tok.is("("))
}

fn with_name(hide: &[Name], name: Name) -> Rc<[Name]> {
    let mut all = hide.to_vec();
    if !all.contains(&name) {
        all.push(name);
    }
    Rc::from(all)
}

fn hidden(mut toks: Vec<Tok>, hide: &Rc<[Name]>) -> Vec<Tok> {
    for tok in &mut toks {
        if tok.hide.is_empty() {
            tok.hide = hide.clone();
        } else {
            let mut all = tok.hide.to_vec();
            all.extend(hide.iter().filter(|name| !tok.hide.contains(name)));
            tok.hide = Rc::from(all);
        }
    }
    toks
}

/// The tokens of a text, for what a paste makes.
pub(super) fn retokenised(text: &str, like: &Tok) -> Option<Tok> {
    let mut toks = lex(text, like.pos.file).toks;
    let made = toks.pop().filter(|_| toks.is_empty())?;
    Some(Tok { pos: like.pos, space: like.space, first: false, hide: like.hide.clone(), ..made })
}
