//! Messages to the assistant, good and bad.

use super::*;

#[tokio::test]
async fn a_turn_that_fails_is_an_error_with_its_story() {
    let house = House::new(RpcConfig::default()).await;
    let ann = house.sign_up("ann@example.org").await;
    let message = v1::ChatRequest {
        message: "Add buy milk".to_owned(),
        ..Default::default()
    };
    let status = house.chats().chat(by(&ann, message)).await.err().unwrap();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    let rich = pb::Status::decode(status.details()).unwrap();
    let story = v1::TurnFailure::decode(rich.details[0].value.as_slice()).unwrap();
    assert!(!story.response_text.is_empty());

    let follow = v1::FollowTurnRequest {
        turn_id: story.turn_id,
        after: 0,
    };
    let mut seen = all(house.chats().follow_turn(by(&ann, follow)).await).await;
    let numbers: Vec<u32> = seen.iter().map(|event| event.seq).collect();
    let expected: Vec<u32> = (1..=u32::try_from(seen.len()).unwrap()).collect();
    assert_eq!(numbers, expected);
    let last = seen.pop().unwrap().event;
    assert!(matches!(last, Some(v1::turn_event::Event::Failed(_))));

    let listed = MessageServiceClient::new(house.router.clone())
        .list_messages(by(
            &ann,
            v1::ListMessagesRequest {
                conversation_id: story.conversation_id,
                ..Default::default()
            },
        ))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.messages[0].content, "Add buy milk");
    assert_eq!(listed.messages[0].role(), v1::MessageRole::User);
}

#[tokio::test]
async fn bad_messages_are_refused_before_anything_is_stored() {
    let house = House::new(RpcConfig::default()).await;
    let ann = house.sign_up("ann@example.org").await;
    let base = || v1::ChatRequest {
        message: "hi".to_owned(),
        ..Default::default()
    };
    let text = |it: &str| it.to_owned();
    let unknown = Uuid::now_v7().to_string();
    for (request, code, message) in [
        (
            v1::ChatRequest {
                message: text(" "),
                ..base()
            },
            Code::InvalidArgument,
            "message field is required",
        ),
        (
            v1::ChatRequest {
                conversation_id: text("x"),
                ..base()
            },
            Code::InvalidArgument,
            "conversation_id must be a UUID",
        ),
        (
            v1::ChatRequest {
                conversation_id: unknown,
                ..base()
            },
            Code::NotFound,
            "Conversation not found",
        ),
        (
            v1::ChatRequest {
                request_id: text("x"),
                ..base()
            },
            Code::InvalidArgument,
            "request_id must be a UUID",
        ),
        (
            v1::ChatRequest {
                time_zone: text("Mars"),
                ..base()
            },
            Code::InvalidArgument,
            "time_zone must be an IANA time zone name",
        ),
        (
            v1::ChatRequest {
                if_busy: 9,
                ..base()
            },
            Code::InvalidArgument,
            "if_busy must be enqueue or reject",
        ),
        (
            v1::ChatRequest {
                user_id: text("x"),
                ..base()
            },
            Code::PermissionDenied,
            "User ID mismatch",
        ),
    ] {
        let refused = refusal(house.chats().chat(by(&ann, request)).await);
        assert_eq!(refused, (code, message.to_owned()));
    }
    let listed = ConversationServiceClient::new(house.router.clone())
        .list_conversations(by(&ann, v1::ListConversationsRequest::default()))
        .await;
    assert_eq!(listed.unwrap().into_inner().count, 0);
}

#[tokio::test]
async fn a_streamed_message_ends_with_its_last_event_and_can_be_read_again() {
    let house = House::new(RpcConfig::default()).await;
    let ann = house.sign_up("ann@example.org").await;
    let message = v1::StreamChatRequest {
        message: "Add buy milk".to_owned(),
        request_id: Uuid::now_v7().to_string(),
        ..Default::default()
    };
    let first = all(house.chats().stream_chat(by(&ann, message.clone())).await).await;
    let started = first[0].event.clone();
    assert!(matches!(started, Some(v1::turn_event::Event::Started(_))));
    // The same request id is the same turn, told from the beginning.
    let again = all(house.chats().stream_chat(by(&ann, message)).await).await;
    assert_eq!(again, first);

    let turn_id = first[0].turn_id.clone();
    let follow = v1::FollowTurnRequest {
        turn_id: turn_id.clone(),
        after: 1,
    };
    let rest = all(house.chats().follow_turn(by(&ann, follow)).await).await;
    assert_eq!(rest, first[1..]);

    let get = v1::GetTurnRequest {
        turn_id: turn_id.clone(),
    };
    let turn = house.chats().get_turn(by(&ann, get)).await.unwrap();
    let turn = turn.into_inner().turn.unwrap();
    assert_eq!(turn.state(), v1::TurnState::Failed);
    assert_eq!(turn.last_seq, first.last().unwrap().seq);

    let bob = house.sign_up("bob@example.org").await;
    let refused = house
        .chats()
        .cancel_turn(by(&bob, v1::CancelTurnRequest { turn_id }))
        .await;
    assert_eq!(
        refusal(refused),
        (Code::NotFound, "Turn not found".to_owned())
    );
}

async fn all(
    answer: Result<tonic::Response<tonic::Streaming<v1::TurnEvent>>, Status>,
) -> Vec<v1::TurnEvent> {
    let mut events = answer.unwrap().into_inner();
    let mut seen = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        seen.push(event);
    }
    seen
}
