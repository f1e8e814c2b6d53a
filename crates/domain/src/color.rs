//! A partner's colour, and what it becomes where it has to be read.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::inputs::Invalid;

/// A colour: `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Self = Self { red: 0, green: 0, blue: 0 };
    /// White.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255 };

    /// From `#rrggbb`, in either case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix('#').ok_or(Invalid)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Invalid);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| Invalid)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self { red, green, blue })
    }

    /// The six digits, without `#`.
    pub fn digits(self) -> String {
        format!("{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Contrast with another colour, 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever is read better upon it.
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast(Self::BLACK) >= self.contrast(Self::WHITE) { Self::BLACK } else { Self::WHITE }
    }

    /// This colour, or the nearest of its shades whose contrast with `ground` is at least `ratio`:
    /// moved towards white on a dark ground, towards black on a light one.
    #[must_use]
    pub fn readable_on(self, ground: Self, ratio: f64) -> Self {
        let towards = ground.ink();
        (0..=100_u8)
            .map(|percent| self.mix(towards, percent))
            .find(|c| c.contrast(ground) >= ratio)
            .unwrap_or(towards)
    }

    fn mix(self, other: Self, percent: u8) -> Self {
        let part = u32::from(percent);
        let channel = |a: u8, b: u8| {
            let sum = u32::from(a) * (100 - part) + u32::from(b) * part;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.digits())
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_color() {
        assert_eq!(Color::parse("#0B6a54").map(|c| c.to_string()), Ok("#0b6a54".to_owned()));
        for wrong in ["", "#", "0b6a54", "#fff", "#0b6a5", "#0b6a545", "#0b6a5g", "#+b6a54", "red", "#0b6a5é"]
        {
            assert_eq!(Color::parse(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 1e-9);
        assert!((Color::WHITE.contrast(Color::WHITE) - 1.0).abs() < 1e-9);
        // #767676 on white is the well-known grey at 4.54.
        let grey = Color::parse("#767676").unwrap().contrast(Color::WHITE);
        assert!((grey - 4.54).abs() < 0.01, "{grey}");
    }

    #[test]
    fn every_color_becomes_readable() {
        let (card, side) = (Color::parse("#fdfdfb").unwrap(), Color::parse("#141c19").unwrap());
        for step in 0..=0xfff_u32 {
            let color = Color::parse(&format!("#{:06x}", step * 0x1001)).unwrap();
            assert!(color.contrast(color.ink()) >= 4.5, "{color}");
            for ground in [card, side] {
                assert!(color.readable_on(ground, 4.5).contrast(ground) >= 4.5, "{color} on {ground}");
            }
        }
    }

    #[test]
    fn a_readable_color_stays_as_it_is() {
        let green = Color::parse("#0b6a54").unwrap();
        assert_eq!(green.readable_on(Color::WHITE, 4.5), green);
        assert_ne!(green.readable_on(Color::BLACK, 7.0), green);
    }
}
