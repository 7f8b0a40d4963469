"""What happened, in a word for each kind of entry."""

from typing import Final

from config.i18n import N_

KINDS: Final[dict[str, str]] = {
    "till_set_up": N_("Till set up"),
    "paired": N_("Paired"),
    "key_rotated": N_("Key changed"),
    "life_opened": N_("Journal opened"),
    "life_closed": N_("Journal closed"),
    "staff_added": N_("Staff added"),
    "staff_changed": N_("Staff changed"),
    "staff_removed": N_("Staff removed"),
    "shift_opened": N_("Shift opened"),
    "shift_closed": N_("Shift closed"),
    "programme_activated": N_("Programme"),
    "member_enrolled": N_("Joined"),
    "member_blocked": N_("Blocked"),
    "member_unblocked": N_("Unblocked"),
    "member_erased": N_("Erased"),
    "members_merged": N_("Merged"),
    "profile_changed": N_("Profile changed"),
    "card_linked": N_("Card linked"),
    "card_blocked": N_("Card blocked"),
    "card_replaced": N_("Card replaced"),
    "sale_completed": N_("Sale"),
    "sale_refunded": N_("Refund"),
    "sale_voided": N_("Void"),
    "sale_imported": N_("Imported sale"),
    "points_adjusted": N_("Adjusted"),
    "points_imported": N_("Imported points"),
    "points_expired": N_("Expired"),
    "expiry_reversed": N_("Expiry reversed"),
    "tier_changed": N_("Tier changed"),
    "activity_recorded": N_("Activity"),
    "voucher_issued": N_("Voucher"),
    "voucher_voided": N_("Voucher voided"),
    "allowance_returned": N_("Points returned"),
    "override_granted": N_("Override"),
    "flag_raised": N_("Flag"),
    "flag_cleared": N_("Flag cleared"),
}
