//! What is borrowed from a database cannot outlive it; the compiler says so.

#[test]
fn borrows_are_tied_to_the_database() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/borrow_while_reading.rs");
    cases.compile_fail("tests/ui/outlives_database.rs");
    cases.compile_fail("tests/ui/outlives_snapshot.rs");
    cases.compile_fail("tests/ui/write_while_borrowed.rs");
}
