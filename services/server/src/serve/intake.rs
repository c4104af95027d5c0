//! What every request goes through before it reaches the doors: its size, its sender, its pace.

use std::{
    borrow::Cow,
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{Router, body::Body, response::IntoResponse as _};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Version, header::CONNECTION};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use taskchat_auth::ClientAddress;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tower::Service as _;

use super::{activity::UnderWay, address, slow_body::TimedBody};
use crate::{
    config::Sockets,
    limits::Places,
    refusal::{REQUEST_ID, Refusal, grpc, request_id},
};

/// The way in, the same for all connections.
pub(super) struct Intake {
    pub(super) doors: Router,
    pub(super) limits: Sockets,
    pub(super) leaving: CancellationToken,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    /// Its address on this side of all proxies.
    pub(super) peer: IpAddr,
    /// It came when the process was draining: it may ask how it does, and nothing else.
    pub(super) is_late: bool,
}

impl Intake {
    /// Answers a request, or refuses it.
    pub(super) async fn answer(
        &self,
        caller: Caller,
        under_way: UnderWay,
        mut request: Request<Incoming>,
    ) -> Response<Answer> {
        let places = Arc::new(Places::default());
        request.extensions_mut().insert(Arc::downgrade(&places));
        let version = request.version();
        let peer = caller.peer;
        let address = address::client(peer, request.headers_mut(), &self.limits.trusted_proxies);
        let id = request.headers().get(REQUEST_ID).cloned();
        let (mut response, closes) = match self.check(caller, &request) {
            Err(refusal) => (refusal.answer(request.headers()), true),
            Ok(()) if self.leaving.is_cancelled() && request.uri().path() == "/readyz" => {
                let text = (StatusCode::SERVICE_UNAVAILABLE, "leaving\n");
                (text.into_response(), false)
            }
            Ok(()) => {
                request.extensions_mut().insert(ClientAddress(address));
                self.pass(request).await
            }
        };
        if closes && version <= Version::HTTP_11 {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
        // Most doors say it themselves; probes and plain gRPC do not.
        let headers = response.headers_mut();
        if !headers.contains_key(REQUEST_ID) {
            let known = id.map(|id| (REQUEST_ID, id)).into_iter().collect();
            headers.insert(REQUEST_ID, request_id(&known));
        }
        response.map(|body| Answer {
            body,
            rest: Bytes::new(),
            under_way,
            places: Some(places),
        })
    }

    fn check(&self, caller: Caller, request: &Request<Incoming>) -> Result<(), Refusal> {
        let path = request.uri().path();
        if caller.is_late && !is_probe(path) {
            return Err(Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::Unavailable,
                "the server is stopping",
            )
            .again_after(Duration::from_secs(1)));
        }
        let limits = &self.limits;
        let too_large = |detail: String| {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            Refusal::new(status, Code::ResourceExhausted, Cow::Owned(detail))
        };
        let most = limits.header_count;
        if most > 0 && request.headers().len() > most {
            return Err(too_large(format!("there are more than {most} headers")));
        }
        let most = limits.header_size;
        if most > 0 && size(request.headers()) > most {
            return Err(too_large(format!(
                "the headers are larger than {most} bytes"
            )));
        }
        let most = limits.uri_length;
        let query = request.uri().query().map_or(0, |query| query.len() + 1);
        if most > 0 && path.len() + query > most {
            let detail = format!("path and query are longer than {most} bytes");
            let status = StatusCode::URI_TOO_LONG;
            return Err(Refusal::new(status, Code::ResourceExhausted, detail));
        }
        Ok(())
    }

    /// Through to the doors, unless the body does not come. True when the connection has to close.
    async fn pass(&self, request: Request<Incoming>) -> (Response<Body>, bool) {
        let mut doors = self.doors.clone();
        if request.body().is_end_stream() {
            let response = doors.call(request.map(Body::new)).await;
            return (response.unwrap_or_else(|never| match never {}), false);
        }
        // A refusal is told in the dialect and by the id of the request, which by then is gone.
        let told: HeaderMap = [http::header::CONTENT_TYPE, REQUEST_ID]
            .into_iter()
            .filter_map(|name| Some((name.clone(), request.headers().get(name)?.clone())))
            .collect();
        let content_type = grpc(request.headers());
        let is_stream =
            content_type.is_some_and(|it| !it.as_bytes().starts_with(b"application/grpc-web"));
        let (parts, body) = request.into_parts();
        let (body, mut late) = TimedBody::new(body, self.limits.body_timeout, is_stream);
        let request = Request::from_parts(parts, Body::new(body));
        let response = doors.call(request).await;
        // Told in the same moment in which the doors were, whatever they made of it.
        if late.try_recv().is_ok() {
            let refusal = Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                Code::DeadlineExceeded,
                "the request took too long to arrive",
            );
            return (refusal.answer(&told), true);
        }
        (response.unwrap_or_else(|never| match never {}), false)
    }
}

/// What is asked by those who decide where requests go.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
        || path.starts_with("/grpc.health.v1.Health/")
}

/// As HTTP/2 counts (RFC 9113, section 6.5.2).
fn size(headers: &HeaderMap) -> usize {
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 32);
    sizes.sum()
}

/// The most of an answer that is handed over at once. What is handed over and not taken counts for
/// nobody any more; so it must not be much, however large the pieces are that a body comes in.
const PIECE: usize = 64 * 1024;

/// The body of an answer; the request is under way until it is through.
pub(super) struct Answer {
    body: Body,
    /// What came with the last piece and is to be handed over after it.
    rest: Bytes,
    under_way: UnderWay,
    /// Given back before the end is handed over: whoever has heard it may ask again.
    places: Option<Arc<Places>>,
}

impl Answer {
    /// As much of a frame as is handed over at once.
    fn piece(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        match frame.into_data() {
            Ok(mut data) if data.len() > PIECE => {
                self.rest = data.split_off(PIECE);
                Frame::data(data)
            }
            Ok(data) => Frame::data(data),
            Err(frame) => frame,
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if self.is_end_stream() {
            self.under_way.answered();
        }
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        this.under_way.wanted();
        let next = match this.rest.is_empty() {
            true => ready!(Pin::new(&mut this.body).poll_frame(cx)),
            false => Some(Ok(Frame::data(std::mem::take(&mut this.rest)))),
        };
        let next = next.map(|frame| frame.map(|frame| this.piece(frame)));
        let is_through = match &next {
            Some(Ok(frame)) => frame.is_trailers() || this.is_end_stream(),
            Some(Err(_)) => false,
            None => true,
        };
        if is_through {
            this.under_way.answered();
            this.places = None;
        }
        this.under_way.handed_over();
        Poll::Ready(next)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        let mut hint = self.body.size_hint();
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(hint.lower().saturating_add(rest));
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            activity::{Activity, Peer},
            outflow::Outflow,
        },
        *,
    };
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn large_pieces_are_handed_over_bit_by_bit_and_places_before_the_last() {
        let whole = Bytes::from_iter((0..PIECE * 2 + 1).map(|at| at.to_le_bytes()[0]));
        let activity = Activity::new(Outflow::new(), Peer::Proxy);
        let places = Arc::new(Places::default());
        let kept = Arc::downgrade(&places);
        let mut answer = Answer {
            body: Body::from(whole.clone()),
            rest: Bytes::new(),
            under_way: activity.request(),
            places: Some(places),
        };
        let mut heard = Vec::new();
        for length in [PIECE, PIECE, 1] {
            assert!(!answer.is_end_stream() && kept.upgrade().is_some());
            let left = u64::try_from(whole.len() - heard.len()).unwrap();
            assert_eq!(answer.size_hint().exact(), Some(left));
            let piece = answer.frame().await.unwrap().unwrap();
            let piece = piece.into_data().unwrap();
            assert_eq!(piece.len(), length);
            heard.extend(piece);
        }
        assert_eq!(heard, whole);
        assert!(answer.is_end_stream() && kept.upgrade().is_none());
    }
}
