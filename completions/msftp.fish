# fish completion for msftp: put this file into ~/.config/fish/completions.
function __msftp_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    # Without its quotes, the last of which may be missing.
    set -l raw (commandline -ct)
    set -l current (string unescape -- $raw; or string unescape -- $raw\'; or string unescape -- $raw\")
    $program --complete $words "$current" 2>/dev/null
end
complete -c msftp -f -a '(__msftp_complete | tail -n +2)'
complete -c msftp -F -n '__msftp_complete | head -n 1 | string match -q files'
