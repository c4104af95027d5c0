//! Any query: what is taken is what was meant, and what is printed of it is read again.

#![no_main]

use std::{cell::LazyCell, str};

use http::{Method, Uri};
use libfuzzer_sys::fuzz_target;
use prost_reflect::Value;
use taskchat_fuzz::{Door, call, reference::decode, text};

thread_local! {
    static DOOR: LazyCell<Door> = LazyCell::new(Door::default);
}

fuzz_target!(|data: &[u8]| {
    let Ok(query) = str::from_utf8(data) else {
        return;
    };
    let Ok(target) = format!("/v1/query?{query}").parse::<Uri>() else {
        return;
    };
    DOOR.with(|door| {
        let (answer, heard) = door.ask(&Method::GET, &target, b"");
        let Some(heard) = heard else {
            assert_eq!(answer.status, 400);
            return;
        };
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        let call = call(&heard);
        let pairs = pairs(target.query().unwrap_or_default());
        let meant = |name: &str| -> Vec<String> {
            let of_name = pairs.iter().filter(|(other, _)| other == name);
            of_name.map(|(_, value)| value.clone()).collect()
        };
        let tags = call.get_field_by_name("tags").expect("a field");
        let tags = tags.as_list().expect("a list").iter();
        let tags: Vec<_> = tags.filter_map(Value::as_str).map(str::to_owned).collect();
        assert_eq!(tags, meant("tags"));
        for name in ["name", "parent", "sub.id", "room"] {
            let meant = meant(name);
            assert!(meant.len() <= 1, "{name} was taken twice");
            if let Some(meant) = meant.first() {
                assert_eq!(text(&call, name).as_ref(), Some(meant), "{name}");
            }
        }
        door.assert_stable(&answer);
    });
});

/// Names and values as a form has them.
fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let form = |text: &str| decode(&text.replace('+', " ")).expect("it was taken");
        (form(name), form(value))
    });
    pairs.collect()
}
