//! Compiles the contract with protox: no `protoc` has to be installed.

use std::{env, fs, path::PathBuf};

const FILES: [&str; 9] = [
    "taskchat/v1/auth.proto",
    "taskchat/v1/chat.proto",
    "taskchat/v1/conversation.proto",
    "taskchat/v1/message.proto",
    "taskchat/v1/options.proto",
    "taskchat/v1/task.proto",
    "taskchat/v1/task_service.proto",
    "taskchat/v1/turn.proto",
    // Error details travel as `Any`; whoever renders them needs their descriptors.
    "google/rpc/error_details.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=taskchat");
    println!("cargo:rerun-if-changed=google");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);

    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(FILES)?;

    // Only this encoding keeps custom options such as `google.api.http`.
    fs::write(
        out.join("descriptor.bin"),
        compiler.encode_file_descriptor_set(),
    )?;

    tonic_prost_build::configure()
        // Nothing generated refers to these; the paths only keep code from being written for them.
        .extern_path(".google.api", "::prost_types")
        .extern_path(".google.rpc", "::prost_types")
        .extern_path(".google.api.HttpBody", "crate::google::api::HttpBody")
        .compile_fds(compiler.file_descriptor_set())?;

    // The one message of Google's that a method of ours sends.
    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true);
    compiler.open_files(["google/api/httpbody.proto"])?;
    tonic_prost_build::configure().compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
