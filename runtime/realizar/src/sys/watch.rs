//! Files that become shorter while they are mapped.
//!
//! The kernel answers a touch of a page past the new end with SIGBUS. The first mapping installs a
//! handler that looks the address up in a table of live mappings, puts a page of zeros there (`mmap`
//! with `MAP_FIXED`), marks the mapping and returns, so the read goes on with zeros; whoever read asks
//! [`Watch::faulted`] before results are used. An address outside the table goes to the handler that
//! was there before.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// One row of the table. `end` is 0 in a free row.
struct Row {
    taken: AtomicBool,
    start: AtomicUsize,
    end: AtomicUsize,
    faulted: AtomicBool,
}

static TABLE: [Row; 256] = [const {
    Row {
        taken: AtomicBool::new(false),
        start: AtomicUsize::new(0),
        end: AtomicUsize::new(0),
        faulted: AtomicBool::new(false),
    }
}; 256];

/// A row of the table, given back when dropped: before the memory that it speaks of.
#[derive(Debug)]
pub struct Watch(usize);

impl Watch {
    /// Watches `len` bytes from the address `start`; `None` when the table is full or the system refuses
    /// the handler.
    pub fn new(start: usize, len: usize) -> Option<Self> {
        if !handler::install() {
            return None;
        }
        let free = |row: &Row| !row.taken.swap(true, Ordering::AcqRel);
        let index = TABLE.iter().position(free)?;
        let row = &TABLE[index];
        row.faulted.store(false, Ordering::Relaxed);
        row.start.store(start, Ordering::Relaxed);
        row.end.store(start.saturating_add(len), Ordering::Release);
        Some(Self(index))
    }

    /// True once a page was missing.
    pub fn faulted(&self) -> bool {
        TABLE[self.0].faulted.load(Ordering::Acquire)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        TABLE[self.0].end.store(0, Ordering::Release);
        TABLE[self.0].taken.store(false, Ordering::Release);
    }
}

#[cfg(not(unix))]
mod handler {
    /// Other systems refuse to shorten a mapped file.
    pub(super) fn install() -> bool {
        true
    }
}

#[cfg(unix)]
mod handler {
    use std::cell::UnsafeCell;
    use std::sync::OnceLock;

    use super::{AtomicUsize, Ordering, TABLE};

    struct Previous(UnsafeCell<Option<libc::sigaction>>);
    // SAFETY: written once under `INSTALLED` before the handler exists, only read afterwards.
    unsafe impl Sync for Previous {}

    static PREVIOUS: Previous = Previous(UnsafeCell::new(None));
    static PAGE: AtomicUsize = AtomicUsize::new(4096);
    static INSTALLED: OnceLock<bool> = OnceLock::new();

    pub(super) fn install() -> bool {
        *INSTALLED.get_or_init(|| {
            // SAFETY: `sysconf` and `sigaction` get valid arguments; `PREVIOUS` is written here alone,
            // before the handler that reads it is in place.
            unsafe {
                let page = libc::sysconf(libc::_SC_PAGESIZE);
                PAGE.store(usize::try_from(page).unwrap_or(4096), Ordering::Relaxed);
                let mut previous: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(libc::SIGBUS, std::ptr::null(), &mut previous) != 0 {
                    return false;
                }
                *PREVIOUS.0.get() = Some(previous);
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = on_sigbus as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                libc::sigemptyset(&mut action.sa_mask);
                libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut()) == 0
            }
        })
    }

    /// Only atomics, `mmap` and `sigaction` are used here: no lock, no allocation.
    extern "C" fn on_sigbus(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        // SAFETY: the kernel passes a valid `siginfo_t` to a handler with SA_SIGINFO.
        let address = unsafe { (*info).si_addr() } as usize;
        if !cover(address) {
            pass_on(signal, info, context);
        }
    }

    /// Puts a page of zeros under the address if it lies in a mapping of ours.
    fn cover(address: usize) -> bool {
        let page = PAGE.load(Ordering::Relaxed);
        for row in &TABLE {
            let end = row.end.load(Ordering::Acquire);
            if address >= end || address < row.start.load(Ordering::Relaxed) {
                continue;
            }
            row.faulted.store(true, Ordering::Release);
            let start = address & !(page - 1);
            let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED;
            // SAFETY: the page lies in a live read-only mapping of this crate (its row is in the table),
            // so nothing else is replaced; the thread that faulted borrows that mapping, so it cannot go
            // away meanwhile. `mmap` is a plain system call.
            let covered =
                unsafe { libc::mmap(start as *mut libc::c_void, page, libc::PROT_READ, flags, -1, 0) };
            return covered != libc::MAP_FAILED;
        }
        false
    }

    /// Gives the signal to the handler that was there before, or to the system's default.
    fn pass_on(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        // SAFETY: `PREVIOUS` was written before this handler was installed. A handler taken from it is
        // called the way its flags say; otherwise the default action is put back and the faulting
        // instruction runs again, which ends the process as it would have.
        unsafe {
            match *PREVIOUS.0.get() {
                Some(action)
                    if action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN =>
                {
                    if action.sa_flags & libc::SA_SIGINFO != 0 {
                        type Long = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);
                        let call: Long = std::mem::transmute(action.sa_sigaction);
                        call(signal, info, context);
                    } else {
                        let call: extern "C" fn(i32) = std::mem::transmute(action.sa_sigaction);
                        call(signal);
                    }
                }
                _ => {
                    let mut default: libc::sigaction = std::mem::zeroed();
                    default.sa_sigaction = libc::SIG_DFL;
                    libc::sigaction(signal, &default, std::ptr::null_mut());
                }
            }
        }
    }
}

// Elsewhere an emulator may run the tests, and a child would run without it.
#[cfg(all(test, target_os = "linux", target_arch = "x86_64"))]
mod tests {
    use std::fs::File;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use super::super::map::FileMap;

    const CHILD: &str = "REALIZAR_FOREIGN_FAULT";

    /// The child of the test below: touches a shortened mapping that is not of this crate.
    #[test]
    fn foreign_fault() {
        let Ok(path) = std::env::var(CHILD) else {
            return;
        };
        let ours = FileMap::new(File::open(&path).expect("exists")).expect("maps");
        assert!(ours.is_watched() && ours.is_whole());
        let file = File::options().read(true).write(true).open(&path).expect("exists");
        // SAFETY: the file is this test's own; that it shrinks is the point.
        let foreign = unsafe { memmap2::Mmap::map(&file).expect("maps") };
        file.set_len(0).expect("shrinks");
        assert_eq!(ours.bytes()[8192..8196], [0; 4]);
        assert!(!ours.is_whole());
        println!("ours went on");
        std::hint::black_box(foreign[8192]);
        println!("not reached");
    }

    #[test]
    fn a_fault_of_another_mapping_still_ends_the_process() {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        file.as_file().set_len(20_000).expect("grows");
        let output = Command::new(std::env::current_exe().expect("this test"))
            .args(["foreign_fault", "--nocapture"])
            .env(CHILD, file.path())
            .output()
            .expect("runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("ours went on") && !text.contains("not reached"), "{text}");
        assert_eq!(output.status.signal(), Some(libc::SIGBUS));
    }
}
