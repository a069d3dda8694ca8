//! Comments go where their line went: above the item or statement that followed them, or beside it.

use super::link::{Linked, UnitTree};
use crate::lex::Remark;
use batuta_base::Name;
use batuta_core::{BlockId, Body, Child, Comment, Item, ItemRow, Mir, Module, Program, Stmt};
use std::sync::Arc;

/// Where an item begins and ends in its file.
struct Span {
    item: Item,
    start: u32,
    end: u32,
}

/// Hands out the comments of the unit's files and puts the items of its modules in the order of the text.
pub(super) fn place(linked: &mut Linked, program: &mut Program<Mir>, unit: &UnitTree, index: usize) {
    for (file, home) in unit.files.iter().zip(&unit.homes).filter(|(file, _)| !file.bundled) {
        let Some(module) = program.modules.get(home).cloned() else { continue };
        if !module.items.is_empty() && module.file != unit_file(unit) {
            // A header that another unit has read before.
            let known = module.items.len();
            let found = spans(linked, program, *home, unit.module);
            if found.len() <= known {
                continue;
            }
        }
        if module.file.as_str() != file.path {
            continue;
        }
        let mut module: Module = (*module).clone();
        module.items.clear();
        let remarks: Vec<&Remark> = file.remarks.iter().collect();
        let mut next = 0;
        let text = file.text.clone();
        let mut last_end: Option<u32> = None;
        for span in spans(linked, program, *home, unit.module) {
            let mut above = Vec::new();
            while next < remarks.len() && remarks[next].end <= span.start {
                let made = comment(remarks[next], &text);
                // What stands behind an item on its line says something of that one.
                let is_beside = !remarks[next].own_line
                    && last_end.is_some_and(|end| {
                        end <= remarks[next].start
                            && !text[end as usize..remarks[next].start as usize].contains('\n')
                    });
                match module.items.last_mut().filter(|_| is_beside) {
                    Some(last) => last.above.push(made),
                    None => above.push(made),
                }
                next += 1;
            }
            last_end = Some(span.end);
            if let Item::Class(path) = span.item {
                let from = next;
                while next < remarks.len() && remarks[next].end <= span.end {
                    next += 1;
                }
                let left = in_record(linked, unit, index, path, &remarks[from..next], &text);
                above.extend(left);
            }
            if let Item::Fn(path) = span.item
                && let Some(body) = program.fns.get_mut(&path)
            {
                let from = next;
                while next < remarks.len() && remarks[next].end <= span.end {
                    next += 1;
                }
                in_body(Arc::make_mut(body), &remarks[from..next], &text);
            }
            module.items.push(ItemRow { item: span.item, above, base: span.start });
        }
        module.end_comments = remarks[next..].iter().map(|remark| comment(remark, &text)).collect();
        program.modules.insert(*home, Arc::new(module));
    }
}

fn unit_file(unit: &UnitTree) -> Name {
    unit.files.first().map_or(Name::new(""), |file| Name::new(&file.path))
}

/// Items of a module that stand in its own file, in the order of the text.
fn spans(linked: &Linked, program: &Program<Mir>, module: Name, unit: Name) -> Vec<Span> {
    let mut out = Vec::new();
    let image = &linked.image;
    for (path, def) in &image.records {
        if path.parent() == module && def.place.module == module {
            out.push(Span {
                item: Item::Class(*path),
                start: def.place.origin.start,
                end: def.place.origin.end,
            });
        }
    }
    let objects = image.objects.iter().map(|(path, def)| (path, def.place));
    let constants = image.constants.iter().map(|(path, def)| (path, def.place));
    for (path, place) in objects.chain(constants) {
        if path.parent() == module && place.module == module {
            out.push(Span { item: Item::Global(*path), start: place.origin.start, end: place.origin.end });
        }
    }
    if module == unit {
        for (path, body) in &program.fns {
            let is_function =
                path.parent() == module && !image.objects.contains_key(path) && path.last() != "<init>";
            if is_function && body.origin.end > 0 {
                out.push(Span { item: Item::Fn(*path), start: body.origin.start, end: body.origin.end });
            }
        }
    }
    out.sort_by_key(|span| span.start);
    out
}

/// Hands out the comments between the braces of a record; gives those that no field has.
fn in_record(
    linked: &mut Linked,
    unit: &UnitTree,
    index: usize,
    path: Name,
    remarks: &[&Remark],
    file: &str,
) -> Vec<Comment> {
    let id = linked.records[index].iter().position(|own| *own == Some(path));
    let rows = id.and_then(|id| unit.tree.records.rows[id].fields.as_ref());
    let starts: Vec<u32> = rows.into_iter().flatten().map(|field| field.pos.start).collect();
    let mut left = Vec::new();
    let Some(def) = linked.image.records.get_mut(&path).filter(|def| def.fields.len() == starts.len()) else {
        return remarks.iter().map(|remark| comment(remark, file)).collect();
    };
    for remark in remarks {
        let made = comment(remark, file);
        let before = starts.iter().rposition(|start| *start < remark.start);
        let behind = starts.iter().position(|start| *start > remark.start);
        match (before, behind) {
            (Some(at), _)
                if !remark.own_line && !made.text.contains('\n') && def.fields[at].beside.is_none() =>
            {
                def.fields[at].beside = Some(made.text.to_string());
            }
            (_, Some(at)) => def.fields[at].above.push(made),
            (Some(at), _) => def.fields[at].above.push(made),
            _ => left.push(made),
        }
    }
    left
}

fn comment(remark: &Remark, file: &str) -> Comment {
    let before = &file[..remark.start as usize];
    let blank_before = before.trim_end_matches([' ', '\t']).ends_with("\n\n");
    let mut lines: Vec<String> = Vec::new();
    for line in remark.text.lines() {
        let line = line.trim();
        let line = line.strip_prefix('*').unwrap_or(line);
        lines.push(if line.is_empty() || line.starts_with(' ') {
            line.to_owned()
        } else {
            format!(" {line}")
        });
    }
    while lines.first().is_some_and(|line| line.trim().is_empty()) {
        lines.remove(0);
    }
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    Comment { text: lines.join("\n").into(), blank_before }
}

/// The comments inside of a function.
fn in_body(body: &mut Body<Mir>, remarks: &[&Remark], file: &str) {
    let mut order = Vec::new();
    collect(body, body.root, &mut order);
    let mut next = 0;
    let mut last: Option<(BlockId, usize)> = None;
    for (block, index) in order {
        let start = body.blocks[block].stmts[index].origin.start;
        while next < remarks.len() && remarks[next].end <= start {
            let remark = remarks[next];
            let made = comment(remark, file);
            let beside = last.filter(|_| !remark.own_line && !made.text.contains('\n'));
            match beside {
                Some((block, index)) if body.blocks[block].stmts[index].beside.is_none() => {
                    body.blocks[block].stmts[index].beside = Some(made.text);
                }
                _ => match last
                    .filter(|(own, _)| *own != block && ends_block(body, last, remark, start, file))
                {
                    Some((own, _)) => body.blocks[own].end_comments.push(made),
                    None => stmt(body, block, index).above.push(made),
                },
            }
            next += 1;
        }
        last = Some((block, index));
    }
    for remark in &remarks[next..] {
        let made = comment(remark, file);
        match last {
            Some((block, index)) if !remark.own_line && body.blocks[block].stmts[index].beside.is_none() => {
                body.blocks[block].stmts[index].beside = Some(made.text);
            }
            _ => {
                let root = body.root;
                body.blocks[root].end_comments.push(made);
            }
        }
    }
}

/// Whether a comment is the last in the braces that the statement before it stands in: between the two nothing is
/// opened or closed, and behind it the braces close.
fn ends_block(
    body: &Body<Mir>,
    last: Option<(BlockId, usize)>,
    remark: &Remark,
    next: u32,
    file: &str,
) -> bool {
    let Some((block, index)) = last else { return false };
    let from = body.blocks[block].stmts[index].origin.start.min(remark.start);
    let before = &file[from as usize..remark.start as usize];
    let behind = &file[remark.end as usize..(next.max(remark.end)) as usize];
    !before.contains(['{', '}']) && behind.trim_start().starts_with('}')
}

fn stmt(body: &mut Body<Mir>, block: BlockId, index: usize) -> &mut Stmt {
    &mut body.blocks[block].stmts[index]
}

/// Statements in the order of the text.
fn collect(body: &Body<Mir>, block: BlockId, out: &mut Vec<(BlockId, usize)>) {
    for (index, stmt) in body.blocks[block].stmts.iter().enumerate() {
        out.push((block, index));
        let mut children = Vec::new();
        stmt.for_each_child(&mut |child| children.push(child));
        children.into_iter().for_each(|child| child_blocks(body, child, out));
    }
    if let Some(tail) = body.blocks[block].tail {
        child_blocks(body, Child::Node(tail), out);
    }
}

fn child_blocks(body: &Body<Mir>, child: Child, out: &mut Vec<(BlockId, usize)>) {
    match child {
        Child::Block(block) => collect(body, block, out),
        Child::Node(node) => {
            let mut children = Vec::new();
            body.nodes[node].kind.for_each_child(&mut |child| children.push(child));
            children.into_iter().for_each(|child| child_blocks(body, child, out));
        }
    }
}
