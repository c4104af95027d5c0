//! People.

use taskchat_domain::User;
use taskchat_proto::v1;

use super::timestamp;

pub(crate) fn user(user: &User) -> v1::User {
    v1::User {
        id: user.id.to_string(),
        email: user.email.clone(),
        time_zone: user.time_zone.to_string(),
        created_at: Some(timestamp(user.created_at)),
    }
}
