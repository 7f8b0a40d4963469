"""Who is on this sale, and what the cashier should say to them."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from config.formats import format_date, format_points
from config.i18n import _, current_language, ngettext
from loyalty.money import MILLI
from terminal.till_member_shapes import MemberShown
from terminal.widgets.text import bar, row, stack, stamps


class MemberPane(Static):
    """The member in at most nine lines; without one, how to get one."""

    DEFAULT_CSS = """
    MemberPane { border: round $rule; border-title-color: $muted; background: $surface; padding: 0 1; }
    MemberPane.-member { border: round $primary; }
    """

    member: reactive[MemberShown | None] = reactive(None)
    zone = reactive("UTC")

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = _("Member")

    def watch_member(self, member: MemberShown | None) -> None:
        """A frame in colour tells from afar whether there is a member."""
        self.set_class(member is not None, "-member")

    def render(self) -> Content:
        """The member, or what to do to get one."""
        if self.member is None:
            return nobody()
        return stack(member_lines(self.member, self.zone, self.size.width)[: max(1, self.size.height)])


def nobody() -> Content:
    """What to do while there is no member."""
    return Content.assemble(
        (_("No member yet"), "bold"),
        "\n\n",
        (_("Scan a card, or type a phone, a name or an e-mail."), "$muted"),
        "\n",
        (_("F2 enrols a new member."), "$muted"),
    )


def member_lines(member: MemberShown, zone: str, width: int) -> list[Content]:
    """*member* line by line, the most important first; lines that say nothing are left out."""
    lines = [_name_line(member, width)]
    if member.status != "active":
        lines.append(Content.styled(_blocked(member.status), "$error bold"))
    lines.append(_points_line(member, width))
    lines += _tier_line(member, width)
    lines += [row(card.name, stamps(card.stamps, card.size), width) for card in member.stamps]
    lines += _news(member, zone)
    return lines


def _name_line(member: MemberShown, width: int) -> Content:
    tier = (f"★ {member.tier.name}", "$accent bold") if member.tier else ""
    return row((member.name or _("Member {number}").format(number=member.number or ""), "bold"), tier, width)


def _blocked(status: str) -> str:
    words = {
        "blocked": _("✗ BLOCKED: nothing is earned or spent. Call a manager."),
        "erased": _("✗ ERASED: this member's data are gone. Enrol anew."),
    }
    return words.get(status, status)


def _points_line(member: MemberShown, width: int) -> Content:
    language = current_language()
    whole = member.points_millipoints // MILLI
    points = ngettext("{points} point", "{points} points", abs(whole))
    left = (points.format(points=format_points(member.points_millipoints, language)), "bold $primary")
    if member.spendable_millipoints == member.points_millipoints:
        return Content.assemble(left)
    spendable = format_points(member.spendable_millipoints, language)
    return row(left, (_("{points} to spend now").format(points=spendable), "$warning"), width)


def _tier_line(member: MemberShown, width: int) -> list[Content]:
    tier = member.tier
    if tier is None or tier.next_name is None:
        return []
    missing = format_points(tier.missing_millipoints, current_language())
    words = _("{points} more to {tier}").format(points=missing, tier=tier.next_name)
    room = width - len(words) - 1
    return [Content.assemble(bar(tier.progress_permille, min(16, max(4, room))), " ", words).truncate(width)]


def _news(member: MemberShown, zone: str) -> list[Content]:
    language = current_language()
    news = []
    if member.greeting:
        news.append(Content.styled(member.greeting, "$accent"))
    if member.birthday_in_days is not None:
        news.append(Content.styled(_birthday(member.birthday_in_days), "$accent bold"))
    if member.pending_millipoints:
        pending = format_points(member.pending_millipoints, language)
        news.append(Content.styled(_("{points} points are on their way").format(points=pending), "$muted"))
    expiry = member.next_expiry
    if expiry is not None and expiry.expires_ms is not None:
        amount = format_points(expiry.amount_millipoints, language)
        # Points live until the instant named: the day before it is the last one.
        day = format_date(expiry.expires_ms - 1, zone, language)
        news.append(Content.styled(_("{points} points until {day}").format(points=amount, day=day), "$muted"))
    if member.vouchers:
        count = len(member.vouchers)
        words = ngettext("{count} voucher to use", "{count} vouchers to use", count).format(count=count)
        news.append(Content.styled(words, "$accent"))
    return news


def _birthday(days: int) -> str:
    if days == 0:
        return _("♪ Birthday today")
    if days > 0:
        return ngettext("♪ Birthday in {days} day", "♪ Birthday in {days} days", days).format(days=days)
    return ngettext("♪ Birthday {days} day ago", "♪ Birthday {days} days ago", -days).format(days=-days)
