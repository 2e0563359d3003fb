/** The shells for which there is a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

// What was typed is passed on as arguments and never evaluated: a line may hold anything.

const BASH = `# Completion of reval in bash. For this shell: source <(reval completion bash)
_reval_complete() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    if [[ $line == :directories ]]; then
      compopt -o filenames 2>/dev/null
      local IFS=$'\\n'
      COMPREPLY=($(compgen -d -- "\${COMP_WORDS[COMP_CWORD]}"))
      return
    fi
    COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _reval_complete reval
`

const ZSH = `#compdef reval
# Completion of reval in zsh. For this shell: source <(reval completion zsh)
_reval() {
  local line text
  local -a found
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :directories ]]; then
      _files -/
      return
    fi
    text=\${line%%$'\\t'*}
    found+=("\${text//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe reval found
}
if [[ \${funcstack[1]} == _reval ]]; then
  _reval "$@"
else
  compdef _reval reval
fi
`

const FISH = `# Completion of reval in fish. For this shell: reval completion fish | source
function __reval_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l program $words[1]
  set -e words[1]
  set -l found ($program complete -- $words "$current" 2>/dev/null)
  if test "$found[1]" = ':directories'
    __fish_complete_directories "$current" ''
  else
    printf '%s\\n' $found
  end
end
complete -c reval -f -a '(__reval_complete)'
`

export const SHELL_SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
