"""Moving slots by hand, step by step, as redis-cli does."""

from tests.support.cluster import node_id


def slot_of(node, key):
    return node.call("CLUSTER", "KEYSLOT", key)


def open_slot(slot, source, target):
    """From now on `source` sends those who ask for missing keys to `target`."""
    target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", node_id(source))
    source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", node_id(target))


def move_keys(slot, source, target):
    """All keys that are there now, one by one."""
    while keys := source.call("CLUSTER", "GETKEYSINSLOT", slot, 10):
        for key in keys:
            source.call("MIGRATE", target.host, target.port, key, 0, 5000)


def close_slot(slot, source, target, *others):
    """`target` owns it; both know, and the others that are named."""
    for node in (target, source, *others):
        node.call("CLUSTER", "SETSLOT", slot, "NODE", node_id(target))


def move_slot(slot, source, target, *others):
    open_slot(slot, source, target)
    move_keys(slot, source, target)
    close_slot(slot, source, target, *others)


def move_slot_by_copies(slot, source, target, *others):
    """The same for a server without MIGRATE."""
    open_slot(slot, source, target)
    copy_keys(slot, source, target)
    close_slot(slot, source, target, *others)


def copy_keys(slot, source, target):
    """All keys that are there now, one by one, without MIGRATE."""
    with source.connect() as at_source, target.connect() as at_target:
        while keys := at_source.call("CLUSTER", "GETKEYSINSLOT", slot, 10):
            for key in keys:
                while not _copied(key, at_source, at_target):
                    pass


def _copied(key, at_source, at_target):
    """False when the key was changed meanwhile: then it is still where it was."""
    at_source.call("WATCH", key)
    content = at_source.ask("DUMP", key)
    if not isinstance(content, str):  # Nothing any more: whoever asks is sent to the target.
        return at_source.call("UNWATCH") == "OK"
    at_target.call("ASKING")
    at_target.call("RESTORE", key, 0, content.encode("utf-8", "surrogateescape"), "REPLACE")
    at_source.call("MULTI")
    at_source.call("DEL", key)
    return at_source.call("EXEC") is not None
