#!/bin/sh
# Has cargo do something with the flags of the binary that is shipped: `build` it, or in the image, `chef cook` its dependencies.
# The Dockerfile and the step `image` of deploy/test.sh both call this, so that CI builds what the image has.
set -eu
exec cargo "$@" --release --locked --package connectus
