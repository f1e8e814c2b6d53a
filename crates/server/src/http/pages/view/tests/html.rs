//! Just enough of an HTML parser to hold our own pages to their form.

const VOID: [&str; 5] = ["meta", "link", "input", "img", "br"];

/// A page taken apart.
#[derive(Debug)]
pub(super) struct Document {
    tags: Vec<Tag>,
}

/// An element.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attrs: Vec<(String, String)>,
    /// The names of what it stands in, outermost first.
    pub(super) inside: Vec<String>,
    /// The text directly in it.
    text: String,
    place: usize,
    end: usize,
}

impl Tag {
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

impl Document {
    pub(super) fn parse(source: &str) -> Result<Self, String> {
        let mut rest = source.strip_prefix("<!doctype html>").ok_or("no doctype")?;
        let mut tags: Vec<Tag> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        while let Some(at) = rest.find('<') {
            if let Some(&i) = open.last() {
                tags[i].text.push_str(&rest[..at]);
            }
            let close = rest[at..].find('>').ok_or("a tag without an end")? + at;
            let inner = &rest[at + 1..close];
            rest = &rest[close + 1..];
            if let Some(name) = inner.strip_prefix('/') {
                let i = open.pop().ok_or_else(|| format!("</{name}> too many"))?;
                if tags[i].name != name {
                    return Err(format!("</{name}> ends <{}>", tags[i].name));
                }
                tags[i].end = tags.len();
                continue;
            }
            let empty = inner.ends_with('/');
            let (name, attrs) = inner.trim_end_matches('/').split_once([' ', '\n']).unwrap_or((inner, ""));
            let place = tags.len();
            tags.push(Tag {
                name: name.to_owned(),
                attrs: attributes(attrs)?,
                inside: open.iter().map(|&i| tags[i].name.clone()).collect(),
                text: String::new(),
                place,
                end: place + 1,
            });
            if !empty && !VOID.contains(&name) {
                open.push(place);
            }
        }
        if open.is_empty() { Ok(Self { tags }) } else { Err(format!("{} elements left open", open.len())) }
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.tags.iter()
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Tag> {
        self.tags.iter().filter(move |t| t.name == name)
    }

    pub(super) fn within(&self, tag: &Tag) -> impl Iterator<Item = &Tag> {
        self.tags[tag.place + 1..tag.end].iter()
    }

    pub(super) fn text_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().map_or("", |t| t.text.as_str())
    }
}

fn attributes(source: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let mut rest = source.trim();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        let mut value = String::new();
        rest = &rest[end..];
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').ok_or_else(|| format!("{name} has no end"))?;
            quoted[..end].clone_into(&mut value);
            rest = &quoted[end + 1..];
        } else if rest.starts_with('=') {
            return Err(format!("{name} has no quotes"));
        }
        if found.iter().any(|(n, _)| *n == name) {
            return Err(format!("{name} twice"));
        }
        found.push((name, value));
        rest = rest.trim_start();
    }
    Ok(found)
}
