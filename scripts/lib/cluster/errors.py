"""What the tools say when something cannot be done."""


class ToolError(Exception):
    """A message for the user: what is wrong, and what would be right."""

    def __init__(self, message, exit_code=1):
        super().__init__(message)
        self.exit_code = exit_code


class UsageError(ToolError):
    def __init__(self, message):
        super().__init__(message, exit_code=2)
