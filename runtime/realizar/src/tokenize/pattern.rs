//! The small regular expressions that pre-tokenizers are written in.
//!
//! Knows literals, `\r \n \t \s \S \d`, `\p{..}` with general categories, classes, groups `(?:)` and
//! `(?i:)`, look-ahead `(?=)` and `(?!)`, `? * + {n} {n,m}` (greedy), alternation and `$`.
//! Leftmost match, alternatives in order, by backtracking; the patterns are ours, not the user's.

use unicode_general_category::{GeneralCategory as G, get_general_category};

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    program: Vec<Op>,
}

#[derive(Debug)]
enum Op {
    Class(Box<Class>),
    /// A run of one class, longest first.
    Run(Box<Class>, u32, u32),
    /// Try the first target, on failure the second.
    Split(usize, usize),
    Jump(usize),
    /// Look-ahead: the ops up to the target; true when it must match.
    Look(usize, bool),
    End,
    Match,
}

/// A set of characters.
#[derive(Debug, Clone, Default)]
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
    categories: u32,
    space: bool,
    not_space: bool,
    ascii: u128,
}

impl Class {
    fn holds_slow(&self, c: char) -> bool {
        let inside = self.ranges.iter().any(|&(a, b)| a <= c && c <= b)
            || (self.space && c.is_whitespace())
            || (self.not_space && !c.is_whitespace())
            || (self.categories != 0 && self.categories & 1 << get_general_category(c) as u32 != 0);
        inside != self.negated
    }

    fn finish(mut self) -> Self {
        for i in 0..128u8 {
            self.ascii |= u128::from(self.holds_slow(char::from(i))) << i;
        }
        self
    }

    fn holds(&self, c: char) -> bool {
        if c.is_ascii() { self.ascii >> (c as u32) & 1 == 1 } else { self.holds_slow(c) }
    }
}

/// The mask of general categories that a `\p{name}` stands for.
fn category(name: &str) -> u32 {
    let of = |list: &[G]| list.iter().fold(0, |m, &g| m | 1 << g as u32);
    match name {
        "L" => category("Lu") | category("Ll") | category("Lt") | category("Lm") | category("Lo"),
        "Lu" => of(&[G::UppercaseLetter]),
        "Ll" => of(&[G::LowercaseLetter]),
        "Lt" => of(&[G::TitlecaseLetter]),
        "Lm" => of(&[G::ModifierLetter]),
        "Lo" => of(&[G::OtherLetter]),
        "N" => of(&[G::DecimalNumber, G::LetterNumber, G::OtherNumber]),
        "M" => of(&[G::NonspacingMark, G::SpacingMark, G::EnclosingMark]),
        "P" => of(&[
            G::ConnectorPunctuation,
            G::DashPunctuation,
            G::OpenPunctuation,
            G::ClosePunctuation,
            G::InitialPunctuation,
            G::FinalPunctuation,
            G::OtherPunctuation,
        ]),
        "S" => of(&[G::MathSymbol, G::CurrencySymbol, G::ModifierSymbol, G::OtherSymbol]),
        _ => 0,
    }
}

enum Node {
    Class(Class),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Repeat(Box<Node>, u32, u32),
    Look(Box<Node>, bool),
    End,
}

struct Parser {
    text: Vec<char>,
    at: usize,
    ignore_case: bool,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = word.chars().enumerate().all(|(i, c)| self.text.get(self.at + i) == Some(&c));
        if found {
            self.at += word.chars().count();
        }
        found
    }

    fn choice(&mut self) -> Node {
        let mut arms = vec![self.sequence()];
        while self.eat("|") {
            arms.push(self.sequence());
        }
        if arms.len() == 1 { arms.remove(0) } else { Node::Choice(arms) }
    }

    fn sequence(&mut self) -> Node {
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let atom = self.atom();
            items.push(self.quantified(atom));
        }
        Node::Sequence(items)
    }

    fn quantified(&mut self, atom: Node) -> Node {
        let (least, most) = if self.eat("?") {
            (0, 1)
        } else if self.eat("*") {
            (0, u32::MAX)
        } else if self.eat("+") {
            (1, u32::MAX)
        } else if self.eat("{") {
            let least = self.integer();
            let most = if self.eat(",") { self.integer() } else { least };
            self.eat("}");
            (least, most)
        } else {
            return atom;
        };
        Node::Repeat(Box::new(atom), least, most)
    }

    fn integer(&mut self) -> u32 {
        let mut n = 0;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            n = n * 10 + digit;
            self.at += 1;
        }
        n
    }

    fn atom(&mut self) -> Node {
        if self.eat("(") {
            let before = self.ignore_case;
            let look = if self.eat("?=") {
                Some(true)
            } else if self.eat("?!") {
                Some(false)
            } else {
                self.ignore_case |= self.eat("?i:");
                self.eat("?:");
                None
            };
            let inner = self.choice();
            self.eat(")");
            self.ignore_case = before;
            return match look {
                Some(wanted) => Node::Look(Box::new(inner), wanted),
                None => inner,
            };
        }
        if self.eat("$") {
            return Node::End;
        }
        if self.eat("[") {
            return Node::Class(self.class());
        }
        let mut class = Class::default();
        self.item(&mut class, false);
        Node::Class(class.finish())
    }

    fn class(&mut self) -> Class {
        let mut class = Class { negated: self.eat("^"), ..Class::default() };
        while self.peek().is_some_and(|c| c != ']') {
            self.item(&mut class, true);
        }
        self.eat("]");
        class.finish()
    }

    /// One character, escape or range; adds it to `class`.
    fn item(&mut self, class: &mut Class, in_class: bool) {
        let Some(first) = self.character(class) else {
            return;
        };
        let is_range =
            in_class && self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|&c| c != ']');
        let last = if is_range {
            self.at += 1;
            self.character(class).unwrap_or(first)
        } else {
            first
        };
        class.ranges.push((first, last));
        if self.ignore_case && first == last && first.is_ascii_alphabetic() {
            let other = (first as u8 ^ 0x20) as char;
            class.ranges.push((other, other));
        }
    }

    /// A literal character, or `None` after adding an escape's set to `class`.
    fn character(&mut self, class: &mut Class) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        if c != '\\' {
            return Some(c);
        }
        let escape = self.peek()?;
        self.at += 1;
        match escape {
            'r' => Some('\r'),
            'n' => Some('\n'),
            't' => Some('\t'),
            's' => {
                class.space = true;
                None
            }
            'S' => {
                class.not_space = true;
                None
            }
            'd' => {
                class.ranges.push(('0', '9'));
                None
            }
            'p' => {
                let end = self.text[self.at..].iter().position(|&c| c == '}')?;
                let name: String = self.text[self.at + 1..self.at + end].iter().collect();
                self.at += end + 1;
                class.categories |= category(&name);
                None
            }
            other => Some(other),
        }
    }
}

impl Pattern {
    /// Compiles one of the crate's own patterns.
    pub(crate) fn new(text: &str) -> Self {
        let mut parser = Parser { text: text.chars().collect(), at: 0, ignore_case: false };
        let node = parser.choice();
        let mut pattern = Self { program: Vec::new() };
        pattern.emit(&node);
        pattern.program.push(Op::Match);
        pattern
    }

    fn emit(&mut self, node: &Node) {
        match node {
            Node::Class(class) => self.program.push(Op::Class(Box::new(class.clone()))),
            Node::Sequence(items) => items.iter().for_each(|n| self.emit(n)),
            Node::Choice(arms) => self.emit_choice(arms),
            Node::Repeat(inner, least, most) => self.emit_repeat(inner, *least, *most),
            Node::Look(inner, wanted) => {
                let at = self.program.len();
                self.program.push(Op::Match);
                self.emit(inner);
                self.program.push(Op::Match);
                self.program[at] = Op::Look(self.program.len(), *wanted);
            }
            Node::End => self.program.push(Op::End),
        }
    }

    fn emit_choice(&mut self, arms: &[Node]) {
        let mut exits = Vec::new();
        for (i, arm) in arms.iter().enumerate() {
            if i + 1 == arms.len() {
                self.emit(arm);
                break;
            }
            let split = self.program.len();
            self.program.push(Op::Match);
            self.emit(arm);
            exits.push(self.program.len());
            self.program.push(Op::Match);
            self.program[split] = Op::Split(split + 1, self.program.len());
        }
        let end = self.program.len();
        exits.into_iter().for_each(|at| self.program[at] = Op::Jump(end));
    }

    fn emit_repeat(&mut self, inner: &Node, least: u32, most: u32) {
        if let Node::Class(class) = inner {
            self.program.push(Op::Run(Box::new(class.clone()), least, most));
            return;
        }
        (0..least).for_each(|_| self.emit(inner));
        let split = self.program.len();
        if most == u32::MAX {
            self.program.push(Op::Match);
            self.emit(inner);
            self.program.push(Op::Jump(split));
            self.program[split] = Op::Split(split + 1, self.program.len());
            return;
        }
        for _ in least..most {
            let split = self.program.len();
            self.program.push(Op::Match);
            self.emit(inner);
            self.program[split] = Op::Split(split + 1, self.program.len());
        }
    }

    /// End of the match that starts exactly at `start`.
    fn match_at(&self, text: &[char], start: usize) -> Option<usize> {
        self.run(0, text, start)
    }

    fn run(&self, pc: usize, text: &[char], start: usize) -> Option<usize> {
        // (next op, least position, position): positions down to the least are still to be tried.
        let mut todo = vec![(pc, start, start)];
        while let Some((mut pc, least, mut at)) = todo.pop() {
            if at > least {
                todo.push((pc, least, at - 1));
            }
            loop {
                match &self.program[pc] {
                    Op::Match => return Some(at),
                    Op::Class(class) => {
                        if !text.get(at).is_some_and(|&c| class.holds(c)) {
                            break;
                        }
                        at += 1;
                    }
                    Op::Run(class, least, most) => {
                        let run = text[at..].iter().take(*most as usize);
                        let n = run.take_while(|&&c| class.holds(c)).count();
                        if n < *least as usize {
                            break;
                        }
                        if n > *least as usize {
                            todo.push((pc + 1, at + *least as usize, at + n - 1));
                        }
                        at += n;
                    }
                    Op::Split(first, second) => {
                        todo.push((*second, at, at));
                        pc = *first;
                        continue;
                    }
                    Op::Jump(to) => {
                        pc = *to;
                        continue;
                    }
                    Op::Look(after, wanted) => {
                        if self.run(pc + 1, text, at).is_some() != *wanted {
                            break;
                        }
                        pc = *after;
                        continue;
                    }
                    Op::End => {
                        if at != text.len() {
                            break;
                        }
                    }
                }
                pc += 1;
            }
        }
        None
    }

    /// Cuts `text` into matches and the stretches between them; calls `piece` with each range.
    pub(crate) fn split(&self, text: &[char], mut piece: impl FnMut(usize, usize)) {
        let (mut gap, mut at) = (0, 0);
        while at < text.len() {
            match self.match_at(text, at).filter(|&end| end > at) {
                Some(end) => {
                    if gap < at {
                        piece(gap, at);
                    }
                    piece(at, end);
                    (gap, at) = (end, end);
                }
                None => at += 1,
            }
        }
        if gap < text.len() {
            piece(gap, text.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(pattern: &str, text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut out = Vec::new();
        Pattern::new(pattern).split(&chars, |a, b| out.push(chars[a..b].iter().collect()));
        out
    }

    #[test]
    fn spaces_before_a_word_leave_one_for_it() {
        let gpt2 = r"'s|'t| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)";
        assert_eq!(pieces(gpt2, "it's  a1\n\nb "), ["it", "'s", " ", " a", "1", "\n", "\n", "b", " "]);
    }

    #[test]
    fn counts_case_and_look_ahead() {
        assert_eq!(pieces(r"\p{N}{1,3}", "12345ab"), ["123", "45", "ab"]);
        assert_eq!(pieces(r"(?i:'ll)|\p{L}+", "we'LL"), ["we", "'LL"]);
        assert_eq!(pieces(r"(?:ab)+c?", "ababcxab"), ["ababc", "x", "ab"]);
        assert_eq!(pieces(r"\s+$", "a b  "), ["a b", "  "]);
        assert_eq!(pieces(r"[a-c\-]+", "ab-d"), ["ab-", "d"]);
        assert_eq!(pieces(r"[\p{Lu}\p{Lo}]*[\p{Ll}\p{Lo}]+", "ABcDé!"), ["ABc", "Dé", "!"]);
    }
}
