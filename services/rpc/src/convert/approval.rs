//! Approvals, and what people say to them.

use taskchat_domain::{
    Approval, ApprovalPolicy, ApprovalReason, ApprovalState, Decision, Error, Result, UserId,
};
use taskchat_proto::v1;

use super::{timestamp, turn::tool_call};

pub(crate) fn approval(approval: &Approval, owner: &UserId) -> v1::Approval {
    v1::Approval {
        id: approval.id.to_string(),
        conversation_id: approval.conversation_id.to_string(),
        turn_id: approval.turn_id.to_string(),
        state: state(approval.state).into(),
        reason: reason(approval.reason).into(),
        text: approval.reason.sentence().to_owned(),
        calls: approval
            .calls
            .iter()
            .map(|call| tool_call(&call.clone().into(), owner))
            .collect(),
        created_at: Some(timestamp(approval.created_at)),
        expires_at: Some(timestamp(approval.expires_at)),
        decided_at: approval.decided_at.map(timestamp),
    }
}

pub(crate) fn decision(decision: i32) -> Result<Decision> {
    match v1::Decision::try_from(decision) {
        Ok(v1::Decision::Approve) => Ok(Decision::Approve),
        Ok(v1::Decision::Deny) => Ok(Decision::Deny),
        Ok(v1::Decision::Unspecified) => Err(Error::invalid("decision", "field is required")),
        Err(_) => Err(Error::invalid("decision", "must be approve or deny")),
    }
}

pub(crate) const fn policy(policy: ApprovalPolicy) -> v1::ApprovalPolicy {
    match policy {
        ApprovalPolicy::Never => v1::ApprovalPolicy::Never,
        ApprovalPolicy::ByRisk => v1::ApprovalPolicy::ByRisk,
        ApprovalPolicy::Always => v1::ApprovalPolicy::Always,
    }
}

/// The policy of a message; `None` when it says none.
pub(crate) fn policy_of(policy: i32) -> Result<Option<ApprovalPolicy>> {
    match v1::ApprovalPolicy::try_from(policy) {
        Ok(v1::ApprovalPolicy::Unspecified) => Ok(None),
        Ok(v1::ApprovalPolicy::Never) => Ok(Some(ApprovalPolicy::Never)),
        Ok(v1::ApprovalPolicy::ByRisk) => Ok(Some(ApprovalPolicy::ByRisk)),
        Ok(v1::ApprovalPolicy::Always) => Ok(Some(ApprovalPolicy::Always)),
        Err(_) => Err(Error::invalid(
            "approval_policy",
            "must be never, by_risk or always",
        )),
    }
}

const fn state(state: ApprovalState) -> v1::ApprovalState {
    match state {
        ApprovalState::Pending => v1::ApprovalState::Pending,
        ApprovalState::Approved => v1::ApprovalState::Approved,
        ApprovalState::Denied => v1::ApprovalState::Denied,
        ApprovalState::Expired => v1::ApprovalState::Expired,
    }
}

const fn reason(reason: ApprovalReason) -> v1::ApprovalReason {
    match reason {
        ApprovalReason::Always => v1::ApprovalReason::Always,
        ApprovalReason::Bulk => v1::ApprovalReason::Bulk,
        ApprovalReason::TaintedBulk => v1::ApprovalReason::TaintedBulk,
        ApprovalReason::TaintedDelete => v1::ApprovalReason::TaintedDelete,
        ApprovalReason::Permanent => v1::ApprovalReason::Permanent,
    }
}
