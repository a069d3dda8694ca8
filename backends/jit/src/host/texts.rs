//! Text.

use super::adapt::adapt;
use super::iters::{character, items, sequence};
use super::lists::bound;
use super::{Site, rows, values};
use crate::desc::Kind;
use crate::item::{Item, Text, list_word, text_word};
use crate::memory::object;
use batuta_rt::{self as rt, prelude::*};

fn texts(site: &Site, parts: Vec<String>) -> u64 {
    match site.ret.kind {
        Kind::List(item) => list_word(item, parts.into_iter().map(text_word)),
        _ => crate::memory::record(&parts.into_iter().map(text_word).collect::<Vec<_>>()),
    }
}

fn split(site: &Site, a: &[Item]) -> u64 {
    let (sep, most) = (a.get(1).and_then(Item::present), a.get(2).map_or(-1, Item::int));
    let text = a[0].text();
    texts(
        site,
        match sep {
            Some(sep) => text.split_sep(sep.text(), most),
            None => text.split_ws(most),
        },
    )
}

fn join(_: &Site, a: &[Item]) -> u64 {
    let parts = items(&a[1]);
    let words: Vec<&str> = parts
        .iter()
        .map(|part| match part.bare().desc.kind {
            Kind::Value => values::text_of(part.value()),
            _ => part.bare().text(),
        })
        .collect();
    text_word(words.join(a[0].text()))
}

fn strip(a: &[Item], plain: fn(&str) -> &str, chars: fn(&'static str, &str) -> &'static str) -> u64 {
    match a.get(1).and_then(Item::present) {
        Some(set) => text_word(chars(a[0].text(), set.text())),
        None => text_word(plain(a[0].text())),
    }
}

/// `text += more`; in place when nobody else holds the text.
fn append(site: &Site, a: &[Item]) -> u64 {
    if !matches!(a[0].desc.kind, Kind::Str) {
        return super::builtins::add(&a[0], &a[1]);
    }
    let _ = site;
    let text: &'static mut Text = object(&a[0].word);
    if !text.is_shared.get() && a[0].word != a[1].word {
        text.text.push_str(a[1].text());
        return a[0].word;
    }
    text_word([a[0].text(), a[1].text()].concat())
}

/// `startswith` and `endswith`: of a text or one of several, within bounds.
fn affix(a: &[Item], test: fn(&str, &str, Option<i64>, Option<i64>) -> bool) -> u64 {
    let (start, stop) = (a.get(2).and_then(bound), a.get(3).and_then(bound));
    let has = |part: &Item| test(a[0].text(), part.text(), start, stop);
    match a[1].bare().desc.kind {
        Kind::Str => has(&a[1].bare()).into(),
        Kind::Value => match a[1].bare().value() {
            rt::Value::Tuple(parts) => {
                let fits = |part: &rt::Value| test(a[0].text(), &part.to::<String>(), start, stop);
                parts.iter().any(fits).into()
            }
            part => test(a[0].text(), &part.to::<String>(), start, stop).into(),
        },
        _ => items(&a[1]).iter().any(has).into(),
    }
}

/// Methods without a row of their own: the dynamic runtime's, which knows all of them.
fn dynamic(site: &Site, a: &[Item]) -> u64 {
    let (_, method) = site.name.rsplit_once('.').unwrap_or(("", &site.name));
    let receiver = values::from_item(&a[0]);
    let args: Vec<rt::Value> = a[1..].iter().map(values::from_item).collect();
    values::to_word(&rt::py::call_method(&receiver, method, &args), site.ret)
}

fn translate(_: &Site, a: &[Item]) -> u64 {
    let mut table: rt::Dict<i64, Option<String>> = rt::Dict::new();
    for (key, value) in super::mapping::pairs(&a[1]) {
        let text = value.bare().present().map(|value| match value.bare().desc.kind {
            Kind::Int => rt::chr(value.bare().int()),
            _ => value.bare().text().to_owned(),
        });
        table.insert(key.int(), text);
    }
    text_word(a[0].text().translate(&table))
}

fn parse_int(site: &Site, a: &[Item]) -> u64 {
    let item = a[0].bare();
    match item.desc.kind {
        Kind::Str => {
            let base = a.get(1).and_then(Item::present).map_or(10, |base| base.int());
            match site.ret.kind {
                Kind::Big => crate::memory::keep(rt::Int::from_str_radix(item.text(), base).or_raise()),
                _ => rt::int_from_str(item.text(), base).or_raise() as u64,
            }
        }
        Kind::Float => match site.ret.kind {
            Kind::Big => crate::memory::keep(rt::Int::from_f64(item.float())),
            _ => rt::float_to_int(item.float()) as u64,
        },
        Kind::Value => match (rt::py::to_int(item.value()).or_raise(), &site.ret.kind) {
            (number, Kind::Big) => crate::memory::keep(number),
            (number, _) => number.expect_i64() as u64,
        },
        _ => adapt(&item, site.ret),
    }
}

fn parse_float(_: &Site, a: &[Item]) -> u64 {
    let item = a[0].bare();
    match item.desc.kind {
        Kind::Str => rt::float_from_str(item.text()).or_raise().to_bits(),
        Kind::Value => rt::py::to_float(item.value()).or_raise().to_bits(),
        _ => item.float().to_bits(),
    }
}

rows! {
    "rt.format" => super::show::format;
    "rt.print" => |s, a| {
        let mut out = String::new();
        super::show::pieces(&s.parts, a, &mut out);
        rt::stdout_write(&out);
        0
    };
    "rt.println" => |s, a| {
        let mut out = String::new();
        super::show::pieces(&s.parts, a, &mut out);
        out.push('\n');
        rt::stdout_write(&out);
        0
    };
    "rt.append" => append;
    "str.concat" => |_, a| text_word([a[0].text(), a[1].text()].concat());
    "str.repeat" => |_, a| text_word(a[0].text().py_repeat(a[1].int()));
    "str.len" => |_, a| a[0].text().char_len() as u64;
    "str.at" | "rt.index.str" => |_, a| character(a[0].text().char_at(a[1].int()));
    "str.slice" => |_, a| text_word(a[0].text().char_slice(bound(&a[1]), bound(&a[2]), bound(&a[3]).unwrap_or(1)));
    "str.contains" => |_, a| a[0].text().contains(a[1].text()).into();
    "str.truth" => |_, a| (!a[0].text().is_empty()).into();
    "rs.to_owned" => |_, a| crate::item::clone_word(a[0].desc, a[0].word);
    "io.print" => |_, a| { rt::stdout_write(a[0].text()); 0 };
    "io.println" => |_, a| { rt::stdout_write(a[0].text()); rt::stdout_write("\n"); 0 };
    "io.eprint" => |_, a| { rt::stderr_write(a[0].text()); 0 };
    "io.eprintln" => |_, a| { rt::stderr_write(a[0].text()); rt::stderr_write("\n"); 0 };
    "builtins.str" => |_, a| match a.first() {
        Some(item) => text_word(rt::str(item).to_string()),
        None => text_word(""),
    };
    "builtins.repr" => |_, a| text_word(rt::repr(&a[0]).to_string());
    "builtins.ascii" => |_, a| text_word(rt::ascii(&a[0]));
    "builtins.format" => |_, a| text_word(rt::format(&a[0], a.get(1).map_or("", |spec| spec.text())));
    "builtins.int" => parse_int;
    "builtins.float" => parse_float;
    "builtins.ord" => |_, a| rt::ord(a[0].text()) as u64;
    "builtins.chr" => |_, a| text_word(rt::chr(a[0].int()));
    "str.split" => split;
    "str.join" => join;
    "str.strip" => |_, a| strip(a, |t| t.py_strip(), |t, set| t.strip_chars(set));
    "str.lstrip" => |_, a| strip(a, |t| t.py_lstrip(), |t, set| t.lstrip_chars(set));
    "str.rstrip" => |_, a| strip(a, |t| t.py_rstrip(), |t, set| t.rstrip_chars(set));
    "str.startswith" => |_, a| affix(a, |t, part, start, stop| t.starts_within(part, start, stop));
    "str.endswith" => |_, a| affix(a, |t, part, start, stop| t.ends_within(part, start, stop));
    "str.upper" => |_, a| text_word(a[0].text().to_uppercase());
    "str.lower" => |_, a| text_word(a[0].text().to_lowercase());
    "str.replace" => |_, a| text_word(a[0].text().py_replace(a[1].text(), a[2].text(), a.get(3).map_or(-1, Item::int)));
    "str.translate" => translate;
    "str.maketrans" => |s, a| {
        let delete = a.get(2).map_or("", |item| item.text());
        let table = rt::maketrans(a[0].text(), a[1].text(), delete);
        let Kind::Dict(key, value) = s.ret.kind else { return 0 };
        let pairs = table.into_iter().map(|(k, v)| {
            let word = v.map_or(0, text_word);
            (Item::new(k as u64, key), Item::new(word, value))
        });
        crate::memory::keep(pairs.collect::<rt::Dict<Item, Item>>())
    };
    "str.partition" => |s, a| {
        let (x, y, z) = a[0].text().py_partition(a[1].text());
        texts(s, vec![x, y, z])
    };
    "str.rpartition" => |s, a| {
        let (x, y, z) = a[0].text().py_rpartition(a[1].text());
        texts(s, vec![x, y, z])
    };
    "str.__mod__" => |_, a| {
        let args: Vec<Item> = match a[1].desc.kind {
            Kind::Tuple(_) => a[1].fields(),
            Kind::List(_) if a[1].desc.is_tuple => a[1].list_items(),
            _ => vec![a[1].bare()],
        };
        let args: Vec<Item> = args.iter().map(Item::bare).collect();
        text_word(rt::percent(a[0].text(), &args.iter().map(|item| item as &dyn rt::Format).collect::<Vec<_>>()))
    };
    "str.format" => |_, a| {
        let args: Vec<Item> = a[1..].iter().map(Item::bare).collect();
        text_word(rt::str_format(a[0].text(), &args.iter().map(|item| item as &dyn rt::Format).collect::<Vec<_>>(), &[]))
    };
    "str.splitlines" => |s, a| texts(s, a[0].text().py_lines(a.get(1).is_some_and(Item::truth)));
    "str.find" | "str.rfind" | "str.index" | "str.rindex" | "str.count" | "str.isalpha" | "str.isalnum" | "str.isdigit"
        | "str.isdecimal" | "str.isnumeric" | "str.isspace" | "str.isupper" | "str.islower" | "str.istitle"
        | "str.isidentifier" | "str.isprintable" | "str.isascii" | "str.title" | "str.capitalize" | "str.swapcase"
        | "str.casefold" | "str.removeprefix" | "str.removesuffix" | "str.zfill" | "str.center" | "str.ljust" | "str.rjust"
        | "str.expandtabs" | "str.rsplit" | "str.encode" => dynamic;
    "rt.sequence" => |s, a| sequence(s.ret, a.to_vec());
}
