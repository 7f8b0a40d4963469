"""The rules of HQ hold on PostgreSQL as they do on SQLite: the very same tests, on the other database."""

from tests.unit.hq.test_elsewhere import *  # noqa: F403
from tests.unit.hq.test_expiry import *  # noqa: F403
from tests.unit.hq.test_keys import *  # noqa: F403
from tests.unit.hq.test_lives import *  # noqa: F403
from tests.unit.hq.test_rerun import *  # noqa: F403
from tests.unit.hq.test_suspense import *  # noqa: F403
from tests.unit.hq.test_tiers import *  # noqa: F403
from tests.unit.hq.test_units import *  # noqa: F403
