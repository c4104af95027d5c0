//! What is to be written for each field of each message type, worked out once from the descriptors:
//! names with their quotes and commas, the spelling of enum values, what stands for unset fields.
//!
//! Nothing is written here (see [`super::write`]); and no plan is made while a request waits.

mod scalar;

use std::collections::HashMap;

use prost_reflect::{
    Cardinality, DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
};

use super::{
    Defaults, EnumNames, JsonStyle, Unset, names, text,
    well_known::{self, WellKnown},
    wire::Raw,
};
pub(super) use scalar::Key;

/// The plans of all messages of a pool, in one style.
#[derive(Debug)]
pub(crate) struct Plans {
    messages: Vec<MessagePlan>,
    enums: Vec<EnumPlan>,
    by_name: HashMap<Box<str>, usize>,
}

/// How a message is written.
#[derive(Debug, Default)]
pub(crate) struct MessagePlan {
    /// The full name, for errors.
    pub(super) name: Box<str>,
    /// The form of its own that it has, if any.
    pub(super) well_known: Option<WellKnown>,
    /// By number, which is the order in which they are written; extensions last.
    pub(super) fields: Vec<FieldPlan>,
    /// For small numbers, the index of the field and one; 0 for none.
    near: Vec<u16>,
    /// For large numbers, the index of the field.
    far: HashMap<u32, usize>,
    /// The members of the first `oneof` that somebody wrote, with the names they are printed with.
    pub(super) choice: Vec<(usize, Box<str>)>,
}

/// How a field is written.
#[derive(Debug)]
pub(crate) struct FieldPlan {
    /// The number, to find it again on the wire.
    pub(super) number: u32,
    /// `,"name":`
    pub(super) name: Box<[u8]>,
    /// `,"name":null`, or whatever stands for it when it is not set; empty for nothing.
    pub(super) unset: Box<[u8]>,
    /// The value alone when it is not set.
    pub(super) default: Box<[u8]>,
    /// Whether it can be told whether it is set.
    pub(super) has_presence: bool,
    /// The fields that are no longer set once this one is.
    pub(super) rivals: Box<[usize]>,
    /// How many there are.
    pub(super) shape: Shape,
    /// What it is; in a map, the values.
    pub(super) kind: Plan,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// At most one; the last one counts.
    One,
    /// Any number.
    List,
    /// One for each key, of this type.
    Map(Scalar),
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// No message.
    Scalar(Scalar),
    /// The message at this index.
    Message(usize),
    /// The same, between two tags.
    Group(usize),
}

/// The types that are no messages; an enum by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    Enum(usize),
}

/// How the values of an enum are written.
#[derive(Debug)]
pub(super) struct EnumPlan {
    /// True for `google.protobuf.NullValue`.
    is_null: bool,
    /// The value of what is not set: the first one, which need not be 0 in proto2.
    default: i32,
    /// By number, with quotes.
    names: Vec<(i32, Box<[u8]>)>,
}

/// Numbers up to this are looked up in a table.
const NEAR: u32 = 256;

impl Plans {
    /// Plans for everything in the pool.
    pub(crate) fn new(pool: &DescriptorPool, style: &JsonStyle) -> Self {
        let messages: Vec<MessageDescriptor> = pool.all_messages().collect();
        let enums: Vec<EnumDescriptor> = pool.all_enums().collect();
        let index = |name: &str, names: &HashMap<Box<str>, usize>| names.get(name).copied();
        let name = |(index, name): (usize, &str)| (name.into(), index);
        let by_name: HashMap<Box<str>, usize> = messages
            .iter()
            .map(MessageDescriptor::full_name)
            .enumerate()
            .map(name)
            .collect();
        let enums_by_name: HashMap<Box<str>, usize> = enums
            .iter()
            .map(EnumDescriptor::full_name)
            .enumerate()
            .map(name)
            .collect();
        let mut plans = Self {
            messages: Vec::new(),
            enums: enums.iter().map(|e| EnumPlan::new(e, style)).collect(),
            by_name: HashMap::new(),
        };
        let messages = messages.iter().map(|message| {
            MessagePlan::new(
                message,
                style,
                |kind, is_group| match kind {
                    Kind::Message(message) => {
                        let message = index(message.full_name(), &by_name).unwrap_or_default();
                        match is_group {
                            true => Plan::Group(message),
                            false => Plan::Message(message),
                        }
                    }
                    Kind::Enum(descriptor) => {
                        let found = index(descriptor.full_name(), &enums_by_name);
                        Plan::Scalar(Scalar::Enum(found.unwrap_or_default()))
                    }
                    kind => Plan::Scalar(Scalar::of(kind)),
                },
                &plans,
            )
        });
        let messages: Vec<MessagePlan> = messages.collect();
        plans.messages = messages;
        plans.by_name = by_name;
        plans
    }

    /// The plan of a message, by its full name.
    pub(crate) fn by_name(&self, name: &str) -> Option<&MessagePlan> {
        self.message(*self.by_name.get(name)?)
    }

    pub(super) fn message(&self, index: usize) -> Option<&MessagePlan> {
        self.messages.get(index)
    }

    pub(super) fn enum_default(&self, index: usize) -> i32 {
        self.enums.get(index).map_or(0, |plan| plan.default)
    }

    /// Writes an enum value.
    pub(super) fn enumeration(&self, index: usize, number: i32, out: &mut Vec<u8>) {
        match self.enums.get(index) {
            Some(plan) if plan.is_null => out.extend_from_slice(b"null"),
            plan => match plan.and_then(|plan| plan.name(number)) {
                Some(name) => out.extend_from_slice(name),
                None => text::integer(out, number),
            },
        }
    }
}

impl EnumPlan {
    fn new(descriptor: &EnumDescriptor, style: &JsonStyle) -> Self {
        let mut names: Vec<(i32, Box<[u8]>)> = Vec::new();
        for number in descriptor.values().map(|value| value.number()) {
            // With aliases, the one that the descriptor gives for the number.
            let Some(value) = descriptor.get_value(number) else {
                continue;
            };
            let name = match style.enum_names {
                EnumNames::Full => value.name().to_owned(),
                EnumNames::Short => {
                    names::short(descriptor.name(), value.name()).to_ascii_lowercase()
                }
            };
            names.push((number, format!("\"{name}\"").into_bytes().into()));
        }
        names.sort_unstable();
        names.dedup_by_key(|(number, _)| *number);
        Self {
            is_null: descriptor.full_name() == "google.protobuf.NullValue",
            default: descriptor.default_value().number(),
            names,
        }
    }

    fn name(&self, number: i32) -> Option<&[u8]> {
        // Most enums count from 0.
        let direct = usize::try_from(number).ok().and_then(|n| self.names.get(n));
        if let Some((found, name)) = direct
            && *found == number
        {
            return Some(name);
        }
        let found = self.names.binary_search_by_key(&number, |(n, _)| *n).ok()?;
        self.names.get(found).map(|(_, name)| name.as_ref())
    }
}

impl MessagePlan {
    fn new(
        message: &MessageDescriptor,
        style: &JsonStyle,
        resolve: impl Fn(Kind, bool) -> Plan,
        plans: &Plans,
    ) -> Self {
        let descriptors: Vec<FieldDescriptor> = message.fields().collect();
        let place = |field: &FieldDescriptor| descriptors.iter().position(|other| other == field);
        let mut fields: Vec<FieldPlan> = descriptors
            .iter()
            .map(|field| {
                let mut plan = FieldPlan::of(field, style, &resolve, plans);
                if let Some(oneof) = field.containing_oneof() {
                    let others = oneof.fields().filter(|other| other != field);
                    plan.rivals = others.filter_map(|other| place(&other)).collect();
                }
                plan
            })
            .collect();
        let mut extensions: Vec<_> = message.extensions().collect();
        extensions.sort_by_key(prost_reflect::ExtensionDescriptor::number);
        fields.extend(extensions.iter().map(|extension| {
            let is_list = extension.cardinality() == Cardinality::Repeated;
            FieldPlan {
                has_presence: extension.supports_presence(),
                ..FieldPlan::new(
                    extension.number(),
                    extension.json_name(),
                    if is_list { Shape::List } else { Shape::One },
                    resolve(extension.kind(), extension.is_group()),
                    plans,
                )
            }
        }));

        let mut plan = Self {
            name: message.full_name().into(),
            well_known: WellKnown::of(message),
            ..Self::default()
        };
        for (index, field) in fields.iter().enumerate() {
            match (usize::try_from(field.number), u16::try_from(index + 1)) {
                (Ok(number), Ok(next)) if field.number < NEAR => {
                    if plan.near.len() <= number {
                        plan.near.resize(number + 1, 0);
                    }
                    if let Some(place) = plan.near.get_mut(number) {
                        *place = next;
                    }
                }
                _ => {
                    plan.far.insert(field.number, index);
                }
            }
        }
        plan.fields = fields;
        if let Some(oneof) = message.oneofs().find(|oneof| !oneof.is_synthetic()) {
            let members = oneof
                .fields()
                .filter_map(|field| Some((place(&field)?, style.field_name(&field).into())));
            plan.choice = members.collect();
        }
        plan
    }

    /// The field with this number, and where it stands.
    pub(super) fn find(&self, number: u32) -> Option<(usize, &FieldPlan)> {
        let near = usize::try_from(number).ok().and_then(|n| self.near.get(n));
        let index = match near {
            Some(next) if *next > 0 => usize::from(*next) - 1,
            _ if self.far.is_empty() => return None,
            _ => *self.far.get(&number)?,
        };
        Some((index, self.fields.get(index)?))
    }
}

impl FieldPlan {
    fn of(
        field: &FieldDescriptor,
        style: &JsonStyle,
        resolve: impl Fn(Kind, bool) -> Plan,
        plans: &Plans,
    ) -> Self {
        let (shape, kind) = match field.kind() {
            Kind::Message(entry) if field.is_map() => (
                Shape::Map(Scalar::of(entry.map_entry_key_field().kind())),
                resolve(entry.map_entry_value_field().kind(), false),
            ),
            kind if field.is_list() => (Shape::List, resolve(kind, field.is_group())),
            kind => (Shape::One, resolve(kind, field.is_group())),
        };
        let mut plan = Self::new(field.number(), style.field_name(field), shape, kind, plans);
        plan.has_presence = field.supports_presence();
        let stands_for_it: &[u8] = match plan.has_presence {
            false if style.defaults == Defaults::Print => &plan.default,
            true if style.unset == Unset::Null && has_null(field) => b"null",
            _ => return plan,
        };
        plan.unset = [&plan.name, stands_for_it].concat().into();
        plan
    }

    fn new(number: u32, name: &str, shape: Shape, kind: Plan, plans: &Plans) -> Self {
        let mut quoted = vec![b','];
        text::string(&mut quoted, name);
        quoted.push(b':');
        let mut default = Vec::new();
        match (shape, kind) {
            (Shape::List, _) => default.extend_from_slice(b"[]"),
            (Shape::Map(_), _) => default.extend_from_slice(b"{}"),
            (Shape::One, Plan::Scalar(scalar)) => scalar.default(plans, &mut default),
            (Shape::One, _) => default.extend_from_slice(b"null"),
        }
        Self {
            number,
            name: quoted.into(),
            unset: Box::default(),
            default: default.into(),
            has_presence: true,
            rivals: Box::default(),
            shape,
            kind,
        }
    }

    /// Whether a value can be one of this field's.
    pub(super) fn fits(&self, raw: Raw<'_>) -> bool {
        match (self.shape, self.kind, raw) {
            (Shape::Map(_), _, Raw::Bytes(_)) => true,
            (Shape::Map(_), ..) => false,
            // Numbers may be packed or not, whatever the descriptor says.
            (Shape::List, Plan::Scalar(scalar), Raw::Bytes(_)) if scalar.is_number() => true,
            (_, kind, raw) => kind.fits(raw),
        }
    }
}

impl Plan {
    /// Whether a value can be of this type.
    pub(super) const fn fits(self, raw: Raw<'_>) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.fits(raw),
            Self::Message(_) => matches!(raw, Raw::Bytes(_)),
            Self::Group(_) => matches!(raw, Raw::Group(_)),
        }
    }
}

/// Whether `null` may stand for a field that is not set: not for the members of a `oneof` that
/// somebody wrote, and not where `null` is a value of its own.
pub(crate) fn has_null(field: &FieldDescriptor) -> bool {
    let is_choice = field
        .containing_oneof()
        .is_some_and(|oneof| !oneof.is_synthetic());
    !is_choice && !well_known::takes_null(&field.kind())
}
