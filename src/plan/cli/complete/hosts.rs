//! The hosts that ssh_config(5) and known_hosts files name.

/// The names in a configuration that completion needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigNames {
    /// Hosts, without patterns.
    pub(crate) hosts: Vec<String>,
    /// Values of Include.
    pub(crate) includes: Vec<String>,
    /// Values of UserKnownHostsFile and GlobalKnownHostsFile.
    pub(crate) known_hosts: Vec<String>,
}

/// Reads an ssh_config(5) file.
pub(crate) fn of_ssh_config(text: &str) -> ConfigNames {
    let mut names = ConfigNames::default();
    for line in text.lines() {
        let line = line.trim();
        let end = line.find(|c: char| c == '=' || c.is_whitespace());
        let (keyword, values) = line.split_at(end.unwrap_or(line.len()));
        let values = values.trim_start_matches(|c: char| c == '=' || c.is_whitespace());
        let Some(values) = shlex::split(values) else {
            continue;
        };
        match keyword.to_ascii_lowercase().as_str() {
            "host" => names
                .hosts
                .extend(values.into_iter().filter(|it| is_host(it))),
            "include" => names.includes.extend(values),
            "userknownhostsfile" | "globalknownhostsfile" => names.known_hosts.extend(values),
            _ => {}
        }
    }
    names
}

/// The hosts of a known_hosts file that are not hashed.
pub(crate) fn of_known_hosts(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    // Marked lines are revoked keys, or certificate authorities, whose names are patterns.
    let lines = lines.filter(|line| !line.starts_with(['#', '@', '|']));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    let hosts = names.flat_map(|names| names.split(',')).map(|name| {
        let bracketed = name.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        bracketed.map_or(name, |(host, _)| host)
    });
    hosts.filter(|it| is_host(it)).map(str::to_owned).collect()
}

/// Whether it is a plain host name and no pattern.
fn is_host(word: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-._:%".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(fits)
}
