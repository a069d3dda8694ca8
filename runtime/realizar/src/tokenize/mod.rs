//! Text to token ids and back: byte-level BPE, SentencePiece BPE and unigram, WordPiece.

mod merge;
mod pattern;
mod split;
mod unigram;
mod vocab;
mod wordpiece;

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

pub use vocab::{Role, Special, Vocab};

use crate::error::{Error, Result};
use crate::file::gguf::Gguf;
use crate::file::writer::{Value, Writer};
use merge::{NONE, Symbol, merge};
use split::Split;
use unigram::Unigram;

const SPACE: &str = "\u{2581}";

#[derive(Debug)]
enum Scheme {
    Bpe { split: Split, merges: OnceLock<Merges>, lines: Lines },
    SentencePiece { prefix_space: bool },
    Unigram(Unigram),
    WordPiece { lowercase: bool },
}

/// The file's merges, each two pieces with a space between them.
#[derive(Debug, Default)]
struct Lines {
    text: Vec<u8>,
    ends: Vec<usize>,
}

type Merges = FxHashMap<(u32, u32), (u32, u32)>;

/// A model's tokenizer.
#[derive(Debug)]
pub struct Tokenizer {
    vocab: Vocab,
    scheme: Scheme,
    add_bos: bool,
    add_eos: bool,
    specials: OnceLock<Specials>,
}

/// Tokens that are found in text before anything else.
#[derive(Debug)]
struct Specials {
    /// Lengths that occur for a first byte, longest first.
    lengths: Vec<Vec<usize>>,
}

impl Tokenizer {
    /// Reads the tokenizer of a GGUF file.
    ///
    /// # Errors
    /// `Format` when lists are missing or have wrong types or lengths; `Unsupported` for unknown
    /// tokenizer models and pre-tokenizers.
    pub fn from_gguf(file: &Gguf<'_>) -> Result<Self> {
        let vocab = Vocab::from_gguf(file)?;
        if vocab.is_empty() {
            return Err(Error::format("the vocabulary is empty"));
        }
        let model = file.str("tokenizer.ggml.model").unwrap_or("");
        let flag = |name: &str| file.bool(&format!("tokenizer.ggml.{name}"));
        let prefix_space = flag("add_space_prefix");
        let (scheme, add_bos, add_eos) = match model {
            "gpt2" | "gemma4" => {
                let pre =
                    if model == "gemma4" { model } else { file.str("tokenizer.ggml.pre").unwrap_or("") };
                let split = Split::named(pre)
                    .ok_or_else(|| Error::unsupported(format!("the pre-tokenizer `{pre}`")))?;
                let bos = split.add_bos;
                (Scheme::Bpe { split, merges: OnceLock::new(), lines: Lines::of(file) }, bos, false)
            }
            "llama" => (Scheme::SentencePiece { prefix_space: prefix_space.unwrap_or(true) }, true, false),
            "t5" => {
                let map = file.array("tokenizer.ggml.precompiled_charsmap");
                let map = map.map_or(&[][..], |a| a.bytes());
                let merge_spaces = flag("remove_extra_whitespaces").unwrap_or(false);
                let scheme = Unigram::new(&vocab, map, prefix_space.unwrap_or(false), merge_spaces);
                (Scheme::Unigram(scheme), false, true)
            }
            "bert" => {
                let lowercase = flag("normalizer.lowercase").unwrap_or(true);
                (Scheme::WordPiece { lowercase }, true, true)
            }
            other => return Err(Error::unsupported(format!("the tokenizer model `{other}`"))),
        };
        let add_bos = flag("add_bos_token").unwrap_or(add_bos);
        let add_eos = flag("add_eos_token").unwrap_or(add_eos);
        Ok(Self { vocab, scheme, add_bos, add_eos, specials: OnceLock::new() })
    }

    /// A BERT tokenizer from the lines of a `vocab.txt`-style list (`##` continues a word).
    pub(crate) fn wordpiece(tokens: &[String], lowercase: bool) -> Result<Self> {
        let is_special = |t: &str| t.starts_with('[') && t.ends_with(']');
        let find = |name: &str| tokens.iter().position(|t| t == name).map(|i| i as u32);
        let special = Special {
            bos: find("[CLS]"),
            eos: find("[SEP]"),
            separator: find("[SEP]"),
            unknown: find("[UNK]"),
            padding: find("[PAD]"),
            eot: None,
        };
        let roles = tokens.iter().map(|t| if is_special(t) { Role::Control } else { Role::Normal }).collect();
        let texts: Vec<Vec<u8>> = tokens
            .iter()
            .map(|t| match t.strip_prefix("##") {
                Some(rest) => rest.as_bytes().to_vec(),
                None if is_special(t) => t.as_bytes().to_vec(),
                None => format!("{SPACE}{t}").into_bytes(),
            })
            .collect();
        let vocab = Vocab::from_list(&texts, roles, special)?;
        let scheme = Scheme::WordPiece { lowercase };
        Ok(Self { vocab, scheme, add_bos: true, add_eos: true, specials: OnceLock::new() })
    }

    /// Puts the keys of a BERT tokenizer into a GGUF file.
    pub(crate) fn write_wordpiece(&self, w: &mut Writer) {
        let ids = 0..self.vocab.len() as u32;
        let text = |id| String::from_utf8_lossy(self.vocab.raw(id)).into_owned();
        let role = |id| if self.vocab.role(id) == Role::Control { 3 } else { 1 };
        w.key("tokenizer.ggml.model", &Value::Str("bert".into()));
        w.key("tokenizer.ggml.tokens", &Value::Strings(ids.clone().map(text).collect()));
        w.key("tokenizer.ggml.token_type", &Value::Ints(ids.map(role).collect()));
        w.key("tokenizer.ggml.token_type_count", &Value::U32(2));
        let lowercase = matches!(self.scheme, Scheme::WordPiece { lowercase: true });
        w.key("tokenizer.ggml.normalizer.lowercase", &Value::Bool(lowercase));
        let Special { bos, separator, unknown, padding, .. } = self.vocab.special;
        for (name, id) in [("bos", bos), ("seperator", separator), ("unknown", unknown), ("padding", padding)]
        {
            if let Some(id) = id {
                w.key(&format!("tokenizer.ggml.{name}_token_id"), &Value::U32(id));
            }
        }
    }

    /// All tokens.
    #[must_use]
    pub fn vocab(&self) -> &Vocab {
        &self.vocab
    }

    /// Whether [`Tokenizer::encode`] puts a beginning token in front.
    #[must_use]
    pub fn adds_bos(&self) -> bool {
        self.add_bos
    }

    /// Token ids of `text`. `specials`: control tokens written out in the text (`<|im_end|>`) become
    /// those tokens; without it they are ordinary text, as it must be for text from a user.
    /// `ends`: adds what the model wants at both ends; a beginning token that the text has itself, as a chat
    /// template may write it, is not added again.
    #[must_use]
    pub fn encode(&self, text: &str, specials: bool, ends: bool) -> Vec<u32> {
        let mut out = Vec::new();
        let first = match self.scheme {
            Scheme::WordPiece { .. } => self.vocab.special.bos.or_else(|| self.vocab.id(b"[CLS]")),
            _ => self.vocab.special.bos,
        };
        let begins = |id: u32| {
            let (plain, found) = self.next_special(text, specials);
            plain.is_empty() && found.is_some_and(|(special, _)| special == id)
        };
        out.extend(first.filter(|&id| ends && self.add_bos && !begins(id)));
        let mut after_special = true;
        let mut rest = text;
        while !rest.is_empty() {
            let (plain, found) = self.next_special(rest, specials);
            if !plain.is_empty() {
                self.encode_plain(plain, after_special, &mut out);
                after_special = false;
            }
            rest = &rest[plain.len()..];
            if let Some((id, length)) = found {
                out.push(id);
                after_special = true;
                rest = &rest[length..];
            }
        }
        let last = match self.scheme {
            Scheme::WordPiece { .. } => self.vocab.special.separator.or(self.vocab.special.eos),
            _ => self.vocab.special.eos,
        };
        out.extend(last.filter(|_| ends && self.add_eos));
        out
    }

    /// Text up to the next special token, and that token with its length in bytes.
    fn next_special<'t>(&self, text: &'t str, control: bool) -> (&'t str, Option<(u32, usize)>) {
        let table = self.specials.get_or_init(|| self.collect_specials());
        let bytes = text.as_bytes();
        for at in 0..bytes.len() {
            for &length in &table.lengths[usize::from(bytes[at])] {
                let Some(piece) = bytes.get(at..at + length) else {
                    continue;
                };
                let Some(id) = self.vocab.id(piece) else {
                    continue;
                };
                let wanted = match self.vocab.role(id) {
                    Role::UserDefined => true,
                    Role::Control | Role::Unknown => control,
                    _ => false,
                };
                if wanted && text.is_char_boundary(at) && text.is_char_boundary(at + length) {
                    return (&text[..at], Some((id, length)));
                }
            }
        }
        (text, None)
    }

    fn collect_specials(&self) -> Specials {
        let mut lengths = vec![Vec::new(); 256];
        for id in 0..self.vocab.len() as u32 {
            let raw = self.vocab.raw(id);
            let is_special = matches!(self.vocab.role(id), Role::Control | Role::Unknown | Role::UserDefined);
            if let Some(&first) = raw.first().filter(|_| is_special) {
                let list: &mut Vec<usize> = &mut lengths[usize::from(first)];
                if !list.contains(&raw.len()) {
                    list.push(raw.len());
                }
            }
        }
        lengths.iter_mut().for_each(|list| list.sort_by(|a, b| b.cmp(a)));
        Specials { lengths }
    }

    fn encode_plain(&self, text: &str, after_special: bool, out: &mut Vec<u32>) {
        match &self.scheme {
            Scheme::Bpe { split, merges, lines } => {
                let merges = merges.get_or_init(|| index_merges(&self.vocab, lines));
                let spaced;
                let text = if split.raw_text {
                    spaced = text.replace(' ', SPACE);
                    &spaced
                } else {
                    text
                };
                for word in split.words(text) {
                    self.bpe_word(&word, split, merges, out);
                }
            }
            Scheme::SentencePiece { prefix_space } => {
                let prefix = if *prefix_space && after_special { " " } else { "" };
                self.sentencepiece(&format!("{prefix}{text}").replace(' ', SPACE), out);
            }
            Scheme::Unigram(unigram) => unigram.encode(&self.vocab, text, out),
            Scheme::WordPiece { lowercase } => wordpiece::encode(&self.vocab, text, *lowercase, out),
        }
    }

    fn bpe_word(&self, word: &str, split: &Split, merges: &Merges, out: &mut Vec<u32>) {
        let letters: String;
        let text = if split.raw_text {
            word
        } else {
            letters = word.bytes().map(byte_letter).collect();
            &letters
        };
        let is_newlines = split.raw_text && word.bytes().all(|b| b == b'\n');
        let whole = self.vocab.id(text.as_bytes()).filter(|_| split.whole_words || is_newlines);
        if let Some(id) = whole {
            out.push(id);
            return;
        }
        let mut symbols = self.characters(text);
        merge(&mut symbols, |l, r| merges.get(&(l.id, r.id)).copied());
        self.emit(&symbols, text, split.raw_text, out);
    }

    fn sentencepiece(&self, text: &str, out: &mut Vec<u32>) {
        let mut symbols = self.characters(text);
        merge(&mut symbols, |l, r| {
            let id = self.vocab.id(&text.as_bytes()[l.start..r.end])?;
            Some((descending(self.vocab.score(id)), id))
        });
        self.emit(&symbols, text, true, out);
    }

    fn characters(&self, text: &str) -> Vec<Symbol> {
        let symbol = |(at, c): (usize, char)| {
            let end = at + c.len_utf8();
            Symbol::new(at, end, self.vocab.id(&text.as_bytes()[at..end]).unwrap_or(NONE))
        };
        text.char_indices().map(symbol).collect()
    }

    fn emit(&self, symbols: &[Symbol], text: &str, bytes: bool, out: &mut Vec<u32>) {
        for symbol in symbols {
            if symbol.id != NONE {
                out.push(symbol.id);
            } else if bytes {
                let raw = &text.as_bytes()[symbol.start..symbol.end];
                let mut found = raw.iter().filter_map(|&b| self.vocab.byte(b)).peekable();
                if found.peek().is_none() {
                    out.extend(self.vocab.special.unknown);
                }
                out.extend(found);
            }
        }
    }

    /// The bytes that a token stands for; control tokens stand for none unless `control`.
    #[must_use]
    pub fn piece(&self, id: u32, control: bool) -> Vec<u8> {
        let raw = self.vocab.raw(id);
        match self.vocab.role(id) {
            Role::Control | Role::Unknown if !control => return Vec::new(),
            Role::Control | Role::Unknown | Role::UserDefined => return raw.to_vec(),
            Role::Byte => {
                let digits = raw.strip_prefix(b"<0x").and_then(|r| r.strip_suffix(b">"));
                let digits = digits.and_then(|d| std::str::from_utf8(d).ok());
                return digits.and_then(|d| u8::from_str_radix(d, 16).ok()).into_iter().collect();
            }
            Role::Normal | Role::Unused => {}
        }
        let text = String::from_utf8_lossy(raw);
        match &self.scheme {
            Scheme::Bpe { split, .. } if !split.raw_text => {
                let mut out = Vec::with_capacity(raw.len());
                for c in text.chars() {
                    match letter_byte(c) {
                        Some(byte) => out.push(byte),
                        None => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    }
                }
                out
            }
            _ => text.replace(SPACE, " ").into_bytes(),
        }
    }

    /// Text of the ids; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn decode(&self, ids: &[u32]) -> String {
        let bytes: Vec<u8> = ids.iter().flat_map(|&id| self.piece(id, false)).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Tokens after which an answer is over.
    #[must_use]
    pub fn ends_generation(&self) -> Vec<u32> {
        const ENDS: [&str; 14] = [
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<end_of_turn>",
            "<|endoftext|>",
            "</s>",
            "<|eom_id|>",
            "<EOT>",
            "<|end_of_text|>",
            "<eos>",
            "<turn|>",
            "<end_of_utterance>",
        ];
        let special = &self.vocab.special;
        let mut ids: Vec<u32> = ENDS
            .iter()
            .filter_map(|text| self.vocab.id(text.as_bytes()))
            // gemma 4 and plamo keep a normal `</s>` in their vocabulary.
            .filter(|&id| self.vocab.role(id) != Role::Normal)
            .chain(special.eos)
            .chain(special.eot)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Rank that sorts higher scores first; NaN goes last.
fn descending(score: f32) -> u32 {
    if score.is_nan() {
        return u32::MAX;
    }
    let bits = (score + 0.0).to_bits();
    let ascending = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    !ascending
}

impl Lines {
    fn of(file: &Gguf<'_>) -> Self {
        let mut lines = Self::default();
        for line in file.array("tokenizer.ggml.merges").into_iter().flat_map(|array| array.strings()) {
            lines.text.extend_from_slice(line);
            lines.ends.push(lines.text.len());
        }
        lines
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&start, &end)| &self.text[start..end])
    }
}

/// Merges as token ids; those that name unknown tokens can never apply and are left out.
fn index_merges(vocab: &Vocab, lines: &Lines) -> Merges {
    let mut merges = Merges::default();
    merges.reserve(lines.ends.len());
    let mut joined = Vec::new();
    for (rank, line) in lines.iter().enumerate() {
        // The first part may itself start with a space.
        let space = line.iter().skip(1).position(|&b| b == b' ').map(|i| i + 1);
        let (left, right) = space.map_or((line, &[][..]), |i| (&line[..i], &line[i + 1..]));
        joined.clear();
        joined.extend_from_slice(left);
        joined.extend_from_slice(right);
        if let (Some(l), Some(r), Some(id)) = (vocab.id(left), vocab.id(right), vocab.id(&joined)) {
            merges.entry((l, r)).or_insert((rank as u32, id));
        }
    }
    merges
}

/// GPT-2 writes each byte as a printable letter: printable Latin-1 as itself, the others from U+0100.
fn byte_letter(byte: u8) -> char {
    match byte {
        b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff => char::from(byte),
        0..=0x20 => char::from_u32(0x100 + u32::from(byte)).expect("below the surrogates"),
        0x7f..=0xa0 => char::from_u32(0x121 + u32::from(byte) - 0x7f).expect("below the surrogates"),
        0xad => '\u{143}',
    }
}

fn letter_byte(c: char) -> Option<u8> {
    match u32::from(c) {
        n @ (0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff) => Some(n as u8),
        n @ 0x100..=0x120 => Some((n - 0x100) as u8),
        n @ 0x121..=0x142 => Some((n - 0x121 + 0x7f) as u8),
        0x143 => Some(0xad),
        _ => None,
    }
}

/// Puts token bytes together and gives out text as soon as characters are complete.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    pending: Vec<u8>,
}

impl StreamDecoder {
    /// Adds bytes; returns the text that is complete now. Bytes that can never become UTF-8 come out
    /// as U+FFFD.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut out = String::new();
        loop {
            match std::str::from_utf8(&self.pending) {
                Ok(text) => {
                    out.push_str(text);
                    self.pending.clear();
                    return out;
                }
                Err(e) => {
                    let valid = e.valid_up_to();
                    out.push_str(&String::from_utf8_lossy(&self.pending[..valid]));
                    match e.error_len() {
                        Some(bad) => {
                            out.push('\u{fffd}');
                            self.pending.drain(..valid + bad);
                        }
                        None => {
                            self.pending.drain(..valid);
                            return out;
                        }
                    }
                }
            }
        }
    }

    /// What is left when no more bytes come.
    pub fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.pending)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_letters_are_a_bijection() {
        for byte in 0..=255 {
            assert_eq!(letter_byte(byte_letter(byte)), Some(byte));
        }
    }

    #[test]
    fn split_characters_wait_for_their_rest() {
        let mut stream = StreamDecoder::default();
        assert_eq!(stream.push(&[b'a', 0xe2, 0x82]), "a");
        assert_eq!(stream.push(&[0xac, b'!']), "€!");
        assert_eq!(stream.push(&[0xff, b'x', 0xf0]), "\u{fffd}x");
        assert_eq!(stream.finish(), "\u{fffd}");
    }

    #[test]
    fn higher_scores_rank_first() {
        let mut scores = [-3.0f32, 2.5, 0.0, -0.5, 1.0];
        scores.sort_by_key(|&s| descending(s));
        assert_eq!(scores, [2.5, 1.0, 0.0, -0.5, -3.0]);
    }
}
