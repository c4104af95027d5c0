//! placeholder
use super::*;
use async_trait::async_trait;
/// The built-in assistant.
#[derive(Debug, Clone, Copy)]
pub struct Offline;
#[async_trait]
impl Model for Offline {
    fn name(&self) -> &str {
        "offline"
    }
    fn provider(&self) -> &'static str {
        "taskchat"
    }
    async fn stream(&self, _request: &ModelRequest) -> Result<Deltas, ModelError> {
        Err(ModelError::misbehaved("x"))
    }
}
