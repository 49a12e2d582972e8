use super::*;
use crate::plan::program::Program;
use crate::plan::way::Way;

fn at(program: Program, line: &str) -> (Candidates, String) {
    let (words, current) = split_line(line).expect("a line");
    let completion = completion(program, Grammar::of(program), &words, &current);
    (completion.candidates, completion.prefix)
}

#[test]
fn each_position_has_its_candidates() {
    for (line, candidates, prefix) in [
        ("mssh ", Candidates::Hosts, ""),
        ("mssh we", Candidates::Hosts, ""),
        ("mssh ubuntu@we", Candidates::Hosts, "ubuntu@"),
        ("A=b mssh -v we", Candidates::Hosts, ""),
        ("mssh -J a,b@c", Candidates::Hosts, "a,b@"),
        ("mssh -Ja,c", Candidates::Hosts, "-Ja,"),
        ("mssh tag:a=b@c", Candidates::Hosts, ""),
        ("mssh u@tag:a=b,c@d:e", Candidates::Hosts, "u@"),
        ("mssh -J a,u@tag:b", Candidates::Hosts, "a,u@"),
        ("mssh web:", Candidates::Nothing, ""),
        ("mssh --each we", Candidates::Hosts, ""),
        ("mssh --each web-1,we", Candidates::Hosts, "web-1,"),
        ("mssh --each web-1,u@we", Candidates::Hosts, "web-1,u@"),
        ("mssh --each tag:a=b,", Candidates::Hosts, "tag:a=b,"),
        (
            "mssh --each tag:a=b,u@tag:c",
            Candidates::Hosts,
            "tag:a=b,u@",
        ),
        ("mssh --each -J a,b c,d", Candidates::Hosts, "c,"),
        ("mssh --each a b,", Candidates::Nothing, ""),
        ("mssh -", Candidates::Options, ""),
        ("mssh --reg", Candidates::Options, ""),
        ("mssh web --reg", Candidates::Options, ""),
        ("mssh web ls --reg", Candidates::Nothing, ""),
        ("mssh web ls ", Candidates::Nothing, ""),
        ("mssh -- --reg", Candidates::Hosts, ""),
        ("mssh --region ", Candidates::Regions, ""),
        ("mssh --region=eu", Candidates::Regions, "--region="),
        ("mssh -r eu", Candidates::Regions, ""),
        ("mssh --region a,e", Candidates::Regions, "a,"),
        ("mssh --profile=a,e", Candidates::Profiles, "--profile=a,"),
        ("mssh -reu", Candidates::Regions, "-r"),
        ("mssh -u ", Candidates::Profiles, ""),
        ("mssh -z ", Candidates::Nothing, ""),
        ("mssh -t ", Candidates::Hosts, ""),
        ("mssh --instance-id ", Candidates::Instances, ""),
        ("mssh -i ~/.s", Candidates::Files, ""),
        ("mssh -i~/.s", Candidates::Nothing, "-i"),
        ("mssh -l ", Candidates::Nothing, ""),
        ("mssh -L ", Candidates::Nothing, ""),
        ("mssh -o Str", Candidates::Keywords, ""),
        ("mssh -oStr", Candidates::Keywords, "-o"),
        ("mssh -o User=", Candidates::Nothing, ""),
        ("mssh -O ", Candidates::Choices(CONTROL), ""),
        (
            "mssh --via ",
            Candidates::Choices(Way::names(Program::Ssh)),
            "",
        ),
        ("mssh --nothing ", Candidates::Nothing, ""),
    ] {
        assert_eq!(
            at(Program::Ssh, line),
            (candidates, prefix.to_owned()),
            "{line}"
        );
    }
}

#[test]
fn operands_of_mscp_and_msftp_have_their_candidates() {
    for (line, candidates, prefix) in [
        ("mscp ", Candidates::HostsAndFiles, ""),
        ("mscp -r ", Candidates::HostsAndFiles, ""),
        ("mscp ./a", Candidates::Files, ""),
        ("mscp a us@w", Candidates::HostsAndFiles, "us@"),
        ("mscp a web:/e", Candidates::RemotePaths, "web:"),
        ("mscp web:", Candidates::RemotePaths, "web:"),
        ("mscp u@[::1]:a:b", Candidates::RemotePaths, "u@[::1]:"),
        ("mscp a/b:c", Candidates::Nothing, ""),
        ("mscp scp://web/e:c", Candidates::Nothing, ""),
        ("mscp -J web:2", Candidates::Nothing, ""),
        ("mscp tag:role=w", Candidates::HostsAndFiles, ""),
        (
            "mscp u@tag:a=web:/e",
            Candidates::RemotePaths,
            "u@tag:a=web:",
        ),
        (
            "mscp --each f web-1,we",
            Candidates::HostsAndFiles,
            "web-1,",
        ),
        (
            "mscp --each f tag:a=b,we",
            Candidates::HostsAndFiles,
            "tag:a=b,",
        ),
        ("mscp --each f web-1:/a,we", Candidates::Nothing, ""),
        ("mscp --each f web-1,db:/a", Candidates::Nothing, "web-1,"),
        ("mscp --each ./a,b", Candidates::Files, ""),
        ("mscp a,we", Candidates::HostsAndFiles, "a,"),
        ("mscp a --reg", Candidates::HostsAndFiles, ""),
    ] {
        assert_eq!(
            at(Program::Scp, line),
            (candidates, prefix.to_owned()),
            "{line}"
        );
    }
    for (line, candidates, prefix) in [
        ("msftp -b ", Candidates::Files, ""),
        ("msftp -r ", Candidates::Hosts, ""),
        ("msftp web:/e", Candidates::RemotePaths, "web:"),
        ("msftp -J web:2", Candidates::Nothing, ""),
        ("msftp web ", Candidates::Nothing, ""),
        ("msftp --shell", Candidates::Options, ""),
    ] {
        assert_eq!(
            at(Program::Sftp, line),
            (candidates, prefix.to_owned()),
            "{line}"
        );
    }
}

#[test]
fn a_line_is_split_as_a_shell_does() {
    let words = |line| split_line(line).map(|(words, current)| (words.len(), current));
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
    let named = hosts::of_ssh_config(text);
    assert_eq!(named.hosts, ["web", "db1", "a"]);
    assert_eq!(named.includes, ["config.d/*", "b c"]);
    assert_eq!(named.known_hosts, ["~/known"]);
    let text = "# no\n@revoked bad ssh-rsa A\n|1|x= ssh-rsa A\na,10.0.0.1 ssh-rsa A\n\
                [b.example]:2222 ssh-rsa A\n*.c ssh-rsa A\ni-0face000000000001 ssh-rsa A\n";
    let known = hosts::of_known_hosts(text);
    assert_eq!(known, ["a", "10.0.0.1", "b.example", "i-0face000000000001"]);
}
