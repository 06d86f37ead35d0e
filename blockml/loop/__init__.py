"""The training's own source: plain PyTorch that the engine runs and the exported script copies.

Each function stands alone (it needs torch and what stands in its own file only), so that
`blockml.codegen` can put its text into a script: what is exported is what trained. Hence the
narrower lines (88, as formatters have it by default), and docstrings that suit both readers.
"""
