"""The fixtures of a shop, for every test of the app."""

from tests.integration.terminal.shop import pristine_home, shop

__all__ = ["pristine_home", "shop"]
