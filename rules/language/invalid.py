"""One exception for every document the language refuses, in Chinese and with the path of each fault."""

import json
from collections.abc import Callable, Iterable
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

T = TypeVar("T")
# Tags of unions appear in pydantic's locations; ours start with this sign so that paths leave them out.
TAG = "@"

_MESSAGES = {
    "missing": "缺少“{key}”",
    "extra_forbidden": "不认识的键“{key}”",
    "string_type": "应为文字",
    "string_unicode": "文字里有无法识别的字符",
    "string_too_long": "文字过长",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "名称写法不符合规定",
    "invalid_key": "键应为文字",
    "int_type": "应为整数",
    "bool_type": "应为 true 或 false",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "mapping_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "too_short": "至少要有一项",
    "too_long": "项数过多",
    "literal_error": "不认识的写法，只能用规定的几种",
    "enum": "不认识的写法，只能用规定的几种",
    "union_tag_not_found": "认不出是哪种条件",
    "union_tag_invalid": "认不出是哪种条件",
    "recursion_loop": "条件循环引用自身",
}


class InvalidTree(ValueError):
    """A document the language refuses; `problems` lists (path, Chinese message)."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        """Keep the problems in the order they were found."""
        self.problems = list(problems)
        told = [f"{path}：{message}" if path else message for path, message in self.problems]
        super().__init__("；".join(told))

    def under(self, prefix: str) -> "InvalidTree":
        """Return the same refusal with paths that start at `prefix`."""
        return InvalidTree((join(prefix, path), message) for path, message in self.problems)


def join(prefix: str, path: str) -> str:
    """Return `prefix` and `path` as one path: "checks[0]" + "all[1]" = "checks[0].all[1]"."""
    if not prefix or not path:
        return prefix or path
    return prefix + path if path.startswith("[") else f"{prefix}.{path}"


def path_text(parts: Iterable[int | str]) -> str:
    """Return a location such as ("all", 0, "op") as "all[0].op"."""
    path = ""
    for part in parts:
        path = join(path, f"[{part}]" if isinstance(part, int) else _printable(part))
    return path


def problems_in(error: ValidationError) -> list[tuple[str, str]]:
    """Return pydantic's errors as (path, Chinese message), one per path."""
    found: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_input=False):
        parts = [part for part in fault["loc"] if not (isinstance(part, str) and part.startswith(TAG))]
        inside = str(fault.get("ctx", {}).get("at", ""))
        found.setdefault(join(path_text(parts), inside), _message(fault, key=parts[-1] if parts else ""))
    return [(path, message) for path, message in found.items() if not _echo(path, message, found)]


def _echo(path: str, message: str, found: dict[str, str]) -> bool:
    """Tell whether a list is called empty only because its parts were refused."""
    return message == _MESSAGES["too_short"] and any(other.startswith(f"{path}[") for other in found)


def read_strictly(parse: Callable[[object], T], document: object) -> T:
    """Return what a document says; raises InvalidTree for whatever pydantic refuses, and for bottomless nesting."""
    try:
        return parse(document)
    except ValidationError as error:
        refuse(error)
    except RecursionError:
        raise InvalidTree([("", "嵌套过深")]) from None


def refuse(error: ValidationError) -> NoReturn:
    """Raise pydantic's refusal as ours."""
    raise InvalidTree(problems_in(error)) from None


def json_document(text: str | bytes) -> Any:
    """Return parsed JSON; raises InvalidTree for doubled keys, what no database keeps, broken or bottomless text."""
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite)
        _refuse_nul(found)
        return found
    except RecursionError:
        raise InvalidTree([("", "嵌套过深")]) from None
    except UnicodeDecodeError:
        raise InvalidTree([("", "不是 UTF-8 编码")]) from None
    except json.JSONDecodeError as fault:
        raise InvalidTree([("", f"不是有效的 JSON（第 {fault.lineno} 行第 {fault.colno} 列）")]) from None
    except InvalidTree:
        raise
    except ValueError:  # a number with thousands of digits
        raise InvalidTree([("", "有过长的数字")]) from None


def parse_files(paths: Iterable[Path], *, parse: Callable[[Any], T]) -> list[T]:
    """Return what each JSON file says; raises one InvalidTree that names every fault of every file."""
    read: list[T] = []
    problems: list[tuple[str, str]] = []
    for path in paths:
        try:
            read.append(parse(json_document(path.read_bytes())))
        except InvalidTree as error:
            problems += error.under(path.name).problems
    if problems:
        raise InvalidTree(problems)
    return read


def _message(fault: Any, *, key: int | str) -> str:
    kind = fault["type"]
    if kind.startswith("rules_"):
        return str(fault["msg"])
    return _MESSAGES.get(kind, "写法不符合规定").format(key=_printable(str(key)))


def _printable(text: str) -> str:
    return text[:60].encode("utf-8", "backslashreplace").decode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise InvalidTree([("", f"键“{_printable(doubled)}”出现了两次")])
    return found


def _refuse_nul(document: Any) -> None:
    """Refuse the one character that no database keeps in a text."""
    waiting = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and "\0" in part:
            raise InvalidTree([("", _MESSAGES["string_unicode"])])
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise InvalidTree([("", f"数字过大：{_printable(text)}")])
    return number


def _no_constant(name: str) -> NoReturn:
    raise InvalidTree([("", f"不能使用 {name}")])
