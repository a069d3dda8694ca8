//! Which argument goes to which parameter, as Python binds them.

use batuta_base::Name;
use batuta_core::{ArgKind, ParamKind};

/// A parameter as binding sees it.
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
    /// Item of a spread argument.
    FromStar(usize, usize),
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
    for (at, arg) in args.iter().enumerate() {
        match arg {
            ArgKind::Positional => match (positional.get(next), star) {
                (Some(slot), _) => {
                    slots[*slot] = Slot::Arg(at);
                    next += 1;
                }
                (None, Some(star)) => push_packed(&mut slots[star], at),
                (None, None) => extra.push(at),
            },
            ArgKind::Star => {
                let length = star_len(at);
                let mut taken = 0;
                while length.is_none_or(|length| taken < length) {
                    let Some(slot) = positional.get(next).copied() else { break };
                    let wanted = length.is_some() || slots[slot] == Slot::Missing;
                    if !wanted || (length.is_none() && star.is_some()) {
                        break;
                    }
                    slots[slot] = Slot::FromStar(at, taken);
                    taken += 1;
                    next += 1;
                }
                if let Some(star) = star
                    && length.is_none_or(|length| taken < length)
                {
                    push_packed(&mut slots[star], at);
                }
            }
            ArgKind::Named(_) | ArgKind::StarStar => {}
        }
    }
    for (at, arg) in args.iter().enumerate() {
        if *arg != ArgKind::StarStar {
            continue;
        }
        match map {
            Some(map) => push_named(&mut slots[map], None, at),
            None => {
                for (slot, formal) in formals.iter().enumerate() {
                    match (&slots[slot], formal.name) {
                        (Slot::Missing, Some(name)) => slots[slot] = Slot::FromMap(at, name),
                        (Slot::Default, Some(name)) => slots[slot] = Slot::FromMapOr(at, name),
                        _ => {}
                    }
                }
            }
        }
    }
    Bound { slots, extra }
}

fn push_packed(slot: &mut Slot, at: usize) {
    if let Slot::Pack(items) = slot {
        items.push(at);
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
}
