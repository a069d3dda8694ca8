//! What regular expressions say about their groups.

use batuta_core::{Callee, Const, Hir, Node, Piece, Program};

/// Whether some pattern of the program has a group that need not take part in a match. Where a pattern is a
/// variable, any text of the program may be one.
pub(crate) fn has_loose_groups(program: &Program<Hir>) -> bool {
    let mut has_variable = false;
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            let Node::Call { callee: Callee::Lib(name), args } = &row.kind else { continue };
            let Some(first) = args.first().filter(|_| takes_pattern(name.as_str())) else { continue };
            match &body.nodes[first.value].kind {
                Node::Const(Const::Str(pattern)) if is_loose(pattern) => return true,
                Node::Const(_) => {}
                Node::Format(pieces) if is_loose(&written(pieces)) => return true,
                _ => has_variable = true,
            }
        }
    }
    let is_pattern = |text: &str| text.contains('(') && is_loose(text);
    let mut rows = program.fns.values().flat_map(|body| body.nodes.iter());
    has_variable
        && rows.any(|(_, row)| matches!(&row.kind, Node::Const(Const::Str(text)) if is_pattern(text)))
}

/// A pattern with something in place of what is put into it.
fn written(pieces: &[Piece]) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Value { .. } => "x".to_owned(),
    };
    pieces.iter().map(text).collect()
}

fn takes_pattern(name: &str) -> bool {
    name.starts_with("re.") && name != "re.escape"
}

/// What stands between two brackets.
#[derive(Default)]
struct Part {
    /// It is a group itself.
    captures: bool,
    /// A group stands inside.
    holds: bool,
    alternatives: bool,
}

fn is_loose(pattern: &str) -> bool {
    let chars: Vec<char> = pattern.chars().collect();
    let mut open = vec![Part::default()];
    let (mut at, mut in_set) = (0, false);
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '[' if !in_set => {
                in_set = true;
                // A bracket that stands first is no end.
                at += usize::from(chars.get(at + 1) == Some(&'^'));
                at += usize::from(chars.get(at + 1) == Some(&']'));
            }
            ']' => in_set = false,
            _ if in_set => {}
            '(' => {
                let rest = &chars[at + 1..];
                let captures = rest.first() != Some(&'?') || rest.starts_with(&['?', 'P', '<']);
                open.push(Part { captures, ..Part::default() });
            }
            '|' => {
                if let Some(part) = open.last_mut() {
                    part.alternatives = true;
                }
            }
            ')' => {
                let Some(part) = open.pop() else { return false };
                let groups = part.captures || part.holds;
                let skipped = match chars.get(at + 1) {
                    Some('?' | '*') => true,
                    Some('{') => matches!(chars.get(at + 2), Some('0' | ',')),
                    _ => false,
                };
                if groups && skipped || part.holds && part.alternatives {
                    return true;
                }
                if let Some(outer) = open.last_mut() {
                    outer.holds |= groups;
                }
            }
            _ => {}
        }
        if at < chars.len() && chars[at] == ')' && open.is_empty() {
            return false;
        }
        at += 1;
    }
    open.last().is_some_and(|part| part.holds && part.alternatives)
}

#[cfg(test)]
mod tests {
    use super::is_loose;

    #[test]
    fn groups_that_need_not_take_part() {
        for loose in [r"(a)?b", r"(?:x(\d))*", "(a)|(b)", r"(\w+)(?:=(\w+))?", "((a)|b)"] {
            assert!(is_loose(loose), "{loose}");
        }
        for tight in [r"(\w+) (\w+)", "(a|b)c", r"(\d+)\.(\d+)", "[(]x|y", r"(a+)"] {
            assert!(!is_loose(tight), "{tight}");
        }
    }
}
