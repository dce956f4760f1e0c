"""Logs are events with ids, one JSON object a line, and never a resident's words."""

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Send structlog and the standard library's loggers to standard error as JSON lines, times in UTC."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # The access log names paths and addresses; what we count stands in /metrics.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    # At debug a database driver writes out every parameter of every statement, residents' words among them; at info
    # SQLAlchemy writes out every statement, and nobody finds the line that matters.
    for library in ("aiosqlite", "asyncpg", "sqlalchemy", "alembic", "redis", "asyncio", "aiohttp"):
        logging.getLogger(library).setLevel(max(root.level, logging.WARNING))
