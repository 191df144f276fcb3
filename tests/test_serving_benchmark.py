"""The benchmarks of serving and printing measure what they say, in small."""

import re
import shutil
from pathlib import Path

import pytest

from benchmarks import publishing, serving
from publisher.write import Press

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine")
def test_both_servers_answer_what_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "SECONDS", 0.2)
    monkeypatch.setattr(serving, "ROUNDS", 1)
    tree = tmp_path / "public"
    Press(tree).publish({"atom.xml": b"<feed>" + b"<entry>news</entry>" * 200 + b"</feed>"})
    with serving._ours(tree) as ours, serving._nginx(str(NGINX), tree, tmp_path) as theirs:
        table = serving._table(ours, theirs)
    counted = re.findall(
        r"^(gzip 200s|304s|304s, anew) +(Broadsheet|nginx) +([0-9,]+) ", table, re.MULTILINE
    )
    assert [row[:2] for row in counted] == [
        (question, name)
        for question in ("gzip 200s", "304s", "304s, anew")
        for name in ("Broadsheet", "nginx")
    ]
    assert all(int(row[2].replace(",", "")) > 0 for row in counted)


def test_a_paper_printed_again_writes_nothing_and_one_article_more_little() -> None:
    table = publishing.run(articles=publishing.SECTIONS)
    files = {
        name.strip(): int(count.replace(",", ""))
        for name, count in re.findall(
            r"^([a-z ,]+?) +[0-9.]+ +[0-9.]+ +([0-9,]+)$", table, re.MULTILINE
        )
    }
    assert files["printed whole again"] == 0
    assert files["printed whole"] == files["pulled, judged and printed"] > 10 * publishing.SECTIONS
    assert 0 < files["judged and printed, one more"] < files["printed whole"] / 10
