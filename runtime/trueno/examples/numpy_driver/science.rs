//! Linear algebra, statistics, transforms and files by NumPy's names.

use trueno::{AnyTensor, Array, Axes, Complex128, Norm, Overlap, Result};

use crate::Answer;
use crate::ops::{Answers, number, one};

fn many(parts: Vec<AnyTensor>) -> Answers {
    Ok(parts.into_iter().map(Answer::Array).collect())
}

fn overlap(word: &str) -> Overlap {
    match word {
        "full" => Overlap::Full,
        "same" => Overlap::Same,
        _ => Overlap::Valid,
    }
}

pub fn run(op: &str, arrays: &[AnyTensor], words: &[&str]) -> Option<Answers> {
    let answer = match arrays {
        [AnyTensor::F64(a)] => one_f64(op, a, words),
        [AnyTensor::F64(a), AnyTensor::F64(b)] => two_f64(op, a, b, words),
        [AnyTensor::F64(a), AnyTensor::F64(b), AnyTensor::F64(c)] if op == "interp" => {
            Some(a.interp(b, c).and_then(one))
        }
        [AnyTensor::C128(a)] => complex(op, a, words),
        [AnyTensor::I64(a)] if op == "bincount" => {
            Some(number(words, 0).and_then(|n| a.bincount(n)).and_then(one))
        }
        [AnyTensor::I64(a)] if op == "median" => Some(one(Array::scalar(a.median()))),
        [AnyTensor::F32(a)] if op == "median" => Some(one(Array::scalar(a.median()))),
        [AnyTensor::F32(a)] if op == "percentile" => {
            Some(number(words, 0).and_then(|q| a.percentile(q)).and_then(|x| one(Array::scalar(x))))
        }
        _ => None,
    };
    match (answer, op) {
        (Some(answer), _) => Some(answer),
        (None, "npy") => Some(files(arrays)),
        (None, "fftfreq") => Some(number(words, 0).and_then(|n| trueno::fftfreq(n, 0.5)).and_then(one)),
        _ => None,
    }
}

/// Through the bytes of a file in an archive and back.
fn files(arrays: &[AnyTensor]) -> Answers {
    let named: Vec<(&str, AnyTensor)> = arrays.iter().map(|a| ("a", a.clone())).collect();
    many(trueno::npz::read(&trueno::npz::write(&named)?)?.into_iter().map(|(_, a)| a).collect())
}

fn norm(a: &Array<f64>, word: &str) -> Result<f64> {
    a.norm(match word {
        "inf" => Norm::Infinity,
        "-inf" => Norm::NegativeInfinity,
        "nuc" => Norm::Nuclear,
        "fro" => Norm::Frobenius,
        p => Norm::P(p.parse().unwrap_or(2.0)),
    })
}

fn one_f64(op: &str, a: &Array<f64>, words: &[&str]) -> Option<Answers> {
    let axis = words.first().and_then(|w| w.parse::<isize>().ok()).unwrap_or(-1);
    let value = |x: Result<f64>| x.and_then(|x| one(Array::scalar(x)));
    Some(match op {
        "inv" => a.inv().and_then(one),
        "det" => value(a.det()),
        "slogdet" => {
            a.slogdet().and_then(|(s, l)| many(vec![Array::scalar(s).into(), Array::scalar(l).into()]))
        }
        "cholesky" => a.cholesky().and_then(one),
        "qr" => a.qr().and_then(|(q, r)| many(vec![q.into(), r.into()])),
        "svdvals" => a.svd().and_then(|svd| one(svd.s)),
        "svd_back" => a.svd().and_then(|svd| one((&svd.u * &svd.s).matmul(&svd.vt)?)),
        "eigvalsh" => a.eigh().and_then(|(w, _)| one(w)),
        "eigh_back" => a.eigh().and_then(|(w, v)| one((&v * &w).matmul(&v.t())?)),
        "eigvals" => a.eig().and_then(|(w, _)| one(w)),
        "eig_back" => a.eig().and_then(|(w, v)| {
            let a: Array<Complex128> = a.cast();
            one(a.matmul(&v)?.try_sub(&v.try_mul(&w)?)?)
        }),
        "pinv" => a.pinv(1e-15).and_then(one),
        "matrix_rank" => a.matrix_rank().and_then(|n| one(Array::scalar(n as i64))),
        "matrix_power" => number(words, 0).and_then(|n| a.matrix_power(n)).and_then(one),
        "norm" => value(norm(a, words[0])),
        "median" => value(Ok(a.median())),
        "median_axis" => a.median_axis(axis).and_then(one),
        "percentile" => value(number(words, 0).and_then(|q| a.percentile(q))),
        "percentile_axis" => number(words, 1).and_then(|q| a.percentile_axis(q, axis)).and_then(one),
        "histogram" => number(words, 0)
            .and_then(|n| a.histogram(n, None))
            .and_then(|(c, e)| many(vec![c.into(), e.into()])),
        "cov" => a.cov(1.0).and_then(one),
        "corrcoef" => a.corrcoef().and_then(one),
        "gradient" => a.gradient(0.5, axis).and_then(one),
        "trapezoid" => a.trapezoid(0.5).and_then(one),
        "nansum" => a.nansum_over(Axes::from(axis)).and_then(one),
        "nanmax" => a.nanmax_over(Axes::from(axis)).and_then(one),
        "nanmean" => a.nanmean_over(Axes::from(axis)).and_then(one),
        "rfft" => a.rfft(axis).and_then(one),
        _ => return None,
    })
}

fn two_f64(op: &str, a: &Array<f64>, b: &Array<f64>, words: &[&str]) -> Option<Answers> {
    Some(match op {
        "solve" => a.solve(b).and_then(one),
        "lstsq" => a.lstsq(b, None).and_then(|l| {
            many(vec![l.x.into(), l.residuals.into(), Array::scalar(l.rank as i64).into(), l.s.into()])
        }),
        "convolve" => a.convolve(b, overlap(words[0])).and_then(one),
        "correlate" => a.correlate(b, overlap(words[0])).and_then(one),
        "histogram_edges" => a.histogram_edges(b).and_then(one),
        "average" => a.average(b).and_then(|x| one(Array::scalar(x))),
        "polyval" => one(a.polyval(b)),
        "polyfit" => number(words, 0).and_then(|n| a.polyfit(b, n)).and_then(one),
        _ => return None,
    })
}

fn complex(op: &str, a: &Array<Complex128>, words: &[&str]) -> Option<Answers> {
    let axis = words.first().and_then(|w| w.parse::<isize>().ok()).unwrap_or(-1);
    Some(match op {
        "fft" => a.fft(axis).and_then(one),
        "ifft" => a.ifft(axis).and_then(one),
        "fft2" => a.fft2().and_then(one),
        "fftshift" => a.fftshift(axis).and_then(one),
        "irfft" => number(words, 1).and_then(|n| a.irfft(n, axis)).and_then(one),
        _ => return None,
    })
}
