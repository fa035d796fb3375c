#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clean_room.sh TREE DEB...: a minimal Debian below TREE, of this machine's release and from this machine's mirror, with
# these packages installed by apt. As root. What it mounts is gone when it ends, however it ends: it mounts in a namespace of its own.
set -eu
if [ "${CLEAN_ROOM_NAMESPACE:-}" != own ]; then
  CLEAN_ROOM_NAMESPACE=own exec unshare --mount "$0" "$@"
fi
tree=$1
shift
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016  # apt's own placeholders
mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
  sed -n "s/^$release //p" | head -n 1)
# shellcheck disable=SC2086  # without a mirror debootstrap takes Debian's
debootstrap --variant=minbase "$release" "$tree" $mirror
mount -t proc proc "$tree/proc"
mkdir -p "$tree/packages"
cp "$@" "$tree/packages/"
export DEBIAN_FRONTEND=noninteractive
chroot "$tree" apt-get -qq update
chroot "$tree" sh -c 'apt-get -qq install -y --no-install-recommends /packages/*.deb'
