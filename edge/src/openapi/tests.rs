//! The description of taskchat's API, and of one of each shape.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::DescriptorPool;
use serde_json::{Value, json};

use super::{
    Document,
    comments::Comments,
    describe,
    schema::{Direction, Schemas},
};
use crate::{
    Config, JsonStyle, OpenApi, Options,
    json::Plans,
    rule::{Rules, Verb},
    tests::{POOL, like_taskchat},
};

struct Described {
    rules: Rules,
    document: Value,
}

fn taskchat() -> Described {
    let pool = DescriptorPool::decode(taskchat_proto::FILE_DESCRIPTOR_SET).unwrap();
    let options = crate::taskchat::options(Config::default());
    let rules = Rules::read(&pool, options.public_option.as_deref()).unwrap();
    let about = options.openapi.clone().unwrap();
    let document = describe(&about, &pool, &rules, &options);
    let again = describe(&about, &pool, &rules, &options);
    assert_eq!(document.to_string(), again.to_string());
    Described { rules, document }
}

fn about() -> OpenApi {
    OpenApi {
        path: "/openapi.json".to_owned(),
        title: "Shapes".to_owned(),
        version: "1".to_owned(),
        description: String::new(),
        headers: Vec::new(),
        path_formats: Vec::new(),
    }
}

fn shapes(options: &Options) -> Value {
    let rules = Rules::read(&POOL, options.public_option.as_deref()).unwrap();
    describe(&about(), &POOL, &rules, options)
}

/// All operations by `GET /path`.
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            match verb.as_str() {
                "x-additionalOperations" => {
                    for (verb, operation) in operation.as_object().unwrap() {
                        operations.insert(format!("{verb} {path}"), operation);
                    }
                }
                verb => {
                    operations.insert(format!("{} {path}", verb.to_uppercase()), operation);
                }
            }
        }
    }
    operations
}

/// The parameters of an operation: `path:task_id`.
fn parameters(operation: &Value) -> Vec<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let name = |parameter: &Value| {
        let part = |name: &str| parameter[name].as_str().unwrap().to_owned();
        format!("{}:{}", part("in"), part("name"))
    };
    parameters.map(name).collect()
}

fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// What every description has to keep to, whatever it describes.
fn is_sound(document: &Value) {
    let mut found = Vec::new();
    references(document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let target = document.pointer(reference.strip_prefix('#').unwrap());
        assert!(target.is_some(), "{reference} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for (place, operation) in operations(document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{id} is there twice");
        let declared = parameters(operation);
        let distinct: BTreeSet<&String> = declared.iter().collect();
        assert_eq!(distinct.len(), declared.len(), "{place}");
        let in_path = place
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap());
        let in_path: Vec<String> = in_path.map(|name| format!("path:{name}")).collect();
        let declared = declared
            .into_iter()
            .filter(|name| name.starts_with("path:"));
        assert_eq!(declared.collect::<Vec<_>>(), in_path, "{place}");
    }
}

#[test]
fn every_rule_is_described_once() {
    let Described { rules, document } = taskchat();
    is_sound(&document);
    let expected = rules.iter().map(|rule| {
        let Verb::Only(verb) = &rule.verb else {
            panic!("{} has any verb", rule.route)
        };
        format!("{verb} {} {}", rule.route, rule.method.full_name())
    });
    let expected: BTreeSet<String> = expected.collect();
    let described = operations(&document).into_iter().map(|(place, operation)| {
        format!("{place} {}", operation["x-grpc-method"].as_str().unwrap())
    });
    assert_eq!(described.collect::<BTreeSet<_>>(), expected);
    assert_eq!(expected.len(), rules.iter().count());
}

#[test]
fn an_operation_says_what_its_rpc_says() {
    let Described { document, .. } = taskchat();
    let operations = operations(&document);

    let list = operations["GET /api/{user_id}/tasks"];
    assert_eq!(list["operationId"], "TaskService_ListTasks_2");
    assert_eq!(list["tags"], json!(["TaskService"]));
    assert_eq!(list["summary"], "The caller's tasks, a page at a time");
    assert_eq!(list["security"], json!([{ "bearer": [] }]));
    assert_eq!(
        parameters(list),
        [
            "path:user_id",
            "query:status",
            "query:priority",
            "query:due_before",
            "query:due_after",
            "query:query",
            "query:order_by",
            "query:page_size",
            "query:page_token",
            "query:completed_before",
            "query:completed_after",
            "header:if-none-match",
        ]
    );
    assert_eq!(
        list["parameters"][1],
        json!({
            "in": "query",
            "name": "status",
            "description": "Only tasks with one of these.",
            "schema": { "type": "array", "items": { "$ref": "#/components/schemas/TaskStatus" } },
        })
    );

    let update = operations["PATCH /api/tasks/{task_id}"];
    assert_eq!(
        parameters(update),
        [
            "path:task_id",
            "query:user_id",
            "query:update_mask",
            "query:version",
            "query:request_id",
            "header:idempotency-key",
        ]
    );
    let statuses: Vec<&String> = update["responses"].as_object().unwrap().keys().collect();
    assert_eq!(
        statuses,
        [
            "200", "400", "401", "403", "404", "409", "413", "415", "422", "429", "499", "500",
            "501", "502", "503", "504",
        ]
    );
    let body = &update["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["anyOf"][0]["$ref"], "#/components/schemas/TaskInput");
    let answer = &update["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(answer["$ref"], "#/components/schemas/Task");

    let id = &update["parameters"][0]["schema"];
    assert_eq!(
        id,
        &json!({ "type": "string", "minLength": 1, "format": "uuid" })
    );

    // What the path sets is not asked for again.
    let chat = |place: &str| {
        let schema = &operations[place]["requestBody"]["content"]["application/json"]["schema"];
        let schema = schema["$ref"].as_str().map_or(schema, |reference| {
            document.pointer(reference.trim_start_matches('#')).unwrap()
        });
        schema["properties"].get("user_id").is_some()
    };
    assert!(chat("POST /api/chat"));
    assert!(!chat("POST /api/{user_id}/chat"));

    let stream = &operations["POST /api/chat:stream"]["responses"]["200"]["content"];
    let types: Vec<&String> = stream.as_object().unwrap().keys().collect();
    assert_eq!(types, ["application/x-ndjson", "text/event-stream"]);
    let follow = operations["GET /api/turns/{turn_id}/events"];
    assert_eq!(
        parameters(follow),
        ["path:turn_id", "query:after", "header:last-event-id"]
    );
    // What resumes is what the header stands for.
    let (after, resumed) = (&follow["parameters"][1], &follow["parameters"][2]);
    assert_eq!(resumed["schema"], after["schema"]);
    assert_eq!(resumed["schema"]["type"], "integer");
    assert_eq!(operations["POST /api/auth/signin"]["security"], json!([]));
}

#[test]
fn schemas_follow_the_style() {
    let Described { document, .. } = taskchat();
    let schemas = &document["components"]["schemas"];
    let task = &schemas["Task"];
    assert_eq!(
        task["properties"]["due_date"]["type"],
        json!(["string", "null"])
    );
    assert_eq!(task["properties"]["version"]["format"], "int32");
    assert_eq!(task["properties"]["created_at"]["format"], "date-time");
    assert_eq!(
        task["properties"]["title"]["description"],
        "1 to 200 characters after trimming."
    );
    assert_eq!(
        schemas["TaskStatus"]["enum"],
        json!(["unspecified", "pending", "in_progress", "completed"])
    );
    let input = &schemas["TaskInput"];
    assert_eq!(input.get("required"), None);
    assert_eq!(input["additionalProperties"], false);
    // Of a choice, none has to be there.
    let event = schemas["TurnEvent"]["required"].as_array().unwrap();
    assert_eq!(event, &["turn_id", "seq", "time"]);
    assert_eq!(
        schemas["ToolCall"]["properties"]["tool"]["examples"],
        json!(["add_task"])
    );

    let strict = shapes(&Options::default());
    let all = &strict["components"]["schemas"]["All"];
    assert_eq!(all.get("required"), None);
    let property = |name: &str| &all["properties"][name];
    assert_eq!(property("fInt64")["type"], "string");
    assert_eq!(property("oInt32")["type"], "integer");
    assert_eq!(property("fBytes")["contentEncoding"], "base64");
    assert_eq!(property("wStruct")["type"], "object");
    assert_eq!(property("cNull")["type"], "null");
    assert_eq!(property("wInt64")["type"], "string");
    assert_eq!(
        property("mInt64")["additionalProperties"]["$ref"],
        "#/components/schemas/Item"
    );
    let red = &strict["components"]["schemas"]["Color"]["enum"][1];
    assert_eq!(red, "COLOR_RED");
}

/// The members that a schema requires are those that the writer writes for an empty message.
#[test]
fn required_members_are_those_always_written() {
    let styles = [JsonStyle::default(), like_taskchat().json];
    for style in styles {
        let comments = Comments::default();
        let mut schemas = Schemas::new(&style, &comments);
        for message in POOL.all_messages().filter(|message| {
            message.full_name().starts_with("shapes.v1.") && !message.is_map_entry()
        }) {
            let plans = Plans::new(&POOL, &style);
            let plan = plans.by_name(message.full_name()).unwrap();
            let written: Value = serde_json::from_slice(&plans.write(plan, b"").unwrap()).unwrap();
            let written: BTreeSet<&str> = written
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            let schema = schemas.object(&message, Direction::Answer, &[]);
            let required = schema["required"].as_array().into_iter().flatten();
            let required: BTreeSet<&str> = required.map(|name| name.as_str().unwrap()).collect();
            assert_eq!(required, written, "{}", message.full_name());
        }
    }
}

#[test]
fn every_shape_has_its_place() {
    let document = shapes(&Options {
        public_option: Some("shapes.v1.open".to_owned()),
        ..Options::default()
    });
    is_sound(&document);
    let places = operations(&document).into_iter().map(|(place, operation)| {
        let id = operation["operationId"].as_str().unwrap();
        let id = id.trim_start_matches("Shapes_");
        let path = parameters(operation);
        let path: Vec<String> = path
            .into_iter()
            .filter(|name| !name.starts_with("query:"))
            .collect();
        format!("{place} = {id} {}", path.join(" "))
    });
    let places: BTreeSet<String> = places.collect();
    let expected = [
        "* /v1/whatever/{id} = Whatever path:id",
        "GET /v1/conversations/{name}/messages/{name_2} = GetMessage path:name path:name_2 header:if-none-match",
        "GET /v1/download/{name} = Download path:name header:if-none-match",
        "GET /v1/downloads/{name} = DownloadAll path:name",
        "GET /v1/everything = Everything_2 header:if-none-match",
        "GET /v1/files/{name}:cat = Cat path:name header:if-none-match",
        "GET /v1/items = ListItems header:if-none-match",
        "GET /v1/items/{id} = GetItem path:id header:if-none-match",
        "GET /v1/items:watch = Watch ",
        "GET /v1/pieces/{name} = DownloadPieces path:name",
        "GET /v1/users/{user_id}/items/{id} = GetItem_2 path:user_id path:id header:if-none-match",
        "PATCH /v1/items/{id} = UpdateItem path:id",
        "POST /v1/everything = Everything ",
        "POST /v1/items/{id}:archive = ArchiveItem path:id",
        "POST /v1/items:watch = Watch_2 ",
        "POST /v1/shelves/{parent}/items = CreateItem path:parent",
        "POST /v1/turn = Turn ",
        "POST /v1/upload/{name} = Upload path:name",
        "POST /v1/uploads/{name} = UploadAll path:name",
        "PURGE /v1/items/{id} = Purge path:id",
        "PUT /v1/items/{id} = UpdateItem_2 path:id",
        "PUT /v1/items/{id}/tags = SetTags path:id",
    ];
    assert_eq!(places, expected.map(str::to_owned).into());

    let operations = operations(&document);
    let list = parameters(operations["GET /v1/items"]);
    assert!(list.contains(&"query:page.size".to_owned()));
    for absent in ["query:labels", "query:items", "query:extra", "query:page"] {
        assert!(!list.contains(&absent.to_owned()), "{absent}");
    }
    let raw = json!({ "*/*": {} });
    for (place, is_raw_in, is_raw_out) in [
        ("GET /v1/downloads/{name}", false, true),
        ("GET /v1/pieces/{name}", false, true),
        ("POST /v1/turn", true, true),
        ("POST /v1/uploads/{name}", true, false),
    ] {
        let operation = operations[place];
        assert_eq!(
            operation["requestBody"]["content"] == raw,
            is_raw_in,
            "{place}"
        );
        assert_eq!(
            operation["responses"]["200"]["content"] == raw,
            is_raw_out,
            "{place}"
        );
    }
    assert_eq!(operations["POST /v1/everything"]["security"], json!([]));
    let upload = &operations["POST /v1/upload/{name}"]["requestBody"]["content"];
    assert_eq!(upload, &json!({ "*/*": {} }));
}

#[test]
fn replicas_agree_on_the_tag() {
    let rules = Rules::read(&POOL, None).unwrap();
    let document = || Document::new(&about(), &POOL, &rules, &Options::default());
    assert_eq!(document().tag, document().tag);
}
