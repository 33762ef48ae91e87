# shellcheck shell=dash
# Control group namespaces, bind mounts, and mount points with odd names.

JOB='cut -d: -f3 /proc/self/cgroup >place'

# in_group COMMAND: as the only process of the group /ns/work, in a mount namespace of its own;
# "$point" is a folder to mount things on.
in_group() {
  trap 'rmdir $C/ns/work $C/ns; echo "-memory -io" >$C/cgroup.subtree_control' EXIT
  echo '+memory +io' >$C/cgroup.subtree_control
  mkdir $C/ns $C/ns/work
  echo '+memory +io' >$C/ns/cgroup.subtree_control
  mkdir point
  within $C/ns/work unshare -m sh -ec "point=\$PWD/point; $1"
}

# reads PATH FILE: that the statistic's source is that file of the job's group
reads() {
  awk -v "path=$1" -v "file=$2" '
    index($0, "crunchstat: notice: scope own: " path "/crunchstat-") == 1 { scope = 1 }
    index($0, "crunchstat: notice: reading stats from " path "/crunchstat-") == 1 &&
      index($0, file) { found = 1 }
    END { exit !(scope && found) }' log
}

nothing_left() {
  [ -z "$(find $C -name 'crunchstat-*')" ]
  [ ! -d $C/ns ] || [ -z "$(cat $C/ns/work/cgroup.subtree_control)" ]
}

bind_mount() {
  in_group "mount --bind $C/ns \"\$point\"; umount $C
    exec crunchstat -log log sh -c '$JOB'"
  grep -Eqx '/ns/work/crunchstat-[0-9]+-[0-9]+' place
  reads "$PWD/point/work" /memory.stat
  nothing_left
}

blanks_in_the_mount_point() {
  in_group "point=\"\$point/a b	c\\\\d\"; mkdir \"\$point\"
    mount --bind $C/ns \"\$point\"; umount $C
    exec crunchstat -log log sh -c '$JOB'"
  grep -Eqx '/ns/work/crunchstat-[0-9]+-[0-9]+' place
  # What can't be printed is escaped in the log.
  grep -q 'scope own: .*/point/a b.*d/work/crunchstat-' log
  grep -q 'reading stats from .*/point/a b.*d/work/crunchstat-.*/memory.stat' log
  nothing_left
}

blanks_in_a_group() {
  trap 'rmdir "$C/an odd\group"; echo -memory >$C/cgroup.subtree_control' EXIT
  echo +memory >$C/cgroup.subtree_control
  mkdir "$C/an odd\\group" point
  within "$C/an odd\\group" unshare -m sh -ec "mount --bind '$C/an odd\\group' \$PWD/point
    umount $C; exec crunchstat -log log sh -c '$JOB'"
  grep -q '^/an odd\\group/crunchstat-' place
  reads "$PWD/point" /memory.stat
  nothing_left
}

# A container's view: its group is "/", and a fresh mount shows that.
namespace_with_a_mount_of_its_own() {
  in_group "exec cgroup-namespace sh -ec 'umount $C; mount -t cgroup2 none $C
    exec crunchstat -log log sh -c \"$JOB\"'"
  grep -Eqx '/crunchstat-[0-9]+-[0-9]+' place
  reads $C /memory.stat
  nothing_left
}

# Both are mounted: the one that shows the group serves.
namespace_beside_the_hosts_mount() {
  in_group "exec cgroup-namespace sh -ec 'mount -t cgroup2 none \"\$PWD/point\"
    exec crunchstat -scope own -log log sh -c \"$JOB\"'"
  reads "$PWD/point" /memory.stat
  nothing_left
}

# Only the host's mount is there, which shows more than the namespace has: it is not taken
# for the job's group.
namespace_with_the_hosts_mount_alone() {
  in_group "exec cgroup-namespace crunchstat -log log sh -c '$JOB'"
  [ "$(cat place)" = / ]
  not grep -q "from $C" log
  grep -q 'notice: scope tree: ' log
}

check 'a bind mount of a group above' bind_mount
check 'blanks, tabs and backslashes in the mount point' blanks_in_the_mount_point
check 'blanks and backslashes in the name of a group' blanks_in_a_group
check 'a namespace with a mount of its own' namespace_with_a_mount_of_its_own
check "a namespace's mount beside the host's" namespace_beside_the_hosts_mount
check "a namespace with the host's mount alone" namespace_with_the_hosts_mount_alone
