//! `getopt` and `getopt_long` as glibc has them: options may stand behind other arguments, which move to the end.

use std::cell::Cell;

use super::memory;
use super::pointer::Ptr;
use super::stdio::write_standard;
use super::strings::bytes_of;
use crate::c_record;

/// What stays between two calls.
#[derive(Clone, Copy)]
struct State {
    optarg: Ptr<Ptr<i8>>,
    optind: Ptr<i32>,
    opterr: Ptr<i32>,
    optopt: Ptr<i32>,
    /// The rest of a word of short options.
    rest: Ptr<i8>,
    /// The arguments from `first` to before `last` are no options and were passed over.
    first: i32,
    last: i32,
    has_begun: bool,
}

thread_local! {
    static STATE: Cell<Option<State>> = const { Cell::new(None) };
}

fn state() -> State {
    STATE.get().unwrap_or_else(|| {
        let word = |bytes: &[u8]| memory::permanent(bytes);
        let made = State {
            optarg: Ptr::from_addr(word(&[0; 8])),
            optind: Ptr::from_addr(word(&[1, 0, 0, 0])),
            opterr: Ptr::from_addr(word(&[1, 0, 0, 0])),
            optopt: Ptr::from_addr(word(&[b'?', 0, 0, 0])),
            rest: Ptr::NULL,
            first: 1,
            last: 1,
            has_begun: false,
        };
        STATE.set(Some(made));
        made
    })
}

/// Where `optarg` lives.
pub fn optarg_location() -> Ptr<Ptr<i8>> {
    state().optarg
}
/// Where `optind` lives.
pub fn optind_location() -> Ptr<i32> {
    state().optind
}
/// Where `opterr` lives.
pub fn opterr_location() -> Ptr<i32> {
    state().opterr
}
/// Where `optopt` lives.
pub fn optopt_location() -> Ptr<i32> {
    state().optopt
}

/// `struct option`
#[derive(Clone, Copy)]
pub struct LongOption {
    pub name: Ptr<i8>,
    pub has_arg: i32,
    pub flag: Ptr<i32>,
    pub val: i32,
}

c_record!(LongOption, 32, {
    NAME: name: Ptr<i8> = 0,
    HAS_ARG: has_arg: i32 = 8,
    FLAG: flag: Ptr<i32> = 16,
    VAL: val: i32 = 24,
});

/// A row of the table of long options.
struct Long {
    name: Vec<u8>,
    argument: i32,
    flag: Ptr<i32>,
    value: i32,
}

/// The rows up to the one without a name.
#[track_caller]
fn rows(table: Ptr<LongOption>) -> Vec<Long> {
    let mut out = Vec::new();
    for index in 0_i64.. {
        let row = table.offset(index).load();
        if row.name.is_null() {
            break;
        }
        out.push(Long { name: bytes_of(row.name), argument: row.has_arg, flag: row.flag, value: row.val });
    }
    out
}

struct Call<'a> {
    state: State,
    argc: i32,
    argv: Ptr<Ptr<i8>>,
    options: &'a [u8],
    prints: bool,
}

/// `getopt`
#[track_caller]
pub fn getopt(argc: i32, argv: Ptr<Ptr<i8>>, options: Ptr<i8>) -> i32 {
    answer(argc, argv, options, None, Ptr::NULL)
}

/// `getopt_long`
#[track_caller]
pub fn getopt_long(
    argc: i32,
    argv: Ptr<Ptr<i8>>,
    options: Ptr<i8>,
    table: Ptr<LongOption>,
    index: Ptr<i32>,
) -> i32 {
    answer(argc, argv, options, Some(&rows(table)), index)
}

#[track_caller]
fn answer(argc: i32, argv: Ptr<Ptr<i8>>, options: Ptr<i8>, table: Option<&[Long]>, index: Ptr<i32>) -> i32 {
    if argc < 1 {
        return -1;
    }
    let options = bytes_of(options);
    let order = options.first().copied().filter(|first| matches!(first, b'-' | b'+'));
    let options = &options[usize::from(order.is_some())..];
    let mut call = Call { state: state(), argc, argv, options, prints: options.first() != Some(&b':') };
    call.prints &= call.state.opterr.load() != 0;
    call.state.optarg.store(Ptr::NULL);
    let found = call.next(order, table, index);
    STATE.set(Some(call.state));
    found
}

impl Call<'_> {
    #[track_caller]
    fn argument(&self, index: i32) -> Vec<u8> {
        bytes_of(self.argv.offset(index).load())
    }

    fn at(&self) -> i32 {
        self.state.optind.load()
    }

    fn say(&self, words: &[u8]) {
        if self.prints {
            let line = [&self.argument(0), b": ".as_slice(), words, b"\n"].concat();
            write_standard(&line, true);
        }
    }

    /// What an option without its argument gives.
    fn without_argument(&self) -> i32 {
        i32::from(if self.options.first() == Some(&b':') { b':' } else { b'?' })
    }

    #[track_caller]
    fn next(&mut self, order: Option<u8>, table: Option<&[Long]>, index: Ptr<i32>) -> i32 {
        if self.at() == 0 || !self.state.has_begun {
            self.state.optind.store(self.at().max(1));
            (self.state.first, self.state.last) = (self.at(), self.at());
            self.state.rest = Ptr::NULL;
            self.state.has_begun = true;
        }
        let is_open = !self.state.rest.is_null() && self.state.rest.load() != 0;
        if !is_open {
            if let Some(other) = self.pass_over(order) {
                return other;
            }
            let word = self.argv.offset(self.at()).load();
            if let (Some(table), true) = (table, bytes_of(word).starts_with(b"--")) {
                return self.long(word.offset(2), table, index);
            }
            self.state.rest = word.offset(1);
        }
        self.short()
    }

    /// Goes to the next option; what the call gives where there is none.
    #[track_caller]
    fn pass_over(&mut self, order: Option<u8>) -> Option<i32> {
        let is_other = |this: &Self, index: i32| {
            let word = this.argument(index);
            word.first() != Some(&b'-') || word.len() == 1
        };
        self.state.last = self.state.last.min(self.at());
        self.state.first = self.state.first.min(self.at());
        if order.is_none() {
            self.move_behind();
            while self.at() < self.argc && is_other(self, self.at()) {
                self.state.optind.store(self.at() + 1);
            }
            self.state.last = self.at();
        }
        if self.at() < self.argc && self.argument(self.at()) == b"--" {
            self.state.optind.store(self.at() + 1);
            self.move_behind();
            self.state.last = self.argc;
            self.state.optind.store(self.argc);
        }
        if self.at() >= self.argc {
            if self.state.first != self.state.last {
                self.state.optind.store(self.state.first);
            }
            return Some(-1);
        }
        if !is_other(self, self.at()) {
            return None;
        }
        if order == Some(b'+') {
            return Some(-1);
        }
        self.state.optarg.store(self.argv.offset(self.at()).load());
        self.state.optind.store(self.at() + 1);
        Some(1)
    }

    /// Moves what was passed over behind the options that were read since.
    #[track_caller]
    fn move_behind(&mut self) {
        let (first, last, at) = (self.state.first, self.state.last, self.at());
        if first == last {
            self.state.first = at;
        } else if last != at {
            let words = |from: i32, to: i32| (from..to).map(|index| self.argv.offset(index).load());
            let moved: Vec<Ptr<i8>> = words(last, at).chain(words(first, last)).collect();
            (first..).zip(moved).for_each(|(index, word)| self.argv.offset(index).store(word));
            self.state.first = first + (at - last);
        }
        self.state.last = at;
    }

    #[track_caller]
    fn short(&mut self) -> i32 {
        let letter = self.state.rest.load() as u8;
        self.state.rest = self.state.rest.offset(1);
        let is_last = self.state.rest.load() == 0;
        if is_last {
            self.state.optind.store(self.at() + 1);
        }
        let known = self.options.iter().position(|own| *own == letter && !matches!(letter, b':' | b';'));
        let Some(known) = known else {
            self.say(&[b"invalid option -- '".as_slice(), &[letter], b"'"].concat());
            self.state.optopt.store(i32::from(letter));
            return i32::from(b'?');
        };
        let colons = self.options[known + 1..].iter().take_while(|own| **own == b':').take(2).count();
        if colons == 0 {
            return i32::from(letter);
        }
        let rest = std::mem::replace(&mut self.state.rest, Ptr::NULL);
        if !is_last {
            self.state.optarg.store(rest);
            self.state.optind.store(self.at() + 1);
        } else if colons == 1 {
            if self.at() >= self.argc {
                self.say(&[b"option requires an argument -- '".as_slice(), &[letter], b"'"].concat());
                self.state.optopt.store(i32::from(letter));
                return self.without_argument();
            }
            self.state.optarg.store(self.argv.offset(self.at()).load());
            self.state.optind.store(self.at() + 1);
        }
        i32::from(letter)
    }

    #[track_caller]
    fn long(&mut self, word: Ptr<i8>, table: &[Long], index: Ptr<i32>) -> i32 {
        let text = bytes_of(word);
        let (name, value) = match text.iter().position(|byte| *byte == b'=') {
            Some(at) => (text[..at].to_vec(), Some(word.offset(at as i64 + 1))),
            None => (text.clone(), None),
        };
        self.state.rest = Ptr::NULL;
        self.state.optind.store(self.at() + 1);
        let unknown = |this: &Self, words: &[u8]| {
            this.say(words);
            this.state.optopt.store(0);
            i32::from(b'?')
        };
        let begin: Vec<usize> = (0..table.len()).filter(|at| table[*at].name.starts_with(&name)).collect();
        let same = |a: &Long, b: &Long| (a.argument, a.flag, a.value) == (b.argument, b.flag, b.value);
        let exact = begin.iter().copied().find(|at| table[*at].name == name);
        let found = match (exact, begin.as_slice()) {
            (Some(at), _) => at,
            (None, []) => {
                return unknown(self, &[b"unrecognized option '--".as_slice(), &text, b"'"].concat());
            }
            (None, [at, others @ ..]) if others.iter().all(|other| same(&table[*at], &table[*other])) => *at,
            (None, several) => {
                let names: Vec<u8> = several
                    .iter()
                    .flat_map(|at| [b" '--".as_slice(), &table[*at].name, b"'"].concat())
                    .collect();
                let start = [b"option '--".as_slice(), &text, b"' is ambiguous; possibilities:", &names];
                return unknown(self, &start.concat());
            }
        };
        let row = &table[found];
        match (value, row.argument) {
            (Some(_), 0) => {
                self.say(&[b"option '--".as_slice(), &row.name, b"' doesn't allow an argument"].concat());
                self.state.optopt.store(row.value);
                return i32::from(b'?');
            }
            (Some(value), _) => self.state.optarg.store(value),
            (None, 1) if self.at() >= self.argc => {
                self.say(&[b"option '--".as_slice(), &row.name, b"' requires an argument"].concat());
                self.state.optopt.store(row.value);
                return self.without_argument();
            }
            (None, 1) => {
                self.state.optarg.store(self.argv.offset(self.at()).load());
                self.state.optind.store(self.at() + 1);
            }
            _ => {}
        }
        if !index.is_null() {
            index.store(found as i32);
        }
        if row.flag.is_null() {
            return row.value;
        }
        row.flag.store(row.value);
        0
    }
}
