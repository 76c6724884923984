#!/bin/sh
# Install this bundle, or go back to the version before it. Asks no network; touches nothing outside the prefix, no data, no unit.
#   install.sh [--prefix /opt/vigie] [--python PROGRAM]    PREFIX/releases/VERSION, then PREFIX/current leads there
#   install.sh --rollback [--prefix /opt/vigie]            PREFIX/current leads to the version that it led to before
set -eu
umask 022
unset PYTHONPATH PYTHONHOME

prefix=/opt/vigie python="" back=""
fail() { echo "install.sh: $*" >&2; exit 1; }
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) [ $# -gt 1 ] || fail "--prefix needs a folder"; prefix=$2; shift 2 ;;
        --python) [ $# -gt 1 ] || fail "--python needs a program"; python=$2; shift 2 ;;
        --rollback) back=yes; shift ;;
        -h | --help) sed -n '2,4s/^# *//p' "$0"; exit 0 ;;
        *) fail "unknown: $1 (--help says what there is)" ;;
    esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
case $python in /* | "") ;; */*) python=$PWD/$python ;; esac
here=$(CDPATH="" cd -- "$(dirname -- "$0")" && pwd)

# A link is made beside the old one and takes its place in one step: there is no moment without it.
lead() { rm -f "$prefix/$1.new"; ln -s "$2" "$prefix/$1.new"; mv -T "$prefix/$1.new" "$prefix/$1"; }
leads() { readlink "$prefix/$1" 2>/dev/null || :; }
whole() { [ -n "$1" ] && [ -f "$prefix/$1/BUNDLE" ]; }
alone() { exec 9>"$prefix/.lock"; flock -n 9 || fail "another install.sh is at work in $prefix"; }

if [ -n "$back" ]; then
    [ -d "$prefix" ] || fail "there is no version to go back to in $prefix"
    alone
    now=$(leads current) before=$(leads previous)
    [ "$before" != "$now" ] || before=$(leads .back) # one that was ended between its two links goes on
    whole "$before" && [ "$before" != "$now" ] || fail "there is no version to go back to in $prefix"
    lead .back "$before"
    lead previous "$now"
    lead current "$before"
    rm -f "$prefix/.back"
    echo "$prefix/current is ${before#releases/} again (it was ${now#releases/}): restart its services"
    exit 0
fi

# Everything that can be wrong with the bundle or the machine, before anything changes.
cd "$here"
[ -f SHA256SUMS ] && [ -f facts ] || fail "this is no unpacked bundle: $here"
sha256sum --check --quiet --strict SHA256SUMS >&2 || fail "the bundle is damaged: a file above is not what it was made of"
fact() { sed -n "s/^$1=//p" facts; }
version=$(fact version) needed=$(fact python) machine=$(fact machine) kib=$(fact kib)
wheels=$(sed -n 's/^[0-9a-f]\{64\}  \(wheels\/[^ ]*\.whl\)$/\1/p' SHA256SUMS)
[ -n "$version" ] && [ -n "$wheels" ] || fail "this is no whole bundle: $here"
named=$python
if [ -n "$python" ]; then set -- "$python"; else set -- "python$needed" python3; fi
for python in "$@"; do
    command -v "$python" >/dev/null && found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || continue
    [ "$found" != "$needed" ] || break
done
[ "${found:-none}" = "$needed" ] || fail "this bundle is for Python $needed, and found was ${found:-none} (--python PROGRAM names one)"
[ "$(uname -m)" = "$machine" ] || fail "this bundle is for $machine, and this machine is $(uname -m)"
"$python" -c 'import venv, ensurepip' 2>/dev/null || fail "Python's venv module is missing; on Debian: apt-get install python$needed-venv"
# The desk is another account, and sees no home: a Python there starts for root alone.
for at in "$(command -v "$python")" "$("$python" -c 'import sys; print(sys.executable)')"; do
    [ "$(id -u)" = 0 ] || continue
    at=$(readlink -f -- "$at") hidden=""
    case $at in /home/*) hidden=/home ;; esac
    up=$at
    while up=$(dirname -- "$up") && [ "$up" != / ]; do [ -n "$(find "$up" -maxdepth 0 -perm -001)" ] || hidden=$up; done
    [ -n "$hidden" ] || continue
    why="$python is $at, and $hidden is closed to the account of the services"
    [ -n "$named" ] || fail "$why (--python PROGRAM names another; on Debian: apt-get install python$needed-venv)"
    echo "install.sh: $why: they will not start" >&2
    break
done
at=$prefix
while [ ! -d "$at" ]; do at=$(dirname -- "$at"); done
free=$(df -Pk -- "$at" | awk 'NR == 2 { print $4 }')
[ "$free" -ge "$kib" ] || fail "not enough room in $at: $((kib / 1024)) MiB are needed, $((free / 1024)) MiB are free"

mkdir -p -- "$prefix/releases"
prefix=$(CDPATH="" cd -- "$prefix" && pwd)
alone
release=$prefix/releases/$version
if whole "releases/$version"; then
    cmp -s SHA256SUMS "$release/BUNDLE" || fail "$version is installed from another bundle: give this one another version's number"
    echo "$version is installed already"
else
    # What an interrupted run left is no release: nothing leads there.
    rm -rf -- "$release"
    trap 'rm -rf -- "$release"' EXIT
    trap 'exit 130' HUP INT TERM
    echo "installing Vigie $version in $release"
    "$python" -m venv "$release"
    # shellcheck disable=SC2086  # the names of wheels have no spaces
    PIP_CONFIG_FILE=/dev/null "$release/bin/python" -m pip --isolated --disable-pip-version-check --no-cache-dir \
        install --quiet --no-index --no-deps $wheels
    [ "$("$release/bin/vigie" --version)" = "vigie $version" ] || fail "what was installed is not $version"
    "$release/bin/python" -c 'import vigie.app, centre.serving, training.serving' || fail "what was installed does not start"
    cp -R docs README.md CHANGELOG.md LICENCE install.sh "$release/"
    cp SHA256SUMS "$release/BUNDLE.part"
    sync -f "$release"
    mv "$release/BUNDLE.part" "$release/BUNDLE" # from here on it is whole
    trap - EXIT
fi
now=$(leads current)
if [ "$now" != "releases/$version" ]; then
    ! whole "$now" || lead previous "$now"
    lead current "releases/$version"
fi
echo "$prefix/current is Vigie $version: $prefix/current/docs/install.md says how it is started"
