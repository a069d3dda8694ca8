//! Calls: what is called, and its arguments in source order.

use super::resolve::{Static, Target};
use super::{Binding, Lowerer};
use crate::names;
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    pub fn call(&mut self, node: Syntax<'t>) -> NodeId {
        let Some(function) = node.field("function") else {
            return self.unsupported(node, "a call of nothing");
        };
        if let Some(special) = self.special_call(node, function).or_else(|| self.auto_value(node)) {
            return special;
        }
        let callee = self.callee(function);
        let mut args = self.args(node);
        let callee = self.by_literal(callee, &args);
        let is_spread = args.iter().any(|arg| arg.kind == ArgKind::Star);
        let is_plain = args.iter().all(|arg| matches!(arg.kind, ArgKind::Positional | ArgKind::Star));
        let callee = match callee {
            Callee::Method(of, name) if is_spread && is_plain && name == "format" => {
                let list = self.gathered(args, node);
                args = std::iter::once(Arg::positional(of)).chain(list).collect();
                Callee::Lib(Name::new("str.format$*"))
            }
            Callee::Lib(name) if is_spread && matches!(name.as_str(), "builtins.min" | "builtins.max") => {
                args = self.gathered(args, node);
                callee
            }
            Callee::Lib(name) if is_spread && is_plain && args.len() > 1 => {
                let own = Name::new(&format!("{name}$*"));
                match batuta_catalog::functions(own.as_str()).is_empty() {
                    true => callee,
                    false => {
                        args = self.gathered(args, node);
                        Callee::Lib(own)
                    }
                }
            }
            other => other,
        };
        // Such a row takes what is spread as it is.
        if let Callee::Lib(name) = callee
            && name.as_str().ends_with("$*")
        {
            if args.len() > 1 && args.iter().any(|arg| arg.kind == ArgKind::Star) {
                args = self.gathered(args, node);
            }
            args[0].kind = ArgKind::Positional;
        }
        self.node(Node::Call { callee, args }, node)
    }

    /// `max(a, *xs, key=f)` is `max([a, *xs], key=f)`, and so for each function that takes its items as one list.
    fn gathered(&mut self, args: Vec<Arg>, node: Syntax<'t>) -> Vec<Arg> {
        let (values, keywords): (Vec<Arg>, Vec<Arg>) =
            args.into_iter().partition(|arg| matches!(arg.kind, ArgKind::Positional | ArgKind::Star));
        let mut items = Vec::new();
        for arg in values {
            items.push(match arg.kind {
                ArgKind::Star => self.op(ObjOp::Splat, vec![arg.value], node),
                _ => arg.value,
            });
        }
        let list = self.op(ListOp::New, items, node);
        std::iter::once(Arg::positional(list)).chain(keywords).collect()
    }

    /// `a, b = zip(*rows)` takes the columns of rows of known length.
    pub fn unzipped(&mut self, target: &Pat, value: NodeId) {
        let Pat::Tuple(parts) = target else { return };
        let lib = |me: &Self, node: NodeId| match &me.cx.body.nodes[node].kind {
            Node::Call { callee: Callee::Lib(name), args } => Some((*name, args.clone())),
            _ => None,
        };
        let Some((name, args)) = lib(self, value) else { return };
        let found = match (name.as_str(), &args[..]) {
            ("builtins.zip$*", _) => Some(("unzip", args)),
            ("builtins.map", [class, rows]) => {
                let is_list = matches!(self.cx.body.nodes[class.value].kind, Node::Item(name) if name == "builtins.list");
                let rows = lib(self, rows.value).filter(|(name, _)| *name == "builtins.zip$*");
                rows.filter(|_| is_list).map(|(_, args)| ("unzip_lists", args))
            }
            _ => None,
        };
        let Some((word, args)) = found else { return };
        let name = Name::new(&format!("builtins.{word}${}", parts.len()));
        if !batuta_catalog::functions(name.as_str()).is_empty() {
            self.cx.body.nodes[value].kind = Node::Call { callee: Callee::Lib(name), args };
        }
    }

    /// The row for a literal argument, where the catalogue has one: `open(path, "rb")` is `builtins.open$rb`,
    /// `product(xs, repeat=2)` is `itertools.product$repeat=2`, `zip(*rows)` is `builtins.zip$*`.
    fn by_literal(&self, callee: Callee, args: &[Arg]) -> Callee {
        let Callee::Lib(name) = callee else { return callee };
        let row = |mark: &str| {
            let own = Name::new(&format!("{name}${mark}"));
            (!batuta_catalog::functions(own.as_str()).is_empty()).then_some(Callee::Lib(own))
        };
        let spread = Name::new(&format!("{name}$*"));
        let takes = |key: Name| {
            let mut rows = batuta_catalog::functions(spread.as_str()).iter();
            rows.any(|row| row.params.iter().any(|param| param.name == Some(key)))
        };
        let is_plain = |arg: &Arg| match arg.kind {
            ArgKind::Positional | ArgKind::Star => true,
            ArgKind::Named(key) => takes(key),
            ArgKind::StarStar => false,
        };
        if args.iter().all(is_plain) && args.iter().any(|arg| arg.kind == ArgKind::Star) {
            return row("*").unwrap_or(callee);
        }
        if name == "re.findall"
            && let Some(Arg { value, .. }) = args.first()
            && let Node::Const(Const::Str(pattern)) = &self.cx.body.nodes[*value].kind
        {
            return row(&format!("groups={}", batuta_catalog::capturing_groups(pattern))).unwrap_or(callee);
        }
        let marked = args.iter().find_map(|arg| {
            let literal = match &self.cx.body.nodes[arg.value].kind {
                Node::Const(Const::Int(digits)) => digits.to_string(),
                Node::Const(Const::Str(text)) if text.len() <= 8 => text.to_string(),
                Node::Const(Const::Bool(value)) => value.to_string(),
                _ => return None,
            };
            match arg.kind {
                ArgKind::Positional => row(&literal),
                ArgKind::Named(key) => row(&format!("{key}={literal}")),
                _ => None,
            }
        });
        marked.unwrap_or(callee)
    }

    /// Calls with a meaning of their own: `print`, builtin exceptions, `.format`, `cast`.
    fn special_call(&mut self, node: Syntax<'t>, function: Syntax<'t>) -> Option<NodeId> {
        if let Some(stored) = stored_attribute(node) {
            return self.store_attribute(stored, node);
        }
        if let Some(name) = self.library_name(function) {
            return match name.as_str() {
                "builtins.print" => self.print(node),
                "builtins.float" => self.infinite(node),
                "typing.cast" => match arguments(node)[..] {
                    [_, value] if !value.is("keyword_argument") => Some(self.expr(value)),
                    _ => None,
                },
                "typing.get_args" => self.literal_args(node),
                // Two is what it gives by itself.
                "itertools.tee" => match arguments(node)[..] {
                    [items, count] if count.text() == "2" => {
                        let args = vec![Arg::positional(self.expr(items))];
                        Some(self.node(Node::Call { callee: Callee::Lib(name), args }, node))
                    }
                    _ => None,
                },
                "builtins.getattr" | "builtins.hasattr"
                    if let Some(found) = self.module_name_test(name, node) =>
                {
                    Some(found)
                }
                "builtins.getattr" | "builtins.setattr" => self.named_attribute(node),
                path if batuta_catalog::is_exception(path) => self.builtin_exception(path, node),
                path => {
                    let class = path.strip_prefix("builtins.").filter(|name| names::is_exception(name))?;
                    self.builtin_exception(class, node)
                }
            };
        }
        if function.is("attribute")
            && function.field("attribute").is_some_and(|name| name.text() == "format")
            && let Some(template) = function.field("object").filter(|object| object.is("string"))
        {
            return self.brace_format(node, template);
        }
        if let (Binding::Global(path), true) = (self.look_up(function.text()), function.is("identifier"))
            && self.aliases.contains_key(&path)
            && let [value] = arguments(node)[..]
        {
            // A `NewType` is the identity at run time.
            return Some(self.expr(value));
        }
        None
    }

    /// `get_args(Mode)` of `Mode = Literal["r", "w"]`, or of the `Literal` itself: a tuple of what it lists.
    fn literal_args(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let [of] = arguments(node)[..] else { return None };
        let literal = match of.is("identifier") {
            true => self.module_value(of.text())?,
            false => of,
        };
        let head = literal.field("value").filter(|_| literal.is("subscript"))?;
        let is_plain = |part: &Syntax<'t>| {
            matches!(part.kind(), "string" | "integer" | "true" | "false" | "none" | "unary_operator")
        };
        let parts = literal.fields("subscript");
        if self.library_name(head)? != "typing.Literal" || !parts.iter().all(is_plain) {
            return None;
        }
        let items = parts.into_iter().map(|part| self.expr(part)).collect();
        Some(self.op(TupleOp::New, items, node))
    }

    /// The value of a name that a statement of the module gives it.
    fn module_value(&self, name: &str) -> Option<Syntax<'t>> {
        self.parts.iter().find_map(|part| {
            let stmts = Syntax::new(part.tree.root_node(), self.source).named();
            stmts.into_iter().find_map(|stmt| {
                let assign = stmt.first().filter(|inner| inner.is("assignment"))?;
                let is_it = assign.field("left").is_some_and(|left| left.text() == name);
                assign.field("right").filter(|_| is_it)
            })
        })
    }

    /// `hasattr(np, "name")`, `getattr(np, "name", default)`: what a library has is known.
    fn module_name_test(&mut self, function: Name, node: Syntax<'t>) -> Option<NodeId> {
        let args = arguments(node);
        let (module, default) = match args[..] {
            [module, _] => (module, None),
            [module, _, default] if function == "builtins.getattr" => (module, Some(default)),
            _ => return None,
        };
        let name = self.literal_text(args[1])?;
        let Binding::Lib(path) = self.look_up(module.text()) else { return None };
        if !module.is("identifier") || !args.iter().all(|arg| is_plain(*arg)) {
            return None;
        }
        let is_there = batuta_catalog::has_dynamic(path.join(&name).as_str())?;
        if function == "builtins.hasattr" {
            return Some(self.constant(Const::Bool(is_there), node));
        }
        match (is_there, default) {
            (true, _) => Some(self.node(Node::Item(path.join(&name)), node)),
            (false, Some(default)) => Some(self.expr(default)),
            (false, None) => None,
        }
    }

    /// `getattr(x, "name")` and `setattr(x, "name", value)` with a literal are the attribute itself.
    fn named_attribute(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let args = arguments(node);
        let (object, name) = (*args.first()?, self.literal_text(*args.get(1)?)?);
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_set = node.field("function").is_some_and(|function| function.text() == "setattr");
        if !is_name || args.len() != 2 + usize::from(is_set) || !args.iter().all(|arg| is_plain(*arg)) {
            return None;
        }
        let object = self.expr(object);
        let place = Place::node(object).with(Proj::Field(Name::new(&name)));
        if !is_set {
            return Some(self.use_place(place, node));
        }
        let value = self.expr(args[2]);
        self.push_set(place, value, node);
        Some(self.constant(Const::None, node))
    }

    /// `object.__setattr__(x, "name", value)` stores what a frozen class or a `__setattr__` keeps out.
    fn store_attribute(&mut self, stored: StoredAttribute<'t>, node: Syntax<'t>) -> Option<NodeId> {
        let object = match stored.object {
            Some(object) => self.expr(object),
            None => {
                let receiver = self.cx.body.params.first()?.local;
                self.use_place(Place::local(receiver), node)
            }
        };
        let value = self.expr(stored.value);
        let value = self.op(ObjOp::Stored, vec![value], node);
        self.push_set(Place::node(object).with(Proj::Field(Name::new(stored.name))), value, node);
        Some(self.constant(Const::None, node))
    }

    /// `ValueError(..)` with plain arguments.
    /// `float("inf")` is `math.inf`.
    fn infinite(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let (name, is_negative) = infinite(node)?;
        let value = self.node(Node::Item(Name::new(name)), node);
        Some(if is_negative { self.op(ObjOp::Neg, vec![value], node) } else { value })
    }

    fn builtin_exception(&mut self, class: &str, node: Syntax<'t>) -> Option<NodeId> {
        let args = arguments(node);
        if !args.iter().all(|arg| is_plain(*arg)) {
            return None;
        }
        let args = args.into_iter().map(|arg| self.expr(arg)).collect();
        Some(self.exception(class, args, node))
    }

    pub fn callee(&mut self, function: Syntax<'t>) -> Callee {
        if let Some(class) = self.subscripted_class(function) {
            return self.callee(class);
        }
        if function.is("attribute")
            && let (Some(object), Some(name)) = (function.field("object"), function.field("attribute"))
        {
            return self.attribute_callee(function, object, Name::new(name.text()));
        }
        if let Some(Static { target, .. }) = self.static_path(function) {
            return match target {
                Target::Lib(name) => Callee::Lib(name),
                Target::Project(path) => Callee::Fn(path),
            };
        }
        Callee::Value(self.expr(function))
    }

    /// `deque` of `deque[int](items)`, `Stack` of `Stack[str]()`: what the items are, the program shows.
    fn subscripted_class(&self, function: Syntax<'t>) -> Option<Syntax<'t>> {
        let class = function.field("value").filter(|_| function.is("subscript"))?;
        let Static { target, rest } = self.static_path(class)?;
        let is_class = match target {
            Target::Lib(name) => {
                let last = name.last();
                last.starts_with(|c: char| c.is_ascii_uppercase())
                    || matches!(
                        last,
                        "list" | "dict" | "set" | "frozenset" | "tuple" | "deque" | "defaultdict"
                    )
            }
            Target::Project(path) => self.classes.contains_key(&path),
        };
        (is_class && rest.is_empty()).then_some(class)
    }

    fn attribute_callee(&mut self, function: Syntax<'t>, object: Syntax<'t>, name: Name) -> Callee {
        if self.is_super(object) {
            return Callee::Super(name);
        }
        match self.static_path(function) {
            Some(Static { target: Target::Lib(path), rest }) if rest.is_empty() => return Callee::Lib(path),
            Some(Static { target: Target::Project(path), rest }) if rest.is_empty() => {
                return Callee::Fn(path);
            }
            _ => {}
        }
        Callee::Method(self.expr(object), name)
    }

    /// `super()` or `super(C, self)`.
    fn is_super(&self, node: Syntax<'t>) -> bool {
        node.is("call")
            && node
                .field("function")
                .and_then(|function| self.library_name(function))
                .is_some_and(|name| name == "builtins.super")
    }

    /// The arguments in source order.
    /// The pairs of a dict that stands behind `**`, where all its keys are written names.
    fn literal_keywords(&mut self, arg: Syntax<'t>) -> Option<Vec<(String, Syntax<'t>)>> {
        let dict = arg.first().filter(|dict| arg.is("dictionary_splat") && dict.is("dictionary"))?;
        let mut out: Vec<(String, Syntax<'t>)> = Vec::new();
        for pair in dict.named() {
            let (key, value) = (pair.field("key")?, pair.field("value")?);
            let name = self.literal_text(key)?;
            let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !pair.is("pair") || !is_name || name.is_empty() || out.iter().any(|(known, _)| *known == name)
            {
                return None;
            }
            out.push((name, value));
        }
        Some(out)
    }

    pub fn args(&mut self, node: Syntax<'t>) -> Vec<Arg> {
        let mut args = Vec::new();
        let is_map = node.field("function").is_some_and(|function| function.text() == "map");
        for arg in arguments(node) {
            // `f(**{"a": 1})` is `f(a=1)`.
            if let Some(pairs) = self.literal_keywords(arg) {
                for (name, value) in pairs {
                    let value = self.expr(value);
                    args.push(Arg { kind: ArgKind::Named(Name::new(&name)), value });
                }
                continue;
            }
            let (kind, value) = match arg.kind() {
                "keyword_argument" => {
                    let name = arg.field("name").map_or("", |name| name.text());
                    let made = arg.field("value").and_then(|value| self.format_function(value));
                    (ArgKind::Named(Name::new(name)), made.unwrap_or_else(|| self.field_expr(arg, "value")))
                }
                "list_splat" => (ArgKind::Star, self.inner(arg)),
                "dictionary_splat" => (ArgKind::StarStar, self.inner(arg)),
                _ => match spread(arg) {
                    Some(inner) => (ArgKind::Star, self.expr(inner)),
                    None => {
                        // How many arguments `map` gives is for its other arguments to say.
                        let made = Some(arg).filter(|_| !is_map).and_then(|arg| self.format_function(arg));
                        (ArgKind::Positional, made.unwrap_or_else(|| self.expr(arg)))
                    }
                },
            };
            args.push(Arg { kind, value });
        }
        args
    }
}

/// `object.__setattr__(object, "name", value)`, or the same of `super()`, which means the receiver.
pub(crate) struct StoredAttribute<'t> {
    pub object: Option<Syntax<'t>>,
    pub name: &'t str,
    value: Syntax<'t>,
}

/// What such a call stores, where it says the name.
pub(crate) fn stored_attribute(call: Syntax<'_>) -> Option<StoredAttribute<'_>> {
    let function = call.field("function").filter(|function| function.is("attribute"))?;
    let args = arguments(call);
    if function.field("attribute")?.text() != "__setattr__" || !args.iter().all(|arg| is_plain(*arg)) {
        return None;
    }
    let of = function.field("object")?;
    let (object, name, value) = match (of.text(), &args[..]) {
        ("object", [object, name, value]) => (Some(*object), *name, *value),
        ("super()", [name, value]) => (None, *name, *value),
        _ => return None,
    };
    let text = name.text();
    let quoted = text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
    let is_name = |text: &&str| text.chars().all(|c| c.is_alphanumeric() || c == '_') && !text.is_empty();
    let name = quoted.filter(is_name).filter(|_| name.is("string"))?;
    Some(StoredAttribute { object, name, value })
}

/// The constant that `float("-inf")` and its like stand for, and whether it is negated.
pub(crate) fn infinite(call: Syntax<'_>) -> Option<(&'static str, bool)> {
    let [text] = arguments(call)[..] else { return None };
    let text = text.is("string").then(|| text.text().trim_matches(['"', '\'']))?;
    match text.to_ascii_lowercase().as_str() {
        "inf" | "+inf" | "infinity" | "+infinity" => Some(("math.inf", false)),
        "-inf" | "-infinity" => Some(("math.inf", true)),
        "nan" => Some(("math.nan", false)),
        _ => None,
    }
}

/// The argument nodes of a call; a bare generator expression is one.
pub(crate) fn arguments(node: Syntax<'_>) -> Vec<Syntax<'_>> {
    match node.field("arguments") {
        Some(list) if list.is("argument_list") => list.named(),
        Some(generator) => vec![generator],
        None => Vec::new(),
    }
}

/// Neither starred nor by keyword.
pub(crate) fn is_plain(arg: Syntax<'_>) -> bool {
    !matches!(arg.kind(), "keyword_argument" | "list_splat" | "dictionary_splat") && spread(arg).is_none()
}

/// What `*f(x)` spreads where the grammar reads `(*f)(x)`: in a display without brackets and behind `print`.
pub(crate) fn spread(node: Syntax<'_>) -> Option<Syntax<'_>> {
    let mut at = node;
    loop {
        let name = match at.kind() {
            "call" => "function",
            "attribute" => "object",
            "subscript" => "value",
            "binary_operator" | "boolean_operator" => "left",
            "list_splat" if at != node => return Some(node.looking_through("list_splat")),
            _ => return None,
        };
        at = at.field(name)?;
    }
}
