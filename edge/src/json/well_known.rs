//! The messages that ProtoJSON writes in a form of their own.

use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, Value};

/// A message with a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WellKnown {
    /// RFC 3339.
    Timestamp,
    /// Seconds with an `s`.
    Duration,
    /// Paths in camel case, joined by commas.
    FieldMask,
    /// The value inside.
    Wrapper,
    /// Any object.
    Struct,
    /// Any JSON.
    Value,
    /// Any list.
    ListValue,
    /// An object with `@type`.
    Any,
}

impl WellKnown {
    /// What a message is, if it is one of them.
    pub(crate) fn of(message: &MessageDescriptor) -> Option<Self> {
        Some(
            match message.full_name().strip_prefix("google.protobuf.")? {
                "Timestamp" => Self::Timestamp,
                "Duration" => Self::Duration,
                "FieldMask" => Self::FieldMask,
                "Struct" => Self::Struct,
                "Value" => Self::Value,
                "ListValue" => Self::ListValue,
                "Any" => Self::Any,
                "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value"
                | "UInt32Value" | "BoolValue" | "StringValue" | "BytesValue" => Self::Wrapper,
                _ => return None,
            },
        )
    }

    /// Like [`Self::of`], for the kind of a field.
    pub(crate) fn of_kind(kind: &Kind) -> Option<Self> {
        kind.as_message().and_then(Self::of)
    }

    /// True when its JSON is a single string or number, so that it fits a query parameter.
    pub(crate) const fn is_single(self) -> bool {
        match self {
            Self::Timestamp | Self::Duration | Self::FieldMask | Self::Wrapper => true,
            Self::Struct | Self::Value | Self::ListValue | Self::Any => false,
        }
    }
}

/// True for the kinds in which JSON's `null` is a value and not the absence of one.
pub(super) fn takes_null(kind: &Kind) -> bool {
    match kind {
        Kind::Message(message) => WellKnown::of(message) == Some(WellKnown::Value),
        Kind::Enum(descriptor) => descriptor.full_name() == "google.protobuf.NullValue",
        _ => false,
    }
}

/// The two numbers of a timestamp or duration.
#[cfg(test)]
pub(super) fn seconds_and_nanos(message: &DynamicMessage) -> (i64, i32) {
    let seconds = message
        .get_field_by_number(1)
        .and_then(|value| value.as_i64());
    let nanos = message
        .get_field_by_number(2)
        .and_then(|value| value.as_i32());
    (seconds.unwrap_or_default(), nanos.unwrap_or_default())
}

/// A timestamp or duration from its two numbers.
pub(super) fn from_seconds_and_nanos(
    descriptor: &MessageDescriptor,
    (seconds, nanos): (i64, i32),
) -> DynamicMessage {
    with(
        descriptor,
        &[(1, Value::I64(seconds)), (2, Value::I32(nanos))],
    )
}

/// A message with these fields, by number. A descriptor that only has the name of a well-known type
/// gets what fits.
pub(super) fn with(descriptor: &MessageDescriptor, fields: &[(u32, Value)]) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for (number, value) in fields {
        if let Err(error) = message.try_set_field_by_number(*number, value.clone()) {
            tracing::warn!(%error, "{} is not what it is known for", descriptor.full_name());
        }
    }
    message
}
