use super::*;
use crate::plan::program::Program;
use crate::plan::way::Way;

fn at(program: Program, line: &str) -> (Wanted, String) {
    let (words, current) = words_of(line).expect("a line");
    let place = place(program, Grammar::of(program), &words, &current);
    (place.wanted, place.before)
}

#[test]
fn what_may_stand_at_the_cursor_is_known() {
    for (line, wanted, before) in [
        ("mssh ", Wanted::Hosts, ""),
        ("mssh we", Wanted::Hosts, ""),
        ("mssh ubuntu@we", Wanted::Hosts, "ubuntu@"),
        ("A=b mssh -v we", Wanted::Hosts, ""),
        ("mssh -J a,b@c", Wanted::Hosts, "a,b@"),
        ("mssh -Ja,c", Wanted::Hosts, "-Ja,"),
        ("mssh -", Wanted::Options, ""),
        ("mssh --reg", Wanted::Options, ""),
        ("mssh web --reg", Wanted::Options, ""),
        ("mssh web ls --reg", Wanted::Nothing, ""),
        ("mssh web ls ", Wanted::Nothing, ""),
        ("mssh -- --reg", Wanted::Hosts, ""),
        ("mssh --region ", Wanted::Regions, ""),
        ("mssh --region=eu", Wanted::Regions, "--region="),
        ("mssh -r eu", Wanted::Regions, ""),
        ("mssh -reu", Wanted::Regions, "-r"),
        ("mssh -u ", Wanted::Profiles, ""),
        ("mssh -z ", Wanted::Nothing, ""),
        ("mssh -t ", Wanted::Hosts, ""),
        ("mssh --instance-id ", Wanted::Instances, ""),
        ("mssh -i ~/.s", Wanted::Files, ""),
        ("mssh -i~/.s", Wanted::Nothing, "-i"),
        ("mssh -l ", Wanted::Nothing, ""),
        ("mssh -L ", Wanted::Nothing, ""),
        ("mssh -o Str", Wanted::Keywords, ""),
        ("mssh -oStr", Wanted::Keywords, "-o"),
        ("mssh -o User=", Wanted::Nothing, ""),
        ("mssh -O ", Wanted::Choices(CONTROL), ""),
        ("mssh --via ", Wanted::Choices(Way::names(Program::Ssh)), ""),
        ("mssh --nothing ", Wanted::Nothing, ""),
    ] {
        assert_eq!(
            at(Program::Ssh, line),
            (wanted, before.to_owned()),
            "{line}"
        );
    }
    for (line, wanted, before) in [
        ("mscp ", Wanted::HostsAndFiles, ""),
        ("mscp -r ", Wanted::HostsAndFiles, ""),
        ("mscp ./a", Wanted::Files, ""),
        ("mscp a us@w", Wanted::HostsAndFiles, "us@"),
        ("mscp a web:/e", Wanted::Nothing, ""),
        ("mscp a --reg", Wanted::HostsAndFiles, ""),
    ] {
        assert_eq!(
            at(Program::Scp, line),
            (wanted, before.to_owned()),
            "{line}"
        );
    }
    for (line, wanted, before) in [
        ("msftp -b ", Wanted::Files, ""),
        ("msftp -r ", Wanted::Hosts, ""),
        ("msftp web:/e", Wanted::Nothing, ""),
        ("msftp web ", Wanted::Nothing, ""),
        ("msftp --shell", Wanted::Options, ""),
    ] {
        assert_eq!(
            at(Program::Sftp, line),
            (wanted, before.to_owned()),
            "{line}"
        );
    }
}

#[test]
fn a_line_is_taken_apart_as_a_shell_does() {
    let words = |line| words_of(line).map(|(words, current)| (words.len(), current));
    assert_eq!(words("mssh 'a b' c"), Some((1, "c".into())));
    assert_eq!(words("mssh a\\ "), Some((0, "a ".into())));
    assert_eq!(words("mssh a "), Some((1, String::new())));
    assert_eq!(words("mssh 'a"), None);
    assert_eq!(words(""), None);
}

#[test]
fn hosts_are_found_in_a_configuration_and_in_known_hosts() {
    let text = "Host web db1 *.corp !x\n  HostName=1.2.3.4\nhost = a\nInclude config.d/* \"b c\"\n\
                UserKnownHostsFile ~/known\nMatch host x\n";
    let named = hosts::of_config(text);
    assert_eq!(named.hosts, ["web", "db1", "a"]);
    assert_eq!(named.includes, ["config.d/*", "b c"]);
    assert_eq!(named.known_hosts, ["~/known"]);
    let text = "# no\n@revoked bad ssh-rsa A\n|1|x= ssh-rsa A\na,10.0.0.1 ssh-rsa A\n\
                [b.example]:2222 ssh-rsa A\n*.c ssh-rsa A\ni-0face000000000001 ssh-rsa A\n";
    let known = hosts::of_known_hosts(text);
    assert_eq!(known, ["a", "10.0.0.1", "b.example", "i-0face000000000001"]);
}

#[test]
fn names_of_files_fit_patterns() {
    for (pattern, name, expected) in [
        ("*", "", true),
        ("*", "a", true),
        ("*.conf", "a.conf", true),
        ("*.conf", "a.conf.old", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("abc", "abc", true),
        ("**", "", true),
    ] {
        assert_eq!(hosts::fits(pattern, name), expected, "{pattern} {name}");
    }
}
