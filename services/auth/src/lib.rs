//! taskchat-auth.
