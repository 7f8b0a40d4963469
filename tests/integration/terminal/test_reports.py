"""The manager's reports on the screen: from the menu down to a receipt, over any days, at any size."""

import json
from collections.abc import Callable

import pytest

from config.settings import Settings
from config.terminal_settings import TerminalSettings
from terminal.report_words import FIGURES, REPORTS, TABLES
from terminal.screens.reports import TABS, ReportsScreen
from terminal.screens.reports_entries import EntriesScreen
from terminal.screens.reports_entry import EntryScreen
from terminal.screens.sell import SellScreen
from terminal.widgets.report_view import ReportView
from tests.integration.terminal.scenes import furnish
from tests.integration.terminal.shop import Counter, Shop
from tests.integration.terminal.test_pictures import Look, weak_texts

SnapCompare = Callable[..., bool]


async def open_reports(counter: Counter, tab: str = "day") -> ReportsScreen:
    """From the sell screen to one of the reports."""
    await counter.press("f9")
    await counter.type("Reports")
    for _ in range(TABS.index(tab)):
        await counter.press("right")
    screen = counter.app.screen
    assert isinstance(screen, ReportsScreen)
    return screen


async def mark(counter: Counter, text: str) -> None:
    """Put the mark on the first place that shows *text*, as a click does."""
    view = counter.app.screen.query_one(ReportView)
    for place, item in enumerate(view.page.items):
        if text in view.page.lines[item.line].plain[item.start : item.end]:
            view.marked = place
            await counter.settled()
            return
    pytest.fail(f"nothing shows {text!r}:\n{counter.text()}")


async def test_the_mark_moves_over_everything_from_the_top_to_the_end(shop: Shop) -> None:
    furnish(shop)
    async with shop.app() as counter:
        screen = await open_reports(counter, "exceptions")
        view = screen.query_one(ReportView)
        seen = [view.marked]
        for _ in view.page.lines:
            await counter.pilot.press("down")
            seen.append(view.marked)
            assert view.item is not None
            assert seen[-1] - seen[-2] in (0, 1)
            assert view.top <= view.item.line < view.top + view.size.height
        assert set(seen) == set(range(len(view.page.items)))
        await counter.press("home")
        assert (view.marked, view.top) == (0, 0)


async def test_the_menu_leads_to_todays_figures(shop: Shop) -> None:
    furnish(shop)
    async with shop.app() as counter:
        await counter.type("20,00")
        await counter.press("f12")
        await open_reports(counter)
        words = ("Today", "Exceptions", "Sales", "Net sales", "up from", "17 Nov 2026")
        await counter.until(lambda: all(word in counter.text() for word in words))


async def test_each_report_has_its_figures_and_tables(shop: Shop) -> None:
    furnish(shop)
    async with shop.app((120, 60)) as counter:
        for tab in TABS:
            screen = await open_reports(counter, tab)
            page = "\n".join(line.plain for line in screen.query_one(ReportView).page.lines)
            report = screen.shown
            assert report is not None
            assert report.id == tab
            assert all(FIGURES[figure.id].title in page for figure in report.figures)
            assert all(TABLES[table.id].title in page for table in report.tables)
            await counter.press("escape")


async def test_the_mark_tells_what_a_figure_means(shop: Shop) -> None:
    furnish(shop)
    async with shop.app() as counter:
        await open_reports(counter, "period")
        await mark(counter, "Participation")
        assert counter.message == "Participation: Sales with a member / all sales. (2 / 2)"


async def test_from_a_cashier_down_to_a_receipt_and_back(shop: Shop) -> None:
    furnish(shop)
    async with shop.app() as counter:
        await open_reports(counter, "cashiers")
        await mark(counter, "Ana")
        await counter.press("enter")
        assert isinstance(counter.app.screen, EntriesScreen)
        await mark(counter, "Sale")
        await counter.press("enter")
        assert isinstance(counter.app.screen, EntryScreen)
        await counter.until(lambda: "Proof" in counter.text())
        await counter.press("f3")
        await counter.until(lambda: "Groceries" in counter.text())
        await counter.press("escape", "escape", "escape", "escape")
        assert isinstance(counter.app.screen, SellScreen)


async def test_a_day_of_the_period_opens_as_that_day(shop: Shop) -> None:
    furnish(shop)
    async with shop.app() as counter:
        screen = await open_reports(counter, "period")
        await mark(counter, "15 Nov 2026")
        await counter.press("enter")
        assert screen.shown is not None
        assert (screen.shown.id, screen.shown.period.first) == ("day", "2026-11-15")


async def test_days_are_chosen_typed_and_stepped_through(shop: Shop) -> None:
    async with shop.app() as counter:
        screen = await open_reports(counter, "period")

        def days() -> tuple[str | None, str]:
            assert screen.shown is not None
            return screen.shown.period.first, screen.shown.period.last

        assert days() == ("2026-11-01", "2026-11-17")
        await counter.press("f3")
        assert days() == ("2026-10-01", "2026-10-31")
        await counter.press("f4")
        assert days() == ("2026-11-01", "2026-11-17")
        await counter.press("f2")
        await counter.type("last week")
        assert days() == ("2026-11-09", "2026-11-15")
        await counter.press("f2")
        await counter.type("1.2.2026 28.2.2026")
        assert days() == ("2026-02-01", "2026-02-28")
        await counter.press("f2")
        await counter.type("2026-13")
        await counter.until(lambda: "is not a period" in counter.message)
        await counter.press("escape")
        assert days() == ("2026-02-01", "2026-02-28")


async def test_more_than_a_day_on_the_days_report_is_a_period(shop: Shop) -> None:
    async with shop.app() as counter:
        screen = await open_reports(counter)
        await counter.press("f2")
        await counter.type("2026-10")
        assert screen.shown is not None
        assert (screen.shown.id, screen.shown.period.first) == ("period", "2026-10-01")


@pytest.mark.parametrize(
    ("place", "ending", "start"), [(0, "pdf", b"%PDF"), (1, "csv", b"\xef\xbb\xbf"), (2, "json", b"{")]
)
async def test_a_report_is_saved_as_a_file(shop: Shop, place: int, ending: str, start: bytes) -> None:
    furnish(shop)
    async with shop.app() as counter:
        await open_reports(counter, "programme")
        for _ in range(2):
            await counter.press("f6", *["down"] * place, "enter")
            assert counter.message.startswith("Saved: ")
        names = [f"programme_2026-11-01_2026-11-17{more}.{ending}" for more in ("", "-2")]
        files = [shop.home.reports_dir / name for name in names]
        assert all(file.read_bytes().startswith(start) for file in files)
        if ending == "json":
            figures = json.loads(files[0].read_bytes())["figures"]
            assert all({"numerator", "denominator", "period"} <= set(figure) for figure in figures)


async def test_a_new_shop_says_plainly_that_there_is_nothing_yet(shop: Shop) -> None:
    async with shop.app((120, 60)) as counter:
        for tab in TABS:
            screen = await open_reports(counter, tab)
            assert screen.shown is not None
            page = "\n".join(line.plain for line in screen.query_one(ReportView).page.lines)
            empty = [table for table in screen.shown.tables if not table.rows and not table.note]
            assert all(TABLES[table.id].empty in page for table in empty)
            await counter.press("escape")


async def test_a_cashier_neither_sees_nor_gets_reports(shop: Shop) -> None:
    furnish(shop)
    async with shop.app(signed_in=False) as counter:
        await counter.sign_in("2580")
        await counter.press("f9")
        assert REPORTS["exceptions"].lower() not in counter.text().lower()
        await counter.press("escape")
        counter.app.push_screen(ReportsScreen())
        await counter.settled()
        await counter.until(lambda: "needs a manager" in counter.message)


async def test_a_scan_leaves_the_reports_for_the_sale(shop: Shop) -> None:
    card = furnish(shop)
    async with shop.app() as counter:
        await open_reports(counter)
        await counter.scan(card)
        assert isinstance(counter.app.screen, SellScreen)
        await counter.until(lambda: "Zofia Nowak" in counter.text())


async def test_the_page_follows_the_window(shop: Shop) -> None:
    furnish(shop)
    async with shop.app((200, 60)) as counter:
        screen = await open_reports(counter, "period")
        for size in ((200, 60), (80, 24), (120, 40)):
            await counter.pilot.resize_terminal(*size)
            await counter.settled()
            view = screen.query_one(ReportView)
            assert max(line.cell_length for line in view.page.lines) <= view.room < size[0]


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
async def test_reports_can_be_read_in_every_theme(shop: Shop, theme: Look) -> None:
    shop.settings = Settings(terminal=TerminalSettings(sound="off", theme=theme))
    furnish(shop)
    async with shop.app() as counter:
        for tab in ("day", "period", "exceptions"):
            await open_reports(counter, tab)
            assert weak_texts(counter) == []
            await counter.press("escape")


@pytest.mark.parametrize(
    ("tab", "size"),
    [("day", (80, 24)), ("period", (120, 40)), ("members", (80, 24)), ("exceptions", (120, 40))],
    ids=["today", "period", "members", "exceptions"],
)
def test_reports_look_as_they_did(snap_compare: SnapCompare, shop: Shop, tab: str, size: tuple[int, int]) -> None:
    furnish(shop)
    app = shop.make_app()

    async def reach(pilot: object) -> None:
        counter = Counter(app, pilot)  # type: ignore[arg-type]
        await counter.sign_in()
        await open_reports(counter, tab)

    assert snap_compare(app, terminal_size=size, run_before=reach)
