//! `*args` and `**kwargs` that are only handed on are what the calls give: one version for each shape of call.
//!
//! before                                             after
//!   staticmethod @m.Task.make(%kind, *%args,           staticmethod @m.Task.make(%kind, %arg, *, %cost) {
//!                             **%kwargs) {
//!     return value (%cls)(*%args, **%kwargs)             return value (%cls)(%arg, cost= %cost)
//!   }                                                  }
//!   call @m.Task.make("a", "app", cost= 5)             call @m.Task.make("a", "app", cost= 5)
//!
//! A second shape calls a copy under another name. Holds back where the packs are looked at, where a call spreads
//! others, where the function is a value, and for more than [`MOST`] shapes.

use super::decorate::{free_path, move_away};
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// How many versions a function has at most.
const MOST: usize = 6;

/// Chains of functions that hand on are rarely deeper.
const ROUNDS: usize = 4;

/// Writes out the packs of a program's functions.
pub(super) fn expand(program: &mut Program<Hir>) {
    for _ in 0..ROUNDS {
        let packed = |body: &Body<Hir>| body.params.iter().any(is_pack);
        let open: Vec<Name> =
            program.fns.iter().filter(|(_, body)| packed(body)).map(|(path, _)| *path).collect();
        let mut is_done = true;
        for path in open {
            if let Some(sites) = plan(program, path) {
                write_out(program, path, sites);
                is_done = false;
            }
        }
        if is_done {
            return;
        }
    }
}

fn is_pack(param: &Param) -> bool {
    matches!(param.kind, ParamKind::Star | ParamKind::StarStar)
}

/// What a call gives beyond the parameters that have names.
#[derive(Clone, PartialEq, Eq, Default)]
struct Shape {
    extra: usize,
    named: Vec<Name>,
}

impl Shape {
    fn is_like(&self, other: &Shape) -> bool {
        self.extra == other.extra
            && self.named.len() == other.named.len()
            && self.named.iter().all(|name| other.named.contains(name))
    }
}

/// A call, by the function that holds it.
struct Site {
    holder: Name,
    call: NodeId,
    shape: Shape,
}

/// The calls of a function whose packs are only handed on.
fn plan(program: &Program<Hir>, path: Name) -> Option<Vec<Site>> {
    let body = &program.fns[&path];
    let is_plain = body.decorators.is_empty() && body.kind != FnKind::Init;
    if !is_plain || path.last().starts_with("__") || !hands_on(body) {
        return None;
    }
    let is_method = program.classes.contains_key(&path.parent());
    if is_method && program.fns.keys().filter(|other| other.last() == path.last()).count() > 1 {
        return None;
    }
    let mut sites = Vec::new();
    for (holder, caller) in &program.fns {
        for (call, row) in caller.nodes.iter() {
            match &row.kind {
                Node::Call { callee, args } => {
                    let is_bound = match callee {
                        Callee::Fn(found) if program.resolve(*found) == path => {
                            body.kind == FnKind::ClassMethod
                        }
                        Callee::Method(_, name) if is_method && *name == path.last() => {
                            body.kind != FnKind::StaticMethod
                        }
                        Callee::Super(name) if is_method && name.last() == path.last() => return None,
                        _ => continue,
                    };
                    let mut shape = shape(body, args, is_bound)?;
                    // The order of names is that of the first call.
                    let mut known = sites.iter().map(|site: &Site| &site.shape);
                    if let Some(found) = known.find(|known| known.is_like(&shape)) {
                        shape = found.clone();
                    }
                    sites.push(Site { holder: *holder, call, shape });
                }
                Node::Item(found) if program.resolve(*found) == path => return None,
                Node::Use(place, _) => {
                    let names_it = |proj: &Proj| *proj == Proj::Field(Name::new(path.last()));
                    let is_it = matches!(place.root, Root::Global(found) if program.resolve(found) == path);
                    if is_it || is_method && place.proj.iter().any(names_it) {
                        return None;
                    }
                }
                _ => {}
            }
        }
    }
    let mut shapes: Vec<&Shape> = Vec::new();
    for site in &sites {
        if !shapes.contains(&&site.shape) {
            shapes.push(&site.shape);
        }
    }
    (!sites.is_empty() && shapes.len() <= MOST).then_some(sites)
}

/// Whether a body does nothing with its packs but hand them on.
fn hands_on(body: &Body<Hir>) -> bool {
    let packs: Vec<LocalId> =
        body.params.iter().filter(|param| is_pack(param)).map(|param| param.local).collect();
    let mut uses = 0;
    body.each_place(&mut |place| {
        uses += usize::from(matches!(place.root, Root::Local(local) if packs.contains(&local)));
    });
    let passed = body.nodes.iter().filter_map(|(_, row)| match &row.kind {
        Node::Call { args, .. } => {
            Some(args.iter().filter(|arg| spread(body, arg, &packs).is_some()).count())
        }
        _ => None,
    });
    uses > 0 && passed.sum::<usize>() == uses
}

/// The pack that an argument spreads.
fn spread(body: &Body<Hir>, arg: &Arg, packs: &[LocalId]) -> Option<LocalId> {
    if !matches!(arg.kind, ArgKind::Star | ArgKind::StarStar) {
        return None;
    }
    let Node::Use(place, _) = &body.nodes[arg.value].kind else { return None };
    place.as_local().filter(|local| packs.contains(local))
}

fn shape(body: &Body<Hir>, args: &[Arg], is_bound: bool) -> Option<Shape> {
    let of_kind = |kind: ParamKind| body.params.iter().any(|param| param.kind == kind);
    let is_place = |param: &&Param| matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly);
    let places = body.params.iter().filter(is_place).count() - usize::from(is_bound);
    let mut out = Shape::default();
    let mut count = 0;
    for arg in args {
        match arg.kind {
            ArgKind::Positional => count += 1,
            ArgKind::Named(name) if body.params.iter().any(|param| param.name == name && !is_pack(param)) => {
            }
            ArgKind::Named(name) => out.named.push(name),
            _ => return None,
        }
    }
    out.extra = usize::saturating_sub(count, places);
    let fits = (out.extra == 0 || of_kind(ParamKind::Star))
        && (out.named.is_empty() || of_kind(ParamKind::StarStar));
    fits.then_some(out)
}

/// The first shape takes the function itself, others get copies.
fn write_out(program: &mut Program<Hir>, path: Name, sites: Vec<Site>) {
    let mut versions: Vec<(Shape, Name)> = Vec::new();
    for site in &sites {
        if versions.iter().any(|(shape, _)| *shape == site.shape) {
            continue;
        }
        let name = match versions.is_empty() {
            true => path,
            false => {
                let word = match &site.shape.named[..] {
                    [] => format!("of_{}", site.shape.extra),
                    named => named.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("_"),
                };
                let copy = free_path(program, path, &word);
                move_away(program, path, copy);
                copy
            }
        };
        versions.push((site.shape.clone(), name));
    }
    for (shape, name) in &versions {
        open(Arc::make_mut(&mut program.fns[name]), shape);
    }
    for site in sites {
        let Some((_, name)) = versions.iter().find(|(shape, _)| *shape == site.shape) else { continue };
        if *name == path {
            continue;
        }
        let holder = Arc::make_mut(&mut program.fns[&site.holder]);
        if let Node::Call { callee, .. } = &mut holder.nodes[site.call].kind {
            match callee {
                Callee::Method(_, method) => *method = Name::new(name.last()),
                callee => *callee = Callee::Fn(*name),
            }
        }
    }
}

/// Gives a function the parameters of a shape for its packs.
fn open(body: &mut Body<Hir>, shape: &Shape) {
    let origin = body.origin;
    let pack =
        |body: &Body<Hir>, kind: ParamKind| body.params.iter().find(|param| param.kind == kind).cloned();
    let (star, star_star) = (pack(body, ParamKind::Star), pack(body, ParamKind::StarStar));
    body.params.retain(|param| !is_pack(param));
    let word = star.as_ref().map_or("arg", |star| singular(star.name.as_str())).to_owned();
    let mut extra = Vec::new();
    for at in 1..=shape.extra {
        let name = if shape.extra == 1 { word.clone() } else { format!("{word}_{at}") };
        extra.push(new_param(body, Name::new(&name), ParamKind::Normal, origin));
    }
    let named: Vec<Param> =
        shape.named.iter().map(|name| new_param(body, *name, ParamKind::KeywordOnly, origin)).collect();
    if !extra.is_empty() {
        // All before them are given.
        body.params.iter_mut().filter(|param| param.kind == ParamKind::Normal).for_each(|p| p.default = None);
    }
    let at = body.params.iter().take_while(|param| param.kind != ParamKind::KeywordOnly).count();
    body.params.splice(at..at, extra.iter().cloned());
    body.params.extend(named.iter().cloned());
    let packs: Vec<LocalId> = star.iter().chain(&star_star).map(|param| param.local).collect();
    for call in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee, args } = body.nodes[call].kind.clone() else { continue };
        if !args.iter().any(|arg| spread(body, arg, &packs).is_some()) {
            continue;
        }
        let at = body.nodes[call].origin;
        let mut out = Vec::new();
        for arg in args {
            let Some(pack) = spread(body, &arg, &packs) else {
                out.push(arg);
                continue;
            };
            let is_star = star.as_ref().is_some_and(|star| star.local == pack);
            for param in if is_star { &extra } else { &named } {
                let kind = if is_star { ArgKind::Positional } else { ArgKind::Named(param.name) };
                out.push(Arg { kind, value: body.use_local(param.local, Mode::Read, at) });
            }
        }
        body.nodes[call].kind = Node::Call { callee, args: out };
    }
}

/// `arg` of `args`.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if one.len() > 1 => one,
        _ => word,
    }
}

fn new_param(body: &mut Body<Hir>, wanted: Name, kind: ParamKind, origin: batuta_base::Origin) -> Param {
    let is_taken = |body: &Body<Hir>, name: Name| body.params.iter().any(|param| param.name == name);
    let mut name = wanted;
    while kind == ParamKind::Normal && is_taken(body, name) {
        name = Name::new(&format!("{name}_"));
    }
    let local = body.local(name.as_str(), Ty::unknown(), origin);
    Param { name, local, kind, default: None }
}
