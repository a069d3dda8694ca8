//! Calls: functions, methods, library rows.

use super::Printer;
use super::shared::shared_spelling;
use crate::method_names::method_name;
use crate::names;
use crate::template;
use crate::tree::Expr;
use crate::types::Position;
use batuta_base::Name;
use batuta_catalog as catalog;
use batuta_core::{Arg, Attr, Body, Callee, CmpOp, Const, Mir, NodeId, Op, RsOp, Ty, TyKind};

/// Methods of the extension traits that no type of std or the runtime has by itself.
const EXTENSIONS: &[&str] = &[
    "at",
    "at_mut",
    "set_at",
    "swap_at",
    "len_i64",
    "pop_at",
    "pop_last",
    "del_at",
    "set_slice",
    "del_slice",
    "char_len",
    "char_at",
    "char_slice",
    "find_char",
    "rfind_char",
    "char_index",
    "char_rindex",
    "split_ws",
    "split_words",
    "split_sep",
    "rsplit_ws",
    "rsplit_sep",
    "strip_chars",
    "lstrip_chars",
    "rstrip_chars",
    "join_iter",
    "zfill",
    "center",
    "ljust",
    "rjust",
    "expandtabs",
    "capitalize",
    "swapcase",
    "casefold",
    "is_title",
    "is_digit",
    "is_alpha",
    "is_alnum",
    "is_space",
    "is_upper",
    "is_lower",
    "is_numeric",
    "is_decimal",
    "is_identifier",
    "is_printable",
    "starts_with_any",
    "ends_with_any",
    "remove_prefix",
    "remove_suffix",
    "translate",
    "char_iter",
    "or_raise",
];

impl Printer<'_, '_> {
    pub(crate) fn call(&mut self, callee: &Callee, args: &[Arg], ty: Ty) -> Expr {
        if let Some(class) = self.is_exception_call(callee) {
            let nodes: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
            return self.new_exception(class, &nodes);
        }
        match callee {
            Callee::Fn(path) => {
                let call = self.call_fn(*path, args);
                self.boxed_future(*path, call)
            }
            Callee::Virtual(path) => {
                let mut parts = self.arguments(args);
                if let Some(callee) = self.env.function(*path).cloned() {
                    self.lend_iterators(&callee, args, &mut parts);
                }
                if parts.is_empty() {
                    return self.problem("a virtual call without receiver");
                }
                let receiver = parts.remove(0);
                let receiver = self.error_data(receiver, args[0].value, path.parent());
                let name = self
                    .env
                    .function(*path)
                    .map_or_else(|| names::function(*path), |body| method_name(self.env, body));
                let call = receiver.method(name, parts);
                self.boxed_future(*path, call)
            }
            Callee::New(class) => {
                let mut parts = self.arguments(args);
                for (part, arg) in parts.iter_mut().zip(args) {
                    // The object may keep it.
                    if matches!(self.body.ty(arg.value).kind(), TyKind::Iter(_)) {
                        *part = self.moving_chain(std::mem::replace(part, Expr::atom("")));
                    }
                }
                let args = self.untyped_defaults(args, parts);
                let path = self.class_type(*class);
                Expr::call(format!("{path}::{}", self.env.constructor_name(*class)), args)
            }
            Callee::Lib(name) => {
                let outer = std::mem::replace(&mut self.hands_functions, false);
                let call = self.call_lib(*name, args, ty);
                self.hands_functions = outer;
                call
            }
            Callee::Value(node) => {
                let mut callee = match &self.body.nodes[*node].kind {
                    // Its body is checked before the arguments say which types the parameters have.
                    batuta_core::Node::Closure(closure) => self.closure(&closure.clone(), true),
                    _ => self.expr(*node),
                };
                if let (batuta_core::Node::If { .. }, TyKind::Shared(_)) =
                    (&self.body.nodes[*node].kind, self.body.ty(*node).kind())
                {
                    let ty = self.ty(self.body.ty(*node), Position::Stored);
                    callee = super::seq::cast_made(callee, &ty);
                }
                let callee = callee.receiver();
                let args = self.arguments(args);
                Expr::Call(Box::new(callee), args)
            }
            Callee::Method(..) | Callee::Super(_) => self.problem("an unresolved call at Mir"),
        }
    }

    fn arguments(&mut self, args: &[Arg]) -> Vec<Expr> {
        let outer = std::mem::replace(&mut self.hands_functions, true);
        let parts = args.iter().map(|arg| self.expr(arg.value)).collect();
        self.hands_functions = outer;
        parts
    }

    /// Iterators go by `&mut` to a function that takes them by `dyn`.
    fn lend_iterators(&self, callee: &Body<Mir>, args: &[Arg], parts: &mut [Expr]) {
        if !crate::items::lends_iterators(self.env, callee) {
            return;
        }
        for (part, arg) in parts.iter_mut().zip(args) {
            if matches!(self.body.ty(arg.value).strip_ref().kind(), TyKind::Iter(_)) {
                let params: Vec<String> = match crate::items::lends_iterators(self.env, self.body) {
                    true => self.body.params.iter().map(|param| names::snake(param.name.as_str())).collect(),
                    false => Vec::new(),
                };
                *part = match std::mem::replace(part, Expr::atom("")) {
                    Expr::Method(of, name, args) if name == "by_ref" && args.is_empty() => match *of {
                        Expr::Atom(own) if params.contains(&own) => Expr::Atom(own),
                        of => Expr::unary("&mut ", of),
                    },
                    part => Expr::unary("&mut ", part),
                };
            }
        }
    }

    fn call_fn(&mut self, path: Name, args: &[Arg]) -> Expr {
        if let Some(value) = self.default_value(path) {
            return value;
        }
        let Some(callee) = self.env.function(path).cloned() else {
            return self.problem(&format!("a call of `{path}`, which is not in the program"));
        };
        let class = path.parent();
        if path.last() == "__eq__"
            && self.env.family(class).is_none()
            && self.env.class(class).is_some()
            && crate::classes::compares_self(&callee, class)
        {
            return self.compare(CmpOp::Eq, args[0].value, args[1].value);
        }
        let kept = args.iter().enumerate().filter(|(index, _)| !self.env.is_dropped(&callee, *index));
        let kept: Vec<Arg> = kept.map(|(_, arg)| arg.clone()).collect();
        let mut parts = self.arguments(&kept);
        self.lend_iterators(&callee, &kept, &mut parts);
        super::lent::lend_lists(&callee, &mut parts);
        if callee.has_receiver() && !parts.is_empty() {
            let receiver = parts.remove(0);
            let receiver = self.error_data(receiver, kept[0].value, path.parent());
            return receiver.method(self.env.member_name(&callee), parts);
        }
        Expr::call(self.function_path(&callee), parts)
    }

    /// `f`, `module::f`, `Class::f`.
    pub(crate) fn function_path(&mut self, callee: &Body<Mir>) -> String {
        let path = callee.path;
        let class = path.parent();
        if self.env.class(class).is_none() {
            let own = self.env.fn_name(path);
            return self.env.item_path(path, &own, self.module, self.uses);
        }
        format!("{}::{}", self.class_type(class), self.env.member_name(callee))
    }

    /// The Rust type of a class's objects: `Self` in its own methods.
    pub(crate) fn class_type(&mut self, class: Name) -> String {
        let root = self.env.rust_class(class);
        let home = self.body.path.parent();
        if self.env.class(home).is_some() && self.env.rust_class(home) == root && self.in_impl {
            return "Self".to_owned();
        }
        self.env.item_path(root, &self.env.type_name(root), self.module, self.uses)
    }

    fn call_lib(&mut self, name: Name, args: &[Arg], ty: Ty) -> Expr {
        if let ("type.name", [of]) = (name.as_str(), args)
            && let Some(text) = self.class_text(of.value)
        {
            return text.method("to_owned", vec![]);
        }
        if let Some(value) = self.enum_call(name, args) {
            return value;
        }
        if let Some(call) = self.dynamic_call(name, args) {
            return call;
        }
        if let ("builtins.type", [of]) = (name.as_str(), args)
            && let Some(class) = self.body.ty(of.value).class_path()
        {
            return self.class_of(of.value, class);
        }
        // No object of a class below it is held here as one of this class.
        if let ("type.name", [of]) = (name.as_str(), args)
            && let Some(class) = self.body.ty(of.value).class_path()
            && self.env.family(class).is_none()
            && self.env.class(class).is_some_and(|def| def.kind != batuta_core::ClassKind::Exception)
        {
            return super::expr::to_owned_text(Expr::Atom(crate::literal::string(class.last())));
        }
        if let ("error.args", [of]) = (name.as_str(), args)
            && let Some(object) = self.own_error(of.value)
        {
            return Expr::call("rt::arg_values", vec![Expr::unary("&", object.field("args"))]);
        }
        if let ("error.class_name", [of]) = (name.as_str(), args)
            && let Some(object) = self.own_error(of.value)
        {
            let class = Expr::call(self.rt("Exception::class"), vec![object]);
            return class.method("name", vec![]).method("to_owned", vec![]);
        }
        if name == "error.new_args" {
            return self.error_arguments(args);
        }
        if let ("builtins.issubclass" | "class.is_a", [class, base]) = (name.as_str(), args)
            && let Some(answer) = self.subclass_test(class.value, base.value)
        {
            return answer;
        }
        if let ("builtins.ord", [of]) = (name.as_str(), args)
            && let Some(Const::Str(text)) = self.text_const(of.value)
            && text.len() == 1
        {
            let letter = crate::literal::character(text.chars().next().unwrap_or_default());
            return Expr::call("i64::from", vec![Expr::Atom(format!("b{letter}"))]);
        }
        if let ("builtins.list", [of]) = (name.as_str(), args)
            && let Some(copy) = self.list_copy(of.value)
        {
            return copy;
        }
        if let [of] = args
            && matches!(name.as_str(), "builtins.any" | "builtins.all")
            && let Some(found) = self.search(of.value, name == "builtins.all")
        {
            return found;
        }
        if let [of] = args
            && self.body.ty(of.value).is_char()
        {
            return self.char_call(name, of.value);
        }
        let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(arg.value)).collect();
        let Some(row) = catalog::select(name.as_str(), &tys) else {
            return self.problem(&format!("`{name}` has no row in the catalogue"));
        };
        let mut nodes: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
        if let Some(op) = row.op {
            nodes.truncate(row.params.len());
            return self.op(op, &Attr::None, &nodes, ty);
        }
        let borrows = matches!(ty.kind(), TyKind::Iter(item) if item.any(&mut |ty| matches!(ty.kind(), TyKind::Ref(_))))
            || matches!(ty.kind(), TyKind::Ref(_));
        let widens = ty.is_big() && matches!(row.result.kind(), TyKind::Int(batuta_core::Width::Any));
        let spelling = match (row.rust_ref, row.rust_big) {
            (Some(spelling), _) if borrows => spelling,
            (_, Some(spelling)) if widens => spelling,
            // Nothing but `None` is there, or absent.
            _ if tys.first().is_some_and(|ty| holds_nothing(*ty)) && row.rust.ends_with(".flatten()") => {
                &row.rust.replace(".flatten()", ".unwrap_or(())")
            }
            _ if name == "builtins.str" && tys.first().is_some_and(|ty| ty.strip_ref().is_int()) => {
                "{0}.to_string()"
            }
            _ => row.rust,
        };
        let take = row.params.first().map_or(catalog::Take::Keep, |param| param.take);
        let spelling = &tys.first().map_or(spelling.to_owned(), |ty| shared_spelling(spelling, *ty, take));
        let mut parts = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let param = row.param(index, nodes.len());
            let is_iter = param.is_some_and(|param| matches!(param.ty.kind(), TyKind::Iter(_)))
                && !matches!(self.body.ty(*node).kind(), TyKind::RefMut(_));
            parts.push(match self.typed_empty(*node) {
                Some(empty) if is_iter => empty.method("into_iter", vec![]),
                Some(empty) if spelling.contains(&format!("{{{index}}}.")) => empty,
                _ if is_iter => {
                    let items = super::loose::typed(self.iterator(*node));
                    // An iterator that has no name is lent where it stands.
                    let is_lent = param.is_some_and(|param| param.take == catalog::Take::Write)
                        && !spelling.contains(&format!("{{{index}}}."));
                    if is_lent { Expr::unary("&mut ", items) } else { items }
                }
                _ => {
                    let mut part = self.lib_argument(*node, param);
                    // The first of what a closure gives on says the type of all.
                    if param.is_some_and(|param| super::seq::is_folded(row, param)) {
                        part = self.cast_function(*node, part);
                    }
                    match param {
                        Some(param) if index > 0 || !spelling.starts_with("{0}.") => {
                            self.lent_plain(*node, param, part)
                        }
                        _ => part,
                    }
                }
            });
        }
        let keeps =
            catalog::keeps_function(row.name.as_str()) || row.name == "asyncio.Task.add_done_callback";
        let is_factory = row.name == "collections.defaultdict";
        let is_kept = |part: &Expr| keeps || is_factory && !matches!(part, Expr::Closure(_));
        parts =
            parts.into_iter().map(|part| if is_kept(&part) { kept_closure(part) } else { part }).collect();
        // The runtime's functions take what can be iterated as it is.
        for (index, part) in parts.iter_mut().enumerate() {
            let is_argument = spelling.starts_with("rt::") && !spelling.contains(&format!("{{{index}}}."));
            if let (true, Expr::Method(items, name, args)) = (is_argument, &mut *part)
                && name == "into_iter"
                && args.is_empty()
            {
                *part = std::mem::replace(items, Expr::atom(""));
            }
        }
        let spelling = &*numbered(spelling, row, nodes.len());
        let copies_keys = tys.first().and_then(|ty| ty.strip().children().first().copied());
        let spelling = match copies_keys {
            Some(key) if self.env.is_copy(key) => &spelling.replace("key.clone()", "*key"),
            _ => spelling,
        };
        for param in row.params.iter().skip(nodes.len()) {
            parts.extend(param.default.as_ref().map(|value| {
                let is_option = matches!(param.ty.kind(), TyKind::Option(_)) && *value != Const::None;
                let value = default_argument(value);
                if is_option { Expr::call("Some", vec![value]) } else { value }
            }));
        }
        // These take any future.
        if matches!(
            row.name.as_str(),
            "asyncio.run" | "asyncio.create_task" | "asyncio.ensure_future" | "asyncio.wait_for"
        ) && let Some(future) = parts.first_mut()
        {
            *future = self.unboxed(std::mem::replace(future, Expr::atom("")));
        }
        // A method of a literal needs its type.
        for (index, part) in parts.iter_mut().enumerate() {
            let is_literal = match part {
                Expr::Atom(_) => true,
                Expr::Unary("-", _) | Expr::Binary(..) => super::loose::is_loose(part),
                _ => false,
            };
            if spelling.contains(&format!("{{{index}}}.")) && is_literal {
                *part = super::loose::typed(std::mem::replace(part, Expr::atom("")));
            }
        }
        // Neither operators nor functions of any kind of path or key look through a guard.
        for (index, part) in parts.iter_mut().enumerate() {
            let is_path = row.param(index, nodes.len()).is_some_and(|param| {
                matches!(param.ty.kind(), TyKind::Lib(name, _) if *name == "Path")
                    && !spelling.contains(&format!("{{{index}}}."))
            });
            let is_next = matches!(row.name.as_str(), "builtins.next" | "builtins.hash" | "copy.deepcopy")
                && index == 0;
            let is_value =
                row.param(index, nodes.len()).is_some_and(|param| *param.ty.kind() == TyKind::Value)
                    && !spelling.starts_with("rt::py::")
                    && !spelling.contains(&format!("{{{index}}}."));
            let is_key = index > 0
                && row
                    .param(index, nodes.len())
                    .is_some_and(|param| matches!(param.ty.kind(), TyKind::Var(_)));
            // An item of a list of lists is a list.
            if is_key && matches!(self.body.ty(nodes[index]).strip_ref().kind(), TyKind::List(_)) {
                *part = match std::mem::replace(part, Expr::atom("")) {
                    Expr::Unary("&", display) if matches!(*display, Expr::Array(_)) => {
                        let Expr::Array(items) = *display else { unreachable!("tested") };
                        Expr::unary("&", Expr::Macro("vec".to_owned(), items))
                    }
                    other => other,
                };
            }
            if is_path || is_value || is_next || is_key || is_operand(spelling, index) {
                *part = super::ops::explicit(std::mem::replace(part, Expr::atom("")));
            }
        }
        if row.name == "Argument.convert"
            && let Some(last) = parts.last_mut()
        {
            *last = super::lent::called_by_itself(std::mem::replace(last, Expr::atom("")));
        }
        self.scan_spelling(spelling, tys.first().copied());
        row.uses.iter().for_each(|path| {
            self.uses.paths.insert((*path).to_owned());
        });
        let result = if spelling.contains("{R}") { self.ty(ty, Position::Stored) } else { String::new() };
        let made = match template::fill(spelling, &parts, &result) {
            // Numbers and their like are copied by reading them.
            Expr::Method(read, name, none)
                if name == "clone"
                    && none.is_empty()
                    && spelling != "{0}.clone()"
                    && self.env.is_copy(ty) =>
            {
                Expr::unary("*", *read)
            }
            made => made,
        };
        let made = if row.fallible { self.tried(made) } else { self.of_open_type(made, ty) };
        // An iterator of the library gives plain numbers where unlimited ones are wanted.
        if let (TyKind::Iter(item), TyKind::Iter(given)) = (ty.kind(), row.result.kind())
            && item.is_big()
            && matches!(given.kind(), TyKind::Int(_))
            && result.is_empty()
        {
            let int = self.rt("Int");
            return made.method("map", vec![Expr::atom(format!("{int}::from"))]);
        }
        if !widens || row.rust_big.is_some() || !result.is_empty() {
            return made;
        }
        let int = self.rt("Int");
        Expr::call(format!("{int}::from"), vec![made])
    }

    /// A new container of which nothing says what it could hold: any type will do, as for `[]`.
    fn of_open_type(&mut self, made: Expr, ty: Ty) -> Expr {
        let parts = ty.children();
        let is_open = !parts.is_empty()
            && matches!(ty.kind(), TyKind::Lib(..) | TyKind::FrozenSet(_))
            && parts.iter().all(|part| *part.kind() == TyKind::Unit);
        match made {
            Expr::Call(callee, args) if is_open => {
                let function = match &*callee {
                    Expr::Atom(path) if path.ends_with("::new") => "new",
                    Expr::Atom(path) if path.ends_with("::default") => "default",
                    _ => return Expr::Call(callee, args),
                };
                let owner = self.ty(ty, Position::Stored).replacen('<', "::<", 1);
                Expr::call(format!("{owner}::{function}"), args)
            }
            made => made,
        }
    }

    /// A function of text for the one character that a loop binds.
    fn char_call(&mut self, name: Name, of: NodeId) -> Expr {
        let of = self.expr(of);
        let method = match name.as_str().split('#').next().unwrap_or_default() {
            "builtins.ord" => {
                return Expr::call("i64::from", vec![Expr::call("u32::from", vec![of])]);
            }
            "str.upper" => return of.method("to_uppercase", vec![]).method("to_string", vec![]),
            "str.lower" => return of.method("to_lowercase", vec![]).method("to_string", vec![]),
            "str.isdigit" => "is_python_digit",
            "str.isalpha" => "is_alpha",
            "str.isalnum" => "is_alnum",
            "str.isspace" => "is_space",
            "str.isupper" => "is_upper",
            "str.islower" => "is_lower",
            other => return self.problem(&format!("`{other}` of a character")),
        };
        self.uses.prelude = true;
        of.method(method, vec![])
    }

    /// The value of a `Result`, or the error goes on: to the caller of a fallible function, else by unwinding.
    pub(crate) fn tried(&mut self, result: Expr) -> Expr {
        match result {
            // A fallible row is tried by itself.
            result @ Expr::Try(_) => result,
            Expr::Method(of, name, args) if name == "or_raise" => Expr::Method(of, name, args),
            result if self.in_fallible() => Expr::Try(Box::new(result)),
            result => self.raising(result),
        }
    }

    /// The value of a `Result`, or its error unwinds.
    pub(crate) fn raising(&mut self, result: Expr) -> Expr {
        self.uses.prelude = true;
        result.method("or_raise", vec![])
    }

    /// An argument as the row takes it: text that is kept is owned, `none` is `None`.
    fn lib_argument(&mut self, node: NodeId, param: Option<&catalog::ParamRow>) -> Expr {
        if param.is_some_and(|param| matches!(param.ty.kind(), TyKind::Func(..))) {
            self.untyped = self.closure_at_end(node);
        }
        let expr = self.expr(node);
        let Some(param) = param else { return expr };
        let is_none = matches!(self.body.as_const(node), Some(Const::None));
        match param.ty.kind() {
            TyKind::Option(_) if is_none => Expr::atom("None"),
            TyKind::Option(_) if !matches!(self.body.ty(node).strip_ref().kind(), TyKind::Option(_)) => {
                Expr::call("Some", vec![expr])
            }
            // A container holds iterators of any kind.
            TyKind::Var(_)
                if param.take == catalog::Take::Keep
                    && matches!(self.body.ty(node).kind(), TyKind::Iter(_))
                    && matches!(
                        self.body.nodes[node].kind,
                        batuta_core::Node::Call { .. } | batuta_core::Node::Seq { .. }
                    ) =>
            {
                self.kept_iterator(node, expr)
            }
            // A class is a constant: lent where a key is.
            TyKind::Var(_) if param.take == catalog::Take::Read && self.is_class_item(node) => {
                Expr::unary("&", expr)
            }
            _ => expr,
        }
    }

    /// The closure that a block gives, or that takes its captures along.
    fn closure_at_end(&self, node: NodeId) -> Option<NodeId> {
        let tail = match self.body.nodes[node].kind {
            batuta_core::Node::Block { block, .. } => self.body.blocks[block].tail?,
            _ => node,
        };
        match &self.body.nodes[tail].kind {
            batuta_core::Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => args.first().copied(),
            _ => None,
        }
    }

    fn is_class_item(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, batuta_core::Node::Item(_))
            && matches!(self.body.ty(node).kind(), TyKind::TypeOf(_))
    }

    /// Notes what a spelling needs in scope.
    pub(crate) fn scan(&mut self, spelling: &str) {
        self.scan_spelling(spelling, None);
    }

    pub(crate) fn scan_spelling(&mut self, spelling: &str, receiver: Option<Ty>) {
        self.uses.rt |= spelling.contains("rt::");
        self.uses.np |= spelling.starts_with("np::");
        let is_std = receiver.is_none_or(|ty| {
            matches!(ty.strip_ref().kind(), TyKind::List(_) | TyKind::Str | TyKind::Bytes | TyKind::Array(..))
                || matches!(ty.strip_ref().kind(), TyKind::Lib(name, _) if *name == "tuple")
        });
        let has = |name: &str| spelling.contains(&format!(".{name}("));
        self.uses.prelude |= (is_std
            && (EXTENSIONS.iter().any(|name| has(name)) || spelling.contains(".py_")))
            || has("or_raise");
    }

    // ---- errors ----------------------------------------------------------------------------

    /// The runtime's or the project's constant for an exception class.
    /// What an `async fn` gives, with a type that can be kept.
    pub(crate) fn boxed_future(&mut self, path: Name, call: Expr) -> Expr {
        match self.env.function(path) {
            Some(body) if body.is_async && !body.is_generator => {
                self.uses.rt = true;
                Expr::call(super::control::COROUTINE, vec![call])
            }
            _ => call,
        }
    }

    /// Members of an enum class, looked up or all.
    fn enum_call(&mut self, name: Name, args: &[Arg]) -> Option<Expr> {
        let TyKind::TypeOf(class) = self.body.ty(args.first()?.value).strip_ref().kind() else { return None };
        let path = |this: &mut Self| this.class_type(*class);
        Some(match name.as_str() {
            "enum.members" => Expr::Atom(format!("{}::ALL", path(self))),
            "enum.by_value" => {
                let ty = self.body.ty(args[1].value);
                let value = match ty.kind() {
                    TyKind::Str => self.by_ref(args[1].value),
                    _ => self.operand(args[1].value),
                };
                Expr::call(format!("{}::of_value", path(self)), vec![value])
            }
            "enum.by_name" => {
                let value = self.by_ref(args[1].value);
                let value = match value {
                    Expr::Unary("&", inner) => Expr::unary("&", plain_text(*inner)),
                    value => value,
                };
                let value = match value {
                    Expr::Unary("&", inner) if matches!(&*inner, Expr::Atom(text) if text.starts_with('"')) => {
                        *inner
                    }
                    value => value,
                };
                Expr::call(format!("{}::of_name", path(self)), vec![value])
            }
            _ => return None,
        })
    }

    // ---- Rust's own ------------------------------------------------------------------------

    /// The innermost function around here returns a `Result`.
    pub(crate) fn in_fallible(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.fallible)
    }
}

/// A text argument that the callee turns into its own: literals need no copy.
pub(crate) fn plain_text(text: Expr) -> Expr {
    match text {
        Expr::Method(inner, name, args) if name == "to_owned" && args.is_empty() => *inner,
        text => text,
    }
}

/// A spelling with `{name}` as the number of the argument that the parameter of this name takes.
fn numbered<'s>(spelling: &'s str, row: &catalog::Row, count: usize) -> std::borrow::Cow<'s, str> {
    let mut out = std::borrow::Cow::Borrowed(spelling);
    for name in row.params.iter().filter_map(|param| param.name) {
        let hole = format!("{{{name}}}");
        if out.contains(&hole)
            && let Some(at) = row.argument(name.as_str(), count)
        {
            out = std::borrow::Cow::Owned(out.replace(&hole, &format!("{{{at}}}")));
        }
    }
    out
}

pub(crate) fn default_argument(value: &Const) -> Expr {
    Expr::Atom(match value {
        Const::None => "None".to_owned(),
        Const::Bool(value) => value.to_string(),
        Const::Int(digits) => digits.to_string(),
        Const::Float(value) => crate::literal::float(*value),
        Const::Str(text) => crate::literal::string(text),
        _ => "()".to_owned(),
    })
}

/// A dict whose values are all `None`.
fn holds_nothing(ty: Ty) -> bool {
    matches!(ty.strip().kind(), TyKind::Dict(_, value) if *value.kind() == TyKind::Unit)
}

/// Whether an argument is an operand of an operator in a spelling: `{0} / {1}`.
fn is_operand(spelling: &str, index: usize) -> bool {
    let hole = format!("{{{index}}}");
    ["+", "-", "*", "/", "%"].iter().any(|sign| {
        spelling.contains(&format!("{hole} {sign} ")) || spelling.contains(&format!(" {sign} {hole}"))
    })
}

/// A closure that is kept takes what it reads along.
fn kept_closure(expr: Expr) -> Expr {
    match expr {
        Expr::Closure(closure) => Expr::Closure(crate::tree::Closure { is_move: true, ..closure }),
        // The callee keeps it in a box of its own.
        Expr::Call(function, mut args) if matches!(&*function, Expr::Atom(name) if name == "Rc::new") => {
            kept_closure(args.remove(0))
        }
        Expr::Block(label, mut block) => {
            block.tail = block.tail.map(|tail| Box::new(kept_closure(*tail)));
            Expr::Block(label, block)
        }
        expr => expr,
    }
}
