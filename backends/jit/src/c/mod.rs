//! Programs of C: their Mir knows layouts and checked memory, and its errors end the process, so it is compiled
//! from the tree, without status edges.
//!
//! Numbers and pointers are machine values of their width; structs and arrays are bytes in the layout of C in the
//! frame, their value is an address. A pointer is the runtime's object and offset in one word; its checks are
//! inline. The library is the runtime's (`host`).

mod calls;
mod expr;
mod func;
mod host;
mod layout;
mod memory;
mod numbers;

use crate::emit::{Gap, Options};
use crate::memory::vec_layout;
use batuta_base::{Name, Origin};
use batuta_core::{Image, Mir, ObjectStorage, Program, Ty};
use batuta_rt::c::{self, embed};
use cranelift::codegen::ir::{AbiParam, Signature, types};
use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Linkage, Module};
use std::collections::HashMap;
use std::sync::mpsc;

/// File and line.
pub(crate) type Site = (String, u32);

/// A finished program.
struct Compiled {
    inits: Vec<*const u8>,
    main: *const u8,
}

/// Everything that functions share while they are compiled.
struct Unit<'a> {
    program: &'a Program<Mir>,
    image: &'a Image,
    options: &'a Options,
    module: JITModule,
    functions: HashMap<Name, FuncId>,
    /// Addresses of objects of static storage outside of checked memory.
    storage: HashMap<Name, u64>,
    sites: Vec<Site>,
    site_numbers: HashMap<Site, u32>,
    /// Numbers of signatures of function pointers.
    signatures: HashMap<String, u64>,
    /// Code and signature of each function whose address is taken.
    table: u64,
    layout: embed::Layout,
    vec: [i32; 3],
    gaps: Vec<Gap>,
    /// Reads look whether something was written.
    tracks: bool,
}

/// Compiles and runs a program. Comes back with what has no code yet; else the process ends with the program.
/// Where it `tracks`, a read of what nothing was written to stops the program.
pub fn run(program: Program<Mir>, image: Image, options: Options, tracks: bool) -> Vec<Gap> {
    let (sender, receiver) = mpsc::channel();
    embed::set_args(options.args.clone());
    embed::run(host::locate, move || {
        // Numbers of static objects come before all others.
        c::objects(memory_objects(&image));
        if tracks {
            embed::track();
        }
        match compile(&program, &image, &options, tracks) {
            Ok(compiled) => {
                embed::report_errors();
                compiled.inits.iter().for_each(|code| host::call_plain(*code));
                Some(host::call_main(compiled.main))
            }
            Err(gaps) => {
                // The receiver waits until this thread ends.
                let _ = sender.send(gaps);
                None
            }
        }
    });
    receiver.try_recv().unwrap_or_default()
}

/// What stands in the way of running a program.
pub fn check(program: &Program<Mir>, image: &Image, options: &Options) -> Vec<Gap> {
    compile(program, image, options, false).err().unwrap_or_default()
}

fn memory_objects(image: &Image) -> u32 {
    image.objects.values().filter(|def| matches!(def.storage, ObjectStorage::Memory(_))).count() as u32
}

fn compile(
    program: &Program<Mir>,
    image: &Image,
    options: &Options,
    tracks: bool,
) -> Result<Compiled, Vec<Gap>> {
    let mut unit = Unit::new(program, image, options);
    unit.tracks = tracks;
    let compiled = unit.compile();
    // The code stays where it is for the rest of the process.
    std::mem::forget(unit.module);
    compiled
}

impl<'a> Unit<'a> {
    fn new(program: &'a Program<Mir>, image: &'a Image, options: &'a Options) -> Self {
        Self {
            program,
            image,
            options,
            module: crate::emit::new_module(),
            functions: HashMap::new(),
            storage: HashMap::new(),
            sites: Vec::new(),
            site_numbers: HashMap::new(),
            signatures: HashMap::new(),
            table: host::storage(16 * image.targets.len() as u64),
            layout: embed::layout(),
            vec: vec_layout(),
            gaps: Vec::new(),
            tracks: false,
        }
    }

    fn compile(&mut self) -> Result<Compiled, Vec<Gap>> {
        let Some(main) = self.image.main else {
            return Err(vec![Gap { what: "a program without `main`".to_owned(), place: None }]);
        };
        let is_value = |path: &Name| self.image.objects.contains_key(path);
        let paths: Vec<Name> = self.program.fns.keys().copied().collect();
        for path in &paths {
            let signature = match is_value(path) {
                true => self.module.make_signature(),
                false => self.signature_of(*path),
            };
            let id = self.module.declare_function(path.as_str(), Linkage::Local, &signature);
            self.functions.insert(*path, id.expect("paths are unique"));
        }
        for path in &paths {
            func::define(self, *path);
        }
        let values: Vec<FuncId> =
            paths.iter().filter(|path| is_value(path)).map(|path| self.functions[path]).collect();
        let start = func::define_start(self, main);
        let targets = self.targets();
        if !self.gaps.is_empty() {
            return Err(std::mem::take(&mut self.gaps));
        }
        if let Err(why) = self.module.finalize_definitions() {
            return Err(vec![Gap { what: format!("the code cannot be finished: {why}"), place: None }]);
        }
        let code = |id: FuncId| self.module.get_finalized_function(id);
        for (number, (id, signature)) in targets.iter().enumerate() {
            host::set_row(self.table, number, [code(*id) as u64, self.signatures[signature]]);
            host::register(number as u32, code(*id), signature);
        }
        host::set_sites(std::mem::take(&mut self.sites));
        let inits = self.program.modules.keys().map(|path| path.join("<init>"));
        let inits = inits.filter_map(|path| self.functions.get(&path).copied());
        let inits: Vec<*const u8> = values.into_iter().chain(inits).map(code).collect();
        Ok(Compiled { inits, main: code(start) })
    }

    /// Types of parameters and result of a function as it is defined.
    fn types_of(&self, path: Name) -> (Vec<Ty>, Ty) {
        let body = &self.program.fns[&path];
        (body.params.iter().map(|param| body.locals[param.local].ty).collect(), body.ret)
    }

    fn signature_of(&mut self, path: Name) -> Signature {
        let (params, ret) = self.types_of(path);
        self.signature(&params, ret)
    }

    /// A result in bytes is written where the first parameter says.
    fn signature(&mut self, params: &[Ty], ret: Ty) -> Signature {
        let mut signature = self.module.make_signature();
        if layout::is_bytes(ret) {
            signature.params.push(AbiParam::new(types::I64));
        } else if let Some(class) = self.class(ret) {
            signature.returns.push(AbiParam::new(class));
        }
        for ty in params {
            let class = self.class(*ty).unwrap_or(types::I64);
            signature.params.push(AbiParam::new(class));
        }
        signature
    }

    /// Code of the functions whose address is taken, with the texts of their signatures.
    fn targets(&mut self) -> Vec<(FuncId, String)> {
        let mut out = Vec::new();
        for (path, ty) in &self.image.targets {
            let (id, (params, ret)) = match self.functions.get(path) {
                Some(id) => (*id, self.types_of(*path)),
                None => {
                    let (params, ret) = layout::signature(*ty);
                    let Some(id) = calls::define_library(self, *path, &params, ret) else { continue };
                    (id, (params, ret))
                }
            };
            let text = layout::erased(&params, ret);
            self.signature_number(&text);
            out.push((id, text));
        }
        out
    }

    fn signature_number(&mut self, text: &str) -> u64 {
        let next = self.signatures.len() as u64 + 1;
        *self.signatures.entry(text.to_owned()).or_insert(next)
    }

    /// The address of an object of static storage outside of checked memory.
    fn storage(&mut self, path: Name) -> u64 {
        if let Some(known) = self.storage.get(&path) {
            return *known;
        }
        let size = self.image.objects.get(&path).map_or(0, |def| self.size(def.ty));
        let address = host::storage(size);
        self.storage.insert(path, address);
        address
    }

    fn gap(&mut self, what: impl Into<String>, item: Name, origin: Origin) {
        let place = (self.options.locate)(item, origin);
        let gap = Gap { what: what.into(), place };
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// The number of a place in the source.
    fn site(&mut self, item: Name, origin: Origin) -> u32 {
        let Some(place) = (self.options.locate)(item, origin) else { return 0 };
        let site = (place.file, place.line);
        if let Some(known) = self.site_numbers.get(&site) {
            return *known;
        }
        let number = self.sites.len() as u32;
        self.sites.push(site.clone());
        self.site_numbers.insert(site, number);
        number
    }
}
