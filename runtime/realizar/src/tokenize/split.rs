//! Which patterns cut text into words before byte-pair merging, by the name in the file.
//!
//! The expressions come from the models' own tokenizer definitions. Several patterns are applied one
//! after the other, each to the pieces that the previous one left.

use std::sync::OnceLock;

use super::pattern::Pattern;

const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN35: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const TEKKEN: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const GPT4O: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const DEEPSEEK3: &str = r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##;
const CJK: &str = "[一-龥ࠀ-一가-\u{d7ff}]+";
const LATIN: &str = "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";

/// How a file's byte-pair tokenizer prepares text.
#[derive(Debug)]
pub(crate) struct Split {
    sources: &'static [&'static str],
    patterns: OnceLock<Vec<Pattern>>,
    /// A word that is a token is taken whole, without merging.
    pub(crate) whole_words: bool,
    /// Symbols are raw characters with `▁` for a space instead of GPT-2's byte letters.
    pub(crate) raw_text: bool,
    /// Whether a beginning token is added when the file does not say.
    pub(crate) add_bos: bool,
}

impl Split {
    /// The split for a `tokenizer.ggml.pre` name; `None` when the name is unknown.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let sources: &[&str] = match name {
            "llama3" | "llama-v3" | "llama-bpe" | "falcon3" | "falcon-h1" | "pixtral" | "midm-2.0"
            | "lfm2" | "jina-v5-nano" | "dbrx" | "smaug-bpe" | "glm4" | "chatglm-bpe" => &[LLAMA3],
            "qwen2" | "deepseek-r1-qwen" | "stablelm2" | "hunyuan" | "megrez" | "grok-2" | "kormo"
            | "f2llmv2" | "solar-open" => &[QWEN2],
            "qwen35" => &[QWEN35],
            "gpt-2" | "phi-2" | "jina-es" | "jina-de" | "jina-v2-es" | "jina-v2-de" | "gigachat"
            | "a.x-4.0" | "mellum" | "modern-bert" | "mpt" | "olmo" | "jais" | "trillion"
            | "granite-docling" | "jina-v1-en" | "jina-v2-code" | "roberta-bpe" | "exaone4" => &[GPT2],
            "smollm" | "starcoder" | "refact" | "command-r" | "codeshell" | "exaone" | "minerva-7b" => {
                &[r"\p{N}", GPT2]
            }
            "falcon" => &[r"[\p{P}$+<=>^~|`]+", GPT2, "[0-9][0-9][0-9]"],
            "deepseek-coder" => &[r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", CJK, r"\p{N}"],
            "deepseek-llm" => {
                &[r"[\r\n]", LATIN, "\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。]+", r"\s+$", CJK, r"\p{N}+"]
            }
            "deepseek-v3" | "hunyuan-dense" => &[r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK3],
            "tekken" => &[TEKKEN],
            "gpt-4o" | "llama4" | "kanana2" | "minimax-m2" => &[GPT4O],
            "poro-chat" | "bloom" | "gpt3-finnish" => &[" ?[^(\\s|.,!?…。，、।۔،)]+"],
            "viking" => &[" ?[^(\\s|.,!?…。，、।۔،)]+", r"\p{N}"],
            "gemma4" => &[r"[^\n]+|[\n]+"],
            "default" | "" => &[r"[\p{P}$+<=>^~|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
            _ => return None,
        };
        let llama = matches!(
            name,
            "llama3"
                | "llama-v3"
                | "llama-bpe"
                | "falcon3"
                | "falcon-h1"
                | "pixtral"
                | "midm-2.0"
                | "lfm2"
                | "jina-v5-nano"
        );
        Some(Self {
            sources,
            patterns: OnceLock::new(),
            whole_words: llama || name == "tekken",
            raw_text: name == "gemma4",
            add_bos: llama || name == "gemma4" || name == "tekken",
        })
    }

    /// Words of `text` in order.
    pub(crate) fn words(&self, text: &str) -> Vec<String> {
        let mut pieces: Vec<Vec<char>> = vec![text.chars().collect()];
        let compile = || self.sources.iter().map(|p| Pattern::new(p)).collect();
        for pattern in self.patterns.get_or_init(compile) {
            let mut finer = Vec::with_capacity(pieces.len() * 2);
            for piece in &pieces {
                pattern.split(piece, |a, b| finer.push(piece[a..b].to_vec()));
            }
            pieces = finer;
        }
        pieces.into_iter().map(|p| p.into_iter().collect()).collect()
    }
}
