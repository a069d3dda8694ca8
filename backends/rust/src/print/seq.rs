//! Lists, dicts, sets, ranges, iterators.

use super::Printer;
use super::ops::by_ref;
use crate::capture::free_name;
use crate::tree::Expr;
use crate::types::Position;
use batuta_catalog as catalog;
use batuta_core::{
    Const, DictOp, IterOp, ListOp, Mode, Node, NodeId, ObjOp, Op, RangeOp, SetOp, Ty, TyKind, Width,
};

impl Printer<'_, '_> {
    pub(crate) fn prelude_method(&mut self, of: NodeId, name: &str, args: Vec<Expr>) -> Expr {
        let is_shared = matches!(self.body.ty(of).strip_ref().kind(), TyKind::Shared(_));
        self.uses.prelude |= !is_shared;
        self.expr(of).method(name, args)
    }

    /// `list(xs)` of a list: `xs.to_vec()`, `xs.clone()`.
    pub(crate) fn list_copy(&mut self, items: NodeId) -> Option<Expr> {
        let Node::Op { op: Op::IterOp(IterOp::Copied | IterOp::Cloned), args, .. } =
            &self.body.nodes[items].kind
        else {
            return None;
        };
        let (Node::Use(place, batuta_core::Mode::Ref | batuta_core::Mode::Copy), list) =
            (&self.body.nodes[args[0]].kind, args[0])
        else {
            return None;
        };
        let whole = self.body.locals[place.as_local()?].ty;
        let name = match whole.kind() {
            TyKind::List(_) => "clone",
            TyKind::Ref(inner) if matches!(inner.kind(), TyKind::List(_)) => "to_vec",
            _ => return None,
        };
        let list = self.expr(list).without_ref();
        Some(list.method(name, vec![]))
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
                let is_usize = *ty.kind() == TyKind::Int(Width::Usize);
                self.expr(args[0]).method(if is_usize { "len" } else { "len_i64" }, vec![])
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
        // What runs once moves.
        let runs_once = |arg: &NodeId| {
            let items = match &self.body.nodes[*arg].kind {
                Node::Op { op: Op::ObjOp(ObjOp::Splat), args, .. } => self.body.ty(args[0]),
                _ => return false,
            };
            items.any(&mut |part| matches!(part.kind(), TyKind::Lib(name, _) if *name == "asyncio.Coroutine"))
        };
        if parts.len() > 1 && args.iter().any(runs_once) {
            let mut parts = parts.into_iter().map(|part| part.method("into_iter", vec![]));
            let first = parts.next().expect("there are two");
            let chain = parts.fold(first, |all, part| all.method("chain", vec![part]));
            return chain.method("collect::<Vec<_>>", vec![]);
        }
        if parts.len() == 1 {
            let part = parts.remove(0);
            let is_made = matches!(&part, Expr::Method(_, name, _) if name.starts_with("collect::<Vec"));
            return if is_made { part } else { part.method("to_vec", vec![]) };
        }
        let full = || Expr::Range(None, None, false);
        let slices = self.slice_names();
        let lend = |(index, part): (usize, Expr)| match part {
            // A parameter that is a slice; the first part says the type of all.
            part if index > 0 && slices.contains(&part) => part,
            part => Expr::unary("&", part.index(full())),
        };
        let parts = parts.into_iter().enumerate().map(lend).collect();
        Expr::Array(parts).method("concat", vec![])
    }

    /// Parameters that are slices.
    fn slice_names(&self) -> Vec<Expr> {
        let is_slice =
            |ty: &Ty| matches!(ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::List(_)));
        let params = self.body.params.iter().map(|param| param.local);
        params
            .filter(|local| is_slice(&self.body.locals[*local].ty))
            .map(|local| Expr::Atom(self.name(local)))
            .collect()
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
        if let Some(test) = self.one_of(args[0], args[1]) {
            return test;
        }
        let item_ty = match self.body.ty(args[0]).strip().kind() {
            TyKind::List(item) => *item,
            _ => Ty::unknown(),
        };
        let is_borrowed_text =
            *item_ty.kind() == TyKind::Str && *self.body.ty(args[1]).kind() == TyKind::Ref(Ty::str());
        // Rows of a list are no slices.
        let is_slice = matches!(item_ty.kind(), TyKind::List(_) | TyKind::Bytes)
            && matches!(self.body.nodes[args[1]].kind, Node::Use(_, Mode::Copy))
            && matches!(self.body.ty(args[1]).kind(), TyKind::Ref(_));
        let item = self.expr(args[1]);
        let list = self.expr(args[0]);
        match item {
            Expr::Unary("&", display)
                if matches!(item_ty.kind(), TyKind::List(_)) && matches!(*display, Expr::Array(_)) =>
            {
                let Expr::Array(items) = *display else { unreachable!("tested") };
                if items.is_empty() {
                    let is_empty = Expr::atom("item").method("is_empty", vec![]);
                    return list.method("iter", vec![]).method("any", vec![Expr::closure("item", is_empty)]);
                }
                list.method("contains", vec![Expr::unary("&", Expr::Macro("vec".to_owned(), items))])
            }
            item @ Expr::Unary("&", _) => list.method("contains", vec![item]),
            item if is_borrowed_text || is_slice => {
                let name = free_name("item", &[&item]);
                let same = Expr::atom(name.as_str()).binary("==", item);
                list.method("iter", vec![]).method("any", vec![Expr::closure(name, same)])
            }
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

    /// A function that is made here and shared, with its type.
    pub(crate) fn cast_function(&mut self, node: NodeId, made: Expr) -> Expr {
        let ty = self.body.ty(node);
        match (ty.kind(), ty.strip_shared().kind()) {
            (TyKind::Shared(_), TyKind::Func(..)) => {
                let text = self.ty(ty, Position::Stored);
                cast_made(made, &text)
            }
            _ => made,
        }
    }

    /// An empty container of which nothing says what it could hold: any type will do.
    fn open_empty(&mut self, name: &str, ty: Ty) -> Expr {
        let is_open = ty.strip().children().iter().all(|part| *part.kind() == TyKind::Unit);
        if !is_open && ty.strip().children().iter().any(|part| *part.kind() == TyKind::Unit) {
            let ty = self.ty(ty.strip(), Position::Stored);
            return Expr::call(format!("{}::new", ty.replacen('<', "::<", 1)), vec![]);
        }
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
                let key = super::ops::explicit(self.by_ref(args[1]));
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
                if let Some(test) = self.one_of(args[0], args[1]) {
                    return test;
                }
                let item = super::ops::explicit(self.by_ref(args[1]));
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
        let list = self.expr(of);
        let at = free_name("at", &[&list]);
        let item = list.method("get", vec![Expr::atom(at.as_str())]).method(copies, vec![]);
        let mut closure = Expr::closure(at, item);
        if let Expr::Closure(closure) = &mut closure {
            closure.is_move = true;
        }
        Expr::Range(Some(Box::new(Expr::atom("0"))), None, false).method("map_while", vec![closure])
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
pub(super) fn cast_made(value: Expr, ty: &str) -> Expr {
    match value {
        Expr::Call(..) => value.cast(ty),
        // The first branch says what the others are.
        Expr::If(mut made) => {
            made.then.tail = made.then.tail.map(|tail| Box::new(cast_made(*tail, ty)));
            made.els = made.els.map(|els| match els {
                Expr::If(_) => cast_made(els, ty),
                els => els,
            });
            Expr::If(made)
        }
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

/// The start of a fold: of the type that the row's function gives.
pub(super) fn is_folded(row: &catalog::Row, param: &catalog::ParamRow) -> bool {
    let gives = |ty: &Ty| matches!(ty.kind(), TyKind::Func(_, result) if *result == param.ty);
    matches!(param.ty.kind(), TyKind::Var(_)) && row.params.iter().any(|other| gives(&other.ty))
}
