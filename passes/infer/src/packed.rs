//! What formats of `struct` say about the values that are read with them.

use crate::collect::Collect;
use crate::facts::V;
use crate::vars::Head;
use batuta_base::Name;
use batuta_core::{Body, Program};
use batuta_core::{Callee, Const, Hir, Node, NodeId, ObjOp, Op, Pat, Piece, Place, Root, StmtKind};

/// The values of a record.
#[derive(Clone, PartialEq, Debug)]
enum Record {
    Fixed(Vec<Head>),
    /// Any number of one type.
    Many(Head),
}

/// One part of a format: what is written, or a count that is computed.
enum Part {
    Text(String),
    Computed,
}

/// The type of the values of a code.
fn head(code: char) -> Option<Head> {
    Some(match code {
        'c' | 's' | 'p' => Head::Bytes,
        '?' => Head::Bool,
        'e' | 'f' | 'd' => Head::Float,
        'b' | 'B' | 'h' | 'H' | 'i' | 'I' | 'l' | 'L' | 'q' | 'Q' | 'n' | 'N' | 'P' => Head::Int,
        _ => return None,
    })
}

fn record_of(parts: &[Part]) -> Record {
    let (mut fixed, mut count, mut is_open) = (Vec::new(), String::new(), false);
    let mut is_many = false;
    for part in parts {
        let Part::Text(text) = part else {
            is_open = true;
            continue;
        };
        for code in text.chars() {
            if code.is_ascii_digit() {
                count.push(code);
                continue;
            }
            if let Some(head) = head(code) {
                let is_text = matches!(code, 's' | 'p');
                let repeat = if is_text || is_open { 1 } else { count.parse().unwrap_or(1) };
                is_many |= is_open && !is_text;
                fixed.extend(std::iter::repeat_n(head, repeat));
            }
            if code != 'x' && head(code).is_none() {
                // A mark of order leaves a count open that follows it.
                count.clear();
                continue;
            }
            count.clear();
            is_open = false;
        }
    }
    if !is_many && !is_open && (1..=12).contains(&fixed.len()) {
        return Record::Fixed(fixed);
    }
    let first = fixed.first().copied().unwrap_or(Head::Value);
    let same = fixed.iter().all(|head| *head == first);
    Record::Many(if same { first } else { Head::Value })
}

/// The parts of the text that a node gives; none where nothing is known of it.
fn parts(program: &Program<Hir>, body: &Body<Hir>, node: NodeId, depth: usize) -> Option<Vec<Part>> {
    if depth > 4 {
        return None;
    }
    match &body.nodes[node].kind {
        Node::Const(Const::Str(text)) => Some(vec![Part::Text(text.to_string())]),
        Node::Format(pieces) => Some(
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Part::Text(text.to_string()),
                    Piece::Value { .. } => Part::Computed,
                })
                .collect(),
        ),
        Node::Op { op: Op::ObjOp(ObjOp::Add), args, .. } => {
            let mut all = parts(program, body, args[0], depth + 1)?;
            all.extend(parts(program, body, args[1], depth + 1)?);
            Some(all)
        }
        Node::Op { op: Op::ObjOp(ObjOp::Mul), args, .. } => {
            let text = parts(program, body, args[0], depth + 1);
            let text = text.or_else(|| parts(program, body, args[1], depth + 1))?;
            Some([Part::Computed].into_iter().chain(text).collect())
        }
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.str" && args.len() == 1 => {
            Some(vec![Part::Computed])
        }
        Node::Use(place, _) if place.proj.is_empty() => match place.root {
            Root::Local(_) => {
                let value = only_value(body, place)?;
                parts(program, body, value, depth + 1)
            }
            Root::Global(path) => {
                let path = program.resolve(path);
                let (home, value) = program
                    .fns
                    .values()
                    .find_map(|home| Some((home, only_value(home, &Place::global(path))?)))?;
                parts(program, home, value, depth + 1)
            }
            Root::Node(_) => None,
        },
        _ => None,
    }
}

/// The value of a place that a body assigns once.
fn only_value(body: &Body<Hir>, wanted: &Place) -> Option<NodeId> {
    let (mut found, mut count) = (None, 0);
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
            && place == wanted
        {
            (found, count) = (Some(*value), count + 1);
        }
    });
    found.filter(|_| count == 1)
}

/// Whether the first argument of a library function is a format that says what the function gives.
pub(crate) fn reads_records(name: Name) -> bool {
    matches!(name.as_str(), "struct.unpack" | "struct.unpack_from" | "struct.iter_unpack" | "struct.Struct")
}

/// Where the arguments of a library function begin that `struct` packs.
pub(crate) fn first_packed(name: Name) -> Option<usize> {
    match name.as_str() {
        "struct.pack" | "Struct.pack" => Some(1),
        "struct.pack_into" | "Struct.pack_into" => Some(3),
        _ => None,
    }
}

impl Collect<'_> {
    /// What a call of `struct` gives, as its format says.
    pub(crate) fn packed(&mut self, out: V, name: Name, format: NodeId) {
        let record = match parts(self.program, self.body, format, 0) {
            Some(parts) => record_of(&parts),
            None => Record::Many(Head::Value),
        };
        let is_record = matches!(name.as_str(), "struct.unpack" | "struct.unpack_from");
        let tuple = if is_record { out } else { self.fresh() };
        match record {
            Record::Fixed(heads) => {
                let count = heads.len().min(255) as u8;
                let vars = heads
                    .into_iter()
                    .map(|head| {
                        let var = self.fresh();
                        self.plain(var, head);
                        var
                    })
                    .collect();
                self.of(tuple, Head::Tuple(count), vars);
            }
            Record::Many(head) => {
                let item = self.fresh();
                self.plain(item, head);
                self.of(tuple, Head::Lib(Name::new("tuple")), vec![item]);
            }
        }
        match name.as_str() {
            "struct.iter_unpack" => self.of(out, Head::Iter, vec![tuple]),
            "struct.Struct" => self.of(out, Head::Lib(Name::new("Struct")), vec![tuple]),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Record, record_of};
    use crate::vars::Head;

    #[test]
    fn formats_say_what_they_hold() {
        let text = |text: &str| Part::Text(text.to_owned());
        let fixed = record_of(&[text(">2sBH x3h?")]);
        let int = Head::Int;
        assert_eq!(fixed, Record::Fixed(vec![Head::Bytes, int, int, int, int, int, Head::Bool]));
        assert_eq!(record_of(&[text("<"), Part::Computed, text("f")]), Record::Many(Head::Float));
        assert_eq!(
            record_of(&[text("<I"), Part::Computed, text("s")]),
            Record::Fixed(vec![int, Head::Bytes])
        );
        assert_eq!(record_of(&[text("<I"), Part::Computed, text("d")]), Record::Many(Head::Value));
    }
}
