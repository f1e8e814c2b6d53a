//! The people and Pages of the first start. Their ids are the constants of [`crate::world`].

use rusqlite::Connection;

use crate::businesses::{self, Relation};
use crate::world::{
    ADMIN_TASKS, BUSINESS_AURORA, DANA, INSTAGRAM_BIKES, INSTAGRAM_CAFE_AURORA, INSTAGRAM_EVENTS,
    INSTAGRAM_HEBREW, INSTAGRAM_PERSONAL, LIOR, NOA, OMER, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_CERAMICS,
    PAGE_EVENTS, PAGE_HEBREW, PAGE_NORDLICHT, PAGE_ROASTERY, PAGE_YOGA, TAMAR, set_role,
};
use crate::{Error, content, settings};

const SEEDED: &str = "seeded";

struct SeedPage {
    owner: &'static str,
    tasks: &'static [&'static str],
    id: &'static str,
    name: &'static str,
    username: Option<&'static str>,
    category: (&'static str, &'static str),
    about: &'static str,
    followers: i64,
    instagram: Option<(&'static str, &'static str, &'static str, &'static str)>,
}

const PEOPLE: [(&str, &str, &str); 5] = [
    (DANA, "Dana Levi", "Runs five Pages, three of them with Instagram."),
    (OMER, "Omer Katz", "Has exactly one Page, with Instagram."),
    (NOA, "Noa Shapiro", "Has no Page at all."),
    (TAMAR, "Tamar Cohen", "May only advertise and analyse on her one Page."),
    (LIOR, "Lior Mizrahi", "Has one Page whose Instagram account is a personal one."),
];

const PAGES: [SeedPage; 8] = [
    SeedPage {
        owner: DANA,
        tasks: &ADMIN_TASKS,
        id: PAGE_CAFE_AURORA,
        name: "Cafe Aurora",
        username: Some("cafeaurora"),
        category: ("197871390225897", "Cafe"),
        about: "Coffee and cake by the harbour.",
        followers: 4210,
        instagram: Some((INSTAGRAM_CAFE_AURORA, "professional", "cafe.aurora", "Cafe Aurora")),
    },
    SeedPage {
        owner: DANA,
        tasks: &ADMIN_TASKS,
        id: PAGE_ROASTERY,
        name: "Aurora Roastery",
        username: Some("auroraroastery"),
        category: ("128673187201735", "Coffee shop"),
        about: "Small batches, roasted on Tuesdays.",
        followers: 870,
        instagram: None,
    },
    SeedPage {
        owner: DANA,
        tasks: &ADMIN_TASKS,
        id: PAGE_HEBREW,
        name: "קפה אורורה תל אביב",
        username: None,
        category: ("197871390225897", "Cafe"),
        about: "קפה ועוגה ליד הים.",
        followers: 1530,
        instagram: Some((INSTAGRAM_HEBREW, "professional", "aurora.telaviv", "אורורה תל אביב")),
    },
    SeedPage {
        owner: DANA,
        tasks: &ADMIN_TASKS,
        id: PAGE_NORDLICHT,
        name: "Nordlicht Bücher & Café",
        username: None,
        category: ("197048876974331", "Bookstore"),
        about: "Bücher, Café, Lesungen.",
        followers: 312,
        instagram: None,
    },
    SeedPage {
        owner: DANA,
        tasks: &[
            "PROFILE_PLUS_ANALYZE",
            "PROFILE_PLUS_ADVERTISE",
            "PROFILE_PLUS_MESSAGING",
            "PROFILE_PLUS_MODERATE",
            "PROFILE_PLUS_CREATE_CONTENT",
            "PROFILE_PLUS_MANAGE",
        ],
        id: PAGE_EVENTS,
        name: "Aurora Events",
        username: Some("auroraevents"),
        category: ("1562965077339698", "Event planner"),
        about: "Weddings, openings, quiet dinners.",
        followers: 96,
        instagram: Some((INSTAGRAM_EVENTS, "professional", "aurora.events", "Aurora Events")),
    },
    SeedPage {
        owner: OMER,
        tasks: &ADMIN_TASKS,
        id: PAGE_BIKES,
        name: "Omer Bikes",
        username: Some("omerbikes"),
        category: ("166889726655561", "Bicycle shop"),
        about: "Repairs while you wait.",
        followers: 640,
        instagram: Some((INSTAGRAM_BIKES, "professional", "omer.bikes", "Omer Bikes")),
    },
    SeedPage {
        owner: TAMAR,
        tasks: &["ADVERTISE", "ANALYZE"],
        id: PAGE_YOGA,
        name: "Harbor Yoga",
        username: Some("harboryoga"),
        category: ("187724194590965", "Yoga studio"),
        about: "Classes in the morning and in the evening.",
        followers: 2050,
        instagram: None,
    },
    SeedPage {
        owner: LIOR,
        tasks: &ADMIN_TASKS,
        id: PAGE_CERAMICS,
        name: "Mizrahi Ceramics",
        username: Some("mizrahiceramics"),
        category: ("1757592557789532", "Arts and crafts store"),
        about: "Bowls and plates, thrown by hand.",
        followers: 188,
        instagram: Some((INSTAGRAM_PERSONAL, "personal", "lior.at.home", "Lior")),
    },
];

pub(crate) fn seed_once(tx: &Connection, now: i64) -> Result<(), Error> {
    if settings::is_on(tx, SEEDED)? {
        return Ok(());
    }
    for (id, name, about) in PEOPLE {
        tx.execute(
            "INSERT INTO people (id, name, about, created_at) VALUES (?1, ?2, ?3, ?4)",
            (id, name, about, now),
        )?;
    }
    for page in PAGES {
        tx.execute(
            "INSERT INTO pages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                page.id,
                page.name,
                page.username,
                page.category.1,
                page.category.0,
                page.about,
                page.followers,
                now,
            ),
        )?;
        if let Some((id, kind, username, name)) = page.instagram {
            tx.execute(
                "INSERT INTO instagram VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (id, page.id, kind, username, name, page.followers / 2),
            )?;
        }
        let tasks: Vec<String> = page.tasks.iter().map(|task| (*task).to_owned()).collect();
        set_role(tx, page.owner, page.id, &tasks)?;
    }
    businesses::insert(tx, BUSINESS_AURORA, "Aurora Group", now)?;
    businesses::join(tx, BUSINESS_AURORA, DANA)?;
    for (page, relation) in [
        (PAGE_CAFE_AURORA, Relation::Owned),
        (PAGE_ROASTERY, Relation::Owned),
        (PAGE_EVENTS, Relation::Client),
    ] {
        businesses::set_page(tx, BUSINESS_AURORA, page, relation)?;
    }
    content::seed::seed(tx, now)?;
    settings::switch(tx, SEEDED, true)
}
