//! Objects that are lent to functions of other libraries: their bytes are copied out, and back when the call ends.
//!
//! A pointer that a library gives is a handle: it has no bytes here, and means the same object when it is given
//! back.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::memory;
use super::pointer::Ptr;

const WORD: usize = size_of::<u128>();
const OFFSET: u64 = u32::MAX as u64;

#[derive(Default)]
struct Handles {
    /// Our address of a library's.
    own: FxHashMap<usize, u64>,
    /// The library's address of ours.
    foreign: FxHashMap<u64, usize>,
}

thread_local! {
    static HANDLES: RefCell<Handles> = RefCell::default();
}

/// The handle of a library's address.
fn handle(foreign: usize) -> Ptr<()> {
    HANDLES.with_borrow_mut(|handles| {
        let own = *handles.own.entry(foreign).or_insert_with(|| memory::permanent(&[]));
        handles.foreign.insert(own, foreign);
        Ptr::from_addr(own)
    })
}

struct Lent {
    /// Address of the object's first byte.
    start: u64,
    words: Vec<u128>,
    len: usize,
    /// Whether the library may change it.
    changes: bool,
    /// A pointer lies in it, which is a handle here.
    is_slot: bool,
}

/// What one call has been lent.
#[derive(Default)]
pub struct Lending {
    objects: Vec<Lent>,
}

impl Lending {
    /// Where the library finds what a pointer points to: the object of a handle, or a copy of ours.
    #[track_caller]
    pub fn lend(&mut self, at: Ptr<()>, changes: bool) -> *mut u8 {
        self.place(at, changes, false)
    }

    /// The same for an object that is no bytes: only those of the library can be lent.
    #[track_caller]
    pub fn lend_handle(&mut self, at: Ptr<()>) -> *mut u8 {
        let is_handle = HANDLES.with_borrow(|handles| handles.foreign.contains_key(&at.addr()));
        if !at.is_null() && !is_handle {
            panic!("an object that holds pointers is lent to another library");
        }
        self.place(at, false, false)
    }

    /// The same for a pointer to a pointer, which the library sets.
    #[track_caller]
    pub fn lend_slot(&mut self, at: Ptr<()>) -> *mut u8 {
        self.place(at, true, true)
    }

    #[track_caller]
    fn place(&mut self, at: Ptr<()>, changes: bool, is_slot: bool) -> *mut u8 {
        if at.is_null() {
            return std::ptr::null_mut();
        }
        let known = HANDLES.with_borrow(|handles| handles.foreign.get(&at.addr()).copied());
        if let Some(foreign) = known {
            return std::ptr::without_provenance_mut(foreign);
        }
        let (start, offset) = (at.addr() & !OFFSET, (at.addr() & OFFSET) as usize);
        let found = self.objects.iter().position(|lent| lent.start == start);
        let index = found.unwrap_or_else(|| {
            let bytes = memory::reading(|memory| memory.rest(start).map(<[u8]>::to_vec));
            let Some(bytes) = bytes else { memory::fault(at.addr(), 0) };
            let len = bytes.len();
            let words = if is_slot { words(&self.foreign_slot(&bytes)) } else { words(&bytes) };
            self.objects.push(Lent { start, words, len, changes: false, is_slot });
            self.objects.len() - 1
        });
        let lent = &mut self.objects[index];
        lent.changes |= changes;
        lent.words.as_mut_ptr().cast::<u8>().wrapping_add(offset)
    }

    /// The pointer at the start of an object as the library knows it.
    #[track_caller]
    fn foreign_slot(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        if let Some(first) = out.first_chunk_mut::<8>() {
            let own = u64::from_le_bytes(*first);
            // What nothing was stored in yet points nowhere.
            let is_known = HANDLES.with_borrow(|handles| handles.foreign.contains_key(&own))
                || memory::reading(|memory| {
                    memory.rest(own & !OFFSET).is_some_and(|bytes| !bytes.is_empty())
                });
            let at = if is_known { self.place(Ptr::from_addr(own), true, false).addr() } else { 0 };
            *first = (at as u64).to_le_bytes();
        }
        out
    }

    /// Takes back what the library has changed.
    pub fn give_back(&self) {
        for lent in self.objects.iter().filter(|lent| lent.changes) {
            let bytes: Vec<u8> =
                lent.words.iter().flat_map(|word| word.to_le_bytes()).take(lent.len).collect();
            let bytes = if lent.is_slot { own_slot(self, &bytes) } else { bytes };
            memory::with(|memory| {
                if let Some(own) = memory.bytes_mut(lent.start, lent.len) {
                    own.copy_from_slice(&bytes);
                }
            });
        }
    }

    /// A pointer that the library gave: into what it was lent, or a handle.
    pub fn pointer(&self, found: *mut u8) -> Ptr<()> {
        self.own_address(found.addr()).map_or_else(|| handle_or_null(found.addr()), Ptr::from_addr)
    }

    /// A text that the library gave: a copy, unless it lies in what was lent.
    pub fn text(&self, found: *mut u8, bytes: &[u8]) -> Ptr<()> {
        match self.own_address(found.addr()) {
            Some(own) => Ptr::from_addr(own),
            None => Ptr::from_addr(memory::permanent(bytes)),
        }
    }

    fn own_address(&self, found: usize) -> Option<u64> {
        self.objects.iter().find_map(|lent| {
            let offset = found.checked_sub(lent.words.as_ptr().addr())?;
            (offset <= lent.len && !lent.words.is_empty()).then_some(lent.start + offset as u64)
        })
    }
}

fn words(bytes: &[u8]) -> Vec<u128> {
    let word = |part: &[u8]| {
        let mut word = [0; WORD];
        word[..part.len()].copy_from_slice(part);
        u128::from_le_bytes(word)
    };
    // A byte behind the last, so that the end has an address.
    let mut out: Vec<u128> = bytes.chunks(WORD).map(word).collect();
    out.push(0);
    out
}

fn handle_or_null(found: usize) -> Ptr<()> {
    if found == 0 { Ptr::NULL } else { handle(found) }
}

/// The pointer at the start of an object as we know it.
fn own_slot(lending: &Lending, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    if let Some(first) = out.first_chunk_mut::<8>() {
        let found = u64::from_le_bytes(*first) as usize;
        let own = lending.own_address(found).unwrap_or_else(|| handle_or_null(found).addr());
        *first = own.to_le_bytes();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lent_comes_back_changed_and_pointers_into_it_are_ours() {
        let own: Ptr<i8> = memory::malloc(20).cast();
        own.offset(3_i64).store(7);
        let mut lending = Lending::default();
        let whole = lending.lend(own.cast(), true);
        let part = lending.lend(own.offset(3_i64).cast(), false);
        assert_eq!(part.addr(), whole.addr() + 3);
        lending.objects[0].words[0] = 0x0900_0005;
        lending.give_back();
        assert_eq!((own.load(), own.offset(3_i64).load()), (5, 9));
        assert_eq!(lending.pointer(part).addr(), own.offset(3_i64).addr());
        assert_eq!(lending.pointer(std::ptr::null_mut()), Ptr::NULL);
    }

    #[test]
    fn a_handle_is_the_same_object_when_it_goes_back() {
        let lending = Lending::default();
        let foreign = std::ptr::without_provenance_mut(0x1234_5678);
        let own = lending.pointer(foreign);
        assert_eq!(own, lending.pointer(foreign));
        assert_eq!(Lending::default().lend(own, true), foreign);
        let slot: Ptr<Ptr<()>> = memory::malloc(8).cast();
        slot.store(own);
        let mut lending = Lending::default();
        lending.lend_slot(slot.cast());
        assert_eq!(lending.objects[0].words[0] as u64, 0x1234_5678);
        lending.give_back();
        assert_eq!(slot.load(), own);
    }
}
