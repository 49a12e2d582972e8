//! The completion scripts. All of them ask mssh what to offer: see [`crate::plan::cli::complete`].

use crate::plan::cli::options::Shell;
use crate::plan::program::Program;

pub(super) fn script(program: Program, shell: Shell) -> Vec<u8> {
    let template = match shell {
        Shell::Bash => BASH,
        Shell::Zsh => ZSH,
        Shell::Fish => FISH,
    };
    template.replace("@NAME@", program.name()).into_bytes()
}

/// bash replaces only `$2`, which begins after the last `=` or `:` of the current word. mssh gives the
/// text for that, quoted.
const BASH: &str = r#"# bash completion for @NAME@: source this file, or put it where bash-completion finds it.
_@NAME@() {
    local files word found=()
    while IFS= read -r word; do
        found+=("$word")
    done < <("$1" --complete-line "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    files=${found[0]-}
    COMPREPLY=("${found[@]:1}")
    for word in "${COMPREPLY[@]}"; do
        [[ $word != *[=:/] ]] || compopt -o nospace 2>/dev/null
    done
    if [[ $files == files && ${#COMPREPLY[@]} == 0 ]]; then
        compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$2"))
    elif [[ $files == files ]]; then
        while IFS= read -r word; do
            [[ -d $word ]] && word=$word/ || word="$word "
            COMPREPLY+=("$word")
        done < <(compgen -f -- "$2")
    fi
}
complete -F _@NAME@ @NAME@
"#;

const ZSH: &str = r#"#compdef @NAME@
# zsh completion for @NAME@: put this file, as _@NAME@, into a directory in $fpath.
_@NAME@() {
    local -a found plain plain_shown open open_shown typed
    local line word shown files ret=1
    (( CURRENT > 2 )) && typed=("${(@Q)words[2,CURRENT-1]}")
    found=("${(@f)$("$words[1]" --complete "${(@)typed}" "${(Q)PREFIX}" 2>/dev/null)}")
    files=$found[1]
    for line in "${(@)found[2,-1]}"; do
        word=${line%%$'\t'*}
        shown=$word
        [[ $line != *$'\t'* ]] || shown="$word  -- ${line#*$'\t'}"
        if [[ $word == *[=:/] ]]; then
            open+=("$word") open_shown+=("$shown")
        else
            plain+=("$word") plain_shown+=("$shown")
        fi
    done
    (( $#plain )) && compadd -l -d plain_shown -a plain && ret=0
    (( $#open )) && compadd -S '' -d open_shown -a open && ret=0
    [[ $files == files ]] && _files && ret=0
    return ret
}

if [ "$funcstack[1]" = "_@NAME@" ]; then
    _@NAME@ "$@"
else
    compdef _@NAME@ @NAME@
fi
"#;

const FISH: &str = r#"# fish completion for @NAME@: put this file into ~/.config/fish/completions.
function __@NAME@_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    # Without its quotes, the last of which may be missing.
    set -l raw (commandline -ct)
    set -l current (string unescape -- $raw; or string unescape -- $raw\'; or string unescape -- $raw\")
    $program --complete $words "$current" 2>/dev/null
end
complete -c @NAME@ -f -a '(__@NAME@_complete | tail -n +2)'
complete -c @NAME@ -F -n '__@NAME@_complete | head -n 1 | string match -q files'
"#;
