//! Structs, unions and enums.

use super::*;

impl Parser {
    /// `struct Tag { .. }` behind its word; the type.
    pub(super) fn record(&mut self, is_union: bool) -> Parsed<CTy> {
        self.enter()?;
        let made = self.record_inside(is_union);
        self.leave();
        made
    }

    fn record_inside(&mut self, is_union: bool) -> Parsed<CTy> {
        self.next();
        let mut align = None;
        let mut packed = self.attributes(&mut align)?;
        let pos = self.pos();
        let tag = if self.peek().kind == Kind::Ident { Some(self.next().text) } else { None };
        packed |= self.attributes(&mut align)?;
        if !self.is("{") {
            let Some(tag) = tag else { return Err(self.syntax("a struct needs a tag or fields")) };
            // `struct tag;` names a new one in this scope.
            let found = if self.is(";") {
                self.scopes.last().and_then(|scope| scope.tags.get(&tag))
            } else {
                self.find_tag(tag)
            };
            if let Some(Tag::Record(id)) = found {
                return Ok(CTy::Record(*id));
            }
            return Ok(CTy::Record(self.new_record(Some(tag), is_union, pos)));
        }
        let known = tag.and_then(|tag| match self.scopes.last().and_then(|scope| scope.tags.get(&tag)) {
            Some(Tag::Record(id)) if self.tree.records.get(*id).fields.is_none() => Some(*id),
            _ => None,
        });
        let id = match known {
            Some(id) => {
                self.tree.records.rows[id.0 as usize].pos = pos;
                id
            }
            None => self.new_record(tag, is_union, pos),
        };
        self.expect("{")?;
        let mut fields = Vec::new();
        while !self.eat("}") {
            if self.is("_Static_assert") {
                self.static_assert()?;
            } else if !self.eat(";") {
                self.fields(&mut fields)?;
            }
        }
        self.tree.records.rows[id.0 as usize].pos.end = self.before().end;
        let at = self.i;
        packed |= self.attributes(&mut align)?;
        let limit = self.packs.iter().take_while(|(from, _)| *from < at).last().and_then(|(_, limit)| *limit);
        let limit = if packed { Some(1) } else { limit };
        self.tree.records.lay_out(id, fields, limit, align);
        Ok(CTy::Record(id))
    }

    fn new_record(&mut self, tag: Option<Name>, is_union: bool, pos: Pos) -> RecordId {
        let rows = &mut self.tree.records.rows;
        rows.push(Record { tag, alias: None, is_union, fields: None, size: 0, align: 1, pos });
        let id = RecordId(rows.len() as u32 - 1);
        if let Some(tag) = tag {
            self.bind_tag(tag, Tag::Record(id));
        }
        id
    }

    /// One line of fields.
    fn fields(&mut self, out: &mut Vec<FieldRow>) -> Parsed<()> {
        let specs = self.specs()?;
        let field = |name, ty| Field {
            name,
            ty,
            offset: 0,
            bits: None,
            is_const: false,
            pos: crate::lex::Pos::default(),
        };
        if self.eat(";") {
            // Without a name only structs and unions are members.
            if matches!(specs.ty, CTy::Record(_)) {
                let field = field(None, specs.ty);
                out.push(FieldRow { field, width: None, align: specs.align, packed: false });
            }
            return Ok(());
        }
        loop {
            let pos = self.pos();
            let declared = if self.is(":") {
                (None, specs.ty.clone(), false)
            } else {
                let declared = self.declarator(specs.ty.clone(), specs.is_const)?;
                let is_const = declared.ty.is_const(specs.is_const, declared.is_const);
                (declared.name, declared.ty, is_const)
            };
            let width = if self.eat(":") { Some(self.constant()? as u32) } else { None };
            let mut align = specs.align;
            let packed = self.after_declarator(&mut align)?;
            let (name, ty, is_const) = declared;
            if matches!(ty, CTy::Func(_) | CTy::Vla(..)) {
                return Err(self.syntax("a field cannot have this type"));
            }
            let field = Field { is_const, pos, ..field(name, ty) };
            out.push(FieldRow { field, width, align, packed });
            if !self.eat(",") {
                break;
            }
        }
        self.expect(";")
    }

    /// `enum Tag { .. }` behind its word; the type.
    pub(super) fn enumeration(&mut self) -> Parsed<CTy> {
        self.next();
        self.attributes(&mut None)?;
        let tag = if self.peek().kind == Kind::Ident { Some(self.next().text) } else { None };
        if !self.eat("{") {
            let found = tag.and_then(|tag| self.find_tag(tag).cloned());
            return Ok(match found {
                Some(Tag::Enum(ty)) => ty,
                _ => UINT,
            });
        }
        let (mut next, mut least, mut most) = (0i128, 0i128, 0i128);
        let mut made = Vec::new();
        while !self.eat("}") {
            let (name, pos) = self.ident()?;
            self.attributes(&mut None)?;
            if self.eat("=") {
                next = self.constant()?;
            }
            let ty = if i32::try_from(next).is_ok() { INT } else { LONG };
            self.bind(name, Entity::Constant(next, ty.clone()));
            made.push(Constant { name, value: next, ty, pos });
            (least, most) = (least.min(next), most.max(next));
            next += 1;
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        self.attributes(&mut None)?;
        if !self.in_function {
            made.retain(|row| self.constants.insert(row.name));
            self.tree.constants.extend(made);
        }
        let ty = match (least < 0, least >= i128::from(i32::MIN) && most <= i128::from(i32::MAX)) {
            (false, _) if most <= i128::from(u32::MAX) => UINT,
            (true, true) => INT,
            (false, _) => ULONG,
            _ => LONG,
        };
        if let Some(tag) = tag {
            self.bind_tag(tag, Tag::Enum(ty.clone()));
        }
        Ok(ty)
    }
}
