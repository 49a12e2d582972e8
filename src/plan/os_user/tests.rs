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
bitnami-wordpress-6.4-r01-debian-12-amd64-x | 679593333241 | Bitnami | bitnami | no
kali-last-snapshot-amd64-2024.1.0-x | 679593333241 | Kali Linux | kali | no
debian-kali-last-snapshot-x | 679593333241 | Kali Linux | kali | no
Deep Learning Base AMI (Ubuntu 22.04) 20240101 | amazon | Deep Learning (Ubuntu) | ubuntu | ?
Deep Learning AMI (Amazon Linux 2) Version 62.1 | amazon | Deep Learning (Amazon Linux) | ec2-user | ?
ubuntu-eks/k8s_1.29/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-x | 099720109477 | Amazon EKS (Ubuntu) | ubuntu | ?
amazon-eks-node-al2023-x86_64-standard-1.30-v20240605 | amazon | Amazon EKS | ec2-user | ?
al2023-ami-ecs-hvm-2023.0.20240610-kernel-6.1-x86_64 | amazon | Amazon ECS | ec2-user | no
amzn-ami-2018.03.20230912-amazon-ecs-optimized | amazon | Amazon ECS | ec2-user | no
al2023-ami-minimal-2023.4.20240611.0-kernel-6.1-x86_64 | amazon | minimal Amazon Linux | ec2-user | ?
al2023-ami-2023.4.20240611.0-kernel-6.1-x86_64 | amazon | Amazon Linux 2023 | ec2-user | yes
amzn2-ami-kernel-5.10-hvm-2.0.20240610.1-x86_64-gp2 | 137112412989 | Amazon Linux 2 | ec2-user | yes
amzn2-ami-hvm-2.0.20190618-x86_64-gp2 | 137112412989 | Amazon Linux 2 | ec2-user | yes
amzn2-ami-hvm-2.0.20190508-x86_64-gp2 | 137112412989 | Amazon Linux 2 | ec2-user | no
amzn-ami-hvm-2018.03.0.20230404.0-x86_64-gp2 | amazon | Amazon Linux 1 | ec2-user | no
my amazon-linux base | - | Amazon Linux | ec2-user | ?
bottlerocket-aws-k8s-1.29-x86_64-v1.20.0 | amazon | Bottlerocket | ec2-user | no
ubuntu-minimal/images/hvm-ssd/ubuntu-jammy-22.04-amd64-minimal-x | 099720109477 | minimal Ubuntu | ubuntu | ?
ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240606 | 099720109477 | Ubuntu | ubuntu | yes
ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-20210928 | 099720109477 | Ubuntu | ubuntu | no
ubuntu-pro-server/images/hvm-ssd/ubuntu-focal-20.04-amd64-pro-server-x | 099720109477 | Ubuntu | ubuntu | yes
debian-12-amd64-20240507-1740 | 136693071363 | Debian | admin | no
debian-stretch-hvm-x86_64-gp2-x | 379101102735 | Debian | admin | no
RHEL-9.4.0_HVM-20240605-x86_64-82-Hourly2-GP3 | 309956199498 | Red Hat Enterprise Linux | ec2-user | no
RHEL-6.3_GA-x86_64-5-Hourly2 | 309956199498 | old Red Hat Enterprise Linux | root | no
rhcos-416.94.202405291527-0-x86_64 | 531415883065 | Red Hat CoreOS | core | no
CentOS Stream 9 x86_64 20240527 | 125523088429 | CentOS Stream | ec2-user | no
CentOS Stream 8 x86_64 20240527 | 125523088429 | CentOS | centos | no
CentOS-7-2111-20220825_1.x86_64 | 125523088429 | CentOS | centos | no
Rocky-9-EC2-Base-9.4-20240523.0.x86_64 | 792107900819 | Rocky Linux | rocky | no
AlmaLinux OS 9.4.20240509 x86_64 | 764336703387 | AlmaLinux | ec2-user | no
OL9.3-x86_64-HVM-2024-03-01 | 131827586825 | Oracle Linux | ec2-user | no
Fedora-Cloud-Base-AmazonEC2.x86_64-40-1.14 | 125523088429 | Fedora | fedora | no
fedora-coreos-40.20240519.3.0-x86_64 | 125523088429 | Fedora CoreOS | core | no
Flatcar-stable-3815.2.3-hvm | 075585003325 | Flatcar | core | no
suse-sles-15-sp6-v20240624-hvm-ssd-x86_64 | 013907871322 | SUSE | ec2-user | no
openSUSE-Leap-15.5-HVM-x86_64 | 679593333241 | SUSE | ec2-user | no
FreeBSD 14.1-RELEASE-amd64 UEFI-PREFERRED base UFS | 118940168514 | FreeBSD | ec2-user | no
amzn-ec2-macos-14.5-20240616-162111 | 100343932686 | macOS | ec2-user | ?
nixos/24.05.1234.abcdef-x86_64-linux | 427812963091 | NixOS | root | no
alpine-3.20.0-x86_64-uefi-cloudinit-r0 | 538276064493 | Alpine | alpine | no
arch-linux-std-hvm-2024.06.01.x86_64-ebs | - | Arch Linux | arch | no";

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

fn system(name: &str, version: &str) -> RunningSystem {
    RunningSystem {
        name: name.to_owned(),
        version: version.to_owned(),
    }
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
        let found = system(name, version).guess().expect(name);
        assert_eq!(found.family.user, Some(user), "{name}");
        assert!(found.reason.contains(name), "{}", found.reason);
    }
    let windows = system("Microsoft Windows Server 2022 Datacenter", "10.0").guess();
    assert_eq!(windows.map(|it| it.family.user), Some(None));
    assert_eq!(system("Plan 9", "4").guess(), None);
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
