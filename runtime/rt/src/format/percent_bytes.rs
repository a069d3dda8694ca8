//! `template % values` of bytes: each byte stands for the letter of its number.

use super::operand::Format;
use super::percent::percent;
use crate::class::{NotTranslated, OverflowError, TypeError};
use crate::unwind::raise_new;
use crate::value::Value;

/// `template % values`; raises as Python does.
#[track_caller]
pub fn percent_bytes(template: &[u8], values: &Value) -> Vec<u8> {
    let given: Vec<Value> = match values {
        Value::Tuple(items) => items.to_vec(),
        one => vec![one.clone()],
    };
    let mut template: Vec<char> = letters(template).chars().collect();
    let letters_of = kinds(&mut template);
    let taken = |(at, value): (usize, Value)| match letters_of.get(at) {
        Some(kind) => operand(*kind, value),
        None => value,
    };
    let given: Vec<Value> = given.into_iter().enumerate().map(taken).collect();
    let operands: Vec<&dyn Format> = given.iter().map(|value| value as &dyn Format).collect();
    let text = percent(&String::from_iter(template), &operands);
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// What each value becomes, `*` for a width; `%b` and `%r` become what texts know them as.
#[track_caller]
fn kinds(template: &mut [char]) -> Vec<char> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < template.len() {
        if template[at] != '%' {
            at += 1;
            continue;
        }
        at += 1;
        while let Some(letter) = template.get(at).filter(|letter| "-+ #0123456789.*lhL(".contains(**letter)) {
            match letter {
                '(' => raise_new(NotTranslated, "not yet implemented: names in a format of bytes"),
                '*' => out.push('*'),
                _ => {}
            }
            at += 1;
        }
        if let Some(kind) = template.get_mut(at) {
            if *kind != '%' {
                out.push(*kind);
            }
            *kind = match *kind {
                'b' => 's',
                'r' => 'a',
                other => other,
            };
            at += 1;
        }
    }
    out
}

#[track_caller]
fn operand(kind: char, value: Value) -> Value {
    let name = value.type_name().to_owned();
    match (kind, value) {
        ('s' | 'b', Value::Bytes(bytes)) => Value::from(letters(&bytes)),
        ('s' | 'b', _) => {
            let words = "requires a bytes-like object, or an object that implements __bytes__";
            raise_new(TypeError, format!("%b {words}, not '{name}'"))
        }
        ('c', Value::Bytes(bytes)) if bytes.len() == 1 => Value::from(letters(&bytes)),
        ('c', Value::Int(number)) if number.to_i64().is_none_or(|number| !(0..256).contains(&number)) => {
            raise_new(OverflowError, "%c arg not in range(256)")
        }
        ('c', value @ Value::Int(_)) => value,
        ('c', _) => {
            raise_new(TypeError, format!("%c requires an integer in range(256) or a single byte, not {name}"))
        }
        (_, value) => value,
    }
}
