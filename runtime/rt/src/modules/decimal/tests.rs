//! Results from CPython 3.11.

use super::*;
use crate::{format, repr, str};

fn d(text: &str) -> Decimal {
    Decimal::parse(text).expect("a number")
}

fn shown(number: &Decimal) -> String {
    str(number).to_string()
}

#[test]
fn texts_keep_their_digits() {
    for text in
        ["1.30", "-0.00", "1E+3", "0E-7", "0.000001", "1E-7", "NaN123", "sNaN", "-Infinity", "12.5E+20"]
    {
        let back = if text == "12.5E+20" { "1.25E+21" } else { text };
        assert_eq!(shown(&d(text)), back);
    }
    assert_eq!(repr(&d(" 1_000.5 ")).to_string(), "Decimal('1000.5')");
    assert_eq!(d("123E+5").to_eng_string(), "12.3E+6");
    let error = Decimal::parse("1,5").map_err(|error| error.traceback_line());
    assert_eq!(
        error.err().as_deref(),
        Some("decimal.InvalidOperation: [<class 'decimal.ConversionSyntax'>]")
    );
}

#[test]
fn arithmetic_rounds_to_the_context() {
    assert_eq!(shown(&(&d("1.30") + &d("1.2"))), "2.50");
    assert_eq!(shown(&(&d("7") / 3)), "2.333333333333333333333333333");
    assert_eq!(shown(&(1 - &d("0.10"))), "0.90");
    assert_eq!((shown(&d("-7").div_int(&d("2"))), shown(&(&d("-7") % &d("2")))), ("-3".into(), "-1".into()));
    assert_eq!(shown(&d("2").sqrt()), "1.414213562373095048801688724");
    assert_eq!(shown(&d("1").exp()), "2.718281828459045235360287471");
    assert_eq!(shown(&d("10").ln()), "2.302585092994045684017991455");
    assert_eq!(shown(&d("2").log10()), "0.3010299956639811952137388947");
    assert_eq!(shown(&d("1.05").pow(&d("10"))), "1.62889462677744140625");
    assert_eq!(shown(&d("2").pow(&d("0.5"))), "1.414213562373095048801688724");
    assert_eq!(shown(&d("2.675").quantize_by(&d("0.01"), "ROUND_HALF_UP")), "2.68");
    assert_eq!(shown(&d("100").normalize()), "1E+2");
}

#[test]
fn formats_and_hashes() {
    assert_eq!(format(&d("1234567.891"), ",.2f"), "1,234,567.89");
    assert_eq!(format(&d("0.21"), ".0%"), "21%");
    assert_eq!(format(&d("85.00"), ">9,"), "    85.00");
    assert_eq!(format(&d("-1.5"), "08.3f"), "-001.500");
    assert_eq!(format(&d("12345"), ".3e"), "1.234e+4");
    assert_eq!(crate::hash(&d("2.5")), 1_152_921_504_606_846_978);
    assert!(d("3.0") == 3 && d("0.5") == 0.5 && d("0.1") != 0.1 && 2 > d("1.5"));
}
