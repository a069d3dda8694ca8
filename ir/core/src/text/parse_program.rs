//! Text -> program: modules, classes, globals, bodies.

use super::cursor::{Cursor, ParseError, Parsed};
use super::parse::BodyParser;
use crate::*;
use batuta_base::{IndexMap, Name, Origin};
use std::sync::Arc;

/// The program that a text form describes.
///
/// # Errors
/// The first place where the text is not what `print_program` writes.
pub fn parse_program<L: Level>(text: &str) -> Result<Program<L>, ParseError> {
    let mut cursor = Cursor::new(text);
    let mut program = Program::default();
    cursor.space();
    while !cursor.rest().is_empty() {
        item(&mut cursor, &mut program)?;
        cursor.space();
    }
    Ok(program)
}

fn item<L: Level>(cursor: &mut Cursor<'_>, program: &mut Program<L>) -> Parsed<()> {
    if cursor.eat_keyword("entry") {
        program.entry = Some(cursor.item()?);
    } else if cursor.eat_keyword("module") {
        let module = module(cursor)?;
        program.modules.insert(module.path, Arc::new(module));
    } else if cursor.eat_keyword("class") {
        let class = class(cursor)?;
        program.classes.insert(class.path, Arc::new(class));
    } else if cursor.eat_keyword("global") {
        let global = global(cursor)?;
        program.globals.insert(global.path, Arc::new(global));
    } else {
        let body = BodyParser::parse(cursor)?;
        program.fns.insert(body.path, Arc::new(body));
    }
    Ok(())
}

fn global(cursor: &mut Cursor<'_>) -> Parsed<GlobalDef> {
    let path = cursor.item()?;
    cursor.expect(": ")?;
    let ty = cursor.ty()?;
    cursor.blanks();
    let is_rebound = cursor.eat_word("mut");
    let mut storage = Storage::Undecided;
    for (word, kind) in [
        ("const", Storage::Const),
        ("lazy", Storage::Lazy),
        ("cell", Storage::Cell),
        ("refcell", Storage::RefCell),
        ("late", Storage::Late),
    ] {
        if cursor.eat_word(word) {
            storage = kind;
        }
    }
    Ok(GlobalDef { path, ty, is_rebound, storage, origin: Origin::default() })
}

/// Comments up to the next line with something else.
fn comments(cursor: &mut Cursor<'_>) -> Vec<Comment> {
    let mut out = Vec::new();
    loop {
        let before = cursor.at;
        cursor.space();
        let blank_before = cursor.text[before..cursor.at].matches('\n').count() > 1;
        if !cursor.eat("#") {
            return out;
        }
        out.push(Comment { text: rest_of_line(cursor), blank_before });
    }
}

fn rest_of_line(cursor: &mut Cursor<'_>) -> Arc<str> {
    let line = cursor.rest().split('\n').next().unwrap_or_default();
    cursor.at += line.len();
    let pieces: Vec<_> = line.split("\\\\").map(|piece| piece.replace("\\n", "\n")).collect();
    Arc::from(pieces.join("\\"))
}

fn doc(cursor: &mut Cursor<'_>) -> Parsed<Option<Arc<str>>> {
    cursor.space();
    if cursor.eat_keyword("doc") { Ok(Some(Arc::from(cursor.string()?))) } else { Ok(None) }
}

fn module(cursor: &mut Cursor<'_>) -> Parsed<Module> {
    let path = cursor.item()?;
    cursor.blanks();
    let file = Name::new(&cursor.string()?);
    cursor.blanks();
    let lang = match cursor.short_name()?.as_str() {
        "python" => Lang::Python,
        "c" => Lang::C,
        "ruchy" => Lang::Ruchy,
        _ => return cursor.fail("expected `python`, `c` or `ruchy`"),
    };
    cursor.expect(" {")?;
    let doc = doc(cursor)?;
    let mut items = Vec::new();
    let mut aliases = IndexMap::default();
    loop {
        let above = comments(cursor);
        if cursor.eat("}") {
            return Ok(Module { path, file, lang, doc, items, aliases, end_comments: above });
        }
        if cursor.eat_keyword("alias") {
            let name = cursor.item()?;
            cursor.expect(" = ")?;
            aliases.insert(name, cursor.item()?);
            continue;
        }
        let word = cursor.short_name()?;
        cursor.blanks();
        let path = cursor.item()?;
        let item = match word.as_str() {
            "fn" => Item::Fn(path),
            "class" => Item::Class(path),
            "global" => Item::Global(path),
            "import" => Item::Import(path),
            _ => return cursor.fail("expected `fn`, `class`, `global` or `import`"),
        };
        items.push(ItemRow { item, above, base: 0 });
    }
}

fn names(cursor: &mut Cursor<'_>, open: &str, close: &str) -> Parsed<Vec<Name>> {
    let mut out = Vec::new();
    cursor.expect(open)?;
    while !cursor.eat(close) {
        if !out.is_empty() {
            cursor.expect(", ")?;
        }
        out.push(cursor.name()?);
    }
    Ok(out)
}

fn class(cursor: &mut Cursor<'_>) -> Parsed<ClassDef> {
    let path = cursor.item()?;
    let bases = names(cursor, "(", ")")?;
    let type_params = if cursor.rest().starts_with('<') { names(cursor, "<", ">")? } else { Vec::new() };
    cursor.blanks();
    let kind = class_kind(cursor)?;
    cursor.blanks();
    let is_shared = cursor.eat_word("shared");
    cursor.expect("{")?;
    let mut class = ClassDef {
        path,
        bases,
        kind,
        is_shared,
        fields: Vec::new(),
        methods: Vec::new(),
        attributes: Vec::new(),
        type_params,
        doc: doc(cursor)?,
        origin: Origin::default(),
    };
    loop {
        let above = comments(cursor);
        if cursor.eat("}") {
            return Ok(class);
        } else if cursor.eat_keyword("attr") {
            class.attributes.push(cursor.item()?);
        } else if cursor.eat_keyword("fn") {
            class.methods.push(cursor.item()?);
        } else {
            let field = field(cursor, above)?;
            class.fields.push(field);
        }
    }
}

fn class_kind(cursor: &mut Cursor<'_>) -> Parsed<ClassKind> {
    if cursor.eat("dataclass") {
        let flags = names(cursor, "(", ")")?;
        let has = |word: &str| flags.iter().any(|flag| *flag == word);
        return Ok(ClassKind::Dataclass {
            frozen: has("frozen"),
            order: has("order"),
            eq: has("eq"),
            unsafe_hash: has("unsafe_hash"),
            kw_only: has("kw_only"),
            slots: has("slots"),
            repr: has("repr"),
        });
    }
    if cursor.eat("enum_of(") {
        let base = cursor.name()?;
        cursor.expect(")")?;
        return Ok(ClassKind::EnumOf(base));
    }
    for (word, kind) in [
        ("enum", ClassKind::Enum),
        ("namedtuple", ClassKind::NamedTuple),
        ("exception", ClassKind::Exception),
        ("protocol", ClassKind::Protocol),
        ("abstract", ClassKind::Abstract),
    ] {
        if cursor.eat_word(word) {
            return Ok(kind);
        }
    }
    Ok(ClassKind::Plain)
}

fn field(cursor: &mut Cursor<'_>, above: Vec<Comment>) -> Parsed<FieldDef> {
    if !cursor.eat_keyword("field") {
        return cursor.fail("expected `field`, `attr` or `fn`");
    }
    let name = cursor.short_name()?;
    cursor.expect(": ")?;
    let ty = cursor.ty()?;
    let mut cell = FieldCell::Plain;
    let mut flags = FieldFlags::default();
    cursor.blanks();
    while let Ok(word) = cursor.short_name() {
        match word.as_str() {
            "cell" => cell = FieldCell::Cell,
            "refcell" => cell = FieldCell::RefCell,
            "no_init" => flags.init = false,
            "no_repr" => flags.repr = false,
            "no_compare" => flags.compare = false,
            "kw_only" => flags.kw_only = true,
            "factory" => flags.factory = true,
            "passed" => flags.passed = true,
            "nil" => flags.nil = true,
            _ => return cursor.fail(format!("a field has no property `{word}`")),
        }
        cursor.blanks();
    }
    let default = if cursor.eat("= ") { Some(cursor.item()?) } else { None };
    cursor.blanks();
    let beside = if cursor.eat("#") { Some(rest_of_line(cursor)) } else { None };
    Ok(FieldDef { name, ty, default, cell, flags, above, beside, origin: Origin::default() })
}
