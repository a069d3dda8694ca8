//! Generated from CPython 3.11: text, then what its methods give.

use super::PyStr;
use crate::{catch, repr};

type Row = (&'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("", "['', '', '', '', '', '', [], [], [], [], [], [''], [''], ('', '', ''), ('', '', ''), '000000', '********', '*********', '       ', '       ', '', '', '', '', '', '', 1, -1, -1, '', '-']", "00000000010"),
    ("abc", "['Abc', 'Abc', 'ABC', 'abc', 'ABC', 'abc', ['abc'], ['abc'], ['abc'], ['abc'], ['abc'], ['abc'], ['abc'], ('a', 'b', 'c'), ('a', 'b', 'c'), '000abc', '**abc***', '***abc***', '    abc', 'abc    ', 'abc', 'abc', 'cba', 'bc', 'ab', 'ac', 4, 1, -1, 'bc', '-a-b-c-']", "00111000011"),
    ("  a b  c ", "['  A B  C ', '  a b  c ', '  A B  C ', '  a b  c ', '  A B  C ', '  a b  c ', ['a', 'b', 'c'], ['a', 'b  c '], ['  a b', 'c'], ['  a b  c '], ['  a b  c '], ['  a b  c '], ['  a b  c '], ('  a ', 'b', '  c '), ('  a ', 'b', '  c '), '  a b  c ', '  a b  c ', '  a b  c ', '  a b  c ', '  a b  c ', '  a b  c ', 'a b  c', ' c  b a  ', ' a b  c ', ' c', ' ab  ', 10, 4, 2, '   b  c ', '- - -a- -b- - -c- -']", "00100000010"),
    ("Hello World", "['Hello World', 'Hello world', 'hELLO wORLD', 'hello world', 'HELLO WORLD', 'hello world', ['Hello', 'World'], ['Hello', 'World'], ['Hello', 'World'], ['Hello World'], ['Hello World'], ['Hello World'], ['Hello World'], ('Hello World', '', ''), ('', '', 'Hello World'), 'Hello World', 'Hello World', 'Hello World', 'Hello World', 'Hello World', 'Hello World', 'Hello World', 'dlroW olleH', 'ello World', 'rl', 'HloWrd', 12, -1, -1, 'Hello World', '-H-e-l-l-o- -W-o-r-l-d-']", "10000000010"),
    ("ß straße", "['Ss Straße', 'Ss straße', 'SS STRASSE', 'ss strasse', 'SS STRASSE', 'ß straße', ['ß', 'straße'], ['ß', 'straße'], ['ß', 'straße'], ['ß straße'], ['ß straße'], ['ß straße'], ['ß straße'], ('ß straße', '', ''), ('', '', 'ß straße'), 'ß straße', 'ß straße', '*ß straße', 'ß straße', 'ß straße', 'ß straße', 'ß straße', 'eßarts ß', ' straße', 'aß', 'ßsrß', 9, -1, 5, 'ß strße', '-ß- -s-t-r-a-ß-e-']", "00100000010"),
    ("naïve café", "['Naïve Café', 'Naïve café', 'NAÏVE CAFÉ', 'naïve café', 'NAÏVE CAFÉ', 'naïve café', ['naïve', 'café'], ['naïve', 'café'], ['naïve', 'café'], ['naïve café'], ['naïve café'], ['naïve café'], ['naïve café'], ('naïve café', '', ''), ('', '', 'naïve café'), 'naïve café', 'naïve café', 'naïve café', 'naïve café', 'naïve café', 'naïve café', 'naïve café', 'éfac evïan', 'aïve café', 'af', 'nïecf', 11, -1, 7, 'nïve café', '-n-a-ï-v-e- -c-a-f-é-']", "00100000010"),
    ("ǆ x", "['ǅ X', 'ǅ x', 'Ǆ X', 'ǆ x', 'Ǆ X', 'ǆ x', ['ǆ', 'x'], ['ǆ', 'x'], ['ǆ', 'x'], ['ǆ x'], ['ǆ x'], ['ǆ x'], ['ǆ x'], ('ǆ x', '', ''), ('', '', 'ǆ x'), '000ǆ x', '**ǆ x***', '***ǆ x***', '    ǆ x', 'ǆ x    ', 'ǆ x', 'ǆ x', 'x ǆ', ' x', 'ǆ ', 'ǆx', 4, -1, -1, 'ǆ x', '-ǆ- -x-']", "00100000010"),
    ("a\u{9}b\u{9}c", "['A\\tB\\tC', 'A\\tb\\tc', 'A\\tB\\tC', 'a\\tb\\tc', 'A\\tB\\tC', 'a\\tb\\tc', ['a', 'b', 'c'], ['a', 'b\\tc'], ['a\\tb', 'c'], ['a\\tb\\tc'], ['a\\tb\\tc'], ['a\\tb\\tc'], ['a\\tb\\tc'], ('a\\t', 'b', '\\tc'), ('a\\t', 'b', '\\tc'), '0a\\tb\\tc', '*a\\tb\\tc**', '**a\\tb\\tc**', '  a\\tb\\tc', 'a\\tb\\tc  ', 'a   b   c', 'a\\tb\\tc', 'c\\tb\\ta', '\\tb\\tc', 'b\\t', 'abc', 6, 2, -1, '\\tb\\tc', '-a-\\t-b-\\t-c-']", "00100000000"),
    ("x1 y2", "['X1 Y2', 'X1 y2', 'X1 Y2', 'x1 y2', 'X1 Y2', 'x1 y2', ['x1', 'y2'], ['x1', 'y2'], ['x1', 'y2'], ['x1 y2'], ['x1 y2'], ['x1 y2'], ['x1 y2'], ('x1 y2', '', ''), ('', '', 'x1 y2'), '0x1 y2', '*x1 y2**', '**x1 y2**', '  x1 y2', 'x1 y2  ', 'x1 y2', 'x1 y2', '2y 1x', '1 y2', ' y', 'x 2', 6, -1, -1, 'x1 y2', '-x-1- -y-2-']", "00100000010"),
    ("ABC", "['Abc', 'Abc', 'abc', 'abc', 'ABC', 'abc', ['ABC'], ['ABC'], ['ABC'], ['ABC'], ['ABC'], ['ABC'], ['ABC'], ('ABC', '', ''), ('', '', 'ABC'), '000ABC', '**ABC***', '***ABC***', '    ABC', 'ABC    ', 'ABC', 'ABC', 'CBA', 'BC', 'AB', 'AC', 4, -1, -1, 'ABC', '-A-B-C-']", "01011000011"),
    ("it's a dog's", "[\"It'S A Dog'S\", \"It's a dog's\", \"IT'S A DOG'S\", \"it's a dog's\", \"IT'S A DOG'S\", \"it's a dog's\", [\"it's\", 'a', \"dog's\"], [\"it's\", \"a dog's\"], [\"it's a\", \"dog's\"], [\"it's a dog's\"], [\"it's a dog's\"], [\"it's a dog's\"], [\"it's a dog's\"], (\"it's a dog's\", '', ''), ('', '', \"it's a dog's\"), \"it's a dog's\", \"it's a dog's\", \"it's a dog's\", \"it's a dog's\", \"it's a dog's\", \"it's a dog's\", \"it's a dog's\", \"s'god a s'ti\", \"t's a dog's\", \"g'\", \"i'  o'\", 13, -1, 5, \"it's  dog's\", \"-i-t-'-s- -a- -d-o-g-'-s-\"]", "00100000010"),
    ("日本語", "['日本語', '日本語', '日本語', '日本語', '日本語', '日本語', ['日本語'], ['日本語'], ['日本語'], ['日本語'], ['日本語'], ['日本語'], ['日本語'], ('日本語', '', ''), ('', '', '日本語'), '000日本語', '**日本語***', '***日本語***', '    日本語', '日本語    ', '日本語', '日本語', '語本日', '本語', '日本', '日語', 4, -1, -1, '日本語', '-日-本-語-']", "00011000011"),
    ("a,b,,c", "['A,B,,C', 'A,b,,c', 'A,B,,C', 'a,b,,c', 'A,B,,C', 'a,b,,c', ['a,b,,c'], ['a,b,,c'], ['a,b,,c'], ['a,b,,c'], ['a,b,,c'], ['a', 'b,,c'], ['a,b,', 'c'], ('a,', 'b', ',,c'), ('a,', 'b', ',,c'), 'a,b,,c', '*a,b,,c*', '**a,b,,c*', ' a,b,,c', 'a,b,,c ', 'a,b,,c', 'a,b,,c', 'c,,b,a', ',b,,c', ',,', 'ab,', 7, 2, -1, ',b,,c', '-a-,-b-,-,-c-']", "00100000010"),
    ("\u{1c}a\u{1d} b", "['\\x1cA\\x1d B', '\\x1ca\\x1d b', '\\x1cA\\x1d B', '\\x1ca\\x1d b', '\\x1cA\\x1d B', '\\x1ca\\x1d b', ['a', 'b'], ['a', 'b'], ['\\x1ca', 'b'], ['', 'a', ' b'], ['\\x1c', 'a\\x1d', ' b'], ['\\x1ca\\x1d b'], ['\\x1ca\\x1d b'], ('\\x1ca\\x1d ', 'b', ''), ('\\x1ca\\x1d ', 'b', ''), '0\\x1ca\\x1d b', '*\\x1ca\\x1d b**', '**\\x1ca\\x1d b**', '  \\x1ca\\x1d b', '\\x1ca\\x1d b  ', '\\x1ca\\x1d b', 'a\\x1d b', 'b \\x1da\\x1c', 'a\\x1d b', '\\x1d ', '\\x1c\\x1db', 6, 4, 1, '\\x1c\\x1d b', '-\\x1c-a-\\x1d- -b-']", "00100000000"),
    ("line1\u{a}line2\u{d}\u{a}line3\u{d}", "['Line1\\nLine2\\r\\nLine3\\r', 'Line1\\nline2\\r\\nline3\\r', 'LINE1\\nLINE2\\r\\nLINE3\\r', 'line1\\nline2\\r\\nline3\\r', 'LINE1\\nLINE2\\r\\nLINE3\\r', 'line1\\nline2\\r\\nline3\\r', ['line1', 'line2', 'line3'], ['line1', 'line2\\r\\nline3\\r'], ['line1\\nline2', 'line3'], ['line1', 'line2', 'line3'], ['line1\\n', 'line2\\r\\n', 'line3\\r'], ['line1\\nline2\\r\\nline3\\r'], ['line1\\nline2\\r\\nline3\\r'], ('line1\\nline2\\r\\nline3\\r', '', ''), ('', '', 'line1\\nline2\\r\\nline3\\r'), 'line1\\nline2\\r\\nline3\\r', 'line1\\nline2\\r\\nline3\\r', 'line1\\nline2\\r\\nline3\\r', 'line1\\nline2\\r\\nline3\\r', 'line1\\nline2\\r\\nline3\\r', 'line1\\nline2\\r\\nline3\\r', 'line1\\nline2\\r\\nline3', '\\r3enil\\n\\r2enil\\n1enil', 'ine1\\nline2\\r\\nline3\\r', 'e3', 'ln1ln2\\nie\\r', 20, -1, -1, 'line1\\nline2\\r\\nline3\\r', '-l-i-n-e-1-\\n-l-i-n-e-2-\\r-\\n-l-i-n-e-3-\\r-']", "00100000000"),
    ("١٢", "['١٢', '١٢', '١٢', '١٢', '١٢', '١٢', ['١٢'], ['١٢'], ['١٢'], ['١٢'], ['١٢'], ['١٢'], ['١٢'], ('١٢', '', ''), ('', '', '١٢'), '0000١٢', '***١٢***', '****١٢***', '     ١٢', '١٢     ', '١٢', '١٢', '٢١', '٢', '١', '١', 3, -1, -1, '١٢', '-١-٢-']", "00001111010"),
    ("²³", "['²³', '²³', '²³', '²³', '²³', '²³', ['²³'], ['²³'], ['²³'], ['²³'], ['²³'], ['²³'], ['²³'], ('²³', '', ''), ('', '', '²³'), '0000²³', '***²³***', '****²³***', '     ²³', '²³     ', '²³', '²³', '³²', '³', '²', '²', 3, -1, -1, '²³', '-²-³-']", "00001101010"),
    ("Ⅷ", "['Ⅷ', 'Ⅷ', 'ⅷ', 'ⅷ', 'Ⅷ', 'ⅷ', ['Ⅷ'], ['Ⅷ'], ['Ⅷ'], ['Ⅷ'], ['Ⅷ'], ['Ⅷ'], ['Ⅷ'], ('Ⅷ', '', ''), ('', '', 'Ⅷ'), '00000Ⅷ', '***Ⅷ****', '****Ⅷ****', '      Ⅷ', 'Ⅷ      ', 'Ⅷ', 'Ⅷ', 'Ⅷ', '', '', 'Ⅷ', 2, -1, -1, 'Ⅷ', '-Ⅷ-']", "11001001011"),
    ("ΑΣ", "['Ας', 'Ας', 'ας', 'ασ', 'ΑΣ', 'ας', ['ΑΣ'], ['ΑΣ'], ['ΑΣ'], ['ΑΣ'], ['ΑΣ'], ['ΑΣ'], ['ΑΣ'], ('ΑΣ', '', ''), ('', '', 'ΑΣ'), '0000ΑΣ', '***ΑΣ***', '****ΑΣ***', '     ΑΣ', 'ΑΣ     ', 'ΑΣ', 'ΑΣ', 'ΣΑ', 'Σ', 'Α', 'Α', 3, -1, -1, 'ΑΣ', '-Α-Σ-']", "01011000011"),
    ("-42", "['-42', '-42', '-42', '-42', '-42', '-42', ['-42'], ['-42'], ['-42'], ['-42'], ['-42'], ['-42'], ['-42'], ('-42', '', ''), ('', '', '-42'), '-00042', '**-42***', '***-42***', '    -42', '-42    ', '-42', '-42', '24-', '42', '-4', '-2', 4, -1, -1, '-42', '---4-2-']", "00000000010"),
    ("+7x", "['+7X', '+7x', '+7X', '+7x', '+7X', '+7x', ['+7x'], ['+7x'], ['+7x'], ['+7x'], ['+7x'], ['+7x'], ['+7x'], ('+7x', '', ''), ('', '', '+7x'), '+0007x', '**+7x***', '***+7x***', '    +7x', '+7x    ', '+7x', '+7x', 'x7+', '7x', '+7', '+x', 4, -1, -1, '+7x', '-+-7-x-']", "00100000010"),
];

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
