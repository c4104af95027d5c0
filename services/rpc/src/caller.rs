//! Who calls: read from the request's extensions, where the layer of `auth` put it.

use taskchat_auth::{Caller, Identity};
use taskchat_domain::Error;
use tonic::{Request, Status};

use crate::status::{Answer, status};

/// Finds the caller of a request.
pub(crate) trait CallerOf {
    /// The caller.
    ///
    /// # Errors
    /// UNAUTHENTICATED without a good token; UNAVAILABLE when that cannot be found out.
    fn caller(&self) -> Answer<Caller>;
}

impl<T> CallerOf for Request<T> {
    fn caller(&self) -> Answer<Caller> {
        match Identity::of(self.extensions()) {
            Identity::Caller(caller) => Ok(caller.clone()),
            Identity::Anonymous => Err(Status::unauthenticated("Not authenticated")),
            Identity::Rejected => Err(status(Error::BadToken)),
            Identity::Unavailable => Err(status(Error::Unavailable(
                "tokens cannot be verified right now".into(),
            ))),
        }
    }
}

/// Compares the caller with the user that a message names.
pub(crate) trait MustBe {
    /// Refuses a message that names somebody else; one that names nobody means the caller.
    ///
    /// # Errors
    /// PERMISSION_DENIED.
    fn must_be(&self, user_id: &str) -> Answer<()>;
}

impl MustBe for Caller {
    fn must_be(&self, user_id: &str) -> Answer<()> {
        if user_id.is_empty() || user_id == self.user_id().as_str() {
            Ok(())
        } else {
            Err(Status::permission_denied("User ID mismatch"))
        }
    }
}
