//! `#` and `##`.

use super::expand::retokenised;
use super::spelled;
use crate::lex::{Kind, Tok};
use batuta_base::Name;
use std::rc::Rc;

/// The argument as a string literal.
pub(super) fn stringised(arg: &[Tok], like: &Tok) -> Tok {
    let mut text = String::from("\"");
    let mut parts = arg.to_vec();
    if let Some(first) = parts.first_mut() {
        first.space = false;
    }
    let escapes = |tok: &Tok| matches!(tok.kind, Kind::Str | Kind::Char);
    let mut plain: Vec<Tok> = Vec::new();
    for tok in parts {
        let mut tok = tok;
        if escapes(&tok) {
            tok.text = Name::new(&tok.text.as_str().replace('\\', "\\\\").replace('"', "\\\""));
        }
        plain.push(tok);
    }
    text.push_str(&spelled(&plain));
    text.push('"');
    Tok { kind: Kind::Str, text: Name::new(&text), hide: Rc::from([]), named: None, ..like.clone() }
}

/// One token of two; `None` where that is none.
pub(super) fn pasted(left: &Tok, right: &Tok) -> Option<Tok> {
    match (left.kind, right.kind) {
        (Kind::Placemarker, _) => Some(Tok { space: left.space, ..right.clone() }),
        (_, Kind::Placemarker) => Some(left.clone()),
        _ => {
            let text = format!("{}{}", left.text, right.text);
            let mut like = left.clone();
            like.hide = left.hide.iter().copied().filter(|name| right.hide.contains(name)).collect();
            retokenised(&text, &like)
        }
    }
}
