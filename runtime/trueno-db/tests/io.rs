//! Files of other programs: what is written is read again, and damaged files are errors.

use trueno_db::io::{
    Matrix, read_bvecs, read_fvecs, read_ivecs, read_npy, write_bvecs, write_fvecs, write_ivecs, write_npy,
};

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let floats = Matrix { dims: 3, values: vec![1.0, -2.5, f32::MIN_POSITIVE, 4.0, 5.0, 6.0] };
    write_fvecs(&path, &floats).unwrap();
    assert_eq!(read_fvecs(&path).unwrap(), floats);
    write_npy(&path, &floats).unwrap();
    assert_eq!(read_npy(&path).unwrap(), floats);
    let ints = Matrix { dims: 2, values: vec![1, -2, i32::MAX, i32::MIN] };
    write_ivecs(&path, &ints).unwrap();
    assert_eq!((read_ivecs(&path).unwrap(), ints.rows()), (ints, 2));
    let bytes = Matrix { dims: 4, values: vec![0u8, 255, 3, 4] };
    write_bvecs(&path, &bytes).unwrap();
    assert_eq!(read_bvecs(&path).unwrap(), bytes);
    std::fs::write(&path, []).unwrap();
    assert_eq!(read_fvecs(&path).unwrap().rows(), 0);
}

/// What `numpy.save` writes for `numpy.array([[1, 2], [3, 4]], dtype)`.
fn numpy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn numpy_arrays_of_several_types_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    let doubles: Vec<u8> = [1.0f64, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    for (descr, data) in [
        ("<f8", doubles),
        ("<f2", vec![0x00, 0x3c, 0x00, 0x40, 0x00, 0x42, 0x00, 0x44]),
        ("|u1", vec![1, 2, 3, 4]),
        ("|i1", vec![1, 2, 3, 4]),
    ] {
        std::fs::write(&path, numpy(descr, "False", "(2, 2)", &data)).unwrap();
        assert_eq!(read_npy(&path).unwrap(), Matrix { dims: 2, values: vec![1.0, 2.0, 3.0, 4.0] }, "{descr}");
    }
    for bytes in [
        numpy("<i8", "False", "(2, 2)", &[0; 32]),
        numpy("|u1", "True", "(2, 2)", &[0; 4]),
        numpy("|u1", "False", "(2, 3)", &[0; 4]),
        numpy("|u1", "False", "(18446744073709551615, 18446744073709551615)", &[0; 4]),
        numpy("|u1", "False", "(2, 2, 1)", &[0; 4]),
        numpy("|u1", "False", "(-2, 2)", &[0; 4]),
        b"\x93NUMPY\x01\x00\xff\xff{".to_vec(),
        b"NUMPY".to_vec(),
    ] {
        std::fs::write(&path, bytes).unwrap();
        assert!(read_npy(&path).is_err());
    }
}

#[test]
fn damaged_vecs_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.fvecs");
    for bytes in [
        vec![1, 0],
        vec![0; 8],
        vec![255; 12],
        vec![1, 0, 0, 0, 0, 0, 0],
        [[1, 0, 0, 0], [0; 4], [2, 0, 0, 0], [0; 4]].concat(),
        vec![0, 0, 0, 0x80, 1, 2, 3, 4],
    ] {
        std::fs::write(&path, &bytes).unwrap();
        assert!(read_fvecs(&path).is_err(), "{bytes:?}");
    }
    assert!(write_fvecs(&path, &Matrix { dims: 0, values: vec![1.0] }).is_err());
}
