//! What the types of the language and its library are instances of.

use crate::vars::Head;
use batuta_base::Name;

/// Whether a class of the library is another one or below it.
pub(crate) fn has_base(class: Name, base: &str) -> bool {
    let class = class.last();
    class == base
        || match base {
            "dict" => is_mapping(class),
            "date" => class == "datetime",
            "PurePath" | "PurePosixPath" | "PosixPath" => class == "Path",
            "Handler" => class == "StreamHandler",
            "tzinfo" => matches!(class, "timezone" | "ZoneInfo"),
            _ => false,
        }
}

/// Whether it is a `numbers.KIND`.
pub(crate) fn is_number(head: Head, kind: &str) -> bool {
    let lib = |names: &[&str]| matches!(head, Head::Lib(name) if names.contains(&name.last()));
    let is_integral = matches!(head, Head::Int | Head::Bool);
    let is_rational = is_integral || lib(&["Fraction"]);
    let is_real = is_rational || matches!(head, Head::Float | Head::Num);
    match kind {
        "Integral" => is_integral,
        "Rational" => is_rational,
        "Real" => is_real,
        "Complex" => is_real || head == Head::Complex,
        "Number" => is_real || head == Head::Complex || lib(&["Decimal"]),
        _ => false,
    }
}

/// Whether it is a `collections.abc.KIND`, where that is known.
pub(crate) fn is_of_kind(head: Head, kind: &str) -> Option<bool> {
    let lib = match head {
        Head::Lib(name) => name.last(),
        _ => "",
    };
    let is_mapping = head == Head::Dict || is_mapping(lib);
    let is_changing = head == Head::List || matches!(lib, "deque" | "bytearray");
    let is_fixed = matches!(head, Head::Str | Head::Bytes | Head::Range | Head::Tuple(_)) || lib == "tuple";
    let is_sequence = is_changing || is_fixed;
    let is_set = matches!(head, Head::Set | Head::FrozenSet);
    let is_collection = is_sequence || is_set || is_mapping;
    let is_number = matches!(head, Head::Int | Head::Bool | Head::Float | Head::Complex)
        || matches!(lib, "Fraction" | "Decimal" | "date" | "datetime" | "time" | "timedelta" | "Path");
    if head == Head::Iter {
        return match kind {
            "Iterable" | "Iterator" | "Hashable" => Some(true),
            "Generator" | "Coroutine" | "Awaitable" => None,
            _ => Some(false),
        };
    }
    if matches!(head, Head::Func(_) | Head::LibFn(_) | Head::TypeOf(_)) && kind == "Callable" {
        return Some(true);
    }
    if !is_collection && !is_number && head != Head::None {
        return None;
    }
    Some(match kind {
        "Iterable" | "Sized" | "Container" | "Collection" => is_collection,
        "Sequence" => is_sequence,
        "MutableSequence" => is_changing,
        "Mapping" | "MutableMapping" => is_mapping,
        "Set" => is_set,
        "MutableSet" => head == Head::Set,
        "Reversible" => is_sequence || is_mapping,
        "Hashable" => !is_changing && !is_mapping && head != Head::Set,
        "Callable" | "Iterator" | "Generator" | "Awaitable" | "Coroutine" => false,
        _ => return None,
    })
}

fn is_mapping(name: &str) -> bool {
    matches!(name, "defaultdict" | "Counter" | "OrderedDict")
}
