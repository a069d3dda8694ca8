//! Inflate: the way back.

use super::trees::{CODE_ORDER, DISTANCE_EXTRA, LENGTH_EXTRA, bases};

/// Why data cannot be read.
pub(super) enum Broken {
    Short,
    Dictionary,
    Bad(&'static str),
}

use Broken::{Bad, Short};

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    hold: u32,
    count: u32,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Result<usize, Broken> {
        while self.count < count {
            let byte = self.data.get(self.at).ok_or(Short)?;
            self.hold |= u32::from(*byte) << self.count;
            self.at += 1;
            self.count += 8;
        }
        let value = self.hold & ((1 << count) - 1);
        self.hold >>= count;
        self.count -= count;
        Ok(value as usize)
    }

    fn symbol(&mut self, code: &Code, what: &'static str) -> Result<usize, Broken> {
        let (mut value, mut first, mut index) = (0usize, 0usize, 0usize);
        for len in 1..16 {
            value |= self.take(1)?;
            let count = code.counts[len];
            if value < first + count {
                return Ok(code.symbols[index + value - first]);
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        Err(Bad(what))
    }
}

/// A canonical code: how many symbols have each length, and the symbols in their order.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    /// `None` where the lengths are no code; an incomplete one has at most one symbol.
    fn new(lens: &[u8], may_lack: bool) -> Option<Code> {
        let mut counts = [0; 16];
        lens.iter().for_each(|len| counts[usize::from(*len)] += 1);
        let used = lens.len() - counts[0];
        counts[0] = 0;
        let left = (1..16).try_fold(1i64, |left, len| {
            let left = 2 * left - counts[len] as i64;
            (left >= 0).then_some(left)
        })?;
        let is_single = may_lack && (used == 0 || used == 1 && counts[1] == 1);
        if left > 0 && !is_single {
            return None;
        }
        let mut symbols = Vec::with_capacity(used);
        for len in 1..16 {
            symbols.extend((0..lens.len()).filter(|at| lens[*at] == len));
        }
        Some(Code { counts, symbols })
    }
}

/// The bytes, and how many of the compressed ones they took.
pub(super) fn inflate(data: &[u8]) -> Result<(Vec<u8>, usize), Broken> {
    let mut bits = Bits { data, at: 0, hold: 0, count: 0 };
    let mut out = Vec::new();
    loop {
        let is_last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out)?,
            1 => {
                let mut lens = [8; 288];
                lens[144..256].fill(9);
                lens[256..280].fill(7);
                let literals = Code::new(&lens, false).ok_or(Bad("invalid literal/lengths set"))?;
                let distances = Code::new(&[5; 32], false).ok_or(Bad("invalid distances set"))?;
                block(&mut bits, &mut out, &literals, &distances)?;
            }
            2 => {
                let (literals, distances) = codes(&mut bits)?;
                block(&mut bits, &mut out, &literals, &distances)?;
            }
            _ => return Err(Bad("invalid block type")),
        }
        if is_last {
            return Ok((out, bits.at - bits.count as usize / 8));
        }
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>) -> Result<(), Broken> {
    bits.take(bits.count % 8)?;
    let (size, inverse) = (bits.take(16)?, bits.take(16)?);
    if size != inverse ^ 0xffff {
        return Err(Bad("invalid stored block lengths"));
    }
    out.extend(bits.data.get(bits.at..bits.at + size).ok_or(Short)?);
    bits.at += size;
    Ok(())
}

fn codes(bits: &mut Bits<'_>) -> Result<(Code, Code), Broken> {
    let (literals, distances, count) = (bits.take(5)? + 257, bits.take(5)? + 1, bits.take(4)? + 4);
    if literals > 286 || distances > 30 {
        return Err(Bad("too many length or distance symbols"));
    }
    let mut lens = [0u8; 19];
    for at in &CODE_ORDER[..count] {
        lens[*at] = bits.take(3)? as u8;
    }
    let code = Code::new(&lens, false).ok_or(Bad("invalid code lengths set"))?;
    let mut lens = Vec::with_capacity(literals + distances);
    while lens.len() < literals + distances {
        let (len, times) = match bits.symbol(&code, "invalid code lengths set")? {
            16 => (*lens.last().ok_or(Bad("invalid bit length repeat"))?, bits.take(2)? + 3),
            17 => (0, bits.take(3)? + 3),
            18 => (0, bits.take(7)? + 11),
            len => (len as u8, 1),
        };
        lens.extend(std::iter::repeat_n(len, times));
    }
    if lens.len() > literals + distances {
        return Err(Bad("invalid bit length repeat"));
    }
    if lens[256] == 0 {
        return Err(Bad("invalid code -- missing end-of-block"));
    }
    let (first, second) = lens.split_at(literals);
    let first = Code::new(first, true).ok_or(Bad("invalid literal/lengths set"))?;
    let second = Code::new(second, true).ok_or(Bad("invalid distances set"))?;
    Ok((first, second))
}

fn block(bits: &mut Bits<'_>, out: &mut Vec<u8>, literals: &Code, distances: &Code) -> Result<(), Broken> {
    let (mut length_base, distance_base) = (bases(&LENGTH_EXTRA), bases(&DISTANCE_EXTRA));
    length_base[28] = 255;
    loop {
        let symbol = bits.symbol(literals, "invalid literal/length code")?;
        match symbol {
            0..256 => out.push(symbol as u8),
            256 => return Ok(()),
            _ => {
                let code = symbol - 257;
                let base = length_base.get(code).ok_or(Bad("invalid literal/length code"))?;
                let length = base + 3 + bits.take(u32::from(LENGTH_EXTRA[code]))?;
                let code = bits.symbol(distances, "invalid distance code")?;
                let base = distance_base.get(code).ok_or(Bad("invalid distance code"))?;
                let distance = base + 1 + bits.take(u32::from(DISTANCE_EXTRA[code]))?;
                if distance > out.len() {
                    return Err(Bad("invalid distance too far back"));
                }
                let from = out.len() - distance;
                (0..length).for_each(|at| out.push(out[from + at]));
            }
        }
    }
}
