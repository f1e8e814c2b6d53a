use std::collections::{BTreeMap, BTreeSet};

use jetbridge_domain::clock::Time;

use super::*;

/// The keys of a file, each with the names of its placeholders.
fn entries(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in lang.source().lines() {
        if let Some((name, _)) = line.split_once(" =")
            && line.starts_with(|c: char| c.is_ascii_lowercase())
        {
            name.clone_into(&mut key);
            assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} twice in {lang:?}");
        }
        if line.starts_with('#') {
            continue;
        }
        for rest in line.split('$').skip(1) {
            let name = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            found.get_mut(&key).unwrap().insert(name);
        }
    }
    found
}

#[test]
fn every_file_is_read_without_a_complaint() {
    for lang in Lang::ALL {
        if let Err((_, errors)) = FluentResource::try_new(lang.source().to_owned()) {
            panic!("{lang:?}: {errors:?}");
        }
    }
}

#[test]
fn all_languages_have_the_same_keys_and_placeholders() {
    let base = entries(Lang::En);
    for lang in Lang::ALL {
        let theirs = entries(*lang);
        for (key, placeholders) in &base {
            assert_eq!(theirs.get(key), Some(placeholders), "{key} in {lang:?}");
        }
        for key in theirs.keys() {
            assert!(base.contains_key(key), "{key} is in {lang:?} only");
        }
    }
}

#[test]
fn every_text_says_something_when_filled_in() {
    for lang in Lang::ALL {
        let text = Text::of(*lang);
        for (key, placeholders) in entries(Lang::En) {
            let args: Vec<_> = placeholders.iter().map(|p| (p.as_str(), "value")).collect();
            let said = text.with(&key, &args);
            assert_ne!(said, key, "{lang:?}");
            assert!(!said.trim().is_empty() && !said.contains('{'), "{key} in {lang:?}: {said}");
        }
    }
}

#[test]
fn a_language_is_recognised_by_its_locales() {
    for (locale, lang) in [
        ("en", Some(Lang::En)),
        ("en_US", Some(Lang::En)),
        ("he", Some(Lang::He)),
        ("he-IL", Some(Lang::He)),
        ("HE_il", Some(Lang::He)),
        ("iw", Some(Lang::He)),
        (" iw-IL ", Some(Lang::He)),
        ("ar", Some(Lang::Ar)),
        ("ar-EG", Some(Lang::Ar)),
        ("AR_ae", Some(Lang::Ar)),
        ("ar-Arab-u-nu-latn", Some(Lang::Ar)),
        ("arz", None),
        ("fr", None),
        ("hebrew", None),
        ("", None),
        ("*", None),
    ] {
        assert_eq!(Lang::parse(locale), lang, "{locale:?}");
    }
    for lang in Lang::ALL {
        assert_eq!(Lang::parse(lang.code()), Some(*lang));
    }
}

#[test]
fn the_first_wish_we_speak_decides_then_the_browser_then_english() {
    for (wishes, browser, lang) in [
        ([Some("he"), Some("ar")], Some("en"), Lang::He),
        ([Some("en-GB"), None], Some("he"), Lang::En),
        ([None, Some("ar-EG")], Some("he"), Lang::Ar),
        ([Some("fr"), Some("iw_IL")], Some("ar"), Lang::He),
        ([Some("fr"), Some("de")], Some("ar"), Lang::Ar),
        ([Some(""), None], None, Lang::En),
        ([None, None], Some("he"), Lang::He),
        ([None, None], None, Lang::En),
    ] {
        assert_eq!(negotiate(&wishes, browser), lang, "{wishes:?} {browser:?}");
    }
}

#[test]
fn a_browsers_preference_is_weighed() {
    for (header, lang) in [
        ("he-IL,he;q=0.9,en;q=0.8", Lang::He),
        ("ar-EG,ar;q=0.9,en-US;q=0.8,en;q=0.7", Lang::Ar),
        ("iw", Lang::He),
        ("AR", Lang::Ar),
        ("fr, en;q=0.5, he;q=0.7", Lang::He),
        ("fr,de;q=0.9", Lang::En),
        // Among equals the first.
        ("en;q=0.8,he;q=0.8", Lang::En),
        ("he;q=0.8,en;q=0.8", Lang::He),
        ("ar,he,en", Lang::Ar),
        // The best of several ranges of one language.
        ("he-IL;q=0.2, en;q=0.5, he;q=0.9", Lang::He),
        // White space, and the name in capitals.
        ("en ; q=0.3 , he ; Q=0.4", Lang::He),
        ("en;q=0.3,ar;level=1;q=0.4", Lang::Ar),
        // Zero is a refusal.
        ("he;q=0, en;q=0.1", Lang::En),
        ("en;q=0, he;q=0.001", Lang::He),
        // What is no weight leaves its range out.
        ("he;q=oops, ar;q=0.1", Lang::Ar),
        ("he;q=NaN, ar;q=0.1", Lang::Ar),
        ("he;q=2, ar;q=0.1", Lang::Ar),
        ("he;q=-1, ar;q=0.1", Lang::Ar),
        ("he;q=, ar;q=0.1", Lang::Ar),
        // The wildcard is every language that is not named.
        ("*", Lang::En),
        ("fr,*;q=0.1", Lang::En),
        ("he;q=0.5,*;q=0.1", Lang::He),
        ("he;q=0.1,*;q=0.5", Lang::En),
        ("en;q=0,*", Lang::He),
        ("en;q=0,he;q=0,*;q=0.5", Lang::Ar),
        ("*;q=0", Lang::En),
        (",;;q=,", Lang::En),
        ("", Lang::En),
    ] {
        assert_eq!(negotiate(&[], Some(header)), lang, "{header:?}");
    }
}

#[test]
fn the_dialog_speaks_the_asked_language_where_facebook_does() {
    for (locale, dialog) in [
        ("he", Some("he_IL")),
        ("iw", Some("he_IL")),
        ("en", Some("en_US")),
        ("en-gb", Some("en_GB")),
        ("en-ZA", Some("en_US")),
        ("ar", Some("ar_AR")),
        ("ar-EG", Some("ar_AR")),
        ("pt_BR", Some("pt_BR")),
        ("PT-br", Some("pt_BR")),
        ("zh-Hant", None),
        ("eo", None),
    ] {
        assert_eq!(dialog_locale(locale).as_deref(), dialog, "{locale}");
    }
    for lang in Lang::ALL {
        let said = lang.dialog().unwrap();
        assert!(said.starts_with(&format!("{}_", lang.code())), "{said}");
    }
}

#[test]
fn a_missing_key_is_shown_and_breaks_nothing() {
    for lang in Lang::ALL {
        assert_eq!(Text::of(*lang).get("no-such-key"), "no-such-key");
        assert_eq!(Text::of(*lang).rich("<b>", &[]).to_string(), "&lt;b&gt;");
    }
}

#[test]
fn a_missing_value_breaks_nothing() {
    assert!(Text::of(Lang::En).get("landing-title").contains("Connect"));
}

#[test]
fn names_are_isolated_and_cannot_break_out() {
    let said = Text::of(Lang::En).with("landing-title", &[("partner", "מאפייה")]);
    assert!(said.ends_with("\u{2068}מאפייה\u{2069}"), "{said:?}");
    let html = Text::of(Lang::En).rich("landing-title", &[("partner", "\u{2069}<b>\u{2068}&'\"")]);
    assert!(html.to_string().ends_with("<bdi>&lt;b&gt;&amp;&#39;&quot;</bdi>"), "{html}");
}

#[test]
fn days_are_written_as_the_language_writes_them() {
    let day = Time::from_seconds(1_804_843_800);
    assert_eq!(Text::of(Lang::En).date(day), "12 March 2027");
    assert_eq!(Text::of(Lang::He).date(day), "12 במרץ 2027");
    assert_eq!(Text::of(Lang::Ar).date(day), "12 مارس 2027");
    assert_eq!(Text::of(Lang::En).date(Time::from_micros(i64::MAX)), "");
}

#[test]
fn numbers_take_the_plural_of_the_language() {
    let minutes = |lang, n| Text::of(lang).rich_count("landing-valid-minutes", n).to_string();
    assert!(minutes(Lang::En, 1).contains("one more minute."));
    assert!(minutes(Lang::En, 5).contains("<bdi>5</bdi> more minutes"));
    assert!(minutes(Lang::He, 1).contains("דקה אחת"));
    assert!(minutes(Lang::He, 2).contains("שתי דקות"));
    assert!(minutes(Lang::He, 20).contains("<bdi>20</bdi> דקות"));
    for (n, said) in [
        (0, "لأقل من دقيقة."),
        (1, "لدقيقة واحدة أخرى."),
        (2, "لدقيقتين أخريين."),
        (3, "<bdi>3</bdi> دقائق أخرى."),
        (10, "<bdi>10</bdi> دقائق أخرى."),
        (11, "<bdi>11</bdi> دقيقةً أخرى."),
        (59, "<bdi>59</bdi> دقيقةً أخرى."),
        (100, "<bdi>100</bdi> دقيقة أخرى."),
    ] {
        assert!(minutes(Lang::Ar, n).ends_with(said), "{n}: {}", minutes(Lang::Ar, n));
    }
}

/// A text with a number needs every form its language has; the last stands for the rest.
#[test]
fn every_plural_form_of_the_language_is_there() {
    for (lang, forms) in [
        (Lang::En, &["one"][..]),
        (Lang::He, &["one", "two"]),
        (Lang::Ar, &["zero", "one", "two", "few", "many"]),
    ] {
        let selects = lang.source().split("{ $n ->").skip(1);
        let mut count = 0;
        for select in selects {
            let variants = select.split("\n}").next().unwrap();
            for form in forms {
                assert!(variants.contains(&format!("[{form}]")), "{form} in {lang:?}: {variants}");
            }
            assert!(variants.contains("*[other]"));
            count += 1;
        }
        assert_eq!(count, 2, "{lang:?}");
    }
}
