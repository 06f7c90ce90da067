"""The page's colours: petrol green and slate, light and dark; the fonts of the person's own system."""

from __future__ import annotations

from typing import Any

GREEN = (
    "#eef7f6", "#d3ebe8", "#a9d7d2", "#76bdb6", "#45a098", "#1f837b", "#0d6b64", "#0b5752", "#0a4642",
    "#093936", "#052120",
)  # fmt: skip
SLATE = (
    "#f7f8f9", "#eef0f2", "#dde1e5", "#c3cad1", "#98a3ae", "#6b7784", "#51606d", "#3d4954", "#29323a",
    "#1b2228", "#12171b",
)  # fmt: skip
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
FIXED_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Liberation Mono", "monospace")

VARIABLES: dict[str, tuple[str | None, str | None]] = {
    "checkbox_border_color": ("*neutral_500", "*neutral_400"),
    "checkbox_background_color": ("white", "*neutral_900"),
    "checkbox_background_color_selected": ("*primary_600", "*primary_400"),
    "body_background_fill": ("*neutral_50", "*neutral_950"),
    "body_text_color": ("*neutral_900", "*neutral_100"),
    "body_text_color_subdued": ("*neutral_600", "*neutral_400"),
    "background_fill_primary": (None, "*neutral_900"),
    "background_fill_secondary": (None, "*neutral_900"),
    "block_background_fill": ("white", "*neutral_900"),
    "block_border_width": ("1px", "1px"),
    "block_border_color": ("*neutral_200", "*neutral_800"),
    "border_color_primary": ("*neutral_300", "*neutral_700"),
    "button_primary_background_fill": ("*primary_600", "*primary_400"),
    "button_primary_background_fill_hover": ("*primary_700", "*primary_300"),
    "button_primary_text_color": ("white", "*neutral_950"),
    "button_secondary_background_fill": ("white", "*neutral_800"),
    "button_secondary_background_fill_hover": ("*neutral_100", "*neutral_700"),
    "button_secondary_border_color": ("*neutral_300", "*neutral_700"),
    "button_border_width": ("1px", None),
    "input_background_fill": ("white", "*neutral_800"),
    "input_border_color": ("*neutral_400", "*neutral_600"),
    "input_border_width": ("1px", None),
    "input_placeholder_color": ("*neutral_600", "*neutral_400"),
    "color_accent_soft": ("*primary_50", "*neutral_800"),
    "border_color_accent_subdued": ("*primary_200", "*neutral_700"),
    "link_text_color": ("*primary_700", "*primary_300"),
    "link_text_color_hover": ("*primary_800", "*primary_200"),
    "link_text_color_visited": ("*primary_700", "*primary_300"),
    "link_text_color_active": ("*primary_800", "*primary_200"),
}
"""Variable of the theme → its value in light and in dark; None keeps the one of the base theme."""


def web_theme(gr: Any) -> Any:
    """The theme, made with the gradio module that the caller has loaded."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.Color(*GREEN, name="petrol"),
        secondary_hue=gr.themes.Color(*GREEN, name="petrol"),
        neutral_hue=gr.themes.Color(*SLATE, name="slate"),
        font=list(FONTS),
        font_mono=list(FIXED_FONTS),
    )
    values = {name: light for name, (light, _) in VARIABLES.items() if light}
    values |= {f"{name}_dark": dark for name, (_, dark) in VARIABLES.items() if dark}
    return theme.set(**values)
