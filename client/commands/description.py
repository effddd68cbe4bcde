"""Reads commands.txt and facts.txt."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_ARGUMENT = re.compile(r"\[[^\]]*\]|\([^)]*\)\S*|\S+")


@dataclass
class Fact:
    name: str
    keys: str
    traits: list


@dataclass
class Argument:
    """`kind`: text, integer, real, key, word, count, texts, keys, pairs or options."""
    kind: str
    name: str


@dataclass
class Command:
    method: str
    name: str  # "GET", "OBJECT ENCODING".
    arguments: list
    reply: str
    summary: str
    family: str


def lines(path):
    for line in path.read_text().splitlines():
        if line.strip() and not (line.startswith("#") and not line.startswith("##")):
            yield line


def read_facts(path=FOLDER / "facts.txt"):
    facts = {}
    for line in lines(path):
        name, keys, *traits = line.split()
        facts[name] = Fact(name, keys, traits)
    return facts


def read_commands(facts, path=FOLDER / "commands.txt"):
    family = ""
    for line in lines(path):
        if line.startswith("## "):
            family = line[3:]
            continue
        method, sent, reply, summary = [part.strip() for part in line.split("|", 3)]
        words = _ARGUMENT.findall(sent)
        size = 2 if len(words) > 1 and f"{words[0]}|{words[1]}" in facts else 1
        arguments = [_argument(word) for word in words[size:]]
        yield Command(method, " ".join(words[:size]), arguments, reply, summary, family)


def _argument(text):
    if text.startswith("["):
        return Argument("options", text[1:-1])
    if text.startswith("("):
        return Argument("pairs", "keys_and_values")
    if text.startswith("#"):
        return Argument("count", text[1:])
    if text.startswith("@"):
        many = text.endswith("...")
        return Argument("keys" if many else "key", text[1:].removesuffix("..."))
    if text.isupper():
        return Argument("word", text)
    if text.endswith("..."):
        return Argument("texts", text.removesuffix("..."))
    name, _, kind = text.partition(":")
    return Argument(kind or "text", name)
