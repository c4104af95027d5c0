//! Serves the library: `cargo run -p library-example`, then
//! `curl localhost:8080/v1/shelves/1/books/2`.

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:8080");
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, library_example::http()?).await?;
    Ok(())
}
