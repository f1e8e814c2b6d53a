//! What Meta takes of a message: lengths, counts, kinds and sizes (the same pages as the types).

use super::{Button, Card, Content, MediaKind, Message, Platform, QuickReply, Template};
use crate::limits::{Unfit, Unit, at_least, at_most, filled, length, offered};

const MESSENGER_TEXT: usize = 2000;
const INSTAGRAM_TEXT: usize = 1000;
const QUICK_REPLIES: usize = 13;
const TITLE: usize = 20;
const PAYLOAD: usize = 1000;
const METADATA: usize = 1000;
const IMAGES: usize = 10;
const CARDS: usize = 10;
const CARD_TEXT: usize = 80;
const BUTTONS: usize = 3;
const BUTTONS_TEXT: usize = 640;
const MIB: u64 = 1024 * 1024;

impl Message {
    /// Whether Meta can take it.
    pub fn check(&self, platform: Platform) -> Result<(), Unfit> {
        match &self.content {
            Content::Text(text) => check_text(text, platform)?,
            Content::Attachment(_) => {}
            Content::Images(images) => {
                at_least("attachment", images.len(), 1)?;
                // What Messenger takes at most is not published.
                if platform == Platform::Instagram {
                    at_most("attachment", images.len(), IMAGES)?;
                }
            }
            Content::Template(template) => template.check(platform)?,
        }
        at_most("quick_replies", self.quick_replies.len(), QUICK_REPLIES)?;
        self.quick_replies.iter().try_for_each(|reply| reply.check(platform))?;
        length("metadata", self.metadata.as_deref().unwrap_or_default(), METADATA, Unit::Characters)
    }
}

/// Messenger counts characters, Instagram bytes.
fn check_text(text: &str, platform: Platform) -> Result<(), Unfit> {
    filled("text", text)?;
    match platform {
        Platform::Messenger => length("text", text, MESSENGER_TEXT, Unit::Characters),
        Platform::Instagram => length("text", text, INSTAGRAM_TEXT, Unit::Bytes),
    }
}

impl QuickReply {
    fn check(&self, platform: Platform) -> Result<(), Unfit> {
        match self {
            Self::Text { title, payload, .. } => {
                filled("quick_replies.title", title)?;
                length("quick_replies.title", title, TITLE, Unit::Characters)?;
                length("quick_replies.payload", payload, PAYLOAD, Unit::Characters)
            }
            // Instagram stopped taking them on 5 October 2026.
            Self::Phone | Self::Email => offered("quick_replies", platform == Platform::Messenger),
        }
    }
}

impl Template {
    fn check(&self, platform: Platform) -> Result<(), Unfit> {
        match self {
            Self::Generic(cards) => {
                at_least("template.elements", cards.len(), 1)?;
                at_most("template.elements", cards.len(), CARDS)?;
                cards.iter().try_for_each(Card::check)
            }
            Self::Buttons { text, buttons } => {
                filled("template.text", text)?;
                length("template.text", text, BUTTONS_TEXT, Unit::Characters)?;
                at_least("template.buttons", buttons.len(), 1)?;
                check_buttons(buttons)
            }
            Self::Media { kind, buttons, .. } => {
                offered("template", platform == Platform::Messenger)?;
                offered("template.media_type", matches!(kind, MediaKind::Image | MediaKind::Video))?;
                check_buttons(buttons)
            }
            Self::Other(_) => Ok(()),
        }
    }
}

impl Card {
    fn check(&self) -> Result<(), Unfit> {
        filled("template.title", &self.title)?;
        length("template.title", &self.title, CARD_TEXT, Unit::Characters)?;
        let subtitle = self.subtitle.as_deref().unwrap_or_default();
        length("template.subtitle", subtitle, CARD_TEXT, Unit::Characters)?;
        check_buttons(&self.buttons)
    }
}

fn check_buttons(buttons: &[Button]) -> Result<(), Unfit> {
    at_most("template.buttons", buttons.len(), BUTTONS)?;
    buttons.iter().try_for_each(|button| {
        let (Button::Url { title, .. } | Button::Postback { title, .. } | Button::Call { title, .. }) =
            button;
        filled("template.buttons.title", title)?;
        length("template.buttons.title", title, TITLE, Unit::Characters)?;
        match button {
            Button::Postback { payload, .. } => {
                filled("template.buttons.payload", payload)?;
                length("template.buttons.payload", payload, PAYLOAD, Unit::Characters)
            }
            Button::Url { .. } | Button::Call { .. } => Ok(()),
        }
    })
}

/// How many bytes a file may have, the same on both platforms. Meta writes "MB" and does not say of
/// how many bytes; the larger reading is taken.
pub const fn most_bytes(kind: MediaKind) -> u64 {
    match kind {
        MediaKind::Image => 8 * MIB,
        MediaKind::Audio | MediaKind::Video | MediaKind::File => 25 * MIB,
    }
}

/// The media types that a file may have; none where Meta's pages do not name them.
pub const fn media_types(platform: Platform, kind: MediaKind) -> Option<&'static [&'static str]> {
    Some(match (platform, kind) {
        (Platform::Messenger, MediaKind::Image) => &["image/png", "image/jpeg", "image/gif"],
        (Platform::Messenger, _) => return None,
        (Platform::Instagram, MediaKind::Image) => &["image/png", "image/jpeg"],
        (Platform::Instagram, MediaKind::Video) => {
            &["video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"]
        }
        (Platform::Instagram, MediaKind::Audio) => {
            &["audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav", "video/mp4"]
        }
        (Platform::Instagram, MediaKind::File) => &["application/pdf"],
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Recipient, Source};
    use super::*;

    fn saying(content: Content) -> Message {
        Message {
            to: Recipient::Person("5".to_owned()),
            content,
            quick_replies: Vec::new(),
            reply_to: None,
            human_agent: false,
            metadata: None,
        }
    }

    fn text(text: &str) -> Message {
        saying(Content::Text(text.to_owned()))
    }

    fn with(reply: QuickReply, count: usize) -> Message {
        Message { quick_replies: vec![reply; count], ..text("Which?") }
    }

    fn tap(title: usize, payload: usize) -> QuickReply {
        QuickReply::Text { title: "t".repeat(title), payload: "p".repeat(payload), image_url: None }
    }

    fn template(template: Template) -> Result<(), Unfit> {
        saying(Content::Template(template)).check(Platform::Messenger)
    }

    fn button(title: usize, payload: usize) -> Button {
        Button::Postback { title: "t".repeat(title), payload: "p".repeat(payload) }
    }

    fn card(title: usize, buttons: usize) -> Card {
        Card { title: "t".repeat(title), buttons: vec![button(20, 1000); buttons], ..Card::default() }
    }

    #[test]
    fn a_text_is_measured_as_its_platform_does() {
        use Platform::{Instagram, Messenger};
        assert_eq!(text(&"ä".repeat(2000)).check(Messenger), Ok(()));
        assert!(text(&"a".repeat(2001)).check(Messenger).is_err());
        assert_eq!(text(&"ä".repeat(500)).check(Instagram), Ok(()));
        let unfit = text(&"ä".repeat(501)).check(Instagram).unwrap_err();
        assert_eq!(unfit, Unfit::TooLong { field: "text", most: 1000, unit: Unit::Bytes });
        for platform in [Messenger, Instagram] {
            assert_eq!(text(" ").check(platform), Err(Unfit::Empty { field: "text" }));
        }
    }

    #[test]
    fn quick_replies_are_thirteen_and_short() {
        let check = |message: Message| message.check(Platform::Messenger);
        assert_eq!(check(with(tap(20, 1000), 13)), Ok(()));
        assert_eq!(check(with(tap(1, 0), 14)), Err(Unfit::TooMany { field: "quick_replies", most: 13 }));
        for (wrong, field) in [
            (tap(21, 1), "quick_replies.title"),
            (tap(0, 1), "quick_replies.title"),
            (tap(1, 1001), "quick_replies.payload"),
        ] {
            assert_eq!(check(with(wrong, 1)).unwrap_err().field(), field);
        }
        for reply in [QuickReply::Phone, QuickReply::Email] {
            assert_eq!(with(reply.clone(), 1).check(Platform::Messenger), Ok(()));
            assert!(with(reply, 1).check(Platform::Instagram).is_err());
        }
    }

    #[test]
    fn images_are_ten_on_instagram() {
        let images = |count| saying(Content::Images(vec![Source::Id("1".to_owned()); count]));
        assert_eq!(images(10).check(Platform::Instagram), Ok(()));
        assert!(images(11).check(Platform::Instagram).is_err());
        assert_eq!(images(11).check(Platform::Messenger), Ok(()));
        assert!(images(0).check(Platform::Messenger).is_err());
    }

    #[test]
    fn metadata_is_short() {
        let tagged = |length| Message { metadata: Some("m".repeat(length)), ..text("hi") };
        assert_eq!(tagged(1000).check(Platform::Messenger), Ok(()));
        assert_eq!(tagged(1001).check(Platform::Messenger).unwrap_err().field(), "metadata");
    }

    #[test]
    fn a_generic_template_has_cards_with_buttons() {
        assert_eq!(template(Template::Generic(vec![card(80, 3); 10])), Ok(()));
        let long = Card { subtitle: Some("s".repeat(81)), ..card(1, 0) };
        for (cards, field) in [
            (vec![], "template.elements"),
            (vec![card(1, 0); 11], "template.elements"),
            (vec![card(81, 0)], "template.title"),
            (vec![card(0, 0)], "template.title"),
            (vec![long], "template.subtitle"),
            (vec![card(1, 4)], "template.buttons"),
        ] {
            assert_eq!(template(Template::Generic(cards)).unwrap_err().field(), field);
        }
    }

    #[test]
    fn a_button_template_has_a_text_and_buttons() {
        let made = |length, buttons| template(Template::Buttons { text: "t".repeat(length), buttons });
        assert_eq!(made(640, vec![button(20, 1000); 3]), Ok(()));
        for (length, buttons, field) in [
            (641, vec![button(1, 1)], "template.text"),
            (0, vec![button(1, 1)], "template.text"),
            (1, vec![], "template.buttons"),
            (1, vec![button(1, 1); 4], "template.buttons"),
            (1, vec![button(21, 1)], "template.buttons.title"),
            (1, vec![button(0, 1)], "template.buttons.title"),
            (1, vec![button(1, 1001)], "template.buttons.payload"),
            (1, vec![button(1, 0)], "template.buttons.payload"),
        ] {
            assert_eq!(made(length, buttons).unwrap_err().field(), field);
        }
    }

    #[test]
    fn a_media_template_is_messengers() {
        let media = |kind| {
            let source = Source::Id("1".to_owned());
            saying(Content::Template(Template::Media { kind, source, buttons: Vec::new() }))
        };
        assert_eq!(media(MediaKind::Video).check(Platform::Messenger), Ok(()));
        assert!(media(MediaKind::Audio).check(Platform::Messenger).is_err());
        assert!(media(MediaKind::Video).check(Platform::Instagram).is_err());
    }

    #[test]
    fn files_have_sizes_and_kinds() {
        assert_eq!(most_bytes(MediaKind::Image), 8_388_608);
        for kind in [MediaKind::Audio, MediaKind::Video, MediaKind::File] {
            assert_eq!(most_bytes(kind), 26_214_400);
            assert_eq!(media_types(Platform::Messenger, kind), None);
        }
        let types = |platform, kind| media_types(platform, kind).unwrap();
        assert!(types(Platform::Messenger, MediaKind::Image).contains(&"image/gif"));
        assert!(!types(Platform::Instagram, MediaKind::Image).contains(&"image/gif"));
        assert_eq!(types(Platform::Instagram, MediaKind::File), ["application/pdf"]);
        assert!(types(Platform::Instagram, MediaKind::Video).contains(&"video/quicktime"));
        assert!(types(Platform::Instagram, MediaKind::Audio).contains(&"audio/wav"));
    }
}
