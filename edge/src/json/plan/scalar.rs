//! The types that are no messages: what they look like on the wire, and as JSON.

use prost_reflect::Kind;

use super::{Plans, Scalar};
use crate::json::{
    text,
    wire::{Fields, Malformed, Raw},
};

impl Scalar {
    /// The type of a field that is neither message nor enum.
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Double => Self::Double,
            Kind::Float => Self::Float,
            Kind::Int32 => Self::Int32,
            Kind::Int64 => Self::Int64,
            Kind::Uint32 => Self::Uint32,
            Kind::Uint64 => Self::Uint64,
            Kind::Sint32 => Self::Sint32,
            Kind::Sint64 => Self::Sint64,
            Kind::Fixed32 => Self::Fixed32,
            Kind::Fixed64 => Self::Fixed64,
            Kind::Sfixed32 => Self::Sfixed32,
            Kind::Sfixed64 => Self::Sfixed64,
            Kind::Bool => Self::Bool,
            Kind::String => Self::String,
            Kind::Bytes | Kind::Message(_) | Kind::Enum(_) => Self::Bytes,
        }
    }

    /// True for what can be packed.
    pub(in crate::json) const fn is_number(self) -> bool {
        !matches!(self, Self::String | Self::Bytes)
    }

    /// Whether a value on the wire can be of this type.
    pub(in crate::json) const fn fits(self, raw: Raw<'_>) -> bool {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => matches!(raw, Raw::Bits64(_)),
            Self::Float | Self::Fixed32 | Self::Sfixed32 => matches!(raw, Raw::Bits32(_)),
            Self::String | Self::Bytes => matches!(raw, Raw::Bytes(_)),
            _ => matches!(raw, Raw::Varint(_)),
        }
    }

    /// The next element of a packed field.
    pub(in crate::json) fn element<'b>(
        self,
        packed: &mut Fields<'b>,
    ) -> Result<Option<Raw<'b>>, Malformed> {
        if packed.rest().is_empty() {
            return Ok(None);
        }
        let raw = match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => Raw::Bits64(packed.bits64()?),
            Self::Float | Self::Fixed32 | Self::Sfixed32 => Raw::Bits32(packed.bits32()?),
            _ => Raw::Varint(packed.varint()?),
        };
        Ok(Some(raw))
    }

    /// True for the value that a field without presence has when it is not set. -0.0 is not: somebody
    /// meant it, and it goes over the wire.
    pub(in crate::json) fn is_default(self, raw: Raw<'_>) -> bool {
        match (self, raw) {
            (Self::Int64 | Self::Uint64 | Self::Sint64 | Self::Bool, Raw::Varint(value)) => {
                value == 0
            }
            // The upper half is cut off.
            (_, Raw::Varint(value)) => value & u64::from(u32::MAX) == 0,
            (_, Raw::Bits64(bits)) => bits == 0,
            (_, Raw::Bits32(bits)) => bits == 0,
            (_, Raw::Bytes(bytes) | Raw::Group(bytes)) => bytes.is_empty(),
        }
    }

    /// The default as JSON.
    pub(in crate::json) fn default(self, plans: &Plans, out: &mut Vec<u8>) {
        let raw = match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => Raw::Bits64(0),
            Self::Float | Self::Fixed32 | Self::Sfixed32 => Raw::Bits32(0),
            Self::String | Self::Bytes => Raw::Bytes(b""),
            Self::Enum(index) => return plans.enumeration(index, plans.enum_default(index), out),
            _ => Raw::Varint(0),
        };
        // Nothing can be wrong with it.
        let _ = self.write(raw, plans, out);
    }

    /// A value as JSON.
    pub(in crate::json) fn write(
        self,
        raw: Raw<'_>,
        plans: &Plans,
        out: &mut Vec<u8>,
    ) -> Result<(), Malformed> {
        match (self, raw) {
            (Self::Double, Raw::Bits64(bits)) => text::double(out, f64::from_bits(bits)),
            (Self::Float, Raw::Bits32(bits)) => text::float(out, f32::from_bits(bits)),
            (Self::Int32, Raw::Varint(value)) => text::integer(out, value as i32),
            (Self::Uint32, Raw::Varint(value)) => text::integer(out, value as u32),
            (Self::Sint32, Raw::Varint(value)) => {
                let value = value as u32;
                text::integer(out, (value >> 1) as i32 ^ -((value & 1) as i32));
            }
            (Self::Fixed32, Raw::Bits32(bits)) => text::integer(out, bits),
            (Self::Sfixed32, Raw::Bits32(bits)) => text::integer(out, bits as i32),
            // JavaScript loses what lies beyond 2^53.
            (Self::Int64, Raw::Varint(value)) => text::quoted(out, value as i64),
            (Self::Uint64, Raw::Varint(value)) => text::quoted(out, value),
            (Self::Sint64, Raw::Varint(value)) => text::quoted(out, zigzag(value)),
            (Self::Fixed64, Raw::Bits64(bits)) => text::quoted(out, bits),
            (Self::Sfixed64, Raw::Bits64(bits)) => text::quoted(out, bits as i64),
            (Self::Bool, Raw::Varint(value)) => {
                out.extend_from_slice(if value == 0 { b"false" } else { b"true" });
            }
            (Self::Enum(index), Raw::Varint(value)) => {
                plans.enumeration(index, value as i32, out);
            }
            (Self::String, Raw::Bytes(bytes)) => {
                text::string(out, std::str::from_utf8(bytes).map_err(|_| Malformed)?);
            }
            (Self::Bytes, Raw::Bytes(bytes)) => text::base64(out, bytes),
            _ => return Err(Malformed),
        }
        Ok(())
    }

    /// A value as the key of a map, or as the id of an event.
    pub(in crate::json) fn key(self, raw: Raw<'_>) -> Result<Key<'_>, Malformed> {
        Ok(match (self, raw) {
            (Self::Bool, Raw::Varint(value)) => Key::Bool(value != 0),
            (Self::Int32, Raw::Varint(value)) => Key::Int(i64::from(value as i32)),
            (Self::Int64, Raw::Varint(value)) => Key::Int(value as i64),
            (Self::Sint32, Raw::Varint(value)) => {
                let value = value as u32;
                Key::Int(i64::from((value >> 1) as i32 ^ -((value & 1) as i32)))
            }
            (Self::Sint64, Raw::Varint(value)) => Key::Int(zigzag(value)),
            (Self::Sfixed32, Raw::Bits32(bits)) => Key::Int(i64::from(bits as i32)),
            (Self::Sfixed64, Raw::Bits64(bits)) => Key::Int(bits as i64),
            (Self::Uint32, Raw::Varint(value)) => Key::Uint(u64::from(value as u32)),
            (Self::Uint64, Raw::Varint(value)) => Key::Uint(value),
            (Self::Fixed32, Raw::Bits32(bits)) => Key::Uint(bits.into()),
            (Self::Fixed64, Raw::Bits64(bits)) => Key::Uint(bits),
            (Self::String, Raw::Bytes(bytes)) => {
                Key::Text(std::str::from_utf8(bytes).map_err(|_| Malformed)?)
            }
            _ => return Err(Malformed),
        })
    }

    /// The key that an entry without one has.
    pub(in crate::json) const fn no_key(self) -> Key<'static> {
        match self {
            Self::Bool => Key::Bool(false),
            Self::String => Key::Text(""),
            Self::Uint32 | Self::Uint64 | Self::Fixed32 | Self::Fixed64 => Key::Uint(0),
            _ => Key::Int(0),
        }
    }
}

const fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// The key of a map's entry. Those of one map are of one kind, so the order is that of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::json) enum Key<'b> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Text(&'b str),
}

impl Key<'_> {
    /// The key as a member's name.
    pub(in crate::json) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Bool(false) => out.extend_from_slice(b"\"false\""),
            Self::Bool(true) => out.extend_from_slice(b"\"true\""),
            Self::Int(key) => text::quoted(out, key),
            Self::Uint(key) => text::quoted(out, key),
            Self::Text(key) => text::string(out, key),
        }
    }
}
