"""Safe identifiers: the only way in which a name of a document enters the code."""

from __future__ import annotations

import builtins
import keyword
import re

_LONGEST = 24

# What a submodule or a local variable of `forward` must not be called: attributes of nn.Module
# (a test compares the list with the installed torch) and the names that the code itself uses.
_ATTRIBUTES = """
T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule
half ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters
parameters register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
to_empty train training type xpu zero_grad
"""
MODULE_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
_TAKEN = MODULE_ATTRIBUTES | set(dir(builtins)) | set(keyword.kwlist) | set(keyword.softkwlist)
_OWN = frozenset({"self", "torch", "nn", "x", "images"})

# What the module's class must not be called: names of the script itself (a test compares).
_SCRIPT = """
Any BATCH_SIZE CLASSES CLIP_NORM COLOR CUTMIX CUTOUT Callable DATA EMA_DECAY EPOCHS EXAMPLES EXCLUDED
File GAMMA HEADS Image ImageOps LABEL_SMOOTHING LEARNING_RATE MAGNITUDE MEAN MIXUP MOMENTUM Muon
PATIENCE Path RAND_AUGMENT ROTATE SEED SHAPE SHIFT SPLITS STD STEP_SIZE Sequence VALIDATION WARMUP
WEIGHT_DECAY ZOOM
"""
SCRIPT_NAMES = frozenset(_SCRIPT.split())


def identifiers(
    names: list[str], reserved: frozenset[str] = frozenset(), longest: int = _LONGEST
) -> dict[str, str]:
    """Give each name an identifier of its own.

    ASCII letters, digits and ``_`` stay; a name that is an identifier already, and free,
    stays as it is, so that people find their names in the code.

    Args:
        names: Distinct names, trusted or not.
        reserved: Identifiers that are taken already.
        longest: How many letters of a name stay.

    Returns:
        The identifier of each name: at most so many letters and a number.
    """
    found: dict[str, str] = {}
    used = set(reserved)
    for name in names:
        plain = re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")[:longest].strip("_") or "block"
        if plain[0].isdigit() or plain in _TAKEN or plain in _OWN:
            plain = f"block_{plain}"
        free, number = plain, 2
        while free in used:
            free, number = f"{plain}_{number}", number + 1
        used.add(free)
        found[name] = free
    return found


def group_name(title: str, node: str) -> str:
    """The name of a group's class: its title, or its id without the number, or ``Group``."""
    return class_name(title, class_name(re.sub(r"[\W\d_]+$", "", node), "Group"))


def lower_name(name: str) -> str:
    """The name of an argument: in small letters, as no class is called."""
    (found,) = identifiers([name[: 4 * _LONGEST].lower()], longest=4 * _LONGEST).values()
    return found


def free_name(name: str, used: set[str]) -> str:
    """The first of ``Stage``, ``Stage2``, ``Stage3`` that is not used; it is used from then on."""
    free, number = name, 2
    while free in used:
        free, number = f"{name}{number}", number + 1
    used.add(free)
    return free


def class_name(name: str, otherwise: str = "Network") -> str:
    """The name of a class: the words of a name in capitals, or another where it has none."""
    words = re.findall(r"[A-Za-z][0-9A-Za-z]*|[0-9]+", name)
    plain = "".join(word[0].upper() + word[1:] for word in words)[: 2 * _LONGEST]
    if not plain or not plain[0].isalpha() or plain in _TAKEN or plain in SCRIPT_NAMES:
        return otherwise
    return plain
