//! The table of objects. An address is 7 bits of generation, 25 bits of object number, 32 bits of offset.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem::ManuallyDrop;

use super::pointer::Ptr;

/// Object number of functions: pointers to them have no bytes.
pub(crate) const FUNCTIONS: u64 = 1;
/// Number of the first object of static storage.
const FIRST: usize = 2;
const NUMBER_BITS: u32 = 25;
const MOST_OBJECTS: usize = 1 << NUMBER_BITS;
const MOST_BYTES: usize = u32::MAX as usize - 1;
/// Freed objects wait here before their number is used again, so that late uses are noticed.
const QUARANTINE: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    Heap,
    Stack,
    Static,
}

struct Object {
    bytes: Vec<u8>,
    /// Bits above the offset that a pointer to the living object has.
    head: u32,
    state: State,
    /// One for each byte that was not written yet; empty where all are known.
    #[cfg(feature = "uninit")]
    unknown: Vec<u8>,
}

impl Object {
    fn new(bytes: Vec<u8>, head: u32, state: State) -> Self {
        Self {
            bytes,
            head,
            state,
            #[cfg(feature = "uninit")]
            unknown: Vec::new(),
        }
    }
}

pub(crate) struct Memory {
    objects: Vec<Object>,
    /// Numbers of freed objects of the heap, oldest first.
    freed: VecDeque<u32>,
    /// Numbers of stack objects that are gone, to be used again at once.
    left: Vec<u32>,
    /// Whether objects know which of their bytes were written.
    #[cfg(feature = "uninit")]
    tracks: bool,
}

thread_local! {
    // Never dropped: the process ends with it, and access needs no check whether it was.
    static MEMORY: RefCell<ManuallyDrop<Memory>> = const {
        RefCell::new(ManuallyDrop::new(Memory {
            objects: Vec::new(),
            freed: VecDeque::new(),
            left: Vec::new(),
            #[cfg(feature = "uninit")]
            tracks: false,
        }))
    };
}

/// Where the table of objects lies, for code that looks at it by itself: bytes from the start of a row on.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Address of the vector of rows, on this thread.
    pub rows: usize,
    /// Bytes of a row.
    pub row: usize,
    /// The upper half of a living object's address.
    pub head: usize,
    /// The vector of its bytes.
    pub bytes: usize,
    /// Mask of an object's number in the upper half of an address.
    pub number: u64,
}

/// Where the table of this thread lies.
pub fn layout() -> Layout {
    Layout {
        rows: reading(|memory| std::ptr::from_ref(&memory.objects) as usize),
        row: size_of::<Object>(),
        head: std::mem::offset_of!(Object, head),
        bytes: std::mem::offset_of!(Object, bytes),
        number: MOST_OBJECTS as u64 - 1,
    }
}

/// Runs with the table.
#[inline(always)]
pub(crate) fn with<R>(f: impl FnOnce(&mut Memory) -> R) -> R {
    MEMORY.with_borrow_mut(|memory| f(memory))
}

/// Runs with the table, only to read.
#[inline(always)]
pub(crate) fn reading<R>(f: impl FnOnce(&Memory) -> R) -> R {
    MEMORY.with_borrow(|memory| f(memory))
}

impl Memory {
    /// The bytes of a living object from an address on; `None` where there are fewer.
    #[inline(always)]
    pub(crate) fn bytes(&self, address: u64, count: usize) -> Option<&[u8]> {
        let head = (address >> 32) as u32;
        let offset = address as u32 as usize;
        let object = self.objects.get((head & (MOST_OBJECTS as u32 - 1)) as usize)?;
        if object.head != head {
            return None;
        }
        object.bytes.get(offset..offset.checked_add(count)?)
    }

    #[inline(always)]
    pub(crate) fn bytes_mut(&mut self, address: u64, count: usize) -> Option<&mut [u8]> {
        let head = (address >> 32) as u32;
        let offset = address as u32 as usize;
        let object = self.objects.get_mut((head & (MOST_OBJECTS as u32 - 1)) as usize)?;
        if object.head != head {
            return None;
        }
        let range = offset..offset.checked_add(count)?;
        #[cfg(feature = "uninit")]
        if let Some(unknown) = object.unknown.get_mut(range.clone()) {
            unknown.fill(0);
        }
        object.bytes.get_mut(range)
    }

    /// All bytes from an address to the end of its object.
    pub(crate) fn rest(&self, address: u64) -> Option<&[u8]> {
        let head = (address >> 32) as u32;
        let object = self.objects.get((head & (MOST_OBJECTS as u32 - 1)) as usize)?;
        if object.head != head { None } else { object.bytes.get(address as u32 as usize..) }
    }

    fn reserve_fixed(&mut self) {
        while self.objects.len() < FIRST {
            self.objects.push(Object::new(Vec::new(), u32::MAX, State::Free));
        }
    }

    fn push(&mut self, bytes: Vec<u8>, state: State) -> Option<u64> {
        self.reserve_fixed();
        let number = self.objects.len();
        if number >= MOST_OBJECTS {
            return None;
        }
        self.objects.push(Object::new(bytes, number as u32, state));
        Some((number as u64) << 32)
    }

    fn reuse(&mut self, number: u32, size: usize, state: State) -> u64 {
        let object = &mut self.objects[number as usize];
        object.bytes.clear();
        object.bytes.resize(size, 0);
        object.state = state;
        #[cfg(feature = "uninit")]
        object.unknown.clear();
        u64::from(object.head) << 32
    }

    /// A new object of the heap; `None` where there is no room.
    pub(crate) fn allocate(&mut self, size: usize) -> Option<u64> {
        if size > MOST_BYTES {
            return None;
        }
        if self.freed.len() > QUARANTINE
            && let Some(number) = self.freed.pop_front()
        {
            return Some(self.reuse(number, size, State::Heap));
        }
        self.push(vec![0; size], State::Heap)
    }

    /// Nothing is known of a new object, where objects know that.
    #[cfg(feature = "uninit")]
    fn forget(&mut self, address: u64) {
        if self.tracks {
            let number = ((address >> 32) as u32) & (MOST_OBJECTS as u32 - 1);
            let object = &mut self.objects[number as usize];
            object.unknown = vec![1; object.bytes.len()];
        }
    }

    /// A new object of the stack.
    pub(crate) fn enter(&mut self, size: usize) -> Option<u64> {
        if size > MOST_BYTES {
            return None;
        }
        match self.left.pop() {
            Some(number) => Some(self.reuse(number, size, State::Stack)),
            None => self.push(vec![0; size], State::Stack),
        }
    }

    /// A stack object is gone.
    pub(crate) fn leave(&mut self, address: u64) {
        let number = ((address >> 32) as u32) & (MOST_OBJECTS as u32 - 1);
        let object = &mut self.objects[number as usize];
        object.head = object.head.wrapping_add(MOST_OBJECTS as u32);
        object.state = State::Free;
        if object.bytes.capacity() > 1 << 16 {
            object.bytes = Vec::new();
        }
        self.left.push(number);
    }

    /// Frees an object of the heap.
    fn release(&mut self, address: u64) -> Result<(), &'static str> {
        let head = (address >> 32) as u32;
        let number = head & (MOST_OBJECTS as u32 - 1);
        let Some(object) = self.objects.get_mut(number as usize) else {
            return Err("free of an invalid pointer");
        };
        if object.head != head {
            return Err("free of memory that is not there: it was freed before, or never allocated");
        }
        if object.state != State::Heap {
            return Err("free of memory that malloc did not give");
        }
        if address as u32 != 0 {
            return Err("free of a pointer into the middle of an object");
        }
        object.head = object.head.wrapping_add(MOST_OBJECTS as u32);
        object.state = State::Free;
        object.bytes = Vec::new();
        self.freed.push_back(number);
        Ok(())
    }

    fn is_heap_start(&self, address: u64) -> bool {
        let head = (address >> 32) as u32;
        let object = self.objects.get((head & (MOST_OBJECTS as u32 - 1)) as usize);
        address as u32 == 0 && object.is_some_and(|object| object.head == head && object.state == State::Heap)
    }

    /// Why an access of some bytes is not possible.
    fn reason(&self, address: u64, count: usize) -> String {
        let head = (address >> 32) as u32;
        let number = head & (MOST_OBJECTS as u32 - 1);
        let offset = address as u32;
        match self.objects.get(number as usize) {
            _ if address >> 32 == 0 => "use of a null pointer".to_owned(),
            _ if u64::from(number) == FUNCTIONS => "a function is used as an object".to_owned(),
            None => "use of an invalid pointer".to_owned(),
            Some(object) if object.head == head => {
                let size = object.bytes.len();
                format!(
                    "out of bounds: {count} bytes at offset {} of an object of {size} bytes",
                    offset as i32
                )
            }
            Some(_) => "use of an object after its end: it was freed, or its block was left".to_owned(),
        }
    }
}

/// Stops the program for an access that is not possible.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn fault(address: u64, count: usize) -> ! {
    let reason = reading(|memory| memory.reason(address, count));
    panic!("{reason}")
}

/// Objects know from now on which of their bytes were written.
#[cfg(feature = "uninit")]
pub(crate) fn track() {
    with(|memory| memory.tracks = true);
}

/// A new object of the stack whose bytes are not known.
#[cfg(feature = "uninit")]
pub(crate) fn enter_unknown(size: usize) -> Option<u64> {
    with(|memory| {
        let address = memory.enter(size)?;
        memory.forget(address);
        Some(address)
    })
}

/// Whether all of some bytes were written.
#[cfg(feature = "uninit")]
pub(crate) fn is_known(address: u64, count: usize) -> bool {
    reading(|memory| {
        let number = ((address >> 32) as u32) & (MOST_OBJECTS as u32 - 1);
        let offset = address as u32 as usize;
        let unknown = memory.objects.get(number as usize).map(|object| &object.unknown);
        unknown
            .and_then(|unknown| unknown.get(offset..offset + count))
            .is_none_or(|part| part.iter().all(|bit| *bit == 0))
    })
}

/// Makes room for the objects of static storage, before anything else is made.
pub fn objects(count: u32) {
    with(|memory| {
        memory.reserve_fixed();
        for _ in 0..count {
            memory.push(Vec::new(), State::Static);
        }
    });
}

/// Address of an object of static storage.
pub(crate) const fn static_address(number: u32) -> u64 {
    (number as u64 + FIRST as u64) << 32
}

/// Gives an object of static storage its size.
pub(crate) fn size_static(address: u64, size: usize) {
    with(|memory| memory.objects[(address >> 32) as usize].bytes.resize(size, 0));
}

/// Makes an object of static storage larger.
pub(crate) fn extend_static(address: u64, more: usize) {
    with(|memory| {
        let bytes = &mut memory.objects[(address >> 32) as usize].bytes;
        bytes.resize(bytes.len() + more, 0);
    });
}

/// A new object that is never freed.
pub(crate) fn permanent(bytes: &[u8]) -> u64 {
    with(|memory| memory.push(bytes.to_vec(), State::Static)).unwrap_or(0)
}

/// `malloc`
pub fn malloc(size: u64) -> Ptr<()> {
    let made = usize::try_from(size).ok().and_then(|size| with(|memory| memory.allocate(size)));
    match made {
        Some(address) => {
            #[cfg(feature = "uninit")]
            with(|memory| memory.forget(address));
            Ptr::from_addr(address)
        }
        None => {
            super::errors::set_errno(super::errors::ENOMEM);
            Ptr::NULL
        }
    }
}

/// `calloc`
pub fn calloc(count: u64, size: u64) -> Ptr<()> {
    let made = count.checked_mul(size).map_or(Ptr::NULL, malloc);
    #[cfg(feature = "uninit")]
    if !made.is_null() {
        with(|memory| _ = memory.bytes_mut(made.addr(), (count * size) as usize));
    }
    made
}

/// `realloc`
#[track_caller]
pub fn realloc(at: Ptr<()>, size: u64) -> Ptr<()> {
    if at.is_null() {
        return malloc(size);
    }
    if size == 0 {
        free(at);
        return Ptr::NULL;
    }
    if !reading(|memory| memory.is_heap_start(at.addr())) {
        panic!("realloc of memory that malloc did not give, or that was freed");
    }
    let new = malloc(size);
    if new.is_null() {
        return new;
    }
    with(|memory| {
        let number = |address: u64| ((address >> 32) as u32 & (MOST_OBJECTS as u32 - 1)) as usize;
        let old = std::mem::take(&mut memory.objects[number(at.addr())].bytes);
        #[cfg(feature = "uninit")]
        let unknown = std::mem::take(&mut memory.objects[number(at.addr())].unknown);
        let object = &mut memory.objects[number(new.addr())];
        #[cfg(feature = "uninit")]
        if !object.unknown.is_empty() {
            object.unknown[..old.len().min(size as usize)].fill(0);
            unknown.iter().zip(&mut object.unknown).for_each(|(old, new)| *new = *old);
        }
        object.bytes = old;
        object.bytes.resize(size as usize, 0);
    });
    free(at);
    new
}

/// `reallocarray`
#[track_caller]
pub fn reallocarray(at: Ptr<()>, count: u64, size: u64) -> Ptr<()> {
    count.checked_mul(size).map_or(Ptr::NULL, |size| realloc(at, size))
}

/// `aligned_alloc`
pub fn aligned_alloc(_alignment: u64, size: u64) -> Ptr<()> {
    malloc(size)
}

/// `alloca`: the memory stays until the program ends.
#[track_caller]
pub fn alloca(size: u64) -> Ptr<()> {
    malloc(size)
}

/// `posix_memalign`
#[track_caller]
pub fn posix_memalign(to: Ptr<Ptr<()>>, _alignment: u64, size: u64) -> i32 {
    to.store(malloc(size));
    0
}

/// `free`
#[track_caller]
pub fn free(at: Ptr<()>) {
    if at.is_null() {
        return;
    }
    if let Err(why) = with(|memory| memory.release(at.addr())) {
        panic!("{why}");
    }
}
