"""The till's own looks: dark, light and high contrast; every text on every ground reaches 4.5:1.

Only the names in :data:`TEXT_ON_GROUND` are used for text, so a test of these pairs covers every screen.
"""

from textual.theme import Theme

TEXTS = ("foreground", "muted", "primary", "secondary", "accent", "success", "warning", "error")
GROUNDS = ("background", "surface", "panel")
INVERSE_GROUNDS = ("primary", "accent", "success", "warning", "error")
"""Grounds on which the variable ``on-colour`` is the text."""


def _theme(name: str, colours: dict[str, str], *, dark: bool) -> Theme:
    """A theme whose look depends on the named colours alone: nothing is derived by the library."""
    ink, muted, on_colour = colours["foreground"], colours["muted"], colours["on-colour"]
    return Theme(
        name=name,
        dark=dark,
        primary=colours["primary"],
        secondary=colours["secondary"],
        accent=colours["accent"],
        success=colours["success"],
        warning=colours["warning"],
        error=colours["error"],
        foreground=ink,
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["panel"],
        boost=colours["panel"],
        text_alpha=1.0,
        variables={
            "muted": muted,
            "rule": colours["rule"],
            "on-colour": on_colour,
            "text-muted": muted,
            "text-disabled": muted,
            "text": ink,
            "border": colours["primary"],
            "border-blurred": colours["rule"],
            "input-cursor-background": ink,
            "input-cursor-foreground": colours["background"],
            "input-cursor-text-style": "none",
            "input-selection-background": colours["primary"],
            "input-selection-foreground": on_colour,
            "block-cursor-background": colours["primary"],
            "block-cursor-foreground": on_colour,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": colours["panel"],
            "block-cursor-blurred-foreground": ink,
            "block-hover-background": colours["panel"],
            "button-foreground": ink,
            "button-color-foreground": on_colour,
            "button-focus-text-style": "bold reverse",
            "scrollbar": colours["rule"],
            "scrollbar-hover": colours["primary"],
            "scrollbar-active": colours["primary"],
            "scrollbar-background": colours["background"],
            "scrollbar-background-hover": colours["background"],
            "scrollbar-background-active": colours["background"],
            "scrollbar-corner-color": colours["background"],
        },
    )


DARK = _theme(
    "regulars-dark",
    {
        "background": "#11161c",
        "surface": "#171e26",
        "panel": "#222c37",
        "foreground": "#eceff3",
        "muted": "#a3b0bd",
        "primary": "#6fd0b0",
        "secondary": "#9cc3ee",
        "accent": "#f3c969",
        "success": "#86dd9c",
        "warning": "#f4b860",
        "error": "#ff9d94",
        "on-colour": "#10151a",
        "rule": "#3b4a59",
    },
    dark=True,
)

LIGHT = _theme(
    "regulars-light",
    {
        "background": "#f4f1ea",
        "surface": "#fdfcf9",
        "panel": "#e9e4d9",
        "foreground": "#1b2026",
        "muted": "#505a63",
        "primary": "#0a5f4a",
        "secondary": "#1f4f86",
        "accent": "#7a4a00",
        "success": "#1c5f33",
        "warning": "#804300",
        "error": "#9c1c16",
        "on-colour": "#ffffff",
        "rule": "#b9b09e",
    },
    dark=False,
)

CONTRAST = _theme(
    "regulars-contrast",
    {
        "background": "#000000",
        "surface": "#000000",
        "panel": "#1c1c1c",
        "foreground": "#ffffff",
        "muted": "#e0e0e0",
        "primary": "#ffe600",
        "secondary": "#7fdfff",
        "accent": "#ffb300",
        "success": "#7dff9a",
        "warning": "#ffb300",
        "error": "#ff9c9c",
        "on-colour": "#000000",
        "rule": "#ffffff",
    },
    dark=True,
)

THEMES = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}
"""By the name that the settings use."""
