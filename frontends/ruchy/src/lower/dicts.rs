//! Which objects of a file are used as dicts: questions about its text.

use super::scan::{root_of, walk};
use crate::literal;
use batuta_base::{FxHashMap, FxHashSet};
use batuta_syntax::Syntax;

/// Methods that only dicts have.
const OF_DICTS: &[&str] = &[
    "keys",
    "values",
    "items",
    "contains_key",
    "has_key",
    "get",
    "get_or",
    "insert",
    "remove",
    "merge",
    "len",
    "is_empty",
    "entries",
    "iter",
    "contains",
    "clear",
    "length",
];

/// The text of a pair's key.
pub(super) fn key_of(pair: Syntax<'_>) -> Option<String> {
    let key = pair.field("key")?;
    Some(if key.is("string") { literal::string(key.text()) } else { key.text().to_owned() })
}

/// The type that a function says it gives, where a statement of it gives its value.
pub(super) fn result_type(stmt: Syntax<'_>) -> Option<Syntax<'_>> {
    let mut at = stmt;
    while let Some(around) = at.parent() {
        match around.kind() {
            "function_item" | "lambda" => return around.field("return_type"),
            "block" => {
                let is_last = around.named().last().is_some_and(|last| last.start() == at.start());
                if stmt.is("expression_statement") && !is_last {
                    return None;
                }
            }
            "for_expression" | "while_expression" | "loop_expression" if stmt.is("expression_statement") => {
                return None;
            }
            _ => {}
        }
        at = around;
    }
    None
}

/// Whether a literal is an argument or the receiver of a method of dicts.
pub(super) fn is_asked(literal: Syntax<'_>) -> bool {
    let in_it = literal.parent().filter(|around| around.is("binary_expression")).is_some_and(|around| {
        around.field("right").is_some_and(|right| right.start() == literal.start())
            && around.field("operator").is_some_and(|sign| sign.text() == "in" || sign.is("not in"))
    });
    if in_it {
        return true;
    }
    let asks = |of: Syntax<'_>| {
        let is_called =
            of.parent().is_some_and(|call| call.field("function").is_some_and(|f| f.start() == of.start()));
        of.is("field_expression")
            && is_called
            && of.field("name").is_some_and(|name| OF_DICTS.contains(&name.text()))
    };
    if literal.parent().is_some_and(asks) {
        return true;
    }
    let call = literal.parent().filter(|around| around.is("arguments")).and_then(Syntax::parent);
    if call.is_some_and(writes_json) {
        return true;
    }
    let function = call.and_then(|call| call.field("function"));
    function.is_some_and(|of| of.text() == "len")
        || function.and_then(|of| of.field("name")).is_some_and(|name| name.text() == "merge")
}

/// Names of objects that get a key in another block than that of their declaration.
pub(super) fn grown_elsewhere<'t>(
    root: Syntax<'t>,
    lets: &FxHashMap<&'t str, Vec<Syntax<'t>>>,
) -> Vec<&'t str> {
    let block = |node: Syntax<'t>| {
        let mut at = node;
        while let Some(around) = at.parent() {
            if around.is("block") {
                return Some(around.start());
            }
            at = around;
        }
        None
    };
    let mut found = Vec::new();
    walk(root, &mut |node| {
        let Some(left) = node.field("left").filter(|_| node.is("assignment")) else { return };
        let key = match (left.kind(), left.field("name"), left.field("index")) {
            ("field_expression", Some(name), _) => name.text().to_owned(),
            ("index_expression", _, Some(index)) if index.is("string") => literal::string(index.text()),
            _ => return,
        };
        let Some(name) = left.field("value").filter(|value| value.is("identifier")) else { return };
        let Some(values) = lets.get(name.text()) else { return };
        let is_new = values.iter().all(|value| {
            value.is("object") && !value.named().into_iter().filter_map(key_of).any(|known| known == key)
        });
        let is_elsewhere = values.iter().any(|value| block(*value) != block(node));
        if is_new && is_elsewhere {
            found.push(name.text());
        }
    });
    found
}

/// Keys whose objects get a key that they do not begin with: `o.a.c = 2` of `{ a: { b: 1 } }`.
pub(super) fn grown_inside<'t>(root: Syntax<'t>) -> Vec<&'t str> {
    let mut held: FxHashMap<&'t str, Vec<String>> = FxHashMap::default();
    walk(root, &mut |node| {
        let value = node.field("value").filter(|value| node.is("pair") && value.is("object"));
        if let Some((key, value)) = node.field("key").zip(value) {
            let keys = value.named().into_iter().filter_map(key_of);
            held.entry(key.text().trim_matches('"')).or_default().extend(keys);
        }
    });
    let mut found = Vec::new();
    walk(root, &mut |node| {
        let left = node.field("left").filter(|_| matches!(node.kind(), "assignment" | "compound_assignment"));
        let Some((key, of)) = left.and_then(|left| step_of(left).zip(left.field("value"))) else { return };
        let Some(holder) = step_of(of) else { return };
        found.extend(
            held.get_key_value(holder)
                .filter(|(_, keys)| !keys.iter().any(|known| known == key))
                .map(|row| *row.0),
        );
    });
    found
}

/// The key that `o.key` or `o["key"]` names.
pub(super) fn step_of(node: Syntax<'_>) -> Option<&str> {
    match node.kind() {
        "field_expression" => node.field("name").map(Syntax::text),
        "index_expression" => {
            node.field("index").filter(|index| index.is("string")).map(|index| index.text().trim_matches('"'))
        }
        _ => None,
    }
}

/// Whether a loop walks over a literal.
pub(super) fn is_walked(literal: Syntax<'_>) -> bool {
    let around = literal.parent();
    around.is_some_and(|around| {
        matches!(around.kind(), "for_expression" | "comprehension_clause")
            && around.field("iterable").is_some_and(|of| of.start() == literal.start())
    })
}

/// Whether a literal stands in a list beside values that are no objects: their type is known to the run alone.
pub(super) fn is_mixed(literal: Syntax<'_>) -> bool {
    let is_plain = |item: &Syntax<'_>| {
        matches!(
            item.kind(),
            "integer"
                | "float"
                | "string"
                | "char"
                | "boolean"
                | "list_expression"
                | "tuple_expression"
                | "nil"
        )
    };
    let mut at = literal;
    while let Some(around) = at.parent() {
        match around.kind() {
            "list_expression" if around.named().iter().any(is_plain) => return true,
            "list_expression" | "object" | "pair" | "parenthesized_expression" => at = around,
            _ => return false,
        }
    }
    false
}

/// `json_stringify(..)` and its kin, which take objects as they come.
pub(super) fn writes_json(call: Syntax<'_>) -> bool {
    let callee = call.field("function").filter(|_| call.is("call_expression"));
    callee.is_some_and(|callee| {
        matches!(
            callee.text(),
            "json_stringify" | "json_pretty" | "json_merge" | "json_set" | "json_get" | "json_write"
        )
    })
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The name of what holds a literal, and whether the literal is one of several in it.
pub(super) fn home(literal: Syntax<'_>) -> Option<(&str, bool)> {
    let mut is_item = false;
    let mut at = literal;
    loop {
        at = at.parent()?;
        match at.kind() {
            "list_expression" | "list_comprehension" => is_item = true,
            "parenthesized_expression" => {}
            "let_declaration" | "const_item" => {
                let pattern = at.field("pattern").or_else(|| at.field("name"))?;
                return Some((pattern.field("name").unwrap_or(pattern).text(), is_item));
            }
            "assignment" => return root_of(at.field("left")?).map(|root| (root.text(), is_item)),
            "pair" => return at.field("key").map(|key| (key.text(), is_item)),
            "field_initializer" => return at.field("name").map(|name| (name.text(), is_item)),
            _ => return None,
        }
    }
}

/// `batch_job` as the name of a type; that of the items of `jobs` is `Job`.
pub(super) fn type_name(name: &str, is_item: bool) -> String {
    let name = match name.strip_suffix('s').filter(|_| is_item && name.len() > 2) {
        Some(one) => one.to_owned(),
        None if is_item => format!("{name}_item"),
        None => name.to_owned(),
    };
    let part = |part: &str| {
        let mut chars = part.chars();
        chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect::<String>())
    };
    let camel: String = name.split('_').map(part).collect();
    if camel.starts_with(|c: char| c.is_alphabetic()) { camel } else { "Object".to_owned() }
}

/// Names of variables and parameters that are used as dicts, also by the functions that they are handed to.
pub(super) fn dict_names<'t>(root: Syntax<'t>) -> (FxHashSet<&'t str>, Asked<'t>) {
    let mut found: FxHashSet<&'t str> = FxHashSet::default();
    let mut add = |node: Option<Syntax<'t>>| {
        let name = node.and_then(|node| match node.kind() {
            "identifier" => Some(node),
            "field_expression" => node.field("name"),
            _ => None,
        });
        found.extend(name.map(Syntax::text));
    };
    walk(root, &mut |node| match node.kind() {
        "index_expression" => {
            let is_open = node.field("index").is_some_and(|index| {
                !matches!(index.kind(), "string" | "integer" | "range_expression" | "open_range")
            });
            add(node.field("value").filter(|_| is_open));
        }
        "call_expression" if writes_json(node) => {
            let args = node.field("arguments").map(Syntax::named).unwrap_or_default();
            add(args.into_iter().next());
        }
        "call_expression" => {
            let method = node.field("function").filter(|function| function.is("field_expression"));
            let asks = method.is_some_and(|method| {
                method.field("name").is_some_and(|name| OF_DICTS.contains(&name.text()))
            });
            add(method.filter(|_| asks).and_then(|method| method.field("value")));
        }
        "for_expression" | "comprehension_clause" => add(node.field("iterable")),
        "binary_expression"
            if node
                .field("operator")
                .is_some_and(|sign| matches!(sign.text(), "in") || sign.is("not in")) =>
        {
            add(node.field("right"));
        }
        _ => {}
    });
    let asked = handed(root, &mut found);
    (found, asked)
}

/// Names that stand for the same object: `let a = b`, `a = b`.
pub(super) fn second_names<'t>(root: Syntax<'t>) -> Vec<(&'t str, &'t str)> {
    let mut out = Vec::new();
    walk(root, &mut |node| {
        let pair = match node.kind() {
            "let_declaration" => {
                node.field("pattern").map(|of| of.field("name").unwrap_or(of)).zip(node.field("value"))
            }
            "assignment" => node.field("left").zip(node.field("right")),
            _ => None,
        };
        let is_name = |part: &Syntax<'t>| part.is("identifier");
        out.extend(pair.filter(|(a, b)| is_name(a) && is_name(b)).map(|(a, b)| (a.text(), b.text())));
    });
    out
}

/// Functions and methods, and which of their parameters are used as dicts.
pub(super) type Asked<'t> = Vec<(&'t str, Vec<bool>)>;

pub(super) fn asked_parameters<'t>(root: Syntax<'t>, found: &FxHashSet<&'t str>) -> Asked<'t> {
    let mut functions = Vec::new();
    walk(root, &mut |node| {
        let (name, of) = match node.kind() {
            "let_declaration" => (node.field("pattern"), node.field("value").filter(|of| of.is("lambda"))),
            _ => (node.field("name"), Some(node).filter(|of| of.is("function_item"))),
        };
        let params = of.and_then(|of| of.field("parameters"));
        let (Some(name), Some(params)) = (name, params) else { return };
        let asked = |param: Syntax<'t>| {
            let pattern = param.field("pattern").or(Some(param)).map(|of| of.field("name").unwrap_or(of));
            pattern.is_some_and(|name| found.contains(name.text()))
        };
        let params = params.named().into_iter().filter(|param| !param.is("self_parameter"));
        functions.push((name.text(), params.map(asked).collect()));
    });
    functions
}

/// The name of the function or method that a call calls.
pub(super) fn called<'t>(call: Syntax<'t>) -> Option<&'t str> {
    let callee = call.field("function").filter(|_| call.is("call_expression"))?;
    match callee.kind() {
        "identifier" => Some(callee.text()),
        _ => callee.field("name").map(Syntax::text),
    }
}

/// Adds names that are handed to a parameter that is used as a dict, as long as there are some.
pub(super) fn handed<'t>(root: Syntax<'t>, found: &mut FxHashSet<&'t str>) -> Asked<'t> {
    let pairs = second_names(root);
    loop {
        let before = found.len();
        for (a, b) in &pairs {
            if found.contains(a) || found.contains(b) {
                found.extend([*a, *b]);
            }
        }
        let functions = asked_parameters(root, found);
        let mut more = Vec::new();
        walk(root, &mut |node| {
            let Some(callee) = called(node) else { return };
            let Some((_, asked)) = functions.iter().find(|(name, _)| *name == callee) else { return };
            let args = node.field("arguments").map(Syntax::named).unwrap_or_default();
            let args = args.into_iter().map(|arg| match arg.field("value") {
                Some(value) if arg.is("unary_expression") => value,
                _ => arg,
            });
            let names = args.zip(asked).filter(|(arg, asked)| **asked && arg.is("identifier"));
            more.extend(names.map(|(arg, _)| arg.text()));
        });
        found.extend(more);
        if found.len() == before {
            return functions;
        }
    }
}
