//! The hosts that ssh_config(5) and known_hosts files name.

/// What a configuration names, as far as completion has a use for it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Hosts, without patterns.
    pub hosts: Vec<String>,
    /// Files to be read as well: Include.
    pub includes: Vec<String>,
    /// Files of host keys, beside the usual ones.
    pub known_hosts: Vec<String>,
}

/// Reads a configuration.
pub fn of_config(text: &str) -> Named {
    let mut named = Named::default();
    for line in text.lines() {
        let line = line.trim();
        let end = line.find(|c: char| c == '=' || c.is_whitespace());
        let (keyword, values) = line.split_at(end.unwrap_or(line.len()));
        let values = values.trim_start_matches(|c: char| c == '=' || c.is_whitespace());
        let Some(values) = shlex::split(values) else {
            continue;
        };
        match keyword.to_ascii_lowercase().as_str() {
            "host" => named
                .hosts
                .extend(values.into_iter().filter(|it| is_host(it))),
            "include" => named.includes.extend(values),
            "userknownhostsfile" | "globalknownhostsfile" => named.known_hosts.extend(values),
            _ => {}
        }
    }
    named
}

/// The hosts of a known_hosts file. Those that are hashed nobody can tell.
pub fn of_known_hosts(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    // A marker is not for completion: what is revoked is not wanted, and authorities are patterns.
    let lines = lines.filter(|line| !line.starts_with(['#', '@', '|']));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    let hosts = names.flat_map(|names| names.split(',')).map(|name| {
        let bracketed = name.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        bracketed.map_or(name, |(host, _)| host)
    });
    hosts.filter(|it| is_host(it)).map(str::to_owned).collect()
}

/// Whether it stands for itself alone, and can be typed.
fn is_host(word: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-._:%".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(fits)
}

/// Whether a file's name fits a pattern of `*` and `?`, as in Include.
pub fn fits(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    loop {
        match pattern.next() {
            None => return name.next().is_none(),
            Some('*') => {
                let rest = pattern.as_str();
                let mut tails = name.as_str().char_indices().map(|(at, _)| at);
                let all = name.as_str();
                return fits(rest, "") && rest.chars().all(|c| c == '*')
                    || tails.any(|at| fits(rest, &all[at..]));
            }
            Some('?') if name.next().is_some() => {}
            Some(c) if name.next() == Some(c) => {}
            Some(_) => return false,
        }
    }
}
