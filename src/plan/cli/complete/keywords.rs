//! The keywords of ssh_config(5), for `-o`.

/// Those of OpenSSH 9 and 10.
#[rustfmt::skip]
pub(crate) const KEYWORDS: &[&str] = &[
    "AddKeysToAgent", "AddressFamily", "BatchMode", "BindAddress", "BindInterface",
    "CanonicalDomains", "CanonicalizeFallbackLocal", "CanonicalizeHostname",
    "CanonicalizeMaxDots", "CanonicalizePermittedCNAMEs", "CASignatureAlgorithms",
    "CertificateFile", "ChannelTimeout", "CheckHostIP", "Ciphers", "ClearAllForwardings",
    "Compression", "ConnectionAttempts", "ConnectTimeout", "ControlMaster", "ControlPath",
    "ControlPersist", "DynamicForward", "EnableEscapeCommandline", "EnableSSHKeysign",
    "EscapeChar", "ExitOnForwardFailure", "FingerprintHash", "ForkAfterAuthentication",
    "ForwardAgent", "ForwardX11", "ForwardX11Timeout", "ForwardX11Trusted", "GatewayPorts",
    "GlobalKnownHostsFile", "GSSAPIAuthentication", "GSSAPIDelegateCredentials",
    "HashKnownHosts", "HostbasedAcceptedAlgorithms", "HostbasedAuthentication",
    "HostKeyAlgorithms", "HostKeyAlias", "HostName", "IdentitiesOnly", "IdentityAgent",
    "IdentityFile", "IgnoreUnknown", "KbdInteractiveAuthentication", "KbdInteractiveDevices",
    "KexAlgorithms", "KnownHostsCommand", "LocalCommand", "LocalForward", "LogLevel", "LogVerbose",
    "NoHostAuthenticationForLocalhost", "NumberOfPasswordPrompts", "ObscureKeystrokeTiming",
    "PasswordAuthentication", "PermitLocalCommand", "PermitRemoteOpen", "PKCS11Provider",
    "Port", "PreferredAuthentications", "ProxyCommand", "ProxyJump", "ProxyUseFdpass",
    "PubkeyAcceptedAlgorithms", "PubkeyAuthentication", "RekeyLimit", "RemoteCommand",
    "RemoteForward", "RequestTTY", "RequiredRSASize", "RevokedHostKeys", "SecurityKeyProvider",
    "SendEnv", "ServerAliveCountMax", "ServerAliveInterval", "SessionType", "StdinNull",
    "StreamLocalBindMask", "StreamLocalBindUnlink", "StrictHostKeyChecking", "SyslogFacility",
    "Tag", "TCPKeepAlive", "Tunnel", "TunnelDevice", "UpdateHostKeys", "User",
    "UserKnownHostsFile", "VerifyHostKeyDNS", "VisualHostKey", "XAuthLocation",
];
