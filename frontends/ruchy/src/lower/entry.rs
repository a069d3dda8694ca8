//! Places in maps and lists that are asked for: `get_mut` and `entry`.
//!
//! ```text
//! if let Some(p) = m.get_mut(k) {     set %key = %k
//!     p.n += 1                        if is_some(get(%m, %key)) {
//! }                                       update %m[%key].n += 1     (`p` is `m[key]`)
//! m.entry(k).or_insert([]).push(1)    set %key = %k
//!                                     if not is_some(get(%m, %key)) { set %m[%key] = [] }
//!                                     push %m[%key], 1
//! ```

use super::Lowerer;
use super::control::Fill;
use super::scan::root_of;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Methods whose answers change their receivers.
pub(super) const LENDING: &[&str] = &["entry", "get_mut"];

/// The container and the key of `m.get_mut(k)`.
fn got(value: Syntax<'_>) -> Option<(Syntax<'_>, Syntax<'_>)> {
    let function = value.field("function").filter(|_| value.is("call_expression"))?;
    function.field("name").filter(|name| name.text() == "get_mut")?;
    let of = function.field("value").filter(|of| root_of(*of).is_some())?;
    Some((of, value.field("arguments")?.first()?))
}

/// The map, the key and what makes the first value of `m.entry(k).or_insert(v)`.
fn entry(call: Syntax<'_>) -> Option<(Syntax<'_>, Syntax<'_>, Syntax<'_>)> {
    let function = call.field("function").filter(|_| call.is("call_expression"))?;
    function.field("name").filter(|name| matches!(name.text(), "or_insert" | "or_insert_with"))?;
    let of = function.field("value")?.field("function")?;
    of.field("name").filter(|name| name.text() == "entry")?;
    let key = function.field("value")?.field("arguments")?.first()?;
    Some((of.field("value")?, key, call.field("arguments")?.first()?))
}

/// The name of `Some(name)`.
fn held(pattern: Syntax<'_>) -> Option<Syntax<'_>> {
    let head = pattern.field("name").filter(|head| head.text() == "Some")?;
    let name = pattern.named().into_iter().find(|part| part.start() != head.start())?;
    name.is("identifier").then_some(name)
}

impl<'t> Lowerer<'t> {
    /// Whether a container has something at a key.
    fn has_at(&mut self, of: Syntax<'t>, key: LocalId) -> Result<NodeId, NodeId> {
        let place = self.target(of, true)?;
        let of_node = self.use_place(place, of);
        let read = self.use_local(key, of);
        let found = self.call_lib("ruchy.get_some", vec![of_node, read], of);
        Ok(self.call_lib("ruchy.is_some", vec![found], of))
    }

    fn kept_key(&mut self, key: Syntax<'t>) -> LocalId {
        let kept = self.temp("key", key);
        let value = self.owned(key);
        self.push_set(Place::local(kept), value, key);
        kept
    }

    /// `if let Some(name) = m.get_mut(k)` and a `match` of such a call with an arm for each outcome.
    pub(super) fn if_got(
        &mut self,
        value: Syntax<'t>,
        arms: &[(Syntax<'t>, Syntax<'t>)],
        node: Syntax<'t>,
        fill: Fill<'_, 't>,
    ) -> bool {
        let Some((of, key)) = got(value).filter(|_| !self.methods.contains("get_mut")) else { return false };
        let some = arms.iter().find_map(|(pattern, code)| held(*pattern).map(|name| (name, *code)));
        let others: Vec<_> = arms.iter().filter(|(pattern, _)| held(*pattern).is_none()).collect();
        let is_rest = |pattern: Syntax<'t>| matches!(pattern.text(), "None" | "_");
        let (Some((name, code)), true) = (some, others.iter().all(|(pattern, _)| is_rest(*pattern))) else {
            return false;
        };
        if others.len() > 1 || arms.len() - others.len() != 1 {
            return false;
        }
        let kept = self.kept_key(key);
        let cond = match self.has_at(of, kept) {
            Ok(cond) => cond,
            Err(hole) => {
                self.push_expr(hole, node);
                return true;
            }
        };
        let then = self.scoped(|this| {
            this.lend_item(name, of, kept);
            fill(this, code);
            None
        });
        let els = others.first().map(|(_, code)| self.block_of(*code, fill));
        let els = els.or_else(|| {
            let alternative = node.field("alternative")?;
            Some(self.scoped(|this| {
                match alternative.is("if_expression") {
                    true => this.if_into(alternative, fill, false),
                    false => fill(this, alternative),
                }
                None
            }))
        });
        let branch = self.node(Node::If { cond, then, els }, node);
        self.push_expr(branch, node);
        true
    }

    /// `m.entry(k).or_insert(v)` as a place.
    pub(super) fn entry_place(&mut self, call: Syntax<'t>) -> Option<Result<Place, NodeId>> {
        let (map, key, start) = entry(call)?;
        let kept = self.kept_key(key);
        Some(self.entered(map, kept, start, call))
    }

    fn entered(
        &mut self,
        map: Syntax<'t>,
        key: LocalId,
        start: Syntax<'t>,
        call: Syntax<'t>,
    ) -> Result<Place, NodeId> {
        let has = self.has_at(map, key)?;
        let cond = self.op(ObjOp::Not, vec![has], call);
        let then = self.scoped(|this| {
            let value = match start.kind() {
                "lambda" => match start.field("body") {
                    Some(body) => this.owned(body),
                    None => this.nil(start),
                },
                // `Vec::new`.
                "scoped_identifier" => this.made_by(start),
                _ => this.owned(start),
            };
            match this.target(map, true) {
                Ok(place) => {
                    let index = this.use_local(key, map);
                    this.push_set(place.with(Proj::Index(index)), value, call);
                }
                Err(hole) => this.push_expr(hole, call),
            }
            None
        });
        let branch = self.node(Node::If { cond, then, els: None }, call);
        self.push_expr(branch, call);
        let place = self.target(map, true)?;
        let index = self.use_local(key, map);
        Ok(place.with(Proj::Index(index)))
    }

    fn made_by(&mut self, path: Syntax<'t>) -> NodeId {
        let owner = path.field("path").map_or("", Syntax::text);
        let op: Op = match owner {
            "Vec" => ListOp::New.into(),
            "HashMap" => DictOp::New.into(),
            "HashSet" => SetOp::New.into(),
            "String" => return self.text("", path),
            _ => {
                let callee = Callee::Value(self.expr(path));
                return self.node(Node::Call { callee, args: Vec::new() }, path);
            }
        };
        self.op(op, Vec::new(), path)
    }

    /// The defaults of a function that name variables of the file: whether the same names mean others here.
    pub(super) fn hides_names(&self, default: Syntax<'t>) -> bool {
        let mut found = false;
        super::scan::walk(default, &mut |part| {
            let hides = |variable: super::Variable| match variable.binding {
                super::Binding::Local(local) => !self.cx.defaulted.contains(&local),
                super::Binding::Global(_) => false,
                _ => true,
            };
            found |= part.is("identifier") && self.variable(part.text()).is_some_and(hides) && !self.is_top();
        });
        found
    }

    /// The outcomes that the function around gives without saying so: those of `Result`, else of `Option`.
    fn outcomes_around(&self, at: Syntax<'t>) -> Option<bool> {
        let mut node = at;
        while let Some(around) = node.parent() {
            if around.is("lambda") {
                return None;
            }
            if around.is("function_item") {
                let (mut is_result, mut is_option) = (false, false);
                super::scan::walk(around, &mut |part| {
                    let name = part.field("function").filter(|_| part.is("call_expression"));
                    is_result |= name.is_some_and(|name| matches!(name.text(), "Ok" | "Err"));
                    is_option |= name.is_some_and(|name| name.text() == "Some");
                    is_option |= part.is("identifier") && part.text() == "None";
                });
                let has_type = around.field("return_type").is_some();
                return (!has_type && (is_result || is_option)).then_some(is_result);
            }
            node = around;
        }
        None
    }

    /// `e?` in such a function: it leaves with the error, written out, so that the result gets its type.
    pub(super) fn leave_with(&mut self, inner: Syntax<'t>, node: Syntax<'t>) -> Option<NodeId> {
        let is_result = self.outcomes_around(node)?;
        let kept = self.temp("tried", inner);
        let value = self.owned(inner);
        self.push_set(Place::local(kept), value, inner);
        let (test, held) = if is_result { ("is_err", "ok_of") } else { ("is_none", "some_of") };
        let read = self.use_local(kept, inner);
        let cond = self.call_lib(&format!("ruchy.{test}"), vec![read], inner);
        let then = self.scoped(|this| {
            let left = match is_result {
                true => {
                    let read = this.use_local(kept, inner);
                    let error = this.call_lib("ruchy.err_of", vec![read], inner);
                    let error = this.copy(error, inner);
                    this.call_lib("ruchy.Err", vec![error], inner)
                }
                false => this.call_lib("ruchy.None", Vec::new(), inner),
            };
            let answer = this.node(Node::Return(Some(left)), node);
            this.push_expr(answer, node);
            None
        });
        let branch = self.node(Node::If { cond, then, els: None }, node);
        self.push_expr(branch, node);
        let read = self.use_local(kept, inner);
        Some(self.call_lib(&format!("ruchy.{held}"), vec![read], inner))
    }
}
