//! Metadata by slot: columns of the file, overlaid by the rows written since.
//!
//! A column of `n` slots, all numbers little-endian, each part padded to 8 bytes:
//! presence bits (`ceil(n / 8)` bytes), then
//! * int, float: `n` numbers of 8 bytes; bool: `ceil(n / 8)` bytes of bits;
//! * text: `n + 1` offsets of 8 bytes into the bytes that follow;
//! * text list: `n + 1` offsets of 8 bytes into the list of items, the items' `items + 1`
//!   offsets into the bytes, the bytes.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;

use crate::filter::{Cell, Cells as CellSource, TextItems};
use crate::sys::slots::Frozen;
use crate::value::{Cells, ColumnType, Row, Schema, Value};

const BLOCK: usize = 256;
const PAGE: usize = 4096;

type Rows = Box<[ArcSwapOption<Cells>]>;
type RowPage = Box<[OnceLock<Rows>]>;

/// Metadata of all slots.
#[derive(Debug)]
pub(crate) struct Meta {
    schema: Schema,
    base_slots: usize,
    columns: Vec<Frozen>,
    /// Two levels of tables, each made when a row first falls into it.
    overlay: Box<[OnceLock<RowPage>]>,
}

impl Meta {
    /// Metadata over the columns of a file, one for each column of the schema.
    pub(crate) fn new(schema: Schema, base_slots: u32, columns: Vec<Frozen>) -> Meta {
        let pages = if schema.columns().is_empty() { 0 } else { (1 << 31) / (BLOCK * PAGE) };
        let overlay = (0..pages).map(|_| OnceLock::new()).collect();
        Meta { schema, base_slots: base_slots as usize, columns, overlay }
    }

    /// The columns' names and types.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Sets the row of a slot that no reader sees yet.
    pub(crate) fn set(&self, slot: u32, cells: Cells) {
        let slot = slot as usize;
        let Some(page) = self.overlay.get(slot / (BLOCK * PAGE)) else {
            return;
        };
        let page = page.get_or_init(|| (0..PAGE).map(|_| OnceLock::new()).collect());
        let rows =
            page[slot / BLOCK % PAGE].get_or_init(|| (0..BLOCK).map(|_| ArcSwapOption::empty()).collect());
        rows[slot % BLOCK].store(Some(Arc::new(cells)));
    }

    fn overlaid(&self, slot: u32) -> Option<Arc<Cells>> {
        let slot = slot as usize;
        let page = self.overlay.get(slot / (BLOCK * PAGE))?.get()?;
        page[slot / BLOCK % PAGE].get()?[slot % BLOCK].load_full()
    }

    /// The cells of a slot.
    pub(crate) fn of(&self, slot: u32) -> SlotCells<'_> {
        SlotCells { meta: self, slot: slot as usize, row: self.overlaid(slot) }
    }

    /// The row of a slot, by names.
    pub(crate) fn row(&self, slot: u32) -> Row {
        let cells = self.of(slot);
        let mut row = Row::new();
        for (column, (name, _)) in self.schema.columns().iter().enumerate() {
            if let Some(cell) = cells.cell(column) {
                row.insert(name, to_value(cell));
            }
        }
        row
    }

    fn column(&self, slot: usize, column: usize) -> Option<Cell<'_>> {
        if slot >= self.base_slots {
            return None;
        }
        let (_, ty) = self.schema.columns().get(column)?;
        ColumnBytes { bytes: self.columns.get(column)?.bytes(), slots: self.base_slots }.cell(slot, *ty)
    }

    /// Writes one column for the given slots in order.
    pub(crate) fn write_column(&self, column: usize, order: &[u32], out: &mut dyn Write) -> io::Result<()> {
        let (_, ty) = self.schema.columns()[column];
        let cells: Vec<Option<Value>> =
            order.iter().map(|slot| self.of(*slot).cell(column).map(to_value)).collect();
        write_column(ty, &cells, out)
    }
}

/// The cells of one slot.
#[derive(Debug)]
pub(crate) struct SlotCells<'a> {
    meta: &'a Meta,
    slot: usize,
    row: Option<Arc<Cells>>,
}

impl CellSource for SlotCells<'_> {
    fn cell(&self, column: usize) -> Option<Cell<'_>> {
        match &self.row {
            Some(row) => row.get(column)?.as_ref().map(Cell::from),
            None => self.meta.column(self.slot, column),
        }
    }
}

fn to_value(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Int(x) => Value::Int(x),
        Cell::Float(x) => Value::Float(x),
        Cell::Bool(x) => Value::Bool(x),
        Cell::Text(x) => Value::Text(x.to_string()),
        Cell::List(items) => Value::TextList(items.iter().map(str::to_string).collect()),
    }
}

/// A column of the file. Every offset is checked when it is read.
#[derive(Clone, Copy)]
struct ColumnBytes<'a> {
    bytes: &'a [u8],
    slots: usize,
}

impl<'a> ColumnBytes<'a> {
    fn cell(self, slot: usize, ty: ColumnType) -> Option<Cell<'a>> {
        if !self.bit(0, slot)? {
            return None;
        }
        let data = padded(self.slots.div_ceil(8));
        Some(match ty {
            ColumnType::Int => Cell::Int(self.long(data, slot)? as i64),
            ColumnType::Float => Cell::Float(f64::from_bits(self.long(data, slot)?)),
            ColumnType::Bool => Cell::Bool(self.bit(data, slot)?),
            ColumnType::Text => {
                let texts = Texts { column: self, offsets: data, count: self.slots };
                Cell::Text(texts.get(slot)?)
            }
            ColumnType::TextList => {
                let count = usize::try_from(self.long(data, self.slots)?).ok()?;
                let offsets = data + (self.slots + 1) * 8;
                let first = usize::try_from(self.long(data, slot)?).ok()?;
                let end = usize::try_from(self.long(data, slot + 1)?).ok()?;
                if first > end || end > count || count > self.bytes.len() / 8 {
                    return None;
                }
                let texts = Texts { column: self, offsets, count };
                Cell::List(TextItems::Column(TextRange { texts, first, end }))
            }
        })
    }

    fn bit(self, at: usize, slot: usize) -> Option<bool> {
        Some(self.bytes.get(at + slot / 8)? >> (slot % 8) & 1 == 1)
    }

    fn long(self, at: usize, index: usize) -> Option<u64> {
        let start = at.checked_add(index.checked_mul(8)?)?;
        let bytes = self.bytes.get(start..start.checked_add(8)?)?;
        bytes.try_into().ok().map(u64::from_le_bytes)
    }
}

/// Strings by number: `count + 1` offsets, then the bytes.
#[derive(Clone, Copy)]
struct Texts<'a> {
    column: ColumnBytes<'a>,
    offsets: usize,
    count: usize,
}

impl<'a> Texts<'a> {
    fn get(self, index: usize) -> Option<&'a str> {
        let start = usize::try_from(self.column.long(self.offsets, index)?).ok()?;
        let end = usize::try_from(self.column.long(self.offsets, index + 1)?).ok()?;
        let bytes = self.offsets.checked_add((self.count + 1).checked_mul(8)?)?;
        let text = self.column.bytes.get(bytes.checked_add(start)?..bytes.checked_add(end)?)?;
        std::str::from_utf8(text).ok()
    }
}

/// Neighbouring strings of a list column.
#[derive(Clone, Copy)]
pub(crate) struct TextRange<'a> {
    texts: Texts<'a>,
    first: usize,
    end: usize,
}

impl std::fmt::Debug for TextRange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> TextRange<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a str> {
        (self.first..self.end).filter_map(move |index| self.texts.get(index))
    }
}

fn padded(bytes: usize) -> usize {
    bytes.next_multiple_of(8)
}

fn write_bits(bits: impl Iterator<Item = bool>, out: &mut dyn Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    for (at, bit) in bits.enumerate() {
        if at % 8 == 0 {
            bytes.push(0u8);
        }
        bytes[at / 8] |= u8::from(bit) << (at % 8);
    }
    bytes.resize(padded(bytes.len()), 0);
    out.write_all(&bytes)
}

fn write_texts<'a>(texts: impl Iterator<Item = &'a str> + Clone, out: &mut dyn Write) -> io::Result<()> {
    let mut end = 0u64;
    out.write_all(&end.to_le_bytes())?;
    for text in texts.clone() {
        end += text.len() as u64;
        out.write_all(&end.to_le_bytes())?;
    }
    for text in texts {
        out.write_all(text.as_bytes())?;
    }
    out.write_all(&[0; 8][..(8 - end as usize % 8) % 8])
}

fn write_column(ty: ColumnType, cells: &[Option<Value>], out: &mut dyn Write) -> io::Result<()> {
    write_bits(cells.iter().map(Option::is_some), out)?;
    match ty {
        ColumnType::Int | ColumnType::Float => cells.iter().try_for_each(|cell| {
            let bits = match cell {
                Some(Value::Int(x)) => *x as u64,
                Some(Value::Float(x)) => x.to_bits(),
                _ => 0,
            };
            out.write_all(&bits.to_le_bytes())
        }),
        ColumnType::Bool => write_bits(cells.iter().map(|cell| matches!(cell, Some(Value::Bool(true)))), out),
        ColumnType::Text => {
            let texts = cells.iter().map(|cell| match cell {
                Some(Value::Text(text)) => text.as_str(),
                _ => "",
            });
            write_texts(texts, out)
        }
        ColumnType::TextList => {
            let lists = cells.iter().map(|cell| match cell {
                Some(Value::TextList(items)) => items.as_slice(),
                _ => &[],
            });
            let mut end = 0u64;
            out.write_all(&end.to_le_bytes())?;
            for list in lists.clone() {
                end += list.len() as u64;
                out.write_all(&end.to_le_bytes())?;
            }
            write_texts(lists.flatten().map(String::as_str), out)
        }
    }
}
