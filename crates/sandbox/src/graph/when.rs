//! Times as callers write them: unix seconds, ISO 8601, or an offset in words.

/// Reads `1790000000`, `2026-09-21T13:33:20+0200` or `+2 hours`.
pub(crate) fn parse(text: &str, now: i64) -> Option<i64> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('+') {
        return relative(rest).and_then(|seconds| now.checked_add(seconds));
    }
    text.parse().ok().or_else(|| iso(text))
}

fn relative(text: &str) -> Option<i64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let seconds = match unit.trim().trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 604_800,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(seconds)
}

fn iso(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(at)?;
    let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute) = (clock.next()?.ok()?, clock.next()?.ok()?);
    let second = clock.next().map_or(Some(0), Result::ok)?;
    let sane = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second);
    sane.then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
        .and_then(|local| Some(local - offset(zone)?))
}

/// Seconds that a zone is ahead: none, `Z`, `+0200` or `-03:30`.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    Some(sign * (hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().unwrap_or(0) * 60))
}

/// Days since 1970, after Howard Hinnant's `days_from_civil`: years begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_spelling_of_a_time_is_read_and_nothing_else() {
        for (text, seconds) in [
            ("1795284245", 1_795_284_245),
            ("2026-11-21T18:04:05+0000", 1_795_284_245),
            ("2026-11-21T18:04:05Z", 1_795_284_245),
            ("2026-11-21T20:04:05+02:00", 1_795_284_245),
            ("2026-11-21T14:34:05-0330", 1_795_284_245),
            ("2000-02-29T00:00", 951_782_400),
            ("+2 hours", 7_300),
            ("+1 day", 86_500),
        ] {
            assert_eq!(parse(text, 100), Some(seconds), "{text}");
        }
        for text in
            ["", "soon", "+x hours", "+2 moons", "2026-13-01T00:00", "2026-11-21", "2026-11-21T25:00", "é"]
        {
            assert_eq!(parse(text, 100), None, "{text}");
        }
    }
}
