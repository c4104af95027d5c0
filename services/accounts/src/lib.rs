//! taskchat-accounts.
