//! Several answers at once: each pass through the model carries one token of every answer under way
//! and as much of waiting prompts as fits, so that weights are read once for all of them.

use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::cache::Cache;
use crate::model::forward::{Row, Scratch};
use crate::session::{Answer, Finish, Generate, SessionOptions, Step, Writer};

/// Rows of a pass.
const ROWS: usize = 128;

/// Names one request of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(u64);

/// What happened to a request in a pass.
#[derive(Debug)]
pub enum Event {
    /// More text.
    Text(Ticket, String),
    /// The answer is complete; text that comes with it was not sent before.
    Done(Ticket, String, Answer),
    /// The request failed.
    Failed(Ticket, Error),
}

struct Slot<'a> {
    ticket: Ticket,
    cache: Cache,
    history: Vec<u32>,
    /// Tokens that are not in the cache yet: the rest of the prompt, or the last picked token.
    waiting: Vec<u32>,
    prompt_tokens: usize,
    writer: Writer<'a>,
}

/// Generates for several prompts together.
pub struct Batch<'a> {
    model: &'a Model<'a>,
    options: SessionOptions,
    slots: Vec<Slot<'a>>,
    spare: Vec<Cache>,
    scratch: Scratch,
    tickets: u64,
}

impl<'a> Batch<'a> {
    /// An empty batch; `options` hold for each request.
    ///
    /// # Errors
    /// As [`Model::session`].
    pub fn new(model: &'a Model<'_>, options: SessionOptions) -> Result<Self> {
        model.decoder()?;
        Ok(Self {
            model,
            options,
            slots: Vec::new(),
            spare: Vec::new(),
            scratch: Scratch::default(),
            tickets: 0,
        })
    }

    /// Tokens that a request may have, prompt and answer together.
    ///
    /// # Errors
    /// `Input` for encoders.
    pub fn context(&self) -> Result<usize> {
        Ok(self.options.context.unwrap_or(self.model.config()?.context.min(4096)))
    }

    /// Requests under way.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// True without any request.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Adds a request.
    ///
    /// # Errors
    /// `ContextFull` when the prompt leaves no room, `Input` when it is empty or the schema is wrong.
    pub fn submit(&mut self, prompt: &[u32], options: &Generate) -> Result<Ticket> {
        if prompt.is_empty() {
            return Err(Error::input("the prompt has no tokens"));
        }
        let context = self.context()?;
        if prompt.len() >= context {
            return Err(Error::ContextFull(context));
        }
        self.model.embed_tokens(prompt, &mut Vec::new())?;
        let writer = Writer::new(self.model, options)?;
        let cache = match self.spare.pop() {
            Some(cache) => cache,
            None => Cache::new(self.model.config()?, context, self.options.cache)?,
        };
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let (history, waiting) = (Vec::new(), prompt.to_vec());
        self.slots.push(Slot { ticket, cache, history, waiting, prompt_tokens: prompt.len(), writer });
        Ok(ticket)
    }

    /// Drops a request.
    pub fn cancel(&mut self, ticket: Ticket) {
        if let Some(at) = self.slots.iter().position(|slot| slot.ticket == ticket) {
            self.remove(at);
        }
    }

    fn remove(&mut self, at: usize) -> Slot<'a> {
        let mut slot = self.slots.remove(at);
        let mut cache = Cache::empty();
        std::mem::swap(&mut cache, &mut slot.cache);
        cache.len = 0;
        self.spare.push(cache);
        slot
    }

    /// One pass through the model; gives what happened. Does nothing without requests.
    pub fn step(&mut self) -> Vec<Event> {
        let (rows, tokens) = self.plan();
        if rows.is_empty() {
            return Vec::new();
        }
        match self.forward(&rows, &tokens) {
            Ok(scores) => self.settle(&rows, scores),
            // Prompts were checked when they came, so this is the file or the memory: all fail.
            Err(error) => {
                let text = error.to_string();
                let failed = |slot: Slot<'_>| Event::Failed(slot.ticket, Error::input(text.clone()));
                self.slots.drain(..).map(failed).collect()
            }
        }
    }

    /// Answers under way first, then prompts in order of arrival.
    fn plan(&self) -> (Vec<Row>, Vec<u32>) {
        let (mut rows, mut tokens) = (Vec::new(), Vec::new());
        for want_prompts in [false, true] {
            for (sequence, slot) in self.slots.iter().enumerate() {
                let is_prompt = slot.history.len() < slot.prompt_tokens;
                if is_prompt != want_prompts {
                    continue;
                }
                let count = slot.waiting.len().min(ROWS.saturating_sub(rows.len()));
                for (i, &token) in slot.waiting[..count].iter().enumerate() {
                    let wanted = i + 1 == slot.waiting.len();
                    rows.push(Row { sequence, position: slot.cache.len + i, wanted });
                    tokens.push(token);
                }
            }
        }
        (rows, tokens)
    }

    fn forward(&mut self, rows: &[Row], tokens: &[u32]) -> Result<Vec<f32>> {
        let mut hidden = Vec::new();
        self.model.embed_tokens(tokens, &mut hidden)?;
        let decoder = self.model.decoder()?;
        let mut caches: Vec<&mut Cache> = self.slots.iter_mut().map(|slot| &mut slot.cache).collect();
        let normed = decoder.layers(&mut hidden, rows, &mut caches, &mut self.scratch);
        if normed.is_empty() {
            return Ok(Vec::new());
        }
        decoder.logits(&normed, &mut self.scratch)
    }

    fn settle(&mut self, rows: &[Row], mut scores: Vec<f32>) -> Vec<Event> {
        for (sequence, slot) in self.slots.iter_mut().enumerate() {
            let done = rows.iter().filter(|row| row.sequence == sequence).count();
            slot.cache.len += done;
            slot.history.extend(slot.waiting.drain(..done));
        }
        let wanted: Vec<usize> = rows.iter().filter(|row| row.wanted).map(|row| row.sequence).collect();
        let mut events = Vec::new();
        let mut finished = Vec::new();
        let size = scores.len() / wanted.len().max(1);
        for (&sequence, scores) in wanted.iter().zip(scores.chunks_exact_mut(size.max(1))) {
            let slot = &mut self.slots[sequence];
            let Some(token) = slot.writer.pick(scores, &slot.history) else {
                events.push(Event::Failed(slot.ticket, Error::format("the model's scores are not numbers")));
                finished.push((sequence, None));
                continue;
            };
            match slot.writer.accept(token) {
                Step::Done(text, finish) => finished.push((sequence, Some((text, finish)))),
                Step::Text(text) if slot.history.len() >= slot.cache.capacity() => {
                    let rest = text + &slot.writer.flush();
                    finished.push((sequence, Some((rest, Finish::Length))));
                }
                Step::Text(text) => {
                    slot.waiting.push(token);
                    if !text.is_empty() {
                        events.push(Event::Text(slot.ticket, text));
                    }
                }
            }
        }
        finished.sort_by_key(|(sequence, _)| std::cmp::Reverse(*sequence));
        for (sequence, outcome) in finished {
            let slot = self.remove(sequence);
            if let Some((text, finish)) = outcome {
                events.push(Event::Done(slot.ticket, text, slot.writer.answer(slot.prompt_tokens, finish)));
            }
        }
        events
    }
}
