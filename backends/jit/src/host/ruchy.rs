//! Functions and methods of Ruchy.

use super::iters::{items, sequence};
use super::{Site, call_func, result_of, rows};
use crate::desc::Kind;
use crate::item::{Element, Item, clone_word, each_list, list_word, text_word};
use crate::memory::record;
use batuta_rt::{self as rt, prelude::*};

fn texts(site: &Site, parts: Vec<String>) -> u64 {
    match site.ret.kind {
        Kind::List(item) => list_word(item, parts.into_iter().map(text_word)),
        _ => 0,
    }
}

/// What a function says of each item.
fn asked(a: &[Item]) -> impl Iterator<Item = (Item, bool)> {
    let function = Item::new(a[1].word, a[1].desc);
    items(&a[0]).into_iter().map(move |item| {
        let says = Item::new(call_func(&function, &[item.word]), result_of(&function)).truth();
        (item, says)
    })
}

fn mapped(site: &Site, a: &[Item]) -> u64 {
    let made =
        items(&a[0]).into_iter().map(|item| Item::new(call_func(&a[1], &[item.word]), result_of(&a[1])));
    sequence(site.ret, made.collect())
}

fn reduced(a: &[Item]) -> u64 {
    let is_function = |item: &Item| matches!(item.desc.kind, Kind::Func(..));
    let (start, function) = if is_function(&a[1]) { (&a[2], &a[1]) } else { (&a[1], &a[2]) };
    items(&a[0]).into_iter().fold(start.word, |all, item| call_func(function, &[all, item.word]))
}

/// Pairs as records, in a list of the node's type.
fn paired(site: &Site, pairs: impl Iterator<Item = (u64, u64)>) -> u64 {
    let Kind::List(item) = site.ret.kind else { return 0 };
    list_word(item, pairs.map(|(a, b)| record(&[a, b])))
}

fn entries(site: &Site, a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Dict(..) => {
            paired(site, super::mapping::pairs(&a[0]).into_iter().map(|(key, value)| (key.word, value.word)))
        }
        _ => paired(site, (0..).zip(items(&a[0]).into_iter().map(|item| item.word))),
    }
}

fn total(site: &Site, a: &[Item]) -> u64 {
    let items = items(&a[0]);
    match site.ret.kind {
        Kind::Float => items.iter().fold(0.0, |sum, item| sum + item.float()).to_bits(),
        _ => items.iter().try_fold(0_i64, |sum, item| sum.checked_add(item.int())).map_or_else(
            || rt::raise_new(rt::OverflowError, "Integer overflow in addition"),
            |sum| sum as u64,
        ),
    }
}

fn product(site: &Site, a: &[Item]) -> u64 {
    let items = items(&a[0]);
    match site.ret.kind {
        Kind::Float => items.iter().fold(1.0, |all, item| all * item.float()).to_bits(),
        _ => rt::ruchy::product(&items.iter().map(Item::int).collect::<Vec<_>>()) as u64,
    }
}

fn extreme(site: &Site, a: &[Item], largest: bool) -> u64 {
    let name = if largest { "builtins.max" } else { "builtins.min" };
    super::find(name).map_or(0, |row| row(site, a))
}

fn counted(item: &Item) -> usize {
    usize::try_from(item.int()).unwrap_or(0)
}

fn len(a: &[Item]) -> u64 {
    a[0].text().len() as u64
}

fn is_empty(a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Str => a[0].text().is_empty(),
        Kind::Dict(..) => a[0].dict().is_empty(),
        Kind::Set(_) => a[0].set().is_empty(),
        _ => each_list!(a[0].elements(), list => list.is_empty()),
    }
    .into()
}

fn real(a: &[Item], f: fn(f64) -> f64) -> u64 {
    f(a[0].float()).to_bits()
}

fn as_int(a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Float => rt::ruchy::to_int(a[0].float()) as u64,
        Kind::Str => rt::ruchy::char_to_int(a[0].text()) as u64,
        _ => a[0].word,
    }
}

fn to_int(a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Str => rt::ruchy::parse_int(a[0].text()) as u64,
        _ => as_int(a),
    }
}

fn to_float(a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Str => rt::ruchy::parse_float(a[0].text()).to_bits(),
        _ => a[0].float().to_bits(),
    }
}

fn reversed(site: &Site, a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Str => text_word(a[0].text().chars().rev().collect::<String>()),
        _ => sequence(site.ret, items(&a[0]).into_iter().rev().collect()),
    }
}

fn unique(site: &Site, a: &[Item]) -> u64 {
    let mut kept: Vec<Item> = Vec::new();
    for item in items(&a[0]) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    sequence(site.ret, kept)
}

fn at(a: &[Item], place: i64) -> u64 {
    let item = super::lists::item_of(&a[0]);
    clone_word(item, each_list!(a[0].elements(), list => list.at(place).to_word()))
}

rows! {
    "ruchy.copy" => |_, a| clone_word(a[0].desc, a[0].word);
    "ruchy.assert" => |_, a| { rt::ruchy::check(a[0].truth(), a[1].text()); 0 };
    "ruchy.assert_eq" => |_, a| {
        if a[0] != a[1] {
            let text = format!("Assertion failed: {} is not equal to {}", rt::repr(&a[0]), rt::repr(&a[1]));
            rt::raise_new(rt::AssertionError, text)
        }
        0
    };
    "ruchy.assert_ne" => |_, a| {
        if a[0] == a[1] {
            rt::raise_new(rt::AssertionError, format!("Assertion failed: both are {}", rt::repr(&a[0])))
        }
        0
    };
    "ruchy.tell" => |_, a| { crate::told::tell(&a[0]); 0 };
    "ruchy.len" => |_, a| len(a);
    "ruchy.is_empty" => |_, a| is_empty(a);
    "ruchy.push" => |s, a| super::find("list.append").map_or(0, |row| row(s, a));
    "ruchy.pop" => |_, a| each_list!(a[0].elements(), list => list.pop_last().to_word());
    "ruchy.insert" => |s, a| match a[0].desc.kind {
        Kind::Dict(..) => { a[0].dict().insert(a[1].clone(), a[2].clone()); 0 }
        _ => super::find("list.insert").map_or(0, |row| row(s, a)),
    };
    "ruchy.remove" => |_, a| { let place = a[1].int(); each_list!(a[0].elements(), list => list.pop_at(place).to_word()) };
    "ruchy.clear" => |s, a| super::find("list.clear").map_or(0, |row| row(s, a));
    "ruchy.extend" => |s, a| super::find("list.extend").map_or(0, |row| row(s, a));
    "ruchy.swap" => |_, a| { let (i, j) = (a[1].int(), a[2].int()); each_list!(a[0].elements(), list => list.swap_at(i, j)); 0 };
    "ruchy.first" => |_, a| at(a, 0);
    "ruchy.last" => |_, a| at(a, -1);
    "ruchy.sort" | "ruchy.sorted" => |s, a| sequence(s.ret, rt::sorted(items(&a[0]).into_iter(), false));
    "ruchy.reverse" => reversed;
    "ruchy.unique" => unique;
    "ruchy.flatten" => |s, a| sequence(s.ret, items(&a[0]).iter().flat_map(items).collect());
    "ruchy.sum" => total;
    "ruchy.product" => product;
    "ruchy.min" => |s, a| extreme(s, a, false);
    "ruchy.max" => |s, a| extreme(s, a, true);
    "ruchy.take" => |s, a| sequence(s.ret, items(&a[0]).into_iter().take(counted(&a[1])).collect());
    "ruchy.skip" => |s, a| sequence(s.ret, items(&a[0]).into_iter().skip(counted(&a[1])).collect());
    "ruchy.zip" => |s, a| {
        let (left, right) = (items(&a[0]), items(&a[1]));
        paired(s, left.into_iter().zip(right).map(|(x, y)| (x.word, y.word)))
    };
    "ruchy.enumerate" | "ruchy.pairs" | "ruchy.items" => entries;
    "ruchy.join" => |_, a| {
        let parts: Vec<&str> = items(&a[0]).iter().map(|part| part.bare().text()).collect();
        text_word(parts.join(a[1].text()))
    };
    "ruchy.map" => mapped;
    "ruchy.filter" => |s, a| sequence(s.ret, asked(a).filter(|(_, says)| *says).map(|(item, _)| item).collect());
    "ruchy.for_each" => |_, a| { items(&a[0]).into_iter().for_each(|item| { call_func(&a[1], &[item.word]); }); 0 };
    "ruchy.any" => |_, a| asked(a).any(|(_, says)| says).into();
    "ruchy.all" => |_, a| asked(a).all(|(_, says)| says).into();
    "ruchy.reduce" => |_, a| reduced(a);
    "ruchy.to_uppercase" => |_, a| text_word(a[0].text().to_uppercase());
    "ruchy.to_lowercase" => |_, a| text_word(a[0].text().to_lowercase());
    "ruchy.trim" => |_, a| text_word(a[0].text().trim());
    "ruchy.trim_start" => |_, a| text_word(a[0].text().trim_start());
    "ruchy.trim_end" => |_, a| text_word(a[0].text().trim_end());
    "ruchy.starts_with" => |_, a| a[0].text().starts_with(a[1].text()).into();
    "ruchy.ends_with" => |_, a| a[0].text().ends_with(a[1].text()).into();
    "ruchy.replace" => |_, a| text_word(a[0].text().replace(a[1].text(), a[2].text()));
    "ruchy.repeat" => |_, a| text_word(rt::ruchy::repeat(a[0].text(), a[1].int()));
    "ruchy.chars" => |s, a| texts(s, rt::ruchy::characters(a[0].text()));
    "ruchy.lines" => |s, a| texts(s, rt::ruchy::lines(a[0].text()));
    "ruchy.split" => |s, a| texts(s, rt::ruchy::split(a[0].text(), a[1].text()));
    "ruchy.split_whitespace" => |s, a| texts(s, a[0].text().split_whitespace().map(str::to_owned).collect());
    "ruchy.substring" | "ruchy.slice" => |_, a| text_word(rt::ruchy::slice(a[0].text(), a[1].int(), a[2].int()));
    "ruchy.to_int" => |_, a| to_int(a);
    "ruchy.to_float" => |_, a| to_float(a);
    "ruchy.as_float" => |_, a| a[0].float().to_bits();
    "ruchy.as_int" | "ruchy.ord" => |_, a| as_int(a);
    "ruchy.as_char" => |_, a| text_word(rt::ruchy::as_char(a[0].int()));
    "ruchy.to_string" => |_, a| text_word(rt::str(&a[0]).to_string());
    "ruchy.pow" => |s, a| match s.ret.kind {
        Kind::Float => a[0].float().powf(a[1].float()).to_bits(),
        _ => rt::ruchy::pow(a[0].int(), a[1].int()) as u64,
    };
    "ruchy.rem" => |_, a| rt::ruchy::rem(a[0].float(), a[1].float()).to_bits();
    "ruchy.clamp" => |_, a| a[0].int().clamp(a[1].int(), a[2].int()) as u64;
    "ruchy.sqrt" => |_, a| real(a, f64::sqrt);
    "ruchy.sin" => |_, a| real(a, f64::sin);
    "ruchy.cos" => |_, a| real(a, f64::cos);
    "ruchy.tan" => |_, a| real(a, f64::tan);
    "ruchy.exp" => |_, a| real(a, f64::exp);
    "ruchy.ln" => |_, a| real(a, f64::ln);
    "ruchy.log10" => |_, a| real(a, f64::log10);
    "ruchy.floor" => |_, a| real(a, f64::floor);
    "ruchy.ceil" => |_, a| real(a, f64::ceil);
    "ruchy.round" => |_, a| real(a, f64::round);
    "ruchy.keys" => |s, a| sequence(s.ret, super::mapping::pairs(&a[0]).into_iter().map(|(key, _)| key).collect());
    "ruchy.values" => |s, a| sequence(s.ret, super::mapping::pairs(&a[0]).into_iter().map(|(_, value)| value).collect());
}
