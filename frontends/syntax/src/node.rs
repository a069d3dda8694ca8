//! A tree-sitter node together with the text of its file.

use batuta_base::Origin;
use tree_sitter::Node;

/// A node of a syntax tree that knows its file's text.
///
/// Extras (comments, line continuations) are never among its children.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Syntax<'t> {
    node: Node<'t>,
    source: &'t str,
    /// A node of this kind at the start is looked through.
    through: Option<&'static str>,
}

impl<'t> Syntax<'t> {
    pub fn new(node: Node<'t>, source: &'t str) -> Self {
        Self { node, source, through: None }
    }

    /// Name of the grammar rule, or the token itself (`"+"`).
    pub fn kind(self) -> &'t str {
        self.node.kind()
    }

    pub fn is(self, kind: &str) -> bool {
        self.node.kind() == kind
    }

    /// The node's source text; empty when its range does not lie on character boundaries.
    pub fn text(self) -> &'t str {
        self.source.get(self.start()..self.end()).unwrap_or("")
    }

    /// Text of the whole file.
    pub fn source(self) -> &'t str {
        self.source
    }

    /// Byte offset of the first character in the file.
    pub fn start(self) -> usize {
        self.node.start_byte()
    }

    /// Byte offset after the last character in the file.
    pub fn end(self) -> usize {
        self.node.end_byte()
    }

    /// Zero-based column of the first character, in bytes.
    pub fn column(self) -> usize {
        self.node.start_position().column
    }

    /// The range as an origin that counts from `base` (the start of the item).
    pub fn origin(self, base: usize) -> Origin {
        Origin::new(self.start().saturating_sub(base), self.end().saturating_sub(base))
    }

    /// The child in a field of the grammar.
    pub fn field(self, name: &str) -> Option<Self> {
        let child = Self::new(self.node.child_by_field_name(name)?, self.source);
        match self.through {
            Some(kind) if child.start() != self.start() || child.is(kind) => {
                if child.is(kind) {
                    child.first()
                } else {
                    Some(child)
                }
            }
            Some(kind) => Some(child.looking_through(kind)),
            None => Some(child),
        }
    }

    /// The node as if what stands inside the `kind` node at its start stood there itself. For grammars that
    /// bind a prefix tighter than the language does.
    pub fn looking_through(self, kind: &'static str) -> Self {
        Self { through: Some(kind), ..self }
    }

    /// All named children in a field.
    pub fn fields(self, name: &str) -> Vec<Self> {
        let mut cursor = self.node.walk();
        let nodes = self.node.children_by_field_name(name, &mut cursor);
        nodes
            .filter(|node| node.is_named() && !node.is_extra())
            .map(|node| Self::new(node, self.source))
            .collect()
    }

    /// All children, tokens included.
    pub fn children(self) -> Vec<Self> {
        let mut cursor = self.node.walk();
        let nodes = self.node.children(&mut cursor);
        nodes.filter(|node| !node.is_extra()).map(|node| Self::new(node, self.source)).collect()
    }

    /// Named children: rules, not tokens.
    pub fn named(self) -> Vec<Self> {
        let mut cursor = self.node.walk();
        let nodes = self.node.named_children(&mut cursor);
        nodes.filter(|node| !node.is_extra()).map(|node| Self::new(node, self.source)).collect()
    }

    /// The node around this one.
    pub fn parent(self) -> Option<Self> {
        Some(Self::new(self.node.parent()?, self.source))
    }

    /// The first named child.
    pub fn first(self) -> Option<Self> {
        self.named().into_iter().next()
    }

    /// The first named child of a kind.
    pub fn child(self, kind: &str) -> Option<Self> {
        self.named().into_iter().find(|node| node.is(kind))
    }

    /// Whether a token stands among the children.
    pub fn has_token(self, token: &str) -> bool {
        self.children().iter().any(|node| node.is(token))
    }

    pub fn is_named(self) -> bool {
        self.node.is_named()
    }

    /// A syntax error lies at or below this node.
    pub fn has_error(self) -> bool {
        self.node.has_error()
    }

    /// The tree-sitter node.
    pub fn raw(self) -> Node<'t> {
        self.node
    }
}

impl std::fmt::Debug for Syntax<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}..{}", self.kind(), self.start(), self.end())
    }
}
