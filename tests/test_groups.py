"""Groups: their form in a file, what they are laid out to, and the palette of the user."""

import json

import pytest

from blockml.errors import DocumentError
from blockml.experiment import MAX_DEPTH, Experiment, Note
from blockml.graph import Edge, Graph, Node
from blockml.widget.kept import forget_group, keep_group, kept_groups


def wires(*texts):
    """Edges from `a>b`, `a.left>b` or `a>b.x2`."""
    found = []
    for text in texts:
        source, target = text.split(">")
        source, _, out = source.partition(".")
        target, _, into = target.partition(".")
        found.append(Edge(source=source, source_port=out or "y", target=target, target_port=into or "x"))
    return tuple(found)


def group(name, *nodes, edges, **more):
    """A group with an input x and an output y around the given nodes."""
    ends = (Node(id="x", block="GroupInput"), *nodes, Node(id="y", block="GroupOutput"))
    return Node(id=name, block="Group", graph=Graph(nodes=ends, edges=wires(*edges)), **more)


def stage(name="stage1", **more):
    inner = Node(id="conv1", block="Conv2d", params={"out_channels": 4})
    return group(
        name, inner, Node(id="relu1", block="ReLU"), edges=["x>conv1", "conv1>relu1", "relu1>y"], **more
    )


def test_groups_and_notes_are_written_line_by_line_and_read_again():
    made = Experiment(
        graph=Graph(nodes=(stage(repeat=3, title="Stage", frozen=True),)),
        layout={"stage1": (0, 0), "stage1/conv1": (1, 2)},
        notes=(Note(id="note1", text="한글\n<b>", scope="stage1", color="blue"),),
    )
    text = made.to_json()
    assert Experiment.from_json(text) == made
    assert Experiment.from_json(text).to_json() == text
    assert all(line.count('"block"') <= 1 for line in text.splitlines())
    # What is at its default is not written.
    assert '"bypassed"' not in text


def test_frozen_bypassed_repeat_inside_and_title_are_meaning_and_notes_are_not():
    def found(**more):
        return Experiment(graph=Graph(nodes=(stage(**more),))).content_hash()

    plain = Experiment(graph=Graph(nodes=(stage(),)))
    assert plain.model_copy(update={"notes": (Note(id="a"),)}).content_hash() == found()
    for more in ({"frozen": True}, {"bypassed": True}, {"repeat": 2}, {"title": "Stage"}):
        assert found(**more) != found()
    inner = stage().graph
    turned = stage().model_copy(update={"graph": Graph(nodes=inner.nodes[::-1], edges=inner.edges)})
    swapped = Experiment(graph=Graph(nodes=(turned,)))
    # The order of the ports counts, that of the other nodes does not.
    assert swapped.content_hash() != found()


def nested(depth, repeat=1, inner=()):
    graph = Graph(nodes=inner)
    for _ in range(depth):
        graph = Graph(nodes=(Node(id="g", block="Group", graph=graph, repeat=repeat),))
    return graph.model_dump(mode="json")


@pytest.mark.parametrize(
    ("graph", "code"),
    [
        (nested(MAX_DEPTH + 1), "document-too-deep"),
        (nested(4, 64, (Node(id="a", block="ReLU"),)), "document-too-many"),
        (nested(1, 1, tuple(Node(id=f"a{k}", block="ReLU") for k in range(5001))), "document-too-many"),
        ({"nodes": [{"id": "g", "block": "Group", "repeat": 0, "graph": {}}]}, "document-field"),
        ({"nodes": [{"id": "g", "block": "Group", "repeat": 10**9, "graph": {}}]}, "document-field"),
        ({"nodes": [{"id": "g", "block": "Group", "graph": [1]}]}, "document-field"),
    ],
)
def test_groups_that_would_grow_without_end_are_refused(graph, code):
    with pytest.raises(DocumentError) as caught:
        Experiment.from_data({"blockml": 1, "graph": graph})
    problem = caught.value.diagnostics[0]
    assert problem.code == code
    assert "problems." not in problem.message + problem.hint


def test_as_deep_as_allowed_is_read():
    assert Experiment.from_data({"blockml": 1, "graph": nested(MAX_DEPTH)})


def payload(name, node, layout=None):
    return {"name": name, "node": node.model_dump(mode="json"), "layout": layout or {}}


def test_a_group_is_kept_replaced_and_forgotten(home):
    assert keep_group(payload("My stage", stage(repeat=2), {"conv1": [3, 4]})) == "My stage"
    (kept,) = kept_groups()
    assert (kept.name, kept.node, kept.layout) == ("My stage", stage(repeat=2), {"conv1": (3.0, 4.0)})
    keep_group(payload("My stage", stage()))
    assert [each.node for each in kept_groups()] == [stage()]
    # Two names that are one as a file name are two groups all the same.
    keep_group(payload("my/stage", stage()))
    assert [each.name for each in kept_groups()] == ["My stage", "my/stage"]
    forget_group("My stage")
    assert [each.name for each in kept_groups()] == ["my/stage"]
    with pytest.raises(DocumentError, match="My stage"):
        forget_group("My stage")


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "con", "\0", "..", "a" * 5000, "한글 이름"])
def test_no_name_leaves_the_folder(home, name):
    kept = keep_group(payload(name, stage()))
    assert kept
    assert [path.parent for path in home.rglob("*") if path.is_file()] == [home / "groups"]
    forget_group(kept)
    assert kept_groups() == ()


def test_what_is_broken_is_left_out_and_said(home, caplog):
    keep_group(payload("good", stage()))
    folder = home / "groups"
    (folder / "torn.blockml").write_text("{")
    (folder / "none.blockml").write_text(Experiment().to_json())
    (folder / "deep.blockml").write_text(json.dumps({"blockml": 1, "graph": nested(MAX_DEPTH + 1)}))
    (folder / "folder.blockml").mkdir()
    assert [each.name for each in kept_groups()] == ["good"]
    for name in ("torn", "none", "deep", "folder"):
        assert f"{name}.blockml" in caplog.text


@pytest.mark.parametrize("node", [None, 3, {}, {"id": "a", "block": "ReLU"}, {"id": "a", "block": "Group"}])
def test_only_groups_are_kept(node):
    with pytest.raises(DocumentError):
        keep_group({"name": "a", "node": node, "layout": {}})
    with pytest.raises(DocumentError):
        keep_group(payload("a", stage()) | {"layout": {"a": "b"}})
