//! Everything that is known of a person as one JSON document, written while it is read: a page at a
//! time, whatever the size. The keys are those of the domain, which the tools of MCP show too.

use async_stream::try_stream;
use futures::Stream;
use serde::Serialize;
use serde_json::{Value, json};
use taskchat_accounts::Accounts;
use taskchat_chat::Chat;
use taskchat_domain::{
    Conversation, Error, Message, Operation, Page, PageRequest, Result, TaskFilter, UserId,
};
use taskchat_proto::google::api::HttpBody;
use taskchat_tasks::Tasks;

/// What the file is called.
pub(crate) const DISPOSITION: &str = "attachment; filename=\"taskchat-export.json\"";

/// Bytes in a piece, more or less.
const PIECE: usize = 64 * 1024;

/// The use cases that know something.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) accounts: Accounts,
    pub(crate) tasks: Tasks,
    pub(crate) chat: Chat,
}

/// The document as far as it is written and not yet sent.
#[derive(Debug, Default)]
struct Draft {
    text: Vec<u8>,
    is_first: bool,
    has_begun: bool,
}

impl Export {
    /// The document of a user, in pieces; the first one names its type.
    pub(crate) fn of(self, user: UserId) -> impl Stream<Item = Result<HttpBody>> + Send {
        try_stream! {
            let mut draft = Draft::default();
            draft.raw("{\"user\":");
            draft.value(&self.user(&user).await?)?;

            draft.open("sessions");
            for session in self.accounts.sessions(&user).await? {
                draft.item(&json!({
                    "id": session.id,
                    "created_at": session.created_at,
                    "last_used_at": session.last_used_at,
                    "user_agent": session.user_agent,
                }))?;
            }
            draft.close();

            draft.open("tasks");
            let mut page = first_page();
            loop {
                let tasks = self.tasks.list(&user, &TaskFilter::default(), &page).await?;
                for task in &tasks.items {
                    draft.item(task)?;
                    while let Some(piece) = draft.piece() {
                        yield piece;
                    }
                }
                if !go_on(&mut page, tasks) { break }
            }
            draft.close();

            draft.open("operations");
            let mut page = first_page();
            loop {
                let operations = self.tasks.operations(&user, None, &page).await?;
                for operation in &operations.items {
                    draft.item(&operation_json(operation))?;
                    while let Some(piece) = draft.piece() {
                        yield piece;
                    }
                }
                if !go_on(&mut page, operations) { break }
            }
            draft.close();

            draft.open("conversations");
            let mut page = first_page();
            loop {
                let conversations = self.chat.conversations(&user, &page).await?;
                for conversation in &conversations.items {
                    draft.begin_item();
                    draft.raw(&conversation_head(conversation)?);
                    draft.open("messages");
                    let mut messages_page = first_page();
                    loop {
                        let id = conversation.id;
                        let messages = match self.chat.messages(&user, id, &messages_page).await {
                            // Deleted while this was written.
                            Err(Error::NotFound(_)) => break,
                            messages => messages?,
                        };
                        for message in messages.items.iter().rev() {
                            draft.item(&message_json(message))?;
                            while let Some(piece) = draft.piece() {
                                yield piece;
                            }
                        }
                        if !go_on(&mut messages_page, messages) { break }
                    }
                    draft.close();
                    draft.raw("}");
                    draft.is_first = false;
                }
                if !go_on(&mut page, conversations) { break }
            }
            draft.close();
            draft.raw("}\n");
            while let Some(piece) = draft.piece() {
                yield piece;
            }
            yield draft.rest();
        }
    }

    async fn user(&self, user: &UserId) -> Result<Value> {
        let me = self.accounts.me(user).await?;
        Ok(json!({
            "id": me.id,
            "email": me.email,
            "time_zone": me.time_zone,
            "approval_policy": me.approval_policy,
            "created_at": me.created_at,
        }))
    }
}

impl Draft {
    fn raw(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, value: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.text, value).map_err(Error::internal)
    }

    /// Begins a list, as the next member of an object.
    fn open(&mut self, name: &str) {
        self.raw(",\"");
        self.raw(name);
        self.raw("\":[");
        self.is_first = true;
    }

    fn close(&mut self) {
        self.raw("]");
    }

    fn begin_item(&mut self) {
        if !self.is_first {
            self.raw(",\n");
        }
        self.is_first = false;
    }

    fn item(&mut self, value: &impl Serialize) -> Result<()> {
        self.begin_item();
        self.value(value)
    }

    /// A full piece, if there is one.
    fn piece(&mut self) -> Option<HttpBody> {
        if self.text.len() < PIECE {
            return None;
        }
        let rest = self.text.split_off(PIECE);
        let data = std::mem::replace(&mut self.text, rest);
        Some(self.body(data))
    }

    fn rest(&mut self) -> HttpBody {
        let data = std::mem::take(&mut self.text);
        self.body(data)
    }

    fn body(&mut self, data: Vec<u8>) -> HttpBody {
        let content_type = match std::mem::replace(&mut self.has_begun, true) {
            true => String::new(),
            false => "application/json".to_owned(),
        };
        HttpBody {
            content_type,
            data,
            extensions: Vec::new(),
        }
    }
}

fn first_page() -> PageRequest {
    PageRequest {
        size: PageRequest::DEFAULT,
        token: None,
    }
}

/// Turns to the page after this one; false when there is none.
fn go_on<T>(page: &mut PageRequest, read: Page<T>) -> bool {
    page.token = read.next;
    page.token.is_some()
}

fn operation_json(operation: &Operation) -> Value {
    json!({
        "id": operation.id,
        "kind": operation.kind,
        "origin": operation.origin,
        "summary": operation.receipt().map(|receipt| receipt.summary),
        "changes": operation.changes,
        "undoes": operation.undoes,
        "undone_by": operation.undone_by,
        "created_at": operation.created_at,
    })
}

/// A conversation, still open for its messages.
fn conversation_head(conversation: &Conversation) -> Result<String> {
    let head = json!({
        "id": conversation.id,
        "title": conversation.title,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
    });
    let mut head = serde_json::to_string(&head).map_err(Error::internal)?;
    head.pop();
    Ok(head)
}

fn message_json(message: &Message) -> Value {
    json!({
        "id": message.id,
        "role": message.role,
        "content": message.content,
        "tool_calls": message.tool_calls,
        "notices": message.notices,
        "approvals": message.approvals,
        "failure": message.failure,
        "created_at": message.created_at,
        "turn_id": message.turn_id,
        "status": message.status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_joined_are_the_document() {
        let mut draft = Draft::default();
        draft.raw("{\"user\":null");
        draft.open("tasks");
        let long = "x".repeat(PIECE * 3);
        for _ in 0..2 {
            draft.item(&json!({ "title": long })).unwrap();
        }
        draft.close();
        draft.open("operations");
        draft.close();
        draft.raw("}");
        let mut pieces = Vec::new();
        while let Some(piece) = draft.piece() {
            pieces.push(piece);
        }
        pieces.push(draft.rest());
        assert!(pieces.len() > 5);
        assert!(pieces.iter().all(|piece| piece.data.len() <= PIECE));
        let types: Vec<_> = pieces.iter().map(|it| it.content_type.as_str()).collect();
        assert_eq!((types[0], types[1]), ("application/json", ""));
        let joined: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.data).collect();
        let document: Value = serde_json::from_slice(&joined).unwrap();
        assert_eq!(document["tasks"].as_array().unwrap().len(), 2);
        assert_eq!(document["operations"], json!([]));
    }
}
