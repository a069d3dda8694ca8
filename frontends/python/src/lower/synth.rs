//! Definitions that Python's library makes at run time: `total_ordering`, `namedtuple`.

use super::call::arguments;
use super::{Binding, Cx, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// What a missing comparison is made of.
struct Recipe {
    name: &'static str,
    /// The given comparison is negated.
    negated: bool,
    /// Then `and`/`or` with `==` or `!=`.
    with: Option<(ObjOp, ObjOp)>,
}

const fn recipe(name: &'static str, negated: bool, with: Option<(ObjOp, ObjOp)>) -> Recipe {
    Recipe { name, negated, with }
}

const AND_NE: Option<(ObjOp, ObjOp)> = Some((ObjOp::And, ObjOp::Ne));
const OR_EQ: Option<(ObjOp, ObjOp)> = Some((ObjOp::Or, ObjOp::Eq));

/// `functools._convert`: for the first comparison that a class has, the other three.
const RECIPES: [(&str, ObjOp, [Recipe; 3]); 4] = [
    (
        "__lt__",
        ObjOp::Lt,
        [recipe("__gt__", true, AND_NE), recipe("__le__", false, OR_EQ), recipe("__ge__", true, None)],
    ),
    (
        "__le__",
        ObjOp::Le,
        [recipe("__ge__", true, OR_EQ), recipe("__lt__", false, AND_NE), recipe("__gt__", true, None)],
    ),
    (
        "__gt__",
        ObjOp::Gt,
        [recipe("__lt__", true, AND_NE), recipe("__ge__", false, OR_EQ), recipe("__le__", true, None)],
    ),
    (
        "__ge__",
        ObjOp::Ge,
        [recipe("__le__", true, OR_EQ), recipe("__gt__", false, AND_NE), recipe("__lt__", true, None)],
    ),
];

/// The items of `defaults=(..)` where it is the one further argument.
fn named_tuple_defaults(call: Syntax<'_>) -> Option<Vec<Syntax<'_>>> {
    let [_, _, option] = arguments(call)[..] else { return None };
    let is_it = option.is("keyword_argument") && option.field("name")?.text() == "defaults";
    let value = option.field("value").filter(|value| value.is("list") || value.is("tuple"))?;
    is_it.then(|| value.named())
}

impl<'t> Lowerer<'t> {
    /// Adds the comparisons that `@total_ordering` derives from the one that the class has.
    pub fn total_ordering(&mut self, def: &mut ClassDef, at: Syntax<'t>) {
        let has = |def: &ClassDef, name: &str| def.methods.iter().any(|method| method.last() == name);
        let Some((_, op, recipes)) = RECIPES.iter().find(|(name, ..)| has(def, name)) else { return };
        for recipe in recipes {
            if has(def, recipe.name) {
                continue;
            }
            let path = def.path.join(recipe.name);
            self.derived_comparison(path, *op, recipe, at);
            def.methods.push(path);
        }
    }

    fn derived_comparison(&mut self, path: Name, op: ObjOp, recipe: &Recipe, at: Syntax<'t>) {
        self.enter(Cx::new(path, FnKind::Method, at.start(), at.end()));
        self.cx.body.ret = Ty::bool();
        let locals = ["self", "other"].map(|name| self.new_local(name, at));
        self.cx.body.params = locals
            .iter()
            .zip(["self", "other"])
            .map(|(local, name)| Param {
                name: Name::new(name),
                local: *local,
                kind: ParamKind::Normal,
                default: None,
            })
            .collect();
        let both = |this: &mut Self| locals.map(|local| this.use_local(local, at)).to_vec();
        let args = both(self);
        let mut value = self.op(op, args, at);
        if recipe.negated {
            value = self.op(ObjOp::Not, vec![value], at);
        }
        if let Some((join, equality)) = recipe.with {
            let args = both(self);
            let second = self.op(equality, args, at);
            value = self.op(join, vec![value, second], at);
        }
        self.push_node(Node::Return(Some(value)), at);
        let body = self.leave();
        self.out.fns.push(body);
    }

    /// `P = namedtuple("P", "x y")` as a class; answers whether the statement is one.
    pub fn named_tuple(&mut self, stmt: Syntax<'t>) -> bool {
        let Some((left, call)) = self.named_tuple_call(stmt) else { return false };
        let Binding::Class(path) = self.look_up(left.text()) else { return false };
        let Some(mut fields) = self.named_tuple_fields(call) else { return false };
        // Defaults are those of the last fields.
        let defaults = named_tuple_defaults(call).unwrap_or_default();
        let first = fields.len().saturating_sub(defaults.len());
        for (field, value) in fields.iter_mut().skip(first).zip(defaults) {
            let default = path.join(&format!("{}$default", field.name));
            self.default_body(default, value);
            field.default = Some(default);
        }
        let above = self.trivia.above(stmt.end());
        self.out.module.items.push(ItemRow { item: Item::Class(path), above, base: stmt.start() as u32 });
        self.out.classes.push(ClassDef {
            path,
            bases: vec![Name::new("NamedTuple")],
            kind: ClassKind::NamedTuple,
            is_shared: false,
            fields,
            methods: Vec::new(),
            attributes: Vec::new(),
            type_params: Vec::new(),
            doc: None,
            origin: stmt.origin(0),
        });
        true
    }

    /// The name and call of a statement `NAME = namedtuple(..)`.
    pub fn named_tuple_call(&self, stmt: Syntax<'t>) -> Option<(Syntax<'t>, Syntax<'t>)> {
        let assign =
            stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))?;
        let left = assign.field("left").filter(|left| left.is("identifier"))?;
        let call = assign.field("right").filter(|right| right.is("call"))?;
        let function = self.library_name(call.field("function")?)?;
        let is_plain = arguments(call).len() == 2 || named_tuple_defaults(call).is_some();
        (is_plain && matches!(function.as_str(), "collections.namedtuple" | "typing.NamedTuple"))
            .then_some((left, call))
    }

    /// The fields of `class P(namedtuple("P", "x y"))`.
    pub fn named_tuple_base(&mut self, base: Syntax<'t>) -> Option<Vec<FieldDef>> {
        let function = self.library_name(base.field("function").filter(|_| base.is("call"))?)?;
        let is_tuple = matches!(function.as_str(), "collections.namedtuple" | "typing.NamedTuple");
        if is_tuple && arguments(base).len() == 2 { self.named_tuple_fields(base) } else { None }
    }

    fn named_tuple_fields(&mut self, call: Syntax<'t>) -> Option<Vec<FieldDef>> {
        let fields = *arguments(call).get(1)?;
        let mut names = Vec::new();
        if let Some(text) = self.literal_text(fields) {
            let words = text.split([',', ' ']).filter(|name| !name.is_empty());
            names.extend(words.map(|name| (Name::new(name), self.unknown)));
        } else {
            for item in fields.named() {
                names.push(match item.named()[..] {
                    [name, hint] if item.is("tuple") => {
                        (Name::new(&self.literal_text(name)?), self.hint(hint))
                    }
                    _ => (Name::new(&self.literal_text(item)?), self.unknown),
                });
            }
        }
        let field = |(name, ty)| FieldDef {
            name,
            ty,
            default: None,
            cell: FieldCell::default(),
            flags: FieldFlags::default(),
            above: Vec::new(),
            beside: None,
            origin: call.origin(0),
        };
        Some(names.into_iter().map(field).collect())
    }
}
