//! Writes GGUF version 3: for quantised copies of a model and for small test models.

use std::io::{self, Write};

use crate::quant::Type;

const ALIGNMENT: usize = 32;

/// A metadata value to write.
#[derive(Debug, Clone)]
pub enum Value {
    /// 32-bit whole number.
    U32(u32),
    /// 32-bit float.
    F32(f32),
    /// Truth value.
    Bool(bool),
    /// Text.
    Str(String),
    /// List of texts.
    Strings(Vec<String>),
    /// List of floats.
    Floats(Vec<f32>),
    /// List of 32-bit signed numbers.
    Ints(Vec<i32>),
}

/// Collects metadata and tensors, then writes one file.
#[derive(Debug, Default)]
pub struct Writer {
    keys: Vec<(String, Vec<u8>)>,
    tensors: Vec<(String, Type, Vec<usize>, Vec<u8>)>,
}

impl Writer {
    /// An empty file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a key.
    pub fn key(&mut self, name: &str, value: &Value) {
        self.raw_key(name, encode(value));
    }

    pub(crate) fn raw_key(&mut self, name: &str, value: Vec<u8>) {
        self.keys.retain(|(n, _)| n != name);
        self.keys.push((name.into(), value));
    }

    /// Adds a tensor; `bytes` must have the size that `ty` and `shape` give.
    pub fn tensor(&mut self, name: &str, ty: Type, shape: &[usize], bytes: Vec<u8>) {
        self.tensors.push((name.into(), ty, shape.to_vec(), bytes));
    }

    /// Writes the file.
    ///
    /// # Errors
    /// What `out` reports; `InvalidInput` when a tensor's bytes do not fit its shape.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut head = Vec::new();
        head.extend(b"GGUF");
        head.extend(3u32.to_le_bytes());
        head.extend((self.tensors.len() as u64).to_le_bytes());
        head.extend((self.keys.len() as u64).to_le_bytes());
        for (name, value) in &self.keys {
            put_str(&mut head, name);
            head.extend(value);
        }
        let mut offset = 0usize;
        for (name, ty, shape, bytes) in &self.tensors {
            if super::gguf::byte_size(*ty, shape) != Some(bytes.len()) {
                let text = format!("tensor `{name}` has {} bytes, not what {shape:?} needs", bytes.len());
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
            put_str(&mut head, name);
            head.extend((shape.len() as u32).to_le_bytes());
            shape.iter().for_each(|&d| head.extend((d as u64).to_le_bytes()));
            head.extend(ty.code().to_le_bytes());
            head.extend((offset as u64).to_le_bytes());
            offset += bytes.len().next_multiple_of(ALIGNMENT);
        }
        head.resize(head.len().next_multiple_of(ALIGNMENT), 0);
        out.write_all(&head)?;
        for (_, _, _, bytes) in &self.tensors {
            out.write_all(bytes)?;
            out.write_all(&[0; ALIGNMENT][..bytes.len().next_multiple_of(ALIGNMENT) - bytes.len()])?;
        }
        Ok(())
    }
}

fn put_str(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    let code = |out: &mut Vec<u8>, c: u32| out.extend(c.to_le_bytes());
    let array = |out: &mut Vec<u8>, kind: u32, n: usize| {
        code(out, 9);
        code(out, kind);
        out.extend((n as u64).to_le_bytes());
    };
    match value {
        Value::U32(v) => {
            code(&mut out, 4);
            out.extend(v.to_le_bytes());
        }
        Value::F32(v) => {
            code(&mut out, 6);
            out.extend(v.to_le_bytes());
        }
        Value::Bool(v) => {
            code(&mut out, 7);
            out.push(u8::from(*v));
        }
        Value::Str(v) => {
            code(&mut out, 8);
            put_str(&mut out, v);
        }
        Value::Strings(v) => {
            array(&mut out, 8, v.len());
            v.iter().for_each(|s| put_str(&mut out, s));
        }
        Value::Floats(v) => {
            array(&mut out, 6, v.len());
            v.iter().for_each(|x| out.extend(x.to_le_bytes()));
        }
        Value::Ints(v) => {
            array(&mut out, 5, v.len());
            v.iter().for_each(|x| out.extend(x.to_le_bytes()));
        }
    }
    out
}
