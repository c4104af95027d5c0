//! The person's word on what other assistants do. Our own agent asks before it calls.

use rmcp::model::JsonObject;
use serde_json::Value;
use taskchat_domain::{ApprovalState, Call, CallId, OperationId, Origin};

use crate::{
    AskPerson, Bench, Tools,
    outcome::{Code, Refusal},
    tool::{Effect, Tool},
};

/// What the ledger's keys of other assistants begin with.
pub(crate) const PREFIX: &str = "mcp:";

/// A call to be asked about.
pub(crate) struct Question<'a> {
    ask: &'a AskPerson,
    bench: &'a Bench,
    call: Call,
}

/// The question whether another assistant may make a call; `None` when nobody needs to be asked.
pub(crate) fn question<'a>(
    tools: &'a Tools,
    bench: &'a Bench,
    tool: &Tool,
    arguments: Option<&JsonObject>,
) -> Option<Question<'a>> {
    let (Some(ask), Origin::Mcp) = (&tools.ask, bench.origin) else {
        return None;
    };
    if tool.effect == Effect::Reads {
        return None;
    }
    let call = Call {
        id: CallId::nth(1),
        tool: tool.name.to_owned(),
        arguments: Value::Object(arguments.cloned().unwrap_or_default()),
    };
    Some(Question { ask, bench, call })
}

impl Question<'_> {
    /// Goes on when the person has approved, or does not want to be asked. A call without a key is
    /// given one, under which it can be made once it is approved.
    pub(crate) async fn answer(self, key: Option<&str>) -> Result<(), Refusal> {
        let key = match key.and_then(|key| key.strip_prefix(PREFIX)) {
            Some(key) => key.to_owned(),
            None => OperationId::new().to_string(),
        };
        let user = self.bench.user.clone();
        let Some(asked) = (self.ask)(user, self.call, key.clone()).await? else {
            return Ok(());
        };
        match asked.state {
            ApprovalState::Approved => Ok(()),
            ApprovalState::Pending => Err(Refusal::asked(asked.id, key)),
            ApprovalState::Denied => Err(Refusal::new(
                Code::Denied,
                "the person did not allow this; nothing was changed",
            )),
            ApprovalState::Expired => Err(Refusal::new(
                Code::Expired,
                "nobody allowed this in time; nothing was changed",
            )),
        }
    }
}
