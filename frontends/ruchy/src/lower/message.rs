//! Messages: a handler runs when its message is sent.
//!
//! ```text
//! c ! Add(2)                 method %c.add(2)
//! b ! Pong(n)                @m.send_pong(%b, %n), which is lib:ruchy.post(%to, closure() { method %to.pong(%part_1) })
//! b <? Count                 lib:ruchy.ask(%b, closure() { method %b.count() })
//! ```
//! Where handlers of the file send messages themselves, all messages go through a queue: one that is sent while a handler
//! runs waits until that is done, so that no actor runs two handlers at once. A question is answered at once, after the
//! messages that its actor has waiting.

use super::class::message_head;
use super::{Cx, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Whether a node sends a message.
pub(super) fn is_message(node: Syntax<'_>) -> bool {
    let asks = node.is("binary_expression") && node.field("operator").is_some_and(|sign| sign.text() == "<?");
    let method = node.field("function").filter(|_| node.is("call_expression"));
    let name = method.and_then(|method| method.field("name")).map(Syntax::text);
    node.is("send_expression") || asks || matches!(name, Some("send" | "ask"))
}

/// The function that sends a message.
pub(crate) struct Post {
    path: Name,
    message: Name,
    /// Number of its parts.
    parts: usize,
}

impl<'t> Lowerer<'t> {
    /// Whether an expression is a message of some actor.
    pub(super) fn is_message(&self, node: Syntax<'t>) -> bool {
        message_head(node).is_some_and(|(name, _)| self.classes.messages.contains(&name))
    }

    /// `a ! Message(x)`, as a call of its method.
    pub(super) fn send(
        &mut self,
        actor: Syntax<'t>,
        message: Syntax<'t>,
        node: Syntax<'t>,
        asks: bool,
    ) -> NodeId {
        let known = message_head(message).filter(|(name, _)| self.classes.messages.contains(name));
        let Some((name, args)) = known else {
            return self.unsupported(node, "no actor of this file takes the message");
        };
        let name = Name::new(&self.message_name(name));
        if asks && self.classes.has_queue {
            return self.ask(actor, name, &args, node);
        }
        let of = match self.target_or_value(actor) {
            Ok(place) => self.use_place(place, actor),
            Err(hole) => return hole,
        };
        if self.classes.has_queue {
            return self.post(of, name, &args, node);
        }
        let args = args.into_iter().map(|arg| Arg::positional(self.owned(arg))).collect();
        self.node(Node::Call { callee: Callee::Method(of, name), args }, node)
    }

    /// A message that may have to wait: a function of the file keeps its actor and its parts.
    fn post(&mut self, of: NodeId, name: Name, args: &[Syntax<'t>], node: Syntax<'t>) -> NodeId {
        let known = self.classes.posts.iter().find(|post| post.message == name && post.parts == args.len());
        let path = match known.map(|post| post.path) {
            Some(path) => path,
            None => {
                let path = self.free_path(&format!("send_{name}"));
                self.classes.posts.push(Post { path, message: name, parts: args.len() });
                self.post_function(path, name, args.len(), node);
                path
            }
        };
        let mut out = vec![Arg::positional(of)];
        out.extend(args.iter().map(|arg| Arg::positional(self.owned(*arg))));
        self.node(Node::Call { callee: Callee::Fn(path), args: out }, node)
    }

    /// `fn send_add(to, part_1) { ruchy.post(to, || to.add(part_1)) }`.
    fn post_function(&mut self, path: Name, name: Name, count: usize, node: Syntax<'t>) {
        self.enter(Cx::new(path, FnKind::Function, node.start(), node.end()));
        self.cx.body.ret = Ty::unit();
        let to = self.parameter("to", Ty::unknown(), node);
        let parts: Vec<LocalId> =
            (1..=count).map(|at| self.parameter(&format!("part_{at}"), Ty::unknown(), node)).collect();
        let of = self.use_local(to, node);
        let mut args = Vec::new();
        for part in parts {
            let value = self.use_local(part, node);
            args.push(Arg::positional(self.copy(value, node)));
        }
        let call = self.node(Node::Call { callee: Callee::Method(of, name), args }, node);
        let stmts = vec![Stmt::new(StmtKind::Expr(call), self.origin(node))];
        let body = self.cx.body.block(BlockRow { stmts, tail: None, end_comments: Vec::new() });
        let mut closure = Closure::lambda(Vec::new(), body);
        closure.name = Some(Name::new("message"));
        closure.ret = Ty::unit();
        let closure = self.node(Node::Closure(closure), node);
        let to = self.use_local(to, node);
        let post = self.call_lib("ruchy.post", vec![to, closure], node);
        self.push_expr(post, node);
        let body = self.leave();
        self.out.fns.push(body);
        self.out.module.items.push(ItemRow { item: Item::Fn(path), above: Vec::new(), base: 0 });
    }

    /// A question, whose answer is the value.
    fn ask(&mut self, actor: Syntax<'t>, name: Name, args: &[Syntax<'t>], node: Syntax<'t>) -> NodeId {
        let to = match self.target_or_value(actor) {
            Ok(place) => self.use_place(place, actor),
            Err(hole) => return hole,
        };
        let outer = std::mem::take(&mut self.cx.stmts);
        self.cx.closures += 1;
        let call = match self.target_or_value(actor) {
            Ok(place) => {
                let of = self.use_place(place, actor);
                let args = args.iter().map(|arg| Arg::positional(self.owned(*arg))).collect();
                self.node(Node::Call { callee: Callee::Method(of, name), args }, node)
            }
            Err(hole) => hole,
        };
        self.cx.closures -= 1;
        let stmts = std::mem::replace(&mut self.cx.stmts, outer);
        let has_statements = !stmts.is_empty();
        let body = self.cx.body.block(BlockRow { stmts, tail: Some(call), end_comments: Vec::new() });
        let mut closure = Closure::lambda(Vec::new(), body);
        closure.name = has_statements.then(|| Name::new("question"));
        let closure = self.node(Node::Closure(closure), node);
        self.call_lib("ruchy.ask", vec![to, closure], node)
    }
}
