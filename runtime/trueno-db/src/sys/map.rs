//! Mappings: private copies of files, and zeroed memory.
//!
//! A file that becomes shorter while it is mapped: the kernel answers a touch of a page past
//! the new end with SIGBUS. The first file mapping installs a handler that looks the address
//! up in a table of live mappings, puts a page of zeros there (`mmap` with `MAP_FIXED`), marks
//! the mapping as faulted and returns, so the read goes on with zeros. After every search the
//! database asks `Map::is_whole`, which also compares the file's length with the one mapped
//! (the end of the last page reads as zeros without a signal), and gives an error in place of
//! the results. An address outside the table goes to the handler that was there before.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use memmap2::{MmapMut, MmapOptions};

/// Memory that lives as long as this value. Its bytes are reached through `base`.
#[derive(Debug)]
pub(crate) struct Map {
    base: *mut u8,
    len: usize,
    file: Option<Watched>,
    memory: MmapMut,
}

#[derive(Debug)]
struct Watched {
    file: File,
    entry: usize,
    /// Whether the system was told that all of it will be read.
    announced: AtomicBool,
}

// SAFETY: the memory belongs to this value until it is dropped, and it is only changed through
// atomics or by the one writer under the rules of `sys::slots`.
unsafe impl Send for Map {}
// SAFETY: as above.
unsafe impl Sync for Map {}

impl Map {
    /// Maps a whole file copy-on-write: changes stay in this process.
    pub(crate) fn file(file: File) -> io::Result<Map> {
        let length = usize::try_from(file.metadata()?.len())
            .map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        // SAFETY: the files of a database are replaced, never changed, by this library, and a
        // shorter file is handled as told above. Another program that writes into the file
        // can change what is read, as with any mapping; every value read is checked before
        // it is used as an index.
        let mut memory = unsafe { MmapOptions::new().len(length).no_reserve_swap().map_copy(&file)? };
        // A walk jumps about: reading around each page would fill memory with what nobody asked
        // for. Refused advice only costs time.
        #[cfg(unix)]
        let _ = memory.advise(memmap2::Advice::Random);
        let base = memory.as_mut_ptr();
        let entry = watch::register(base as usize, length)?;
        Ok(Map {
            base,
            len: length,
            file: Some(Watched { file, entry, announced: AtomicBool::new(false) }),
            memory,
        })
    }

    /// Zeroed memory, at least one byte.
    pub(crate) fn zeroed(len: usize) -> io::Result<Map> {
        let mut memory = MmapOptions::new().len(len.max(1)).no_reserve_swap().map_anon()?;
        #[cfg(target_os = "linux")]
        if len >= 1 << 22 {
            // Fewer address translations; refused on some systems, which only costs time.
            let _ = memory.advise(memmap2::Advice::HugePage);
        }
        Ok(Map { base: memory.as_mut_ptr(), len, file: None, memory })
    }

    /// Number of bytes.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Address of the first byte; valid for `len` bytes while the value lives.
    pub(super) fn base(&self) -> *mut u8 {
        self.base
    }

    /// A copy of some bytes, or `None` past the end. For headers and tables that nobody writes.
    pub(crate) fn copy(&self, at: usize, len: usize) -> Option<Vec<u8>> {
        if at.checked_add(len)? > self.len {
            return None;
        }
        let mut bytes = vec![0; len];
        // SAFETY: the range was checked on the lines above, and a fresh `Vec` cannot overlap.
        unsafe { std::ptr::copy_nonoverlapping(self.base.add(at), bytes.as_mut_ptr(), len) };
        Some(bytes)
    }

    /// Tells the system, once, that the whole file is about to be read in order.
    pub(crate) fn announce(&self) {
        #[cfg(unix)]
        if let Some(watched) = &self.file
            && !watched.announced.swap(true, Ordering::Relaxed)
        {
            let _ = self.memory.advise(memmap2::Advice::WillNeed);
        }
    }

    /// False once the file behind the mapping became shorter.
    pub(crate) fn is_whole(&self) -> bool {
        let Some(watched) = &self.file else {
            return true;
        };
        if watch::faulted(watched.entry) {
            return false;
        }
        watched.file.metadata().is_ok_and(|data| data.len() >= self.len as u64)
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if let Some(watched) = &self.file {
            watch::release(watched.entry);
        }
    }
}

/// One row of the table of live mappings. `end` is 0 in a free row.
struct Row {
    taken: AtomicBool,
    start: AtomicUsize,
    end: AtomicUsize,
    faulted: AtomicBool,
}

const ROWS: usize = 1024;
static TABLE: [Row; ROWS] = [const {
    Row {
        taken: AtomicBool::new(false),
        start: AtomicUsize::new(0),
        end: AtomicUsize::new(0),
        faulted: AtomicBool::new(false),
    }
}; ROWS];

mod watch {
    use super::*;

    pub(super) fn register(start: usize, len: usize) -> io::Result<usize> {
        handler::install()?;
        for (entry, row) in TABLE.iter().enumerate() {
            if !row.taken.swap(true, Ordering::AcqRel) {
                row.faulted.store(false, Ordering::Relaxed);
                row.start.store(start, Ordering::Relaxed);
                row.end.store(start + len, Ordering::Release);
                return Ok(entry);
            }
        }
        Err(io::Error::other("more than 1024 database files are mapped"))
    }

    pub(super) fn release(entry: usize) {
        TABLE[entry].end.store(0, Ordering::Release);
        TABLE[entry].taken.store(false, Ordering::Release);
    }

    pub(super) fn faulted(entry: usize) -> bool {
        TABLE[entry].faulted.load(Ordering::Acquire)
    }
}

#[cfg(not(unix))]
mod handler {
    /// Other systems refuse to shorten a mapped file.
    pub(super) fn install() -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
mod handler {
    use std::cell::UnsafeCell;
    use std::sync::OnceLock;

    use super::*;

    struct Previous(UnsafeCell<Option<libc::sigaction>>);
    // SAFETY: written once under `INSTALLED` before the handler exists, only read afterwards.
    unsafe impl Sync for Previous {}

    static PREVIOUS: Previous = Previous(UnsafeCell::new(None));
    static PAGE: AtomicUsize = AtomicUsize::new(4096);
    static INSTALLED: OnceLock<Option<i32>> = OnceLock::new();

    pub(super) fn install() -> io::Result<()> {
        let failure = INSTALLED.get_or_init(|| {
            // SAFETY: `sysconf` and `sigaction` get valid arguments; `PREVIOUS` is written
            // here alone, before the handler that reads it is in place.
            unsafe {
                let page = libc::sysconf(libc::_SC_PAGESIZE);
                PAGE.store(usize::try_from(page).unwrap_or(4096), Ordering::Relaxed);
                let mut previous: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(libc::SIGBUS, std::ptr::null(), &mut previous) != 0 {
                    return io::Error::last_os_error().raw_os_error();
                }
                *PREVIOUS.0.get() = Some(previous);
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = on_sigbus as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                libc::sigemptyset(&mut action.sa_mask);
                if libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut()) != 0 {
                    return io::Error::last_os_error().raw_os_error();
                }
            }
            None
        });
        failure.map_or(Ok(()), |code| Err(io::Error::from_raw_os_error(code)))
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
            // SAFETY: the page lies in a live mapping of this library (its row is in the
            // table), so nothing else is replaced; the thread that faulted borrows that
            // mapping, so it cannot go away meanwhile. `mmap` is a plain system call.
            let covered = unsafe {
                libc::mmap(
                    start as *mut libc::c_void,
                    page,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED,
                    -1,
                    0,
                )
            };
            return covered != libc::MAP_FAILED;
        }
        false
    }

    /// Gives the signal to the handler that was there before, or to the system's default.
    fn pass_on(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        // SAFETY: `PREVIOUS` was written before this handler was installed. A handler taken
        // from it is called the way its flags say; otherwise the default action is put back
        // and the faulting instruction runs again, which ends the process as it would have.
        unsafe {
            let previous = *PREVIOUS.0.get();
            match previous {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use super::*;

    const CHILD: &str = "TRUENO_DB_FOREIGN_FAULT";

    /// The child of the test below: touches a shortened mapping that is not of this library.
    #[test]
    fn foreign_fault() {
        let Ok(path) = std::env::var(CHILD) else {
            return;
        };
        let ours = Map::file(File::open(&path).unwrap()).unwrap();
        let file = File::options().read(true).write(true).open(&path).unwrap();
        // SAFETY: the file is this test's own; that it shrinks is the point.
        let foreign = unsafe { memmap2::Mmap::map(&file).unwrap() };
        file.set_len(0).unwrap();
        assert_eq!(ours.copy(8192, 4), Some(vec![0; 4]));
        assert!(!ours.is_whole());
        println!("ours went on");
        std::hint::black_box(foreign[8192]);
        println!("not reached");
    }

    #[test]
    fn a_fault_of_another_mapping_still_ends_the_process() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(20_000).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["foreign_fault", "--nocapture"])
            .env(CHILD, file.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("ours went on") && !text.contains("not reached"), "{text}");
        assert_eq!(output.status.signal(), Some(libc::SIGBUS));
    }
}
