mod html;

use std::collections::BTreeSet;
use std::path::Path;

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::product::Product;

use self::html::Document;
use super::samples::{self, Sample};
use super::*;

fn render(name: &str, lang: Lang) -> String {
    let (_, page, shell) = samples::all().into_iter().find(|s| s.0 == name).unwrap();
    page.render(Text::of(lang), &shell).unwrap()
}

fn everything() -> impl Iterator<Item = (Lang, Sample, String)> {
    Lang::ALL.iter().flat_map(|lang| {
        samples::all().into_iter().map(|sample| {
            let html = sample.1.render(Text::of(*lang), &sample.2).unwrap();
            (*lang, sample, html)
        })
    })
}

/// The keys of the English texts.
fn keys() -> BTreeSet<String> {
    include_str!("../../../../locales/en.ftl")
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
        .collect()
}

#[test]
fn every_page_is_sound() {
    let keys = keys();
    for (lang, (name, _, shell), html) in everything() {
        let what = format!("{name} in {}", lang.code());
        let page = Document::parse(&html).unwrap_or_else(|why| panic!("{what}: {why}"));
        let root = page.all("html").next().unwrap();
        assert_eq!(root.attr("lang"), Some(lang.code()), "{what}");
        assert_eq!(root.attr("dir"), Some(lang.dir().as_ref()), "{what}");
        for once in ["h1", "title", "main", "header", "footer"] {
            assert_eq!(page.all(once).count(), 1, "<{once}> in {what}");
        }
        assert_eq!(page.all("style").count(), 0, "{what}");
        for script in page.all("script") {
            assert_eq!(script.attr("src"), Some("/static/close.js"), "{what}");
        }
        for tag in page.tags() {
            for (attr, value) in &tag.attrs {
                assert!(attr != "style" && !attr.starts_with("on"), "{attr} in {what}");
                let loads = matches!(attr.as_str(), "src" | "action") || tag.name == "link" && attr == "href";
                assert!(!loads || value.starts_with('/') && !value.starts_with("//"), "{value} in {what}");
                if attr == "href" && tag.name == "a" {
                    let ours = value.starts_with(['/', '#', '?']) && !value.starts_with("//");
                    assert!(ours || value.starts_with("https://partner.example/"), "{value} in {what}");
                }
                if matches!(attr.as_str(), "aria-labelledby" | "aria-describedby") {
                    assert!(page.tags().any(|t| t.attr("id") == Some(value)), "no {value} in {what}");
                }
            }
        }
        let ids: Vec<_> = page.tags().filter_map(|t| t.attr("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{what}: {ids:?}");
        for input in page.all("input").filter(|i| i.attr("type") != Some("hidden")) {
            assert!(input.inside.iter().any(|t| t == "label"), "an input without label in {what}");
        }
        for form in page.all("form") {
            assert_eq!(form.attr("method"), Some("post"), "{what}");
        }
        for key in keys.iter().filter(|key| key.contains('-')) {
            assert!(!html.contains(key.as_str()), "{key} is not filled in: {what}");
        }
        let title = page.text_of("title");
        assert!(!title.contains('{') && title.chars().any(char::is_alphabetic), "{title:?} in {what}");
        if let Some(logo) = shell.logo {
            assert!(page.all("img").any(|i| i.attr("src") == Some(&logo)), "{what}");
        }
        for other in Lang::ALL {
            assert!(html.contains(&format!("href=\"?lang={}\"", other.code())), "{what}");
        }
        assert!(!html.contains("<script>"), "{what}");
    }
}

#[test]
fn rendering_twice_gives_the_same() {
    for ((_, (name, ..), one), (_, _, two)) in everything().zip(everything()) {
        assert_eq!(one, two, "{name}");
    }
}

#[test]
fn every_text_is_used_and_every_text_used_exists() {
    let keys = keys();
    let families: BTreeSet<&str> = keys.iter().filter_map(|k| k.split_once('-')).map(|(f, _)| f).collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for kind in TroubleKind::ALL {
        used.extend([kind.title_key(), kind.cause_key(), kind.next_key()]);
    }
    for (group, permissions) in words::GROUPS {
        used.insert(format!("group-{group}"));
        used.extend(permissions.iter().map(|p| format!("permission-{p}")));
    }
    used.extend((1..=12).map(|n| format!("month-{n}")));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["templates/client", "src/http/pages", "src/http/pages/view"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let ours = matches!(path.file_stem().and_then(|n| n.to_str()), Some(n) if n != "tests" && n != "samples");
            if !ours || !path.is_file() {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for literal in source.split('"') {
                let shaped = literal.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '_');
                let Some((family, _)) = literal.split_once('-') else {
                    used.extend(keys.get(literal).cloned());
                    continue;
                };
                let kind = TroubleKind::ALL.iter().any(|k| k.word() == literal);
                if shaped && !kind && families.contains(family) {
                    assert!(keys.contains(literal), "{literal} in {}", path.display());
                    used.insert(literal.to_owned());
                }
            }
        }
    }
    let spare: Vec<_> = keys.difference(&used).collect();
    assert!(spare.is_empty(), "nobody uses {spare:?}");
    let lacking: Vec<_> = used.difference(&keys).collect();
    assert!(lacking.is_empty(), "there is no {lacking:?}");
}

#[test]
fn every_permission_is_explained_and_belongs_to_one_group() {
    for product in Product::ALL {
        for name in product.permissions() {
            let groups = words::GROUPS.iter().filter(|(_, names)| names.contains(name)).count();
            assert_eq!(groups, 1, "{name}");
            for lang in Lang::ALL {
                assert_ne!(words::permission(Text::of(*lang), name), *name, "{lang:?}");
            }
        }
        let shown: BTreeSet<_> =
            words::groups(&[product]).into_iter().flat_map(|g| g.permissions).map(|p| p.name).collect();
        assert_eq!(shown, product.permissions().iter().copied().collect(), "{product:?}");
    }
}

#[test]
fn what_one_product_needs_is_not_optional_for_several() {
    let optional = |products: &[Product]| {
        words::groups(products)
            .into_iter()
            .flat_map(|g| g.permissions)
            .any(|p| p.name == "pages_messaging" && p.optional)
    };
    assert!(optional(&[Product::FacebookPage]));
    assert!(!optional(&[Product::FacebookPage, Product::Messenger]));
}

#[test]
fn the_forms_go_where_the_handlers_listen() {
    const LINK: &str = "/f/q7Jm2vXt0LsYd4RkE9aZbw";
    for (sample, forms) in [
        ("landing-messenger", vec![("continue", vec![])]),
        (
            "picker",
            vec![("choose", vec!["csrf"]), ("check", vec!["csrf"]), ("continue", vec!["csrf", "again"])],
        ),
        ("picker-one", vec![("choose", vec!["csrf"]), ("continue", vec!["csrf", "again"])]),
        ("confirm", vec![("confirm", vec!["csrf"]), ("back", vec!["csrf"])]),
        ("done", vec![]),
        ("trouble-cancelled-at-facebook", vec![("continue", vec!["csrf"])]),
        ("trouble-permission-declined", vec![("continue", vec!["csrf", "rerequest"])]),
        ("trouble-no-pages", vec![("continue", vec!["csrf", "again"]), ("check", vec!["csrf"])]),
        ("trouble-other-asset", vec![("continue", vec!["csrf", "again"]), ("check", vec!["csrf"])]),
        ("trouble-no-instagram", vec![("check", vec!["csrf"]), ("continue", vec!["csrf", "again"])]),
        ("trouble-no-usable", vec![("check", vec!["csrf"]), ("continue", vec!["csrf", "again"])]),
        ("trouble-meta-busy", vec![("check", vec!["csrf"])]),
        ("trouble-meta-down", vec![("continue", vec!["csrf"])]),
        ("trouble-connection-ended", vec![]),
        ("trouble-subscribe-failed", vec![("confirm", vec!["csrf"]), ("back", vec!["csrf"])]),
        ("trouble-session-lost", vec![]),
        ("trouble-link-expired", vec![]),
        ("trouble-link-unknown", vec![]),
    ] {
        let html = render(sample, Lang::En);
        let page = Document::parse(&html).unwrap();
        let found: Vec<_> = page
            .all("form")
            .map(|form| {
                let action = form.attr("action").unwrap().strip_prefix(LINK).unwrap().trim_start_matches('/');
                let hidden = page.within(form).filter(|t| t.attr("type") == Some("hidden"));
                (action, hidden.map(|t| t.attr("name").unwrap()).collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(found, forms, "{sample}");
    }
    assert!(
        render("trouble-session-lost", Lang::En).contains(&format!("<a class=\"button\" href=\"{LINK}\">"))
    );
}

#[test]
fn a_trouble_without_a_link_offers_no_button() {
    for kind in TroubleKind::ALL {
        let html = Page::Trouble(Trouble::new(kind)).render(Text::of(Lang::En), &Shell::default()).unwrap();
        assert!(!html.contains("<form") && !html.contains("class=\"button\""), "{kind:?}");
    }
}

#[test]
fn the_only_choice_is_made_and_a_blocked_one_cannot_be() {
    let radios = |sample: &str| {
        let html = render(sample, Lang::He);
        let page = Document::parse(&html).unwrap();
        page.all("input")
            .filter(|i| i.attr("type") == Some("radio"))
            .map(|i| (i.attr("checked").is_some(), i.attr("disabled").is_some()))
            .collect::<Vec<_>>()
    };
    assert_eq!(radios("picker-one"), [(true, false)]);
    assert_eq!(radios("picker").iter().filter(|r| r.0).count(), 0);
    assert_eq!(radios("picker").iter().filter(|r| r.1).count(), 3);
    assert_eq!(radios("picker-blocked"), [(false, true); 3]);
    assert!(!render("picker-blocked", Lang::En).contains("form=\"choose\""), "nothing to send");
}

#[test]
fn the_time_left_is_a_day_or_a_span() {
    let now = Time::from_seconds(1_804_843_800);
    for (left, said) in [
        (Span::days(30), "11 April 2027"),
        (Span::hours(48), "<bdi>48</bdi> more hours"),
        (Span::minutes(119), "one more hour"),
        (Span::minutes(59), "<bdi>59</bdi> more minutes"),
        (Span::seconds(5), "one more minute"),
        (Span::seconds(-5), "one more minute"),
    ] {
        let (_, page, shell) = samples::all().into_iter().next().unwrap();
        let Page::Landing(landing) = page else { panic!("the first sample is a landing page") };
        let page = Page::Landing(Landing { expires_at: now.plus(left), now, ..landing });
        let html = page.render(Text::of(Lang::En), &shell).unwrap();
        assert!(html.contains(said), "{said}");
    }
}

#[test]
fn the_first_visit_weighs_little() {
    let style =
        include_str!("../../../../static/app.css").len() + include_str!("../../../../static/close.js").len();
    for (_, (name, ..), html) in everything() {
        assert!(style + html.len() < 60_000, "{name}: {style} and {}", html.len());
    }
}

#[test]
fn initials_stand_for_a_picture() {
    for (name, letters) in [
        ("Harbour CRM", "HC"),
        ("harbour", "H"),
        ("\"Corner\" & Sons of 1999", "CS"),
        ("מאפיית הלחם", "מה"),
        ("مخبز الحي", "م\u{200c}ا"),
        (" … ", "?"),
        ("", "?"),
    ] {
        assert_eq!(choice::initials(name), letters, "{name}");
    }
}
