//! A method below one that takes `*args` takes them, too, and hands them on by their number.
//!
//! before                                        after
//!   method @m.Command.run(%self, *%words) ..      method @m.Add.run(%self, *%words) {
//!   method @m.Add.run(%self, %name, %n= 1) ..       if len(%words) == 1 { return method (%self).run_with(%words[0]) }
//!                                                   if len(%words) == 2 { .. }
//!                                                   raise TypeError("Add.run() missing 1 required ..")
//!                                                 }
//!                                                 method @m.Add.run_with(%self, %name, %n= 1) ..
//!
//! Holds back where some call names an argument, and where the method below has keywords or packs of its own.

use batuta_base::Name;
use batuta_core::*;
use std::fmt::Write;
use std::sync::Arc;

/// Writes out such methods of a program.
pub(super) fn expand(program: &mut Program<Hir>) {
    let methods: Vec<Name> = program.classes.values().flat_map(|class| class.methods.clone()).collect();
    for method in methods {
        if !is_narrow(program, method) || names_arguments(program, method.last()) {
            continue;
        }
        let Some(adapter) = adapter(program, method) else { continue };
        let inner = Name::new(&format!("{method}_with"));
        let mut body = Body::clone(&program.fns[&method]);
        body.path = inner;
        let def = program.classes.get_mut(&method.parent()).expect("its class has the method");
        Arc::make_mut(def).methods.push(inner);
        program.fns.insert(inner, Arc::new(body));
        program.fns.insert(method, Arc::new(adapter));
    }
}

/// Whether a method takes a fixed number of arguments and the one that it overrides any.
fn is_narrow(program: &Program<Hir>, method: Name) -> bool {
    let Some(body) = program.fns.get(&method).filter(|body| body.kind == FnKind::Method) else {
        return false;
    };
    let is_fixed = body.params.iter().all(|param| param.kind == ParamKind::Normal)
        && body.decorators.is_empty()
        && !body.is_generator
        && !body.is_async;
    let above = program.mro(method.parent()).into_iter().skip(1).find_map(|base| {
        let methods = &program.classes.get(&base)?.methods;
        methods.iter().copied().find(|path| path.last() == method.last())
    });
    let is_open = above
        .and_then(|path| program.fns.get(&path))
        .is_some_and(|above| matches!(above.params.get(1..), Some([only]) if only.kind == ParamKind::Star));
    let is_free = !program.fns.contains_key(&Name::new(&format!("{method}_with")));
    is_fixed && is_open && is_free && !method.last().starts_with("__")
}

/// Whether a call of a method of this name passes an argument by its name.
fn names_arguments(program: &Program<Hir>, name: &str) -> bool {
    program.fns.values().flat_map(|body| body.nodes.iter()).any(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Method(_, called) | Callee::Super(called), args } => {
            *called == name
                && args.iter().any(|arg| matches!(arg.kind, ArgKind::Named(_) | ArgKind::StarStar))
        }
        _ => false,
    })
}

fn adapter(program: &Program<Hir>, method: Name) -> Option<Body<Hir>> {
    let body = &program.fns[&method];
    let params: Vec<&Param> = body.params.iter().skip(1).collect();
    let needed = params.iter().take_while(|param| param.default.is_none()).count();
    let shown = format!("{}.{}()", method.parent().last(), method.last());
    let mut text = format!("method @{method}(%self, *%args) -> ? {{\n");
    let test = |count: usize| format!("  if obj.truth(obj.eq(lib:builtins.len(%args), {count})) {{\n");
    for count in 0..needed {
        let names: Vec<String> =
            params[count..needed].iter().map(|param| format!("'{}'", param.name)).collect();
        let plural = if names.len() == 1 { "" } else { "s" };
        let why = format!(
            "{shown} missing {} required positional argument{plural}: {}",
            names.len(),
            listed(&names)
        );
        let _ = write!(text, "{}    raise exc.new{{\"TypeError\"}}(\"{why}\"): ?: !\n  }}\n", test(count));
    }
    for count in needed..=params.len() {
        let args: Vec<String> = (0..count).map(|at| format!("%args[{at}]")).collect();
        let call = format!("method (%self).{}_with({})", method.last(), args.join(", "));
        let _ = write!(text, "{}    return {call}: ?: !\n  }}\n", test(count));
    }
    let most = params.len() + 1;
    let takes = match needed == params.len() {
        true => format!("takes {most} positional argument{}", if most == 1 { "" } else { "s" }),
        false => format!("takes from {} to {most} positional arguments", needed + 1),
    };
    let _ = write!(
        text,
        "  raise exc.new{{\"TypeError\"}}(format\"{shown} {takes} but {{obj.add(lib:builtins.len(%args), 1)!f}} were given\"): ?: !\n}}\n"
    );
    let mut made = text::parse_body::<Hir>(&text).ok()?;
    made.lang = body.lang;
    made.origin = body.origin;
    Some(made)
}

/// `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`.
fn listed(names: &[String]) -> String {
    match names {
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
        [] => String::new(),
    }
}
