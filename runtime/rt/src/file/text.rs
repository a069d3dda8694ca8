//! Text files and what is used like one.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::Temporary;
use super::disk::{Disk, Mode, Newline};
use crate::class::ValueError;
use crate::error::Error;
use crate::modules::string_io::StringIO;
use crate::repr::{Repr, repr};
use crate::stdio::{Stdin, Stdout};
use crate::unwind::{OrRaise, raise_new};

/// `open(path, mode)`: a text file in UTF-8.
#[track_caller]
pub fn open(path: impl AsRef<str>, mode: &str) -> Result<File, Error> {
    open_with(path, mode, &TextOptions::default())
}

/// What `open` says about text.
#[derive(Clone, Debug, Default)]
pub struct TextOptions {
    /// `encoding=`; UTF-8 unless said.
    pub encoding: Option<String>,
    /// `errors=`; `strict` unless said.
    pub errors: Option<String>,
    /// `newline=`; all line ends are read as `\n` unless said.
    pub newline: Option<String>,
}

/// `open(path, mode, encoding=.., errors=.., newline=..)`.
#[track_caller]
pub fn open_with(path: impl AsRef<str>, mode: &str, options: &TextOptions) -> Result<File, Error> {
    let path = path.as_ref();
    let letters = mode.replacen('t', "", 1);
    let Some(parsed) = Mode::parse(&letters) else {
        return Err(Error::new(ValueError, format!("invalid mode: {}", repr(mode))));
    };
    let disk = Disk::open(path, parsed)?;
    let text = DiskText {
        encoding: options.encoding.clone().unwrap_or_else(|| "utf-8".to_owned()),
        errors: options.errors.clone().unwrap_or_else(|| "strict".to_owned()),
        newline: if options.newline.is_none() { Newline::Universal } else { Newline::Kept },
        path: path.to_owned(),
        mode: mode.to_owned(),
        temporary: RefCell::new(None),
        disk: RefCell::new(Some(disk)),
    };
    Ok(File(Stream::Disk(Rc::new(text))))
}

/// An open text file, a standard stream or a `StringIO`: a handle, whose clones are the same stream.
#[derive(Clone)]
pub struct File(Stream);

#[derive(Clone)]
enum Stream {
    Stdin(Stdin),
    Stdout(Stdout),
    Text(StringIO),
    Disk(Rc<DiskText>),
}

struct DiskText {
    path: String,
    mode: String,
    encoding: String,
    errors: String,
    newline: Newline,
    temporary: RefCell<Option<Temporary>>,
    /// None when closed.
    disk: RefCell<Option<Disk>>,
}

impl DiskText {
    #[track_caller]
    fn with<T>(&self, act: impl FnOnce(&mut Disk) -> T) -> T {
        match self.disk.borrow_mut().as_mut() {
            Some(disk) => act(disk),
            None => raise_new(ValueError, "I/O operation on closed file."),
        }
    }

    #[track_caller]
    fn decode(&self, bytes: Vec<u8>) -> String {
        let is_utf8 = self.encoding.eq_ignore_ascii_case("utf-8");
        let text = match String::from_utf8(bytes) {
            Ok(text) if is_utf8 => text,
            Ok(text) => crate::decode(text.as_bytes(), &self.encoding, &self.errors).or_raise(),
            Err(error) => crate::decode(error.as_bytes(), &self.encoding, &self.errors).or_raise(),
        };
        match self.newline {
            Newline::Universal if text.contains('\r') => text.replace("\r\n", "\n").replace('\r', "\n"),
            _ => text,
        }
    }

    #[track_caller]
    fn read_line(&self) -> String {
        let bytes = self.with(|disk| {
            let mut line = disk.read_line();
            // A lone `\r` ends a line, too: the rest waits.
            if self.newline == Newline::Universal
                && let Some(at) = line.iter().position(|byte| *byte == b'\r')
                && at + 2 < line.len()
            {
                let rest = line.len() - at - 1;
                line.truncate(at + 1);
                disk.seek(-(rest as i64), 1);
            }
            line
        });
        self.decode(bytes)
    }

    /// At most so many characters.
    #[track_caller]
    fn read_chars(&self, count: usize) -> String {
        let mut text = String::new();
        for _ in 0..count {
            let bytes = self.with(|disk| {
                let mut bytes = disk.read(1);
                let more = match bytes.first() {
                    Some(0xc0..=0xdf) => 1,
                    Some(0xe0..=0xef) => 2,
                    Some(0xf0..) => 3,
                    Some(b'\r') if self.newline == Newline::Universal => {
                        usize::from(disk.peek() == Some(b'\n'))
                    }
                    _ => 0,
                };
                let is_utf8 = self.encoding.to_ascii_lowercase().starts_with("utf");
                if is_utf8 || bytes == b"\r" {
                    bytes.extend(disk.read(more));
                }
                bytes
            });
            if bytes.is_empty() {
                break;
            }
            text.push_str(&self.decode(bytes));
        }
        text
    }

    #[track_caller]
    fn write(&self, text: &str) {
        if self.encoding.eq_ignore_ascii_case("utf-8") {
            return self.with(|disk| disk.write(text.as_bytes()));
        }
        let bytes = crate::encode(text, &self.encoding, &self.errors).or_raise();
        self.with(|disk| disk.write(&bytes));
    }
}

impl File {
    /// Whether it is `sys.stderr`.
    pub(crate) fn is_stderr(&self) -> bool {
        matches!(self.0, Stream::Stdout(stream) if stream.is_stderr())
    }

    /// `f.name`.
    pub fn name(&self) -> String {
        match &self.0 {
            Stream::Stdin(_) => "<stdin>".to_owned(),
            Stream::Stdout(stream) => stream.name().to_owned(),
            Stream::Text(_) => "<string>".to_owned(),
            Stream::Disk(file) => file.path.clone(),
        }
    }

    /// `f.mode`.
    pub fn mode(&self) -> String {
        match &self.0 {
            Stream::Stdin(_) => "r".to_owned(),
            Stream::Stdout(_) | Stream::Text(_) => "w".to_owned(),
            Stream::Disk(file) => file.mode.clone(),
        }
    }

    /// `f.encoding`.
    pub fn encoding(&self) -> String {
        match &self.0 {
            Stream::Disk(file) => file.encoding.clone(),
            _ => "utf-8".to_owned(),
        }
    }

    /// `f.closed`.
    pub fn is_closed(&self) -> bool {
        match &self.0 {
            Stream::Text(text) => text.is_closed(),
            Stream::Disk(file) => file.disk.borrow().is_none(),
            _ => false,
        }
    }

    /// `f.isatty()`.
    pub fn is_terminal(&self) -> bool {
        match &self.0 {
            Stream::Stdout(stream) => stream.is_terminal(),
            _ => false,
        }
    }

    /// `f.readable()`.
    pub fn can_read(&self) -> bool {
        match &self.0 {
            Stream::Stdout(_) => false,
            Stream::Stdin(_) | Stream::Text(_) => true,
            Stream::Disk(file) => file.with(|disk| disk.can_read()),
        }
    }

    /// `f.writable()`.
    pub fn can_write(&self) -> bool {
        match &self.0 {
            Stream::Stdin(_) => false,
            Stream::Stdout(_) | Stream::Text(_) => true,
            Stream::Disk(file) => file.with(|disk| disk.can_write()),
        }
    }

    /// `f.read()`: all that is left.
    #[track_caller]
    pub fn read(&self) -> String {
        match &self.0 {
            Stream::Stdin(stream) => stream.read(),
            Stream::Stdout(_) => raise_new(super::disk::UnsupportedOperation, "not readable"),
            Stream::Text(text) => text.read(),
            Stream::Disk(file) => file.decode(file.with(Disk::read_all)),
        }
    }

    /// `f.read(count)`: at most so many characters; all when negative.
    #[track_caller]
    pub fn read_chars(&self, count: i64) -> String {
        let Ok(limit) = usize::try_from(count) else { return self.read() };
        match &self.0 {
            Stream::Text(text) => text.read_chars(count),
            Stream::Disk(file) => file.read_chars(limit),
            Stream::Stdin(_) | Stream::Stdout(_) => {
                raise_new(super::disk::UnsupportedOperation, "not readable")
            }
        }
    }

    /// `f.readline()`: the next line with its end, or `""`.
    #[track_caller]
    pub fn read_line(&self) -> String {
        match &self.0 {
            Stream::Stdin(stream) => stream.read_line(),
            Stream::Stdout(_) => raise_new(super::disk::UnsupportedOperation, "not readable"),
            Stream::Text(text) => text.read_line(),
            Stream::Disk(file) => file.read_line(),
        }
    }

    /// `f.readlines()`.
    #[track_caller]
    pub fn read_lines(&self) -> Vec<String> {
        self.lines().collect()
    }

    /// The lines that are left, each with its end: `for line in f`.
    pub fn lines(&self) -> impl Iterator<Item = String> + use<> {
        let own = self.clone();
        std::iter::from_fn(move || Some(own.read_line()).filter(|line| !line.is_empty()))
    }

    /// `f.write(text)`: the number of characters.
    #[track_caller]
    pub fn write(&self, text: &str) -> i64 {
        match &self.0 {
            Stream::Stdin(_) => raise_new(super::disk::UnsupportedOperation, "not writable"),
            Stream::Stdout(stream) => return stream.write(text),
            Stream::Text(memory) => return memory.write(text),
            Stream::Disk(file) => file.write(text),
        }
        text.chars().count() as i64
    }

    /// `f.writelines(lines)`.
    #[track_caller]
    pub fn write_lines<S: AsRef<str>>(&self, lines: impl IntoIterator<Item = S>) {
        for line in lines {
            self.write(line.as_ref());
        }
    }

    /// `f.flush()`.
    #[track_caller]
    pub fn flush(&self) {
        match &self.0 {
            Stream::Stdout(stream) => stream.flush(),
            Stream::Disk(file) => file.with(Disk::flush),
            _ => {}
        }
    }

    /// The file goes when it is closed, or with its last handle.
    pub(crate) fn make_temporary(&self) {
        if let Stream::Disk(file) = &self.0 {
            file.temporary.replace(Some(Temporary(file.path.clone())));
        }
    }

    /// `f.close()`.
    #[track_caller]
    pub fn close(&self) {
        match &self.0 {
            Stream::Text(text) => text.close(),
            Stream::Disk(file) => {
                if let Some(mut disk) = file.disk.take() {
                    disk.flush();
                }
                file.temporary.take();
            }
            _ => {}
        }
    }

    /// `f.seek(at, whence)`.
    #[track_caller]
    pub fn seek(&self, at: i64, whence: i64) -> i64 {
        match &self.0 {
            Stream::Text(text) => text.seek(at, whence),
            Stream::Disk(file) => file.with(|disk| disk.seek(at, whence)),
            _ => raise_new(super::disk::UnsupportedOperation, "underlying stream is not seekable"),
        }
    }

    /// `f.tell()`.
    #[track_caller]
    pub fn tell(&self) -> i64 {
        match &self.0 {
            Stream::Text(text) => text.tell(),
            Stream::Disk(file) => file.with(Disk::tell),
            _ => raise_new(super::disk::UnsupportedOperation, "underlying stream is not seekable"),
        }
    }

    /// `f.truncate(size)`.
    #[track_caller]
    pub fn truncate(&self, size: Option<i64>) -> i64 {
        match &self.0 {
            Stream::Text(text) => text.truncate(size),
            Stream::Disk(file) => file.with(|disk| disk.truncate(size)),
            _ => raise_new(super::disk::UnsupportedOperation, "truncate"),
        }
    }

    /// `f.getvalue()` of a `StringIO`.
    #[track_caller]
    pub fn getvalue(&self) -> String {
        match &self.0 {
            Stream::Text(text) => text.getvalue(),
            _ => raise_new(
                crate::class::AttributeError,
                "'_io.TextIOWrapper' object has no attribute 'getvalue'",
            ),
        }
    }
}

impl From<Stdin> for File {
    fn from(stream: Stdin) -> File {
        File(Stream::Stdin(stream))
    }
}

impl From<Stdout> for File {
    fn from(stream: Stdout) -> File {
        File(Stream::Stdout(stream))
    }
}

impl From<StringIO> for File {
    fn from(text: StringIO) -> File {
        File(Stream::Text(text))
    }
}

/// The same open file.
impl PartialEq for File {
    fn eq(&self, other: &File) -> bool {
        match (&self.0, &other.0) {
            (Stream::Stdin(_), Stream::Stdin(_)) => true,
            (Stream::Stdout(a), Stream::Stdout(b)) => a == b,
            (Stream::Text(a), Stream::Text(b)) => a == b,
            (Stream::Disk(a), Stream::Disk(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Repr for File {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mode, encoding) = (self.name(), self.mode(), self.encoding());
        write!(f, "<_io.TextIOWrapper name={} mode='{mode}' encoding='{encoding}'>", repr(&name))
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catch;

    #[test]
    fn files_are_written_and_read() {
        let path = std::env::temp_dir().join(format!("batuta-rt-{}.txt", std::process::id()));
        let path = path.to_str().expect("a temporary folder has a plain name");
        let file = open(path, "w").expect("the temporary folder can be written");
        assert_eq!(file.write("é1\r\n2\n"), 6);
        file.close();
        let error = catch(|| file.write("x")).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("ValueError: I/O operation on closed file.".to_owned()));
        let file = open(path, "r").expect("the file was just written");
        assert_eq!(file.read_lines(), ["é1\n", "2\n"]);
        let file = open(path, "r+").expect("the file is there");
        assert_eq!(file.read_chars(3), "é1\n");
        file.write("3\n");
        file.seek(0, 0);
        assert_eq!(file.read(), "é1\n3\n");
        std::fs::remove_file(path).expect("the file is there");
        let error = open(path, "r").map(|_| ()).map_err(|e| e.traceback_line());
        let wanted = format!("FileNotFoundError: [Errno 2] No such file or directory: '{path}'");
        assert_eq!(error, Err(wanted));
    }
}
