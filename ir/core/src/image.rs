//! What a program in C says beside its bodies: records with their layout, objects of static storage, named
//! numbers, functions that have an address.

use crate::{Comment, Ty};
use batuta_base::{IndexMap, Name, Origin};

/// The data of a linked C program, by item path.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Image {
    pub records: IndexMap<Name, RecordDef>,
    /// In the order of their numbers in checked memory; see [`ObjectDef::number`].
    pub objects: IndexMap<Name, ObjectDef>,
    pub constants: IndexMap<Name, NumberDef>,
    /// Functions whose address is taken: item paths, or `c.name` of the library.
    pub targets: Vec<(Name, Ty)>,
    /// Path of the program's `main`, if it has one.
    pub main: Option<Name>,
    /// Source module (file) of each header module without code of its own.
    pub files: IndexMap<Name, Name>,
    /// Functions whose text stands in another file than their module's: the module of that file.
    pub texts: IndexMap<Name, Name>,
    /// Functions of other libraries that are called, by name.
    pub foreign: IndexMap<Name, ForeignDef>,
    /// Names of those libraries, as a linker knows them.
    pub libraries: Vec<String>,
}

/// A function of another library: what crosses over in each of its parameters and its result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignDef {
    pub params: Vec<Foreign>,
    pub ret: Foreign,
}

/// What crosses over to another library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Foreign {
    Nothing,
    /// A number of this type.
    Number(Ty),
    /// A pointer to bytes, or an object of the library.
    Pointer {
        changes: bool,
    },
    /// A pointer to an object of the library: one of ours holds pointers that mean nothing there.
    Handle,
    /// A pointer to a pointer that the library sets.
    Slot,
    /// A result that is a text.
    Text,
}

/// A struct or union.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordDef {
    pub size: u64,
    pub align: u64,
    /// Values are plain bytes in Rust: a union, or bit-fields are in it.
    pub is_bytes: bool,
    pub fields: Vec<RecordField>,
    pub place: SourcePlace,
    pub above: Vec<Comment>,
}

/// Where an item stands: the module of its file, and the range there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourcePlace {
    pub module: Name,
    pub origin: Origin,
}

/// A field of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordField {
    pub name: Name,
    pub ty: Ty,
    pub offset: u64,
    /// First bit in the unit at `offset`, number of bits.
    pub bits: Option<(u32, u32)>,
    pub beside: Option<String>,
    pub above: Vec<Comment>,
}

/// An object of static storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectDef {
    pub ty: Ty,
    pub storage: ObjectStorage,
    pub place: SourcePlace,
    pub above: Vec<Comment>,
}

/// Where an object of static storage lives. The value of a cell, cells or table is the body of its path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectStorage {
    /// A cell of its own: its address is never taken.
    Cell,
    /// A constant table that is only indexed.
    Table,
    /// An array of cells, or a small struct in one: only items and fields are used.
    Cells,
    /// Checked memory, under this number.
    Memory(u32),
}

/// A named number: an enumerator or a macro.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberDef {
    pub value: i128,
    pub ty: Ty,
    pub place: SourcePlace,
}
