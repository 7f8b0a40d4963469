"""Setting up, opening, training and going back to a backup."""

import stat
from pathlib import Path

import pytest

from config.errors import Broken, Refused, WrongUse
from config.paths import HomePaths
from config.settings import Settings
from terminal.till_opening import open_till, open_training, restore, sample_programme, set_up
from terminal.till_shapes import SetUp
from tests.builders import PIN, PLAIN_PROGRAMME, SeededRandom, Shop, StillClock


def test_a_till_sets_itself_up_without_a_question(tmp_path: Path) -> None:
    clock, random = StillClock(), SeededRandom()
    done = set_up(HomePaths(tmp_path / "home"), SetUp(), clock=clock, random=random)
    assert (done.store, done.store_id, done.currency, done.zone) == ("My shop", "my-shop", "PLN", "Europe/Warsaw")
    assert done.pin is not None
    with open_till(HomePaths(tmp_path / "home"), Settings(), clock=clock, random=random) as till:
        assert till.staff.sign_in(done.pin).is_manager
        facts = till.facts()
        assert (facts.country, facts.paired, facts.training, facts.shift) == ("PL", False, False, None)
        assert facts.programme is not None
        assert facts.programme.state == "in_force"


def test_a_home_is_its_owners_alone(shop: Shop) -> None:
    assert stat.S_IMODE(shop.home.root.stat().st_mode) & 0o077 == 0
    for key in shop.home.keys_dir.iterdir():
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (SetUp(currency="ZZZ"), "currency_unknown"),
        (SetUp(zone="Europe/Atlantis"), "zone_unknown"),
        (SetUp(zone="../../etc/passwd"), "zone_unknown"),
        (SetUp(store="  "), "name_missing"),
        (SetUp(manager=""), "name_missing"),
        (SetUp(pin="12"), "pin_form"),
        (SetUp(closing_minute=1440), "closing_minute"),
        (SetUp(programme="name = 5"), "programme_wrong"),
    ],
)
def test_a_set_up_that_makes_no_sense_leaves_nothing_behind(tmp_path: Path, request_: SetUp, reason: str) -> None:
    home = HomePaths(tmp_path / "home")
    with pytest.raises(WrongUse) as wrong:
        set_up(home, request_, clock=StillClock(), random=SeededRandom())
    assert wrong.value.reason == reason
    assert not home.database.exists()
    set_up(home, SetUp(), clock=StillClock(), random=SeededRandom())


def test_a_home_is_set_up_once(shop: Shop) -> None:
    shop.close()
    with pytest.raises(Refused) as refused:
        set_up(shop.home, SetUp(), clock=shop.clock, random=shop.random)
    assert refused.value.reason == "already_set_up"


def test_a_folder_without_a_till_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        open_till(HomePaths(tmp_path), Settings(), clock=StillClock(), random=SeededRandom())
    assert refused.value.reason == "not_set_up"


def test_the_sample_programme_is_whole() -> None:
    assert "[[rule]]" in sample_programme()


def test_nothing_done_in_training_counts(shop: Shop) -> None:
    ola = shop.till.staff.add("Ola", "2580")
    with open_training(shop.home, shop.settings, clock=shop.clock, random=shop.random) as training:
        assert training.training
        assert training.facts().training
        assert training.facts().store == "Corner shop"
        assert training.staff.sign_in("2580").cashier_id == ola.cashier_id
        training.sales.sell(shop.request("45.90"))
        assert "TRAINING" in training.receipts.text()
    assert shop.till.sales.last() is None
    shop.till.staff.remove(ola.cashier_id)
    with open_training(shop.home, shop.settings, clock=shop.clock, random=shop.random) as training:
        assert [person.name for person in training.staff.list()] == ["Ana"]
        assert training.sales.last() is not None


def test_training_follows_the_shop_s_programme_and_keeps_one_that_is_tried(shop: Shop) -> None:
    def in_training(tried: str | None = None) -> str:
        shop.clock.forward(minutes=1)
        with open_training(shop.home, shop.settings, clock=shop.clock, random=shop.random) as training:
            if tried is not None:
                training.programmes.activate(tried, manager_pin=PIN)
            shown = training.facts().programme
            return shown.name if shown else ""

    shop.sell("1.00")
    other, third = (PLAIN_PROGRAMME.replace("One for one", name) for name in ("Other", "Third"))
    assert in_training() == "One for one"
    assert in_training(tried=third) == "Third"
    assert in_training() == "Third"
    shop.till.programmes.activate(other, manager_pin=PIN)
    assert in_training() == "Other"
    shop.clock.forward(minutes=1)
    shop.till.programmes.activate(PLAIN_PROGRAMME, manager_pin=PIN)
    assert in_training() == "One for one"


def test_a_till_goes_on_from_a_backup_in_a_new_life(shop: Shop, tmp_path: Path) -> None:
    zofia = shop.member_with(120)
    jan = shop.member("Jan Nowak", phone="602345678")
    backup = Path(shop.till.upkeep.backup(tmp_path / "kept.db").file)
    shop.sell("80.00", member=zofia)
    shop.till.members.erase(jan)
    old_epoch = shop.till.facts().epoch
    shop.close()

    with pytest.raises(Refused) as refused:
        restore(shop.home, backup, clock=shop.clock, random=shop.random, manager_pin="0000")
    assert refused.value.reason == "wrong_pin"
    done = restore(shop.home, backup, clock=shop.clock, random=shop.random, manager_pin=PIN)
    assert (done.parent_epoch, done.erasures_replayed) == (old_epoch, 1)

    shop.till = shop.open()
    assert shop.till.facts().epoch == done.epoch != old_epoch
    assert shop.points(zofia) == 120
    assert shop.till.members.find("Jan").matches == ()
    assert shop.sell("10.00", member=zofia, rewards=["five-off"]).to_pay_minor == 500
    first_new_card = shop.till.cards.issue(zofia)
    assert first_new_card.code not in {card.code for card in shop.till.cards.list(jan)}
    assert shop.till.upkeep.verify().differences == ()


def test_a_damaged_backup_is_not_put_back(shop: Shop, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\x00" + bytes(5000))
    shop.close()
    with pytest.raises(Broken) as broken:
        restore(shop.home, damaged, clock=shop.clock, random=shop.random, manager_pin=PIN)
    assert broken.value.reason == "backup_damaged"
    with shop.open() as till:
        assert till.upkeep.verify().differences == ()


def test_a_till_that_is_its_own_headquarters_never_runs_out_of_card_numbers(shop: Shop) -> None:
    numbers = {card.code for _ in range(3) for card in shop.till.cards.batch(900)}
    assert len(numbers) == 2700
