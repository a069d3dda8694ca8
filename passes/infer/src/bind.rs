//! Which argument goes to which parameter, as Python binds them.

use batuta_base::Name;
use batuta_core::{ArgKind, ParamKind};

/// A parameter as binding sees it.
#[derive(Clone)]
pub(crate) struct Formal {
    pub name: Option<Name>,
    pub kind: ParamKind,
    pub has_default: bool,
}

/// What fills a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Slot {
    Arg(usize),
    Default,
    /// `*args`: these arguments, spread ones spliced.
    Pack(Vec<usize>),
    /// `**kwargs`.
    PackNamed(Vec<(Option<Name>, usize)>),
    /// Item of a spread argument whose length is known.
    FromStar(usize, usize),
    /// `*args`: a spread argument of known length behind its first items, then these arguments.
    PackFrom(usize, usize, Vec<usize>),
    /// Item of `Bound::rest`.
    Rest(usize),
    /// Item of `Bound::rest`, or the default where that is too short.
    RestOr(usize),
    /// `*args`: `Bound::rest` behind its first items.
    PackRest(usize),
    /// Entry of a spread dict.
    FromMap(usize, Name),
    /// Entry of a spread dict, or the default.
    FromMapOr(usize, Name),
    Missing,
}

pub(crate) struct Bound {
    pub slots: Vec<Slot>,
    /// Arguments that no parameter takes.
    pub extra: Vec<usize>,
    /// Positional arguments from the first spread one of unknown length on, where plain parameters take of them.
    pub rest: Vec<usize>,
    /// How many parameters stand before those that `rest` fills.
    pub before: usize,
}

impl Bound {
    pub(crate) fn is_complete(&self) -> bool {
        self.extra.is_empty() && !self.slots.contains(&Slot::Missing)
    }
}

/// Binds arguments to parameters. `star_len` gives the length of a spread argument, where it is known.
pub(crate) fn bind(formals: &[Formal], args: &[ArgKind], star_len: &dyn Fn(usize) -> Option<usize>) -> Bound {
    let mut slots: Vec<Slot> = formals
        .iter()
        .map(|formal| match formal.kind {
            ParamKind::Star => Slot::Pack(Vec::new()),
            ParamKind::StarStar => Slot::PackNamed(Vec::new()),
            _ if formal.has_default => Slot::Default,
            _ => Slot::Missing,
        })
        .collect();
    let mut extra = Vec::new();
    let is_free = |formal: &Formal| matches!(formal.kind, ParamKind::Normal | ParamKind::PositionalOnly);
    let positional: Vec<usize> = (0..formals.len()).filter(|at| is_free(&formals[*at])).collect();
    let star = formals.iter().position(|formal| formal.kind == ParamKind::Star);
    let map = formals.iter().position(|formal| formal.kind == ParamKind::StarStar);
    let named = |name: Name| {
        formals.iter().position(|f| {
            f.name == Some(name) && matches!(f.kind, ParamKind::Normal | ParamKind::KeywordOnly)
        })
    };
    for (at, arg) in args.iter().enumerate() {
        if let ArgKind::Named(name) = arg {
            match (named(*name), map) {
                (Some(slot), _) => slots[slot] = Slot::Arg(at),
                (None, Some(map)) => push_named(&mut slots[map], Some(*name), at),
                (None, None) => extra.push(at),
            }
        }
    }
    let mut next = 0;
    let mut rest = Vec::new();
    for (at, arg) in args.iter().enumerate() {
        if !matches!(arg, ArgKind::Positional | ArgKind::Star) {
            continue;
        }
        let length = if *arg == ArgKind::Star { star_len(at) } else { Some(1) };
        if !rest.is_empty() || (length.is_none() && (next < positional.len() || star.is_none())) {
            rest.push(at);
            continue;
        }
        let free = positional.len().saturating_sub(next);
        let taken = length.map_or(0, |length| length.min(free));
        for item in 0..taken {
            if let Slot::Arg(named) = slots[positional[next]] {
                extra.push(named);
            }
            slots[positional[next]] = match arg {
                ArgKind::Star => Slot::FromStar(at, item),
                _ => Slot::Arg(at),
            };
            next += 1;
        }
        match star {
            _ if length == Some(taken) => {}
            Some(star) => push_packed(&mut slots[star], at, taken),
            None => extra.push(at),
        }
    }
    if !rest.is_empty() {
        take_rest(&mut slots, &positional[next..], star);
    }
    for (at, arg) in args.iter().enumerate() {
        if *arg != ArgKind::StarStar {
            continue;
        }
        let takes_name = |formal: &&Formal| matches!(formal.kind, ParamKind::Normal | ParamKind::KeywordOnly);
        for (slot, formal) in formals.iter().enumerate() {
            match (&slots[slot], Some(formal).filter(takes_name).and_then(|formal| formal.name)) {
                (Slot::Missing, Some(name)) => slots[slot] = Slot::FromMap(at, name),
                (Slot::Default, Some(name)) => slots[slot] = Slot::FromMapOr(at, name),
                // It may stand in the dict where the spread arguments are too few.
                (Slot::Rest(_) | Slot::RestOr(_), Some(_)) => extra.push(at),
                _ => {}
            }
        }
        if let Some(map) = map {
            push_named(&mut slots[map], None, at);
        }
    }
    Bound { slots, extra, rest, before: next }
}

/// Parameters that no argument before has filled take from the arguments of unknown number.
fn take_rest(slots: &mut [Slot], open: &[usize], star: Option<usize>) {
    let mut taken = 0;
    for at in open {
        slots[*at] = match slots[*at] {
            Slot::Missing => Slot::Rest(taken),
            Slot::Default => Slot::RestOr(taken),
            _ => break,
        };
        taken += 1;
    }
    if let Some(star) = star {
        slots[star] = Slot::PackRest(taken);
    }
}

/// Adds an argument, a spread one behind its first items, to `*args`.
fn push_packed(slot: &mut Slot, at: usize, taken: usize) {
    match slot {
        Slot::Pack(items) if taken > 0 && items.is_empty() => *slot = Slot::PackFrom(at, taken, Vec::new()),
        Slot::Pack(items) | Slot::PackFrom(_, _, items) => items.push(at),
        _ => {}
    }
}

fn push_named(slot: &mut Slot, name: Option<Name>, at: usize) {
    if let Slot::PackNamed(items) = slot {
        items.push((name, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formal(name: &str, kind: ParamKind, has_default: bool) -> Formal {
        Formal { name: Some(Name::new(name)), kind, has_default }
    }

    #[test]
    fn keywords_defaults_and_stars() {
        let formals = [
            formal("a", ParamKind::Normal, false),
            formal("b", ParamKind::Normal, true),
            formal("rest", ParamKind::Star, false),
            formal("k", ParamKind::KeywordOnly, true),
        ];
        let none = |_: usize| None;
        let bound = bind(&formals, &[ArgKind::Positional, ArgKind::Named(Name::new("k"))], &none);
        assert_eq!(bound.slots, [Slot::Arg(0), Slot::Default, Slot::Pack(vec![]), Slot::Arg(1)]);
        let four = [ArgKind::Positional; 4];
        let bound = bind(&formals, &four, &none);
        assert_eq!(bound.slots[2], Slot::Pack(vec![2, 3]));
        let bound = bind(&formals[..2], &[ArgKind::Star], &|_| Some(2));
        assert_eq!(bound.slots, [Slot::FromStar(0, 0), Slot::FromStar(0, 1)]);
        assert!(!bind(&formals[..1], &[], &none).is_complete());
    }

    #[test]
    fn spread_arguments_of_unknown_length() {
        let formals = [
            formal("a", ParamKind::Normal, false),
            formal("b", ParamKind::Normal, true),
            formal("rest", ParamKind::Star, false),
        ];
        let bound = bind(&formals, &[ArgKind::Star, ArgKind::Positional], &|_| None);
        assert_eq!(bound.slots, [Slot::Rest(0), Slot::RestOr(1), Slot::PackRest(2)]);
        assert_eq!((bound.rest, bound.before), (vec![0, 1], 0));
        let bound = bind(&formals, &[ArgKind::Star, ArgKind::Positional], &|_| Some(3));
        assert_eq!(bound.slots[2], Slot::PackFrom(0, 2, vec![1]));
    }
}
