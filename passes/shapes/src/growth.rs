//! Which ints need `rt::Int`: growth is judged on the part of the flow that feeds itself.
//!
//! Growth: a product or a sum of two values of one cycle, `math.prod`, a power or shift with a variable count,
//! a literal or a shift beyond 64 bits. No growth: a cycle cut by `%`, `&` or a loop guard; a value used as an
//! index; a sum over plain recursion (`fib(n - 1) + fib(n - 2)` cannot take more steps than it counts); what goes
//! into a new object of the same class, unless it is a product of two such fields: `Vec(self.x + other.x)` and
//! `Vec(self.x * k)` move on by steps, `Rational(self.n * other.n)` multiplies.

use crate::ShapeOptions;
use crate::build::{Built, Step};
use crate::fold::Folded;
use crate::graph::ShapeId;
use batuta_base::{FxHashMap, FxHashSet};
use batuta_core::IntOp;

/// Marks the wide shapes and spreads the width along the flows.
pub fn widths(built: &mut Built, options: ShapeOptions) {
    if options.fixed {
        return;
    }
    let steps = std::mem::take(&mut built.steps);
    if options.all_big {
        for step in &steps {
            built.graph.set_big(step.result);
        }
    }
    let huge = |step: &&Step| step.folded.is_some_and(|folded| !folded.fits_i64());
    let mut constants = built.huge.clone();
    constants.extend(steps.iter().filter(huge).map(|step| step.result));
    built.graph.spread_constants(&constants);
    wide_products(built, &steps);
    for product in built.products.clone() {
        if !built.graph.is_index(product) {
            built.graph.set_big(product);
        }
    }
    let wide: Vec<(ShapeId, ShapeId)> =
        steps.iter().filter(|step| !step.folded.is_some_and(Folded::fits_i64)).flat_map(wide_edges).collect();
    loop {
        grow(built, &steps);
        let known = built.graph.edges.len();
        built.graph.edges.extend_from_slice(&wide);
        for long in std::mem::take(&mut built.long) {
            built.graph.widen_sources(long);
        }
        built.graph.spread_width();
        built.graph.edges.truncate(known);
        // What is only bounded by a wide value grows as wide: `while a < 10 ** 30`.
        let bounds = built.bounds.len();
        let graph = &built.graph;
        built.bounds.retain(|(_, large)| !graph.is_big(*large));
        if built.bounds.len() == bounds {
            break;
        }
    }
    built.steps = steps;
}

/// Makes wide what grows within the present bounds.
fn grow(built: &mut Built, steps: &[Step]) {
    let flows = Flows {
        products: Flow::new(built, steps, &[]),
        scalings: Flow::new(built, steps, &[&built.made]),
        sums: Flow::new(built, steps, &[&built.made, &built.recursive]),
    };
    for step in steps {
        if is_growth(built, step, &flows) {
            built.graph.set_big(step.result);
        }
    }
}

/// What counts as carried around, for each kind of step.
struct Flows {
    /// Everything: a product of two carried values.
    products: Flow,
    /// Not what goes into new objects: a carried value times another one.
    scalings: Flow,
    /// Nor the results of recursive calls.
    sums: Flow,
}

fn is_growth(built: &Built, step: &Step, flows: &Flows) -> bool {
    if let Some(folded) = step.folded {
        return !folded.fits_i64();
    }
    let in_cycle = |flow: &Flow, shape: ShapeId| flow.same_cycle(built, shape, step.result);
    match step.op {
        IntOp::Pow => step.literal.is_none_or(|exponent| exponent > 4) && !built.graph.is_index(step.result),
        IntOp::Shl => {
            step.literal.is_none_or(|count| count > 62) && !built.graph.is_index(step.result)
                || step.operands.iter().take(1).any(|operand| in_cycle(&flows.scalings, *operand))
        }
        IntOp::Mul => {
            step.operands.iter().any(|operand| in_cycle(&flows.scalings, *operand))
                || step.operands.iter().all(|operand| in_cycle(&flows.products, *operand))
        }
        IntOp::Add | IntOp::Sub => {
            step.operands.len() == 2 && step.operands.iter().all(|operand| in_cycle(&flows.sums, *operand))
        }
        _ => false,
    }
}

/// The largest modulus whose residues have a product within 64 bits.
const SAFE_MODULUS: i64 = 3_037_000_499;

/// `x = x * y % m`: the product of two residues of a large `m` is wide, the residue itself is not. A constant that
/// is large says so for every product below it.
fn wide_products(built: &mut Built, steps: &[Step]) {
    let results: FxHashMap<usize, &Step> =
        steps.iter().map(|step| (built.graph.slot(step.result), step)).collect();
    let reduces = |step: &&Step| step.op == IntOp::FloorMod && step.operands.len() == 2;
    // A product of a residue and another one, or a constant factor.
    let overflows = |factor: Option<i64>, modulus: Option<i64>| match (factor, modulus) {
        (Some(factor), Some(modulus)) => factor.checked_mul(modulus).is_none(),
        (Some(_), None) => false,
        (None, modulus) => modulus.is_none_or(|modulus| modulus.saturating_abs() > SAFE_MODULUS),
    };
    let mut found = Vec::new();
    let mut flow = None;
    for step in steps.iter().filter(reduces) {
        let is_large = step.literal.is_some_and(|modulus| modulus.saturating_abs() > SAFE_MODULUS);
        let mut todo = vec![step.operands[0]];
        while let Some(shape) = todo.pop() {
            let Some(part) = results.get(&built.graph.slot(shape)) else { continue };
            if matches!(part.op, IntOp::Add | IntOp::Sub) || is_large && part.op == IntOp::Mul {
                todo.extend(&part.operands);
            }
            if part.op == IntOp::Mul && overflows(part.literal, step.literal) {
                let flow = flow.get_or_insert_with(|| Flow::with_residues(built, steps));
                if is_large || flow.same_cycle(built, part.result, step.result) {
                    found.push(part.result);
                }
            }
        }
    }
    for product in found {
        built.graph.set_big(product);
    }
}

/// A wide operand makes the result wide, except where the operation bounds it.
fn wide_edges(step: &Step) -> Vec<(ShapeId, ShapeId)> {
    let operands = match step.op {
        IntOp::FloorMod | IntOp::Rem if step.operands.len() == 2 => &step.operands[1..],
        IntOp::FloorMod | IntOp::Rem | IntOp::TrueDiv | IntOp::ToFloat | IntOp::Truth => &[],
        IntOp::And if step.literal.is_some_and(|mask| mask >= 0) => &[],
        IntOp::Shr | IntOp::Shl | IntOp::Pow => &step.operands[..1],
        _ => &step.operands[..],
    };
    operands.iter().map(|operand| (*operand, step.result)).collect()
}

/// Strongly connected parts of the int flow.
struct Flow {
    component: FxHashMap<usize, usize>,
}

impl Flow {
    /// All flow, also through what reduces a value.
    fn with_residues(built: &Built, steps: &[Step]) -> Self {
        let mut targets: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        let flows = steps.iter().flat_map(|step| step.operands.iter().map(|operand| (*operand, step.result)));
        for (from, to) in built.graph.edges.iter().copied().chain(flows) {
            targets.entry(built.graph.slot(from)).or_default().push(built.graph.slot(to));
        }
        Self { component: components(&targets) }
    }

    /// All flow but what bounds cut and the given edges.
    fn new(built: &Built, steps: &[Step], without: &[&Vec<(ShapeId, ShapeId)>]) -> Self {
        let mut targets: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        let bounded: FxHashSet<usize> =
            built.bounds.iter().map(|(small, _)| built.graph.slot(*small)).collect();
        let slots = |(a, b): &(ShapeId, ShapeId)| (built.graph.slot(*a), built.graph.slot(*b));
        let cut: FxHashSet<(usize, usize)> = without.iter().flat_map(|list| list.iter().map(slots)).collect();
        let mut add = |from: ShapeId, to: ShapeId| {
            // What is an index stays within 64 bits: a cycle through it does not grow.
            if built.graph.is_index(from) || built.graph.is_index(to) {
                return;
            }
            let (from, to) = (built.graph.slot(from), built.graph.slot(to));
            if !bounded.contains(&to) && !bounded.contains(&from) && !cut.contains(&(from, to)) {
                targets.entry(from).or_default().push(to);
            }
        };
        for (from, to) in &built.graph.edges {
            add(*from, *to);
        }
        for step in steps {
            match step.op {
                IntOp::FloorMod | IntOp::Rem | IntOp::And | IntOp::FloorDiv | IntOp::Div | IntOp::Shr => {}
                _ => step.operands.iter().for_each(|operand| add(*operand, step.result)),
            }
        }
        Self { component: components(&targets) }
    }

    fn same_cycle(&self, built: &Built, a: ShapeId, b: ShapeId) -> bool {
        let (a, b) = (built.graph.slot(a), built.graph.slot(b));
        match (self.component.get(&a), self.component.get(&b)) {
            (Some(x), Some(y)) => x == y,
            _ => false,
        }
    }
}

/// Component number of every node that lies on a cycle (Tarjan, with an explicit stack).
fn components(targets: &FxHashMap<usize, Vec<usize>>) -> FxHashMap<usize, usize> {
    struct Frame {
        node: usize,
        next: usize,
    }
    let mut index: FxHashMap<usize, usize> = FxHashMap::default();
    let mut low: FxHashMap<usize, usize> = FxHashMap::default();
    let mut on_stack: FxHashSet<usize> = FxHashSet::default();
    let mut stack = Vec::new();
    let mut found = FxHashMap::default();
    let none: Vec<usize> = Vec::new();
    let mut roots: Vec<usize> = targets.keys().copied().collect();
    roots.sort_unstable();
    for root in roots {
        if index.contains_key(&root) {
            continue;
        }
        let mut frames = vec![Frame { node: root, next: 0 }];
        while let Some(frame) = frames.last_mut() {
            let node = frame.node;
            if frame.next == 0 {
                let order = index.len();
                index.insert(node, order);
                low.insert(node, order);
                stack.push(node);
                on_stack.insert(node);
            }
            let below = targets.get(&node).unwrap_or(&none);
            if let Some(next) = below.get(frame.next) {
                frame.next += 1;
                if !index.contains_key(next) {
                    frames.push(Frame { node: *next, next: 0 });
                } else if on_stack.contains(next) {
                    let reach = low[&node].min(index[next]);
                    low.insert(node, reach);
                }
                continue;
            }
            frames.pop();
            if let Some(above) = frames.last() {
                let reach = low[&above.node].min(low[&node]);
                low.insert(above.node, reach);
            }
            if low[&node] == index[&node] {
                let start = stack.iter().rposition(|entry| *entry == node).expect("pushed on entry");
                let members = stack.split_off(start);
                let is_cycle = members.len() > 1 || below.contains(&node);
                for member in members {
                    on_stack.remove(&member);
                    if is_cycle {
                        found.insert(member, index[&node]);
                    }
                }
            }
        }
    }
    found
}
