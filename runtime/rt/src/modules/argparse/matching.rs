//! How many of the texts that follow each argument takes.

use super::Nargs;

/// The texts of a command line by kind: `O` an option, `A` an argument, `-` the mark `--`.
pub(super) type Pattern = [u8];

/// How many places of the pattern an option takes; none when too few are there.
pub(super) fn option_count(nargs: Nargs, pattern: &Pattern) -> Option<usize> {
    let arguments = pattern.iter().take_while(|kind| **kind == b'A').count();
    match nargs {
        Nargs::One => (arguments > 0).then_some(1),
        Nargs::Optional => Some(arguments.min(1)),
        Nargs::Any => Some(arguments),
        Nargs::Some => (arguments > 0).then_some(arguments),
        Nargs::Exactly(count) => (arguments >= count).then_some(count),
        Nargs::Rest => Some(pattern.iter().take_while(|kind| **kind != b'-').count()),
        Nargs::Command => {
            let all = pattern.iter().take_while(|kind| **kind != b'-').count();
            (arguments > 0).then_some(all)
        }
    }
}

/// How many places each positional argument takes: as many arguments as fit, each as much as it can.
pub(super) fn positional_counts(all: &[Nargs], pattern: &Pattern) -> Vec<usize> {
    for count in (1..=all.len()).rev() {
        if let Some(counts) = counts(&all[..count], pattern) {
            return counts;
        }
    }
    Vec::new()
}

fn counts(all: &[Nargs], pattern: &Pattern) -> Option<Vec<usize>> {
    let Some((first, rest)) = all.split_first() else { return Some(Vec::new()) };
    for taken in ends(*first, pattern) {
        if let Some(mut more) = counts(rest, &pattern[taken..]) {
            more.insert(0, taken);
            return Some(more);
        }
    }
    None
}

/// The places that one positional argument can take, the longest first; `--` marks go with it.
fn ends(nargs: Nargs, pattern: &Pattern) -> Vec<usize> {
    let marks = |from: usize| pattern[from..].iter().take_while(|kind| **kind == b'-').count();
    let lead = marks(0);
    let run = |from: usize| pattern[from..].iter().take_while(|kind| **kind != b'O').count();
    let fixed = |count: usize| {
        let mut at = lead;
        for taken in 0..count {
            if pattern.get(at) != Some(&b'A') {
                return None;
            }
            at += 1;
            if taken + 1 < count {
                at += marks(at);
            }
        }
        Some(at + marks(at))
    };
    match nargs {
        Nargs::One => Vec::from_iter(fixed(1)),
        Nargs::Exactly(count) => Vec::from_iter(fixed(count)),
        Nargs::Optional => fixed(1).into_iter().chain([lead]).collect(),
        Nargs::Any => (lead..=lead + run(lead)).rev().collect(),
        Nargs::Some if pattern.get(lead) == Some(&b'A') => {
            (lead + 1..=lead + 1 + run(lead + 1)).rev().collect()
        }
        Nargs::Command if pattern.get(lead) == Some(&b'A') => (lead + 1..=pattern.len()).rev().collect(),
        Nargs::Rest => (0..=pattern.len()).rev().collect(),
        Nargs::Some | Nargs::Command => Vec::new(),
    }
}
