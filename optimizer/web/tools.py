"""The questions of the register as tools for assistants, by the Model Context Protocol: ``optimizer mcp``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optimizer.units.language import say

if TYPE_CHECKING:
    from mcp.server import Server

    from optimizer.catalogue import Catalogue


def tools() -> dict[str, dict[str, Any]]:
    """Every tool by its name: the question, its description and the JSON Schema of its inputs."""
    from optimizer.face.remedies import function_name
    from optimizer.service import REGISTER
    from optimizer.service.fields import FIELDS
    from optimizer.web.answers import OPEN, open_parameters

    found = {}
    for name in OPEN:
        entry = REGISTER[name]
        properties: dict[str, Any] = {}
        for parameter in open_parameters(entry):
            kind = {"whole": "integer", "number": "number", "switch": "boolean"}.get(parameter.kind, "string")
            choices = {"enum": list(parameter.choices)} if parameter.choices else {}
            properties[parameter.name] = {"type": kind, "description": parameter.words, **choices}
        for field in FIELDS if entry.takes_case else ():
            flag = field.flag.removeprefix("--").replace("-", "_")
            properties[flag] = {"type": ["string", "number", "boolean"], "description": field.words}
        found[function_name(name)] = {
            "question": name,
            "description": " ".join(entry.help.replace("\b", "").split()),
            "schema": {
                "type": "object",
                "properties": properties,
                "required": [parameter.name for parameter in open_parameters(entry) if parameter.required],
                "additionalProperties": False,
            },
        }
    return found


def make_server(catalogue: Catalogue) -> Server[Any]:
    """The server, with a tool for each question; an answer is the JSON of the command, an error its sentence.

    Raises:
        ImportError: the extra mcp is not installed.
    """
    import asyncio  # ``optimizer --help`` reads this module, and needs no loop of events

    import mcp_types as types
    from mcp.server import Server

    from optimizer.errors import DataError, OptimizerError
    from optimizer.face.remedies import function_name
    from optimizer.version import __version__
    from optimizer.web.answers import TOOLS, Answers

    known, answers = tools(), Answers(catalogue, TOOLS)

    async def listed(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[
                types.Tool(name=name, description=tool["description"], input_schema=tool["schema"])
                for name, tool in known.items()
            ]
        )

    async def called(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        def said(text: str, *, wrong: bool) -> types.CallToolResult:
            return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=wrong)

        tool = known.get(function_name(params.name))
        if tool is None:
            return said(
                say(
                    "there is no tool {params_name}; there are {known}", params_name=params.name, known=", ".join(known)
                ),
                wrong=True,
            )
        words = tuple(sorted((name, _text(value)) for name, value in (params.arguments or {}).items()))
        try:
            content = await asyncio.to_thread(answers.written, tool["question"], words, "json")
        except OptimizerError as error:
            wording = "; ".join(map(str, error.problems)) if isinstance(error, DataError) else str(error)
            return said(wording, wrong=True)
        return said(content.decode(), wrong=False)

    return Server("optimizer", version=__version__, on_list_tools=listed, on_call_tool=called)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
