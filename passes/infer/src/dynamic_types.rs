//! Types and classes as dynamic values.
//!
//! before                           after
//!   type(%v)                         lib:type.of(%v)
//!   item @m.Dog                      value.from{class __main__.Dog as Dog.__init__(., name, age=)}(fn(x, y) { new @m.Dog(x, y) }, 3)

use crate::apply::Apply;
use crate::bind::Formal;
use crate::calls::record_formals;
use crate::function_values::Described;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// `type(v)`.
    pub(crate) fn type_to_value(&mut self, of: NodeId) -> NodeId {
        let origin = self.origin(of);
        let value = self.dynamic(of);
        self.lib_call(Name::new("type.of"), &[ArgKind::Positional], vec![value], None, origin)
    }

    /// `type(v)` that is only shown.
    pub(crate) fn types_to_values(&mut self, root: BlockId) {
        let mut left = Vec::new();
        self.body.walk_block(root, &mut |id| left.extend(self.type_operand(id).map(|of| (id, of))));
        for (id, of) in left {
            let value = self.type_to_value(of);
            self.body.nodes[id].kind = self.body.nodes[value].kind.clone();
        }
    }

    /// A class of the program: a function that makes its objects. Held back where the run could not tell it
    /// from another one, or makes no objects of it.
    pub(crate) fn class_to_value(&mut self, node: NodeId, class: Name) -> Option<NodeId> {
        let env = self.types.env();
        if !matches!(self.body.nodes[node].kind, Node::Item(_)) {
            return self.class_variable_to_value(node, class);
        }
        let is_named = matches!(self.body.nodes[node].kind, Node::Item(item) if item == class);
        let is_one = env.program.classes.keys().filter(|other| other.last() == class.last()).count() == 1;
        let is_plain = env.class(class).is_some() && !env.is_enum(class) && !env.is_error(class);
        let is_abstract = !env.abstract_methods(class).is_empty();
        if is_abstract || !(is_named && is_one && is_plain) {
            return None;
        }
        let origin = self.origin(node);
        let (formals, defaults, params) = self.parameters_of_class(class, node)?;
        let kinds: Option<Vec<ArgKind>> = formals.iter().map(passed).collect();
        let kinds = kinds?;
        let ty = Ty::func(params.clone(), Ty::value());
        let closure = self.eta(&params, Ty::value(), ty, origin, |me, args| {
            let id = me.mk(Node::Const(Const::None), Ty::unit(), origin);
            let made = me.construct(id, class, &kinds, args, origin);
            me.dynamic(made)
        });
        let module = match env.program.entry == Some(class.parent()) {
            true => "__main__",
            false => class.parent().as_str(),
        };
        let maker = env.method(class, "__init__").unwrap_or(class.join("__init__"));
        let name = format!("class {module}.{} as {}", class.last(), self.qualified(maker));
        self.described.insert(closure, Described { name, is_bound: true, formals, defaults });
        Some(self.function_to_value(closure, &params))
    }

    /// A variable that holds one of several classes.
    fn class_variable_to_value(&mut self, node: NodeId, class: Name) -> Option<NodeId> {
        let env = self.types.env();
        if env.is_enum(class) || self.names_error(class) || class == "object" {
            return None;
        }
        let mut are_known = true;
        let value = self.by_class_value(node, class, Some(Ty::value()), &mut |me, class| {
            let origin = me.origin(node);
            let item = me.mk(Node::Item(class), Ty::new(TyKind::TypeOf(class)), origin);
            let value = me.class_to_value(item, class);
            are_known &= value.is_some();
            value.unwrap_or(item)
        });
        are_known.then_some(value)
    }

    /// What a constructor takes, the defaults and the types.
    #[expect(clippy::type_complexity, reason = "three lists of one length")]
    fn parameters_of_class(
        &mut self,
        class: Name,
        node: NodeId,
    ) -> Option<(Vec<Formal>, Vec<Option<NodeId>>, Vec<Ty>)> {
        let origin = self.origin(node);
        let env = self.types.env();
        if let Some(init) = env.method(class, "__init__") {
            let described = self.describe_item(init, 1, origin)?;
            let version = *self.types.solver.versions.get(&init)?.first()?;
            let sig = &self.types.solver.insts[version].sig;
            let types = sig.params.iter().skip(1);
            let types = types.map(|param| self.types.get(param.var).unwrap_or_else(Ty::value)).collect();
            return Some((described.formals, described.defaults, types));
        }
        let fields = env.record_fields(class);
        let formals = record_formals(&fields);
        let types = fields.iter().map(|field| self.field_type(class, field.name).unwrap_or_else(Ty::value));
        let types = types.collect();
        let mut defaults = Vec::new();
        for field in &fields {
            let default = field.default.map(|_| self.field_default(field, origin));
            // What a factory makes is new for each object.
            if default.is_some_and(|node| self.body.as_const(node).is_none()) {
                return None;
            }
            defaults.push(default);
        }
        Some((formals, defaults, types))
    }
}

/// How a call passes what the function got for a parameter.
fn passed(formal: &Formal) -> Option<ArgKind> {
    match formal.kind {
        ParamKind::Normal | ParamKind::PositionalOnly => Some(ArgKind::Positional),
        ParamKind::KeywordOnly => formal.name.map(ArgKind::Named),
        ParamKind::Star => Some(ArgKind::Star),
        ParamKind::StarStar => Some(ArgKind::StarStar),
    }
}
