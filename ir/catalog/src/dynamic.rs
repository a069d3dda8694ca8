//! Modules whose functions take and give dynamic values: NumPy. They have names here and no rows: arguments are bound
//! when the program runs, as NumPy does it.

/// Names of `numpy` that the runtime knows, one a line.
const NUMPY: &str = include_str!("../python/numpy_names.txt");

/// Whether a name belongs to such a module: `numpy.zeros`, `numpy.linalg.norm`.
pub fn is_dynamic(name: &str) -> bool {
    name.strip_prefix("numpy.").is_some_and(|rest| !rest.starts_with('$'))
        && !crate::is_exception(name)
        && crate::constant(name).is_none()
}

/// Whether a name is such a module or one below it.
pub fn is_dynamic_module(name: &str) -> bool {
    name == "numpy" || name.starts_with("numpy.")
}

/// Whether the runtime has nothing of this name, so that a use of it is refused here.
pub fn lacks_dynamic(name: &str) -> bool {
    let Some(name) = name.strip_prefix("numpy.") else { return true };
    let is_method =
        |method: &str| matches!(method, "reduce" | "accumulate" | "outer" | "at" | "reduceat" | "__name__");
    let known = |name: &str| NUMPY.lines().any(|line| line == name);
    !known(name)
        && !name.rsplit_once('.').is_some_and(|(function, method)| is_method(method) && known(function))
}

/// Names that NumPy had before version 2.
const REMOVED: &[&str] = &[
    "Inf",
    "Infinity",
    "NINF",
    "NaN",
    "PINF",
    "alltrue",
    "asfarray",
    "bool8",
    "cast",
    "complex",
    "complex_",
    "cumproduct",
    "find_common_type",
    "float",
    "float_",
    "in1d",
    "infty",
    "int",
    "mat",
    "msort",
    "obj2sctype",
    "object",
    "product",
    "round_",
    "sometrue",
    "str",
    "string_",
    "trapz",
    "unicode_",
];

/// Whether a library has a name of which the program asks; none if that is not known here.
pub fn has_dynamic(name: &str) -> Option<bool> {
    let short = name.strip_prefix("numpy.")?;
    if REMOVED.contains(&short) {
        return Some(false);
    }
    (!lacks_dynamic(name) || crate::constant(name).is_some()).then_some(true)
}

/// Every name.
pub fn dynamic_names() -> impl Iterator<Item = &'static str> {
    NUMPY.lines()
}
