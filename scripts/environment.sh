# Sourced by the scripts at the root: finds a JDK, installs what is missing, says what it does.
# shellcheck shell=bash
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$home"

# With --help among a script's arguments: prints what is written above it, and ends.
tell_usage() {
  local argument
  for argument in "$@"; do
    case $argument in
      -h | --help)
        sed -n -e '1d' -e '/^#/!q' -e 's/^# \{0,1\}//p' "$home/${0##*/}"
        exit
        ;;
    esac
  done
}

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

# JAVA_HOME of a JDK 25 or newer: the one that is set, else one under /usr/lib/jvm, else Debian's package.
find_jdk() {
  local candidate version
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -x "$candidate/bin/javac" ] || continue
    # Asking the compiler itself takes half a second.
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release" 2>/dev/null || true)
    version=${version:-$("$candidate/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')}
    if [ "${version:-0}" -ge 25 ]; then
      export JAVA_HOME=$candidate
      return
    fi
  done
  if [ "$(id -u)" = 0 ] && apt-get install -y -qq openjdk-25-jdk-headless >/dev/null 2>&1; then
    find_jdk
    return
  fi
  echo "Flocker needs a JDK 25 or newer; none is set in JAVA_HOME, under /usr/lib/jvm or in this distribution." >&2
  echo "Install one (for example Temurin 25) and set JAVA_HOME." >&2
  exit 1
}

# Debian packages, installed only if one of them is missing.
need_packages() {
  local missing=()
  local package installed
  installed=$(dpkg-query -W -f='${Package} ${Status}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    [[ $'\n'$installed$'\n' == *$'\n'"$package install ok installed"$'\n'* ]] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" != 0 ]; then
    echo "Missing packages: ${missing[*]}. Install them, or run this as root." >&2
    exit 1
  fi
  say "Installing ${missing[*]}"
  apt-get update -qq
  # Services that packages would start are not wanted: what is needed is started by the scripts themselves.
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  local status=0
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || status=$?
  rm -f /usr/sbin/policy-rc.d
  return "$status"
}

need_build() { need_packages maven; find_jdk; }

need_engines() {
  need_packages docker.io docker-registry iptables btrfs-progs zfs-fuse haproxy iproute2 mmdebstrap busybox-static curl wrk fio rsync util-linux
}

