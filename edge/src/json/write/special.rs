//! The messages that have a form of their own.

use super::{Slots, WriteError, Writer, Written, scan};
use crate::json::{
    WellKnown, any, names,
    plan::{MessagePlan, Plan, Scalar},
    text,
    wire::{Malformed, Raw},
};

impl<'w> Writer<'w> {
    pub(super) fn well_known<'b>(
        &mut self,
        well_known: WellKnown,
        slots: &mut Slots<'b>,
        plan: &'w MessagePlan,
        bytes: &'b [u8],
        depth: u32,
    ) -> Written {
        let base = slots.len();
        scan(plan, slots, bytes)?;
        match well_known {
            WellKnown::Timestamp | WellKnown::Duration => {
                let (seconds, nanos) = seconds_and_nanos(plan, slots, base);
                let write = match well_known {
                    WellKnown::Timestamp => text::timestamp,
                    _ => text::duration,
                };
                if !write(&mut self.out, seconds, nanos) {
                    return Err(no_form(plan));
                }
            }
            WellKnown::FieldMask => self.mask(slots, plan, base)?,
            WellKnown::Wrapper | WellKnown::Struct | WellKnown::ListValue => {
                let (index, field) = plan.find(1).ok_or_else(|| no_form(plan))?;
                match slots.get(base + index).copied() {
                    Some(slot) if slot.count > 0 => self.field(slots, field, slot, depth)?,
                    _ => self.out.extend_from_slice(&field.default),
                }
            }
            WellKnown::Value => self.any_json(slots, plan, base, depth)?,
            WellKnown::Any => self.any(slots, plan, base, depth)?,
        }
        slots.truncate(base);
        Ok(())
    }

    fn mask(&mut self, slots: &Slots<'_>, plan: &MessagePlan, base: usize) -> Written {
        let mut joined = String::new();
        if let Some((index, field)) = plan.find(1)
            && let Some(slot) = slots.get(base + index)
        {
            for (index, path) in slot.occurrences(field).enumerate() {
                if let Raw::Bytes(path) = path? {
                    if index > 0 {
                        joined.push(',');
                    }
                    let path = std::str::from_utf8(path).map_err(|_| Malformed)?;
                    joined.push_str(&names::mask_json(path));
                }
            }
        }
        text::string(&mut self.out, &joined);
        Ok(())
    }

    /// `google.protobuf.Value`: whichever of its fields is set.
    fn any_json<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        plan: &'w MessagePlan,
        base: usize,
        depth: u32,
    ) -> Written {
        for (index, field) in plan.fields.iter().enumerate() {
            let Some(slot) = slots.get(base + index).copied() else {
                break;
            };
            if !slot.is_set(field) {
                continue;
            }
            if let (Plan::Scalar(Scalar::Double), Raw::Bits64(bits)) = (field.kind, slot.last)
                && !f64::from_bits(bits).is_finite()
            {
                return Err(no_form(plan));
            }
            return self.field(slots, field, slot, depth);
        }
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn any<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        plan: &MessagePlan,
        base: usize,
        depth: u32,
    ) -> Written {
        let last = |number: u32| {
            let (index, _) = plan.find(number)?;
            match slots.get(base + index)?.last {
                Raw::Bytes(bytes) => Some(bytes),
                _ => None,
            }
        };
        let (url, bytes) = (last(1).unwrap_or_default(), last(2).unwrap_or_default());
        let url = std::str::from_utf8(url).map_err(|_| Malformed)?;
        self.out.push(b'{');
        if !url.is_empty() {
            self.name(b",\"@type\":");
            text::string(&mut self.out, url);
        }
        let (written, found) = (self.out.len(), slots.len());
        match self.inside(slots, url, bytes, depth) {
            Ok(()) => {}
            Err(WriteError::NoForm(name)) => return Err(WriteError::NoForm(name)),
            // One detail we cannot read must not take the whole answer with it.
            Err(WriteError::Malformed) => {
                self.out.truncate(written);
                slots.truncate(found);
                if !url.is_empty() {
                    tracing::warn!(
                        any.type_url = url,
                        "A message inside an answer has an unknown type; its fields are left out"
                    );
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// What an `Any` holds, as members beside its `@type`.
    fn inside<'b>(
        &mut self,
        slots: &mut Slots<'b>,
        url: &str,
        bytes: &'b [u8],
        depth: u32,
    ) -> Written {
        let inner = self.plans.by_name(any::type_name(url)).ok_or(Malformed)?;
        let depth = depth.checked_sub(1).ok_or(Malformed)?;
        if inner.well_known.is_some() {
            self.name(b",\"value\":");
            return self.message(slots, inner, bytes, depth);
        }
        self.members(slots, inner, bytes, depth)
    }
}

fn no_form(plan: &MessagePlan) -> WriteError {
    WriteError::NoForm(plan.name.to_string())
}

/// The two numbers of a timestamp or duration.
fn seconds_and_nanos(plan: &MessagePlan, slots: &Slots<'_>, base: usize) -> (i64, i32) {
    let last = |number: u32| {
        let (index, _) = plan.find(number)?;
        match slots.get(base + index)? {
            slot if slot.count > 0 => Some(slot.last),
            _ => None,
        }
    };
    let seconds = match last(1) {
        Some(Raw::Varint(seconds)) => seconds as i64,
        _ => 0,
    };
    let nanos = match last(2) {
        Some(Raw::Varint(nanos)) => nanos as i32,
        _ => 0,
    };
    (seconds, nanos)
}
