use super::*;

const CANONICAL: &str = "099720109477";

fn image(name: &str, owner: &str) -> Image {
    let (owner, owner_alias) = match owner {
        "amazon" => (None, Some("amazon".to_owned())),
        "-" => (Some("111122223333".to_owned()), None),
        owner => (Some(owner.to_owned()), None),
    };
    Image {
        name: name.to_owned(),
        owner,
        owner_alias,
    }
}

/// Name, owner, family, user, EC2 Instance Connect; of one image for each row of the table at least.
const IMAGES: &str = "\
my amazon-linux base | - | Amazon Linux | ec2-user | ?";

#[test]
fn images_and_their_users() {
    let mut left: Vec<&str> = FAMILIES.iter().map(|it| it.name).collect();
    for line in IMAGES.lines() {
        let fields: Vec<&str> = line.split(" | ").collect();
        let [name, owner, family, user, connect] = fields[..] else {
            panic!("{line}");
        };
        let found = by_image(&image(name, owner)).expect(name);
        let seen = (found.family.name, found.family.user);
        assert_eq!(seen, (family, Some(user)), "{name}");
        let has = found.has_instance_connect;
        let has = has.map_or("?", |it| if it { "yes" } else { "no" });
        assert_eq!(has, connect, "{name}");
        assert!(found.reason.contains(name), "{}", found.reason);
        left.retain(|it| *it != family);
    }
    assert_eq!(left, ["Windows"]);
}

#[test]
fn windows_has_no_user_for_ssh() {
    let found = by_image(&image(
        "Windows_Server-2022-English-Full-Base-2024.06.13",
        "amazon",
    ));
    assert_eq!(found.map(|it| it.family.user), Some(None));
}

#[test]
fn the_words_count_at_the_beginning_for_publishers_and_anywhere_for_others() {
    let family = |name, owner| by_image(&image(name, owner)).map(|it| it.family.name);
    assert_eq!(family("my-ubuntu-base", "-"), Some("Ubuntu"));
    assert_eq!(family("Golden_DEBIAN_12", "-"), Some("Debian"));
    assert_eq!(
        family("web on Kali Linux, from debian", "-"),
        Some("Kali Linux")
    );
    assert_eq!(family("OpenVPN on Ubuntu", "679593333241"), Some("Ubuntu"));
    assert_eq!(family("my-ubuntu-base", CANONICAL), None);
    assert_eq!(family("tools for ubuntu", "amazon"), None);
    assert_eq!(family("golden-image-7", "-"), None);
}

#[test]
fn what_runs_tells_the_user() {
    for (name, version, user) in [
        ("Amazon Linux", "2023", "ec2-user"),
        ("Amazon Linux", "2", "ec2-user"),
        ("Ubuntu", "22.04", "ubuntu"),
        ("Red Hat Enterprise Linux", "9.4", "ec2-user"),
        ("Red Hat Enterprise Linux Server", "7.9", "ec2-user"),
        ("CentOS Linux", "7", "centos"),
        ("CentOS Stream", "9", "ec2-user"),
        ("SLES", "15.5", "ec2-user"),
        ("Debian GNU/Linux", "12", "admin"),
        ("Kali GNU/Linux", "2024.1", "kali"),
        ("Rocky Linux", "9.3", "rocky"),
        ("AlmaLinux", "9.3", "ec2-user"),
        ("Oracle Linux Server", "9.3", "ec2-user"),
        ("Bottlerocket", "1.20", "ec2-user"),
        ("macOS", "14.5", "ec2-user"),
    ] {
        let found = by_running_system(name, version).expect(name);
        assert_eq!(found.family.user, Some(user), "{name}");
        assert!(found.reason.contains(name), "{}", found.reason);
    }
    let windows = by_running_system("Microsoft Windows Server 2022 Datacenter", "10.0");
    assert_eq!(windows.map(|it| it.family.user), Some(None));
    assert_eq!(by_running_system("Plan 9", "4"), None);
}

#[test]
fn what_is_billed_tells_some_users() {
    let user = |details: Option<&str>, operation: Option<&str>, is_windows| {
        let software = Software {
            image_id: None,
            platform_details: details.map(str::to_owned),
            usage_operation: operation.map(str::to_owned),
            is_windows,
        };
        by_software(&software).map(|it| it.family.user)
    };
    assert_eq!(user(Some("Linux/UNIX"), Some("RunInstances"), false), None);
    assert_eq!(user(None, None, false), None);
    let ec2_user = Some(Some("ec2-user"));
    for details in [
        "Red Hat Enterprise Linux",
        "Red Hat BYOL Linux",
        "SUSE Linux",
    ] {
        assert_eq!(user(Some(details), None, false), ec2_user, "{details}");
    }
    assert_eq!(user(Some("Ubuntu Pro"), None, false), Some(Some("ubuntu")));
    assert_eq!(
        user(Some("Windows with SQL Server Web"), None, false),
        Some(None)
    );
    assert_eq!(user(None, None, true), Some(None));
    for (operation, expected) in [
        ("RunInstances:0010", ec2_user),
        ("RunInstances:00g0", ec2_user),
        ("RunInstances:000g", ec2_user),
        ("RunInstances:0002", Some(None)),
        ("RunInstances:0800", Some(None)),
        ("RunInstances:9999", None),
    ] {
        assert_eq!(user(None, Some(operation), false), expected, "{operation}");
    }
}
