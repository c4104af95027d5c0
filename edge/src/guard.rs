//! Refusing a call before its body is read. Who the caller is, is not found out here.

use prost_reflect::MethodDescriptor;
use tonic::Status;

/// Decides whether a call may go on, by what is known before its body.
///
/// This is about answering early and about the order of answers (token, then path, then body). It
/// does not replace the checks of the service, which trusts nobody.
pub trait Guard: Send + Sync + 'static {
    /// Refuses the call, or lets it pass.
    ///
    /// # Errors
    /// The status that the caller is answered with.
    fn check(&self, call: &Incoming<'_>) -> Result<(), Status>;
}

/// A call whose path and method are known and whose body is not.
#[derive(Debug)]
pub struct Incoming<'c> {
    /// The RPC.
    pub method: &'c MethodDescriptor,
    /// True when the RPC carries the option of [`Options::public_option`](crate::Options).
    pub is_public: bool,
    /// The request's extensions, in which outer layers leave what they found out.
    pub extensions: &'c http::Extensions,
    /// The request's fields that the path sets, with their decoded text.
    pub(crate) path: &'c [(&'c str, &'c str)],
}

impl Incoming<'_> {
    /// The text that the path gives for a field.
    #[must_use]
    pub fn path_value(&self, field: &str) -> Option<&str> {
        let mut values = self.path.iter();
        values.find_map(|(name, value)| (*name == field).then_some(*value))
    }
}
