//! Streams: standard input and output, files, buffers in memory.

use std::cell::RefCell;
use std::fs;
use std::io::{self, IsTerminal, SeekFrom};

use super::device::Device;
use super::memory;
use super::pointer::Ptr;
use super::strings::{bytes_of, put, taken};
use super::value::Value;

/// What a full block of output is; an aborted program has written only those.
const BLOCK: usize = 4096;
const FULL: usize = 1 << 16;

/// `FILE`: checked memory holds its number.
#[derive(Clone, Copy, Debug)]
pub struct File(u64);

impl Value for File {
    const SIZE: usize = 8;
    fn read(bytes: &[u8]) -> Self {
        Self(u64::read(bytes))
    }
    fn write(self, bytes: &mut [u8]) {
        self.0.write(bytes);
    }
}

pub(crate) struct Stream {
    pub(crate) device: Device,
    /// What was read and not taken yet.
    input: Vec<u8>,
    at: usize,
    /// What was written and not passed on yet.
    output: Vec<u8>,
    by_line: bool,
    eof: bool,
    error: bool,
    can_read: bool,
    can_write: bool,
    /// Whether its characters are wide; the first that uses it decides.
    wide: Option<bool>,
}

thread_local! {
    static STREAMS: RefCell<Vec<Option<Stream>>> = const { RefCell::new(Vec::new()) };
    static HANDLES: RefCell<Vec<Ptr<File>>> = const { RefCell::new(Vec::new()) };
}

impl Stream {
    pub(crate) fn of(file: fs::File, can_read: bool, can_write: bool) -> Self {
        Self::new(Device::File(file), can_read, can_write)
    }

    pub(crate) fn new(device: Device, can_read: bool, can_write: bool) -> Self {
        let by_line = matches!(device, Device::Stdout) && io::stdout().is_terminal();
        Self {
            device,
            input: Vec::new(),
            at: 0,
            output: Vec::new(),
            by_line,
            eof: false,
            error: false,
            can_read,
            can_write,
            wide: None,
        }
    }

    /// Whether a stream can be used by characters of this width.
    pub(crate) fn orient(&mut self, wide: bool) -> bool {
        *self.wide.get_or_insert(wide) == wide
    }
    pub(crate) fn orientation(&self) -> Option<bool> {
        self.wide
    }

    /// Fills the input; whether there is any.
    fn fill(&mut self) -> bool {
        if self.at < self.input.len() {
            return true;
        }
        if !self.can_read {
            self.error = true;
            return false;
        }
        self.flush();
        self.input.resize(FULL, 0);
        self.at = 0;
        let count = self.device.read(&mut self.input).unwrap_or_else(|_| {
            self.error = true;
            0
        });
        self.input.truncate(count);
        self.eof |= count == 0;
        count > 0
    }

    pub(crate) fn get(&mut self) -> Option<u8> {
        if !self.fill() {
            return None;
        }
        let byte = self.input[self.at];
        self.at += 1;
        Some(byte)
    }

    pub(crate) fn unget(&mut self, byte: u8) {
        self.eof = false;
        if self.at > 0 {
            self.at -= 1;
            self.input[self.at] = byte;
        } else {
            self.input.insert(0, byte);
        }
    }

    /// Whether the bytes were taken.
    fn put(&mut self, bytes: &[u8]) -> bool {
        self.orient(false) && self.put_any(bytes)
    }

    /// The same for a stream of any characters.
    pub(crate) fn put_any(&mut self, bytes: &[u8]) -> bool {
        if !self.can_write {
            self.error = true;
            return false;
        }
        self.drop_input();
        self.output.extend_from_slice(bytes);
        let is_due = matches!(self.device, Device::Stderr) || self.by_line && bytes.contains(&b'\n');
        if is_due {
            self.flush();
        } else if self.output.len() > FULL {
            let whole = self.output.len() / BLOCK * BLOCK;
            self.pass_on(whole);
        }
        true
    }

    /// What was read ahead is given back before the position matters.
    fn drop_input(&mut self) {
        let ahead = self.input.len() - self.at;
        if ahead > 0 && matches!(self.device, Device::File(_) | Device::Memory(_)) {
            let _ = self.device.seek(SeekFrom::Current(-(ahead as i64)));
        }
        self.input.clear();
        self.at = 0;
    }

    fn pass_on(&mut self, count: usize) -> bool {
        let rest = self.output.split_off(count);
        let bytes = std::mem::replace(&mut self.output, rest);
        let written = self.device.write_all(&bytes);
        self.error |= written.is_err();
        written.is_ok()
    }

    pub(crate) fn flush(&mut self) -> bool {
        self.output.is_empty() || self.pass_on(self.output.len())
    }

    /// The same where the program asks for it: also memory says what it has.
    fn pass_all_on(&mut self) -> bool {
        let done = self.flush();
        if let Device::Memory(memory) = &self.device {
            memory.publish();
        }
        done
    }

    /// Sets what `fdopen` says.
    pub(crate) fn allow(&mut self, reads: bool, writes: bool) {
        (self.can_read, self.can_write) = (reads, writes);
    }

    /// Where the next byte comes from or goes to.
    fn position(&mut self) -> Option<u64> {
        self.flush();
        let ahead = (self.input.len() - self.at) as u64;
        match &mut self.device {
            device @ (Device::File(_) | Device::Memory(_)) => {
                device.seek(SeekFrom::Current(0)).ok().map(|at| at.saturating_sub(ahead))
            }
            _ => None,
        }
    }

    /// Starts over with another mode.
    pub(crate) fn change_mode(&mut self, reads: bool, writes: bool, first: Option<u8>) {
        self.flush();
        self.drop_input();
        self.allow(reads, writes);
        (self.eof, self.error, self.wide) = (false, false, None);
        if let Device::File(file) = &self.device
            && first == Some(b'w')
        {
            self.error |= file.set_len(0).is_err();
        }
        let to = if first == Some(b'a') { SeekFrom::End(0) } else { SeekFrom::Start(0) };
        if let device @ (Device::File(_) | Device::Memory(_)) = &mut self.device {
            let _ = device.seek(to);
        }
    }

    fn seek(&mut self, to: SeekFrom) -> Option<u64> {
        self.flush();
        self.drop_input();
        self.eof = false;
        match &mut self.device {
            device @ (Device::File(_) | Device::Memory(_)) => device.seek(to).ok(),
            _ => None,
        }
    }
}

fn standard() -> Vec<Option<Stream>> {
    vec![
        Some(Stream::new(Device::Stdin, true, false)),
        Some(Stream::new(Device::Stdout, false, true)),
        Some(Stream::new(Device::Stderr, false, true)),
    ]
}

pub(crate) fn streams<R>(f: impl FnOnce(&mut Vec<Option<Stream>>) -> R) -> R {
    STREAMS.with_borrow_mut(|streams| {
        if streams.is_empty() {
            *streams = standard();
        }
        f(streams)
    })
}

/// A pointer to a `FILE` of this number.
pub(crate) fn handle(number: usize) -> Ptr<File> {
    HANDLES.with_borrow_mut(|handles| {
        while handles.len() <= number {
            let own = (handles.len() as u64).to_le_bytes();
            handles.push(Ptr::from_addr(memory::permanent(&own)));
        }
        handles[number]
    })
}

/// Runs with a stream; one that is closed stops the program.
#[track_caller]
pub(crate) fn with<R>(file: Ptr<File>, f: impl FnOnce(&mut Stream) -> R) -> R {
    let number = file.load().0 as usize;
    let done = streams(|streams| streams.get_mut(number).and_then(Option::as_mut).map(f));
    match done {
        Some(done) => done,
        None => panic!("use of a file after it was closed"),
    }
}

pub(crate) fn add(stream: Stream) -> Ptr<File> {
    handle(enter(stream))
}

/// Takes in a stream under the lowest number that is free: that of its descriptor.
pub(crate) fn enter(stream: Stream) -> usize {
    streams(|streams| {
        let number = streams.iter().position(Option::is_none).unwrap_or(streams.len());
        if number == streams.len() {
            streams.push(None);
        }
        streams[number] = Some(stream);
        number
    })
}

/// Puts another stream behind a handle.
#[track_caller]
pub(crate) fn reopen(file: Ptr<File>, stream: Stream) {
    with(file, |own| {
        own.flush();
        *own = stream;
    });
}

#[track_caller]
pub(crate) fn close_stream(file: Ptr<File>) -> bool {
    let done = with(file, Stream::pass_all_on);
    take_device(file);
    done
}

/// Closes a stream; what was behind it.
#[track_caller]
pub(crate) fn take_device(file: Ptr<File>) -> Option<Device> {
    with(file, Stream::flush);
    let number = file.load().0 as usize;
    streams(|streams| streams[number].take().map(|stream| stream.device))
}

/// `stdin`
pub fn stdin() -> Ptr<File> {
    handle(0)
}
/// `stdout`
pub fn stdout() -> Ptr<File> {
    handle(1)
}
/// `stderr`
pub fn stderr() -> Ptr<File> {
    handle(2)
}

/// Writes to standard output or error.
pub(crate) fn write_standard(bytes: &[u8], error: bool) {
    streams(|streams| {
        if let Some(Some(stream)) = streams.get_mut(if error { 2 } else { 1 }) {
            stream.put(bytes);
        }
    });
}

/// Writes to a file; the number of bytes, or -1.
#[track_caller]
pub(crate) fn write_to(file: Ptr<File>, bytes: &[u8]) -> i32 {
    if with(file, |stream| stream.put(bytes)) { bytes.len() as i32 } else { -1 }
}

/// Writes out everything that is buffered.
pub(crate) fn flush_all() {
    let _ = STREAMS.try_with(|streams| {
        if let Ok(mut streams) = streams.try_borrow_mut() {
            streams.iter_mut().flatten().for_each(|stream| {
                stream.flush();
            });
        }
    });
}

/// Writes out whole blocks of standard output only.
pub(crate) fn flush_full_blocks() {
    streams(|streams| {
        if let Some(Some(stream)) = streams.get_mut(1) {
            let whole = stream.output.len() / BLOCK * BLOCK;
            stream.pass_on(whole);
        }
    });
}

/// `putchar`
pub fn putchar(c: i32) -> i32 {
    write_standard(&[c as u8], false);
    i32::from(c as u8)
}
/// `putchar_unlocked`
pub fn putchar_unlocked(c: i32) -> i32 {
    putchar(c)
}
/// `fputc`
#[track_caller]
pub fn fputc(c: i32, file: Ptr<File>) -> i32 {
    if write_to(file, &[c as u8]) < 0 { -1 } else { i32::from(c as u8) }
}
/// `putc`
#[track_caller]
pub fn putc(c: i32, file: Ptr<File>) -> i32 {
    fputc(c, file)
}
/// `puts`
#[track_caller]
pub fn puts(text: Ptr<i8>) -> i32 {
    let mut bytes = bytes_of(text);
    bytes.push(b'\n');
    write_standard(&bytes, false);
    bytes.len() as i32
}
/// `fputs`
#[track_caller]
pub fn fputs(text: Ptr<i8>, file: Ptr<File>) -> i32 {
    let bytes = bytes_of(text);
    if write_to(file, &bytes) < 0 { -1 } else { 1 }
}
/// `putc_unlocked`
#[track_caller]
pub fn putc_unlocked(c: i32, file: Ptr<File>) -> i32 {
    fputc(c, file)
}
/// `getc_unlocked`
#[track_caller]
pub fn getc_unlocked(file: Ptr<File>) -> i32 {
    fgetc(file)
}
/// `fgetc`
#[track_caller]
pub fn fgetc(file: Ptr<File>) -> i32 {
    with(file, Stream::get).map_or(-1, i32::from)
}
/// `getc`
#[track_caller]
pub fn getc(file: Ptr<File>) -> i32 {
    fgetc(file)
}
/// `getchar`
#[track_caller]
pub fn getchar() -> i32 {
    fgetc(stdin())
}
/// `getchar_unlocked`
#[track_caller]
pub fn getchar_unlocked() -> i32 {
    getchar()
}
/// `ungetc`
#[track_caller]
pub fn ungetc(c: i32, file: Ptr<File>) -> i32 {
    if c < 0 {
        return -1;
    }
    with(file, |stream| stream.unget(c as u8));
    i32::from(c as u8)
}

/// A line with its break, at most some bytes.
fn line(stream: &mut Stream, most: usize, end: u8) -> Vec<u8> {
    let mut out = Vec::new();
    while out.len() < most {
        let Some(byte) = stream.get() else { break };
        out.push(byte);
        if byte == end {
            break;
        }
    }
    out
}

/// `fgets`
#[track_caller]
pub fn fgets(to: Ptr<i8>, size: i32, file: Ptr<File>) -> Ptr<i8> {
    if size <= 0 {
        return Ptr::NULL;
    }
    let mut bytes = with(file, |stream| line(stream, size as usize - 1, b'\n'));
    if bytes.is_empty() && size > 1 {
        return Ptr::NULL;
    }
    bytes.push(0);
    put(to.cast(), &bytes);
    to
}
/// `getline`
#[track_caller]
pub fn getline(to: Ptr<Ptr<i8>>, size: Ptr<u64>, file: Ptr<File>) -> i64 {
    getdelim(to, size, 10, file)
}
/// `getdelim`
#[track_caller]
pub fn getdelim(to: Ptr<Ptr<i8>>, size: Ptr<u64>, delimiter: i32, file: Ptr<File>) -> i64 {
    let mut bytes = with(file, |stream| line(stream, usize::MAX, delimiter as u8));
    if bytes.is_empty() {
        return -1;
    }
    let len = bytes.len() as i64;
    bytes.push(0);
    if to.load().is_null() || size.load() < bytes.len() as u64 {
        let room = bytes.len().next_power_of_two().max(120) as u64;
        to.store(memory::realloc(to.load().cast(), room).cast());
        size.store(room);
    }
    put(to.load().cast(), &bytes);
    len
}
/// `fread`
#[track_caller]
pub fn fread(to: Ptr<()>, size: u64, count: u64, file: Ptr<File>) -> u64 {
    let total = size.saturating_mul(count) as usize;
    let bytes = with(file, |stream| {
        let mut out = Vec::new();
        while out.len() < total && stream.fill() {
            let part = &stream.input[stream.at..];
            let part = &part[..part.len().min(total - out.len())];
            out.extend_from_slice(part);
            stream.at += part.len();
        }
        out
    });
    put(to, &bytes);
    (bytes.len() as u64).checked_div(size).unwrap_or(0)
}
/// `fwrite`
#[track_caller]
pub fn fwrite(from: Ptr<()>, size: u64, count: u64, file: Ptr<File>) -> u64 {
    let bytes = taken(from, size * count);
    if write_to(file, &bytes) < 0 { 0 } else { count }
}
/// `fflush`
#[track_caller]
pub fn fflush(file: Ptr<File>) -> i32 {
    if file.is_null() {
        flush_all();
        return 0;
    }
    if with(file, Stream::pass_all_on) { 0 } else { -1 }
}
/// `feof`
#[track_caller]
pub fn feof(file: Ptr<File>) -> i32 {
    with(file, |stream| i32::from(stream.eof))
}
/// `ferror`
#[track_caller]
pub fn ferror(file: Ptr<File>) -> i32 {
    with(file, |stream| i32::from(stream.error))
}
/// `clearerr`
#[track_caller]
pub fn clearerr(file: Ptr<File>) {
    with(file, |stream| (stream.eof, stream.error) = (false, false));
}
/// `fseek`
#[track_caller]
pub fn fseek(file: Ptr<File>, offset: i64, whence: i32) -> i32 {
    let to = match whence {
        0 => SeekFrom::Start(offset.max(0) as u64),
        1 => SeekFrom::Current(offset),
        _ => SeekFrom::End(offset),
    };
    if whence == 0 && offset < 0 || with(file, |stream| stream.seek(to)).is_none() {
        super::errors::set_errno(super::errors::EINVAL);
        return -1;
    }
    0
}
/// `ftell`
#[track_caller]
pub fn ftell(file: Ptr<File>) -> i64 {
    with(file, Stream::position).map_or_else(
        || {
            super::errors::set_errno(29);
            -1
        },
        |at| at as i64,
    )
}
/// `rewind`
#[track_caller]
pub fn rewind(file: Ptr<File>) {
    fseek(file, 0, 0);
    clearerr(file);
}
/// `setvbuf`
#[track_caller]
pub fn setvbuf(file: Ptr<File>, _buffer: Ptr<i8>, mode: i32, _size: u64) -> i32 {
    with(file, |stream| stream.by_line = mode != 0);
    0
}
/// `setbuf`
#[track_caller]
pub fn setbuf(_file: Ptr<File>, _buffer: Ptr<i8>) {}
/// `fileno`
#[track_caller]
pub fn fileno(file: Ptr<File>) -> i32 {
    file.load().0 as i32
}
