//! The writer that reads wire bytes against the one that builds messages: the same bytes, always.

pub(super) mod maker;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use rand::Rng as _;

use super::{POOL, like_taskchat};
use crate::{
    JsonStyle,
    json::{Defaults, EnumNames, FieldNames, Plans, UnknownFields, Unset, WriteError, reference},
};
use maker::{Maker, delimited, tag};

/// How many messages each type and style gets; `EDGE_WIRE_CASES` sets more.
#[expect(
    clippy::disallowed_methods,
    reason = "a longer run is asked for from outside"
)]
fn cases() -> u64 {
    let asked = std::env::var("EDGE_WIRE_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

fn legacy() -> DescriptorPool {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compiler = protox::Compiler::new([here.join("src/tests")]).unwrap();
    compiler.include_imports(true);
    compiler.open_file("legacy.proto").unwrap();
    DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap()
}

fn styles() -> [JsonStyle; 3] {
    let mixed = JsonStyle {
        field_names: FieldNames::Camel,
        enum_names: EnumNames::Full,
        unset: Unset::Null,
        defaults: Defaults::Omit,
        unknown_fields: UnknownFields::Refuse,
    };
    [JsonStyle::default(), like_taskchat().json, mixed]
}

/// By way of a message; `None` when it cannot be decoded or has no form.
fn built(style: &JsonStyle, descriptor: &MessageDescriptor, bytes: &[u8]) -> Option<String> {
    let message = DynamicMessage::decode(descriptor.clone(), bytes).ok()?;
    let mut writer = reference::Writer::new(style);
    writer.message(&message).ok()?;
    Some(String::from_utf8(writer.finish()).unwrap())
}

fn straight(plans: &Plans, descriptor: &MessageDescriptor, bytes: &[u8]) -> Option<String> {
    let plan = plans.by_name(descriptor.full_name()).unwrap();
    let written = plans.write(plan, bytes).ok()?;
    Some(String::from_utf8(written).unwrap())
}

#[test]
fn both_ways_write_the_same() {
    let mut written = 0;
    for (pool, names) in [
        (
            POOL.clone(),
            &["shapes.v1.All", "shapes.v1.Event", "shapes.v1.ListRequest"][..],
        ),
        (legacy(), &["legacy.v1.Old"][..]),
    ] {
        for style in styles() {
            let plans = Plans::new(&pool, &style);
            for (name, seed) in names
                .iter()
                .flat_map(|name| (0..cases()).map(move |seed| (name, seed)))
            {
                let descriptor = pool.get_message_by_name(name).unwrap();
                let mut maker = Maker::new(seed, 60);
                let mut bytes = Vec::new();
                maker.message(&descriptor, &mut bytes);
                let expected = built(&style, &descriptor, &bytes);
                written += usize::from(expected.is_some());
                let seen = straight(&plans, &descriptor, &bytes);
                assert_eq!(
                    seen, expected,
                    "{name}, seed {seed}, {style:?}: {bytes:02x?}"
                );
            }
        }
    }
    assert!(
        written > 3 * usize::try_from(cases()).unwrap(),
        "most messages have no form: {written}"
    );
}

#[test]
fn one_field_is_written_like_the_whole() {
    let style = like_taskchat().json;
    let plans = Plans::new(&POOL, &style);
    let descriptor = POOL.get_message_by_name("shapes.v1.All").unwrap();
    let plan = plans.by_name(descriptor.full_name()).unwrap();
    for seed in 0..cases() {
        let mut maker = Maker::new(seed, 40);
        let mut bytes = Vec::new();
        maker.message(&descriptor, &mut bytes);
        let message = DynamicMessage::decode(descriptor.clone(), bytes.as_slice()).unwrap();
        for field in descriptor.fields() {
            let mut writer = reference::Writer::new(&style);
            let expected = writer
                .field_of(&message, &field)
                .ok()
                .map(|()| writer.finish());
            let seen = plans.write_field(plan, field.number(), &bytes).ok();
            assert_eq!(
                seen,
                expected,
                "{}, seed {seed}: {bytes:02x?}",
                field.name()
            );
        }
    }
}

#[test]
fn broken_bytes_are_an_answer_or_an_error_and_never_wrong_json() {
    let style = JsonStyle::default();
    let plans = Plans::new(&POOL, &style);
    let descriptor = POOL.get_message_by_name("shapes.v1.All").unwrap();
    for seed in 0..cases() {
        let mut maker = Maker::new(seed, 40);
        let mut bytes = Vec::new();
        maker.message(&descriptor, &mut bytes);
        for _ in 0..maker.random.random_range(1..4) {
            let at = maker.random.random_range(0..bytes.len().max(1));
            if let Some(byte) = bytes.get_mut(at) {
                *byte = maker.random.random();
            }
        }
        bytes.truncate(maker.random.random_range(0..=bytes.len()));
        let seen = straight(&plans, &descriptor, &bytes);
        if let Some(seen) = &seen {
            let parsed: Result<serde_json::Value, _> = serde_json::from_str(seen);
            assert!(parsed.is_ok(), "{seen}");
        }
        // What prost takes, we take, and write alike.
        if let Some(expected) = built(&style, &descriptor, &bytes) {
            assert_eq!(seen, Some(expected), "{bytes:02x?}");
        }
    }
}

#[test]
fn messages_in_messages_end_where_prost_ends() {
    let descriptor = POOL.get_message_by_name("shapes.v1.All").unwrap();
    let plans = Plans::new(&POOL, &JsonStyle::default());
    let nested = |levels: usize| {
        let mut bytes = Vec::new();
        for _ in 0..levels {
            let mut outer = Vec::new();
            tag(46, 2, &mut outer);
            delimited(&bytes, &mut outer);
            bytes = outer;
        }
        bytes
    };
    for levels in [1, 99, 100, 101, 500] {
        let bytes = nested(levels);
        let expected = built(&JsonStyle::default(), &descriptor, &bytes);
        assert_eq!(expected.is_some(), levels <= 100, "{levels} levels");
        assert_eq!(
            straight(&plans, &descriptor, &bytes),
            expected,
            "{levels} levels"
        );
    }
}

#[test]
fn thousands_of_anys_inside_each_other_do_no_harm() {
    let descriptor = POOL.get_message_by_name("google.protobuf.Any").unwrap();
    let plans = Plans::new(&POOL, &JsonStyle::default());
    let mut value = Vec::new();
    for _ in 0..2_000 {
        let type_url = "x/google.protobuf.Any".to_owned();
        value = prost_types::Any { type_url, value }.encode_to_vec();
    }
    let written = straight(&plans, &descriptor, &value).unwrap();
    assert_eq!(written.matches("@type").count(), 101);
}

#[test]
fn errors_are_told_apart_and_negative_zero_from_zero() {
    let plans = Plans::new(&POOL, &JsonStyle::default());
    let all = plans.by_name("shapes.v1.All").unwrap();
    let mut late = Vec::new();
    tag(30, 2, &mut late);
    let timestamp = prost_types::Timestamp {
        seconds: i64::MAX,
        nanos: 0,
    };
    delimited(&timestamp.encode_to_vec(), &mut late);
    assert_eq!(
        plans.write(all, &late),
        Err(WriteError::NoForm("google.protobuf.Timestamp".to_owned()))
    );
    assert_eq!(
        plans.write(all, b"\x72\x01\xff"),
        Err(WriteError::Malformed)
    );
    let mut zero = Vec::new();
    tag(1, 1, &mut zero);
    zero.extend((-0.0_f64).to_le_bytes());
    assert_eq!(plans.write(all, &zero), Ok(br#"{"fDouble":-0.0}"#.to_vec()));
}
