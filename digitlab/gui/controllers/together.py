"""All controllers, made and connected to each other."""

from PySide6.QtWidgets import QWidget

from digitlab.gui.controllers.evaluation import EvaluationController
from digitlab.gui.controllers.files import FileController
from digitlab.gui.controllers.learning import LearningController
from digitlab.gui.controllers.my_answers import MyAnswersController
from digitlab.gui.controllers.my_digits import MyDigitsController
from digitlab.gui.controllers.replay import ReplayController
from digitlab.gui.controllers.runs import RunsController
from digitlab.gui.controllers.training import TrainingController
from digitlab.gui.draw.editor import SketchEditor
from digitlab.gui.file_dialogs import FileDialogs
from digitlab.gui.messages import Messages
from digitlab.gui.session import Session


class Controllers:
    """What turns wishes into work.

    Args:
        session: What is open.
        editor: Changes what lies on the canvas.
        messages: Speaks to the person.
        folder: Where file dialogs begin; empty for the system's choice.
        window: The window, which owns them.
    """

    def __init__(
        self, session: Session, editor: SketchEditor, messages: Messages, folder: str, window: QWidget
    ) -> None:
        """Make and connect them; they start their threads."""
        self.runs = RunsController(session, messages, window)
        self.training = TrainingController(session, self.runs.recorder, messages, window)
        self.evaluation = EvaluationController(session, editor, messages, window)
        self.learning = LearningController(session, messages, window)
        self.files = FileController(session, editor, messages, window)
        self.replay = ReplayController(session, window)
        self.my_digits = MyDigitsController(session, editor, messages, window)
        self.my_answers = MyAnswersController(session, messages, window)
        self.dialogs = FileDialogs(session, self.files, messages, folder, window)
        self._connect()

    def _connect(self) -> None:
        training, dialogs = self.training, self.dialogs
        training.data_file_requested.connect(dialogs.open_dataset)
        training.drawing_files_requested.connect(dialogs.choose_drawings)
        self.runs.save_requested.connect(dialogs.save_network)
        self.runs.go_on_requested.connect(training.go_on)
        dialogs.export_chosen.connect(self.runs.export)
        self.evaluation.data_file_requested.connect(dialogs.choose_held_out)
        dialogs.held_out_chosen.connect(self.evaluation.choose_source)
        dialogs.my_digits_chosen.connect(self.my_digits.import_files)
        dialogs.my_export_chosen.connect(self.my_digits.export_to)

    def close(self, timeout_s: float) -> list[bool]:
        """End all work behind the window.

        Args:
            timeout_s: How long to wait for each worker.

        Returns:
            For each worker whether it has ended.
        """
        return [
            controller.close(timeout_s)
            for controller in (
                self.training,
                self.runs,  # after the training, whose last moments it writes
                self.files,
                self.evaluation,
                self.learning,
                self.my_digits,
                self.my_answers,
            )
        ]
