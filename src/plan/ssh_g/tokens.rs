//! Tokens and environment variables in the values of ssh_config(5): `%u`, `${LOGNAME}`.

/// Expands all of them; `None` if one has no value, at which ssh fails, too.
pub(crate) fn expanded(
    value: &str,
    token: impl Fn(char) -> Option<String>,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut text = String::new();
    let mut rest = value;
    while let Some(at) = rest.find(['%', '$']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("${") {
            let (name, after) = after.split_once('}')?;
            text.push_str(&variable(name)?);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('%') {
            let letter = after.chars().next()?;
            text.push_str(&token(letter)?);
            rest = &after[letter.len_utf8()..];
        } else {
            text.push('$');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    Some(text)
}
