//! `IntFlag`: a flag whose objects are used as ints, too.
//!
//!   Perm.R | 8          a `Perm`, also with bits that no member has
//!   Perm.R + 1          an int, as every other operator gives
//!   Perm.R == 4, str(Perm.R), int(Perm.R), f"{Perm.R:03b}"      those of the int

use super::flags::{Members, bits, names_and_items, parsed};
use batuta_base::Name;
use batuta_core::*;

/// Operators of ints that give ints.
const PLAIN: [(&str, &str); 9] = [
    ("add", "add"),
    ("sub", "sub"),
    ("mul", "mul"),
    ("floordiv", "floordiv"),
    ("mod", "mod"),
    ("truediv", "truediv"),
    ("lshift", "shl"),
    ("rshift", "shr"),
    ("pow", "pow"),
];

/// What `IntFlag` gives its members, for this class.
pub(super) fn methods(program: &Program<Hir>, class: Name, members: &Members) -> Option<Vec<Body<Hir>>> {
    let word = class.last();
    let all = bits(members).iter().fold(0, |all, (_, value)| all | value);
    let mask = members.iter().fold(0, |all, (_, value)| all | value);
    let over = 1_i64 << (64 - mask.leading_zeros()).min(62);
    let of = "lib:builtins.int(%other)";
    let rest = format!(
        "  set place %rest = obj.and(%self.value, obj.invert({all}))\n  if obj.truth(%rest) {{\n    \
         method (%parts).append(lib:builtins.str(%rest))\n  }}\n"
    );
    let (name, iter) = names_and_items(class, members, &rest);
    // Bits that no member has show their number alone.
    let named = match members.iter().any(|(_, value)| *value == 0) {
        true => format!("obj.or_else(obj.eq(%self.value, 0), obj.ne(obj.and(%self.value, {all}), 0))"),
        false => format!("obj.ne(obj.and(%self.value, {all}), 0)"),
    };
    let unknown =
        format!("  if obj.not({named}) {{\n    return format\"<{word}: {{%self.value!f}}>\": ?: !\n  }}\n");
    let mut texts = vec![
        format!(
            "method @{class}.__init__(%self, %value: int) -> none {{\n  \
             set place %self.value = %value\n  \
             if obj.truth(obj.lt(%value, 0)) {{\n    set place %self.value = obj.add({over}, %value)\n  }}\n  \
             if obj.truth(obj.lt(%value, obj.neg({over}))) {{\n    \
             set place %self.value = obj.add(obj.shl(1, method (%value).bit_length()), %value)\n  }}\n}}\n"
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
            "method @{class}.__repr__(%self) -> str {{\n{unknown}  \
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
        format!("method @{class}.__abs__(%self) -> int {{\n  return %self.value: ?: !\n}}\n"),
        format!("method @{class}.__pos__(%self) -> int {{\n  return %self.value: ?: !\n}}\n"),
        format!("method @{class}.__neg__(%self) -> int {{\n  return obj.neg(%self.value): ?: !\n}}\n"),
        format!(
            "method @{class}.__float__(%self) -> float {{\n  return lib:builtins.float(%self.value): ?: !\n}}\n"
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
