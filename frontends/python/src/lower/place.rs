//! Identifiers, attributes and subscripts: places that are read, written and deleted.

use super::resolve::{CAPTURED, Static, Target};
use super::{Binding, Lowerer, UNSUPPORTED};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Variables of the environment that functions of the library read by themselves.
const LOOKED_AT: &[&str] = &["HOME", "TMPDIR", "TEMP", "TMP", "PATH", "COLUMNS", "LINES", "TZ"];

impl<'t> Lowerer<'t> {
    /// The value of an identifier, attribute or subscript.
    pub fn read(&mut self, node: Syntax<'t>) -> NodeId {
        if let Some(slice) = only_slice(node) {
            return self.slice_read(node, slice);
        }
        let place = self.place(node);
        match place {
            // The value itself is already a node.
            Place { root: Root::Node(value), ref proj } if proj.is_empty() => value,
            place => self.use_place(place, node),
        }
    }

    /// The place that a node names. Anything else becomes the root expression of a place.
    pub fn place(&mut self, node: Syntax<'t>) -> Place {
        if let Some(found) = self.static_path(node) {
            let place = match found.target {
                Target::Lib(path) => Place::node(self.library_value(path, node)),
                Target::Project(path) => Place::global(path),
            };
            return found.rest.iter().fold(place, |place, name| place.with(Proj::Field(Name::new(name))));
        }
        match node.kind() {
            "identifier" => self.variable(node),
            "attribute" => {
                let (Some(object), Some(name)) = (node.field("object"), node.field("attribute")) else {
                    return Place::node(self.unsupported(node, "an attribute without a name"));
                };
                let name = Name::new(name.text());
                self.place(object).with(Proj::Field(name))
            }
            "subscript" if only_slice(node).is_none() => {
                let Some(value) = node.field("value") else {
                    return Place::node(self.unsupported(node, "a subscript without a value"));
                };
                let place = self.place(value);
                let index = self.index(node);
                place.with(Proj::Index(index))
            }
            "parenthesized_expression" => match node.first() {
                Some(inner) => self.place(inner),
                None => Place::node(self.expr(node)),
            },
            _ => Place::node(self.expr(node)),
        }
    }

    /// The place that is assigned or deleted: a slice stays an index.
    pub fn target_place(&mut self, node: Syntax<'t>) -> Place {
        match (only_slice(node), node.field("value")) {
            (None, Some(value)) if node.is("subscript") && self.sets_variable(node, value) => {
                let variables = self.expr(value);
                let index = self.index(node);
                Place::node(variables).with(Proj::Index(index))
            }
            (_, Some(value)) if node.is("subscript") && self.is_library_value(value) => {
                Place::node(self.unsupported(node, "a change of what a library module holds"))
            }
            (Some(_), Some(value)) => {
                let place = self.place(value);
                let index = self.index(node);
                place.with(Proj::Index(index))
            }
            _ if node.is("parenthesized_expression") => match node.first() {
                Some(inner) => self.target_place(inner),
                None => self.place(node),
            },
            _ if node.is("identifier") => self.stored_name(node),
            _ if node.is("attribute") && self.is_library_value(node) => {
                Place::node(self.unsupported(node, "a change of what a library module holds"))
            }
            _ => self.place(node),
        }
    }

    /// `os.environ[name]`, whose changes the program keeps; but for those that the library itself looks at.
    fn sets_variable(&mut self, node: Syntax<'t>, value: Syntax<'t>) -> bool {
        let is_environ = matches!(
            self.static_path(value),
            Some(Static { target: Target::Lib(path), rest }) if rest.is_empty() && path == "os.environ"
        );
        let name = node.field("subscript").and_then(|index| self.literal_text(index));
        is_environ && !name.is_some_and(|name| LOOKED_AT.contains(&name.as_str()))
    }

    /// What a library module holds: what is read from there is a copy.
    fn is_library_value(&mut self, node: Syntax<'t>) -> bool {
        matches!(self.static_path(node), Some(Static { target: Target::Lib(_), rest }) if rest.is_empty())
    }

    /// A name that is assigned: never an import or a function, even where one has that name.
    fn stored_name(&mut self, node: Syntax<'t>) -> Place {
        match self.look_up(node.text()) {
            Binding::Local(local) => Place::local(local),
            Binding::Global(path) => {
                self.list_global(path, node);
                Place::global(path)
            }
            Binding::Captured => Place::node(self.hole(CAPTURED, node, CAPTURED.title)),
            _ => {
                let path = self.cx_home_of_module().join(node.text());
                self.list_global(path, node);
                Place::global(path)
            }
        }
    }

    fn cx_home_of_module(&self) -> Name {
        self.module
    }

    fn variable(&mut self, node: Syntax<'t>) -> Place {
        match self.look_up(node.text()) {
            Binding::Local(local) => Place::local(local),
            Binding::Global(path) => Place::global(path),
            Binding::Captured => Place::node(self.hole(CAPTURED, node, CAPTURED.title)),
            Binding::Broken => Place::node(self.broken(node)),
            _ => Place::node(self.unknown_name(node)),
        }
    }

    /// A name whose definition has a syntax error: that error is reported, this is a quiet hole.
    pub fn broken(&mut self, node: Syntax<'t>) -> NodeId {
        let why = format!("`{}` is defined in code with a syntax error", node.text());
        self.node(Node::Hole { why: why.into(), source: node.text().into() }, node)
    }

    /// A library item as a value; a few builtin names are constants.
    fn library_value(&mut self, path: Name, node: Syntax<'t>) -> NodeId {
        let value = match path.as_str() {
            "builtins.NotImplemented" => Const::NotImplemented,
            "builtins.Ellipsis" => Const::Ellipsis,
            "builtins.__debug__" => Const::Bool(true),
            "typing.TYPE_CHECKING" => Const::Bool(false),
            "builtins.__name__" if self.options.is_entry => Const::Str("__main__".into()),
            "builtins.__name__" => Const::Str(self.module.as_str().into()),
            "builtins.__doc__" => match self.out.module.doc.clone() {
                Some(doc) => Const::Str(doc),
                None => Const::None,
            },
            _ => return self.node(Node::Item(path), node),
        };
        self.constant(value, node)
    }

    /// The index of a subscript: one expression, a slice object, or a tuple of them.
    pub fn index(&mut self, node: Syntax<'t>) -> NodeId {
        let parts = node.fields("subscript");
        let has_comma = node.has_token(",");
        match parts[..] {
            [one] if !has_comma => self.index_part(one),
            _ => {
                let parts = parts.into_iter().map(|part| self.index_part(part)).collect();
                self.op(TupleOp::New, parts, node)
            }
        }
    }

    fn index_part(&mut self, node: Syntax<'t>) -> NodeId {
        if !node.is("slice") {
            return self.expr(node);
        }
        let bounds = self.bounds(node);
        self.op(ObjOp::SliceObj, bounds.to_vec(), node)
    }

    /// Start, stop and step of a slice; `None` where absent.
    fn bounds(&mut self, node: Syntax<'t>) -> [NodeId; 3] {
        let mut bounds = [None; 3];
        let mut at = 0;
        for child in node.children() {
            if child.is(":") {
                at = (at + 1).min(2);
            } else if child.is_named() {
                bounds[at] = Some(self.expr(child));
            }
        }
        bounds.map(|bound| bound.unwrap_or_else(|| self.constant(Const::None, node)))
    }

    fn slice_read(&mut self, node: Syntax<'t>, slice: Syntax<'t>) -> NodeId {
        let Some(value) = node.field("value") else {
            return self.hole(UNSUPPORTED, node, "a slice of nothing");
        };
        let object = self.expr(value);
        let [start, stop, step] = self.bounds(slice);
        self.op(ObjOp::Slice, vec![object, start, stop, step], node)
    }
}

/// The slice of `a[i:j]`, when it is the only subscript.
fn only_slice(node: Syntax<'_>) -> Option<Syntax<'_>> {
    if !node.is("subscript") || node.has_token(",") {
        return None;
    }
    match node.fields("subscript")[..] {
        [one] if one.is("slice") => Some(one),
        _ => None,
    }
}
