//! Parts of an f-string whose objects are changed by what stands behind them are made into texts where they stand.
//!
//! before                                        after
//!   format"{%log!r} {call @Log.add(mut %log)}"    let %text = format"{ref %log!r}"
//!                                                 let %value = call @Log.add(mut %log)
//!                                                 format"{%text} {%value}"
//!
//! `print(log, log.add())` shows the object when all arguments are known: those parts are late.

use crate::body::{Own, Want};
use crate::order::Around;
use batuta_core::*;

impl Own<'_> {
    /// Pieces with values that the text reads or takes, in the order of the source.
    pub fn pieces(&mut self, pieces: &[Piece]) -> Vec<Piece> {
        let pieces = self.joined(pieces);
        let early = self.shown_early(&pieces);
        let values = Piece::values(&pieces);
        let shown: Vec<&Piece> = pieces.iter().filter(|piece| matches!(piece, Piece::Value { .. })).collect();
        let lower = |own: &mut Self, at: usize, value: NodeId| match early[at] {
            true => own.early_text(value, shown[at]),
            false => own.node(value, Want::Read),
        };
        let mut lowered = self.operands(&values, Around::Format, lower).into_iter().zip(early);
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Piece::Text(text.clone()),
            Piece::Value { conv, spec, late, .. } => match lowered
                .next()
                .expect("each value was lowered above")
            {
                (value, true) => Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: *late },
                (value, false) => Piece::Value { value, conv: *conv, spec: self.pieces(spec), late: *late },
            },
        };
        pieces.iter().map(piece).collect()
    }

    /// Which values have to be texts before those behind them are computed.
    fn shown_early(&self, pieces: &[Piece]) -> Vec<bool> {
        let is_value = |at: &usize| matches!(pieces[*at], Piece::Value { .. });
        let is_early = |at: usize| match &pieces[at] {
            Piece::Value { value, late: true, .. } => match &self.src.nodes[*value].kind {
                Node::Format(inner) => {
                    inner.iter().any(|piece| self.shows_what_changes(piece, &pieces[at + 1..]))
                }
                _ => false,
            },
            piece => self.shows_what_changes(piece, &pieces[at + 1..]),
        };
        (0..pieces.len()).filter(is_value).map(is_early).collect()
    }

    /// Whether a piece shows an object that a later one may change.
    fn shows_what_changes(&self, piece: &Piece, later: &[Piece]) -> bool {
        let Piece::Value { value, .. } = piece else { return false };
        let is_object = self.src.ty(*value).strip_ref().strip_shared().is_mutable();
        is_object && Piece::values(later).iter().any(|later| self.may_change_shown(*value, *later))
    }

    /// The pieces with those of the f-strings among them, unless it matters when an object is shown.
    fn joined(&self, pieces: &[Piece]) -> Vec<Piece> {
        let inner = |piece: &Piece| match piece {
            Piece::Value { value, conv: Conv::Str, spec, late: true } if spec.is_empty() => {
                match &self.src.nodes[*value].kind {
                    Node::Format(inner) => Some(inner.clone()),
                    _ => None,
                }
            }
            _ => None,
        };
        let joined: Vec<Piece> =
            pieces.iter().flat_map(|piece| inner(piece).unwrap_or_else(|| vec![piece.clone()])).collect();
        let changes = |at| self.shows_what_changes(&joined[at], &joined[at + 1..]);
        match (0..joined.len()).any(changes) {
            true => pieces.to_vec(),
            false => joined,
        }
    }

    /// A value as its text, made where it stands.
    fn early_text(&mut self, value: NodeId, piece: &Piece) -> NodeId {
        let lowered = self.node(value, Want::Read);
        let text = match piece {
            Piece::Value { conv, spec, late: false, .. } => {
                let shown =
                    Piece::Value { value: lowered, conv: *conv, spec: self.pieces(spec), late: false };
                self.out.node(Node::Format(vec![shown]), Ty::str(), self.src.nodes[value].origin)
            }
            _ => lowered,
        };
        self.named(text)
    }
}
