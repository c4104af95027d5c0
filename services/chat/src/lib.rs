//! taskchat-chat.
