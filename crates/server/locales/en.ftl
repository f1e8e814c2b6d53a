# What clients read, in English: the base that every other language is held against.
# $partner is the business that made the link, $asset a Page or an Instagram account.

language-name = English
language-dir = ltr
# The locales of Facebook's dialog in this language, as Meta writes them; the first is the usual one.
language-dialog = en_US en_GB

## Around every page

shell-title = { $page } · { $partner }
shell-skip = Skip to the content
shell-language = Language
shell-powered = Powered by Jetbridge
shell-steps = Where you are
scene-you = Your business
partner-none = the business that sent you this link
name-none = (no name)

step-start = Start
step-facebook = Facebook
step-choose = Choose
step-confirm = Confirm
step-done = Done
step-past = (finished)
step-stuck = (something is missing here)

## Dates

date = { $day } { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## What can be connected

product-messenger = Facebook messages
product-messenger-what = People who write to your Facebook Page in Messenger reach { $partner }, and get their answers from there.
product-instagram-messaging = Instagram messages
product-instagram-messaging-what = People who write to your Instagram account reach { $partner }, and get their answers from there.
product-facebook-page = Facebook Page
product-facebook-page-what = { $partner } can publish posts on your Page, take care of its comments, and receive the leads from your ads.
product-instagram-content = Instagram account
product-instagram-content-what = { $partner } can publish posts on your Instagram account and take care of its comments.

## Permissions, as Meta names them

group-see = See what you have
group-messages = Messages
group-posts = Posts and comments
group-leads = Leads from ads
group-signal = Word of what is new

permission-pages_show_list = See the list of your Pages, so that you can choose one here.
permission-pages_read_engagement = Read the posts on your Page and how people respond to them, to show what they are talking about.
permission-pages_read_user_content = Read what others write on your Page, so that no comment goes unseen.
permission-pages_messaging = Receive the messages sent to your Page and answer them, also in private after a comment.
permission-pages_manage_metadata = Be told at once when something new arrives at your Page, rather than having to look for it.
permission-pages_manage_posts = Publish posts on your Page, and change or remove them.
permission-pages_manage_engagement = Answer, hide or remove comments on your Page, and like them in its name.
permission-pages_manage_ads = See which ads belong to your Page, to know where a lead came from.
permission-ads_management = Read the forms and campaigns behind your ads, to give each lead its context.
permission-leads_retrieval = Receive the details that people leave in your lead forms.
permission-instagram_basic = See the name, picture and posts of your Instagram account.
permission-instagram_manage_messages = Receive the messages sent to your Instagram account and answer them.
permission-instagram_manage_comments = Read, answer, hide or remove comments on your Instagram posts.
permission-instagram_content_publish = Publish posts on your Instagram account.

## Start

landing-title = Connect your business to { $partner }
landing-lead = { $partner } sent you this link to connect the following. It takes about two minutes.
landing-title-again = Reconnect { $asset } to { $partner }
landing-lead-again = The connection has lapsed. Renew it at Facebook to keep the following working.
message-from = A word from { $partner }
landing-next = What happens next
landing-step-login = You log in at Facebook
landing-step-login-more = Your password stays with Facebook. Neither { $partner } nor this page gets to see it.
landing-step-tick = You tick every Page you use here
landing-step-tick-more = Facebook asks which Pages and Instagram accounts to include. Tick all you use with { $partner }, also those connected before: one left without a tick stops working.
landing-step-confirm = You come back and confirm
landing-step-confirm-more = You pick one of them and see a summary. Nothing is connected before you confirm.
landing-allow = What you allow, and why
landing-optional = Optional
landing-optional-more = You can switch off what is marked optional at Facebook. The rest works without it.
landing-undo = You can take it back
landing-undo-more = At any time, on Facebook: open Settings, then Business integrations, and remove the entry. The connection ends at once.
landing-valid-date = This link works until { $date }.
landing-valid-hours = { $n ->
    [one] This link works for one more hour.
   *[other] This link works for { $n } more hours.
}
landing-valid-minutes = { $n ->
    [one] This link works for one more minute.
   *[other] This link works for { $n } more minutes.
}
landing-hint = At Facebook, tick every Page you use here.
landing-button = Continue with Facebook
landing-inside-app = You opened this link inside another app
landing-inside-app-more = If Facebook does not let you log in here, open the app’s menu and choose to open the page in your browser.

## Choose

picker-title = Which one should be connected?
picker-lead = Choose the one that { $partner } should work with.
picker-legend = Your Pages and accounts
picker-blocked = Cannot be connected as they are
picker-button = Continue
picker-page = Facebook Page
picker-instagram = Instagram account
picker-of-page = On the Page { $page }
picker-none = None of these?
picker-none-more = Facebook shows us only what you ticked there. Go back and tick the missing one as well.

blocked-no-instagram = No professional Instagram account is linked to this Page.
blocked-no-instagram-next = In the Instagram app, switch the account to professional and link it to this Page. Then check again.
blocked-role-missing = Your role on this Page does not allow it.
blocked-role-missing-next = Ask someone with full control of the Page to give you full control, or to open this link.
blocked-no-access = Facebook did not give us access to this Page.
blocked-no-access-next = Go back to Facebook and tick this Page. If the Page belongs to a company, its admin may have to allow it.
blocked-other-asset = This link renews another connection.
blocked-other-asset-next = Nothing changes for this Page or account.
blocked-permission-missing = It was not allowed at Facebook.
blocked-permission-missing-next = Go back to Facebook and switch it on, if you want it connected as well.

## Confirm

confirm-title = Connect { $asset }?
confirm-lead = Please look once more. Nothing is connected yet.
confirm-asset = What
confirm-product = For
confirm-partner = With
confirm-note = Your other Pages and accounts are not connected by this link.
confirm-button = Confirm
confirm-back = Choose another
confirm-without = Not included

## Done

done-title = { $asset } is connected
done-lead = { $partner } can now work with it. There is nothing more for you to do.
done-closing = This page closes by itself in a moment.
done-closed = You may close this page now.
done-return = Go to { $partner }
done-returning = { $partner } takes over in a moment.

## When it does not go on: title, cause, next step

trouble-cancelled-at-facebook-title = You stopped at Facebook
trouble-cancelled-at-facebook-cause = The login at Facebook was cancelled, so nothing was connected.
trouble-cancelled-at-facebook-next = If that was not what you wanted, simply try again.

trouble-permission-declined-title = Not everything was allowed
trouble-permission-declined-cause = The connection cannot work without what was switched off at Facebook:
trouble-permission-declined-next = Facebook will ask you for this again. Leave it switched on this time.

trouble-permission-declined-again-title = This is still switched off
trouble-permission-declined-again-cause = The connection cannot work without it:
trouble-permission-declined-again-next = If you do not want to allow this, stop here and tell { $partner }: nothing was connected. Otherwise switch it on at Facebook, where it stands under the settings of the login.

trouble-no-pages-title = There is no Page to connect
trouble-no-pages-cause = The login worked, but Facebook showed us no Page: either none was ticked, or this Facebook account has no role on one.
trouble-no-pages-next = Go back to Facebook and tick your Page. If it is not shown there, ask whoever runs the Page for a role on it, or log in with the account that has one. Without a Page, create one at Facebook first.

trouble-no-instagram-title = There is no Instagram account to connect
trouble-no-instagram-cause = None of your Pages is linked to a professional Instagram account.
trouble-no-instagram-next = In the Instagram app, open the settings, switch the account to professional (business or creator), and link it to your Facebook Page. Then check again here.

trouble-no-usable-title = None of your Pages can be connected yet
trouble-no-usable-cause = Facebook showed us your Pages, but something is missing on each of them.
trouble-no-usable-next = Each Page below says what it lacks. Put that right, then check again here.

trouble-other-asset-title = This link is for { $asset }
trouble-other-asset-cause = It renews an existing connection, and Facebook did not show us { $asset }.
trouble-other-asset-next = At Facebook, tick { $asset } as well, or log in with the account that runs it. To connect something else, ask { $partner } for another link.

trouble-link-expired-title = This link has expired
trouble-link-expired-cause = Links work for a limited time, and this one has run out.
trouble-link-expired-next = Ask { $partner } for a new one. Nothing was lost.

trouble-link-cancelled-title = This link was withdrawn
trouble-link-cancelled-cause = { $partner } has cancelled this link.
trouble-link-cancelled-next = If you still want to connect, ask { $partner } for a new one.

trouble-link-finished-title = This is already connected
trouble-link-finished-cause = The link was used, and its connection is in place.
trouble-link-finished-next = There is nothing more to do. To connect another Page or account, ask { $partner } for a new link.

trouble-link-unknown-title = We do not know this link
trouble-link-unknown-cause = The address is incomplete, or the link no longer exists.
trouble-link-unknown-next = Open the link once more from the message you received, or ask for a new one.

trouble-connection-ended-title = There is nothing to renew any more
trouble-connection-ended-cause = The connection that this link renews has been ended.
trouble-connection-ended-next = To connect it anew, ask { $partner } for another link.

trouble-session-lost-title = We lost sight of you on the way
trouble-session-lost-cause = You came back from Facebook in another browser or a private window, or your browser did not keep the cookie that tells us it is you.
trouble-session-lost-next = Start again and stay in the same browser. Nothing was connected.

trouble-login-late-title = The login took too long
trouble-login-late-cause = You came back from Facebook after more than an hour. For your safety a login counts only for that long.
trouble-login-late-next = Start again. At Facebook you are mostly logged in by now, so that it goes quickly. Nothing was connected.

trouble-cookies-refused-title = Your browser keeps no cookies
trouble-cookies-refused-cause = After Facebook we recognise you by a cookie, and your browser did not keep the one from this page.
trouble-cookies-refused-next = Allow cookies for this page, or open the link in another browser. A private window may refuse them, too.

trouble-meta-down-title = Facebook did not answer
trouble-meta-down-cause = Facebook could not be reached, or refused to answer. Nothing was connected.
trouble-meta-down-next = This mostly passes within minutes. Please try again.

trouble-meta-busy-title = Facebook is busy
trouble-meta-busy-cause = Facebook takes no more requests from us for the moment. Nothing was connected.
trouble-meta-busy-next = Please try again in an hour. You can keep this page open, or open the link again later.

trouble-meta-refused-title = Facebook refused
trouble-meta-refused-cause = Facebook answered, but did not let us go on. Nothing was connected.
trouble-meta-refused-next = Please try once more. Should it be refused again, tell { $partner } and mention that Facebook refused.

trouble-subscribe-failed-title = Facebook did not complete the connection
trouble-subscribe-failed-cause = Facebook refused to pass on what happens on this Page or account, so it was not connected.
trouble-subscribe-failed-next = Try once more. If it is refused again, choose another Page, or ask someone with full control of this one to open the link.

trouble-something-broke-title = Something broke on our side
trouble-something-broke-cause = This was our fault and not yours.
trouble-something-broke-next = Please try again in a minute. Should it happen again, tell whoever sent you the link.

trouble-not-found-title = There is nothing at this address
trouble-not-found-cause = The address was mistyped, or something of it got lost on the way.
trouble-not-found-next = Open the link once more from the message you received.

trouble-too-many-title = A little slower, please
trouble-too-many-cause = Many requests came within a short time.
trouble-too-many-next = Wait a minute, then load this page again. Nothing was lost.

trouble-data-deleted-title = Your data was deleted
trouble-data-deleted-cause = Nothing that Facebook told this service about you is held here any more, and the connections you made have ended.
trouble-data-deleted-next = There is nothing more to do.

trouble-code = Code for support

action-again = Try again
action-facebook = Choose Pages at Facebook
action-permissions = Review at Facebook
action-check = Check again
action-start = Start again
action-another = Choose another
