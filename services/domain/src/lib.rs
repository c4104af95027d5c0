//! The words of taskchat: what the other crates talk about.
//!
//! Values are valid once constructed; parsing is the only way in. Nothing here does I/O or is
//! async, and nothing names a transport, a database or a model.
//!
//! **Invariant:** no type but [`User`] carries a user id. Who owns a value is said by the scope it
//! was read from, so it cannot be mixed up on the way.

pub mod approval;
pub mod clock;
pub mod conversation;
pub mod due;
pub mod entry;
pub mod error;
pub mod filter;
pub mod id;
pub mod page;
pub mod receipt;
pub mod task;
pub mod turn;
pub mod user;

pub use approval::{Approval, ApprovalPolicy, ApprovalReason, ApprovalState, Decision};
pub use clock::{Clock, SystemClock, Timestamp};
pub use conversation::{
    Conversation, ConversationTitle, Excerpt, Finding, FoundMessage, Message, Role, SnippetPart,
};
pub use due::Due;
pub use entry::{Call, CallId, CallResult, Entry, EntryBody, Notice, NoticeKind};
pub use error::{BoxError, Error, Kind, Noun, Result, chain};
pub use filter::{OrderKey, TaskFilter, TaskOrder, search_words};
pub use id::{ApprovalId, ConversationId, EntryId, OperationId, SessionId, TaskId, TurnId, UserId};
pub use page::{Page, PageRequest};
pub use receipt::{FieldChange, Operation, Origin, Receipt, ReceiptKind, TaskChange};
pub use task::{Description, NewTask, Priority, Recurrence, Status, Tags, Task, TaskPatch, Title};
pub use turn::{
    EventBody, Failure, FailureKind, Reply, ToolCall, Turn, TurnEvent, TurnState, Usage,
};
pub use user::{TimeZone, User};
