//! The prose of the man pages: terms and what they mean.

use crate::plan::program::Program;

/// A term and its meaning.
pub(super) type Term = (&'static str, &'static str);

pub(super) const ENVIRONMENT: &[Term] = &[
    ("AWS_PROFILE", "The profile, unless --profile names one."),
    (
        "AWS_REGION, AWS_DEFAULT_REGION",
        "The region, unless --region or the target names one.",
    ),
    (
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
        "Credentials, unless --profile is given.",
    ),
    (
        "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE",
        "Where the AWS files are, instead of ~/.aws.",
    ),
    (
        "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT, \
         AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_STS",
        "Where to send the calls to AWS.",
    ),
    (
        "AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY",
        "Certificate authorities and proxies, for calls and tunnels alike.",
    ),
    ("AWS_MAX_ATTEMPTS", "How often a call is tried."),
    (
        "XDG_RUNTIME_DIR, TMPDIR",
        "Where the key is kept: in XDG_RUNTIME_DIR, else in /dev/shm, else in TMPDIR.",
    ),
    ("MANPAGER, PAGER", "What shows this page, by man(1)."),
];

pub(super) const FILES: &[Term] = &[
    (
        "~/.ssh/config, /etc/ssh/ssh_config",
        "Read by ssh, and by us through ssh -G: user, port, HostName, proxies and all the rest.",
    ),
    (
        "~/.aws/config, ~/.aws/credentials",
        "Profiles, as the AWS CLI reads them.",
    ),
    (
        "~/.aws/cli/cache, ~/.aws/sso/cache",
        "Sessions of roles and of IAM Identity Center, shared with the AWS CLI.",
    ),
];

/// For mssh only.
pub(super) const INSTALLED: Term = (
    "~/.ssh/mssh.conf, ~/.ssh/config.before-mssh",
    "Written by --ssh-config --install: the block for plain ssh, and a copy of ~/.ssh/config as it was.",
);

pub(super) const STATUS: &[Term] = &[
    (
        "0",
        "After --help, --version, --completions, --man, --ssh-config or --dry-run.",
    ),
    ("127", "The client program is not on PATH."),
    ("255", "Anything else failed before the client ran."),
];

/// Commands and what they do.
pub(super) const fn examples(program: Program) -> &'static [Term] {
    match program {
        Program::Ssh => &[
            ("mssh i-0123456789abcdef0", "A shell, as ec2-user."),
            (
                "mssh ubuntu@i-0123456789abcdef0 uname -a",
                "A command, as another user.",
            ),
            (
                "mssh -r eu-west-1 -u staging web1",
                "A Host of ssh_config(5) or a DNS name, in this region and with this profile.",
            ),
            (
                "mssh --ssm i-0123456789abcdef0",
                "Through Session Manager, without an open port.",
            ),
            (
                "mssh -J i-0fedcba9876543210 10.0.3.17",
                "Through another instance, which gets a key of its own.",
            ),
            (
                "mssh --listen 5432 i-0123456789abcdef0:5432",
                "A database on the instance, at a local port.",
            ),
            (
                "rsync -a -e mssh site/ i-0123456789abcdef0:/srv/site/",
                "As the ssh of another program.",
            ),
            (
                "mssh --ssh-config --install",
                "From now on, plain ssh reaches instances by their IDs.",
            ),
        ],
        Program::Sftp => &[
            (
                "msftp ubuntu@i-0123456789abcdef0:/var/log",
                "A session that begins in a directory.",
            ),
            (
                "msftp -b commands.txt i-0123456789abcdef0",
                "The commands of a file.",
            ),
        ],
        Program::Scp => &[
            (
                "mscp app.tar ubuntu@i-0123456789abcdef0:/tmp/",
                "To an instance.",
            ),
            (
                "mscp -r i-0123456789abcdef0:/var/log .",
                "From an instance.",
            ),
            (
                "mscp -3 i-0123456789abcdef0:a i-0fedcba9876543210:b",
                "From one instance to another, through this machine.",
            ),
        ],
    }
}
