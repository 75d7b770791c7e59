"""Discord's refusals: HTTP status, code and message as the documentation's "JSON Error Codes" has them."""

from typing import Any


class ApiError(Exception):
    """The request is refused."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(f"{status} ({code}): {message}")
        self.status, self.code, self.message, self.more = status, code, message, more

    def json(self) -> dict[str, Any]:
        return {"message": self.message, "code": self.code, **self.more}


class FormErrors:
    """What is wrong with a body, collected as error 50035 shows it: nested by path, each with a code."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        branch = self._tree
        for step in path:
            branch = branch.setdefault(str(step), {})
        branch.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: tuple[str | int, ...]) -> None:
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: tuple[str | int, ...], value: Any, least: int, most: int) -> bool:
        """Complain unless the text or list has a length between these; return whether it has."""
        if value is None:
            value = ""
        if least <= len(value) <= most:
            return True
        if least == 0:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        else:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        return False

    def choice(self, path: tuple[str | int, ...], kind: Any, allowed: tuple[int, ...]) -> bool:
        """Complain unless the component's type is allowed here; return whether it is."""
        if kind in allowed:
            return True
        self.add(path, "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {allowed}.')
        return False

    def raise_if_any(self) -> None:
        if self._tree:
            raise ApiError(400, 50035, "Invalid Form Body", errors=self._tree)


def invalid(path: tuple[str | int, ...], code: str, message: str) -> ApiError:
    """A single complaint about a body."""
    errors = FormErrors()
    errors.add(path, code, message)
    return ApiError(400, 50035, "Invalid Form Body", errors=errors._tree)


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def unknown(what: str) -> ApiError:
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "Role": 10011,
        "User": 10013,
        "Emoji": 10014,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return ApiError(404, codes[what], f"Unknown {what}")


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def thread_archived() -> ApiError:
    return ApiError(400, 50083, "Thread is archived")


def thread_locked() -> ApiError:
    return ApiError(403, 160005, "Thread is locked")


def empty_message() -> ApiError:
    return ApiError(400, 50006, "Cannot send an empty message")


def server_error() -> ApiError:
    return ApiError(500, 0, "500: Internal Server Error")
