//! What `batutac model` takes.

use clap::{Args, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub enum ModelCommand {
    /// What a model file holds
    Info(InfoArgs),
    /// Continues a text
    Run(RunArgs),
    /// Talks to a model in the terminal
    Chat(ChatArgs),
    /// Prints the embedding of each text
    Embed(EmbedArgs),
    /// Writes a copy with matrices in another type
    Quantize(QuantizeArgs),
    /// Measures loading, prompts and generation
    Bench(BenchArgs),
    /// Serves the OpenAI interface until Ctrl-C
    Serve(ServeArgs),
}

/// The model and what computes it.
#[derive(Args, Debug)]
pub struct Source {
    /// GGUF file, or the folder of an encoder in safetensors
    pub file: PathBuf,
    /// Threads; its default is one per core
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// How tokens are picked.
#[derive(Args, Debug)]
pub struct Picking {
    /// Tokens to generate at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 256)]
    pub max_tokens: usize,
    /// Tokens that fit, prompt and answers together
    #[arg(long, value_name = "N")]
    pub context: Option<usize>,
    /// 0 takes the most probable token
    #[arg(long, value_name = "T", default_value_t = 0.0)]
    pub temperature: f32,
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub top_k: usize,
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    pub top_p: f32,
    #[arg(long, value_name = "P", default_value_t = 0.05)]
    pub min_p: f32,
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub repeat_penalty: f32,
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Text that ends the answer
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// File with a JSON schema that the answer must match
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// How keys and values of earlier tokens are stored
    #[arg(long, value_enum, default_value_t = CacheArg::F16)]
    pub cache: CacheArg,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum CacheArg {
    F16,
    Q8,
}

#[derive(Args, Debug)]
pub struct InfoArgs {
    /// GGUF file
    pub file: PathBuf,
    /// Lists all tensors
    #[arg(long)]
    pub tensors: bool,
}

#[derive(Args, Debug)]
pub struct RunArgs {
    #[command(flatten)]
    pub source: Source,
    /// The text to continue
    pub prompt: String,
    #[command(flatten)]
    pub picking: Picking,
}

#[derive(Args, Debug)]
pub struct ChatArgs {
    #[command(flatten)]
    pub source: Source,
    /// What the model is told first
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    #[command(flatten)]
    pub picking: Picking,
}

#[derive(Args, Debug)]
pub struct EmbedArgs {
    #[command(flatten)]
    pub source: Source,
    /// Texts; without any, the lines of stdin
    pub texts: Vec<String>,
}

#[derive(Args, Debug)]
pub struct QuantizeArgs {
    /// GGUF file
    pub file: PathBuf,
    /// F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0
    #[arg(value_name = "TYPE")]
    pub ty: String,
    /// File to write
    pub output: PathBuf,
}

#[derive(Args, Debug)]
pub struct BenchArgs {
    #[command(flatten)]
    pub source: Source,
    /// Tokens of the prompt
    #[arg(long, value_name = "N", default_value_t = 128)]
    pub prompt: usize,
    /// Tokens to generate
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub steps: usize,
    /// Rounds; the best counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub rounds: usize,
}

#[derive(Args, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    pub source: Source,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Key that clients must send
    #[arg(long, value_name = "KEY")]
    pub api_key: Option<String>,
    /// Tokens of a request, prompt and answer together
    #[arg(long, value_name = "N", default_value_t = 4096)]
    pub context: usize,
    /// Requests that are computed together
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub parallel: usize,
    /// Requests that may wait
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub queue: usize,
    /// Bytes of a request
    #[arg(long, value_name = "N", default_value_t = 1 << 20)]
    pub body_limit: usize,
}
