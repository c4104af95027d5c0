//! Compiles `library.proto`: the types and the service for tonic, and the descriptors for the edge.

use std::{env, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=library.proto");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    // The second folder has `google/api`, as a copy of googleapis would.
    let mut compiler = protox::Compiler::new([".", "../../../proto"])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_file("library.proto")?;
    // Only this encoding keeps the annotations.
    let descriptors = compiler.encode_file_descriptor_set();
    fs::write(out.join("library.bin"), descriptors)?;
    tonic_prost_build::configure().compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
