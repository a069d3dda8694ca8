//! What one body says about types: constraints between its nodes and locals.
//!
//! Knows nothing of other bodies, holds no positions and compares equal when nothing it says changed.
//! Variables are numbers: a node is its id, a local stands after the nodes, then come extra ones.

use crate::narrow::Filter;
use batuta_base::Name;
use batuta_core::{ArgKind, ObjOp, ParamKind, Ty};
use std::rc::Rc;

/// A variable of one body.
pub(crate) type V = u32;

/// Constraints of one body.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct BodyFacts {
    pub vars: u32,
    pub constraints: Vec<C>,
    pub signature: Sig,
    /// Nodes whose read is narrowed, by id.
    pub narrowed: batuta_base::FxHashSet<u32>,
}

/// Parameters and result of a function or closure.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Sig {
    pub params: Vec<ParamFact>,
    pub ret: V,
    /// The type of yielded items, for generators.
    pub yielded: Option<V>,
    /// The type of `return`'s value.
    pub returned: V,
    /// Control can leave at the end of the body, with `None`.
    pub falls: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ParamFact {
    pub name: Name,
    /// What each argument flows into; for `*args` and `**kwargs` the item.
    pub var: V,
    /// The parameter itself.
    pub whole: V,
    pub kind: ParamKind,
    pub default: Option<V>,
}

/// An argument of a call.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ArgFact {
    pub kind: ArgKind,
    pub var: V,
}

/// What is called.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Target {
    Path(Name),
    Lib(Name),
    Method(V, Name),
    Super(Name),
    Value(V),
}

/// A literal or a container around variables.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Shape {
    Plain(crate::vars::Head),
    Of(crate::vars::Head, Vec<V>),
}

/// A constraint. `out` receives types, the others give them.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum C {
    Flow(V, V),
    Narrow(V, V, Rc<Filter>),
    Shape(V, Shape),
    Global {
        path: Name,
        out: V,
    },
    SetGlobal {
        path: Name,
        value: V,
    },
    Item {
        name: Name,
        out: V,
    },
    Binary {
        op: ObjOp,
        a: V,
        b: V,
        out: V,
        in_place: bool,
    },
    Unary {
        op: ObjOp,
        a: V,
        out: V,
    },
    Compare {
        op: ObjOp,
        a: V,
        b: V,
        out: V,
    },
    Attr {
        of: V,
        name: Name,
        out: V,
    },
    SetAttr {
        of: V,
        name: Name,
        value: V,
        /// Past `__setattr__` of the class.
        raw: bool,
    },
    Index {
        of: V,
        index: V,
        constant: Option<i64>,
        out: V,
    },
    SetIndex {
        of: V,
        index: V,
        value: V,
    },
    DelIndex {
        of: V,
        index: V,
    },
    /// `bounds`: start and end where both are written as numbers or left out, without a step.
    Slice {
        of: V,
        bounds: Option<[Option<i64>; 2]>,
        out: V,
    },
    SetSlice {
        of: V,
        value: V,
    },
    Iterate {
        of: V,
        item: V,
    },
    Unpack {
        of: V,
        front: Vec<V>,
        rest: Option<V>,
        back: Vec<V>,
    },
    Call {
        site: u32,
        target: Target,
        args: Vec<ArgFact>,
        out: V,
    },
    Closure {
        site: u32,
        sig: Rc<Sig>,
        out: V,
    },
    Caught {
        classes: Vec<Name>,
        out: V,
    },
    Enter {
        of: V,
        out: V,
    },
    /// What an object of a class derived from a builtin type holds; any other value itself.
    Inner {
        of: V,
        out: V,
    },
    /// Positional sub-pattern of a class pattern.
    MatchArg {
        of: V,
        class: Name,
        at: usize,
        out: V,
    },
    /// `yield from`: what it yields, what is sent through it, its value.
    Delegate {
        of: V,
        yielded: V,
        sent: V,
        out: V,
    },
    /// The value of an `await`.
    Await {
        of: V,
        out: V,
    },
    /// An item of a spread argument.
    SplatItem {
        of: V,
        at: usize,
        out: V,
    },
    SplatDict {
        of: V,
        key: V,
        value: V,
    },
    /// The program can tell an int from a float here.
    Seen(V),
    Hint(V, Ty),
}
