//! What `batutac db` takes.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use trueno_db::{Codes, ColumnType, Filter, Metric};

#[derive(Subcommand, Debug)]
pub enum DbCommand {
    /// Makes an empty database
    Create(CreateArgs),
    /// Adds the vectors of a file
    Add(AddArgs),
    /// Finds the nearest vectors
    Search(SearchArgs),
    /// Deletes vectors by id or filter
    Delete(DeleteArgs),
    /// Writes all vectors to a file
    Export(ExportArgs),
    /// Numbers about a database
    Stats(FolderArgs),
    /// Checks checksums and structure; the exit code is 1 if something is wrong
    Verify(FolderArgs),
    /// Gives free space back and orders vectors for faster searches
    Compact(FolderArgs),
    /// Measures latency and recall against exact search
    Bench(BenchArgs),
}

#[derive(Args, Debug)]
pub struct FolderArgs {
    /// Folder of the database
    pub folder: PathBuf,
}

#[derive(Args, Debug)]
pub struct CreateArgs {
    /// Folder of the database
    pub folder: PathBuf,
    /// Components of every vector
    #[arg(long, value_name = "N")]
    pub dims: usize,
    /// How far apart two vectors are
    #[arg(long, value_enum, default_value_t = MetricArg::Cosine)]
    pub metric: MetricArg,
    /// Compressed copy of each vector that searches read first
    #[arg(long, value_enum, default_value_t = CodesArg::None)]
    pub codes: CodesArg,
    /// Links of a node
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub m: usize,
    /// Candidates considered when a vector is linked
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub ef_construction: usize,
    /// Seed of the graph's layers
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Metadata column; types are int, float, bool, text and list
    #[arg(long = "column", value_name = "NAME:TYPE", value_parser = column)]
    pub columns: Vec<(String, ColumnType)>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum MetricArg {
    /// Squared Euclidean distance
    L2,
    /// Negated inner product
    Ip,
    /// 1 - cosine
    Cosine,
    /// Differing sign bits
    Hamming,
}

impl MetricArg {
    pub fn metric(self) -> Metric {
        match self {
            MetricArg::L2 => Metric::L2,
            MetricArg::Ip => Metric::InnerProduct,
            MetricArg::Cosine => Metric::Cosine,
            MetricArg::Hamming => Metric::Hamming,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum CodesArg {
    None,
    F16,
    Bf16,
    /// One byte a component
    I8,
    /// One bit a component
    Bit,
}

impl CodesArg {
    pub fn codes(self) -> Codes {
        match self {
            CodesArg::None => Codes::None,
            CodesArg::F16 => Codes::F16,
            CodesArg::Bf16 => Codes::Bf16,
            CodesArg::I8 => Codes::I8,
            CodesArg::Bit => Codes::Bit,
        }
    }
}

fn column(text: &str) -> Result<(String, ColumnType), String> {
    let types = [
        ("int", ColumnType::Int),
        ("float", ColumnType::Float),
        ("bool", ColumnType::Bool),
        ("text", ColumnType::Text),
        ("list", ColumnType::TextList),
    ];
    let (name, ty) = text.split_once(':').ok_or("write NAME:TYPE")?;
    let found = types.iter().find(|(known, _)| *known == ty);
    found.map(|(_, ty)| (name.to_owned(), *ty)).ok_or(format!("no type `{ty}`: int, float, bool, text, list"))
}

#[derive(Args, Debug)]
pub struct AddArgs {
    /// Folder of the database
    pub folder: PathBuf,
    /// Vectors: .npy, .fvecs, .bvecs, .jsonl (`{"id": 1, "vector": [..], "column": ..}`) or .arrow
    pub file: PathBuf,
    /// Ids, one a line; without it they count from --first-id
    #[arg(long, value_name = "FILE", conflicts_with = "first_id")]
    pub ids: Option<PathBuf>,
    /// Id of the first vector; its default is one more than the greatest id
    #[arg(long, value_name = "ID")]
    pub first_id: Option<u64>,
    /// Metadata: a JSON object a line, for the vectors in their order
    #[arg(long, value_name = "FILE")]
    pub rows: Option<PathBuf>,
    /// Replaces vectors whose id exists
    #[arg(long)]
    pub replace: bool,
    /// Threads that link vectors; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
}

/// How a search is done.
#[derive(Args, Debug)]
pub struct Walk {
    /// Results wanted
    #[arg(short, value_name = "K", default_value_t = 10)]
    pub k: usize,
    /// Only vectors whose metadata fits, as in `age >= 30 and lang in ["fr", "de"]`
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<Filter>,
}

#[derive(Args, Debug)]
pub struct SearchArgs {
    /// Folder of the database
    pub folder: PathBuf,
    /// The query: numbers with commas or spaces between them
    #[arg(long, value_name = "NUMBERS", allow_hyphen_values = true, group = "query")]
    pub vector: Option<String>,
    /// The query is a stored vector
    #[arg(long, value_name = "ID", group = "query")]
    pub like: Option<u64>,
    /// Queries: a file as `add` takes it
    #[arg(long, value_name = "FILE", group = "query")]
    pub queries: Option<PathBuf>,
    #[command(flatten)]
    pub walk: Walk,
    /// Candidates kept during a walk: more find more and take longer
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub ef: usize,
    /// Reads every vector
    #[arg(long)]
    pub exact: bool,
    /// Says how long each search took and how much of the exact result it found
    #[arg(long)]
    pub check: bool,
}

#[derive(Args, Debug)]
pub struct DeleteArgs {
    /// Folder of the database
    pub folder: PathBuf,
    /// Ids
    #[arg(required_unless_present_any = ["ids_from", "filter"])]
    pub ids: Vec<u64>,
    /// Ids, one a line
    #[arg(long, value_name = "FILE")]
    pub ids_from: Option<PathBuf>,
    /// All vectors whose metadata fits
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<Filter>,
}

#[derive(Args, Debug)]
pub struct ExportArgs {
    /// Folder of the database
    pub folder: PathBuf,
    /// Target: .jsonl or .arrow with ids and metadata, .npy or .fvecs with vectors alone, by id
    pub file: PathBuf,
    /// Only vectors whose metadata fits
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<Filter>,
}

#[derive(Args, Debug)]
pub struct BenchArgs {
    /// Folder of the database
    pub folder: PathBuf,
    /// Queries: a file as `add` takes it; without it stored vectors are looked for
    #[arg(long, value_name = "FILE")]
    pub queries: Option<PathBuf>,
    /// At most so many queries
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub count: usize,
    #[command(flatten)]
    pub walk: Walk,
    /// Values of ef that are measured
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_values_t = [16, 32, 64, 128, 256])]
    pub efs: Vec<usize>,
    /// Plots recall against latency
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
}
