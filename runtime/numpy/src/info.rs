//! `np.iinfo`, `np.finfo`.

use std::any::Any;
use std::rc::Rc;

use batuta_rt::{Int, Object, Value};
use trueno::DType;

use crate::dtype::Kind;
use crate::scalar::Scalar;

struct Info {
    name: &'static str,
    kind: Kind,
}

/// `np.iinfo(type)`.
pub fn integers(kind: Kind) -> Value {
    Value::Object(Rc::new(Info { name: "iinfo", kind }))
}

/// `np.finfo(type)`.
pub fn floats(kind: Kind) -> Value {
    let kind = match kind {
        Kind::Num(DType::C64) => Kind::Num(DType::F32),
        Kind::Num(DType::C128) => Kind::Num(DType::F64),
        other => other,
    };
    Value::Object(Rc::new(Info { name: "finfo", kind }))
}

impl Object for Info {
    fn type_name(&self) -> &str {
        self.name
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_of_library(&self) -> bool {
        true
    }
    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        let bits = self.kind.size() as i64 * 8;
        if self.name == "iinfo" {
            let is_signed = self.kind.letter() == "i";
            return Some(match name {
                "bits" => bits.into(),
                "min" if !is_signed => 0_i64.into(),
                "min" => Value::Int(-(Int::from(1) << Int::from(bits - 1))),
                "max" => Value::Int((Int::from(1) << Int::from(bits - i64::from(is_signed))) - Int::from(1)),
                "dtype" => self.kind.value(),
                "kind" => self.kind.letter().into(),
                _ => return None,
            });
        }
        let single = self.kind.size() == 4;
        let float =
            |wide: f64, narrow: f32| if single { Scalar::F32(narrow) } else { Scalar::F64(wide) }.value();
        Some(match name {
            "eps" => float(f64::EPSILON, f32::EPSILON),
            "epsneg" => float(f64::EPSILON / 2.0, f32::EPSILON / 2.0),
            "max" => float(f64::MAX, f32::MAX),
            "min" => float(f64::MIN, f32::MIN),
            "tiny" | "smallest_normal" => float(f64::MIN_POSITIVE, f32::MIN_POSITIVE),
            "smallest_subnormal" => float(f64::from_bits(1), f32::from_bits(1)),
            "resolution" => float(1e-15, 1e-6),
            "precision" => (if single { 6_i64 } else { 15 }).into(),
            "bits" => bits.into(),
            "nmant" => (if single { 23_i64 } else { 52 }).into(),
            "dtype" => self.kind.value(),
            _ => return None,
        })
    }
    fn is_true(&self) -> bool {
        true
    }
    fn repr(&self) -> String {
        let part =
            |name: &str| Rc::new(Info { ..*self }).get_attr(name).map(|x| batuta_rt::str(&x).to_string());
        let of = |name: &str| part(name).unwrap_or_default();
        match self.name {
            "iinfo" => format!("iinfo(min={}, max={}, dtype={})", of("min"), of("max"), self.kind),
            _ => format!(
                "finfo(resolution={}, min={}, max={}, dtype={})",
                of("resolution"),
                of("min"),
                of("max"),
                self.kind
            ),
        }
    }
}
