//! Python's `urllib.parse`: addresses taken apart, texts quoted.

use std::borrow::Borrow;
use std::fmt;

use crate::class::ValueError;
use crate::collections::Dict;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;
use crate::value::Value;

/// `quote(text, safe)`: what is not a letter, a digit, one of `_.-~` or safe is `%XX`.
pub fn quote(text: &str, safe: &str) -> String {
    quote_bytes(text.as_bytes(), safe)
}

fn quote_bytes(text: &[u8], safe: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text {
        let c = char::from(byte);
        if byte.is_ascii_alphanumeric() || "_.-~".contains(c) || byte.is_ascii() && safe.contains(c) {
            out.push(c);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `quote_plus(text)`: spaces are `+`.
pub fn quote_plus(text: &str, safe: &str) -> String {
    let parts: Vec<String> = text.split(' ').map(|part| quote(part, safe)).collect();
    parts.join("+")
}

/// `unquote(text)`.
pub fn unquote(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let digits = bytes
            .get(at + 1..at + 3)
            .filter(|pair| bytes[at] == b'%' && pair.iter().all(u8::is_ascii_hexdigit));
        let byte = digits.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `unquote_plus(text)`.
pub fn unquote_plus(text: &str) -> String {
    unquote(&text.replace('+', " "))
}

/// `urlencode(pairs)`.
pub fn urlencode<K: Repr, V: Repr>(pairs: impl IntoIterator<Item = (K, V)>) -> String {
    let text = |value: &dyn Fn() -> String| quote_plus(&value(), "");
    let pair = |(key, value): (K, V)| {
        let key = text(&|| crate::str(&key).to_string());
        format!("{key}={}", text(&|| crate::str(&value).to_string()))
    };
    pairs.into_iter().map(pair).collect::<Vec<_>>().join("&")
}

/// `urlencode(pairs)` of values: bytes are quoted as they are.
pub fn urlencode_values<K: Repr, V: Borrow<Value>>(pairs: impl IntoIterator<Item = (K, V)>) -> String {
    let pair = |(key, value): (K, V)| {
        let key = quote_plus(&crate::str(&key).to_string(), "");
        let value = match value.borrow() {
            Value::Bytes(bytes) => quote_bytes(bytes, " ").replace(' ', "+"),
            other => quote_plus(&crate::str(other).to_string(), ""),
        };
        format!("{key}={value}")
    };
    pairs.into_iter().map(pair).collect::<Vec<_>>().join("&")
}

/// `parse_qsl(query)`.
pub fn parse_qsl(query: &str, keep_blank: bool) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.filter_map(|pair| pair.split_once('=').or(keep_blank.then_some((pair, ""))));
    let pairs = pairs.filter(|(_, value)| keep_blank || !value.is_empty());
    pairs.map(|(key, value)| (unquote_plus(key), unquote_plus(value))).collect()
}

/// `parse_qs(query)`: all values of each name.
pub fn parse_qs(query: &str, keep_blank: bool) -> Dict<String, Vec<String>> {
    let mut out: Dict<String, Vec<String>> = Dict::new();
    for (key, value) in parse_qsl(query, keep_blank) {
        match out.get_mut(&key) {
            Some(values) => values.push(value),
            None => drop(out.insert(key, vec![value])),
        }
    }
    out
}

/// `urlparse(url)`: an address in parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ParseResult {
    pub scheme: String,
    pub netloc: String,
    pub path: String,
    pub params: String,
    pub query: String,
    pub fragment: String,
}

/// Schemes whose last part of a path can have parameters.
const WITH_PARAMS: &[&str] = &[
    "", "ftp", "hdl", "prospero", "http", "https", "shttp", "rtsp", "rtspu", "sip", "sips", "mms", "sftp",
    "tel",
];

/// Schemes that have a host, be it empty.
const WITH_HOST: &[&str] = &[
    "", "ftp", "http", "gopher", "nntp", "telnet", "imap", "wais", "file", "mms", "https", "shttp", "snews",
    "prospero", "rtsp", "rtspu", "rsync", "svn", "svn+ssh", "sftp", "nfs", "git", "git+ssh", "ws", "wss",
];

/// `urlparse(url)`.
#[track_caller]
pub fn urlparse(url: &str) -> ParseResult {
    let SplitResult(mut out) = urlsplit(url);
    let last = out.path.rfind('/').map_or(0, |at| at + 1);
    if let Some(at) = out.path[last..].find(';').filter(|_| WITH_PARAMS.contains(&out.scheme.as_str())) {
        out.params = out.path.split_off(last + at + 1);
        out.path.pop();
    }
    out
}

/// `urlsplit(url)`.
#[track_caller]
pub fn urlsplit(url: &str) -> SplitResult {
    let url = url.trim_start_matches(|c: char| c <= ' ').replace(['\t', '\r', '\n'], "");
    let url = url.as_str();
    let is_scheme = |scheme: &&str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(&scheme) => (scheme.to_ascii_lowercase(), rest),
        _ => (String::new(), url),
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (netloc, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    if netloc.contains('[') != netloc.contains(']') {
        raise_new(ValueError, "Invalid IPv6 URL");
    }
    let own = str::to_owned;
    SplitResult(ParseResult {
        scheme,
        netloc: own(netloc),
        path: own(path),
        params: String::new(),
        query: own(query),
        fragment: own(fragment),
    })
}

impl ParseResult {
    /// `parts._replace(scheme=.., ..)`.
    #[must_use]
    pub fn replace(&self, given: [Option<String>; 6]) -> ParseResult {
        let mut out = self.clone();
        let ParseResult { scheme, netloc, path, params, query, fragment } = &mut out;
        for (part, given) in [scheme, netloc, path, params, query, fragment].into_iter().zip(given) {
            if let Some(given) = given {
                *part = given;
            }
        }
        out
    }

    fn host(&self) -> &str {
        self.netloc.rsplit_once('@').map_or(&self.netloc, |(_, host)| host)
    }

    fn user(&self) -> Option<&str> {
        self.netloc.rsplit_once('@').map(|(user, _)| user)
    }

    /// The name of the host and the port, both as they are written; brackets hold a name with colons.
    fn host_and_port(&self) -> (&str, &str) {
        let host = self.host();
        let (name, port) = match host.split_once('[') {
            Some((_, inner)) => {
                let (name, rest) = inner.split_once(']').unwrap_or((inner, ""));
                (name, rest.split_once(':').map(|(_, port)| port))
            }
            None => (host.split(':').next().unwrap_or_default(), host.split_once(':').map(|(_, port)| port)),
        };
        (name, port.unwrap_or_default())
    }

    /// `url.hostname`.
    pub fn hostname(&self) -> Option<String> {
        let (name, _) = self.host_and_port();
        let zone = name.find('%').unwrap_or(name.len());
        Some(name[..zone].to_lowercase() + &name[zone..]).filter(|name| !name.is_empty())
    }

    /// `url.port`.
    #[track_caller]
    pub fn port(&self) -> Option<i64> {
        let (_, port) = self.host_and_port();
        if port.is_empty() {
            return None;
        }
        if !port.bytes().all(|digit| digit.is_ascii_digit()) {
            raise_new(ValueError, format!("Port could not be cast to integer value as {}", repr(port)));
        }
        match port.parse::<u16>() {
            Ok(port) => Some(i64::from(port)),
            Err(_) => raise_new(ValueError, "Port out of range 0-65535"),
        }
    }

    /// `url.username`.
    pub fn username(&self) -> Option<String> {
        self.user().map(|user| user.split(':').next().unwrap_or_default().to_owned())
    }

    /// `url.password`.
    pub fn password(&self) -> Option<String> {
        self.user()?.split_once(':').map(|(_, password)| password.to_owned())
    }

    /// `url.geturl()`.
    pub fn geturl(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out += &format!("{}:", self.scheme);
        }
        let scheme = self.scheme.as_str();
        let has_host = !scheme.is_empty() && WITH_HOST.contains(&scheme) && !self.path.starts_with("//");
        if !self.netloc.is_empty() || has_host {
            out += &format!("//{}", self.netloc);
            if !self.path.is_empty() && !self.path.starts_with('/') {
                out.push('/');
            }
        }
        out += &self.path;
        for (sign, part) in [(';', &self.params), ('?', &self.query), ('#', &self.fragment)] {
            if !part.is_empty() {
                out.push(sign);
                out += part;
            }
        }
        out
    }
}

impl Repr for ParseResult {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("scheme", &self.scheme),
            ("netloc", &self.netloc),
            ("path", &self.path),
            ("params", &self.params),
            ("query", &self.query),
            ("fragment", &self.fragment),
        ];
        let parts: Vec<String> = parts.iter().map(|(name, text)| format!("{name}={}", repr(*text))).collect();
        write!(f, "ParseResult({})", parts.join(", "))
    }
}

/// Schemes whose addresses may be relative.
const RELATIVE: &[&str] = &[
    "", "ftp", "http", "gopher", "nntp", "imap", "wais", "file", "https", "shttp", "mms", "prospero", "rtsp",
    "rtspu", "sftp", "svn", "svn+ssh", "ws", "wss",
];

/// `urljoin(base, url)`.
#[track_caller]
pub fn urljoin(base: &str, url: &str) -> String {
    if base.is_empty() || url.is_empty() {
        return format!("{base}{url}");
    }
    let (base, mut parts) = (urlparse(base), urlparse(url));
    if parts.scheme.is_empty() {
        parts.scheme.clone_from(&base.scheme);
    }
    if parts.scheme != base.scheme || !RELATIVE.contains(&parts.scheme.as_str()) {
        return url.to_owned();
    }
    if WITH_HOST.contains(&parts.scheme.as_str()) {
        if !parts.netloc.is_empty() {
            return parts.geturl();
        }
        parts.netloc = base.netloc;
    }
    if parts.path.is_empty() && parts.params.is_empty() {
        (parts.path, parts.params) = (base.path, base.params);
        if parts.query.is_empty() {
            parts.query = base.query;
        }
        return parts.geturl();
    }
    parts.path = joined_path(&base.path, &parts.path);
    parts.geturl()
}

/// A path as seen from another one, without `.` and `..`.
fn joined_path(base: &str, path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    if !path.starts_with('/') {
        segments.extend(base.split('/'));
        if segments.last().is_some_and(|last| !last.is_empty()) {
            segments.pop();
        }
    }
    segments.extend(path.split('/'));
    let last = segments.len() - 1;
    if !path.starts_with('/') {
        let mut at = 0;
        segments.retain(|segment| {
            at += 1;
            at == 1 || at == last + 1 || !segment.is_empty()
        });
    }
    let mut out: Vec<&str> = Vec::new();
    for segment in &segments {
        match *segment {
            ".." => drop(out.pop()),
            "." => {}
            segment => out.push(segment),
        }
    }
    if matches!(segments.last(), Some(&("." | ".."))) {
        out.push("");
    }
    let joined = out.join("/");
    if joined.is_empty() { "/".to_owned() } else { joined }
}

/// `urlsplit(url)`: an address in parts, the parameters of its path left there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SplitResult(ParseResult);

impl std::ops::Deref for SplitResult {
    type Target = ParseResult;

    fn deref(&self) -> &ParseResult {
        &self.0
    }
}

impl SplitResult {
    /// `parts._replace(scheme=.., ..)`.
    #[must_use]
    pub fn replace(&self, given: [Option<String>; 5]) -> SplitResult {
        let mut out = self.0.clone();
        let parts = [&mut out.scheme, &mut out.netloc, &mut out.path, &mut out.query, &mut out.fragment];
        for (part, given) in parts.into_iter().zip(given) {
            if let Some(given) = given {
                *part = given;
            }
        }
        SplitResult(out)
    }
}

/// `urlunsplit((scheme, netloc, path, query, fragment))`.
pub fn urlunsplit(
    (scheme, netloc, path, query, fragment): &(String, String, String, String, String),
) -> String {
    let params = String::new();
    let [scheme, netloc, path, query, fragment] = [scheme, netloc, path, query, fragment].map(Clone::clone);
    ParseResult { scheme, netloc, path, params, query, fragment }.geturl()
}

/// `urlunparse((scheme, netloc, path, params, query, fragment))`.
pub fn urlunparse(
    (scheme, netloc, path, params, query, fragment): &(String, String, String, String, String, String),
) -> String {
    let [scheme, netloc, path, params, query, fragment] =
        [scheme, netloc, path, params, query, fragment].map(Clone::clone);
    ParseResult { scheme, netloc, path, params, query, fragment }.geturl()
}

impl Repr for SplitResult {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("scheme", &self.scheme),
            ("netloc", &self.netloc),
            ("path", &self.path),
            ("query", &self.query),
            ("fragment", &self.fragment),
        ];
        let parts: Vec<String> = parts.iter().map(|(name, text)| format!("{name}={}", repr(*text))).collect();
        write!(f, "SplitResult({})", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_cpythons() {
        // From CPython 3.11.
        let url = urlparse("https://me:pw@Host.org:8080/a/b;p?q=1&r=2&q=x+y#top");
        assert_eq!(
            repr(&url).to_string(),
            "ParseResult(scheme='https', netloc='me:pw@Host.org:8080', path='/a/b', params='p', query='q=1&r=2&q=x+y', fragment='top')"
        );
        assert_eq!(
            (url.hostname().as_deref(), url.port(), url.password().as_deref()),
            (Some("host.org"), Some(8080), Some("pw"))
        );
        assert_eq!(url.geturl(), "https://me:pw@Host.org:8080/a/b;p?q=1&r=2&q=x+y#top");
        assert_eq!(repr(&parse_qs(&url.query, false)).to_string(), "{'q': ['1', 'x y'], 'r': ['2']}");
        assert_eq!(
            (quote("a b/ü&", "/"), quote_plus("a b/", "")),
            ("a%20b/%C3%BC%26".to_owned(), "a+b%2F".to_owned())
        );
        assert_eq!(unquote("a%20b%zz%C3%BC"), "a b%zzü");
    }
}
