//! Calls: functions of the program, function values, rows.

use super::func::{Emit, define, define_maker, trusted};
use super::{Unit, class_of, has_value};
use crate::desc::{ClassDesc, D, Kind};
use crate::host::{self, FormatPart, Site};
use batuta_base::Name;
use batuta_core::{Attr, Ty, TyKind};
use batuta_flow::{Reg, Target};
use cranelift::codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift::codegen::ir::{FuncRef, Value, types};
use cranelift::prelude::InstBuilder;
use cranelift_module::Module;

impl Unit<'_> {
    /// The compiled row that a call of the library goes to.
    pub(super) fn overload(&self, name: Name, types: &[Ty], ret: D) -> Option<String> {
        let row = batuta_catalog::select(name.as_str(), types)?;
        let suits = types.iter().enumerate().all(|(at, ty)| {
            row.param(at, types.len()).is_some_and(|param| host::library::takes(param.ty, *ty))
        });
        let gives = host::adapt::alike(row.result.strip(), ret.ty.strip());
        host::library::overload(row.name.as_str(), row.overload)?;
        (suits && gives).then(|| format!("{}#{}", row.name, row.overload))
    }

    /// What a row is told about a place that calls it. It lives as long as the process.
    pub(super) fn site(
        &mut self,
        name: &str,
        args: Vec<D>,
        ret: D,
        attr: &Attr,
        parts: Vec<FormatPart>,
    ) -> *const Site {
        let row = host::find(name).unwrap_or(host::missing);
        let (text, attr_desc) = match attr {
            Attr::None => (String::new(), None),
            Attr::Name(name) => (name.to_string(), None),
            Attr::Int(value) => (value.to_string(), None),
            Attr::Ty(ty) => (ty.to_string(), Some(self.descs.get(*ty))),
        };
        let of_type = |desc: D| match &desc.kind {
            Kind::Class(class) => Some(*class),
            Kind::TypeOf(path) => self.descs.class(*path),
            _ => None,
        };
        let class = match attr {
            Attr::Name(name) if name.as_str() != "" => self.descs.class(*name),
            _ => None,
        };
        let class: Option<&'static ClassDesc> =
            class.or_else(|| of_type(ret)).or_else(|| args.first().and_then(|desc| of_type(desc)));
        let error = match attr {
            Attr::Name(name) => self.descs.error(*name),
            _ => None,
        };
        let attr = if name == "rt.enum_member" { Name::new(&text).last().to_owned() } else { text };
        Box::leak(Box::new(Site {
            row,
            name: name.to_owned(),
            args,
            ret,
            attr,
            attr_desc,
            class,
            error,
            parts,
        }))
    }
}

impl Emit<'_, '_, '_> {
    pub(super) fn call(&mut self, target: &Target, args: &[Reg], dst: Reg) -> Value {
        match target {
            Target::Fn(path) => self.call_fn(*path, args),
            Target::Virtual(path) => self.call_virtual(*path, args),
            Target::New(path) => self.construct(*path, args, dst),
            Target::Value(function) => self.call_value(*function, args, dst),
            Target::Lib(name) => self.library(*name, args, dst),
        }
    }

    fn library(&mut self, name: Name, args: &[Reg], dst: Reg) -> Value {
        let plain = name.as_str().split_once('$').map_or(name.as_str(), |(plain, _)| plain);
        match plain {
            "list.append" if matches!(self.desc(args[0]).kind, Kind::List(_)) => {
                self.append(args).unwrap_or_else(|| self.row("list.append", args, None, &Attr::None))
            }
            "math.sqrt" if self.is_float(args[0]) => self.square_root(args, dst),
            "builtins.max" | "builtins.min" if self.are_numbers(args) => {
                self.extreme(args, plain == "builtins.max")
            }
            "builtins.len" if matches!(self.desc(args[0]).kind, Kind::List(_)) => {
                self.list_len(args[0], false)
            }
            "rt.overwrite" if !self.is_replaced_in_place(args[0]) => {
                self.gap("a number or a text that is replaced through a reference")
            }
            _ => match self.overload(name, args, dst) {
                Some(row) => self.row(&row, args, Some(dst), &Attr::None),
                None => match self.misfit(plain, args, dst) {
                    Some(what) => self.gap(what),
                    None => self.row(name.as_str(), args, Some(dst), &Attr::None),
                },
            },
        }
    }

    /// A method of a library type: `a[i]`, `for item in a`.
    pub(super) fn special(&mut self, method: &str, args: &[Reg], dst: Option<Reg>) -> Option<Value> {
        let Kind::Opaque(_) = self.desc(args[0]).kind else { return None };
        let TyKind::Lib(name, _) = self.desc(args[0]).ty.strip().kind() else { return None };
        let unit = self.unit.desc(Ty::unit());
        let ret = dst.map_or(unit, |dst| self.desc(dst));
        let names = [*name, Name::new(name.last())].map(|name| name.join(method));
        let row = names.into_iter().find_map(|name| self.overload_as(name, args, ret))?;
        Some(self.row_as(&row, args, ret, &Attr::None))
    }

    /// What a row by hand does not do with such arguments.
    fn misfit(&self, name: &str, args: &[Reg], dst: Reg) -> Option<String> {
        let has = |test: fn(&Kind) -> bool| args.iter().any(|arg| test(&self.desc(*arg).kind));
        let is_misfit = match name {
            "builtins.zip" => has(|kind| matches!(kind, Kind::Bool)),
            "collections.defaultdict" => {
                matches!(&self.desc(dst).kind, Kind::DefaultDict(_, value) if matches!(value.kind, Kind::Opaque(_)))
            }
            _ => name.starts_with("math.") && has(|kind| matches!(kind, Kind::Big)),
        };
        is_misfit.then(|| format!("`{name}` of these arguments"))
    }

    /// The catalogue's overload for these arguments, where it is compiled and they are what it takes.
    fn overload(&self, name: Name, args: &[Reg], dst: Reg) -> Option<String> {
        self.overload_as(name, args, self.desc(dst))
    }

    fn overload_as(&self, name: Name, args: &[Reg], ret: D) -> Option<String> {
        let types: Vec<Ty> = args.iter().map(|arg| self.desc(*arg).ty).collect();
        self.unit.overload(name, &types, ret)
    }

    /// Whether a reference to such a value leads to its content.
    fn is_replaced_in_place(&self, reg: Reg) -> bool {
        matches!(self.desc(reg).kind, Kind::List(_) | Kind::Set(_) | Kind::Dict(..) | Kind::Class(_))
    }

    /// Two or more machine numbers of one type.
    fn are_numbers(&self, args: &[Reg]) -> bool {
        args.len() > 1
            && (args.iter().all(|arg| self.is_int(*arg)) || args.iter().all(|arg| self.is_float(*arg)))
    }

    /// The first of the largest or smallest.
    fn extreme(&mut self, args: &[Reg], largest: bool) -> Value {
        let mut best = self.get(args[0]);
        for arg in &args[1..] {
            let other = self.get(*arg);
            let wins = match (self.is_float(*arg), largest) {
                (true, true) => self.b.ins().fcmp(FloatCC::GreaterThan, other, best),
                (true, false) => self.b.ins().fcmp(FloatCC::LessThan, other, best),
                (false, true) => self.b.ins().icmp(IntCC::SignedGreaterThan, other, best),
                (false, false) => self.b.ins().icmp(IntCC::SignedLessThan, other, best),
            };
            best = self.b.ins().select(wins, other, best);
        }
        best
    }

    fn square_root(&mut self, args: &[Reg], dst: Reg) -> Value {
        let x = self.get(args[0]);
        let zero = self.b.ins().f64const(0.0);
        let is_fine = self.b.ins().fcmp(FloatCC::GreaterThanOrEqual, x, zero);
        let (join, result) = self.join(types::F64);
        let (fast, slow) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        self.b.ins().brif(is_fine, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        let root = self.b.ins().sqrt(x);
        self.jump_with(join, root);
        self.b.switch_to_block(slow);
        let found = self.row("math.sqrt", args, Some(dst), &Attr::None);
        let found = self.of_class(found, types::F64);
        self.jump_with(join, found);
        self.b.switch_to_block(join);
        result
    }

    /// The arguments as the parameters take them.
    fn arguments(&mut self, path: Name, args: &[Reg]) -> Vec<Value> {
        let body = self.unit.program.fns[&path].clone();
        let mut out = Vec::new();
        for (param, arg) in body.params.iter().zip(args) {
            let to = self.unit.desc(body.locals[param.local].ty);
            out.push(self.fitting(*arg, to));
        }
        if out.len() != body.params.len() {
            self.gap(format!("a call of `{path}` with {} arguments", args.len()));
            for param in &body.params[out.len()..] {
                let is_float = self.unit.desc(body.locals[param.local].ty).is_float();
                out.push(if is_float { self.b.ins().f64const(0.0) } else { self.iconst(0) });
            }
        }
        out
    }

    fn call_fn(&mut self, path: Name, args: &[Reg]) -> Value {
        let Some(id) = self.unit.functions.get(&path).copied() else {
            return self.gap(format!("a call of `{path}`"));
        };
        let values = self.arguments(path, args);
        let function = self.function(id);
        if self.unit.program.fns[&path].is_generator {
            let record = self.record(&values);
            let zero = self.iconst(0);
            return self.generator(function, zero, record);
        }
        let call = self.b.ins().call(function, &values);
        let results = self.b.inst_results(call).to_vec();
        self.check(results[0]);
        match results.get(1) {
            Some(value) => *value,
            None => self.iconst(0),
        }
    }

    fn call_virtual(&mut self, path: Name, args: &[Reg]) -> Value {
        let classes = self.unit.program.subclasses(path.parent());
        let found = classes.into_iter().find_map(|class| {
            let method = self.unit.program.find_method(class, path.last())?;
            self.unit.functions.contains_key(&method).then_some(method)
        });
        let Some(method) = found else { return self.gap(format!("a call of `{path}`")) };
        let values = self.arguments(method, args);
        if self.unit.program.fns[&method].is_generator {
            return self.gap("a generator method of several classes");
        }
        let slot = self.unit.slot(path);
        let signature = self.unit.fn_signature(method);
        let signature = self.b.import_signature(signature);
        let class = self.b.ins().load(types::I64, trusted(), values[0], 0);
        let offset = std::mem::offset_of!(ClassDesc, table) as i32;
        let table = self.b.ins().load(types::I64, trusted(), class, offset);
        let code = self.b.ins().load(types::I64, trusted(), table, slot as i32 * 8);
        let call = self.b.ins().call_indirect(signature, code, &values);
        let results = self.b.inst_results(call).to_vec();
        self.check(results[0]);
        match results.get(1) {
            Some(value) => *value,
            None => self.iconst(0),
        }
    }

    /// An object of a class: through its `__init__`, else of its fields.
    fn construct(&mut self, path: Name, args: &[Reg], dst: Reg) -> Value {
        let Some(class) = self.unit.descs.class(path) else { return self.gap(format!("`{path}(..)`")) };
        let init = path.join("__init__");
        let made = if self.unit.functions.contains_key(&init)
            && self.unit.program.fns[&init].ret.class_path() == Some(path)
        {
            self.call_fn(init, args)
        } else if args.len() == class.fields().len() {
            self.object_of(class, args)
        } else if class.error.get().is_some()
            && class.fields().is_empty()
            && matches!(self.desc(dst).kind, Kind::Error)
        {
            return self.row("exc.new", args, Some(dst), &Attr::Name(path));
        } else if class.keeps_arguments() && !matches!(self.desc(dst).kind, Kind::Error) {
            return self.row("rt.exception_object", args, Some(dst), &Attr::None);
        } else {
            return self.gap(format!("`{path}(..)`"));
        };
        if !matches!(self.desc(dst).kind, Kind::Error) {
            return made;
        }
        let mut operands = vec![(made, self.unit.desc(Ty::class(path)))];
        for arg in args {
            operands.push((self.get(*arg), self.desc(*arg)));
        }
        self.row_on("rt.error_of_object", &operands, self.desc(dst), &Attr::None)
    }

    fn call_value(&mut self, function: Reg, args: &[Reg], dst: Reg) -> Value {
        let desc = self.desc(function);
        let (params, ret) = match &desc.kind {
            Kind::Func(params, ret) => (params, *ret),
            Kind::Option(inner) if matches!(inner.kind, Kind::Func(..)) => match &inner.kind {
                Kind::Func(params, ret) => (params, *ret),
                _ => return self.gap("a call of this value"),
            },
            Kind::Value => {
                let all: Vec<Reg> = std::iter::once(function).chain(args.iter().copied()).collect();
                return self.row("value.call", &all, Some(dst), &Attr::None);
            }
            _ => return self.gap(format!("a call of {}", self.lir.regs[function].ty)),
        };
        let mut values = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let value = match params.get(index) {
                Some(to) => self.fitting(*arg, to),
                None => self.get(*arg),
            };
            values.push(value);
        }
        let object = self.get(function);
        let (args, out) = self.frame(&values);
        let code = self.b.ins().load(types::I64, trusted(), object, 0);
        let signature = self.unit.code_signature();
        let signature = self.b.import_signature(signature);
        let call = self.b.ins().call_indirect(signature, code, &[object, args, out]);
        let status = self.b.inst_results(call)[0];
        self.check(status);
        self.b.ins().load(class_of(ret), trusted(), out, 0)
    }

    /// A record of these values.
    fn record(&mut self, values: &[Value]) -> Value {
        let record = self.allocate(values.len());
        for (index, value) in values.iter().enumerate() {
            self.b.ins().store(trusted(), *value, record, index as i32 * 8);
        }
        record
    }

    /// An iterator over what a generator's code yields.
    pub(super) fn generator(&mut self, code: FuncRef, environment: Value, args: Value) -> Value {
        let code = self.b.ins().func_addr(types::I64, code);
        let made = self.host(host::generator as *const u8, &[code, environment, args], true);
        made.expect("it gives an iterator")
    }

    /// Puts values into the frame; gives their address and that of the result.
    fn frame(&mut self, values: &[Value]) -> (Value, Value) {
        let slot = self.slot(values.len() as u32 + 1);
        for (index, value) in values.iter().enumerate() {
            let address = self.b.ins().stack_addr(types::I64, slot, (index as i32 + 1) * 8);
            self.b.ins().store(trusted(), *value, address, 0);
        }
        let out = self.b.ins().stack_addr(types::I64, slot, 0);
        let args = self.b.ins().stack_addr(types::I64, slot, 8);
        (args, out)
    }

    pub(super) fn closure(&mut self, index: usize, captures: &[Reg]) -> Value {
        let lir = &self.lir.closures[index];
        let signature = self.unit.code_signature();
        let mut id = self.unit.module.declare_anonymous_function(&signature).expect("it has no name");
        define(self.unit, id, signature.clone(), lir, true);
        if lir.yields.is_some() {
            let body = id;
            id = self.unit.module.declare_anonymous_function(&signature).expect("it has no name");
            define_maker(self.unit, id, body, lir);
        }
        let object = self.allocate(captures.len() + 1);
        let function = self.function(id);
        let code = self.b.ins().func_addr(types::I64, function);
        self.b.ins().store(trusted(), code, object, 0);
        for (at, reg) in captures.iter().enumerate() {
            let value = self.get_raw(*reg);
            self.b.ins().store(trusted(), value, object, (at as i32 + 1) * 8);
        }
        object
    }

    // Rows.

    pub(super) fn row(&mut self, name: &str, args: &[Reg], dst: Option<Reg>, attr: &Attr) -> Value {
        let ret = match dst {
            Some(dst) => self.desc(dst),
            None => self.unit.desc(Ty::unit()),
        };
        self.row_as(name, args, ret, attr)
    }

    pub(super) fn row_as(&mut self, name: &str, args: &[Reg], ret: D, attr: &Attr) -> Value {
        self.row_with(name, args, ret, attr, Vec::new())
    }

    pub(super) fn row_with(
        &mut self,
        name: &str,
        args: &[Reg],
        ret: D,
        attr: &Attr,
        parts: Vec<FormatPart>,
    ) -> Value {
        // `s` marks what is spliced in, `c` literals: the order of a set of literals is CPython's.
        let mark = |arg: &Reg| match (self.splats.contains(arg), self.literals.contains(arg)) {
            (true, _) => 's',
            (_, true) if name == "set.new" => 'c',
            _ => '.',
        };
        let marks: String = args.iter().map(mark).collect();
        let splices = Attr::Name(Name::new(&marks));
        let attr = if marks.contains(['s', 'c']) { &splices } else { attr };
        let mut operands = Vec::new();
        for arg in args {
            operands.push((self.get(*arg), self.desc(*arg)));
        }
        self.invoke(name, &operands, ret, attr, parts)
    }

    pub(super) fn row_on(&mut self, name: &str, operands: &[(Value, D)], ret: D, attr: &Attr) -> Value {
        self.invoke(name, operands, ret, attr, Vec::new())
    }

    fn invoke(
        &mut self,
        name: &str,
        operands: &[(Value, D)],
        ret: D,
        attr: &Attr,
        parts: Vec<FormatPart>,
    ) -> Value {
        if host::find(name).is_none() {
            return self.gap(format!("`{name}`"));
        }
        if let Some((_, desc)) = operands.iter().find(|(_, desc)| {
            matches!(desc.kind, Kind::Other) && !matches!(desc.ty.strip().kind(), TyKind::Slice)
        }) {
            return self.gap(format!("values of type {}", desc.ty));
        }
        if matches!(ret.kind, Kind::Other) && !matches!(ret.ty.kind(), TyKind::Slice) {
            return self.gap(format!("values of type {}", ret.ty));
        }
        if let (true, Attr::Name(path)) = (matches!(name, "rs.path" | "rs.method"), attr)
            && !matches!(path.as_str(), "rt::unpack" | "rt::unpack_each")
        {
            return self.gap(format!("`{path}`"));
        }
        if let (true, Attr::Name(class)) = (matches!(name, "exc.is_a" | "exc.new"), attr)
            && self.unit.descs.error(*class).is_none()
            && *class != "NotTranslated"
        {
            return self.gap(format!("the class `{class}`"));
        }
        let descs = operands.iter().map(|(_, desc)| *desc).collect();
        let site = self.unit.site(name, descs, ret, attr, parts);
        let values: Vec<Value> = operands.iter().map(|(value, _)| *value).collect();
        let (args, out) = self.frame(&values);
        let site = self.iconst(site as i64);
        let status =
            self.host(host::invoke as *const u8, &[site, args, out], true).expect("it gives a status");
        self.check(status);
        if !has_value(ret) {
            return self.iconst(0);
        }
        self.b.ins().load(class_of(ret), trusted(), out, 0)
    }
}
