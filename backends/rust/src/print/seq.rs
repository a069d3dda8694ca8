//! Text, bytes, lists, dicts, sets, ranges, iterators, comprehensions.

use super::control::Exit;
use super::expr::to_owned_text;
use super::ops::by_ref;
use super::{Frame, Printer};
use crate::literal;
use crate::tree::{Block, Expr, Stmt};
use crate::types::Position;
use batuta_core::{
    Attr, BytesOp, Clause, Const, DictOp, IterOp, ListOp, Mode, Node, NodeId, ObjOp, Op, OptOp, Pat, RangeOp,
    SetOp, Sink, StrOp, Ty, TyKind, Width,
};

impl Printer<'_, '_> {
    pub(crate) fn str_op(&mut self, op: StrOp, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            StrOp::Concat => self.concat(args),
            StrOp::Repeat => {
                let text = self.expr(args[0]).receiver();
                self.repeat(text, args[1])
            }
            StrOp::Truth => {
                let empty = self.expr(args[0]).method("is_empty", vec![]);
                Expr::unary("!", empty)
            }
            StrOp::Len if *ty.kind() == TyKind::Int(Width::Usize) => {
                self.expr(args[0]).method("chars", vec![]).method("count", vec![])
            }
            StrOp::Len => self.prelude_method(args[0], "char_len", vec![]),
            StrOp::At => {
                let at = self.operand(args[1]);
                let c = self.prelude_method(args[0], "char_at", vec![at]);
                if *ty.kind() == TyKind::Str { to_owned_text(c) } else { c }
            }
            StrOp::Slice => {
                let parts = self.slice_args(&args[1..]);
                self.prelude_method(args[0], "char_slice", parts)
            }
            StrOp::Contains => {
                let part = self.text_pattern(args[1]);
                self.expr(args[0]).method("contains", vec![part])
            }
        }
    }

    pub(crate) fn prelude_method(&mut self, of: NodeId, name: &str, args: Vec<Expr>) -> Expr {
        let is_shared = matches!(self.body.ty(of).strip_ref().kind(), TyKind::Shared(_));
        self.uses.prelude |= !is_shared;
        self.expr(of).method(name, args)
    }

    /// What `contains` looks for: a character where the text is one.
    fn text_pattern(&mut self, node: NodeId) -> Expr {
        if self.body.ty(node).is_char() {
            return self.expr(node);
        }
        if let Some(Const::Str(text)) = self.body.as_const(node) {
            let mut chars = text.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                return Expr::Atom(literal::character(c));
            }
            return Expr::Atom(literal::string(text));
        }
        self.by_ref(node)
    }

    /// `a + b`: pushes onto an owned text, else formats all parts.
    fn concat(&mut self, args: &[NodeId]) -> Expr {
        let mut parts = Vec::new();
        args.iter().for_each(|arg| self.collect_concat(*arg, &mut parts));
        let first_is_new = match &self.body.nodes[parts[0]].kind {
            Node::Use(_, mode) => {
                matches!(mode, Mode::Move | Mode::Take) && *self.body.ty(parts[0]).kind() == TyKind::Str
            }
            Node::Const(_) => false,
            _ => *self.body.ty(parts[0]).kind() == TyKind::Str,
        };
        if first_is_new && parts.len() == 2 {
            let left = self.expr(parts[0]);
            let right = self.by_ref(parts[1]);
            return left.binary("+", right);
        }
        self.format_parts_of(&parts)
    }

    pub(crate) fn collect_concat(&self, node: NodeId, parts: &mut Vec<NodeId>) {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::StrOp(StrOp::Concat), args, .. } => {
                args.iter().for_each(|arg| self.collect_concat(*arg, parts));
            }
            _ => parts.push(node),
        }
    }

    /// `s += value`.
    pub(crate) fn push_text(&mut self, target: Expr, value: NodeId) -> Expr {
        if let Some(Const::Str(text)) = self.text_const(value) {
            let mut chars = text.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                return target.method("push", vec![Expr::Atom(literal::character(c))]);
            }
            return target.method("push_str", vec![Expr::Atom(literal::string(&text))]);
        }
        if self.body.ty(value).is_char() {
            let value = self.expr(value);
            return target.method("push", vec![value]);
        }
        let value = self.by_ref(value);
        target.method("push_str", vec![value])
    }

    /// The constant text of a node, also through `rs.to_owned`.
    pub(crate) fn text_const(&self, node: NodeId) -> Option<Const> {
        match &self.body.nodes[node].kind {
            Node::Const(value @ Const::Str(_)) => Some(value.clone()),
            Node::Op { op: Op::RsOp(batuta_core::RsOp::ToOwned), args, .. } => self.text_const(args[0]),
            _ => None,
        }
    }

    /// `value * count` of text or lists.
    pub(crate) fn repeat(&mut self, value: Expr, count: NodeId) -> Expr {
        let is_usize = *self.body.ty(count).strip_ref().kind() == TyKind::Int(Width::Usize);
        let constant = self.int_const(count);
        let count = self.operand(count);
        if is_usize || constant.is_some_and(|n| n >= 0) {
            return value.method("repeat", vec![count]);
        }
        self.uses.prelude = true;
        value.method("py_repeat", vec![count])
    }

    /// Start, stop, step of a slice as the runtime takes them.
    pub(crate) fn slice_args(&mut self, parts: &[NodeId]) -> Vec<Expr> {
        let mut out = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let inner = match &self.body.nodes[*part].kind {
                Node::Op { op: Op::OptOp(OptOp::Some), args, .. } => Some(args[0]),
                _ => None,
            };
            let part = inner.as_ref().unwrap_or(part);
            let is_none = matches!(
                &self.body.nodes[*part].kind,
                Node::Const(Const::None) | Node::Op { op: Op::OptOp(OptOp::None), .. }
            );
            let is_option = matches!(self.body.ty(*part).kind(), TyKind::Option(_));
            out.push(match (is_none, index) {
                (true, 2) => Expr::atom("1"),
                (true, _) => Expr::atom("None"),
                (false, 2) if is_option => self.expr(*part).method("unwrap_or", vec![Expr::atom("1")]),
                (false, 2) => self.operand(*part),
                (false, _) if is_option => self.expr(*part),
                (false, _) => {
                    let bound = self.operand(*part);
                    Expr::call("Some", vec![bound])
                }
            });
        }
        out
    }

    pub(crate) fn bytes_op(&mut self, op: BytesOp, args: &[NodeId]) -> Expr {
        match op {
            BytesOp::Concat => {
                let parts = args
                    .iter()
                    .map(|arg| self.by_ref(*arg).without_ref().method("as_slice", vec![]))
                    .collect();
                Expr::Array(parts).method("concat", vec![])
            }
            BytesOp::Repeat => {
                let value = self.expr(args[0]).receiver();
                self.repeat(value, args[1])
            }
            BytesOp::Len => self.expr(args[0]).method("len", vec![]).cast("i64"),
            BytesOp::At => {
                let at = self.operand(args[1]);
                let byte = self.prelude_method(args[0], "at", vec![at]);
                Expr::call("i64::from", vec![Expr::unary("*", byte)])
            }
            BytesOp::Slice => {
                let parts = self.slice_args(&args[1..]);
                self.prelude_method(args[0], "py_slice", parts)
            }
            BytesOp::Contains => {
                let part = self.by_ref(args[1]);
                self.expr(args[0]).method("contains", vec![part])
            }
            BytesOp::Truth => {
                let empty = self.expr(args[0]).method("is_empty", vec![]);
                Expr::unary("!", empty)
            }
        }
    }

    pub(crate) fn list_op(&mut self, op: ListOp, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            ListOp::New => self.list_new(args, ty),
            ListOp::Repeat => self.list_repeat(args),
            ListOp::Concat => {
                let is_shared = matches!(self.body.ty(args[1]).strip_ref().kind(), TyKind::Shared(_));
                let other = match is_shared {
                    true => Expr::unary("&", self.expr(args[1]).method("to_vec", vec![])),
                    false => self.by_ref(args[1]),
                };
                self.prelude_method(args[0], "py_concat", vec![other])
            }
            ListOp::Len if matches!(self.body.ty(args[0]).strip_ref().kind(), TyKind::Shared(_)) => {
                self.expr(args[0]).method("len_i64", vec![])
            }
            ListOp::Len => self.length(args[0], ty),
            ListOp::Slice => {
                let parts = self.slice_args(&args[1..]);
                self.prelude_method(args[0], "py_slice", parts)
            }
            ListOp::Contains => self.list_contains(args),
            ListOp::Truth => {
                let empty = self.expr(args[0]).method("is_empty", vec![]);
                Expr::unary("!", empty)
            }
        }
    }

    fn length(&mut self, of: NodeId, ty: Ty) -> Expr {
        let len = self.expr(of).method("len", vec![]);
        if *ty.kind() == TyKind::Int(Width::Usize) { len } else { len.cast("i64") }
    }

    fn is_splat(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, Node::Op { op: Op::ObjOp(ObjOp::Splat), .. })
    }

    fn list_new(&mut self, args: &[NodeId], ty: Ty) -> Expr {
        if args.is_empty() {
            return self.open_empty("Vec", ty);
        }
        if ty.strip().children().iter().any(|item| lends_text(*item)) {
            let items = args.iter().map(|arg| self.literal_item(*arg)).collect();
            return Expr::Array(items);
        }
        if !args.iter().any(|arg| self.is_splat(*arg)) {
            let mut items: Vec<Expr> = Vec::new();
            for arg in args {
                // The first function of a list says the type of all.
                let item = if items.is_empty() { self.stored_value(*arg) } else { self.owned(*arg) };
                items.push(item);
            }
            return Expr::Macro("vec".to_owned(), items);
        }
        let mut parts: Vec<Expr> = Vec::new();
        let mut run = Vec::new();
        for arg in args {
            match &self.body.nodes[*arg].kind {
                Node::Op { op: Op::ObjOp(ObjOp::Splat), args, .. } => {
                    if !run.is_empty() {
                        parts.push(Expr::Array(std::mem::take(&mut run)));
                    }
                    parts.push(self.spread_part(args[0]));
                }
                _ => run.push(self.owned(*arg)),
            }
        }
        if !run.is_empty() {
            parts.push(Expr::Array(run));
        }
        if parts.len() == 1 {
            return parts.remove(0).method("to_vec", vec![]);
        }
        let full = || Expr::Range(None, None, false);
        let parts = parts.into_iter().map(|part| Expr::unary("&", part.index(full()))).collect();
        Expr::Array(parts).method("concat", vec![])
    }

    /// An item whose texts stay literals.
    fn literal_item(&mut self, node: NodeId) -> Expr {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::TupleOp(batuta_core::TupleOp::New), args, .. }
                if lends_text(self.body.ty(node)) =>
            {
                Expr::Tuple(args.clone().into_iter().map(|arg| self.literal_item(arg)).collect())
            }
            Node::Const(Const::Str(_)) if lends_text(self.body.ty(node)) => self.expr(node),
            _ => self.owned(node),
        }
    }

    /// What `*part` in a display stands for: the list itself, or the list of an iterator's items.
    fn spread_part(&mut self, part: NodeId) -> Expr {
        if let Node::Op { op: Op::IterOp(_), args, .. } = &self.body.nodes[part].kind
            && is_sequence(self.body.ty(args[0]))
        {
            return self.by_ref(args[0]).without_ref();
        }
        if is_sequence(self.body.ty(part)) {
            return self.by_ref(part).without_ref();
        }
        let lends =
            matches!(self.body.ty(part).kind(), TyKind::Iter(item) if matches!(item.kind(), TyKind::Ref(_)));
        let iter = self.iterator(part);
        let iter = if lends { iter.method("cloned", vec![]) } else { iter };
        iter.method("collect::<Vec<_>>", vec![])
    }

    fn list_repeat(&mut self, args: &[NodeId]) -> Expr {
        let single = match &self.body.nodes[args[0]].kind {
            Node::Op { op: Op::ListOp(ListOp::New), args, .. } if args.len() == 1 => Some(args[0]),
            _ => None,
        };
        let is_usize = *self.body.ty(args[1]).strip_ref().kind() == TyKind::Int(Width::Usize);
        let is_safe = is_usize || self.int_const(args[1]).is_some_and(|n| n >= 0);
        if let (Some(item), true) = (single, is_safe) {
            let item = self.owned(item);
            let count = self.operand(args[1]);
            return Expr::Repeat("vec![", Box::new(item), Box::new(count));
        }
        let list = match single {
            Some(item) => Expr::Array(vec![self.owned(item)]),
            None => self.expr(args[0]),
        };
        let count = self.operand(args[1]);
        self.uses.prelude = true;
        list.method("py_repeat", vec![count])
    }

    fn list_contains(&mut self, args: &[NodeId]) -> Expr {
        let item_ty = match self.body.ty(args[0]).strip().kind() {
            TyKind::List(item) => *item,
            _ => Ty::unknown(),
        };
        let is_borrowed_text =
            *item_ty.kind() == TyKind::Str && *self.body.ty(args[1]).kind() == TyKind::Ref(Ty::str());
        let item = self.expr(args[1]);
        let list = self.expr(args[0]);
        match item {
            item @ Expr::Unary("&", _) => list.method("contains", vec![item]),
            item if is_borrowed_text => list
                .method("iter", vec![])
                .method("any", vec![Expr::closure("item", Expr::atom("item").binary("==", item))]),
            item if matches!(self.body.ty(args[1]).kind(), TyKind::Ref(_)) => {
                list.method("contains", vec![item])
            }
            item => list.method("contains", vec![by_ref(item)]),
        }
    }

    /// An element of a display; a stored function says its type, which Rust does not see from the others.
    pub(crate) fn stored_value(&mut self, node: NodeId) -> Expr {
        let value = self.owned(node);
        let ty = self.body.ty(node);
        match ty.strip_shared().kind() {
            TyKind::Func(..) if matches!(ty.kind(), TyKind::Shared(_)) => {
                let text = self.stored(ty);
                cast_made(value, &text)
            }
            _ => value,
        }
    }

    /// An empty container of which nothing says what it could hold: any type will do.
    fn open_empty(&mut self, name: &str, ty: Ty) -> Expr {
        let is_open = ty.strip().children().iter().all(|part| *part.kind() == TyKind::Unit);
        let args = match ty.strip().kind() {
            TyKind::Dict(..) => "::<(), ()>",
            _ => "::<()>",
        };
        Expr::call(format!("{name}{}::new", if is_open { args } else { "" }), vec![])
    }

    /// An empty container with its type, for places that do not say it: `Vec::<i64>::new()`.
    pub(crate) fn typed_empty(&mut self, node: NodeId) -> Option<Expr> {
        let row = &self.body.nodes[node];
        let Node::Op { op, args, .. } = &row.kind else { return None };
        let is_new = matches!(op, Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New));
        if !is_new || !args.is_empty() {
            return None;
        }
        let ty = self.ty(row.ty.strip(), Position::Stored);
        Some(Expr::call(format!("{}::new", ty.replacen('<', "::<", 1)), vec![]))
    }

    /// `{**base, key: value}`: runs of pairs laid over each other.
    fn dict_new(&mut self, args: &[NodeId], ty: Ty) -> Expr {
        let dict = self.rt("Dict");
        if args.is_empty() {
            return self.open_empty(&dict, ty);
        }
        let mut parts: Vec<Expr> = Vec::new();
        let mut run: Vec<Expr> = Vec::new();
        let mut at = 0;
        while at < args.len() {
            if let Node::Op { op: Op::ObjOp(ObjOp::SplatDict), args: inner, .. } =
                &self.body.nodes[args[at]].kind
            {
                if !run.is_empty() {
                    parts.push(Expr::call(
                        format!("{dict}::from"),
                        vec![Expr::Array(std::mem::take(&mut run))],
                    ));
                }
                let is_alone = args.len() == 1;
                let is_shared = matches!(self.body.ty(inner[0]).strip_ref().kind(), TyKind::Shared(_));
                parts.push(match (is_shared, is_alone) {
                    (true, false) => self.expr(inner[0]).without_ref().method("borrow", vec![]),
                    (true, true) => {
                        self.expr(inner[0]).without_ref().method("borrow", vec![]).method("clone", vec![])
                    }
                    (false, true) => self.owned(inner[0]),
                    (false, false) => self.expr(inner[0]).without_ref(),
                });
                at += 1;
            } else {
                run.push(Expr::Tuple(args[at..at + 2].iter().map(|node| self.stored_value(*node)).collect()));
                at += 2;
            }
        }
        if !run.is_empty() {
            parts.push(Expr::call(format!("{dict}::from"), vec![Expr::Array(run)]));
        }
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_else(|| Expr::atom("()"));
        parts.fold(first, |all, part| all.method("merged", vec![by_ref(part)]))
    }

    pub(crate) fn dict_op(&mut self, op: DictOp, args: &[NodeId], ty: Ty) -> Expr {
        match op {
            DictOp::New => self.dict_new(args, ty),
            DictOp::Len => self.length(args[0], Ty::i64()),
            DictOp::Contains => {
                let key = self.by_ref(args[1]);
                self.expr(args[0]).method("contains_key", vec![key])
            }
            DictOp::Truth => {
                let empty = self.expr(args[0]).method("is_empty", vec![]);
                Expr::unary("!", empty)
            }
        }
    }

    pub(crate) fn set_op(&mut self, op: SetOp, args: &[NodeId], ty: Ty) -> Expr {
        let sign = match op {
            SetOp::New => {
                let set = self.rt("Set");
                if args.is_empty() {
                    return self.open_empty(&set, ty);
                }
                if args.iter().any(|arg| self.is_splat(*arg)) {
                    let items = self.list_new(args, ty);
                    return items.method("into_iter", vec![]).method(format!("collect::<{set}<_>>"), vec![]);
                }
                let items: Vec<Expr> = args.iter().map(|arg| self.owned(*arg)).collect();
                let made =
                    if items.len() > 2 && super::loops::shows_history(&items) { "literal" } else { "from" };
                return Expr::call(format!("{set}::{made}"), vec![Expr::Array(items)]);
            }
            SetOp::Len => return self.length(args[0], Ty::i64()),
            SetOp::Contains => {
                let item = self.by_ref(args[1]);
                return self.expr(args[0]).method("contains", vec![item]);
            }
            SetOp::Truth => {
                let empty = self.expr(args[0]).method("is_empty", vec![]);
                return Expr::unary("!", empty);
            }
            SetOp::Or => "|",
            SetOp::And => "&",
            SetOp::Sub => "-",
            SetOp::Xor => "^",
        };
        let (left, right) = (self.shared_ref(args[0]), self.shared_ref(args[1]));
        super::ops::explicit(left).binary(sign, super::ops::explicit(right))
    }

    /// `&value`, also of a `&mut` parameter, which no operator takes.
    fn shared_ref(&mut self, node: NodeId) -> Expr {
        let is_mut = matches!(self.shown_ty(node).kind(), TyKind::RefMut(_));
        match self.by_ref(node) {
            value if is_mut => Expr::Unary("&", Box::new(Expr::Unary("*", Box::new(value)))),
            value => value,
        }
    }

    pub(crate) fn range_op(&mut self, op: RangeOp, args: &[NodeId]) -> Expr {
        match op {
            RangeOp::New => {
                let args = args.iter().map(|arg| self.operand(*arg)).collect();
                Expr::call(self.rt("range"), args)
            }
            RangeOp::Len => self.expr(args[0]).method("len_i64", vec![]),
            RangeOp::At => {
                let at = self.operand(args[1]);
                self.expr(args[0]).method("at", vec![at])
            }
            RangeOp::Contains => self.range_contains(args),
            RangeOp::Truth => self.expr(args[0]).method("len_i64", vec![]).binary("!=", Expr::atom("0")),
        }
    }

    fn range_contains(&mut self, args: &[NodeId]) -> Expr {
        let item = self.operand(args[1]);
        match self.std_range(args[0]) {
            Some(range @ Expr::Range(..)) => range.method("contains", vec![by_ref(item)]),
            _ => self.expr(args[0]).method("contains", vec![item]),
        }
    }

    /// A `range(..)` as std says it: `a..b`, `(a..b).step_by(k)`, `(a..=b).rev()`.
    pub(crate) fn std_range(&mut self, node: NodeId) -> Option<Expr> {
        let Node::Op { op: Op::RangeOp(RangeOp::New), args, .. } = &self.body.nodes[node].kind else {
            return None;
        };
        let (start, stop, step) = (args[0], args[1], self.int_const(args[2])?);
        match step {
            1 => {
                let (start, stop) = (self.operand(start), self.operand(stop));
                Some(range_expr(start, stop))
            }
            2.. => {
                let (start, stop) = (self.operand(start), self.operand(stop));
                Some(range_expr(start, stop).method("step_by", vec![Expr::Atom(step.to_string())]))
            }
            -1 => {
                let low = match self.int_const(stop) {
                    Some(stop) => Expr::Atom((stop + 1).to_string()),
                    None => self.operand(stop).binary("+", Expr::atom("1")),
                };
                let range = match self.operand(start) {
                    Expr::Binary(high, "-", one) if *one == Expr::atom("1") => {
                        Expr::Range(Some(Box::new(low)), Some(high), false)
                    }
                    start => Expr::Range(Some(Box::new(low)), Some(Box::new(start)), true),
                };
                Some(range.method("rev", vec![]))
            }
            _ => None,
        }
    }

    /// An iterator of type `made` for a chain: `xs.iter()`, `d.keys()`, `(0..n)`.
    pub(crate) fn chain_source(&mut self, op: IterOp, of: NodeId, made: Ty) -> Expr {
        let ty = self.body.ty(of);
        if op == IterOp::Next {
            return self.expr(of).method("next", vec![]);
        }
        if let Some(range) = self.std_range(of) {
            return super::loose::typed(range);
        }
        let kind = ty.strip().kind();
        let source = match self.typed_empty(of) {
            Some(empty) => empty,
            None => self.expr(of),
        };
        if matches!(kind, TyKind::Iter(_) | TyKind::Range) {
            return source.without_ref();
        }
        if matches!(made.kind(), TyKind::Iter(item) if item.is_char()) {
            return source.method("chars", vec![]);
        }
        if op == IterOp::Chars || *kind == TyKind::Str {
            self.uses.prelude = true;
            let chars = source.method("char_iter", vec![]);
            // Characters that are kept are texts of their own.
            return match made.kind() {
                TyKind::Iter(item) if *item.kind() == TyKind::Str => {
                    chars.method("map", vec![Expr::atom("str::to_owned")])
                }
                _ => chars,
            };
        }
        if *kind == TyKind::Bytes
            && matches!(op, IterOp::Copied | IterOp::Cloned | IterOp::Live | IterOp::Into)
        {
            let bytes = match op {
                IterOp::Into => source.method("into_iter", vec![]),
                _ => source.method("iter", vec![]).method("copied", vec![]),
            };
            return bytes.method("map", vec![Expr::atom("i64::from")]);
        }
        let in_cell = super::shared::is_cell(ty);
        let is_shared = matches!(ty.strip_ref().kind(), TyKind::Shared(_)) && !in_cell;
        let source = if in_cell { source.receiver().method("borrow", vec![]) } else { source };
        let is_dict = match kind {
            TyKind::Dict(..) => true,
            TyKind::Lib(name, _) => matches!(name.last(), "defaultdict" | "OrderedDict" | "Counter"),
            _ => false,
        };
        let items = match (op, is_dict) {
            // The items leave the cell before the first of them is used.
            _ if in_cell => {
                let items = source.method(if is_dict { "keys" } else { "iter" }, vec![]);
                let items = items.method("cloned", vec![]).method("collect::<Vec<_>>", vec![]);
                return items.method("into_iter", vec![]);
            }
            (IterOp::Into, true) => source.method("into_keys", vec![]),
            (IterOp::Into, false) => {
                let source = match source {
                    Expr::Macro(name, items) if name == "vec" && !items.is_empty() => Expr::Array(items),
                    source => source,
                };
                return source.method("into_iter", vec![]);
            }
            (IterOp::Mut, false) => return source.method("iter_mut", vec![]),
            (_, true) => source.method("keys", vec![]),
            (_, false) => source.method("iter", vec![]),
        };
        match op {
            _ if is_shared && !matches!(kind, TyKind::Lib(..)) => items,
            IterOp::Copied => items.method("copied", vec![]),
            IterOp::Live if matches!(made.kind(), TyKind::Iter(item) if item.is_copy()) => {
                items.method("copied", vec![])
            }
            IterOp::Cloned | IterOp::Live => items.method("cloned", vec![]),
            _ => items,
        }
    }

    /// The items of a container in a cell, for an iterator that outlives the look into the cell: a list is
    /// read by position, others are copied.
    pub(crate) fn kept_items(&mut self, of: NodeId, made: Ty) -> Expr {
        let is_copy = matches!(made.kind(), TyKind::Iter(item) if item.is_copy());
        let copies = if is_copy { "copied" } else { "cloned" };
        let is_local = matches!(&self.body.nodes[of].kind, Node::Use(place, _)
            if matches!(place.root, batuta_core::Root::Local(_)));
        let ty = self.body.ty(of).strip_ref();
        if !is_local || !matches!(ty.kind(), TyKind::List(_)) {
            let items = self.chain_source(IterOp::Live, of, made);
            if matches!(ty.kind(), TyKind::Shared(_)) {
                return items;
            }
            return items.method("collect::<Vec<_>>", vec![]).method("into_iter", vec![]);
        }
        let item = self.expr(of).method("get", vec![Expr::atom("at")]).method(copies, vec![]);
        let mut closure = Expr::closure("at", item);
        if let Expr::Closure(closure) = &mut closure {
            closure.is_move = true;
        }
        Expr::Range(Some(Box::new(Expr::atom("0"))), None, false).method("map_while", vec![closure])
    }

    /// A comprehension as a chain where each clause is one adapter, else as a block with loops.
    pub(crate) fn seq(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty) -> Expr {
        match self.seq_chain(clauses, sink, ty) {
            Some(chain) => chain,
            None => self.seq_loop(clauses, sink, ty),
        }
    }

    fn seq_chain(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty) -> Option<Expr> {
        let [Clause::For { pat, iter }, conds @ ..] = clauses else { return None };
        let all_conds = conds.iter().all(|clause| matches!(clause, Clause::If(_)));
        let may_leave = sink.nodes().any(|node| self.leaves(node))
            || conds.iter().any(|clause| matches!(clause, Clause::If(cond) if self.leaves(*cond)));
        if !all_conds || may_leave || self.read_in_any(*iter, &inner_nodes(conds, sink)).is_some() {
            return None;
        }
        let chain = super::loose::typed(super::loops::frozen(self.iterator(*iter)));
        // Inside the adapters' closures an error cannot return from the function: it unwinds.
        self.frames.push(Frame { fallible: false, ret: ty, exit: Exit::Direct });
        let made = self.adapters(chain, pat, *iter, conds, sink);
        self.frames.pop();
        let chain = made?;
        Some(match sink {
            Sink::Iter(_) => chain,
            _ => {
                let ty = self.collection(ty);
                chain.method(format!("collect::<{ty}>"), vec![])
            }
        })
    }

    /// `filter` and `map` of a chain.
    fn adapters(
        &mut self,
        mut chain: Expr,
        pat: &Pat,
        iter: NodeId,
        conds: &[Clause],
        sink: &Sink,
    ) -> Option<Expr> {
        let param = self.pat(pat);
        let is_copy = match self.body.ty(iter).kind() {
            TyKind::Iter(item) => item.is_copy(),
            _ => false,
        };
        for clause in conds {
            let Clause::If(cond) = clause else { return None };
            // `filter` lends its items.
            if !is_copy && !matches!(pat, Pat::Bind(..)) {
                return None;
            }
            let lent = match pat {
                Pat::Bind(local, None) if !is_copy => Some(*local),
                _ => None,
            };
            let outer = std::mem::replace(&mut self.lent, lent);
            let cond = self.expr(*cond);
            self.lent = outer;
            let param = if is_copy { format!("&{param}") } else { param.clone() };
            chain = chain.method("filter", vec![Expr::closure(param, cond)]);
        }
        let value = match *sink {
            Sink::Dict(key, value) => Expr::Tuple(vec![self.owned(key), self.stored_value(value)]),
            Sink::List(node) | Sink::Set(node) | Sink::Iter(node) => self.stored_value(node),
        };
        if value != Expr::Atom(param.clone()) {
            chain = chain.method("map", vec![Expr::closure(param, value)]);
        }
        Some(chain)
    }

    /// `Vec<_>`, `rt::Set<_>`.
    pub(crate) fn collection(&mut self, ty: Ty) -> String {
        let text = self.ty(ty, Position::Stored);
        let args = if matches!(ty.kind(), TyKind::Dict(..)) { "<_, _>" } else { "<_>" };
        match text.split_once('<') {
            Some((name, _)) => format!("{name}{args}"),
            None => text,
        }
    }

    /// Whether evaluating the node can leave the enclosing function or wait.
    fn leaves(&self, node: NodeId) -> bool {
        let mut found = false;
        self.body.walk(batuta_core::Child::Node(node), &mut |node| {
            // `[y for x in xs if (y := f(x))]`: two closures cannot share what one of them assigns.
            let writes = match &self.body.nodes[node].kind {
                Node::Block { block, .. } => self.body.blocks[*block].stmts.iter().any(|stmt| {
                    matches!(&stmt.kind, batuta_core::StmtKind::Set { target: Pat::Place(place), .. }
                        if place.as_local().is_some())
                }),
                _ => false,
            };
            found |= writes;
            found |= matches!(
                self.body.nodes[node].kind,
                Node::Return(_)
                    | Node::Raise { .. }
                    | Node::Yield(_)
                    | Node::Await(_)
                    | Node::Op { op: Op::RsOp(batuta_core::RsOp::Try), attr: Attr::None, .. }
            );
        });
        found
    }

    /// `any(..)` or `all(..)` of what is no chain: loops that stop at the first item that decides.
    pub(crate) fn search(&mut self, of: NodeId, is_all: bool) -> Option<Expr> {
        let Node::Seq { clauses, sink: Sink::Iter(item) } = self.body.nodes[of].kind.clone() else {
            return None;
        };
        let is_bool = *self.body.ty(item).strip_ref().kind() == TyKind::Bool;
        if !is_bool || self.seq_chain(&clauses, &Sink::Iter(item), self.body.ty(of)).is_some() {
            return None;
        }
        let label = self.fresh("search");
        let nodes = inner_nodes(&clauses, &Sink::Iter(item));
        let mut cond = if is_all { self.negate(item) } else { self.expr(item) };
        let mut clauses = clauses;
        while let Some(Clause::If(test)) = clauses.last() {
            cond = self.expr(*test).binary("&&", cond);
            clauses.pop();
        }
        let answer = |found: bool| Expr::atom(if found { "true" } else { "false" });
        let leave = Expr::Jump(format!("break '{label}"), Some(Box::new(answer(!is_all))));
        let then = Block { stmts: vec![Stmt::expr(leave)], ..Block::default() };
        let decides = crate::tree::If { cond, then, els: None, mark: None };
        let inner = self.clause_loops(&clauses, &nodes, Stmt::expr(Expr::If(Box::new(decides))));
        let block = Block { stmts: vec![inner], tail: Some(Box::new(answer(is_all))), ..Block::default() };
        Some(Expr::Block(format!("'{label}: "), block))
    }

    /// The loops and conditions of a comprehension around a statement.
    /// `nodes`: what stands inside of the loops.
    fn clause_loops(&mut self, clauses: &[Clause], nodes: &[NodeId], mut inner: Stmt) -> Stmt {
        for clause in clauses.iter().rev() {
            let block = Block { stmts: vec![inner], ..Block::default() };
            inner = Stmt::expr(match clause {
                Clause::If(cond) => {
                    let cond = self.expr(*cond);
                    Expr::If(Box::new(crate::tree::If { cond, then: block, els: None, mark: None }))
                }
                Clause::For { pat, iter } => match self.read_in_any(*iter, nodes) {
                    Some(next) => {
                        let next = Expr::Let(format!("Some({})", self.pat(pat)), Box::new(next));
                        Expr::While(String::new(), Box::new(next), block)
                    }
                    None => {
                        let (pat, iter) = self.loop_head(pat, *iter);
                        Expr::For(String::new(), pat, Box::new(iter), block)
                    }
                },
            });
        }
        inner
    }

    fn seq_loop(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty) -> Expr {
        let name = self.fresh("items");
        let (init, method) = match sink {
            Sink::List(_) => ("Vec".to_owned(), "push"),
            Sink::Set(_) => (self.rt("Set"), "insert"),
            Sink::Dict(..) => (self.rt("Dict"), "insert"),
            Sink::Iter(_) => ("Vec".to_owned(), "push"),
        };
        let annotated = match sink {
            Sink::Iter(_) => None,
            _ => Some(self.ty(ty, Position::Stored)),
        };
        let args = sink.nodes().map(|node| self.owned(node)).collect();
        let inner = self.clause_loops(
            clauses,
            &inner_nodes(clauses, sink),
            Stmt::expr(Expr::atom(&*name).method(method, args)),
        );
        let start =
            Stmt::bind(format!("mut {name}"), annotated, Some(Expr::call(format!("{init}::new"), vec![])));
        let tail = match sink {
            Sink::Iter(_) => Expr::atom(name).method("into_iter", vec![]),
            _ => Expr::atom(name),
        };
        Expr::Block(
            String::new(),
            Block { stmts: vec![start, inner], tail: Some(Box::new(tail)), ..Block::default() },
        )
    }
}

/// The conditions and values of a comprehension.
fn inner_nodes(clauses: &[Clause], sink: &Sink) -> Vec<NodeId> {
    let conds = clauses.iter().filter_map(|clause| match clause {
        Clause::If(cond) => Some(*cond),
        Clause::For { .. } => None,
    });
    conds.chain(sink.nodes()).collect()
}

fn range_expr(start: Expr, stop: Expr) -> Expr {
    match stop {
        // `a..b + 1` is `a..=b`.
        Expr::Binary(last, "+", one) if *one == Expr::atom("1") => {
            Expr::Range(Some(Box::new(start)), Some(last), true)
        }
        stop => Expr::Range(Some(Box::new(start)), Some(Box::new(stop)), false),
    }
}

/// `Rc::new(closure) as Rc<dyn Fn>`, also where a block makes it.
fn cast_made(value: Expr, ty: &str) -> Expr {
    match value {
        Expr::Call(..) => value.cast(ty),
        Expr::Block(label, mut block) => {
            block.tail = block.tail.map(|tail| Box::new(cast_made(*tail, ty)));
            Expr::Block(label, block)
        }
        value => value,
    }
}

/// A list or a tuple of any length: both are slices.
fn is_sequence(ty: Ty) -> bool {
    match ty.strip_ref().kind() {
        TyKind::List(_) => true,
        TyKind::Lib(name, _) => *name == "tuple",
        _ => false,
    }
}

/// `&str`, or a tuple that holds one.
fn lends_text(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Ref(inner) => *inner.kind() == TyKind::Str,
        TyKind::Tuple(items) => items.iter().any(|item| lends_text(*item)),
        _ => false,
    }
}
