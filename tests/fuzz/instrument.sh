#!/bin/sh
# rustc for a fuzzing build (RUSTC_WORKSPACE_WRAPPER): what is to be watched is compiled with libFuzzer's
# counters, the rest as always. So the dependencies need not be built a second time.
set -eu
case " $* " in
*" --crate-name taskchat_edge "* | *" --crate-name path "* | *" --crate-name query "* | *" --crate-name json "*)
    exec "$@" -Cpasses=sancov-module -Ccodegen-units=1 \
        -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
        -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
*) exec "$@" ;;
esac
