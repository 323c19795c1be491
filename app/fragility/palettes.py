"""The colours of areas: sequences that fall from light to dark, and five for hot spots. Pure."""

PALETTES = {
    "purples": ("#f1edf7", "#d5cae6", "#b3a1d2", "#8c74b8", "#664a98", "#472c78", "#2d1657"),
    "viridis": ("#fde725", "#90d743", "#35b779", "#21918c", "#31688e", "#443983", "#440154"),
    "cividis": ("#fee838", "#d2c060", "#a59c74", "#7c7b78", "#575d6d", "#2a3f6d", "#00224e"),
    "greys": ("#f7f7f7", "#d9d9d9", "#bdbdbd", "#969696", "#6f6f6f", "#474747", "#1a1a1a"),
}
"""Seven colours each, from low to high; neighbours differ for every kind of colour blindness, and printed in
grey. The first is that of the city's map (static/js/class-rules.js); viridis and cividis are sampled from the
colour maps of S. van der Walt and N. Smith (2015) and of J. Nuñez, C. Anderton and R. Renslow (2018)."""
PICKED = (
    (),
    (2,),
    (1, 3),
    (0, 2, 4),
    (0, 1, 3, 4),
    (0, 1, 2, 3, 4),
    (0, 1, 2, 3, 4, 5),
    (0, 1, 2, 3, 4, 5, 6),
)
"""Which of the seven are taken, by the number of classes."""
SPOTS = {
    "high-high": "#a50026",
    "high-low": "#f4a36c",
    "low-high": "#9ecae1",
    "low-low": "#2b5ca8",
    "hot": "#a50026",
    "cold": "#2b5ca8",
    "neither": "#eceff2",
}
"""What an area and its neighbours are to each other; red and blue are told apart without red and green."""


def colours(palette: str, count: int) -> tuple[str, ...]:
    """The colours of `count` classes, from low to high; at most seven."""
    return tuple(PALETTES[palette][number] for number in PICKED[count])
