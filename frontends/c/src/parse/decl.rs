//! Declarations: specifiers, external declarations, functions, objects.

use super::declarator::Declared;
use super::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Storage {
    None,
    Typedef,
    Extern,
    Static,
}

/// What stands before the declarators.
pub(super) struct Specs {
    pub(super) ty: CTy,
    pub(super) storage: Storage,
    pub(super) is_const: bool,
    pub(super) align: Option<u64>,
    /// `__auto_type`: the type is that of the value.
    pub(super) takes_type: bool,
}

/// The words for arithmetic types that were read.
#[derive(Default)]
struct Words {
    signed: bool,
    unsigned: bool,
    short: bool,
    long: u8,
    base: Option<&'static str>,
}

const BASES: &[&str] = &["void", "char", "int", "float", "double", "_Bool", "__int128", "_Complex"];

impl Parser {
    pub(super) fn specs(&mut self) -> Parsed<Specs> {
        let mut specs =
            Specs { ty: INT, storage: Storage::None, is_const: false, align: None, takes_type: false };
        let mut words = Words::default();
        let mut other: Option<CTy> = None;
        let mut any = false;
        loop {
            let tok = self.peek().clone();
            if tok.kind != Kind::Ident {
                break;
            }
            let has_type = other.is_some() || words.is_any();
            match tok.text.as_str() {
                "typedef" => specs.storage = Storage::Typedef,
                "extern" => specs.storage = Storage::Extern,
                "static" => specs.storage = Storage::Static,
                "const" => specs.is_const = true,
                "auto" => {}
                "__auto_type" => specs.takes_type = true,
                "register" | "inline" | "volatile" | "_Noreturn" | "_Thread_local" | "__thread" => {}
                "_Atomic" => self.issue(codes::UNSUPPORTED, tok.pos, "`_Atomic` is taken as a plain object"),
                "__attribute__" => {
                    self.attributes(&mut specs.align)?;
                    continue;
                }
                "_Alignas" => {
                    self.alignas(&mut specs.align)?;
                    continue;
                }
                "struct" | "union" if !has_type => {
                    other = Some(self.record(tok.text.as_str() == "union")?);
                    any = true;
                    continue;
                }
                "enum" if !has_type => {
                    other = Some(self.enumeration()?);
                    any = true;
                    continue;
                }
                "typeof" if !has_type => {
                    other = Some(self.type_of()?);
                    any = true;
                    continue;
                }
                "__builtin_va_list" if !has_type => other = Some(CTy::VaList.array(1)),
                "__int128_t" if !has_type => other = Some(CTy::Int(IntKind::I128)),
                "__uint128_t" if !has_type => other = Some(CTy::Int(IntKind::U128)),
                text if words.take(text) => {}
                _ => match self.find(tok.text) {
                    Some(Entity::Typedef(ty)) if !has_type => other = Some(ty.clone()),
                    _ => break,
                },
            }
            any = true;
            self.next();
        }
        if !any {
            let found = self.peek().text;
            return Err(self.syntax(format!("expected a type, found `{found}`")));
        }
        specs.ty = match other {
            Some(ty) => ty,
            None if specs.takes_type => INT,
            None => self.arithmetic(&words)?,
        };
        Ok(specs)
    }

    fn arithmetic(&mut self, words: &Words) -> Parsed<CTy> {
        use IntKind::*;
        let pick =
            |signed: IntKind, unsigned: IntKind| CTy::Int(if words.unsigned { unsigned } else { signed });
        Ok(match (words.base, words.long) {
            (Some("void"), _) => CTy::Void,
            (Some("_Bool"), _) => CTy::Bool,
            (Some("_Complex"), _) => return Err(self.syntax("`_Complex` is not supported")),
            (Some("char"), _) if words.unsigned => CTy::Int(UChar),
            (Some("char"), _) if words.signed => CTy::Int(SChar),
            (Some("char"), _) => CHAR,
            (Some("float"), _) => CTy::Float,
            (Some("double"), 0) => CTy::Double,
            (Some("double"), _) => {
                let pos = self.before();
                if !self.is_bundled(pos) {
                    self.issue(
                        codes::LONG_DOUBLE,
                        pos,
                        "`long double` becomes `f64`: digits beyond it are lost",
                    );
                }
                CTy::LongDouble
            }
            (Some("__int128"), _) => pick(I128, U128),
            _ if words.short => pick(Short, UShort),
            (_, 0) => pick(Int, UInt),
            (_, 1) => pick(Long, ULong),
            _ => pick(LLong, ULLong),
        })
    }

    fn type_of(&mut self) -> Parsed<CTy> {
        self.next();
        self.expect("(")?;
        let ty = if self.at_type() { self.type_name()? } else { self.expression()?.ty };
        self.expect(")")?;
        Ok(ty)
    }

    /// `_Alignas(..)`.
    fn alignas(&mut self, align: &mut Option<u64>) -> Parsed<()> {
        self.next();
        self.expect("(")?;
        let value = if self.at_type() {
            let ty = self.type_name()?;
            self.tree.records.align(&ty)
        } else {
            self.constant()? as u64
        };
        *align = Some(align.unwrap_or(1).max(value));
        self.expect(")")
    }

    /// `__attribute__((..))`: alignment is read, all else is advice.
    pub(super) fn attributes(&mut self, align: &mut Option<u64>) -> Parsed<bool> {
        let mut packed = false;
        while self.eat("__attribute__") {
            self.expect("(")?;
            self.expect("(")?;
            while !self.is(")") {
                if self.peek().kind == Kind::EndOfFile {
                    return Err(self.syntax("an attribute does not end"));
                }
                let name = self.next();
                let word = name.text.as_str().trim_matches('_').to_owned();
                packed |= word == "packed";
                if matches!(
                    word.as_str(),
                    "vector_size"
                        | "mode"
                        | "cleanup"
                        | "constructor"
                        | "destructor"
                        | "alias"
                        | "scalar_storage_order"
                ) {
                    self.issue(
                        codes::UNSUPPORTED,
                        name.pos,
                        format!("attribute `{word}` has no translation yet"),
                    );
                    if word != "alias" {
                        return Err(self.syntax(format!("attribute `{word}` changes the program")));
                    }
                }
                if self.is("(") {
                    if word == "aligned" {
                        self.next();
                        let value = self.constant()? as u64;
                        *align = Some(align.unwrap_or(1).max(value));
                        self.expect(")")?;
                    } else {
                        self.skip_parens()?;
                    }
                } else if word == "aligned" {
                    *align = Some(16);
                }
                self.eat(",");
            }
            self.expect(")")?;
            self.expect(")")?;
        }
        Ok(packed)
    }

    /// Skips `( .. )`.
    pub(super) fn skip_parens(&mut self) -> Parsed<()> {
        self.expect("(")?;
        let mut depth = 1;
        while depth > 0 {
            let tok = self.next();
            if tok.kind == Kind::EndOfFile {
                return Err(self.syntax("`)` is missing"));
            }
            depth += i32::from(tok.is("(")) - i32::from(tok.is(")"));
        }
        Ok(())
    }

    /// Attributes and `asm` names behind a declarator; whether it is packed.
    pub(super) fn after_declarator(&mut self, align: &mut Option<u64>) -> Parsed<bool> {
        let mut packed = false;
        loop {
            if self.is("asm") {
                self.next();
                self.skip_parens()?;
            } else if self.is("__attribute__") {
                packed |= self.attributes(align)?;
            } else {
                return Ok(packed);
            }
        }
    }

    pub(super) fn static_assert(&mut self) -> Parsed<()> {
        let pos = self.pos();
        self.next();
        self.expect("(")?;
        let holds = self.constant()? != 0;
        let mut message = "static assertion failed".to_owned();
        if self.eat(",") {
            message = format!("static assertion failed: {}", self.next().text);
            while self.peek().kind == Kind::Str {
                self.next();
            }
        }
        self.expect(")")?;
        self.expect(";")?;
        if !holds {
            self.issue(codes::TYPE, pos, message);
        }
        Ok(())
    }

    /// A declaration or definition outside of functions.
    pub(super) fn external(&mut self) -> Parsed<()> {
        if self.is("_Static_assert") {
            return self.static_assert();
        }
        if self.is("asm") {
            let pos = self.pos();
            self.next();
            self.skip_parens()?;
            self.issue(codes::UNSUPPORTED, pos, "inline assembly has no translation");
            return self.expect(";");
        }
        self.vars.clear();
        let mut align = None;
        self.attributes(&mut align)?;
        // `main() { .. }`: the type is int.
        let is_implicit = !self.at_type() && self.peek().kind == Kind::Ident;
        let mut specs = if is_implicit {
            Specs { ty: INT, storage: Storage::None, is_const: false, align: None, takes_type: false }
        } else {
            self.specs()?
        };
        specs.align = specs.align.max(align);
        if self.eat(";") {
            return Ok(());
        }
        let mut is_first = true;
        loop {
            let declared = self.declarator(specs.ty.clone(), specs.is_const)?;
            self.after_declarator(&mut specs.align)?;
            if is_first && matches!(declared.ty, CTy::Func(_)) && (self.is("{") || self.at_type()) {
                return self.definition(&specs, declared);
            }
            is_first = false;
            self.declare_global(&specs, declared)?;
            if !self.eat(",") {
                break;
            }
            self.attributes(&mut specs.align)?;
        }
        self.expect(";")
    }

    fn declare_global(&mut self, specs: &Specs, declared: Declared) -> Parsed<()> {
        let Some(name) = declared.name else { return Err(self.syntax("a declaration needs a name")) };
        if specs.storage == Storage::Typedef {
            self.typedef(name, declared.ty);
            return Ok(());
        }
        if let CTy::Func(ty) = &declared.ty {
            let id = self.declare_func(name, ty.clone(), specs.storage == Storage::Static, declared.pos);
            self.bind(name, Entity::Func(id));
            return Ok(());
        }
        let is_const = declared.ty.is_const(specs.is_const, declared.is_const);
        let is_extern = specs.storage == Storage::Extern && !self.is("=");
        let is_static = specs.storage == Storage::Static;
        let id = self.linked_global(name, declared.ty, is_static, is_extern, is_const, declared.pos);
        self.bind(name, Entity::Global(id));
        if self.eat("=") {
            let mut ty = self.tree.globals[id as usize].ty.clone();
            self.in_static = true;
            let init = self.initializer(&mut ty);
            self.in_static = false;
            let init = init?;
            let row = &mut self.tree.globals[id as usize];
            row.ty = ty;
            row.init = Some(init);
        }
        Ok(())
    }

    /// Names a type; a record without a tag takes the first name that it gets.
    pub(super) fn typedef(&mut self, name: Name, ty: CTy) {
        if let CTy::Record(id) = ty {
            let row = &mut self.tree.records.rows[id.0 as usize];
            if row.tag.is_none() && row.alias.is_none() {
                row.alias = Some(name);
            }
        }
        self.bind(name, Entity::Typedef(ty));
    }

    pub(super) fn linked_global(
        &mut self,
        name: Name,
        ty: CTy,
        is_static: bool,
        is_extern: bool,
        is_const: bool,
        pos: Pos,
    ) -> GlobalId {
        if let Some(id) = self.linked_globals.get(&name).copied() {
            let row = &mut self.tree.globals[id as usize];
            row.is_extern &= is_extern;
            row.is_const |= is_const;
            // A later declaration may know the length.
            if matches!(row.ty, CTy::Array(_, None)) {
                row.ty = ty;
            }
            return id;
        }
        self.tree.globals.push(Global {
            name,
            ty,
            init: None,
            is_static,
            is_extern,
            is_const,
            owner: None,
            pos,
        });
        let id = self.tree.globals.len() as GlobalId - 1;
        self.linked_globals.insert(name, id);
        id
    }

    pub(super) fn declare_func(&mut self, name: Name, ty: Rc<FuncTy>, is_static: bool, pos: Pos) -> FuncId {
        if let Some(id) = self.linked_funcs.get(&name).copied() {
            let row = &mut self.tree.funcs[id as usize];
            if row.body.is_none() && row.ty.open && !row.is_library {
                row.ty = ty;
            }
            row.is_static |= is_static;
            return id;
        }
        let mut is_library = self.is_bundled(pos);
        let mut ty = ty;
        // A prototype written by hand for what the library has.
        if !is_library
            && !is_static
            && let Some(known) = library::signature(name.as_str())
        {
            (ty, is_library) = (known, true);
        }
        self.tree.funcs.push(Func {
            name,
            ty,
            is_static,
            is_library,
            params: Vec::new(),
            vars: Vec::new(),
            labels: Vec::new(),
            body: None,
            pos,
            end: pos.end,
        });
        let id = self.tree.funcs.len() as FuncId - 1;
        self.linked_funcs.insert(name, id);
        id
    }

    fn definition(&mut self, specs: &Specs, declared: Declared) -> Parsed<()> {
        let CTy::Func(ty) = &declared.ty else { return Err(self.syntax("a function was expected")) };
        let Some(name) = declared.name else { return Err(self.syntax("a function needs a name")) };
        let mut ty = ty.clone();
        let mut params = declared.params.unwrap_or_default();
        self.scopes.push(declared.scope.unwrap_or_default());
        if !self.is("{") {
            self.old_params(&mut params)?;
        }
        if ty.open {
            let own = params.iter().map(|id| self.vars[*id as usize].ty.clone()).collect();
            ty = Rc::new(FuncTy { params: own, ..(*ty).clone() });
        }
        let id = self.declare_func(name, ty.clone(), specs.storage == Storage::Static, declared.pos);
        self.tree.funcs[id as usize].ty = ty.clone();
        self.tree.funcs[id as usize].is_library = false;
        self.scopes[0].names.insert(name, Entity::Func(id));
        self.ret = ty.ret.clone();
        self.function = name;
        self.in_function = true;
        let mut before = declared.asked;
        before.append(&mut self.pending);
        let body = self.compound(false);
        self.in_function = false;
        self.pop_scope();
        let mut body = body?;
        if !before.is_empty()
            && let StmtKind::Block(stmts) = &mut body.kind
        {
            before.append(stmts);
            *stmts = before;
        }
        let end = self.before().end;
        let vars = std::mem::take(&mut self.vars);
        let labels = std::mem::take(&mut self.labels);
        let row = &mut self.tree.funcs[id as usize];
        row.labels = labels;
        (row.params, row.vars, row.body, row.pos, row.end) = (params, vars, Some(body), declared.pos, end);
        Ok(())
    }

    /// The declarations between `f(a, b)` and `{` of an old definition.
    fn old_params(&mut self, params: &mut [VarId]) -> Parsed<()> {
        while !self.is("{") {
            let specs = self.specs()?;
            loop {
                let declared = self.declarator(specs.ty.clone(), specs.is_const)?;
                let found =
                    params.iter().find(|id| Some(self.vars[**id as usize].name) == declared.name).copied();
                let Some(id) = found else { return Err(self.syntax("no parameter has this name")) };
                self.vars[id as usize].ty = declarator::adjusted(declared.ty, specs.is_const);
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(";")?;
        }
        Ok(())
    }

    /// A declaration inside of a function.
    pub(super) fn local_declaration(&mut self) -> Parsed<Vec<Stmt>> {
        let mut out = Vec::new();
        let mut specs = self.specs()?;
        while !self.is(";") {
            let declared = self.declarator(specs.ty.clone(), specs.is_const)?;
            self.after_declarator(&mut specs.align)?;
            let before = std::mem::take(&mut self.pending);
            out.extend(before);
            self.declare_local(&specs, declared, &mut out)?;
            if !self.eat(",") {
                break;
            }
        }
        self.expect(";")?;
        Ok(out)
    }

    fn declare_local(&mut self, specs: &Specs, declared: Declared, out: &mut Vec<Stmt>) -> Parsed<()> {
        let Some(name) = declared.name else { return Err(self.syntax("a declaration needs a name")) };
        let pos = declared.pos;
        if specs.storage == Storage::Typedef {
            self.typedef(name, declared.ty);
            return Ok(());
        }
        if let CTy::Func(ty) = &declared.ty {
            if self.is("{") {
                return Err(self.syntax("a function inside of a function is not supported"));
            }
            let id = self.declare_func(name, ty.clone(), false, pos);
            self.bind(name, Entity::Func(id));
            return Ok(());
        }
        match specs.storage {
            Storage::Extern => {
                let id = self.linked_global(name, declared.ty, false, true, false, pos);
                self.bind(name, Entity::Global(id));
                return Ok(());
            }
            Storage::Static => return self.static_local(specs, name, declared),
            _ => {}
        }
        let mut ty = declared.ty;
        let is_const = ty.is_const(specs.is_const, declared.is_const);
        if specs.takes_type {
            self.expect("=")?;
            let value = self.assignment()?;
            let value = self.rvalue(value);
            let id = self.new_var(name, value.ty.clone(), pos, false);
            self.vars[id as usize].is_const = is_const;
            self.bind(name, Entity::Local(id));
            out.push(Stmt { kind: StmtKind::Decl(id, Some(Init::Expr(value))), pos });
            return Ok(());
        }
        let id = self.new_var(name, ty.clone(), pos, false);
        self.vars[id as usize].is_const = is_const;
        self.bind(name, Entity::Local(id));
        if matches!(ty, CTy::Vla(..)) {
            out.push(Stmt { kind: StmtKind::Vla(id), pos });
            return Ok(());
        }
        let init = if self.eat("=") { Some(self.initializer(&mut ty)?) } else { None };
        self.vars[id as usize].ty = ty.clone();
        if !matches!(ty, CTy::Vla(..)) && self.tree.records.size(&ty).is_none() {
            self.issue(codes::TYPE, pos, format!("the size of `{name}` is not known"));
        }
        out.push(Stmt { kind: StmtKind::Decl(id, init), pos });
        Ok(())
    }

    fn static_local(&mut self, specs: &Specs, name: Name, declared: Declared) -> Parsed<()> {
        let is_const = declared.ty.is_const(specs.is_const, declared.is_const);
        let owner = Some(self.function);
        let ty = declared.ty.clone();
        let pos = declared.pos;
        self.tree.globals.push(Global {
            name,
            ty,
            init: None,
            is_static: true,
            is_extern: false,
            is_const,
            owner,
            pos,
        });
        let id = self.tree.globals.len() as GlobalId - 1;
        self.bind(name, Entity::Global(id));
        if self.eat("=") {
            let mut ty = declared.ty;
            self.in_static = true;
            let init = self.initializer(&mut ty);
            self.in_static = false;
            let init = init?;
            let row = &mut self.tree.globals[id as usize];
            row.ty = ty;
            row.init = Some(init);
        }
        Ok(())
    }
}

impl Words {
    fn is_any(&self) -> bool {
        self.signed || self.unsigned || self.short || self.long > 0 || self.base.is_some()
    }

    fn take(&mut self, text: &str) -> bool {
        match text {
            "signed" => self.signed = true,
            "unsigned" => self.unsigned = true,
            "short" => self.short = true,
            "long" => self.long += 1,
            _ => match BASES.iter().find(|base| **base == text) {
                Some(base) if *base == "int" && self.base.is_some() => {}
                Some(base) if self.base.is_none() || self.base == Some("int") => self.base = Some(base),
                _ => return false,
            },
        }
        true
    }
}
