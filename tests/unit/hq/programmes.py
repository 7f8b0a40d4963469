"""Small programmes for the tests of HQ."""

TIERS = """
name = "Tiers"

[[rule]]
id = "base"
points = 1
per = 1.00

[tiers]
window = "rolling"
months = 12

[[tier]]
id = "bronze"
name = "Bronze"
from_points = 0

[[tier]]
id = "gold"
name = "Gold"
from_points = 100
multiplier = 2
"""

ACTIVITY = """
name = "Activity"

[[rule]]
id = "base"
points = 1
per = 1.00

[expiry]
model = "activity"
months = 1
to_month_end = false
"""

CARDS = """
name = "Cards"

[[rule]]
id = "base"
points = 1
per = 1.00

[[rule]]
id = "welcome"
first_purchase = true
bonus = 50

[[reward]]
id = "free-coffee"
name = "A free coffee"
kind = "free_item"
categories = ["coffee"]
needs_voucher = true

[[reward]]
id = "mug"
name = "A mug"
kind = "gift"
points = 10
limits = [{ uses = 1, offline = "each-till" }]

[[stamp_card]]
id = "coffee"
name = "Coffee"
categories = ["coffee"]
size = 9
reward = "free-coffee"
voucher_valid = "90d"
"""
