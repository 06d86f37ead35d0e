"""The picture of a network: what it says, how it stands, and that it is small and safe."""

import re
from xml.dom import minidom

import blockml as bm
from blockml.experiment import Note
from blockml.graph import Edge, Node
from blockml.picture import description, picture
from blockml.picture.places import boxes
from blockml.protocol import EpochRecord, RunState


def test_the_picture_is_small_safe_and_in_both_languages():
    history = tuple(
        EpochRecord(
            epoch=number,
            train_loss=1,
            train_accuracy=0.5,
            test_loss=1,
            test_accuracy=1 - 0.5 / number,
            seconds=1,
        )
        for number in range(1, 500)
    )
    run = RunState(id="r", epoch=499, history=history, test_accuracy=0.9721, status="finished")
    exp = bm.template("lenet5").model_copy(
        update={"name": "\u202e\u2066</svg><script>alert(1)</script>\x00\ud800\"'& 신경망"}
    )
    text = picture(exp, bm.analyse(exp), run, "ko")
    minidom.parseString(text.encode("utf-8"))
    assert "<script" not in text
    assert not {"\u202e", "\u2066"} & set(text), "a name turns the words behind it around"
    assert "97.2%" in text
    assert "테스트 정확도" in text
    assert "polyline" in text
    assert "prefers-color-scheme:dark" in text
    nodes = tuple(Node(id=f"n{number}", block=("ReLU", "Conv2d")[number % 2]) for number in range(3000))
    edges = tuple(Edge(source=f"n{number}", target=f"n{number + 1}") for number in range(2999))
    for count, most in ((300, 60_000), (3000, 160_000)):
        graph = bm.Graph(nodes=nodes[:count], edges=edges[: count - 1])
        large = bm.Experiment(name="large", graph=graph)
        assert len(picture(large, bm.analyse(large)).encode()) < most
    canvas = bm.Canvas()
    assert "no blocks yet" in canvas.picture()
    assert not {"weights", "problem"} & set(re.findall(r"[a-z]+", re.sub("<[^>]*>", " ", canvas.picture())))
    canvas = bm.Canvas(bm.template("mlp"))
    assert canvas.picture()._repr_svg_() == str(canvas.picture())


def test_the_picture_speaks_the_language_of_the_page_that_has_the_canvas():
    canvas = bm.Canvas(bm.template("mlp"))
    assert canvas.language == "auto"
    assert "weights" in canvas.picture()
    canvas.set_state({"page_language": "ko"})
    assert "가중치" in canvas.picture()
    assert "두 층" in words(canvas.picture())
    empty = bm.Experiment(name="my first network")
    assert "나의 첫 신경망" in words(picture(empty, bm.analyse(empty), None, "ko"))
    canvas.language = "en"
    assert "weights" in canvas.picture()


EXERCISE = Note(id="n", text="Exercise <b>1</b>\n줄이세요 \u202e& mend", x=-300, y=0, color="blue")


def exercise(**fields):
    wrong = ("Conv2d", {"padding": 0, "kernel_size": 9})
    made = bm.experiment(
        ["Conv2d", ("MaxPool2d", {"kernel_size": 5}), wrong, ("Linear", {"out_features": 12})]
    )
    return made.model_copy(update={"notes": (EXERCISE,), **fields})


def words(svg):
    return [
        each.firstChild.data
        for each in minidom.parseString(svg.encode()).getElementsByTagName("text")
        if each.firstChild
    ]


def test_the_picture_says_what_the_cards_and_the_notes_say():
    exp = exercise()
    english, korean = (picture(exp, bm.analyse(exp), None, language) for language in ("en", "ko"))
    assert {"filters 32 · window 3", "window 5", "filters 32 · window 9", "padding 0", "outputs 12"} <= set(
        words(english)
    )
    assert {"필터 32 · 창 크기 3", "창 크기 5", "출력 12", "32 × 8 × 8"} <= set(words(korean))
    assert {"Exercise <b>1</b>", "줄이세요  & mend"} <= set(words(english))
    assert "#dbe7ff" in english
    assert "bmp-paper-blue{" in english
    # Notes inside of groups are on another sheet.
    inside = exercise(notes=(EXERCISE.model_copy(update={"scope": "stage1"}),))
    assert not any("Exercise" in each for each in words(picture(inside, bm.analyse(inside))))


def test_a_group_in_the_picture_has_its_colour_and_says_what_is_inside():
    exp = bm.template("resnet_small")
    svg = picture(exp, bm.analyse(exp), None, "ko")
    assert 'class="bmp-group" fill="#9c36b5"' in svg
    assert {"잔차 블록", "블록 7개"} <= set(words(svg))
    assert any(each.startswith("Conv2d → BatchNorm2d") for each in words(svg))


def test_cards_of_the_picture_stand_as_evenly_as_on_the_canvas():
    exp = bm.template("vgg_small")
    nodes = list(exp.graph.by_id.values())
    cards, _ = boxes(exp, nodes, ())
    gaps = {
        cards[edge.target].y - cards[edge.source].foot
        for edge in exp.graph.edges
        if cards[edge.target].band == cards[edge.source].band
    }
    assert gaps == {40}


def test_notes_however_many_and_large_leave_the_picture_small():
    many = tuple(
        EXERCISE.model_copy(update={"id": f"n{at}", "text": "긴 글 " * 3000, "width": 9e3, "height": 9e3})
        for at in range(100)
    )
    exp = exercise(notes=many)
    assert len(picture(exp, bm.analyse(exp)).encode()) < 60_000


def test_a_description_is_one_short_line_in_both_languages():
    exp = exercise(name="First\n\u202etry <&>")
    found = bm.analyse(exp)
    assert description(exp, found, "ko") == (
        "신경망 First  try <&>: Input 1 × 8 × 8, Conv2d 32, MaxPool2d 5, Conv2d 32, Linear 12, Output. "
        "문제 3개"
    )
    # The only thing that a page shows of a notebook that it does not trust.
    run = RunState(id="r", epoch=3, test_accuracy=0.975, status="finished")
    assert description(exp, found, "en", run).endswith("Output. 3 problems; test accuracy, 3 epochs: 97.5%")
    assert "테스트 정확도" in description(exp, found, "ko", run)
    assert "<title>Network First  try &lt;&amp;&gt;: Input 1 × 8 × 8, Conv2d 32" in picture(exp, found)
    for name in bm.templates():
        exp = bm.template(name).model_copy(update={"name": "신경망 " * 20})
        text = description(exp, bm.analyse(exp))
        assert len(text) <= 300
        assert "\n" not in text
        assert text.endswith("Output")
    assert description(bm.Experiment(), bm.analyse(bm.Experiment())) == "Network untitled: no blocks yet"
