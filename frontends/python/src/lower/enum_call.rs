//! `Color = Enum("Color", "RED GREEN")` is a class with these members.

use super::call::arguments;
use super::{Binding, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// A member of such a class, and its value where one is written.
type Member<'t> = (String, Option<Syntax<'t>>);

impl<'t> Lowerer<'t> {
    /// Takes a statement `NAME = Enum(..)`; answers whether it was one.
    pub fn enum_of_call(&mut self, stmt: Syntax<'t>) -> bool {
        let Some((left, call)) = self.enum_call(stmt) else { return false };
        let Binding::Class(path) = self.look_up(left.text()) else { return false };
        let Some((members, kind)) = self.enum_members(call).zip(self.enum_kind(call)) else { return false };
        let above = self.trivia.above(stmt.end());
        self.out.module.items.push(ItemRow { item: Item::Class(path), above, base: stmt.start() as u32 });
        let is_apart = members.iter().all(|(_, value)| value.is_none());
        self.members(is_apart, |this| {
            this.set_members(path, &kind, &members, stmt, start(call).unwrap_or(1))
        });
        let base = match kind {
            ClassKind::EnumOf(kind) => Name::new("enum").join(kind.as_str()),
            _ => Name::new("Enum"),
        };
        self.out.classes.push(ClassDef {
            path,
            bases: vec![base],
            kind,
            is_shared: false,
            fields: Vec::new(),
            methods: Vec::new(),
            attributes: members.iter().map(|(name, _)| path.join(name)).collect(),
            type_params: Vec::new(),
            doc: None,
            origin: stmt.origin(0),
        });
        true
    }

    fn set_members(
        &mut self,
        path: Name,
        kind: &ClassKind,
        members: &[Member<'t>],
        stmt: Syntax<'t>,
        start: i64,
    ) {
        let mut next = start;
        for (name, value) in members {
            let member = path.join(name);
            self.list_global(member, stmt);
            let value = match value {
                Some(value) => self.expr(*value),
                None if *kind == ClassKind::EnumOf(Name::new("StrEnum")) => {
                    self.node(Node::Const(Const::Str(name.to_lowercase().as_str().into())), stmt)
                }
                None => self.node(Node::Const(Const::Int(next.to_string().into())), stmt),
            };
            next = if is_flag(kind) { next * 2 } else { next + 1 };
            self.push(StmtKind::Set { target: Pat::Place(Place::global(member)), value }, stmt);
        }
    }

    /// Lowers members of an enum. Those of one inside of a function are there from the start of the module, where
    /// they are read nowhere else.
    pub fn members(&mut self, is_apart: bool, lower: impl FnOnce(&mut Self)) {
        if is_apart && let Some(module) = self.outer.first_mut() {
            std::mem::swap(&mut self.cx, module);
            lower(self);
            std::mem::swap(&mut self.cx, &mut self.outer[0]);
        } else {
            lower(self);
        }
    }

    /// The name and call of a statement `NAME = Enum(..)` whose members can be read.
    pub fn enum_call(&self, stmt: Syntax<'t>) -> Option<(Syntax<'t>, Syntax<'t>)> {
        let assign =
            stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))?;
        let left = assign.field("left").filter(|left| left.is("identifier"))?;
        let call = assign.field("right").filter(|right| right.is("call"))?;
        let kind = self.enum_kind(call)?;
        let args = arguments(call);
        let (members, options) = (*args.get(1)?, args.get(2..)?);
        let is_text = |node: Syntax<'t>| node.is("string") && node.child("interpolation").is_none();
        let is_same_name = is_text(args[0]) && args[0].text().trim_matches(['\'', '"']) == left.text();
        let first = start(call)?;
        if !is_same_name || !options.iter().all(|option| is_known(*option)) || is_flag(&kind) && first != 1 {
            return None;
        }
        let is_pair =
            |node: Syntax<'t>| node.is("tuple") && node.named().len() == 2 && is_text(node.named()[0]);
        let is_read = match members.kind() {
            "list" | "tuple" => members.named().into_iter().all(|item| is_text(item) || is_pair(item)),
            "dictionary" => {
                let key = |pair: Syntax<'t>| pair.field("key").filter(|_| pair.is("pair"));
                members.named().into_iter().all(|pair| key(pair).is_some_and(is_text))
            }
            _ => is_text(members),
        };
        is_read.then_some((left, call))
    }

    fn enum_kind(&self, call: Syntax<'t>) -> Option<ClassKind> {
        let function = self.library_name(call.field("function")?)?;
        match function.as_str() {
            "enum.Enum" => Some(ClassKind::Enum),
            "enum.IntEnum" | "enum.Flag" | "enum.IntFlag" | "enum.StrEnum" => {
                Some(ClassKind::EnumOf(Name::new(function.last())))
            }
            _ => None,
        }
    }

    fn enum_members(&mut self, call: Syntax<'t>) -> Option<Vec<Member<'t>>> {
        let members = *arguments(call).get(1)?;
        if let Some(text) = self.literal_text(members) {
            let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
            return Some(words.map(|name| (name.to_owned(), None)).collect());
        }
        let member = |item: Syntax<'t>| match (item.kind(), &item.named()[..]) {
            ("pair", _) => Some((self.literal_text(item.field("key")?)?, item.field("value"))),
            ("tuple", [name, value]) => Some((self.literal_text(*name)?, Some(*value))),
            _ => Some((self.literal_text(item)?, None)),
        };
        members.named().into_iter().map(member).collect()
    }
}

fn is_flag(kind: &ClassKind) -> bool {
    matches!(kind, ClassKind::EnumOf(kind) if kind.as_str().ends_with("Flag"))
}

/// The number of the first member, where that is known.
fn start(call: Syntax<'_>) -> Option<i64> {
    let is_start = |arg: &Syntax<'_>| arg.field("name").is_some_and(|name| name.text() == "start");
    let option = arguments(call).into_iter().find(is_start).and_then(|arg| arg.field("value"));
    option.map_or(Some(1), |value| value.text().parse().ok())
}

/// Whether an option says where the class stands, or the first number; `type=str` would change the members.
fn is_known(option: Syntax<'_>) -> bool {
    option.field("name").is_some_and(|name| matches!(name.text(), "module" | "qualname" | "start"))
}
