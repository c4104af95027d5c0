//! The `taskchat` binary.
fn main() {}
