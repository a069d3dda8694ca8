//! `contextlib.ExitStack` and `contextlib.redirect_stdout`.

use std::cell::RefCell;
use std::env;
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

use crate::error::Error;
use crate::file::File;
use crate::generator::ContextManager;
use crate::modules::string_io::StringIO;
use crate::out;
use crate::stdio::Stdout;
use crate::unwind::{OrRaise, catch_all};

type Callback = Box<dyn FnOnce(Option<Error>) -> bool>;

/// Python's `ExitStack`: a handle, whose clones are the same stack.
#[derive(Clone, Default)]
pub struct ExitStack(Rc<RefCell<Vec<Callback>>>);

impl ExitStack {
    /// `ExitStack()`.
    pub fn new() -> ExitStack {
        ExitStack::default()
    }

    /// What `with ExitStack() as stack` binds.
    #[must_use]
    pub fn enter(&self) -> ExitStack {
        self.clone()
    }

    /// Runs `callback` when the stack is left, with the error that leaves it; whether the error ends there.
    pub fn push(&self, callback: impl FnOnce(Option<Error>) -> bool + 'static) {
        self.0.borrow_mut().push(Box::new(callback));
    }

    /// `stack.enter_context(manager)` of a generator under `contextmanager`.
    pub fn enter_manager<T: 'static>(&self, mut manager: ContextManager<'static, T>) -> Result<T, Error> {
        let entered = manager.enter()?;
        self.push(move |error| match error {
            Some(error) => manager.fail(error).or_raise(),
            None => {
                manager.leave().or_raise();
                false
            }
        });
        Ok(entered)
    }

    /// `stack.pop_all()`: the callbacks move to a stack of their own.
    #[must_use]
    pub fn pop_all(&self) -> ExitStack {
        ExitStack(Rc::new(RefCell::new(self.0.take())))
    }

    /// The block ended, or `stack.close()`: runs the callbacks, the last one first.
    pub fn leave(&self) -> Result<(), Error> {
        self.unwind(None).map_or(Ok(()), Err)
    }

    /// The block raised. Whether the error ends here.
    pub fn fail(&self, error: Error) -> Result<bool, Error> {
        match self.unwind(Some(error.clone())) {
            None => Ok(true),
            Some(left) if left.ptr_eq(&error) => Ok(false),
            Some(left) => Err(left),
        }
    }

    /// `stack.__exit__(type(error), error, ..)`, with or without an error. Whether it ends here.
    pub fn exit(&self, error: Option<Error>) -> Result<bool, Error> {
        match error {
            Some(error) => self.fail(error),
            None => self.leave().map(|()| false),
        }
    }

    fn unwind(&self, mut error: Option<Error>) -> Option<Error> {
        loop {
            let Some(callback) = self.0.borrow_mut().pop() else { return error };
            let handed = error.clone();
            match catch_all(|| callback(handed)) {
                Ok(true) => error = None,
                Ok(false) => {}
                Err(raised) => {
                    error = Some(match error {
                        Some(before) => raised.while_handled(Some(before)),
                        None => raised,
                    });
                }
            }
        }
    }
}

impl fmt::Debug for ExitStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExitStack")
    }
}

/// What is printed can go there.
pub trait Printed: 'static {
    /// Takes a text.
    fn print(&self, text: &str);
}

impl Printed for StringIO {
    fn print(&self, text: &str) {
        self.write(text);
    }
}

impl Printed for Stdout {
    fn print(&self, text: &str) {
        self.write(text);
    }
}

impl Printed for File {
    fn print(&self, text: &str) {
        self.write(text);
    }
}

/// What is printed goes elsewhere as long as this lives.
#[derive(Debug)]
pub struct Redirect(usize);

/// `redirect_stdout(target)`.
#[must_use]
pub fn redirect_stdout(target: &(impl Printed + Clone)) -> Redirect {
    let target = target.clone();
    Redirect(out::redirect(false, Rc::new(move |text: &str| target.print(text))))
}

impl Drop for Redirect {
    fn drop(&mut self) {
        out::set_current(false, self.0);
    }
}

/// What goes to standard error goes elsewhere as long as this lives.
#[derive(Debug)]
pub struct RedirectErr(usize);

/// `redirect_stderr(target)`.
#[must_use]
pub fn redirect_stderr(target: &(impl Printed + Clone)) -> RedirectErr {
    let target = target.clone();
    RedirectErr(out::redirect(true, Rc::new(move |text: &str| target.print(text))))
}

impl Drop for RedirectErr {
    fn drop(&mut self) {
        out::set_current(true, self.0);
    }
}

/// The program works in another folder as long as this lives.
#[derive(Debug)]
pub struct ChangedFolder(PathBuf);

impl ChangedFolder {
    /// `contextlib.chdir(path)`.
    pub fn new(path: impl AsRef<str>) -> Result<ChangedFolder, Error> {
        let before = env::current_dir().unwrap_or_default();
        super::os::chdir(path)?;
        Ok(ChangedFolder(before))
    }
}

impl Drop for ChangedFolder {
    fn drop(&mut self) {
        // CPython raises where the folder is gone; a guard cannot.
        let _ = env::set_current_dir(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_run_backwards_and_can_end_an_error() {
        let log = Rc::new(RefCell::new(Vec::new()));
        let stack = ExitStack::new();
        for (name, ends) in [("a", false), ("b", true), ("c", false)] {
            let log = Rc::clone(&log);
            stack.push(move |error| {
                log.borrow_mut().push((name, error.is_some()));
                ends
            });
        }
        assert!(stack.fail(Error::new(crate::ValueError, "x")).is_ok_and(|ended| ended));
        assert_eq!(*log.borrow(), [("c", true), ("b", true), ("a", false)]);
    }

    #[test]
    fn what_is_printed_goes_to_the_innermost_target() {
        let (outer, inner) = (StringIO::default(), StringIO::default());
        let redirected = redirect_stdout(&outer);
        crate::stdout_write("a");
        {
            let _inner = redirect_stdout(&inner);
            crate::stdout_write("b");
        }
        crate::stdout_write("c");
        drop(redirected);
        assert_eq!((outer.getvalue(), inner.getvalue()), ("ac".to_owned(), "b".to_owned()));
    }
}
