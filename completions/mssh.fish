complete -c mssh -s r -l region -d 'AWS region (else environment, profile or host name)' -r
complete -c mssh -s u -l profile -d 'AWS profile; beats keys in the environment' -r
complete -c mssh -s z -l zone -d 'availability zone; with -t it spares a look-up' -r
complete -c mssh -l instance-id -d 'instance behind the host that is the target' -r
complete -c mssh -l via -d 'the way in: auto, public, ipv6, instance-id or below' -r -f -a "auto\t''
public\t''
private\t''
ipv6\t''
instance-id\t''
eice\t''
ssm\t''
serial\t''"
complete -c mssh -l eice-endpoint -d 'go by this endpoint: its ID or its DNS name' -r
complete -c mssh -l max-tunnel-duration -d 'end the tunnel after S seconds: 1 to 3600' -r
complete -c mssh -l listen -d 'lead PORT here (or ADDR:PORT) to TARGET:PORT there' -r
complete -c mssh -l key-dir -d 'with --proxy: push the key in DIR/HOST/key, where ssh looks for it' -r
complete -c mssh -l completions -d 'print the completions for bash, zsh or fish' -r -f -a "bash\t''
zsh\t''
fish\t''"
complete -c mssh -s b -d 'As in ssh(1)' -r -F
complete -c mssh -s c -d 'As in ssh(1)' -r
complete -c mssh -s e -d 'As in ssh(1)' -r
complete -c mssh -s i -d 'As in ssh(1)' -r -F
complete -c mssh -s l -d 'As in ssh(1)' -r
complete -c mssh -s m -d 'As in ssh(1)' -r
complete -c mssh -s o -d 'As in ssh(1)' -r
complete -c mssh -s p -d 'As in ssh(1)' -r
complete -c mssh -s B -d 'As in ssh(1)' -r
complete -c mssh -s D -d 'As in ssh(1)' -r
complete -c mssh -s E -d 'As in ssh(1)' -r -F
complete -c mssh -s F -d 'As in ssh(1)' -r -F
complete -c mssh -s I -d 'As in ssh(1)' -r
complete -c mssh -s J -d 'As in ssh(1)' -r
complete -c mssh -s L -d 'As in ssh(1)' -r
complete -c mssh -s O -d 'As in ssh(1)' -r
complete -c mssh -s P -d 'As in ssh(1)' -r
complete -c mssh -s Q -d 'As in ssh(1)' -r
complete -c mssh -s R -d 'As in ssh(1)' -r
complete -c mssh -s S -d 'As in ssh(1)' -r -F
complete -c mssh -s w -d 'As in ssh(1)' -r
complete -c mssh -s W -d 'As in ssh(1)' -r
complete -c mssh -l private -d 'the same as --via private'
complete -c mssh -l eice -d 'the same as --via eice: EC2 Instance Connect Endpoint'
complete -c mssh -l ssm -d 'the same as --via ssm: Session Manager'
complete -c mssh -l shell -d 'a shell by Session Manager: no sshd, no key, no port'
complete -c mssh -l serial -d 'the serial console: the same as --via serial'
complete -c mssh -l proxy -d 'be ssh\'s ProxyCommand: mssh --proxy \'%h\' %p \'%r\''
complete -c mssh -l ssh-config -d 'print what plain ssh needs (--install: write it)'
complete -c mssh -l install -d 'with --ssh-config: write it to ~/.ssh/mssh.conf, and include that'
complete -c mssh -l uninstall -d 'with --ssh-config: take out of ~/.ssh what --install has put there'
complete -c mssh -l dry-run -d 'find the instance, print the command, push nothing'
complete -c mssh -s d -l debug -d 'tell what is decided and why, and time AWS\'s answers'
complete -c mssh -l man -d 'print the man page, in roff'
complete -c mssh -s h -l help -d 'print this help'
complete -c mssh -l version -d 'print our version (-V is ssh\'s)'
complete -c mssh -s 1 -d 'As in ssh(1)'
complete -c mssh -s 2 -d 'As in ssh(1)'
complete -c mssh -s 4 -d 'As in ssh(1)'
complete -c mssh -s 6 -d 'As in ssh(1)'
complete -c mssh -s a -d 'As in ssh(1)'
complete -c mssh -s f -d 'As in ssh(1)'
complete -c mssh -s g -d 'As in ssh(1)'
complete -c mssh -s k -d 'As in ssh(1)'
complete -c mssh -s n -d 'As in ssh(1)'
complete -c mssh -s q -d 'As in ssh(1)'
complete -c mssh -s s -d 'As in ssh(1)'
complete -c mssh -s t -d 'As in ssh(1)'
complete -c mssh -s v -d 'As in ssh(1)'
complete -c mssh -s x -d 'As in ssh(1)'
complete -c mssh -s y -d 'As in ssh(1)'
complete -c mssh -s A -d 'As in ssh(1)'
complete -c mssh -s C -d 'As in ssh(1)'
complete -c mssh -s G -d 'As in ssh(1)'
complete -c mssh -s K -d 'As in ssh(1)'
complete -c mssh -s M -d 'As in ssh(1)'
complete -c mssh -s N -d 'As in ssh(1)'
complete -c mssh -s T -d 'As in ssh(1)'
complete -c mssh -s V -d 'As in ssh(1)'
complete -c mssh -s X -d 'As in ssh(1)'
complete -c mssh -s Y -d 'As in ssh(1)'
