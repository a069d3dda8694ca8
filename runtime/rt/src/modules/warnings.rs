//! Python's `warnings`: what is said beside the output, and the filters that decide whether it is.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::class::{
    Class, DeprecationWarning, ImportWarning, NotTranslated, PendingDeprecationWarning, ResourceWarning,
    UserWarning, ValueError, Warning,
};
use crate::error::Error;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;
use crate::value::{Library, Value, library};

/// What is done with warnings of a class and those below it.
#[derive(Clone)]
struct Filter {
    action: String,
    class: Class,
}

#[derive(Clone, Default)]
struct State {
    /// The program's filters, the last one first.
    filters: Vec<Filter>,
    /// Without the filters that the interpreter starts with.
    is_reset: bool,
    /// Warnings that were said, by their text, class and place.
    said: Vec<(String, String, String)>,
    recorded: Option<WarningList>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

impl State {
    fn action(&self, class: Class) -> &str {
        if let Some(filter) = self.filters.iter().find(|filter| class.is_a(filter.class)) {
            return &filter.action;
        }
        let quiet = [PendingDeprecationWarning, ImportWarning, ResourceWarning];
        let is_quiet = !class.is_a(DeprecationWarning) && quiet.iter().any(|quiet| class.is_a(*quiet));
        if is_quiet && !self.is_reset { "ignore" } else { "default" }
    }
}

/// `warnings.warn(message)`.
#[track_caller]
pub fn warn(message: &str) -> Result<(), Error> {
    warn_error(&Error::new(UserWarning, message))
}

/// `warnings.warn(message, category)`.
#[track_caller]
pub fn warn_as(message: &str, class: Class) -> Result<(), Error> {
    warn_error(&Error::new(class, message))
}

/// `warnings.warn(warning)`.
#[track_caller]
pub fn warn_error(warning: &Error) -> Result<(), Error> {
    let class = warning.class();
    let place = std::panic::Location::caller();
    let place = format!("{}:{}", place.file(), place.line());
    let said = (warning.to_string(), class.name().to_owned(), place);
    let mut state = STATE.with_borrow(Clone::clone);
    match state.action(class) {
        "ignore" => return Ok(()),
        "error" => return Err(warning.clone()),
        "always" => {}
        "once" if state.said.iter().any(|(text, class, _)| *text == said.0 && *class == said.1) => {
            return Ok(());
        }
        _ if state.said.contains(&said) => return Ok(()),
        _ => {
            state.said.push(said.clone());
            STATE.with_borrow_mut(|own| own.said = state.said);
        }
    }
    match state.recorded {
        Some(list) => list.0.borrow_mut().push(WarningMessage(warning.clone())),
        None => crate::stderr_write(&format!("{}: {}: {}\n", said.2, said.1, said.0)),
    }
    Ok(())
}

/// `warnings.simplefilter(action)`, `warnings.filterwarnings(action)`.
#[track_caller]
pub fn filter(action: &str) {
    filter_class(action, Warning);
}

/// `warnings.simplefilter(action, category)`.
#[track_caller]
pub fn filter_class(action: &str, class: Class) {
    if !["default", "error", "ignore", "always", "module", "once"].contains(&action) {
        raise_new(ValueError, format!("invalid action: {}", repr(action)));
    }
    STATE.with_borrow_mut(|state| {
        state.filters.insert(0, Filter { action: action.to_owned(), class });
        state.said.clear();
    });
}

/// `warnings.resetwarnings()`.
pub fn reset() {
    STATE.with_borrow_mut(|state| {
        state.filters.clear();
        state.is_reset = true;
        state.said.clear();
    });
}

/// `with warnings.catch_warnings():` the filters are put back where this ends.
pub struct CatchWarnings {
    before: State,
    list: WarningList,
}

/// `with warnings.catch_warnings(record=True) as caught:`.
pub type RecordWarnings = CatchWarnings;

impl CatchWarnings {
    /// `catch_warnings()`.
    #[must_use]
    pub fn new() -> CatchWarnings {
        let before = STATE.with_borrow(Clone::clone);
        STATE.with_borrow_mut(|state| state.said.clear());
        CatchWarnings { before, list: WarningList::default() }
    }

    /// `catch_warnings(record=True)`.
    #[must_use]
    pub fn recording() -> CatchWarnings {
        let caught = CatchWarnings::new();
        STATE.with_borrow_mut(|state| state.recorded = Some(caught.list.clone()));
        caught
    }

    /// What it has recorded: the list goes on growing.
    pub fn list(&self) -> WarningList {
        self.list.clone()
    }
}

impl Default for CatchWarnings {
    fn default() -> CatchWarnings {
        CatchWarnings::new()
    }
}

impl Drop for CatchWarnings {
    fn drop(&mut self) {
        let mut before = std::mem::take(&mut self.before);
        before.said.clear();
        STATE.with_borrow_mut(|state| *state = before);
    }
}

/// The list that `catch_warnings(record=True)` fills.
#[derive(Clone, Default)]
pub struct WarningList(Rc<RefCell<Vec<WarningMessage>>>);

impl WarningList {
    /// `len(caught)`.
    pub fn len_i64(&self) -> i64 {
        self.0.borrow().len() as i64
    }

    /// `caught[index]`.
    #[track_caller]
    pub fn at(&self, index: i64) -> WarningMessage {
        use crate::list::PyList;
        self.0.borrow().at(index).clone()
    }

    /// What is there now.
    pub fn items(&self) -> Vec<WarningMessage> {
        self.0.borrow().clone()
    }

    /// `caught.clear()`.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

/// A recorded warning.
#[derive(Clone)]
pub struct WarningMessage(Error);

impl WarningMessage {
    /// `w.message`.
    pub fn message(&self) -> Error {
        self.0.clone()
    }

    /// `w.category`.
    pub fn category(&self) -> Class {
        self.0.class()
    }
}

impl PartialEq for WarningMessage {
    fn eq(&self, other: &WarningMessage) -> bool {
        self.0.ptr_eq(&other.0)
    }
}

impl Repr for WarningMessage {
    fn fmt_repr(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        raise_new(NotTranslated, "not yet implemented: the text of a recorded warning")
    }
}

impl Repr for WarningList {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items().fmt_repr(f)
    }
}

library! {
    [] WarningMessage;
}

impl Library for WarningMessage {
    const NAME: &'static str = "WarningMessage";

    fn attr(&self, name: &str) -> Option<Value> {
        (name == "message").then(|| Value::Error(self.message()))
    }
}
