//! The table of errors and statuses.

use taskchat_domain::{
    CallId, ConversationId, EntryId, Noun, OperationId, Reply, ToolCall, TurnId, TurnState, Usage,
};
use taskchat_proto::v1;
use tonic_types::StatusExt;

use super::*;

#[test]
fn every_error_has_its_code_and_public_message() {
    let id = OperationId::new();
    let conflict = |field: Option<&'static str>| Error::Conflict {
        field: field.map(Into::into),
        problem: "it has changed since".into(),
    };
    for (error, code, message) in [
        (
            Error::NotFound(Noun::Task),
            Code::NotFound,
            "Task not found",
        ),
        (
            Error::NotFound(Noun::Conversation),
            Code::NotFound,
            "Conversation not found",
        ),
        (
            Error::invalid("message", "field is required"),
            Code::InvalidArgument,
            "message field is required",
        ),
        (
            Error::NothingToUpdate,
            Code::InvalidArgument,
            "no fields to update",
        ),
        (
            Error::AlreadyExists("taken".into()),
            Code::AlreadyExists,
            "taken",
        ),
        (conflict(None), Code::Aborted, "it has changed since"),
        (
            conflict(Some("version")),
            Code::Aborted,
            "it has changed since",
        ),
        (
            conflict(Some("title")),
            Code::FailedPrecondition,
            "it has changed since",
        ),
        (
            Error::Busy,
            Code::FailedPrecondition,
            "this conversation is answering another message",
        ),
        (
            Error::NotRetryable,
            Code::FailedPrecondition,
            "only a turn that failed or was stopped can be tried again",
        ),
        (
            Error::NotUndone(id),
            Code::FailedPrecondition,
            &format!("operation {id} cannot be redone: it is not undone"),
        ),
        (
            Error::WrongCredentials,
            Code::Unauthenticated,
            "wrong e-mail or password",
        ),
        (
            Error::BadToken,
            Code::Unauthenticated,
            "Invalid token or expired token.",
        ),
        (
            Error::Unavailable("connection to 10.0.0.7 refused".into()),
            Code::Unavailable,
            "the service is not available right now",
        ),
        (
            Error::TimedOut,
            Code::DeadlineExceeded,
            "this took too long",
        ),
        (
            Error::internal("SELECT secret FROM users"),
            Code::Internal,
            "something went wrong on our side",
        ),
    ] {
        let status = status(error);
        assert_eq!((status.code(), status.message()), (code, message));
        let bytes = String::from_utf8_lossy(status.details()).into_owned();
        assert!(!bytes.contains("SELECT") && !bytes.contains("10.0.0.7"));
    }
}

#[test]
fn details_say_which_field_and_when_to_come_back() {
    let invalid = status(Error::invalid("title", "must be at most 200 characters"));
    let details = invalid.get_error_details();
    let violation = &details.bad_request().unwrap().field_violations[0];
    assert_eq!(violation.field, "title");
    assert_eq!(violation.description, "must be at most 200 characters");

    let conflict = status(Error::Conflict {
        field: Some("title".into()),
        problem: "the title has changed since".into(),
    });
    let details = conflict.get_error_details();
    let violation = &details.precondition_failure().unwrap().violations[0];
    assert_eq!(violation.subject, "title");

    let exhausted = status(Error::Exhausted {
        what: "too many".into(),
        retry_after: Duration::from_millis(1500),
    });
    assert_eq!(exhausted.code(), Code::ResourceExhausted);
    assert_eq!(exhausted.metadata().get("retry-after").unwrap(), "2");
    assert_eq!(
        exhausted
            .get_error_details()
            .retry_info()
            .unwrap()
            .retry_delay,
        Some(Duration::from_millis(1500))
    );

    let details = status(Error::BadToken).get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "BAD_TOKEN");
    assert!(status(Error::TimedOut).details().is_empty());
}

#[test]
fn a_failed_turn_tells_what_had_already_happened() {
    let user = UserId::parse("u1").unwrap();
    let reply = Reply {
        conversation_id: ConversationId::new(),
        turn_id: TurnId::new(),
        user_message_id: EntryId::new(),
        message_id: EntryId::new(),
        text: "I have ".to_owned(),
        tool_calls: vec![ToolCall {
            id: CallId::nth(1),
            tool: "add_task".to_owned(),
            arguments: serde_json::json!({"title": "x"}),
            result: Some(serde_json::json!({"success": true})),
            is_error: false,
            receipt: None,
        }],
        state: TurnState::Failed,
        notices: vec![],
        approvals: vec![],
        usage: Usage::default(),
    };
    for (kind, code, why, retryable) in [
        (
            FailureKind::ModelUnavailable,
            Code::Unavailable,
            "MODEL_UNAVAILABLE",
            true,
        ),
        (
            FailureKind::ToolsUnavailable,
            Code::Unavailable,
            "TOOLS_UNAVAILABLE",
            true,
        ),
        (
            FailureKind::TimedOut,
            Code::DeadlineExceeded,
            "TURN_TIMED_OUT",
            true,
        ),
        (
            FailureKind::ModelMisbehaved,
            Code::Internal,
            "MODEL_MISBEHAVED",
            true,
        ),
        (
            FailureKind::TooManySteps,
            Code::Internal,
            "MODEL_MISBEHAVED",
            false,
        ),
        (FailureKind::CutOff, Code::Internal, "TURN_CUT_OFF", true),
        (FailureKind::Internal, Code::Internal, "INTERNAL", false),
    ] {
        let failure = Failure {
            kind,
            text: "Sorry, that did not work.".to_owned(),
        };
        let status = failed_turn(&failure, &reply, &user);
        assert_eq!(status.code(), code);
        assert_eq!(status.message(), "Sorry, that did not work.");
        let details = status.get_error_details();
        assert_eq!(details.error_info().unwrap().reason, why);

        let rich = pb::Status::decode(status.details()).unwrap();
        assert_eq!(rich.code, i32::from(code));
        let any = &rich.details[0];
        assert_eq!(any.type_url, "type.googleapis.com/taskchat.v1.TurnFailure");
        let told = v1::TurnFailure::decode(any.value.as_slice()).unwrap();
        assert_eq!(told.turn_id, reply.turn_id.to_string());
        assert_eq!(told.response_text, "Sorry, that did not work.");
        assert_eq!(told.tool_calls.len(), 1);
        assert_eq!(told.retryable, retryable);
        // The name of the code, as the contract spells it.
        let named: String = format!("{code:?}")
            .char_indices()
            .flat_map(|(at, c)| {
                let gap = (at > 0 && c.is_uppercase()).then_some('_');
                gap.into_iter().chain([c.to_ascii_uppercase()])
            })
            .collect();
        assert_eq!(told.code, named);
    }
}

/// As many calls as asked for, every other with a receipt, each with a text of this length in it.
fn failure(calls: usize, length: usize) -> v1::TurnFailure {
    let call = |at: usize| v1::ToolCall {
        id: CallId::nth(at).as_str().to_owned(),
        tool: "update_task".to_owned(),
        arguments: Some(prost_types::Struct::default()),
        result: Some(prost_types::Struct {
            fields: [(String::new(), "x".repeat(length).into())].into(),
        }),
        is_error: false,
        receipt: at.is_multiple_of(2).then(|| v1::Receipt {
            summary: "Changed.".to_owned(),
            task: Some(v1::Task {
                description: "x".repeat(length),
                ..Default::default()
            }),
            ..Default::default()
        }),
    };
    v1::TurnFailure {
        turn_id: TurnId::new().to_string(),
        tool_calls: (1..=calls).map(call).collect(),
        ..Default::default()
    }
}

#[test]
fn the_details_of_a_failed_turn_fit_into_a_header() {
    // How many calls tell their result, and how many the task they changed.
    for (calls, length, expected) in [
        (4, 100, (4, 2)),
        (4, 2000, (0, 2)),
        (140, 20, (0, 70)),
        (6, 2000, (0, 0)),
        (1000, 100, (0, 0)),
    ] {
        let whole = failure(calls, length);
        let kept = fitting(whole.clone());
        assert!(kept.encoded_len() <= DETAILS);
        assert_eq!(kept.turn_id, whole.turn_id);
        let left = kept.tool_calls.iter();
        let receipts: Vec<_> = left.filter_map(|call| call.receipt.as_ref()).collect();
        let results = kept.tool_calls.iter().filter(|call| call.result.is_some());
        let tasks = receipts.iter().filter(|receipt| receipt.task.is_some());
        assert_eq!(
            (results.count(), tasks.count()),
            expected,
            "{calls} {length}"
        );
        // What was changed goes last.
        let all_changes = receipts.len() == calls / 2;
        assert!(all_changes || receipts.len() == kept.tool_calls.len());
    }
}
