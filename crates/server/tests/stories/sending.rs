//! Sending: a partner's call becomes a message at Meta, once, and its echo is known.

use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Endpoint, Files, Partner, World, on_both_engines};

/// A connected Page, somebody who has written to it, and the partner's endpoint, emptied.
struct Chat {
    partner: Partner,
    endpoint: Endpoint,
    connection: String,
    person: String,
}

impl World {
    async fn chat(&self, product: i64) -> Chat {
        let partner = self.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(product).await;
        let mut browser = self.browser();
        let picker = browser.consent(&param, DANA).await;
        let asset =
            if product % 2 == 0 { picker.field("asset").unwrap() } else { PAGE_CAFE_AURORA.to_owned() };
        browser.finish(&param, &picker, &asset).await;
        let connection = partner.connections().await.remove(0);
        let hook = format!("{}/meta/webhook", self.url);
        let verify = &self.app.config.meta.verify_token;
        for (object, fields) in [("page", &["messages", "message_echoes"][..]), ("instagram", &["messages"])]
        {
            self.app.meta.subscribe_app(object, &hook, verify, fields).await.unwrap();
        }
        let account = connection["instagram_id"].as_str().unwrap_or(PAGE_CAFE_AURORA);
        let begun = self.control("POST", "chat", json!({"page_id": account, "name": "Noa"})).await;
        let person = begun["person"].as_str().unwrap().to_owned();
        let chat = Chat {
            partner,
            endpoint,
            person,
            connection: connection["connection_id"].as_str().unwrap().to_owned(),
        };
        self.writes(&chat, "hello").await;
        assert_eq!(self.arrives(&chat, "message.received").await["data"]["from"]["id"], chat.person.as_str());
        chat
    }

    async fn writes(&self, chat: &Chat, text: &str) {
        let act = json!({"do": "message", "text": text});
        self.control("POST", &format!("chat/{}", chat.person), act).await;
    }

    /// Waits for an event of this name and answers its body.
    async fn arrives(&self, chat: &Chat, name: &str) -> Value {
        loop {
            self.deliver().await;
            if let Some(found) = chat.endpoint.take().into_iter().find(|r| r.name() == name) {
                return found.body;
            }
            self.news().await;
        }
    }

    /// How many calls of the Send API the sandbox has taken as messages of the business.
    async fn sent(&self, chat: &Chat) -> usize {
        let seen = self.control("GET", &format!("chat/{}", chat.person), Value::Null).await;
        let text = seen.to_string();
        text.matches("we are open").count()
    }
}

impl Chat {
    async fn send(&self, more: Value, key: Option<&str>) -> (u16, Value) {
        let mut body = json!({"connection_id": self.connection, "to": self.person});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        match key {
            Some(key) => self.partner.post_with_key("facebook/sendMessage", &body, key).await,
            None => self.partner.call(Method::POST, "facebook/sendMessage", Some(body)).await,
        }
    }
}

on_both_engines! {
    /// A message is sent and comes back as an echo that names the call, on Messenger and on Instagram.
    async fn a_message_is_sent_and_echoed(world: World) {
        for product in [1, 2] {
            let chat = world.chat(product).await;
            let (status, answer) = chat.send(json!({"text": "we are open"}), None).await;
            assert_eq!(status, 200, "{answer}");
            let echo = world.arrives(&chat, "message.echo").await;
            let data = &echo["data"];
            assert_eq!(data["message_id"], answer["message_id"], "{product}");
            assert_eq!((&data["text"], &data["to"]["id"]), (&json!("we are open"), &json!(chat.person)));
            assert!(data["window_expires_at"].is_i64());
            if product == 1 {
                assert_eq!((&data["ours"], &data["act_id"]), (&json!(true), &answer["act_id"]), "{echo}");
            }
        }
    }

    /// The same key sends once, and answers what the first call answered.
    async fn a_key_sends_once(world: World) {
        let chat = world.chat(1).await;
        let first = chat.send(json!({"text": "we are open"}), Some("k")).await;
        assert_eq!(first.0, 200, "{}", first.1);
        for _ in 0..3 {
            assert_eq!(chat.send(json!({"text": "we are open"}), Some("k")).await, first);
        }
        assert_eq!(chat.send(json!({"text": "another"}), Some("k")).await.1["reason"], 48);
        assert_eq!(world.sent(&chat).await, 1);
    }

    /// What Meta may have taken before the line was cut is not sent again; its echo settles it.
    async fn a_cut_call_is_unknown_until_its_echo(world: World) {
        let chat = world.chat(1).await;
        let path = format!("POST /{PAGE_CAFE_AURORA}/messages");
        world.control("POST", "faults", json!({"match": path, "kind": "drop"})).await;
        for _ in 0..3 {
            let (status, answer) = chat.send(json!({"text": "we are open"}), Some("k")).await;
            assert_eq!((status, &answer["reason"]), (409, &json!(52)), "{answer}");
        }
        assert_eq!(world.sent(&chat).await, 0, "not sent behind the partner's back");
        // The echo, as Meta would send it had it taken the call.
        let act = world.rows("SELECT id FROM acts").await[0][0].clone();
        let echo = json!({"object": "page", "entry": [{"id": PAGE_CAFE_AURORA, "time": 1, "messaging": [{
            "sender": {"id": PAGE_CAFE_AURORA}, "recipient": {"id": chat.person}, "timestamp": 1_795_000_000_000_i64,
            "message": {"mid": "m_echo", "is_echo": true, "metadata": act, "text": "we are open"}}]}]});
        jetbridge::app::inbound::receive(&world.app, echo.to_string().as_bytes()).await.unwrap();
        let (status, answer) = chat.send(json!({"text": "we are open"}), Some("k")).await;
        assert_eq!((status, &answer["message_id"], &answer["act_id"]), (200, &json!("m_echo"), &json!(act)), "{answer}");
        assert_eq!(world.sent(&chat).await, 0);
    }

    /// What Meta certainly did not do can be done again under the same key.
    async fn a_refusal_frees_the_key(world: World) {
        let chat = world.chat(1).await;
        let path = format!("POST /{PAGE_CAFE_AURORA}/messages");
        for (code, subcode, status, reason) in
            [(4, 0, 429, 8), (2, 0, 502, 43), (10, 2_018_278, 409, 44), (551, 0, 400, 45), (100, 2_018_008, 400, 47)]
        {
            let fault = json!({"match": path, "kind": "error", "code": code, "subcode": subcode});
            world.control("POST", "faults", fault).await;
            let key = format!("k{code}");
            let refused = chat.send(json!({"text": "we are open"}), Some(&key)).await;
            assert_eq!((refused.0, &refused.1["reason"]), (status, &json!(reason)), "{code}: {}", refused.1);
            assert_eq!(refused.1["meta"]["code"], code, "{}", refused.1);
            let again = chat.send(json!({"text": "we are open"}), Some(&key)).await;
            if status == 429 || status >= 500 {
                assert_eq!(again.0, 200, "{code}: {}", again.1);
            } else {
                assert_eq!(again, refused, "{code}: settled");
            }
        }
    }

    /// While Meta takes no more, it is not asked: the answer says how long that is, and that is true.
    async fn a_full_limit_is_waited_for(world: World) {
        let chat = world.chat(1).await;
        let path = format!("POST /{PAGE_CAFE_AURORA}/messages");
        let fault = json!({"match": path, "kind": "preset", "name": "messenger_limit", "headers": true, "minutes": 7});
        world.control("POST", "faults", fault).await;
        let send = async || {
            let body = json!({"connection_id": chat.connection, "to": chat.person, "text": "we are open"});
            let url = format!("{}/api/facebook/sendMessage", world.url);
            let answer = world.http.post(&url).bearer_auth(&chat.partner.token).json(&body).send().await.unwrap();
            let wait = answer.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
            (answer.status().as_u16(), wait, answer.json::<Value>().await.unwrap())
        };
        let (status, wait, answer) = send().await;
        assert_eq!((status, wait.as_deref(), &answer["meta"]["code"]), (429, Some("420"), &json!(80_006)), "{answer}");
        world.pass(Span::minutes(6));
        let (status, wait, answer) = send().await;
        assert_eq!((status, wait.as_deref(), &answer["reason"]), (429, Some("60"), &json!(8)), "{answer}");
        assert!(answer.get("meta").is_none(), "Meta was not asked: {answer}");
        assert_eq!(world.sent(&chat).await, 0);
        world.pass(Span::minutes(1));
        assert_eq!(send().await.0, 200);
        assert_eq!(world.sent(&chat).await, 1);
    }

    /// Conversations are read as often as Meta allows; who asks more often is told when to come again.
    async fn turns_are_taken_at_metas_rate(world: World) {
        let chat = world.chat(1).await;
        let body = json!({"connection_id": chat.connection});
        let read = async || chat.partner.call(Method::POST, "facebook/getConversations", Some(body.clone())).await;
        let mut answers = Vec::new();
        for _ in 0..5 {
            let (status, answer) = read().await;
            answers.push((status, answer["reason"].clone()));
        }
        assert_eq!(answers[..4], vec![(200, json!(1)); 4]);
        assert_eq!(answers[4], (429, json!(8)), "one leaves half of the queue to others");
        let other = world.partner("Another").await;
        assert_eq!(other.call(Method::POST, "facebook/getConversations", Some(body.clone())).await.1["reason"], 40);
        world.pass(Span::seconds(2));
        assert_eq!(read().await.0, 200);
    }

    /// The window is ours to know: nothing is asked of Meta when it is closed, and a human has a week.
    async fn a_closed_window_is_told_before_meta_is_asked(world: World) {
        let mut chat = world.chat(1).await;
        world.pass(Span::hours(25));
        world.control("POST", "clock", json!({"advance_seconds": 25 * 3600})).await;
        chat.partner.renew().await;
        let (status, answer) = chat.send(json!({"text": "we are open"}), None).await;
        assert_eq!((status, &answer["reason"]), (409, &json!(44)), "{answer}");
        assert!(answer["window_expires_at"].as_i64().unwrap() < world.clock.now().as_seconds());
        assert!(answer.get("meta").is_none(), "Meta was not asked");
        let human = json!({"text": "we are open", "human_agent": true});
        assert_eq!(chat.send(human, None).await.0, 200);
    }

    /// What cannot be sent is told with the field, before Meta is asked.
    async fn what_cannot_be_sent_is_told(world: World) {
        let (chat, other) = (world.chat(1).await, world.partner("Other").await);
        let long = "x".repeat(2001);
        for (more, reason, field) in [
            (json!({}), 46, "text"),
            (json!({"text": ""}), 46, "text"),
            (json!({"text": long}), 46, "text"),
            (json!({"text": "a", "attachment": {"kind": "image", "url": "https://a.example/a.jpg"}}), 46, "text"),
            (json!({"attachment": {"kind": "hologram", "url": "https://a.example"}}), 46, "attachment"),
            (json!({"attachment": {"kind": "image", "url": "ftp://a.example"}}), 47, "attachment"),
            (json!({"template": {"no": "type"}}), 46, "template"),
            (json!({"text": "a", "quick_replies": [{"payload": "P"}]}), 46, "quick_replies"),
            (json!({"text": "a", "to": "nobody"}), 45, "to"),
            (json!({"text": "a", "connection_id": "x"}), 50, "connection_id"),
        ] {
            let (status, answer) = chat.send(more.clone(), None).await;
            assert_eq!((status, &answer["reason"], &answer["field"]), (400, &json!(reason), &json!(field)), "{more}");
        }
        let body = json!({"connection_id": chat.connection, "to": chat.person, "text": "a"});
        let foreign = other.call(Method::POST, "facebook/sendMessage", Some(body)).await;
        assert_eq!((foreign.0, &foreign.1["reason"]), (404, &json!(40)));
        let comment = json!({"connection_id": chat.connection, "comment_id": "1_2", "text": "a"});
        let wrong = chat.partner.call(Method::POST, "facebook/replyComment", Some(comment)).await;
        assert_eq!((wrong.0, &wrong.1["reason"]), (409, &json!(41)));
    }

    /// A dead token is found by a send, checked, told once, and then refused without asking Meta.
    async fn a_dead_token_ends_the_sending(world: World) {
        let chat = world.chat(1).await;
        world.control("POST", &format!("people/{DANA}/tokens"), json!({"kind": "password_changed"})).await;
        let (status, answer) = chat.send(json!({"text": "we are open"}), None).await;
        assert_eq!((status, &answer["reason"], &answer["meta"]["code"]), (502, &json!(43), &json!(190)), "{answer}");
        assert_eq!(chat.send(json!({"text": "we are open"}), None).await.1["reason"], 42);
        assert_eq!(world.arrives(&chat, "connection.needs_reconnect").await["data"]["why"], "token_dead");
    }

    /// What Meta took and did not answer is known by its echo: a repeat answers it, and sends nothing. Instagram's
    /// echo does not name the call; what was said does.
    async fn a_lost_answer_is_settled_by_the_echo(world: World) {
        for product in [1, 2] {
            let chat = world.chat(product).await;
            let path = format!("POST /{PAGE_CAFE_AURORA}/messages");
            world.control("POST", "faults", json!({"match": path, "kind": "lost"})).await;
            let (status, answer) = chat.send(json!({"text": "we are open"}), Some("k")).await;
            assert!(status == 409 && answer["reason"] == 52 || status == 200, "{answer}");
            let echo = world.arrives(&chat, "message.echo").await;
            assert_eq!(echo["data"]["ours"], true, "{echo}");
            let (status, answer) = chat.send(json!({"text": "we are open"}), Some("k")).await;
            assert_eq!((status, &answer["message_id"]), (200, &echo["data"]["message_id"]), "{answer}");
            assert_eq!(world.sent(&chat).await, 1);
        }
    }

    /// A file that Meta cannot use is told before Meta is asked, by its first byte; the key is kept.
    async fn files_are_looked_at_before(world: World) {
        let (chat, files) = (world.chat(1).await, Files::serve().await);
        let image = |url: String| json!({"attachment": {"kind": "image", "url": url}});
        for (url, why) in [
            (files.at("a.html"), "wrong_kind"),
            (files.at("big.jpg"), "too_large"),
            (files.at("none.jpg"), "not_there"),
            (files.at("inside.jpg"), "not_public"),
            (files.at("circle.jpg"), "redirects"),
            ("http://10.0.0.1/a.jpg".to_owned(), "not_public"),
        ] {
            for _ in 0..2 {
                let (status, answer) = chat.send(image(url.clone()), Some(&url)).await;
                assert_eq!((status, &answer["reason"], &answer["why"]), (400, &json!(47), &json!(why)), "{answer}");
                assert_eq!(answer["field"], "attachment");
            }
        }
        // Nobody answers there: that is left to Meta.
        let nobody = "https://nowhere.invalid/a.jpg".to_owned();
        for url in [files.at("a.jpg"), files.at("moved.jpg"), files.at("endless.jpg"), nobody] {
            let (status, answer) = chat.send(image(url.clone()), None).await;
            assert_eq!(status, 200, "{url}: {answer}");
        }
        let taken = files.pieces.load(std::sync::atomic::Ordering::SeqCst);
        assert!(taken < 1000, "no more is read than stands in the buffers on the way: {taken}");
        let upload = |url: String| json!({"connection_id": chat.connection, "kind": "video", "url": url});
        let (status, answer) = chat.partner.call(Method::POST, "facebook/uploadAttachment", Some(upload(files.at("a.jpg")))).await;
        assert_eq!((status, &answer["field"], &answer["why"]), (400, &json!("url"), &json!("wrong_kind")), "{answer}");
        chat.partner.post("facebook/uploadAttachment", upload(files.at("a.mp4"))).await;
    }

    /// Actions reach Meta.
    async fn actions_are_done(world: World) {
        let chat = world.chat(1).await;
        let body = |action: &str| json!({"connection_id": chat.connection, "to": chat.person, "action": action});
        for action in ["typing_on", "typing_off", "mark_seen"] {
            chat.partner.post("facebook/sendAction", body(action)).await;
        }
        for action in ["dance", "react"] {
            let (status, answer) = chat.partner.call(Method::POST, "facebook/sendAction", Some(body(action))).await;
            assert_eq!((status, &answer["reason"]), (400, &json!(46)), "{answer}");
        }
    }

    /// Who somebody is and what was said is read from Meta, and a file is uploaded once to be sent often.
    async fn what_meta_keeps_is_read(world: World) {
        for product in [1, 2] {
            let chat = world.chat(product).await;
            chat.send(json!({"text": "we are open"}), None).await;
            let body = |more: Value| {
                let mut body = json!({"connection_id": chat.connection});
                body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                body
            };
            world.control("PUT", "app", json!({"profiles": "granted"})).await;
            let profile = chat.partner.post("facebook/getProfile", body(json!({"id": chat.person}))).await;
            assert_eq!(profile["id"], chat.person, "{profile}");
            assert!(profile["name"].as_str().unwrap().starts_with("Noa"), "{profile}");
            world.control("PUT", "app", json!({"profiles": "id_only"})).await;
            let bare = chat.partner.post("facebook/getProfile", body(json!({"id": chat.person}))).await;
            assert_eq!(bare["id"], chat.person, "{bare}");
            assert!(product == 2 || bare.get("name").is_none(), "{bare}");

            let list = chat.partner.post("facebook/getConversations", body(json!({"person": chat.person}))).await;
            let conversation = &list["list"][0];
            assert_eq!(list["list"].as_array().unwrap().len(), 1, "{list}");
            let both = conversation["participants"].to_string();
            assert!(both.contains(&chat.person), "{conversation}");
            let messages = body(json!({"conversation_id": conversation["conversation_id"], "limit": 1}));
            let first = chat.partner.post("facebook/getMessages", messages.clone()).await;
            assert_eq!(first["list"][0]["text"], "we are open", "{first}");
            let mut messages = messages;
            messages["after"] = first["next"].clone();
            let second = chat.partner.post("facebook/getMessages", messages).await;
            assert_eq!((&second["list"][0]["text"], second.get("next")), (&json!("hello"), None), "{second}");

            let file = body(json!({"kind": "image", "url": "https://shop.example.com/roses.jpg"}));
            let up = chat.partner.post("facebook/uploadAttachment", file).await;
            let id = up["attachment_id"].as_str().unwrap();
            let (status, sent) = chat.send(json!({"attachment": {"kind": "image", "attachment_id": id}}), None).await;
            assert_eq!(status, 200, "{sent}");
            for (name, more, reason) in [
                ("getProfile", json!({"id": "nobody"}), 45),
                ("getMessages", json!({"conversation_id": "../me"}), 50),
                ("getConversations", json!({"after": "?"}), 50),
                ("uploadAttachment", json!({"kind": "image", "url": "ftp://a"}), 47),
                ("uploadAttachment", json!({"kind": "hologram", "url": "https://a.example"}), 46),
                ("getPosts", json!({}), 41),
            ] {
                let path = format!("facebook/{name}");
                let (_, answer) = chat.partner.call(Method::POST, &path, Some(body(more))).await;
                assert_eq!(answer["reason"], reason, "{name}: {answer}");
            }
        }
    }
}
