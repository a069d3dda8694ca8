//! What calls what in a program, and which functions call each other in a circle.

use batuta_base::{IndexMap, Name};
use batuta_core::{Callee, Child, Level, Node, Program};
use std::collections::HashMap;

/// Calls between the functions of a program. A use of a function as a value counts as a call.
#[derive(Clone, Debug, Default)]
pub struct CallGraph {
    pub calls: IndexMap<Name, Vec<Name>>,
    /// Strongly connected components, callees first.
    pub components: Vec<Vec<Name>>,
}

impl CallGraph {
    pub fn new<L: Level>(program: &Program<L>) -> Self {
        let mut calls = IndexMap::default();
        for (path, body) in &program.fns {
            let mut out: Vec<Name> = Vec::new();
            body.walk(Child::Block(body.root), &mut |node| {
                for callee in callees(program, &body.nodes[node].kind) {
                    if !out.contains(&callee) {
                        out.push(callee);
                    }
                }
            });
            calls.insert(*path, out);
        }
        let components = components(&calls);
        Self { calls, components }
    }

    /// The function can come back to itself.
    pub fn is_recursive(&self, path: Name) -> bool {
        self.calls.get(&path).is_some_and(|out| out.contains(&path))
            || self.components.iter().any(|part| part.len() > 1 && part.contains(&path))
    }

    /// Functions that `start` reaches, itself first.
    pub fn reached(&self, start: impl IntoIterator<Item = Name>) -> Vec<Name> {
        let mut out: Vec<Name> = Vec::new();
        let mut todo: Vec<Name> = start.into_iter().collect();
        while let Some(path) = todo.pop() {
            if self.calls.contains_key(&path) && !out.contains(&path) {
                out.push(path);
                todo.extend(&self.calls[&path]);
            }
        }
        out
    }
}

/// Functions of the program that a node may call.
fn callees<L: Level>(program: &Program<L>, node: &Node) -> Vec<Name> {
    match node {
        Node::Call { callee: Callee::Fn(path), .. } | Node::Item(path) => vec![*path],
        Node::Call { callee: Callee::New(class), .. } => vec![class.join("__init__")],
        Node::Call { callee: Callee::Virtual(path), .. } => {
            let classes = program.subclasses(path.parent()).into_iter();
            classes.filter_map(|class| program.find_method(class, path.last())).collect()
        }
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|path| program.fns.contains_key(path))
    .collect()
}

/// Tarjan's algorithm, without recursion.
fn components(calls: &IndexMap<Name, Vec<Name>>) -> Vec<Vec<Name>> {
    let mut out = Vec::new();
    let (mut index, mut low): (HashMap<Name, usize>, HashMap<Name, usize>) = Default::default();
    let (mut open, mut stack): (Vec<Name>, Vec<(Name, usize)>) = Default::default();
    for start in calls.keys() {
        if !index.contains_key(start) {
            stack.push((*start, 0));
        }
        while let Some((path, next)) = stack.pop() {
            if next == 0 {
                let number = index.len();
                index.insert(path, number);
                low.insert(path, number);
                open.push(path);
            }
            if let Some(callee) = calls[&path].get(next) {
                stack.push((path, next + 1));
                match index.get(callee) {
                    None => stack.push((*callee, 0)),
                    Some(number) if open.contains(callee) => {
                        let lower = low[&path].min(*number);
                        low.insert(path, lower);
                    }
                    Some(_) => {}
                }
                continue;
            }
            if let Some((caller, _)) = stack.last() {
                let lower = low[caller].min(low[&path]);
                low.insert(*caller, lower);
            }
            if low[&path] == index[&path] {
                let at = open.iter().position(|other| *other == path).expect("it was opened above");
                out.push(open.split_off(at));
            }
        }
    }
    out
}
