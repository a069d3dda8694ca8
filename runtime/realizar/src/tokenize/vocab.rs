//! The list of tokens: text, score and role of each, and the special ids.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use crate::error::{Error, Result};
use crate::file::gguf::{Gguf, Kind};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Ordinary text.
    Normal,
    /// Stands for text that no token covers.
    Unknown,
    /// Structure of a conversation; never shown.
    Control,
    /// Text that is always one token.
    UserDefined,
    /// Reserved.
    Unused,
    /// One byte, written `<0xNN>`.
    Byte,
}

impl Role {
    fn from_code(code: i64) -> Self {
        match code {
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => Self::Normal,
        }
    }
}

/// Ids with a meaning; each one lies inside the vocabulary.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct Special {
    pub bos: Option<u32>,
    pub eos: Option<u32>,
    pub eot: Option<u32>,
    pub unknown: Option<u32>,
    pub separator: Option<u32>,
    pub padding: Option<u32>,
}

/// All tokens of a model.
#[derive(Debug, Default)]
pub struct Vocab {
    text: Vec<u8>,
    ends: Vec<u32>,
    pub(crate) scores: Vec<f32>,
    roles: Vec<Role>,
    /// Ids with a meaning.
    pub special: Special,
    ids: OnceLock<Ids>,
}

impl Vocab {
    pub(crate) fn from_gguf(file: &Gguf<'_>) -> Result<Self> {
        let tokens = file
            .array("tokenizer.ggml.tokens")
            .filter(|a| a.kind == Kind::Str)
            .ok_or_else(|| Error::format("tokenizer.ggml.tokens is not a list of strings"))?;
        let mut vocab = Self::default();
        vocab.text.reserve(tokens.bytes().len().saturating_sub(8 * tokens.count));
        for token in tokens.strings() {
            vocab.push(token)?;
        }
        vocab.scores = numbers(file, "tokenizer.ggml.scores", tokens.count)?
            .map_or_else(Vec::new, |v| v.map(|x| x as f32).collect());
        vocab.roles = numbers(file, "tokenizer.ggml.token_type", tokens.count)?
            .map_or_else(Vec::new, |v| v.map(|x| Role::from_code(x as i64)).collect());
        let id = |name: &str| {
            let id = file.integer(&format!("tokenizer.ggml.{name}_token_id"));
            id.filter(|&id| id < vocab.len()).map(|id| id as u32)
        };
        vocab.special = Special {
            bos: id("bos"),
            eos: id("eos"),
            eot: id("eot"),
            unknown: id("unknown"),
            separator: id("seperator").or_else(|| id("separator")),
            padding: id("padding"),
        };
        Ok(vocab)
    }

    /// A vocabulary from a list, all tokens normal unless a role is given.
    pub(crate) fn from_list(tokens: &[Vec<u8>], roles: Vec<Role>, special: Special) -> Result<Self> {
        let mut vocab = Self { roles, special, ..Self::default() };
        for token in tokens {
            vocab.push(token)?;
        }
        Ok(vocab)
    }

    fn push(&mut self, token: &[u8]) -> Result<()> {
        self.text.extend_from_slice(token);
        let end = u32::try_from(self.text.len());
        self.ends.push(end.map_err(|_| Error::format("the vocabulary is larger than 4 GiB"))?);
        Ok(())
    }

    /// Number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without any token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A token as the file writes it; empty for ids outside the vocabulary.
    #[must_use]
    pub fn raw(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let Some(&end) = self.ends.get(id) else {
            return &[];
        };
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.text[start as usize..end as usize]
    }

    /// What the token is for.
    #[must_use]
    pub fn role(&self, id: u32) -> Role {
        self.roles.get(id as usize).copied().unwrap_or(Role::Normal)
    }

    pub(crate) fn score(&self, id: u32) -> f32 {
        self.scores.get(id as usize).copied().unwrap_or(0.0)
    }

    /// The token written exactly so; of several the last. The table behind it is built at the first
    /// question.
    #[must_use]
    pub fn id(&self, text: &[u8]) -> Option<u32> {
        let ids = self.ids.get_or_init(|| Ids::new(self));
        ids.slots[ids.slot(self, text)].checked_sub(1)
    }

    /// The token of one byte, written `<0xNN>`.
    pub(crate) fn byte(&self, byte: u8) -> Option<u32> {
        self.id(format!("<0x{byte:02X}>").as_bytes())
    }
}

/// Finds ids by text: an open table of the ids alone, since the vocabulary has the text. Its hash is
/// seeded, so that no file can be made whose tokens all meet in one place.
#[derive(Debug)]
struct Ids {
    /// Id + 1, or 0 where nothing is; at least half of them 0.
    slots: Vec<u32>,
    seed: RandomState,
}

impl Ids {
    fn new(vocab: &Vocab) -> Self {
        let slots = vec![0; (2 * vocab.len() + 1).next_power_of_two()];
        let mut ids = Self { slots, seed: RandomState::new() };
        for id in 0..vocab.len() as u32 {
            let slot = ids.slot(vocab, vocab.raw(id));
            ids.slots[slot] = id + 1;
        }
        ids
    }

    /// Where `text` stands or would stand.
    fn slot(&self, vocab: &Vocab, text: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.seed.hash_one(text) as usize & mask;
        while let Some(id) = self.slots[slot].checked_sub(1) {
            if vocab.raw(id) == text {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }
}

fn numbers<'a>(
    file: &'a Gguf<'_>,
    key: &str,
    count: usize,
) -> Result<Option<impl Iterator<Item = f64> + 'a>> {
    let Some(array) = file.array(key) else {
        return Ok(None);
    };
    if array.kind == Kind::Str || array.count < count {
        return Err(Error::format(format!("{key} has {} numbers for {count} tokens", array.count)));
    }
    Ok(Some(array.numbers().take(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_by_text_and_the_last_of_equal_ones_wins() {
        let texts: Vec<Vec<u8>> = (0..1000).map(|i| format!("t{}", i % 700).into_bytes()).collect();
        let vocab = Vocab::from_list(&texts, Vec::new(), Special::default()).expect("small");
        for i in 0..700u32 {
            let last = if i < 300 { i + 700 } else { i };
            assert_eq!(vocab.id(format!("t{i}").as_bytes()), Some(last));
        }
        assert_eq!(vocab.id(b"t700"), None);
        assert_eq!(Vocab::default().id(b""), None);
    }
}
