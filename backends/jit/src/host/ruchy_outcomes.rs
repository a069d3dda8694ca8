//! Rows of Ruchy over `Option` and `Result`: what is held, or what stands instead.

use super::adapt::adapt;
use super::{Site, call_func, result_of, rows};
use crate::desc::{D, Kind, UNIT};
use crate::item::{Item, list_word, some_word, text_word};
use crate::memory::record;
use batuta_rt as rt;

/// The word of an outcome in a type of either kind.
pub(super) fn outcome(to: D, held: Result<&Item, &Item>) -> u64 {
    match (&to.kind, held) {
        (Kind::Option(inner), Ok(item)) => some_word(inner, adapt(item, inner)),
        (Kind::Outcome(_, parts), Ok(item)) => record(&[0, adapt(item, parts[0])]),
        (Kind::Outcome(_, parts), Err(item)) => record(&[1, adapt(item, parts[1])]),
        _ => 0,
    }
}

fn wrapped(site: &Site, held: Result<Item, Item>) -> u64 {
    outcome(site.ret, held.as_ref())
}

/// What a function makes of an item.
fn made(function: &Item, item: &Item) -> Item {
    Item::new(call_func(function, &[item.word]), result_of(function))
}

/// What a function gives instead: that of a `Result` is told the error.
fn instead(function: &Item, error: &Item) -> Item {
    let args: &[u64] = match &function.desc.kind {
        Kind::Func(params, _) if params.is_empty() => &[],
        _ => &[error.word],
    };
    Item::new(call_func(function, args), result_of(function))
}

fn is_result(item: &Item) -> bool {
    matches!(item.desc.kind, Kind::Outcome(["Ok", _], _))
}

fn unwrapped(a: &[Item]) -> u64 {
    let error = match a[0].held() {
        Ok(item) => return item.word,
        Err(error) => error,
    };
    let message = a.get(1).map(Item::text);
    if !is_result(&a[0]) {
        rt::ruchy::panic(message.unwrap_or("called `Option::unwrap()` on a `None` value"))
    }
    let message = message.unwrap_or("called `Result::unwrap()` on an `Err` value");
    rt::ruchy::panic(&format!("{message}: {}", rt::repr(&error)))
}

fn unwrapped_error(a: &[Item]) -> u64 {
    match a[0].held() {
        Ok(item) => {
            let text = format!("called `Result::unwrap_err()` on an `Ok` value: {}", rt::repr(&item));
            rt::ruchy::panic(&text)
        }
        Err(error) => error.word,
    }
}

/// The value that a type has where nothing is given.
fn default(site: &Site) -> u64 {
    match site.ret.kind {
        Kind::Str => text_word(""),
        Kind::List(item) => list_word(item, []),
        _ => 0,
    }
}

fn filtered(a: &[Item]) -> u64 {
    let keeps = |item: &Item| made(&a[1], item).truth();
    match a[0].held() {
        Ok(item) if keeps(&item) => a[0].word,
        Ok(_) => outcome(a[0].desc, Err(&Item::new(0, UNIT.with(|unit| *unit)))),
        Err(_) => a[0].word,
    }
}

/// Rows that lists have, too.
pub(super) fn shared(name: &str, s: &Site, a: &[Item]) -> Option<u64> {
    if !matches!(a[0].desc.kind, Kind::Option(_) | Kind::Outcome(..)) {
        return None;
    }
    Some(match name {
        "map" => wrapped(s, a[0].held().map(|item| made(&a[1], &item))),
        _ => filtered(a),
    })
}

rows! {
    "ruchy.Some" | "ruchy.Ok" => |s, a| outcome(s.ret, Ok(&a[0]));
    "ruchy.Err" => |s, a| outcome(s.ret, Err(&a[0]));
    "ruchy.None" => |s, _| outcome(s.ret, Err(&Item::new(0, UNIT.with(|unit| *unit))));
    "ruchy.is_some" | "ruchy.is_ok" => |_, a| a[0].held().is_ok().into();
    "ruchy.is_none" | "ruchy.is_err" => |_, a| a[0].held().is_err().into();
    "ruchy.some_of" | "ruchy.ok_of" | "ruchy.unwrap" | "ruchy.expect" => |_, a| unwrapped(a);
    "ruchy.err_of" | "ruchy.unwrap_err" => |_, a| unwrapped_error(a);
    "ruchy.unwrap_or" => |_, a| a[0].held().map_or(a[1].word, |item| item.word);
    "ruchy.unwrap_or_else" => |_, a| a[0].held().map_or_else(|error| instead(&a[1], &error).word, |item| item.word);
    "ruchy.unwrap_or_default" => |s, a| a[0].held().map_or_else(|_| default(s), |item| item.word);
    "ruchy.map_err" => |s, a| wrapped(s, a[0].held().map_err(|error| made(&a[1], &error)));
    "ruchy.map_or" => |_, a| a[0].held().map_or_else(|_| a[1].word, |item| made(&a[2], &item).word);
    "ruchy.and_then" => |s, a| match a[0].held() {
        Ok(item) => adapt(&made(&a[1], &item), s.ret),
        Err(error) => outcome(s.ret, Err(&error)),
    };
    "ruchy.or_else" => |s, a| match a[0].held() {
        Ok(item) => outcome(s.ret, Ok(&item)),
        Err(error) => adapt(&instead(&a[1], &error), s.ret),
    };
    "ruchy.or" => |_, a| if a[0].held().is_ok() { a[0].word } else { a[1].word };
    "ruchy.ok" => |s, a| wrapped(s, a[0].held());
    "ruchy.err" => |s, a| match a[0].held() {
        Ok(item) => outcome(s.ret, Err(&item)),
        Err(error) => outcome(s.ret, Ok(&error)),
    };
    "ruchy.ok_or" => |s, a| match a[0].held() {
        Ok(item) => outcome(s.ret, Ok(&item)),
        Err(_) => outcome(s.ret, Err(&a[1])),
    };
    "ruchy.fs_read" => |_, a| told(rt::ruchy::fs_read(a[0].text()), text_word);
    "ruchy.env_var" => |_, a| told(rt::ruchy::env_var(a[0].text()), text_word);
    "ruchy.fs_create_dir" => |_, a| done(rt::ruchy::fs_create_dir(a[0].text()));
    "ruchy.fs_remove_dir" => |_, a| done(rt::ruchy::fs_remove_dir(a[0].text()));
    "ruchy.fs_remove_file" => |_, a| done(rt::ruchy::fs_remove_file(a[0].text()));
    "ruchy.fs_write" => |_, a| done(rt::ruchy::fs_write(a[0].text(), a[1].text()));
    "ruchy.fs_rename" => |_, a| done(rt::ruchy::fs_rename(a[0].text(), a[1].text()));
    "ruchy.fs_copy" => |_, a| done(rt::ruchy::fs_copy(a[0].text(), a[1].text()));
    "ruchy.parsed_int" => |_, a| parsed::<i64>(&a[0], |value| value as u64);
    "ruchy.parsed_float" => |_, a| parsed::<f64>(&a[0], f64::to_bits);
}

/// What the outside gave, or why it did not.
fn told<T>(outcome: Result<T, String>, word: impl FnOnce(T) -> u64) -> u64 {
    match outcome {
        Ok(value) => record(&[0, word(value)]),
        Err(error) => record(&[1, text_word(error)]),
    }
}

fn done(outcome: Result<(), String>) -> u64 {
    told(outcome, |()| 0)
}

fn parsed<T: std::str::FromStr>(text: &Item, word: fn(T) -> u64) -> u64
where
    T::Err: std::fmt::Display,
{
    match rt::ruchy::parsed::<T>(text.text()) {
        Ok(value) => record(&[0, word(value)]),
        Err(error) => record(&[1, text_word(error)]),
    }
}
