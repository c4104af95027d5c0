//! The database behind the product's back: to look at rows, to age them, to make it fail.

use std::path::Path;

use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

/// A second connection to the SQLite file of an app.
pub struct Database(SqliteConnection);

impl Database {
    pub(crate) async fn open(file: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(std::time::Duration::from_secs(10));
        Self(
            SqliteConnection::connect_with(&options)
                .await
                .expect("the database file"),
        )
    }

    /// How many rows a table has.
    pub async fn count(&mut self, table: &'static str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let row = sqlx::query(query).fetch_one(&mut self.0).await;
        row.expect("a count").get(0)
    }

    /// How many rows each of the product's own tables has.
    pub async fn counts(&mut self) -> Vec<(&'static str, i64)> {
        let mut counts = Vec::new();
        for table in [
            "users",
            "conversations",
            "turns",
            "entries",
            "tasks",
            "operations",
        ] {
            counts.push((table, self.count(table).await));
        }
        counts
    }

    /// Every table and column in which one of these stands.
    pub async fn places_of(&mut self, needles: &[&str]) -> Vec<String> {
        let columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name <> 'passages_words'";
        let columns = sqlx::query(columns).fetch_all(&mut self.0).await;
        let mut places = Vec::new();
        for column in columns.expect("the columns") {
            let (table, name): (String, String) = (column.get(0), column.get(1));
            for needle in needles {
                let query = sqlx::AssertSqlSafe(format!(
                    "SELECT COUNT(*) FROM \"{table}\" WHERE instr(CAST(\"{name}\" AS TEXT), ?) > 0"
                ));
                let query = sqlx::query(query).bind(*needle);
                let row = query.fetch_one(&mut self.0).await;
                if row.expect("a count").get::<i64, _>(0) > 0 {
                    places.push(format!("{table}.{name}: {needle}"));
                }
            }
        }
        places
    }

    /// Runs a statement.
    pub async fn run(&mut self, sql: &'static str) {
        sqlx::raw_sql(sql)
            .execute(&mut self.0)
            .await
            .expect("a valid statement");
    }

    /// Makes every insert into a table fail as a full disk would, until [`Database::heals`].
    pub async fn refuses_inserts(&mut self, table: &'static str) {
        self.refuses("INSERT", table).await;
    }

    /// Makes every update of a table fail, until [`Database::heals`].
    pub async fn refuses_updates(&mut self, table: &'static str) {
        self.refuses("UPDATE", table).await;
    }

    async fn refuses(&mut self, act: &'static str, table: &'static str) {
        let sql = sqlx::AssertSqlSafe(format!(
            "CREATE TRIGGER refuse_{act}_{table} BEFORE {act} ON {table} \
             BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END"
        ));
        sqlx::raw_sql(sql)
            .execute(&mut self.0)
            .await
            .expect("a trigger");
    }

    /// Takes back every refusal.
    pub async fn heals(&mut self) {
        let rows = sqlx::query(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'refuse_%'",
        )
        .fetch_all(&mut self.0)
        .await
        .expect("the triggers");
        for row in rows {
            let sql = sqlx::AssertSqlSafe(format!("DROP TRIGGER {}", row.get::<String, _>(0)));
            sqlx::raw_sql(sql)
                .execute(&mut self.0)
                .await
                .expect("no trigger");
        }
    }
}
