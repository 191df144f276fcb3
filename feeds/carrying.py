"""Values that go from one process to another in a third of the time. Pure.

What `dataclass` writes for one that is frozen and has slots asks for its fields anew each time,
when it is pickled and when it is unpickled; a feed of forty entries has four hundred of them.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def carried(cls: type[T]) -> type[T]:
    """Return a frozen dataclass with slots, of two fields or more, that is pickled quickly.

    What comes out is what went in; `__post_init__`, which it has passed, is not run again. Nor is
    it watched, as `dataclass` does, whether its `repr` comes back to it: one with slots that is
    frozen and holds values alone cannot.
    """
    names: Sequence[str] = cls.__slots__  # type: ignore[attr-defined]  # dataclass made them
    values = attrgetter(*names)

    def reduce(self: T) -> tuple[Callable[..., T], tuple[Any, ...]]:
        return _again, (cls, values(self))

    _SETTERS[cls] = tuple(cls.__dict__[name].__set__ for name in names)
    setattr(cls, "__reduce__", reduce)  # noqa: B010 -- mypy lets nobody assign a method
    setattr(cls, "__repr__", cls.__repr__.__wrapped__)  # type: ignore[attr-defined]  # noqa: B010
    return cls


_SETTERS: dict[type, tuple[Callable[[object, object], None], ...]] = {}


def _again(cls: type[T], values: Sequence[object]) -> T:
    """Return the value of this class that these are the fields of."""
    one = object.__new__(cls)
    for write, value in zip(_SETTERS[cls], values, strict=True):
        write(one, value)
    return one
