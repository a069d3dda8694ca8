const REQUIRED: u8 = 0;
const PREFERRED: u8 = 2;
const STRONG_DEFAULT: u8 = 3;
const NORMAL: u8 = 4;
const WEAKEST: u8 = 6;

/// Variables and constraints live in arenas and name each other by position.
type Id = usize;

struct Variable {
    value: i64,
    constraints: Vec<Id>,
    determined_by: Option<Id>,
    mark: u64,
    walk_strength: u8,
    stay: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    None,
    Forward,
    Backward,
}

#[derive(Clone, Copy)]
enum Kind {
    Stay { variable: Id },
    Edit { variable: Id },
    Equal { first: Id, second: Id },
    Scale { first: Id, second: Id, scale: Id, offset: Id },
}

struct Constraint {
    strength: u8,
    /// A constraint on one variable is satisfied forwards.
    direction: Direction,
    kind: Kind,
}

impl Constraint {
    fn is_satisfied(&self) -> bool {
        self.direction != Direction::None
    }

    fn input(&self) -> Option<Id> {
        match self.kind {
            Kind::Stay { .. } | Kind::Edit { .. } => None,
            Kind::Equal { first, second } | Kind::Scale { first, second, .. } => {
                Some(if self.direction == Direction::Forward { first } else { second })
            }
        }
    }

    fn output(&self) -> Id {
        match self.kind {
            Kind::Stay { variable } | Kind::Edit { variable } => variable,
            Kind::Equal { first, second } | Kind::Scale { first, second, .. } => {
                if self.direction == Direction::Forward { second } else { first }
            }
        }
    }
}

#[derive(Default)]
struct Planner {
    variables: Vec<Variable>,
    constraints: Vec<Constraint>,
    current_mark: u64,
}

impl Planner {
    fn variable(&mut self, value: i64) -> Id {
        self.variables.push(Variable {
            value,
            constraints: Vec::new(),
            determined_by: None,
            mark: 0,
            walk_strength: WEAKEST,
            stay: true,
        });
        self.variables.len() - 1
    }

    fn add(&mut self, strength: u8, kind: Kind) -> Id {
        let at = self.constraints.len();
        self.constraints.push(Constraint { strength, direction: Direction::None, kind });
        self.each_variable(at, |variable| variable.constraints.push(at));
        self.incremental_add(at);
        at
    }

    fn each_variable(&mut self, at: Id, mut f: impl FnMut(&mut Variable)) {
        let mut on = |ids: &[Id]| ids.iter().for_each(|id| f(&mut self.variables[*id]));
        match self.constraints[at].kind {
            Kind::Stay { variable } | Kind::Edit { variable } => on(&[variable]),
            Kind::Equal { first, second } => on(&[first, second]),
            Kind::Scale { first, second, scale, offset } => on(&[first, second, scale, offset]),
        }
    }

    fn remove_from_graph(&mut self, at: Id) {
        self.each_variable(at, |variable| {
            let position = variable.constraints.iter().position(|other| *other == at);
            variable.constraints.remove(position.expect("the constraint was added"));
            if variable.determined_by == Some(at) {
                variable.determined_by = None;
            }
        });
        self.constraints[at].direction = Direction::None;
    }

    fn destroy(&mut self, at: Id) {
        if self.constraints[at].is_satisfied() {
            self.incremental_remove(at);
        } else {
            self.remove_from_graph(at);
        }
    }

    fn choose_method(&mut self, at: Id, mark: u64) {
        let strength = self.constraints[at].strength;
        self.constraints[at].direction = match self.constraints[at].kind {
            Kind::Stay { variable } | Kind::Edit { variable } => {
                let variable = &self.variables[variable];
                let is_free = variable.mark != mark && strength < variable.walk_strength;
                if is_free { Direction::Forward } else { Direction::None }
            }
            Kind::Equal { first, second } | Kind::Scale { first, second, .. } => {
                let (first, second) = (&self.variables[first], &self.variables[second]);
                let (wish, is_free) = if first.mark == mark {
                    (Direction::Forward, second.mark != mark && strength < second.walk_strength)
                } else if second.mark == mark {
                    (Direction::Backward, first.mark != mark && strength < first.walk_strength)
                } else if first.walk_strength > second.walk_strength {
                    (Direction::Backward, strength < first.walk_strength)
                } else {
                    (Direction::Forward, strength < second.walk_strength)
                };
                if is_free { wish } else { Direction::None }
            }
        };
    }

    fn satisfy(&mut self, at: Id, mark: u64) -> Option<Id> {
        self.choose_method(at, mark);
        if !self.constraints[at].is_satisfied() {
            if self.constraints[at].strength == REQUIRED {
                println!("cannot satisfy a required constraint");
            }
            return None;
        }
        if let Some(input) = self.constraints[at].input() {
            self.variables[input].mark = mark;
        }
        if let Kind::Scale { scale, offset, .. } = self.constraints[at].kind {
            self.variables[scale].mark = mark;
            self.variables[offset].mark = mark;
        }
        let out = self.constraints[at].output();
        let overridden = self.variables[out].determined_by.replace(at);
        if let Some(overridden) = overridden {
            self.constraints[overridden].direction = Direction::None;
        }
        if !self.add_propagate(at, mark) {
            println!("cycle");
        }
        self.variables[out].mark = mark;
        overridden
    }

    fn inputs_known(&self, at: Id, mark: u64) -> bool {
        self.constraints[at].input().is_none_or(|input| {
            let input = &self.variables[input];
            input.mark == mark || input.stay || input.determined_by.is_none()
        })
    }

    fn recalculate(&mut self, at: Id) {
        let constraint = &self.constraints[at];
        let strength = constraint.strength;
        let (walk_strength, stay) = match (constraint.kind, constraint.input()) {
            (Kind::Stay { .. }, _) | (_, None) => (strength, !matches!(constraint.kind, Kind::Edit { .. })),
            (kind, Some(input)) => {
                let input = &self.variables[input];
                let stay = input.stay
                    && match kind {
                        Kind::Scale { scale, offset, .. } => self.variables[scale].stay && self.variables[offset].stay,
                        _ => true,
                    };
                (strength.max(input.walk_strength), stay)
            }
        };
        let out = &mut self.variables[constraint.output()];
        out.walk_strength = walk_strength;
        out.stay = stay;
        if stay {
            self.execute(at);
        }
    }

    fn execute(&mut self, at: Id) {
        let constraint = &self.constraints[at];
        let value = |id: Id| self.variables[id].value;
        let value = match constraint.kind {
            Kind::Stay { .. } | Kind::Edit { .. } => return,
            Kind::Equal { first, second } => {
                value(if constraint.direction == Direction::Forward { first } else { second })
            }
            Kind::Scale { first, scale, offset, .. } if constraint.direction == Direction::Forward => {
                value(first) * value(scale) + value(offset)
            }
            Kind::Scale { second, scale, offset, .. } => (value(second) - value(offset)).div_euclid(value(scale)),
        };
        self.variables[constraint.output()].value = value;
    }

    fn new_mark(&mut self) -> u64 {
        self.current_mark += 1;
        self.current_mark
    }

    fn incremental_add(&mut self, at: Id) {
        let mark = self.new_mark();
        let mut next = Some(at);
        while let Some(at) = next {
            next = self.satisfy(at, mark);
        }
    }

    fn incremental_remove(&mut self, at: Id) {
        let out = self.constraints[at].output();
        self.constraints[at].direction = Direction::None;
        self.remove_from_graph(at);
        let unsatisfied = self.remove_propagate_from(out);
        for strength in REQUIRED..=WEAKEST {
            for &other in &unsatisfied {
                if self.constraints[other].strength == strength {
                    self.incremental_add(other);
                }
            }
        }
    }

    fn plan_from(&mut self, edit: Id) -> Vec<Id> {
        let mut todo: Vec<Id> = Vec::new();
        todo.extend(self.constraints[edit].is_satisfied().then_some(edit));
        let mark = self.new_mark();
        let mut plan = Vec::new();
        while let Some(at) = todo.pop() {
            let out = self.constraints[at].output();
            if self.variables[out].mark != mark && self.inputs_known(at, mark) {
                plan.push(at);
                self.variables[out].mark = mark;
                self.add_consuming(out, &mut todo);
            }
        }
        plan
    }

    fn add_propagate(&mut self, at: Id, mark: u64) -> bool {
        let mut todo = vec![at];
        while let Some(current) = todo.pop() {
            let out = self.constraints[current].output();
            if self.variables[out].mark == mark {
                self.incremental_remove(at);
                return false;
            }
            self.recalculate(current);
            self.add_consuming(out, &mut todo);
        }
        true
    }

    fn remove_propagate_from(&mut self, out: Id) -> Vec<Id> {
        let variable = &mut self.variables[out];
        variable.determined_by = None;
        variable.walk_strength = WEAKEST;
        variable.stay = true;
        let mut unsatisfied = Vec::new();
        let mut todo = vec![out];
        let mut consuming = Vec::new();
        while let Some(at) = todo.pop() {
            let around = self.variables[at].constraints.iter();
            unsatisfied.extend(around.filter(|other| !self.constraints[**other].is_satisfied()));
            self.add_consuming(at, &mut consuming);
            for other in consuming.drain(..) {
                self.recalculate(other);
                todo.push(self.constraints[other].output());
            }
        }
        unsatisfied
    }

    fn add_consuming(&self, at: Id, found: &mut Vec<Id>) {
        let variable = &self.variables[at];
        let consumes = |other: &&Id| variable.determined_by != Some(**other) && self.constraints[**other].is_satisfied();
        found.extend(variable.constraints.iter().filter(consumes));
    }

    fn change(&mut self, variable: Id, value: i64) {
        let edit = self.add(PREFERRED, Kind::Edit { variable });
        let plan = self.plan_from(edit);
        for _ in 0..10 {
            self.variables[variable].value = value;
            plan.iter().for_each(|at| self.execute(*at));
        }
        self.destroy(edit);
    }
}

fn chain(n: usize) -> u64 {
    let mut planner = Planner::default();
    let variables: Vec<Id> = (0..=n).map(|_| planner.variable(0)).collect();
    for pair in variables.windows(2) {
        planner.add(REQUIRED, Kind::Equal { first: pair[0], second: pair[1] });
    }
    planner.add(STRONG_DEFAULT, Kind::Stay { variable: variables[n] });
    let edit = planner.add(PREFERRED, Kind::Edit { variable: variables[0] });
    let plan = planner.plan_from(edit);
    for value in 0..100 {
        planner.variables[variables[0]].value = value;
        plan.iter().for_each(|at| planner.execute(*at));
        if planner.variables[variables[n]].value != value {
            println!("chain failed");
        }
    }
    planner.destroy(edit);
    planner.current_mark
}

fn projection(n: usize) -> i64 {
    let mut planner = Planner::default();
    let scale = planner.variable(10);
    let offset = planner.variable(1000);
    let (mut sources, mut targets) = (Vec::new(), Vec::new());
    for i in 0..n as i64 {
        let (first, second) = (planner.variable(i), planner.variable(i));
        sources.push(first);
        targets.push(second);
        planner.add(NORMAL, Kind::Stay { variable: first });
        planner.add(REQUIRED, Kind::Scale { first, second, scale, offset });
    }
    let (source, target) = (sources[n - 1], targets[n - 1]);
    planner.change(source, 17);
    if planner.variables[target].value != 1170 {
        println!("projection 1 failed");
    }
    planner.change(target, 1050);
    if planner.variables[source].value != 5 {
        println!("projection 2 failed");
    }
    for (changed, value, round) in [(scale, 5, 3), (offset, 2000, 4)] {
        planner.change(changed, value);
        let above = planner.variables[offset].value;
        for (i, target) in targets[..n - 1].iter().enumerate() {
            if planner.variables[*target].value != i as i64 * 5 + above {
                println!("projection {round} failed");
            }
        }
    }
    planner.current_mark as i64 + targets.iter().map(|target| planner.variables[*target].value).sum::<i64>()
}

fn main() {
    let mut total = 0;
    for _ in 0..40 {
        total += chain(300) as i64 + projection(300);
    }
    println!("{total}");
}
