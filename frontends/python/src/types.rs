//! Type hints: their text to [`Ty`].
//!
//! A hint is read from its text, so that a quoted forward reference is no special case. What is
//! not understood is `?`; `Any` is `value`. `Iterable` and `Sequence` are `?` because the argument
//! decides what stands behind them.

use batuta_base::Name;
use batuta_core::{Ty, TyKind};

/// What a name in a hint stands for.
pub(crate) enum Hint {
    /// A type that is known: a class of the project, an alias, a type variable.
    Ty(Ty),
    /// A builtin or library type by its dotted name: `builtins.int`, `typing.List`.
    Lib(Name),
    Unknown,
}

/// Nesting that is followed; hints beyond it are `?`.
const MAX_DEPTH: u32 = 40;

/// The type that a hint's text stands for; `look_up` knows the names of its scope.
pub(crate) fn parse(text: &str, look_up: &dyn Fn(&str) -> Hint) -> Ty {
    let mut reader = Reader { rest: text.trim(), depth: 0, look_up };
    let ty = reader.union();
    if reader.rest.is_empty() { ty } else { Ty::unknown() }
}

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
    look_up: &'a dyn Fn(&str) -> Hint,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn union(&mut self) -> Ty {
        let mut parts = vec![self.item()];
        while self.eat("|") {
            parts.push(self.item());
        }
        if parts.len() == 1 { parts[0] } else { union_of(parts) }
    }

    fn item(&mut self) -> Ty {
        self.depth += 1;
        let ty = if self.depth > MAX_DEPTH { self.give_up() } else { self.simple() };
        self.depth -= 1;
        ty
    }

    fn give_up(&mut self) -> Ty {
        self.rest = "";
        Ty::unknown()
    }

    fn simple(&mut self) -> Ty {
        if self.eat("(") {
            let ty = self.union();
            return if self.eat(")") { ty } else { self.give_up() };
        }
        if let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            return self.quoted(quote);
        }
        if self.eat("...") {
            return Ty::unknown();
        }
        let name = self.dotted();
        if name.is_empty() {
            return self.give_up();
        }
        if name == "None" {
            return Ty::unit();
        }
        match (self.look_up)(&name) {
            Hint::Lib(path) if batuta_catalog::is_dynamic_module(path.as_str()) => {
                self.args();
                Ty::value()
            }
            Hint::Lib(path) => self.library(path.as_str()),
            Hint::Ty(ty) => self.with_args(ty),
            Hint::Unknown => {
                self.args();
                Ty::unknown()
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Ty {
        let Some((inner, after)) = self.rest[1..].split_once(quote) else { return self.give_up() };
        self.rest = after.trim_start();
        let mut reader = Reader { rest: inner.trim(), depth: self.depth, look_up: self.look_up };
        let ty = reader.union();
        if reader.rest.is_empty() { ty } else { Ty::unknown() }
    }

    fn dotted(&mut self) -> String {
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(self.rest.len());
        let name = self.rest[..end].to_owned();
        self.rest = self.rest[end..].trim_start();
        name
    }

    fn with_args(&mut self, ty: Ty) -> Ty {
        let args = self.args();
        match (ty.kind(), args) {
            (TyKind::Class(path, own), Some(args)) if own.is_empty() => Ty::new(TyKind::Class(*path, args)),
            _ => ty,
        }
    }

    /// `[..]` after a name; `None` when there is none.
    fn args(&mut self) -> Option<Vec<Ty>> {
        if !self.eat("[") {
            return None;
        }
        let mut args = Vec::new();
        while !self.eat("]") {
            if self.rest.is_empty() {
                break;
            }
            if self.rest.starts_with('[') {
                self.args();
                args.push(Ty::unknown());
            } else if self.rest.starts_with("()") {
                self.rest = self.rest[2..].trim_start();
            } else {
                args.push(self.union());
            }
            self.eat(",");
        }
        Some(args)
    }

    fn library(&mut self, path: &str) -> Ty {
        let short = path.rsplit_once('.').map_or(path, |(module, last)| match module {
            "builtins" | "typing" | "typing_extensions" | "collections.abc" | "types" => last,
            _ => path,
        });
        match short {
            "Literal" => return self.literal(),
            "Callable" => return self.callable(),
            "tuple" | "Tuple" => return self.tuple(),
            _ => {}
        }
        let args = self.args();
        if let Some(ty) = plain(short) {
            return ty;
        }
        generic(short, args.unwrap_or_default()).unwrap_or_else(|| named(path, short))
    }

    /// `Literal["a", 1]`: the type of its values.
    fn literal(&mut self) -> Ty {
        if !self.eat("[") {
            return Ty::unknown();
        }
        let Some((inner, after)) = self.rest.split_once(']') else { return self.give_up() };
        self.rest = after.trim_start();
        let of = |text: &str| match text.trim() {
            text if text.starts_with(['"', '\'']) => Ty::str(),
            "True" | "False" => Ty::bool(),
            "None" => Ty::unit(),
            text if text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) => Ty::int(),
            _ => Ty::unknown(),
        };
        union_of(inner.split(',').filter(|part| !part.trim().is_empty()).map(of).collect())
    }

    fn callable(&mut self) -> Ty {
        if !self.eat("[") {
            return Ty::unknown();
        }
        let params = if self.rest.starts_with('[') { self.args() } else { None };
        if params.is_none() {
            self.dotted();
            self.eat("...");
        }
        self.eat(",");
        let ret = self.union();
        if !self.eat("]") {
            return self.give_up();
        }
        params.map_or_else(Ty::unknown, |params| Ty::func(params, ret))
    }

    /// `tuple[int, ...]` has no fixed length, so its type is left open.
    fn tuple(&mut self) -> Ty {
        let before = self.rest;
        let Some(args) = self.args() else { return Ty::unknown() };
        let read = before[..before.len() - self.rest.len()].trim_end();
        let last = read.strip_suffix(']').unwrap_or(read).trim_end_matches([' ', ',']);
        if last.ends_with("...") { Ty::unknown() } else { Ty::tuple(args) }
    }
}

/// The type with numbers left open.
pub fn without_numbers(ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Num | TyKind::Complex => Ty::unknown(),
        TyKind::Func(..) | TyKind::Union(_) => {
            let mut has_numbers = false;
            ty.any(&mut |part| {
                has_numbers |= part != ty && without_numbers(part) != part;
                false
            });
            if has_numbers { Ty::unknown() } else { ty }
        }
        TyKind::Option(inner) if without_numbers(*inner) == Ty::unknown() => Ty::unknown(),
        _ => ty.map_children(without_numbers),
    }
}

fn plain(name: &str) -> Option<Ty> {
    Some(match name {
        "int" => Ty::int(),
        "float" => Ty::float(),
        "bool" => Ty::bool(),
        "str" | "Text" | "AnyStr" | "LiteralString" => Ty::str(),
        "bytes" | "ByteString" => Ty::bytes(),
        "complex" => Ty::new(TyKind::Complex),
        "NoneType" => Ty::unit(),
        "Any" | "object" => Ty::value(),
        "NoReturn" | "Never" => Ty::never(),
        "range" => Ty::new(TyKind::Range),
        "slice" => Ty::new(TyKind::Slice),
        name if crate::names::is_exception(name) => Ty::error(),
        _ => return None,
    })
}

fn generic(name: &str, args: Vec<Ty>) -> Option<Ty> {
    let arg = |index: usize| args.get(index).copied().unwrap_or_else(Ty::unknown);
    Some(match name {
        "list" | "List" | "MutableSequence" => Ty::list(arg(0)),
        "set" | "Set" | "MutableSet" => Ty::set(arg(0)),
        "frozenset" | "FrozenSet" => Ty::new(TyKind::FrozenSet(arg(0))),
        "dict" | "Dict" | "MutableMapping" => Ty::dict(arg(0), arg(1)),
        "DefaultDict" | "collections.defaultdict" => Ty::lib("defaultdict", [arg(0), arg(1)]),
        "OrderedDict" | "collections.OrderedDict" => Ty::lib("OrderedDict", [arg(0), arg(1)]),
        "Counter" | "collections.Counter" => Ty::lib("Counter", [arg(0)]),
        "Deque" | "collections.deque" => Ty::lib("deque", [arg(0)]),
        "Optional" if !args.is_empty() => Ty::option(arg(0)),
        "Union" => union_of(args),
        "Iterator" | "Generator" | "AsyncIterator" | "AsyncGenerator" => Ty::iter(arg(0)),
        "Final" | "ClassVar" | "Annotated" | "Required" | "NotRequired" | "Awaitable" | "ReadOnly" => arg(0),
        "Coroutine" => arg(2),
        "type" | "Type" => match arg(0).kind() {
            TyKind::Class(path, _) => Ty::new(TyKind::TypeOf(*path)),
            _ => Ty::unknown(),
        },
        "Iterable" | "Sequence" | "Collection" | "Mapping" | "Container" | "Reversible" | "Sized"
        | "Hashable" | "AsyncIterable" | "AbstractSet" | "SupportsInt" | "SupportsFloat"
        | "SupportsIndex" | "Self" | "KeysView" | "ValuesView" | "ItemsView" | "MappingView" | "Buffer"
        | "Optional" | "TypeAlias" => Ty::unknown(),
        _ => return None,
    })
}

/// A type that the library defines, under the name that its catalogue rows have; its arguments are left to them.
fn named(path: &str, short: &str) -> Ty {
    match short {
        "bytearray" | "memoryview" => Ty::lib(short, []),
        "array.array" => Ty::unknown(),
        "re.Pattern" | "Pattern" => Ty::lib("Pattern", []),
        "re.Match" | "Match" => Ty::lib("Match", []),
        "logging.Logger" => Ty::lib("Logger", []),
        "logging.Handler" => Ty::lib("LogHandler", []),
        "argparse._SubParsersAction" => Ty::lib("Subparsers", []),
        "TextIO" | "IO" | "io.TextIOBase" | "io.TextIOWrapper" | "io.IOBase" => Ty::lib("file", []),
        "BinaryIO" | "io.BufferedReader" | "io.BufferedWriter" | "io.RawIOBase" => Ty::lib("binary_file", []),
        "os.PathLike" | "pathlib.PurePath" => Ty::lib("Path", []),
        _ => {
            let made = batuta_catalog::functions(path).iter().map(|row| row.result);
            made.into_iter()
                .find(|ty| matches!(ty.kind(), TyKind::Lib(_, args) if args.is_empty()))
                .unwrap_or_else(|| Ty::lib(path, []))
        }
    }
}

/// One of several: `None` makes an option, `int | float` is `num`.
pub(crate) fn union_of(parts: Vec<Ty>) -> Ty {
    let mut members: Vec<Ty> = Vec::new();
    let mut has_none = false;
    for part in parts {
        match part.kind() {
            TyKind::Unknown | TyKind::Value => return part,
            TyKind::Unit => has_none = true,
            TyKind::Option(inner) => {
                has_none = true;
                push_new(&mut members, *inner);
            }
            TyKind::Union(items) => items.iter().for_each(|item| push_new(&mut members, *item)),
            _ => push_new(&mut members, part),
        }
    }
    let inner = match members[..] {
        [] => return Ty::unit(),
        [one] => one,
        [a, b] if (a.is_int() && b.is_float()) || (a.is_float() && b.is_int()) => Ty::num(),
        _ => Ty::new(TyKind::Union(members)),
    };
    if has_none { Ty::option(inner) } else { inner }
}

fn push_new(members: &mut Vec<Ty>, part: Ty) {
    if !members.contains(&part) {
        members.push(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let look_up = |name: &str| match name {
            "Point" => Hint::Ty(Ty::class(Name::new("m.Point"))),
            "np.ndarray" => Hint::Lib(Name::new("numpy.ndarray")),
            "Foo" => Hint::Unknown,
            "int" | "float" | "str" | "list" | "dict" | "tuple" | "bool" | "type" => {
                Hint::Lib(Name::new(&format!("builtins.{name}")))
            }
            _ => Hint::Lib(Name::new(&format!("typing.{name}"))),
        };
        parse(text, &look_up).to_string()
    }

    #[test]
    fn hints_become_types() {
        for (hint, ty) in [
            ("dict[str, list[int]]", "dict<str, list<int>>"),
            ("Optional['Point']", "option<@m.Point>"),
            ("int | None", "option<int>"),
            ("'list[Point]'", "list<@m.Point>"),
            ("Union[int, float]", "num"),
            ("Union[int, str, None]", "option<union<int, str>>"),
            ("Callable[[int, str], bool]", "fn(int, str) -> bool"),
            ("Callable[..., bool]", "?"),
            ("tuple[int, ...]", "?"),
            ("tuple[tuple[int, ...], str]", "(?, str)"),
            ("tuple[int, str]", "(int, str)"),
            ("Iterable[int]", "?"),
            ("Iterator[int]", "iter<int>"),
            ("Generator[str, None, None]", "iter<str>"),
            ("Literal['a', 'b']", "str"),
            ("type[Point]", "type<@m.Point>"),
            ("np.ndarray", "value"),
            ("Foo[int]", "?"),
            ("Any", "value"),
            ("list[int", "list<int>"),
            ("int +", "?"),
        ] {
            assert_eq!(read(hint), ty, "{hint}");
        }
    }
}
