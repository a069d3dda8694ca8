//! Functions and methods of Ruchy.

use super::iters::{items, sequence};
use super::{Site, call_func, result_of, rows};
use crate::desc::Kind;
use crate::item::{Element, Item, clone_word, each_list, list_word, some_word, text_word};
use crate::memory::{keep, record};
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

fn get_or(a: &[Item]) -> u64 {
    let found = super::mapping::pairs(&a[0]).into_iter().find(|(key, _)| *key == a[1]);
    found.map_or(a[2].word, |(_, value)| value.word)
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
        _ => rt::ruchy::product(items.iter().map(Item::int)) as u64,
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

/// A value that may be missing, in the node's type.
fn optional(site: &Site, found: Option<u64>) -> u64 {
    match site.ret.kind {
        Kind::Option(inner) => found.map_or(0, |word| some_word(inner, word)),
        Kind::Value => found.unwrap_or_else(|| keep(rt::Value::None)),
        _ => found.unwrap_or(0),
    }
}

/// The same of an item, which may be nil itself.
fn optional_item(site: &Site, found: Option<&Item>) -> u64 {
    match found {
        Some(item) if matches!((&item.desc.kind, &site.ret.kind), (Kind::Option(_), Kind::Option(_))) => {
            item.word
        }
        _ => optional(site, found.map(|item| item.word)),
    }
}

fn at_or_nil(site: &Site, a: &[Item], place: i64) -> u64 {
    let items = items(&a[0]);
    let found = if place < 0 { items.last() } else { items.get(place as usize) };
    optional_item(site, found)
}

fn found(site: &Site, a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Str => optional(site, rt::ruchy::find(a[0].text(), a[1].text()).map(|at| at as u64)),
        _ => optional_item(site, asked(a).find(|(_, says)| *says).map(|(item, _)| item).as_ref()),
    }
}

fn index_of(site: &Site, a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Str => found(site, a),
        _ => optional(site, items(&a[0]).iter().position(|item| *item == a[1]).map(|at| at as u64)),
    }
}

fn sorted_by(site: &Site, a: &[Item]) -> u64 {
    let mut all = items(&a[0]);
    all.sort_by(|x, y| super::ruchy_lists::said_order(&a[1], x, y));
    sequence(site.ret, all)
}

fn kept_while(site: &Site, a: &[Item], takes: bool) -> u64 {
    let mut holds = true;
    let mut kept = Vec::new();
    for item in items(&a[0]) {
        holds = holds && Item::new(call_func(&a[1], &[item.word]), result_of(&a[1])).truth();
        match (holds, takes) {
            (false, true) => break,
            (true, false) => {}
            _ => kept.push(item),
        }
    }
    sequence(site.ret, kept)
}

/// Whether all characters of a text are of a kind.
fn all_chars(a: &[Item], is: fn(char) -> bool) -> u64 {
    a[0].text().chars().all(is).into()
}

fn padded(a: &[Item], pad: fn(&str, i64, &str) -> String) -> u64 {
    text_word(pad(a[0].text(), a[1].int(), a.get(2).map_or(" ", Item::text)))
}

fn counted_items(a: &[Item]) -> u64 {
    match (&a[0].desc.kind, a.len()) {
        (Kind::Str, 2) => a[0].text().matches(a[1].text()).count() as u64,
        (_, 2) => asked(a).filter(|(_, says)| *says).count() as u64,
        _ => items(&a[0]).len() as u64,
    }
}

/// A message that may wait: the closure lives until its handler has run.
fn post(a: &[Item]) -> u64 {
    let message = Item::new(a[1].word, a[1].desc);
    rt::ruchy::post(a[0].word as i64, move || {
        call_func(&message, &[]);
    });
    0
}

rows! {
    "ruchy.post" => |_, a| post(a);
    "ruchy.ask" => |_, a| rt::ruchy::ask(a[0].word as i64, || call_func(&a[1], &[]));
    "ruchy.copy" => |_, a| clone_word(a[0].desc, a[0].word);
    "ruchy.dbg" => |_, a| { eprintln!("{}", rt::repr(&a[0])); a[0].word };
    "ruchy.same" => |_, a| (a[0] == a[1]).into();
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
    "ruchy.bool" => |_, a| match a[0].desc.kind {
        Kind::Float => u64::from(a[0].float() != 0.0),
        Kind::Str | Kind::List(_) | Kind::Dict(..) | Kind::Set(_) => is_empty(a) ^ 1,
        _ => u64::from(a[0].word != 0),
    };
    "ruchy.is_empty" => |_, a| is_empty(a);
    "ruchy.push" => |s, a| super::find("list.append").map_or(0, |row| row(s, a));
    "ruchy.pop" => |_, a| each_list!(a[0].elements(), list => list.pop_last().to_word());
    "ruchy.insert" => |s, a| match a[0].desc.kind {
        Kind::Dict(..) => { a[0].dict().insert(a[1].clone(), a[2].clone()); 0 }
        Kind::Set(_) => { a[0].set().insert(a[1].clone()); 0 }
        _ => super::find("list.insert").map_or(0, |row| row(s, a)),
    };
    "ruchy.remove" => |s, a| if let Kind::Dict(..) = a[0].desc.kind {
        optional(s, a[0].dict().remove(&a[1]).map(|value| value.word))
    } else if let Kind::Set(_) = a[0].desc.kind {
        a[0].set().remove(&a[1]).into()
    } else { let place = a[1].int(); each_list!(a[0].elements(), list => list.pop_at(place).to_word()) };
    "ruchy.clear" => |s, a| super::find("list.clear").map_or(0, |row| row(s, a));
    "ruchy.add" => |_, a| { a[0].set().insert(a[1].clone()); 0 };
    "ruchy.contains" => |_, a| a[0].dict().contains_key(&a[1]).into();
    "ruchy.extend" => |s, a| super::find("list.extend").map_or(0, |row| row(s, a));
    "ruchy.swap" => |_, a| { let (i, j) = (a[1].int(), a[2].int()); each_list!(a[0].elements(), list => list.swap_at(i, j)); 0 };
    "ruchy.dedup" => |_, a| { each_list!(a[0].elements(), list => list.dedup()); 0 };
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
    "ruchy.enumerate" | "ruchy.pairs" | "ruchy.walked" | "ruchy.items" => entries;
    "ruchy.join" => |_, a| {
        let parts: Vec<String> = items(&a[0]).iter().map(|part| rt::str(&part.bare()).to_string()).collect();
        text_word(parts.join(a[1].text()))
    };
    "ruchy.map" => |s, a| super::ruchy_outcomes::shared("map", s, a).unwrap_or_else(|| mapped(s, a));
    "ruchy.not_nil" => |_, a| a[0].present().map_or(0, |item| item.word);
    "ruchy.get_or" => |_, a| get_or(a);
    "ruchy.filter" => |s, a| super::ruchy_outcomes::shared("filter", s, a).unwrap_or_else(|| {
        sequence(s.ret, asked(a).filter(|(_, says)| *says).map(|(item, _)| item).collect())
    });
    "ruchy.for_each" => |_, a| { items(&a[0]).into_iter().for_each(|item| { call_func(&a[1], &[item.word]); }); 0 };
    "ruchy.any" => |_, a| asked(a).any(|(_, says)| says).into();
    "ruchy.all" => |_, a| asked(a).all(|(_, says)| says).into();
    "ruchy.reduce" => |_, a| match a.len() {
        2 => super::ruchy_lists::reduced(a),
        _ => reduced(a),
    };
    "ruchy.joined" => |_, a| text_word(items(&a[0]).iter().map(|part| part.bare().text()).collect::<String>());
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
    "ruchy.substring" | "ruchy.slice" => |s, a| match a[0].desc.kind {
        Kind::Str => text_word(rt::ruchy::slice(a[0].text(), a[1].int(), a[2].int())),
        _ => sequence(s.ret, rt::ruchy::part(&items(&a[0]), a[1].int(), a[2].int())),
    };
    "ruchy.to_int" => |_, a| to_int(a);
    "ruchy.to_float" => |_, a| to_float(a);
    "ruchy.as_float" => |_, a| a[0].float().to_bits();
    "ruchy.as_int" | "ruchy.ord" => |_, a| as_int(a);
    "ruchy.as_char" => |_, a| text_word(rt::ruchy::as_char(a[0].int()));
        "ruchy.pow" => |s, a| match s.ret.kind {
        Kind::Float => a[0].float().powf(a[1].float()).to_bits(),
        _ => rt::ruchy::pow(a[0].int(), a[1].int()) as u64,
    };
    "ruchy.rem" => |_, a| rt::ruchy::float_rem(a[0].float(), a[1].float()).to_bits();
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
    "ruchy.first_or_nil" | "ruchy.first_some" => |s, a| at_or_nil(s, a, 0);
    "ruchy.last_or_nil" | "ruchy.last_some" => |s, a| at_or_nil(s, a, -1);
    "ruchy.pop_or_nil" | "ruchy.pop_some" => |s, a| {
        let is_there = each_list!(a[0].elements(), list => !list.is_empty());
        let last = is_there.then(|| each_list!(a[0].elements(), list => list.pop_last().to_word()));
        match &a[0].desc.kind {
            Kind::List(of) => optional_item(s, last.map(|word| Item::new(word, of)).as_ref()),
            _ => optional(s, last),
        }
    };
    "ruchy.get" | "ruchy.get_some" => |s, a| match a[0].desc.kind {
        Kind::Dict(..) => {
            let found = super::mapping::pairs(&a[0]).into_iter().find(|(key, _)| *key == a[1]);
            optional_item(s, found.map(|(_, value)| value).as_ref())
        }
        _ if a[1].int() < 0 => optional(s, None),
        _ => at_or_nil(s, a, a[1].int()),
    };
    "ruchy.find" | "ruchy.find_some" => found;
    "ruchy.index_of" => index_of;
    "ruchy.position" | "ruchy.position_some" => |s, a| optional(s, asked(a).position(|(_, says)| says).map(|at| at as u64));
    "ruchy.sort_by" => sorted_by;
    "ruchy.take_while" => |s, a| kept_while(s, a, true);
    "ruchy.skip_while" => |s, a| kept_while(s, a, false);
    "ruchy.flat_map" => |s, a| {
        let lists = items(&a[0]).into_iter().map(|item| Item::new(call_func(&a[1], &[item.word]), result_of(&a[1])));
        sequence(s.ret, lists.flat_map(|list| items(&list)).collect())
    };
    "ruchy.rev" => reversed;
    "ruchy.step_by" => |s, a| sequence(s.ret, rt::ruchy::step_by(items(&a[0]).into_iter(), a[1].int()));
    "ruchy.to_list" => |s, a| sequence(s.ret, items(&a[0]));
    "ruchy.count" => |_, a| counted_items(a);
    "ruchy.is_numeric" => |_, a| all_chars(a, char::is_numeric);
    "ruchy.is_alphabetic" => |_, a| all_chars(a, char::is_alphabetic);
    "ruchy.is_alphanumeric" => |_, a| all_chars(a, char::is_alphanumeric);
    "ruchy.is_digit" | "ruchy.is_ascii_digit" => |_, a| all_chars(a, |c| c.is_ascii_digit());
    "ruchy.is_whitespace" => |_, a| all_chars(a, char::is_whitespace);
    "ruchy.is_uppercase" => |_, a| all_chars(a, char::is_uppercase);
    "ruchy.is_lowercase" => |_, a| all_chars(a, char::is_lowercase);
    "ruchy.pad_start" => |_, a| padded(a, rt::ruchy::pad_start);
    "ruchy.pad_end" => |_, a| padded(a, rt::ruchy::pad_end);
    "ruchy.replace_all" => |_, a| text_word(a[0].text().replace(a[1].text(), a[2].text()));
    "ruchy.strip" => |_, a| text_word(a[0].text().trim());
    "ruchy.title" => |_, a| text_word(rt::ruchy::title(a[0].text()));
    "ruchy.capitalize" => |_, a| text_word(rt::ruchy::capitalised(a[0].text()));
    "ruchy.parse" => |_, a| rt::ruchy::parse_int(a[0].text()) as u64;
    "ruchy.is_even" => |_, a| (a[0].int() % 2 == 0).into();
    "ruchy.is_odd" => |_, a| (a[0].int() % 2 != 0).into();
    "ruchy.shl" => |_, a| rt::ruchy::shl(a[0].int(), a[1].int()) as u64;
    "ruchy.shr" => |_, a| rt::ruchy::shr(a[0].int(), a[1].int()) as u64;
    "ruchy.signum" => |_, a| match a[0].desc.kind {
        Kind::Float => real(a, f64::signum),
        _ => a[0].int().signum() as u64,
    };
    "ruchy.cmp" => |_, a| match a[0].desc.kind {
        Kind::Str => rt::ruchy::compare(a[0].text(), a[1].text()) as u64,
        Kind::Float => rt::ruchy::compare(&a[0].float(), &a[1].float()) as u64,
        _ => rt::ruchy::compare(&a[0].int(), &a[1].int()) as u64,
    };
    "ruchy.ordered" => |_, a| match a[0].desc.kind {
        Kind::Str => rt::ruchy::ordered(a[0].text(), a[1].text()) as u64,
        Kind::Float => rt::ruchy::ordered(&a[0].float(), &a[1].float()) as u64,
        _ => rt::ruchy::ordered(&a[0].int(), &a[1].int()) as u64,
    };
    "ruchy.text_of" | "ruchy.to_string" => |_, a| text_word(match a[0].desc.kind {
        Kind::Float => a[0].float().to_string(),
        _ => rt::str(&a[0]).to_string(),
    });
    "ruchy.shown" => |_, a| text_word(rt::str(&a[0]).to_string());
    "ruchy.radix" => |_, a| text_word(match a[0].desc.kind {
        Kind::Float => rt::ruchy::exponent(a[0].float(), a[1].text()),
        _ => rt::ruchy::radix(a[0].int(), a[1].text()),
    });
    "ruchy.or_nil" => |_, a| text_word(a[0].present().map_or_else(|| "nil".to_owned(), |item| rt::str(&item).to_string()));
    "ruchy.is_nil" => |_, a| a[0].present().is_none().into();
    "ruchy.coalesce" => |_, a| match a[0].present() {
        Some(item) => item.word,
        None => a[1].word,
    };
    "ruchy.caught" => |_, a| text_word(rt::ruchy::caught(super::error_of(&a[0])));
    "ruchy.fault_message" => |_, a| text_word(rt::ruchy::fault_message(super::error_of(&a[0])));
    "ruchy.fault_type" => |_, a| text_word(rt::ruchy::fault_type(super::error_of(&a[0])));
    "ruchy.keys" => |s, a| sequence(s.ret, super::mapping::pairs(&a[0]).into_iter().map(|(key, _)| key).collect());
    "ruchy.values" => |s, a| sequence(s.ret, super::mapping::pairs(&a[0]).into_iter().map(|(_, value)| value).collect());
}
