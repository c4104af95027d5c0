//! Where a person is signed in, seen and ended from afar, at every door.

use serde_json::json;
use taskchat_tests::{App, Door, Gate, app::PASSWORD, eventually, text, user};

#[tokio::test]
async fn a_session_ended_from_afar_stops_at_every_door_at_once() {
    let app = App::start().await;
    for (at, door) in Door::ALL.into_iter().enumerate() {
        let laptop = app.sign_up(&format!("ada{at}")).await;
        let phone = app.sign_in(&laptop.email).await;
        let seen = laptop.via(door).sessions().await.expect("sessions");
        assert_eq!(seen.len(), 2, "{seen:?}");
        // The phone signed in last.
        assert_eq!([seen[0].current, seen[1].current], [false, true]);
        assert!(phone.via(door).sessions().await.expect("sessions")[0].current);
        let id = &seen[0].id;

        laptop.via(door).revoke(id).await.expect("an end");
        for other in Door::ALL {
            let refused = phone.via(other).tasks().await.unwrap_err();
            assert_eq!(refused.code, "UNAUTHENTICATED", "{door:?} {other:?}");
        }
        let body = json!({ "refresh_token": phone.refresh });
        app.post("/api/auth/refresh", &body).await.refused(401);
        assert_eq!(laptop.via(door).sessions().await.expect("one").len(), 1);
        // What has ended is as unknown as what never was.
        for unknown in [id.as_str(), "0193a000-0000-7000-8000-000000000000"] {
            let refused = laptop.via(door).revoke(unknown).await.unwrap_err();
            assert_eq!(refused.code, "NOT_FOUND", "{door:?}");
            assert_eq!(refused.detail, "Session not found");
        }
        let refused = laptop.via(door).revoke("not-an-id").await.unwrap_err();
        assert_eq!(refused.fields, ["session_id"]);
    }
}

#[tokio::test]
async fn an_answer_that_is_waited_for_is_not_given_after_the_session_has_ended() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let phone = app.sign_in(&ada.email).await;
    let gate = Gate::closed();
    model.says([text("For you only.").behind(&gate)]);
    let asking = phone.chat("hi");
    let ending = async {
        eventually("the model is asked", async || model.asked() == 1).await;
        let open = ada.get("/api/users/me/sessions").await.ok();
        let phones = user::text(&open["sessions"][0], "id");
        let path = format!("/api/users/me/sessions/{phones}");
        ada.delete(&path).await.ok();
        gate.open();
    };
    let (answer, ()) = futures::join!(asking, ending);
    answer.refused(401);
    // The turn itself is ada's, and went on.
    let conversation = user::id(&ada.conversations().await[0]);
    let messages = ada.messages(&conversation).await;
    assert_eq!(messages[1]["content"], "For you only.");
}

#[tokio::test]
async fn nobody_sees_or_ends_the_sessions_of_another() {
    let app = App::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let hers = ada.via(Door::Rest).sessions().await.expect("sessions");
    for door in Door::ALL {
        let his = bob.via(door).sessions().await.expect("sessions");
        assert!(his.iter().all(|session| session.id != hers[0].id));
        let refused = bob.via(door).revoke(&hers[0].id).await.unwrap_err();
        assert_eq!(refused.code, "NOT_FOUND", "{door:?}");
        let nobody = bob.with_token("");
        let refused = nobody.via(door).sessions().await.unwrap_err();
        assert_eq!(refused.code, "UNAUTHENTICATED");
    }
    ada.get("/api/users/me").await.ok();
}

#[tokio::test]
async fn a_session_tells_the_program_it_was_used_by_last() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    // As sent at sign-in, and at the next refresh.
    let nobody = ada.with_token("").with_header("user-agent", "A Phone/1.0");
    let body = json!({ "email": ada.email, "password": PASSWORD });
    let phone = nobody.post("/api/auth/signin", body).await.ok();
    let names = async || {
        let seen = ada.via(Door::Rest).sessions().await.expect("sessions");
        let names = seen.into_iter().map(|session| session.user_agent);
        names.collect::<Vec<_>>()
    };
    assert_eq!(names().await[0], "A Phone/1.0");
    let long = format!("A Phone/2.0 {}", "x".repeat(500));
    let nobody = ada.with_token("").with_header("user-agent", &long);
    let body = json!({ "refresh_token": phone["refresh_token"] });
    nobody.post("/api/auth/refresh", body).await.ok();
    assert_eq!(names().await[0], long[..256]);
}

#[tokio::test]
async fn sign_ups_from_one_address_are_limited() {
    let app = App::setup()
        .set("TASKCHAT_LIMITS__SIGN_UPS_PER_MINUTE", "2")
        .start()
        .await;
    for name in ["ada", "bob"] {
        app.sign_up(name).await;
    }
    let body = json!({ "email": "eve@example.com", "password": PASSWORD });
    let refused = app.post("/api/auth/signup", &body).await;
    refused.refused_with(429, "too many attempts to sign up, try again later");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    app.sign_in("ada@example.com").await;
}
