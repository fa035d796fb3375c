#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clean_room.sh TREE DEB...: a minimal Debian 12 below TREE from Debian's mirror, with these packages installed by apt.
# As root. What it mounts is gone when it ends, however it ends: it mounts in a namespace of its own.
set -eu
if [ "${CLEAN_ROOM_NAMESPACE:-}" != own ]; then
  CLEAN_ROOM_NAMESPACE=own exec unshare --mount "$0" "$@"
fi
tree=$1
shift
debootstrap --variant=minbase bookworm "$tree"
mount -t proc proc "$tree/proc"
mkdir -p "$tree/packages"
cp "$@" "$tree/packages/"
export DEBIAN_FRONTEND=noninteractive
chroot "$tree" apt-get -qq update
chroot "$tree" sh -c 'apt-get -qq install -y --no-install-recommends /packages/*.deb'
