#!/usr/bin/env python3
"""Writes grapevine/commands.h (the typed commands) and the table of facts about all commands."""

import argparse
from pathlib import Path

from description import read_commands, read_facts

_HEADER_START = """\
// Generated from client/commands/commands.txt: the typed commands.
#pragma once

#include <grapevine/arguments.h>
#include <grapevine/hash.h>
#include <grapevine/read.h>

namespace grapevine::client {

// A method per command, for whatever can run a Request: `Self` has call<T>(Request&&), and what
// that returns the methods return. A text is anything an Argument can be made of. Where several
// arguments may follow, each is a text, a pair, or a range of those.
template <typename Self>
class Commands {
public:
    // Any command of Redis 7.0 by its name; its keys are found by themselves. A name that is not
    // known is an error (USAGE): command_on() says where the command belongs.
    template <typename T = Value, typename... Parts>
    auto command(std::string_view name, const Parts&... parts) {
        Request request(name, arguments::count(parts...));
        arguments::add(request, parts...);
        find_keys(request);
        return self().template call<T>(std::move(request));
    }
    // Any command at all, for the node that serves `key`, which is not sent.
    template <typename T = Value, typename... Parts>
    auto command_on(const Argument& key, std::string_view name, const Parts&... parts) {
        Request request(name, arguments::count(parts...));
        arguments::add(request, parts...);
        request.belongs_with(key.text());
        return self().template call<T>(std::move(request));
    }
"""
_HEADER_END = """
private:
    Self& self() { return static_cast<Self&>(*this); }
};

}  // namespace grapevine::client
"""
_SIMPLE = {"integer": "std::int64_t", "real": "double", "flag": "bool", "value": "Value",
           "done": "void", "text": "T"}
# Reply: what the user's T is by default, and the type of the result.
_BY_USER = {"fields": ("Fields", "T"), "scored": ("std::string", "std::vector<std::pair<T, double>>"),
            "pair?": ("std::string", "std::optional<std::pair<std::string, T>>"),
            "entries": ("Fields", "std::vector<std::pair<std::string, T>>")}


def reply_type(reply):
    """The default of T, or nothing, and the type that call<> is asked for."""
    if reply in _BY_USER:
        return _BY_USER[reply]
    if reply == "stored":
        return None, "Stored<Options...>"
    plain = reply.rstrip("?")
    perhaps = reply != plain
    listed = plain not in _SIMPLE
    base = plain.removesuffix("s") if listed else plain
    text = _SIMPLE[base]
    if perhaps:
        text = f"std::optional<{text}>"
    if listed:
        text = f"std::vector<{text}>"
    return ("std::string" if base == "text" else None), text


_PARAMETERS = {"key": "const Argument& {}", "text": "const Argument& {}",
               "integer": "std::int64_t {}", "real": "double {}"}
_MANY = {"texts": ("Parts", "add"), "keys": ("Keys", "add_keys"), "pairs": ("Parts", "add_pairs")}
_ADD = {"key": "key({}.text())", "text": "add({})", "integer": "add({})", "real": "add({})",
        "word": 'add("{}")'}


class Method:
    def __init__(self, command, facts):
        self.command = command
        self.fact = facts[command.name.replace(" ", "|")]
        self.many = [a for a in command.arguments if a.kind in _MANY]
        self.options = [a for a in command.arguments if a.kind == "options"]
        assert len(self.many) + len(self.options) <= 1, command.method

    def text(self):
        default, result = reply_type(self.command.reply)
        parameters = [f"typename T = {default}"] if default else []
        parameters += [f"typename... {_MANY[a.kind][0]}" for a in self.many]
        parameters += ["typename... Options" for _ in self.options]
        out = [f"    // {self._sent()}", f"    // {self.command.summary}"]
        if parameters:
            out.append(f"    template <{', '.join(parameters)}>")
        out.append(f"    auto {self.command.method}({', '.join(self._signature())}) {{")
        if self.many:
            out.append(f'        static_assert(sizeof...({self.many[0].name}) > 0, "nothing is given");')
        out += [f"        arguments::allow<{a.name.replace(' ', ', ')}>(options...);" for a in self.options]
        out.append(f'        Request request("{self.command.name}", {self._size()}, {self._traits()});')
        out += [f"        {self._added(a)}" for a in self.command.arguments]
        call = f"self().template call<{result}>" 
        return "\n".join([*out, f"        return {call}(std::move(request));", "    }"]) + "\n"

    def _sent(self):
        names = {"word": "{}", "count": "number-of-{}", "options": "[{}]"}
        return " ".join([self.command.name] + [
            names.get(a.kind, "{} ..." if a.kind in _MANY else "{}").format(a.name)
            for a in self.command.arguments])

    def _signature(self):
        fixed = [_PARAMETERS[a.kind].format(a.name) for a in self.command.arguments
                 if a.kind in _PARAMETERS]
        return (fixed + [f"const {_MANY[a.kind][0]}&... {a.name}" for a in self.many] +
                ["Options... options" for _ in self.options])

    def _size(self):
        fixed = sum(a.kind in _ADD or a.kind == "count" for a in self.command.arguments)
        parts = [f"arguments::count({a.name}...)" for a in self.many]
        parts += ["arguments::size_of(options...)" for _ in self.options]
        return " + ".join(([str(fixed)] if fixed or not parts else []) + parts)

    def _traits(self):
        words = {a.name for a in self.command.arguments if a.kind == "word"}
        named = {t for t in self.fact.traits if t in ("reads", "blocks", "repeatable")}
        if "blocks_by_word" in self.fact.traits and "BLOCK" in words:
            named.add("blocks")
        if "repeatable_plain" in self.fact.traits and "GET" not in words:
            named.add("repeatable")
        conditional = any("Condition" in a.name for a in self.options)
        if "repeatable" in named and conditional:
            named.discard("repeatable")
            return "repeatable_unless_conditional<Options...>"
        return " | ".join(f"Trait::{t}" for t in sorted(named)) or "Trait::none"

    def _added(self, argument):
        if argument.kind in _MANY:
            return f"arguments::{_MANY[argument.kind][1]}(request, {argument.name}...);"
        if argument.kind == "options":
            return "(options.add_to(request), ...);"
        if argument.kind == "count":
            return f"request.add(arguments::count({argument.name}...));"
        return f"request.{_ADD[argument.kind].format(argument.name)};"


def header(facts, commands):
    out, family = [_HEADER_START], None
    for command in commands:
        if command.family != family:
            family = command.family
            out.append(f"    // {family}.\n")
        out.append(Method(command, facts).text())
    return "\n".join(out) + _HEADER_END


_TABLE_TRAITS = {"reads": "reads", "blocks": "blocks", "repeatable": "repeatable"}


def row(fact):
    """{"NAME", first, last, step, counted, by word, traits, only when plain, only with BLOCK}"""
    first, last, step, counted, word = 0, 0, 1, 0, ""
    for part in fact.keys.split(","):
        if part.startswith("count@"):
            counted = int(part.removeprefix("count@"))
        elif part in ("streams", "store", "keys"):
            word = part
        elif part != "-":
            part, _, stride = part.partition("/")
            begin, _, end = part.partition("..")
            first, last, step = int(begin), int(end or begin), int(stride or 1)
    traits = " | ".join(f"Trait::{_TABLE_TRAITS[t]}" for t in fact.traits if t in _TABLE_TRAITS)
    plain = str("repeatable_plain" in fact.traits).lower()
    by_word = str("blocks_by_word" in fact.traits).lower()
    return (f'    {{"{fact.name}", {first}, {last}, {step}, {counted}, "{word.upper()}", '
            f'{traits or "Trait::none"}, {plain}, {by_word}}},')


def table(facts):
    rows = "\n".join(row(fact) for _, fact in sorted(facts.items()))
    return f"""\
// Generated from client/commands/facts.txt.
#include "client/commands/facts.h"

namespace grapevine::client::commands {{
namespace {{

constexpr CommandFacts rows[] = {{
{rows}
}};

}}  // namespace

std::span<const CommandFacts> all_commands() {{
    return rows;
}}

}}  // namespace grapevine::client::commands
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--header", type=Path, required=True)
    parser.add_argument("--table", type=Path, required=True)
    arguments = parser.parse_args()
    facts = read_facts()
    for path, text in ((arguments.header, header(facts, read_commands(facts))),
                       (arguments.table, table(facts))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
