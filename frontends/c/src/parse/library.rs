//! Signatures of the library's functions, for units that call them without the header.

use super::*;
use crate::headers;
use crate::lex::lex;

/// Headers whose functions a unit may declare by hand, or not at all.
const HEADERS: &[&str] = &["stdio.h", "stdlib.h", "string.h", "ctype.h", "math.h", "strings.h", "time.h"];

thread_local! {
    static KNOWN: FxHashMap<String, Rc<FuncTy>> = known();
}

/// The type of a library function by its name.
pub(super) fn signature(name: &str) -> Option<Rc<FuncTy>> {
    KNOWN.with(|known| known.get(name).cloned())
}

fn known() -> FxHashMap<String, Rc<FuncTy>> {
    let mut out = FxHashMap::default();
    for header in HEADERS {
        for line in headers::bundled(header).unwrap_or_default().lines() {
            // Types that a header defines itself mean nothing elsewhere.
            let is_foreign = ["FILE", "div_t", "struct", "typedef", "#", "time_t", "clock_t", "fpos_t"]
                .iter()
                .any(|word| line.contains(word));
            if is_foreign || !line.ends_with(");") {
                continue;
            }
            let types = "typedef unsigned long size_t; typedef long ssize_t; typedef long off_t; \
                         typedef __builtin_va_list va_list;";
            let mut parser = Parser::new(lex(&format!("{types} {line}"), 0).toks, vec![true]);
            parser.unit();
            out.extend(parser.tree.funcs.iter().map(|row| (row.name.to_string(), row.ty.clone())));
        }
    }
    out
}
