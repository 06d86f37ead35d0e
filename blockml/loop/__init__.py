"""The training's own source: plain PyTorch that the engine runs and the script copies.

Each function stands alone (it needs torch and the functions of its own file only), so
that `blockml.codegen` can put its text into a script: what is exported is what trained.
"""
