//! JSON straight from protobuf's wire format: the answer is written while it is read, and no message
//! is built in between.
//!
//! A message is gone through twice. First its fields are found, because the last one counts, one
//! member of a `oneof` puts out another, and fields that are not set may have to be printed; then they
//! are written, in the order of their numbers. Both ways follow a plan (see [`super::plan`]).

mod special;

use super::{
    plan::{FieldPlan, Key, MessagePlan, Plan, Plans, Scalar, Shape},
    wire::{DEPTH, Fields, Malformed, Raw},
};

/// Why an answer cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WriteError {
    /// The bytes are not the message that they are said to be.
    #[error("the answer cannot be decoded")]
    Malformed,
    /// A message that has no JSON form, such as a timestamp in the year 10000.
    #[error("a {0} has no JSON form")]
    NoForm(String),
}

impl From<Malformed> for WriteError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

type Written = Result<(), WriteError>;

/// What was found of a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot<'b> {
    /// How often it occurs.
    count: usize,
    /// The message from the first occurrence on.
    first: &'b [u8],
    /// The last occurrence.
    last: Raw<'b>,
}

impl Slot<'_> {
    const EMPTY: Self = Self {
        count: 0,
        first: &[],
        last: Raw::Bytes(&[]),
    };
}

/// What was found of the messages that are being written, the innermost last.
type Slots<'b> = Vec<Slot<'b>>;

impl Plans {
    /// A message in the form that its type asks for.
    pub(crate) fn write(&self, plan: &MessagePlan, bytes: &[u8]) -> Result<Vec<u8>, WriteError> {
        let mut writer = Writer::new(self, bytes.len());
        writer.message(&mut Vec::new(), plan, bytes, DEPTH)?;
        Ok(writer.out)
    }

    /// The field of a message that stands for all of it.
    pub(crate) fn write_field(
        &self,
        plan: &MessagePlan,
        number: u32,
        bytes: &[u8],
    ) -> Result<Vec<u8>, WriteError> {
        let mut writer = Writer::new(self, bytes.len());
        let mut slots = Vec::new();
        scan(plan, &mut slots, bytes)?;
        let (index, field) = plan.find(number).ok_or(Malformed)?;
        match slots.get(index).copied() {
            Some(slot) if slot.is_set(field) => writer.field(&mut slots, field, slot, DEPTH)?,
            _ if field.has_presence => writer.out.extend_from_slice(b"null"),
            _ => writer.out.extend_from_slice(&field.default),
        }
        Ok(writer.out)
    }
}

/// Finds the fields of a message and leaves them at the end of `slots`.
pub(super) fn scan<'b>(
    plan: &MessagePlan,
    slots: &mut Slots<'b>,
    bytes: &'b [u8],
) -> Result<(), Malformed> {
    let base = slots.len();
    slots.resize(base + plan.fields.len(), Slot::EMPTY);
    let found = slots.get_mut(base..).unwrap_or_default();
    let mut fields = Fields::new(bytes);
    loop {
        let first = fields.rest();
        let Some((number, raw)) = fields.next()? else {
            return Ok(());
        };
        let Some((index, field)) = plan.find(number) else {
            continue;
        };
        if !field.fits(raw) {
            return Err(Malformed);
        }
        for rival in &field.rivals {
            if let Some(rival) = found.get_mut(*rival) {
                *rival = Slot::EMPTY;
            }
        }
        if let Some(slot) = found.get_mut(index) {
            if slot.count == 0 {
                slot.first = first;
            }
            slot.count += 1;
            slot.last = raw;
        }
    }
}

impl<'b> Slot<'b> {
    /// Whether a field counts as set: not when it holds the default and cannot tell the difference.
    pub(super) fn is_set(&self, field: &FieldPlan) -> bool {
        if self.count == 0 {
            return false;
        }
        match (field.has_presence, field.shape, field.kind) {
            (false, Shape::One, Plan::Scalar(scalar)) => !scalar.is_default(self.last),
            // A packed field may come without elements.
            (_, Shape::List, Plan::Scalar(scalar)) if scalar.is_number() => self
                .occurrences(field)
                .any(|raw| raw.is_ok_and(|raw| raw != Raw::Bytes(b""))),
            _ => true,
        }
    }

    /// The last value.
    pub(super) const fn last(&self) -> Raw<'b> {
        self.last
    }

    /// All values, in the order of the wire.
    fn occurrences(self, field: &FieldPlan) -> impl Iterator<Item = Result<Raw<'b>, Malformed>> {
        let mut fields = Fields::new(self.first);
        let number = field.number;
        let mut left = self.count;
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            loop {
                match fields.next() {
                    Ok(Some((found, raw))) if found == number => return Some(Ok(raw)),
                    Ok(Some(_)) => {}
                    Ok(None) => return None,
                    Err(error) => return Some(Err(error)),
                }
            }
        })
    }
}

/// Writes messages into a buffer.
struct Writer<'w> {
    plans: &'w Plans,
    out: Vec<u8>,
}

impl<'w> Writer<'w> {
    fn new(plans: &'w Plans, size: usize) -> Self {
        Self {
            plans,
            // Names and defaults are longer than tags.
            out: Vec::with_capacity(64 + size * 2),
        }
    }

    fn message<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        plan: &'w MessagePlan,
        bytes: &'b [u8],
        depth: u32,
    ) -> Written {
        match plan.well_known {
            Some(well_known) => self.well_known(well_known, slots, plan, bytes, depth),
            None => {
                self.out.push(b'{');
                self.members(slots, plan, bytes, depth)?;
                self.out.push(b'}');
                Ok(())
            }
        }
    }

    /// The members of an object that has been begun.
    fn members<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        plan: &'w MessagePlan,
        bytes: &'b [u8],
        depth: u32,
    ) -> Written {
        let base = slots.len();
        scan(plan, slots, bytes)?;
        for (index, field) in plan.fields.iter().enumerate() {
            let Some(slot) = slots.get(base + index).copied() else {
                break;
            };
            match slot.is_set(field) {
                false => self.name(&field.unset),
                true => {
                    self.name(&field.name);
                    self.field(slots, field, slot, depth)?;
                }
            }
        }
        slots.truncate(base);
        Ok(())
    }

    /// A name that begins with the comma that it may need.
    fn name(&mut self, name: &[u8]) {
        let name = match self.out.last() {
            Some(b'{') => name.get(1..).unwrap_or_default(),
            _ => name,
        };
        self.out.extend_from_slice(name);
    }

    fn field<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        field: &'w FieldPlan,
        slot: Slot<'b>,
        depth: u32,
    ) -> Written {
        match (field.shape, field.kind) {
            (Shape::One, Plan::Message(_) | Plan::Group(_)) if slot.count > 1 => {
                self.merged(field.kind, &joined(slot.occurrences(field))?, depth)
            }
            (Shape::One, kind) => self.value(slots, kind, slot.last, depth),
            (Shape::List, kind) => {
                self.out.push(b'[');
                for raw in slot.occurrences(field) {
                    self.elements(slots, kind, raw?, depth)?;
                }
                self.out.push(b']');
                Ok(())
            }
            (Shape::Map(key), kind) => self.map(slots, (key, kind, field), slot, depth),
        }
    }

    /// One element of a list, or several that are packed.
    fn elements<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        kind: Plan,
        raw: Raw<'b>,
        depth: u32,
    ) -> Written {
        if let (Plan::Scalar(scalar), Raw::Bytes(packed)) = (kind, raw)
            && scalar.is_number()
        {
            let mut packed = Fields::new(packed);
            while let Some(raw) = scalar.element(&mut packed)? {
                self.comma();
                scalar.write(raw, self.plans, &mut self.out)?;
            }
            return Ok(());
        }
        self.comma();
        self.value(slots, kind, raw, depth)
    }

    fn comma(&mut self) {
        if self.out.last() != Some(&b'[') {
            self.out.push(b',');
        }
    }

    fn value<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        kind: Plan,
        raw: Raw<'b>,
        depth: u32,
    ) -> Written {
        match (kind, raw) {
            (Plan::Scalar(scalar), raw) => Ok(scalar.write(raw, self.plans, &mut self.out)?),
            (Plan::Message(index), Raw::Bytes(bytes)) | (Plan::Group(index), Raw::Group(bytes)) => {
                let plan = self.plans.message(index).ok_or(Malformed)?;
                let depth = depth.checked_sub(1).ok_or(Malformed)?;
                self.message(slots, plan, bytes, depth)
            }
            _ => Err(Malformed.into()),
        }
    }

    /// A message that came in pieces, which are one message when they are put together.
    fn merged(&mut self, kind: Plan, bytes: &[u8], depth: u32) -> Written {
        let raw = match kind {
            Plan::Group(_) => Raw::Group(bytes),
            _ => Raw::Bytes(bytes),
        };
        self.value(&mut Vec::new(), kind, raw, depth)
    }

    fn map<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        (key, kind, field): (Scalar, Plan, &FieldPlan),
        slot: Slot<'b>,
        depth: u32,
    ) -> Written {
        let mut entries = Vec::with_capacity(slot.count);
        for entry in slot.occurrences(field) {
            if let Raw::Bytes(entry) = entry? {
                entries.push((self.entry_key(key, kind, entry)?, entry));
            }
        }
        // Sorted, so that equal messages are equal texts; of equal keys the last one counts.
        entries.sort_by_key(|(key, _)| *key);
        self.out.push(b'{');
        for (index, (key, entry)) in entries.iter().enumerate() {
            if entries.get(index + 1).is_some_and(|(next, _)| next == key) {
                continue;
            }
            if self.out.last() != Some(&b'{') {
                self.out.push(b',');
            }
            key.write(&mut self.out);
            self.out.push(b':');
            self.entry_value(slots, kind, entry, depth)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn entry_key<'b>(
        &self,
        scalar: Scalar,
        kind: Plan,
        entry: &'b [u8],
    ) -> Result<Key<'b>, Malformed> {
        let mut key = scalar.no_key();
        let mut fields = Fields::new(entry);
        while let Some((number, raw)) = fields.next()? {
            match number {
                1 => key = scalar.key(raw)?,
                2 if !kind.fits(raw) => return Err(Malformed),
                _ => {}
            }
        }
        Ok(key)
    }

    fn entry_value<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        kind: Plan,
        entry: &'b [u8],
        depth: u32,
    ) -> Written {
        let mut fields = Fields::new(entry);
        let mut values = Vec::new();
        while let Some((number, raw)) = fields.next()? {
            if number == 2 {
                values.push(raw);
            }
        }
        match (kind, values.as_slice()) {
            (Plan::Scalar(scalar), []) => scalar.default(self.plans, &mut self.out),
            (Plan::Message(_) | Plan::Group(_), []) => return self.merged(kind, &[], depth),
            (Plan::Message(_) | Plan::Group(_), [_, _, ..]) => {
                let bytes = joined(values.into_iter().map(Ok))?;
                return self.merged(kind, &bytes, depth);
            }
            (_, [.., last]) => return self.value(slots, kind, *last, depth),
        }
        Ok(())
    }
}

/// Puts the pieces of a message together.
fn joined<'b>(
    pieces: impl Iterator<Item = Result<Raw<'b>, Malformed>>,
) -> Result<Vec<u8>, Malformed> {
    let mut bytes = Vec::new();
    for piece in pieces {
        if let Raw::Bytes(piece) | Raw::Group(piece) = piece? {
            bytes.extend_from_slice(piece);
        }
    }
    Ok(bytes)
}
