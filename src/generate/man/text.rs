//! The lists in the man pages.

use crate::plan::program::Program;

/// A term and its description.
pub(super) type Term = (&'static str, &'static str);

pub(super) const ENVIRONMENT: &[Term] = &[
    ("AWS_PROFILE", "The profile, unless --profile is given."),
    (
        "AWS_REGION, AWS_DEFAULT_REGION",
        "The region, unless --region is given or the target contains one.",
    ),
    (
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
        "Credentials, unless --profile is given.",
    ),
    (
        "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE",
        "The AWS files, instead of those in ~/.aws.",
    ),
    (
        "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT, \
         AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_STS",
        "Where to send AWS calls.",
    ),
    (
        "AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY",
        "Certificate authorities and proxies, for AWS calls and tunnels.",
    ),
    (
        "AWS_MAX_ATTEMPTS",
        "How many times an AWS call is attempted.",
    ),
    (
        "XDG_RUNTIME_DIR, TMPDIR",
        "Where the agent's socket is: XDG_RUNTIME_DIR, else /dev/shm, else TMPDIR.",
    ),
    (
        "MSSH_CONNECT",
        "If it is `ssh`, ssh opens its TCP connections itself, which takes 40 ms longer.",
    ),
    (
        "MSSH_CONFIG",
        "The configuration file of mssh, which must exist then; /dev/null for none.",
    ),
    (
        "XDG_CONFIG_HOME",
        "Where that file is otherwise: mssh/config.toml in this directory, else in ~/.config.",
    ),
    ("MANPAGER, PAGER", "The pager for --man; see man(1)."),
];

pub(super) const FILES: &[Term] = &[
    (
        "~/.config/mssh/config.toml",
        "Settings for all targets ([defaults]) and for some ([host.\"PATTERN\"], by * and ?, matched \
         against the target as typed, or the %h of plain ssh). The keys are long options without \
         their dashes: profile, region, login (a user, or auto), via, eice-endpoint, instance-id, \
         key-type, host-key-alias, verify-host-key; and key, which is -i. An option comes first, then \
         the environment, the first section that has the key, and the defaults; ssh_config's User \
         comes before login. Others must not be able to write to the file. --init-config writes an \
         example, and --show-config TARGET shows what applies.",
    ),
    (
        "~/.ssh/config, /etc/ssh/ssh_config",
        "Read by ssh. mssh asks ssh (ssh -G) for user, port, HostName, proxies and everything else.",
    ),
    (
        "~/.aws/config, ~/.aws/credentials",
        "Profiles, read as the AWS CLI reads them.",
    ),
    (
        "~/.aws/cli/cache, ~/.aws/sso/cache",
        "Sessions of roles and IAM Identity Center, shared with the AWS CLI.",
    ),
];

/// For mssh only.
pub(super) const CACHE: Term = (
    "$XDG_CACHE_HOME/mssh, ~/.cache/mssh",
    "Written by --list, the picker, and for completion: names, IDs, addresses and tags of instances, \
     never used to connect without asking AWS.",
);

/// For mssh only.
pub(super) const PICKS: Term = (
    "$XDG_STATE_HOME/mssh/picks, ~/.local/state/mssh/picks",
    "How often and when instances were chosen in the picker, which shows them first.",
);

/// For mssh only.
pub(super) const INSTALLED: Term = (
    "~/.ssh/mssh.conf, ~/.ssh/config.before-mssh",
    "Written by --ssh-config --install: the block for plain ssh, and a backup of ~/.ssh/config.",
);

pub(super) const STATUS: &[Term] = &[
    (
        "0",
        "After --help, --version, --completions, --man, --ssh-config or --dry-run.",
    ),
    ("127", "The client program is not on PATH."),
    ("255", "Anything else failed before the client started."),
];

/// The pages of section 7, which the tests make of docs/.
pub(super) const REFERENCE: [&str; 14] = [
    "targets",
    "list",
    "each",
    "ways",
    "ports",
    "plain-ssh",
    "programs",
    "configuration",
    "host-keys",
    "connection",
    "credentials",
    "iam",
    "doctor",
    "limits",
];

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
                "A Host in ssh_config(5) or a DNS name, with a region and a profile.",
            ),
            (
                "mssh --ssm i-0123456789abcdef0",
                "Through Session Manager, without an open port.",
            ),
            (
                "mssh -J bastion 10.0.3.17",
                "Through another instance, by its name: it gets a key of its own.",
            ),
            (
                "mssh --each 'tag:role=web' -- uptime",
                "A command on each running instance with this tag, 16 at a time.",
            ),
            (
                "mssh --listen 5432 i-0123456789abcdef0:5432",
                "A database on the instance, on a local port.",
            ),
            (
                "mssh --listen 5432 i-0123456789abcdef0:db.internal:5432",
                "A database that the instance reaches, by Session Manager.",
            ),
            (
                "rsync -a -e mssh site/ i-0123456789abcdef0:/srv/site/",
                "mssh instead of ssh in another program.",
            ),
            (
                "mssh --ssh-config --install",
                "From now on, plain ssh reaches instances by their IDs.",
            ),
        ],
        Program::Sftp => &[
            (
                "msftp ubuntu@i-0123456789abcdef0:/var/log",
                "A session that starts in a directory.",
            ),
            (
                "msftp -b commands.txt i-0123456789abcdef0",
                "Run the commands in a file.",
            ),
        ],
        Program::Scp => &[
            (
                "mscp app.tar ubuntu@i-0123456789abcdef0:/tmp/",
                "Copy to an instance.",
            ),
            (
                "mscp -r i-0123456789abcdef0:/var/log .",
                "Copy from an instance.",
            ),
            (
                "mscp -3 i-0123456789abcdef0:a i-0fedcba9876543210:b",
                "Copy from one instance to another, through this machine.",
            ),
            (
                "mscp --each 'tag:role=web:/var/log/syslog' logs",
                "Copy from each instance with this tag, into logs/NAME-ID/.",
            ),
        ],
    }
}
