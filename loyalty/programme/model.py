"""The programme file as a model: every table and key, what it means, and its default."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from config.errors import N_
from loyalty.programme.parts import (
    CURRENCY_PATTERN,
    Amount,
    Conditions,
    Factor,
    Id,
    Ids,
    Length,
    Limits,
    Name,
    Part,
    Points,
    WhenAndWho,
    Words,
)
from loyalty.rewards import AnyReward

_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _month_day(value: str) -> str:
    month, dash, day = value.partition("-")
    is_written_so = len(month) == 2 and dash and len(day) == 2 and month.isdecimal() and day.isdecimal()
    if is_written_so and 1 <= int(month) <= 12 and 1 <= int(day) <= _DAYS_OF_MONTH[int(month) - 1]:
        return value
    raise ValueError(N_('must be a day of the year, such as "12-31"'))


class Caps(Part):
    """The most points that may be earned."""

    cap_per_sale: Annotated[Points | None, Field(description="At most so many points in one sale.")] = None
    cap_per_day: Annotated[Points | None, Field(description="At most so many points in one business day.")] = None
    cap_per_month: Annotated[Points | None, Field(description="At most so many points in one calendar month.")] = None


class Earning(Caps):
    """How points are counted, whatever the rule."""

    earn_on: Annotated[
        Literal["net", "gross"],
        Field(description="Points for what the member pays after rewards (`net`), or before them (`gross`)."),
    ] = "net"
    rounding: Annotated[
        Literal["floor", "nearest", "carry"],
        Field(
            description="Once, at the end of a sale: down to whole points (`floor`), to the nearest whole point with "
            "halves up (`nearest`), or down to thousandths which are kept (`carry`: ten sales of 0.90 give 9 points)."
        ),
    ] = "floor"
    exclude_categories: Annotated[
        Words,
        Field(description="Lines of these categories never count: tobacco, gift cards, medicine."),
    ] = ()
    exclude_skus: Annotated[Words, Field(description="Lines with these SKUs never count.")] = ()
    after: Annotated[
        Length | None, Field(description="Points can be spent only after this time: until then they are pending.")
    ] = None


class Rule(Conditions, Caps):
    """A way to earn: conditions and one effect (`points` with `per`, `points_per_item`, `bonus` or `multiply`)."""

    id: Annotated[Id, Field(description="Its name for the journal and the command line: a–z, 0–9 and `-`.")]
    name: Annotated[Name | None, Field(description="What people read; the id where nothing is said.")] = None
    points: Annotated[Points | None, Field(gt=0, description="So many points …")] = None
    per: Annotated[Amount | None, Field(gt=0, description="… for each so much money.")] = None
    whole_steps: Annotated[
        bool, Field(description="`true`: only full steps of `per` count, of all its lines together.")
    ] = False
    points_per_item: Annotated[Points | None, Field(gt=0, description="So many points for each whole item.")] = None
    bonus: Annotated[Points | None, Field(gt=0, description="So many points for the sale.")] = None
    multiply: Annotated[
        Factor | None, Field(description="The points of other rules for the lines it looks at, times this.")
    ] = None
    multiplies: Annotated[Ids, Field(description="Only the points of these rules are multiplied.")] = ()
    multiply_bonuses: Annotated[bool, Field(description="`true`: bonuses are multiplied too.")] = False
    exclusive_group: Annotated[
        Id | None, Field(description="Of a group's rules that hold, only the one of highest priority counts.")
    ] = None
    priority: Annotated[int, Field(ge=-1000, le=1000, description="Within its group; the first of equals wins.")] = 0
    limits: Annotated[Limits, Field(description="How often a member may earn by it.")] = ()
    after: Annotated[Length | None, Field(description="Instead of `earning.after`, for its points.")] = None
    expires_after: Annotated[Length | None, Field(description="Instead of `expiry`, for its points.")] = None
    qualifies: Annotated[bool, Field(description="`false`: its points don't count towards tiers.")] = True

    @model_validator(mode="after")
    def _one_effect(self) -> "Rule":
        effects = [self.points, self.points_per_item, self.bonus, self.multiply]
        if sum(effect is not None for effect in effects) != 1:
            raise ValueError(N_("needs exactly one of points (with per), points_per_item, bonus and multiply"))
        if (self.points is None) != (self.per is None):
            raise ValueError(N_("points and per belong together: points = 1 with per = 1.00"))
        if self.whole_steps and self.per is None:
            raise ValueError(N_("whole_steps belongs to points with per"))
        return self

    @model_validator(mode="after")
    def _multiplier_has_no_points(self) -> "Rule":
        if self.multiply is None and (self.multiplies or self.multiply_bonuses):
            raise ValueError(N_("multiplies and multiply_bonuses belong to multiply"))
        own = (self.cap_per_sale, self.cap_per_day, self.cap_per_month, self.after, self.expires_after)
        if self.multiply is not None and any(value is not None for value in own):
            raise ValueError(N_("caps, after and expires_after belong to the rules that it multiplies"))
        return self


class Tiers(Part):
    """How tiers are won and lost."""

    window: Annotated[
        Literal["rolling", "calendar", "lifetime"],
        Field(
            description="What counts: the points of the last `months` (`rolling`), of this calendar year (`calendar`), "
            "or all (`lifetime`)."
        ),
    ] = "rolling"
    months: Annotated[int, Field(ge=1, le=120, description="The length of a rolling window.")] = 12
    grace: Annotated[
        Length | None,
        Field(description="After a window's end the tier stays so long, and what is earned meanwhile still counts."),
    ] = None
    qualify_by: Annotated[
        Literal["earned", "spent"],
        Field(
            description="Qualifying points: the points that a sale earns (`earned`), or one for each unit of money "
            "that counts, in thousandths (`spent`)."
        ),
    ] = "earned"


class Tier(Part):
    """A tier. List them from the lowest to the highest."""

    id: Annotated[Id, Field(description="Its name for the journal and for conditions.")]
    name: Annotated[Name, Field(description="What people read.")]
    from_points: Annotated[Points, Field(description="Qualifying points needed in the window.")]
    multiplier: Annotated[Factor, Field(description="All points that are not bonuses, times this.")] = Decimal(1)
    greeting: Annotated[Name | None, Field(description="What the cashier sees.")] = None


class StampCard(Conditions):
    """A stamp card: a full one becomes a voucher by itself, and what is left over starts the next."""

    id: Annotated[Id, Field(description="Its name for the journal.")]
    name: Annotated[Name, Field(description="What people read.")]
    per: Annotated[
        Literal["item", "sale", "visit"],
        Field(description="A stamp for each whole item that is paid, for each sale, or for the day's first sale."),
    ] = "item"
    stamps: Annotated[int, Field(ge=1, le=100, description="How many stamps each time.")] = 1
    cap_per_sale: Annotated[int | None, Field(ge=1, description="At most so many stamps in one sale.")] = None
    size: Annotated[int, Field(ge=1, le=1000, description="How many stamps fill the card.")]
    reward: Annotated[Id, Field(description="The reward that a full card's voucher is for.")]
    voucher_valid: Annotated[Length | None, Field(description="How long that voucher is good.")] = None


class Expiry(Part):
    """When points expire."""

    model: Annotated[
        Literal["never", "rolling", "calendar", "activity"],
        Field(
            description="Never; `months` after they were earned (`rolling`); on one day each year (`calendar`); or "
            "`months` after the last sale that earned or spent points, all together (`activity`)."
        ),
    ] = "never"
    months: Annotated[int, Field(ge=1, le=120, description="For `rolling` and `activity`.")] = 12
    to_month_end: Annotated[
        bool, Field(description="For `rolling` and `activity`: good until the end of the month.")
    ] = True
    on: Annotated[
        str, AfterValidator(_month_day), Field(description="For `calendar`: the last good day, month and day.")
    ] = "12-31"
    at_least: Annotated[
        Length | None,
        Field(description="For `calendar`: points earned later than this before the day are good a year more."),
    ] = None


class Refunds(Part):
    """What a refund does to points that were earned and are spent already."""

    policy: Annotated[
        Literal["may_go_negative", "within_balance", "pending_only"],
        Field(
            description="Take back all that the sale gave, even below zero; no more than the balance; or only points "
            "that are still pending."
        ),
    ] = "may_go_negative"


class Redeeming(Part):
    """What rewards may never touch."""

    exclude_categories: Annotated[
        Words, Field(description="No reward takes anything off lines of these categories.")
    ] = ()
    exclude_skus: Annotated[Words, Field(description="No reward takes anything off lines with these SKUs.")] = ()


class Activity(WhenAndWho):
    """An act other than a purchase that earns points or a voucher."""

    id: Annotated[Id, Field(description="Its name for the journal and the command line.")]
    name: Annotated[Name, Field(description="What people read.")]
    kind: Annotated[
        Literal["review", "referral", "survey", "newsletter", "event", "birthday", "custom"],
        Field(description="What sort of act, for reports."),
    ] = "custom"
    points: Annotated[Points, Field(description="What it earns.")] = Decimal(0)
    voucher: Annotated[Id | None, Field(description="The reward that its voucher is for.")] = None
    voucher_valid: Annotated[Length | None, Field(description="How long that voucher is good.")] = None
    proof: Annotated[
        Literal["none", "reference", "manager"],
        Field(description="What recording it needs: nothing, a reference (used once), or a manager's PIN."),
    ] = "none"
    limits: Annotated[Limits, Field(description="How often a member may do it.")] = ()
    after: Annotated[Length | None, Field(description="Its points can be spent only after this time.")] = None
    expires_after: Annotated[Length | None, Field(description="Instead of `expiry`, for its points.")] = None
    qualifies: Annotated[bool, Field(description="`true`: its points count towards tiers.")] = False

    @model_validator(mode="after")
    def _earns_something(self) -> "Activity":
        if not self.points and self.voucher is None:
            raise ValueError(N_("earns nothing: needs points or voucher"))
        return self


class Flags(Part):
    """What a manager is told of. Flags never stop a sale. Leave a line out, and that flag is off."""

    sales_per_day: Annotated[int | None, Field(ge=1, description="More sales than this on one card in a day.")] = None
    two_stores_minutes: Annotated[
        int | None, Field(ge=1, le=1440, description="One card in two stores within so many minutes.")
    ] = None
    cashier_own_card: Annotated[
        int | None, Field(ge=1, description="A cashier rings up the same member more often than this in a day.")
    ] = None
    enrolments_per_contact: Annotated[
        int | None, Field(ge=1, description="More members than this with one phone or e-mail.")
    ] = None
    adjustment_points: Annotated[
        Points | None, Field(description="A manual adjustment of at least so many points, up or down.")
    ] = None
    refund_after_redemption: Annotated[
        bool, Field(description="A refund of a sale that earned points which are spent already.")
    ] = False


class ProgrammeFile(Part):
    """The whole file."""

    name: Annotated[Name, Field(description="What people read.")]
    currency: Annotated[
        str | None,
        Field(pattern=CURRENCY_PATTERN, description="Amounts are in this currency; without it, in the store's own."),
    ] = None
    earning: Earning = Earning()
    rules: Annotated[tuple[Rule, ...], Field(strict=False, alias="rule", max_length=500)] = ()
    tiers: Tiers = Tiers()
    tier: Annotated[tuple[Tier, ...], Field(strict=False, max_length=20)] = ()
    rewards: Annotated[tuple[AnyReward, ...], Field(strict=False, alias="reward", max_length=500)] = ()
    redeeming: Redeeming = Redeeming()
    stamp_cards: Annotated[tuple[StampCard, ...], Field(strict=False, alias="stamp_card", max_length=50)] = ()
    activities: Annotated[tuple[Activity, ...], Field(strict=False, alias="activity", max_length=100)] = ()
    expiry: Expiry = Expiry()
    refunds: Refunds = Refunds()
    flags: Flags = Flags()
