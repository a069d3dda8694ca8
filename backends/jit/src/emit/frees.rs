//! What a function makes and nobody else sees is freed where it was used for the last time.
//!
//! before                              after
//!   r1 = format "{r0}"                  r1 = format "{r0}"
//!   r2 = str.len r1                     r2 = str.len r1
//!                                       free r1
//!
//! A register is freed when it has one definition, which makes an object, and every register that may hold the object
//! (its *family*: copies, references, iterators over it) is only used in ways that are known to keep nothing of it.
//! The place is where the family stops being live. It runs once for each object: to come there again, the family must
//! have been live again, and its registers get their values from that one definition alone.
//!
//! What is stored, returned, captured or handed to code that may keep it is not freed. Neither is what an error leaves
//! behind.

use super::Unit;
use crate::desc::{D, Desc, Kind};
use batuta_base::Name;
use batuta_core::{ClassOp, CmpOp, Lang, ListOp, Op, OptOp, RangeOp, RsOp, StrOp, TupleOp, Ty};
use batuta_flow::{Bb, End, Graph, Inst, InstKind, Lir, Part, Reg, Target};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// What is freed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Made {
    /// A tuple, object or present option of this many words.
    Words(usize),
    Text,
    Ints,
    Floats,
    Bools,
    Items,
    Iter,
    Range,
    /// A list, and the texts in it that nothing else holds.
    Texts,
}

impl Made {
    /// The kind and the number of words, as [`crate::host::release`] takes them.
    pub fn code(self) -> (u64, usize) {
        use crate::host::kind;
        match self {
            Self::Words(count) => (kind::WORDS, count),
            Self::Text => (kind::TEXT, 0),
            Self::Ints => (kind::INTS, 0),
            Self::Floats => (kind::FLOATS, 0),
            Self::Bools => (kind::BOOLS, 0),
            Self::Items => (kind::ITEMS, 0),
            Self::Iter => (kind::ITER, 0),
            Self::Range => (kind::RANGE, 0),
            Self::Texts => (kind::TEXTS, 0),
        }
    }
}

/// Where registers are freed.
#[derive(Default)]
pub(super) struct Frees {
    /// Behind an instruction, by its block and position.
    pub after: HashMap<(Bb, usize), Vec<(Reg, Made)>>,
    pub at_start: HashMap<Bb, Vec<(Reg, Made)>>,
}

/// What is known of functions: it is asked for many times.
#[derive(Default)]
pub(crate) struct Known {
    lirs: HashMap<Name, Option<Rc<Lir>>>,
    /// Whether a function keeps nothing of a parameter; none while it is found out.
    lent: HashMap<(Name, usize), Option<bool>>,
    /// What a function makes for its caller alone; none while it is found out.
    fresh: HashMap<Name, Option<Made>>,
}

/// Functions of the library that keep nothing of their first argument, and give nothing of it.
const LOOKING: &[&str] = &[
    "ruchy.len",
    "ruchy.is_empty",
    "ruchy.sum",
    "ruchy.product",
    "ruchy.contains",
    "ruchy.starts_with",
    "ruchy.ends_with",
    "ruchy.any",
    "ruchy.all",
    "ruchy.for_each",
    "ruchy.to_int",
    "ruchy.to_float",
    "ruchy.tell",
];

/// The same for lists of anything.
const LENGTHS: &[&str] = &["builtins.len", "list.append", "ruchy.push", "ruchy.len", "ruchy.is_empty"];

/// Functions and methods that keep nothing of their first argument, and give a new text or list.
const MAKING: &[&str] = &[
    "ruchy.to_uppercase",
    "ruchy.to_lowercase",
    "ruchy.to_string",
    "ruchy.trim",
    "ruchy.trim_start",
    "ruchy.trim_end",
    "ruchy.replace",
    "ruchy.repeat",
    "ruchy.join",
    "ruchy.substring",
    "ruchy.chars",
    "ruchy.lines",
    "ruchy.split",
    "ruchy.split_whitespace",
    "ruchy.sort",
    "ruchy.sorted",
    "ruchy.reverse",
    "ruchy.take",
    "ruchy.skip",
    "ruchy.map",
    "ruchy.filter",
];

/// Functions that call their argument and keep nothing of it.
const CALLING: &[&str] =
    &["ruchy.map", "ruchy.filter", "ruchy.any", "ruchy.all", "ruchy.for_each", "ruchy.reduce"];

/// Of those that take lists: the ones that give nothing of the items.
const SUMMING: &[&str] = &[
    "builtins.len",
    "list.append",
    "ruchy.push",
    "ruchy.len",
    "ruchy.is_empty",
    "ruchy.join",
    "ruchy.contains",
    "ruchy.to_string",
    "ruchy.tell",
];

/// How a use treats an object.
enum Use {
    /// Nothing of it stays.
    Looks,
    /// The destination may hold it.
    Hands,
    Keeps,
}

/// One function under the analysis.
struct Search<'s, 'a> {
    unit: &'s mut Unit<'a>,
    lir: &'s Lir,
    graph: &'s Graph,
    /// What is returned belongs to the caller.
    may_return: bool,
    /// Items that are read belong to the family.
    with_items: bool,
}

/// Finds what a function can free.
pub(super) fn frees(unit: &mut Unit<'_>, lir: &Lir, graph: &Graph) -> Frees {
    let mut out = Frees::default();
    if lir.yields.is_some() {
        return out;
    }
    let mut search = Search { unit, lir, graph, may_return: false, with_items: false };
    let mut families = Vec::new();
    let all = search.made();
    for (reg, made) in &all {
        let with_texts = search.with_texts(*reg, *made, &all);
        if let Some(family) = with_texts {
            families.push((*reg, Made::Texts, family));
        } else if let Some(family) = search.family(*reg) {
            families.push((*reg, *made, family));
        }
    }
    if !families.is_empty() {
        search.place(&families, &mut out);
    }
    out
}

impl Search<'_, '_> {
    fn desc(&self, reg: Reg) -> D {
        self.unit.desc(self.lir.regs[reg].ty)
    }

    /// Registers whose one definition makes an object.
    fn made(&mut self) -> Vec<(Reg, Made)> {
        let counts = self.definitions();
        let mut out = Vec::new();
        for block in &self.graph.order {
            let insts = &self.lir.blocks[*block].insts;
            for (at, inst) in insts.iter().enumerate() {
                let Some(dst) = inst.dst.filter(|dst| counts[dst] == 1) else { continue };
                let is_printed = insts.get(at + 1).is_some_and(|next| prints(inst, next));
                if let Some(made) = self.makes(inst, dst).filter(|_| !is_printed) {
                    out.push((dst, made));
                }
            }
        }
        out
    }

    /// How often each register is defined; parameters and the items of loops count as two.
    fn definitions(&self) -> HashMap<Reg, usize> {
        let mut counts: HashMap<Reg, usize> = HashMap::new();
        for reg in self.lir.params.iter().chain(&self.lir.captures) {
            *counts.entry(*reg).or_default() += 2;
        }
        for block in &self.graph.order {
            let row = &self.lir.blocks[*block];
            for dst in row.insts.iter().filter_map(|inst| inst.dst) {
                *counts.entry(dst).or_default() += 1;
            }
            if let End::Next { item, .. } = row.end {
                *counts.entry(item).or_default() += 2;
            }
        }
        counts
    }

    fn makes(&mut self, inst: &Inst, dst: Reg) -> Option<Made> {
        let desc = self.desc(dst);
        if self.lir.regs[dst].in_cell || desc.is_alias {
            return None;
        }
        match &inst.kind {
            InstKind::Format(parts) => {
                let has_value = parts.iter().any(|part| matches!(part, Part::Value { .. }));
                (has_value && matches!(desc.kind, Kind::Str)).then_some(Made::Text)
            }
            InstKind::Op { op: Op::TupleOp(TupleOp::New), args, .. } => match &desc.kind {
                Kind::Tuple(fields) if fields.len() == args.len() => Some(Made::Words(fields.len().max(1))),
                _ => None,
            },
            InstKind::Op { op: Op::ClassOp(ClassOp::New), .. } => match desc.kind {
                Kind::Class(class) if !class.is_shared && !class.is_enum() && class.error.get().is_none() => {
                    Some(Made::Words(class.fields().len() + 1))
                }
                _ => None,
            },
            InstKind::Op { op: Op::ListOp(ListOp::New), .. } => list(desc),
            InstKind::Op { op: Op::RangeOp(RangeOp::New), .. } => {
                matches!(desc.kind, Kind::Range).then_some(Made::Range)
            }
            InstKind::Iter(_, source) => {
                let is_made = matches!(self.desc(*source).kind, Kind::List(_) | Kind::Range);
                (is_made && matches!(desc.kind, Kind::Iter(_))).then_some(Made::Iter)
            }
            InstKind::Op { op: Op::StrOp(StrOp::Concat | StrOp::Repeat | StrOp::Slice), .. } => {
                matches!(desc.kind, Kind::Str).then_some(Made::Text)
            }
            // A generator keeps what its function captured.
            InstKind::Closure { index, captures } => {
                self.lir.closures[*index].yields.is_none().then_some(Made::Words(captures.len() + 1))
            }
            InstKind::Call { target: Target::Fn(path), .. } => self.fresh(*path),
            InstKind::Call { target: Target::Lib(name), args } => {
                let is_made = self.is_compiled(*name, args, dst) || MAKING.contains(&plain_name(*name));
                match desc.kind {
                    Kind::Str => is_made.then_some(Made::Text),
                    _ => list(desc).filter(|_| is_made),
                }
            }
            _ => None,
        }
    }

    /// Whether a call goes to a row that is compiled from its spelling in Rust: it borrows or copies its arguments.
    fn is_compiled(&self, name: Name, args: &[Reg], dst: Reg) -> bool {
        let types: Vec<Ty> = args.iter().map(|arg| self.desc(*arg).ty).collect();
        self.unit.overload(name, &types, self.desc(dst)).is_some()
    }

    /// The family of a list of texts and of the texts in it, where all of them are its own.
    fn with_texts(&mut self, reg: Reg, made: Made, all: &[(Reg, Made)]) -> Option<HashSet<Reg>> {
        let is_texts = matches!(self.desc(reg).kind, Kind::List(Desc { kind: Kind::Str, .. }));
        if made != Made::Items || !is_texts {
            return None;
        }
        self.with_items = true;
        let family = self.family(reg);
        self.with_items = false;
        family.filter(|family| self.holds_own(reg, family, all))
    }

    /// Whether each text that is stored in a list was made for it, or says that others hold it.
    fn holds_own(&self, list: Reg, family: &HashSet<Reg>, all: &[(Reg, Made)]) -> bool {
        let insts = || self.graph.order.iter().flat_map(|block| &self.lir.blocks[*block].insts);
        let counts = self.definitions();
        let is_own = |reg: &Reg| {
            let mut reg = *reg;
            loop {
                if all.contains(&(reg, Made::Text)) {
                    return true;
                }
                let definition = insts().find(|inst| inst.dst == Some(reg)).filter(|_| counts[&reg] == 1);
                match definition.map(|inst| &inst.kind) {
                    Some(InstKind::Move(from)) => reg = *from,
                    Some(InstKind::Const(_) | InstKind::Clone(_)) => return true,
                    Some(InstKind::Op { op: Op::RsOp(RsOp::ToOwned | RsOp::Clone), .. }) => return true,
                    _ => return false,
                }
            }
        };
        insts().all(|inst| match &inst.kind {
            InstKind::Op { op: Op::ListOp(ListOp::New), args, .. } if inst.dst == Some(list) => {
                args.iter().all(is_own)
            }
            InstKind::Call { target: Target::Fn(_), .. } => inst.dst != Some(list),
            InstKind::Call { target: Target::Lib(name), args } if inst.dst == Some(list) => {
                // These hand on what was in their argument.
                let hands_on = ["ruchy.sort", "ruchy.sorted", "ruchy.reverse", "ruchy.take", "ruchy.skip"];
                let hands_on = hands_on.contains(&plain_name(*name));
                !hands_on && !matches!(plain_name(*name), "ruchy.map" | "ruchy.filter") && !args.is_empty()
            }
            InstKind::Call { target: Target::Lib(name), args }
                if args.first().is_some_and(|first| family.contains(first)) =>
            {
                !matches!(plain_name(*name), "list.append" | "ruchy.push") || args.iter().skip(1).all(is_own)
            }
            InstKind::SetIndex(base, _, value) if family.contains(base) => is_own(value),
            _ => true,
        })
    }

    /// The registers that may hold what a register's definition makes; none where something may stay of it.
    fn family(&mut self, made: Reg) -> Option<HashSet<Reg>> {
        let mut family = HashSet::from([made]);
        let mut todo = vec![made];
        while let Some(member) = todo.pop() {
            if self.lir.regs[member].in_cell {
                return None;
            }
            for block in &self.graph.order {
                let row = &self.lir.blocks[*block];
                if let End::Next { iter, item, .. } = row.end
                    && iter == member
                    && self.with_items
                    && family.insert(item)
                {
                    todo.push(item);
                }
                for inst in row.insts.iter().filter(|inst| inst.kind.uses().contains(&member)) {
                    match (self.use_of(&inst.kind, inst.dst, member), inst.dst) {
                        (Use::Looks, _) => {}
                        (Use::Hands, Some(dst)) => {
                            if family.insert(dst) {
                                todo.push(dst);
                            }
                        }
                        _ => return None,
                    }
                }
                let is_fine = match &row.end {
                    End::Next { iter, .. } if *iter == member => {
                        matches!(self.desc(member).kind, Kind::Iter(_))
                    }
                    End::Return(Some(value)) if *value == member => self.may_return,
                    end => !end.uses().contains(&member),
                };
                if !is_fine {
                    return None;
                }
            }
        }
        self.is_closed(made, &family).then_some(family)
    }

    /// Whether the members get their values from members alone.
    fn is_closed(&self, made: Reg, family: &HashSet<Reg>) -> bool {
        let is_given = |reg: &Reg| family.contains(reg) && *reg != made;
        if self.lir.params.iter().chain(&self.lir.captures).any(is_given) {
            return false;
        }
        self.graph.order.iter().all(|block| {
            let row = &self.lir.blocks[*block];
            let is_from_member = |inst: &Inst| {
                !inst.dst.as_ref().is_some_and(is_given)
                    || inst.kind.uses().iter().any(|source| family.contains(source))
            };
            let is_item = matches!(&row.end, End::Next { item, iter, .. }
                if family.contains(item) && !(self.with_items && family.contains(iter)));
            !is_item && row.insts.iter().all(is_from_member)
        })
    }

    fn use_of(&mut self, kind: &InstKind, dst: Option<Reg>, member: Reg) -> Use {
        let desc = self.desc(member);
        let looks = |is_fine: bool| if is_fine { Use::Looks } else { Use::Keeps };
        match kind {
            InstKind::Drop(_) | InstKind::DropIf(_) => Use::Looks,
            InstKind::Copy(_) | InstKind::Move(_) => Use::Hands,
            InstKind::Clone(_) if matches!(desc.kind, Kind::List(_) | Kind::Tuple(_)) && !desc.is_alias => {
                Use::Looks
            }
            InstKind::Clone(_) => Use::Hands,
            InstKind::Iter(..) => match desc.kind {
                Kind::List(_) | Kind::Range | Kind::Iter(_) => Use::Hands,
                _ => Use::Keeps,
            },
            InstKind::Format(_) => looks(self.is_plain(desc)),
            InstKind::Field(base, name) => {
                looks(*base == member && is_record(desc) && has_field(desc, *name))
            }
            InstKind::SetField(base, name, value) => {
                let is_field = matches!(desc.kind, Kind::Class(_)) && has_field(desc, *name);
                looks(*base == member && *value != member && is_field)
            }
            InstKind::Index(base, at) | InstKind::Nth(base, at) => {
                let is_read = *base == member && matches!(desc.kind, Kind::List(_)) && self.is_int(*at);
                if is_read && self.with_items { Use::Hands } else { looks(is_read) }
            }
            InstKind::SetIndex(base, at, value) => {
                let is_list = matches!(desc.kind, Kind::List(_)) && self.is_int(*at);
                looks(*base == member && *at != member && *value != member && is_list)
            }
            InstKind::Op { op, args, .. } => self.use_in_op(*op, args, member),
            InstKind::Call { target: Target::Fn(path), args } => {
                let with_items = self.with_items;
                let is_lent = |(at, arg): (usize, &Reg)| *arg != member || self.is_lent(*path, at);
                looks(!with_items && args.iter().enumerate().all(is_lent))
            }
            InstKind::Call { target: Target::Value(function), args } => {
                looks(*function == member && !args.contains(&member) && !self.with_items)
            }
            InstKind::Call { target: Target::Lib(name), args } => {
                looks(self.only_looks(*name, args, dst, member))
            }
            _ => Use::Keeps,
        }
    }

    /// Whether a call of the library keeps nothing of a member.
    fn only_looks(&self, name: Name, args: &[Reg], dst: Option<Reg>, member: Reg) -> bool {
        let (plain, desc) = (plain_name(name), self.desc(member));
        let is_list = matches!(desc.kind, Kind::List(_));
        let is_iter = matches!(desc.kind, Kind::Iter(item) if self.is_plain(item));
        if self.with_items && (is_list || is_iter) && !SUMMING.contains(&plain) {
            // What takes a list apart hands its items on.
            return false;
        }
        let gives_plain = dst.is_some_and(|dst| self.is_plain(self.desc(dst)));
        if !gives_plain {
            return false;
        }
        if matches!(desc.kind, Kind::Func(..)) {
            return CALLING.contains(&plain);
        }
        let can_be_read = self.is_plain(desc) || is_iter;
        let is_first = !args.iter().skip(1).any(|arg| *arg == member);
        let is_known = LOOKING.contains(&plain) || MAKING.contains(&plain);
        let is_copied = matches!(desc.kind, Kind::Str) && MAKING.contains(&plain);
        let is_length = is_list && LENGTHS.contains(&plain);
        is_copied
            || is_first && (is_length || is_known && can_be_read)
            || can_be_read && dst.is_some_and(|dst| self.is_compiled(name, args, dst))
    }

    fn use_in_op(&mut self, op: Op, args: &[Reg], member: Reg) -> Use {
        let desc = self.desc(member);
        let is_fine = match op {
            Op::RsOp(RsOp::Ref | RsOp::Mut | RsOp::Deref) => return Use::Hands,
            Op::CmpOp(CmpOp::Eq | CmpOp::Ne | CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge) => {
                args.iter().all(|arg| self.is_plain(self.desc(*arg)))
            }
            Op::ListOp(ListOp::Len | ListOp::Truth) => matches!(desc.kind, Kind::List(_)),
            Op::ListOp(ListOp::Contains) => self.is_plain(desc),
            Op::StrOp(op) => {
                let looks =
                    [StrOp::Len, StrOp::Concat, StrOp::Repeat, StrOp::Slice, StrOp::Contains, StrOp::Truth];
                looks.contains(&op) && matches!(desc.kind, Kind::Str)
            }
            Op::OptOp(OptOp::IsNone | OptOp::IsSome) => matches!(desc.kind, Kind::Option(_)),
            Op::TupleOp(TupleOp::Field) => is_record(desc),
            Op::IoOp(_) => matches!(desc.kind, Kind::Str),
            _ => false,
        };
        if is_fine { Use::Looks } else { Use::Keeps }
    }

    fn is_int(&self, reg: Reg) -> bool {
        matches!(self.desc(reg).kind, Kind::Int | Kind::Bool)
    }

    /// Whether values of a type are shown and compared without code of the program.
    fn is_plain(&self, desc: D) -> bool {
        match &desc.kind {
            Kind::Unit | Kind::Bool | Kind::Int | Kind::Float | Kind::Str => true,
            Kind::List(item) | Kind::Option(item) => self.is_plain(item),
            Kind::Tuple(fields) => fields.iter().all(|field| self.is_plain(field)),
            Kind::Class(class) => {
                let is_flat = |desc: D| matches!(desc.kind, Kind::Bool | Kind::Int | Kind::Float | Kind::Str);
                self.unit.program.lang() == Lang::Ruchy
                    && class.fields().iter().all(|field| is_flat(field.desc))
            }
            _ => false,
        }
    }

    /// Whether a function keeps nothing of the argument for a parameter.
    fn is_lent(&mut self, path: Name, at: usize) -> bool {
        if let Some(known) = self.unit.known.lent.get(&(path, at)) {
            // One that calls itself is asked about while it is found out.
            return known.unwrap_or(false);
        }
        self.unit.known.lent.insert((path, at), None);
        let lir = self.unit.lir_of(path);
        let is_lent = lir.is_some_and(|lir| {
            let graph = Graph::new(&lir);
            let mut search =
                Search { unit: self.unit, lir: &lir, graph: &graph, may_return: false, with_items: false };
            // No use of it keeps the object.
            lir.params.get(at).is_some_and(|reg| search.family(*reg).is_some())
        });
        self.unit.known.lent.insert((path, at), Some(is_lent));
        is_lent
    }

    /// What a function makes for its caller alone, on every way out of it.
    fn fresh(&mut self, path: Name) -> Option<Made> {
        if let Some(known) = self.unit.known.fresh.get(&path) {
            return *known;
        }
        self.unit.known.fresh.insert(path, None);
        let lir = self.unit.lir_of(path)?;
        let graph = Graph::new(&lir);
        let mut search =
            Search { unit: self.unit, lir: &lir, graph: &graph, may_return: true, with_items: false };
        let made = search.returned();
        self.unit.known.fresh.insert(path, made);
        made
    }

    /// What all returns give, where each gives an object of its own.
    fn returned(&mut self) -> Option<Made> {
        let mut given: Vec<Reg> = Vec::new();
        for block in &self.graph.order {
            match &self.lir.blocks[*block].end {
                End::Return(Some(value)) => given.push(*value),
                End::Return(None) => return None,
                _ => {}
            }
        }
        let mut found = None;
        let all = self.made();
        for value in given {
            let mut kinds = Vec::new();
            for (reg, made) in &all {
                if self.family(*reg).is_some_and(|family| family.contains(&value)) {
                    kinds.push(*made);
                }
            }
            let [made] = kinds[..] else { return None };
            // An iterator may still look at what was freed with its function.
            if found.is_some_and(|found| found != made) || matches!(made, Made::Iter) {
                return None;
            }
            found = Some(made);
        }
        found
    }

    /// Places the frees of all families.
    fn place(&self, families: &[(Reg, Made, HashSet<Reg>)], out: &mut Frees) {
        let live_in = self.graph.live_in(self.lir);
        let none = BTreeSet::new();
        let live_at = |block: &Bb| live_in.get(block).unwrap_or(&none);
        let mut live_at_end: HashMap<Bb, BTreeSet<Reg>> = HashMap::new();
        for block in &self.graph.order {
            let row = &self.lir.blocks[*block];
            let mut live: BTreeSet<Reg> = row.end.successors().iter().flat_map(live_at).copied().collect();
            if let End::Next { item, .. } = row.end {
                live.remove(&item);
            }
            live.extend(row.end.uses());
            let on_error: BTreeSet<Reg> = row.on_error.iter().flat_map(live_at).copied().collect();
            live.extend(&on_error);
            live_at_end.insert(*block, live.clone());
            for (at, inst) in row.insts.iter().enumerate().rev() {
                let touched: Vec<Reg> = inst.kind.uses().into_iter().chain(inst.dst).collect();
                for (reg, made, family) in families {
                    let ends = touched.iter().any(|touched| family.contains(touched))
                        && !family.iter().any(|member| live.contains(member));
                    if ends {
                        out.after.entry((*block, at)).or_default().push((*reg, *made));
                    }
                }
                if let Some(dst) = inst.dst {
                    live.remove(&dst);
                }
                live.extend(inst.kind.uses());
                live.extend(&on_error);
            }
        }
        for block in &self.graph.order {
            let from = &self.graph.predecessors[block];
            let by_error = |before: &Bb| {
                let row = &self.lir.blocks[*before];
                row.on_error == Some(*block)
            };
            if from.is_empty() || from.iter().any(by_error) {
                continue;
            }
            for (reg, made, family) in families {
                let is_live = |live: &BTreeSet<Reg>| family.iter().any(|member| live.contains(member));
                if !is_live(live_at(block)) && from.iter().all(|before| is_live(&live_at_end[before])) {
                    out.at_start.entry(*block).or_default().push((*reg, *made));
                }
            }
        }
    }
}

/// The name of a function of the library without its overload.
fn plain_name(name: Name) -> &'static str {
    name.as_str().split(['$', '#']).next().unwrap_or_default()
}

/// A list by its representation.
fn list(desc: D) -> Option<Made> {
    let Kind::List(item) = desc.kind else { return None };
    Some(match item.kind {
        Kind::Int => Made::Ints,
        Kind::Float => Made::Floats,
        Kind::Bool => Made::Bools,
        _ => Made::Items,
    })
}

/// Whether a name is one of a record's words, and no code that is run.
fn has_field(desc: D, name: Name) -> bool {
    match desc.kind {
        Kind::Class(class) => class.field(name).is_some(),
        _ => true,
    }
}

fn is_record(desc: D) -> bool {
    match desc.kind {
        Kind::Tuple(_) => true,
        Kind::Class(class) => class.error.get().is_none(),
        _ => false,
    }
}

/// Whether a format is printed at once, so that its register gets no value.
fn prints(format: &Inst, print: &Inst) -> bool {
    let InstKind::Op { op: Op::IoOp(_), args, .. } = &print.kind else { return false };
    matches!(format.kind, InstKind::Format(_)) && format.dst == args.first().copied()
}

impl Unit<'_> {
    /// The blocks of a function, kept for the questions about it.
    fn lir_of(&mut self, path: Name) -> Option<Rc<Lir>> {
        if let Some(known) = self.known.lirs.get(&path) {
            return known.clone();
        }
        let body = self.program.fns.get(&path).filter(|body| !body.is_generator);
        let lir = body.map(|body| batuta_flow::lower(self.program, body));
        let lir = lir.filter(|lir| lir.all_gaps().is_empty() && lir.yields.is_none());
        let lir = lir.map(Rc::new);
        self.known.lirs.insert(path, lir.clone());
        lir
    }
}
