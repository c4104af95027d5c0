//! The contract as Rust: generated messages, clients and server traits, and the descriptors.
//!
//! The `.proto` files beside this crate are the single source; nothing here is written by hand.

/// Messages and services of `taskchat.v1`.
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::large_enum_variant,
    reason = "generated code"
)]
pub mod v1 {
    tonic::include_proto!("taskchat.v1");
}

/// What the contract takes from Google.
pub mod google {
    /// `google.api`: raw bytes with their content type.
    #[expect(missing_docs, reason = "generated code")]
    pub mod api {
        tonic::include_proto!("google.api");
    }
}

/// The encoded `FileDescriptorSet` of the contract and all it imports, with comments and with the
/// custom options (`google.api.http`) that generated code drops.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));
