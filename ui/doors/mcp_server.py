"""The MCP server, read-only, over standard input and output or over HTTP. The only module that knows `mcp`."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import mcp_types as types
from fastapi import FastAPI
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from starlette.routing import Route

from ingest.errors import CctError
from ui import wording
from ui.doors import door_wording
from ui.doors.consultation import Consultation, Reading
from ui.doors.http_protection import DOOR_BODY_LIMIT
from ui.doors.mcp_tools import TOOLS, Tool
from ui.metrics import Metrics

NAME = "assistant-cct"
AT_ONCE = 16
ConsultationProvider = Callable[[], Consultation]
"""Gives what is read; may take time the first time; raises CctError while nothing can be read."""

_log = logging.getLogger(__name__)


def make_server(consultation: ConsultationProvider, version: str, metrics: Metrics | None = None) -> Server[Any]:
    """The server: its tools and nothing else."""
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def list_tools(_: object, __: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_declared(tool) for tool in TOOLS])

    async def call_tool(_: object, asked: types.CallToolRequestParams) -> types.CallToolResult:
        work = partial(_called, consultation, asked.name, asked.arguments or {})
        result = await anyio.to_thread.run_sync(work, limiter=limiter)
        if metrics is not None:
            metrics.tool(asked.name if any(t.name == asked.name for t in TOOLS) else "inconnu", bool(result.is_error))
        return result

    return Server(
        NAME,
        version=version,
        title=door_wording.MODEL_TITLE,
        instructions=door_wording.MCP_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def serve_stdio(consultation: ConsultationProvider, version: str) -> None:
    """Serves the program that started this one, until it closes its end."""
    server = make_server(consultation, version)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


class McpDoor:
    """The server at /mcp of an HTTP application: each request stands alone, so any replica may answer it."""

    def __init__(self, consultation: ConsultationProvider, version: str, metrics: Metrics) -> None:
        server = make_server(consultation, version, metrics)
        # No check of the Host header here: the guard of the doors has its own, which knows the deployment.
        self._manager = StreamableHTTPSessionManager(
            server, stateless=True, json_response=True, max_request_body_size=DOOR_BODY_LIMIT
        )

    def add_to(self, app: FastAPI) -> None:
        """Adds the address; the application must have `lifespan`."""
        endpoint = StreamableHTTPASGIApp(self._manager)
        for path in ("/mcp", "/mcp/"):
            app.router.routes.append(Route(path, endpoint=endpoint))

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """What must surround the serving: the application's lifespan."""
        async with self._manager.run():
            yield


def _declared(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(
        title=tool.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    schema = tool.arguments.model_json_schema()
    return types.Tool(
        name=tool.name, title=tool.title, description=tool.description, input_schema=schema, annotations=hints
    )


def _called(consultation: ConsultationProvider, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
    tool = next((t for t in TOOLS if t.name == name), None)
    if tool is None:
        known = ", ".join(t.name for t in TOOLS)
        return _failed(door_wording.UNKNOWN_TOOL.format(name=name[:100], known=known))
    try:
        return _succeeded(tool.read(consultation(), arguments))
    except CctError as exc:
        return _failed(f"{exc.message} {exc.remedy}".strip())
    except Exception:  # noqa: BLE001  the channel's outermost loop: the client is told an incident's number
        incident = uuid.uuid4().hex[:8]
        _log.exception("tool failed, incident %s", incident)
        return _failed(wording.UNEXPECTED.format(incident=incident))


def _succeeded(reading: Reading) -> types.CallToolResult:
    content: list[Any] = [types.TextContent(text=reading.text)]
    return types.CallToolResult(content=content, structured_content=dict(reading.data))


def _failed(message: str) -> types.CallToolResult:
    content: list[Any] = [types.TextContent(text=message)]
    return types.CallToolResult(content=content, is_error=True)
