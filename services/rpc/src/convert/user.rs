//! People, and what they can choose.

use taskchat_accounts::OpenSession;
use taskchat_domain::{ApprovalPolicy, Error, Result, SessionId, TimeZone, User};
use taskchat_proto::v1;

use super::{approval, timestamp};

pub(crate) fn user(user: &User) -> v1::User {
    v1::User {
        id: user.id.to_string(),
        email: user.email.clone(),
        time_zone: user.time_zone.to_string(),
        created_at: Some(timestamp(user.created_at)),
        approval_policy: approval::policy(user.approval_policy).into(),
    }
}

/// A sign-in, for the caller who came with the token of `current`.
pub(crate) fn session(session: OpenSession, current: Option<SessionId>) -> v1::Session {
    v1::Session {
        id: session.id.to_string(),
        created_at: Some(timestamp(session.created_at)),
        last_used_at: Some(timestamp(session.last_used_at)),
        user_agent: session.user_agent,
        current: current == Some(session.id),
    }
}

/// What an update sets; `None` is left as it is. Output-only fields in the mask are passed over.
pub(crate) fn chosen(
    request: &v1::UpdateMeRequest,
) -> Result<(Option<TimeZone>, Option<ApprovalPolicy>)> {
    let mask = request.update_mask.as_ref().map(|mask| &mask.paths);
    let mask = mask.filter(|paths| !paths.is_empty());
    let known = [
        "id",
        "email",
        "time_zone",
        "created_at",
        "approval_policy",
        "*",
    ];
    if let Some(path) = mask
        .into_iter()
        .flatten()
        .find(|path| !known.contains(&path.as_str()))
    {
        return Err(Error::invalid(
            "update_mask",
            format!("names an unknown field: {}", path.escape_debug()),
        ));
    }
    let is_named = |field: &str| {
        mask.is_some_and(|paths| paths.iter().any(|path| path == field || path == "*"))
    };
    let is_taken = |field: &str| mask.is_none() || is_named(field);
    let given = request.user.clone().unwrap_or_default();

    let time_zone = match given.time_zone.as_str() {
        _ if !is_taken("time_zone") => None,
        "" if !is_named("time_zone") => None,
        name => Some(TimeZone::parse(name)?),
    };
    let policy = match approval::policy_of(given.approval_policy)? {
        _ if !is_taken("approval_policy") => None,
        // A setting that is named and not given goes back to what it was at first.
        None if is_named("approval_policy") => Some(ApprovalPolicy::default()),
        given => given,
    };
    match (time_zone, policy) {
        (None, None) => Err(Error::NothingToUpdate),
        chosen => Ok(chosen),
    }
}

#[cfg(test)]
mod tests {
    use prost_types::FieldMask;

    use super::*;

    #[test]
    fn what_is_named_or_given_is_set() {
        let always = v1::ApprovalPolicy::Always;
        let unsaid = v1::ApprovalPolicy::Unspecified;
        let berlin = Some("Europe/Berlin");
        let by_risk = Some(ApprovalPolicy::ByRisk);
        let asked = Some(ApprovalPolicy::Always);
        for (zone, policy, mask, expected) in [
            ("Europe/Berlin", unsaid, None, Some((berlin, None))),
            ("", always, None, Some((None, asked))),
            ("Europe/Berlin", always, None, Some((berlin, asked))),
            (
                "Europe/Berlin",
                always,
                Some("time_zone"),
                Some((berlin, None)),
            ),
            (
                "Europe/Berlin",
                always,
                Some("approval_policy"),
                Some((None, asked)),
            ),
            ("Europe/Berlin", always, Some("*"), Some((berlin, asked))),
            ("", unsaid, Some("approval_policy"), Some((None, by_risk))),
            ("", unsaid, Some("time_zone"), None),
            ("Europe/Berlin", always, Some("email"), None),
            ("Europe/Berlin", always, Some("colour"), None),
            ("Mars", unsaid, None, None),
            ("", unsaid, None, None),
        ] {
            let request = v1::UpdateMeRequest {
                user: Some(v1::User {
                    time_zone: zone.to_owned(),
                    approval_policy: policy.into(),
                    ..Default::default()
                }),
                update_mask: mask.map(|path| FieldMask {
                    paths: vec![path.to_owned()],
                }),
            };
            let expected = expected
                .map(|(zone, policy)| (zone.map(|name| TimeZone::parse(name).unwrap()), policy));
            assert_eq!(
                chosen(&request).ok(),
                expected,
                "{zone} {policy:?} {mask:?}"
            );
        }
    }
}
