//! Ruchy's grammar for tree-sitter.
//!
//! `grammar.js` is the grammar, `src/scanner.c` the tokens that hang on line breaks, `src/parser.c` the
//! parser generated from them; `README.md` says how. Nothing here knows what a program means.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_ruchy() -> *const ();
}

/// The language, for `tree_sitter::Parser::set_language`.
// SAFETY: the function is the generated parser's, which gives a pointer to a static language.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_ruchy) };

/// What an editor colours: the highlight query.
pub const HIGHLIGHTS: &str = include_str!("queries/highlights.scm");
