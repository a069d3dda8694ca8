//! `IntFlag`: a flag whose objects are used as ints, too.
//!
//!   Perm.R | 8          a `Perm`, also with bits that no member has
//!   Perm.R + 1          an int, as every other operator gives
//!   Perm.R == 4, str(Perm.R), int(Perm.R), f"{Perm.R:03b}"      those of the int

use super::flags::{Members, bits, names_and_items, parsed};
use batuta_base::Name;
use batuta_core::*;

/// Operators of ints that give ints.
const PLAIN: [(&str, &str); 8] = [
    ("add", "add"),
    ("sub", "sub"),
    ("mul", "mul"),
    ("floordiv", "floordiv"),
    ("mod", "mod"),
    ("truediv", "truediv"),
    ("lshift", "shl"),
    ("rshift", "shr"),
];

/// What `IntFlag` gives its members, for this class.
pub(super) fn methods(program: &Program<Hir>, class: Name, members: &Members) -> Option<Vec<Body<Hir>>> {
    let word = class.last();
    let all = bits(members).iter().fold(0, |all, (_, value)| all | value);
    let mask = members.iter().fold(0, |all, (_, value)| all | value);
    let whole = (1_i64 << (64 - mask.leading_zeros()).min(62)) - 1;
    let of = "lib:builtins.int(%other)";
    let rest = format!(
        "  set place %rest = obj.and(%self.value, obj.invert({all}))\n  if obj.truth(%rest) {{\n    \
         method (%parts).append(lib:builtins.str(%rest))\n  }}\n"
    );
    let (name, iter) = names_and_items(class, members, &rest);
    let zero = match members.iter().any(|(_, value)| *value == 0) {
        true => String::new(),
        false => {
            format!("  if obj.truth(obj.eq(%self.value, 0)) {{\n    return \"<{word}: 0>\": ?: !\n  }}\n")
        }
    };
    let mut texts = vec![
        format!(
            "method @{class}.__init__(%self, %value: int) -> none {{\n  \
             if obj.truth(obj.lt(%value, 0)) {{\n    set place %self.value = obj.and({whole}, %value)\n  }} else {{\n    \
             set place %self.value = %value\n  }}\n}}\n"
        ),
        format!(
            "method @{class}.__invert__(%self) -> @{class} {{\n  return call @{class}(obj.invert(%self.value)): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__contains__(%self, %other) -> bool {{\n  \
             return obj.eq(obj.and(%self.value, {of}), {of}): ?: !\n}}\n"
        ),
        format!("method @{class}.__bool__(%self) -> bool {{\n  return obj.ne(%self.value, 0): ?: !\n}}\n"),
        format!("method @{class}.__int__(%self) -> int {{\n  return %self.value: ?: !\n}}\n"),
        format!("method @{class}.__index__(%self) -> int {{\n  return %self.value: ?: !\n}}\n"),
        format!(
            "method @{class}.__hash__(%self) -> int {{\n  return lib:builtins.hash(%self.value): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__len__(%self) -> int {{\n  return method (%self.value).bit_count(): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__str__(%self) -> str {{\n  return lib:builtins.str(%self.value): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__repr__(%self) -> str {{\n{zero}  \
             return format\"<{word}.{{%self.name!f}}: {{%self.value!f}}>\": ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__format__(%self, %spec: str) -> str {{\n  \
             return lib:builtins.format(%self.value, %spec): ?: !\n}}\n"
        ),
        format!(
            "method @{class}.__eq__(%self, %other: value) -> bool {{\n  return obj.and_then(\
             lib:builtins.isinstance(%other, @{class}), obj.eq(%self.value, %other.value)): ?: !\n}}\n"
        ),
        name,
        iter,
    ];
    for (method, op) in [("or", "or"), ("and", "and"), ("xor", "xor")] {
        for prefix in ["", "r"] {
            texts.push(format!(
                "method @{class}.__{prefix}{method}__(%self, %other) -> @{class} {{\n  \
                 return call @{class}(obj.{op}(%self.value, {of})): ?: !\n}}\n"
            ));
        }
    }
    for op in ["lt", "le", "gt", "ge"] {
        texts.push(format!(
            "method @{class}.__{op}__(%self, %other) -> bool {{\n  return obj.{op}(%self.value, {of}): ?: !\n}}\n"
        ));
    }
    for (method, op) in PLAIN {
        texts.push(format!(
            "method @{class}.__{method}__(%self, %other) -> ? {{\n  return obj.{op}(%self.value, {of}): ?: !\n}}\n"
        ));
        texts.push(format!(
            "method @{class}.__r{method}__(%self, %other) -> ? {{\n  return obj.{op}({of}, %self.value): ?: !\n}}\n"
        ));
    }
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    parsed(&texts, lang)
}
