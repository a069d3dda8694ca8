//! Parts of an f-string whose objects are changed by what stands behind them are made into texts where they stand.
//!
//! before                                        after
//!   format"{%log!r} {call @Log.add(mut %log)}"    let %text = format"{ref %log!r}"
//!                                                 let %value = call @Log.add(mut %log)
//!                                                 format"{%text} {%value}"
//!
//! `print(log, log.add())` shows the object when all arguments are known: those parts have another conversion.

use crate::body::{Own, Want};
use crate::order::Around;
use batuta_core::*;

impl Own<'_> {
    /// How many pieces from the front have to be texts before the rest is evaluated.
    pub fn shown_early(&self, pieces: &[Piece]) -> usize {
        let is_now = |piece: &Piece| !matches!(piece, Piece::Value { conv: Conv::Str, .. });
        let last = (0..pieces.len()).rev().find(|at| {
            let Piece::Value { value, spec, .. } = &pieces[*at] else { return false };
            let is_object = self.src.ty(*value).strip_ref().strip_shared().is_mutable();
            let later = Piece::values(&pieces[at + 1..]);
            is_object && spec.is_empty() && later.iter().any(|later| self.may_change_shown(*value, *later))
        });
        last.filter(|last| pieces[..=*last].iter().all(is_now)).map_or(0, |last| last + 1)
    }

    /// The pieces with a text of its own for each of the first ones.
    pub fn early_pieces(&mut self, pieces: &[Piece], early: usize) -> Vec<Piece> {
        let mut out = Vec::with_capacity(pieces.len());
        for piece in &pieces[..early] {
            let Piece::Value { value, conv, spec } = piece else {
                out.push(piece.clone());
                continue;
            };
            let origin = self.src.nodes[*value].origin;
            let values =
                self.operands(&[*value], Around::Format, |own, _, value| own.node(value, Want::Read));
            let shown = Piece::Value { value: values[0], conv: *conv, spec: self.pieces(spec) };
            let text = self.out.node(Node::Format(vec![shown]), Ty::str(), origin);
            out.push(Piece::Value { value: self.named(text), conv: Conv::Str, spec: Vec::new() });
        }
        out.extend(self.pieces(&pieces[early..]));
        out
    }
}
