"""The page is whole, closed, safe and the same every time."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import stories
from spondyl import report
from spondyl.report.section import SECTIONS

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Walk(HTMLParser):
    """Collects elements and their text, and notes every tag that is not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


NAMES = ("clear", "inconclusive", "three", "lonely", "lost")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Walk]:
    found = {}
    for name in NAMES:
        folder = tmp_path_factory.mktemp(name)
        found[name] = Walk(report.write(getattr(stories, name)(folder), folder).read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", NAMES)
class TestEveryPage:
    def test_tags_are_balanced_and_ids_unique(self, pages: dict[str, Walk], name: str) -> None:
        page = pages[name]
        assert page.wrong == []
        assert page.open == []
        ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
        assert len(ids) == len(set(ids))

    def test_all_sections_are_there_and_linked(self, pages: dict[str, Walk], name: str) -> None:
        page = pages[name]
        wanted = ["answer", *(section.id for section in SECTIONS)]
        assert [section["id"] for section in page.all("section")] == wanted
        assert {f"#{one}" for one in wanted} <= {link["href"] for link in page.all("a")}

    def test_pictures_and_tables_are_described(self, pages: dict[str, Walk], name: str) -> None:
        page = pages[name]
        assert all(image["alt"] for image in page.all("img"))
        assert len(page.all("caption")) == len(page.all("table"))
        spoken = [svg for svg in page.all("svg") if svg.get("aria-hidden") != "true"]
        ids = {attributes.get("id") for _, attributes in page.found}
        assert all(set(str(svg["aria-labelledby"]).split()) <= ids for svg in spoken)

    def test_nothing_is_loaded_and_the_policy_forbids_it(self, pages: dict[str, Walk], name: str) -> None:
        page = pages[name]
        policy = next(
            str(m["content"]) for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy.startswith("default-src 'none'; img-src data:;")
        assert "unsafe" not in policy
        sources = [
            str(a[key]) for _, a in page.found for key in ("src", "srcset", "data", "poster") if a.get(key)
        ]
        assert all(source.startswith("data:image/png;base64,") for source in sources)
        assert [link["href"] for link in page.all("link")] == ["data:,"]
        assert not any("style" in attributes for _, attributes in page.found)


def test_the_answer_comes_before_everything_else(pages: dict[str, Walk]) -> None:
    words = pages["clear"].words
    assert 0 < words.index("was lower in OVX than in Sham") < words.index("mean ± standard deviation")


def test_the_most_doubtful_scan_comes_first(pages: dict[str, Walk]) -> None:
    alts = [str(image["alt"]) for image in pages["clear"].all("img")]
    assert len(alts) == 16
    assert "sub-06" in alts[0]
    assert "sub-13" in alts[1]
    assert "sub-01" in alts[2]


def test_checklists_tell_what_is_known_and_what_is_not(pages: dict[str, Walk]) -> None:
    words = pages["clear"].words
    assert "species: rat" in words
    assert "sex: not reported" in words
    assert "method: otsu" in words
    assert "tube potential: not reported" in words
    assert words.index("ARRIVE 2.0") < words.index("µCT minimum set")


def test_assumed_numbers_are_listed_or_said_to_be_none(pages: dict[str, Walk]) -> None:
    assert "bone_density" in pages["clear"].words
    assert "instrument (1)" in pages["clear"].words
    assert "None were used." in pages["lost"].words


def test_failures_and_exclusions_stand_with_their_reason(tmp_path: Path) -> None:
    story = stories.with_losses(stories.clear(tmp_path, pictures=False))
    words = Walk(report.write(story, tmp_path).read_text("utf-8")).words
    assert "the file is cut short: 1024 of 8000000 bytes" in words
    assert "died under anaesthesia" in words


def test_a_missing_picture_is_said_and_the_page_is_still_written(tmp_path: Path) -> None:
    story = stories.clear(tmp_path)
    (tmp_path / story.pictures[0].png).unlink()
    (tmp_path / story.pictures[1].png).write_bytes(b"\x89PNG")
    page = Walk(report.write(story, tmp_path).read_text("utf-8"))
    assert page.words.count("The picture of this scan is missing or damaged.") == 2
    assert len(page.all("img")) == 14


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    report.write(stories.hostile(stories.with_losses(stories.clear(folder))), folder)
    return folder


class TestHostileTexts:
    def test_the_page_holds_them_as_text_only(self, attacked: Path) -> None:
        page = Walk((attacked / "report.html").read_text("utf-8"))
        assert page.wrong == []
        assert page.open == []
        assert len(page.all("script")) == 1
        assert len(page.all("img")) == 16
        assert not any(key.startswith("on") for _, attributes in page.found for key in attributes)
        links = [str(link["href"]) for link in page.all("a")]
        assert all(link.startswith(("#", "https://doi.org/")) for link in links)
        assert "<script>alert(1)</script>" in page.words

    def test_figures_are_sound_and_hold_them_as_text_only(self, attacked: Path) -> None:
        figures = sorted((attacked / "figures").glob("*.svg"))
        assert len(figures) == 7
        for path in figures:
            tags = {node.tag.split("}")[1] for node in ElementTree.fromstring(path.read_text("utf-8")).iter()}
            assert tags <= {"svg", "title", "desc", "line", "circle", "text", "path"}

    def test_tables_keep_their_columns(self, attacked: Path) -> None:
        for path in (attacked / "figures").glob("*.tsv"):
            widths = {line.count("\t") for line in path.read_text("utf-8").splitlines()}
            assert len(widths) == 1

    def test_file_names_are_plain(self, attacked: Path) -> None:
        assert all(
            re.fullmatch(r"[A-Za-z0-9_-]+\.(svg|tsv)", path.name) for path in (attacked / "figures").iterdir()
        )


def test_the_same_story_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        report.write(stories.three(folder), folder)
        written.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    assert written[0] == written[1]
    assert {
        Path("report.html"),
        Path("methods.md"),
        Path("figures/primary.svg"),
        Path("figures/primary.tsv"),
    } <= set(written[0])


def test_writing_again_leaves_no_other_files(tmp_path: Path) -> None:
    story = stories.clear(tmp_path, pictures=False)
    report.write(story, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    report.write(story, tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_methods_cite_by_number_and_list_the_works(tmp_path: Path) -> None:
    report.write(stories.clear(tmp_path, pictures=False), tmp_path)
    text = (tmp_path / "methods.md").read_text("utf-8")
    assert "Otsu's threshold [1, 2]." in text
    assert "\n1. Otsu N." in text
    assert "doi:10.1002/jbmr.141" in text
    assert "[@" not in text


@pytest.mark.parametrize(("size", "shown"), [(250_000, 80), (400_000, 52)])
def test_eighty_pictures_stay_under_thirty_megabytes(tmp_path: Path, size: int, shown: int) -> None:
    story = stories.clear(tmp_path)
    path = tmp_path / story.pictures[0].png
    path.write_bytes(path.read_bytes() + b"\0" * (size - path.stat().st_size))
    many = tuple(replace(story.pictures[0], animal=f"sub-{n:02d}") for n in range(80))
    page = report.write(replace(story, pictures=many), tmp_path)
    assert page.stat().st_size < 30e6
    walk = Walk(page.read_text("utf-8"))
    assert len(walk.all("img")) == shown
    assert walk.words.count("Left out to keep the page small: animals/") == 80 - shown
