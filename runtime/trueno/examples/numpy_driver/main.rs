//! Answers questions about arrays on stdin, so that `tests/numpy_diff.py` can compare with NumPy.
//!
//! `arr DTYPE SHAPE STRIDES OFFSET HEX` pushes an array, `do OPERATION ARGS...` runs an operation on
//! all arrays pushed and prints `= DTYPE SHAPE HEX` for every result, `$ TEXT`, or `! EXCEPTION TEXT`,
//! then a line with a dot.

mod more;
mod ops;
mod random;
mod science;

use std::io::{BufRead, Write};

use trueno::{AnyTensor, Array, Bytes, DType, Error, Result, Tensor, match_any};

/// What an operation answers.
pub enum Answer {
    /// An array.
    Array(AnyTensor),
    /// A text; line breaks are escaped on output.
    Text(String),
}

fn list<T: std::str::FromStr>(text: &str) -> Vec<T> {
    text.split(',').filter_map(|part| part.parse().ok()).collect()
}

fn typed<T: Bytes>(bytes: &[u8], shape: &[usize], strides: &[isize], offset: usize) -> Result<Array<T>> {
    let data: Vec<T> = bytes.chunks_exact(size_of::<T>()).map(T::take).collect();
    // Keeps the layout: the array owns a copy of the whole buffer.
    Tensor::strided_from_vec(data, offset, shape, strides)
}

fn parse_array(words: &[&str]) -> Result<AnyTensor> {
    let dtype = DType::from_name(words[0]).ok_or_else(|| Error::value("unknown dtype"))?;
    let (shape, strides): (Vec<usize>, Vec<isize>) = (list(words[1]), list(words[2]));
    let offset = words[3].parse().map_err(|_| Error::value("bad offset"))?;
    let hex = words.get(4).copied().unwrap_or("").as_bytes();
    let digit = |c: u8| (c as char).to_digit(16).unwrap_or(0) as u8;
    let bytes: Vec<u8> = hex.chunks_exact(2).map(|p| digit(p[0]) * 16 + digit(p[1])).collect();
    macro_rules! pick {
        ($($variant:ident $t:ty;)*) => {
            match dtype { $(DType::$variant => typed::<$t>(&bytes, &shape, &strides, offset).map(AnyTensor::from),)* }
        };
    }
    pick! {
        Bool bool; I8 i8; I16 i16; I32 i32; I64 i64; U8 u8; U16 u16; U32 u32; U64 u64;
        F32 f32; F64 f64; C64 trueno::Complex64; C128 trueno::Complex128;
    }
}

fn print_array(out: &mut impl Write, array: &AnyTensor) -> std::io::Result<()> {
    let shape: Vec<String> = array.shape().iter().map(|n| n.to_string()).collect();
    let mut bytes = Vec::new();
    match_any!(array, t, [Bool I8 I16 I32 I64 U8 U16 U32 U64 F32 F64 C64 C128] => t.for_each(|x| x.put(&mut bytes)), _ => {});
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    writeln!(out, "= {} {} {hex}", array.dtype(), if shape.is_empty() { "-".into() } else { shape.join(",") })
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut stack: Vec<AnyTensor> = Vec::new();
    let mut failed: Option<Error> = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        match words[0] {
            "arr" => match parse_array(&words[1..]) {
                Ok(array) => stack.push(array),
                Err(error) => failed = Some(error),
            },
            "do" => {
                let arrays = std::mem::take(&mut stack);
                let answers = match failed.take() {
                    Some(error) => Err(error),
                    None => ops::run(words[1], &arrays, &words[2..]),
                };
                match answers {
                    Ok(answers) => {
                        for answer in answers {
                            match answer {
                                Answer::Array(array) => print_array(&mut out, &array)?,
                                Answer::Text(text) => writeln!(out, "$ {}", text.replace('\n', "\\n"))?,
                            }
                        }
                    }
                    Err(error) => writeln!(out, "! {} {error}", error.python_name())?,
                }
                writeln!(out, ".")?;
            }
            _ => writeln!(out, "! ValueError unknown command\n.")?,
        }
    }
    out.flush()
}
