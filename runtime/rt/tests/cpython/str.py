# expected values from CPython
S=["", "abc", "  a b  c ", "Hello World", "ß straße", "naïve café", "ǆ x", "a\tb\tc", "x1 y2", "ABC", "it's a dog's", "日本語", "a,b,,c", "\x1ca\x1d b", "line1\nline2\r\nline3\r", "١٢", "²³", "Ⅷ", "ΑΣ", "-42", "+7x"]
def q(s):
    return '"'+''.join({'"':'\\"','\\':'\\\\'}.get(c, c if c.isprintable() else '\\u{%x}'%ord(c)) for c in s)+'"'
print("//! Generated from CPython 3.11: text, then what its methods give.\n")
print("use super::PyStr;\nuse crate::{catch, repr};\n")
print("type Row = (&'static str, &'static str, &'static str);\n")
print("#[rustfmt::skip]\nconst ROWS: &[Row] = &[")
for s in S:
    row=[s.title(),s.capitalize(),s.swapcase(),s.casefold(),s.upper(),s.lower(),s.split(),s.split(None,1),s.rsplit(None,1),s.splitlines(),s.splitlines(True),s.split(',',1),s.rsplit(',',1),s.partition('b'),s.rpartition('b'),s.zfill(6),s.center(8,'*'),s.center(9,'*'),s.rjust(7),s.ljust(7),s.expandtabs(4),s.strip(),s[::-1],s[1:],s[-3:-1],s[::2],s.count(''),s.find('b'),s.rfind('a',1),s.replace('a','',1),s.replace('','-')]
    flags=''.join('01'[f()] for f in (s.istitle,s.isupper,s.islower,s.isalpha,s.isalnum,s.isdigit,s.isdecimal,s.isnumeric,s.isspace,s.isprintable,s.isidentifier))
    print("    (%s, %s, %s),"%(q(s),q(repr(row)),q(flags)))
print("];")
print('''
#[test]
fn methods_give_what_cpython_gives() {
    for &(s, texts, flags) in ROWS {
        let found = [
            repr(&s.py_title()).to_string(),
            repr(&s.capitalize()).to_string(),
            repr(&s.swapcase()).to_string(),
            repr(&s.casefold()).to_string(),
            repr(&s.to_uppercase()).to_string(),
            repr(&s.to_lowercase()).to_string(),
            repr(&s.split_ws(-1)).to_string(),
            repr(&s.split_ws(1)).to_string(),
            repr(&s.rsplit_ws(1)).to_string(),
            repr(&s.py_lines(false)).to_string(),
            repr(&s.py_lines(true)).to_string(),
            repr(&s.split_sep(",", 1)).to_string(),
            repr(&s.rsplit_sep(",", 1)).to_string(),
            repr(&s.py_partition("b")).to_string(),
            repr(&s.py_rpartition("b")).to_string(),
            repr(&s.zfill(6)).to_string(),
            repr(&s.center(8, "*")).to_string(),
            repr(&s.center(9, "*")).to_string(),
            repr(&s.rjust(7, " ")).to_string(),
            repr(&s.ljust(7, " ")).to_string(),
            repr(&s.expandtabs(4)).to_string(),
            repr(s.py_strip()).to_string(),
            repr(&s.char_slice(None, None, -1)).to_string(),
            repr(&s.char_slice(Some(1), None, 1)).to_string(),
            repr(&s.char_slice(Some(-3), Some(-1), 1)).to_string(),
            repr(&s.char_slice(None, None, 2)).to_string(),
            s.py_count("").to_string(),
            s.find_char("b", None, None).to_string(),
            s.rfind_char("a", Some(1), None).to_string(),
            repr(&s.py_replace("a", "", 1)).to_string(),
            repr(&s.py_replace("", "-", -1)).to_string(),
        ];
        assert_eq!(format!("[{}]", found.join(", ")), texts, "{s}");
        let found = [
            s.is_title(),
            s.is_upper(),
            s.is_lower(),
            s.is_alpha(),
            s.is_alnum(),
            s.is_digit(),
            s.is_decimal(),
            s.is_numeric(),
            s.is_space(),
            s.is_printable(),
            s.is_identifier(),
        ];
        let found: String = found.map(|flag| if flag { '1' } else { '0' }).into_iter().collect();
        assert_eq!(found, flags, "{s}");
    }
}

#[test]
fn characters_are_found_by_index() {
    assert_eq!(("日本語".char_at(-1), "abc".char_at(1)), ("語", "b"));
    let error = catch(|| "abc".char_at(3).to_owned()).map_err(|e| e.traceback_line());
    assert_eq!(error, Err("IndexError: string index out of range".to_owned()));
    assert_eq!((crate::ord("é"), crate::chr(233)), (233, "é".to_owned()));
    assert_eq!("hello".translate(&crate::maketrans("el", "ip", "o")), "hipp");
}
''')
