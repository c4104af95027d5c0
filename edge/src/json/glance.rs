//! What a streamed message is, found without writing it: its id, and which of its members is set.

use super::{
    MessagePlan, WriteError,
    plan::{Key, Plan, Shape},
    write::scan,
};

/// What the event of a message is called by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Glance<'p> {
    /// The value of the field that is asked for, when it is set and is a whole number or text.
    pub(crate) id: Option<String>,
    /// The name of the set member of the first `oneof`.
    pub(crate) choice: Option<&'p str>,
}

impl MessagePlan {
    /// Looks at a message; `id` is the number of the field to read.
    pub(crate) fn glance(&self, bytes: &[u8], id: Option<u32>) -> Result<Glance<'_>, WriteError> {
        let mut slots = Vec::new();
        scan(self, &mut slots, bytes)?;
        let set = |index: usize| {
            let (field, slot) = (self.fields.get(index)?, slots.get(index)?);
            slot.is_set(field).then_some((field, slot))
        };
        let key = match id.and_then(|number| self.find(number)) {
            Some((index, _)) => match set(index) {
                Some((field, slot)) => match (field.shape, field.kind) {
                    (Shape::One, Plan::Scalar(scalar)) => scalar.key(slot.last()).ok(),
                    _ => None,
                },
                None => None,
            },
            None => None,
        };
        let mut choice = self.choice.iter();
        Ok(Glance {
            id: match key {
                Some(Key::Int(id)) => Some(id.to_string()),
                Some(Key::Uint(id)) => Some(id.to_string()),
                Some(Key::Text(id)) => Some(id.to_owned()),
                Some(Key::Bool(_)) | None => None,
            },
            choice: choice.find_map(|(index, name)| set(*index).map(|_| name.as_ref())),
        })
    }
}
