"""The kinds of credentials that are configured on this machine."""

import configparser
import os

# The first of these keys that a profile has tells its kind.
KINDS = (
    ("role_arn", "role"),
    ("sso_session", "SSO"),
    ("sso_start_url", "SSO, old form"),
    ("login_session", "console login"),
    ("credential_process", "process"),
    ("aws_access_key_id", "keys in a file"),
)


def sections(variable, default):
    """The sections of a file of the AWS CLI; none if it cannot be read."""
    path = os.path.expanduser(os.environ.get(variable) or default)
    parser = configparser.RawConfigParser(strict=False, default_section="", delimiters=("=",))
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeError):
        return {}
    return {name: dict(parser.items(name)) for name in parser.sections()}


def profiles():
    """All profiles, with their settings of both files."""
    known = {}
    for section, settings in sections("AWS_CONFIG_FILE", "~/.aws/config").items():
        words = section.split(None, 1)
        if section == "default" or (len(words) == 2 and words[0] == "profile"):
            known.setdefault(words[-1].strip("\"'"), {}).update(settings)
    for section, settings in sections("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials").items():
        known.setdefault(section, {}).update(settings)
    return known


def kind_of(settings):
    """The kind of a profile; None if it has no credentials."""
    for key, kind in KINDS:
        if key in settings:
            return kind + (" with MFA" if "mfa_serial" in settings else "")
    return None


def choose(names):
    """Pairs of kind and profile: the named ones, else the first profile of each kind.

    The environment has no profile: None.
    """
    chosen, seen = [], set()
    if os.environ.get("AWS_ACCESS_KEY_ID") and not names:
        chosen.append(("environment", None))
    for name, settings in profiles().items():
        kind = kind_of(settings)
        if kind and (name in names if names else kind not in seen):
            seen.add(kind)
            chosen.append((kind, name))
    return chosen


def in_use(options):
    """The kind of the credentials that the run itself uses, as far as the configuration tells."""
    if not options.profile and os.environ.get("AWS_ACCESS_KEY_ID"):
        return "environment"
    for variable, kind in (
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "web identity"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "container"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "container"),
    ):
        if not options.profile and os.environ.get(variable):
            return kind
    name = options.profile or os.environ.get("AWS_PROFILE") or "default"
    return kind_of(profiles().get(name, {})) or "instance metadata, or none"


def check(trial, chosen, region):
    """Lists instances with each. An answer, even an empty one, shows that AWS accepts them."""
    for kind, name in chosen:
        words = ["mssh", "--list", "--json", "--no-cache"]
        words += ["--profile", name] if name else []
        words += ["--region", region] if region else []
        outcome = trial.runner.run(words, limit=120)
        trial.judge(f"credentials: {kind}", outcome, outcome.code == 0)
