//! UTF-16 and UTF-32 in either order of bytes.

use super::bytes::coding_error;
use crate::class::UnicodeDecodeError;
use crate::error::Error;

/// The order of the bytes of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Little,
    Big,
    /// A mark in front says it; what is written is little.
    Marked,
}

/// Units of two or four bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wide {
    pub size: usize,
    pub order: Order,
}

impl Wide {
    /// The codec of a name that has small letters and dashes.
    pub fn named(name: &str) -> Option<Wide> {
        let (size, rest) = match (name.strip_prefix("utf-16"), name.strip_prefix("utf-32")) {
            (Some(rest), _) => (2, rest),
            (_, Some(rest)) => (4, rest),
            _ => match name {
                "utf16" => (2, ""),
                "utf32" => (4, ""),
                _ => return None,
            },
        };
        let order = match rest {
            "" => Order::Marked,
            "-le" | "le" => Order::Little,
            "-be" | "be" => Order::Big,
            _ => return None,
        };
        Some(Wide { size, order })
    }

    fn put(self, unit: u32, bytes: &mut Vec<u8>) {
        match self.order {
            Order::Big => bytes.extend(&unit.to_be_bytes()[4 - self.size..]),
            _ => bytes.extend(&unit.to_le_bytes()[..self.size]),
        }
    }

    /// `text.encode(..)`.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size * text.len());
        if self.order == Order::Marked {
            self.put(0xfeff, &mut bytes);
        }
        match self.size {
            2 => text.encode_utf16().for_each(|unit| self.put(unit.into(), &mut bytes)),
            _ => text.chars().for_each(|c| self.put(c.into(), &mut bytes)),
        }
        bytes
    }

    /// `bytes.decode(.., errors)`.
    #[track_caller]
    pub fn decode(self, bytes: &[u8], errors: &str) -> Result<String, Error> {
        let read = |order: Order, unit: &[u8]| {
            let add = |all: u32, byte: &u8| (all << 8) | u32::from(*byte);
            match order {
                Order::Big => unit.iter().fold(0, add),
                _ => unit.iter().rev().fold(0, add),
            }
        };
        let (mut order, mut start) = (self.order, 0);
        if order == Order::Marked {
            let first = bytes.get(..self.size).unwrap_or_default();
            let is_big = read(Order::Big, first) == 0xfeff;
            order = if is_big { Order::Big } else { Order::Little };
            start = if read(order, first) == 0xfeff { self.size } else { 0 };
        }
        let chunks = bytes[start..].chunks(self.size);
        let whole = chunks.clone().filter(|chunk| chunk.len() == self.size);
        let units = whole.map(|chunk| read(order, chunk));
        let chars: Vec<Option<char>> = match self.size {
            2 => char::decode_utf16(units.map(|unit| unit as u16)).map(Result::ok).collect(),
            _ => units.map(char::from_u32).collect(),
        };
        let rest = (bytes.len() - start) % self.size;
        let is_cut = rest > 0;
        let mut text = String::with_capacity(chars.len());
        for c in chars.into_iter().chain(is_cut.then_some(None)) {
            match (c, errors) {
                (Some(c), _) => text.push(c),
                (None, "ignore") => {}
                (None, "replace") => text.push(char::REPLACEMENT_CHARACTER),
                (None, _) => {
                    let at = bytes.len() - rest.max(1);
                    let name = match (self.size, order) {
                        (2, Order::Big) => "utf-16-be",
                        (2, _) => "utf-16-le",
                        (_, Order::Big) => "utf-32-be",
                        _ => "utf-32-le",
                    };
                    let reason = if is_cut { "truncated data" } else { "illegal encoding" };
                    let words = format!(
                        "'{name}' codec can't decode byte 0x{:02x} in position {at}: {reason}",
                        bytes[at]
                    );
                    return Err(coding_error(UnicodeDecodeError, words));
                }
            }
        }
        Ok(text)
    }
}
