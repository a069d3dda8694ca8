//! `*args` and `**kwargs` that only go on to one function are the parameters of that function.
//!
//! before                                            after
//!   method @m.Caster.__init__(%self, *%args,          method @m.Caster.__init__(%self, %name, %hp, *,
//!                 %mana = 10, **%kwargs) {                          %mana = 10) {
//!     super __init__(*%args, **%kwargs)                 super __init__(%name, %hp)
//!     set %self.mana = %mana                            set %self.mana = %mana
//!   }                                                 }
//!
//! Holds back where the packs are looked at, for functions with decorators, and where the function that is
//! called packs its own arguments.

use super::forward::Forward;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Chains of forwarding constructors are rarely deeper.
const ROUNDS: usize = 8;

pub(super) fn expand(program: &mut Program<Hir>) {
    expand_where(program, &|_| true);
}

/// Those with `*args` that call a name, before their `**kwargs` become what the calls give.
pub(super) fn expand_positional(program: &mut Program<Hir>) {
    expand_where(program, &|body| {
        body.params.iter().any(|param| param.kind == ParamKind::Star)
            && !body
                .nodes
                .iter()
                .any(|(_, row)| matches!(row.kind, Node::Call { callee: Callee::Super(_), .. }))
    });
}

fn expand_where(program: &mut Program<Hir>, is_meant: &dyn Fn(&Body<Hir>) -> bool) {
    let has_pack = |body: &Body<Hir>| {
        let is_plain = body.decorators.is_empty() && body.kind != FnKind::Init;
        is_plain && body.params.iter().any(is_pack) && is_meant(body)
    };
    let mut open: Vec<Name> =
        program.fns.iter().filter(|(_, body)| has_pack(body)).map(|(path, _)| *path).collect();
    for _ in 0..ROUNDS {
        let known = open.len();
        open.retain(|path| match written(program, *path) {
            Some(body) => {
                program.fns.insert(*path, Arc::new(body));
                false
            }
            None => true,
        });
        if open.len() == known {
            return;
        }
    }
}

fn is_pack(param: &Param) -> bool {
    matches!(param.kind, ParamKind::Star | ParamKind::StarStar)
}

/// The function with the parameters of what it calls; `None` where that is not all that it does.
fn written(program: &Program<Hir>, path: Name) -> Option<Body<Hir>> {
    let body = &program.fns[&path];
    let of_kind = |kind: ParamKind| body.params.iter().find(|p| p.kind == kind).map(|param| param.local);
    let (star, star_star) = (of_kind(ParamKind::Star), of_kind(ParamKind::StarStar));
    let packs: Vec<LocalId> = star.into_iter().chain(star_star).collect();
    let call = only_call(body, &packs)?;
    let Node::Call { callee, args } = &body.nodes[call].kind else { return None };
    let (target, has_receiver) = called(program, path, callee)?;
    if target.params.iter().any(is_pack) || !target.decorators.is_empty() {
        return None;
    }
    let positional = args.iter().take_while(|arg| arg.kind == ArgKind::Positional).count();
    let leading = positional + usize::from(has_receiver);
    let named: Vec<Name> = args
        .iter()
        .filter_map(|arg| match arg.kind {
            ArgKind::Named(name) => Some(name),
            _ => None,
        })
        .collect();
    let is_plain = args.iter().skip(positional).all(|arg| arg.kind != ArgKind::Positional);
    let rest = target.params.get(leading..)?.iter().filter(|param| !named.contains(&param.name));
    let is_own = |param: &Param| body.params.iter().any(|own| own.name == param.name);
    // What is left must be reached: by position, or by name.
    let is_reached = |param: &Param| match param.kind {
        ParamKind::KeywordOnly => star_star.is_some() || param.default.is_some(),
        _ => true,
    };
    let rest: Vec<Param> = rest.cloned().collect();
    if !is_plain || rest.iter().any(is_own) || !rest.iter().all(is_reached) {
        return None;
    }
    let mut out = (**body).clone();
    let own = out.params.iter().filter(|param| !is_pack(param)).count();
    let marker = path.join("<forwarded>");
    let callee = callee.clone();
    out.nodes[call].kind = Node::Call { callee: Callee::Fn(marker), args: args.clone() };
    Forward { star, star_star, leading, named }.write(&mut out, &target, marker);
    if let Node::Call { callee: slot, .. } = &mut out.nodes[call].kind {
        *slot = callee;
    }
    if star.is_none() {
        out.params[own..].iter_mut().for_each(|param| param.kind = ParamKind::KeywordOnly);
    }
    out.params.sort_by_key(|param| param.kind == ParamKind::KeywordOnly);
    let places = out.params.iter().filter(|param| param.kind != ParamKind::KeywordOnly);
    let first_default = places.clone().position(|param| param.default.is_some());
    let is_ordered = first_default.is_none_or(|at| places.skip(at).all(|param| param.default.is_some()));
    is_ordered.then_some(out)
}

/// The one call that all packs go on to, where nothing else reads them.
fn only_call(body: &Body<Hir>, packs: &[LocalId]) -> Option<NodeId> {
    let mut uses = 0;
    body.each_place(&mut |place| {
        uses += usize::from(matches!(place.root, Root::Local(l) if packs.contains(&l)))
    });
    let passes = |arg: &Arg| {
        matches!(arg.kind, ArgKind::Star | ArgKind::StarStar)
            && matches!(&body.nodes[arg.value].kind, Node::Use(place, _)
                if place.as_local().is_some_and(|local| packs.contains(&local)))
    };
    let mut found = None;
    let mut passed = 0;
    body.walk_block(body.root, &mut |node| {
        let Node::Call { args, .. } = &body.nodes[node].kind else { return };
        let count = args.iter().filter(|arg| passes(arg)).count();
        if count > 0 {
            found = Some(node);
            passed = count;
        }
    });
    (passed == packs.len() && uses == passed).then_some(found?)
}

/// The function that a call runs, and whether it has a receiver that is not among the arguments.
fn called(program: &Program<Hir>, from: Name, callee: &Callee) -> Option<(Arc<Body<Hir>>, bool)> {
    match callee {
        Callee::Super(name) => {
            let after = if name.last() == name.as_str() { from.parent() } else { name.parent() };
            let order = program.mro(from.parent());
            let mut above = order.iter().skip_while(|path| **path != after).skip(1);
            let is_record = |class: &Name| {
                name.last() == "__init__"
                    && matches!(
                        program.classes.get(class).map(|def| &def.kind),
                        Some(ClassKind::Dataclass { .. })
                    )
            };
            if let Some(class) = above
                .clone()
                .find(|class| is_record(class) || program.fns.contains_key(&class.join(name.last())))
                && !program.fns.contains_key(&class.join(name.last()))
            {
                return Some((record_init(program, from, *class)?, true));
            }
            let found = above.find_map(|class| program.fns.get(&class.join(name.last())));
            match found {
                Some(body) => Some((body.clone(), body.kind != FnKind::StaticMethod)),
                None => object_init(program, &order, from, name.last()),
            }
        }
        Callee::Fn(path) => {
            let path = program.resolve(*path);
            match program.fns.get(&path) {
                Some(body) => Some((body.clone(), false)),
                None if matches!(program.classes.get(&path)?.kind, ClassKind::Dataclass { .. })
                    && program.find_method(path, "__init__").is_none() =>
                {
                    Some((record_init(program, from, path)?, true))
                }
                None => {
                    program
                        .classes
                        .get(&path)
                        .filter(|def| matches!(def.kind, ClassKind::Plain | ClassKind::Abstract))?;
                    let init = program.find_method(path, "__init__")?;
                    Some((program.fns.get(&init)?.clone(), true))
                }
            }
        }
        _ => None,
    }
}

/// The constructor of a dataclass takes its fields; one with a default that is no constant holds back.
fn record_init(program: &Program<Hir>, from: Name, class: Name) -> Option<Arc<Body<Hir>>> {
    let mut fields: Vec<FieldDef> = Vec::new();
    for path in program.mro(class).iter().rev() {
        let Some(def) = program.classes.get(path) else {
            match path.as_str() {
                "object" | "ABC" | "Generic" => continue,
                _ => return None,
            }
        };
        let ClassKind::Dataclass { kw_only, .. } = def.kind else {
            match def.fields.is_empty() {
                true => continue,
                false => return None,
            }
        };
        for field in &def.fields {
            if kw_only || field.flags.kw_only || field.flags.passed {
                return None;
            }
            match fields.iter_mut().find(|known| known.name == field.name) {
                Some(known) => *known = field.clone(),
                None => fields.push(field.clone()),
            }
        }
    }
    let like = &program.fns[&from];
    let mut body = Body::new(class.join("__init__"), like.lang, FnKind::Method);
    let at = Origin::default();
    let param = |name: Name, local: LocalId| Param { name, local, kind: ParamKind::Normal, default: None };
    let this = Name::new("self");
    let local = body.local("self", Ty::unknown(), at);
    body.params.push(param(this, local));
    for field in fields.iter().filter(|field| field.flags.init) {
        let local = body.local(field.name.as_str(), field.ty, at);
        let default = match field.default {
            Some(path) => Some(constant_default(program, path, &mut body)?),
            None => None,
        };
        body.params.push(Param { default, ..param(field.name, local) });
    }
    Some(Arc::new(body))
}

/// What a field's default function gives, where that is a constant.
fn constant_default(program: &Program<Hir>, path: Name, body: &mut Body<Hir>) -> Option<NodeId> {
    let made = program.fns.get(&path)?;
    let root = &made.blocks[made.root];
    let value = match (&root.stmts[..], root.tail) {
        ([], Some(tail)) => tail,
        ([only], None) => match only.kind {
            StmtKind::Expr(node) => match made.nodes[node].kind {
                Node::Return(Some(value)) => value,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let value = made.as_const(value)?.clone();
    Some(body.node(Node::Const(value), Ty::unknown(), Origin::default()))
}

/// `object.__init__` takes nothing but the object.
fn object_init(
    program: &Program<Hir>,
    order: &[Name],
    from: Name,
    name: &str,
) -> Option<(Arc<Body<Hir>>, bool)> {
    let is_plain = |class: &Name| {
        program.classes.get(class).is_some_and(|def| {
            matches!(def.kind, ClassKind::Plain | ClassKind::Abstract)
                && def.bases.iter().all(|base| {
                    program.classes.contains_key(base)
                        || matches!(base.last(), "object" | "ABC" | "Generic" | "Protocol")
                })
        })
    };
    if name != "__init__" || !order.iter().all(is_plain) {
        return None;
    }
    let body = &program.fns[&from];
    let mut empty = Body { params: body.params.iter().take(1).cloned().collect(), ..(**body).clone() };
    empty.decorators.clear();
    Some((Arc::new(empty), true))
}
