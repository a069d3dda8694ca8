//! Where lines break, and how far they are indented.

use super::WIDTH;
use super::spaces::has_space;
use super::tree::Source;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

/// How much of the layout is decided here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    Full,
    /// Line breaks and spaces between tokens stay.
    Careful,
}

/// What stands between two tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Gap {
    Nothing,
    Space,
    Line,
    BlankLine,
}

/// Nodes with brackets around statements, arms, fields.
const BLOCKS: &[&str] = &[
    "block",
    "match_body",
    "field_list",
    "member_list",
    "class_body",
    "enum_item",
    "actor_item",
    "effect_item",
    "mod_item",
    "receive",
    "handle_expression",
];

/// Those whose parts are statements or items: several never share a line.
const STATEMENTS: &[&str] = &["block", "member_list", "class_body", "mod_item", "actor_item"];

/// Nodes with brackets around a list, which may be broken.
const LISTS: &[&str] = &[
    "arguments",
    "parameters",
    "macro_arguments",
    "list_expression",
    "tuple_expression",
    "object",
    "field_initializers",
    "use_list",
];

/// Items that stand below their attributes.
const ITEMS: &[&str] = &[
    "function_item",
    "struct_item",
    "enum_item",
    "trait_item",
    "impl_item",
    "class_item",
    "actor_item",
    "effect_item",
    "mod_item",
    "use_declaration",
    "const_item",
    "type_alias",
    "constructor",
];

/// The text of a source in the layout.
pub(super) fn lay_out(source: &Source<'_>, style: Style) -> String {
    let mut layout = Layout::new(source, style);
    // Each round breaks at one depth of brackets more.
    for _ in 0..64 {
        let lines = layout.render();
        if !layout.break_long(&lines) {
            return layout.text(&lines);
        }
    }
    let lines = layout.render();
    layout.text(&lines)
}

/// A token's place in the text that is made.
struct Placed {
    gap: Gap,
    line: usize,
    /// Levels of the line that it stands on.
    indent: usize,
    /// Column behind it.
    column: usize,
}

struct Layout<'s, 't> {
    source: &'s Source<'t>,
    style: Style,
    /// Blocks whose parts stand on lines of their own, and lists that are broken, by group.
    expanded: HashSet<usize>,
    /// The first token of a row, by the byte where it starts.
    first: HashMap<usize, usize>,
}

impl<'s, 't> Layout<'s, 't> {
    fn new(source: &'s Source<'t>, style: Style) -> Self {
        let first = (0..source.tokens.len()).map(|token| (source.row(token).start, token)).collect();
        let mut layout = Self { source, style, expanded: HashSet::new(), first };
        if style == Style::Full {
            layout.expand_blocks();
        }
        layout
    }

    // Which groups are broken.

    fn is_block(&self, group: usize) -> bool {
        BLOCKS.contains(&self.source.rows[self.source.groups[group].owner].kind)
    }

    fn is_list(&self, group: usize) -> bool {
        LISTS.contains(&self.source.rows[self.source.groups[group].owner].kind)
    }

    /// Number of the parts of a group.
    fn parts(&self, group: usize) -> usize {
        let row = &self.source.groups[group];
        (row.open + 1..row.close)
            .filter(|token| {
                !self.source.is_comment(*token) && self.source.element(*token, row.owner).is_some()
            })
            .count()
    }

    fn expand_blocks(&mut self) {
        let source = self.source;
        for (group, row) in source.groups.iter().enumerate() {
            if !self.is_block(group) || row.close == row.open + 1 {
                continue;
            }
            let is_broken = (row.open + 1..=row.close).any(|token| source.tokens[token].breaks > 0);
            let has_statements = STATEMENTS.contains(&source.rows[row.owner].kind);
            if is_broken || has_statements && self.parts(group) > 1 {
                self.expanded.insert(group);
            }
        }
        self.expand_chains();
    }

    /// The blocks of an `if` with its `else`s, and of a `try`, are broken together.
    fn expand_chains(&mut self) {
        let mut chains: HashMap<usize, Vec<usize>> = HashMap::new();
        for group in 0..self.source.groups.len() {
            let head = self.head(group);
            if let Some(root) = self.chain(head).filter(|_| self.is_block(group)) {
                chains.entry(root).or_default().push(group);
            }
        }
        let is_full = |group: &usize| {
            let row = &self.source.groups[*group];
            row.close > row.open + 1
        };
        for groups in chains.into_values() {
            if groups.iter().any(|group| self.expanded.contains(group)) {
                self.expanded.extend(groups.into_iter().filter(is_full));
            }
        }
    }

    /// The outermost row of the chain that a row is part of.
    fn chain(&self, row: usize) -> Option<usize> {
        let is_link = |row: usize| {
            matches!(self.source.rows[row].kind, "if_expression" | "try_expression" | "catch_clause")
        };
        let mut row = Some(row).filter(|row| is_link(*row))?;
        loop {
            let parent = self.source.rows[row].parent;
            // An `if` in the condition of another one is no link.
            let is_next = is_link(parent)
                && self.source.rows[row].before.is_some_and(|before| {
                    matches!(self.source.rows[before].kind, "else" | "block" | "catch_clause")
                });
            if !is_next {
                return Some(row);
            }
            row = parent;
        }
    }

    /// The row whose line gives a group its indentation.
    fn head(&self, group: usize) -> usize {
        let owner = self.source.groups[group].owner;
        let row = &self.source.rows[owner];
        let parent = row.parent;
        let is_body =
            matches!(row.kind, "block" | "match_body" | "field_list" | "member_list" | "class_body")
                && !matches!(
                    self.source.rows[parent].kind,
                    "source_file" | "block" | "mod_item" | "match_arm"
                );
        if is_body { parent } else { owner }
    }

    // What stands between tokens.

    /// The gap before a token; `inside` is the innermost group around it.
    fn gap(&self, token: usize, inside: Option<usize>) -> Gap {
        let source = self.source;
        if token == 0 {
            return Gap::Nothing;
        }
        let before = token - 1;
        let breaks = source.tokens[token].breaks;
        let kept = match breaks {
            0 => Gap::Space,
            1 => Gap::Line,
            _ => Gap::BlankLine,
        };
        if source.is_line_comment(before) {
            return self.at_edge(token, if breaks > 1 { Gap::BlankLine } else { Gap::Line });
        }
        if self.stays_on_line(before) {
            return Gap::Space;
        }
        if matches!(source.kind(token), ":" | "," | ";") && !source.is_comment(before) {
            let is_ternary = source.kind(token) == ":" && source.parent(token) == "ternary_expression";
            return if is_ternary { Gap::Space } else { Gap::Nothing };
        }
        if self.style == Style::Careful {
            return match breaks {
                0 if !source.tokens[token].has_space => Gap::Nothing,
                _ => self.at_edge(token, kept),
            };
        }
        let plain = if has_space(source, before) { Gap::Space } else { Gap::Nothing };
        if source.is_comment(token) {
            return if breaks == 0 { plain } else { self.at_edge(token, kept) };
        }
        if let Some(gap) = self.at_bracket(token, plain) {
            return gap;
        }
        if breaks == 0 && source.is_comment(before) {
            return plain;
        }
        if self.begins_part(token, inside) {
            return if breaks > 1 { Gap::BlankLine } else { Gap::Line };
        }
        if source.follows_attribute(token) && self.ends_attribute_of_item(before) {
            return Gap::Line;
        }
        if self.joins(token) {
            return Gap::Space;
        }
        let owner = inside.map_or(0, |group| source.groups[group].owner);
        match kept {
            Gap::Space => plain,
            Gap::BlankLine if !self.is_start(token, owner) => Gap::Line,
            kept => kept,
        }
    }

    /// Operators that a line break would make others.
    fn stays_on_line(&self, operator: usize) -> bool {
        self.source.kind(operator) == "!" && self.source.parent(operator) == "send_expression"
            || self.source.tokens[operator].text == "<-"
    }

    /// No blank lines behind an opening bracket and before a closing one.
    fn at_edge(&self, token: usize, gap: Gap) -> Gap {
        let opens = |token: usize| matches!(self.source.kind(token), "(" | "[" | "{");
        let closes = |token: usize| matches!(self.source.kind(token), ")" | "]" | "}");
        match gap {
            Gap::BlankLine if opens(token - 1) || closes(token) => Gap::Line,
            gap => gap,
        }
    }

    /// The gap behind an opening bracket or before a closing one.
    fn at_bracket(&self, token: usize, plain: Gap) -> Option<Gap> {
        let source = self.source;
        let before = token - 1;
        let opened = source.group_of[before].filter(|group| source.groups[*group].open == before);
        let closed = source.group_of[token].filter(|group| source.groups[*group].close == token);
        if let (Some(opened), Some(closed)) = (opened, closed)
            && opened == closed
        {
            return Some(Gap::Nothing);
        }
        if let Some(group) = closed {
            let row = &source.groups[group];
            let is_line =
                self.expanded.contains(&group) || !self.is_block(group) && self.breaks_behind(row.open);
            return Some(if is_line { Gap::Line } else { plain });
        }
        let group = opened?;
        let is_line = self.expanded.contains(&group) || source.tokens[token].breaks > 0;
        Some(if is_line { Gap::Line } else { plain })
    }

    /// Whether a line break follows a bracket, or the comments behind it.
    fn breaks_behind(&self, open: usize) -> bool {
        let mut token = open + 1;
        while self.source.is_comment(token) && self.source.tokens[token].breaks == 0 {
            token += 1;
        }
        self.source.tokens[token].breaks > 0
    }

    /// Whether a token begins a part that has a line of its own.
    fn begins_part(&self, token: usize, inside: Option<usize>) -> bool {
        match inside {
            None => self.source.element(token, 0).is_some(),
            Some(group) => {
                self.expanded.contains(&group)
                    && self.source.element(token, self.source.groups[group].owner).is_some()
            }
        }
    }

    /// Whether a token ends an attribute of an item.
    fn ends_attribute_of_item(&self, token: usize) -> bool {
        let attribute = self.source.row(token).parent;
        let item = self.source.rows[attribute].parent;
        self.source.rows[attribute].kind == "attribute" && ITEMS.contains(&self.source.rows[item].kind)
    }

    /// Tokens that stand on the line before: `{` of a body, `else`.
    fn joins(&self, token: usize) -> bool {
        let source = self.source;
        if source.is_comment(token - 1) {
            return false;
        }
        match source.kind(token) {
            "else" | "catch" | "finally" => source.kind(token - 1) == "}",
            "{" => {
                let group = source.group_of[token];
                group
                    .is_some_and(|group| self.is_block(group) || source.parent(token) == "field_initializers")
            }
            _ => false,
        }
    }

    // Lines.

    fn render(&self) -> Vec<Placed> {
        let source = self.source;
        let mut placed: Vec<Placed> = Vec::with_capacity(source.tokens.len());
        // Open groups with the indentation of their lines.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for token in 0..source.tokens.len() {
            let group = source.group_of[token];
            let closes = group.filter(|group| source.groups[*group].close == token);
            let gap = self.gap(token, open.last().map(|(group, _)| *group));
            let (line, indent, column) = match (placed.last(), gap) {
                (None, _) => (0, 0, 0),
                (Some(last), Gap::Nothing) => (last.line, last.indent, last.column),
                (Some(last), Gap::Space) => (last.line, last.indent, last.column + 1),
                (Some(last), _) => {
                    let indent = self.indent(token, &open, closes);
                    (last.line + 1, indent, 4 * indent)
                }
            };
            if closes.is_some() {
                open.pop();
            }
            if let Some(group) = group.filter(|group| source.groups[*group].open == token) {
                let head = self.source.rows[self.head(group)].start;
                let base = match self.first.get(&head).filter(|_| self.is_block(group)) {
                    Some(first) if *first < token => placed[*first].indent,
                    _ => indent,
                };
                open.push((group, base));
            }
            let text = source.tokens[token].text;
            let column = match text.rsplit_once('\n') {
                Some((_, last)) => last.chars().count(),
                None => column + text.chars().count(),
            };
            placed.push(Placed { gap, line, indent, column });
        }
        placed
    }

    /// Levels of a line that begins with a token.
    fn indent(&self, token: usize, open: &[(usize, usize)], closes: Option<usize>) -> usize {
        let source = self.source;
        let Some((group, base)) = open.last().copied() else {
            return usize::from(!self.is_start(token, 0));
        };
        if closes.is_some() {
            return base;
        }
        base + 1 + usize::from(!self.is_start(token, source.groups[group].owner))
    }

    /// Whether a line that begins with a token begins a part of `owner`, and does not go on with one.
    fn is_start(&self, token: usize, owner: usize) -> bool {
        let source = self.source;
        let mut token = token;
        while source.is_comment(token) {
            token += 1;
            if token == source.tokens.len() {
                return true;
            }
        }
        match source.kind(token) {
            ")" | "]" | "}" | "else" | "catch" | "finally" => true,
            "|" if source.parent(token) == "or_pattern" => true,
            _ => source.element(token, owner).is_some() || source.follows_attribute(token),
        }
    }

    /// Breaks the outermost group of each line that is too long; whether there was one.
    fn break_long(&mut self, placed: &[Placed]) -> bool {
        if self.style == Style::Careful {
            return false;
        }
        let mut ends: HashMap<usize, usize> = HashMap::new();
        for row in placed {
            let end = ends.entry(row.line).or_default();
            *end = (*end).max(row.column);
        }
        let mut done = HashSet::new();
        let mut groups: Vec<usize> = (0..self.source.groups.len()).collect();
        groups.sort_by_key(|group| self.source.groups[*group].open);
        let before = self.expanded.len();
        for group in groups {
            let row = &self.source.groups[group];
            let line = placed[row.open].line;
            let is_long = ends.get(&line).is_some_and(|end| *end > WIDTH);
            let is_whole = placed[row.close].line == line && row.close > row.open + 1;
            let can_break = self.is_block(group) || self.is_list(group) && self.parts(group) > 1;
            if is_long && is_whole && can_break && !self.expanded.contains(&group) && done.insert(line) {
                self.expanded.insert(group);
            }
        }
        if self.expanded.len() > before {
            self.expand_chains();
            return true;
        }
        false
    }

    fn text(&self, placed: &[Placed]) -> String {
        let ending = if self.source.text.lines().next().is_some() && self.source.text.contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let mut out = String::with_capacity(self.source.text.len() + 64);
        for (token, place) in self.source.tokens.iter().zip(placed) {
            match place.gap {
                Gap::Nothing => {}
                Gap::Space => out.push(' '),
                Gap::Line => out.push_str(ending),
                Gap::BlankLine => _ = write!(out, "{ending}{ending}"),
            }
            if matches!(place.gap, Gap::Line | Gap::BlankLine) {
                out.extend(std::iter::repeat_n("    ", place.indent));
            }
            out.push_str(token.text);
        }
        if !out.is_empty() {
            out.push_str(ending);
        }
        out
    }
}
