//! Page tokens of lists ordered by an instant, newest first.
//!
//! A token holds the place of the last item shown, so inserting and deleting elsewhere moves
//! nothing. It also holds what was listed: a token of another list is refused.

use chrono::Datelike;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use taskchat_domain::{Error, PageRequest, Result, Timestamp};
use uuid::Uuid;

/// The place of an item in a list ordered by (`at`, `id`), both descending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The list.
    of: String,
    /// The instant of the item.
    at: Timestamp,
    /// The item.
    id: Uuid,
}

impl Place {
    pub(crate) fn new(of: &str, at: Timestamp, id: Uuid) -> Self {
        let of = of.to_owned();
        Self { of, at, id }
    }

    /// The place that a request goes on from.
    pub(crate) fn asked(page: &PageRequest, of: &str) -> Result<Option<Self>> {
        match page.cursor::<Self>()? {
            Some(place) if place.of != of || !is_storable(place.at) => Err(foreign_token()),
            place => Ok(place),
        }
    }

    /// What comes after this place.
    pub(crate) fn after(&self, at: impl ColumnTrait, id: impl ColumnTrait) -> Condition {
        Condition::any()
            .add(at.lt(self.at))
            .add(Condition::all().add(at.eq(self.at)).add(id.lt(self.id)))
    }
}

/// False for instants that no row has and PostgreSQL refuses: tokens can be forged.
pub(crate) fn is_storable(at: Timestamp) -> bool {
    (1..=9999).contains(&at.year())
}

/// The refusal of a token made by another list.
pub(crate) fn foreign_token() -> Error {
    Error::invalid("page_token", "is not a token of this list")
}

/// Sixteen characters that stand for `value`.
pub(crate) fn fingerprint(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(value).map_err(Error::internal)?;
    let hash = Sha256::digest(json);
    Ok(hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
