//! An open file of the disk: bytes, buffered, at one position for reading and writing.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use crate::class::{Class, ValueError};
use crate::error::Error;
use crate::io_error::from_io;
use crate::unwind::{OrRaise, raise_new};

crate::exceptions! {
    /// `io.UnsupportedOperation`.
    pub UnsupportedOperation(crate::class::OSError) as "io.UnsupportedOperation";
}

/// What `newline=` says about line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newline {
    /// All line ends are read as `\n`.
    Universal,
    /// Line ends stay as they are.
    Kept,
}

/// How a file is opened: `r`, `w`, `a` or `x`, with or without `+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    letter: char,
    updates: bool,
}

impl Mode {
    /// Reads a mode whose `t` or `b` is taken away.
    pub(super) fn parse(mode: &str) -> Option<Mode> {
        let updates = mode.contains('+');
        let mut letters = mode.chars().filter(|c| *c != '+');
        let letter = letters.next().unwrap_or('r');
        let is_mode = "rwax".contains(letter) && letters.next().is_none();
        (is_mode && mode.matches('+').count() < 2).then_some(Mode { letter, updates })
    }

    fn reads(self) -> bool {
        self.letter == 'r' || self.updates
    }

    fn writes(self) -> bool {
        self.letter != 'r' || self.updates
    }

    fn options(self) -> fs::OpenOptions {
        let mut options = fs::OpenOptions::new();
        options.read(self.reads());
        match self.letter {
            'w' => options.write(true).create(true).truncate(true),
            'a' => options.append(true).create(true),
            'x' => options.write(true).create_new(true),
            _ => options.write(self.updates),
        };
        options
    }
}

/// A file of the disk.
pub(super) enum Disk {
    Reader(BufReader<fs::File>),
    Writer(BufWriter<fs::File>),
    /// Opened for both: what is read ahead is given up before a write.
    Both(BufReader<fs::File>),
}

#[track_caller]
fn unsupported(class: Class, words: &str) -> ! {
    raise_new(class, words)
}

#[track_caller]
fn done<T>(result: io::Result<T>) -> T {
    result.map_err(|error| from_io(&error, None)).or_raise()
}

impl Disk {
    #[track_caller]
    pub(super) fn open(path: &str, mode: Mode) -> Result<Disk, Error> {
        let file = mode.options().open(path).map_err(|error| from_io(&error, Some(path)))?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(from_io(&io::Error::from_raw_os_error(21), Some(path)));
        }
        Ok(match (mode.reads(), mode.writes()) {
            (true, true) => Disk::Both(BufReader::new(file)),
            (true, false) => Disk::Reader(BufReader::new(file)),
            _ => Disk::Writer(BufWriter::new(file)),
        })
    }

    /// The file to read from.
    #[track_caller]
    fn reader(&mut self) -> &mut BufReader<fs::File> {
        match self {
            Disk::Reader(reader) | Disk::Both(reader) => reader,
            Disk::Writer(_) => unsupported(UnsupportedOperation, "not readable"),
        }
    }

    #[track_caller]
    pub(super) fn read_all(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        done(self.reader().read_to_end(&mut bytes));
        bytes
    }

    #[track_caller]
    pub(super) fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        done(self.reader().take(count as u64).read_to_end(&mut bytes));
        bytes
    }

    /// Up to and with the next `\n`.
    #[track_caller]
    pub(super) fn read_line(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        done(self.reader().read_until(b'\n', &mut bytes));
        bytes
    }

    /// The next byte, which stays there.
    #[track_caller]
    pub(super) fn peek(&mut self) -> Option<u8> {
        done(self.reader().fill_buf()).first().copied()
    }

    #[track_caller]
    pub(super) fn write(&mut self, bytes: &[u8]) {
        done(match self {
            Disk::Writer(writer) => writer.write_all(bytes),
            Disk::Both(file) => {
                // Seeking gives up what is read ahead.
                let at = file.stream_position();
                at.and_then(|at| file.seek(SeekFrom::Start(at))).and_then(|_| file.get_mut().write_all(bytes))
            }
            Disk::Reader(_) => unsupported(UnsupportedOperation, "not writable"),
        });
    }

    #[track_caller]
    pub(super) fn flush(&mut self) {
        if let Disk::Writer(writer) = self {
            done(writer.flush());
        }
    }

    #[track_caller]
    pub(super) fn seek(&mut self, at: i64, whence: i64) -> i64 {
        let to = match whence {
            0 if at < 0 => raise_new(ValueError, format!("negative seek position {at}")),
            0 => SeekFrom::Start(at as u64),
            1 => SeekFrom::Current(at),
            _ => SeekFrom::End(at),
        };
        done(match self {
            Disk::Reader(file) | Disk::Both(file) => file.seek(to),
            Disk::Writer(file) => file.seek(to),
        }) as i64
    }

    #[track_caller]
    pub(super) fn tell(&mut self) -> i64 {
        done(match self {
            Disk::Reader(file) | Disk::Both(file) => file.stream_position(),
            Disk::Writer(file) => file.stream_position(),
        }) as i64
    }

    #[track_caller]
    pub(super) fn truncate(&mut self, size: Option<i64>) -> i64 {
        self.flush();
        let size = size.unwrap_or_else(|| self.tell());
        done(match self {
            Disk::Writer(file) => file.get_ref().set_len(size as u64),
            Disk::Both(file) => file.get_ref().set_len(size as u64),
            Disk::Reader(_) => unsupported(UnsupportedOperation, "File not open for writing"),
        });
        size
    }

    pub(super) fn can_read(&self) -> bool {
        !matches!(self, Disk::Writer(_))
    }

    pub(super) fn can_write(&self) -> bool {
        !matches!(self, Disk::Reader(_))
    }
}
