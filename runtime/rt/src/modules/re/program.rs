//! A pattern as instructions, and the machine that tries them with backtracking.

use super::ast::*;
use crate::unicode::{is_alpha, is_decimal, is_numeric, is_space};

enum Inst {
    One(One),
    Anchor(Anchor),
    /// Tries the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Same {
        group: usize,
        ignore_case: bool,
    },
    Look {
        end: usize,
        behind: Option<usize>,
        negative: bool,
    },
    Atomic {
        end: usize,
    },
    IfGroup {
        group: usize,
        no: usize,
    },
    /// One character again and again.
    Run {
        one: One,
        min: usize,
        max: usize,
        greed: Greed,
    },
    /// Notes where a turn of a loop starts.
    Enter(usize),
    /// Leaves a loop whose turn matched nothing.
    Progress {
        register: usize,
        exit: usize,
    },
    Match,
}

/// A compiled pattern.
pub(super) struct Program {
    insts: Vec<Inst>,
    /// Two places for each group, the whole match first; then the loops' registers.
    slots: usize,
    first: Option<char>,
    anchored: bool,
}

const NONE: usize = usize::MAX;

/// Where a match must end, and where it must not.
#[derive(Clone, Copy)]
struct Goal {
    end: Option<usize>,
    not_at: Option<usize>,
}

/// What is tried when the rest fails.
enum Frame {
    Try(usize, usize),
    Restore(usize, usize),
    /// A run that can give characters back: where to go on, the least and the present end.
    Shrink(usize, usize, usize),
    /// A lazy run that can take more: instruction, position, characters left.
    Grow(usize, usize, usize),
}

impl Program {
    pub(super) fn new(parsed: &Parsed) -> Program {
        let mut builder = Builder { insts: Vec::new(), slots: 2 * (parsed.groups + 1) };
        builder.node(&parsed.node);
        builder.insts.push(Inst::Match);
        let first = match builder.insts.first() {
            Some(Inst::One(One::Char(c))) => Some(*c),
            Some(Inst::Save(_)) => match builder.insts.get(1) {
                Some(Inst::One(One::Char(c))) => Some(*c),
                _ => None,
            },
            _ => None,
        };
        let anchored = matches!(builder.insts.first(), Some(Inst::Anchor(Anchor::TextStart)));
        Program { insts: builder.insts, slots: builder.slots, first, anchored }
    }

    /// The groups of the first match that starts at `from` or later. `must_advance`: it must not be empty at `from`.
    pub(super) fn search(&self, text: &str, from: usize, must_advance: bool) -> Option<Vec<usize>> {
        let mut slots = vec![NONE; self.slots];
        let mut stack = Vec::new();
        let mut at = from;
        loop {
            if let Some(first) = self.first {
                at += text.get(at..)?.find(first)?;
            }
            slots.fill(NONE);
            let goal = Goal { end: None, not_at: (must_advance && at == from).then_some(at) };
            if let Some(end) = self.run_to(0, text, at, &mut slots, &mut stack, goal) {
                slots[0] = at;
                slots[1] = end;
                return Some(slots);
            }
            if self.anchored && at == 0 {
                return None;
            }
            at += text[at..].chars().next()?.len_utf8();
        }
    }

    /// The groups of a match that starts at `at`; with `end` it must end there.
    pub(super) fn match_at(&self, text: &str, at: usize, end: Option<usize>) -> Option<Vec<usize>> {
        let mut slots = vec![NONE; self.slots];
        let goal = Goal { end, not_at: None };
        let found = self.run_to(0, text, at, &mut slots, &mut Vec::new(), goal)?;
        slots[0] = at;
        slots[1] = found;
        Some(slots)
    }

    fn run(
        &self,
        pc: usize,
        text: &str,
        at: usize,
        slots: &mut [usize],
        stack: &mut Vec<Frame>,
    ) -> Option<usize> {
        self.run_to(pc, text, at, slots, stack, Goal { end: None, not_at: None })
    }

    /// Runs from an instruction to `Match`; gives where the match ends.
    fn run_to(
        &self,
        mut pc: usize,
        text: &str,
        mut at: usize,
        slots: &mut [usize],
        stack: &mut Vec<Frame>,
        goal: Goal,
    ) -> Option<usize> {
        let base = stack.len();
        loop {
            let step = match &self.insts[pc] {
                Inst::Match if goal.end.is_none_or(|end| end == at) && goal.not_at != Some(at) => {
                    stack.truncate(base);
                    return Some(at);
                }
                Inst::Match => None,
                Inst::One(one) => take(one, text, at).map(|next| (pc + 1, next)),
                Inst::Anchor(anchor) => holds(*anchor, text, at).then_some((pc + 1, at)),
                Inst::Split(first, second) => {
                    stack.push(Frame::Try(*second, at));
                    Some((*first, at))
                }
                Inst::Jump(to) => Some((*to, at)),
                Inst::Save(slot) | Inst::Enter(slot) => {
                    stack.push(Frame::Restore(*slot, slots[*slot]));
                    slots[*slot] = at;
                    Some((pc + 1, at))
                }
                Inst::Progress { register, exit } => {
                    Some((if slots[*register] == at { *exit } else { pc + 1 }, at))
                }
                Inst::Same { group, ignore_case } => {
                    same(slots, *group, *ignore_case, text, at).map(|next| (pc + 1, next))
                }
                Inst::IfGroup { group, no } => {
                    Some((if slots[2 * group + 1] == NONE { *no } else { pc + 1 }, at))
                }
                Inst::Run { one, min, max, greed } => {
                    self.take_run(pc, one, (*min, *max), *greed, text, at, stack)
                }
                Inst::Look { end, behind, negative } => {
                    self.look(pc, *behind, *negative, text, at, slots, stack).then_some((*end, at))
                }
                Inst::Atomic { end } => self.inside(pc + 1, text, at, slots, stack).map(|next| (*end, next)),
            };
            match step {
                Some((to, next)) => (pc, at) = (to, next),
                None => (pc, at) = self.back(text, slots, stack, base)?,
            }
        }
    }

    /// The latest thing that is left to try.
    fn back(
        &self,
        text: &str,
        slots: &mut [usize],
        stack: &mut Vec<Frame>,
        base: usize,
    ) -> Option<(usize, usize)> {
        while stack.len() > base {
            match stack.pop()? {
                Frame::Try(pc, at) => return Some((pc, at)),
                Frame::Restore(slot, old) => slots[slot] = old,
                Frame::Shrink(pc, least, now) => {
                    let before = now - text[..now].chars().next_back().map_or(0, char::len_utf8);
                    if before > least {
                        stack.push(Frame::Shrink(pc, least, before));
                    }
                    return Some((pc, before));
                }
                Frame::Grow(pc, at, left) => {
                    let Inst::Run { one, .. } = &self.insts[pc] else { continue };
                    if let Some(next) = take(one, text, at) {
                        if left > 1 {
                            stack.push(Frame::Grow(pc, next, left - 1));
                        }
                        return Some((pc + 1, next));
                    }
                }
            }
        }
        None
    }

    #[expect(clippy::too_many_arguments, reason = "the machine's state")]
    fn take_run(
        &self,
        pc: usize,
        one: &One,
        (min, max): (usize, usize),
        greed: Greed,
        text: &str,
        mut at: usize,
        stack: &mut Vec<Frame>,
    ) -> Option<(usize, usize)> {
        let mut count = 0;
        let most = if greed == Greed::Lazy { min } else { max };
        let mut least = at;
        while count < most
            && let Some(next) = take(one, text, at)
        {
            at = next;
            count += 1;
            if count == min {
                least = at;
            }
        }
        if count < min {
            return None;
        }
        match greed {
            Greed::Greedy if at > least => stack.push(Frame::Shrink(pc + 1, least, at)),
            Greed::Lazy if max > min => stack.push(Frame::Grow(pc, at, max - min)),
            _ => {}
        }
        Some((pc + 1, at))
    }

    /// Runs a part on its own; what it saved stays and is undone when the whole goes back.
    fn inside(
        &self,
        pc: usize,
        text: &str,
        at: usize,
        slots: &mut [usize],
        stack: &mut Vec<Frame>,
    ) -> Option<usize> {
        let old = slots.to_vec();
        let found = self.run(pc, text, at, slots, &mut Vec::new());
        if found.is_none() {
            slots.copy_from_slice(&old);
        } else {
            let changed = old.iter().enumerate().filter(|(slot, before)| slots[*slot] != **before);
            stack.extend(changed.map(|(slot, before)| Frame::Restore(slot, *before)));
        }
        found
    }

    #[expect(clippy::too_many_arguments, reason = "the machine's state")]
    fn look(
        &self,
        pc: usize,
        behind: Option<usize>,
        negative: bool,
        text: &str,
        at: usize,
        slots: &mut [usize],
        stack: &mut Vec<Frame>,
    ) -> bool {
        let start = match behind {
            None => at,
            Some(0) => at,
            Some(width) => match text[..at].char_indices().rev().nth(width - 1) {
                Some((start, _)) => start,
                None => return negative,
            },
        };
        if negative {
            return self.run(pc + 1, text, start, &mut slots.to_vec(), &mut Vec::new()).is_none();
        }
        self.inside(pc + 1, text, start, slots, stack).is_some()
    }
}

struct Builder {
    insts: Vec<Inst>,
    slots: usize,
}

impl Builder {
    fn push(&mut self, inst: Inst) -> usize {
        self.insts.push(inst);
        self.insts.len() - 1
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::One(one) => {
                self.push(Inst::One(one.clone()));
            }
            Node::Anchor(anchor) => {
                self.push(Inst::Anchor(*anchor));
            }
            Node::Concat(parts) => parts.iter().for_each(|part| self.node(part)),
            Node::Alternatives(parts) => self.alternatives(parts),
            Node::Group(group, node) => {
                self.push(Inst::Save(2 * group));
                self.node(node);
                self.push(Inst::Save(2 * group + 1));
            }
            Node::Same { group, ignore_case } => {
                self.push(Inst::Same { group: *group, ignore_case: *ignore_case });
            }
            Node::Atomic(node) => self.atomic(|builder| builder.node(node)),
            Node::Look { node, behind, negative } => {
                let at = self.push(Inst::Match);
                self.node(node);
                self.push(Inst::Match);
                self.insts[at] = Inst::Look { end: self.insts.len(), behind: *behind, negative: *negative };
            }
            Node::IfGroup { group, yes, no } => {
                let at = self.push(Inst::Match);
                self.node(yes);
                let over = self.push(Inst::Match);
                self.insts[at] = Inst::IfGroup { group: *group, no: self.insts.len() };
                self.node(no);
                self.insts[over] = Inst::Jump(self.insts.len());
            }
            Node::Repeat { node, min, max, greed } => self.repeat(node, *min, *max, *greed),
        }
    }

    fn atomic(&mut self, body: impl FnOnce(&mut Self)) {
        let at = self.push(Inst::Match);
        body(self);
        self.push(Inst::Match);
        self.insts[at] = Inst::Atomic { end: self.insts.len() };
    }

    fn alternatives(&mut self, parts: &[Node]) {
        let mut ends = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index + 1 == parts.len() {
                self.node(part);
                break;
            }
            let split = self.push(Inst::Match);
            self.node(part);
            ends.push(self.push(Inst::Match));
            self.insts[split] = Inst::Split(split + 1, self.insts.len());
        }
        let end = self.insts.len();
        ends.into_iter().for_each(|at| self.insts[at] = Inst::Jump(end));
    }

    fn repeat(&mut self, node: &Node, min: usize, max: Option<usize>, greed: Greed) {
        if let Node::One(one) = node {
            let max = max.unwrap_or(usize::MAX);
            self.push(Inst::Run { one: one.clone(), min, max, greed });
            return;
        }
        if greed == Greed::Possessive {
            return self.atomic(|builder| builder.repeat(node, min, max, Greed::Greedy));
        }
        (0..min).for_each(|_| self.node(node));
        let lazy = greed == Greed::Lazy;
        let split =
            |here: usize, out: usize| if lazy { Inst::Split(out, here) } else { Inst::Split(here, out) };
        let Some(max) = max else {
            let register = self.slots;
            self.slots += 1;
            let at = self.push(Inst::Match);
            self.push(Inst::Enter(register));
            self.node(node);
            let progress = self.push(Inst::Match);
            self.push(Inst::Jump(at));
            let out = self.insts.len();
            self.insts[progress] = Inst::Progress { register, exit: out };
            self.insts[at] = split(at + 1, out);
            return;
        };
        let mut splits = Vec::new();
        for _ in min..max {
            splits.push(self.push(Inst::Match));
            self.node(node);
        }
        let out = self.insts.len();
        splits.into_iter().for_each(|at| self.insts[at] = split(at + 1, out));
    }
}

/// The lower case of one character, where that is one character.
pub(super) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

pub(super) fn is_word(c: char, ascii: bool) -> bool {
    if ascii || c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { is_alpha(c) || is_numeric(c) }
}

fn in_class(class: Class, c: char, ascii: bool) -> bool {
    match class {
        Class::Digit if ascii => c.is_ascii_digit(),
        Class::Digit => is_decimal(c),
        Class::Space if ascii => matches!(c, ' ' | '\t'..='\r'),
        Class::Space => is_space(c),
        Class::Word => is_word(c, ascii),
    }
}

fn in_set(set: &Set, c: char) -> bool {
    let holds = |c: char| {
        set.items.iter().any(|item| match item {
            SetItem::Char(own) => *own == c,
            SetItem::Range(low, high) => *low <= c && c <= *high,
            SetItem::Class(class, negated) => in_class(*class, c, set.ascii) != *negated,
        })
    };
    let found = holds(c) || set.ignore_case && (holds(fold(c)) || c.to_uppercase().next().is_some_and(holds));
    found != set.negated
}

/// Where the next character ends, if it is such a one.
#[inline]
fn take(one: &One, text: &str, at: usize) -> Option<usize> {
    let byte = *text.as_bytes().get(at)?;
    let c = if byte.is_ascii() { char::from(byte) } else { text[at..].chars().next()? };
    let fits = match one {
        One::Char(own) => *own == c,
        One::Folded(own) => *own == fold(c),
        One::Any => true,
        One::AnyButNewline => c != '\n',
        One::Set(set) => in_set(set, c),
    };
    fits.then(|| at + c.len_utf8())
}

fn holds(anchor: Anchor, text: &str, at: usize) -> bool {
    let before = || text[..at].chars().next_back();
    let after = || text[at..].chars().next();
    let boundary = |ascii: bool| {
        before().is_some_and(|c| is_word(c, ascii)) != after().is_some_and(|c| is_word(c, ascii))
    };
    match anchor {
        Anchor::TextStart => at == 0,
        Anchor::TextEnd => at == text.len(),
        Anchor::LineStart => at == 0 || text.as_bytes()[at - 1] == b'\n',
        Anchor::LineEnd => at == text.len() || text.as_bytes()[at] == b'\n',
        Anchor::End => at == text.len() || &text[at..] == "\n",
        Anchor::Boundary { ascii } => boundary(ascii),
        Anchor::NoBoundary { ascii } => !text.is_empty() && !boundary(ascii),
    }
}

/// Where the text that a group matched ends, when it stands here again.
fn same(slots: &[usize], group: usize, ignore_case: bool, text: &str, at: usize) -> Option<usize> {
    let (start, end) = (slots[2 * group], slots[2 * group + 1]);
    if end == NONE || start == NONE {
        return None;
    }
    let wanted = &text[start..end];
    if !ignore_case {
        return text[at..].starts_with(wanted).then(|| at + wanted.len());
    }
    let mut here = text[at..].char_indices();
    for own in wanted.chars() {
        let (_, c) = here.next()?;
        if fold(c) != fold(own) {
            return None;
        }
    }
    Some(here.next().map_or(text.len(), |(offset, _)| at + offset))
}
