#!/bin/sh
# Packs the SQL of each schema version into releases.tar.xz, for UpgradeIT: VERSION-COMMIT/sql/pgq and sql/londiste. Run it in
# the project's directory, in a clone with history. A new schema version gets the first commit that has it. Versions 1 and 2
# came with the same commit; 00 is the last one before versions were compared, and 09 is from a time when it did not include 08, which is from another branch.
set -e
directory=$(mktemp -d)
for release in 00-769d776 02-1c7d241 03-48c4217 04-1441bfd 05-ce04b77 06-fd3892c 07-e8c9c03 08-9e71c43 09-ba99bb6 10-673fb32 11-41903e4; do
  git archive --prefix="$release/" "${release#*-}" sql/pgq sql/londiste | tar -x -C "$directory"
done
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=a+rX,u+w,go-w \
  -cJf src/test/resources/schema/releases.tar.xz -C "$directory" $(ls "$directory")
rm -r "$directory"
