//! Text files as Python's `open` gives them: universal line ends, Python's errors.

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use crate::class::ValueError;
use crate::error::Error;
use crate::io_error::from_io;
use crate::unwind::{OrRaise, raise_new};

/// `open(path, mode)`.
#[track_caller]
pub fn open(path: impl AsRef<str>, mode: &str) -> Result<File, Error> {
    File::open(path, mode)
}

/// An open text file (UTF-8). Closed when dropped.
pub struct File {
    path: String,
    mode: String,
    stream: Stream,
}

enum Stream {
    Reader(BufReader<fs::File>),
    Writer(BufWriter<fs::File>),
    Closed,
}

impl File {
    /// `open(path, mode)` with mode `r`, `w`, `a` or `x` (a `t` may follow).
    #[track_caller]
    pub fn open(path: impl AsRef<str>, mode: &str) -> Result<File, Error> {
        let path = path.as_ref();
        let mut options = fs::OpenOptions::new();
        let options = match mode.trim_end_matches('t') {
            "r" | "" => options.read(true),
            "w" => options.write(true).create(true).truncate(true),
            "a" => options.append(true).create(true),
            "x" => options.write(true).create_new(true),
            _ => return Err(Error::new(ValueError, format!("invalid mode: '{mode}'"))),
        };
        let file = options.open(path).map_err(|error| from_io(&error, Some(path)))?;
        if fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
            let error = std::io::Error::from_raw_os_error(21);
            return Err(from_io(&error, Some(path)));
        }
        let stream = if matches!(mode.trim_end_matches('t'), "r" | "") {
            Stream::Reader(BufReader::new(file))
        } else {
            Stream::Writer(BufWriter::new(file))
        };
        Ok(File { path: path.to_owned(), mode: mode.to_owned(), stream })
    }

    /// `f.name`.
    pub fn name(&self) -> &str {
        &self.path
    }

    /// `f.mode`.
    pub fn mode(&self) -> &str {
        &self.mode
    }

    /// `f.closed`.
    pub fn is_closed(&self) -> bool {
        matches!(self.stream, Stream::Closed)
    }

    /// `f.read(count)`: at most so many characters; all when negative.
    #[track_caller]
    pub fn read_chars(&mut self, count: i64) -> String {
        if count < 0 {
            return self.read();
        }
        let mut text = String::new();
        for _ in 0..count {
            let mut bytes = [0; 4];
            let mut length = 0;
            while length < 4 && std::str::from_utf8(&bytes[..length]).map_or(true, str::is_empty) {
                match self.reader().read(&mut bytes[length..=length]) {
                    Ok(0) => return text,
                    Ok(_) => length += 1,
                    Err(error) => crate::raise(from_io(&error, None)),
                }
            }
            text.push_str(&crate::decode(&bytes[..length], "utf-8", "strict").or_raise());
        }
        text
    }

    /// `f.writelines(lines)`.
    #[track_caller]
    pub fn write_lines<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) {
        for line in lines {
            self.write(line.as_ref());
        }
    }

    #[track_caller]
    fn reader(&mut self) -> &mut BufReader<fs::File> {
        match &mut self.stream {
            Stream::Reader(reader) => reader,
            Stream::Writer(_) => raise_new(crate::OSError, "not readable"),
            Stream::Closed => raise_new(ValueError, "I/O operation on closed file."),
        }
    }

    #[track_caller]
    fn writer(&mut self) -> &mut BufWriter<fs::File> {
        match &mut self.stream {
            Stream::Writer(writer) => writer,
            Stream::Reader(_) => raise_new(crate::OSError, "not writable"),
            Stream::Closed => raise_new(ValueError, "I/O operation on closed file."),
        }
    }

    /// `f.read()`: all that is left.
    #[track_caller]
    pub fn read(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = self.reader().read_to_end(&mut bytes);
        read.map_err(|error| from_io(&error, None)).or_raise();
        text_of(bytes)
    }

    /// `f.readline()`: the next line with its end, or `""`.
    #[track_caller]
    pub fn read_line(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = self.reader().read_until(b'\n', &mut bytes);
        read.map_err(|error| from_io(&error, None)).or_raise();
        text_of(bytes)
    }

    /// `f.readlines()`, and what `for line in f` gives.
    #[track_caller]
    pub fn read_lines(&mut self) -> Vec<String> {
        self.lines().collect()
    }

    /// The lines that are left, each with its end.
    pub fn lines(&mut self) -> impl Iterator<Item = String> {
        std::iter::from_fn(|| Some(self.read_line()).filter(|line| !line.is_empty()))
    }

    /// `f.write(text)`: the number of characters.
    #[track_caller]
    pub fn write(&mut self, text: &str) -> i64 {
        let written = self.writer().write_all(text.as_bytes());
        written.map_err(|error| from_io(&error, None)).or_raise();
        text.chars().count() as i64
    }

    /// `f.flush()`.
    #[track_caller]
    pub fn flush(&mut self) {
        if let Stream::Writer(writer) = &mut self.stream {
            writer.flush().map_err(|error| from_io(&error, None)).or_raise();
        }
    }

    /// `f.close()`.
    #[track_caller]
    pub fn close(&mut self) {
        self.flush();
        self.stream = Stream::Closed;
    }
}

#[track_caller]
fn text_of(bytes: Vec<u8>) -> String {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => crate::decode(error.as_bytes(), "utf-8", "strict").or_raise(),
    };
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

#[cfg(test)]
mod tests {
    use super::File;
    use crate::catch;

    #[test]
    fn files_are_written_and_read() {
        let path = std::env::temp_dir().join(format!("batuta-rt-{}.txt", std::process::id()));
        let path = path.to_str().expect("a temporary folder has a plain name");
        let mut file = File::open(path, "w").expect("the temporary folder can be written");
        assert_eq!(file.write("é1\r\n2\n"), 6);
        file.close();
        let error = catch(|| file.write("x")).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("ValueError: I/O operation on closed file.".to_owned()));
        let mut file = File::open(path, "r").expect("the file was just written");
        assert_eq!(file.read_lines(), ["é1\n", "2\n"]);
        std::fs::remove_file(path).expect("the file is there");
        let error = File::open(path, "r").map(|_| ()).map_err(|e| e.traceback_line());
        let wanted = format!("FileNotFoundError: [Errno 2] No such file or directory: '{path}'");
        assert_eq!(error, Err(wanted));
    }
}
