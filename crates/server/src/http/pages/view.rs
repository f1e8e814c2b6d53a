//! What the client sees, as data: one struct per page, and [`Page::render`] to turn it into HTML.
//!
//! Nothing here knows of requests, cookies or the database; a handler fills in a page and sends what comes out.
//! The templates hold no words (those are texts, see [`super::text`]) and no style or script of their own, so the
//! pages work under a policy that allows neither inline.
//!
//! What this must not do: put a value that somebody chose into a page unescaped, or load anything from another
//! host. `every_page_is_sound` holds both.

mod choice;
mod trouble;
mod words;

use std::borrow::Cow;
use std::cmp::Ordering;

use askama::Template;
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::onboarding::Without;
use jetbridge_domain::product::Product;

pub use self::choice::Choice;
use self::choice::initials;
pub use self::trouble::{Action, Holds, Trouble, TroubleKind};
use self::words::{Group, Purpose};
use super::text::{Html, Lang, Text};

/// What surrounds every page.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// The partner's display name; none where the link, and so the partner, is unknown.
    pub partner: Option<String>,
    /// The address of the partner's logo on this host.
    pub logo: Option<String>,
    /// The address on this host of a style sheet with the partner's colour (`:root{--brand:#…}`).
    pub stylesheet: Option<String>,
    /// What the address says beside the language, which the language links keep: `came=late`.
    pub query: Option<String>,
}

/// A page, ready to be rendered.
#[derive(Debug, Clone)]
pub enum Page {
    /// The link was opened.
    Landing(Landing),
    /// Back from Facebook: which Page or account?
    Picker(Picker),
    /// One last look.
    Confirm(Confirm),
    /// Connected.
    Done(Done),
    /// It does not go on, or not like this.
    Trouble(Trouble),
}

/// Who asks, for what, and what happens next.
#[derive(Debug, Clone)]
pub struct Landing {
    /// The link's param.
    pub param: String,
    /// What the link connects.
    pub products: Vec<Product>,
    /// When the link stops working.
    pub expires_at: Time,
    /// What time it is.
    pub now: Time,
    /// The partner's own words to the client.
    pub message: Option<String>,
    /// The partner's own text for the button.
    pub button: Option<String>,
    /// The name of the asset, where the link renews a connection.
    pub reconnect: Option<String>,
    /// The page was opened in the browser inside another app.
    pub inside_app: bool,
}

/// The Pages and accounts that Facebook showed.
#[derive(Debug, Clone)]
pub struct Picker {
    /// The link's param.
    pub param: String,
    /// What the forms must bring back.
    pub csrf: String,
    /// In the order in which they are shown; the ones that cannot be chosen go below the others.
    pub choices: Vec<Choice>,
}

/// What is about to be connected.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The link's param.
    pub param: String,
    /// What the forms must bring back.
    pub csrf: String,
    /// What was chosen.
    pub choice: Choice,
    /// What it is connected for.
    pub products: Vec<Product>,
    /// What the link asks for and the asset cannot carry.
    pub without: Vec<Without>,
}

/// What was connected.
#[derive(Debug, Clone)]
pub struct Done {
    /// What was chosen.
    pub choice: Choice,
    /// What it is connected for.
    pub products: Vec<Product>,
    /// The partner's own words on success.
    pub message: Option<String>,
    /// The partner's page to go to, if there is one. An http(s) address.
    pub return_to: Option<String>,
}

/// The steps of the way, as the page shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The link is open.
    Start,
    /// Away at Facebook.
    Facebook,
    /// Choosing a Page or account.
    Choose,
    /// The last look.
    Confirm,
    /// Connected.
    Done,
}

impl Step {
    /// Every step, in order.
    pub const ALL: &[Self] = &[Self::Start, Self::Facebook, Self::Choose, Self::Confirm, Self::Done];

    /// The key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Start => "step-start",
            Self::Facebook => "step-facebook",
            Self::Choose => "step-choose",
            Self::Confirm => "step-confirm",
            Self::Done => "step-done",
        }
    }
}

impl Page {
    /// The page as HTML, in the language of `text`.
    pub fn render(&self, text: &Text, shell: &Shell) -> Result<String, askama::Error> {
        let frame = |heading: String, step: Option<Step>, asset| Frame {
            t: text,
            shell,
            heading,
            step,
            stuck: matches!(self, Self::Trouble(t) if !t.kind.is_fine()),
            asset,
        };
        let name = |choice: &Choice| choice.name(text).into_owned();
        match self {
            Self::Landing(page) => {
                let f = frame(
                    text.with("landing-title", &[("partner", &partner(text, shell))]),
                    Some(Step::Start),
                    None,
                );
                LandingTemplate { f, page }.render()
            }
            Self::Picker(page) => {
                let f = frame(text.get("picker-title").into_owned(), Some(Step::Choose), None);
                PickerTemplate { f, page }.render()
            }
            Self::Confirm(page) => {
                let title = text.with("confirm-title", &[("asset", &name(&page.choice))]);
                let f = frame(title, Some(Step::Confirm), Some(&page.choice));
                ConfirmTemplate { f, page }.render()
            }
            Self::Done(page) => {
                let title = text.with("done-title", &[("asset", &name(&page.choice))]);
                let f = frame(title, Some(Step::Done), Some(&page.choice));
                DoneTemplate { f, page }.render()
            }
            Self::Trouble(page) => {
                let renews = page.asset.as_ref().map(name).unwrap_or_default();
                let title = text.with(&page.kind.title_key(), &[("asset", &renews)]);
                let f = frame(title, page.step(), page.asset.as_ref());
                TroubleTemplate { f, page }.render()
            }
        }
    }
}

/// The partner's name, or words that stand for it.
fn partner<'a>(text: &Text, shell: &'a Shell) -> Cow<'a, str> {
    match shell.partner.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => Cow::Borrowed(name),
        _ => text.get("partner-none"),
    }
}

/// What the layout needs.
struct Frame<'a> {
    t: &'a Text,
    shell: &'a Shell,
    heading: String,
    step: Option<Step>,
    stuck: bool,
    asset: Option<&'a Choice>,
}

impl Frame<'_> {
    fn partner(&self) -> Cow<'_, str> {
        partner(self.t, self.shell)
    }

    /// A text about the partner or the asset.
    fn say(&self, key: &str) -> Html {
        self.t.rich(key, &[("partner", &self.partner()), ("asset", &self.asset_name())])
    }

    fn title(&self) -> String {
        match &self.shell.partner {
            Some(_) => self.t.with("shell-title", &[("page", &self.heading), ("partner", &self.partner())]),
            None => self.heading.clone(),
        }
    }

    /// How far the bridge of the picture reaches.
    fn bridge(&self) -> &'static str {
        match self.step {
            _ if self.stuck => "is-broken",
            Some(Step::Start) => "is-start",
            Some(Step::Facebook) => "is-facebook",
            Some(Step::Choose) => "is-choose",
            Some(Step::Confirm) => "is-confirm",
            Some(Step::Done) => "is-done",
            None => "is-broken",
        }
    }

    /// Every language, and whether it is the one of this page.
    fn langs(&self) -> impl Iterator<Item = (Lang, bool)> {
        let ours = self.t.lang();
        Lang::ALL.iter().map(move |lang| (*lang, *lang == ours))
    }

    fn steps(&self) -> Option<Vec<StepMark>> {
        let current = self.step?;
        let mark = |step: Step| StepMark {
            step,
            current: step == current,
            class: match step.cmp(&current) {
                Ordering::Less => "past",
                Ordering::Equal if step == Step::Done => "now past",
                Ordering::Equal if self.stuck => "now stuck",
                Ordering::Equal => "now",
                Ordering::Greater => "ahead",
            },
        };
        Some(Step::ALL.iter().copied().map(mark).collect())
    }

    fn asset_name(&self) -> Cow<'_, str> {
        self.asset.map_or_else(|| self.t.get("scene-you"), |a| a.name(self.t))
    }

    fn asset_initials(&self) -> Option<String> {
        self.asset.map(Choice::initials)
    }

    fn partner_initials(&self) -> String {
        initials(self.shell.partner.as_deref().unwrap_or_default())
    }
}

/// A step as the list of steps shows it.
struct StepMark {
    step: Step,
    current: bool,
    class: &'static str,
}

impl StepMark {
    /// The key of what the mark's looks say, for those who do not see it.
    fn note_key(&self) -> Option<&'static str> {
        match self.class {
            "past" | "now past" => Some("step-past"),
            "now stuck" => Some("step-stuck"),
            _ => None,
        }
    }
}

impl Landing {
    fn title(&self, f: &Frame<'_>) -> Html {
        match &self.reconnect {
            Some(asset) => f.t.rich("landing-title-again", &[("asset", asset), ("partner", &f.partner())]),
            None => f.say("landing-title"),
        }
    }

    fn lead(&self, f: &Frame<'_>) -> Html {
        f.say(if self.reconnect.is_some() { "landing-lead-again" } else { "landing-lead" })
    }

    fn products(&self) -> impl Iterator<Item = Purpose> {
        Purpose::all(&self.products)
    }

    fn groups(&self) -> Vec<Group> {
        words::groups(&self.products)
    }

    /// Until when the link works: the day where that is precise enough for any time zone, else the time left.
    fn valid(&self, t: &Text) -> Html {
        let left = self.expires_at.since(self.now);
        if left > Span::days(2) {
            return t.rich("landing-valid-date", &[("date", &t.date(self.expires_at))]);
        }
        let minutes = left.as_seconds_up() / 60;
        if minutes >= 60 {
            t.rich_count("landing-valid-hours", minutes / 60)
        } else {
            t.rich_count("landing-valid-minutes", minutes.max(1))
        }
    }
}

impl Picker {
    fn open(&self) -> Vec<&Choice> {
        self.choices.iter().filter(|c| c.blocked.is_none()).collect()
    }

    fn blocked(&self) -> Vec<&Choice> {
        self.choices.iter().filter(|c| c.blocked.is_some()).collect()
    }

    /// The only one that can be chosen is chosen already.
    fn preselected(&self, choice: &Choice) -> bool {
        matches!(self.open().as_slice(), [only] if only.id == choice.id)
    }
}

impl Confirm {
    fn products(&self) -> impl Iterator<Item = Purpose> {
        Purpose::all(&self.products)
    }
}

impl Confirm {
    /// What is left out: the product, why, and what would help.
    fn without(&self) -> impl Iterator<Item = (Purpose, (&'static str, &'static str))> {
        self.without.iter().map(|w| (Purpose(w.product), words::blocked_keys(w.why)))
    }
}

impl Done {
    fn products(&self) -> impl Iterator<Item = Purpose> {
        Purpose::all(&self.products)
    }
}

#[derive(Template)]
#[template(path = "client/landing.html")]
struct LandingTemplate<'a> {
    f: Frame<'a>,
    page: &'a Landing,
}

#[derive(Template)]
#[template(path = "client/picker.html")]
struct PickerTemplate<'a> {
    f: Frame<'a>,
    page: &'a Picker,
}

#[derive(Template)]
#[template(path = "client/confirm.html")]
struct ConfirmTemplate<'a> {
    f: Frame<'a>,
    page: &'a Confirm,
}

#[derive(Template)]
#[template(path = "client/done.html")]
struct DoneTemplate<'a> {
    f: Frame<'a>,
    page: &'a Done,
}

#[derive(Template)]
#[template(path = "client/trouble.html")]
struct TroubleTemplate<'a> {
    f: Frame<'a>,
    page: &'a Trouble,
}

#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod tests;
