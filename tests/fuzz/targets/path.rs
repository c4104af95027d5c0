//! Any path: the edge takes the rule that the naive matcher takes, with the same values.

#![no_main]

use std::{cell::LazyCell, str};

use http::{Method, Uri};
use libfuzzer_sys::fuzz_target;
use taskchat_fuzz::{
    Door, call,
    reference::{self, Outcome, Rule},
    text,
};

const METHODS: [&str; 8] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "PURGE", "TRACE",
];

thread_local! {
    static DOOR: LazyCell<(Door, Vec<Rule>)> = LazyCell::new(|| (Door::default(), reference::rules()));
}

// The first byte picks the method, the rest is the path.
fuzz_target!(|data: &[u8]| {
    let Some((first, path)) = data.split_first() else {
        return;
    };
    let Ok(path) = str::from_utf8(path) else {
        return;
    };
    let method: Method = METHODS[usize::from(*first) % METHODS.len()]
        .parse()
        .expect("a method");
    let is_path = path.starts_with('/') && !path.contains(['?', '#']);
    let Some(target) = is_path.then(|| path.parse::<Uri>().ok()).flatten() else {
        return;
    };
    DOOR.with(|door| {
        let (door, rules) = &**door;
        check(door, rules, &method, &target);
    });
});

fn check(door: &Door, rules: &[Rule], method: &Method, target: &Uri) {
    let (answer, heard) = door.ask(method, target, b"");
    let expected = reference::find(rules, method, target.path());
    match (expected, &heard) {
        (Outcome::Rule(rule, variables), Some(heard)) => {
            assert_eq!(heard.rpc, format!("/echo.v1.Echo/{}", rule.rpc));
            if matches!(
                rule.rpc.as_str(),
                "Fail" | "Watch" | "Upload" | "UploadField" | "Nothing"
            ) {
                return;
            }
            let call = call(heard);
            for (name, raw, is_single) in variables {
                let decoded = match is_single {
                    true => reference::decode(&raw),
                    false => reference::decode_but_slashes(&raw),
                };
                // The others are no text.
                if let Some(value) = text(&call, &name) {
                    assert_eq!(Some(value), decoded, "{name}");
                }
            }
        }
        (Outcome::Rule(_, variables), None) => {
            assert_eq!(answer.status, 400);
            assert!(!variables.is_empty(), "nothing can be wrong");
        }
        (Outcome::OtherMethod, None) => assert_eq!(answer.status, 405),
        (Outcome::Nothing, None) => assert_eq!(answer.status, 404),
        (expected, heard) => panic!("{expected:?} became {heard:?}"),
    }
}
