//! Code for a whole program: one module, functions first declared, then defined.

mod calls;
mod consts;
mod frees;
mod func;
mod inst;
mod memory;
mod numbers;
mod unkept;

use crate::desc::{D, Desc, Descs, KeptDescs, Method};
use crate::memory::{set_word, words};
use batuta_base::{Name, Origin};
use batuta_core::{Item, Mir, Program, Ty};
use batuta_flow::{CallGraph, Lir};
use cranelift::codegen::ir::{AbiParam, Signature, types};
use cranelift::prelude::{Configurable, settings};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Where something stands in the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub file: String,
    pub line: u32,
}

/// What the compiler is told besides the program.
#[derive(Clone)]
pub struct Options {
    /// `sys.argv`.
    pub args: Vec<String>,
    /// Place of an origin of an item.
    pub locate: Arc<dyn Fn(Name, Origin) -> Option<Place> + Send + Sync>,
    /// Loops look whether somebody wants the program to stop.
    pub can_stop: bool,
    /// Gets the code of each function as text.
    pub listing: Option<Arc<Mutex<Vec<String>>>>,
}

/// What stays of a program for the next one of the same machine.
#[derive(Default)]
pub(crate) struct Kept {
    pub descs: KeptDescs,
    /// Addresses of the globals' words.
    pub globals: HashMap<Name, u64>,
    /// Slots of dynamic dispatch: code of all programs counts by them.
    slots: HashMap<Name, usize>,
}

/// What has no code yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    pub what: String,
    pub place: Option<Place>,
}

/// A finished program.
pub struct Compiled {
    /// Code of the modules' top levels, in the order in which they run.
    pub inits: Vec<*const u8>,
}

/// Everything that functions share while they are compiled.
pub(crate) struct Unit<'a> {
    program: &'a Program<Mir>,
    options: &'a Options,
    module: JITModule,
    descs: &'a Descs<'a>,
    calls: CallGraph,
    functions: HashMap<Name, FuncId>,
    thunks: HashMap<Name, FuncId>,
    /// Slots of function values and tables, and the code that they get.
    fills: Vec<(u64, FuncId)>,
    globals: HashMap<Name, u64>,
    /// Slots of dynamic dispatch by the path of the method called.
    slots: HashMap<Name, usize>,
    gaps: Vec<Gap>,
    known: frees::Known,
}

/// Compiles a program.
pub fn compile(program: &Program<Mir>, options: &Options) -> Result<Compiled, Vec<Gap>> {
    compile_after(program, options, &mut Kept::default())
}

/// Compiles a program that goes on with the globals and classes of those before.
pub(crate) fn compile_after(
    program: &Program<Mir>,
    options: &Options,
    kept: &mut Kept,
) -> Result<Compiled, Vec<Gap>> {
    crate::host::set_language(program.lang());
    let descs = Descs::new(program, &kept.descs);
    let mut unit = Unit::new(program, options, &descs);
    unit.globals = std::mem::take(&mut kept.globals);
    unit.slots = std::mem::take(&mut kept.slots);
    let compiled = unit.compile().and_then(|inits| unit.finish(&inits));
    let Unit { module, globals, slots, .. } = unit;
    // The code stays where it is for the rest of the process.
    std::mem::forget(module);
    *kept = Kept { descs: descs.into_kept(), globals, slots };
    compiled
}

impl<'a> Unit<'a> {
    /// Compiles all functions that are reached; gives the modules' top levels in the order in which they run.
    fn compile(&mut self) -> Result<Vec<Name>, Vec<Gap>> {
        let program = self.program;
        for class in program.classes.keys() {
            let what = unkept::mixed_fields(self.descs, *class);
            self.gaps.extend(what.map(|what| Gap { what, place: None }));
        }
        let inits = self.inits();
        let roots: Vec<Name> = inits.iter().copied().chain(self.methods()).collect();
        let mut reached = self.calls.reached(roots);
        reached.sort();
        for path in &reached {
            self.declare(*path);
        }
        for path in &reached {
            let body = &program.fns[path];
            body.walk_block(body.root, &mut |node| {
                if let Some(what) = unkept::unkept(program, body, node) {
                    self.gap(what, *path, body.nodes[node].origin);
                }
            });
            if unkept::replaces_handle(body) {
                let what = "a captured handle that gets another value";
                self.gap(what, *path, Origin::default());
            }
            let lir = batuta_flow::lower(program, body);
            for gap in lir.all_gaps() {
                let place = (self.options.locate)(*path, gap.origin);
                self.gaps.push(Gap { what: gap.what.clone(), place });
            }
            if self.gaps.is_empty() {
                self.define(*path, &lir);
            }
        }
        if self.gaps.is_empty() { Ok(inits) } else { Err(std::mem::take(&mut self.gaps)) }
    }

    fn new(program: &'a Program<Mir>, options: &'a Options, descs: &'a Descs<'a>) -> Self {
        Self {
            program,
            options,
            module: new_module(),
            descs,
            calls: CallGraph::new(program),
            functions: HashMap::new(),
            thunks: HashMap::new(),
            fills: Vec::new(),
            globals: HashMap::new(),
            slots: HashMap::new(),
            gaps: Vec::new(),
            known: frees::Known::default(),
        }
    }
    fn gap(&mut self, what: impl Into<String>, path: Name, origin: Origin) {
        let place = (self.options.locate)(path, origin);
        self.gaps.push(Gap { what: what.into(), place });
    }

    fn desc(&self, ty: Ty) -> D {
        self.descs.get(ty)
    }

    /// Top levels in the order in which they run: a module's imports before it.
    fn inits(&self) -> Vec<Name> {
        let mut out = Vec::new();
        let mut seen = Vec::new();
        if let Some(entry) = self.program.entry {
            self.visit_module(entry, &mut seen, &mut out);
        }
        out
    }

    fn visit_module(&self, module: Name, seen: &mut Vec<Name>, out: &mut Vec<Name>) {
        if seen.contains(&module) {
            return;
        }
        seen.push(module);
        let Some(row) = self.program.modules.get(&module) else { return };
        for item in &row.items {
            if let Item::Import(other) = item.item {
                self.visit_module(other, seen, out);
            }
        }
        let init = module.join("<init>");
        if self.program.fns.contains_key(&init) {
            out.push(init);
        }
    }

    /// Methods that the runtime side may call: those with names that it looks for, of any class; all where
    /// objects become dynamic values, which are asked for their attributes by name.
    fn methods(&self) -> Vec<Name> {
        let is_asked = !batuta_core::dynamic::made_dynamic(self.program).is_empty();
        let classes = self.program.classes.values();
        let all = classes.flat_map(|class| class.methods.iter().copied());
        all.filter(|path| self.program.fns.contains_key(path) && (is_asked || is_dunder(path.last())))
            .collect()
    }

    /// Parameters by machine class, then the status and the result.
    fn signature(&self, params: &[Ty], ret: Ty) -> Signature {
        let mut signature = self.module.make_signature();
        signature.params.extend(params.iter().map(|ty| AbiParam::new(class_of(self.desc(*ty)))));
        signature.returns.push(AbiParam::new(types::I64));
        if has_value(self.desc(ret)) {
            signature.returns.push(AbiParam::new(class_of(self.desc(ret))));
        }
        signature
    }

    /// `fn(environment, arguments, result) -> status`.
    fn code_signature(&self) -> Signature {
        let mut signature = self.module.make_signature();
        signature.params.extend([types::I64; 3].map(AbiParam::new));
        signature.returns.push(AbiParam::new(types::I64));
        signature
    }

    /// A generator's arguments are words in a record, so that they outlive the call.
    fn fn_signature(&self, path: Name) -> Signature {
        let body = &self.program.fns[&path];
        if body.is_generator {
            return self.code_signature();
        }
        let params: Vec<Ty> = body.params.iter().map(|param| body.locals[param.local].ty).collect();
        self.signature(&params, body.ret)
    }

    fn declare(&mut self, path: Name) {
        let signature = self.fn_signature(path);
        let id = self.module.declare_function(path.as_str(), Linkage::Local, &signature);
        self.functions.insert(path, id.expect("paths are unique"));
    }

    fn define(&mut self, path: Name, lir: &Lir) {
        let signature = self.fn_signature(path);
        let id = self.functions[&path];
        func::define(self, id, signature, lir, lir.yields.is_some());
    }

    /// Code of a function with the arguments as words.
    fn thunk(&mut self, path: Name) -> FuncId {
        if let Some(id) = self.thunks.get(&path) {
            return *id;
        }
        let signature = self.code_signature();
        let id =
            self.module.declare_anonymous_function(&signature).expect("anonymous functions have no name");
        self.thunks.insert(path, id);
        func::define_thunk(self, id, path);
        id
    }

    /// Finishes the code and tells the runtime side where methods are.
    fn finish(&mut self, inits: &[Name]) -> Result<Compiled, Vec<Gap>> {
        let classes: Vec<Name> = self.program.classes.keys().copied().collect();
        let mut methods = Vec::new();
        for class in classes {
            methods.push((class, self.class_methods(class), self.class_table(class)));
            let attributes = self.class_attributes(class);
            if let Some(desc) = self.descs.class(class) {
                desc.attributes.set(Some(Box::leak(Box::new(attributes))));
            }
        }
        if !self.gaps.is_empty() {
            return Err(std::mem::take(&mut self.gaps));
        }
        if let Err(why) = self.module.finalize_definitions() {
            return Err(vec![Gap { what: format!("the code cannot be finished: {why}"), place: None }]);
        }
        for (slot, id) in &self.fills {
            set_word(*slot, 0, self.module.get_finalized_function(*id) as u64);
        }
        for (class, found, table) in methods {
            let Some(desc) = self.descs.class(class) else { continue };
            let code = |id: FuncId| self.module.get_finalized_function(id);
            // Methods that this program does not reach are those of the programs before.
            let mut all = desc.methods.get().cloned().unwrap_or_default();
            all.extend(found.into_iter().map(|(name, id, mut method)| {
                method.code = code(id);
                (name, method)
            }));
            desc.methods.set(Some(Box::leak(Box::new(all))));
            desc.table.set(table as *const *const u8);
            desc.slots.set(self.slots.len());
        }
        let inits =
            inits.iter().map(|path| self.module.get_finalized_function(self.functions[path])).collect();
        Ok(Compiled { inits })
    }

    fn class_methods(&mut self, class: Name) -> Vec<(&'static str, FuncId, Method)> {
        let mut out: Vec<(&'static str, FuncId, Method)> = Vec::new();
        for path in self.program.mro(class) {
            for method in self.program.classes[&path].methods.clone() {
                let name = method.last();
                if out.iter().any(|(known, ..)| *known == name) || !self.functions.contains_key(&method) {
                    continue;
                }
                let body = &self.program.fns[&method];
                let params = body.params.iter().map(|param| self.desc(body.locals[param.local].ty)).collect();
                let ret = match body.is_generator {
                    true => self.desc(Ty::iter(body.ret)),
                    false => self.desc(body.ret),
                };
                let id = self.thunk(method);
                let is_property = body.kind == batuta_core::FnKind::Property;
                out.push((name, id, Method { code: std::ptr::null(), params, ret, is_property }));
            }
        }
        out
    }

    fn class_attributes(&mut self, class: Name) -> HashMap<&'static str, (u64, D)> {
        let mut out = HashMap::new();
        for path in self.program.mro(class) {
            let own: Vec<(Name, Ty)> =
                self.program.globals.iter().map(|(name, def)| (*name, def.ty)).collect();
            for (name, ty) in own.into_iter().filter(|(name, _)| name.parent() == path) {
                let at = (self.global(name), self.desc(ty));
                out.entry(name.last()).or_insert(at);
            }
        }
        out
    }

    /// The table of a class for dynamic dispatch.
    fn class_table(&mut self, class: Name) -> u64 {
        let table = words(self.slots.len().max(1)) as u64;
        let slots: Vec<(Name, usize)> = self.slots.iter().map(|(path, slot)| (*path, *slot)).collect();
        let before = self.descs.class(class).and_then(|desc| desc.old_table());
        for (path, slot) in slots {
            let found = self.program.find_method(class, path.last());
            match found.and_then(|method| self.functions.get(&method)) {
                Some(id) => self.fills.push((table + slot as u64 * 8, *id)),
                // Code of programs before may still ask for it.
                None => {
                    let known = before.filter(|(_, count)| slot < *count);
                    let word = known.map_or(0, |(address, _)| crate::memory::word_at(address, slot));
                    set_word(table, slot, word);
                }
            }
        }
        table
    }

    fn slot(&mut self, path: Name) -> usize {
        let next = self.slots.len();
        *self.slots.entry(path).or_insert(next)
    }

    /// Address of a global's word.
    /// It starts with its type's empty value.
    fn global(&mut self, path: Name) -> u64 {
        if let Some(known) = self.globals.get(&path) {
            return *known;
        }
        let empty =
            self.program.globals.get(&path).map_or(0, |def| crate::host::empty_word(self.desc(def.ty)));
        let slot = crate::memory::record(&[empty]);
        self.globals.insert(path, slot);
        slot
    }
}

/// A module without code, for this machine.
pub(crate) fn new_module() -> JITModule {
    let mut flags = settings::builder();
    let set = [
        ("opt_level", "speed"),
        ("is_pic", "false"),
        // A large frame touches each of its pages, so that none is beyond the end of the stack unseen.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        // Values of 128 bits as arguments.
        ("enable_llvm_abi_extensions", "true"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
    ];
    for (name, value) in set {
        flags.set(name, value).expect("a setting of Cranelift");
    }
    let isa = cranelift_native::builder().expect("Cranelift knows this machine");
    let isa = isa.finish(settings::Flags::new(flags)).expect("the settings fit the machine");
    JITModule::new(JITBuilder::with_isa(isa, cranelift_module::default_libcall_names()))
}

fn is_dunder(name: &str) -> bool {
    name.starts_with("__") && name != "__init__"
}

/// The machine class of a value.
pub(crate) fn class_of(desc: &Desc) -> types::Type {
    if desc.is_float() { types::F64 } else { types::I64 }
}

/// Whether a function with this result gives a value.
pub(crate) fn has_value(desc: &Desc) -> bool {
    !matches!(desc.kind, crate::desc::Kind::Unit)
}
