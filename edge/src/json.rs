//! ProtoJSON between text and messages whose types are known only at run time.
//!
//! Reading goes by way of a [`tree`] so that a syntax error is told before any other, and so that
//! every error names its field and duplicates are seen; writing goes from bytes to bytes, by [`plan`].
//! HTTP is not known here.

mod any;
pub(crate) mod fault;
mod glance;
pub(crate) mod names;
mod plan;
mod read;
#[cfg(test)]
pub(crate) mod reference;
mod scalar;
mod text;
mod time;
pub(crate) mod tree;
mod well_known;
pub(crate) mod wire;
mod write;

pub(crate) use fault::{Fault, Faults};
pub(crate) use plan::{MessagePlan, Plans, has_null};
pub(crate) use read::{Reader, member, member_named};
pub(crate) use scalar::Source;
pub(crate) use tree::Json;
pub(crate) use well_known::WellKnown;
pub(crate) use write::WriteError;

/// The choices that ProtoJSON leaves open. The default is what the specification prints by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JsonStyle {
    /// How fields are spelled in answers; both spellings are always read.
    pub field_names: FieldNames,
    /// How enum values are spelled in answers.
    pub enum_names: EnumNames,
    /// What stands for fields with presence that are not set.
    pub unset: Unset,
    /// Whether fields without presence are printed when they hold their default.
    pub defaults: Defaults,
    /// What happens to members of a body that are no fields.
    pub unknown_fields: UnknownFields,
}

/// How fields are spelled in answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldNames {
    /// `conversationId`, or what `json_name` says.
    #[default]
    Camel,
    /// `conversation_id`, as in the proto.
    Proto,
}

/// How enum values are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EnumNames {
    /// `TASK_STATUS_PENDING`, as in the proto.
    #[default]
    Full,
    /// `pending`: in lower case, without the prefix that repeats the type's name. Both are read.
    Short,
}

/// What stands for a message or an `optional` field that is not set. Members of a `oneof` are always
/// left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unset {
    /// Nothing.
    #[default]
    Omit,
    /// `null`.
    Null,
}

/// Whether zeros, empty strings, empty lists and empty maps are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Defaults {
    /// They are left out.
    #[default]
    Omit,
    /// They are printed.
    Print,
}

/// What happens to members of a body that are no fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownFields {
    /// They are an error that names them.
    #[default]
    Refuse,
    /// They are skipped.
    Ignore,
}
