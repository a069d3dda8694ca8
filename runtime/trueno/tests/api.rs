//! What a caller sees: views, errors with both shapes, operators, text.

use trueno::{Array, DType, Error, Index, Slice, Tensor, Vector, concatenate, s};

#[test]
fn views_share_and_operators_read_well() {
    let a: Array<f64> = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let row = Tensor::from([10.0, 20.0, 30.0]);
    assert_eq!((&a + &row).to_vec(), [11.0, 22.0, 33.0, 14.0, 25.0, 36.0]);
    assert_eq!((2.0 * &a - 1.0).to_vec(), [1.0, 3.0, 5.0, 7.0, 9.0, 11.0]);
    let last = a.slice(s![.., -1]).unwrap();
    assert_eq!(last.to_vec(), [3.0, 6.0]);
    let turned = a.slice(s![Slice::step(-1), Index::NewAxis, Slice::new(None, None, 2)]).unwrap();
    assert_eq!((turned.shape(), turned.to_vec()), (&[2, 1, 2][..], vec![4.0, 6.0, 1.0, 3.0]));
    let mut b = a.clone();
    b.slice_mut(s![0, ..]).unwrap().assign(&row).unwrap();
    assert_eq!(b.to_vec(), [10.0, 20.0, 30.0, 4.0, 5.0, 6.0]);
}

#[test]
fn errors_name_both_shapes_and_the_operation() {
    let (a, b) = (Array::<f64>::zeros(&[2, 3]).unwrap(), Array::<f64>::zeros(&[4]).unwrap());
    let error = a.try_add(&b).unwrap_err();
    assert_eq!(error, Error::ShapeMismatch { op: "add", left: vec![2, 3], right: vec![4] });
    assert!(error.to_string().contains("(2,3) (4,)"), "{error}");
    assert!(a.matmul(&b).unwrap_err().to_string().contains("(2,3) and (4,)"));
    let short = Vector::from_vec(vec![1.0]);
    assert!(Vector::from_vec(vec![1.0, 2.0]).dot(&short).is_err());
    assert_eq!(a.get(&[2, 0]), Err(Error::Index { index: 2, axis: 0, size: 2 }));
    assert!(matches!(Array::<f64>::zeros(&[1 << 40, 1 << 40]), Err(Error::OutOfMemory { .. })));
    assert!(concatenate::<f64>(&[], 0).is_err());
}

#[test]
#[should_panic(expected = "ValueError: add: operands could not be broadcast together with shapes (3,) (2,)")]
fn an_operator_panics_as_python_raises() {
    let _ = &Tensor::from([1, 2, 3]) + &Tensor::from([1, 2]);
}

#[test]
fn promotion_is_that_of_numpy_2() {
    assert_eq!(DType::I8.promote(DType::U8), DType::I16);
    assert_eq!(DType::I64.promote(DType::U64), DType::F64);
    assert_eq!(DType::F32.promote(DType::I32), DType::F64);
    assert_eq!(DType::F32.promote(DType::I16), DType::F32);
    assert_eq!(DType::C64.promote(DType::F64), DType::C128);
    assert_eq!(DType::F32.promote_weak(trueno::Kind::Float), DType::F32);
}

#[test]
fn text_is_numpys() {
    assert_eq!(Tensor::from([1.0, 2.5]).repr(), "array([1. , 2.5])");
    assert_eq!(Tensor::from([[1i32, -20], [3, 4]]).to_string(), "[[  1 -20]\n [  3   4]]");
    assert_eq!(Tensor::from([true, false]).to_string(), "[ True False]");
}
