//! A model: the file, its tokenizer, its weights; sessions are opened on it.

pub mod cache;
pub mod config;
pub(crate) mod forward;
pub(crate) mod weights;

use std::path::Path;
use std::sync::OnceLock;

use crate::chat::Template;
use crate::encoder::Encoder;
use crate::error::{Error, Result};
use crate::file::gguf::Gguf;
use crate::file::writer::Writer;
use crate::quant::dequantize;
use crate::session::{Session, SessionOptions};
use crate::sys::pool::Pool;
use crate::tokenize::Tokenizer;
use config::Config;
use forward::Decoder;
use weights::Weights;

/// Settings for opening a model.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// Threads that compute; by default as many as the machine runs at once.
    pub threads: Option<usize>,
}

/// A language model from a file or from memory that it borrows.
///
/// Opening checks the file and its shapes; the tokenizer and the packed weights are made when they
/// are first needed. A model can be used from several threads.
#[derive(Debug)]
pub struct Model<'m> {
    kind: Kind<'m>,
    pool: OnceLock<Pool>,
    threads: Option<usize>,
}

#[derive(Debug)]
enum Kind<'m> {
    Decoder(Box<DecoderModel<'m>>),
    Encoder(Box<Encoder<'m>>),
}

#[derive(Debug)]
struct DecoderModel<'m> {
    file: Gguf<'m>,
    config: Config,
    vocab_rows: usize,
    tokenizer: OnceLock<Tokenizer>,
    weights: OnceLock<Weights>,
    loading: std::sync::Mutex<()>,
}

impl Model<'static> {
    /// Opens a GGUF file, or a folder with an encoder's safetensors, tokenizer and configuration.
    ///
    /// # Errors
    /// `Io` when it cannot be read, `Format` when it is broken, `Unsupported` for architectures and
    /// types that this crate lacks.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, OpenOptions::default())
    }

    /// [`Model::open`] with settings.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn open_with(path: impl AsRef<Path>, options: OpenOptions) -> Result<Self> {
        let path = path.as_ref();
        if path.is_dir() {
            let encoder = Encoder::from_folder(path)?;
            return Ok(Self::from_kind(Kind::Encoder(Box::new(encoder)), options));
        }
        Self::from_gguf(Gguf::open(path)?, options)
    }
}

impl<'m> Model<'m> {
    /// Opens a GGUF file that is already in memory; the same checks as [`Model::open`].
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn from_bytes(bytes: &'m [u8]) -> Result<Self> {
        Self::from_bytes_with(bytes, OpenOptions::default())
    }

    /// [`Model::from_bytes`] with settings.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn from_bytes_with(bytes: &'m [u8], options: OpenOptions) -> Result<Self> {
        Self::from_gguf(Gguf::from_bytes(bytes)?, options)
    }

    fn from_kind(kind: Kind<'m>, options: OpenOptions) -> Self {
        Self { kind, pool: OnceLock::new(), threads: options.threads }
    }

    fn from_gguf(file: Gguf<'m>, options: OpenOptions) -> Result<Self> {
        if file.str("general.architecture") == Some("bert") {
            return Ok(Self::from_kind(Kind::Encoder(Box::new(Encoder::from_gguf(file)?)), options));
        }
        let config = Config::from_gguf(&file)?;
        let vocab_rows = weights::embedding(&file, &config)?.shape[1];
        if let Some(tokens) = file.array("tokenizer.ggml.tokens").filter(|a| a.count > vocab_rows) {
            let text = format!("{} tokens, but {vocab_rows} rows of embeddings", tokens.count);
            return Err(Error::format(text));
        }
        let model = DecoderModel {
            file,
            config,
            vocab_rows,
            tokenizer: OnceLock::new(),
            weights: OnceLock::new(),
            loading: std::sync::Mutex::new(()),
        };
        Ok(Self::from_kind(Kind::Decoder(Box::new(model)), options))
    }

    pub(crate) fn pool(&self) -> &Pool {
        self.pool.get_or_init(|| {
            let all = || std::thread::available_parallelism().map_or(1, usize::from);
            Pool::new(self.threads.unwrap_or_else(all).clamp(1, 256))
        })
    }

    fn decoder_model(&self) -> Result<&DecoderModel<'m>> {
        match &self.kind {
            Kind::Decoder(model) => Ok(model),
            Kind::Encoder(_) => Err(Error::input("this model gives embeddings; it does not generate text")),
        }
    }

    /// The file behind a decoder, with its metadata and tensors.
    #[must_use]
    pub fn gguf(&self) -> Option<&Gguf<'m>> {
        match &self.kind {
            Kind::Decoder(model) => Some(&model.file),
            Kind::Encoder(encoder) => encoder.gguf(),
        }
    }

    /// Shape and constants.
    ///
    /// # Errors
    /// `Input` for encoders.
    pub fn config(&self) -> Result<&Config> {
        Ok(&self.decoder_model()?.config)
    }

    /// The tokenizer; built at the first call.
    ///
    /// # Errors
    /// As [`Tokenizer::from_gguf`].
    pub fn tokenizer(&self) -> Result<&Tokenizer> {
        match &self.kind {
            Kind::Encoder(encoder) => encoder.tokenizer(),
            Kind::Decoder(model) => {
                if let Some(found) = model.tokenizer.get() {
                    return Ok(found);
                }
                let built = Tokenizer::from_gguf(&model.file)?;
                model.file.bytes().check_whole()?;
                Ok(model.tokenizer.get_or_init(|| built))
            }
        }
    }

    /// The chat template of the file; if it has none, the one that goes with its vocabulary.
    ///
    /// # Errors
    /// `Input` when the file has none and no token that tells.
    pub fn template(&self) -> Result<Template> {
        let file = self.gguf().ok_or_else(|| Error::input("the model has no chat template"))?;
        Template::from_gguf(file, self.tokenizer()?)
    }

    fn weights(&self) -> Result<&Weights> {
        let model = self.decoder_model()?;
        if let Some(found) = model.weights.get() {
            return Ok(found);
        }
        // One thread packs, others wait, so that the memory is needed once.
        let _guard = model.loading.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = model.weights.get() {
            return Ok(found);
        }
        let built = Weights::load(&model.file, &model.config)?;
        Ok(model.weights.get_or_init(|| built))
    }

    pub(crate) fn decoder(&self) -> Result<Decoder<'_>> {
        let weights = self.weights()?;
        let DecoderModel { config, file, .. } = self.decoder_model()?;
        Ok(Decoder { config, file, weights, pool: self.pool() })
    }

    /// Appends the embeddings of tokens to `out`, scaled as the family wants it.
    pub(crate) fn embed_tokens(&self, tokens: &[u32], out: &mut Vec<f32>) -> Result<()> {
        let model = self.decoder_model()?;
        let table = weights::embedding(&model.file, &model.config)?;
        let width = model.config.width;
        let row_bytes = width / table.ty.block_len() * table.ty.block_bytes();
        let mut row = vec![0; row_bytes];
        for &token in tokens {
            let index = token as usize;
            if index >= model.vocab_rows {
                return Err(Error::input(format!("token {token} is not in the vocabulary")));
            }
            model.file.read_tensor(table.name, index * row_bytes, &mut row)?;
            let start = out.len();
            out.resize(start + width, 0.0);
            dequantize(table.ty, &row, &mut out[start..]);
            let scale = model.config.embedding_scale;
            out[start..].iter_mut().for_each(|x| *x *= scale);
        }
        Ok(())
    }

    /// Bytes of weights that generating one token reads.
    ///
    /// # Errors
    /// As [`Model::session`].
    pub fn bytes_per_token(&self) -> Result<usize> {
        Ok(self.weights()?.bytes_per_token)
    }

    /// An encoder, such as one from a folder, as a GGUF file.
    ///
    /// # Errors
    /// `Input` for decoders; `Format` when tensors are missing.
    pub fn to_gguf(&self) -> Result<Writer> {
        match &self.kind {
            Kind::Encoder(encoder) => encoder.to_gguf(),
            Kind::Decoder(_) => Err(Error::input("the model is a GGUF file already")),
        }
    }

    /// A new conversation with default settings. The first session packs the weights.
    ///
    /// # Errors
    /// `Format` when tensors are missing or have wrong shapes, `Io` when the file changed or memory
    /// is short, `Input` for encoders.
    pub fn session(&self) -> Result<Session<'_>> {
        self.session_with(SessionOptions::default())
    }

    /// [`Model::session`] with settings.
    ///
    /// # Errors
    /// As [`Model::session`].
    pub fn session_with(&self, options: SessionOptions) -> Result<Session<'_>> {
        Session::new(self, options)
    }

    /// The embedding of a text: mean over its tokens, length 1. For decoders it is the mean of the
    /// last layer's normed vectors.
    ///
    /// # Errors
    /// As [`Model::session`]; `ContextFull` when the text is longer than the model looks.
    pub fn embed(&self, text: &str) -> Result<Vec<f32>> {
        match &self.kind {
            Kind::Encoder(encoder) => encoder.embed(text, self.pool()),
            Kind::Decoder(_) => self.session()?.embed(text),
        }
    }
}

/// Scales a vector to length 1; a zero vector stays.
pub(crate) fn normalize(x: &mut [f32]) {
    let length = x.iter().map(|v| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        x.iter_mut().for_each(|v| *v /= length);
    }
}
