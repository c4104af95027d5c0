//! taskchat-store.
