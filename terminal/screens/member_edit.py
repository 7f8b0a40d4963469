"""Change a member's profile; an emptied field is forgotten."""

from collections.abc import Sequence

from config.errors import N_
from config.i18n import _
from terminal.screens.form_screen import FormScreen
from terminal.till_member_shapes import MemberShown, ProfileEdit
from terminal.widgets.field import keeps_digits
from terminal.widgets.form import Form, Row

PHONE_DIGITS = 12


class EditScreen(FormScreen[None]):
    """The profile as a form."""

    HEADING = N_("Edit the member")
    ABOUT = N_("Change what is wrong; empty a field to forget it. F12 saves, Esc leaves everything as it was.")

    def __init__(self, member: MemberShown) -> None:
        super().__init__()
        self._member = member
        self._before: dict[str, str] = {}

    def rows(self) -> Sequence[Row]:
        """The fields of a profile."""
        profile = self._member.profile
        digits, phone = keeps_digits(PHONE_DIGITS), self.phone(profile.phone)
        rows = (
            Row("name", _("Name"), value=profile.name or "", max_length=100),
            Row("phone", _("Phone"), value=phone, max_length=30, keeps=digits),
            Row("email", _("E-mail"), value=profile.email or "", max_length=200, keeps=lambda text: "@" in text),
            Row(
                "birthday", _("Birthday"), _("05-31 or 1984-05-31"), profile.birthday or "", max_length=10, keeps=digits
            ),
            Row("language", _("Language"), "en, pl, ro, ru", profile.language or "", max_length=2),
            Row("note", _("Note"), value=profile.note or "", max_length=200),
            Row("segments", _("Segments"), _("staff, students"), profile.segments or "", max_length=200),
        )
        self._before = {each.id: each.value for each in rows}
        return rows

    def on_mount(self) -> None:
        """Say what to do."""
        self.tell(_("F12 saves. An emptied field is forgotten."))

    async def save(self, form: Form) -> None:
        """Keep what differs."""
        changed = {
            name: form.value(name) or None
            for name, before in self._before.items()
            if form.value(name) != before.strip()
        }
        if changed:
            member_id, edit = self._member.member_id, ProfileEdit(**changed)
            desk = self.regulars.desk
            done = await self.with_manager(lambda pin: desk.write(lambda till: till.members.edit(member_id, edit, pin)))
            if done is None:
                return
        self.dismiss(None)
