//! Attributes that some classes of Python's own errors have, where classes of the program have them too.
//!
//! before                                  after
//!   class @m.Failed { field value }
//!   except(StopIteration) as %e {         except(StopIteration) as %e {
//!     %e.value                              call lib:error.value(%e)
//!   }                                     }
//!
//! Everywhere else `e.value` is that of the program's classes. Holds back where a class of the program
//! stands below what is caught: then both are possible.

use batuta_base::Name;
use batuta_core::*;

/// Attributes of errors that only objects of these classes have.
pub(crate) const SOME_ERRORS_HAVE: [(&str, &[&str]); 3] = [
    ("builtins.SystemExit", &["code"]),
    ("builtins.StopIteration", &["value"]),
    ("builtins.OSError", &["errno", "strerror", "filename"]),
];

/// Writes out what handlers of such classes read.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Try { handlers, .. } = body.nodes[node].kind.clone() else { continue };
        for handler in handlers {
            let Some(error) = handler.bind else { continue };
            let names = names(program, &handler.classes);
            if !names.is_empty() {
                read(body, handler.body, error, &names);
            }
        }
    }
}

/// The attributes that all errors of these classes have by themselves.
fn names(program: &Program<Hir>, classes: &[Name]) -> Vec<&'static str> {
    let of = |class: &Name| {
        let (_, names) = SOME_ERRORS_HAVE.iter().find(|(name, _)| is_below(class.as_str(), name))?;
        let is_base = |def: &ClassDef| def.bases.iter().any(|base| is_below(base.as_str(), class.as_str()));
        (!program.classes.values().any(|def| is_base(def))).then(|| names.to_vec())
    };
    let mut all = classes.iter().map(of);
    let first = all.next().flatten().unwrap_or_default();
    if all.all(|names| names.as_ref() == Some(&first)) { first } else { Vec::new() }
}

fn is_below(class: &str, base: &str) -> bool {
    class == base
        || base == "builtins.OSError"
            && matches!(
                class,
                "builtins.IOError"
                    | "builtins.FileNotFoundError"
                    | "builtins.FileExistsError"
                    | "builtins.PermissionError"
                    | "builtins.IsADirectoryError"
                    | "builtins.NotADirectoryError"
            )
}

fn read(body: &mut Body<Hir>, block: BlockId, error: LocalId, names: &[&str]) {
    let mut found = Vec::new();
    body.walk_block(block, &mut |node| {
        if let Node::Use(Place { root: Root::Local(local), proj }, mode) = &body.nodes[node].kind
            && let [Proj::Field(name), rest @ ..] = &proj[..]
            && *local == error
            && names.contains(&name.as_str())
        {
            found.push((node, *name, rest.to_vec(), *mode));
        }
    });
    for (node, name, rest, mode) in found {
        let origin = body.nodes[node].origin;
        let of = body.use_local(error, Mode::Read, origin);
        let callee = Callee::Lib(Name::new("error").join(name.as_str()));
        let call = Node::Call { callee, args: vec![Arg::positional(of)] };
        body.nodes[node].kind = match rest.is_empty() {
            true => call,
            false => {
                let call = body.node(call, Ty::unknown(), origin);
                Node::Use(Place { root: Root::Node(call), proj: rest }, mode)
            }
        };
    }
}
