#!/bin/bash
# The guard: fences containers whose lease has ended, whatever has become of the agent. Bash alone, no other program
# while it runs: nothing is started, loaded or read from a disk when it matters. Usage: guard.bash DIRECTORY, which
# must be on a tmpfs.
#
# Reads lines from DIRECTORY/commands, a FIFO. Each ends with " .", or it is not believed:
#   deadline NANOS .          not to be fenced before this CLOCK_BOOTTIME; an older one changes nothing
#   fence NUMBER GROUP… .     the control groups that must stand still at the deadline, in place of those before
#   free NUMBER GROUP… .      these go on without a guard
#   kill NUMBER GROUP… .      these are fenced from now on, and are not in the list any more
# Writes DIRECTORY/process: `VERSION PID START .`, START as in /proc/PID/stat, and
# DIRECTORY/state: `list NUMBER deadline NANOS fenced TIMES nanos LONGEST refused TIMES .`, NUMBER of the last command
# that had one, LONGEST of the last half hour at least and of the last hour at most, and DIRECTORY/groups: `GROUP… .`, those in the list.
#
# A group is a path below a freezer, that may not exist yet. It is let go only while it is in the list and the deadline
# is to come; otherwise it stands still, so that what starts in it too late never runs.
# Control groups of version 1 (kernel documentation: cgroup-v1/freezer-subsystem) or 2 (cgroup-v2).

set -u
LC_ALL=C
cd / || exit 1

now=0         # CLOCK_BOOTTIME, no earlier than it is
deadline=0
list=0        # number of the present list
groups=()
doomed=()     # what is killed whatever the deadline is, until it is empty
fenced=0      # how often
begun=0       # when the fencing began that is not over; 0: there is none
longest=0     # nanoseconds from the beginning of a fencing until its groups were empty, in this half hour
former=0      # the same in the half hour before
turned=0      # when this half hour began
refused=0     # how often groups were not empty in time
held=0        # whether the groups stand still
idle_since=0
pending=''

readonly VERSION=3               # of what is above; the agent replaces a guard of another one
readonly TICK=10000000           # /proc/uptime counts in hundredths of a second: what it shows has been for so long
readonly PATIENCE=5000000000     # for one attempt to empty the groups
readonly IDLE=30000000000        # an empty list for so long, and nobody needs a guard
readonly LOOK=50000000           # how often it looks at groups that stand still
readonly SUSPECT=200000000       # how often it looks whether the machine was suspended
readonly HALF_HOUR=1800000000000

look_at_clock() {
  local uptime rest
  read -r uptime rest </proc/uptime
  now=$((10#${uptime/./} * TICK + TICK))
}

# Bash's own waiting: starts no `sleep`. Nothing is ever written there.
pause() { read -r -t "$1" -u "$quiet" || true; }

say() {
  if ((now - turned > HALF_HOUR)); then
    former=$longest
    longest=0
    turned=$now
  fi
  printf 'list %d deadline %d fenced %d nanos %d refused %d .\n' \
    "$list" "$deadline" "$fenced" "$((longest > former ? longest : former))" "$refused" >"$directory/state"
}

# Before the command is acknowledged: an agent that starts anew finds what the one before had guarded.
say_groups() {
  local text
  printf -v text '%s ' "${groups[@]}" .
  printf '%s\n' "${text% }" >"$directory/groups"
}

freeze() {
  if [[ -e $1/freezer.state ]]; then
    echo FROZEN >"$1/freezer.state"
  elif [[ -e $1/cgroup.freeze ]]; then
    echo 1 >"$1/cgroup.freeze"
  fi 2>/dev/null
}

thaw() {
  if [[ -e $1/freezer.state ]]; then
    echo THAWED >"$1/freezer.state"
  elif [[ -e $1/cgroup.freeze ]]; then
    echo 0 >"$1/cgroup.freeze"
  fi 2>/dev/null
}

# Sets `pids`: the processes of a group and of those in it.
look_into() {
  local line child
  if [[ -e $1/cgroup.procs ]]; then
    while read -r line; do pids+=("$line"); done <"$1/cgroup.procs"
  fi 2>/dev/null
  for child in "$1"/*/; do
    [[ ! -e ${child}cgroup.procs ]] || look_into "${child%/}"
  done
}

# Lets go of a group and of those in it, which somebody may have frozen by themselves.
thaw_all() {
  local child
  thaw "$1"
  for child in "$1"/*/; do
    [[ ! -e ${child}freezer.state ]] || thaw_all "${child%/}"
  done
}

# Sends the signal to all. With version 1 it arrives when the group is thawed, before anything else of it runs.
slay() {
  pids=()
  look_into "$1"
  if ((${#pids[@]} > 0)); then
    if [[ -e $1/cgroup.kill ]]; then
      echo 1 >"$1/cgroup.kill"
    fi 2>/dev/null
    kill -KILL "${pids[@]}" 2>/dev/null
    [[ ! -e $1/freezer.state ]] || thaw_all "$1"
    return 1
  fi
}

# Notes how long the fencing has taken so far: by the clock of the lease, which nobody sets.
measure() {
  local took=$((now - begun + TICK))
  ((took <= longest)) || longest=$took
}

# Freezes all groups, then kills until they are empty, and leaves them standing still.
fence() {
  local group left killed=0 tried
  look_at_clock
  tried=$now
  ((begun)) || begun=$now
  for group in "${groups[@]}"; do freeze "$group"; done
  held=1
  while :; do
    left=0
    for group in "${groups[@]}"; do
      slay "$group" || left=1
    done
    look_at_clock
    ((left == 0)) && break
    killed=1
    if ((now - tried > PATIENCE)); then
      refused=$((refused + 1))
      measure
      say
      return
    fi
    pause 0.001
    for group in "${groups[@]}"; do freeze "$group"; done
  done
  if ((killed || now - begun > PATIENCE)); then
    fenced=$((fenced + 1))
    measure
    say
  fi
  begun=0
}

# One attempt to empty what is doomed; what is empty stands still.
doom() {
  local group left=()
  for group in "${doomed[@]}"; do
    freeze "$group"
    slay "$group" || left+=("$group")
  done
  ((${#left[@]} == ${#doomed[@]})) || fenced=$((fenced + 1))
  doomed=("${left[@]}")
}

# Takes groups off the list.
drop() {
  local group kept=()
  for group in "${groups[@]}"; do
    [[ " $* " == *" $group "* ]] || kept+=("$group")
  done
  groups=("${kept[@]}")
  look_at_clock
  idle_since=$now
}

# Takes a whole line.
obey() {
  local words group last before kept=()
  read -r -a words <<<"$1" || return 0
  ((${#words[@]} >= 3)) || return 0
  last=$((${#words[@]} - 1))
  [[ ${words[last]} == . && ${words[1]} =~ ^[0-9]{1,18}$ ]] || return 0
  case ${words[0]} in
    deadline)
      if ((words[1] > deadline)); then
        deadline=${words[1]}
        look_at_clock
        if ((held && now < deadline)); then
          for group in "${groups[@]}"; do thaw "$group"; done
          held=0
          begun=0
        fi
      fi
      ;;
    fence)
      # What leaves the list stands still until it is gone.
      for group in "${groups[@]}"; do
        [[ " $1 " == *" $group "* ]] || freeze "$group"
      done
      before=" ${groups[*]} "
      ((held == 0)) || before=''
      groups=("${words[@]:2:last-2}")
      list=${words[1]}
      for group in "${doomed[@]}"; do
        [[ " $1 " == *" $group "* ]] || kept+=("$group")
      done
      doomed=("${kept[@]}")
      look_at_clock
      idle_since=$now
      held=0
      if ((now < deadline)); then begun=0; else held=1; fi
      for group in "${groups[@]}"; do
        # One that goes on being let go is not touched: somebody may have it stand still for a moment.
        if ((held)); then freeze "$group"; elif [[ $before != *" $group "* ]]; then thaw "$group"; fi
      done
      say_groups
      ;;
    free | kill)
      drop "${words[@]:2:last-2}"
      list=${words[1]}
      if [[ ${words[0]} == kill ]]; then
        doomed+=("${words[@]:2:last-2}")
        doom
      else
        for group in "${words[@]:2:last-2}"; do thaw "$group"; done
      fi
      say_groups
      ;;
    *) return 0 ;;
  esac
  say
}

# How long to wait for a line: until the deadline, or until groups are looked at again.
until_next() {
  local nanos=$LOOK
  if ((${#doomed[@]} > 0)); then
    nanos=$TICK
  elif ((${#groups[@]} == 0)); then
    nanos=$((idle_since + IDLE - now))
    printf -v wait '%d' $((nanos / 1000000000 + 1))
    return
  elif ((now < deadline)); then
    nanos=$((deadline - now))
  fi
  ((nanos >= TICK)) || nanos=$TICK
  # Bash's timer stands still while the machine is suspended: it looks at the clock often enough to notice.
  ((nanos < SUSPECT)) || nanos=$SUSPECT
  printf -v wait '%d.%09d' $((nanos / 1000000000)) $((nanos % 1000000000))
}

main() {
  directory=$1
  exec {commands}<>"$directory/commands" {quiet}<>"$directory/quiet"
  echo -1000 2>/dev/null >/proc/self/oom_score_adj || true
  # The agent's signals are not the guard's: a terminal's, or those of a session that ends.
  trap '' HUP INT QUIT TERM PIPE
  local stat=()
  local line wait
  read -r line </proc/$$/stat
  read -r -a stat <<<"${line##*) }"
  printf '%d %d %s .\n' "$VERSION" $$ "${stat[19]}" >"$directory/process"
  look_at_clock
  idle_since=$now
  say
  while :; do
    ((${#doomed[@]} == 0)) || doom
    look_at_clock
    if ((${#groups[@]} + ${#doomed[@]} == 0)); then
      ((now - idle_since < IDLE)) || exit 0
    elif ((${#groups[@]} > 0 && now >= deadline)); then
      fence
      look_at_clock
    fi
    until_next
    line=''
    # Where its time is over as it has read the end of a line, `read` gives the line as if it had not ended.
    if IFS= read -r -t "$wait" -u "$commands" line || [[ $pending$line == *' .' ]]; then
      obey "$pending$line"
      pending=''
    else
      pending+=$line
    fi
  done
}

main "$@"
exit
