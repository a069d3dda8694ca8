//! WordPiece as BERT uses it: clean, lower-case, cut at spaces and punctuation, then the longest
//! token at each place; a word with a part that no token covers becomes the unknown token.

use unicode_general_category::{GeneralCategory as G, get_general_category};
use unicode_normalization::UnicodeNormalization;

use super::vocab::Vocab;

fn is_punctuation(c: char) -> bool {
    use G::*;
    let general = get_general_category(c);
    let mark = matches!(
        general,
        ConnectorPunctuation
            | DashPunctuation
            | OpenPunctuation
            | ClosePunctuation
            | InitialPunctuation
            | FinalPunctuation
            | OtherPunctuation
    );
    mark || c.is_ascii_punctuation()
}

fn is_chinese(c: char) -> bool {
    matches!(u32::from(c),
        0x4e00..=0x9fff | 0x3400..=0x4dbf | 0x20000..=0x2a6df | 0x2a700..=0x2b73f
        | 0x2b740..=0x2b81f | 0x2b920..=0x2ceaf | 0xf900..=0xfaff | 0x2f800..=0x2fa1f)
}

/// Words with a leading `▁`, as the vocabulary writes the start of a word.
fn words(text: &str, lowercase: bool) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut add = |c: char| {
        if c.is_whitespace() {
            words.push(String::new());
            return;
        }
        let general = get_general_category(c);
        let is_accent = lowercase && general == G::NonspacingMark;
        if c == '\0' || c == '\u{fffd}' || is_accent || matches!(general, G::Control | G::Format) {
            return;
        }
        let alone = is_punctuation(c) || is_chinese(c);
        if alone {
            words.push(String::new());
        }
        let word = words.last_mut().expect("starts with one word");
        if lowercase {
            word.extend(c.to_lowercase());
        } else {
            word.push(c);
        }
        if alone {
            words.push(String::new());
        }
    };
    if lowercase {
        text.nfd().for_each(&mut add);
    } else {
        text.chars().for_each(&mut add);
    }
    words.retain(|w| !w.is_empty());
    words
}

/// Appends the ids of `text`.
pub(crate) fn encode(vocab: &Vocab, text: &str, lowercase: bool, out: &mut Vec<u32>) {
    let unknown = vocab.special.unknown.unwrap_or(0);
    for word in words(text, lowercase) {
        let word = format!("\u{2581}{word}");
        let (first, mut at) = (out.len(), 0);
        while at < word.len() {
            let longest = (at + 1..=word.len())
                .rev()
                .filter(|&end| word.is_char_boundary(end))
                .find_map(|end| vocab.id(&word.as_bytes()[at..end]).map(|id| (end, id)));
            let Some((end, id)) = longest else {
                out.truncate(first);
                out.push(unknown);
                break;
            };
            out.push(id);
            at = end;
        }
    }
}
