//! taskchat-rpc.
