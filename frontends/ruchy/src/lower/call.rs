//! Calls: functions, constructors, methods, builtins, macros.

use super::scan::{CHANGING, root_of, walk};
use super::{Binding, Lowerer, UNKNOWN_NAME};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Functions that write to the outside.
pub(super) const PRINTS: &[&str] =
    &["print", "println", "eprint", "eprintln", "assert", "assert_eq", "assert_ne", "panic"];

/// Methods of the language that give nothing.
pub(super) const SILENT: &[&str] = &[
    "add",
    "clear",
    "dedup",
    "each",
    "extend",
    "for_each",
    "insert",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "retain",
    "swap",
    "truncate",
];

/// Functions of the language that are methods of their first argument, too: `len(x)` is `x.len()`.
pub(super) const FUNCTIONS: &[&str] = &[
    "abs",
    "append_file",
    "assert",
    "assert_eq",
    "assert_ne",
    "bool",
    "ceil",
    "char",
    "chr",
    "cos",
    "dbg",
    "delete_file",
    "enumerate",
    "env_args",
    "env_var",
    "exit",
    "exp",
    "file_exists",
    "float",
    "floor",
    "fs_copy",
    "fs_create_dir",
    "fs_exists",
    "fs_is_file",
    "fs_read",
    "fs_remove_dir",
    "fs_remove_file",
    "fs_rename",
    "fs_write",
    "input",
    "int",
    "is_nil",
    "join",
    "json_get",
    "json_merge",
    "json_parse",
    "json_pretty",
    "json_set",
    "json_stringify",
    "json_type",
    "json_validate",
    "len",
    "log",
    "log10",
    "max",
    "min",
    "ord",
    "panic",
    "parse_float",
    "parse_int",
    "path_extension",
    "path_file_name",
    "path_file_stem",
    "path_is_absolute",
    "path_is_relative",
    "path_join",
    "path_parent",
    "pow",
    "product",
    "push",
    "random",
    "random_int",
    "range",
    "read_file",
    "readline",
    "reverse",
    "round",
    "sin",
    "sleep",
    "sort",
    "split",
    "sqrt",
    "str",
    "sum",
    "tan",
    "timestamp",
    "to_string",
    "type",
    "type_of",
    "typeof",
    "unique",
    "write_file",
    "zip",
];

/// Methods of lists that are functions, too: `map(xs, f)` is `xs.map(f)`.
const OF_LISTS: &[&str] =
    &["all", "any", "each", "filter", "find", "flat_map", "fold", "for_each", "map", "reduce", "sort_by"];

/// Methods that keep an argument: what a place holds is handed over as a copy.
const KEEPING: &[&str] = &[
    "append",
    "concat",
    "extend",
    "get_or",
    "insert",
    "ok_or",
    "or",
    "push",
    "push_back",
    "push_front",
    "reduce",
    "fold",
    "unwrap_or",
    "union",
    "zip",
];

/// Methods of lists whose one argument is a function.
const OVER_ITEMS: &[&str] = &[
    "all",
    "any",
    "each",
    "filter",
    "filter_map",
    "flat_map",
    "for_each",
    "group_by",
    "map",
    "partition",
    "position",
    "sort_by",
    "sort_by_key",
];

/// Methods that give their receiver, or nothing but a view of it.
const TRANSPARENT: &[&str] = &[
    "iter",
    "into_iter",
    "iter_mut",
    "collect",
    "to_vec",
    "as_str",
    "as_ref",
    "as_mut",
    "to_owned",
    "clone",
    "cloned",
    "copied",
    "borrow",
];

impl<'t> Lowerer<'t> {
    pub fn call(&mut self, node: Syntax<'t>) -> NodeId {
        let Ok(function) = self.field(node, "function") else { return self.nil(node) };
        let args = node.field("arguments").map(Syntax::named).unwrap_or_default();
        match function.kind() {
            "field_expression" => self.method_call(node, function, &args),
            "identifier" | "scoped_identifier" => self.call_path(node, function, &args),
            "generic_path" => match function.first() {
                Some(inner) => self.call_path(node, inner, &args),
                None => self.nil(node),
            },
            _ => {
                let callee = Callee::Value(self.expr(function));
                self.call_with(callee, &args, node)
            }
        }
    }

    /// A call of a function of the program; its arguments are lent.
    fn call_with(&mut self, callee: Callee, args: &[Syntax<'t>], node: Syntax<'t>) -> NodeId {
        let changed: Vec<&str> = args.iter().filter_map(|arg| lent_mutably(*arg)).collect();
        let mut out = Vec::new();
        let mut after = Vec::new();
        let path = match &callee {
            Callee::Fn(path) => Some(*path),
            _ => None,
        };
        for (at, arg) in args.iter().enumerate() {
            if path.is_some_and(|path| self.cells.contains(&(path, at))) {
                let value = self.cell_argument(*arg, &mut after);
                out.push(Arg { kind: ArgKind::Positional, value });
                continue;
            }
            let (kind, value) = match arg.kind() {
                "named_argument" => {
                    let name = arg.field("name").map_or("", Syntax::text);
                    (ArgKind::Named(Name::new(name)), arg.field("value").unwrap_or(*arg))
                }
                "spread" => (ArgKind::Star, arg.first().unwrap_or(*arg)),
                _ => (ArgKind::Positional, *arg),
            };
            let is_shared = lent_mutably(value).is_none()
                && root_of(value).is_some_and(|root| changed.contains(&root.text()));
            let is_early = self.is_early(args, *arg);
            let first = self.cx.stmts.len();
            let value = match is_early {
                true => self.early(value),
                false if is_shared => self.owned(value),
                false => self.lent_argument(value),
            };
            self.settle_args(&mut out, args, first);
            out.push(Arg { kind, value });
        }
        self.add_defaults(path, args, &mut out);
        let call = self.node(Node::Call { callee, args: out }, node);
        match path {
            Some(path) if !after.is_empty() => {
                self.put_cells_back(call, after, self.giving.contains(&path), node)
            }
            _ => call,
        }
    }

    /// Whether an argument is read before a later one changes a variable.
    pub(super) fn is_early(&self, args: &[Syntax<'t>], arg: Syntax<'t>) -> bool {
        let Some(root) = root_of(arg) else { return false };
        let is_exposed = self.is_exposed(arg);
        let changes = |other: &Syntax<'t>| {
            let mut found = self.touches(*other, root.text());
            walk(*other, &mut |part| {
                found |= matches!(part.kind(), "step_expression" | "assignment" | "compound_assignment");
                found |= is_exposed && self.runs_code(part);
            });
            found && !other.is("lambda")
        };
        args.iter().filter(|other| other.start() > arg.start()).any(changes)
    }

    /// A call of a function, closure or method of the file.
    fn runs_code(&self, node: Syntax<'t>) -> bool {
        let Some(function) = node.field("function").filter(|_| node.is("call_expression")) else {
            return false;
        };
        match function.kind() {
            "identifier" => !matches!(self.look_up(function.text()), Binding::Unknown),
            "field_expression" => {
                function.field("name").is_some_and(|name| self.methods.contains(name.text()))
            }
            _ => true,
        }
    }

    /// A value as it is now.
    pub(super) fn early(&mut self, arg: Syntax<'t>) -> NodeId {
        let kept = self.temp("now", arg);
        let value = self.owned(arg);
        self.push_set(Place::local(kept), value, arg);
        self.use_local(kept, arg)
    }

    fn call_path(&mut self, node: Syntax<'t>, function: Syntax<'t>, args: &[Syntax<'t>]) -> NodeId {
        match self.resolve_path(function) {
            Binding::Fn(path) => self.call_with(Callee::Fn(path), args, node),
            Binding::Local(_) | Binding::Global(_) => {
                let callee = Callee::Value(self.expr(function));
                self.call_with(callee, args, node)
            }
            Binding::Struct(path) => {
                let parts: Vec<_> = args.iter().map(|arg| kept_argument(*arg)).collect();
                let values: Vec<_> = parts.iter().map(|(_, value)| *value).collect();
                let values = self.operands(&values, Self::owned);
                let args =
                    parts.into_iter().zip(values).map(|((kind, _), value)| Arg { kind, value }).collect();
                self.node(Node::Call { callee: Callee::Fn(path), args }, node)
            }
            Binding::Variant(of, name) => {
                let args = self.operands(args, Self::owned).into_iter().map(Arg::positional).collect();
                self.node(Node::Call { callee: Callee::Fn(of.join(name.as_str())), args }, node)
            }
            _ if function.is("identifier") => self.call_builtin(node, function, args),
            _ => self.library_path(node, function, args),
        }
    }

    fn call_builtin(&mut self, node: Syntax<'t>, function: Syntax<'t>, args: &[Syntax<'t>]) -> NodeId {
        let name = function.text();
        match name {
            "print" | "println" | "eprint" | "eprintln" => return self.print(name, args, node, false),
            "Some" | "Ok" | "Err" => {
                let args = self.operands(args, Self::owned);
                return self.call_lib(&format!("ruchy.{name}"), args, node);
            }
            "Box" | "Rc" => {}
            "Set" if args.len() == 1 => {
                let items = self.expr(args[0]);
                return self.call_lib("builtins.set", vec![items], node);
            }
            _ => {}
        }
        if name == "assert" {
            return self.assert(args, node);
        }
        // A list that is written empty has no type to ask.
        if let ("bool", [list]) = (name, args)
            && list.is("list_expression")
            && list.first().is_none()
        {
            return self.constant(Const::Bool(false), node);
        }
        if let ("apply", Some((callee, rest))) = (name, args.split_first()) {
            let callee = Callee::Value(self.expr(*callee));
            return self.call_with(callee, rest, node);
        }
        if OF_LISTS.contains(&name) && args.len() > 1 {
            let values = self.operands(args, |this, arg| match arg.is("lambda") {
                true => this.brief_lambda(arg),
                false => this.expr(arg),
            });
            return self.method_of(values[0], name, values[1..].to_vec(), node);
        }
        if !FUNCTIONS.contains(&name) {
            let why = format!("`{name}` is not defined");
            return self.hole(UNKNOWN_NAME, function, why);
        }
        if let ("assert_eq" | "assert_ne", [a, b, message]) = (name, args) {
            return self.assert_pair(name, (*a, *b), *message, node);
        }
        let args = self.operands(args, Self::expr);
        if let ("panic", [text]) = (name, &args[..]) {
            return self.stop(*text, node);
        }
        match self.builtin(name, args, node) {
            Ok(call) => call,
            Err(hole) => {
                hole.unwrap_or_else(|| self.unsupported(node, "this call has no translation from Ruchy yet"))
            }
        }
    }

    fn assert(&mut self, args: &[Syntax<'t>], node: Syntax<'t>) -> NodeId {
        let mut out = Vec::new();
        if let Some(cond) = args.first() {
            out.push(self.condition(*cond));
        }
        let message = match args.get(1) {
            Some(message) => self.expr(*message),
            None => self.text("", node),
        };
        out.push(message);
        self.call_lib("ruchy.assert", out, node)
    }

    /// `assert_eq(a, b, message)`.
    fn assert_pair(
        &mut self,
        name: &str,
        (a, b): (Syntax<'t>, Syntax<'t>),
        message: Syntax<'t>,
        node: Syntax<'t>,
    ) -> NodeId {
        let pair = self.pair(a, b);
        let op = if name == "assert_eq" { ObjOp::Eq } else { ObjOp::Ne };
        let holds = self.op(op, pair, node);
        let message = self.expr(message);
        self.call_lib("ruchy.assert", vec![holds, message], node)
    }

    /// A function of the language with lowered arguments; `Err` where there is none of that name.
    pub fn builtin(
        &mut self,
        name: &str,
        args: Vec<NodeId>,
        node: Syntax<'t>,
    ) -> Result<NodeId, Option<NodeId>> {
        if !FUNCTIONS.contains(&name) {
            return Err(None);
        }
        let name = match name {
            "str" => "to_string",
            "typeof" | "type" => "type_of",
            "float" => "as_float",
            "int" | "parse_int" => "to_int",
            "parse_float" => "to_float",
            "log" => "ln",
            "chr" | "char" => "as_char",
            "floor" | "ceil" | "round" => {
                let of = self.call_lib(&format!("ruchy.{name}"), args, node);
                return Ok(self.call_lib("ruchy.as_int", vec![of], node));
            }
            // A list has value semantics: the function gives the longer one.
            "push" if args.len() == 2 => {
                let item = self.op(ListOp::New, vec![args[1]], node);
                return Ok(self.op(ObjOp::Add, vec![args[0], item], node));
            }
            "range" => {
                let range = self.call_lib("builtins.range", args, node);
                return Ok(self.call_lib("builtins.list", vec![range], node));
            }
            other => other,
        };
        Ok(self.call_lib(&format!("ruchy.{name}"), args, node))
    }

    fn method_call(&mut self, node: Syntax<'t>, function: Syntax<'t>, args: &[Syntax<'t>]) -> NodeId {
        let (Ok(receiver), Ok(name)) = (self.field(function, "value"), self.field(function, "name")) else {
            return self.nil(node);
        };
        if function.field("operator").is_some_and(|sign| sign.text() == "?.") {
            return self.optional_call(function, args, node);
        }
        let text = name.text();
        if receiver.text() == "None" && matches!(text, "unwrap" | "expect") {
            let message = match args.first() {
                Some(message) => self.expr(*message),
                None => self.text("called `Option::unwrap()` on a `None` value", node),
            };
            return self.stop(message, node);
        }
        if self.objects.function_keys.contains(text)
            && !self.methods.contains(text)
            && !self.is_plain_receiver(receiver)
        {
            let place = match self.target(function, false) {
                Ok(place) => place,
                Err(hole) => return hole,
            };
            let callee = Callee::Value(self.use_place(place, function));
            return self.call_with(callee, args, node);
        }
        if matches!(text, "send" | "ask") && args.len() == 1 && self.is_message(args[0]) {
            return self.send(receiver, args[0], node, text == "ask");
        }
        if let Some(order) = self.order_call(receiver, text, node) {
            return order;
        }
        if self.methods.contains(text) && !(super::nil::may_be_nil(text) && self.is_declared_list(receiver)) {
            return self.own_method(node, receiver, text, args);
        }
        if let Some(call) = self.text_method(node, receiver, text, args) {
            return call;
        }
        if text == "collect" && args.is_empty() {
            return self.collect_call(node, receiver, function);
        }
        if TRANSPARENT.contains(&text) && args.is_empty() {
            return match text {
                "to_vec" if is_range(receiver) => {
                    let items = self.expr(receiver);
                    self.call_lib("ruchy.to_list", vec![items], node)
                }
                "clone" | "to_vec" | "cloned" | "to_owned" => self.owned(receiver),
                _ => self.expr(receiver),
            };
        }
        self.language_call(node, function, args)
    }

    /// What a method of the language is called on.
    fn receiver_of(
        &mut self,
        receiver: Syntax<'t>,
        text: &str,
        args: &[Syntax<'t>],
    ) -> Result<NodeId, NodeId> {
        let over_items = OVER_ITEMS.contains(&text);
        let makes_function = over_items && args.iter().any(|arg| arg.is("call_expression"));
        Ok(match CHANGING.contains(&text) {
            true => {
                let place = self.target_or_value(receiver)?;
                self.use_place(place, receiver)
            }
            // A list without items gets its type from a name.
            false if receiver.is("list_expression") && receiver.first().is_none() => {
                let empty = self.temp("empty", receiver);
                let list = self.expr(receiver);
                self.push_set(Place::local(empty), list, receiver);
                self.use_local(empty, receiver)
            }
            // What makes the list runs before what makes the function that it is given to.
            false if makes_function && root_of(receiver).is_none() => self.made_function(receiver),
            // What walks over a dict gets its entries.
            false if over_items && args.iter().any(|arg| takes_pairs(*arg)) => {
                let of = self.expr(receiver);
                self.call_lib("ruchy.walked", vec![of], receiver)
            }
            false => self.expr(receiver),
        })
    }

    /// A method that every value of its type has.
    fn language_call(&mut self, node: Syntax<'t>, function: Syntax<'t>, args: &[Syntax<'t>]) -> NodeId {
        let (Some(receiver), Some(name)) = (function.field("value"), function.field("name")) else {
            return self.nil(node);
        };
        // `o.take()` leaves `None` behind; `xs.take(n)` leaves all.
        let text = match name.text() {
            "take" if args.is_empty() => "taken",
            // The first one of an iterator that nothing else reads.
            "next" if args.is_empty() && receiver.is("call_expression") => "first_some",
            text => text,
        };
        // What a list gives that is written empty.
        let is_of_nothing = receiver.is("list_expression") && receiver.first().is_none();
        if is_of_nothing
            && matches!(text, "first" | "last" | "min" | "max" | "get")
            && !self.wants_outcome(node)
        {
            args.iter().for_each(|arg| self.effect(*arg));
            return self.nil(node);
        }
        let of = match self.receiver_of(receiver, text, args) {
            Ok(of) => of,
            Err(hole) => return hole,
        };
        if CHANGING.contains(&text)
            && let Some(root) = root_of(receiver).filter(|_| !self.is_of_object(receiver))
        {
            self.check_change(root);
        }
        let keeps = KEEPING.contains(&text);
        let has_kind = |arg: &&Syntax<'t>| matches!(arg.kind(), "named_argument" | "spread");
        if let Some(arg) = args.iter().find(has_kind) {
            return self.unsupported(*arg, "this argument has no translation from Ruchy yet");
        }
        let mut rest = vec![of];
        let all: Vec<Syntax<'t>> = [receiver].into_iter().chain(args.iter().copied()).collect();
        for arg in args {
            let first = self.cx.stmts.len();
            let value = match arg.kind() {
                "call_expression" if OVER_ITEMS.contains(&text) => self.made_function(*arg),
                _ if keeps => self.owned(*arg),
                _ => self.method_argument(*arg),
            };
            if !CHANGING.contains(&text) {
                self.settle(&mut rest, &all, first);
            }
            rest.push(value);
        }
        let of = rest.remove(0);
        let row = self.row_at(text, node, function);
        if text == "parse" && row == "parse" && function.field("type_arguments").is_some() {
            let is_float = function.field("type_arguments").is_some_and(|of| of.text().contains("f64"));
            let row = if is_float { "parsed_float" } else { "parsed_int" };
            return self.method_of(of, row, rest, node);
        }
        self.method_of(of, &row, rest, node)
    }

    /// `a.partial_cmp(&b).unwrap()`: the order of two values, which every two values have that can be compared.
    fn order_call(&mut self, receiver: Syntax<'t>, name: &str, node: Syntax<'t>) -> Option<NodeId> {
        let is_order = |name: &str| matches!(name, "partial_cmp" | "total_cmp");
        let call = match name {
            "unwrap" | "unwrap_or" | "expect" => receiver,
            _ if is_order(name) => node,
            _ => return None,
        };
        let function = call.field("function").filter(|_| call.is("call_expression"))?;
        let asked = function.field("name").filter(|_| function.is("field_expression"))?;
        if !is_order(asked.text()) || self.methods.contains(asked.text()) {
            return None;
        }
        let args = call.field("arguments").map(Syntax::named)?;
        let [other] = args[..] else { return None };
        let pair = self.pair(function.field("value")?, other);
        // Where two values have no order, `unwrap` stops the program.
        let row = match name {
            "unwrap" | "expect" if asked.text() == "partial_cmp" => "ruchy.ordered",
            _ => "ruchy.cmp",
        };
        Some(self.call_lib(row, pair, node))
    }

    /// `items.collect()`: a list, unless the type that is asked for is another one.
    fn collect_call(&mut self, node: Syntax<'t>, receiver: Syntax<'t>, function: Syntax<'t>) -> NodeId {
        let asked = function.field("type_arguments").map(|of| of.text().trim_start_matches('<').trim());
        let declared =
            node.parent().filter(|around| around.is("let_declaration")).and_then(|of| of.field("type"));
        let asked = asked.or(declared.map(Syntax::text)).unwrap_or("");
        let row = match asked.split(['<', ':', '>']).next().unwrap_or("").trim() {
            "String" | "str" => "ruchy.joined",
            "HashMap" | "BTreeMap" => "builtins.dict",
            "HashSet" | "BTreeSet" => "builtins.set",
            _ if is_range(receiver) => "ruchy.to_list",
            // The entries of a dict.
            _ if asked.contains('(') => "ruchy.walked",
            _ => return self.expr(receiver),
        };
        let items = self.expr(receiver);
        self.call_lib(row, vec![items], node)
    }

    fn check_change(&mut self, root: Syntax<'t>) {
        let is_fixed = self.variable(root.text()).is_some_and(|variable| !variable.is_mutable);
        if is_fixed {
            let found = self.report(super::IMMUTABLE, root, format!("`{}` is not mutable", root.text()));
            found.hint(format!("declare it with `let mut {}`", root.text()));
        }
    }

    /// An argument of a method of the language: closures are called at once.
    fn method_argument(&mut self, node: Syntax<'t>) -> NodeId {
        if node.is("lambda") { self.brief_lambda(node) } else { self.expr(node) }
    }

    /// A function that a call makes and a method of a list calls, or that list: it has a name.
    fn made_function(&mut self, node: Syntax<'t>) -> NodeId {
        let kept = self.temp("made", node);
        let value = self.expr(node);
        self.push_set(Place::local(kept), value, node);
        self.use_local(kept, node)
    }

    /// A method that the file defines.
    fn own_method(
        &mut self,
        node: Syntax<'t>,
        receiver: Syntax<'t>,
        name: &'t str,
        args: &[Syntax<'t>],
    ) -> NodeId {
        let changes = self.changing.contains(name);
        let of = match self.target_or_value(receiver) {
            Ok(place) => self.use_place(place, receiver),
            Err(hole) => return hole,
        };
        if changes && let Some(root) = root_of(receiver) {
            self.check_change(root);
        }
        let root = root_of(receiver).filter(|_| changes).map(Syntax::text);
        let mut out = Vec::new();
        for arg in args {
            let (kind, value) = match arg.kind() {
                "named_argument" => {
                    let name = arg.field("name").map_or("", Syntax::text);
                    (ArgKind::Named(Name::new(name)), arg.field("value").unwrap_or(*arg))
                }
                "spread" => (ArgKind::Star, arg.first().unwrap_or(*arg)),
                _ => (ArgKind::Positional, *arg),
            };
            let is_shared = root.is_some() && root_of(value).map(Syntax::text) == root;
            let first = self.cx.stmts.len();
            let value = if is_shared { self.owned(value) } else { self.lent_argument(value) };
            self.settle_args(&mut out, args, first);
            out.push(Arg { kind, value });
        }
        let call = self.node(Node::Call { callee: Callee::Method(of, Name::new(name)), args: out }, node);
        if !self.replacing.contains(name) {
            return call;
        }
        match self.target(receiver, true) {
            Ok(place) => {
                self.push_set(place, call, node);
                self.nil(node)
            }
            Err(hole) => hole,
        }
    }

    /// A method of the language on a lowered receiver.
    pub fn method_of(&mut self, of: NodeId, name: &str, args: Vec<NodeId>, node: Syntax<'t>) -> NodeId {
        let all: Vec<NodeId> = [of].into_iter().chain(args).collect();
        let plain = match name {
            "length" => "len",
            "upper" | "to_upper" => "to_uppercase",
            "lower" | "to_lower" => "to_lowercase",
            "has_key" => "contains_key",
            "fold" => "reduce",
            "each" => "for_each",
            "push_back" => "push",
            "pop_back" => "pop",
            "capitalise" => "capitalize",
            "find_index" | "index" => "position",
            "includes" | "has" => "contains",
            "merged" => "merge",
            other => other,
        };
        let plain = self.nil_row(plain, all.len(), node);
        self.call_lib(&format!("ruchy.{plain}"), all, node)
    }

    /// `println!(..)` and its kin.
    pub fn macro_call(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(name), Some(list)) = (node.field("name"), node.field("arguments")) else {
            return self.nil(node);
        };
        let args = list.named();
        match name.text() {
            "print" | "println" | "eprint" | "eprintln" => self.print(name.text(), &args, node, true),
            "format" => self.format_macro(&args, node),
            "vec" if list.has_token(";") && args.len() == 2 => self.repeated(args[0], args[1], node),
            "vec" => {
                let items = self.operands(&args, Self::owned);
                self.op(ListOp::New, items, node)
            }
            "assert" => self.assert(&args, node),
            "assert_eq" | "assert_ne" if args.len() >= 2 => {
                let pair = self.pair(args[0], args[1]);
                self.call_lib(&format!("ruchy.{}", name.text()), pair, node)
            }
            "dbg" if args.len() == 1 => {
                let value = self.owned(args[0]);
                self.call_lib("ruchy.dbg", vec![value], node)
            }
            "df" => self.dataframe(&args, node),
            "panic" | "todo" | "unreachable" | "unimplemented" => {
                let text = match (name.text(), args.is_empty()) {
                    ("panic", true) => self.text("explicit panic", node),
                    ("todo", true) => self.text("not yet implemented", node),
                    (_, true) => self.text("internal error: entered unreachable code", node),
                    _ => self.format_macro(&args, node),
                };
                self.stop(text, node)
            }
            other => self.unsupported(node, format!("`{other}!` has no translation from Ruchy yet")),
        }
    }
}

/// An argument that a constructor keeps.
fn kept_argument(arg: Syntax<'_>) -> (ArgKind, Syntax<'_>) {
    match (arg.kind(), arg.field("name"), arg.field("value")) {
        ("named_argument", Some(name), Some(value)) => (ArgKind::Named(Name::new(name.text())), value),
        _ => (ArgKind::Positional, arg),
    }
}

/// What `xs.iter()` walks over.
pub(super) fn of_iterator(node: Syntax<'_>) -> Syntax<'_> {
    if node.is("unary_expression") && node.field("operator").is_some_and(|sign| sign.text() == "&") {
        return node.field("value").map_or(node, of_iterator);
    }
    let function = node.field("function").filter(|_| node.is("call_expression"));
    let is_plain = |of: &Syntax<'_>| {
        of.field("name").is_some_and(|name| matches!(name.text(), "iter" | "into_iter" | "iter_mut"))
    };
    function.filter(is_plain).and_then(|of| of.field("value")).map_or(node, of_iterator)
}

/// Whether a function takes pairs apart: `|(k, v)| ..`.
fn takes_pairs(node: Syntax<'_>) -> bool {
    let params = node.field("parameters").filter(|_| node.is("lambda")).map(Syntax::named);
    let first = params.and_then(|params| params.first().copied());
    let pattern = first.map(|first| first.field("pattern").unwrap_or(first));
    pattern.is_some_and(|pattern| {
        let pattern =
            if pattern.is("reference_pattern") { pattern.first().unwrap_or(pattern) } else { pattern };
        pattern.is("tuple_pattern") && pattern.named().len() == 2
    })
}

/// `a..b`, also in parentheses.
fn is_range(node: Syntax<'_>) -> bool {
    node.is("range_expression") || node.is("parenthesized_expression") && node.first().is_some_and(is_range)
}

/// The variable of `&mut x`.
pub(super) fn lent_mutably(node: Syntax<'_>) -> Option<&str> {
    let is_lent = node.is("unary_expression") && node.child("mutable").is_some();
    root_of(node.field("value").filter(|_| is_lent)?).map(Syntax::text)
}
