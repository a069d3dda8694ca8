//! Library calls at Typed: the overload for the actual types, its arguments complete and in place.

use crate::apply::{Apply, BAD_CALL, UNKNOWN_ATTRIBUTE, UNKNOWN_LIBRARY};
use crate::bind::{Bound, Slot, bind};
use crate::libcalls::{has_vars, row_formals};
use batuta_base::{FxHashMap, Name, Origin};
use batuta_catalog::{ParamRow, Row, Take};
use batuta_core::*;

pub(crate) type TypeMap = FxHashMap<Name, Ty>;

/// Finds the type variables of a row's type in an actual type.
pub(crate) fn bind_types(pattern: Ty, actual: Ty, map: &mut TypeMap) {
    match (pattern.kind(), actual.kind()) {
        (_, TyKind::Never) => {}
        (TyKind::Ref(pattern), _) => bind_types(*pattern, actual, map),
        (TyKind::Var(name), _) => {
            map.entry(*name).or_insert(actual);
        }
        (TyKind::Option(a), TyKind::Option(b)) => bind_types(*a, *b, map),
        (_, TyKind::Option(b)) => bind_types(pattern, *b, map),
        (TyKind::Option(a), TyKind::Unit) => {
            let _ = a;
        }
        (TyKind::Option(a), _) => bind_types(*a, actual, map),
        (TyKind::Lib(a, x), TyKind::Lib(b, y)) if a == b => {
            x.iter().zip(y).for_each(|(x, y)| bind_types(*x, *y, map));
        }
        // What is iterated gives its items; a dict its keys.
        (
            TyKind::Iter(item),
            TyKind::List(_) | TyKind::Set(_) | TyKind::FrozenSet(_) | TyKind::Dict(..) | TyKind::Lib(..),
        ) => {
            if let Some(have) = actual.children().first() {
                bind_types(*item, *have, map);
            }
        }
        (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => {
            let (x, y) = (pattern.children(), actual.children());
            x.into_iter().zip(y).for_each(|(x, y)| bind_types(x, y, map));
        }
        // A dynamic value that is taken as a container holds dynamic values.
        (_, TyKind::Value) => pattern.children().into_iter().for_each(|x| bind_types(x, actual, map)),
        _ => {}
    }
}

/// The type with its variables replaced; unknown ones are `none`.
pub(crate) fn subst(ty: Ty, map: &TypeMap) -> Ty {
    match ty.kind() {
        TyKind::Var(name) => map.get(name).copied().unwrap_or_else(Ty::unit),
        TyKind::Int(_) => Ty::int(),
        TyKind::Ref(inner) => subst(*inner, map),
        _ => ty.map_children(|child| subst(child, map)),
    }
}

impl Apply<'_, '_, '_> {
    /// A library call with elaborated arguments. `node` is the call's node, for its solved type.
    /// An enum class as an argument of `len`, `list`, `sorted` and the like is the list of its members.
    fn members_of_classes(&mut self, name: Name, args: Vec<NodeId>) -> Vec<NodeId> {
        let takes_items = matches!(
            name.as_str(),
            "builtins.len"
                | "builtins.list"
                | "builtins.sorted"
                | "builtins.tuple"
                | "builtins.enumerate"
                | "builtins.reversed"
                | "builtins.zip"
                | "builtins.set"
                | "builtins.map"
                | "builtins.min"
                | "builtins.max"
                | "builtins.iter"
        );
        let members = |this: &mut Self, arg: NodeId| match this.ty(arg).kind() {
            TyKind::TypeOf(class) if takes_items && this.types.env().is_enum(*class) => {
                this.enum_members(arg, *class)
            }
            _ => arg,
        };
        args.into_iter().map(|arg| members(self, arg)).collect()
    }

    /// The last argument, items of which are dicts, as one of lists of their keys.
    fn with_lists(&mut self, mut args: Vec<NodeId>) -> Vec<NodeId> {
        let Some(last) = args.pop() else { return args };
        let item = self.item_type(self.ty(last));
        let is_map = matches!(item.kind(), TyKind::Dict(..))
            || matches!(item.kind(), TyKind::Lib(name, _) if matches!(name.last(), "Counter" | "defaultdict" | "OrderedDict"));
        let to = item.children().first().copied().filter(|_| is_map).map(Ty::list);
        let last = match to {
            Some(list) => {
                let iter = self.iter_of(last);
                self.map_iter(iter, list, Ty::iter(list))
            }
            None => last,
        };
        args.push(last);
        args
    }

    /// `d.get(k, other)` or `d.pop(k, other)` where `k` may be `None` and no key is.
    fn get_present(
        &mut self,
        name: Name,
        kinds: &[ArgKind],
        args: &[NodeId],
        node: Option<NodeId>,
        origin: Origin,
    ) -> Option<NodeId> {
        let (TyKind::Dict(key, _), [_, asked, rest @ ..]) = (self.ty(*args.first()?).kind(), args) else {
            return None;
        };
        let TyKind::Option(held) = *self.ty(*asked).kind() else { return None };
        let is_open =
            matches!(key.kind(), TyKind::Option(_) | TyKind::Value | TyKind::Union(_) | TyKind::Unit);
        let is_known = name == "dict.get" || name == "dict.pop" && !rest.is_empty();
        if !is_known || is_open || self.joined(held, *key) != Some(*key) {
            return None;
        }
        let dict = args[0];
        let is_still = rest.iter().all(|arg| self.is_simple(*arg) || self.is_literal(*arg));
        let (given, stmts) = match is_still {
            true => (args[1..].to_vec(), Vec::new()),
            false => self.simple_args(args[1..].to_vec()),
        };
        let rest = given[1..].to_vec();
        let either = self.with_value(given[0], |me, read| {
            let value = read(me);
            let test = me.mk_op(OptOp::IsSome, Attr::None, vec![value], Ty::bool());
            let value = read(me);
            let value = me.unwrap(value, held, "None");
            let mut given = vec![dict, value];
            given.extend(rest.iter().map(|arg| me.written_again(*arg)));
            let found = me.lib_call(name, kinds, given, node, origin);
            let ty = me.ty(found);
            let none = me.mk(Node::Const(Const::None), Ty::unit(), origin);
            let other = rest.first().copied().unwrap_or(none);
            let other = me.coerce(other, ty);
            me.choose(test, found, other, ty)
        });
        Some(if stmts.is_empty() { either } else { self.mk_block(stmts, either) })
    }

    /// Whether a node is a container of constants, written out.
    fn is_literal(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Const(_) => true,
            Node::Op {
                op: Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New),
                args,
                ..
            } => args.iter().all(|arg| self.is_literal(*arg)),
            _ => false,
        }
    }

    /// A literal or a simple value once more.
    fn written_again(&mut self, node: NodeId) -> NodeId {
        match self.body.nodes[node].kind.clone() {
            Node::Op { op, attr, args } => {
                let args = args.into_iter().map(|arg| self.written_again(arg)).collect();
                self.mk_op(op, attr, args, self.ty(node))
            }
            _ => self.again(node),
        }
    }

    pub(crate) fn lib_call(
        &mut self,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        node: Option<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let name = self.types.env().lib_name(name);
        if let Some(raised) = self.raised_before(&args) {
            return raised;
        }
        if let Some(either) = self.optional_key(name, kinds, &args, node, origin) {
            return either;
        }
        if let Some(spread) = crate::libcalls::spread_row(name, kinds)
            && args.last().is_some_and(|arg| !matches!(self.ty(*arg).kind(), TyKind::Tuple(_)))
        {
            let kinds = vec![ArgKind::Positional; kinds.len()];
            let args = self.with_lists(args);
            return self.lib_call(spread, &kinds, args, node, origin);
        }
        let rows = batuta_catalog::functions(name.as_str());
        if rows.is_empty() && batuta_catalog::is_dynamic(name.as_str()) {
            return self.array_call(name, kinds, args, origin);
        }
        if rows.is_empty() {
            return self.unknown(name, args, origin);
        }
        if kinds.contains(&ArgKind::StarStar) {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return self.hole(at, BAD_CALL, format!("`**` in a call of `{name}`"));
        }
        let args = self.inner_parts(name, args);
        let args = self.members_of_classes(name, args);
        let args = if name == "builtins.len" { self.viewed(args) } else { args };
        let args = self.packed_values(name, args);
        let args = self.exact_as_floats(name, args, origin);
        if let Some(call) = self.sorted_items(name, kinds, &args, origin) {
            return call;
        }
        if let Some(call) = self.get_present(name, kinds, &args, node, origin) {
            return call;
        }
        let lens = |at: usize| match self.ty(args[at]).kind() {
            TyKind::Tuple(items) => Some(items.len()),
            _ => None,
        };
        let all: Vec<(&Row, Bound)> = rows
            .iter()
            .map(|row| (row, bind(&row_formals(row), kinds, &lens)))
            .filter(|(_, bound)| bound.is_complete() && crate::libcalls::takes_spread(bound))
            .filter(|(row, _)| {
                let is_bool = |arg: &NodeId| *self.ty(*arg).kind() == TyKind::Bool;
                !(crate::libcalls::gives_number(row) && args.iter().any(is_bool))
            })
            .collect();
        let best = all.iter().position(|(row, bound)| self.fits_row(row, bound, &args, false));
        let best =
            best.or_else(|| all.iter().position(|(row, bound)| self.fits_row_unless_none(row, bound, &args)));
        // Items that are dynamic are numbers of either kind, as those that may be absent or a text.
        let is_dynamic = |arg: &NodeId| match self.item_type(self.ty(*arg)).kind() {
            TyKind::Option(inner) => matches!(inner.kind(), TyKind::Num | TyKind::Value),
            TyKind::Union(members) => members.contains(&Ty::num()),
            kind => *kind == TyKind::Value,
        };
        let takes_numbers =
            |row: &Row| row.params.iter().any(|param| param.ty.any(&mut |ty| *ty.kind() == TyKind::Num));
        let best = best.or_else(|| {
            let mut fits = all.iter().map(|(row, bound)| (row, self.fits_row(row, bound, &args, true)));
            fits.position(|(row, fits)| fits && takes_numbers(row)).filter(|_| args.iter().any(is_dynamic))
        });
        let best = best.or_else(|| {
            let fits = |(row, bound): &(&Row, Bound)| self.fits_row(row, bound, &args, true);
            let first = all.iter().position(fits)?;
            // Numbers of either kind are floats rather than ints where the result is the same.
            let of_floats = |(row, bound): &(&Row, Bound)| {
                row.result == all[first].0.result && !self.takes_as_ints(row, bound, &args)
            };
            let floats = all.iter().position(|row| of_floats(row) && fits(row));
            Some(floats.filter(|_| self.takes_as_ints(all[first].0, &all[first].1, &args)).unwrap_or(first))
        });
        let Some((row, bound)) = best.or(if all.is_empty() { None } else { Some(0) }).map(|at| &all[at])
        else {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return self.hole(at, BAD_CALL, format!("no overload of `{name}` takes these arguments"));
        };
        let mut map = TypeMap::default();
        self.bind_containers(row, bound, &args, &mut map);
        self.bind_functions(row, bound, &args, &mut map);
        if let Some(solved) = node.and_then(|node| self.solved(node)) {
            bind_types(row.result, solved, &mut map);
        }
        self.bind_row(row, bound, &args, &mut map);
        // What a dynamic value gives is dynamic.
        if args.iter().any(|arg| *self.ty(*arg).kind() == TyKind::Value) {
            for ty in row.params.iter().map(|param| param.ty).chain([row.result]) {
                ty.any(&mut |part| {
                    if let TyKind::Var(name) = part.kind() {
                        map.entry(*name).or_insert_with(Ty::value);
                    }
                    false
                });
            }
        }
        let mut out = Vec::new();
        for (slot, param) in bound.slots.iter().zip(&row.params) {
            self.row_arg(slot, param, &args, kinds, &map, &mut out, origin);
        }
        // What a change is made to is the place itself, nothing that was made of it.
        let is_place = |node: NodeId| matches!(self.body.nodes[node].kind, Node::Use(..));
        let is_changed = row.params.first().is_some_and(|param| param.take == Take::Write);
        if self.body.lang == Lang::Ruchy
            && is_changed
            && is_place(args[0])
            && matches!(self.body.nodes[out[0]].kind, Node::Call { .. })
        {
            let why = format!("`{}` of a value of type `{}`", name.last(), self.ty(args[0]));
            return self.hole(args[0], crate::ruchy::NOT_RUCHY, why);
        }
        if let Some(Op::CmpOp(op)) = row.op
            && let [a, b] = args[..]
        {
            return self.compared(op, a, b);
        }
        let result = subst(row.result, &map);
        let call = match row.op {
            Some(op) => Node::Op { op, attr: Attr::None, args: out },
            None => {
                let name = self.row_name(name, row, &out);
                Node::Call { callee: Callee::Lib(name), args: out.into_iter().map(Arg::positional).collect() }
            }
        };
        let call = self.mk(call, result, origin);
        // An optional dynamic value is one value: `None` is among them.
        let is_optional = matches!(row.result.kind(), TyKind::Option(_)) && row.op.is_none();
        if is_optional && *result.kind() == TyKind::Value {
            return self.mk_op(ValueOp::From, Attr::None, vec![call], result);
        }
        call
    }

    /// The name of a row: with its number where the types of the arguments alone would mean another one.
    fn row_name(&self, name: Name, row: &Row, args: &[NodeId]) -> Name {
        let tys: Vec<Ty> = args.iter().map(|arg| self.ty(*arg)).collect();
        let means = batuta_catalog::select(name.as_str(), &tys);
        if means.is_none_or(|means| std::ptr::eq(means, row)) {
            return name;
        }
        let at = batuta_catalog::functions(name.as_str()).iter().position(|other| std::ptr::eq(other, row));
        at.map_or(name, |at| Name::new(&format!("{name}#{at}")))
    }

    /// `operator.lt(a, b)` is the comparison itself.
    fn compared(&mut self, op: CmpOp, a: NodeId, b: NodeId) -> NodeId {
        let op = match op {
            CmpOp::Eq => ObjOp::Eq,
            CmpOp::Ne => ObjOp::Ne,
            CmpOp::Lt => ObjOp::Lt,
            CmpOp::Le => ObjOp::Le,
            CmpOp::Gt => ObjOp::Gt,
            CmpOp::Ge => ObjOp::Ge,
            CmpOp::Is => ObjOp::Is,
            CmpOp::IsNot => ObjOp::IsNot,
        };
        self.compare(op, a, b)
    }

    /// `sorted(d.items())`: no two keys are equal, so values are never compared.
    fn sorted_items(
        &mut self,
        name: Name,
        kinds: &[ArgKind],
        args: &[NodeId],
        origin: Origin,
    ) -> Option<NodeId> {
        let is_plain = name == "builtins.sorted"
            && kinds.iter().skip(1).all(|kind| matches!(kind, ArgKind::Named(name) if *name == "reverse"));
        let Node::Call { callee: Callee::Lib(view), .. } = &self.body.nodes[*args.first()?].kind else {
            return None;
        };
        let is_view = ["dict.items", "defaultdict.items", "OrderedDict.items", "Counter.items"];
        if !is_plain || !is_view.contains(&view.as_str()) {
            return None;
        }
        let TyKind::Tuple(items) = self.item_type(self.ty(args[0])).kind().clone() else { return None };
        // Values with an order of their own are compared as they are.
        let has_order =
            |ty: Ty| matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Str | TyKind::Bool);
        if items.get(1).copied().is_none_or(has_order) {
            return None;
        }
        Some(self.lib_call(Name::new("dict.sorted_items"), kinds, args.to_vec(), None, origin))
    }

    /// `math.log2(fraction)`: functions of floats take what has `__float__`.
    fn exact_as_floats(&mut self, name: Name, args: Vec<NodeId>, origin: Origin) -> Vec<NodeId> {
        let is_exact =
            |ty: Ty| matches!(ty.kind(), TyKind::Lib(name, _) if *name == "Decimal" || *name == "Fraction");
        let takes_exact = batuta_catalog::functions(name.as_str())
            .iter()
            .any(|row| row.params.iter().any(|param| is_exact(param.ty.strip_ref())));
        if !name.as_str().starts_with("math.") || takes_exact {
            return args;
        }
        let float = |me: &mut Self, arg: NodeId| {
            if !is_exact(me.ty(arg)) {
                return arg;
            }
            me.lib_call(Name::new("builtins.float"), &[ArgKind::Positional], vec![arg], None, origin)
        };
        args.into_iter().map(|arg| float(self, arg)).collect()
    }

    /// The dict behind a view: `len(d.keys())` is `len(d)`.
    fn viewed(&self, args: Vec<NodeId>) -> Vec<NodeId> {
        let Some(first) = args.first() else { return args };
        match &self.body.nodes[*first].kind {
            Node::Call { callee: Callee::Lib(name), args: of }
                if matches!(name.as_str(), "dict.keys" | "dict.values" | "dict.items") =>
            {
                vec![of[0].value]
            }
            _ => args,
        }
    }

    fn unknown(&mut self, name: Name, args: Vec<NodeId>, origin: Origin) -> NodeId {
        let receiver = args.first().map(|arg| self.ty(*arg));
        let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        let first = name.as_str().split('.').next().unwrap_or_default();
        let is_type =
            ["str", "int", "float", "list", "dict", "set", "tuple", "bytes", "error", "iter", "frozenset"];
        if name == crate::expand::KEPT {
            let why = "a method found by a computed name is kept or handed on: call it at once".to_owned();
            return self.hole(at, BAD_CALL, why);
        }
        match receiver {
            Some(ty) if matches!(first, "int" | "float") && is_missing_of_number(name.last()) => {
                let text = format!("{} object has no attribute '{}'", crate::operate::shown(ty), name.last());
                self.refuse("AttributeError", &text, args, origin)
            }
            Some(ty) if is_type.contains(&first) => {
                let why = format!("`{ty}` has no attribute `{}` here", name.last());
                self.hole(at, UNKNOWN_ATTRIBUTE, why)
            }
            _ => self.hole(at, UNKNOWN_LIBRARY, format!("`{name}` is not in the library catalogue")),
        }
    }

    /// A container that is given keeps its item types, whatever its items become afterwards.
    fn bind_containers(&self, row: &Row, bound: &Bound, args: &[NodeId], map: &mut TypeMap) {
        for (slot, param) in bound.slots.iter().zip(&row.params) {
            let Slot::Arg(at) = slot else { continue };
            let is_container = matches!(
                param.ty.kind(),
                TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) | TyKind::FrozenSet(_) | TyKind::Lib(..)
            );
            let actual = self.ty(args[*at]);
            if is_container && !actual.any(&mut |ty| *ty.kind() == TyKind::Unit) {
                bind_types(param.ty, actual, map);
            }
        }
    }

    /// A function that takes what is iterated keeps it as it is, whatever the result becomes afterwards.
    fn bind_functions(&self, row: &Row, bound: &Bound, args: &[NodeId], map: &mut TypeMap) {
        let given = || bound.slots.iter().zip(&row.params);
        let takes = |ty: Ty| {
            given().any(|(slot, param)| match (slot, param.ty.kind()) {
                (Slot::Arg(at), TyKind::Func(..)) => {
                    matches!(self.ty(args[*at]).kind(), TyKind::Func(params, _) if params.contains(&ty))
                }
                _ => false,
            })
        };
        for (slot, param) in given() {
            let (Slot::Arg(at), TyKind::Iter(item)) = (slot, param.ty.kind()) else { continue };
            let have = self.item_type(self.ty(args[*at]));
            let is_whole = !have.any(&mut |ty| matches!(ty.kind(), TyKind::Unit | TyKind::Value));
            if matches!(item.kind(), TyKind::Var(_)) && is_whole && takes(have) {
                bind_types(*item, have, map);
            }
        }
    }

    fn bind_row(&self, row: &Row, bound: &Bound, args: &[NodeId], map: &mut TypeMap) {
        for (slot, param) in bound.slots.iter().zip(&row.params) {
            let items: &[usize] = match slot {
                Slot::Arg(at) => std::slice::from_ref(at),
                Slot::Pack(items) => items,
                _ => &[],
            };
            for at in items {
                let actual = self.ty(args[*at]);
                match param.ty.kind() {
                    TyKind::Iter(item) => bind_types(*item, self.item_type(actual), map),
                    TyKind::Func(params, ret) => match actual.kind() {
                        TyKind::Func(have, result) => {
                            have.iter().zip(params).for_each(|(have, want)| bind_types(*want, *have, map));
                            bind_types(*ret, *result, map);
                        }
                        TyKind::TypeOf(class) => bind_types(*ret, Ty::class(*class), map),
                        TyKind::Class(class, _) => bind_types(*ret, self.called_result(*class), map),
                        _ => {
                            if let Node::Item(name) = self.body.nodes[args[*at]].kind {
                                let given: Vec<Ty> = params.iter().map(|ty| subst(*ty, map)).collect();
                                if let Some(result) = self.lib_result(name, &given) {
                                    bind_types(*ret, result, map);
                                }
                            }
                        }
                    },
                    _ => bind_types(param.ty, actual, map),
                }
            }
        }
    }

    /// What a call of an object of this class gives.
    fn called_result(&self, class: Name) -> Ty {
        let method = self.types.env().method(class, "__call__");
        method.map_or(Ty::never(), |method| self.result_of(method))
    }

    /// Result type of a library function for argument types.
    fn lib_result(&self, name: Name, given: &[Ty]) -> Option<Ty> {
        let rows = batuta_catalog::functions(name.as_str());
        let row = rows.iter().find(|row| {
            row.params.len() >= given.len()
                && row.params.iter().skip(given.len()).all(|param| param.default.is_some() || param.variadic)
                && row.params.iter().zip(given).all(|(param, ty)| self.fits(param.ty, *ty, true))
        })?;
        let mut map = TypeMap::default();
        for (param, ty) in row.params.iter().zip(given) {
            match param.ty.kind() {
                TyKind::Iter(item) => bind_types(*item, self.item_type(*ty), &mut map),
                _ => bind_types(param.ty, *ty, &mut map),
            }
        }
        Some(subst(row.result, &map))
    }

    #[expect(clippy::too_many_arguments, reason = "one slot with all that its argument can come from")]
    fn row_arg(
        &mut self,
        slot: &Slot,
        param: &ParamRow,
        args: &[NodeId],
        kinds: &[ArgKind],
        map: &TypeMap,
        out: &mut Vec<NodeId>,
        origin: Origin,
    ) {
        let known = !has_vars(param.ty) || {
            let mut bound = true;
            param.ty.any(&mut |ty| {
                if let TyKind::Var(name) = ty.kind() {
                    bound &= map.contains_key(name);
                }
                false
            });
            bound
        };
        let want = subst(param.ty, map);
        match slot {
            Slot::Arg(at) => {
                let free = matches!(param.ty.kind(), TyKind::Var(_)) && !known;
                let arg = if free { args[*at] } else { self.coerce(args[*at], want) };
                out.push(self.row_function(param, arg, want));
            }
            Slot::Pack(items) => {
                for at in items {
                    if kinds[*at] == ArgKind::Star
                        && self.is_simple(args[*at])
                        && let TyKind::Tuple(fields) = self.ty(args[*at]).kind()
                    {
                        for (index, ty) in fields.iter().enumerate() {
                            let tuple = self.again(args[*at]);
                            let name = Name::new(&index.to_string());
                            let field = self.place_read(tuple, Proj::Field(name), *ty);
                            out.push(self.coerce(field, want));
                        }
                    } else if kinds[*at] == ArgKind::Star {
                        let ty = self.ty(args[*at]);
                        out.push(self.mk_op(ObjOp::Splat, Attr::None, vec![args[*at]], ty));
                    } else if matches!(param.ty.kind(), TyKind::Var(_)) && param.take == Take::Read {
                        // Each is looked at as what it is.
                        out.push(args[*at]);
                    } else {
                        out.push(self.coerce(args[*at], want));
                    }
                }
            }
            Slot::Default => {
                let value = param.default.clone().unwrap_or(Const::None);
                let ty = const_type(&value);
                let node = self.mk(Node::Const(value), ty, origin);
                out.push(self.coerce(node, want));
            }
            Slot::FromStar(at, item) => {
                let value = self.star_item(args[*at], *item);
                out.push(self.coerce(value, want));
            }
            _ => {}
        }
    }

    /// A function value that a row calls: always a closure, so that it takes what the row gives.
    fn row_function(&mut self, param: &ParamRow, arg: NodeId, want: Ty) -> NodeId {
        let (TyKind::Func(..), TyKind::Func(params, ret)) = (param.ty.kind(), want.kind()) else {
            return arg;
        };
        let (have, origin) = (self.ty(arg), self.origin(arg));
        let TyKind::Func(takes, gives) = have.kind() else { return arg };
        if let Node::Item(path) = self.body.nodes[arg].kind
            && takes.len() > params.len()
            && self.types.env().program.fns.contains_key(&path)
        {
            // The parameters that nothing is given for take their defaults.
            let ret = if has_vars(*ret) || *ret.kind() == TyKind::Unit { *gives } else { *ret };
            return self.eta(params, ret, Ty::func(params.clone(), ret), origin, |me, args| {
                let kinds = vec![ArgKind::Positional; args.len()];
                let id = me.mk(Node::Const(Const::None), Ty::unit(), origin);
                me.call_path(id, path, &kinds, args, origin)
            });
        }
        if takes.len() > params.len()
            && let Some((closure, stmts)) = self.keeping_defaults(arg, params.len())
        {
            let called = self.row_function(param, closure, want);
            return self.mk_block(stmts, called);
        }
        if takes.len() > params.len()
            && matches!(self.body.nodes[arg].kind, Node::Closure(_) | Node::Block { .. })
        {
            let why = "a function with defaults that the library calls without them".to_owned();
            return self.hole(arg, BAD_CALL, why);
        }
        if takes.len() != params.len() {
            return arg;
        }
        let ret = if has_vars(*ret) || *ret.kind() == TyKind::Unit { *gives } else { *ret };
        let callee = match &self.body.nodes[arg].kind {
            Node::Item(path) => Callee::Fn(*path),
            Node::Use(..) => Callee::Value(arg),
            // A function that may be absent and is there: `key=None`.
            Node::Op { op: Op::OptOp(OptOp::Unwrap), .. } => Callee::Value(arg),
            _ if takes == params => return self.gives(arg, ret),
            // A bound method that takes dynamic values.
            Node::Closure(_) | Node::Block { label: None, .. } => {
                return self.held_function(param, arg, want);
            }
            _ => return arg,
        };
        let (takes, gives) = (takes.clone(), *gives);
        self.eta(params, ret, Ty::func(params.clone(), ret), origin, |me, args| {
            let args = args.into_iter().zip(&takes).map(|(arg, ty)| Arg::positional(me.coerce(arg, *ty)));
            let call = Node::Call { callee, args: args.collect() };
            me.mk(call, gives, origin)
        })
    }

    /// `lambda x, k=10: ..` that is called with its first `count` arguments: the others are variables which
    /// have their values from here.
    fn keeping_defaults(&mut self, function: NodeId, count: usize) -> Option<(NodeId, Vec<Stmt>)> {
        if let Node::Block { label: None, block } = self.body.nodes[function].kind {
            let (tail, mut stmts) = (self.body.blocks[block].tail?, self.body.blocks[block].stmts.clone());
            let (closure, kept) = self.keeping_defaults(tail, count)?;
            stmts.extend(kept);
            return Some((closure, stmts));
        }
        let Node::Closure(mut closure) = self.body.nodes[function].kind.clone() else { return None };
        let TyKind::Func(takes, gives) = self.ty(function).kind() else { return None };
        let (takes, gives, origin) = (takes.get(..count)?.to_vec(), *gives, self.origin(function));
        let kept = closure.params.split_off(count);
        let is_plain = |param: &Param| matches!(param.kind, ParamKind::Normal) && param.default.is_some();
        if closure.name.is_some() || !kept.iter().all(is_plain) {
            return None;
        }
        let mut stmts = Vec::new();
        for param in kept {
            self.body.locals[param.local].is_temp = true;
            let target = Pat::Place(Place::local(param.local));
            stmts.push(Stmt::new(StmtKind::Set { target, value: param.default? }, origin));
        }
        let closure = self.mk(Node::Closure(closure), Ty::func(takes, gives), origin);
        Some((closure, stmts))
    }

    /// A lambda whose value is of a narrower type than the row asks for: `defaultdict(lambda: 0)` of optional
    /// numbers.
    fn gives(&mut self, function: NodeId, ret: Ty) -> NodeId {
        let Node::Closure(closure) = &self.body.nodes[function].kind else { return function };
        let (row, ty) = (&self.body.blocks[closure.body], self.ty(function));
        let (Some(tail), true) = (row.tail, row.stmts.is_empty()) else { return function };
        let is_wide = matches!(
            ret.kind(),
            TyKind::Option(_) | TyKind::Union(_) | TyKind::Value | TyKind::Num | TyKind::Float(_)
        );
        if self.ty(tail) == ret || !is_wide {
            return function;
        }
        let mut closure = closure.clone();
        let tail = self.coerce(tail, ret);
        self.body.blocks[closure.body].tail = Some(tail);
        closure.ret = ret;
        let params = ty.children()[..ty.children().len() - 1].to_vec();
        self.set(function, Node::Closure(closure), Ty::func(params, ret))
    }

    /// A closure that takes other types than the row gives: it is held, and called with what it takes.
    fn held_function(&mut self, param: &ParamRow, arg: NodeId, want: Ty) -> NodeId {
        let (local, stmt) = self.set_temp("function", arg);
        let held = self.read_local(local, self.origin(arg));
        let called = self.row_function(param, held, want);
        self.mk_block(vec![stmt], called)
    }

    /// An item of a spread argument; the argument is simple or was named before.
    pub(crate) fn star_item(&mut self, node: NodeId, at: usize) -> NodeId {
        let origin = self.origin(node);
        let value = self.again_or_same(node, at);
        let ty = self.ty(value);
        let index = self.mk(Node::Const(Const::Int(at.to_string().into())), Ty::int(), origin);
        self.index_node(value, index, Some(at as i64))
            .unwrap_or_else(|| self.mk(Node::Hole { why: "spread".into(), source: "".into() }, ty, origin))
    }

    fn again_or_same(&mut self, node: NodeId, at: usize) -> NodeId {
        if at == 0 || !self.is_simple(node) { node } else { self.again(node) }
    }
}

/// Type of a constant.
pub(crate) fn const_type(value: &Const) -> Ty {
    match value {
        Const::None => Ty::unit(),
        Const::Bool(_) => Ty::bool(),
        Const::Int(_) => Ty::int(),
        Const::Float(_) => Ty::float(),
        Const::Imag(_) => Ty::new(TyKind::Complex),
        Const::Str(_) => Ty::str(),
        Const::Bytes(_) => Ty::bytes(),
        Const::Ellipsis => Ty::value(),
        Const::NotImplemented => Ty::never(),
    }
}

/// Names that neither `int` nor `float` has in CPython: they raise in the source, too.
fn is_missing_of_number(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "as_integer_ratio",
        "bit_count",
        "bit_length",
        "conjugate",
        "denominator",
        "from_bytes",
        "fromhex",
        "hex",
        "imag",
        "is_integer",
        "numerator",
        "real",
        "to_bytes",
    ];
    !NAMES.contains(&name) && !name.starts_with("__")
}
