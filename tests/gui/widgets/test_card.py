"""Cards and their labels."""

from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from digitlab.gui.widgets.card import Card, FoldingCards, FoldingRow, quiet_label, title_label


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


def make_row(qtbot):
    around = QWidget()  # without a layout, which would not let the row be smaller than it is now
    qtbot.addWidget(around)
    row = FoldingRow(around)
    button, label, other = QPushButton("Resume training"), QLabel("of the values"), QPushButton("Open")
    for widget in (button, label, other):
        row.row.addWidget(widget)
    row.fold({button: "Resume", label: ""})
    around.show()
    qtbot.waitExposed(around)
    return around, row, button, label, other


def resize(widget, width, height=40):
    widget.resize(width, height)
    QApplication.processEvents()


def test_a_row_folds_when_it_is_too_narrow_and_unfolds_again(qtbot):
    _around, row, button, label, other = make_row(qtbot)
    resize(row, 600)
    wide = row.row.minimumSize().width()
    assert (button.text(), other.text()) == ("Resume training", "Open")
    resize(row, wide - 1)
    assert (button.text(), label.width(), other.text()) == ("Resume", 0, "Open")
    assert row.minimumSizeHint().width() < wide - 40
    resize(row, wide + 12)
    assert button.text() == "Resume training"
    assert label.width() > 0


def test_a_row_in_the_header_of_a_card_unfolds_when_the_card_grows(qtbot):
    row, button = FoldingRow(), QPushButton("Resume training")
    row.row.addWidget(button)
    row.fold({button: "Resume"})
    around = QWidget()
    qtbot.addWidget(around)
    card = Card("Trainings", (row,), around)
    around.show()
    qtbot.waitExposed(around)
    for width, text in ((600, "Resume training"), (190, "Resume"), (600, "Resume training")):
        resize(card, width, 80)
        assert button.text() == text


def test_a_row_folds_when_a_widget_appears(qtbot):
    _around, row, button, _, other = make_row(qtbot)
    other.hide()
    QApplication.processEvents()
    resize(row, row.row.minimumSize().width())
    assert button.text() == "Resume training"
    other.show()
    QApplication.processEvents()
    assert button.text() == "Resume"


def test_cards_stand_side_by_side_or_one_below_the_other(qtbot):
    cards = QLabel("one"), QLabel("two")
    for card in cards:
        card.setMinimumHeight(200)
    both = FoldingCards(cards, 300)
    qtbot.addWidget(both)
    both.show()
    qtbot.waitExposed(both)
    resize(both, 640, 300)
    assert cards[0].y() == cards[1].y()
    assert both.verticalScrollBar().maximum() == 0
    resize(both, 400, 300)
    assert cards[0].x() == cards[1].x()
    assert cards[1].y() >= 200
    assert both.verticalScrollBar().maximum() > 0
    resize(both, 640, 300)
    assert cards[0].y() == cards[1].y()
    assert both.verticalScrollBar().maximum() == 0
