//! Samples of every page, the awkward ones included: for tests, snapshots and looking at.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::onboarding::{Blocked, Without};
use jetbridge_domain::product::Product;

use super::{Choice, Confirm, Done, Holds, Landing, Page, Picker, Shell, Trouble, TroubleKind};

const HOSTILE: &str = "<script>alert(\"1\")</script> & 'Sons' \u{2069}\u{202e}";
const LONG: &str = "Donaudampfschifffahrtsgesellschaftskapitänsmützenmanufaktur und Söhne am Alten Hafen";
const HEBREW: &str = "מאפיית הלחם של סבתא";

/// 12 March 2027, 09:30 UTC.
const NOW: Time = Time::from_seconds(1_804_843_800);

/// A page, what surrounds it, and a name for the pair.
pub type Sample = (String, Page, Shell);

fn shell(partner: &str) -> Shell {
    Shell { partner: Some(partner.to_owned()), ..Shell::default() }
}

fn landing(products: &[Product]) -> Landing {
    Landing {
        param: "q7Jm2vXt0LsYd4RkE9aZbw".to_owned(),
        products: products.to_vec(),
        expires_at: NOW.plus(Span::days(30)),
        now: NOW,
        message: None,
        button: None,
        reconnect: None,
        inside_app: false,
    }
}

fn page(id: &str, name: &str, blocked: Option<Blocked>) -> Choice {
    Choice { id: id.to_owned(), name: name.to_owned(), handle: None, instagram: false, page: None, blocked }
}

fn account(id: &str, name: &str, handle: &str, of: &str) -> Choice {
    Choice {
        handle: Some(handle.to_owned()),
        instagram: true,
        page: Some(of.to_owned()),
        ..page(id, name, None)
    }
}

fn blocked() -> Vec<Choice> {
    vec![
        page("501", "Corner Bakery Outlet", Some(Blocked::RoleMissing)),
        page("502", "Grandma’s Recipes", Some(Blocked::NoInstagram)),
        page("503", HEBREW, Some(Blocked::NoAccess)),
    ]
}

fn picker(choices: Vec<Choice>) -> Page {
    Page::Picker(Picker { param: "q7Jm2vXt0LsYd4RkE9aZbw".to_owned(), csrf: "c5rf".to_owned(), choices })
}

fn confirm(choice: Choice, products: &[Product]) -> Page {
    Page::Confirm(Confirm {
        param: "q7Jm2vXt0LsYd4RkE9aZbw".to_owned(),
        csrf: "c5rf".to_owned(),
        choice,
        products: products.to_vec(),
        without: Vec::new(),
    })
}

/// One of two products, and why the other is left out.
fn confirm_without() -> Page {
    Page::Confirm(Confirm {
        param: "q7Jm2vXt0LsYd4RkE9aZbw".to_owned(),
        csrf: "c5rf".to_owned(),
        choice: page("301", "Corner Bakery", None),
        products: vec![Product::Messenger],
        without: vec![
            Without { product: Product::InstagramMessaging, why: Blocked::NoInstagram },
            Without { product: Product::FacebookPage, why: Blocked::PermissionMissing },
        ],
    })
}

fn done(choice: Choice, products: &[Product]) -> Done {
    Done { choice, products: products.to_vec(), message: None, return_to: None }
}

fn landings() -> Vec<Sample> {
    let mut all: Vec<Sample> = Product::ALL
        .iter()
        .map(|p| (format!("landing-{}", p.word()), Page::Landing(landing(&[*p])), shell("Harbour CRM")))
        .collect();
    let several = Landing {
        message: Some("Hi Dana! As agreed on the phone.\nCall 555-0134 if anything is unclear.".to_owned()),
        button: Some("Let’s go".to_owned()),
        inside_app: true,
        expires_at: NOW.plus(Span::hours(5)),
        ..landing(&Product::ALL)
    };
    let again = Landing {
        reconnect: Some(HEBREW.to_owned()),
        expires_at: NOW.plus(Span::seconds(70)),
        ..landing(&[Product::Messenger])
    };
    let hostile = Landing {
        message: Some(HOSTILE.to_owned()),
        button: Some(HOSTILE.to_owned()),
        reconnect: Some(HOSTILE.to_owned()),
        expires_at: NOW,
        ..landing(&[Product::Messenger])
    };
    let logo = Shell {
        logo: Some("/logo/7".to_owned()),
        stylesheet: Some("/static/brand/7.css".to_owned()),
        ..shell(HEBREW)
    };
    all.push(("landing-several".to_owned(), Page::Landing(several), logo));
    all.push(("landing-again".to_owned(), Page::Landing(again), shell(LONG)));
    all.push(("landing-hostile".to_owned(), Page::Landing(hostile), shell(HOSTILE)));
    all.push(("landing-nameless".to_owned(), Page::Landing(landing(&[Product::Messenger])), shell("  ")));
    all
}

fn choosing() -> Vec<Sample> {
    let mut some = vec![
        page("301", "Corner Bakery", None),
        account("302", "cornerbakery", "cornerbakery", "Corner Bakery"),
        page("303", HEBREW, None),
    ];
    some.extend(blocked());
    let awkward = vec![
        page("401", LONG, None),
        page("402", "", None),
        account("403", HOSTILE, HOSTILE, HOSTILE),
        page("404", HEBREW, Some(Blocked::RoleMissing)),
    ];
    let bakery = page("301", "Corner Bakery", None);
    let success = Done {
        message: Some("Thank you! We take it from here.".to_owned()),
        return_to: Some("https://partner.example/welcome?a=1&b=2".to_owned()),
        ..done(page("303", HEBREW, None), &Product::ALL)
    };
    let hostile = Done { message: Some(HOSTILE.to_owned()), ..done(page("4", HOSTILE, None), &Product::ALL) };
    [
        ("picker", picker(some), shell("Harbour CRM")),
        ("picker-one", picker(vec![bakery.clone()]), shell("Harbour CRM")),
        ("picker-awkward", picker(awkward), shell(LONG)),
        ("picker-blocked", picker(blocked()), shell("Harbour CRM")),
        ("confirm", confirm(bakery.clone(), &[Product::Messenger]), shell("Harbour CRM")),
        (
            "confirm-several",
            confirm(account("302", "cornerbakery", "cornerbakery", HEBREW), &Product::ALL),
            shell(HEBREW),
        ),
        ("confirm-without", confirm_without(), shell("Harbour CRM")),
        ("confirm-long", confirm(page("401", LONG, None), &[Product::FacebookPage]), shell(LONG)),
        ("confirm-hostile", confirm(page("4", HOSTILE, None), &[Product::Messenger]), shell(HOSTILE)),
        ("done", Page::Done(done(bakery, &[Product::Messenger])), shell("Harbour CRM")),
        ("done-return", Page::Done(success), shell(HEBREW)),
        ("done-hostile", Page::Done(hostile), shell(HOSTILE)),
    ]
    .into_iter()
    .map(|(name, page, shell)| (name.to_owned(), page, shell))
    .collect()
}

fn trouble(kind: TroubleKind) -> Trouble {
    let known = !matches!(kind, TroubleKind::LinkUnknown | TroubleKind::NotFound);
    Trouble {
        param: known.then(|| "q7Jm2vXt0LsYd4RkE9aZbw".to_owned()),
        csrf: Some("c5rf".to_owned()),
        holds: match kind {
            TroubleKind::SubscribeFailed => Holds::Choice,
            TroubleKind::NoPages
            | TroubleKind::NoInstagram
            | TroubleKind::NoUsable
            | TroubleKind::OtherAsset
            | TroubleKind::MetaBusy => Holds::Consent,
            _ => Holds::Nothing,
        },
        asset: (kind == TroubleKind::OtherAsset).then(|| page("303", HEBREW, None)),
        missing: match kind {
            TroubleKind::PermissionDeclined | TroubleKind::PermissionDeclinedAgain => {
                vec!["pages_messaging".to_owned(), "pages_manage_metadata".to_owned()]
            }
            _ => Vec::new(),
        },
        choices: if kind == TroubleKind::NoUsable { blocked() } else { Vec::new() },
        code: matches!(kind, TroubleKind::SomethingBroke).then(|| "req_01JQ8Z3M7T".to_owned()),
        ..Trouble::new(kind)
    }
}

fn troubles() -> Vec<Sample> {
    let mut all: Vec<Sample> = TroubleKind::ALL
        .iter()
        .map(|kind| {
            let trouble = trouble(*kind);
            let shell = if trouble.param.is_some() { shell("Harbour CRM") } else { Shell::default() };
            (format!("trouble-{}", kind.word()), Page::Trouble(trouble), shell)
        })
        .collect();
    let hostile = Trouble {
        param: Some(HOSTILE.to_owned()),
        csrf: Some(HOSTILE.to_owned()),
        holds: Holds::Choice,
        asset: Some(page("4", HOSTILE, None)),
        missing: vec![HOSTILE.to_owned()],
        choices: vec![page(HOSTILE, HOSTILE, Some(Blocked::NoAccess))],
        code: Some(HOSTILE.to_owned()),
        message: Some(HOSTILE.to_owned()),
        return_to: Some("https://partner.example/sorry".to_owned()),
        ..Trouble::new(TroubleKind::SubscribeFailed)
    };
    all.push(("trouble-hostile".to_owned(), Page::Trouble(hostile), shell(HOSTILE)));
    all
}

/// Every sample.
pub fn all() -> Vec<Sample> {
    [landings(), choosing(), troubles()].concat()
}
