#!/bin/sh
# Makes the image every built engine stands on: a minimal system with a Java 17 runtime.
# Usage: build.sh IMAGE SUITE COMPONENTS MIRROR
#
# It is bootstrapped from the package mirror this machine already uses, because it is only
# built where no image registry can be reached.
set -eu

image=$1
suite=$2
components=$3
mirror=$4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

debootstrap --variant=minbase --components="$components" \
  --include=openjdk-17-jre-headless,ca-certificates \
  "$suite" "$work/root" "$mirror"

# The package lists and archives are a third of the size and nothing in a container reads them.
tar -C "$work/root" \
  --exclude='./var/cache/apt/archives/*.deb' \
  --exclude='./var/lib/apt/lists/*' \
  --exclude='./usr/share/doc/*' \
  --exclude='./usr/share/man/*' \
  --exclude='./usr/share/locale/*' \
  -c . | docker import - "$image"
