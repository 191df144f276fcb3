"""Putting the paper on disk so that no reader, and no crash, ever meets half of it.

Every file that changed is written beside the paper, in `.press`, with a journal of where each
goes; one sync; then they are moved into place in an order in which no link dangles. Up to the
journal a failure leaves the old paper; from the journal on the new one is finished, if need be
by the next start. Its packed forms come and go with each file, and are of the same time.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from typing import Final

from feeds.errors import PublishError
from publisher import encodings, journal
from publisher.journal import Journal, Move
from publisher.order import STAGING, Plan, Put, check_paths, turn

_OLD_STAYS: Final = "the old paper stays"
_REST_FOLLOWS: Final = "part of the new paper is out, the rest follows with the next publication"
_REASONS: Final = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "our share of the disk is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "we have no permission",
    errno.EPERM: "we have no permission",
    errno.ENOTDIR: "a file is where a folder should be",
    errno.EISDIR: "a folder is where the file should be",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a publication did: paths put in place, in order; how many stayed; paths removed."""

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    deleted: tuple[str, ...] = ()


class Press:
    """The one that writes beneath `output`. A second one, in any process, waits its turn."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._staging = output / STAGING
        self._journal = self._staging / "journal"

    def recover(self) -> int:
        """Finish what a crash interrupted; return how many files that put in place or removed.

        Raises PublishError where it cannot be finished, naming the path.
        """
        with _blame(self._output, _REST_FOLLOWS):
            if not self._output.is_dir():
                return 0
            with self._alone():
                return self._finish_last()

    def publish(self, files: Mapping[str, bytes], *, delete: Collection[str] = ()) -> Written:
        """Make the paper hold these files and no longer those in `delete`; leave all others.

        Paths are relative, with slashes. A file that already holds its bytes is not touched;
        with none to change nothing is written at all. Raises PublishError, naming the path.
        """
        check_paths(files, delete)
        with _blame(self._output, _OLD_STAYS):
            if not self._output.exists():
                self._output.mkdir(parents=True)
                self._output.chmod(journal.FOLDER_MODE)
            with self._alone():
                self._finish_last()
                changed = [path for path in sorted(files, key=turn) if self._differs(path, files)]
                gone = [
                    path for path in sorted(set(delete), key=turn, reverse=True) if self._has(path)
                ]
                plan = self._plan(files, changed, gone)
                if plan.puts or plan.deletions:
                    self._carry_out(self._stage(plan))
        return Written(
            changed=tuple(changed), unchanged=len(files) - len(changed), deleted=tuple(gone)
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the output folder itself, so that a publication of nothing writes no lock file."""
        descriptor = os.open(self._output, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with suppress(OSError):  # some network file systems lock no folders
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _finish_last(self) -> int:
        if self._staging.is_symlink():
            raise PublishError(
                f"{self._staging}: a symbolic link is where our own folder should be"
            )
        if not self._staging.exists():
            return 0
        last = journal.read(self._journal)
        if last is not None:
            return self._carry_out(last, after_crash=True)
        self._clear()
        return 0

    def _differs(self, path: str, files: Mapping[str, bytes]) -> bool:
        target = self._output / path
        with _blame(target, _OLD_STAYS):
            self._refuse_outside(target)
            try:
                found = target.lstat()
            except FileNotFoundError:
                return True
            if S_ISDIR(found.st_mode):
                raise IsADirectoryError(errno.EISDIR, "")
            if not S_ISREG(found.st_mode) or found.st_size != len(files[path]):
                return True
            return target.read_bytes() != files[path]

    def _plan(self, files: Mapping[str, bytes], changed: list[str], gone: list[str]) -> Plan:
        """Return all there is to move and remove: packed files before the file they are of."""
        plan = Plan()
        of_old = set(files).difference(changed)
        for path in (*changed, *sorted(of_old, key=turn)):
            body = files[path]
            wanted = [f"{path}{one.suffix}" for one in encodings.for_file(path, len(body))]
            modified = (self._output / path).stat().st_mtime_ns if path in of_old else None
            packed = {}
            if path not in of_old or any(self._modified(name) != modified for name in wanted):
                packed = encodings.packings(path, body)
                wanted = list(packed)
            plan.puts.extend(
                Put(path=name, body=packed[name], modified=modified) for name in packed
            )
            plan.puts.extend([] if path in of_old else [Put(path=path, body=body)])
            plan.deletions.extend(self._packed(path, without=wanted))
        for path in gone:
            plan.deletions.extend([*self._packed(path), path])
        return plan

    def _packed(self, path: str, *, without: Collection[str] = ()) -> list[str]:
        names = [f"{path}{suffix}" for suffix in encodings.SUFFIXES]
        return [name for name in names if name not in without and self._has(name)]

    def _modified(self, path: str) -> int | None:
        return (self._output / path).lstat().st_mtime_ns if self._has(path) else None

    def _has(self, path: str) -> bool:
        target = self._output / path
        with _blame(target, _OLD_STAYS):
            self._refuse_outside(target)
            try:
                found = target.lstat()
            except (FileNotFoundError, NotADirectoryError):
                return False
            if S_ISDIR(found.st_mode):
                raise IsADirectoryError(errno.EISDIR, "")
            return True

    def _refuse_outside(self, target: Path) -> None:
        folder = Path(os.path.realpath(target.parent))
        if not folder.is_relative_to(os.path.realpath(self._output)):
            raise PublishError(
                f"{target}: a symbolic link leads out of the output, to {folder}; {_OLD_STAYS}"
            )

    def _stage(self, plan: Plan) -> Journal:
        """Bring the new files and their journal safely to disk; on failure leave no trace."""
        paths = [put.path for put in plan.puts]
        try:
            self._staging.mkdir(mode=0o700)
            for path in plan.deletions:
                self._refuse_locked(self._output / path)
            now = self._staging.stat().st_mtime_ns  # of one publication all files are of one time
            moves = tuple(
                self._stage_file(f"{number:06}", put, put.modified or now)
                for number, put in enumerate(plan.puts)
            )
            intent = Journal(moves=moves, deletions=tuple(plan.deletions))
            draft = self._staging / "journal.new"
            journal.write_file(draft, journal.encode(intent))
            staged = [self._staging / move.staged for move in moves]
            journal.sync([*staged, draft, *self._folders(paths), self._staging], root=self._output)
            draft.rename(self._journal)
            journal.sync_one(self._staging)
        except (OSError, PublishError):
            with suppress(OSError):
                self._clear()
            for path in paths:
                self._prune((self._output / path).parent)
            raise
        return intent

    def _stage_file(self, name: str, put: Put, modified: int) -> Move:
        target = self._output / put.path
        with _blame(target, _OLD_STAYS):
            self._make_folder(target)
            self._refuse_locked(target)
            self._has(put.path)
            journal.write_file(self._staging / name, put.body, modified=modified)
        return Move(target=put.path, staged=name, sha256=sha256(put.body).hexdigest())

    def _make_folder(self, target: Path) -> None:
        journal.make_folders(target.parent, within=self._output, beside=self._staging / "folder")

    def _refuse_locked(self, target: Path) -> None:
        """Refuse what the moves would stumble over, while the old paper can still stay."""
        effective = os.access in os.supports_effective_ids
        if not os.access(target.parent, os.W_OK | os.X_OK, effective_ids=effective):
            raise PublishError(f"{target}: {_REASONS[errno.EACCES]}; {_OLD_STAYS}")

    def _carry_out(self, intent: Journal, *, after_crash: bool = False) -> int:
        """Do what the journal says, then remove it. Any part of it may have been done before."""
        done = 0
        lost: list[str] = []
        for move in intent.moves:
            staged, target = self._staging / move.staged, self._output / move.target
            with _blame(target, _REST_FOLLOWS):
                if after_crash and not _holds(staged, move.sha256):
                    lost += [] if _holds(target, move.sha256) else [move.target]
                    continue
                self._make_folder(target)
                staged.replace(target)
                done += 1
        for path in intent.deletions:
            done += self._remove(self._output / path)
        paths = [*(move.target for move in intent.moves), *intent.deletions]
        with _blame(self._output, _REST_FOLLOWS):
            journal.sync(self._folders(paths), root=self._output)
            self._clear()
        if lost:
            raise PublishError(f"{', '.join(lost)}: lost with a crash; publish everything again")
        return done

    def _remove(self, target: Path) -> int:
        with _blame(target, _REST_FOLLOWS):
            try:
                target.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return 0
            finally:
                self._prune(target.parent)
        return 1

    def _prune(self, folder: Path) -> None:
        """Remove folders that are empty now, upwards; one that stays does no harm."""
        while folder != self._output:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                return
            folder = folder.parent

    def _folders(self, paths: Iterable[str]) -> list[Path]:
        """Return the folders around these files, the output included, that are there."""
        around = {folder for path in paths for folder in PurePosixPath(path).parents}
        return [self._output, *filter(Path.is_dir, (self._output / folder for folder in around))]

    def _clear(self) -> None:
        """Remove the staging; its journal first, for without its files it would mislead."""
        self._journal.unlink(missing_ok=True)
        shutil.rmtree(self._staging)


def _holds(path: Path, digest: str) -> bool:
    try:
        return sha256(path.read_bytes()).hexdigest() == digest
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


@contextmanager
def _blame(path: Path, consequence: str) -> Iterator[None]:
    """Turn what the system says into words that name the path and what became of the paper."""
    try:
        yield
    except OSError as error:
        number = error.errno or 0
        reason = _REASONS.get(number) or os.strerror(number)
        raise PublishError(f"{path}: {reason}; {consequence}") from error
