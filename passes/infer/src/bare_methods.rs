//! Methods of library types that need no argument. A row of the catalogue does not tell them from attributes:
//! `xs.clear` without a call is a function, `day.year` is a number.

use batuta_base::Name;

/// Library types, and what of them needs no argument and is no method.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("list", &[]),
    ("dict", &[]),
    ("set", &[]),
    ("frozenset", &[]),
    ("tuple", &[]),
    ("str", &[]),
    ("bytes", &[]),
    ("bytearray", &[]),
    ("int", &["real", "imag", "numerator", "denominator"]),
    ("float", &["real", "imag"]),
    ("complex", &["real", "imag"]),
    ("deque", &["maxlen"]),
    ("Counter", &[]),
    ("defaultdict", &["default_factory"]),
    ("OrderedDict", &[]),
    ("int_array", &["typecode", "itemsize"]),
    ("float_array", &["typecode", "itemsize"]),
    ("date", &["year", "month", "day"]),
    ("datetime", &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"]),
    ("time", &["hour", "minute", "second", "microsecond", "tzinfo", "fold"]),
    ("timedelta", &["days", "seconds", "microseconds"]),
    ("Decimal", &["real", "imag"]),
    ("Fraction", &["numerator", "denominator", "real", "imag"]),
    ("Random", &[]),
    ("Match", &["lastgroup", "lastindex", "string", "re", "pos", "endpos", "regs"]),
    ("Hash", &["digest_size", "block_size", "name"]),
    (
        "Path",
        &["name", "stem", "suffix", "suffixes", "parent", "parents", "parts", "anchor", "root", "drive"],
    ),
    ("file", &["closed", "name", "mode", "encoding", "newlines", "buffer", "of"]),
    ("binary_file", &["closed", "name", "mode"]),
    ("StringIO", &["closed"]),
    ("stdin", &["closed", "name", "encoding", "buffer"]),
    ("stdout", &["closed", "name", "encoding", "buffer"]),
    ("ExitStack", &[]),
    ("asyncio.Task", &[]),
    ("asyncio.Future", &[]),
    ("asyncio.Lock", &[]),
    ("asyncio.Event", &[]),
    ("asyncio.Condition", &[]),
    ("asyncio.Semaphore", &[]),
    ("asyncio.Queue", &["maxsize"]),
    ("queue.Queue", &["maxsize", "queue"]),
];

/// Whether `x.name`, without a call, is a method that is called without arguments.
pub(crate) fn is_bare_method(name: Name) -> bool {
    let owner = name.parent();
    let found = ATTRIBUTES.iter().find(|(known, _)| owner == *known);
    found.is_some_and(|(_, attributes)| !attributes.contains(&name.last()))
}
