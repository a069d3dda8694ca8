//! `batutac explain`: what a code means.

use crate::args::ExplainArgs;
use crate::failure::Failure;
use std::process::ExitCode;

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

pub fn explain(args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let Some(wanted) = &args.code else {
        for (code, severity, title, _) in CODES {
            println!("{code}  {severity:7}  {title}");
        }
        return Ok(ExitCode::SUCCESS);
    };
    let wanted = wanted.to_uppercase();
    let Some((code, severity, title, text)) = CODES.iter().find(|row| row.0 == wanted) else {
        return Err(
            Failure::usage(format!("no such code: {wanted}")).hint("`batutac explain` lists all codes")
        );
    };
    println!("{code}: {title} ({severity})");
    if !text.is_empty() {
        println!("\n{text}");
    }
    println!("\n{}", area(code));
    Ok(ExitCode::SUCCESS)
}

/// The sentence that all codes of an area share.
fn area(code: &str) -> &'static str {
    match &code[1..3] {
        "01" => "The file has a syntax error there; the rest of the file is still checked.",
        "02" => "A name does not mean what it should.",
        "03" => "The type of a value is not known, or is known not to fit.",
        "04" => "Who owns a value, or who may change it, needs a look.",
        "05" => {
            "This has no translation yet. It becomes `todo!` with the original lines beside it; the rest is translated."
        }
        "09" => "It concerns the project as a whole.",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_were_collected_with_their_titles() {
        let cycle = super::CODES.iter().find(|row| row.0 == "B0905").expect("declared in the session");
        assert_eq!((cycle.1, cycle.2), ("note", "circular import"));
        assert!(!cycle.3.is_empty());
    }
}
