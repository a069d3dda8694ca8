//! Expressions: numbers, operations on memory, calls.

use super::body::{CPrinter, is_default};
use super::items::{field_tokens, target_name};
use crate::literal;
use crate::tree::Expr;
use batuta_base::Name;
use batuta_core::{self as core, Attr, CIntOp, Callee, Const, IoOp, Node, NodeId, Op, PtrOp, Ty, TyKind};

/// The Rust operator of an arithmetic operation.
pub(crate) fn operator(op: Op) -> &'static str {
    use core::{BoolOp, CmpOp, FloatOp, IntOp};
    match op {
        Op::IntOp(IntOp::Add) | Op::FloatOp(FloatOp::Add) => "+",
        Op::IntOp(IntOp::Sub) | Op::FloatOp(FloatOp::Sub) => "-",
        Op::IntOp(IntOp::Mul) | Op::FloatOp(FloatOp::Mul) => "*",
        Op::IntOp(IntOp::Div) | Op::FloatOp(FloatOp::Div) => "/",
        Op::IntOp(IntOp::Rem) => "%",
        Op::IntOp(IntOp::And) => "&",
        Op::IntOp(IntOp::Or) => "|",
        Op::IntOp(IntOp::Xor) => "^",
        Op::CIntOp(CIntOp::Shl) => "<<",
        Op::CIntOp(CIntOp::Shr) => ">>",
        Op::BoolOp(BoolOp::And) => "&&",
        Op::BoolOp(BoolOp::Or) => "||",
        Op::CmpOp(CmpOp::Eq) => "==",
        Op::CmpOp(CmpOp::Ne) => "!=",
        Op::CmpOp(CmpOp::Lt) => "<",
        Op::CmpOp(CmpOp::Le) => "<=",
        Op::CmpOp(CmpOp::Gt) => ">",
        Op::CmpOp(CmpOp::Ge) => ">=",
        _ => "",
    }
}

impl CPrinter<'_, '_> {
    pub(crate) fn expr(&mut self, node: NodeId) -> Expr {
        let body = self.body;
        let row = &body.nodes[node];
        match &row.kind {
            Node::Const(value) => self.constant(value, row.ty, false),
            Node::Use(place, _) => self.use_place(place, row.ty),
            Node::Op { op, attr, args } => self.op(*op, attr, args, row.ty),
            Node::Call { callee, args } => {
                let args: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
                self.call(callee, &args, row.ty)
            }
            Node::Item(path) => self.item(*path, row.ty),
            Node::Closure(closure) => {
                let params: Vec<String> = closure.params.iter().map(|param| self.name(param.local)).collect();
                let block = self.block(closure.body);
                Expr::closure(params.join(", "), Expr::Block(String::new(), block))
            }
            Node::Hole { why, .. } => {
                Expr::Macro("todo".to_owned(), vec![Expr::atom(format!("\"{}\"", literal::format_text(why)))])
            }
            _ => self.control(node),
        }
    }

    /// The expression with its type visible where it is a literal.
    pub(crate) fn typed(&mut self, node: NodeId) -> Expr {
        let body = self.body;
        match &body.nodes[node].kind {
            Node::Const(value) => self.constant(value, body.ty(node), true),
            Node::Op {
                op: op @ (Op::IntOp(_) | Op::FloatOp(_) | Op::CIntOp(CIntOp::Shl | CIntOp::Shr)),
                args,
                ..
            } if args.len() == 2 => {
                let a = self.typed(args[0]);
                let b = self.expr(args[1]);
                a.binary(operator(*op), b)
            }
            Node::Op { op: Op::IntOp(core::IntOp::Invert), args, .. } => {
                let of = self.typed(args[0]);
                Expr::unary("!", of)
            }
            Node::Op { op: Op::IntOp(core::IntOp::Neg) | Op::FloatOp(core::FloatOp::Neg), args, .. } => {
                let of = self.typed(args[0]);
                Expr::unary("-", of)
            }
            Node::Op { op: Op::PtrOp(PtrOp::Null), .. } => {
                let to = self.ty(body.ty(node).children()[0]);
                self.uses.runtime.insert("Ptr");
                Expr::atom(format!("Ptr::<{to}>::NULL"))
            }
            _ if self.is_literal(node) && !is_default(body.ty(node)) => self.saying_type(node),
            _ => self.expr(node),
        }
    }

    /// An expression of literals alone, the first of which says its type.
    fn saying_type(&mut self, node: NodeId) -> Expr {
        let mut out = self.expr(node);
        let ty = self.ty(self.body.ty(node));
        say_type(&mut out, &ty);
        out
    }

    /// A number of objects, of any type that counts.
    pub(crate) fn count(&mut self, node: NodeId) -> Expr {
        let is_small = matches!(self.body.as_const(node),
            Some(Const::Int(digits)) if digits.parse::<i32>().is_ok());
        if is_small { self.expr(node) } else { self.typed(node) }
    }

    /// What a method is called on: a bare literal has no type there.
    fn receiver(&mut self, node: NodeId) -> Expr {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::PtrOp(PtrOp::Of), args, .. } => self.expr(args[0]),
            Node::Const(value) => {
                let ty = self.body.ty(node);
                let made = self.number(value, ty, true, true);
                Expr::atom(made)
            }
            Node::Op { op: Op::PtrOp(_), .. } => self.typed(node),
            _ if self.is_literal(node) => self.saying_type(node),
            Node::If { .. } | Node::Block { .. } | Node::Match { .. } => self.expr(node),
            _ => self.typed(node),
        }
    }

    fn number(&mut self, value: &Const, ty: Ty, suffixed: bool, always: bool) -> String {
        let text = match value {
            Const::Int(digits) if ty.is_float() => format!("{digits}.0"),
            Const::Int(digits) => literal::grouped(digits),
            Const::Float(value) if *ty.kind() == TyKind::Float(core::FloatWidth::F32) => single(*value),
            Const::Float(value) => literal::float(*value),
            _ => String::new(),
        };
        let is_negative_nan =
            matches!(value, Const::Float(value) if value.is_nan() && value.is_sign_negative());
        let text = if is_negative_nan { format!("-{text}") } else { text };
        let has_name = text.contains("::");
        if suffixed && !has_name && (always || !is_default(ty)) {
            let ty = self.ty(ty);
            return format!("{text}_{ty}");
        }
        text
    }

    fn constant(&mut self, value: &Const, ty: Ty, suffixed: bool) -> Expr {
        match value {
            Const::None => Expr::atom("()"),
            Const::Bool(value) => Expr::atom(value.to_string()),
            Const::Bytes(bytes) => {
                let text = Expr::atom(literal::bytes(bytes));
                match ty.kind() {
                    TyKind::Array(item, _) if *item.kind() == TyKind::Int(core::Width::U8) => {
                        Expr::unary("*", text)
                    }
                    TyKind::Array(_, count) => {
                        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
                        if bytes.len() < end + 2 {
                            return Expr::call(self.c("chars"), vec![text]);
                        }
                        let own = Expr::atom(literal::bytes(&bytes[..end]));
                        Expr::call(format!("{}::<{count}>", self.c("padded")), vec![own])
                    }
                    _ => text,
                }
            }
            number => {
                let text = self.number(number, ty, suffixed, false);
                match text.strip_prefix('-') {
                    Some(digits) => Expr::unary("-", Expr::atom(digits)),
                    None => Expr::atom(text),
                }
            }
        }
    }

    /// The value of a static.
    pub(crate) fn constant_value(&mut self, node: NodeId) -> Expr {
        self.expr(node)
    }

    fn item(&mut self, path: Name, ty: Ty) -> Expr {
        let is_function = matches!(ty.children().first().map(|ty| ty.kind()), Some(TyKind::Func(..)));
        if !is_function {
            return Expr::atom(self.env.path(path, self.module, self.uses));
        }
        let name = target_name(self.env, path);
        let home = if path.as_str().starts_with("c.") { self.env.program.entry } else { Some(path.parent()) };
        match home {
            Some(home) if home == self.module => Expr::atom(name),
            Some(home) if self.env.program.entry == Some(home) => Expr::atom(format!("crate::{name}")),
            Some(home) => {
                let module = self.env.names.module(home);
                self.uses.modules.insert(module.clone());
                Expr::atom(format!("{module}::{name}"))
            }
            None => Expr::atom(name),
        }
    }

    fn op(&mut self, op: Op, attr: &Attr, args: &[NodeId], ty: Ty) -> Expr {
        use core::{BoolOp, FloatOp, IntOp};
        match op {
            Op::PtrOp(op) => self.ptr(op, attr, args, ty),
            Op::IoOp(op) => self.print(op, args[0]),
            Op::IntOp(IntOp::Neg) | Op::FloatOp(FloatOp::Neg) => {
                let of = self.expr(args[0]);
                Expr::unary("-", of)
            }
            Op::IntOp(IntOp::Invert) | Op::BoolOp(BoolOp::Not) => {
                let of = self.expr(args[0]);
                Expr::unary("!", of)
            }
            Op::CIntOp(CIntOp::Neg) => self.receiver(args[0]).method("wrapping_neg", vec![]),
            Op::CIntOp(CIntOp::Add) => self.wrapping("wrapping_add", args),
            Op::CIntOp(CIntOp::Sub) => self.wrapping("wrapping_sub", args),
            Op::CIntOp(CIntOp::Mul) => self.wrapping("wrapping_mul", args),
            Op::CIntOp(CIntOp::Char) => {
                let value = if let Attr::Int(value) = attr { *value as u8 } else { 0 };
                let text = format!("b{}", literal::character(value as char));
                match ty.kind() {
                    TyKind::Int(core::Width::U8) => Expr::atom(text),
                    _ => {
                        let to = self.ty(ty);
                        Expr::atom(text).cast(to)
                    }
                }
            }
            Op::CIntOp(CIntOp::As) => {
                let to = self.ty(ty);
                self.typed(args[0]).cast(to)
            }
            Op::ListOp(core::ListOp::Repeat) => {
                let (item, count) = (self.expr(args[0]), self.expr(args[1]));
                Expr::Repeat("[", Box::new(item), Box::new(count))
            }
            Op::ListOp(_) => {
                let items = args.iter().map(|arg| self.expr(*arg)).collect();
                Expr::Array(items)
            }
            Op::ClassOp(_) => self.record(args, ty),
            _ => {
                let (a, b) = self.operands(op, args);
                a.binary(operator(op), b)
            }
        }
    }

    /// Two operands; one at least shows its type.
    fn operands(&mut self, op: Op, args: &[NodeId]) -> (Expr, Expr) {
        let is_literal = |node: NodeId| self.is_literal(node);
        let compares = matches!(op, Op::CmpOp(_));
        let (first, second) = (is_literal(args[0]), is_literal(args[1]));
        let is_shift = matches!(op, Op::CIntOp(_));
        let a = if compares && first && second || is_shift && first {
            self.typed(args[0])
        } else {
            self.expr(args[0])
        };
        // Nothing else says the type of a count.
        let b = if is_shift && second { self.count(args[1]) } else { self.expr(args[1]) };
        (a, b)
    }

    /// Made of literals alone: nothing in it says its type.
    fn is_literal(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Const(_) | Node::Op { op: Op::PtrOp(PtrOp::Null), .. } => true,
            Node::Op { op: Op::IntOp(_) | Op::FloatOp(_), args, .. } => {
                args.iter().all(|arg| self.is_literal(*arg))
            }
            Node::Op { op: Op::CIntOp(CIntOp::Shl | CIntOp::Shr), args, .. } => self.is_literal(args[0]),
            Node::If { then, els: Some(els), .. } => {
                self.ends_in_literal(*then) && self.ends_in_literal(*els)
            }
            Node::Block { label: None, block } => self.ends_in_literal(*block),
            _ => false,
        }
    }

    fn ends_in_literal(&self, block: core::BlockId) -> bool {
        self.body.blocks[block].tail.is_some_and(|tail| self.is_literal(tail))
    }

    fn wrapping(&mut self, method: &str, args: &[NodeId]) -> Expr {
        let of = self.receiver(args[0]);
        let by = self.expr(args[1]);
        of.method(method, vec![by])
    }

    fn record(&mut self, args: &[NodeId], ty: Ty) -> Expr {
        let TyKind::Class(path, _) = ty.kind() else { return self.problem("a record of no type") };
        let fields: Vec<String> = self.env.image.records[path]
            .fields
            .iter()
            .map(|field| crate::names::snake(field.name.as_str()))
            .collect();
        let name = self.env.path(*path, self.module, self.uses);
        let values = fields.into_iter().zip(args).map(|(field, arg)| (field, self.expr(*arg))).collect();
        Expr::Struct(name, values)
    }

    /// The constant that stands for a field.
    fn token(&mut self, record: Ty, field: Name) -> Expr {
        let of = record.children().first().copied().unwrap_or(record);
        match of.kind() {
            TyKind::Class(path, _) => {
                let def = &self.env.image.records[path];
                let at = def.fields.iter().position(|row| row.name == field);
                let token = at
                    .map_or_else(|| crate::names::upper(field.as_str()), |at| field_tokens(def)[at].clone());
                let name = self.env.path(*path, self.module, self.uses);
                Expr::atom(format!("{name}::{token}"))
            }
            _ => {
                let name = self.ty(of);
                Expr::atom(format!("{name}::{}", crate::names::upper(field.as_str())))
            }
        }
    }

    fn ptr(&mut self, op: PtrOp, attr: &Attr, args: &[NodeId], ty: Ty) -> Expr {
        let field = match attr {
            Attr::Name(name) => *name,
            _ => Name::new(""),
        };
        match op {
            PtrOp::Null => {
                self.uses.runtime.insert("Ptr");
                Expr::atom("Ptr::NULL")
            }
            PtrOp::Load => self.receiver(args[0]).method("load", vec![]),
            PtrOp::Store => {
                let (at, value) = (self.receiver(args[0]), self.expr(args[1]));
                at.method("store", vec![value])
            }
            PtrOp::Offset | PtrOp::Item => {
                let at = self.receiver(args[0]);
                let index = self.count(args[1]);
                at.method(if op == PtrOp::Offset { "offset" } else { "item" }, vec![index])
            }
            PtrOp::Diff => {
                let (a, b) = (self.receiver(args[0]), self.expr(args[1]));
                a.method("diff", vec![b])
            }
            PtrOp::First => self.receiver(args[0]).method("first", vec![]),
            PtrOp::Get | PtrOp::At => {
                let at = self.receiver(args[0]);
                let token = self.token(self.body.ty(args[0]), field);
                at.method(if op == PtrOp::Get { "get" } else { "at" }, vec![token])
            }
            PtrOp::Set => {
                let at = self.receiver(args[0]);
                let token = self.token(self.body.ty(args[0]), field);
                let value = self.expr(args[1]);
                at.method("set", vec![token, value])
            }
            // `(struct node *)0` is a null pointer of that type.
            PtrOp::Cast
                if matches!(self.body.nodes[args[0]].kind, Node::Op { op: Op::PtrOp(PtrOp::Null), .. }) =>
            {
                let to = self.ty(ty.children()[0]);
                self.uses.runtime.insert("Ptr");
                Expr::atom(format!("Ptr::<{to}>::NULL"))
            }
            PtrOp::Cast => {
                let to = self.ty(ty.children()[0]);
                self.receiver(args[0]).method(format!("cast::<{to}>"), vec![])
            }
            PtrOp::Addr => self.receiver(args[0]).method("addr", vec![]),
            PtrOp::FromAddr => {
                let to = self.ty(ty.children()[0]);
                self.uses.runtime.insert("Ptr");
                let value = self.expr(args[0]);
                Expr::call(format!("Ptr::<{to}>::from_addr"), vec![value])
            }
            PtrOp::IsNull => self.receiver(args[0]).method("is_null", vec![]),
            PtrOp::Local => {
                let value = self.typed(args[0]);
                let value = self.with_type(args[0], value);
                Expr::call(self.c("local"), vec![value])
            }
            PtrOp::LocalArray => {
                let item = self.ty(ty.children()[0]);
                let count = self.typed(args[0]);
                let function = self.c("local_array");
                Expr::call(format!("{function}::<{item}>"), vec![count])
            }
            PtrOp::Of => self.expr(args[0]).method("ptr", vec![]),
            PtrOp::Text => self.text(args[0]),
            PtrOp::Zero => self.zero(ty),
            PtrOp::Define => {
                let (at, value) = (self.expr(args[0]), self.expr(args[1]));
                Expr::call(self.c("define"), vec![at, value])
            }
            PtrOp::Args => {
                let values = args.iter().map(|arg| self.argument(*arg)).collect();
                Expr::Macro(self.c("args"), values)
            }
        }
    }

    /// A value whose type nothing else says: arrays of numbers get it from their first item.
    fn with_type(&mut self, node: NodeId, value: Expr) -> Expr {
        let ty = self.body.ty(node);
        match (value, ty.kind()) {
            (Expr::Array(mut items), TyKind::Array(..)) if !items.is_empty() => {
                if let Node::Op { args, .. } = &self.body.nodes[node].kind {
                    let first = args[0];
                    let made = self.typed(first);
                    items[0] = self.with_type(first, made);
                }
                Expr::Array(items)
            }
            (value, _) => value,
        }
    }

    /// An argument behind `...`.
    fn argument(&mut self, node: NodeId) -> Expr {
        let is_record = matches!(self.body.ty(node).kind(), TyKind::Class(..) | TyKind::Array(..));
        let value = self.typed(node);
        if is_record { Expr::call(self.c("Whole"), vec![value]) } else { value }
    }

    fn text(&mut self, node: NodeId) -> Expr {
        let Some(Const::Bytes(bytes)) = self.body.as_const(node) else {
            return self.problem("a text of no bytes");
        };
        let macro_name = self.c("text");
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => {
                Expr::Macro(macro_name, vec![Expr::atom(literal::string(text))])
            }
            _ => {
                let mut all = bytes.to_vec();
                all.push(0);
                let function = self.c("literal");
                Expr::call(function, vec![Expr::atom(literal::bytes(&all))])
            }
        }
    }

    pub(crate) fn zero(&mut self, ty: Ty) -> Expr {
        match ty.kind() {
            TyKind::Array(item, count) if self.is_constant || is_plain(*item) => {
                let item = self.zero(*item);
                Expr::Repeat("[", Box::new(item), Box::new(Expr::atom(count.to_string())))
            }
            TyKind::Int(_) | TyKind::Float(_) => {
                let zero = if ty.is_float() { Const::Float(0.0) } else { Const::Int("0".into()) };
                self.constant(&zero, ty, !self.is_constant)
            }
            TyKind::Bool => Expr::atom("false"),
            TyKind::Lib(name, args) if *name == "c.Ptr" => {
                self.uses.runtime.insert("Ptr");
                if self.is_constant {
                    return Expr::atom("Ptr::NULL");
                }
                let to = self.ty(args[0]);
                Expr::atom(format!("Ptr::<{to}>::NULL"))
            }
            TyKind::Class(path, _) if self.is_constant && !self.env.image.records[path].is_bytes => {
                let fields = self.env.image.records[path].fields.iter();
                let fields: Vec<(String, Ty)> =
                    fields.map(|field| (crate::names::snake(field.name.as_str()), field.ty)).collect();
                let name = self.env.path(*path, self.module, self.uses);
                Expr::Struct(name, fields.into_iter().map(|(field, ty)| (field, self.zero(ty))).collect())
            }
            _ => {
                let text = self.ty(ty);
                let function = self.c("zero");
                Expr::call(format!("{function}::<{text}>"), vec![])
            }
        }
    }

    fn call(&mut self, callee: &Callee, args: &[NodeId], ty: Ty) -> Expr {
        match callee {
            Callee::Fn(path) => {
                let name = self.env.path(*path, self.module, self.uses);
                let args = args.iter().map(|arg| self.expr(*arg)).collect();
                Expr::call(name, args)
            }
            Callee::Lib(path) if path.parent().as_str() == "ffi" => {
                self.uses.modules.insert("ffi".to_owned());
                let args = args.iter().map(|arg| self.expr(*arg)).collect();
                Expr::call(path.as_str().replace('.', "::"), args)
            }
            Callee::Lib(path) => {
                let mut name = self.c(path.last());
                if path.last() == "va_arg" {
                    let ty = self.ty(ty);
                    name = format!("{name}::<{ty}>");
                }
                let args = args.iter().map(|arg| self.expr(*arg)).collect();
                Expr::call(name, args)
            }
            Callee::Value(target) => {
                self.uses.runtime.insert("Function");
                let target = self.receiver(*target);
                let args: Vec<Expr> = args.iter().map(|arg| self.typed(*arg)).collect();
                target.method("call", vec![Expr::Tuple(args)])
            }
            _ => self.problem("a call that C does not have"),
        }
    }

    fn print(&mut self, op: IoOp, text: NodeId) -> Expr {
        let name = match op {
            IoOp::Print => "print",
            IoOp::PrintLn => "println",
            IoOp::EPrint => "eprint",
            IoOp::EPrintLn => "eprintln",
        };
        self.uses.runtime.insert(name);
        let Node::Format(pieces) = &self.body.nodes[text].kind else {
            return self.problem("a text of no pieces");
        };
        let mut args = self.format(pieces);
        if args.is_empty() && matches!(op, IoOp::Print | IoOp::EPrint) {
            args.push(Expr::atom("\"\""));
        }
        Expr::Macro(name.to_owned(), args)
    }
}

/// Adds a type to the number that an expression begins with.
fn say_type(of: &mut Expr, ty: &str) {
    match of {
        Expr::Atom(text) if text.starts_with(|c: char| c.is_ascii_digit()) && !text.ends_with(ty) => {
            text.push_str(&format!("_{ty}"));
        }
        Expr::Unary(_, inner) | Expr::Binary(inner, ..) => say_type(inner, ty),
        Expr::If(branch) => {
            if let Some(tail) = &mut branch.then.tail {
                say_type(tail, ty);
            }
        }
        Expr::Block(_, block) => {
            if let Some(tail) = &mut block.tail {
                say_type(tail, ty);
            }
        }
        _ => {}
    }
}

fn is_plain(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool => true,
        TyKind::Lib(name, _) => *name == "c.Ptr",
        TyKind::Array(item, _) => is_plain(*item),
        _ => false,
    }
}

fn single(value: f64) -> String {
    if value.is_nan() {
        return "f32::NAN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "f32::INFINITY" } else { "f32::NEG_INFINITY" }.to_owned();
    }
    format!("{:?}", value as f32)
}
