//! What of CPython's public library has a translation.

/// One line a module, `module: name name ..`, written by `tests/public_names.py`.
const PUBLIC: &str = include_str!("../python/public_names.txt");

/// Names that need no row: the frontend or inference gives them their meaning.
const LANGUAGE: &[(&str, &str)] = &[
    ("abc", "ABC ABCMeta abstractclassmethod abstractmethod abstractproperty abstractstaticmethod"),
    ("argparse", "BooleanOptionalAction"),
    ("collections", "UserDict UserList UserString namedtuple"),
    (
        "contextlib",
        "AbstractContextManager ContextDecorator asynccontextmanager closing contextmanager nullcontext suppress",
    ),
    ("copy", "copy"),
    ("csv", "Dialect excel excel_tab unix_dialect"),
    (
        "dataclasses",
        "FrozenInstanceError InitVar KW_ONLY asdict astuple dataclass field fields is_dataclass replace",
    ),
    ("enum", "Enum EnumMeta EnumType Flag IntEnum IntFlag StrEnum UNIQUE auto unique verify"),
    (
        "functools",
        "cache cached_property cmp_to_key lru_cache partial partialmethod singledispatch singledispatchmethod total_ordering update_wrapper wraps",
    ),
    ("json", "JSONEncoder"),
    ("logging", "Logger"),
    ("numbers", "Complex Integral Number Rational Real"),
    (
        "operator",
        "abs attrgetter contains delitem getitem ilshift inv invert ipow irshift is_ is_not itemgetter lshift matmul \
         methodcaller not_ pos rshift setitem truth",
    ),
    ("re", "Match Pattern"),
    (
        "typing",
        "AbstractSet Annotated Any AnyStr AsyncGenerator AsyncIterable AsyncIterator Awaitable BinaryIO ByteString \
         Callable ChainMap ClassVar Collection Concatenate Container ContextManager Coroutine Counter DefaultDict Deque \
         Dict Final FrozenSet Generator Generic Hashable IO ItemsView Iterable Iterator KeysView List Literal \
         LiteralString Mapping MappingView Match MutableMapping MutableSequence MutableSet NamedTuple Never NewType \
         NoReturn NotRequired Optional OrderedDict ParamSpec Pattern Protocol Required \
         Reversible Self Sequence Set Sized SupportsAbs SupportsBytes SupportsComplex SupportsFloat SupportsIndex \
         SupportsInt SupportsRound Text TextIO Tuple Type TypeAlias TypeGuard TypeVar TypeVarTuple TypedDict \
         TYPE_CHECKING Union Unpack ValuesView cast final get_args no_type_check overload \
         runtime_checkable",
    ),
];

/// How far one module of the library is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    pub module: &'static str,
    pub known: Vec<&'static str>,
    /// Public in CPython, refused here by name.
    pub missing: Vec<&'static str>,
}

/// Each module that has rows or names without rows, against CPython's public names.
pub fn coverage() -> Vec<Coverage> {
    let lines = PUBLIC.lines().filter_map(|line| line.split_once(": "));
    let row = |(module, names): (&'static str, &'static str)| {
        let (known, missing) = names.split(' ').partition(|name| covers(module, name));
        Coverage { module, known, missing }
    };
    lines.map(row).collect()
}

/// Whether a name is public in CPython's library and has no translation here.
pub fn lacks(module: &str, name: &str) -> bool {
    let line = PUBLIC.lines().filter_map(|line| line.split_once(": ")).find(|(of, _)| *of == module);
    line.is_some_and(|(_, names)| names.split(' ').any(|public| public == name)) && !covers(module, name)
}

fn covers(module: &str, name: &str) -> bool {
    let path = format!("{module}.{name}");
    let is_language =
        LANGUAGE.iter().any(|(of, names)| *of == module && names.split_whitespace().any(|n| n == name));
    is_language
        || !super::functions(&path).is_empty()
        || super::constant(&path).is_some()
        || super::is_exception(&path)
        || super::source(&path).is_some()
        || super::knows(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_rows_are_public_and_have_none() {
        for (module, names) in LANGUAGE {
            let line = PUBLIC
                .lines()
                .find(|line| line.strip_prefix(module).is_some_and(|rest| rest.starts_with(':')));
            let public: Vec<&str> =
                line.unwrap_or_else(|| panic!("{module} is in the list")).split(' ').collect();
            for name in names.split_whitespace() {
                assert!(public.contains(&name), "{module}.{name} is not public");
                assert!(
                    super::super::functions(&format!("{module}.{name}")).is_empty(),
                    "{module}.{name} has rows"
                );
            }
        }
    }

    #[test]
    fn a_missing_name_is_missing() {
        let rows = coverage();
        let math = rows.iter().find(|row| row.module == "math").expect("math");
        assert!(math.known.contains(&"hypot") && math.missing.is_empty());
        let asyncio = rows.iter().find(|row| row.module == "asyncio").expect("asyncio");
        assert!(asyncio.missing.contains(&"SubprocessProtocol"), "there are no processes here");
    }
}
