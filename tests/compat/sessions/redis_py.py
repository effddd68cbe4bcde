"""The session of session.mjs, played with python3-redis. Usage: redis_py.py PORT..."""

import os
import sys
import time

import redis
from redis.cluster import ClusterNode, RedisCluster

KEYS = 300
FAILOVER_SECONDS = int(os.environ["SESSION_FAILOVER_MS"]) / 1000


def reads_and_writes(cluster):
    assert cluster.set("greeting", "hello")
    assert cluster.get("greeting") == "hello"
    assert cluster.get("no such key") is None
    assert cluster.set("unicode", "Grüße, 葡萄")
    assert cluster.get("unicode") == "Grüße, 葡萄"
    assert cluster.delete("greeting") == 1
    assert [cluster.incr("counter") for _ in range(5)] == [1, 2, 3, 4, 5]
    try:
        cluster.incr("unicode")
        raise AssertionError("text was counted")
    except redis.ResponseError as error:
        assert "not an integer" in str(error)


def pipelines(cluster):
    """A pipeline of this client spans all nodes."""
    with cluster.pipeline() as pipeline:
        for i in range(100):
            pipeline.set(f"pipeline:{i}", i)
        for i in range(100):
            pipeline.get(f"pipeline:{i}")
        assert pipeline.execute() == [True] * 100 + [str(i) for i in range(100)]


def transactions(cluster):
    """python3-redis 4.3 has none for clusters: MULTI goes to the node of the slot."""
    node = cluster.get_node_from_key("{account}from")
    with cluster.get_redis_connection(node).pipeline(transaction=True) as transaction:
        transaction.set("{account}from", 10)
        transaction.decrby("{account}from", 3)
        transaction.incrby("{account}to", 3)
        assert transaction.execute() == [True, 7, 3]
    assert cluster.mget_nonatomic("{account}from", "{account}to") == ["7", "3"]


class Failover:
    """Writes on through a failover. Like any user it tries again when the client gives up. This
    version cannot read the map again when the node it last asked has died: it connects anew."""

    def __init__(self):
        self.cluster = connect()

    def play(self):
        self.write_all("before")
        print("steady", flush=True)
        assert sys.stdin.readline() == "killed\n"
        self.write_all("after")
        self.read_all("before")
        self.read_all("after")

    def write_all(self, prefix):
        for i in range(KEYS):
            self.until_done("set", f"{prefix}:{i}", i)

    def read_all(self, prefix):
        for i in range(KEYS):
            assert self.until_done("get", f"{prefix}:{i}") == str(i)

    def until_done(self, method, *arguments):
        deadline = time.monotonic() + FAILOVER_SECONDS
        while True:
            try:
                return getattr(self.cluster, method)(*arguments)
            except (redis.RedisError, redis.exceptions.RedisClusterException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
                self.connect_again()

    def connect_again(self):
        try:
            self.cluster = connect()
        except redis.exceptions.RedisClusterException:
            pass  # Not every slot is served yet: the old one stays for the next try.


def connect():
    nodes = [ClusterNode("127.0.0.1", int(port)) for port in sys.argv[1:]]
    return RedisCluster(startup_nodes=nodes, decode_responses=True, socket_timeout=2)


def main():
    cluster = connect()
    for scene in [reads_and_writes, pipelines, transactions]:
        scene(cluster)
    Failover().play()
    print("done", flush=True)


if __name__ == "__main__":
    main()
