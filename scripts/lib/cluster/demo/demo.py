"""The story that scripts/cluster demo tells, step by step."""

import shlex
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from cluster import commands, picture, view
from cluster.demo import words as data
from cluster.demo.probe import Probe
from cluster.demo.progress import Bar, Line
from cluster.demo.traffic import Traffic
from cluster.errors import ToolError
from cluster.processes import Cluster
from cluster.resp import slot_of

TRAFFIC_SECONDS = 5
LIVE_SECONDS = 0.25
FAILOVER_LIMIT_SECONDS = 90
SYNC_LIMIT_SECONDS = 90
FAVOURITE = b"grapevine"  # The primary that serves this word is the one that dies.


def run(options):
    prepare(options)
    started = time.monotonic()
    cluster = start(options)
    words = data.read_words()
    load(cluster, words)
    show_traffic(cluster, words)
    wait_for_replicas(cluster)
    victim = kill_a_primary(cluster, words)
    prove_nothing_is_lost(cluster, words)
    bring_back(cluster, victim, words)
    say_goodbye(cluster, time.monotonic() - started)
    return 0


def step(text):
    print(f"\n> {text}", flush=True)


def prepare(options):
    step("install what is missing, build what has changed")
    _run([commands.ROOT / "scripts" / "setup", "build", "demo"])
    if not options.server:
        _run([commands.ROOT / "scripts" / "build", "release", "grapevine-server"])


def _run(command):
    code = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL).returncode
    if code:
        raise ToolError(f"{Path(command[0]).name} failed with exit code {code}")


def start(options):
    """A new cluster. The one that an earlier demo has left running makes room."""
    step("start a cluster")
    if Cluster.exists(options.dir):
        if not Cluster.load(options.dir).from_demo:
            raise ToolError(f"there is a cluster in {options.dir} that no demo has made; "
                            "choose another --dir and --port, or run scripts/cluster clean first")
        commands.clean(options)
    commands.start(options)
    cluster = Cluster.load(options.dir)
    cluster.from_demo = True
    cluster.save()
    return cluster


def load(cluster, words):
    step(f"load {len(words):,} English words; the value of a word is its letters in order")
    bar = Bar("loaded", len(words))
    data.load(cluster, words, bar)
    bar.finish()
    picture.show(view.report(cluster), str(cluster.directory))


def show_traffic(cluster, words):
    step(f"{TRAFFIC_SECONDS} seconds of mixed traffic: 7 reads to 3 writes, a client per shard")
    line, started, total = Line(), time.monotonic(), 0
    with Traffic(cluster, words) as traffic:
        while (elapsed := time.monotonic() - started) < TRAFFIC_SECONDS:
            time.sleep(LIVE_SECONDS)
            before, total = total, traffic.answered()
            line.draw(f"{(total - before) / LIVE_SECONDS:9,.0f} requests/s  {total:,} answered  "
                      f"{TRAFFIC_SECONDS - elapsed:.0f} s left")
    line.finish(f"{total:,} requests answered, {total / TRAFFIC_SECONDS:,.0f} per second")
    if errors := sum((client.tally.errors for client in traffic.clients.values()), Counter()):
        raise ToolError(f"clients saw errors in a healthy cluster: {dict(errors)}")


def wait_for_replicas(cluster):
    step("wait until every replica has everything")
    started = time.monotonic()
    wait_for_sync(cluster)
    print(f"  in sync after {time.monotonic() - started:.2f} s")


def wait_for_sync(cluster):
    """The report in which all nodes are well and no replica has anything left to apply."""
    started = time.monotonic()
    while time.monotonic() - started < SYNC_LIMIT_SECONDS:
        report = view.report(cluster)
        if report.health == "ok" and all(report.lag(n) == 0 for n in report.nodes if n.primary):
            return report
        time.sleep(0.01)
    raise ToolError("the replicas did not catch up; scripts/cluster status shows how far they are")


def kill_a_primary(cluster, words):
    """Kills the primary of FAVOURITE under traffic and returns its node."""
    port = view.owners(cluster)[slot_of(data.key_of(FAVOURITE))]
    victim = next(node for node in cluster.nodes if node.port == port)
    step(f"kill -9 node {victim.number}, the primary of '{FAVOURITE.decode()}', under traffic")
    with Traffic(cluster, words) as traffic:
        time.sleep(1)
        with Probe(cluster, b"probe:{%b}" % data.key_of(FAVOURITE)) as probe:
            victim.signal(signal.SIGKILL)
            seconds, heir = probe.first_write(FAILOVER_LIMIT_SECONDS, besides=victim)
        print(f"  its slots took writes again after {1000 * seconds:,.0f} ms, "
              f"on node {heir.number} (port {heir.port})", flush=True)
        time.sleep(1)
    _tell_what_clients_saw(traffic, victim)
    total, lost = traffic.lost_writes(cluster)
    print(f"  of {total:,} keys that the clients wrote, {lost:,} lost a confirmed write"
          + (" (not copied yet when the primary died; WAIT 1 would have told)" if lost else ""))
    return victim


def _tell_what_clients_saw(traffic, victim):
    for port, client in sorted(traffic.clients.items()):
        tally = client.tally
        errors = ", ".join(f"{count:,} x {kind}" for kind, count in sorted(tally.errors.items()))
        print(f"  client of {'the lost shard' if port == victim.port else f'the shard of {port}'}: "
              f"{tally.answered:,} answers, longest pause {1000 * tally.longest_pause:,.0f} ms, "
              f"errors: {errors or 'none'}")


def prove_nothing_is_lost(cluster, words):
    step(f"read all {len(words):,} words again and compare every value")
    bar = Bar("compared", len(words))
    wrong = data.compare(cluster, words, bar)
    bar.finish()
    _judge(wrong, len(words))


def _judge(wrong, total):
    if wrong:
        sample = ", ".join(word.decode() for word in wrong[:5])
        raise ToolError(f"{len(wrong):,} of {total:,} words are missing or wrong, such as: {sample}")
    print(f"  all {total:,} are there and right")


def bring_back(cluster, victim, words):
    step(f"start node {victim.number} again: it finds its successor and becomes its replica")
    started = time.monotonic()
    cluster.launch([victim])
    report = wait_for_sync(cluster)
    me = next(node for node in report.nodes if node.number == victim.number)
    if not me.primary:
        raise ToolError(f"node {victim.number} came back as a primary")
    print(f"  a replica of node {me.primary}, in sync after {time.monotonic() - started:.2f} s")
    primary = next(node for node in cluster.nodes if node.number == me.primary)
    copied = data.by_owner(words, view.owners(cluster))[primary.port]
    bar = Bar("compared", len(copied))
    wrong = data.compare_copy(victim, copied, bar)
    bar.finish()
    _judge(wrong, len(copied))


def say_goodbye(cluster, seconds):
    step(f"done in {seconds:.0f} s; the cluster goes on running")
    picture.show(view.report(cluster), str(cluster.directory))
    port = cluster.nodes[1].port
    where = "" if str(cluster.directory) == commands.DEFAULT_DIRECTORY else (
        f" --dir {shlex.quote(str(cluster.directory))}")
    print(f"""
Try next:
  redis-cli -c -p {port} get word:{FAVOURITE.decode()}
  redis-cli -c -p {port} set hello world
  scripts/cluster kill 2{where} && scripts/cluster status{where}
  scripts/cluster restart 2{where}
  scripts/cluster clean{where}                  ends it and removes its data""")
