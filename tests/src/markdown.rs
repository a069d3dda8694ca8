//! Spec files: a heading with a fence is a test.

/// A fence: its language word, its text, and where the text stands in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fence {
    pub lang: String,
    pub text: String,
    /// One-based line of the opening fence.
    pub line: usize,
    /// Byte range of the text, without the fence lines.
    pub range: std::ops::Range<usize>,
}

impl Fence {
    /// The path after the language word, if there is one.
    fn file(&self) -> Option<&str> {
        self.lang.split_once(' ').map(|(_, path)| path)
    }
}

/// One test: the heading, the input, what it asserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spec {
    pub heading: String,
    pub line: usize,
    pub fences: Vec<Fence>,
}

impl Spec {
    /// The input: the first fence that is no further file.
    pub fn input(&self) -> &Fence {
        self.fences.iter().find(|fence| fence.file().is_none()).unwrap_or(&self.fences[0])
    }

    /// Further files of the input: fences like `python shapes.py`.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Fence)> {
        self.fences.iter().filter_map(|fence| Some((fence.file()?, fence)))
    }

    /// What the spec asserts and its settings: the fences after the input.
    pub fn asserted(&self) -> impl Iterator<Item = &Fence> {
        let input = self.input().range.start;
        self.fences.iter().filter(move |fence| fence.file().is_none() && fence.range.start != input)
    }

    /// The first fence of this language after the input.
    pub fn fence(&self, lang: &str) -> Option<&Fence> {
        self.asserted().find(|fence| fence.lang == lang)
    }
}

/// The tests of a spec file. Headings without a fence are prose.
///
/// # Errors
/// A fence that is not closed, with its line.
pub fn parse(text: &str) -> Result<Vec<Spec>, String> {
    let mut specs: Vec<Spec> = Vec::new();
    let mut heading = (String::from("(top)"), 0);
    let mut is_new = true;
    let mut lines = Lines { text, at: 0, number: 0 };
    while let Some((line, _)) = lines.next() {
        if let Some(title) = line.strip_prefix('#') {
            heading = (title.trim_start_matches('#').trim().to_owned(), lines.number);
            is_new = true;
        } else if let Some(lang) = line.strip_prefix("```") {
            let fence = lines.fence(lang.trim())?;
            if is_new {
                specs.push(Spec { heading: heading.0.clone(), line: heading.1, fences: Vec::new() });
                is_new = false;
            }
            specs.last_mut().expect("one was pushed above").fences.push(fence);
        }
    }
    Ok(specs)
}

struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Lines<'a> {
    /// The next line without its break, and its start.
    fn next(&mut self) -> Option<(&'a str, usize)> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let line = self.text[start..].split('\n').next().unwrap_or_default();
        self.at += line.len() + 1;
        self.number += 1;
        Some((line, start))
    }

    fn fence(&mut self, lang: &str) -> Result<Fence, String> {
        let (line, start) = (self.number, self.at.min(self.text.len()));
        while let Some((text, at)) = self.next() {
            if text == "```" {
                let range = start..at;
                return Ok(Fence {
                    lang: lang.to_owned(),
                    text: self.text[range.clone()].to_owned(),
                    line,
                    range,
                });
            }
        }
        Err(format!("line {line}: the fence is not closed"))
    }
}

/// The file with some fences' texts replaced.
pub fn replace(text: &str, mut changes: Vec<(std::ops::Range<usize>, String)>) -> String {
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut out = text.to_owned();
    for (range, new) in changes {
        out.replace_range(range, &new);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_with_fences_are_tests() {
        let text = "# Area\nprose\n## One\n```python\n# no heading\nx = 1\n```\nwords\n```output\n1\n```\n## Two\n```python\n```\n";
        let specs = parse(text).expect("closed fences");
        assert_eq!(specs.len(), 2);
        assert_eq!((specs[0].heading.as_str(), specs[0].fences.len()), ("One", 2));
        let output = specs[0].fence("output").expect("second fence");
        assert_eq!(output.text, "1\n");
        let changed = replace(text, vec![(output.range.clone(), "2\n3\n".to_owned())]);
        assert_eq!(parse(&changed).expect("closed")[0].fences[1].text, "2\n3\n");
        let files = "## F\n```python a.py\nx = 1\n```\n```python\nimport a\n```\n```output\n```\n";
        let spec = &parse(files).expect("closed fences")[0];
        assert_eq!(spec.input().text, "import a\n");
        assert_eq!(
            spec.files().map(|(path, fence)| (path, fence.text.as_str())).next(),
            Some(("a.py", "x = 1\n"))
        );
        assert_eq!(spec.asserted().count(), 1);
        assert!(parse("## X\n```python\nx\n").is_err());
    }
}
