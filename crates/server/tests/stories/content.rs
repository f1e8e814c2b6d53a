//! What stands on Pages and Instagram accounts: comments in and out, posts, leads, against the sandbox.

use std::sync::Mutex;

use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Endpoint, Files, Partner, Received, World, on_both_engines};

/// A connected Page or Instagram account, and the partner's endpoint, emptied.
struct Place {
    partner: Partner,
    endpoint: Endpoint,
    /// What came and nobody has asked for yet.
    came: Mutex<Vec<Received>>,
    connection: String,
    /// The Page, or the Instagram account.
    asset: String,
}

impl World {
    async fn place(&self, product: i64) -> Place {
        let partner = self.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(product).await;
        let mut browser = self.browser();
        let picker = browser.consent(&param, DANA).await;
        let chosen =
            if product % 2 == 0 { picker.field("asset").unwrap() } else { PAGE_CAFE_AURORA.to_owned() };
        browser.finish(&param, &picker, &chosen).await;
        let connection = partner.connections().await.remove(0);
        let hook = format!("{}/meta/webhook", self.url);
        let verify = &self.app.config.meta.verify_token;
        for (object, fields) in [
            ("page", &["feed", "mention", "leadgen", "messages", "message_echoes"][..]),
            ("instagram", &["comments", "mentions", "messages"]),
        ] {
            self.app.meta.subscribe_app(object, &hook, verify, fields).await.unwrap();
        }
        let asset = connection["instagram_id"].as_str().unwrap_or(PAGE_CAFE_AURORA).to_owned();
        let connection = connection["connection_id"].as_str().unwrap().to_owned();
        self.deliver().await;
        endpoint.take();
        Place { partner, endpoint, came: Mutex::default(), connection, asset }
    }

    /// One act of visitors, or of those who run the Page; the id of what came of it.
    async fn act(&self, act: Value) -> String {
        self.control("POST", "content", act).await["id"].as_str().unwrap().to_owned()
    }

    /// Waits for the next event of this name and answers its data.
    async fn hears(&self, place: &Place, name: &str) -> Value {
        loop {
            jetbridge::app::leads::read_due(&self.app).await.unwrap();
            self.deliver().await;
            if let Some(data) = place.next(name) {
                return data;
            }
            self.news().await;
        }
    }
}

impl Place {
    fn next(&self, name: &str) -> Option<Value> {
        let mut came = self.came.lock().unwrap();
        came.extend(self.endpoint.take());
        let index = came.iter().position(|one| one.name() == name)?;
        Some(came.remove(index).body["data"].clone())
    }

    async fn call(&self, name: &str, more: Value) -> (u16, Value) {
        let mut body = json!({"connection_id": self.connection});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.partner.call(Method::POST, &format!("facebook/{name}"), Some(body)).await
    }

    async fn fine(&self, name: &str, more: Value) -> Value {
        let (status, answer) = self.call(name, more).await;
        assert_eq!((status, &answer["reason"]), (200, &json!(1)), "{name}: {answer}");
        answer
    }

    async fn refused(&self, name: &str, more: Value, reason: i64) -> Value {
        let (_, answer) = self.call(name, more).await;
        assert_eq!(answer["reason"], reason, "{name}: {answer}");
        answer
    }
}

fn texts<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    list["list"].as_array().unwrap().iter().filter_map(|row| row[key].as_str()).collect()
}

on_both_engines! {
    /// A Page's post: published, listed, commented on, answered, hidden, liked, and taken back.
    async fn a_page_publishes_and_answers(world: World) {
        let place = world.place(3).await;
        let made = place.fine("createPost", json!({"text": "Roses are in"})).await;
        let post = made["post_id"].as_str().unwrap();
        assert_eq!(made["state"], "published");
        let told = world.hears(&place, "post.created").await;
        assert_eq!((&told["post_id"], &told["own"]), (&made["post_id"], &json!(true)), "{told}");

        let comment = world.act(json!({"act": "comment", "on": post, "from_name": "Maya", "text": "How much?"})).await;
        let told = world.hears(&place, "comment.created").await;
        assert_eq!((&told["comment_id"], &told["text"]), (&json!(comment), &json!("How much?")), "{told}");
        assert_eq!((&told["post_id"], &told["from"]["name"]), (&json!(post), &json!("Maya")));
        assert!(told.get("own").is_none() && told.get("parent_id").is_none(), "{told}");

        let reply = place.fine("replyComment", json!({"comment_id": comment, "text": "Ten each"})).await;
        let told = world.hears(&place, "comment.created").await;
        assert_eq!((&told["comment_id"], &told["parent_id"]), (&reply["comment_id"], &json!(comment)), "{told}");
        assert_eq!((&told["own"], &told["ours"], &told["act_id"]), (&json!(true), &json!(true), &reply["act_id"]));

        for (name, told_as) in [("hideComment", true), ("unhideComment", false)] {
            place.fine(name, json!({"comment_id": comment})).await;
            assert_eq!(world.hears(&place, "comment.hidden").await["hidden"], told_as);
        }
        place.fine("likeComment", json!({"comment_id": comment})).await;
        let listed = place.fine("getComments", json!({"post_id": post})).await;
        assert_eq!(texts(&listed, "comment_id"), [comment.as_str()], "{listed}");
        assert_eq!((&listed["list"][0]["likes"], &listed["list"][0]["answers"]), (&json!(1), &json!(1)), "{listed}");
        world.act(json!({"act": "edit", "id": comment, "text": "How much each?"})).await;
        assert_eq!(world.hears(&place, "comment.edited").await["text"], "How much each?");
        place.fine("deleteComment", json!({"comment_id": comment})).await;
        // Its answer goes with it.
        let gone = [world.hears(&place, "comment.deleted").await, world.hears(&place, "comment.deleted").await];
        assert!(gone.iter().any(|told| told["comment_id"] == comment), "{gone:?}");

        let listed = place.fine("getPosts", json!({})).await;
        assert_eq!(texts(&listed, "post_id").first(), Some(&post), "the latest first");
        place.fine("deletePost", json!({"post_id": post})).await;
        let listed = place.fine("getPosts", json!({})).await;
        assert!(!texts(&listed, "post_id").contains(&post), "{listed}");
    }

    /// A private reply goes out once, opens no window, and begins a conversation when it is answered.
    async fn a_comment_is_answered_in_private(world: World) {
        let place = world.place(3).await;
        let made = place.fine("createPost", json!({"text": "Roses are in"})).await;
        let on = made["post_id"].clone();
        let comment = world.act(json!({"act": "comment", "on": on, "from_name": "Maya", "text": "How much?"})).await;
        let body = json!({"comment_id": comment, "text": "We wrote to you"});
        let sent = place.fine("privateReply", body.clone()).await;
        assert!(sent["to"].is_string() && sent["message_id"].is_string(), "{sent}");
        let again = place.refused("privateReply", body, 45).await;
        assert_eq!(again["meta"]["code"], 10_900, "{again}");
        let shown = world.control("GET", &format!("chat/{}", sent["to"].as_str().unwrap()), Value::Null).await;
        assert!(shown.to_string().contains("We wrote to you"), "{shown}");
    }

    /// Several photos become one post; a planned one is among those that are scheduled; the key holds.
    async fn photos_and_plans(world: World) {
        let place = world.place(3).await;
        let photo = |n: u8| format!("https://shop.example.com/{n}.jpg");
        let body = json!({"connection_id": place.connection, "text": "Three", "photos": [photo(1), photo(2), photo(3)]});
        let first = place.partner.post_with_key("facebook/createPost", &body, "k").await;
        assert_eq!(first.0, 200, "{}", first.1);
        assert_eq!(place.partner.post_with_key("facebook/createPost", &body, "k").await, first);
        let one = place.fine("createPost", json!({"photos": [photo(4)]})).await;
        assert!(one["photo_id"].is_string() && one["post_id"].is_string(), "{one}");

        let at = world.clock.now().plus(Span::hours(2)).as_seconds();
        let planned = place.fine("createPost", json!({"text": "Later", "publish_at": at})).await;
        assert_eq!(planned["state"], "scheduled");
        let scheduled = place.fine("getPosts", json!({"which": "scheduled"})).await;
        assert_eq!(scheduled["list"][0]["publish_at"], at, "{scheduled}");
        let published = place.fine("getPosts", json!({"limit": 1})).await;
        assert_eq!(texts(&published, "post_id").len(), 1);
        let rest = place.fine("getPosts", json!({"limit": 1, "after": published["next"]})).await;
        assert_eq!(texts(&rest, "text"), ["Three"], "{rest}");
        for (wrong, reason, field) in [
            (json!({}), 46, "text"),
            (json!({"text": " "}), 46, "text"),
            (json!({"text": "a", "link": "nowhere"}), 46, "link"),
            (json!({"link": "https://a.example", "photos": [photo(1)]}), 46, "link"),
            (json!({"photos": []}), 46, "photos"),
            (json!({"photos": ["ftp://a.example/a.jpg"]}), 47, "photos"),
            (json!({"text": "a", "publish_at": at - 7200}), 46, "publish_at"),
            (json!({"text": "a", "publish_at": "soon"}), 46, "publish_at"),
        ] {
            assert_eq!(place.refused("createPost", wrong.clone(), reason).await["field"], field, "{wrong}");
        }
    }

    /// Instagram: its media are listed, comments come in and are answered; what it does not offer is 41.
    async fn instagram_comments_come_and_are_answered(world: World) {
        let place = world.place(4).await;
        let post = world.act(json!({"act": "post", "on": place.asset, "text": "Roses"})).await;
        let listed = place.fine("getPosts", json!({})).await;
        assert!(texts(&listed, "post_id").contains(&post.as_str()), "{listed}");
        let comment = world.act(json!({"act": "comment", "on": post, "from_name": "Maya", "text": "How much?"})).await;
        let told = world.hears(&place, "comment.created").await;
        assert_eq!((&told["comment_id"], &told["media_id"]), (&json!(comment), &json!(post)), "{told}");
        let reply = place.fine("replyComment", json!({"comment_id": comment, "text": "Ten each"})).await;
        let told = world.hears(&place, "comment.created").await;
        assert_eq!((&told["comment_id"], &told["own"]), (&reply["comment_id"], &json!(true)), "{told}");
        let comments = place.fine("getComments", json!({"post_id": post})).await;
        assert_eq!(comments["list"][0]["replies"][0]["comment_id"], reply["comment_id"], "{comments}");
        place.fine("hideComment", json!({"comment_id": comment})).await;
        place.fine("privateReply", json!({"comment_id": comment, "text": "We wrote to you"})).await;
        place.fine("deleteComment", json!({"comment_id": comment})).await;
        for (name, more) in [
            ("likeComment", json!({"comment_id": comment})),
            ("deletePost", json!({"post_id": post})),
            ("getLeadForms", json!({})),
            ("getConversations", json!({})),
            ("getPosts", json!({"which": "scheduled"})),
        ] {
            place.refused(name, more, 41).await;
        }
    }

    /// An answer under a comment whose call was cut off is known when it comes back, and not given twice.
    async fn a_lost_reply_is_settled_by_its_comment(world: World) {
        for (product, edge) in [(3, "comments"), (4, "replies")] {
            let place = world.place(product).await;
            let post = world.act(json!({"act": "post", "on": place.asset, "text": "Roses"})).await;
            let act = json!({"act": "comment", "on": post, "from_name": "Maya", "text": "How much?"});
            let comment = world.act(act).await;
            world.hears(&place, "comment.created").await;
            let fault = json!({"match": format!("POST /{comment}/{edge}"), "kind": "lost"});
            world.control("POST", "faults", fault).await;
            let body = json!({"connection_id": place.connection, "comment_id": comment, "text": "Ten each"});
            let reply = async || place.partner.post_with_key("facebook/replyComment", &body, "k").await;
            let (status, answer) = reply().await;
            assert!(status == 409 && answer["reason"] == 52 || status == 200, "{answer}");
            let told = world.hears(&place, "comment.created").await;
            assert_eq!((&told["own"], &told["ours"]), (&json!(true), &json!(true)), "{told}");
            let (status, answer) = reply().await;
            assert_eq!((status, &answer["comment_id"]), (200, &told["comment_id"]), "{answer}");
            assert_eq!(answer["act_id"], told["act_id"], "{told}");
            let listed = place.fine("getComments", json!({"post_id": post})).await.to_string();
            assert!(listed.matches("Ten each").count() <= 1, "{listed}");
        }
    }

    /// A lead comes with its answers, or without and why, and then completed.
    async fn leads_are_read(world: World) {
        let place = world.place(3).await;
        let questions = json!([{"key": "email", "label": "E-mail", "type": "EMAIL"}]);
        let act = json!({"act": "create_form", "on": place.asset, "name": "Offer", "questions": questions});
        let form = world.act(act).await;
        let fill = |name: &str| json!({"act": "fill_form", "form_id": form, "from_name": name,
            "answers": [{"name": "email", "values": [format!("{name}@example.com")]}]});
        let first = world.act(fill("maya")).await;
        let told = world.hears(&place, "lead.created").await;
        let answers = json!([{"name": "email", "values": ["maya@example.com"]}]);
        assert_eq!((&told["lead_id"], &told["form_id"], &told["answers"]), (&json!(first), &json!(form), &answers));

        world.control("PUT", "app", json!({"lead_access": "permission"})).await;
        let second = world.act(fill("noam")).await;
        let told = world.hears(&place, "lead.created").await;
        assert_eq!((&told["lead_id"], &told["why"]), (&json!(second), &json!("lead_access")), "{told}");
        assert!(told.get("answers").is_none());
        world.control("PUT", "app", json!({"lead_access": "open"})).await;
        world.pass(Span::minutes(2));
        let told = world.hears(&place, "lead.completed").await;
        assert_eq!((&told["lead_id"], &told["answers"][0]["values"][0]), (&json!(second), &json!("noam@example.com")));

        let forms = place.fine("getLeadForms", json!({})).await;
        assert!(texts(&forms, "form_id").contains(&form.as_str()), "{forms}");
        let leads = place.fine("getLeads", json!({"form_id": form})).await;
        assert_eq!(texts(&leads, "lead_id"), [second.as_str(), first.as_str()], "{leads}");
        let one = place.fine("getLead", json!({"lead_id": first})).await;
        assert_eq!(one["answers"], answers, "{one}");
        place.refused("getLead", json!({"lead_id": "x"}), 50).await;
        place.refused("getLeads", json!({"form_id": form, "limit": 0}), 50).await;
    }

    /// The pass-through reaches the connection's own asset, and nothing else.
    async fn the_graph_is_reached_within_the_asset(world: World) {
        let place = world.place(3).await;
        let read = place.fine("graph", json!({"path": "me", "params": {"fields": "id,name"}})).await;
        assert_eq!(read["result"]["id"], PAGE_CAFE_AURORA, "{read}");
        let made = place.fine("graph", json!({"path": "me/feed", "method": "POST", "params": {"message": "By hand"}})).await;
        let post = made["result"]["id"].as_str().unwrap();
        place.fine("graph", json!({"path": post, "method": "DELETE"})).await;
        for path in ["12345", "me/subscribed_apps", "../me", "me?fields=access_token", ""] {
            assert_eq!(place.refused("graph", json!({"path": path}), 50).await["field"], "path", "{path}");
        }
        place.refused("graph", json!({"path": "me", "method": "PATCH"}), 50).await;
        // A token is not to be had.
        let (status, answer) = place.call("graph", json!({"path": "me", "params": {"fields": "access_token"}})).await;
        assert!(status >= 400 && !answer.to_string().contains("EAA"), "{answer}");
    }
}

on_both_engines! {
    /// Instagram's posts are prepared first: the answer is at once, and an event tells the end.
    async fn instagram_posts_are_led_to_their_end(world: World) {
        let place = world.place(4).await;
        let url = |name: &str| format!("https://shop.example.com/{name}");
        for (more, kind) in [
            (json!({"image": {"url": url("a.jpg"), "alt_text": "Roses"}, "text": "Roses"}), "IMAGE"),
            (json!({"reel": {"url": url("a.mp4"), "share_to_feed": true}, "text": "Film"}), "VIDEO"),
            (json!({"carousel": [{"kind": "image", "url": url("a.jpg")}, {"kind": "video", "url": url("b.mp4")}]}),
                "CAROUSEL_ALBUM"),
        ] {
            let made = place.fine("createPost", more.clone()).await;
            assert_eq!((&made["state"], made.get("post_id")), (&json!("publishing"), None), "{made}");
            let told = world.published(&place, "post.published").await;
            assert_eq!(told["act_id"], made["act_id"], "{told}");
            let listed = place.fine("getPosts", json!({})).await;
            let post = listed["list"].as_array().unwrap().iter().find(|post| post["post_id"] == told["post_id"]);
            assert_eq!(post.unwrap()["kind"], kind, "{listed}");
        }
        let story = json!({"story": {"kind": "image", "url": url("a.jpg")}});
        place.fine("createPost", story).await;
        world.published(&place, "post.published").await;
    }

    /// A planned post of Instagram's waits here until its time, and is published once.
    async fn a_planned_instagram_post_waits(world: World) {
        let mut place = world.place(4).await;
        let at = world.clock.now().plus(Span::hours(3)).as_seconds();
        let body = json!({"connection_id": place.connection, "publish_at": at, "text": "Later",
            "image": {"url": "https://shop.example.com/a.jpg"}});
        let first = place.partner.post_with_key("facebook/createPost", &body, "k").await;
        assert_eq!((first.0, &first.1["state"]), (200, &json!("scheduled")), "{}", first.1);
        assert_eq!(place.partner.post_with_key("facebook/createPost", &body, "k").await, first);
        assert_eq!(jetbridge::app::publishing::go_on(&world.app).await.unwrap(), 0);
        world.pass(Span::hours(3));
        place.partner.renew().await;
        let told = world.published(&place, "post.published").await;
        assert_eq!(told["act_id"], first.1["act_id"], "{told}");
        let listed = place.fine("getPosts", json!({})).await;
        assert_eq!(texts(&listed, "text").iter().filter(|text| **text == "Later").count(), 1, "{listed}");
    }

    /// Of a post's files each is looked at, and where one cannot be used nothing is planned.
    async fn a_posts_files_are_looked_at(world: World) {
        let files = Files::serve().await;
        let page = world.place(3).await;
        for (more, field, why) in [
            (json!({"photos": [files.at("a.jpg"), files.at("a.html")]}), "photos", "wrong_kind"),
            (json!({"video": {"url": files.at("a.jpg")}}), "video", "wrong_kind"),
        ] {
            let answer = page.refused("createPost", more, 47).await;
            assert_eq!((&answer["field"], &answer["why"]), (&json!(field), &json!(why)), "{answer}");
        }
        page.fine("createPost", json!({"photos": [files.at("a.jpg"), files.at("a.png")]})).await;
        let account = world.place(4).await;
        let image = |url: String| json!({"kind": "image", "url": url});
        let slides = json!([image(files.at("a.jpg")), image(files.at("big.jpg"))]);
        for (more, field, why) in [
            (json!({"image": {"url": files.at("a.png")}}), "image", "wrong_kind"),
            (json!({"carousel": slides}), "carousel", "too_large"),
            (json!({"reel": {"url": files.at("a.mp4"), "cover_url": files.at("none.jpg")}}), "reel", "not_there"),
        ] {
            let answer = account.refused("createPost", more, 47).await;
            assert_eq!((&answer["field"], &answer["why"]), (&json!(field), &json!(why)), "{answer}");
        }
        assert!(world.rows("SELECT act_id FROM posts").await.is_empty());
        account.fine("createPost", json!({"image": {"url": files.at("a.jpg")}})).await;
        assert_eq!(world.rows("SELECT act_id FROM posts").await.len(), 1);
    }

    /// What Meta cannot prepare is told with its words; a publishing that was cut off is not done twice.
    async fn what_cannot_be_published_is_told(world: World) {
        let place = world.place(4).await;
        world.control("PUT", "app", json!({"processing_result": "error"})).await;
        let image = json!({"image": {"url": "https://shop.example.com/a.jpg"}, "text": "Roses"});
        let reel = json!({"reel": {"url": "https://shop.example.com/a.mp4"}});
        let made = place.fine("createPost", reel).await;
        let told = world.published(&place, "post.failed").await;
        assert_eq!((&told["act_id"], &told["why"]), (&made["act_id"], &json!("media_unusable")), "{told}");
        assert!(told["words"].is_string(), "{told}");
        world.control("PUT", "app", json!({"processing_result": "finished"})).await;

        let path = format!("POST /{}/media_publish", place.asset);
        // Before Meta took it, and after: it is shown once each time.
        for (shown, kind) in [(1, "drop"), (2, "lost")] {
            world.control("POST", "faults", json!({"match": path, "kind": kind})).await;
            let made = place.fine("createPost", image.clone()).await;
            let told = world.published(&place, "post.published").await;
            assert_eq!((&told["act_id"], told.get("post_id").is_some()), (&made["act_id"], kind == "drop"), "{told}");
            let listed = place.fine("getPosts", json!({})).await;
            assert_eq!(texts(&listed, "text").iter().filter(|text| **text == "Roses").count(), shown, "{listed}");
        }

        for (more, reason) in [
            (json!({"text": "Roses"}), 41),
            (json!({"photos": ["https://a.example/a.jpg"]}), 41),
            (json!({"image": {"url": "ftp://a.example"}}), 47),
            (json!({"image": {"url": "https://a.example/a.jpg"}, "reel": {"url": "https://a.example/a.mp4"}}), 46),
            (json!({"carousel": [{"kind": "image", "url": "https://a.example/a.jpg"}]}), 46),
            (json!({"image": {"url": "https://a.example/a.jpg"}, "publish_at": 5}), 46),
        ] {
            place.refused("createPost", more, reason).await;
        }
    }

    /// A Page's film is watched until it is there.
    async fn a_film_is_watched(world: World) {
        let place = world.place(3).await;
        let film = json!({"video": {"url": "https://shop.example.com/a.mp4", "title": "Roses"}, "text": "How they grow"});
        let made = place.fine("createPost", film).await;
        assert_eq!(made["state"], "publishing", "{made}");
        let told = world.published(&place, "post.published").await;
        assert_eq!(told["act_id"], made["act_id"], "{told}");
        place.refused("createPost", json!({"image": {"url": "https://a.example/a.jpg"}}), 41).await;
    }
}

impl World {
    /// Leads posts on, with time passing, until this event comes; answers its data.
    async fn published(&self, place: &Place, name: &str) -> Value {
        for _ in 0..100 {
            jetbridge::app::publishing::go_on(&self.app).await.unwrap();
            self.deliver().await;
            if let Some(data) = place.next(name) {
                return data;
            }
            self.pass(Span::seconds(20));
        }
        panic!("no {name} came");
    }
}
