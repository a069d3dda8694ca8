//! What a test prints, taken instead of shown: `capsys` of pytest.

use std::fmt;
use std::rc::Rc;

use super::contextlib::{Redirect, redirect_stdout};
use super::string_io::StringIO;
use crate::repr::Repr;

/// Takes what is printed as long as it lives; what goes to standard error is not taken.
#[derive(Clone)]
pub struct Capture(Rc<(StringIO, Redirect)>);

/// What was printed since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureResult {
    pub out: String,
    pub err: String,
}

impl Capture {
    /// Starts to take.
    #[expect(clippy::new_without_default, reason = "it has an effect")]
    pub fn new() -> Capture {
        let text = StringIO::default();
        let redirect = redirect_stdout(&text);
        Capture(Rc::new((text, redirect)))
    }

    /// `capsys.readouterr()`.
    pub fn take(&self) -> CaptureResult {
        let text = &self.0.0;
        let out = text.getvalue();
        text.seek(0, 0);
        text.truncate(None);
        CaptureResult { out, err: String::new() }
    }

    /// `out, err = capsys.readouterr()`.
    pub fn take_pair(&self) -> (String, String) {
        let CaptureResult { out, err } = self.take();
        (out, err)
    }
}

impl Repr for Capture {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<CaptureFixture object>")
    }
}

impl Repr for CaptureResult {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaptureResult(out={}, err={})", crate::repr(&self.out), crate::repr(&self.err))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_takes_what_came_since_the_last() {
        let capture = Capture::new();
        crate::stdout_write("a\n");
        assert_eq!(capture.take().out, "a\n");
        crate::stdout_write("b");
        assert_eq!(capture.take_pair(), ("b".to_owned(), String::new()));
    }
}
