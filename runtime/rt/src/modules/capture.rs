//! What a test prints, taken instead of shown: `capsys` of pytest.

use std::fmt;
use std::rc::Rc;

use super::contextlib::{Redirect, RedirectErr, redirect_stderr, redirect_stdout};
use super::string_io::StringIO;
use crate::repr::Repr;

/// Takes what is printed, and what goes to standard error, as long as it lives.
#[derive(Clone)]
pub struct Capture(Rc<Taken>);

struct Taken {
    out: StringIO,
    err: StringIO,
    _redirects: (Redirect, RedirectErr),
}

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
        let (out, err) = (StringIO::default(), StringIO::default());
        let redirect = redirect_stdout(&out);
        let redirect_err = redirect_stderr(&err);
        Capture(Rc::new(Taken { out, err, _redirects: (redirect, redirect_err) }))
    }

    /// `capsys.readouterr()`.
    pub fn take(&self) -> CaptureResult {
        CaptureResult { out: taken(&self.0.out), err: taken(&self.0.err) }
    }

    /// `out, err = capsys.readouterr()`.
    pub fn take_pair(&self) -> (String, String) {
        let CaptureResult { out, err } = self.take();
        (out, err)
    }
}

fn taken(text: &StringIO) -> String {
    let out = text.getvalue();
    text.seek(0, 0);
    text.truncate(None);
    out
}

/// `pytest.fail(text)`: no handler for `Exception` takes it.
#[track_caller]
pub fn test_failed(text: &str) -> ! {
    crate::raise_new(crate::class::Failed, text)
}

/// `actual == pytest.approx(expected, rel, abs)`: how far it may be away is told by what is expected.
pub fn is_near(actual: f64, expected: f64, rel: f64, abs: f64, nan_ok: bool) -> bool {
    if actual == expected || nan_ok && actual.is_nan() && expected.is_nan() {
        return true;
    }
    expected.is_finite() && (expected - actual).abs() <= (rel * expected.abs()).max(abs)
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
        crate::stderr_write("c");
        assert_eq!(capture.take_pair(), ("b".to_owned(), "c".to_owned()));
    }
}
