//! `random`, `sys`, `time`, `copy`, `json`.

use super::lists::item_of;
use super::{Site, rows};
use crate::desc::Kind;
use crate::item::{Elements, Item, clone_word, each_list, list_word, text_word};
use crate::memory::{keep, object};
use batuta_rt::{self as rt, prelude::*, random::Random};

fn seed(a: &[Item]) -> Random {
    match a.first().and_then(Item::present).map(|item| item.bare()) {
        None => Random::new(()),
        Some(item) => match item.desc.kind {
            Kind::Str => Random::new(item.text()),
            Kind::Float => Random::new(item.float()),
            Kind::Big => Random::new(item.big().clone()),
            _ => Random::new(item.int()),
        },
    }
}

fn random(item: &Item) -> &'static mut Random {
    object(&item.word)
}

fn shuffle(a: &[Item]) -> u64 {
    each_list!(a[1].elements(), list => random(&a[0]).shuffle(list));
    0
}

fn choice(site: &Site, a: &[Item]) -> u64 {
    let item = item_of(&a[1]);
    let all: Vec<u64> = super::iters::items(&a[1]).iter().map(|it| it.word).collect();
    let word = *random(&a[0]).choice(&all);
    super::adapt::adapt(&Item::new(clone_word(item, word), item), site.ret)
}

fn sample(site: &Site, a: &[Item]) -> u64 {
    let Kind::List(item) = site.ret.kind else { return 0 };
    let words: Vec<u64> = super::iters::items(&a[1]).iter().map(|it| it.word).collect();
    list_word(item, random(&a[0]).sample(&words, a[2].int()))
}

fn shallow_copy(item: &Item) -> u64 {
    match item.desc.kind {
        Kind::List(_) => match item.elements() {
            Elements::Item(list) => {
                keep(list.iter().map(|it| Item::new(it.word, it.desc)).collect::<Vec<_>>())
            }
            Elements::Int(list) => keep(list.clone()),
            Elements::Float(list) => keep(list.clone()),
            Elements::Bool(list) => keep(list.clone()),
        },
        _ => clone_word(item.desc, item.word),
    }
}

rows! {
    "random.Random" => |_, a| keep(seed(a));
    "Random.random" => |_, a| random(&a[0]).random().to_bits();
    "Random.randint" => |_, a| random(&a[0]).randint(a[1].int(), a[2].int()) as u64;
    "Random.uniform" => |_, a| random(&a[0]).uniform(a[1].float(), a[2].float()).to_bits();
    "Random.shuffle" => |_, a| shuffle(a);
    "Random.choice" => choice;
    "Random.sample" => sample;
    "random.seed" => |_, a| {
        match a.first().map(Item::bare) {
            Some(item) if matches!(item.desc.kind, Kind::Str) => rt::random::seed(item.text()),
            Some(item) => rt::random::seed(item.int()),
            None => rt::random::seed(()),
        }
        0
    };
    "random.random" => |_, _| rt::random::random().to_bits();
    "random.randint" => |_, a| rt::random::randint(a[0].int(), a[1].int()) as u64;
    "random.uniform" => |_, a| rt::random::uniform(a[0].float(), a[1].float()).to_bits();
    "random.shuffle" => |_, a| { each_list!(a[0].elements(), list => rt::random::shuffle(list)); 0 };
    "time.time" => |_, _| rt::time::time().to_bits();
    "time.perf_counter" => |_, _| rt::time::perf_counter().to_bits();
    "time.sleep" => |_, a| { rt::time::sleep(a[0].float()); 0 };
    "sys.setrecursionlimit" => |_, a| { rt::set_recursion_limit(a[0].int()); crate::run::renew_limit(); 0 };
    "sys.getrecursionlimit" => |_, _| rt::recursion_limit() as u64;
    "stdout.flush" => |_, _| { rt::flush(); 0 };
    "stdout.write" => |_, a| { let text = a[a.len() - 1].text(); rt::stdout_write(text); text.char_len() as u64 };
    "stderr.write" => |_, a| { let text = a[a.len() - 1].text(); rt::stderr_write(text); text.char_len() as u64 };
    "stdin.read" => |_, _| text_word(rt::read_stdin());
    "stdin.readline" => |_, _| text_word(rt::read_line());
    "sys.argv" => |s, _| match s.ret.kind {
        Kind::List(item) => list_word(item, rt::sys::argv().into_iter().map(text_word)),
        _ => 0,
    };
    "copy.copy" => |_, a| shallow_copy(&a[0]);
}
