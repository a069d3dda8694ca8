//! Questions about syntax that are asked before it is lowered.

use super::Lowerer;
use batuta_syntax::Syntax;

/// Methods of the language that change their receiver.
pub(super) const CHANGING: &[&str] = &[
    "add",
    "clear",
    "dedup",
    "extend",
    "insert",
    "iter_mut",
    "pop",
    "pop_back",
    "pop_front",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "remove",
    "retain",
    "swap",
    "taken",
    "truncate",
    "sort_in_place",
];

/// The variable that a place begins with: `a` of `a.b[0].c`.
pub(super) fn root_of<'t>(node: Syntax<'t>) -> Option<Syntax<'t>> {
    match node.kind() {
        "identifier" => Some(node),
        "field_expression" | "index_expression" => root_of(node.field("value")?),
        "parenthesized_expression" => root_of(node.first()?),
        "unary_expression" if matches!(node.children().first()?.kind(), "*" | "&") => {
            root_of(node.field("value")?)
        }
        "try_operator" => None,
        _ => None,
    }
}

/// Calls `f` for each node at or below `node`, outermost first.
pub(super) fn walk<'t>(node: Syntax<'t>, f: &mut dyn FnMut(Syntax<'t>)) {
    f(node);
    node.named().into_iter().for_each(|child| walk(child, f));
}

/// Names of the parameters of a lambda or a function.
fn parameters(of: Syntax<'_>) -> Vec<&str> {
    let Some(list) = of.field("parameters") else { return Vec::new() };
    let parts = if list.is("identifier") { vec![list] } else { list.named() };
    parts
        .into_iter()
        .map(|part| part.field("pattern").unwrap_or(part))
        .filter(|name| name.is("identifier"))
        .map(Syntax::text)
        .collect()
}

impl<'t> Lowerer<'t> {
    /// The variable that a node changes in place, and whether it is given another value as a whole.
    fn change(&self, node: Syntax<'t>) -> Option<(&'t str, bool)> {
        match node.kind() {
            "assignment" | "compound_assignment" => {
                let left = node.field("left")?;
                let root = root_of(left)?;
                Some((root.text(), root.start() == left.start() && root.end() == left.end()))
            }
            "step_expression" => {
                let place = node.field("place")?;
                Some((root_of(place)?.text(), place.is("identifier")))
            }
            "call_expression" => {
                let function = node.field("function").filter(|function| function.is("field_expression"))?;
                let name = function.field("name")?.text();
                let takes =
                    name == "take" && node.field("arguments").is_some_and(|args| args.first().is_none());
                let lends = super::entry::LENDING.contains(&name);
                let changes = takes || lends || CHANGING.contains(&name) || self.changing.contains(name);
                changes.then_some(())?;
                Some((root_of(function.field("value")?)?.text(), false))
            }
            // What a loop changes through its variable.
            "for_expression" => {
                let (pattern, body) = (node.field("pattern")?, node.field("body")?);
                let changes = pattern.is("identifier") && super::lend::assigns_through(body, pattern.text());
                Some((root_of(node.field("iterable").filter(|_| changes)?)?.text(), false))
            }
            "unary_expression" if node.child("mutable").is_some() => {
                Some((root_of(node.field("value")?)?.text(), false))
            }
            _ => None,
        }
    }

    /// Whether code changes the object that a variable holds.
    pub fn changes(&self, node: Syntax<'t>, name: &str) -> bool {
        let mut found = false;
        walk(node, &mut |part| {
            found |= self.change(part).is_some_and(|(root, is_whole)| root == name && !is_whole);
        });
        found
    }

    /// Whether code changes or assigns a variable.
    pub fn touches(&self, node: Syntax<'t>, name: &str) -> bool {
        let mut found = false;
        walk(node, &mut |part| found |= self.change(part).is_some_and(|(root, _)| root == name));
        found
    }

    /// Variables that closures and functions below a node assign or change.
    pub fn changed_inside(&self, node: Syntax<'t>, out: &mut Vec<&'t str>) {
        walk(node, &mut |part| {
            let is_nested = part.start() != node.start() && part.is("function_item");
            if part.is("lambda") || is_nested {
                let own = parameters(part);
                let is_outer = |(root, _): &(&'t str, bool)| !own.contains(root);
                walk(part, &mut |inner| {
                    out.extend(self.change(inner).filter(is_outer).map(|(root, _)| root));
                });
            }
        });
    }

    /// Whether something besides the code at hand may change what a place holds.
    pub fn is_exposed(&self, node: Syntax<'t>) -> bool {
        let Some(root) = root_of(node) else { return false };
        if self.cx.changed_inside.contains(root.text()) {
            return true;
        }
        match self.look_up(root.text()) {
            super::Binding::Global(path) => self.mutable_globals.contains(&path),
            _ => false,
        }
    }
}
