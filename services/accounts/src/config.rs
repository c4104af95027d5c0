//! What can be set about passwords, and about whoever stays. Lifetimes of tokens belong to `auth`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What hashing a password costs, and how soon an end is noticed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Memory for one hash, in KiB. The default is OWASP's.
    pub argon2_memory_kib: u32,
    /// Passes over that memory.
    pub argon2_iterations: u32,
    /// How many hashes are made at once; more people than that wait.
    pub hashes_at_once: usize,
    /// How often it is looked up, for each stream, whether its reader may still be here.
    #[serde(with = "humantime_serde")]
    pub look_every: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            argon2_memory_kib: 19 * 1024,
            argon2_iterations: 2,
            hashes_at_once: std::thread::available_parallelism().map_or(2, usize::from),
            look_every: Duration::from_secs(5),
        }
    }
}
