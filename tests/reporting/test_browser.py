"""A report in headless Chromium: it moves, it fits the screen, it asks nobody for anything."""

import re
from types import SimpleNamespace

import pytest

import bayescale as bs
from bayescale.reporting import report
from bayescale.runs.rules import refusals
from tests.browser import chromium
from tests.fits import fit_to, real_runs, synthetic_fit
from tests.pages import BAD, GOOD

DESK, HAND, NARROW = (1300, 800), (420, 900), (360, 740)
H100 = bs.Hardware(989e12, utilization=0.4, price_per_hour=2.5, name="H100")
NASTY = (
    "<script>document.title='owned'</script>\"'><img src=x onerror=alert(1)> 🚀 مرحبا "
    + "w" * 10_000
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The path of a report of a plan with hardware and limits."""
    to = tmp_path_factory.mktemp("page") / "report.html"
    asked = {"dollars": 2e6, "hardware": H100, "unique_tokens": 2e12, "max_epochs": 4}
    return report(synthetic_fit(), to=to, checks=GOOD, author="A. Author", **asked)


@pytest.fixture
def visit(browser):
    """Open a report, and keep what it says to the console and what it asks for."""
    opened = []

    def open_page(path, size=DESK, scheme="light", **options):
        width, height = size
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)
        opened.append(context)
        page = context.new_page()
        heard = SimpleNamespace(console=[], requests=[], dialogs=[])
        page.on("console", lambda message: heard.console.append(message.text))
        page.on("pageerror", lambda error: heard.console.append(str(error)))
        page.on("request", lambda request: heard.requests.append(request.url))
        page.on("dialog", lambda dialog: heard.dialogs.append(dialog.message))
        page.goto(path.as_uri())
        return page, heard

    yield open_page
    for context in opened:
        context.close()


def count_of(page, what):
    return page.locator(f"#moving-{what}").inner_text()


def settled(page):
    """Wait until the next frame is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def test_arrow_keys_move_the_numbers_and_the_pictures(visit, plain):
    page, heard = visit(plain)
    seen = ("params", "tokens", "loss", "loss-range", "single", "cost", "cost-range", "answer")
    before = {what: count_of(page, what) for what in seen}
    pictures = [page.locator(f"#moving-{n}").inner_html() for n in ("curve", "valley")]
    slider = page.get_by_label("Budget, FLOPs").last
    slider.focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    settled(page)
    after = {what: count_of(page, what) for what in seen}
    assert all(before[what] != after[what] for what in seen)
    assert float(after["loss"]) < float(before["loss"])
    assert pictures != [page.locator(f"#moving-{n}").inner_html() for n in ("curve", "valley")]
    assert heard.console == []
    page.get_by_role("button", name="Back to the plan").click()
    settled(page)
    assert {what: count_of(page, what) for what in seen} == before


def test_what_is_typed_counts_and_the_units_follow_one_another(visit, plain):
    page, _ = visit(plain)
    dollars, hours = page.get_by_label("Dollars"), page.get_by_label("GPU hours")
    assert dollars.input_value() == "2M"
    assert hours.input_value() == "800K"
    dollars.fill("4,000,000")
    settled(page)
    assert hours.input_value() == "1.6M"
    assert "1.6M GPU hours, $4M" in count_of(page, "cost-range")
    page.get_by_label("Unique tokens at hand").first.fill("50B")
    settled(page)
    assert "of the budget: more buys nothing" in count_of(page, "cost-range")
    assert count_of(page, "tokens") == "200B"
    page.get_by_label("Times each may be used").first.fill("2")
    settled(page)
    assert count_of(page, "tokens") == "100B"
    page.get_by_label("Unique tokens at hand").first.fill("")
    settled(page)
    assert "epochs" not in count_of(page, "tokens-range")


def test_what_is_no_number_changes_nothing_and_is_marked(visit, plain):
    page, heard = visit(plain)
    before, field = count_of(page, "answer"), page.get_by_label("Budget, FLOPs").first
    for wrong in ("much", "-1e24", "1e", "", "1e999"):
        field.fill(wrong)
        settled(page)
        assert field.get_attribute("aria-invalid") == "true"
        assert count_of(page, "answer") == before
    assert heard.console == []


def test_a_demand_that_takes_the_whole_budget_is_said(visit, plain):
    page, _ = visit(plain)
    page.get_by_label("Tokens to be served").first.fill("1e24")
    settled(page)
    assert "No model can be trained on this" in count_of(page, "answer")


def test_the_page_starts_with_the_plan_that_it_reports(visit, plain):
    page, _ = visit(plain)
    lead = page.locator(".lead").inner_text()
    params, tokens = re.search(r"train (\S+) parameters on\s+(\S+) tokens", lead).groups()
    near = {"params": params, "tokens": tokens}
    for what, said in near.items():
        shown = count_of(page, what)
        assert shown[-1] == said[-1]
        assert float(shown[:-1]) == pytest.approx(float(said[:-1]), rel=0.02)


def test_a_redraw_takes_a_fraction_of_a_second(visit, plain):
    page, _ = visit(plain)
    took = page.evaluate(
        "() => [1, 2, 3, 4, 5, 6, 7, 8].map((i) => { bayescale.ask.flops *= 1.01; "
        "bayescale.ask.serving = i * 1e9; bayescale.redraw(); "
        "return Number(document.getElementById('moving').dataset.milliseconds); })"
    )
    assert page.evaluate("bayescale.data.draws") == 400
    assert min(took) < 150  # on an idle machine less than 50, on a busy one more


def test_nothing_is_asked_for_and_nothing_can_be(visit, plain):
    page, heard = visit(plain)
    assert heard.requests == [plain.as_uri()]
    blocked = page.evaluate("fetch('http://127.0.0.1:9/').then(() => false, () => true)")
    assert blocked
    assert any("Content Security Policy" in message for message in heard.console)


@pytest.mark.parametrize("size", [DESK, HAND])
def test_the_first_screen_holds_what_a_signature_needs(visit, plain, size):
    page, _ = visit(plain, size)
    for what in (".lead", "text=It costs", "text=Expected loss >> nth=0", "#headline p.light"):
        box = page.locator(what).first.bounding_box()
        assert box["y"] + box["height"] <= size[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, NARROW])
def test_nothing_scrolls_sideways(visit, plain, size, scheme):
    page, heard = visit(plain, size, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert heard.console == []


def test_the_dark_page_is_dark_with_its_figures(visit, plain):
    page, _ = visit(plain, scheme="dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", paper)[:3])) < 60
    figure = "#plan figure svg"
    colours = page.evaluate(
        f"[...document.querySelectorAll('{figure} path, {figure} text')].map("
        "(part) => getComputedStyle(part).fill)"
    )
    assert "rgb(255, 255, 255)" not in colours
    assert "rgb(31, 41, 51)" not in colours  # the ink of the light page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(visit, plain, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    page, _ = visit(plain, scheme=scheme, bypass_csp=True)
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"]][:3])
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_every_control_is_reached_by_the_keyboard(visit, plain):
    page, _ = visit(plain)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    names = ("flops", "unique", "epochs", "serving")
    controls = {f"{kind}-{name}" for kind in ("field", "slide") for name in names}
    assert controls | {"field-hours", "field-dollars", "moving-reset"} <= reached


def test_paper_shows_what_is_folded_and_no_controls(visit, plain):
    page, _ = visit(plain)
    folded = page.locator("details pre").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert not page.locator(".controls").is_visible()
    assert not page.locator("nav").is_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 16


def test_without_scripts_the_page_is_complete(visit, plain):
    page, _ = visit(plain, java_script_enabled=False)
    assert page.locator("#moving-without").is_visible()
    assert not page.locator("#moving").is_visible()
    assert page.locator("#plan table").first.is_visible()


def test_a_static_page_has_no_script(visit, tmp_path):
    to = tmp_path / "report.html"
    report(synthetic_fit(), to=to, checks=GOOD, flops=1e22, static=True)
    page, heard = visit(to)
    assert page.locator("script").count() == 0
    assert page.locator("#explore").count() == 0
    assert "script-src 'none'" in to.read_text(encoding="utf-8")
    assert heard.console == []


def test_a_failed_fit_says_so_in_red_before_anything_else(visit, tmp_path):
    to = tmp_path / "report.html"
    report(synthetic_fit(), to=to, checks=BAD, flops=1e22)
    page, _ = visit(to, HAND)
    first = page.locator("main").inner_text().strip().splitlines()[0]
    assert first == "This fit failed its checks. Do not decide anything by its numbers."
    banner = page.evaluate("getComputedStyle(document.querySelector('.banner')).backgroundColor")
    assert banner == "rgb(163, 16, 28)"
    assert page.locator("#headline p.light").inner_text().startswith("Red: Do not decide by this")


def test_hostile_names_run_nothing_and_tear_nothing(visit, tmp_path):
    refused = refusals([{"row": NASTY, "column": "loss", "value": NASTY, "reason": NASTY}])
    runs = real_runs(NASTY, refused)
    to = tmp_path / "report.html"
    told = {"title": NASTY, "author": NASTY, "date": NASTY, "loss_unit": NASTY}
    hardware = bs.Hardware(989e12, name=NASTY)
    report(fit_to(runs), to=to, checks=GOOD, gpu_hours=1e5, hardware=hardware, **told)
    page, heard = visit(to, NARROW)
    assert heard.dialogs == []
    assert heard.console == []
    assert heard.requests == [to.as_uri()]
    assert page.title() != "owned"
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert count_of(page, "params") != ""
