"""What the page says to a canvas, without a page."""

from blockml.experiment import Experiment
from blockml.protocol import Answer


def ask(canvas, name, payload=None, buffers=()):
    """Ask as the page does, and return the answer that it gets."""
    answers = []
    canvas.send = answers.append
    canvas._handle_custom_msg(
        {"kind": "blockml-request", "id": "q1", "name": name, "payload": payload or {}}, list(buffers)
    )
    assert len(answers) == 1
    assert answers[0]["id"] == "q1"
    return Answer.model_validate(answers[0])


def from_page(canvas, document, revision, writer="", base=0):
    """Send a document, or what is to be taken for one."""
    plain = document.model_dump(mode="json") if isinstance(document, Experiment) else document
    state = {"revision": revision, "document": plain, "writer": writer, "base": base}
    canvas.set_state({"experiment": state})
