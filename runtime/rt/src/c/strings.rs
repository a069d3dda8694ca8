//! `string.h`: memory and texts.

use super::memory::{Memory, fault, malloc, reading, with};
use super::pointer::Ptr;

/// The bytes of a text, without its terminator.
#[track_caller]
pub(crate) fn bytes_of(text: Ptr<i8>) -> Vec<u8> {
    reading(|memory| text_in(memory, text).map(<[u8]>::to_vec)).unwrap_or_else(|| unterminated(text))
}

/// The bytes of a text, at most some of them; a terminator ends them early.
#[track_caller]
pub(crate) fn bytes_up_to(text: Ptr<i8>, most: usize) -> Vec<u8> {
    let found = reading(|memory| {
        let rest = memory.rest(text.addr())?;
        let end = rest.iter().take(most).position(|byte| *byte == 0);
        match end {
            Some(end) => Some(rest[..end].to_vec()),
            None => rest.get(..most).map(<[u8]>::to_vec),
        }
    });
    match found {
        Some(bytes) => bytes,
        None if most == 0 => Vec::new(),
        None => unterminated(text),
    }
}

fn text_in(memory: &Memory, text: Ptr<i8>) -> Option<&[u8]> {
    let rest = memory.rest(text.addr())?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    Some(&rest[..end])
}

/// Looks at a text from its start on: the answer, which is `None` where the object ends before it is known.
#[track_caller]
fn scan<R>(text: Ptr<i8>, look: impl FnOnce(&[u8]) -> Option<R>) -> R {
    reading(|memory| look(memory.rest(text.addr())?)).unwrap_or_else(|| unterminated(text))
}

/// The number of bytes before the first that ends it or that the test holds for.
#[track_caller]
fn span(text: Ptr<i8>, ends: impl Fn(u8) -> bool) -> usize {
    scan(text, |bytes| bytes.iter().position(|byte| *byte == 0 || ends(*byte)))
}

/// What is read at the front of a text, and how many bytes it has: no more of the text is looked at than needed.
#[track_caller]
pub(crate) fn front<T>(text: Ptr<i8>, read: impl Fn(&[u8]) -> (T, usize)) -> (T, usize) {
    /// What a number may be looked at beyond its end: `infinity`, an exponent.
    const AHEAD: usize = 16;
    let mut room = 64;
    loop {
        let bytes = bytes_up_to(text, room);
        let (value, len) = read(&bytes);
        if bytes.len() < room || len > 0 && len + AHEAD < room {
            return (value, len);
        }
        room *= 4;
    }
}

#[cold]
#[track_caller]
fn unterminated(text: Ptr<i8>) -> ! {
    match reading(|memory| memory.rest(text.addr()).map(<[u8]>::len)) {
        Some(len) => fault(text.addr(), len + 1),
        None => fault(text.addr(), 1),
    }
}

#[track_caller]
pub(crate) fn put(to: Ptr<()>, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let done = with(|memory| memory.bytes_mut(to.addr(), bytes.len()).map(|own| own.copy_from_slice(bytes)));
    if done.is_none() {
        fault(to.addr(), bytes.len());
    }
}

#[track_caller]
fn put_text(to: Ptr<i8>, mut bytes: Vec<u8>) {
    bytes.push(0);
    put(to.cast(), &bytes);
}

#[track_caller]
pub(crate) fn taken(from: Ptr<()>, count: u64) -> Vec<u8> {
    if count == 0 {
        return Vec::new();
    }
    match reading(|memory| memory.bytes(from.addr(), count as usize).map(<[u8]>::to_vec)) {
        Some(bytes) => bytes,
        None => fault(from.addr(), count as usize),
    }
}

/// `strlen`
#[track_caller]
pub fn strlen(s: Ptr<i8>) -> u64 {
    match reading(|memory| text_in(memory, s).map(<[u8]>::len)) {
        Some(len) => len as u64,
        None => unterminated(s),
    }
}
/// `strnlen`
#[track_caller]
pub fn strnlen(s: Ptr<i8>, most: u64) -> u64 {
    bytes_up_to(s, most as usize).len() as u64
}
/// `strcpy`
#[track_caller]
pub fn strcpy(to: Ptr<i8>, from: Ptr<i8>) -> Ptr<i8> {
    put_text(to, bytes_of(from));
    to
}
/// `stpcpy`
#[track_caller]
pub fn stpcpy(to: Ptr<i8>, from: Ptr<i8>) -> Ptr<i8> {
    let bytes = bytes_of(from);
    let end = to.offset(bytes.len());
    put_text(to, bytes);
    end
}
/// `strncpy`
#[track_caller]
pub fn strncpy(to: Ptr<i8>, from: Ptr<i8>, count: u64) -> Ptr<i8> {
    let mut bytes = bytes_up_to(from, count as usize);
    bytes.resize(count as usize, 0);
    put(to.cast(), &bytes);
    to
}
/// `stpncpy`
#[track_caller]
pub fn stpncpy(to: Ptr<i8>, from: Ptr<i8>, count: u64) -> Ptr<i8> {
    let len = bytes_up_to(from, count as usize).len();
    strncpy(to, from, count);
    to.offset(len)
}
/// `strcat`
#[track_caller]
pub fn strcat(to: Ptr<i8>, from: Ptr<i8>) -> Ptr<i8> {
    put_text(to.offset(strlen(to)), bytes_of(from));
    to
}
/// `strncat`
#[track_caller]
pub fn strncat(to: Ptr<i8>, from: Ptr<i8>, count: u64) -> Ptr<i8> {
    put_text(to.offset(strlen(to)), bytes_up_to(from, count as usize));
    to
}

fn order(a: &[u8], b: &[u8]) -> i32 {
    let at = a.iter().zip(b).position(|(x, y)| x != y);
    let byte = |of: &[u8], at: usize| i32::from(of.get(at).copied().unwrap_or(0));
    let at = at.unwrap_or(a.len().min(b.len()));
    byte(a, at) - byte(b, at)
}

/// The difference of the first bytes that differ; what lies behind them is never read.
#[track_caller]
fn compared(a: Ptr<i8>, b: Ptr<i8>, same: impl Fn(u8) -> u8) -> i32 {
    let found = reading(|memory| {
        let (x, y) = (memory.rest(a.addr())?, memory.rest(b.addr())?);
        let mut pairs = x.iter().zip(y).map(|(x, y)| (same(*x), same(*y)));
        pairs.find(|(x, y)| x != y || *x == 0).map(|(x, y)| i32::from(x) - i32::from(y))
    });
    // One of them ends without a terminator.
    found.unwrap_or_else(|| order(&bytes_of(a), &bytes_of(b)))
}

/// `strcmp`: the difference of the first bytes that differ, as glibc's has only its sign in common.
#[track_caller]
pub fn strcmp(a: Ptr<i8>, b: Ptr<i8>) -> i32 {
    compared(a, b, |byte| byte)
}
/// `strncmp`
#[track_caller]
pub fn strncmp(a: Ptr<i8>, b: Ptr<i8>, count: u64) -> i32 {
    // What lies behind the first difference is never read.
    for index in 0..count {
        let (x, y) = (a.offset(index).load() as u8, b.offset(index).load() as u8);
        if x != y || x == 0 {
            return i32::from(x) - i32::from(y);
        }
    }
    0
}
/// `strcoll`
#[track_caller]
pub fn strcoll(a: Ptr<i8>, b: Ptr<i8>) -> i32 {
    strcmp(a, b)
}
/// `strxfrm`
#[track_caller]
pub fn strxfrm(to: Ptr<i8>, from: Ptr<i8>, count: u64) -> u64 {
    let len = strlen(from);
    if len < count {
        strcpy(to, from);
    }
    len
}
/// `strcasecmp`
#[track_caller]
pub fn strcasecmp(a: Ptr<i8>, b: Ptr<i8>) -> i32 {
    compared(a, b, |byte| byte.to_ascii_lowercase())
}
/// `strncasecmp`
#[track_caller]
pub fn strncasecmp(a: Ptr<i8>, b: Ptr<i8>, count: u64) -> i32 {
    let own = |s: Ptr<i8>| bytes_up_to(s, count as usize).to_ascii_lowercase();
    order(&own(a), &own(b))
}

#[track_caller]
fn found(s: Ptr<i8>, at: Option<usize>) -> Ptr<i8> {
    at.map_or(Ptr::NULL, |at| s.offset(at))
}

/// `strchr`
#[track_caller]
pub fn strchr(s: Ptr<i8>, c: i32) -> Ptr<i8> {
    let c = c as u8;
    let at = scan(s, |bytes| {
        let at = bytes.iter().position(|byte| *byte == 0 || *byte == c)?;
        Some((bytes[at] == c).then_some(at))
    });
    found(s, at)
}
/// `index`
#[track_caller]
pub fn index(s: Ptr<i8>, c: i32) -> Ptr<i8> {
    strchr(s, c)
}
/// `strchrnul`
#[track_caller]
pub fn strchrnul(s: Ptr<i8>, c: i32) -> Ptr<i8> {
    s.offset(span(s, |byte| byte == c as u8))
}
/// `strrchr`
#[track_caller]
pub fn strrchr(s: Ptr<i8>, c: i32) -> Ptr<i8> {
    let mut bytes = bytes_of(s);
    bytes.push(0);
    found(s, bytes.iter().rposition(|byte| *byte == c as u8))
}
/// `rindex`
#[track_caller]
pub fn rindex(s: Ptr<i8>, c: i32) -> Ptr<i8> {
    strrchr(s, c)
}

/// Where a part stands in a text that ends with its terminator; `None` inside: nowhere.
fn position(text: &[u8], part: &[u8], is_same: impl Fn(&[u8], &[u8]) -> bool) -> Option<Option<usize>> {
    let mut at = 0;
    loop {
        if text.get(at..at + part.len()).is_some_and(|front| is_same(front, part)) {
            return Some(Some(at));
        }
        if *text.get(at)? == 0 {
            return Some(None);
        }
        at += 1;
    }
}

/// `strstr`
#[track_caller]
pub fn strstr(s: Ptr<i8>, part: Ptr<i8>) -> Ptr<i8> {
    let part = bytes_of(part);
    found(s, scan(s, |text| position(text, &part, |front, part| front == part)))
}
/// `strcasestr`
#[track_caller]
pub fn strcasestr(s: Ptr<i8>, part: Ptr<i8>) -> Ptr<i8> {
    let part = bytes_of(part);
    found(s, scan(s, |text| position(text, &part, <[u8]>::eq_ignore_ascii_case)))
}
/// `strspn`
#[track_caller]
pub fn strspn(s: Ptr<i8>, accept: Ptr<i8>) -> u64 {
    let accept = bytes_of(accept);
    span(s, |byte| !accept.contains(&byte)) as u64
}
/// `strcspn`
#[track_caller]
pub fn strcspn(s: Ptr<i8>, reject: Ptr<i8>) -> u64 {
    let reject = bytes_of(reject);
    span(s, |byte| reject.contains(&byte)) as u64
}
/// `strpbrk`
#[track_caller]
pub fn strpbrk(s: Ptr<i8>, accept: Ptr<i8>) -> Ptr<i8> {
    let at = s.offset(strcspn(s, accept));
    if at.load() == 0 { Ptr::NULL } else { at }
}
/// `strdup`
#[track_caller]
pub fn strdup(s: Ptr<i8>) -> Ptr<i8> {
    let bytes = bytes_of(s);
    let to = malloc(bytes.len() as u64 + 1).cast();
    put_text(to, bytes);
    to
}
/// `strndup`
#[track_caller]
pub fn strndup(s: Ptr<i8>, count: u64) -> Ptr<i8> {
    let bytes = bytes_up_to(s, count as usize);
    let to = malloc(bytes.len() as u64 + 1).cast();
    put_text(to, bytes);
    to
}

/// `memcpy`
#[track_caller]
pub fn memcpy(to: Ptr<()>, from: Ptr<()>, count: u64) -> Ptr<()> {
    memmove(to, from, count)
}
/// `mempcpy`
#[track_caller]
pub fn mempcpy(to: Ptr<()>, from: Ptr<()>, count: u64) -> Ptr<()> {
    memmove(to, from, count).offset(count)
}
/// `memmove`
#[track_caller]
pub fn memmove(to: Ptr<()>, from: Ptr<()>, count: u64) -> Ptr<()> {
    let mut small = [0; 64];
    let size = count as usize;
    if size <= small.len() {
        let read = reading(|memory| {
            memory.bytes(from.addr(), size).map(|bytes| small[..size].copy_from_slice(bytes))
        });
        if read.is_none() && size > 0 {
            fault(from.addr(), size);
        }
        put(to, &small[..size]);
    } else {
        put(to, &taken(from, count));
    }
    to
}
/// `bcopy`
#[track_caller]
pub fn bcopy(from: Ptr<()>, to: Ptr<()>, count: u64) {
    memmove(to, from, count);
}
/// `memset`
#[track_caller]
pub fn memset(to: Ptr<()>, byte: i32, count: u64) -> Ptr<()> {
    let done = with(|memory| memory.bytes_mut(to.addr(), count as usize).map(|bytes| bytes.fill(byte as u8)));
    if done.is_none() && count > 0 {
        fault(to.addr(), count as usize);
    }
    to
}
/// `bzero`
#[track_caller]
pub fn bzero(to: Ptr<()>, count: u64) {
    memset(to, 0, count);
}
/// `memcmp`
#[track_caller]
pub fn memcmp(a: Ptr<()>, b: Ptr<()>, count: u64) -> i32 {
    let (a, b) = (taken(a, count), taken(b, count));
    let at = a.iter().zip(&b).position(|(x, y)| x != y);
    at.map_or(0, |at| i32::from(a[at]) - i32::from(b[at]))
}
/// `memccpy`: copies up to the byte; behind it in the target, or null where the byte is not among them.
#[track_caller]
pub fn memccpy(to: Ptr<()>, from: Ptr<()>, c: i32, count: u64) -> Ptr<()> {
    let end = memchr(from, c, count);
    let taken = if end.is_null() { count } else { end.diff(from) as u64 + 1 };
    memcpy(to, from, taken);
    if end.is_null() { Ptr::NULL } else { to.offset(taken) }
}

/// `memchr`: reads up to the byte, not to the end of the range.
#[track_caller]
pub fn memchr(s: Ptr<()>, c: i32, count: u64) -> Ptr<()> {
    let at = reading(|memory| {
        let rest = memory.rest(s.addr())?;
        let shown = &rest[..rest.len().min(count as usize)];
        match shown.iter().position(|byte| *byte == c as u8) {
            Some(at) => Some(Some(at)),
            None if rest.len() as u64 >= count => Some(None),
            None => None,
        }
    });
    match at {
        Some(Some(at)) => s.offset(at),
        Some(None) => Ptr::NULL,
        None if count == 0 => Ptr::NULL,
        None => fault(s.addr(), count as usize),
    }
}
/// `memrchr`
#[track_caller]
pub fn memrchr(s: Ptr<()>, c: i32, count: u64) -> Ptr<()> {
    let at = taken(s, count).iter().rposition(|byte| *byte == c as u8);
    at.map_or(Ptr::NULL, |at| s.offset(at))
}
/// `memmem`
#[track_caller]
pub fn memmem(s: Ptr<()>, count: u64, part: Ptr<()>, length: u64) -> Ptr<()> {
    let (bytes, part) = (taken(s, count), taken(part, length));
    let at =
        if part.is_empty() { Some(0) } else { bytes.windows(part.len()).position(|window| window == part) };
    at.map_or(Ptr::NULL, |at| s.offset(at))
}

/// `bcmp`
#[track_caller]
pub fn bcmp(a: Ptr<()>, b: Ptr<()>, count: u64) -> i32 {
    memcmp(a, b, count)
}
/// `rawmemchr`
#[track_caller]
pub fn rawmemchr(s: Ptr<()>, c: i32) -> Ptr<()> {
    let start: Ptr<i8> = s.cast();
    (0..).map(|at: i64| start.offset(at)).find(|at| at.load() == c as i8).map_or(Ptr::NULL, Ptr::cast)
}
