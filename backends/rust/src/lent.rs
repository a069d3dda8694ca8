//! Arguments that a function only looks at: what is made for the call alone is lent, or given, as it is.
//!
//! before                                            after
//!   hash(&b"k3y".to_vec())                            hash(b"k3y")
//!   solve(&rows, &vec![1; 5])                         solve(&rows, &[1; 5])
//!   rt::json::dumps(&rt::Value::from(x))              rt::json::dumps(rt::Value::from(x))

use crate::tree::Expr;

/// Functions that take `&[u8]` or `&str` where they take bytes or text: the program's own, and these of the runtime.
pub fn takes_slices(callee: &Expr) -> bool {
    const OF_BYTES: &[&str] =
        &["rt::hashlib::", "rt::structs::unpack", "rt::int_from_bytes", "rt::codecs::", "rt::py::call_with"];
    let Expr::Atom(path) = callee else { return false };
    let is_constructor = path.rsplit("::").next().is_some_and(|name| name.starts_with(char::is_uppercase));
    OF_BYTES.iter().any(|start| path.starts_with(start)) || !path.starts_with("rt::") && !is_constructor
}

/// Functions of the runtime that take whatever becomes a path or a value.
pub fn takes_any(callee: &Expr) -> bool {
    const OF_ANY: &[&str] = &["rt::path::", "rt::json::dumps"];
    matches!(callee, Expr::Atom(path) if path == "rt::open" || OF_ANY.iter().any(|start| path.starts_with(start)))
}

/// What is made for a call is given to it.
pub fn given(of: Expr) -> Expr {
    match of {
        Expr::Unary("&", made)
            if matches!(*made, Expr::Call(..) | Expr::Method(..) | Expr::Macro(..)) && !made.is_guard() =>
        {
            *made
        }
        other => other,
    }
}

/// `&b"k3y".to_vec()` as `b"k3y"`, `&text.py_strip().to_owned()` as `text.py_strip()`.
pub fn slice(of: Expr) -> Expr {
    const GIVE_STR: &[&str] = &[
        "py_strip",
        "strip_chars",
        "rstrip_chars",
        "lstrip_chars",
        "remove_prefix",
        "remove_suffix",
        "trim",
    ];
    let Expr::Unary("&", inner) = of else { return of };
    match *inner {
        Expr::Method(bytes, name, args)
            if name == "to_vec"
                && args.is_empty()
                && matches!(&*bytes, Expr::Atom(text) if text.starts_with("b\"")) =>
        {
            *bytes
        }
        // What gives a list of its own is lent as it is.
        Expr::Method(list, name, args)
            if name == "to_vec"
                && args.is_empty()
                && matches!(&*list, Expr::Method(_, made, _) if made == "py_slice") =>
        {
            Expr::Unary("&", list)
        }
        Expr::Repeat("vec![", value, count)
            if !is_made(&value)
                && matches!(&*count, Expr::Atom(text) if text.bytes().all(|byte| byte.is_ascii_digit())) =>
        {
            Expr::Unary("&", Box::new(Expr::Repeat("[", value, count)))
        }
        Expr::Method(text, name, args)
            if name == "to_owned"
                && args.is_empty()
                && matches!(&*text, Expr::Method(_, name, _) if GIVE_STR.contains(&name.as_str())) =>
        {
            *text
        }
        other => Expr::Unary("&", Box::new(other)),
    }
}

/// Whether an item of a list is an object of its own, which an array does not repeat.
fn is_made(item: &Expr) -> bool {
    match item {
        Expr::Method(_, name, _) => matches!(name.as_str(), "to_owned" | "clone" | "to_string" | "to_vec"),
        Expr::Repeat(open, ..) => *open == "vec![",
        _ => false,
    }
}
