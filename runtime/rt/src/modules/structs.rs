//! Python's `struct`: values as packed bytes.

mod half;

use std::marker::PhantomData;

use crate::big::Int;
use crate::class::{Exception, OverflowError};
use crate::error::Error;
use crate::number::Num;
use crate::repr::Repr;
use crate::text::ByteArray;
use crate::tuple::Tuple;
use crate::value::Value;

crate::exceptions! {
    /// `struct.error`.
    pub StructError(Exception) as "struct.error";
}

/// One value of a packed record.
#[derive(Clone, Debug)]
pub enum Field {
    /// An integer of any code.
    Int(Int),
    /// `e`, `f`, `d`.
    Float(f64),
    /// `?`.
    Bool(bool),
    /// `c`, `s`, `p`.
    Bytes(Vec<u8>),
    /// What no code takes.
    Other,
}

macro_rules! field {
    ($($ty:ty: $value:ident => $field:expr;)*) => {
        $(
            impl From<$ty> for Field {
                fn from($value: $ty) -> Field {
                    $field
                }
            }
        )*
    };
}

field! {
    i64: number => Field::Int(Int::from(number));
    Int: number => Field::Int(number);
    &Int: number => Field::Int(number.clone());
    f64: x => Field::Float(x);
    bool: truth => Field::Bool(truth);
    Vec<u8>: bytes => Field::Bytes(bytes);
    &[u8]: bytes => Field::Bytes(bytes.to_vec());
    &Vec<u8>: bytes => Field::Bytes(bytes.clone());
    ByteArray: bytes => Field::Bytes(bytes.to_vec());
    &str: _text => Field::Other;
    String: _text => Field::Other;
    &i64: number => Field::Int(Int::from(*number));
    &ByteArray: bytes => Field::Bytes(bytes.to_vec());
    &String: _text => Field::Other;
    &Value: value => Field::from(value.clone());
    &f64: x => Field::Float(*x);
    &bool: truth => Field::Bool(*truth);
    Num: number => Field::from(Value::from(number));
    &Num: number => Field::from(Value::from(*number));
}

impl<const N: usize> From<&[u8; N]> for Field {
    fn from(bytes: &[u8; N]) -> Field {
        Field::Bytes(bytes.to_vec())
    }
}

impl From<&std::sync::LazyLock<Vec<u8>>> for Field {
    fn from(bytes: &std::sync::LazyLock<Vec<u8>>) -> Field {
        Field::Bytes(bytes.to_vec())
    }
}

impl From<Value> for Field {
    fn from(value: Value) -> Field {
        match value {
            Value::Int(number) => Field::Int(number),
            Value::Bool(truth) => Field::Bool(truth),
            Value::Float(x) => Field::Float(x),
            Value::Bytes(bytes) => Field::Bytes(bytes.to_vec()),
            Value::Object(object) => object.plain().map_or(Field::Other, Field::from),
            _ => Field::Other,
        }
    }
}

/// A type that a packed value is read as.
pub trait FromField: Sized {
    /// The value of a field that the format promises.
    fn from_field(field: Field) -> Self;
}

impl FromField for i64 {
    #[track_caller]
    fn from_field(field: Field) -> i64 {
        Int::from_field(field).expect_i64()
    }
}

impl FromField for Int {
    fn from_field(field: Field) -> Int {
        match field {
            Field::Int(number) => number,
            Field::Bool(truth) => Int::from(truth),
            _ => Int::ZERO,
        }
    }
}

impl FromField for f64 {
    fn from_field(field: Field) -> f64 {
        match field {
            Field::Float(x) => x,
            Field::Int(number) => number.to_f64(),
            _ => 0.0,
        }
    }
}

impl FromField for bool {
    fn from_field(field: Field) -> bool {
        matches!(field, Field::Bool(true))
    }
}

impl FromField for Vec<u8> {
    fn from_field(field: Field) -> Vec<u8> {
        match field {
            Field::Bytes(bytes) => bytes,
            _ => Vec::new(),
        }
    }
}

impl FromField for Value {
    fn from_field(field: Field) -> Value {
        match field {
            Field::Int(number) => Value::from(number),
            Field::Float(x) => Value::from(x),
            Field::Bool(truth) => Value::from(truth),
            Field::Bytes(bytes) => Value::from(bytes),
            Field::Other => Value::None,
        }
    }
}

/// A tuple that a record is read as.
pub trait FromFields: Sized {
    /// The tuple of a record's values.
    fn from_fields(fields: Vec<Field>) -> Self;
}

impl<T: FromField> FromFields for Tuple<T> {
    fn from_fields(fields: Vec<Field>) -> Tuple<T> {
        Tuple::from(fields.into_iter().map(T::from_field).collect::<Vec<T>>())
    }
}

macro_rules! from_fields {
    ($($name:ident)+) => {
        impl<$($name: FromField),+> FromFields for ($($name,)+) {
            #[track_caller]
            fn from_fields(fields: Vec<Field>) -> Self {
                let mut fields = fields.into_iter();
                ($($name::from_field(fields.next().unwrap_or(Field::Other)),)+)
            }
        }
    };
}

from_fields!(A);
from_fields!(A B);
from_fields!(A B C);
from_fields!(A B C D);
from_fields!(A B C D E);
from_fields!(A B C D E F);
from_fields!(A B C D E F G);
from_fields!(A B C D E F G H);
from_fields!(A B C D E F G H I);
from_fields!(A B C D E F G H I J);
from_fields!(A B C D E F G H I J K);
from_fields!(A B C D E F G H I J K L);

/// One value of a format and where it lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    code: u8,
    at: usize,
    size: usize,
}

/// A format taken apart.
#[derive(Clone, Debug)]
struct Layout {
    places: Vec<Place>,
    size: usize,
    is_big: bool,
}

fn bad<T>(words: impl Into<String>) -> Result<T, Error> {
    Err(Error::new(StructError, words.into()))
}

/// The size of a code, with the machine's sizes under `@`.
fn code_size(code: u8, is_native: bool) -> Option<usize> {
    Some(match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => {
            if is_native {
                8
            } else {
                4
            }
        }
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if is_native => 8,
        _ => return None,
    })
}

impl Layout {
    #[track_caller]
    fn parse(format: &str) -> Result<Layout, Error> {
        let (is_big, is_native, codes) = match format.as_bytes().first() {
            Some(b'<') => (false, false, &format[1..]),
            Some(b'>' | b'!') => (true, false, &format[1..]),
            Some(b'=') => (cfg!(target_endian = "big"), false, &format[1..]),
            Some(b'@') => (cfg!(target_endian = "big"), true, &format[1..]),
            _ => (cfg!(target_endian = "big"), true, format),
        };
        let mut layout = Layout { places: Vec::new(), size: 0, is_big };
        let mut count: Option<usize> = None;
        for code in codes.bytes() {
            match code {
                b'0'..=b'9' => {
                    let longer = count.unwrap_or(0).checked_mul(10);
                    count = longer.and_then(|count| count.checked_add(usize::from(code - b'0')));
                    if count.is_none() {
                        return bad("overflow in item count");
                    }
                }
                b' ' | b'\t' | b'\n' | b'\r' if count.is_none() => {}
                _ => layout.add(code, count.take(), is_native)?,
            }
        }
        match count {
            Some(_) => bad("repeat count given without format specifier"),
            None => Ok(layout),
        }
    }

    #[track_caller]
    fn add(&mut self, code: u8, count: Option<usize>, is_native: bool) -> Result<(), Error> {
        let Some(size) = code_size(code, is_native) else { return bad("bad char in struct format") };
        let repeat = count.unwrap_or(1);
        if is_native {
            self.size = self.size.next_multiple_of(size);
        }
        match code {
            b'x' => self.size += repeat,
            b's' | b'p' => {
                self.places.push(Place { code, at: self.size, size: repeat });
                self.size += repeat;
            }
            _ => {
                let at = |index: usize, from: usize| from + index * size;
                self.places.extend((0..repeat).map(|index| Place { code, at: at(index, self.size), size }));
                self.size += repeat * size;
            }
        }
        Ok(())
    }

    #[track_caller]
    fn pack(&self, fields: &[Field]) -> Result<Vec<u8>, Error> {
        if fields.len() != self.places.len() {
            let (wanted, got) = (self.places.len(), fields.len());
            return bad(format!("pack expected {wanted} items for packing (got {got})"));
        }
        let mut bytes = vec![0; self.size];
        for (place, field) in self.places.iter().zip(fields) {
            self.write(place, field, &mut bytes[place.at..place.at + place.size])?;
        }
        Ok(bytes)
    }

    #[track_caller]
    fn write(&self, place: &Place, field: &Field, out: &mut [u8]) -> Result<(), Error> {
        match place.code {
            b'c' => match field {
                Field::Bytes(bytes) if bytes.len() == 1 => out.copy_from_slice(bytes),
                _ => return bad("char format requires a bytes object of length 1"),
            },
            b's' | b'p' => {
                let Field::Bytes(bytes) = field else {
                    return bad(format!("argument for '{}' must be a bytes object", char::from(place.code)));
                };
                let out = if place.code == b'p' {
                    let Some((length, rest)) = out.split_first_mut() else { return Ok(()) };
                    *length = bytes.len().min(rest.len()).min(255) as u8;
                    rest
                } else {
                    out
                };
                let kept = bytes.len().min(out.len());
                out[..kept].copy_from_slice(&bytes[..kept]);
            }
            b'?' => {
                out[0] = u8::from(match field {
                    Field::Bool(truth) => *truth,
                    Field::Int(number) => !number.is_zero(),
                    Field::Float(x) => *x != 0.0,
                    Field::Bytes(bytes) => !bytes.is_empty(),
                    Field::Other => true,
                });
            }
            b'e' | b'f' | b'd' => self.write_float(place.code, field, out)?,
            code => {
                let number = match field {
                    Field::Int(number) => number.clone(),
                    Field::Bool(truth) => Int::from(*truth),
                    _ => return bad("required argument is not an integer"),
                };
                let little = integer_bytes(&number, code, place.size)?;
                self.copy(&little[..place.size], out);
            }
        }
        Ok(())
    }

    #[track_caller]
    fn write_float(&self, code: u8, field: &Field, out: &mut [u8]) -> Result<(), Error> {
        let x = match field {
            Field::Float(x) => *x,
            Field::Int(number) => number.to_f64(),
            Field::Bool(truth) => f64::from(u8::from(*truth)),
            _ => return bad("required argument is not a float"),
        };
        let too_large =
            |code| Error::new(OverflowError, format!("float too large to pack with {code} format"));
        match code {
            b'd' => self.copy(&x.to_le_bytes(), out),
            b'f' => {
                let short = x as f32;
                if short.is_infinite() && x.is_finite() {
                    return Err(too_large('f'));
                }
                self.copy(&short.to_le_bytes(), out);
            }
            _ => match half::from_f64(x) {
                Some(bits) => self.copy(&bits.to_le_bytes(), out),
                None => return Err(too_large('e')),
            },
        }
        Ok(())
    }

    /// Copies bytes in little-endian order to where the format's order wants them.
    fn copy(&self, little: &[u8], out: &mut [u8]) {
        out.copy_from_slice(little);
        if self.is_big {
            out.reverse();
        }
    }

    fn read(&self, bytes: &[u8]) -> Vec<Field> {
        self.places.iter().map(|place| self.field(place, &bytes[place.at..place.at + place.size])).collect()
    }

    fn field(&self, place: &Place, bytes: &[u8]) -> Field {
        let mut little = [0; 8];
        if place.size <= 8 && !matches!(place.code, b's' | b'p') {
            self.copy(bytes, &mut little[..place.size]);
        }
        let bits = u64::from_le_bytes(little);
        let unused = 64 - 8 * place.size.clamp(1, 8) as u32;
        match place.code {
            b'c' | b's' => Field::Bytes(bytes.to_vec()),
            b'p' => {
                let length =
                    usize::from(bytes.first().copied().unwrap_or(0)).min(bytes.len().saturating_sub(1));
                Field::Bytes(bytes.get(1..=length).unwrap_or_default().to_vec())
            }
            b'?' => Field::Bool(bits != 0),
            b'e' => Field::Float(half::to_f64(bits as u16)),
            b'f' => Field::Float(f64::from(f32::from_bits(bits as u32))),
            b'd' => Field::Float(f64::from_bits(bits)),
            code if code.is_ascii_lowercase() => Field::Int(Int::from((bits << unused) as i64 >> unused)),
            _ => Field::Int(Int::from(bits)),
        }
    }

    #[track_caller]
    fn unpack<T: FromFields>(&self, bytes: &[u8]) -> Result<T, Error> {
        if bytes.len() != self.size {
            return bad(format!("unpack requires a buffer of {} bytes", self.size));
        }
        Ok(T::from_fields(self.read(bytes)))
    }

    #[track_caller]
    fn unpack_from<T: FromFields>(&self, bytes: &[u8], offset: i64) -> Result<T, Error> {
        let (size, length) = (self.size, bytes.len() as i64);
        let start = if offset < 0 { offset + length } else { offset };
        if start < 0 {
            return bad(format!("offset {offset} out of range for {length}-byte buffer"));
        }
        if offset < 0 && start + size as i64 > length {
            return bad(format!("not enough data to unpack {size} bytes at offset {offset}"));
        }
        if start + size as i64 > length {
            let needed = start + size as i64;
            return bad(format!(
                "unpack_from requires a buffer of at least {needed} bytes for unpacking {size} bytes at offset {offset} (actual buffer size is {length})"
            ));
        }
        let start = start as usize;
        Ok(T::from_fields(self.read(&bytes[start..start + size])))
    }

    #[track_caller]
    fn iter_unpack<T: FromFields>(self, bytes: &[u8]) -> Result<impl Iterator<Item = T> + use<T>, Error> {
        if self.size == 0 {
            return bad("cannot iteratively unpack with a struct of length 0");
        }
        if !bytes.len().is_multiple_of(self.size) {
            return bad(format!(
                "iterative unpacking requires a buffer of a multiple of {} bytes",
                self.size
            ));
        }
        let records: Vec<Vec<Field>> = bytes.chunks_exact(self.size).map(|chunk| self.read(chunk)).collect();
        Ok(records.into_iter().map(T::from_fields))
    }

    #[track_caller]
    fn pack_into(&self, buffer: &mut [u8], offset: i64, fields: &[Field]) -> Result<(), Error> {
        let packed = self.pack(fields)?;
        let (size, length) = (self.size as i64, buffer.len() as i64);
        let start = if offset < 0 { offset + length } else { offset };
        if start < 0 {
            return bad(format!("offset {offset} out of range for {length}-byte buffer"));
        }
        if start + size > length {
            let needed = start + size;
            return bad(format!(
                "pack_into requires a buffer of at least {needed} bytes for packing {size} bytes at offset {offset} (actual buffer size is {length})"
            ));
        }
        buffer[start as usize..(start + size) as usize].copy_from_slice(&packed);
        Ok(())
    }
}

/// An integer in little-endian order; its range is the code's.
#[track_caller]
fn integer_bytes(number: &Int, code: u8, size: usize) -> Result<[u8; 8], Error> {
    let is_signed = code.is_ascii_lowercase();
    let wide = match number.to_i64() {
        Some(number) => i128::from(number),
        None => number.to_string().parse::<i128>().unwrap_or(i128::MAX),
    };
    let bits = 8 * size as u32;
    let (least, most) =
        if is_signed { (-(1i128 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
    if (least..=most).contains(&wide) {
        return Ok((wide as u64).to_le_bytes());
    }
    let fits_word = i64::try_from(wide).is_ok();
    let name = match code {
        b'b' => "byte",
        b'B' => "ubyte",
        b'h' => "short",
        b'H' => "ushort",
        _ => "",
    };
    if !fits_word || bits == 64 || name.is_empty() && !is_signed && wide < 0 {
        return bad("argument out of range");
    }
    if name.is_empty() {
        return bad(format!("'{}' format requires {least} <= number <= {most}", char::from(code)));
    }
    bad(format!("{name} format requires {least} <= number <= {most}"))
}

/// `struct.calcsize(format)`.
#[track_caller]
pub fn calcsize(format: &str) -> Result<i64, Error> {
    Ok(Layout::parse(format)?.size as i64)
}

/// `struct.pack(format, ..)`; see [`fields!`](crate::fields).
#[track_caller]
pub fn pack(format: &str, fields: &[Field]) -> Result<Vec<u8>, Error> {
    Layout::parse(format)?.pack(fields)
}

/// `struct.pack(format, *values)`.
#[track_caller]
pub fn pack_all<F: Into<Field>>(format: &str, values: impl IntoIterator<Item = F>) -> Result<Vec<u8>, Error> {
    let fields: Vec<Field> = values.into_iter().map(Into::into).collect();
    pack(format, &fields)
}

/// `struct.pack_into(format, buffer, offset, ..)`.
#[track_caller]
pub fn pack_into(format: &str, buffer: &mut [u8], offset: i64, fields: &[Field]) -> Result<(), Error> {
    Layout::parse(format)?.pack_into(buffer, offset, fields)
}

/// `struct.unpack(format, bytes)`.
#[track_caller]
pub fn unpack<T: FromFields>(format: &str, bytes: &[u8]) -> Result<T, Error> {
    Layout::parse(format)?.unpack(bytes)
}

/// `struct.unpack_from(format, bytes, offset)`.
#[track_caller]
pub fn unpack_from<T: FromFields>(format: &str, bytes: &[u8], offset: i64) -> Result<T, Error> {
    Layout::parse(format)?.unpack_from(bytes, offset)
}

/// `struct.iter_unpack(format, bytes)`, with the items of `I`.
#[track_caller]
pub fn iter_unpack<I: Iterator>(
    format: &str,
    bytes: &[u8],
) -> Result<impl Iterator<Item = I::Item> + use<I>, Error>
where
    I::Item: FromFields,
{
    Layout::parse(format)?.iter_unpack(bytes)
}

/// Values of any types as fields: `rt::fields![-2, 1.5, b"ab"]`.
#[macro_export]
macro_rules! fields {
    ($($field:expr),* $(,)?) => {
        [$($crate::structs::Field::from($field)),*]
    };
}

/// `struct.Struct`: a format that is taken apart once; its records are read as `T`.
#[derive(Clone, Debug)]
pub struct Struct<T> {
    format: String,
    layout: Layout,
    record: PhantomData<fn() -> T>,
}

impl<T: FromFields> Struct<T> {
    /// `struct.Struct(format)`.
    #[track_caller]
    pub fn new(format: &str) -> Result<Struct<T>, Error> {
        Ok(Struct { format: format.to_owned(), layout: Layout::parse(format)?, record: PhantomData })
    }

    /// `s.size`.
    pub fn size(&self) -> i64 {
        self.layout.size as i64
    }

    /// `s.format`.
    pub fn format(&self) -> &str {
        &self.format
    }

    /// `s.pack(..)`.
    #[track_caller]
    pub fn pack(&self, fields: &[Field]) -> Result<Vec<u8>, Error> {
        self.layout.pack(fields)
    }

    /// `s.pack_into(buffer, offset, ..)`.
    #[track_caller]
    pub fn pack_into(&self, buffer: &mut [u8], offset: i64, fields: &[Field]) -> Result<(), Error> {
        self.layout.pack_into(buffer, offset, fields)
    }

    /// `s.unpack(bytes)`.
    #[track_caller]
    pub fn unpack(&self, bytes: &[u8]) -> Result<T, Error> {
        self.layout.unpack(bytes)
    }

    /// `s.unpack_from(bytes, offset)`.
    #[track_caller]
    pub fn unpack_from(&self, bytes: &[u8], offset: i64) -> Result<T, Error> {
        self.layout.unpack_from(bytes, offset)
    }

    /// `s.iter_unpack(bytes)`.
    #[track_caller]
    pub fn iter_unpack(&self, bytes: &[u8]) -> Result<impl Iterator<Item = T> + use<T>, Error> {
        self.layout.clone().iter_unpack(bytes)
    }
}

impl<T> PartialEq for Struct<T> {
    fn eq(&self, other: &Struct<T>) -> bool {
        std::ptr::eq(self, other)
    }
}

impl<T> Repr for Struct<T> {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<_struct.Struct object>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(pack("<hI", &crate::fields![-2, 7]).expect("fits"), [254, 255, 7, 0, 0, 0]);
        assert_eq!(calcsize("bhiqd").ok(), Some(24));
        assert_eq!(calcsize("<bhiqd").ok(), Some(23));
        let (a, b): (Vec<u8>, f64) =
            unpack(">3sd", b"abc\x3f\xb9\x99\x99\x99\x99\x99\x9a").expect("11 bytes");
        assert_eq!((a.as_slice(), b), (&b"abc"[..], 0.1));
        let error = pack("B", &crate::fields![300]).map_err(|error| error.traceback_line());
        assert_eq!(error.err().as_deref(), Some("struct.error: ubyte format requires 0 <= number <= 255"));
        let halves: (f64,) = unpack("<e", &[0, 0x3e]).expect("2 bytes");
        assert_eq!(halves, (1.5,));
    }
}
