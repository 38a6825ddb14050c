"""Cards and their labels."""

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from digitlab.gui.widgets.card import Card, quiet_label, title_label


def test_a_card_has_its_title_on_the_left_and_its_tools_on_the_right(qtbot):
    tool, body = QPushButton("Rates"), QWidget()
    card = Card("Confusion matrix", (tool,))
    qtbot.addWidget(card)
    card.column.addWidget(body, 1)
    card.resize(400, 200)
    card.show()
    qtbot.waitExposed(card)
    assert card.title.text() == "Confusion matrix"
    assert card.title.geometry().right() < tool.geometry().left()
    assert tool.geometry().right() == card.column.contentsRect().right()
    assert body.geometry().top() > tool.geometry().bottom()


def test_a_card_without_title_and_tools_has_no_header(qtbot):
    card = Card()
    qtbot.addWidget(card)
    assert (card.header, card.title, card.findChildren(QLabel)) == (None, None, [])


def test_labels_have_the_properties_that_style_them(qtbot):
    title, quiet, line = title_label("Accuracy"), quiet_label("a remark"), quiet_label("a line", wraps=False)
    for label in (title, quiet, line):
        qtbot.addWidget(label)
    assert [bool(label.property("title")) for label in (title, quiet, line)] == [True, False, False]
    assert [bool(label.property("quiet")) for label in (title, quiet, line)] == [False, True, True]
    assert (quiet.wordWrap(), line.wordWrap()) == (True, False)
