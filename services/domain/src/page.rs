//! Pages: how many, from where, and what follows.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Result};

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many items: 1 to [`PageRequest::MAX`].
    pub size: u32,
    /// The token of the page before, if any.
    pub token: Option<String>,
}

impl PageRequest {
    /// Items in a page when nothing is said.
    pub const DEFAULT: u32 = 50;
    /// The most items in a page; more is cut to this (AIP-158).
    pub const MAX: u32 = 200;

    /// Reads the two fields of a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `page_size` is negative.
    pub fn parse(page_size: i32, page_token: &str) -> Result<Self> {
        let size = match u32::try_from(page_size) {
            Ok(0) => Self::DEFAULT,
            Ok(size) => size.min(Self::MAX),
            Err(_) => return Err(Error::invalid("page_size", "must not be negative")),
        };
        let token = (!page_token.is_empty()).then(|| page_token.to_owned());
        Ok(Self { size, token })
    }

    /// The position the token stands for; `None` for the first page.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the token is not one made by [`Page::from_surplus`].
    pub fn cursor<C: DeserializeOwned>(&self) -> Result<Option<C>> {
        let Some(token) = &self.token else {
            return Ok(None);
        };
        BASE64_URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .map(Some)
            .ok_or_else(|| Error::invalid("page_token", "is not a token of this list"))
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            size: Self::DEFAULT,
            token: None,
        }
    }
}

/// A page of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The token of the next page; `None` on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of `size` items out of up to `size + 1`: the surplus one only tells that there
    /// is more. `cursor` says where the last item of the page stands.
    ///
    /// # Errors
    /// [`Error::Internal`] when the cursor cannot be written.
    pub fn from_surplus<C: Serialize>(
        mut items: Vec<T>,
        size: u32,
        cursor: impl FnOnce(&T) -> C,
    ) -> Result<Self> {
        let more = items.len() > size as usize;
        items.truncate(size as usize);
        let next = match items.last() {
            Some(last) if more => {
                let json = serde_json::to_vec(&cursor(last)).map_err(Error::internal)?;
                Some(BASE64_URL_SAFE_NO_PAD.encode(json))
            }
            _ => None,
        };
        Ok(Self { items, next })
    }

    /// The same page of other things.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }
}
