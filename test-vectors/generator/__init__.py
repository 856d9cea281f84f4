"""Makes EdgeSeal's test vectors. Uses none of EdgeSeal's code: see ../README.md."""
