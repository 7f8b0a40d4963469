"""Generated programmes, baskets and histories, for what must hold for all of them."""

from hypothesis import strategies as st

from loyalty.basket import Basket, Line

CATEGORIES = ("Bread", "Coffee", "Fruit", "Tobacco", "Wine")
SKUS = (None, "a1", "b2", "c3")


def words(key: str, values: list[str]) -> str:
    """A line of TOML: a list of words."""
    return f"{key} = [" + ", ".join('"' + value + '"' for value in values) + "]\n"


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line of a basket, weighed goods and lines without quantity included."""
    return Line(
        draw(st.sampled_from(CATEGORIES)),
        draw(st.integers(0, 9_999)),
        draw(st.sampled_from((0, 350, 1000, 1000, 1000, 2000, 3000, 2500))),
        draw(st.sampled_from(SKUS)),
    )


baskets = st.lists(lines(), min_size=1, max_size=7).map(lambda rows: Basket("PLN", tuple(rows)))


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """Some conditions, mostly ones that may hold."""
    text = ""
    if draw(st.integers(0, 2)) == 0:
        text += words("categories", draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3, unique=True)))
    if draw(st.integers(0, 4)) == 0:
        text += words("except_skus", ["b2"])
    if draw(st.integers(0, 4)) == 0:
        text += f"min_spend = {draw(st.integers(0, 60))}.00\n"
    if draw(st.integers(0, 5)) == 0:
        text += 'weekdays = ["tue", "wed"]\n'
    if draw(st.integers(0, 8)) == 0:
        text += "first_purchase = true\n"
    return text


@st.composite
def rules(draw: st.DrawFn, number: int) -> str:
    """A rule; the first one is always simple."""
    if number == 0:
        return '[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n'
    effect = draw(
        st.sampled_from(
            (
                "points = 1\nper = 2.50\n",
                "points = 3\nper = 10.00\nwhole_steps = true\n",
                "points_per_item = 2\n",
                "bonus = 15\n",
                "multiply = 2\n",
                "multiply = 1.5\n",
            )
        )
    )
    text = f'[[rule]]\nid = "rule-{number}"\n{effect}{draw(conditions())}'
    if draw(st.integers(0, 5)) == 0:
        text += f'exclusive_group = "group"\npriority = {draw(st.integers(0, 3))}\nmin_quantity = 0.001\n'
    if not effect.startswith("multiply"):
        if draw(st.integers(0, 5)) == 0:
            text += f"cap_per_sale = {draw(st.integers(1, 50))}\n"
        if draw(st.integers(0, 5)) == 0:
            text += f"cap_per_day = {draw(st.integers(1, 80))}\n"
        if draw(st.integers(0, 6)) == 0:
            text += 'expires_after = "30d"\n'
        if draw(st.integers(0, 6)) == 0:
            text += "qualifies = false\n"
    return text


@st.composite
def rewards(draw: st.DrawFn, number: int) -> str:
    """A reward of any kind."""
    kind = draw(
        st.sampled_from(
            (
                'kind = "amount_off"\namount = 5.00\n',
                'kind = "amount_off"\namount = 2.50\n',
                'kind = "percent_off"\npercent = 10\n',
                'kind = "percent_off"\npercent = 33\nmax_amount = 7.00\n',
                'kind = "free_item"\n',
                'kind = "free_item"\nwhich = "dearest"\n',
                'kind = "cheaper_item"\npercent = 50\nitems = 2\n',
                'kind = "cheaper_item"\nprice = 1.00\nwhich = "dearest"\n',
                'kind = "gift"\n',
            )
        )
    )
    text = f'[[reward]]\nid = "reward-{number}"\nname = "Reward {number}"\n{kind}'
    text += f"points = {draw(st.sampled_from((0, 10, 25, 40)))}\n{draw(conditions())}"
    if draw(st.integers(0, 3)) == 0:
        text += 'exclusive_group = "group"\n'
    if draw(st.integers(0, 4)) == 0:
        text += 'limits = [{ uses = 2, per = "day" }]\n'
    if draw(st.integers(0, 5)) == 0:
        text += "stock = 3\nbudget = 40.00\n"
    return text


@st.composite
def programmes(draw: st.DrawFn, refunds: str = "may_go_negative") -> str:
    """A programme with some of everything, and the policy *refunds*."""
    earning = "[earning]\n" + words("exclude_categories", ["Tobacco"])
    earning += f'rounding = "{draw(st.sampled_from(("floor", "nearest", "carry")))}"\n'
    earning += f'earn_on = "{draw(st.sampled_from(("net", "gross")))}"\n'
    if draw(st.booleans()):
        earning += 'after = "14d"\n'
    if draw(st.integers(0, 4)) == 0:
        earning += f"cap_per_day = {draw(st.integers(1, 200))}\n"
    text = earning + "".join(draw(rules(number)) for number in range(draw(st.integers(1, 5))))
    text += "".join(draw(rewards(number)) for number in range(draw(st.integers(1, 5))))
    text += '[[reward]]\nid = "pay"\nname = "Pay"\nkind = "points_payment"\npoints = 10\nworth = 0.50\nmax_share = 60\n'
    if draw(st.booleans()):
        text += '[[tier]]\nid = "silver"\nname = "Silver"\nfrom_points = 30\nmultiplier = 1.25\n'
        text += '[[tier]]\nid = "gold"\nname = "Gold"\nfrom_points = 120\nmultiplier = 1.5\n'
    if draw(st.booleans()):
        text += '[[stamp_card]]\nid = "card"\nname = "Card"\nsize = 3\nreward = "reward-0"\n'
        text += (
            words("categories", ["Coffee", "Fruit"]) + f'per = "{draw(st.sampled_from(("item", "sale", "visit")))}"\n'
        )
    model = draw(st.sampled_from(("never", "rolling", "calendar", "activity")))
    return text + f'[expiry]\nmodel = "{model}"\nmonths = 2\n[refunds]\npolicy = "{refunds}"\n'
