//! `np.einsum`.

use batuta_rt::Value;
use trueno::{Complex128, DType};

use crate::array::Array;
use crate::dtype::Kind;
use crate::error::{Py, R, not_done, type_error};
use crate::table::Args;

/// `np.einsum(subscripts, *operands)`.
pub fn einsum(args: &Args) -> R {
    let Value::Str(formula) = args.need(0)? else {
        return Err(not_done("np.einsum with lists of axes"));
    };
    let operands = crate::shape::list(args.need(1)?)?;
    let formula = dotted(formula, &operands)?;
    let mut kind = operands.first().ok_or_else(|| type_error("einsum needs an operand"))?.kind();
    for operand in &operands {
        kind = kind.promote(operand.kind())?;
    }
    let Kind::Num(dtype) = kind else { return Err(not_done("np.einsum of objects")) };
    macro_rules! of {
        ($t:ty, $dtype:expr) => {{
            let cast: Vec<Array> = operands.iter().map(|x| x.cast(Kind::Num($dtype))).collect::<R<_>>()?;
            let mut owned: Vec<trueno::Array<$t>> = Vec::new();
            for array in &cast {
                owned.push(array.with::<$t, _>($dtype, |t| Ok(t.to_owned()))?);
            }
            let refs: Vec<&trueno::Tensor<'_, $t>> = owned.iter().collect();
            Array::from_tensor(trueno::einsum(&formula, &refs).py()?)
        }};
    }
    let made = match dtype {
        DType::F32 => of!(f32, DType::F32),
        DType::F64 => of!(f64, DType::F64),
        DType::C64 | DType::C128 => of!(Complex128, DType::C128),
        _ => of!(i64, DType::I64),
    };
    args.result(2, made.cast(kind)?)
}

/// `...` as letters that the formula does not use.
fn dotted(formula: &str, operands: &[Array]) -> R<String> {
    if !formula.contains("...") {
        return Ok(formula.to_owned());
    }
    let formula: String = formula.chars().filter(|c| !c.is_whitespace()).collect();
    let (inputs, output) = match formula.split_once("->") {
        Some((inputs, output)) => (inputs.to_owned(), Some(output.to_owned())),
        None => (formula.clone(), None),
    };
    let spare: Vec<char> = ('A'..='Z').rev().filter(|c| !formula.contains(*c)).collect();
    let mut most = 0;
    let mut terms = Vec::new();
    for (term, operand) in inputs.split(',').zip(operands) {
        let letters = term.replace("...", "").chars().count();
        let count = operand.ndim().saturating_sub(letters);
        let dots: String = spare[..count].iter().rev().collect();
        if term.contains("...") {
            most = most.max(count);
        }
        terms.push(term.replace("...", &dots));
    }
    let dots: String = spare[..most].iter().rev().collect();
    let output = match output {
        Some(output) => output.replace("...", &dots),
        None => {
            let mut letters: Vec<char> = inputs.chars().filter(|c| c.is_alphabetic()).collect();
            letters.sort_unstable();
            let once: String =
                letters.iter().filter(|c| letters.iter().filter(|d| d == c).count() == 1).collect();
            format!("{dots}{once}")
        }
    };
    Ok(format!("{}->{output}", terms.join(",")))
}
