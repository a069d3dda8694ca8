//! Names that exist without being defined, and how close a misspelt one comes.

use batuta_base::Name;

/// Builtin functions and types.
const BUILTINS: &[&str] = &[
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
    "__import__",
    "__build_class__",
];

/// Names that every module has.
const MODULE_NAMES: &[&str] =
    &["__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__builtins__", "__path__"];

/// Builtin exception classes.
const EXCEPTIONS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotADirectoryError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
];

/// Builtin types whose methods are also read off the type (`str.upper`, `dict.fromkeys`).
const TYPES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "memoryview",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "type",
];

/// Library modules that are reached as attributes of another module.
const SUBMODULES: &[&str] = &[
    "sys.float_info",
    "sys.hash_info",
    "sys.implementation",
    "sys.int_info",
    "collections.abc",
    "concurrent.futures",
    "email.message",
    "email.mime",
    "email.utils",
    "html.parser",
    "http.client",
    "http.server",
    "importlib.metadata",
    "importlib.resources",
    "importlib.util",
    "json.decoder",
    "logging.config",
    "logging.handlers",
    "multiprocessing.pool",
    "numpy.fft",
    "numpy.lib",
    "numpy.lib.stride_tricks",
    "numpy.linalg",
    "numpy.ma",
    "numpy.polynomial",
    "numpy.random",
    "numpy.testing",
    "numpy.typing",
    "os.path",
    "unittest.mock",
    "urllib.error",
    "urllib.parse",
    "urllib.request",
    "xml.dom",
    "xml.dom.minidom",
    "xml.etree",
    "xml.etree.ElementTree",
    "xml.sax",
];

/// Library classes whose names start with a small letter.
const SMALL_CLASSES: &[&str] = &[
    "array.array",
    "collections.defaultdict",
    "collections.deque",
    "collections.namedtuple",
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "datetime.tzinfo",
    "functools.partial",
    "itertools.chain",
    "itertools.count",
    "itertools.cycle",
    "itertools.groupby",
    "itertools.permutations",
    "itertools.product",
    "random.Random",
    "threading.local",
    "time.struct_time",
];

pub(crate) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name) || is_exception(name) || MODULE_NAMES.contains(&name)
}

pub(crate) fn is_exception(name: &str) -> bool {
    EXCEPTIONS.binary_search(&name).is_ok()
}

pub(crate) fn is_builtin_type(name: &str) -> bool {
    TYPES.contains(&name)
}

pub(crate) fn is_library_submodule(path: &str) -> bool {
    SUBMODULES.contains(&path)
}

/// Whether a library item is a class, so that what follows is a class method or constant.
pub(crate) fn is_library_class(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    let mut chars = last.chars();
    let is_camel = chars.next().is_some_and(char::is_uppercase) && chars.any(char::is_lowercase);
    is_camel || SMALL_CLASSES.contains(&path)
}

/// The known name that is closest to a misspelt one: at most a third of its letters differ (so none for
/// names of one or two letters).
pub(crate) fn closest(name: &str, known: impl Iterator<Item = Name>) -> Option<Name> {
    let limit = name.chars().count() / 3;
    let builtins = BUILTINS.iter().chain(EXCEPTIONS).map(|name| Name::new(name));
    let scored = known.chain(builtins).filter(|other| *other != name && !other.as_str().starts_with("__"));
    let scored = scored.map(|other| (distance(name, other.as_str()), other));
    scored.filter(|(score, _)| *score <= limit).min().map(|(_, other)| other)
}

/// Edit distance with swaps of neighbours (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![(0..=right.len()).collect::<Vec<_>>()];
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let change = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_their_neighbour() {
        let known = [Name::new("count"), Name::new("total")];
        assert_eq!(closest("cuont", known.into_iter()), Some(Name::new("count")));
        assert_eq!(closest("lenn", known.into_iter()), Some(Name::new("len")));
        assert_eq!(closest("zzzzzz", known.into_iter()), None);
    }

    #[test]
    fn exceptions_are_sorted() {
        assert!(EXCEPTIONS.is_sorted());
    }
}
