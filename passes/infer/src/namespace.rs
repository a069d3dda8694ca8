//! What the attributes of an `argparse.Namespace` hold, read off the arguments of the program's parsers.
//!
//! One variable for each name of an attribute: `args.width` has the type of every value that some
//! `add_argument` or `set_defaults` gives to `width`.

use crate::apply::{Apply, UNKNOWN_ATTRIBUTE};
use crate::collect::Collect;
use crate::facts::{ArgFact, C, Target, V};
use crate::vars::Head;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Type of namespaces.
pub(crate) const NAMESPACE: &str = "Namespace";

pub(crate) fn is_namespace(name: Name) -> bool {
    name == NAMESPACE
}

/// What a builder chain says about an argument.
#[derive(Default)]
struct Said {
    names: Vec<String>,
    dest: Option<String>,
    action: Option<String>,
    nargs: Option<String>,
    is_switch: bool,
    /// `default=[]`.
    starts_empty: bool,
    required: bool,
    item: Option<Head>,
    convert: Option<NodeId>,
    default: Option<NodeId>,
    constant: Option<NodeId>,
    attributes: Vec<(String, NodeId)>,
}

impl Collect<'_> {
    /// The values that a call of a parser gives to attributes.
    pub(crate) fn parser_call(&mut self, name: Name, args: &[Arg]) {
        let Some(built) = args.last().map(|arg| arg.value) else { return };
        let mut said = Said::default();
        let Some(start) = self.read_chain(built, &mut said) else { return };
        match (name.as_str(), start.as_str()) {
            ("add_argument", "argparse.Argument") => self.argument(&said),
            ("add_subparsers", "argparse.commands") => {
                if let Some(dest) = said.dest.clone() {
                    let value = self.fresh();
                    self.plain(value, Head::Str);
                    if !said.required {
                        self.plain(value, Head::None);
                    }
                    self.attribute_value(&dest, value);
                }
            }
            ("set_defaults", "argparse.Namespace") => {
                for (name, value) in &said.attributes {
                    self.attribute_value(name, value.0);
                }
            }
            _ => {}
        }
    }

    /// What a namespace that the program makes itself holds.
    pub(crate) fn namespace_with(&mut self, args: &[Arg]) {
        if let [name, value] = args
            && let Some(Const::Str(name)) = self.body.as_const(name.value)
        {
            let name = name.to_string();
            self.attribute_value(&name, value.value.0);
        }
    }

    fn attribute_value(&mut self, name: &str, value: V) {
        let of = self.fresh();
        self.plain(of, Head::Lib(Name::new(NAMESPACE)));
        self.say(C::SetAttr { of, name: Name::new(name), value, raw: false });
    }

    /// The function that starts a chain.
    fn read_chain(&self, node: NodeId, said: &mut Said) -> Option<Name> {
        let Node::Call { callee, args } = &self.body.nodes[node].kind else { return None };
        let text = |arg: &Arg| match self.body.as_const(arg.value) {
            Some(Const::Str(text)) => Some(text.to_string()),
            _ => None,
        };
        match callee {
            Callee::Lib(name) => {
                said.names = args.iter().filter_map(text).collect();
                Some(*name)
            }
            Callee::Method(of, name) => {
                let start = self.read_chain(*of, said)?;
                let first = args.first();
                match name.as_str() {
                    "dest" => said.dest = first.and_then(text),
                    "action" => said.action = first.and_then(text),
                    "nargs" => said.nargs = first.map(|arg| text(arg).unwrap_or_else(|| "...".to_owned())),
                    "count" => said.nargs = Some("+".to_owned()),
                    "switch" => said.is_switch = true,
                    "required" => {
                        said.required = first
                            .is_some_and(|arg| self.body.as_const(arg.value) == Some(&Const::Bool(true)));
                    }
                    "int" => said.item = Some(Head::Int),
                    "float" => said.item = Some(Head::Float),
                    "path" => said.item = Some(Head::Lib(Name::new("Path"))),
                    "convert" => said.convert = args.get(1).map(|arg| arg.value),
                    "default" => said.default = first.map(|arg| arg.value),
                    "default_list" => said.starts_empty = true,
                    "constant" => said.constant = first.map(|arg| arg.value),
                    "with" => {
                        if let (Some(name), Some(value)) = (first.and_then(text), args.get(1)) {
                            said.attributes.push((name, value.value));
                        }
                    }
                    _ => {}
                }
                Some(start)
            }
            _ => None,
        }
    }

    fn argument(&mut self, said: &Said) {
        let Some(first) = said.names.first() else { return };
        let is_option = first.starts_with('-');
        let long = said.names.iter().find(|name| name.starts_with("--")).unwrap_or(first);
        let own = if is_option { long.trim_start_matches('-').replace('-', "_") } else { first.clone() };
        let dest = said.dest.clone().unwrap_or(own);
        let action = said.action.as_deref().unwrap_or("store");
        let nargs = said.nargs.as_deref();
        let value = self.fresh();
        match action {
            "help" | "version" => return,
            "store_true" | "store_false" => self.plain(value, Head::Bool),
            "count" => self.plain(value, Head::Int),
            "store_const" | "append_const" => {}
            _ if said.is_switch => self.plain(value, Head::Bool),
            _ => {
                let mut item = self.item_of(said);
                let lists =
                    usize::from(matches!(nargs, Some("*" | "+" | "..."))) + usize::from(action == "append");
                let lists = if action == "extend" { 1 } else { lists };
                for _ in 0..lists {
                    let list = self.fresh();
                    self.of(list, Head::List, vec![item]);
                    item = list;
                }
                self.say(C::Flow(item, value));
            }
        }
        let converts = said.item.is_some() || said.convert.is_some();
        for given in [said.default, said.constant].into_iter().flatten() {
            // A text is converted as the words are.
            let is_text = matches!(self.body.as_const(given), Some(Const::Str(_)));
            if !(is_text && converts) {
                self.say(C::Flow(given.0, value));
            }
        }
        let is_flag = matches!(action, "store_true" | "store_false");
        let may_miss = if is_option { !said.required && !is_flag } else { nargs == Some("?") };
        if may_miss && said.default.is_none() && !said.starts_empty {
            let none = self.fresh();
            self.plain(none, Head::None);
            self.say(C::Flow(none, value));
        }
        self.attribute_value(&dest, value);
    }

    /// What a word becomes.
    fn item_of(&mut self, said: &Said) -> V {
        let item = self.fresh();
        match said.convert {
            Some(function) => {
                let text = self.fresh();
                self.plain(text, Head::Str);
                let args = vec![ArgFact { kind: ArgKind::Positional, var: text }];
                self.say(C::Call { site: u32::MAX, target: Target::Value(function.0), args, out: item });
            }
            None => self.plain(item, said.item.unwrap_or(Head::Str)),
        }
        item
    }
}

impl Apply<'_, '_, '_> {
    /// `args.name`.
    pub(crate) fn namespace_attr(&mut self, object: NodeId, name: Name, origin: Origin) -> NodeId {
        let var = self.types.solver.fields.get(&(Name::new(NAMESPACE), name));
        let ty = var.and_then(|var| self.types.get(*var)).unwrap_or_else(Ty::value);
        if matches!(ty.kind(), TyKind::Func(..)) {
            return self.hole(
                object,
                UNKNOWN_ATTRIBUTE,
                format!("the function `{name}` of a namespace as a value"),
            );
        }
        let text = self.text(name.as_str(), origin);
        let args = vec![Arg::positional(object), Arg::positional(text)];
        let callee = Callee::Lib(Name::new(NAMESPACE).join("get"));
        // Commands that give one name to arguments of different types.
        let is_mixed = ty.any(&mut |part| matches!(part.kind(), TyKind::Union(_)));
        let held = if is_mixed { Ty::value() } else { ty };
        let value = self.mk(Node::Call { callee, args }, held, origin);
        self.coerce(value, ty)
    }

    /// `args.name(..)`: the function that an attribute holds; of one that takes the namespace, by its name.
    pub(crate) fn namespace_call(
        &mut self,
        id: NodeId,
        receiver: NodeId,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        let owner = Name::new(NAMESPACE);
        if name == "with" {
            let is_function = matches!(self.ty(args[1]).kind(), TyKind::Func(..));
            let row = owner.join(if is_function { "with_command" } else { "with" });
            let all = [vec![receiver], args].concat();
            return self.lib_call(row, &[ArgKind::Positional; 3], all, None, origin);
        }
        let takes_space = |ty: Ty| matches!(ty.kind(), TyKind::Lib(own, _) if is_namespace(*own));
        if let TyKind::Func(params, ret) = self.namespace_type(name).kind().clone()
            && params.len() == 1
            && takes_space(params[0])
            && args.len() == 1
        {
            let text = self.text(name.as_str(), origin);
            let args = vec![Arg::positional(receiver), Arg::positional(text), Arg::positional(args[0])];
            let callee = Callee::Lib(owner.join("run"));
            return self.mk(Node::Call { callee, args }, ret, origin);
        }
        let value = self.namespace_attr(receiver, name, origin);
        self.call_value(id, value, kinds, args, origin)
    }

    /// Type of an attribute that is assigned.
    pub(crate) fn namespace_type(&self, name: Name) -> Ty {
        let var = self.types.solver.fields.get(&(Name::new(NAMESPACE), name));
        var.and_then(|var| self.types.get(*var)).unwrap_or_else(Ty::value)
    }
}
