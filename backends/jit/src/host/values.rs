//! Dynamic values: to and from static types, and their operations.

use super::adapt::{adapt, same};
use super::library::Opaque;
use super::{Site, call_func, call_method, error_of, rows, show};
use crate::desc::{ClassDesc, D, Kind, Method};
use crate::item::{Item, list_word, object_fields, some_word, text_word};
use crate::memory::{keep, object, record, set_word};
use batuta_core::{ClassKind, TyKind};
use batuta_rt::{self as rt, Error, Function, Value};
use std::any::Any;
use std::rc::Rc;

/// An object of the program inside a dynamic value.
struct Wrapped {
    word: u64,
    desc: D,
}

impl Wrapped {
    fn item(&self) -> Item {
        Item::new(self.word, self.desc)
    }
    fn class(&self) -> Option<&'static ClassDesc> {
        self.item().class()
    }
}

impl rt::Object for Wrapped {
    fn type_name(&self) -> &str {
        show::type_name(&self.item())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        let class = self.class()?;
        if let Some((index, _)) = class.field(batuta_base::Name::new(name)) {
            return Some(from_item(&object_fields(self.word, class)[index]));
        }
        if let Some((at, desc)) = class.attributes.get().and_then(|all| all.get(name).copied()) {
            let item = Item::new(crate::memory::word_at(at, 0), desc);
            return item.present().map(|item| from_item(&item));
        }
        let method = class.method(name)?;
        if method.is_property {
            return Some(from_item(&call_method(method, &[&self.item()])));
        }
        let name = name.to_owned();
        let text = format!("{}.{name}", class.path.last());
        let owner = self.word as usize;
        let code = move |args: &[Value]| match Rc::clone(&self).call_method(&name, args) {
            Some(result) => result,
            None => Err(Error::new(rt::AttributeError, name.clone())),
        };
        Some(Value::Function(Function::new(&text, code).bound_to(owner)))
    }
    fn set_attr(&self, name: &str, value: Value) -> bool {
        let Some(class) = self.class() else { return false };
        if let Some(setter) = class.method(&format!("{name}$setter")) {
            let to = setter.params[1];
            call_method(setter, &[&self.item(), &Item::new(to_word(&value, to), to)]);
            return true;
        }
        let Some((index, field)) = class.field(batuta_base::Name::new(name)) else { return false };
        set_word(self.word, index + 1, to_word(&value, field.desc));
        true
    }
    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let method = self.class()?.method(name)?;
        let mut words = vec![self.item()];
        if args.len() + 1 != method.params.len() {
            let words = format!(
                "{name}() takes {} positional arguments but {} were given",
                method.params.len(),
                args.len() + 1
            );
            return Some(Err(Error::new(rt::TypeError, words)));
        }
        words.extend(
            args.iter().zip(&method.params[1..]).map(|(arg, desc)| Item::new(to_word(arg, desc), desc)),
        );
        let result = rt::catch_end(|| from_item(&call_method(method, &words.iter().collect::<Vec<_>>())));
        Some(result)
    }
    fn repr(&self) -> String {
        rt::repr(&self.item()).to_string()
    }
    fn str(&self) -> String {
        rt::str(&self.item()).to_string()
    }
    fn equals(&self, other: &Value) -> Option<bool> {
        if let Some(method) = self.class().and_then(|class| class.method("__eq__")) {
            return equals(method, &self.item(), other);
        }
        match other {
            Value::Object(object) => {
                let other = object.as_any().downcast_ref::<Wrapped>()?;
                Some(self.item() == other.item())
            }
            other => self.plain().map(|plain| plain == *other),
        }
    }
    fn hash(&self) -> Option<u64> {
        Some(rt::Key::key_hash(&self.item()))
    }
    fn plain(&self) -> Option<Value> {
        let class = self.class()?;
        matches!(class.kind, ClassKind::EnumOf(_)).then(|| from_item(&self.item().field(1)))
    }
    fn is_single(&self) -> bool {
        self.class().is_none_or(crate::item::is_told_by_place)
    }
    fn is_true(&self) -> bool {
        super::builtins::truth(&self.item())
    }
    fn is_instance(&self, class: &str) -> bool {
        self.class().is_some_and(|found| found.mro.iter().any(|path| *path == class || path.last() == class))
    }
}

/// The item as an argument of this type, where it is one.
pub fn argument(item: &Item, to: D) -> Option<Item> {
    let item = item.bare();
    if same(item.desc, to) {
        return Some(item);
    }
    match (&item.desc.kind, &to.kind) {
        (_, Kind::Value) => Some(Item::new(keep(from_item(&item)), to)),
        (Kind::Class(_), Kind::Class(wanted)) => {
            item.class().filter(|class| class.is_a(wanted.path)).map(|_| Item::new(item.word, to))
        }
        _ => {
            let value = from_item(&item);
            takes(&value, to).then(|| Item::new(to_word(&value, to), to))
        }
    }
}

/// What the `__eq__` of the program says, unless its parameter is of another type.
fn equals(method: &Method, this: &Item, other: &Value) -> Option<bool> {
    let to = *method.params.get(1)?;
    if !takes(other, to) {
        return None;
    }
    let other = Item::new(to_word(other, to), to);
    Some(from_item(&call_method(method, &[this, &other])).is_true())
}

/// A dynamic value of an item.
pub fn from_item(item: &Item) -> Value {
    match &item.desc.kind {
        Kind::Unit => Value::None,
        Kind::Bool => Value::Bool(item.truth()),
        Kind::Int => Value::from(item.int()),
        Kind::Float => Value::Float(item.float()),
        Kind::Big => Value::Int(item.big().clone()),
        Kind::Num => Value::from(*object::<rt::Num>(&item.word)),
        Kind::Str => Value::from(item.text()),
        Kind::Bytes => Value::from(item.bytes().clone()),
        Kind::List(_) if item.desc.is_tuple => Value::tuple(item.list_items().iter().map(from_item)),
        Kind::List(_) => Value::from(item.list_items().iter().map(from_item).collect::<Vec<_>>()),
        Kind::Tuple(_) => Value::tuple(item.fields().iter().map(from_item)),
        Kind::Option(_) => item.present().map_or(Value::None, |inner| from_item(&inner)),
        Kind::Union(_) => from_item(&item.bare()),
        Kind::Value => item.value().clone(),
        Kind::Error => Value::Error(error_of(item).clone()),
        Kind::Range => Value::from(object::<rt::Range>(&item.word).clone()),
        Kind::Set(_) if matches!(item.desc.ty.strip().kind(), TyKind::FrozenSet(_)) => {
            Value::from(item.set().iter().map(from_item).collect::<rt::FrozenSet<Value>>())
        }
        Kind::Set(_) => Value::from(item.set().iter().map(from_item).collect::<rt::Set<Value>>()),
        Kind::Dict(..) | Kind::Counter(_) | Kind::DefaultDict(..) => {
            let pairs = super::mapping::pairs(item)
                .into_iter()
                .map(|(key, value)| (from_item(&key), from_item(&value)));
            Value::from(pairs.collect::<rt::Dict<Value, Value>>())
        }
        Kind::Func(params, ret) => function(item, params, ret),
        Kind::Iter(part) => {
            let (mut next, part) = (super::iters::pull(item, true), *part);
            let items = std::iter::from_fn(move || next().map(|word| from_item(&Item::new(word, part))));
            Value::from(rt::Iter::new(items))
        }
        Kind::Opaque(Opaque { value: Some(value), .. }) => value(item.word),
        _ => Value::Object(Rc::new(Wrapped { word: item.word, desc: item.desc })),
    }
}

/// A dynamic value; of a function with what its site says of its parameters and their defaults.
fn from_given(site: &Site, a: &[Item]) -> Value {
    match &a[0].desc.kind {
        Kind::Func(params, ret) if !site.attr.is_empty() => {
            let (function, params, ret) = (a[0].clone(), params.clone(), *ret);
            let code = move |args: &[Value]| called(&function, &params, ret, args);
            let made = Function::new(&site.attr, code);
            Value::Function(made.with_defaults(&a[1..].iter().map(from_item).collect::<Vec<_>>()))
        }
        _ => from_item(&a[0]),
    }
}

/// What a function value gives for dynamic arguments.
fn called(function: &Item, params: &[D], ret: D, args: &[Value]) -> Result<Value, Error> {
    rt::catch_end(|| {
        let words: Vec<u64> = args.iter().zip(params).map(|(arg, desc)| to_word(arg, desc)).collect();
        from_item(&Item::new(call_func(function, &words), ret))
    })
}

fn function(item: &Item, params: &[D], ret: D) -> Value {
    let (item, params) = (item.clone(), params.to_vec());
    Value::Function(Function::new("<function>", move |args: &[Value]| {
        if args.len() != params.len() {
            let words = format!(
                "<lambda>() takes {} positional arguments but {} were given",
                params.len(),
                args.len()
            );
            return Err(Error::new(rt::TypeError, words));
        }
        called(&item, &params, ret, args)
    }))
}

fn mismatch(value: &Value, to: D) -> ! {
    let words = match wanted(to) {
        Some(wanted) => format!("expected {wanted}, found {}", value.type_name()),
        None => "unexpected type".to_owned(),
    };
    rt::raise_new(rt::TypeError, words)
}

/// What the Rust backend's runtime calls a type.
fn wanted(to: D) -> Option<&'static str> {
    Some(match &to.kind {
        Kind::Union(_) => return None,
        Kind::Option(inner) => return wanted(inner),
        Kind::Unit => "None",
        Kind::Num => "number",
        Kind::Error => "exception",
        Kind::Class(class) => class.path.last(),
        _ => show::type_name(&Item::new(0, to)),
    })
}

/// A dynamic value as a word of a static type.
pub fn to_word(value: &Value, to: D) -> u64 {
    match (&to.kind, value) {
        (Kind::Value, _) => keep(value.clone()),
        (Kind::Unit, _) => 0,
        (Kind::Bool, Value::Bool(truth)) => (*truth).into(),
        (Kind::Int, Value::Bool(truth)) => (*truth).into(),
        (Kind::Int, Value::Int(number)) => number.expect_i64() as u64,
        (Kind::Big, Value::Int(number)) => keep(number.clone()),
        (Kind::Big, Value::Bool(truth)) => keep(rt::Int::from(i64::from(*truth))),
        (Kind::Float, Value::Float(x)) => x.to_bits(),
        (Kind::Float, Value::Int(number)) => number.to_f64().to_bits(),
        (Kind::Float, Value::Bool(truth)) => f64::from(u8::from(*truth)).to_bits(),
        (Kind::Num, Value::Int(number)) => keep(rt::Num::Int(number.expect_i64())),
        (Kind::Num, Value::Bool(truth)) => keep(rt::Num::Int(i64::from(*truth))),
        (Kind::Num, Value::Float(x)) => keep(rt::Num::Float(*x)),
        (Kind::Str, Value::Str(text)) => text_word(&**text),
        (Kind::Bytes, Value::Bytes(bytes)) => keep((**bytes).clone()),
        (Kind::Error, Value::Error(error)) => keep(error.clone()),
        (Kind::Option(_), Value::None) => 0,
        (Kind::Option(inner), _) => some_word(inner, to_word(value, inner)),
        (Kind::Union(members), _) => match member_for(value, members) {
            Some(member) => keep(Item::new(to_word(value, member), member)),
            None => mismatch(value, to),
        },
        (Kind::List(item), Value::List(list)) => {
            let words: Vec<u64> = list.iter().map(|part| to_word(&part, item)).collect();
            list_word(item, words)
        }
        (Kind::List(item), Value::Tuple(parts)) => {
            list_word(item, parts.iter().map(|part| to_word(part, item)))
        }
        (Kind::Tuple(fields), Value::Tuple(parts)) if fields.len() == parts.len() => {
            record(&parts.iter().zip(fields).map(|(part, desc)| to_word(part, desc)).collect::<Vec<_>>())
        }
        (Kind::Dict(key, item), Value::Dict(dict)) => {
            let pairs = dict.items();
            let pairs =
                pairs.map(|(k, v)| (Item::new(to_word(&k, key), key), Item::new(to_word(&v, item), item)));
            keep(pairs.collect::<rt::Dict<Item, Item>>())
        }
        (Kind::Set(item), Value::Set(set)) => {
            keep(set.to_vec().iter().map(|it| Item::new(to_word(it, item), item)).collect::<rt::Set<Item>>())
        }
        (Kind::Set(item), Value::FrozenSet(set)) => {
            keep(set.iter().map(|it| Item::new(to_word(it, item), item)).collect::<rt::Set<Item>>())
        }
        (Kind::Iter(item), _) => {
            let (mut items, item) = (rt::py::iter(value), *item);
            super::iters::iter_word(move || items.next().map(|it| to_word(&it, item)))
        }
        (Kind::Opaque(Opaque { of_value: Some(of_value), .. }), _) => {
            of_value(value).unwrap_or_else(|error| rt::raise(error))
        }
        (_, Value::Object(object)) => match object.as_any().downcast_ref::<Wrapped>() {
            Some(wrapped) if fits(value, to) => wrapped.word,
            _ => mismatch(value, to),
        },
        _ => mismatch(value, to),
    }
}

/// The member of a union that a dynamic value becomes.
fn member_for(value: &Value, members: &[D]) -> Option<D> {
    let find = |test: fn(&Value, D) -> bool| members.iter().copied().find(|member| test(value, member));
    find(fits).or_else(|| find(takes))
}

/// Whether a dynamic value is of a static type, or a number that becomes one.
fn takes(value: &Value, to: D) -> bool {
    match (&to.kind, value) {
        (Kind::Int | Kind::Big | Kind::Num | Kind::Float, Value::Bool(_)) | (Kind::Float, Value::Int(_)) => {
            true
        }
        (Kind::Option(inner), _) => value.is_none() || takes(value, inner),
        (Kind::Union(members), _) => members.iter().any(|member| takes(value, member)),
        _ => fits(value, to),
    }
}

/// Whether a dynamic value is of a static type.
fn fits(value: &Value, to: D) -> bool {
    match (&to.kind, value) {
        (Kind::Value, _) | (Kind::Unit, Value::None) | (Kind::Bool, Value::Bool(_)) => true,
        (Kind::Int | Kind::Big, Value::Int(_))
        | (Kind::Float, Value::Float(_))
        | (Kind::Str, Value::Str(_))
        | (Kind::Bytes, Value::Bytes(_))
        | (Kind::Num, Value::Int(_) | Value::Float(_)) => true,
        (Kind::List(_), Value::List(_))
        | (Kind::Tuple(_), Value::Tuple(_))
        | (Kind::Dict(..), Value::Dict(_)) => true,
        (Kind::Set(_), Value::Set(_)) => matches!(to.ty.strip().kind(), TyKind::Set(_)),
        (Kind::Set(_), Value::FrozenSet(_)) => matches!(to.ty.strip().kind(), TyKind::FrozenSet(_)),
        (Kind::Error, Value::Error(_)) => true,
        (Kind::Option(inner), _) => matches!(value, Value::None) || fits(value, inner),
        (Kind::Union(members), _) => members.iter().any(|member| fits(value, member)),
        (Kind::Opaque(Opaque { name, of_value: Some(_), .. }), _) => {
            value.type_name().rsplit('.').next() == Some(name)
        }
        (Kind::Class(class), Value::Object(object)) => {
            let wrapped = object.as_any().downcast_ref::<Wrapped>();
            wrapped.and_then(Wrapped::class).is_some_and(|found| found.is_a(class.path))
        }
        (_, Value::Object(object)) => {
            object.as_any().downcast_ref::<Wrapped>().is_some_and(|wrapped| same(wrapped.desc, to))
        }
        _ => false,
    }
}

/// The text of a dynamic value that must be one.
pub fn text_of(value: &'static Value) -> &'static str {
    match value {
        Value::Str(text) => text,
        other => rt::raise_new(
            rt::TypeError,
            format!("sequence item 0: expected str instance, {} found", other.type_name()),
        ),
    }
}

fn args(a: &[Item]) -> Vec<Value> {
    a.iter().map(from_item).collect()
}

fn binary(site: &Site, a: &[Item]) -> u64 {
    let (x, y) = (&from_item(&a[0]), &from_item(&a[1]));
    if super::is_ruchy() {
        return to_word(&ruchy(&site.attr, x, y), site.ret);
    }
    let value = match site.attr.as_str() {
        "add" => rt::py::add(x, y),
        "matmul" => rt::py::matmul(x, y),
        "sub" => rt::py::sub(x, y),
        "mul" => rt::py::mul(x, y),
        "truediv" => rt::py::true_div(x, y),
        "floordiv" => rt::py::floor_div(x, y),
        "mod" => rt::py::rem(x, y),
        "pow" => rt::py::pow(x, y),
        "shl" => rt::py::lshift(x, y),
        "shr" => rt::py::rshift(x, y),
        "and" => rt::py::bitand(x, y),
        "or" => rt::py::bitor(x, y),
        "xor" => rt::py::bitxor(x, y),
        "eq" => Value::Bool(rt::py::eq(x, y)),
        "ne" => Value::Bool(rt::py::ne(x, y)),
        "lt" => Value::Bool(rt::py::lt(x, y)),
        "le" => Value::Bool(rt::py::le(x, y)),
        "gt" => Value::Bool(rt::py::gt(x, y)),
        "ge" => Value::Bool(rt::py::ge(x, y)),
        "contains" => Value::Bool(rt::py::contains(x, y)),
        "in" => Value::Bool(rt::py::contains(y, x)),
        "not_in" => Value::Bool(!rt::py::contains(y, x)),
        "is" => Value::Bool(x.is_same(y)),
        "is_not" => Value::Bool(!x.is_same(y)),
        other => rt::raise_new(rt::SystemError, format!("no dynamic operator {other}")),
    };
    to_word(&value, site.ret)
}

/// A dynamic operator of Ruchy.
fn ruchy(name: &str, x: &Value, y: &Value) -> Value {
    match name {
        "add" => rt::ruchy::add(x, y),
        "sub" => rt::ruchy::sub(x, y),
        "mul" => rt::ruchy::mul(x, y),
        "div" => rt::ruchy::div(x, y),
        "rem" => rt::ruchy::rem(x, y),
        "eq" => Value::Bool(rt::ruchy::eq(x, y)),
        "ne" => Value::Bool(rt::ruchy::ne(x, y)),
        "lt" => Value::Bool(rt::ruchy::lt(x, y)),
        "le" => Value::Bool(rt::ruchy::le(x, y)),
        "gt" => Value::Bool(rt::ruchy::gt(x, y)),
        "ge" => Value::Bool(rt::ruchy::ge(x, y)),
        other => rt::raise_new(rt::SystemError, format!("no dynamic operator {other}")),
    }
}

fn unary(site: &Site, a: &[Item]) -> u64 {
    let x = &from_item(&a[0]);
    let value = match site.attr.as_str() {
        "neg" if !super::is_ruchy() => rt::py::neg(x),
        "pos" => rt::py::pos(x),
        "invert" => rt::py::invert(x),
        "abs" => rt::py::abs(x),
        "truth" if super::is_ruchy() => Value::Bool(rt::ruchy::truth(x)),
        "neg" if super::is_ruchy() => rt::ruchy::neg(x),
        "truth" => Value::Bool(x.is_true()),
        "not" => Value::Bool(!x.is_true()),
        "len" => Value::from(rt::py::len(x)),
        "is_none" => Value::Bool(x.is_none()),
        other => rt::raise_new(rt::SystemError, format!("no dynamic operator {other}")),
    };
    to_word(&value, site.ret)
}

fn attribute(site: &Site, a: &[Item]) -> u64 {
    let value = from_item(&a[0]);
    let part = match super::is_ruchy() {
        true => rt::ruchy::get_attr(&value, &site.attr),
        false => rt::py::get_attr(&value, &site.attr),
    };
    to_word(&part, site.ret)
}

fn method(site: &Site, a: &[Item]) -> u64 {
    let (value, rest) = (from_item(&a[0]), args(&a[1..]));
    if super::is_ruchy() && site.attr.as_str() != "__slice__" {
        return to_word(&rt::ruchy::call_method(&value, &site.attr, &rest), site.ret);
    }
    let result = match (site.attr.as_str(), &rest[..]) {
        ("__slice__", [start, stop, step]) => rt::py::get_slice(&value, start, stop, step),
        ("__getitem__", [index]) => rt::py::get_item(&value, index),
        ("__setitem__", [index, item]) => {
            rt::py::set_item(&value, index, item.clone());
            Value::None
        }
        ("__delitem__", [index]) => {
            rt::py::del_item(&value, index);
            Value::None
        }
        (name, [item]) if name.ends_with('=') => {
            rt::py::set_attr(&value, name.trim_end_matches('='), item.clone());
            Value::None
        }
        (name, rest) => rt::py::call_method(&value, name, rest),
    };
    to_word(&result, site.ret)
}

fn is_type(site: &Site, a: &[Item]) -> u64 {
    let value = from_item(&a[0]);
    let answer = match site.attr_desc {
        Some(desc) => match &desc.kind {
            Kind::Unit => value.is_none(),
            Kind::Class(class) => rt::py::is_instance(&value, class.path.as_str()),
            Kind::Opaque(of) => rt::py::is_instance(&value, of.name),
            _ => rt::py::is_instance(&value, show::type_name(&Item::new(0, desc))),
        },
        // A class of the program is told by its path, one of the library by its name.
        None => match site.class {
            Some(class) => rt::py::is_instance(&value, class.path.as_str()),
            None => rt::py::is_instance(&value, site.attr.rsplit('.').next().unwrap_or_default()),
        },
    };
    answer.into()
}

/// An operation of bytes, through the dynamic runtime.
fn bytes(site: &Site, a: &[Item]) -> u64 {
    let value = from_item(&a[0]);
    let result = match site.name.rsplit('.').next().unwrap_or_default() {
        "len" | "__len__" => Value::from(rt::py::len(&value)),
        "at" => rt::py::get_item(&value, &from_item(&a[1])),
        "concat" | "__add__" => {
            return keep(rt::Bytes([&a[0].bytes()[..], &a[1].bytes()[..]].concat()));
        }
        "repeat" => return keep(rt::Bytes(a[0].bytes().repeat(a[1].int().max(0) as usize))),
        "contains" | "__contains__" => Value::Bool(rt::py::contains(&value, &from_item(&a[1]))),
        "slice" => rt::py::get_slice(&value, &from_item(&a[1]), &from_item(&a[2]), &from_item(&a[3])),
        "truth" => Value::Bool(value.is_true()),
        method => rt::py::call_method(&value, method, &args(&a[1..])),
    };
    to_word(&result, site.ret)
}

rows! {
    "bytes.len" | "bytes.__len__" | "bytes.at" | "bytes.concat" | "bytes.__add__" | "bytes.repeat" | "bytes.contains"
        | "bytes.__contains__" | "bytes.slice" | "bytes.truth" => bytes;
    "value.from" => |s, a| keep(from_given(s, a));
    "value.to" => |s, a| adapt(&a[0], s.ret);
    "value.is" => is_type;
    "value.binary" => binary;
    "value.unary" => unary;
    "value.index" | "rt.index.value" => |s, a| to_word(&rt::py::get_item(&from_item(&a[0]), &from_item(&a[1])), s.ret);
    "rt.set.value" => |_, a| { rt::py::set_item(&from_item(&a[0]), &from_item(&a[1]), from_item(&a[2])); 0 };
    "rt.del.value" => |_, a| { rt::py::del_item(&from_item(&a[0]), &from_item(&a[1])); 0 };
    "value.attr" => attribute;
    "rt.set_attr" => |s, a| { rt::py::set_attr(&from_item(&a[0]), &s.attr, from_item(&a[1])); 0 };
    "value.method" => method;
    "value.call" => |s, a| to_word(&rt::py::call(&from_item(&a[0]), &args(&a[1..])), s.ret);
    "value.iter" => |_, a| {
        let mut items = rt::py::iter(&from_item(&a[0]));
        super::iters::iter_word(move || items.next().map(keep))
    };
}
