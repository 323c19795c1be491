"""One area: what it is and how it stands among the others, and two of them side by side."""
