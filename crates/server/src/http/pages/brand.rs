//! A partner's colour and logo, as the pages load them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jetbridge_domain::color::Color;
use jetbridge_domain::id::LogoId;

use crate::app::branding;
use crate::http::router::Web;

/// The grounds that `app.css` puts under what takes the colour: the tinted boxes, which are its
/// darkest light ground and its lightest dark one, and the panel beside the words.
const LIGHT: &str = "#e3f1eb";
const DARK: &str = "#142f28";
const SIDES: [&str; 2] = ["#0b3f35", "#0a2f28"];

/// Where the style sheet of a colour is.
pub(super) fn stylesheet_path(color: Color) -> String {
    format!("/brand/{}.css", color.digits())
}

/// Where a logo is.
pub(super) fn logo_path(id: &LogoId) -> String {
    format!("/logo/{id}")
}

/// A colour's shades, each readable where it is used: text and buttons with a contrast of 4.5 at
/// least, lines and rings with 3 (WCAG 2.2, 1.4.3 and 1.4.11).
fn stylesheet(color: Color) -> String {
    let ground = |text: &str| Color::parse(text).unwrap_or(Color::BLACK);
    let shades = |ground: Color, side: Color| {
        let accent = color.readable_on(ground, 4.5);
        let strong = color.readable_on(ground, 7.0);
        let brand = color.readable_on(side, 3.0);
        let ink = if accent.ink().contrast(strong) >= 4.5 { accent.ink() } else { strong.ink() };
        format!("--brand:{brand};--accent:{accent};--accent-strong:{strong};--on-accent:{ink}")
    };
    let [light_side, dark_side] = SIDES.map(ground);
    format!(
        ":root{{{}}}\n@media (prefers-color-scheme: dark){{:root{{{}}}}}\n",
        shades(ground(LIGHT), light_side),
        shades(ground(DARK), dark_side)
    )
}

/// `GET /brand/{digits}.css`: the same for everybody who has the colour.
pub(super) async fn css(Path(name): Path<String>) -> Response {
    let color = name.strip_suffix(".css").and_then(|digits| Color::parse(&format!("#{digits}")).ok());
    let Some(color) = color else { return StatusCode::NOT_FOUND.into_response() };
    let head = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=86400")];
    (head, stylesheet(color)).into_response()
}

/// `GET /logo/{id}`: the picture as it was fetched.
pub(super) async fn logo(State(web): State<Web>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<LogoId>() else { return StatusCode::NOT_FOUND.into_response() };
    match branding::picture(&web.app, &id).await {
        Ok(Some((kind, picture))) => {
            let head = [
                (CONTENT_TYPE, kind.content_type()),
                (CACHE_CONTROL, "public, max-age=3600"),
                (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ];
            (head, picture).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(error = ?error, "a logo cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(css: &str, name: &str) -> Color {
        let after = css.split(&format!("--{name}:")).nth(1).unwrap();
        Color::parse(&after[..7]).unwrap()
    }

    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        let css = include_str!("../../../static/app.css");
        for ground in [format!("--tint: {LIGHT}"), format!("--tint: {DARK}")] {
            assert!(css.contains(&ground), "{ground}");
        }
        for side in SIDES {
            assert!(css.contains(&format!("--side: {side}")), "{side}");
        }
    }

    #[test]
    fn every_colour_is_readable_where_it_is_used() {
        for step in 0..=0xff_u32 {
            let digits = (step * 0x01_0101) ^ ((step << 5) & 0xff_ffff);
            let color = Color::parse(&format!("#{digits:06x}")).unwrap();
            let css = stylesheet(color);
            let (light, dark) = css.split_once("@media").unwrap();
            for (css, ground, side) in [(light, LIGHT, SIDES[0]), (dark, DARK, SIDES[1])] {
                let (ground, side) = (Color::parse(ground).unwrap(), Color::parse(side).unwrap());
                let on = value(css, "on-accent");
                for name in ["accent", "accent-strong"] {
                    assert!(value(css, name).contrast(ground) >= 4.5, "{name} of {color}");
                    assert!(value(css, name).contrast(on) >= 4.5, "text on {name} of {color}: {css}");
                }
                assert!(value(css, "brand").contrast(side) >= 3.0, "{color}");
            }
        }
    }
}
