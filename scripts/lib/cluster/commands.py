"""What each word on the command line does."""

import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import asdict
from pathlib import Path

from cluster import assemble, picture, view
from cluster.errors import ToolError, UsageError
from cluster.processes import BUS_OFFSET, STATE_FILE, Cluster, Node

ROOT = Path(__file__).resolve().parents[3]
OWN_SERVER = ROOT / "build" / "release" / "bin" / "grapevine-server"
HIGHEST_PORT = 65535 - BUS_OFFSET
DEFAULT_DIRECTORY = "cluster"
DEFAULT_SHAPE = {"nodes": 6, "replicas": 1, "port": 7001}


def start(options):
    """Makes a cluster, or starts the one in the directory again."""
    if Cluster.exists(options.dir):
        return _start_again(options)
    cluster = new_cluster(options)
    started = time.monotonic()
    try:
        cluster.launch(cluster.nodes)
        assemble.assemble(cluster)
    except (ToolError, KeyboardInterrupt):
        cluster.stop(cluster.nodes, patience=2)
        (cluster.directory / STATE_FILE).unlink(missing_ok=True)
        raise
    seconds = time.monotonic() - started
    print(f"{len(cluster.nodes)} nodes are one cluster after {seconds:.2f} s "
          f"({Path(cluster.server).name}, data and logs in {options.dir})")
    return status(options)


def new_cluster(options):
    """The cluster that the options describe; nothing is started yet."""
    given = {name: getattr(options, name) for name in DEFAULT_SHAPE}
    count, replicas, port = (DEFAULT_SHAPE | {k: v for k, v in given.items() if v is not None}).values()
    if replicas < 0 or count % (1 + replicas) or count // (1 + replicas) < 3:
        raise UsageError(f"{count} nodes with {replicas} replicas per primary do not make a cluster: "
                         f"it takes three primaries or more, so for example "
                         f"--nodes {3 * (1 + max(0, replicas))} --replicas {max(0, replicas)}")
    if not 1 <= port <= HIGHEST_PORT - count + 1:
        raise UsageError(f"port {port} is out of range: the cluster bus needs port + "
                         f"{BUS_OFFSET}, so at most {HIGHEST_PORT - count + 1}")
    nodes = [Node(1 + index, port + index) for index in range(count)]
    _refuse_unfinished_data(options.dir, nodes)
    return Cluster(Path(options.dir), find_server(options.server), replicas,
                   options.server_options, nodes=nodes)


def find_server(name):
    """The absolute path of the program that --server means."""
    found = shutil.which(name or str(OWN_SERVER))
    if found:
        return os.path.abspath(found)
    if name:
        raise ToolError(f"there is no program '{name}'")
    raise ToolError(f"{OWN_SERVER.relative_to(ROOT)} is not there; run scripts/build")


def _refuse_unfinished_data(directory, nodes):
    for node in nodes:
        if (Path(directory) / str(node.port)).exists():
            raise ToolError(f"{directory}/{node.port} holds data of a cluster that was not finished; "
                            "scripts/cluster clean removes it")


def _start_again(options):
    cluster = Cluster.load(options.dir)
    if running := cluster.alive():
        raise ToolError(f"{len(running)} of {len(cluster.nodes)} nodes of the cluster in "
                        f"{options.dir} are running; scripts/cluster status shows them, "
                        "scripts/cluster restart N starts a dead one")
    _refuse_another_shape(cluster, options)
    started = time.monotonic()
    cluster.launch(cluster.nodes)
    assemble.wait_until_whole(cluster)
    print(f"{len(cluster.nodes)} nodes with the data in {options.dir} are one cluster again after "
          f"{time.monotonic() - started:.2f} s")
    return status(options)


def _refuse_another_shape(cluster, options):
    shape = {"nodes": len(cluster.nodes), "replicas": cluster.replicas,
             "port": cluster.nodes[0].port}
    for name, value in shape.items():
        if getattr(options, name) not in (None, value):
            raise UsageError(f"the cluster in {options.dir} has --{name} {value}; to make another "
                             "one there, run scripts/cluster clean first, or choose another --dir")
    if options.server:
        cluster.server = find_server(options.server)
    if options.server_options:
        cluster.options = options.server_options


def stop(options):
    cluster = Cluster.load(options.dir)
    stubborn = cluster.stop(cluster.nodes)
    for node in stubborn:
        print(f"node {node.number} did not end when asked and was killed")
    print(f"stopped; the data stays in {options.dir}")
    return 0


def status(options):
    cluster = Cluster.load(options.dir)
    report = view.report(cluster)
    if getattr(options, "json", False):
        facts = {"health": report.health, "slots": report.slots_served, "server": cluster.server,
                 "nodes": [asdict(node) | {"lag": report.lag(node)} for node in report.nodes]}
        print(json.dumps(facts, indent=1))
    else:
        picture.show(report, str(options.dir))
    return 0 if report.health == "ok" else 1


def kill(options):
    return _signal(options, signal.SIGKILL, "killed")


def pause(options):
    return _signal(options, signal.SIGSTOP, "paused")


def resume(options):
    return _signal(options, signal.SIGCONT, "resumed")


def _signal(options, number, done):
    node = Cluster.load(options.dir).node(options.node)
    if node.state() == "dead":
        raise ToolError(f"node {node.number} is not running; "
                        f"scripts/cluster restart {node.number} starts it")
    node.signal(number)
    print(f"{done} node {node.number} (port {node.port}, process {node.pid})")
    return 0


def restart(options):
    """Ends the node if it runs and starts it with the data it left."""
    cluster = Cluster.load(options.dir)
    node = cluster.node(options.node)
    cluster.stop([node])
    cluster.launch([node])
    print(f"started node {node.number} (port {node.port}, process {node.pid})")
    return 0


def logs(options):
    cluster = Cluster.load(options.dir)
    command = ["tail", "-n", "+1", *(["-f"] if options.follow else []),
               str(cluster.log_of(cluster.node(options.node)))]
    try:
        return subprocess.run(command).returncode
    except KeyboardInterrupt:
        return 130


def clean(options):
    """Removes only what `start` has made."""
    directory = Path(options.dir)
    if Cluster.exists(directory):
        cluster = Cluster.load(directory)
        cluster.stop(cluster.nodes, patience=2)
    for log in directory.glob("*/node.log"):
        shutil.rmtree(log.parent)
    (directory / STATE_FILE).unlink(missing_ok=True)
    if directory.exists() and not any(directory.iterdir()):
        directory.rmdir()
    print(f"removed the cluster in {directory}")
    return 0
