//! Objects, closed unions, dynamic values.

use super::Printer;
use super::places::Access;
use crate::env::{variant, variant_in};
use crate::names;
use crate::tree::{Expr, Stmt};
use crate::types::Position;
use batuta_base::Name;
use batuta_core::{
    Attr, Callee, ClassKind, ClassOp, Const, Lang, Node, NodeId, Op, OptOp, Pat, RsOp, StmtKind, TupleOp, Ty,
    TyKind, UnionOp, ValueOp,
};

impl Printer<'_, '_> {
    pub(crate) fn class_op(&mut self, op: ClassOp, attr: &Attr, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            ClassOp::New => self.struct_literal(args, ty),
            ClassOp::Up | ClassOp::Down => self.expr(args[0]),
            ClassOp::IsInstance => {
                let class = match attr {
                    Attr::Name(class) => Some(*class),
                    Attr::Ty(ty) => ty.class_path(),
                    _ => None,
                };
                let Some(class) = class else { return self.problem("an instance test without class") };
                let Some(of) = self.body.ty(args[0]).class_path() else {
                    return self.problem("an instance test of something that is no object");
                };
                if self.env.is_exception(of) && self.own_error(args[0]).is_none() {
                    let class = self.exception_class(class);
                    return self.expr(args[0]).method("is_a", vec![Expr::Atom(class)]);
                }
                let is = self.env.program.is_subclass(of, class);
                // A value of the base class may be an object of any subclass: its type does not say.
                if !is
                    && self.env.families.root(class) == self.env.families.root(of)
                    && self.env.family(class).is_some()
                {
                    return self.expr(args[0]).without_ref().method(self.env.test_name(class), vec![]);
                }
                Expr::Atom(is.to_string())
            }
        }
    }

    fn struct_literal(&mut self, args: &[NodeId], ty: Ty) -> Expr {
        let Some(class) = ty.class_path() else { return self.problem("an object without class") };
        let fields = self.env.all_fields(class);
        let path = self.class_type(class);
        let is_shared = self.env.class(class).is_some_and(|class| class.is_shared);
        let mut parts = Vec::new();
        for (field, arg) in fields.iter().zip(args) {
            let mut value = self.owned(*arg);
            if is_shared {
                value = self.celled(field.cell, value);
            }
            parts.push((field.name, value));
        }
        self.env.object_literal(class, &path, parts, self.module, self.uses)
    }

    /// `issubclass` of two classes that are known.
    pub(crate) fn subclass_test(&mut self, class: NodeId, base: NodeId) -> Option<Expr> {
        let (TyKind::TypeOf(class), TyKind::TypeOf(base)) =
            (self.body.ty(class).kind(), self.body.ty(base).kind())
        else {
            return None;
        };
        let is_exception = self.env.class(*class)?.kind == ClassKind::Exception;
        let is_sub = self.env.program.is_subclass(*class, *base);
        (!is_exception).then(|| Expr::Atom(is_sub.to_string()))
    }

    /// The name of the class that a class value stands for: `Dog`, `type(x)`.
    pub(crate) fn class_text(&mut self, node: NodeId) -> Option<Expr> {
        let literal = |class: Name| Expr::Atom(crate::literal::string(class.last()));
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::RsOp(RsOp::Ref | RsOp::Clone), args, .. } => self.class_text(args[0]),
            Node::Item(class) => self.env.class(*class).map(|_| literal(*class)),
            Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.type" => {
                let class = self.body.ty(args[0].value).class_path()?;
                if self.env.class(class)?.kind == ClassKind::Exception {
                    return None;
                }
                if self.env.family(class).is_none() {
                    return Some(literal(class));
                }
                let object = match &self.body.nodes[args[0].value].kind {
                    Node::Use(place, _) => self.place(place, super::places::Access::Read).expr,
                    _ => self.expr(args[0].value).without_ref(),
                };
                Some(object.method("class_name", vec![]))
            }
            _ => None,
        }
    }

    /// The class of an object as a value.
    pub(crate) fn class_of(&mut self, object: NodeId, class: Name) -> Expr {
        if self.env.family(class).is_none() {
            return Expr::Atom(self.exception_class(class));
        }
        let object = match &self.body.nodes[object].kind {
            Node::Use(place, _) => self.place(place, super::places::Access::Read).expr,
            _ => self.expr(object).without_ref(),
        };
        object.method("class", vec![])
    }

    fn celled(&mut self, cell: batuta_core::FieldCell, value: Expr) -> Expr {
        let wrapper = match cell {
            batuta_core::FieldCell::Plain => return value,
            batuta_core::FieldCell::Cell => "Cell",
            batuta_core::FieldCell::RefCell => "RefCell",
        };
        self.uses.paths.insert(format!("std::cell::{wrapper}"));
        Expr::call(format!("{wrapper}::new"), vec![value])
    }

    pub(crate) fn union_op(&mut self, op: UnionOp, attr: &Attr, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            UnionOp::From => {
                let name = self.ty(ty, Position::Stored);
                let member = variant_of(ty, self.body.ty(args[0]).strip_ref());
                if member == "None" {
                    return Expr::Atom(format!("{name}::None"));
                }
                let value = self.owned(args[0]);
                Expr::call(format!("{name}::{member}"), vec![value])
            }
            UnionOp::Is => {
                let Attr::Ty(member) = attr else { return self.problem("a union test without type") };
                let name = self.ty(self.body.ty(args[0]).strip_ref(), Position::Stored);
                let value = match self.expr(args[0]).without_ref() {
                    // A guard is no value of the enum.
                    Expr::Method(of, name, none) if name == "borrow" && none.is_empty() => {
                        Expr::unary("*", Expr::Method(of, name, none))
                    }
                    value => value,
                };
                let member = variant_of(self.body.ty(args[0]).strip_ref(), *member);
                let pat =
                    if member == "None" { format!("{name}::None") } else { format!("{name}::{member}(_)") };
                Expr::Macro("matches".to_owned(), vec![value, Expr::Atom(pat)])
            }
            UnionOp::Truth => {
                let value = match self.by_ref(args[0]) {
                    // What a guard holds, not the guard.
                    Expr::Unary("&", inner) if matches!(&*inner, Expr::Method(_, name, none) if name == "borrow" && none.is_empty()) => {
                        Expr::Unary("&", Box::new(Expr::Unary("*", inner)))
                    }
                    value => value,
                };
                Expr::call(self.rt("truth"), vec![value])
            }
            UnionOp::Get => {
                let member = names::snake(&variant_of(self.body.ty(args[0]).strip_ref(), ty.strip_ref()));
                let value = self.expr(args[0]);
                let member = member.trim_end_matches('_');
                let method = match self.body.ty(args[0]).kind() {
                    TyKind::Ref(_) => format!("as_{member}"),
                    TyKind::RefMut(_) => format!("as_{member}_mut"),
                    _ => format!("into_{member}"),
                };
                value.without_ref().method(method, vec![])
            }
        }
    }

    pub(crate) fn value_op(&mut self, op: ValueOp, attr: &Attr, args: &[NodeId], ty: Ty) -> Expr {
        let value = self.rt("Value");
        let language = match self.body.lang {
            Lang::Ruchy => "ruchy",
            _ => "py",
        };
        let name = match attr {
            Attr::Name(name) => name.as_str(),
            _ => "",
        };
        let text = |name: &str| Expr::Atom(crate::literal::string(name));
        if self.body.lang != Lang::Ruchy {
            let short = match op {
                ValueOp::Index => self.notation("index", args),
                ValueOp::Binary | ValueOp::Unary => self.notation(name, args),
                _ => self.dynamic_method(op, name, args),
            };
            if let Some(short) = short {
                return short;
            }
        }
        match op {
            ValueOp::From => {
                let is_absent =
                    matches!(self.body.nodes[args[0]].kind, Node::Op { op: Op::OptOp(OptOp::None), .. });
                if is_absent || self.body.as_const(args[0]) == Some(&Const::None) {
                    return Expr::Atom(format!("{value}::None"));
                }
                // What never arrives is of any type.
                if *self.body.ty(args[0]).kind() == TyKind::Never {
                    return self.expr(args[0]);
                }
                if matches!(self.body.ty(args[0]).strip().kind(), TyKind::Tuple(items) if items.is_empty()) {
                    let empty = self.rt("Tuple");
                    let empty = Expr::call(format!("{empty}::<{value}>::default"), vec![]);
                    return Expr::call(format!("{value}::from"), vec![empty]);
                }
                if let TyKind::Func(params, _) = self.body.ty(args[0]).strip().kind() {
                    let function = self.function_value(args, params, name);
                    return Expr::call(format!("{value}::from"), vec![function]);
                }
                let arg = match self.typed_empty(args[0]) {
                    Some(empty) => empty,
                    None => match self.text_literal(args[0]) {
                        Some(text) => text,
                        None => self.made_with_type(args[0]),
                    },
                };
                Expr::call(format!("{value}::from"), vec![arg])
            }
            ValueOp::To => {
                let target = self.ty(ty.strip_ref(), Position::Stored);
                self.expr(args[0]).method(format!("to::<{target}>"), vec![])
            }
            ValueOp::Is => {
                let name = match attr {
                    Attr::Ty(of) if *of.strip().kind() == TyKind::Unit => {
                        return self.expr(args[0]).method("is_none", vec![]);
                    }
                    Attr::Ty(of) => match of.class_path() {
                        Some(class) => text(&self.env.instance_name(class)),
                        None => text(&python_type(of.strip())),
                    },
                    Attr::Name(name) => text(&self.env.instance_name(*name)),
                    _ => return self.problem("a type test without type"),
                };
                let value = self.by_ref(args[0]);
                Expr::call("rt::py::is_instance", vec![value, name])
            }
            ValueOp::Binary | ValueOp::Unary | ValueOp::Index => {
                if op == ValueOp::Unary && matches!(name, "truth" | "not") {
                    let truth = match self.python_comparison(args[0]) {
                        Some(answer) => answer,
                        None if self.body.lang == Lang::Ruchy => {
                            Expr::call("rt::ruchy::truth", vec![self.by_ref(args[0])])
                        }
                        None => self.expr(args[0]).method("is_true", vec![]),
                    };
                    return if name == "not" { Expr::unary("!", truth) } else { truth };
                }
                let made =
                    self.python_operator(language, if op == ValueOp::Index { "index" } else { name }, args);
                // Comparisons and lengths have types of their own.
                match name {
                    "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains" | "len"
                        if *ty.kind() == TyKind::Value =>
                    {
                        Expr::call(format!("{value}::from"), vec![made])
                    }
                    _ => made,
                }
            }
            ValueOp::Attr => {
                let of = self.by_ref(args[0]);
                Expr::call(format!("rt::{language}::get_attr"), vec![of, text(name)])
            }
            ValueOp::Method if name == "__slice__" => {
                let parts = args.iter().map(|arg| self.by_ref(*arg)).collect();
                Expr::call(format!("rt::{language}::get_slice"), parts)
            }
            ValueOp::Method if matches!(name, "__setitem__" | "__delitem__") => {
                let parts = vec![self.by_ref(args[0]), self.by_ref(args[1])];
                let value = args.get(2).map(|arg| self.owned(*arg));
                let function = if name == "__setitem__" { "set_item" } else { "del_item" };
                Expr::call(format!("rt::{language}::{function}"), parts.into_iter().chain(value).collect())
            }
            ValueOp::Method if name.ends_with('=') => {
                let of = self.by_ref(args[0]);
                let value = self.owned(args[1]);
                let name = text(name.trim_end_matches('='));
                Expr::call(format!("rt::{language}::set_attr"), vec![of, name, value])
            }
            ValueOp::Method => {
                let receiver = self.by_ref(args[0]);
                let rest = Expr::unary("&", Expr::Array(self.dynamic(&args[1..])));
                Expr::call(format!("rt::{language}::call_method"), vec![receiver, text(name), rest])
            }
            ValueOp::Call => {
                let callee = self.by_ref(args[0]);
                let rest = Expr::unary("&", Expr::Array(self.dynamic(&args[1..])));
                Expr::call(format!("rt::{language}::call"), vec![callee, rest])
            }
            ValueOp::Iter => {
                let of = self.by_ref(args[0]);
                Expr::call(format!("rt::{language}::iter"), vec![of])
            }
        }
    }

    /// What a dynamic value is made of; `rt::DefaultDict::new(..)` says its types where its arguments do not.
    fn made_with_type(&mut self, node: NodeId) -> Expr {
        if let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &self.body.nodes[node].kind
            && args.len() > 1
        {
            return Expr::Tuple(args.iter().map(|arg| self.part_with_type(*arg)).collect());
        }
        let made = self.owned(node);
        let ty = self.body.ty(node);
        let is_open = matches!(ty.kind(), TyKind::Lib(..)) && self.needs_type(node, ty);
        let Expr::Call(callee, args) = made else { return made };
        let text = if is_open { self.ty(ty, Position::Stored) } else { String::new() };
        let typed = match (&*callee, text.split_once('<')) {
            (Expr::Atom(name), Some((head, _))) => name
                .strip_prefix(head)
                .filter(|rest| rest.starts_with("::") && !rest.starts_with("::<"))
                .map(|rest| text.replacen('<', "::<", 1) + rest),
            _ => None,
        };
        match typed {
            Some(name) => Expr::call(name, args),
            None => Expr::Call(callee, args),
        }
    }

    /// A part of a tuple that becomes a dynamic value: nothing else says what an empty one is.
    fn part_with_type(&mut self, node: NodeId) -> Expr {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::OptOp(OptOp::None), .. } => Expr::Atom(format!("{}::None", self.rt("Value"))),
            Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } if args.len() > 1 => {
                Expr::Tuple(args.iter().map(|arg| self.part_with_type(*arg)).collect())
            }
            _ => self.typed_empty(node).unwrap_or_else(|| self.stored_value(node)),
        }
    }

    /// A function as a value: its arguments are read as the types that it takes. `signature` is its name and
    /// its parameters: `f(a, b=, *rest)`; the nodes behind the function are the defaults.
    fn function_value(&mut self, nodes: &[NodeId], params: &[Ty], signature: &str) -> Expr {
        let signature = if signature.is_empty() { "<lambda>" } else { signature };
        let mut function = self.expr(nodes[0]).without_ref();
        // What a closure captures is taken along once.
        let kept = (!matches!(function, Expr::Atom(_)))
            .then(|| std::mem::replace(&mut function, Expr::atom("function")));
        let (value, make) = (self.rt("Value"), self.rt("Function"));
        let mut args = Vec::new();
        for (at, ty) in params.iter().enumerate() {
            let text = self.ty(ty.strip_ref(), Position::Stored);
            let arg = Expr::Atom(format!("args[{at}]")).method(format!("to::<{text}>"), vec![]);
            args.push(if ty.is_copy() { arg } else { Expr::unary("&", arg) });
        }
        let mut call = Expr::Call(Box::new(function), args);
        if let Node::Item(path) = &self.body.nodes[nodes[0]].kind
            && self.env.function(*path).is_some_and(|body| crate::items::is_opaque(body))
            && kept.is_none()
        {
            call = Expr::call(format!("{}::new", self.rt("Iter")), vec![call]);
        }
        let ret = match self.body.ty(nodes[0]).strip().kind() {
            TyKind::Func(_, ret) => *ret,
            _ => Ty::unknown(),
        };
        let result = match ret.kind() {
            TyKind::Unit => {
                let stmts = vec![Stmt::expr(call)];
                let none = Expr::call("Ok", vec![Expr::Atom(format!("{value}::None"))]);
                Expr::Block(
                    String::new(),
                    crate::tree::Block { stmts, tail: Some(Box::new(none)), ..Default::default() },
                )
            }
            // What a generator gives is a dynamic value where other functions give some.
            TyKind::Value if self.is_generator(nodes[0]) => {
                let items = Expr::call(format!("{}::new", self.rt("Iter")), vec![call]);
                Expr::call("Ok", vec![Expr::call(format!("{value}::from"), vec![items])])
            }
            TyKind::Value => Expr::call("Ok", vec![call]),
            _ => Expr::call("Ok", vec![Expr::call(format!("{value}::from"), vec![call])]),
        };
        let code = Expr::Closure(crate::tree::Closure {
            params: if params.is_empty() { "_" } else { "args" }.to_owned(),
            is_move: true,
            ret: None,
            body: Box::new(result),
        });
        let is_bound = signature.contains("(.");
        let signature = Expr::Atom(crate::literal::string(signature));
        let mut made = Expr::call(format!("{make}::new"), vec![signature, code]);
        if nodes.len() > 1 {
            let defaults = nodes[1..].iter().map(|node| self.owned(*node)).collect();
            let defaults = Expr::unary("&", Expr::Array(defaults));
            made = made.method("with_defaults", vec![defaults]);
        }
        if self.env.dynamic.reads("__doc__")
            && let Some(doc) = self.doc_of(nodes[0])
        {
            made = made.method("with_doc", vec![Expr::Atom(crate::literal::string(&doc))]);
        }
        let Some(kept) = kept else { return made };
        let kept = match ret.kind() {
            TyKind::Option(inner) => {
                super::loose::typed_none(kept, &format!("None::<{}>", self.ty(*inner, Position::Stored)))
            }
            _ => kept,
        };
        let mut stmts = Vec::new();
        if is_bound && let Some(owner) = self.owner_of(nodes[0]) {
            let owner = Expr::call(self.rt("owner"), vec![owner]);
            stmts.push(Stmt::bind("owner", None, Some(owner)));
            made = made.method("bound_to", vec![Expr::atom("owner")]);
        }
        stmts.push(Stmt::bind("function", None, Some(kept)));
        let block = crate::tree::Block { stmts, tail: Some(Box::new(made)), ..Default::default() };
        Expr::Block(String::new(), block)
    }

    fn is_generator(&self, function: NodeId) -> bool {
        matches!(&self.body.nodes[function].kind, Node::Item(path)
            if self.env.function(*path).is_some_and(|body| body.is_generator))
    }

    /// The text that describes a function.
    fn doc_of(&self, function: NodeId) -> Option<std::sync::Arc<str>> {
        match &self.body.nodes[function].kind {
            Node::Item(path) => self.env.function(*path).and_then(|body| body.doc.clone()),
            Node::Closure(closure) => closure.doc.clone(),
            Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => self.doc_of(args[0]),
            Node::Block { block, .. } => self.doc_of(self.body.blocks[*block].tail?),
            _ => None,
        }
    }

    /// The shared object whose method a closure calls, as it is before the closure takes a handle along.
    fn owner_of(&mut self, node: NodeId) -> Option<Expr> {
        let mut at = node;
        let mut taken = None;
        let closure = loop {
            match &self.body.nodes[at].kind {
                Node::Block { block, .. } => {
                    let row = &self.body.blocks[*block];
                    taken = row.stmts.first().and_then(|stmt| match &stmt.kind {
                        StmtKind::Let { pat: Pat::Place(to), value: Some(value) } => {
                            Some((to.as_local()?, *value))
                        }
                        StmtKind::Let { pat: Pat::Bind(to, None), value: Some(value) } => Some((*to, *value)),
                        _ => None,
                    });
                    at = row.tail?;
                }
                Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => at = args[0],
                Node::Closure(closure) => break closure,
                _ => return None,
            }
        };
        let Node::Call { callee: Callee::Fn(_) | Callee::Virtual(_), args } =
            &self.body.nodes[self.body.blocks[closure.body].tail?].kind
        else {
            return None;
        };
        let mut receiver = args.first()?.value;
        while let Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } = &self.body.nodes[receiver].kind {
            receiver = args[0];
        }
        let place = |node: NodeId| match &self.body.nodes[node].kind {
            Node::Use(place, _) => Some(place.clone()),
            _ => None,
        };
        let mut found = place(receiver)?;
        if let Some((local, value)) = taken
            && found.as_local() == Some(local)
        {
            found = place(value)?;
        }
        let at = self.place(&found, Access::Read);
        let is_object = at.ty.strip().class_path().is_some();
        match at.ty.kind() {
            TyKind::Shared(_) if is_object => Some(Expr::unary("&", at.expr)),
            TyKind::Ref(inner) if is_object && matches!(inner.kind(), TyKind::Shared(_)) => Some(at.expr),
            _ => None,
        }
    }

    /// A literal text that its context takes as it is: `"x"` for `"x".to_owned()`.
    fn text_literal(&mut self, node: NodeId) -> Option<Expr> {
        let inner = match &self.body.nodes[node].kind {
            Node::Op { op: Op::RsOp(RsOp::ToOwned), args, .. } => args[0],
            _ => node,
        };
        matches!(self.body.as_const(inner), Some(Const::Str(_))).then(|| self.expr(inner))
    }

    /// Arguments of a dynamic call: values of their own.
    fn dynamic(&mut self, args: &[NodeId]) -> Vec<Expr> {
        let mut out = Vec::new();
        for arg in args {
            let value = self.expr(*arg);
            out.push(match self.body.ty(*arg).kind() {
                TyKind::Ref(_) | TyKind::RefMut(_) => value.method("clone", vec![]),
                _ => value,
            });
        }
        out
    }

    /// An operator of the source language on dynamic values.
    fn python_operator(&mut self, language: &str, name: &str, args: &[NodeId]) -> Expr {
        let name = match name {
            "index" => "get_item",
            "truediv" => "true_div",
            "floordiv" => "floor_div",
            "mod" => "rem",
            "and" => "bitand",
            "or" => "bitor",
            "xor" => "bitxor",
            "shl" => "lshift",
            "shr" => "rshift",
            "slice" => "get_slice",
            other => other,
        };
        let parts = args.iter().map(|arg| self.by_ref(*arg)).collect();
        Expr::call(format!("rt::{language}::{name}"), parts)
    }

    /// The `bool` of a comparison of dynamic values, whose truth is asked for.
    fn python_comparison(&mut self, node: NodeId) -> Option<Expr> {
        let Node::Op { op: Op::ValueOp(ValueOp::Binary), attr: Attr::Name(name), args } =
            &self.body.nodes[node].kind
        else {
            return None;
        };
        let is_answer = matches!(name.as_str(), "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains");
        let language = if self.body.lang == Lang::Ruchy { "ruchy" } else { "py" };
        is_answer.then(|| self.python_operator(language, name.as_str(), args))
    }
}

/// The source language's name of a type, for a test of a dynamic value.
fn python_type(ty: Ty) -> String {
    match ty.kind() {
        TyKind::Bool => "bool".to_owned(),
        TyKind::Int(_) => "int".to_owned(),
        TyKind::Float(_) => "float".to_owned(),
        TyKind::Str => "str".to_owned(),
        TyKind::Bytes => "bytes".to_owned(),
        TyKind::List(_) => "list".to_owned(),
        TyKind::Dict(..) => "dict".to_owned(),
        TyKind::Set(_) => "set".to_owned(),
        TyKind::FrozenSet(_) => "frozenset".to_owned(),
        TyKind::Tuple(_) => "tuple".to_owned(),
        TyKind::Class(path, _) | TyKind::Lib(path, _) => path.last().to_owned(),
        _ => "object".to_owned(),
    }
}

/// The variant of a union's member.
fn variant_of(union: Ty, member: Ty) -> String {
    match union.kind() {
        TyKind::Union(items) => variant_in(items, member),
        _ => variant(member),
    }
}
