"""What ``run_apart`` starts in its tests: ``main`` does what its argument says."""

import os
import signal
import sys
import time

from digitlab.data.files.apart import limit_this_process


def main(arguments: list[str]) -> None:
    limit_this_process()
    match arguments[0]:
        case "echo":
            sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])
        case "wait":
            time.sleep(600)
        case "fill":
            sys.stdout.write(str(len(bytearray(1 << 31))))
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "compute too long":  # which ends with this signal
            os.kill(os.getpid(), signal.SIGXCPU)


if __name__ == "__main__":
    main(sys.argv[1:])
