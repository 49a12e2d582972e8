//! Lines of a console, without what terminals and loggers add.

/// How long a line may be, in bytes. An RSA key of 16384 bits takes 2800.
const LONGEST: usize = 8 * 1024;

/// The programs that print host keys: what cloud-init and the scripts before it tag their lines with.
const TAGS: [&str; 2] = ["cloud-init", "ec2"];

/// The lines of a text, at CR and LF, without escape sequences and other control characters, the prefix
/// of a logger, and spaces around them. Longer ones than [`LONGEST`] are left out.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = String> {
    let lines = text.split(|byte| b"\r\n".contains(byte));
    let lines = lines.filter(|it| !it.is_empty() && it.len() <= LONGEST);
    lines.map(|line| {
        let line = printable(line);
        without_prefix(line.trim()).trim().to_owned()
    })
}

/// Whether this is the first line of Linux: a boot begins.
pub(super) fn is_boot(line: &str) -> bool {
    line.starts_with("Linux version ")
}

/// The printable characters.
fn printable(line: &[u8]) -> String {
    let mut left = line;
    let mut plain = Vec::new();
    while let Some((&byte, rest)) = left.split_first() {
        left = match byte {
            0x1b => after_escape(rest),
            _ => rest,
        };
        if byte >= b' ' && byte != 0x7f {
            plain.push(byte);
        } else if byte == b'\t' {
            plain.push(b' ');
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// What follows an escape sequence (ECMA-48, section 5.4); `text` begins behind its ESC.
fn after_escape(text: &[u8]) -> &[u8] {
    match text.split_first() {
        // Control sequences, like colors: up to the final byte.
        Some((b'[', rest)) => {
            let end = rest.iter().position(|byte| (0x40..=0x7e).contains(byte));
            end.map_or(&[], |end| &rest[end + 1..])
        }
        // Operating system commands, like a window's title: up to BEL, or the ESC of their end.
        Some((b']', rest)) => {
            let end = rest.iter().position(|byte| [0x07, 0x1b].contains(byte));
            end.map_or(&[], |end| &rest[end..])
        }
        Some((byte, rest)) => match byte {
            // Intermediate bytes, as in the choice of a character set.
            0x20..=0x2f => rest.get(1..).unwrap_or_default(),
            _ => rest,
        },
        None => text,
    }
}

/// A line without what syslog, systemd and the kernel write before it:
/// `[  115.600243] cloud-init[1097]: <14>Jan  6 15:27:31 ip-10-0-0-1 cloud-init: `.
///
/// No tag of another program: a daemon's log has words of strangers.
fn without_prefix(mut line: &str) -> &str {
    while let Some(rest) = priority(line)
        .or_else(|| uptime(line))
        .or_else(|| date(line))
        .or_else(|| tag(line))
    {
        line = rest.trim_start();
    }
    line
}

/// `<14>` (RFC 5424, section 6.2.1).
fn priority(line: &str) -> Option<&str> {
    let (number, rest) = line.strip_prefix('<')?.split_once('>')?;
    is_number(number, 3).then_some(rest)
}

/// `[  115.600243] `: the kernel's clock.
fn uptime(line: &str) -> Option<&str> {
    let (time, rest) = line.strip_prefix('[')?.split_once(']')?;
    let (seconds, fraction) = time.trim_start().split_once('.')?;
    let is_time = is_number(seconds, 10) && is_number(fraction, 9);
    is_time.then_some(rest)
}

/// `Jan  6 15:27:31 ` (RFC 3164, section 4.1.2), and the name of the host if a known tag follows it.
fn date(line: &str) -> Option<&str> {
    const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
    let (month, rest) = line.split_once(' ')?;
    let (day, rest) = rest.trim_start().split_once(' ')?;
    let (time, rest) = rest.split_once(' ')?;
    let mut clock = time.split(':');
    let is_time = clock.clone().count() == 3 && clock.all(|it| is_number(it, 2));
    let is_date = MONTHS.split(' ').any(|it| it == month) && is_number(day, 2) && is_time;
    if !is_date {
        return None;
    }
    let behind_host = rest.split_once(' ').and_then(|(_, rest)| tag(rest));
    Some(behind_host.unwrap_or(rest))
}

/// `cloud-init: ` or `cloud-init[1097]: `.
fn tag(line: &str) -> Option<&str> {
    let (tag, rest) = line.split_once(": ").or_else(|| {
        let tag = line.strip_suffix(':')?;
        Some((tag, ""))
    })?;
    let name = tag.strip_suffix(']').and_then(|it| {
        let (name, pid) = it.split_once('[')?;
        is_number(pid, 10).then_some(name)
    });
    TAGS.contains(&name.unwrap_or(tag)).then_some(rest)
}

fn is_number(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
}
