//! What must not compile: views that outlive what they borrow from.

#[test]
fn views_cannot_outlive_their_source() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
