//! SentencePiece unigram: the cut of the text with the highest sum of scores (Kudo 2018), after
//! normalisation by the file's character map.

use super::vocab::{Role, Vocab};

const SPACE: &str = "\u{2581}";

/// The compiled character map: a double array (Kanda 2018) over UTF-8 bytes and the texts that
/// replace what it matches. Every access is checked, since both come from the file.
#[derive(Debug, Default)]
pub(crate) struct CharMap {
    nodes: Vec<u32>,
    texts: Vec<u8>,
}

impl CharMap {
    pub(crate) fn new(blob: &[u8]) -> Self {
        let Some((size, rest)) = blob.split_first_chunk::<4>() else {
            return Self::default();
        };
        let size = (u32::from_le_bytes(*size) as usize).min(rest.len());
        let (nodes, texts) = rest.split_at(size);
        let nodes = nodes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        Self { nodes: nodes.collect(), texts: texts.to_vec() }
    }

    fn base(&self, index: u32) -> Option<u32> {
        let node = *self.nodes.get(index as usize)?;
        Some((node >> 10) << ((node & 1 << 9) >> 6))
    }

    /// Length of the longest mapped prefix and its replacement.
    fn longest(&self, text: &[u8]) -> Option<(usize, &[u8])> {
        let mut index = self.base(0)?;
        let mut found = None;
        for (i, &byte) in text.iter().enumerate() {
            if byte == 0 {
                break;
            }
            index ^= u32::from(byte);
            let Some(&node) = self.nodes.get(index as usize) else {
                break;
            };
            if node & 0x8000_00ff != u32::from(byte) {
                break;
            }
            let is_leaf = node >> 8 & 1 == 1;
            index ^= (node >> 10) << ((node & 1 << 9) >> 6);
            if is_leaf {
                let value = self.nodes.get(index as usize).map(|n| (n & 0x7fff_ffff) as usize);
                found = value.map(|value| (i + 1, value)).or(found);
            }
        }
        let (length, at) = found?;
        let tail = self.texts.get(at..)?;
        let end = tail.iter().position(|&b| b == 0)?;
        Some((length, &tail[..end]))
    }
}

/// A unigram tokenizer's own tables.
#[derive(Debug)]
pub(crate) struct Unigram {
    map: CharMap,
    longest: usize,
    unknown_score: f64,
    user_defined: Vec<Vec<u8>>,
    pub(crate) prefix_space: bool,
    pub(crate) merge_spaces: bool,
}

impl Unigram {
    pub(crate) fn new(vocab: &Vocab, charsmap: &[u8], prefix_space: bool, merge_spaces: bool) -> Self {
        let ids = || 0..vocab.len() as u32;
        let least = ids().filter(|&id| vocab.role(id) == Role::Normal).map(|id| vocab.score(id));
        Self {
            map: CharMap::new(charsmap),
            longest: ids().map(|id| vocab.raw(id).len()).max().unwrap_or(0),
            // A token that no one trained costs 10 more than the rarest.
            unknown_score: f64::from(least.fold(f32::MAX, f32::min)) - 10.0,
            user_defined: ids()
                .filter(|&id| vocab.role(id) == Role::UserDefined)
                .map(|id| vocab.raw(id).to_vec())
                .collect(),
            prefix_space,
            merge_spaces,
        }
    }

    fn normalize(&self, text: &str) -> Vec<u8> {
        let bytes = text.as_bytes();
        let (mut out, mut at) = (Vec::with_capacity(bytes.len() * 2), 0);
        let (mut in_word, mut prefixed) = (false, false);
        while at < bytes.len() {
            let rest = &bytes[at..];
            let kept = self.user_defined.iter().filter(|t| rest.starts_with(t)).map(Vec::len).max();
            let (length, mapped) = if let Some(n) = kept.filter(|&n| n > 0) {
                (n, &rest[..n])
            } else if let Some(found) = self.map.longest(rest) {
                found
            } else {
                let n = text[at..].chars().next().map_or(1, char::len_utf8);
                (n, &rest[..n])
            };
            for &byte in mapped {
                if byte != b' ' {
                    if !in_word && ((self.prefix_space && !prefixed) || self.merge_spaces) {
                        out.extend_from_slice(SPACE.as_bytes());
                        prefixed = true;
                    }
                    in_word = true;
                    out.push(byte);
                } else {
                    in_word = false;
                    if !self.merge_spaces {
                        out.extend_from_slice(SPACE.as_bytes());
                    }
                }
            }
            at += length;
            // A user-defined text may end inside a character only if the file is hostile.
            while at < bytes.len() && !text.is_char_boundary(at) {
                at += 1;
            }
        }
        out
    }

    /// Appends the ids of `text`.
    pub(crate) fn encode(&self, vocab: &Vocab, text: &str, out: &mut Vec<u32>) {
        let text = self.normalize(text);
        let unknown = vocab.special.unknown.unwrap_or(0);
        // For each end: score of the best cut, where its last token starts, the token.
        let mut best = vec![(f64::MIN, 0usize, unknown); text.len() + 1];
        best[0].0 = 0.0;
        let mut at = 0;
        while at < text.len() {
            let width = match text[at] {
                0..=0xbf => 1,
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                _ => 4,
            };
            let width = width.min(text.len() - at);
            let mut covers_character = false;
            for end in at + 1..=(at + self.longest).min(text.len()) {
                let Some(id) = vocab.id(&text[at..end]) else {
                    continue;
                };
                let score = match vocab.role(id) {
                    Role::UserDefined => 0.0,
                    Role::Normal | Role::Unused => f64::from(vocab.score(id)),
                    _ => continue,
                };
                covers_character |= end == at + width;
                if best[at].0 + score > best[end].0 {
                    best[end] = (best[at].0 + score, at, id);
                }
            }
            let end = at + width;
            if !covers_character && best[at].0 + self.unknown_score > best[end].0 {
                best[end] = (best[at].0 + self.unknown_score, at, unknown);
            }
            at = end;
        }
        let (first, mut end) = (out.len(), text.len());
        while end > 0 {
            let (_, start, id) = best[end];
            if id != unknown || out.len() == first || out.last() != Some(&unknown) {
                out.push(id);
            }
            end = start;
        }
        out[first..].reverse();
    }
}
