//! `DbErr` to `domain::Error`: the text of statements and drivers stops here.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};
use taskchat_domain::Error;

/// What a caller may learn; the cause goes along for the log.
pub(crate) fn translate(cause: DbErr) -> Error {
    match cause.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            return Error::AlreadyExists("this exists already".into());
        }
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
            return Error::Conflict {
                field: None,
                problem: "the account or conversation this belongs to is gone".into(),
            };
        }
        _ => {}
    }
    if may_pass(&cause) {
        Error::Unavailable(cause.into())
    } else {
        Error::Internal(cause.into())
    }
}

/// A stored value that the domain refuses: somebody else wrote to our tables.
pub(crate) fn corrupt(table: &'static str, cause: impl std::fmt::Display) -> Error {
    Error::internal(format!("a row of {table} is not valid: {cause}"))
}

/// True when trying again later may help.
fn may_pass(cause: &DbErr) -> bool {
    let runtime = match cause {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
        _ => return false,
    };
    let RuntimeErr::SqlxError(cause) = runtime else {
        return false;
    };
    match cause.as_ref() {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| code_may_pass(&code)),
        _ => false,
    }
}

/// PostgreSQL's codes have five characters (appendix A of its manual); SQLite's are numbers whose
/// low byte is the sort of failure.
fn code_may_pass(code: &str) -> bool {
    const CLASSES: [&str; 4] = [
        "08", // connection
        "40", // deadlock, serialization
        "53", // out of connections, memory, disk
        "57", // shut down, cancelled by a time limit
    ];
    const LOCK_NOT_AVAILABLE: &str = "55P03";
    const SQLITE_BUSY: u32 = 5;
    const SQLITE_LOCKED: u32 = 6;
    const SQLITE_FULL: u32 = 13;
    if code.len() == 5 {
        return code == LOCK_NOT_AVAILABLE || CLASSES.iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, SQLITE_BUSY | SQLITE_LOCKED | SQLITE_FULL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_failures_pass() {
        for code in [
            "5", "517", "6", "13", "40P01", "55P03", "57014", "08006", "53300",
        ] {
            assert!(code_may_pass(code), "{code}");
        }
        for code in ["1", "2067", "11", "23505", "42P01", ""] {
            assert!(!code_may_pass(code), "{code}");
        }
    }
}
