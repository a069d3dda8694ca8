//! Defaults that each call computes which leaves the parameter out.

use super::Lowerer;
use super::scan::walk;
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// Adds the defaults that a call leaves out, where they are computed.
    pub(super) fn add_defaults(&mut self, path: Option<Name>, args: &[Syntax<'t>], out: &mut Vec<Arg>) {
        let Some(path) = path else { return };
        let count = args.iter().filter(|arg| !arg.is("named_argument")).count();
        let mut missing: Vec<(usize, &'t str, Syntax<'t>)> = self
            .defaults
            .iter()
            .filter(|((of, _), (at, _))| *of == path && *at >= count)
            .map(|((_, name), (at, value))| (*at, *name, *value))
            .collect();
        missing.sort_by_key(|(at, ..)| *at);
        let given: Vec<&str> = args.iter().filter_map(|arg| arg.field("name")).map(Syntax::text).collect();
        missing.retain(|(_, name, _)| !given.contains(name));
        let Some((_, _, first)) = missing.first().copied() else { return };
        // A default sees the parameters before it.
        let params = super::function::parameters_around(first);
        let sees = |value: Syntax<'t>| {
            let mut found = false;
            walk(value, &mut |part| found |= part.is("identifier") && params.contains(&part.text()));
            found
        };
        let is_open = missing.iter().any(|(_, _, value)| sees(*value));
        if is_open {
            self.name_arguments(&params, args, out);
        }
        for (_, name, value) in missing {
            let value = match self.hides_names(value) {
                true => self.unsupported(value, "a default whose names mean others where it is computed"),
                false => self.expr(value),
            };
            out.push(Arg { kind: ArgKind::Named(Name::new(name)), value });
            if is_open {
                self.name_argument(name, out.len() - 1, first, out);
            }
        }
        if is_open {
            self.cx.scopes.pop();
        }
    }

    /// Gives the arguments of a call the names of the parameters, in a scope of their own.
    fn name_arguments(&mut self, params: &[&'t str], args: &[Syntax<'t>], out: &mut [Arg]) {
        self.cx.scopes.push(Default::default());
        for (at, arg) in args.iter().enumerate() {
            let name = match arg.field("name").filter(|_| arg.is("named_argument")) {
                Some(name) => params.iter().copied().find(|param| *param == name.text()),
                None => params.get(at).copied(),
            };
            if let Some(name) = name.filter(|_| at < out.len()) {
                self.name_argument(name, at, *arg, out);
            }
        }
    }

    fn name_argument(&mut self, name: &'t str, at: usize, node: Syntax<'t>, out: &mut [Arg]) {
        let kept = self.temp(name, node);
        let value = self.copy(out[at].value, node);
        self.push_set(Place::local(kept), value, node);
        out[at].value = self.use_local(kept, node);
        self.bind(name, kept, false, false);
        self.cx.defaulted.push(kept);
    }
}
