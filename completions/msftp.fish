# fish completion for msftp: put this file into ~/.config/fish/completions.
function __msftp_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    $program --complete $words (commandline -ct) 2>/dev/null
end
complete -c msftp -f -a '(__msftp_complete | tail -n +2)'
complete -c msftp -F -n '__msftp_complete | head -n 1 | string match -q files'
