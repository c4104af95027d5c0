//! A library of books as gRPC, and the same as HTTP through the edge.
//!
//! Everything about HTTP is in `library.proto` and in [`http`]; the service knows nothing of it.

use axum::Router;
use futures::{StreamExt as _, stream::BoxStream};
use taskchat_edge::{Options, RuleError, here, router};
use tonic::{Request, Response, Status, service::Routes};

/// What is generated from `library.proto`.
#[expect(missing_docs, reason = "generated code")]
pub mod v1 {
    tonic::include_proto!("library.v1");

    /// The descriptors, with their annotations.
    pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));
}

use v1::{library_server, read_book_response::Event};

/// The gRPC service alone.
pub fn grpc() -> Router {
    Routes::new(library_server::LibraryServer::new(Shelves))
        .into_axum_router()
        .reset_fallback()
}

/// JSON, server-sent events, gRPC-Web and gRPC, all on one router.
///
/// # Errors
/// Annotations that contradict each other.
pub fn http() -> Result<Router, RuleError> {
    let options = Options {
        // A stream goes on after the last line that was heard.
        resume_field: Some("after".to_owned()),
        event_id_field: Some("number".to_owned()),
        ..Options::default()
    };
    router(here(grpc()), v1::FILE_DESCRIPTOR_SET, options)
}

/// Every book there could be: each has three lines, and none is ever lent out.
struct Shelves;

const LINES: [&str; 3] = ["Call me Ishmael.", "Some years ago,", "never mind how long"];

#[tonic::async_trait]
impl library_server::Library for Shelves {
    async fn list_books(
        &self,
        request: Request<v1::ListBooksRequest>,
    ) -> Result<Response<v1::ListBooksResponse>, Status> {
        let request = request.into_inner();
        let size = match request.page_size {
            0 => 50,
            size @ 1..=1000 => size,
            _ => return Err(Status::invalid_argument("page_size must be from 1 to 1000")),
        };
        let names = (1..=size).map(|number| format!("{}/books/{number}", request.parent));
        let books = names.map(|name| book(&name)).collect();
        Ok(Response::new(v1::ListBooksResponse { books }))
    }

    async fn get_book(
        &self,
        request: Request<v1::GetBookRequest>,
    ) -> Result<Response<v1::Book>, Status> {
        Ok(Response::new(book(&known(request.into_inner().name)?)))
    }

    async fn get_title(
        &self,
        request: Request<v1::GetBookRequest>,
    ) -> Result<Response<v1::Title>, Status> {
        known(request.into_inner().name)?;
        let title = "Moby-Dick; or, The Whale".to_owned();
        Ok(Response::new(v1::Title { title }))
    }

    async fn create_book(
        &self,
        request: Request<v1::CreateBookRequest>,
    ) -> Result<Response<v1::Book>, Status> {
        let request = request.into_inner();
        let mut book = request.book.unwrap_or_default();
        if book.title.is_empty() {
            return Err(Status::invalid_argument("title is required"));
        }
        book.name = format!("{}/books/new", request.parent);
        Ok(Response::new(book))
    }

    type ReadBookStream = BoxStream<'static, Result<v1::ReadBookResponse, Status>>;

    async fn read_book(
        &self,
        request: Request<v1::ReadBookRequest>,
    ) -> Result<Response<Self::ReadBookStream>, Status> {
        let request = request.into_inner();
        known(request.name)?;
        let events = LINES.iter().map(|line| Event::Line((*line).to_owned()));
        let events = events.chain([Event::End(v1::End { lines: 3 })]);
        let events = (1..)
            .zip(events)
            .map(|(number, event)| v1::ReadBookResponse {
                number,
                event: Some(event),
            });
        let heard = request.after;
        let events = events.filter(move |event| event.number > heard).map(Ok);
        Ok(Response::new(tokio_stream::iter(events).boxed()))
    }
}

/// Book 404 is missing.
fn known(name: String) -> Result<String, Status> {
    match name.ends_with("/404") {
        true => Err(Status::not_found("Book not found")),
        false => Ok(name),
    }
}

fn book(name: &str) -> v1::Book {
    let summary = "A sailor tells of a captain's hunt for the whale that took his leg, of the ship \
        and its crew, and of all that can be known about whales.";
    v1::Book {
        name: name.to_owned(),
        title: "Moby-Dick; or, The Whale".to_owned(),
        authors: vec!["Herman Melville".to_owned()],
        binding: v1::Binding::Hardcover.into(),
        published_at: Some("1851-10-18T00:00:00Z".parse().unwrap_or_default()),
        pages: 635,
        isbn: 9_780_142_437_247,
        summary: Some(summary.to_owned()),
        labels: [("language".to_owned(), "en".to_owned())].into(),
        place: Some(v1::Place {
            room: "Attic".to_owned(),
            row: 3,
        }),
    }
}

#[cfg(test)]
mod tests;
