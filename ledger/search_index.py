"""The index of names, kept beside the profiles that it points to."""

from ledger.store import Transaction


def index(tx: Transaction, member_no: int, name_folded: str | None) -> None:
    """Make the member findable by the words of a name."""
    if name_folded:
        tx.execute("INSERT INTO name_index (rowid, name_folded) VALUES (?, ?)", (member_no, name_folded))


def unindex(tx: Transaction, member_no: int) -> None:
    """Take the member's name out of the index: call it before the profile changes, which still tells the old words."""
    # While a till is being filled (ledger.bulk) names wait for their index: taking out what is not in would damage it.
    name_folded = tx.value(
        "SELECT name_folded FROM profile WHERE no = ? AND EXISTS (SELECT 1 FROM name_index_docsize WHERE id = no)",
        (member_no,),
    )
    if name_folded:
        tx.execute(
            "INSERT INTO name_index (name_index, rowid, name_folded) VALUES ('delete', ?, ?)", (member_no, name_folded)
        )
