//! A conversation with a decoder: its cache, its history, and generating from them.

use std::ops::ControlFlow;

use crate::constrain::Constraint;
use crate::error::{Error, Result};
use crate::model::cache::{Cache, CacheType};
use crate::model::forward::{Row, Scratch};
use crate::model::{Model, normalize};
use crate::sample::{Sampler, Sampling};
use crate::tokenize::StreamDecoder;

/// Prompt tokens that go through the layers together.
const BATCH: usize = 128;

/// Settings of a session.
#[derive(Debug, Clone, Default)]
pub struct SessionOptions {
    /// Tokens that fit, prompt and answers together; by default 4096 or what the model was trained
    /// for, if that is less.
    pub context: Option<usize>,
    /// How keys and values are stored.
    pub cache: CacheType,
}

/// Settings of one answer.
#[derive(Debug, Clone)]
pub struct Generate {
    /// How tokens are picked.
    pub sampling: Sampling,
    /// Tokens to generate at most.
    pub max_tokens: usize,
    /// Texts that end the answer; they are not part of it.
    pub stop: Vec<String>,
    /// A JSON schema that the answer must match.
    pub schema: Option<serde_json::Value>,
    /// Control tokens written out in the prompt count as such; off for text from strangers.
    pub special_in_prompt: bool,
    /// Go on after an end token; for measuring.
    pub ignore_end: bool,
}

impl Default for Generate {
    fn default() -> Self {
        Self {
            sampling: Sampling::default(),
            max_tokens: 256,
            stop: Vec::new(),
            schema: None,
            special_in_prompt: true,
            ignore_end: false,
        }
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model said so.
    End,
    /// A stop text appeared.
    Stop,
    /// `max_tokens` or the context was reached.
    Length,
    /// The callback asked for it.
    Cancelled,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The text.
    pub text: String,
    /// Its tokens.
    pub tokens: Vec<u32>,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Why it ended.
    pub finish: Finish,
}

/// One sequence of tokens and what the model remembers of it.
#[derive(Debug)]
pub struct Session<'a> {
    model: &'a Model<'a>,
    cache: Cache,
    history: Vec<u32>,
    scratch: Scratch,
}

impl<'a> Session<'a> {
    pub(crate) fn new(model: &'a Model<'_>, options: SessionOptions) -> Result<Self> {
        let trained = model.config()?.context;
        let context = options.context.unwrap_or_else(|| trained.min(4096));
        if context == 0 {
            return Err(Error::input("a context of 0 tokens"));
        }
        model.decoder()?;
        let cache = Cache::new(model.config()?, context, options.cache)?;
        Ok(Self { model, cache, history: Vec::new(), scratch: Scratch::default() })
    }

    /// Tokens so far.
    #[must_use]
    pub fn history(&self) -> &[u32] {
        &self.history
    }

    /// Tokens that fit.
    #[must_use]
    pub fn context(&self) -> usize {
        self.cache.capacity()
    }

    /// Forgets everything after the first `tokens` tokens.
    pub fn rewind(&mut self, tokens: usize) {
        self.history.truncate(tokens);
        self.cache.len = self.history.len();
    }

    /// Adds tokens and returns the scores for the one that follows the last; `progress` is called
    /// after each batch with the tokens done.
    ///
    /// # Errors
    /// `ContextFull` when they do not fit, `Input` for no tokens or unknown ones, `Cancelled` when
    /// `progress` breaks (what was done stays done).
    pub fn feed(
        &mut self,
        tokens: &[u32],
        mut progress: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Vec<f32>> {
        let mut normed = Vec::new();
        for (i, batch) in tokens.chunks(BATCH).enumerate() {
            let done = i * BATCH + batch.len();
            let is_last = done == tokens.len();
            normed = self.forward(batch, |at| is_last && at + 1 == batch.len())?;
            if progress(done).is_break() {
                return Err(Error::Cancelled);
            }
        }
        if normed.is_empty() {
            return Err(Error::input("no tokens to feed"));
        }
        self.model.decoder()?.logits(&normed, &mut self.scratch)
    }

    /// Scores after each of the tokens (tokens x vocabulary), for perplexity.
    ///
    /// # Errors
    /// As [`Session::feed`].
    pub fn feed_all(&mut self, tokens: &[u32]) -> Result<Vec<f32>> {
        let mut out = Vec::new();
        for batch in tokens.chunks(BATCH) {
            let normed = self.forward(batch, |_| true)?;
            out.extend(self.model.decoder()?.logits(&normed, &mut self.scratch)?);
        }
        Ok(out)
    }

    fn forward(&mut self, tokens: &[u32], wanted: impl Fn(usize) -> bool) -> Result<Vec<f32>> {
        let start = self.cache.len;
        if tokens.len() > self.cache.capacity() - start {
            return Err(Error::ContextFull(self.cache.capacity()));
        }
        let mut hidden = Vec::with_capacity(tokens.len() * self.model.config()?.width);
        self.model.embed_tokens(tokens, &mut hidden)?;
        let row = |i: usize| Row { sequence: 0, position: start + i, wanted: wanted(i) };
        let rows: Vec<Row> = (0..tokens.len()).map(row).collect();
        let decoder = self.model.decoder()?;
        let out = decoder.layers(&mut hidden, &rows, &mut [&mut self.cache], &mut self.scratch);
        self.cache.len += tokens.len();
        self.history.extend_from_slice(tokens);
        Ok(out)
    }

    /// Continues after `prompt`. `on_text` gets each piece of text as it becomes certain and can end
    /// the answer by breaking.
    ///
    /// # Errors
    /// `ContextFull` when the prompt does not fit; `Format` when the scores are not numbers;
    /// `Unsupported` for parts of JSON schema that are not known.
    pub fn generate(
        &mut self,
        prompt: &str,
        options: &Generate,
        on_text: impl FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Answer> {
        let tokenizer = self.model.tokenizer()?;
        let tokens = tokenizer.encode(prompt, options.special_in_prompt, self.history.is_empty());
        self.generate_from(&tokens, options, on_text)
    }

    /// [`Session::generate`] from tokens.
    ///
    /// # Errors
    /// As [`Session::generate`].
    pub fn generate_from(
        &mut self,
        prompt: &[u32],
        options: &Generate,
        on_text: impl FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Answer> {
        let mut writer = Writer::new(self.model, options)?;
        let mut on_text = on_text;
        if prompt.len() >= self.context() - self.history.len().min(self.context()) {
            return Err(Error::ContextFull(self.context()));
        }
        let mut scores = self.feed(prompt, |_| ControlFlow::Continue(()))?;
        let mut emit = |text: String| match text.is_empty() {
            true => ControlFlow::Continue(()),
            false => on_text(&text),
        };
        loop {
            let Some(token) = writer.pick(&mut scores, &self.history) else {
                return Err(Error::format("the model's scores are not numbers"));
            };
            match writer.accept(token) {
                Step::Text(text) => {
                    if emit(text).is_break() {
                        return Ok(writer.answer(prompt.len(), Finish::Cancelled));
                    }
                }
                Step::Done(text, finish) => {
                    let _ = emit(text);
                    return Ok(writer.answer(prompt.len(), finish));
                }
            }
            if self.history.len() >= self.context() {
                let _ = emit(writer.flush());
                return Ok(writer.answer(prompt.len(), Finish::Length));
            }
            scores = self.feed(&[token], |_| ControlFlow::Continue(()))?;
        }
    }

    /// Mean of the last layer's normed vectors over the tokens of `text`, length 1. Forgets what the
    /// session held.
    ///
    /// # Errors
    /// As [`Session::feed`].
    pub fn embed(&mut self, text: &str) -> Result<Vec<f32>> {
        self.rewind(0);
        let tokens = self.model.tokenizer()?.encode(text, false, true);
        let width = self.model.config()?.width;
        let mut mean = vec![0f32; width];
        for batch in tokens.chunks(BATCH) {
            let normed = self.forward(batch, |_| true)?;
            for row in normed.chunks_exact(width) {
                mean.iter_mut().zip(row).for_each(|(m, x)| *m += x);
            }
        }
        self.rewind(0);
        normalize(&mut mean);
        Ok(mean)
    }
}

/// What a token meant for the text.
pub(crate) enum Step {
    Text(String),
    Done(String, Finish),
}

/// Turns picked tokens into text, watching for the end; shared by sessions and the batch.
pub(crate) struct Writer<'a> {
    model: &'a Model<'a>,
    sampler: Sampler,
    constraint: Option<Constraint>,
    ends: Vec<u32>,
    stop: Vec<String>,
    max_tokens: usize,
    stream: StreamDecoder,
    /// Text that may be the beginning of a stop text.
    held: String,
    text: String,
    tokens: Vec<u32>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(model: &'a Model<'_>, options: &Generate) -> Result<Self> {
        let constraint = options.schema.as_ref().map(Constraint::from_schema).transpose()?;
        let ends = if options.ignore_end { Vec::new() } else { model.tokenizer()?.ends_generation() };
        Ok(Self {
            model,
            sampler: Sampler::new(options.sampling.clone()),
            constraint,
            ends,
            stop: options.stop.iter().filter(|s| !s.is_empty()).cloned().collect(),
            max_tokens: options.max_tokens,
            stream: StreamDecoder::default(),
            held: String::new(),
            text: String::new(),
            tokens: Vec::new(),
        })
    }

    pub(crate) fn pick(&mut self, scores: &mut [f32], history: &[u32]) -> Option<u32> {
        let Self { sampler, constraint, ends, model, .. } = self;
        let Some(constraint) = constraint else {
            return sampler.pick(scores, history, |_| true);
        };
        let tokenizer = model.tokenizer().ok()?;
        sampler.pick(scores, history, |id| match ends.contains(&id) {
            true => constraint.is_complete(),
            false => {
                let piece = tokenizer.piece(id, false);
                !piece.is_empty() && constraint.accepts(&piece)
            }
        })
    }

    pub(crate) fn accept(&mut self, token: u32) -> Step {
        if self.ends.contains(&token) {
            return Step::Done(self.flush(), Finish::End);
        }
        if self.tokens.len() >= self.max_tokens {
            return Step::Done(self.flush(), Finish::Length);
        }
        self.tokens.push(token);
        let piece = self.model.tokenizer().map(|t| t.piece(token, false)).unwrap_or_default();
        if let Some(constraint) = &mut self.constraint {
            constraint.advance(&piece);
        }
        let new = self.stream.push(&piece);
        self.held.push_str(&new);
        let found = self.stop.iter().filter_map(|s| self.held.find(s.as_str())).min();
        if let Some(at) = found {
            self.held.truncate(at);
            let text = self.release(0);
            return Step::Done(text, Finish::Stop);
        }
        let keep = self.stop.iter().map(|s| overlap(&self.held, s)).max().unwrap_or(0);
        let text = self.release(keep);
        if self.constraint.as_ref().is_some_and(Constraint::is_finished) {
            return Step::Done(text, Finish::End);
        }
        if self.tokens.len() >= self.max_tokens {
            return Step::Done(text + &self.flush(), Finish::Length);
        }
        Step::Text(text)
    }

    /// Gives out the held text but for its last `keep` bytes.
    fn release(&mut self, keep: usize) -> String {
        let rest = self.held.split_off(self.held.len() - keep);
        let out = std::mem::replace(&mut self.held, rest);
        self.text.push_str(&out);
        out
    }

    pub(crate) fn flush(&mut self) -> String {
        let rest = self.stream.finish();
        self.held.push_str(&rest);
        self.release(0)
    }

    pub(crate) fn answer(self, prompt_tokens: usize, finish: Finish) -> Answer {
        Answer { text: self.text, tokens: self.tokens, prompt_tokens, finish }
    }
}

/// Bytes at the end of `text` that `stop` begins with.
fn overlap(text: &str, stop: &str) -> usize {
    let most = stop.len().min(text.len());
    (1..=most).rev().find(|&n| text.as_bytes()[text.len() - n..] == stop.as_bytes()[..n]).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn overlap_counts_the_beginning_of_a_stop_text() {
        assert_eq!(overlap("abc\n", "\n\nUser"), 1);
        assert_eq!(overlap("abc", "xyz"), 0);
        assert_eq!(overlap("ab", "ab"), 2);
        assert_eq!(overlap("", "ab"), 0);
    }
}
