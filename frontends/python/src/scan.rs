//! Which names a scope binds: the part of Python's symbol table that needs a look ahead.
//!
//! A scan walks one function, class or module body without entering nested functions, lambdas and
//! classes. A comprehension's own variables
//! are not among them, what `:=` binds inside it is.

use batuta_syntax::Syntax;

/// How a name is bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundBy {
    Variable,
    Function,
    Class,
    Import,
    Global,
    Nonlocal,
    /// `except E as name`: unbound again after the handler.
    Handler,
}

/// One binding of a name.
#[derive(Clone, Debug)]
pub struct Bound<'t> {
    pub name: &'t str,
    pub by: BoundBy,
    /// The binding statement: a `def`, a `class`, an import, or the name itself.
    pub node: Syntax<'t>,
    /// Under an `if`, `try`, `with`, `match` or loop.
    pub is_conditional: bool,
    pub is_in_loop: bool,
    /// In a handler whose variable has this name.
    pub is_in_handler: bool,
}

/// All bindings of a scope, in source order.
#[derive(Default)]
pub struct Scan<'t> {
    pub bound: Vec<Bound<'t>>,
    conditional: u32,
    loops: u32,
    /// Variables of the handlers around.
    handlers: Vec<&'t str>,
}

impl<'t> Scan<'t> {
    /// The bindings in these statements.
    pub fn of(nodes: &[Syntax<'t>]) -> Vec<Bound<'t>> {
        let mut scan = Self::default();
        nodes.iter().for_each(|node| scan.node(*node));
        scan.bound
    }

    fn bind(&mut self, name: &'t str, by: BoundBy, node: Syntax<'t>) {
        let (is_conditional, is_in_loop) = (self.conditional > 0, self.loops > 0);
        let is_in_handler = self.handlers.contains(&name);
        self.bound.push(Bound { name, by, node, is_conditional, is_in_loop, is_in_handler });
    }

    fn node(&mut self, node: Syntax<'t>) {
        match node.kind() {
            "function_definition" => self.definition(node, BoundBy::Function),
            "class_definition" => self.definition(node, BoundBy::Class),
            "lambda" | "type" => {}
            "assignment" | "augmented_assignment" => {
                self.field_target(node, "left");
                self.children(node);
            }
            "named_expression" => {
                if let Some(name) = node.field("name") {
                    self.bind(name.text(), BoundBy::Variable, name);
                }
                self.children(node);
            }
            "delete_statement" => node.named().into_iter().for_each(|target| self.target(target)),
            "for_statement" | "while_statement" => self.looped(node),
            "if_statement" | "try_statement" | "match_statement" => self.branches(node),
            "with_statement" => self.children(node),
            "except_clause" => self.except_clause(node),
            "as_pattern" => self.as_pattern(node),
            "case_pattern" | "splat_pattern" => self.case_pattern(node),
            "import_statement" | "import_from_statement" | "future_import_statement" => self.import(node),
            "global_statement" => self.declared(node, BoundBy::Global),
            "nonlocal_statement" => self.declared(node, BoundBy::Nonlocal),
            "type_alias_statement" => self.field_target(node, "left"),
            _ => self.children(node),
        }
    }

    fn children(&mut self, node: Syntax<'t>) {
        node.named().into_iter().for_each(|child| self.node(child));
    }

    fn definition(&mut self, node: Syntax<'t>, by: BoundBy) {
        if let Some(name) = node.field("name") {
            self.bind(name.text(), by, node);
        }
    }

    fn looped(&mut self, node: Syntax<'t>) {
        self.loops += 1;
        self.field_target(node, "left");
        self.branches(node);
        self.loops -= 1;
    }

    fn branches(&mut self, node: Syntax<'t>) {
        self.conditional += 1;
        self.children(node);
        self.conditional -= 1;
    }

    fn declared(&mut self, node: Syntax<'t>, by: BoundBy) {
        node.named().into_iter().for_each(|name| self.bind(name.text(), by, name));
    }

    fn field_target(&mut self, node: Syntax<'t>, field: &str) {
        if let Some(target) = node.field(field) {
            self.target(target);
        }
    }

    fn target(&mut self, node: Syntax<'t>) {
        match node.kind() {
            "identifier" => self.bind(node.text(), BoundBy::Variable, node),
            "attribute" | "subscript" => self.children(node),
            _ => node.named().into_iter().for_each(|part| self.target(part)),
        }
    }

    /// `value as target` of `with` and `except`; in a `case` the alias is a plain identifier.
    fn as_pattern(&mut self, node: Syntax<'t>) {
        match node.field("alias") {
            Some(alias) => self.target(alias),
            None => {
                if let Some(name) = node.named().into_iter().rev().find(|part| part.is("identifier")) {
                    self.bind(name.text(), BoundBy::Variable, name);
                }
            }
        }
        self.children(node);
    }

    fn except_clause(&mut self, node: Syntax<'t>) {
        let around = self.handlers.len();
        for part in node.named() {
            let alias =
                if part.is("as_pattern") { part.field("alias").and_then(Syntax::first) } else { None };
            match alias {
                Some(name) => {
                    self.bind(name.text(), BoundBy::Handler, name);
                    self.handlers.push(name.text());
                }
                None => self.node(part),
            }
        }
        self.handlers.truncate(around);
    }

    fn case_pattern(&mut self, node: Syntax<'t>) {
        for part in node.named() {
            match part.kind() {
                "identifier" => self.bind(part.text(), BoundBy::Variable, part),
                "dotted_name" if part.named().len() == 1 => self.bind(part.text(), BoundBy::Variable, part),
                "dotted_name" => {}
                "union_pattern" | "keyword_pattern" | "dict_pattern" => self.alternatives(part),
                _ => self.node(part),
            }
        }
    }

    fn alternatives(&mut self, node: Syntax<'t>) {
        for part in node.named() {
            match part.kind() {
                "dotted_name" if part.named().len() == 1 => self.bind(part.text(), BoundBy::Variable, part),
                "union_pattern" | "keyword_pattern" | "dict_pattern" => self.alternatives(part),
                _ => self.node(part),
            }
        }
    }

    fn import(&mut self, node: Syntax<'t>) {
        for name in node.fields("name") {
            let bound = match name.field("alias") {
                Some(alias) => Some(alias),
                None if node.is("import_statement") => name.first(),
                None => Some(name),
            };
            if let Some(bound) = bound {
                self.bind(bound.text(), BoundBy::Import, node);
            }
        }
    }
}
