//! Type variables: union-find over sets of atoms (lower bounds), with flow edges between them.

use crate::narrow::Filter;
use batuta_base::{FxHashSet, Name};
use batuta_core::Ty;
use std::rc::Rc;

/// A type variable of the whole program.
pub(crate) type Var = u32;

/// The outermost constructor of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) enum Head {
    None,
    Bool,
    Int,
    Float,
    Num,
    Complex,
    Str,
    Bytes,
    Range,
    Slice,
    Error,
    Ellipsis,
    List,
    Set,
    FrozenSet,
    Dict,
    Iter,
    /// With its number of items.
    Tuple(u8),
    Class(Name),
    /// A class as a value.
    TypeOf(Name),
    /// A type of the library.
    Lib(Name),
    /// A library function or builtin type as a value.
    LibFn(Name),
    /// With its number of parameters; the last argument is the result.
    Func(u8),
    Value,
}

/// A lower bound of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Atom {
    pub head: Head,
    pub args: Rc<[Var]>,
}

impl Atom {
    pub(crate) fn plain(head: Head) -> Self {
        Self { head, args: Rc::from([]) }
    }
    pub(crate) fn new(head: Head, args: impl Into<Rc<[Var]>>) -> Self {
        Self { head, args: args.into() }
    }
}

/// A flow edge's target and what it lets through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Edge {
    pub to: Var,
    pub filter: Option<Rc<Filter>>,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct VarRow {
    pub atoms: Vec<Atom>,
    pub edges: Vec<Edge>,
    /// Constraints to fire when an atom arrives.
    pub watch: Vec<u32>,
    /// Types that a use expects, for variables that nothing flows into.
    pub uses: Vec<Ty>,
    pub seen: bool,
}

#[derive(Default)]
pub(crate) struct Vars {
    parent: Vec<Var>,
    pub rows: Vec<VarRow>,
    /// Variables with new atoms, and the atoms.
    pub news: std::collections::VecDeque<(Var, Atom)>,
    edge_set: FxHashSet<(Var, Var)>,
}

impl Vars {
    pub(crate) fn fresh(&mut self) -> Var {
        self.rows.push(VarRow::default());
        self.parent.push(self.parent.len() as Var);
        (self.parent.len() - 1) as Var
    }

    /// A block of variables; gives the first.
    pub(crate) fn fresh_block(&mut self, count: u32) -> Var {
        let first = self.parent.len() as Var;
        self.rows.resize(self.rows.len() + count as usize, VarRow::default());
        self.parent.extend(first..first + count);
        first
    }

    pub(crate) fn find(&mut self, var: Var) -> Var {
        let mut root = var;
        while self.parent[root as usize] != root {
            self.parent[root as usize] = self.parent[self.parent[root as usize] as usize];
            root = self.parent[root as usize];
        }
        root
    }

    pub(crate) fn root(&self, var: Var) -> Var {
        let mut root = var;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        root
    }

    pub(crate) fn row(&self, var: Var) -> &VarRow {
        &self.rows[self.root(var) as usize]
    }

    pub(crate) fn atoms(&self, var: Var) -> &[Atom] {
        &self.row(var).atoms
    }

    pub(crate) fn has(&self, var: Var, head: Head) -> bool {
        self.atoms(var).iter().any(|atom| atom.head == head)
    }

    /// Whether anything but `None` is known to flow here.
    pub(crate) fn is_known(&self, var: Var) -> bool {
        self.atoms(var).iter().any(|atom| atom.head != Head::None)
    }

    pub(crate) fn add(&mut self, var: Var, atom: Atom) {
        let root = self.find(var);
        if self.joins_tuples(root, &atom) {
            return;
        }
        let known = self.rows[root as usize].atoms.iter().find(|known| known.head == atom.head).cloned();
        match known {
            Some(known) => self.unify_args(&known, &atom),
            None => {
                self.rows[root as usize].atoms.push(atom.clone());
                self.news.push_back((root, atom));
            }
        }
    }

    /// Tuples of different lengths in one variable are a tuple of any length.
    fn joins_tuples(&mut self, root: Var, atom: &Atom) -> bool {
        let any = Head::Lib(Name::new("tuple"));
        if !matches!(atom.head, Head::Tuple(_)) && atom.head != any {
            return false;
        }
        let atoms = &self.rows[root as usize].atoms;
        let is_other = |known: &Atom| {
            known.head != atom.head && (matches!(known.head, Head::Tuple(_)) || known.head == any)
        };
        let others: Vec<Atom> = atoms.iter().filter(|known| is_other(known)).cloned().collect();
        if others.is_empty() {
            return false;
        }
        let item = match others.iter().chain([atom]).find(|known| known.head == any) {
            Some(known) => known.args[0],
            None => self.fresh(),
        };
        let whole = Atom::new(any, vec![item]);
        let row = &mut self.rows[root as usize];
        let had = row.atoms.iter().any(|known| known.head == any);
        row.atoms.retain(|known| !matches!(known.head, Head::Tuple(_)));
        if !had {
            row.atoms.push(whole.clone());
            self.news.push_back((root, whole));
        }
        for part in others.iter().chain([atom]).filter(|part| part.head != any) {
            for var in part.args.iter() {
                self.connect(*var, item);
            }
        }
        true
    }

    /// An edge that also carries what is known already.
    fn connect(&mut self, from: Var, to: Var) {
        if self.edge(from, to, None) {
            let root = self.find(from);
            for atom in self.rows[root as usize].atoms.clone() {
                self.news.push_back((root, atom));
            }
        }
    }

    fn unify_args(&mut self, a: &Atom, b: &Atom) {
        for (x, y) in a.args.iter().zip(b.args.iter()) {
            self.unify(*x, *y);
        }
    }

    pub(crate) fn unify(&mut self, a: Var, b: Var) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        let (keep, gone) = if self.weight(a) >= self.weight(b) { (a, b) } else { (b, a) };
        self.parent[gone as usize] = keep;
        let row = std::mem::take(&mut self.rows[gone as usize]);
        let old = self.rows[keep as usize].atoms.clone();
        let target = &mut self.rows[keep as usize];
        target.seen |= row.seen;
        target.uses.extend(row.uses);
        target.edges.extend(row.edges);
        target.watch.extend(row.watch);
        // Each side's edges and watches have to hear of the other side's atoms.
        for atom in old {
            self.news.push_back((keep, atom));
        }
        for atom in row.atoms {
            self.add(keep, atom);
        }
    }

    fn weight(&self, var: Var) -> usize {
        let row = &self.rows[var as usize];
        row.atoms.len() + row.edges.len() + row.watch.len()
    }

    /// Adds an edge; whether it is new.
    pub(crate) fn edge(&mut self, from: Var, to: Var, filter: Option<Rc<Filter>>) -> bool {
        let (from, to) = (self.find(from), self.find(to));
        if from == to && filter.is_none() || (filter.is_none() && !self.edge_set.insert((from, to))) {
            return false;
        }
        self.rows[from as usize].edges.push(Edge { to, filter });
        true
    }
}
