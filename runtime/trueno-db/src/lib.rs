//! A vector database in one folder: memory-mapped, searched through an HNSW graph, safe against
//! crashes and against damaged files.
//!
//! ```
//! use trueno_db::{ColumnType, Config, Metric, Row, SearchOptions, VectorDb};
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path();
//! let config = Config::new(3, Metric::L2).column("lang", ColumnType::Text);
//! let mut db = VectorDb::create(folder, config)?;
//! db.add_with(7, &[1.0, 0.0, 0.0], Row::new().set("lang", "fr"))?;
//! db.add_with(8, &[0.9, 0.1, 0.0], Row::new().set("lang", "de"))?;
//!
//! let hits = db.search(&[1.0, 0.0, 0.0], 2)?;
//! assert_eq!((hits[0].id, hits[0].distance), (7, 0.0));
//!
//! let german = SearchOptions::new(1).filter("lang == \"de\"".parse()?);
//! assert_eq!(db.search_with(&[1.0, 0.0, 0.0], &german)?[0].id, 8);
//! assert_eq!(db.get(8).unwrap().to_vec(), [0.9, 0.1, 0.0]);
//! # Ok::<(), trueno_db::Error>(())
//! ```
//!
//! # What holds
//! * A write that was acknowledged is there after the process died at any point.
//! * Readers never wait, and see one version: [`Reader`], [`Snapshot`].
//! * What is borrowed ([`Vector`]) cannot outlive what it was borrowed from.
//! * No file makes the library crash, hang or ask for more memory than the file's size: every
//!   number read from a file is checked before it is used as a place. A file that becomes
//!   shorter while it is mapped gives [`Error::Shrunk`].
//!
//! # What does not
//! * Another program that changes bytes of a mapped file in place can change results (never
//!   memory safety of indices); `verify` and background checksums find it.
//! * Database files are little-endian, and big-endian machines refuse them.
#![deny(unsafe_code)]

mod checkpoint;
mod config;
mod db;
mod engine;
mod error;
mod filter;
mod filter_text;
mod folder;
mod format;
mod graph;
pub mod io;
mod load;
mod meta;
mod quant;
mod read;
mod snapshot;
#[allow(unsafe_code)]
mod sys;
mod value;
mod verify;
mod wal;

pub use config::{
    Codes, Config, MAX_DIMS, MAX_SLOTS, Method, Metric, OpenOptions, SearchOptions, SyncPolicy,
};
pub use db::{Stats, VectorDb};
pub use error::{Error, Result};
pub use filter::{Comparison, Filter};
pub use read::Reader;
pub use snapshot::{Hit, Snapshot};
pub use trueno::Vector;
pub use value::{ColumnType, Row, Schema, Value};
pub use verify::Report;

/// Name of the distance kernels in use: `scalar`, `avx2`, `avx512` or `neon`.
pub fn kernels() -> &'static str {
    sys::kernels::kernels().name
}
