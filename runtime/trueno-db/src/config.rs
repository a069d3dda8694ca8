//! Settings: what a database is (fixed at creation), how it is opened, how one search runs.

use crate::error::{Error, Result};
use crate::filter::Filter;
use crate::value::{ColumnType, Schema};

/// Most components a vector may have.
pub const MAX_DIMS: usize = 65_536;
/// Most slots of a database: 2^31 - 1, so that a slot number leaves one bit to the search.
pub const MAX_SLOTS: u32 = 0x7fff_ffff;

/// How far apart two vectors are. Smaller is closer for every metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Metric {
    /// Squared Euclidean distance, the sum of `(a - b)^2`.
    L2 = 1,
    /// The negated inner product, `-(a . b)`.
    InnerProduct = 2,
    /// `1 - cos(a, b)`. Vectors are scaled to length 1 when stored, and `get` gives them so.
    Cosine = 3,
    /// Number of components whose sign bit differs (`x > 0` is a one).
    Hamming = 4,
}

impl Metric {
    pub(crate) fn from_byte(byte: u8) -> Option<Metric> {
        [Metric::L2, Metric::InnerProduct, Metric::Cosine, Metric::Hamming]
            .into_iter()
            .find(|metric| *metric as u8 == byte)
    }
}

/// The compressed copy of each vector that the graph walk reads.
/// The f32 vectors are kept for `get` and for scoring the best candidates again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Codes {
    /// No copy: the walk reads the f32 vectors.
    None = 0,
    /// IEEE half precision, two bytes a component.
    F16 = 1,
    /// bfloat16, two bytes a component.
    Bf16 = 2,
    /// Scalar-quantised to one signed byte a component.
    I8 = 3,
    /// One bit a component.
    Bit = 4,
}

impl Codes {
    pub(crate) fn from_byte(byte: u8) -> Option<Codes> {
        [Codes::None, Codes::F16, Codes::Bf16, Codes::I8, Codes::Bit]
            .into_iter()
            .find(|codes| *codes as u8 == byte)
    }

    /// Bytes of one code, without padding.
    pub(crate) fn bytes(self, dims: usize) -> usize {
        match self {
            Codes::None => 0,
            Codes::F16 | Codes::Bf16 => dims * 2,
            Codes::I8 => dims,
            Codes::Bit => dims.div_ceil(64) * 8,
        }
    }
}

/// What a database is; fixed when it is created.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Components of every vector, 1 to 65,536.
    pub dims: usize,
    /// The metric.
    pub metric: Metric,
    /// The compressed copy that the walk reads. `Hamming` always has `Codes::Bit`.
    pub codes: Codes,
    /// Links a node keeps on the upper layers (twice as many on the lowest), 2 to 128.
    pub m: usize,
    /// Candidates considered when a node is linked.
    pub ef_construction: usize,
    /// Seed of the layer numbers.
    pub seed: u64,
    /// Metadata columns.
    pub schema: Schema,
}

impl Config {
    /// Settings with M 16, efConstruction 200, no codes and no columns.
    pub fn new(dims: usize, metric: Metric) -> Config {
        let codes = if metric == Metric::Hamming { Codes::Bit } else { Codes::None };
        Config { dims, metric, codes, m: 16, ef_construction: 200, seed: 42, schema: Schema::default() }
    }

    /// Sets the compressed copy.
    pub fn codes(mut self, codes: Codes) -> Config {
        self.codes = codes;
        self
    }

    /// Sets the number of links of a node.
    pub fn m(mut self, m: usize) -> Config {
        self.m = m;
        self
    }

    /// Sets the number of candidates considered when a node is linked.
    pub fn ef_construction(mut self, ef: usize) -> Config {
        self.ef_construction = ef;
        self
    }

    /// Sets the seed of the layer numbers.
    pub fn seed(mut self, seed: u64) -> Config {
        self.seed = seed;
        self
    }

    /// Adds a metadata column.
    pub fn column(mut self, name: &str, ty: ColumnType) -> Config {
        self.schema.push(name, ty);
        self
    }

    /// Whether the settings make sense.
    pub(crate) fn check(&self) -> Result<()> {
        let wrong = |text: String| Err(Error::Invalid(text));
        if self.dims == 0 || self.dims > MAX_DIMS {
            return wrong(format!("dims must be 1 to {MAX_DIMS}, not {}", self.dims));
        }
        if !(2..=128).contains(&self.m) {
            return wrong(format!("m must be 2 to 128, not {}", self.m));
        }
        if !(1..=100_000).contains(&self.ef_construction) {
            return wrong(format!("ef_construction must be 1 to 100000, not {}", self.ef_construction));
        }
        if self.metric == Metric::Hamming && self.codes != Codes::Bit {
            return wrong("the Hamming metric needs one-bit codes".into());
        }
        self.schema.check()
    }

    /// Bytes between two f32 vectors: whole cache lines from 64 components on.
    pub(crate) fn vector_stride(&self) -> usize {
        let unit = if self.dims >= 64 { 64 } else { 16 };
        (self.dims * 4).next_multiple_of(unit)
    }

    /// Bytes between two codes.
    pub(crate) fn code_stride(&self) -> usize {
        let bytes = self.codes.bytes(self.dims);
        if bytes >= 64 { bytes.next_multiple_of(64) } else { bytes.next_multiple_of(8) }
    }
}

/// When a commit reaches the disk itself. Under every policy an acknowledged write survives
/// the death of the process; the policies differ in what a power failure may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Each commit waits for the disk: nothing acknowledged is lost.
    Always,
    /// The disk is waited for after this many commits.
    Every(u32),
    /// Only `sync`, checkpoints and `close` wait.
    Manual,
}

/// How a database is opened.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Open for reading, beside a writer or on read-only media.
    pub read_only: bool,
    /// When commits reach the disk.
    pub sync: SyncPolicy,
    /// Checksums are compared by a thread of its own after opening; a mismatch turns later
    /// searches into errors.
    pub background_checksums: bool,
    /// A checkpoint follows when the log holds this many operations, and a tenth of the vectors.
    pub checkpoint_after: u64,
    /// Threads that link a batch of vectors; 0 is one per core. One thread gives equal graphs
    /// for equal input.
    pub threads: usize,
}

impl Default for OpenOptions {
    fn default() -> Self {
        OpenOptions {
            read_only: false,
            sync: SyncPolicy::Always,
            background_checksums: false,
            checkpoint_after: 10_000,
            threads: 0,
        }
    }
}

/// Whether a search walks the graph or reads every vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Method {
    /// The cheaper of both by the cost model.
    #[default]
    Auto,
    /// The graph, whatever it costs.
    Graph,
    /// Every vector: exact.
    Exact,
}

/// How one search runs.
#[derive(Clone, Debug)]
pub struct SearchOptions {
    /// Number of results wanted.
    pub k: usize,
    /// Candidates kept during the walk; at least `k` are. More is slower and finds more.
    pub ef: usize,
    /// Only vectors whose metadata fits.
    pub filter: Option<Filter>,
    /// Graph or exact.
    pub method: Method,
    /// With codes: how many of the best candidates are scored again with f32 (at least `k`).
    /// 0 lets the database choose.
    pub rescore: usize,
}

impl SearchOptions {
    /// `k` results with 64 candidates, or `k` if that is more.
    pub fn new(k: usize) -> SearchOptions {
        SearchOptions { k, ef: 64.max(k), filter: None, method: Method::Auto, rescore: 0 }
    }

    /// Sets the number of candidates.
    pub fn ef(mut self, ef: usize) -> SearchOptions {
        self.ef = ef;
        self
    }

    /// Sets the filter.
    pub fn filter(mut self, filter: Filter) -> SearchOptions {
        self.filter = Some(filter);
        self
    }

    /// Sets graph or exact search.
    pub fn method(mut self, method: Method) -> SearchOptions {
        self.method = method;
        self
    }
}
