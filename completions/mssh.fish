# fish completion for mssh: put this file into ~/.config/fish/completions.
function __mssh_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    # Without its quotes, the last of which may be missing.
    set -l raw (commandline -ct)
    set -l current (string unescape -- $raw; or string unescape -- $raw\'; or string unescape -- $raw\")
    $program --complete $words "$current" 2>/dev/null
end
complete -c mssh -f -a '(__mssh_complete | tail -n +2)'
complete -c mssh -F -n '__mssh_complete | head -n 1 | string match -q files'
