//! Somebody with an account: a value that scenarios act through.

use std::{net::SocketAddr, sync::Arc};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Answer, App, Door, Envelope, Event, door::Through, mcp, sse, tls::Certificates};

/// A person, signed in. In paths, `{me}` stands for the person's id.
#[derive(Debug, Clone)]
pub struct User {
    /// The subject of the tokens.
    pub id: String,
    /// The address that the account was made with.
    pub email: String,
    /// The access token that every request carries; empty for none.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    pub(crate) address: SocketAddr,
    pub(crate) http: reqwest::Client,
    /// Whom to believe, when the product speaks TLS.
    pub(crate) certificates: Option<Arc<Certificates>>,
    headers: Arc<Vec<(String, String)>>,
}

impl User {
    pub(crate) fn new(app: &App, email: &str, session: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let user = Self::known(
            (app.address, app.http.clone()),
            email,
            (
                &text(&session["user"]["id"]),
                &text(&session["access_token"]),
            ),
            &text(&session["refresh_token"]),
        );
        Self {
            certificates: app.certificates(),
            ..user
        }
    }

    pub(crate) fn known(
        (address, http): (SocketAddr, reqwest::Client),
        email: &str,
        (id, access): (&str, &str),
        refresh: &str,
    ) -> Self {
        Self {
            id: id.to_owned(),
            email: email.to_owned(),
            access: access.to_owned(),
            refresh: refresh.to_owned(),
            address,
            http,
            certificates: None,
            headers: Arc::default(),
        }
    }

    pub(crate) fn at(&self, app: &App) -> Self {
        Self {
            address: app.address,
            http: app.http.clone(),
            certificates: app.certificates(),
            ..self.clone()
        }
    }

    /// The same person with another token; with none when it is empty.
    #[must_use]
    pub fn with_token(&self, access: &str) -> Self {
        Self {
            access: access.to_owned(),
            ..self.clone()
        }
    }

    /// The same person, every request with one more header.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut headers = self.headers.as_ref().clone();
        headers.push((name.to_owned(), value.to_owned()));
        Self {
            headers: Arc::new(headers),
            ..self.clone()
        }
    }

    /// The person at another door.
    pub fn via(&self, door: Door) -> Through<'_> {
        Through { user: self, door }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = match self.certificates {
            Some(_) => "https",
            None => "http",
        };
        let path = path.replace("{me}", &self.id);
        format!("{scheme}://{}{path}", self.address)
    }

    /// A request with this person's token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, self.url(path));
        if !self.access.is_empty() {
            request = request.bearer_auth(&self.access);
        }
        for (name, value) in self.headers.iter() {
            request = request.header(name, value);
        }
        request
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(request.send().await.expect("an answer")).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends bytes that need not be JSON.
    pub async fn post_raw(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("content-type", content_type)
            .body(body.into());
        Answer::read(request.send().await.expect("an answer")).await
    }

    // --- tasks ------------------------------------------------------------------------------

    /// Adds a task by hand.
    pub async fn add(&self, title: &str) -> Value {
        self.post("/api/{me}/tasks", json!({ "title": title }))
            .await
            .ok()
    }

    /// Adds tasks by hand and returns their ids.
    pub async fn add_all(&self, titles: &[&str]) -> Vec<String> {
        let mut ids = Vec::new();
        for title in titles {
            ids.push(id(&self.add(title).await));
        }
        ids
    }

    /// One task as it stands.
    pub async fn task(&self, id: &str) -> Value {
        self.get(&format!("/api/{{me}}/tasks/{id}")).await.ok()
    }

    /// All tasks, newest first.
    pub async fn tasks(&self) -> Vec<Value> {
        let page = self.get("/api/{me}/tasks?page_size=200").await.ok();
        page["tasks"].as_array().cloned().expect("a list of tasks")
    }

    /// The titles of all tasks, newest first.
    pub async fn titles(&self) -> Vec<String> {
        let title = |task: &Value| task["title"].as_str().unwrap_or_default().to_owned();
        self.tasks().await.iter().map(title).collect()
    }

    // --- chat -------------------------------------------------------------------------------

    /// Sends a message into a new conversation.
    pub async fn chat(&self, message: &str) -> Answer {
        self.post("/api/{me}/chat", json!({ "message": message }))
            .await
    }

    /// Sends a message into a conversation.
    pub async fn chat_in(&self, conversation: &str, message: &str) -> Answer {
        let body = json!({ "message": message, "conversation_id": conversation });
        self.post("/api/{me}/chat", body).await
    }

    /// Sends a message with a request id.
    pub async fn chat_once(&self, request_id: &str, message: &str) -> Answer {
        let body = json!({ "message": message, "request_id": request_id });
        self.post("/api/{me}/chat", body).await
    }

    /// Sends a message and reads the stream of events to its end.
    pub async fn stream(&self, body: Value) -> Vec<Event> {
        self.open_stream(body).await.rest().await
    }

    /// Sends a message and follows what happens.
    pub async fn open_stream(&self, body: Value) -> sse::Events {
        let request = self
            .request(Method::POST, "/api/{me}/chat:stream")
            .json(&body);
        sse::Events::open(request).await
    }

    /// Follows a turn from after an event.
    pub async fn follow(&self, turn: &str, after: u32) -> sse::Events {
        let path = format!("/api/turns/{turn}/events?after={after}");
        sse::Events::open(self.request(Method::GET, &path)).await
    }

    /// The messages of a conversation's latest page, oldest first.
    pub async fn messages(&self, conversation: &str) -> Vec<Value> {
        let path = format!("/api/conversations/{conversation}/messages?page_size=200");
        let page = self.get(&path).await.ok();
        page["messages"]
            .as_array()
            .cloned()
            .expect("a list of messages")
    }

    /// The conversations, latest activity first.
    pub async fn conversations(&self) -> Vec<Value> {
        let page = self.get("/api/conversations").await.ok();
        page["conversations"]
            .as_array()
            .cloned()
            .expect("a list of conversations")
    }

    // --- MCP --------------------------------------------------------------------------------

    /// Calls a tool at `/mcp` with this person's token.
    pub async fn tool(&self, name: &str, arguments: Value) -> Envelope {
        mcp::call(self, name, arguments).await
    }
}

/// The `id` of a resource.
#[track_caller]
pub fn id(resource: &Value) -> String {
    text(resource, "id")
}

/// A member that is text.
#[track_caller]
pub fn text(resource: &Value, member: &str) -> String {
    resource[member]
        .as_str()
        .unwrap_or_else(|| panic!("no {member} in {resource}"))
        .to_owned()
}
