//! Enums that say what `auto()` gives, and enums below one without members, which have its methods.
//!
//! ```python
//! class Named(Enum):
//!     def _generate_next_value_(name, start, count, last_values):
//!         return name.lower()
//!
//! class Way(Named):
//!     NORTH = auto()      # 'north'
//! ```

use super::Lowerer;
use super::class::Head;
use super::function::definition;
use super::params::param_list;
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// What `_generate_next_value_` returns, by its parameters.
#[derive(Clone)]
pub(crate) struct NextValue<'t> {
    params: Vec<&'t str>,
    value: Option<Syntax<'t>>,
}

/// An enum class of this file.
#[derive(Clone)]
pub(crate) struct EnumFacts<'t> {
    kind: ClassKind,
    bases: Vec<Name>,
    methods: Vec<Name>,
    has_members: bool,
    next: Option<NextValue<'t>>,
    /// How many classes stand below it.
    below: usize,
}

/// A value that is known when the program is translated.
enum Known {
    Text(String),
    Int(i64),
}

impl<'t> Lowerer<'t> {
    /// An enum below one without members is below what that one is below; gives the one above.
    pub(super) fn enum_above(&mut self, head: &mut Head<'t>, kind: &mut ClassKind) -> Option<Name> {
        let is_one = |base: &&Name| self.enums.get(*base).is_some_and(|facts| !facts.has_members);
        let above = *head.bases.iter().find(is_one)?;
        let facts = self.enums.get_mut(&above)?;
        facts.below += 1;
        let above_kind = facts.kind.clone();
        let bases = facts.bases.clone();
        head.bases = head
            .bases
            .iter()
            .flat_map(|base| if *base == above { bases.clone() } else { vec![*base] })
            .collect();
        // `class Size(str, Named)` mixes a text in.
        *kind = match self.kind_of_bases(head) {
            ClassKind::EnumOf(mixed) => ClassKind::EnumOf(mixed),
            _ => above_kind,
        };
        Some(above)
    }

    /// What `auto()` gives in a class.
    pub(super) fn next_value(&self, suite: Syntax<'t>, above: Option<Name>) -> Option<NextValue<'t>> {
        let method = suite.named().into_iter().map(|stmt| definition(stmt).1).find(|method| {
            method.is("function_definition")
                && method.field("name").is_some_and(|name| name.text() == "_generate_next_value_")
        });
        let Some(method) = method else { return self.enums.get(&above?)?.next.clone() };
        let params = param_list(method.field("parameters")).iter().map(|param| param.name.text()).collect();
        let stmts = method.field("body").map(Syntax::named).unwrap_or_default();
        let is_text = |stmt: &Syntax<'t>| {
            stmt.is("comment")
                || stmt.is("expression_statement") && stmt.first().is_some_and(|text| text.is("string"))
        };
        let value = match stmts.split_last() {
            Some((last, before)) if last.is("return_statement") && before.iter().all(is_text) => last.first(),
            _ => None,
        };
        Some(NextValue { params, value })
    }

    /// Notes an enum class, and gives it the methods of the one above.
    pub(super) fn note_enum(&mut self, def: &mut ClassDef, above: Option<Name>, next: Option<NextValue<'t>>) {
        let methods = above.and_then(|above| self.enums.get(&above)).map(|facts| facts.methods.clone());
        for from in methods.unwrap_or_default() {
            let to = def.path.join(from.last());
            let body = self.out.fns.iter().rev().find(|body| body.path == from).cloned();
            if !def.methods.contains(&to)
                && let Some(mut body) = body
            {
                body.path = to;
                super::class::drop_comments(&mut body);
                def.methods.push(to);
                self.out.fns.push(body);
            }
        }
        // Every value is known: nobody calls it.
        let rule = def.path.join("_generate_next_value_");
        def.methods.retain(|method| *method != rule);
        self.out.fns.retain(|body| body.path != rule);
        let facts = EnumFacts {
            kind: def.kind.clone(),
            bases: def.bases.clone(),
            methods: def.methods.clone(),
            has_members: !def.attributes.is_empty(),
            next,
            below: 0,
        };
        self.enums.insert(def.path, facts);
    }

    /// The value of `auto()` in a class that says what it gives.
    pub(super) fn auto_value(&mut self, call: Syntax<'t>) -> Option<NodeId> {
        let class = self.building.last()?;
        let (next, path) = (class.next.clone()?, class.def.path);
        let assign = Syntax::new(call.raw().parent()?, self.source);
        let left = assign.field("left").filter(|_| assign.is("assignment"))?;
        if self.library_name(call.field("function")?)? != "enum.auto" {
            return None;
        }
        let member = path.join(left.text());
        let before = self.building.last()?.def.attributes.iter().filter(|other| **other != member).count();
        let known = next.value.and_then(|value| self.known(value, &next.params, left.text(), before as i64));
        let value = match known {
            Some(Known::Text(text)) => Const::Str(text.as_str().into()),
            Some(Known::Int(number)) => Const::Int(number.to_string().into()),
            None => {
                return Some(self.unsupported(call, "what `_generate_next_value_` gives here"));
            }
        };
        Some(self.node(Node::Const(value), call))
    }

    /// The value of an expression over the parameters of `_generate_next_value_`.
    fn known(&mut self, node: Syntax<'t>, params: &[&str], name: &str, count: i64) -> Option<Known> {
        let at = |position: usize| params.get(position).is_some_and(|param| *param == node.text());
        match node.kind() {
            "identifier" if at(0) => Some(Known::Text(name.to_owned())),
            "identifier" if at(1) => Some(Known::Int(1)),
            "identifier" if at(2) => Some(Known::Int(count)),
            "integer" => node.text().parse().ok().map(Known::Int),
            "parenthesized_expression" => self.known(node.first()?, params, name, count),
            "string" => match node.child("interpolation") {
                None => self.literal_text(node).map(Known::Text),
                Some(_) => None,
            },
            "binary_operator" => {
                let mut side = |field| self.known(node.field(field)?, params, name, count);
                let (left, right) = (side("left")?, side("right")?);
                apply(node.field("operator")?.text(), left, right)
            }
            "subscript" => {
                let Known::Text(text) = self.known(node.field("value")?, params, name, count)? else {
                    return None;
                };
                let slice = node.field("subscript")?.text().replace(' ', "");
                let (start, end) = slice.split_once(':')?;
                let bound =
                    |text: &str, default| if text.is_empty() { Some(default) } else { text.parse().ok() };
                let (start, end) = (bound(start, 0)?, bound(end, usize::MAX)?);
                Some(Known::Text(text.chars().take(end).skip(start).collect()))
            }
            "call" => {
                let function = node.field("function").filter(|function| function.is("attribute"))?;
                let of = self.known(function.field("object")?, params, name, count)?;
                let args = super::call::arguments(node);
                let args: Option<Vec<String>> = args.into_iter().map(|arg| self.literal_text(arg)).collect();
                method(of, function.field("attribute")?.text(), &args?)
            }
            _ => None,
        }
    }

    /// Enums without members that nothing but the classes below them names are gone: those have what they gave.
    pub(super) fn drop_enum_bases(&mut self) {
        let unused = |path: &Name, facts: &EnumFacts<'_>| {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let words = self.source.split(|c| !is_word(c)).filter(|word| *word == path.last()).count();
            !facts.has_members && facts.below > 0 && words == facts.below + 1
        };
        let dropped: Vec<Name> =
            self.enums.iter().filter(|(path, facts)| unused(path, facts)).map(|(path, _)| *path).collect();
        self.out.classes.retain(|def| !dropped.contains(&def.path));
        self.out.fns.retain(|body| !dropped.contains(&body.path.parent()));
        let mut kept = Vec::new();
        for mut row in std::mem::take(&mut self.out.module.items) {
            row.above.splice(0..0, std::mem::take(&mut kept));
            match row.item {
                Item::Class(path) if dropped.contains(&path) => kept = row.above,
                _ => self.out.module.items.push(row),
            }
        }
        self.out.module.end_comments.splice(0..0, kept);
    }
}

fn apply(operator: &str, left: Known, right: Known) -> Option<Known> {
    use Known::{Int, Text};
    match (operator, left, right) {
        ("+", Int(a), Int(b)) => a.checked_add(b).map(Int),
        ("-", Int(a), Int(b)) => a.checked_sub(b).map(Int),
        ("*", Int(a), Int(b)) => a.checked_mul(b).map(Int),
        ("**", Int(a), Int(b)) => a.checked_pow(u32::try_from(b).ok()?).map(Int),
        ("<<", Int(a), Int(b)) => a.checked_mul(2i64.checked_pow(u32::try_from(b).ok()?)?).map(Int),
        ("+", Text(a), Text(b)) => Some(Text(a + &b)),
        _ => None,
    }
}

fn method(of: Known, name: &str, args: &[String]) -> Option<Known> {
    let Known::Text(text) = of else { return None };
    Some(Known::Text(match (name, args) {
        ("lower" | "casefold", []) => text.to_lowercase(),
        ("upper", []) => text.to_uppercase(),
        ("title", []) if text.is_ascii() => {
            let mut is_inside = false;
            let mut titled = |c: char| {
                let c = if is_inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
                is_inside = c.is_ascii_alphabetic();
                c
            };
            text.chars().map(&mut titled).collect()
        }
        ("capitalize", []) if text.is_ascii() && !text.is_empty() => {
            text[..1].to_uppercase() + &text[1..].to_lowercase()
        }
        ("replace", [from, to]) if !from.is_empty() => text.replace(from.as_str(), to),
        _ => return None,
    }))
}
