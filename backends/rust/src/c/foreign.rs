//! The module of functions of other libraries: their declarations, and a safe function around each.

use batuta_core::{Foreign, ForeignDef, Image, Ty};
use std::fmt::Write;

/// The text of `src/ffi.rs`.
pub(super) fn module(image: &Image) -> String {
    let has_text = image.foreign.values().any(|def| def.ret == Foreign::Text);
    let mut out =
        String::from("//! Functions of other libraries. What they are lent is copied, and copied back.\n\n");
    if has_text {
        out.push_str("use std::ffi::CStr;\n\n");
    }
    out.push_str("use batuta_rt::c::{Lending, Ptr};\n\nmod library {\n");
    for library in &image.libraries {
        let _ = writeln!(out, "    #[link(name = {library:?})]");
    }
    out.push_str("    unsafe extern \"C\" {\n");
    for (name, def) in &image.foreign {
        let params: Vec<String> = def
            .params
            .iter()
            .enumerate()
            .map(|(at, param)| format!("{}: {}", parameter(at), foreign_type(*param)))
            .collect();
        let _ =
            writeln!(out, "        pub fn {name}({}){};", params.join(", "), arrow(foreign_type(def.ret)));
    }
    out.push_str("    }\n}\n");
    for (name, def) in &image.foreign {
        out.push('\n');
        wrapper(&mut out, name.as_str(), def);
    }
    out
}

fn wrapper(out: &mut String, name: &str, def: &ForeignDef) {
    let own_type = |of: Foreign| match of {
        Foreign::Nothing => "()",
        Foreign::Number(ty) => number(ty),
        _ => "Ptr<()>",
    };
    let params: Vec<String> = def
        .params
        .iter()
        .enumerate()
        .map(|(at, of)| format!("{}: {}", parameter(at), own_type(*of)))
        .collect();
    let names: Vec<String> = (0..def.params.len()).map(parameter).collect();
    let lends =
        def.params.iter().any(|of| matches!(of, Foreign::Pointer { .. } | Foreign::Handle | Foreign::Slot));
    let gives = matches!(def.ret, Foreign::Pointer { .. } | Foreign::Text);
    let _ = writeln!(out, "/// `{name}`\n#[track_caller]");
    let _ = writeln!(out, "pub fn {name}({}){} {{", params.join(", "), arrow(own_type(def.ret)));
    if lends || gives {
        let _ = writeln!(out, "    let {}lending = Lending::default();", if lends { "mut " } else { "" });
    }
    for (at, of) in def.params.iter().enumerate() {
        let of = match of {
            Foreign::Pointer { changes } => format!("lend({}, {changes})", parameter(at)),
            Foreign::Handle => format!("lend_handle({})", parameter(at)),
            Foreign::Slot => format!("lend_slot({})", parameter(at)),
            _ => continue,
        };
        let _ = writeln!(out, "    let {} = lending.{of};", parameter(at));
    }
    out.push_str(
        "    // SAFETY: the header declares the function so, and what it is lent lives until it returns.\n",
    );
    let call = format!("unsafe {{ library::{name}({}) }}", names.join(", "));
    let is_last = !lends && !gives;
    match (is_last, def.ret) {
        (true, Foreign::Nothing) => _ = writeln!(out, "    {call};"),
        (true, _) => _ = writeln!(out, "    {call}"),
        (false, Foreign::Nothing) => _ = writeln!(out, "    {call};"),
        (false, _) => _ = writeln!(out, "    let result = {call};"),
    }
    if lends {
        out.push_str("    lending.give_back();\n");
    }
    match def.ret {
        Foreign::Text => out.push_str(
            "    if result.is_null() {\n        return Ptr::NULL;\n    }\n    \
             // SAFETY: the library gives a text that ends.\n    \
             let text = unsafe { CStr::from_ptr(result.cast()) };\n    \
             lending.text(result, text.to_bytes_with_nul())\n",
        ),
        Foreign::Pointer { .. } => out.push_str("    lending.pointer(result)\n"),
        Foreign::Number(_) if !is_last => out.push_str("    result\n"),
        _ => {}
    }
    out.push_str("}\n");
}

/// `a`, `b`, .., `z`, `a1`.
fn parameter(at: usize) -> String {
    let letter = char::from(b'a' + (at % 26) as u8);
    if at < 26 { letter.to_string() } else { format!("{letter}{}", at / 26) }
}

fn arrow(ty: &str) -> String {
    if ty == "()" { String::new() } else { format!(" -> {ty}") }
}

fn foreign_type(of: Foreign) -> &'static str {
    match of {
        Foreign::Nothing => "()",
        Foreign::Number(ty) => number(ty),
        _ => "*mut u8",
    }
}

fn number(ty: Ty) -> &'static str {
    use batuta_core::{FloatWidth, TyKind, Width};
    match ty.kind() {
        TyKind::Bool => "bool",
        TyKind::Float(FloatWidth::F32) => "f32",
        TyKind::Float(_) => "f64",
        TyKind::Int(width) => match width {
            Width::I8 => "i8",
            Width::U8 => "u8",
            Width::I16 => "i16",
            Width::U16 => "u16",
            Width::I32 => "i32",
            Width::U32 => "u32",
            Width::U64 => "u64",
            _ => "i64",
        },
        _ => "i64",
    }
}
