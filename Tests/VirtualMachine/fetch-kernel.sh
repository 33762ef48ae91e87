#!/bin/bash
# Fetches the cloud kernel of a Debian suite from the mirror that this machine uses, and lays
# vmlinuz and the modules that the virtual machine needs into a folder. Nothing is installed,
# no privilege is needed. A folder that is there already is left as it is.
# usage: fetch-kernel.sh SUITE FOLDER
set -eu -o pipefail
suite=${1:?usage: fetch-kernel.sh SUITE FOLDER}
folder=${2:?usage: fetch-kernel.sh SUITE FOLDER}
[ ! -e "$folder/vmlinuz" ] || exit 0

# Disk, network, veth pairs, compressed swap, the bfq scheduler; and what they stand on.
modules='virtio virtio_ring virtio_pci virtio_pci_modern_dev virtio_pci_legacy_dev virtio_blk
  virtio_net net_failover failover veth zram zsmalloc lzo lzo-rle bfq'

rm -rf "$folder"
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"

# apt as it is configured here, proxies and keys included, but with one suite and folders of
# its own.
options=(-q -o APT::Sandbox::User=root -o Acquire::Retries=3 -o APT::Update::Error-Mode=any
  -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache")
found=
for mirror in $(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u); do
  echo "deb $mirror $suite main" >"$work/sources.list"
  if apt-get "${options[@]}" update >>"$work/log" 2>&1; then
    found=$mirror
    break
  fi
done
if [ -z "$found" ]; then
  cat "$work/log" >&2
  echo "no mirror of this machine's apt has the suite $suite" >&2
  exit 1
fi
name=$(apt-cache "${options[@]}" depends linux-image-cloud-amd64 |
  sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
[ -n "$name" ] || { echo "$suite has no linux-image-cloud-amd64" >&2; exit 1; }
(cd "$work" && apt-get "${options[@]}" download "$name" >/dev/null)

release=${name#linux-image-}
wanted=()
for module in $modules; do wanted+=("*/$module.ko" "*/$module.ko.xz"); done
# A module that this kernel has built in is no file: tar says so, and fails.
dpkg-deb --fsys-tarfile "$work"/*.deb |
  tar -x -C "$work" --wildcards './boot/vmlinuz-*' "${wanted[@]}" 2>/dev/null || true
into=$folder/lib/modules/$release
mkdir -p "$into"
find "$work/lib/modules" -name '*.ko*' -exec cp -t "$into" {} +
find "$into" -name '*.xz' -exec xz -d {} +
cp "$work/boot/vmlinuz-$release" "$folder/vmlinuz.part"
mv "$folder/vmlinuz.part" "$folder/vmlinuz"
