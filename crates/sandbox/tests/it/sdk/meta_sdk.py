"""Meta's own SDK, pointed at the sandbox. Only its base address is changed.

Told by the environment: SANDBOX, APP_ID, APP_SECRET, USER_TOKEN, PAGE_ID, PAGE_TOKEN, INSTAGRAM_ID.
"""

import json
import os
import unittest
import urllib.request

from facebook_business.adobjects.page import Page
from facebook_business.adobjects.iguser import IGUser
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
