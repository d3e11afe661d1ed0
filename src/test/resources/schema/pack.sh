#!/bin/sh
# Adds the SQL of a schema version to releases.tar.xz, for UpgradeIT: VERSION-COMMIT/sql/pgq and sql/londiste. Run it in the
# project's directory for the first commit that has a new version:
#   src/test/resources/schema/pack.sh 12-e8fc598
# Versions 1 and 2 came with the same commit; 00 is the last one before versions were compared, and 09 is from a time when it did
# not include 08, which is from another branch.
set -e
archive=src/test/resources/schema/releases.tar.xz
directory=$(mktemp -d)
tar -xJf "$archive" -C "$directory"
git archive --prefix="$1/" "${1#*-}" sql/pgq sql/londiste | tar -x -C "$directory"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=a+rX,u+w,go-w \
  -cJf "$archive" -C "$directory" $(ls "$directory")
rm -r "$directory"
