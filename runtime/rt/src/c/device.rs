//! What a stream or a descriptor reads from and writes to.

use std::fs;
use std::io::{self, Error, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::Child;

use super::pointer::Ptr;
use super::strings::{put, taken};

pub(crate) enum Device {
    Stdin,
    Stdout,
    Stderr,
    File(fs::File),
    /// The other end is a command's output or input (`popen`).
    Command(Box<Child>),
    Memory(Memory),
}

/// Memory as a file: of `fmemopen`, or growing (`open_memstream`).
pub(crate) enum Memory {
    Fixed { at: Ptr<()>, size: u64, len: u64, position: u64, is_appending: bool },
    Growing { bytes: Vec<u8>, position: usize, text: Ptr<Ptr<i8>>, size: Ptr<u64> },
}

fn unfit() -> Error {
    Error::from_raw_os_error(9)
}

fn no_seek() -> Error {
    Error::from_raw_os_error(29)
}

impl Device {
    pub(crate) fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stdin => io::stdin().lock().read(to),
            Self::File(file) => file.read(to),
            Self::Command(child) => child.stdout.as_mut().ok_or_else(unfit)?.read(to),
            Self::Memory(memory) => Ok(memory.read(to)),
            Self::Stdout | Self::Stderr => Err(unfit()),
        }
    }

    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Self::Stderr => io::stderr().lock().write_all(bytes),
            Self::File(file) => file.write_all(bytes),
            Self::Command(child) => child.stdin.as_mut().ok_or_else(unfit)?.write_all(bytes),
            Self::Memory(memory) => memory.write(bytes),
            Self::Stdin => Err(unfit()),
        }
    }

    pub(crate) fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(memory) => memory.seek(to),
            _ => no_seek_of(self.as_fd(), to),
        }
    }

    fn as_fd(&self) -> Option<Box<dyn AsFd + '_>> {
        match self {
            Self::Stdin => Some(Box::new(io::stdin())),
            Self::Stdout => Some(Box::new(io::stdout())),
            Self::Stderr => Some(Box::new(io::stderr())),
            Self::File(file) => Some(Box::new(file)),
            Self::Command(child) => match (&child.stdout, &child.stdin) {
                (Some(end), _) => Some(Box::new(end)),
                (_, Some(end)) => Some(Box::new(end)),
                _ => None,
            },
            Self::Memory(_) => None,
        }
    }

    /// The file of the system behind a device, once more.
    pub(crate) fn file(&self) -> io::Result<fs::File> {
        let device = self.as_fd().ok_or_else(unfit)?;
        let end: BorrowedFd<'_> = device.as_fd();
        end.try_clone_to_owned().map(fs::File::from)
    }
}

/// Standard input may be a file that has a position.
fn no_seek_of(device: Option<Box<dyn AsFd + '_>>, to: SeekFrom) -> io::Result<u64> {
    let device = device.ok_or_else(no_seek)?;
    fs::File::from(device.as_fd().try_clone_to_owned()?).seek(to)
}

impl Memory {
    fn read(&mut self, to: &mut [u8]) -> usize {
        match self {
            Self::Fixed { at, len, position, .. } => {
                let count = len.saturating_sub(*position).min(to.len() as u64);
                let found = taken(at.cast::<i8>().offset(*position as i64).cast(), count);
                to[..found.len()].copy_from_slice(&found);
                *position += count;
                found.len()
            }
            Self::Growing { .. } => 0,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Fixed { at, size, len, position, is_appending } => {
                if *is_appending {
                    *position = *len;
                }
                let count = size.saturating_sub(*position).min(bytes.len() as u64);
                put(at.cast::<i8>().offset(*position as i64).cast(), &bytes[..count as usize]);
                *position += count;
                if *position > *len {
                    *len = *position;
                    if len < size {
                        put(at.cast::<i8>().offset(*len as i64).cast(), &[0]);
                    }
                }
                if count == bytes.len() as u64 { Ok(()) } else { Err(ErrorKind::StorageFull.into()) }
            }
            Self::Growing { bytes: own, position, .. } => {
                let end = *position + bytes.len();
                if own.len() < end {
                    own.resize(end, 0);
                }
                own[*position..end].copy_from_slice(bytes);
                *position = end;
                self.publish();
                Ok(())
            }
        }
    }

    /// Stores text and length where the program looks for them.
    pub(crate) fn publish(&self) {
        let Self::Growing { bytes, position, text, size } = self else { return };
        let room = bytes.len() as u64 + 1;
        let at: Ptr<i8> = super::memory::realloc(text.load().cast(), room).cast();
        let mut whole = bytes.clone();
        whole.push(0);
        put(at.cast(), &whole);
        text.store(at);
        size.store((*position).min(bytes.len()) as u64);
    }

    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (own, len) = match self {
            Self::Fixed { position, len, .. } => (*position, *len),
            Self::Growing { position, bytes, .. } => (*position as u64, bytes.len() as u64),
        };
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => own.checked_add_signed(by),
            SeekFrom::End(by) => len.checked_add_signed(by),
        };
        let target = target.ok_or_else(|| Error::from_raw_os_error(super::errors::EINVAL))?;
        match self {
            Self::Fixed { size, .. } if target > *size => {
                return Err(Error::from_raw_os_error(super::errors::EINVAL));
            }
            Self::Fixed { position, .. } => *position = target,
            Self::Growing { position, .. } => *position = target as usize,
        }
        Ok(target)
    }
}
