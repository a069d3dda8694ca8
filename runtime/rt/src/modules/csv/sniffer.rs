//! `csv.Sniffer`: how a sample is written, guessed as CPython does.

use super::{CsvError, Dialect, reader};
use crate::collections::Dict;
use crate::error::{Error, Result};
use crate::modules::re;

/// The delimiters that are preferred where several fit.
const PREFERRED: [char; 5] = [',', '\t', ';', ' ', ':'];

/// Quoted fields between delimiters, at the start of a line, at its end, alone.
const QUOTED: [(&str, bool); 4] = [
    (r#"(?P<delim>[^\w\n"'])(?P<space> ?)(?P<quote>["']).*?(?P=quote)(?P=delim)"#, true),
    (r#"(?:^|\n)(?P<quote>["']).*?(?P=quote)(?P<delim>[^\w\n"'])(?P<space> ?)"#, true),
    (r#"(?P<delim>[^\w\n"'])(?P<space> ?)(?P<quote>["']).*?(?P=quote)(?:$|\n)"#, true),
    (r#"(?:^|\n)(?P<quote>["']).*?(?P=quote)(?:$|\n)"#, false),
];

/// `re.DOTALL | re.MULTILINE`.
const FLAGS: i64 = 16 | 8;

/// `csv.Sniffer()`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sniffer;

impl crate::repr::Repr for Sniffer {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<csv.Sniffer object>")
    }
}

/// A delimiter, and whether spaces behind it are skipped.
type Delimiter = (Option<char>, bool);

impl Sniffer {
    /// `sniffer.sniff(sample, delimiters)`.
    pub fn sniff(self, sample: &str, delimiters: Option<&str>) -> Result<Dialect> {
        let (quote, doubles, mut found) = by_quotes(sample, delimiters)?;
        if found.0.is_none() {
            found = by_counts(sample, delimiters);
        }
        let (Some(delimiter), skip_space) = found else {
            return Err(Error::new(CsvError, "Could not determine delimiter"));
        };
        Ok(Dialect {
            delimiter,
            quote: Some(quote.unwrap_or('"')),
            doubles,
            skip_space,
            ..Dialect::default()
        })
    }

    /// `sniffer.has_header(sample)`.
    pub fn has_header(self, sample: &str) -> Result<bool> {
        let lines: Vec<&str> = sample.split_inclusive('\n').collect();
        let mut rows = reader(lines, self.sniff(sample, None)?);
        let header = rows.next().unwrap_or_default();
        // Per column: the length of its texts, 0 for numbers; none where it differs.
        let mut kinds: Vec<Option<Option<usize>>> = vec![None; header.len()];
        let mut is_alive = vec![true; header.len()];
        for row in rows.take(21).filter(|row| row.len() == header.len()) {
            for (at, field) in row.iter().enumerate().filter(|(at, _)| is_alive[*at]).collect::<Vec<_>>() {
                let kind = Some(field.chars().count()).filter(|_| !is_number(field));
                match kinds[at] {
                    None => kinds[at] = Some(kind),
                    Some(known) => is_alive[at] = known == kind,
                }
            }
        }
        let vote = |(at, title): (usize, &String)| match kinds[at].filter(|_| is_alive[at]) {
            Some(Some(length)) => {
                if title.chars().count() == length {
                    -1
                } else {
                    1
                }
            }
            Some(None) => {
                if is_number(title) {
                    -1
                } else {
                    1
                }
            }
            None if is_alive[at] => 1,
            None => 0,
        };
        Ok(header.iter().enumerate().map(vote).sum::<i64>() > 0)
    }
}

/// Whether `complex(text)` is a number: one with or without an imaginary part.
fn is_number(text: &str) -> bool {
    let is_real = |text: &str| crate::number::float_from_str(text).is_ok();
    let text = text.trim();
    let imaginary = text.strip_suffix(['j', 'J']).map(|text| {
        let at = text.rfind(['+', '-']).filter(|at| *at > 0 && !text[..*at].ends_with(['e', 'E']));
        let (real, rest) = text.split_at(at.unwrap_or(0));
        (real.is_empty() || is_real(real)) && (matches!(rest, "" | "+" | "-") || is_real(rest))
    });
    is_real(text) || imaginary.unwrap_or(false)
}

/// The key with the highest count, the first of them.
fn most(counts: &Dict<char, i64>) -> Option<char> {
    let highest = counts.values().max()?;
    counts.iter().find(|(_, count)| *count == highest).map(|(key, _)| *key)
}

/// Text between two quotes, between two delimiters: both that come most often.
fn by_quotes(data: &str, delimiters: Option<&str>) -> Result<(Option<char>, bool, Delimiter)> {
    let mut found = Vec::new();
    for (pattern, has_delimiter) in QUOTED {
        found = re::finditer(pattern, data, FLAGS)?.map(|m| (m, has_delimiter)).collect();
        if !found.is_empty() {
            break;
        }
    }
    let (mut quotes, mut delims, mut spaces) = (Dict::new(), Dict::new(), 0);
    for (m, has_delimiter) in &found {
        quotes.entry(m.text("quote").chars().next().unwrap_or('"')).and_modify(|n| *n += 1).or_insert(1);
        if *has_delimiter {
            if let Some(delim) = m.text("delim").chars().next()
                && delimiters.is_none_or(|known| known.contains(delim))
            {
                delims.entry(delim).and_modify(|n| *n += 1).or_insert(1);
            }
            spaces += i64::from(!m.text("space").is_empty());
        }
    }
    let Some(quote) = most(&quotes) else { return Ok((None, false, (None, false))) };
    let best = most(&delims);
    let skips = best.is_some_and(|delim| delims.get(&delim) == Some(&spaces));
    let delim = best.filter(|delim| *delim != '\n');
    let word = re::escape(&delim.map(String::from).unwrap_or_default());
    let doubled = format!(r"(({word})|^)\W*{quote}[^{word}\n]*{quote}[^{word}\n]*{quote}\W*(({word})|$)");
    let doubles = re::search(&doubled, data, 8)?.is_some();
    Ok((Some(quote), doubles, (delim, skips)))
}

/// The character that comes equally often in most lines.
fn by_counts(data: &str, delimiters: Option<&str>) -> Delimiter {
    let lines: Vec<&str> = data.split('\n').filter(|line| !line.is_empty()).collect();
    let size = lines.len().min(10);
    let mut tables: Vec<Dict<i64, i64>> = vec![Dict::new(); 127];
    let mut modes: Dict<char, (i64, i64)> = Dict::new();
    let mut fitting: Dict<char, (i64, i64)> = Dict::new();
    for (turn, chunk) in lines.chunks(size.max(1)).enumerate() {
        for line in chunk {
            for (code, table) in tables.iter_mut().enumerate() {
                let count = line.bytes().filter(|byte| usize::from(*byte) == code).count() as i64;
                table.entry(count).and_modify(|n| *n += 1).or_insert(1);
            }
        }
        for (code, table) in tables.iter().enumerate() {
            if table.len() == 1 && table.contains_key(&0) {
                continue;
            }
            let highest = table.values().copied().max().unwrap_or(0);
            let count = table.iter().find(|(_, n)| **n == highest).map_or(0, |(count, _)| *count);
            let others = table.values().sum::<i64>() - highest;
            modes.insert(code as u8 as char, (count, highest - others));
        }
        let total = (size * (turn + 1)).min(lines.len()) as f64;
        let mut consistency = 1.0;
        while fitting.is_empty() && consistency >= 0.9 {
            for (c, (count, rows)) in &modes {
                let is_meant = delimiters.is_none_or(|known| known.contains(*c));
                if *count > 0 && *rows > 0 && *rows as f64 / total >= consistency && is_meant {
                    fitting.insert(*c, (*count, *rows));
                }
            }
            consistency -= 0.01;
        }
        if fitting.len() == 1 {
            break;
        }
    }
    let preferred = PREFERRED.into_iter().find(|c| fitting.contains_key(c)).filter(|_| fitting.len() > 1);
    let dominant = || fitting.iter().max_by_key(|(c, mode)| (**mode, **c)).map(|(c, _)| *c);
    let delim = preferred.or_else(dominant);
    let skips = |c: char| lines[0].matches(c).count() == lines[0].matches(&format!("{c} ")).count();
    (delim, delim.is_some_and(skips))
}
