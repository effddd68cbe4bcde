"""The command line of scripts/cluster."""

import argparse
import os
import sys

from cluster import commands
from cluster.demo import demo
from cluster.errors import ToolError

EXAMPLES = """examples:
  scripts/cluster demo                                the whole story in two minutes
  scripts/cluster start                               six nodes on ports 7001 to 7006
  scripts/cluster start --nodes 9 --replicas 2 -- --cluster-node-timeout 2000
  scripts/cluster start --server "$(command -v redis-server)"    the same with Redis
  scripts/cluster kill 1 && scripts/cluster status    lose a primary, see who took over

A node N is named by its number (1, 2, ...) or its port.
Exit codes: 0 done; 1 failed, or the cluster is not healthy; 2 wrong usage; 130 interrupted."""


def build_parser():
    parser = argparse.ArgumentParser(
        prog="scripts/cluster", epilog=EXAMPLES,
        description="Starts, breaks and mends a cluster of real processes on this machine.",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    words = parser.add_subparsers(dest="word", required=True, metavar="command")

    def word(name, help_text, node=False):
        one = words.add_parser(name, help=help_text, description=help_text)
        one.add_argument("--dir", default=commands.DEFAULT_DIRECTORY,
                         help="where data and logs are (%(default)s)")
        if node:
            one.add_argument("node", metavar="N", help="the node's number or port")
        return one

    for name, help_text in (("start", "make a cluster, or start a stopped one again"),
                            ("demo", "load real data, lose a primary, see that nothing is lost")):
        _add_shape(word(name, help_text))
    word("stop", "end all nodes and keep their data")
    word("status", "who is there and who owns what").add_argument(
        "--json", action="store_true", help="one JSON object for programs")
    word("kill", "end a node as a crash would (SIGKILL)", node=True)
    word("pause", "freeze a node (SIGSTOP)", node=True)
    word("resume", "let a frozen node go on (SIGCONT)", node=True)
    word("restart", "start a node again with its data", node=True)
    word("logs", "print the log of a node", node=True).add_argument(
        "-f", "--follow", action="store_true", help="and what is written from now on")
    word("clean", "end all nodes and remove their data")
    return parser


def _add_shape(parser):
    """No defaults here: a cluster that exists has a shape, and only a new one needs them."""
    shape = commands.DEFAULT_SHAPE
    parser.add_argument("--nodes", type=int, help=f"how many processes ({shape['nodes']})")
    parser.add_argument("--replicas", type=int, help=f"copies of each primary ({shape['replicas']})")
    parser.add_argument("--port", type=int, help=f"the first port ({shape['port']})")
    parser.add_argument("--server", help="the program to start (our own release build)")


def main(arguments):
    server_options = []
    if "--" in arguments:
        split = arguments.index("--")
        arguments, server_options = arguments[:split], arguments[split + 1:]
    parser = build_parser()
    options = parser.parse_args(arguments)
    if server_options and options.word not in ("start", "demo"):
        parser.error(f"'{options.word}' takes no options for the server after --")
    options.server_options = server_options
    try:
        run = demo.run if options.word == "demo" else getattr(commands, options.word)
        return run(options)
    except ToolError as error:
        print(f"scripts/cluster: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\ninterrupted; scripts/cluster status shows what is there", file=sys.stderr)
        return 130
    except BrokenPipeError:  # The reader of our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"scripts/cluster: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
