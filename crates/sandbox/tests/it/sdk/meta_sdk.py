"""Meta's own SDK, pointed at the sandbox. Only its base address is changed.

Told by the environment: SANDBOX, APP_ID, APP_SECRET, USER_TOKEN, PAGE_ID, PAGE_TOKEN, INSTAGRAM_ID.
"""

import json
import os
import unittest
import urllib.request

from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.lead import Lead
from facebook_business.adobjects.leadgenform import LeadgenForm
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi, FacebookSession
from facebook_business.exceptions import FacebookRequestError

SANDBOX = os.environ["SANDBOX"]
APP_ID = os.environ["APP_ID"]
APP_SECRET = os.environ["APP_SECRET"]
USER_TOKEN = os.environ["USER_TOKEN"]
PAGE_ID = os.environ["PAGE_ID"]
PAGE_TOKEN = os.environ["PAGE_TOKEN"]
INSTAGRAM_ID = os.environ["INSTAGRAM_ID"]
APP_TOKEN = f"{APP_ID}|{APP_SECRET}"

FacebookSession.GRAPH = SANDBOX


def api(token, secret=APP_SECRET):
    return FacebookAdsApi(FacebookSession(APP_ID, secret, token), api_version="v25.0")


def control(method, path, body=None):
    request = urllib.request.Request(
        f"{SANDBOX}/sandbox/api/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class Assets(unittest.TestCase):
    def test_pages_are_listed_over_every_page_of_the_list(self):
        whole = {page["id"] for page in User("me", api=api(USER_TOKEN)).get_accounts(fields=["id", "name"])}
        self.assertGreater(len(whole), 3)
        cursor = User("me", api=api(USER_TOKEN)).get_accounts(
            fields=["id", "name", "tasks", "access_token", "instagram_business_account{id,username}"],
            params={"limit": 1},
        )
        pages = {page["id"]: page for page in cursor}
        self.assertEqual(set(pages), whole)
        page = pages[PAGE_ID]
        self.assertIn("MESSAGING", page["tasks"])
        self.assertEqual(page["instagram_business_account"]["id"], INSTAGRAM_ID)
        self.assertTrue(page["access_token"])

    def test_a_page_and_its_instagram_account_are_read(self):
        page = Page(PAGE_ID, api=api(PAGE_TOKEN)).api_get(fields=["id", "name", "category"])
        self.assertEqual(page["id"], PAGE_ID)
        self.assertTrue(page["name"])
        account = IGUser(INSTAGRAM_ID, api=api(PAGE_TOKEN)).api_get(fields=["id", "username"])
        self.assertEqual(account["id"], INSTAGRAM_ID)
        self.assertTrue(account["username"])


class Tokens(unittest.TestCase):
    def inspect(self, token):
        answer = api(APP_TOKEN, None).call("GET", ("debug_token",), params={"input_token": token})
        return answer.json()["data"]

    def test_tokens_are_inspected(self):
        user = self.inspect(USER_TOKEN)
        self.assertTrue(user["is_valid"])
        self.assertEqual((str(user["app_id"]), user["type"]), (APP_ID, "USER"))
        self.assertIn("pages_show_list", user["scopes"])
        page = self.inspect(PAGE_TOKEN)
        self.assertEqual((page["type"], str(page["profile_id"])), ("PAGE", PAGE_ID))
        self.assertEqual(page["expires_at"], 0)
        self.assertFalse(self.inspect("EAAnonsense")["is_valid"])

    def test_permissions_are_read_and_one_is_given_back(self):
        user = User("me", api=api(USER_TOKEN))
        given = {row["permission"]: row["status"] for row in user.get_permissions()}
        self.assertEqual(given["pages_read_engagement"], "granted")
        user.delete_permissions(params={"permission": "pages_read_engagement"})
        left = {row["permission"]: row["status"] for row in user.get_permissions()}
        self.assertNotEqual(left.get("pages_read_engagement"), "granted")
        self.assertEqual(left["pages_show_list"], "granted")


class Subscriptions(unittest.TestCase):
    def fields(self, page):
        rows = list(page.get_subscribed_apps())
        return sorted(rows[0]["subscribed_fields"]) if rows else []

    def test_a_page_is_subscribed_and_let_go(self):
        page = Page(PAGE_ID, api=api(PAGE_TOKEN))
        self.assertEqual(self.fields(page), [])
        page.create_subscribed_app(params={"subscribed_fields": ["messages", "message_echoes"]})
        self.assertEqual(self.fields(page), ["message_echoes", "messages"])
        page.create_subscribed_app(params={"subscribed_fields": ["messages"]})
        self.assertEqual(self.fields(page), ["messages"])
        page.delete_subscribed_apps()
        self.assertEqual(self.fields(page), [])


class Messages(unittest.TestCase):
    """A conversation with somebody who wrote first."""

    def setUp(self):
        begun = control("POST", "chat", {"page_id": PAGE_ID, "name": "Maya Green"})
        self.person = begun["person"]
        self.hello = control("POST", f"chat/{self.person}", {"do": "message", "text": "hello"})["mid"]
        self.page = Page(PAGE_ID, api=api(PAGE_TOKEN))

    def test_an_answer_is_sent_and_read_back(self):
        sent = self.page.create_message(
            params={
                "recipient": {"id": self.person},
                "messaging_type": Page.MessagingType.response,
                "message": {"text": "good morning"},
            }
        )
        self.assertEqual(sent["recipient_id"], self.person)
        conversations = self.page.get_conversations(
            fields=["id", "updated_time", "message_count", "can_reply", "participants"],
            params={"platform": Page.Platform.messenger, "user_id": self.person},
        )
        thread = conversations[0]
        self.assertEqual((thread["message_count"], thread["can_reply"]), (2, True))
        self.assertEqual(thread["participants"]["data"][0]["id"], self.person)
        messages = {row["id"]: row for row in thread.get_messages(fields=["id", "message", "from"])}
        self.assertEqual(messages[sent["message_id"]]["message"], "good morning")
        self.assertEqual(messages[self.hello]["from"]["id"], self.person)

    def test_conversations_go_on_over_every_page_of_the_list(self):
        for name in ("Ada", "Ben"):
            begun = control("POST", "chat", {"page_id": PAGE_ID, "name": name})
            control("POST", f"chat/{begun['person']}", {"do": "message", "text": "hi"})
        cursor = self.page.get_conversations(fields=["id"], params={"limit": 1})
        self.assertEqual(len({thread["id"] for thread in cursor}), 3)

    def test_the_thread_has_an_owner(self):
        owner = self.page.get_thread_owner(params={"recipient": self.person})[0]
        self.assertEqual(owner["thread_owner"]["app_id"], APP_ID)

    def test_an_attachment_is_uploaded_and_a_closed_window_refuses(self):
        kept = self.page.create_message_attachment(
            params={"message": {"attachment": {"type": "image", "payload": {"url": "https://x.test/a.png"}}}}
        )
        image = {"attachment": {"type": "image", "payload": {"attachment_id": kept["attachment_id"]}}}
        params = {"recipient": {"id": self.person}, "message": image}
        self.assertTrue(self.page.create_message(params=params)["message_id"])
        control("POST", "clock", {"advance_seconds": 86401})
        with self.assertRaises(FacebookRequestError) as raised:
            self.page.create_message(params=params)
        error = raised.exception
        self.assertEqual((error.api_error_code(), error.api_error_subcode()), (10, 2018278))


class Batches(unittest.TestCase):
    def test_a_batch_calls_back_for_each_call(self):
        found, failed = [], []
        batch = api(USER_TOKEN).new_batch()
        batch.add("GET", ("me",), params={"fields": "id,name"}, success=lambda r: found.append(r.json()))
        batch.add("GET", ("999999999",), failure=lambda r: failed.append(r.error()))
        self.assertIsNone(batch.execute())
        self.assertTrue(found[0]["name"])
        self.assertIsInstance(failed[0], FacebookRequestError)
        self.assertEqual((failed[0].api_error_code(), failed[0].http_status()), (100, 400))


class Errors(unittest.TestCase):
    def error(self, call):
        with self.assertRaises(FacebookRequestError) as raised:
            call()
        return raised.exception

    def test_a_token_that_is_none(self):
        error = self.error(lambda: User("me", api=api("EAAnonsense")).api_get())
        self.assertEqual((error.api_error_code(), error.api_error_type()), (190, "OAuthException"))
        self.assertEqual(error.http_status(), 400)
        self.assertFalse(error.api_transient_error())
        self.assertIn("x-fb-trace-id", error.http_headers())

    def test_a_wrong_proof(self):
        error = self.error(lambda: User("me", api=api(USER_TOKEN, "another secret")).api_get())
        self.assertEqual(error.api_error_code(), 100)
        self.assertIn("appsecret_proof", error.api_error_message())

    def test_an_object_that_is_not_there(self):
        error = self.error(lambda: Page("999999999", api=api(USER_TOKEN)).api_get())
        self.assertEqual((error.api_error_code(), error.api_error_subcode()), (100, 33))
        self.assertEqual(error.api_error_type(), "GraphMethodException")

    def test_an_unknown_field_of_a_subscription(self):
        page = Page(PAGE_ID, api=api(PAGE_TOKEN))
        error = self.error(lambda: page.create_subscribed_app(params={"subscribed_fields": ["moods"]}))
        self.assertEqual(error.api_error_code(), 100)

    def test_a_user_token_where_the_pages_is_needed(self):
        page = Page(PAGE_ID, api=api(USER_TOKEN))
        error = self.error(lambda: page.create_subscribed_app(params={"subscribed_fields": ["messages"]}))
        self.assertIn(error.api_error_code(), (190, 200, 210))

    def test_limits_and_passing_trouble(self):
        for code, transient in ((4, True), (17, None), (32, None), (613, None), (80001, None), (2, True)):
            control("POST", "faults", {"match": "GET /me", "times": 1, "kind": "error", "code": code})
            error = self.error(lambda: User("me", api=api(USER_TOKEN)).api_get())
            self.assertEqual(error.api_error_code(), code)
            if transient is not None:
                self.assertEqual(error.api_transient_error(), transient, code)


class Death(unittest.TestCase):
    def test_tokens_die_with_the_password(self):
        control("POST", f"people/{os.environ['PERSON']}/tokens", {"kind": "password_changed"})
        for token, path in ((PAGE_TOKEN, PAGE_ID), (USER_TOKEN, "me")):
            with self.assertRaises(FacebookRequestError) as raised:
                Page(path, api=api(token)).api_get()
            error = raised.exception
            self.assertEqual((error.api_error_code(), error.api_error_subcode()), (190, 460))
            self.assertEqual(error.api_error_type(), "OAuthException")


def act(**what):
    return control("POST", "content", what)["id"]


class Posts(unittest.TestCase):
    def test_a_post_is_written_and_its_comments_answered(self):
        page = Page(PAGE_ID, api=api(PAGE_TOKEN))
        post = page.create_feed(params={"message": "We open at nine"})
        self.assertIn(post["id"], [found["id"] for found in page.get_feed()])
        post = PagePost(post["id"], api=api(PAGE_TOKEN))
        self.assertEqual(post.api_get(fields=["message", "from"])["from"]["id"], PAGE_ID)
        asked = [act(act="comment", on=post["id"], from_name="Maya", text=f"Question {n}") for n in range(3)]
        cursor = post.get_comments(fields=["id", "message", "from", "can_hide"], params={"limit": 2})
        comments = list(cursor)
        self.assertEqual([comment["id"] for comment in comments], asked)
        self.assertEqual(comments[0]["from"]["name"], "Maya")
        answer = Comment(asked[0], api=api(PAGE_TOKEN)).create_comment(params={"message": "Yes"})
        self.assertEqual(Comment(answer["id"], api=api(PAGE_TOKEN)).api_get(fields=["message"])["message"], "Yes")
        Comment(asked[1], api=api(PAGE_TOKEN)).api_update(params={"is_hidden": True})
        self.assertTrue(Comment(asked[1], api=api(PAGE_TOKEN)).api_get(fields=["is_hidden"])["is_hidden"])
        Comment(asked[2], api=api(PAGE_TOKEN)).create_like()
        Comment(asked[1], api=api(PAGE_TOKEN)).api_delete()
        self.assertEqual(len(post.get_comments()), 2)
        post.api_update(params={"message": "We open at ten"})
        self.assertEqual(post.api_get(fields=["message"])["message"], "We open at ten")
        post.api_delete()
        with self.assertRaises(FacebookRequestError) as raised:
            post.api_get()
        self.assertEqual((raised.exception.api_error_code(), raised.exception.api_error_subcode()), (100, 33))

    def test_photos_go_into_one_post(self):
        page = Page(PAGE_ID, api=api(PAGE_TOKEN))
        address = {"url": "https://example.com/a.jpg", "published": False}
        photos = [page.create_photo(params=address)["id"] for _ in range(2)]
        media = [{"media_fbid": photo} for photo in photos]
        post = page.create_feed(params={"message": "Two", "attached_media": media})
        shown = PagePost(post["id"], api=api(PAGE_TOKEN)).api_get(fields=["attachments"])
        parts = shown["attachments"]["data"][0]["subattachments"]["data"]
        self.assertEqual([part["target"]["id"] for part in parts], photos)


class Instagram(unittest.TestCase):
    def test_media_is_published_and_its_comments_answered(self):
        account = IGUser(INSTAGRAM_ID, api=api(PAGE_TOKEN))
        container = account.create_media(
            params={"image_url": "https://example.com/a.jpg", "caption": "New cups"}
        )
        state = IGMedia(container["id"], api=api(PAGE_TOKEN))
        answer = state.get_api_assured().call("GET", (container["id"],), params={"fields": "status_code"}).json()
        self.assertEqual(answer["status_code"], "FINISHED")
        media = account.create_media_publish(params={"creation_id": container["id"]})
        media = IGMedia(media["id"], api=api(PAGE_TOKEN))
        shown = media.api_get(fields=["caption", "media_type", "timestamp"])
        self.assertEqual((shown["caption"], shown["media_type"]), ("New cups", "IMAGE"))
        self.assertIn(media["id"], [found["id"] for found in account.get_media()])
        usage = account.get_content_publishing_limit(fields=["quota_usage", "config"])[0]
        self.assertEqual((usage["quota_usage"], usage["config"]["quota_total"]), (1, 100))
        asked = act(act="comment", on=media["id"], from_name="Maya", text="How much?")
        comment = media.get_comments(fields=["id", "text", "username"])[0]
        self.assertEqual((comment["id"], comment["username"]), (asked, "maya"))
        comment.create_reply(params={"message": "Ten"})
        replies = comment.get_replies(fields=["text", "parent_id"])
        self.assertEqual((replies[0]["text"], replies[0]["parent_id"]), ("Ten", asked))
        comment.api_update(params={"hide": True})
        self.assertTrue(comment.api_get(fields=["hidden"])["hidden"])
        comment.api_delete()
        self.assertEqual(len(media.get_comments()), 0)

    def test_a_picture_of_the_wrong_kind_says_why(self):
        account = IGUser(INSTAGRAM_ID, api=api(PAGE_TOKEN))
        with self.assertRaises(FacebookRequestError) as raised:
            account.create_media(params={"image_url": "https://example.com/a.png"})
        error = raised.exception
        self.assertEqual((error.api_error_code(), error.api_error_subcode()), (36001, 2207005))
        self.assertTrue(error.body()["error"]["error_user_msg"])


class Leads(unittest.TestCase):
    def test_forms_and_their_leads_are_read(self):
        questions = [{"key": "email", "label": "E-mail", "type": "EMAIL"}]
        form = act(act="create_form", on=PAGE_ID, name="Newsletter", questions=questions)
        page = Page(PAGE_ID, api=api(PAGE_TOKEN))
        forms = {found["id"]: found for found in page.get_lead_gen_forms(fields=["id", "name", "questions"])}
        self.assertEqual(forms[form]["questions"][0]["key"], "email")
        sent = []
        for number in range(3):
            answers = [{"name": "email", "values": [f"maya{number}@example.com"]}]
            sent.append(act(act="fill_form", form_id=form, from_name="Maya", answers=answers))
        leads = list(LeadgenForm(form, api=api(PAGE_TOKEN)).get_leads(params={"limit": 2}))
        self.assertEqual({lead["id"] for lead in leads}, set(sent))
        lead = Lead(sent[0], api=api(PAGE_TOKEN)).api_get()
        self.assertEqual(lead["field_data"][0]["values"], ["maya0@example.com"])
        test = LeadgenForm(form, api=api(PAGE_TOKEN)).create_test_lead()
        Lead(test["id"], api=api(PAGE_TOKEN)).api_delete()
        self.assertEqual(len(LeadgenForm(form, api=api(PAGE_TOKEN)).get_test_leads()), 0)


class EmptyPages(unittest.TestCase):
    def test_an_empty_page_of_the_list_is_not_its_end(self):
        """Meta may hide what a person does not see after it has cut the list into pages."""
        whole = {page["id"] for page in User("me", api=api(USER_TOKEN)).get_accounts()}
        control("PUT", "app", {"accounts_per_page": 1, "empty_pages": True})
        api_ = api(USER_TOKEN)
        found, url, empty = set(), None, 0
        params = {"fields": "id"}
        while True:
            answer = api_.call("GET", url or ("me", "accounts"), params=None if url else params).json()
            found |= {page["id"] for page in answer["data"]}
            empty += not answer["data"]
            url = answer.get("paging", {}).get("next")
            if not url:
                break
        self.assertEqual(found, whole)
        self.assertGreater(empty, 0)


if __name__ == "__main__":
    unittest.main()
