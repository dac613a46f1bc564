#!/bin/sh
# The main job, shown on the seeds in a ledger that is gone afterwards: file claims, ask where
# one comes from, read who contradicts whom, check that nothing was changed. `make demo` runs
# it; it needs the command `wherefrom` and nothing else.
set -eu

seeds=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$folder"
ln -s "$seeds" seeds
unset WHEREFROM_DB
export WHEREFROM_STATE="$folder/state"

say() {
    printf '\n%s\n\n' "$1"
}

type_and_run() {
    printf '$ %s\n' "$1"
    eval "$1"
}

say "1. File claims: 168, read from three news texts, each with source and date."
type_and_run 'wherefrom import seeds/*.jsonl'

say "2. Where does the figure of at least 3,428 dead protesters come from?"
type_and_run 'wherefrom trace 3428'

say "3. Which sources contradict each other?"
type_and_run 'wherefrom contradictions'

say "4. Is everything as it was recorded?"
type_and_run 'wherefrom verify'

cat <<'END'

Next, in a ledger of your own (here, after `. .venv/bin/activate`):

  wherefrom import seeds/*.jsonl   the same claims, in wherefrom.db
  wherefrom trace Rubio            every claim that names him, with its trail
  wherefrom history "US–Iran talks of February 2026" agenda
                                   what each party has asked for, over time
  wherefrom add                    file a claim of your own; it asks you for it
  wherefrom --help                 all commands
END
